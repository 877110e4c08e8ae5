package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/server"
	"plimsoll/server/auth"
	"plimsoll/server/store"
	"plimsoll/web"
)

// addressOf fills a route's path in. What a value stands for does not matter to who may come in.
func addressOf(r server.Route, organization, platform string) string {
	return strings.NewReplacer(
		":organization", organization, ":platform", platform, ":snapshot", store.NewID[store.Snapshot]().String(),
		":token", store.NewID[store.Token]().String(), ":member", store.NewID[store.Person]().String(), ":invitation", store.NewID[store.Invitation]().String(), ":secret", "plimin_none", ":report", store.NewID[store.Report]().String(), ":assessment", store.NewID[store.AssessmentRow]().String(),
		":fingerprint", "none", ":question", "A1", ":section", "A", "*", "none",
	).Replace(r.Path)
}

// ask sends a request as a page's own form or link would, and follows nothing.
func (s *site) ask(t *testing.T, browser *http.Client, method, path string, header ...string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
	require.NoError(t, err)
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	still := *browser
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := still.Do(request)
	require.NoError(t, err)
	return response
}

// footprint counts the rows of what organizations own.
func (s *site) footprint(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range []string{"organizations", "platforms", "snapshots", "tokens", "answers", "assessments", "river.river_job"} {
		counts[table] = s.rows(t, table)
	}
	return counts
}

// A platform's page asked through one's own organization with the other's names and ids.
func TestForeignIdsAreNotThere(t *testing.T) {
	s := newSite(t, false)
	mine, theirs := s.newHouse(t, "mara"), s.newHouse(t, "yuki")
	var other store.Platform
	require.NoError(t, s.store.InOrganization(t.Context(), theirs.organization.ID, func(x *store.Tx) (err error) {
		other, err = x.CreatePlatform(t.Context(), "Only theirs", "")
		return err
	}))
	uploaded := decode[state](t, s.upload(t, theirs, theirs.token, bytes.NewReader(taken(t, 1, nil)), gzipType))
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	before := s.footprint(t)
	for _, r := range s.service.Routes() {
		if r.API || !auth.InOrganization(r.Action) || !strings.Contains(r.Path, ":") {
			continue
		}
		var paths []string
		if strings.Contains(r.Path, ":platform") {
			paths = append(paths, addressOf(r, mine.organization.Slug, other.Slug))
		}
		if strings.Contains(r.Path, ":snapshot") {
			own := strings.ReplaceAll(r.Path, ":snapshot", uploaded.ID)
			paths = append(paths, addressOf(server.Route{Path: own}, mine.organization.Slug, mine.platform.Slug))
		}
		if strings.Contains(r.Path, ":token") {
			own := strings.ReplaceAll(r.Path, ":token", theirs.tokenID.String())
			paths = append(paths, addressOf(server.Route{Path: own}, mine.organization.Slug, mine.platform.Slug))
		}
		for _, path := range paths {
			response := s.ask(t, browser, r.Method, path)
			body := text(t, response)
			require.Equal(t, http.StatusNotFound, response.StatusCode, "%s %s\n%s", r.Method, path, body)
		}
	}
	require.Equal(t, before, s.footprint(t))
}

// Addresses that no page of ours makes.
func TestMalformedAddressesAreNoFaultOfOurs(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	odd := []string{"%00", "%ff", "%F0%9F%92%A5", "..%2f..%2fetc%2fpasswd", "%2e%2e", "-1", "99999999999999999999", "'%3B--", "%E2%80%AE", strings.Repeat("x", 5000), "a%0d%0aSet-Cookie:x=y"}
	queries := []string{"?page=%00", "?page=99999999999999999999", "?q=%ff%00", "?severity=%00", "?pillar=%ff", "?assessment=%00", "?from=%00&to=%ff", "?done=%00", "?seat=%00", "?request=%00", "?%zz", "?;=&&&", "?q=" + strings.Repeat("x", 20000)}
	for _, r := range s.service.Routes() {
		if r.Path == web.SignOutPath {
			continue
		}
		var paths []string
		for _, value := range odd {
			for _, name := range []string{":organization", ":platform", ":snapshot", ":token", ":assessment", ":fingerprint", ":question", ":section", "*"} {
				if strings.Contains(r.Path, name) {
					path := strings.ReplaceAll(r.Path, name, value)
					paths = append(paths, addressOf(server.Route{Path: path}, h.organization.Slug, h.platform.Slug))
				}
			}
		}
		for _, query := range queries {
			paths = append(paths, addressOf(r, h.organization.Slug, h.platform.Slug)+query)
		}
		for _, path := range paths {
			response := s.ask(t, browser, r.Method, path, "Authorization", "Bearer "+h.token)
			body := text(t, response)
			require.Less(t, response.StatusCode, 500, "%s %.200s\n%s", r.Method, path, body)
		}
	}
	for path, status := range map[string]int{"/": 200, "/healthz": 200, "/o/" + h.organization.Slug: 200, "/o/never-was": 404, "/nothing": 404} {
		response := s.ask(t, browser, http.MethodHead, path)
		require.Empty(t, text(t, response))
		require.Equal(t, status, response.StatusCode, path)
	}
	for _, method := range []string{"HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"} {
		for _, path := range []string{"/", "/nothing", "/api/v1/nothing", "/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/go.mod", "/o/" + h.organization.Slug, "//evil.example/%2f..", "/api/v1/snapshots/x"} {
			response := s.ask(t, browser, method, path)
			body := text(t, response)
			require.Less(t, response.StatusCode, 500, "%s %s\n%s", method, path, body)
			require.NotEmpty(t, response.Header.Get("Content-Security-Policy"), path)
		}
	}
}
