package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/server/auth"
	"plimsoll/server/store"
)

// Every page of an organization is tried as everybody: nobody, a stranger, and each role. The answer follows from the one table.
func TestEveryPageHoldsItsAction(t *testing.T) {
	s := newSite(t, false)
	h, foreign := s.newHouse(t, "mara"), s.newHouse(t, "yuki")
	s.member(t, h, "ines", store.Viewer)
	s.member(t, h, "tomas", store.Assessor)
	require.NoError(t, s.store.InOrganization(t.Context(), foreign.organization.ID, func(x *store.Tx) error {
		_, err := x.CreatePlatform(t.Context(), "Only theirs", "")
		return err
	}))
	roles := map[store.Role]string{store.Owner: "mara", store.Assessor: "tomas", store.Viewer: "ines"}
	browsers := map[string]*http.Client{"": s.browser(t)}
	for _, login := range []string{"mara", "tomas", "ines", "yuki"} {
		browsers[login] = s.browser(t)
		s.signIn(t, browsers[login], login)
	}
	for _, browser := range browsers {
		browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	ask := func(browser *http.Client, method, path string) int {
		request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(""))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := browser.Do(request)
		require.NoError(t, err)
		text(t, response)
		return response.StatusCode
	}
	tried := 0
	for _, r := range s.service.Routes() {
		require.True(t, auth.Known(r.Action), r.Path)
		if r.API || !strings.Contains(r.Path, ":organization") {
			continue
		}
		tried++
		path := address(r.Path, h.organization.Slug, h.platform.Slug)
		t.Run(r.Method+" "+r.Path, func(t *testing.T) {
			nobody := http.StatusSeeOther // to sign in
			if r.Method != http.MethodGet {
				nobody = http.StatusUnauthorized
			}
			require.Equal(t, nobody, ask(browsers[""], r.Method, path), "nobody")
			require.Equal(t, http.StatusNotFound, ask(browsers["yuki"], r.Method, path), "a stranger")
			require.Equal(t, http.StatusNotFound, ask(browsers["yuki"], r.Method, address(r.Path, "never-was", h.platform.Slug)), "an organization that never was")
			if strings.Contains(r.Path, ":platform") {
				theirs := ask(browsers["mara"], r.Method, address(r.Path, h.organization.Slug, "only-theirs"))
				require.Equal(t, ask(browsers["mara"], r.Method, address(r.Path, h.organization.Slug, "never-was")), theirs, "another organization's platform")
				require.GreaterOrEqual(t, theirs, 300)
			}
			for role, login := range roles {
				if r.Method != http.MethodGet && (role == store.Owner || strings.HasSuffix(r.Path, "/leave")) {
					continue // would do it; its pages' own tests do
				}
				got := ask(browsers[login], r.Method, path)
				require.Equal(t, !auth.Allows(role, r.Action), got == http.StatusForbidden, "%s got %d", role, got)
			}
		})
	}
	require.Greater(t, tried, 20)
}

// address fills a route's places; what is inside a platform is something that is not there.
func address(path, organization, platform string) string {
	return strings.NewReplacer(":organization", organization, ":platform", platform, ":section", "gate", ":question", "G1",
		":snapshot", store.NewID[store.Snapshot]().String(), ":assessment", store.NewID[store.AssessmentRow]().String(),
		":token", store.NewID[store.Token]().String(), ":member", store.NewID[store.Person]().String(), ":invitation", store.NewID[store.Invitation]().String(), ":secret", "plimin_none", ":report", store.NewID[store.Report]().String(), ":fingerprint", strings.Repeat("0", 64)).Replace(path)
}

func TestARouteWithoutAnActionDoesNotStart(t *testing.T) {
	s := newSite(t, false)
	require.ErrorContains(t, s.service.AddWithoutAction(), "has no action")
}
