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
func addressOf(r server.TestedRoute, organization, platform string) string {
	return strings.NewReplacer(
		":organization", organization, ":platform", platform, ":snapshot", store.NewID[store.Snapshot]().String(),
		":token", store.NewID[store.Token]().String(), ":assessment", store.NewID[store.AssessmentRow]().String(),
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

// refusalOf is the status with which a route turns somebody away before it looks at anything else; 0 where it lets them in.
func refusalOf(r server.TestedRoute, role store.Role, signedIn bool) int {
	switch {
	case r.Action == auth.Public:
		return 0
	case r.API: // a browser's session is no token
		return http.StatusUnauthorized
	case !signedIn && r.Method == http.MethodGet:
		return http.StatusSeeOther
	case !signedIn:
		return http.StatusUnauthorized
	case r.Action == auth.SignedIn:
		return 0
	case role == "":
		return http.StatusNotFound
	case !auth.Allows(role, r.Action):
		return http.StatusForbidden
	}
	return 0
}

// Every route of the table, asked by each kind of visitor. A route that is added is asked too.
func TestEveryRouteHoldsItsAction(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	s.member(t, h, "ines", store.Viewer)
	s.member(t, h, "tomas", store.Assessor)
	s.newHouse(t, "yuki")
	visitors := []struct {
		name, login string
		role        store.Role
	}{{"anonymous", "", ""}, {"another organization's owner", "yuki", ""}, {"viewer", "ines", store.Viewer}, {"assessor", "tomas", store.Assessor}}
	for _, visitor := range visitors {
		t.Run(visitor.name, func(t *testing.T) {
			browser := s.browser(t)
			if visitor.login != "" {
				s.signIn(t, browser, visitor.login)
			}
			before := s.footprint(t)
			for _, r := range s.service.TestedRoutes() {
				want := refusalOf(r, visitor.role, visitor.login != "")
				platform := h.platform.Slug
				if r.API {
					platform = h.platform.ID.String()
				}
				if r.Path == web.SignOutPath || want == 0 && r.Method == http.MethodPost && visitor.role != "" {
					continue // let in: what it does then is another test's
				}
				response := s.ask(t, browser, r.Method, addressOf(r, h.organization.Slug, platform))
				body := text(t, response)
				what := r.Method + " " + r.Path
				require.Less(t, response.StatusCode, 500, "%s\n%s", what, body)
				require.NotEmpty(t, response.Header.Get("Content-Security-Policy"), what)
				require.NotContains(t, body, h.token, what)
				if want == 0 {
					require.NotContains(t, []int{401, 403}, response.StatusCode, what)
					continue
				}
				require.Equal(t, want, response.StatusCode, "%s\n%s", what, body)
				if want == http.StatusSeeOther {
					require.True(t, strings.HasPrefix(response.Header.Get("Location"), web.SignInPath+"?"), "%s leads to %s", what, response.Header.Get("Location"))
				}
				if visitor.role == "" {
					require.NotContains(t, body, h.organization.Name, "%s tells a stranger what is there", what)
				}
			}
			require.Equal(t, before, s.footprint(t), "nothing came of it")
		})
	}
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
	for _, r := range s.service.TestedRoutes() {
		if !r.Page || !auth.InOrganization(r.Action) || !strings.Contains(r.Path, ":") {
			continue
		}
		var paths []string
		if strings.Contains(r.Path, ":platform") {
			paths = append(paths, addressOf(r, mine.organization.Slug, other.Slug))
		}
		if strings.Contains(r.Path, ":snapshot") {
			own := strings.ReplaceAll(r.Path, ":snapshot", uploaded.ID)
			paths = append(paths, addressOf(server.TestedRoute{Path: own}, mine.organization.Slug, mine.platform.Slug))
		}
		if strings.Contains(r.Path, ":token") {
			own := strings.ReplaceAll(r.Path, ":token", theirs.tokenID.String())
			paths = append(paths, addressOf(server.TestedRoute{Path: own}, mine.organization.Slug, mine.platform.Slug))
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
	for _, r := range s.service.TestedRoutes() {
		if r.Path == web.SignOutPath {
			continue
		}
		var paths []string
		for _, value := range odd {
			for _, name := range []string{":organization", ":platform", ":snapshot", ":token", ":assessment", ":fingerprint", ":question", ":section", "*"} {
				if strings.Contains(r.Path, name) {
					path := strings.ReplaceAll(r.Path, name, value)
					paths = append(paths, addressOf(server.TestedRoute{Path: path}, h.organization.Slug, h.platform.Slug))
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
	for _, method := range []string{"HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"} {
		for _, path := range []string{"/", "/nothing", "/api/v1/nothing", "/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/go.mod", "/o/" + h.organization.Slug, "//evil.example/%2f..", "/api/v1/snapshots/x"} {
			response := s.ask(t, browser, method, path)
			body := text(t, response)
			require.Less(t, response.StatusCode, 500, "%s %s\n%s", method, path, body)
			require.NotEmpty(t, response.Header.Get("Content-Security-Policy"), path)
		}
	}
}
