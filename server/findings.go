package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/server/store"
	"plimsoll/web"
)

const (
	findingsPerPage   = 50
	groupsShown       = 200
	namespacesOffered = 300
	longestSearch     = 120 // bytes
	longestName       = 253 // of what Kubernetes names
)

// listFindings is the whole list of the latest result: filtered, in pages or in groups.
func (s *Server) listFindings(c echo.Context, v *visit) error {
	filter, err := findingFilter(c.QueryParams())
	if err != nil {
		return err
	}
	return s.findingsPage(c, v, http.StatusOK, filter, web.WaiveForm{})
}

func (s *Server) findingsPage(c echo.Context, v *visit, status int, filter web.FindingFilter, waive web.WaiveForm) error {
	page := web.FindingsPage{Filter: filter, Waive: waive, Waivable: mostWaived}
	if page.Waive.Until == "" {
		page.Waive.Until = s.usualWaiver()
	}
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		page.Shell = s.around(c, "Findings", web.TabFindings, &platform)
		latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		page.HasResult, page.Scoring = true, scoringOf(c, platform, latest)
		page.List.Counts = countsOf(latest)
		if page.Members, err = membersOffered(ctx, tx); err != nil {
			return err
		}
		if page.Spaces, err = tx.FindingNamespaces(ctx, latest.ID, namespacesOffered); err != nil {
			return err
		}
		if page.List.LeftOut, err = tx.LeftOut(ctx, latest.ID); err != nil {
			return err
		}
		return s.fillFindings(ctx, c, tx, platform.ID, latest.ID, &page)
	})
	if err != nil {
		return err
	}
	page.Rules = s.rulesOffered()
	return render(c, status, web.Findings(page))
}

// scoringOf is how far what was changed of the platform's inputs is on its way into its result. That it is there, only a page is told that
// waits for it.
func scoringOf(c echo.Context, platform store.Platform, latest store.AssessmentRow) web.Scoring {
	switch {
	case platform.InputRevision > latest.InputRevision:
		return web.ScoringNow
	case c.Request().Header.Get("HX-Request") != "":
		return web.ScoringDone
	}
	return web.ScoringNone
}

// fillFindings puts the page's part of the list, or its groups, into it.
func (s *Server) fillFindings(ctx context.Context, c echo.Context, tx *store.Tx, platform store.PlatformID, assessment store.AssessmentID, page *web.FindingsPage) error {
	filter := storedFilter(platform, page.Filter)
	matching, err := tx.CountFindings(ctx, assessment, filter)
	if err != nil {
		return err
	}
	page.List.Pages.Total, page.Matching = total(matching), matching
	if by := store.Grouping(page.Filter.Group); by != "" {
		groups, err := tx.FindingGroups(ctx, assessment, filter, by, groupsShown)
		for _, g := range groups {
			page.Groups, page.AllGroups = append(page.Groups, s.shownGroup(g, by, page.Filter)), g.Groups
		}
		return err
	}
	cursor, before := cursorFrom(c.QueryParam("after"))
	rows, next, more, err := tx.Findings(ctx, assessment, filter, cursor, findingsPerPage)
	if err != nil {
		return err
	}
	var fingerprints []string
	for _, r := range rows {
		page.List.Items, fingerprints = append(page.List.Items, r.Finding), append(fingerprints, r.Finding.Fingerprint)
	}
	pages := &page.List.Pages
	pages.From, pages.To = min(before+1, pages.Total), min(before+len(rows), pages.Total)
	list := page.Filter.Path(page.Platform.Path(*page.Organization, "findings"))
	if before > 0 {
		pages.Previous = list
	}
	if more {
		pages.Next = withQuery(list, "after", cursorText(next, before+len(rows)))
	}
	work, err := tx.FindingWork(ctx, platform, fingerprints)
	page.Work = map[string]web.Work{}
	for fingerprint, w := range work {
		page.Work[fingerprint] = s.shownWork(w)
	}
	return err
}

// shownGroup says a group in words, and by which filter it opens.
func (s *Server) shownGroup(g store.FindingGroup, by store.Grouping, filter web.FindingFilter) web.FindingGroup {
	filter.Group = ""
	shown := web.FindingGroup{Gravest: g.Gravest, Counts: countsOfGroup(g)}
	space := g.Namespace
	if space == "" {
		space = web.NoNamespace
	}
	switch by {
	case store.ByWorkload:
		shown.Title, shown.About = assessments.Subject{Namespace: g.Namespace, Name: g.Name}.String(), g.Kind
		filter.Kind, filter.Namespace, filter.Name = g.Kind, space, g.Name
	case store.ByNamespace:
		shown.Title, filter.Namespace = g.Namespace, space
		if g.Namespace == "" {
			shown.Title = "In no namespace"
		}
	case store.ByOwner:
		shown.Title, filter.Assignee = "Nobody", web.NoAssignee
		if g.AssigneeID != nil {
			shown.Title, filter.Assignee = g.Assignee, g.AssigneeID.String()
		}
	default:
		shown.Title, shown.About, filter.Rule = g.Rule, s.ruleTitle(g.Rule), g.Rule
	}
	shown.Filter = filter
	return shown
}

func countsOfGroup(g store.FindingGroup) map[assessments.Severity]int {
	return map[assessments.Severity]int{assessments.Critical: g.Critical, assessments.High: g.High, assessments.Medium: g.Medium, assessments.Low: g.Low}
}

func (s *Server) ruleTitle(id string) string {
	if rule, ok := s.Content.Rules.ByID(id); ok {
		return rule.Text.Title
	}
	return ""
}

func (s *Server) rulesOffered() []web.Choice {
	var all []web.Choice
	for _, rule := range s.Content.Rules.All() {
		all = append(all, web.Choice{Value: rule.ID, Words: rule.ID})
	}
	return all
}

func membersOffered(ctx context.Context, tx *store.Tx) ([]web.Choice, error) {
	members, err := tx.Members(ctx)
	var all []web.Choice
	for _, m := range members {
		all = append(all, web.Choice{Value: m.PersonID.String(), Words: m.Name})
	}
	return all, err
}

func (s *Server) shownWork(w store.FindingWork) web.Work {
	due := moment(w.Due)
	return web.Work{Assignee: w.Assignee, Due: due, Overdue: !due.IsZero() && due.Before(assessments.Day(s.now()))}
}

// findingFilter reads a filter from an address or a form.
func findingFilter(values url.Values) (web.FindingFilter, error) {
	f := web.FindingFilter{
		Pillar: assessments.Pillar(values.Get("pillar")), Rule: shortened(values, "rule", longestSearch), Text: shortened(values, "q", longestSearch),
		Namespace: shortened(values, "namespace", longestName), Kind: shortened(values, "kind", longestName), Name: shortened(values, "name", longestName),
		Assignee: values.Get("assignee"), Waived: values.Get("waived") == "1", Group: values.Get("group"),
	}
	if f.Pillar != "" && f.Pillar.Title() == string(f.Pillar) {
		return f, wrong("pillar", "there is none of this name")
	}
	if err := f.Severity.UnmarshalText([]byte(values.Get("severity"))); err != nil {
		return f, wrong("severity", "want low, medium, high or critical")
	}
	if f.Assignee != "" && f.Assignee != web.NoAssignee {
		if _, err := store.ParseID[store.Person](f.Assignee); err != nil {
			return f, wrong("assignee", "there is no such member")
		}
	}
	if !slices.Contains([]string{"", string(store.ByWorkload), string(store.ByNamespace), string(store.ByRule), string(store.ByOwner)}, f.Group) {
		return f, wrong("group", "want workload, namespace, rule or owner")
	}
	return f, nil
}

// shortened is a value of at most so many bytes.
func shortened(values url.Values, name string, most int) string {
	text := strings.TrimSpace(values.Get(name))
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// storedFilter is the filter as the store takes it.
func storedFilter(platform store.PlatformID, f web.FindingFilter) store.FindingFilter {
	filter := store.FindingFilter{Platform: platform, Pillar: f.Pillar, Severity: f.Severity, Rule: f.Rule, Text: f.Text, Waived: f.Waived, Kind: f.Kind, Name: f.Name}
	if f.Namespace != "" {
		space := f.Namespace
		if space == web.NoNamespace {
			space = ""
		}
		filter.Namespace = &space
	}
	if f.Assignee != "" {
		id, _ := store.ParseID[store.Person](f.Assignee) // none: nobody's
		filter.Assignee = &id
	}
	return filter
}

// cursorText is where a page starts, as it stands in an address: severity, number, and how many come before.
func cursorText(c store.FindingCursor, before int) string {
	return strconv.Itoa(int(c.Severity)) + "." + strconv.Itoa(c.ID) + "." + strconv.Itoa(before)
}

// cursorFrom reads it back; anything else is the beginning.
func cursorFrom(text string) (c store.FindingCursor, before int) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return c, 0
	}
	var numbers [3]int
	for i, part := range parts {
		n, err := strconv.ParseInt(part, 10, 32)
		if err != nil || n < 0 {
			return c, 0
		}
		numbers[i] = int(n)
	}
	if numbers[0] < int(assessments.Low) || numbers[0] > int(assessments.Critical) {
		return c, 0
	}
	return store.FindingCursor{Severity: assessments.Severity(numbers[0]), ID: numbers[1]}, numbers[2]
}

func withQuery(address, name, value string) string {
	path, query, _ := strings.Cut(address, "?")
	values, _ := url.ParseQuery(query)
	values.Set(name, value)
	return path + "?" + values.Encode()
}
