package server

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/server/store"
	"plimsoll/web"
)

const (
	longestComment = 4000 // letters
	furthestDue    = 5    // years
)

// findingForms are forms that were refused, to be shown again with the reason.
type findingForms struct {
	waive   web.WaiveForm
	assign  *web.AssignForm
	comment web.CommentForm
}

// showFinding is one finding of the latest result in full.
func (s *Server) showFinding(c echo.Context, v *visit) error {
	return s.findingPage(c, v, http.StatusOK, c.Param("fingerprint"), findingForms{})
}

func (s *Server) findingPage(c echo.Context, v *visit, status int, fingerprint string, forms findingForms) error {
	page := web.FindingPage{Waive: forms.waive, Comment: forms.comment}
	if page.Waive.Until == "" {
		page.Waive.Until = s.usualWaiver()
	}
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		latest, found, err := latestFinding(ctx, tx, platform.ID, fingerprint)
		if err != nil {
			return err
		}
		page.Shell, page.Finding = s.around(c, found.Subject.String(), web.TabFindings, &platform), found
		page.Scoring = scoringOf(c, platform, latest)
		if page.Life, err = findingLife(ctx, tx, platform.ID, fingerprint); err != nil {
			return err
		}
		waivers, err := tx.Waivers(ctx, platform.ID)
		if err != nil {
			return err
		}
		page.Waivers = s.shownWaivers(waivers, found)
		exhibits, err := exhibitsOf(ctx, tx, latest)
		if err != nil {
			return err
		}
		page.Computed = computedOf(exhibits, found)
		return s.fillWork(ctx, v, tx, platform.ID, &page)
	})
	if err != nil {
		return err
	}
	if forms.assign != nil {
		page.Assign = *forms.assign
	}
	page.Address = s.Config.URL.JoinPath(page.Platform.Path(*page.Organization, "findings", fingerprint)).String()
	page.Text, page.Control = s.saidOf(page.Finding.Rule)
	return render(c, status, web.Finding(page))
}

// latestFinding is a finding of a platform's latest result, and that result.
func latestFinding(ctx context.Context, tx *store.Tx, platform store.PlatformID, fingerprint string) (store.AssessmentRow, assessments.Finding, error) {
	latest, err := tx.LatestAssessmentRow(ctx, platform)
	if err != nil {
		return latest, assessments.Finding{}, err
	}
	row, err := tx.FindingByFingerprint(ctx, latest.ID, fingerprint)
	return latest, row.Finding, err
}

// saidOf is the text of a rule, and the title of its control.
func (s *Server) saidOf(id string) (text assessments.Text, control string) {
	rule, ok := s.Content.Rules.ByID(id)
	if !ok {
		return text, ""
	}
	if of := s.Content.ControlOf(rule); of != nil {
		control = of.Title
	}
	return rule.Text, control
}

// findingLife is when the finding was there.
func findingLife(ctx context.Context, tx *store.Tx, platform store.PlatformID, fingerprint string) (web.FindingLife, error) {
	life, err := tx.FindingLife(ctx, platform, fingerprint)
	shown := web.FindingLife{FirstSeen: life.FirstSeen(), LastSeen: life.LastSeen(), Mended: life.Mended()}
	for _, spell := range life.Spells {
		span := web.Span{From: spell.First}
		if spell.Gone != nil {
			span.To = *spell.Gone
		}
		shown.Spans = append(shown.Spans, span)
	}
	return shown, err
}

// fillWork puts what people did about the finding into its page.
func (s *Server) fillWork(ctx context.Context, v *visit, tx *store.Tx, platform store.PlatformID, page *web.FindingPage) (err error) {
	fingerprint := page.Finding.Fingerprint
	if page.Members, err = membersOffered(ctx, tx); err != nil {
		return err
	}
	work, err := tx.FindingWork(ctx, platform, []string{fingerprint})
	if err != nil {
		return err
	}
	if w, ok := work[fingerprint]; ok {
		page.Work = s.shownWork(w)
		if w.AssigneeID != nil {
			page.Assign.Assignee = w.AssigneeID.String()
		}
		if w.Due != nil {
			page.Assign.Due = w.Due.Format(time.DateOnly)
		}
	}
	comments, err := tx.Comments(ctx, platform, fingerprint)
	for _, comment := range comments {
		shown := web.Comment{Author: comment.Author, At: comment.CreatedAt, Body: comment.Body, Withdrawn: comment.WithdrawnAt != nil}
		if comment.PersonID != nil && *comment.PersonID == v.person.ID {
			shown.Key = comment.ID.String()
		}
		page.Comments = append(page.Comments, shown)
	}
	return err
}

// engineOf names the engine that computes what rules of a pillar are about.
var engineOf = map[assessments.Pillar]string{
	assessments.Lifecycle: "upgrade", assessments.JVM: "heap", assessments.Probes: "probe", assessments.Networking: "network",
}

// computedRows bounds how many lines of an engine stand on a finding's page.
const computedRows = 6

// computedOf are the lines of the engine's tables that name the finding's object.
func computedOf(exhibits []engines.Exhibit, f assessments.Finding) web.Computed {
	pillar, _, _ := strings.Cut(f.Rule, "/")
	for _, exhibit := range exhibits {
		if exhibit.ID != engineOf[assessments.Pillar(pillar)] {
			continue
		}
		computed := web.Computed{Engine: exhibit.ID, Title: engines.Title(exhibit.ID)}
		for _, part := range exhibit.Parts {
			if part.Table == nil {
				continue
			}
			for _, row := range part.Table.Rows {
				if len(row) > 0 && len(computed.Rows) < computedRows && about(row[0], f.Subject) {
					computed.Rows = append(computed.Rows, computedRow(part, row))
				}
			}
		}
		if len(computed.Rows) > 0 {
			return computed
		}
	}
	return web.Computed{}
}

// about reports whether a table's line is about the subject: the object, or one container of it.
func about(cell string, subject assessments.Subject) bool {
	object := subject
	object.Container = ""
	return cell == subject.String() || subject.Container == "" && strings.HasPrefix(cell, subject.String()+" · ") || cell == object.String()
}

func computedRow(part engines.Part, row []string) web.ComputedRow {
	shown := web.ComputedRow{Title: part.Title}
	for i, column := range part.Table.Columns {
		if i < len(row) && row[i] != "" {
			shown.Figures = append(shown.Figures, assessments.Evidence{What: column.Title, Value: row[i]})
		}
	}
	return shown
}

// onFinding runs do for a finding of the latest result, and goes back to its page.
func (s *Server) onFinding(c echo.Context, v *visit, done string, do func(context.Context, *store.Tx, store.Platform, assessments.Finding) error) error {
	var key string
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		key = platform.Slug
		_, found, err := latestFinding(ctx, tx, platform.ID, c.Param("fingerprint"))
		if err != nil {
			return err
		}
		return do(ctx, tx, platform, found)
	})
	if err != nil {
		return err
	}
	return seeOther(c, web.Platform{Key: key}.Path(v.shown(), "findings", c.Param("fingerprint"))+"?done="+done)
}

// auditFinding tells what was done about a finding.
func (s *Server) auditFinding(ctx context.Context, c echo.Context, v *visit, tx *store.Tx, platform store.PlatformID, f assessments.Finding, action string, details map[string]any) error {
	details["platform"], details["rule"], details["object"] = platform.String(), f.Rule, f.Subject.String()
	return tx.Audit(ctx, s.event(c, v, action, "finding", f.Fingerprint, details))
}

// assignFinding says who answers for a finding, and until when.
func (s *Server) assignFinding(c echo.Context, v *visit) error {
	form := web.AssignForm{Assignee: c.FormValue("assignee"), Due: c.FormValue("due")}
	var assignee *store.PersonID
	var due *time.Time
	if form.Assignee != "" {
		id, err := store.ParseID[store.Person](form.Assignee)
		if err != nil {
			return wrong("assignee", "there is no such member")
		}
		assignee = &id
	}
	if form.Due != "" {
		day, err := time.Parse(time.DateOnly, form.Due)
		if err != nil || day.Before(assessments.Day(s.now()).AddDate(-1, 0, 0)) || day.After(s.now().AddDate(furthestDue, 0, 0)) {
			form.Problem = "Choose a day within the next five years."
			return s.findingPage(c, v, http.StatusUnprocessableEntity, c.Param("fingerprint"), findingForms{assign: &form})
		}
		due = &day
	}
	return s.onFinding(c, v, "saved", func(ctx context.Context, tx *store.Tx, platform store.Platform, f assessments.Finding) error {
		if err := tx.AssignFinding(ctx, platform.ID, f.Fingerprint, assignee, due, v.person.ID); err != nil {
			return err
		}
		return s.auditFinding(ctx, c, v, tx, platform.ID, f, "finding.assign", map[string]any{"assignee": form.Assignee, "due": form.Due})
	})
}

// addComment adds what somebody says to a finding. The audit log tells that, and not what.
func (s *Server) addComment(c echo.Context, v *visit) error {
	form := web.CommentForm{Body: strings.TrimSpace(c.FormValue("body"))}
	switch {
	case form.Body == "":
		form.Problem = "Say something."
	case utf8.RuneCountInString(form.Body) > longestComment:
		form.Problem = "A comment has at most 4,000 letters."
	}
	if form.Problem != "" {
		return s.findingPage(c, v, http.StatusUnprocessableEntity, c.Param("fingerprint"), findingForms{comment: form})
	}
	return s.onFinding(c, v, "commented", func(ctx context.Context, tx *store.Tx, platform store.Platform, f assessments.Finding) error {
		id, err := tx.AddComment(ctx, platform.ID, f.Fingerprint, v.person.ID, form.Body)
		if err != nil {
			return err
		}
		return s.auditFinding(ctx, c, v, tx, platform.ID, f, "finding.comment", map[string]any{"comment": id.String()})
	})
}

// withdrawComment takes back what the person said themselves.
func (s *Server) withdrawComment(c echo.Context, v *visit) error {
	return s.onFinding(c, v, "withdrawn", func(ctx context.Context, tx *store.Tx, platform store.Platform, f assessments.Finding) error {
		id, err := store.ParseID[store.Comment](c.FormValue("comment"))
		if err != nil {
			return err
		}
		if err := tx.WithdrawComment(ctx, platform.ID, f.Fingerprint, id, v.person.ID); err != nil {
			return err
		}
		return s.auditFinding(ctx, c, v, tx, platform.ID, f, "finding.withdraw", map[string]any{"comment": id.String()})
	})
}
