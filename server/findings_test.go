package server_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/server/auth/devidentity"
	"plimsoll/server/store"
)

var ticks = regexp.MustCompile(`name="f" value="([0-9a-f]{32})"`)

// fingerprintsOn are the findings that a page offers to tick.
func fingerprintsOn(page string) []string {
	var all []string
	for _, found := range ticks.FindAllStringSubmatch(page, -1) {
		all = append(all, found[1])
	}
	return all
}

// scored uploads a snapshot and waits until it is scored and nothing waits.
func (d desk) scored(t *testing.T, platform string) {
	t.Helper()
	_, _, status := d.uploadForm(t, platform, taken(t, 1, nil))
	require.Equal(t, 200, status)
	d.settled(t, platform)
}

// settled waits until the list shows what was changed.
func (d desk) settled(t *testing.T, platform string) (page string) {
	t.Helper()
	eventually(t, func() bool {
		page = d.open(t, platform+"/findings", 200)
		return strings.Contains(page, `name="f"`) && !strings.Contains(page, "is being worked out again. It will be said here")
	})
	return page
}

// events are the actions of the audit log, the newest first.
func (d desk) events(t *testing.T) []string {
	t.Helper()
	rows, err := d.db.Admin.Query(t.Context(), "select action from audit_events order by id desc")
	require.NoError(t, err)
	var all []string
	for rows.Next() {
		var action string
		require.NoError(t, rows.Scan(&action))
		all = append(all, action)
	}
	return all
}

var inTomorrow = regexp.MustCompile(`name="until" value="(\d{4}-\d\d-\d\d)"`)

func TestFindingsAreWaivedInBulkAndCountAgain(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	d.scored(t, platform)
	page := d.settled(t, platform)
	listed := fingerprintsOn(page)
	require.Greater(t, len(listed), 3)
	until := inTomorrow.FindStringSubmatch(page)[1]
	two := []string{listed[0], listed[2]}

	for problem, form := range map[string]url.Values{
		"Tick at least one finding.":         {"reason": {"old"}, "until": {until}},
		"Say why they are accepted.":         {"f": two, "reason": {"  "}, "until": {until}},
		"Choose the last day as a date.":     {"f": two, "reason": {"old"}, "until": {"soon"}},
		"The last day is past.":              {"f": two, "reason": {"old"}, "until": {"2020-01-01"}},
		"A waiver lasts at most 366 days":    {"f": two, "reason": {"old"}, "until": {"2200-01-01"}},
		"A reason has at most 2,000 letters": {"f": two, "reason": {strings.Repeat("x", 2001)}, "until": {until}},
		"None of these findings is open":     {"f": {strings.Repeat("0", 32)}, "reason": {"old"}, "until": {until}},
	} {
		response, err := d.browser.PostForm(d.URL+platform+"/findings/waive", form)
		require.NoError(t, err)
		body := text(t, response)
		require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode, problem)
		require.Contains(t, body, problem)
		if slices.Equal(form["f"], two) {
			require.Equal(t, 2, strings.Count(body, `" checked>`), "what was ticked stays ticked")
		}
	}
	require.NotContains(t, d.events(t), "finding.waive")

	page, at := d.post(t, platform+"/findings/waive", url.Values{"f": two, "reason": {"until the move"}, "until": {until}, "filter.severity": {""}, "filter.q": {""}})
	require.Equal(t, platform+"/findings", at)
	require.Contains(t, page, "Waived. The result is being worked out again.")
	require.Equal(t, 1, count(d.events(t), "finding.waive"), "one event, however many")
	page = d.settled(t, platform)
	require.NotContains(t, page, "Show it")
	require.Contains(t, text(t, d.get(t, d.browser, platform+"/findings", "HX-Request", "true")), "Show it", "for who waits for it")
	require.NotContains(t, fingerprintsOn(page), two[0])
	waived := d.open(t, platform+"/findings?waived=1", 200)
	require.ElementsMatch(t, two, fingerprintsOn(waived))

	one := d.open(t, platform+"/findings/"+two[0], 200)
	require.Contains(t, one, "until the move")
	require.Contains(t, one, "End this waiver")
	key := regexp.MustCompile(`name="waiver" value="([^"]+)"`).FindStringSubmatch(one)[1]
	page, at = d.post(t, platform+"/findings/unwaive", url.Values{"waiver": {key}, "back": {two[0]}})
	require.Equal(t, platform+"/findings/"+two[0], at)
	require.Contains(t, page, "ended")
	d.settled(t, platform)
	require.Equal(t, []string{two[1]}, fingerprintsOn(d.open(t, platform+"/findings?waived=1", 200)))
	d.post(t, platform+"/findings/unwaive", url.Values{"all": {"1"}, "filter.waived": {"1"}})
	page = d.settled(t, platform)
	require.ElementsMatch(t, listed, fingerprintsOn(page), "all count again")
	require.Equal(t, 2, count(d.events(t), "finding.unwaive"))

	rule := regexp.MustCompile(`value="([a-z]+/[a-z-]+)"`).FindStringSubmatch(d.open(t, platform+"/what-if", 200))[1]
	of := fingerprintsOn(d.open(t, platform+"/findings?rule="+rule, 200))
	d.post(t, platform+"/findings/waive", url.Values{"all": {"1"}, "filter.rule": {rule}, "reason": {"all of it"}, "until": {until}})
	d.settled(t, platform)
	require.ElementsMatch(t, of, fingerprintsOn(d.open(t, platform+"/findings?waived=1", 200)), "all that match, and nothing else")
}

func count(all []string, one string) int {
	n := 0
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

func TestAWaiverForMoreThanOneFindingIsEndedOnItsOwn(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	d.scored(t, platform)
	listed := fingerprintsOn(d.settled(t, platform))
	slug := platform[strings.LastIndex(platform, "/")+1:]
	d.inHome(t, func(ctx context.Context, tx *store.Tx, person store.PersonID) error {
		p, err := tx.PlatformBySlug(ctx, slug)
		require.NoError(t, err)
		_, err = tx.CreateWaiver(ctx, &p.ID, person, assessments.Waiver{Rule: "*", Reason: "everything", Until: assessments.Day(d.service.Now().AddDate(0, 1, 0))})
		require.NoError(t, err)
		return d.queue.Reassess(ctx, tx, p.ID)
	})
	eventually(t, func() bool { return len(fingerprintsOn(d.open(t, platform+"/findings?waived=1", 200))) == len(listed) })
	page, _ := d.post(t, platform+"/findings/unwaive", url.Values{"f": listed[:1], "filter.waived": {"1"}})
	require.Contains(t, page, "No waiver is for these findings alone.")
	require.Contains(t, d.open(t, platform+"/findings/"+listed[0], 200), "It covers other findings too.")
}

// inHome works in the desk's organization as its owner.
func (d desk) inHome(t *testing.T, do func(context.Context, *store.Tx, store.PersonID) error) {
	t.Helper()
	person, err := d.store.SignIn(t.Context(), store.Identity{Issuer: devidentity.Issuer, Subject: devidentity.People[0].Login, Name: devidentity.People[0].Name})
	require.NoError(t, err)
	all, err := d.store.OrganizationsOf(t.Context(), person.ID)
	require.NoError(t, err)
	require.NoError(t, d.store.InOrganization(t.Context(), all[0].ID, func(tx *store.Tx) error { return do(t.Context(), tx, person.ID) }))
}

func TestFindingsAreFilteredGroupedAndPagedByTheirAddress(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	d.scored(t, platform)
	all := fingerprintsOn(d.settled(t, platform))
	for _, by := range []string{"workload", "namespace", "rule", "owner"} {
		page := d.open(t, platform+"/findings?group="+by, 200)
		require.Contains(t, page, `class="finding-group"`, by)
		var opened []string
		for _, link := range regexp.MustCompile(`<h3><a href="([^"]+)">`).FindAllStringSubmatch(page, -1) {
			opened = append(opened, fingerprintsOn(d.open(t, strings.ReplaceAll(link[1], "&amp;", "&"), 200))...)
		}
		require.ElementsMatch(t, all, opened, "by %s each finding stands in one group", by)
	}
	require.Contains(t, d.open(t, platform+"/findings?q=nothing-like-it", 200), "Nothing fits")
	require.Contains(t, d.open(t, platform+"/findings?namespace=-&waived=1", 200), "Nothing fits")
	for _, bad := range []string{"pillar=hulls", "severity=awful", "assignee=me", "group=colour"} {
		d.open(t, platform+"/findings?"+bad, 422)
	}
	for _, after := range []string{"x", "4.1", "9.9.9", "4.-1.0", "1.2147483647.0"} {
		d.open(t, platform+"/findings?after="+after, 200)
	}
	require.Equal(t, all, fingerprintsOn(d.open(t, platform+"/findings?after=9.9.9", 200)), "what is no cursor is the beginning")
}

func TestAFindingIsAssignedAndTalkedAbout(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	d.scored(t, platform)
	listed := fingerprintsOn(d.settled(t, platform))
	one := platform + "/findings/" + listed[0]
	page := d.open(t, one, 200)
	me := regexp.MustCompile(`<option value="([0-9a-f-]{36})">`).FindStringSubmatch(page)[1]
	due := d.service.Now().AddDate(0, 0, 14).Format("2006-01-02")
	page, at := d.post(t, one+"/assign", url.Values{"assignee": {me}, "due": {due}})
	require.Equal(t, one, at)
	require.True(t, within(page, "Saved.", `<option value="`+me+`" selected>`, `value="`+due+`"`), page)
	require.Equal(t, listed[:1], fingerprintsOn(d.open(t, platform+"/findings?assignee="+me, 200)))
	require.NotContains(t, fingerprintsOn(d.open(t, platform+"/findings?assignee=none", 200)), listed[0])
	for _, form := range []url.Values{{"assignee": {"me"}}, {"due": {"tomorrow"}}, {"due": {"2999-01-01"}}} {
		response, err := d.browser.PostForm(d.URL+one+"/assign", form)
		require.NoError(t, err)
		text(t, response)
		require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode, form)
	}
	stranger := store.NewID[store.Person]().String()
	response, err := d.browser.PostForm(d.URL+one+"/assign", url.Values{"assignee": {stranger}})
	require.NoError(t, err)
	text(t, response)
	require.Equal(t, http.StatusNotFound, response.StatusCode, "who is no member")

	page, _ = d.post(t, one+"/comments", url.Values{"body": {"seen <b>again</b>"}})
	require.Contains(t, page, "seen &lt;b&gt;again&lt;/b&gt;")
	for _, body := range []string{"  ", strings.Repeat("x", 4001)} {
		response, err := d.browser.PostForm(d.URL+one+"/comments", url.Values{"body": {body}})
		require.NoError(t, err)
		text(t, response)
		require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode)
	}
	key := regexp.MustCompile(`name="comment" value="([^"]+)"`).FindStringSubmatch(page)[1]
	page, _ = d.post(t, one+"/withdraw", url.Values{"comment": {key}})
	require.True(t, within(page, "Your comment is withdrawn.", "Withdrawn."))
	require.NotContains(t, page, "again&lt;/b&gt;")
	require.Equal(t, []string{"finding.withdraw", "finding.comment", "finding.assign"}, d.events(t)[:3])

	_, _, status := d.uploadForm(t, platform, taken(t, 2, nil))
	require.Equal(t, 200, status)
	d.post(t, platform+"/facts", url.Values{})
	eventually(t, func() bool { return strings.Contains(d.open(t, platform+"/history", 200), "snapshot") })
	var kept int
	require.NoError(t, d.db.Admin.QueryRow(t.Context(), "select count(*) from finding_assignments where fingerprint = $1", listed[0]).Scan(&kept))
	require.Equal(t, 1, kept, "it outlives the result")
}

func TestWhatIfIsWorkedOutExactly(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	require.Contains(t, d.open(t, platform+"/what-if", 200), "Nothing to try yet")
	d.scored(t, platform)
	listed := fingerprintsOn(d.settled(t, platform))
	rule := regexp.MustCompile(`value="([a-z]+/[a-z-]+)"`).FindStringSubmatch(d.open(t, platform+"/what-if", 200))[1]
	for _, form := range []url.Values{{}, {"f": {"unknown"}}} {
		response, err := d.browser.PostForm(d.URL+platform+"/what-if", form)
		require.NoError(t, err)
		require.Contains(t, text(t, response), "Tick at least one")
		require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode)
	}
	_, at := d.post(t, platform+"/what-if", url.Values{"f": listed[:2], "rule": {rule}})
	require.Regexp(t, `/what-if/[0-9a-f-]{36}$`, at)
	var page string
	eventually(t, func() bool { page = d.open(t, at, 200); return !strings.Contains(page, "Working it out") })
	require.True(t, within(page, "By pillar", "What the mends do", "Of 100 points."), page)
	require.ElementsMatch(t, listed[:2], fingerprintsOn(page), "the question stands in the form")
	require.Regexp(t, `value="`+rule+`" checked`, page)

	_, at = d.post(t, platform+"/what-if", url.Values{"all": {"1"}, "filter.q": {""}})
	eventually(t, func() bool { page = d.open(t, at, 200); return strings.Contains(page, "By pillar") })
	d.open(t, platform+"/what-if/"+store.NewID[store.WhatIf]().String(), 404)
	d.open(t, strings.Replace(at, platform, d.platform(t, "Another", ""), 1), 404)
}

func TestSayAgainstDoAndTheUnseenHavePages(t *testing.T) {
	d := newDesk(t)
	platform := d.platform(t, "Production", "")
	require.Contains(t, d.open(t, platform+"/contradictions", 200), "Nothing to compare yet")
	require.Contains(t, d.open(t, platform+"/unseen", 200), "No result yet")
	d.post(t, platform+"/questions/lifecycle", url.Values{"L1.revision": {"0"}, "L1.option": {"L1.a"}, "then": {""}})
	d.scored(t, platform)
	page := d.open(t, platform+"/contradictions", 200)
	require.True(t, within(page, "You said", "We saw", "So it counts as", "The rule between, K-09"), page)
	require.Contains(t, d.open(t, platform+"/unseen", 200), "Read the nodes")
}

func TestAViewerReadsFindingsAndChangesNothing(t *testing.T) {
	s := newSite(t, true)
	h := s.newHouse(t, "mara")
	s.member(t, h, "ines", store.Viewer)
	response := s.upload(t, h, h.token, strings.NewReader(string(taken(t, 1, nil))), gzipType)
	text(t, response)
	viewer := s.browser(t)
	s.signIn(t, viewer, "ines")
	list := "/o/" + h.organization.Slug + "/platforms/" + h.platform.Slug + "/findings"
	var page string
	eventually(t, func() bool { page = text(t, s.get(t, viewer, list)); return len(fingerprintsOn(page)) > 0 })
	require.NotContains(t, page, `name="reason"`)
	require.Contains(t, page, "Waiving takes the role of an assessor")
	one := list + "/" + fingerprintsOn(page)[0]
	page = text(t, s.get(t, viewer, one))
	for _, form := range []string{`name="reason"`, `name="assignee"`, `name="body"`} {
		require.NotContains(t, page, form)
	}
	for _, path := range []string{list + "/waive", list + "/unwaive", one + "/assign", one + "/comments", one + "/withdraw"} {
		response, err := viewer.PostForm(s.URL+path, url.Values{"f": {"x"}})
		require.NoError(t, err)
		text(t, response)
		require.Equal(t, http.StatusForbidden, response.StatusCode, path)
	}
}
