package server_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/server/store"
	"plimsoll/web"
)

func newGzip(w io.Writer) *gzip.Writer { return gzip.NewWriter(w) }

func (s *site) cookie(t *testing.T, browser *http.Client) string {
	t.Helper()
	base, err := url.Parse(s.URL)
	require.NoError(t, err)
	for _, cookie := range browser.Jar.Cookies(base) {
		if cookie.Name == "plimsoll" {
			return cookie.Value
		}
	}
	return ""
}

func TestSigningInRenewsTheSession(t *testing.T) {
	s := newSite(t, false)
	browser := s.browser(t)
	text(t, s.get(t, browser, "/sign-in")) // leaves a session behind that holds the flow
	planted := s.cookie(t, browser)
	require.NotEmpty(t, planted)
	s.signIn(t, browser, "mara")
	renewed := s.cookie(t, browser)
	require.NotEqual(t, planted, renewed)

	attacker := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response := s.get(t, attacker, "/organizations", "Cookie", "plimsoll="+planted)
	text(t, response)
	require.Equal(t, http.StatusSeeOther, response.StatusCode, "the planted session is nobody's")

	require.NotContains(t, s.sessionTokens(t), renewed, "the database holds only the hash")
	response, err := browser.PostForm(s.URL+"/sign-out", nil)
	require.NoError(t, err)
	text(t, response)
	response = s.get(t, attacker, "/organizations", "Cookie", "plimsoll="+renewed)
	text(t, response)
	require.Equal(t, http.StatusSeeOther, response.StatusCode, "signing out ends the session on the server")
}

func (s *site) sessionTokens(t *testing.T) (all string) {
	t.Helper()
	require.NoError(t, s.db.Admin.QueryRow(t.Context(), "select string_agg(token, ' ') from sessions").Scan(&all))
	return all
}

func TestCookieFlags(t *testing.T) {
	s := newSite(t, false)
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response := s.get(t, browser, "/sign-in")
	text(t, response)
	cookies := response.Cookies()
	require.Len(t, cookies, 1)
	require.True(t, cookies[0].HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookies[0].SameSite)
	require.Equal(t, "/", cookies[0].Path)
	require.Empty(t, cookies[0].Domain)
}

func TestFormsFromOtherSitesAreRefused(t *testing.T) {
	s := newSite(t, false)
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	cases := map[string]struct {
		header, value string
		status        int
	}{
		"cross-site":     {"Sec-Fetch-Site", "cross-site", 403},
		"same-site":      {"Sec-Fetch-Site", "same-site", 403},
		"foreign origin": {"Origin", "https://evil.example", 403},
		"null origin":    {"Origin", "null", 403},
		"same-origin":    {"Sec-Fetch-Site", "same-origin", 200},
		"own origin":     {"Origin", s.URL, 200},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/organizations", strings.NewReader("name=By+"+url.QueryEscape(name)))
			require.NoError(t, err)
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			request.Header.Set(c.header, c.value)
			before := s.rows(t, "organizations")
			response, err := browser.Do(request)
			require.NoError(t, err)
			text(t, response)
			made := s.rows(t, "organizations") - before
			if c.status == 403 {
				require.Equal(t, 403, response.StatusCode)
				require.Zero(t, made)
				return
			}
			require.NotEqual(t, 403, response.StatusCode)
			require.Equal(t, 1, made)
		})
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	s := newSite(t, false)
	for _, path := range []string{"/", "/healthz", "/nothing", "/api/v1/snapshots/x", "/static/nothing", "/identity/.well-known/openid-configuration"} {
		response := s.get(t, http.DefaultClient, path)
		text(t, response)
		require.Equal(t, web.ContentSecurityPolicy, response.Header.Get("Content-Security-Policy"), path)
		require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"), path)
		require.NotEmpty(t, response.Header.Get("X-Request-Id"), path)
	}
}

func TestOnlyItsOwnNameIsAnsweredTo(t *testing.T) {
	s := newSite(t, false)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/", nil)
	require.NoError(t, err)
	request.Host = "rebound.example:8080"
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	text(t, response)
	require.Equal(t, http.StatusMisdirectedRequest, response.StatusCode)
}

func TestSignInIsRefused(t *testing.T) {
	s := newSite(t, false)
	browser := s.browser(t)
	for name, path := range map[string]string{
		"without having begun": "/sign-in/callback?code=x&state=y",
		"without a state":      "/sign-in/callback?code=x",
		"unknown request":      "/identity/sign-in?request=unknown",
	} {
		response := s.get(t, browser, path)
		text(t, response)
		require.Equal(t, http.StatusBadRequest, response.StatusCode, name)
	}
	response := s.get(t, browser, "/organizations")
	require.Contains(t, text(t, response), "Who are you?", "and the way on is to sign in")
	require.Zero(t, s.rows(t, "people"))
}

func TestSecretsStayOutOfTheLog(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	text(t, s.upload(t, h, h.token, strings.NewReader("x"), gzipType))
	text(t, s.get(t, browser, "/sign-in/callback?code=planted-code&state=planted-state"))
	s.Close()
	log := s.log.String()
	require.True(t, within(log, "request", "/api/v1/platforms/:platform/snapshots"))
	for _, secret := range []string{h.token, s.cookie(t, browser), "planted-code", "planted-state"} {
		require.NotContains(t, log, secret)
	}
}

func TestRolesAreHeld(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	s.member(t, h, "ines", store.Viewer)
	stranger, viewer := s.browser(t), s.browser(t)
	s.signIn(t, stranger, "yuki")
	s.signIn(t, viewer, "ines")
	path := web.Organization{Key: h.organization.Slug}.Path()
	response := s.get(t, stranger, path)
	text(t, response)
	require.Equal(t, http.StatusNotFound, response.StatusCode)
	response = s.get(t, viewer, path)
	text(t, response)
	require.Equal(t, http.StatusOK, response.StatusCode)
	for browser, status := range map[*http.Client]int{stranger: http.StatusNotFound, viewer: http.StatusForbidden} {
		response, err := browser.PostForm(s.URL+path+"/platforms", url.Values{"name": {"New"}})
		require.NoError(t, err)
		text(t, response)
		require.Equal(t, status, response.StatusCode)
	}
}
