package server

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/server/store"
	"plimsoll/web"
)

const (
	mostWaived        = 2000 // findings at once: each waiver is held against every outcome of its rule
	longestReason     = 2000 // letters
	longestWaiverDays = 366
	usualWaiverDays   = 90
)

// usualWaiver is the last day that a form begins with.
func (s *Server) usualWaiver() string {
	return s.now().AddDate(0, 0, usualWaiverDays).Format(time.DateOnly)
}

// chosen is what a bulk form says: which findings, and where it was sent from.
type chosen struct {
	filter web.FindingFilter
	form   web.WaiveForm
	back   string // fingerprint of the finding whose page sent it; empty: the list
}

func readChosen(c echo.Context) (chosen, error) {
	form, err := c.FormParams()
	if err != nil {
		return chosen{}, wrong("form", "it can't be read")
	}
	values := url.Values{}
	for name := range form {
		if field, ok := strings.CutPrefix(name, "filter."); ok {
			values.Set(field, form.Get(name))
		}
	}
	filter, err := findingFilter(values)
	ticked := map[string]bool{}
	for _, fingerprint := range form["f"] {
		ticked[fingerprint] = true
	}
	return chosen{filter: filter, back: form.Get("back"), form: web.WaiveForm{
		Reason: strings.TrimSpace(form.Get("reason")), Until: form.Get("until"), All: form.Get("all") == "1", Ticked: ticked,
	}}, err
}

// until reads the day up to which findings are accepted.
func (s *Server) until(form web.WaiveForm) (day time.Time, problem string) {
	today := assessments.Day(s.now())
	day, err := time.Parse(time.DateOnly, form.Until)
	switch {
	case len(form.Ticked) == 0 && !form.All:
		return day, "Tick at least one finding."
	case form.Reason == "":
		return day, "Say why they are accepted."
	case utf8.RuneCountInString(form.Reason) > longestReason:
		return day, "A reason has at most 2,000 letters."
	case err != nil:
		return day, "Choose the last day as a date."
	case day.Before(today):
		return day, "The last day is past."
	case day.After(today.AddDate(0, 0, longestWaiverDays)):
		return day, "A waiver lasts at most 366 days: then somebody looks again."
	}
	return day, ""
}

// findings are the chosen ones of an assessment, waived or open as asked; one more than can be taken at once where there are more.
func (ch chosen) findings(ctx context.Context, tx *store.Tx, platform store.PlatformID, assessment store.AssessmentID, waived bool) ([]assessments.Finding, error) {
	filter := store.FindingFilter{Platform: platform}
	if ch.form.All {
		filter = storedFilter(platform, ch.filter)
	} else {
		filter.Fingerprints = []string{}
		for fingerprint := range ch.form.Ticked {
			filter.Fingerprints = append(filter.Fingerprints, fingerprint)
		}
	}
	filter.Waived = waived
	var found []assessments.Finding
	var cursor store.FindingCursor
	for more := true; more && len(found) <= mostWaived; {
		rows, next, further, err := tx.Findings(ctx, assessment, filter, cursor, store.MaxFindingsPage)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			found = append(found, row.Finding)
		}
		cursor, more = next, further
	}
	return found, nil
}

// waiveFindings accepts the ticked findings, or all that match a filter, until a day.
func (s *Server) waiveFindings(c echo.Context, v *visit) error {
	ch, err := readChosen(c)
	if err != nil {
		return err
	}
	until, problem := s.until(ch.form)
	var key string
	err = s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		key = platform.Slug
		if problem != "" {
			return nil
		}
		latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
		if err != nil {
			return err
		}
		found, err := ch.findings(ctx, tx, platform.ID, latest.ID, false)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			problem = "None of these findings is open any more."
			return nil
		}
		if len(found) > mostWaived {
			problem = "These are more than 2,000 findings. Narrow the filter, and waive them in parts."
			return nil
		}
		if err := tx.WaiveFindings(ctx, platform.ID, v.person.ID, found, ch.form.Reason, until); err != nil {
			return err
		}
		return s.waiversChanged(ctx, c, v, tx, platform.ID, "finding.waive", map[string]any{
			"findings": len(found), "reason": ch.form.Reason, "until": until.Format(time.DateOnly), "of": someNames(found)})
	})
	if err != nil {
		return err
	}
	if problem != "" {
		ch.form.Problem = problem
		if ch.back != "" {
			return s.findingPage(c, v, http.StatusUnprocessableEntity, ch.back, findingForms{waive: ch.form})
		}
		return s.findingsPage(c, v, http.StatusUnprocessableEntity, ch.filter, ch.form)
	}
	return seeOther(c, ch.returns(v, key, "waived"))
}

// returns is the page that the form was sent from.
func (ch chosen) returns(v *visit, platform, done string) string {
	p := web.Platform{Key: platform}
	if ch.back != "" {
		return p.Path(v.shown(), "findings", ch.back) + "?done=" + done
	}
	return withQuery(ch.filter.Path(p.Path(v.shown(), "findings")), "done", done)
}

// waiversChanged tells of it and has the platform scored again.
func (s *Server) waiversChanged(ctx context.Context, c echo.Context, v *visit, tx *store.Tx, platform store.PlatformID, action string, details map[string]any) error {
	if err := tx.Audit(ctx, s.event(c, v, action, "platform", platform.String(), details)); err != nil {
		return err
	}
	return s.Queue.Reassess(ctx, tx, platform)
}

// namedInAudit is how many findings an audit event names; the others it counts.
const namedInAudit = 20

func someNames(found []assessments.Finding) []string {
	var names []string
	for _, f := range found[:min(len(found), namedInAudit)] {
		names = append(names, f.Rule+" "+f.Subject.String())
	}
	return names
}

// unwaiveFindings ends one waiver, or those that are for the chosen findings alone.
func (s *Server) unwaiveFindings(c echo.Context, v *visit) error {
	ch, err := readChosen(c)
	if err != nil {
		return err
	}
	key, ended, problem := "", 0, ""
	err = s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		key = platform.Slug
		details := map[string]any{}
		switch {
		case c.FormValue("waiver") != "":
			waiver, err := waiverOf(ctx, tx, platform.ID, c.FormValue("waiver"))
			if err != nil {
				return err
			}
			if err := tx.DeleteWaiver(ctx, waiver.ID); err != nil {
				return err
			}
			ended, details["waiver"], details["rule"], details["reason"] = 1, waiver.ID.String(), waiver.Rule, waiver.Reason
		case len(ch.form.Ticked) == 0 && !ch.form.All:
			problem = "Tick at least one finding."
			return nil
		default:
			latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
			if err != nil {
				return err
			}
			found, err := ch.findings(ctx, tx, platform.ID, latest.ID, true)
			if err != nil {
				return err
			}
			if ended, err = tx.UnwaiveFindings(ctx, platform.ID, found); err != nil {
				return err
			}
			details["of"] = someNames(found)
		}
		if ended == 0 {
			return nil
		}
		details["waivers"] = ended
		return s.waiversChanged(ctx, c, v, tx, platform.ID, "finding.unwaive", details)
	})
	switch {
	case err != nil:
		return err
	case problem != "":
		ch.form.Problem = problem
		return s.findingsPage(c, v, http.StatusUnprocessableEntity, ch.filter, ch.form)
	case ended == 0:
		return seeOther(c, ch.returns(v, key, "wider"))
	}
	return seeOther(c, ch.returns(v, key, "unwaived"))
}

// waiverOf finds a waiver that bears on the platform.
func waiverOf(ctx context.Context, tx *store.Tx, platform store.PlatformID, key string) (store.Waiver, error) {
	id, err := store.ParseID[store.Waiver](key)
	if err != nil {
		return store.Waiver{}, err
	}
	all, err := tx.Waivers(ctx, platform)
	for _, w := range all {
		if w.ID == id {
			return w, err
		}
	}
	if err == nil {
		err = store.ErrNotFound
	}
	return store.Waiver{}, err
}

// shownWaivers are the waivers that cover a finding, of those that bear on its platform.
func (s *Server) shownWaivers(all []store.Waiver, f assessments.Finding) []web.FindingWaiver {
	var shown []web.FindingWaiver
	if f.WaivedAtSource {
		shown = append(shown, web.FindingWaiver{Reason: f.WaivedBy})
	}
	alone := store.Exactly(f, "", time.Time{})
	for _, w := range all {
		if !w.Waives().Covers(f.Rule, f.Subject) {
			continue
		}
		shown = append(shown, web.FindingWaiver{
			Key: w.ID.String(), Reason: w.Reason, Author: w.Author, Until: w.Until, Ended: !w.Waives().Holds(s.now()),
			Wide: w.PlatformID == nil || w.Rule != alone.Rule || w.Kind != alone.Kind || w.Namespace != alone.Namespace || w.Name != alone.Name || w.Container != alone.Container,
		})
	}
	return shown
}
