package server_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot"
	"plimsoll/server/store"
)

func (s *site) post(t *testing.T, client *http.Client, path string, form url.Values) *http.Response {
	t.Helper()
	response, err := client.PostForm(s.URL+path, form)
	require.NoError(t, err)
	return response
}

var commandToken = regexp.MustCompile(`PLIMSOLL_TOKEN=(\S+) plimsoll-collect cluster --upload (\S+) --platform (\S+) --sign`)

func TestTheFirstTokenIsShownOnceAndBringsSnapshotsToItsPlatformAlone(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	start := "/o/" + h.organization.Slug + "/platforms/" + h.platform.Slug + "/start"
	require.NotContains(t, text(t, s.get(t, browser, start)), "PLIMSOLL_TOKEN")

	response := s.post(t, browser, start, nil)
	require.Equal(t, http.StatusCreated, response.StatusCode)
	require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
	command := commandToken.FindStringSubmatch(text(t, response))
	require.NotNil(t, command)
	require.Equal(t, []string{s.URL, h.platform.ID.String()}, command[2:])
	require.NotContains(t, text(t, s.get(t, browser, start)), command[1], "it is shown once")
	require.NotContains(t, s.log.String(), command[1])

	var token store.Token
	var other store.Platform
	require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(tx *store.Tx) error {
		tokens, err := tx.Tokens(t.Context())
		require.NoError(t, err)
		token = tokens[0]
		other, err = tx.CreatePlatform(t.Context(), "Other", "")
		return err
	}))
	require.Equal(t, h.platform.ID, *token.PlatformID)
	require.Equal(t, store.UploadScope, token.Scope)
	require.True(t, token.Signs, "what it brings can be proven to be its own")
	require.WithinDuration(t, time.Now().AddDate(0, 0, 14), *token.ExpiresAt, time.Hour)

	require.Equal(t, http.StatusAccepted, s.upload(t, h, command[1], bytes.NewReader(taken(t, 1, nil)), "application/octet-stream").StatusCode)
	elsewhere := h
	elsewhere.platform = other
	require.Equal(t, http.StatusNotFound, s.upload(t, elsewhere, command[1], bytes.NewReader(taken(t, 1, nil)), "application/octet-stream").StatusCode)
}

// next is the first step's one next step, as a page says it.
func nextOf(t *testing.T, page string) string {
	t.Helper()
	parts := strings.Split(page, `<span class="label">Next step</span>`)
	require.Len(t, parts, 2, "one next step: %s", page)
	return parts[1][:strings.Index(parts[1], "</div></div>")]
}

func TestTheFirstStepsGoOnFromWhatIsThere(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	s.member(t, h, "tomas", store.Assessor)
	s.member(t, h, "ines", store.Viewer)
	browser, assessor, viewer := s.browser(t), s.browser(t), s.browser(t)
	s.signIn(t, browser, "mara")
	s.signIn(t, assessor, "tomas")
	s.signIn(t, viewer, "ines")
	platform := "/o/" + h.organization.Slug + "/platforms/" + h.platform.Slug
	page := func(client *http.Client) string { return text(t, s.get(t, client, platform)) }

	require.Contains(t, nextOf(t, page(browser)), "Choose one of the two ways")
	require.True(t, within(page(browser), "Anywhere from 0 to 100", "Make the command", "0 of 13 questions answered"))
	require.Contains(t, page(assessor), "Make the command")
	require.NotContains(t, page(viewer), "Make the command")
	require.Contains(t, page(viewer), "You can look, not upload. Ask an owner, admin or assessor.")
	require.Contains(t, nextOf(t, page(viewer)), "Ask an owner, admin or assessor")
	require.Equal(t, http.StatusForbidden, s.post(t, viewer, platform+"/start", nil).StatusCode)
	byAssessor := s.post(t, assessor, platform+"/start", nil)
	require.Equal(t, http.StatusCreated, byAssessor.StatusCode)
	command := commandToken.FindStringSubmatch(text(t, byAssessor))
	require.NotNil(t, command, "who may upload by hand may have a command do it")
	require.Equal(t, http.StatusForbidden, s.get(t, assessor, "/o/"+h.organization.Slug+"/tokens").StatusCode, "the tokens of others are the managers'")

	answer := url.Values{"G1.revision": {"0"}, "G1.state": {"answered"}, "G1.option": {"G1.b"}, "G1.basis": {"documented"}}
	require.Equal(t, http.StatusOK, s.post(t, browser, platform+"/questions/gate", answer).StatusCode)
	start := func() string { return text(t, s.get(t, browser, platform+"/start")) }
	eventually(t, func() bool { return !strings.Contains(start(), "Anywhere from 0 to 100") })
	require.True(t, within(nextOf(t, start()), "12 questions of the gate left", "Go on with the questions"), start())
	require.True(t, within(start(), "1 of 13 questions answered", "Between ", "Do you need Kubernetes?", "<span>Need</span>", "<span>Ability</span>"))
}

func TestASampleIsMadeBesideRequestsCountsNowhereAndGoesWhole(t *testing.T) {
	s := newSite(t, false)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	home := "/o/" + h.organization.Slug
	require.Contains(t, text(t, s.get(t, browser, home)), "Look at a sample first")
	rows := s.rowsOfAll(t)

	response := s.post(t, browser, home+"/sample", nil)
	sample := response.Request.URL.Path
	page := text(t, response)
	require.Equal(t, http.StatusOK, response.StatusCode, page)
	require.True(t, within(page, "A sample: an invented cluster", "Throw the sample away", `data-live="`+sample+`/live"`, "The sample is being made", "Look again"), page)
	require.Contains(t, text(t, s.get(t, browser, sample+"/start")), "The sample is being made")
	require.Equal(t, http.StatusOK, s.get(t, browser, sample+"/findings").StatusCode)
	require.Equal(t, sample, s.post(t, browser, home+"/sample", nil).Request.URL.Path, "one is made at a time")
	making := s.mark(t, browser, sample)

	require.NoError(t, s.queue.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, s.queue.Stop(context.Background())) })
	eventually(t, func() bool { return strings.Contains(text(t, s.get(t, browser, sample)), "load-line") })
	require.NotEqual(t, making, s.mark(t, browser, sample), "pages that wait are told")
	waiting := s.get(t, browser, sample, "HX-Request", "true", "HX-Target", "making")
	require.Equal(t, "true", waiting.Header.Get("HX-Refresh"), "the page that waited is shown anew")
	require.Empty(t, text(t, waiting))
	page = text(t, s.get(t, browser, sample))
	require.True(t, within(page, "A sample: an invented cluster", "Throw the sample away", "Where answers and evidence disagree", "load-line"), page)
	for _, path := range []string{"/findings", "/questions", "/snapshots", "/history", "/settings", "/upgrade"} {
		require.Contains(t, text(t, s.get(t, browser, sample+path)), "A sample: an invented cluster", path)
	}
	again := s.post(t, browser, home+"/sample", nil)
	require.Equal(t, sample, again.Request.URL.Path, "there is one at most")
	text(t, again)

	list := text(t, s.get(t, browser, home))
	require.True(t, within(list, ">1 platform<", `<span class="pill info">sample</span>`), list)
	require.NotContains(t, list, "Look at a sample first")
	require.Contains(t, text(t, s.get(t, browser, "/organizations")), "1 platform<")
	require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(tx *store.Tx) error {
		siblings, err := tx.SiblingSnapshots(t.Context(), h.platform.ID)
		require.Empty(t, siblings, "nothing is held against a sample")
		return err
	}))
	require.Equal(t, http.StatusUnprocessableEntity, s.post(t, browser, sample+"/settings/rename", url.Values{"name": {"Production"}}).StatusCode)

	require.Equal(t, http.StatusNotFound, s.post(t, browser, home+"/platforms/"+h.platform.Slug+"/discard", nil).StatusCode, "a platform of one's own is no sample")
	require.Greater(t, s.rowsOfAll(t)["finding_intervals"], rows["finding_intervals"])
	response = s.post(t, browser, sample+"/discard", nil)
	require.Contains(t, text(t, response), "The sample is thrown away")
	require.Equal(t, http.StatusNotFound, s.get(t, browser, sample).StatusCode)
	require.Equal(t, rows, s.rowsOfAll(t), "rows are left of it")
}

// Whoever throws a sample away does not wait until it is whole.
func TestASampleThatIsThrownAwayWhileItIsMadeLeavesNothing(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	home := "/o/" + h.organization.Slug
	rows := s.rowsOfAll(t)
	response := s.post(t, browser, home+"/sample", nil)
	text(t, response)
	require.Contains(t, text(t, s.post(t, browser, response.Request.URL.Path+"/discard", nil)), "The sample is thrown away")
	eventually(t, func() bool {
		var open int
		require.NoError(t, s.db.Admin.QueryRow(t.Context(), "select count(*) from river.river_job where kind = 'make_sample' and finalized_at is null").Scan(&open))
		return open == 0
	})
	require.Equal(t, rows, s.rowsOfAll(t))
	require.NotContains(t, s.log.String(), "was not made", "it is nobody's fault")
}

// mark is what a page that asks is told of a platform.
func (s *site) mark(t *testing.T, browser *http.Client, platform string) string {
	t.Helper()
	return text(t, s.get(t, browser, platform+"/live", "Accept", "text/plain"))
}

// rowsOfAll counts the rows of every table but those that keep what was done: the audit log, and people's sessions.
func (s *site) rowsOfAll(t *testing.T) map[string]int {
	t.Helper()
	var tables []string
	require.NoError(t, s.db.Admin.QueryRow(t.Context(), `select array_agg(relname::text order by relname) from pg_class
		where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not in ('audit_events', 'audit_log', 'sessions')`).Scan(&tables))
	counted := map[string]int{}
	for _, table := range tables {
		var n int
		require.NoError(t, s.db.Admin.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n))
		counted[table] = n
	}
	require.Greater(t, len(counted), 10)
	return counted
}

func TestTheExampleIsARealResultForEverybody(t *testing.T) {
	s := newSite(t, false)
	stranger := s.browser(t)
	front := text(t, s.get(t, stranger, "/"))
	require.True(t, within(front, `href="/example"`, "Sign in", "An invented cluster, assessed by the real engine", "To mend first:"), front)

	page := text(t, s.get(t, stranger, "/example"))
	require.True(t, within(page, "An example: an invented cluster", "Production, Hamburg", "Do you absolutely need Kubernetes?", "load-line", "The rest is yours"), page)
	require.Regexp(t, `Of 100 points\. \d\d % of what counts is known, \d\d % from evidence; the rest can.t move it\.`, page, "a point is no proof that all is known")
	private := regexp.MustCompile(`href="/o/|hx-get|hx-post|data-live|action="/(o/|example)`)
	require.Empty(t, private.FindString(page))
	links := regexp.MustCompile(`href="(/example[^"#]*)`).FindAllStringSubmatch(page, -1)
	require.Greater(t, len(links), 8)
	seen := map[string]bool{}
	for _, link := range links {
		if seen[link[1]] {
			continue
		}
		seen[link[1]] = true
		response := s.get(t, stranger, link[1])
		require.Equal(t, http.StatusOK, response.StatusCode, link[1])
		page := text(t, response)
		require.Contains(t, page, "An example: an invented cluster", link[1])
		require.Empty(t, private.FindString(page), link[1])
	}
	require.Equal(t, http.StatusNotFound, s.get(t, stranger, "/example/findings/"+strings.Repeat("0", 64)).StatusCode)
	require.Equal(t, http.StatusMethodNotAllowed, s.post(t, stranger, "/example", nil).StatusCode)
}

func TestThePlanNeedsNoSnapshot(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	response := s.post(t, browser, "/o/"+h.organization.Slug+"/platforms", url.Values{"name": {"Next year"}, "plan": {"1"}})
	require.True(t, strings.HasSuffix(response.Request.URL.Path, "/questions/"+string(questionnaire.Gate)), response.Request.URL.Path)
	text(t, response)
	page := text(t, s.get(t, browser, "/o/"+h.organization.Slug+"/platforms/next-year/start"))
	require.True(t, within(page, "A plan: there is no cluster yet", "Answer the gate"), page)
	require.NotContains(t, page, "Make the command")
}

func TestASnapshotOfAnotherClusterIsTheNextStep(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	browser := s.browser(t)
	s.signIn(t, browser, "mara")
	require.NoError(t, s.store.InOrganization(t.Context(), h.organization.ID, func(tx *store.Tx) error {
		stored, _, err := tx.InsertSnapshot(t.Context(), store.Snapshot{PlatformID: h.platform.ID, Digest: strings.Repeat("a", 64), Source: string(snapshot.SourceCluster),
			TakenAt: time.Now(), Records: map[string]int{}}, strings.NewReader("x"))
		require.NoError(t, err)
		return tx.SetSnapshotState(t.Context(), stored.ID, store.Foreign, "")
	}))
	require.Contains(t, nextOf(t, text(t, s.get(t, browser, "/o/"+h.organization.Slug+"/platforms/"+h.platform.Slug))), "Say what it is")
}
