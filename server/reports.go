package server

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/assessments/questionnaire"
	"plimsoll/server/report"
	"plimsoll/server/store"
	"plimsoll/web"
	"plimsoll/web/drawing"
)

// findingsInPDF is how many findings of each rule a PDF reads; it names some of them and counts the rest.
const findingsInPDF = 5

// reportData is what a report is made from.
type reportData struct {
	platform   store.Platform
	assessment assessments.Assessment
	open       map[string]int
	previous   *assessments.Assessment
	change     report.Change
	moments    []drawing.Moment
	exhibits   []engines.Exhibit
	evidence   web.Evidence
	logo       *report.Logo
}

func (s *Server) collectReport(ctx context.Context, tx *store.Tx, asked store.Report) (data reportData, err error) {
	if data.platform, err = tx.PlatformByID(ctx, asked.PlatformID); err != nil {
		return data, err
	}
	found, err := tx.AssessmentByID(ctx, asked.AssessmentID)
	if err != nil {
		return data, err
	}
	data.assessment = found.Result
	if report.Format(asked.Format).IsPDF() {
		data.assessment.Findings, data.open, err = tx.TopFindings(ctx, found.ID, findingsInPDF)
	} else {
		data.assessment.Findings, err = everyFinding(ctx, tx, found.ID)
	}
	if err != nil {
		return data, err
	}
	if before, ok, err := tx.AssessmentBefore(ctx, found.AssessmentRow); err != nil {
		return data, err
	} else if ok {
		data.previous = &before.Result
		if data.change.Added, data.change.Mended, err = tx.Movement(ctx, found.ID); err != nil {
			return data, err
		}
		data.change.Stayed = total(countsOf(found.AssessmentRow)) - data.change.Added
	}
	if data.exhibits, err = exhibitsOf(ctx, tx, found.AssessmentRow); err != nil {
		return data, err
	}
	if data.evidence, err = evidenceOf(ctx, tx, found.AssessmentRow); err != nil {
		return data, err
	}
	if data.logo, err = coverLogo(ctx, tx); err != nil {
		return data, err
	}
	data.moments, err = s.moments(ctx, tx, asked.PlatformID)
	return data, err
}

// everyFinding reads all that a result lists, the gravest first.
func everyFinding(ctx context.Context, tx *store.Tx, assessment store.AssessmentID) (all []assessments.Finding, err error) {
	after, more := store.FindingCursor{}, true
	for more {
		var page []store.FindingRow
		if page, after, more, err = tx.Findings(ctx, assessment, store.FindingFilter{}, after, store.MaxFindingsPage); err != nil {
			return nil, err
		}
		for _, row := range page {
			all = append(all, row.Finding)
		}
	}
	return all, nil
}

// reportOf reads what a report is made from, for the job that makes it.
func (s *Server) reportOf(ctx context.Context, tx *store.Tx, asked store.Report) (func() ([]byte, error), error) {
	data, err := s.collectReport(ctx, tx, asked)
	if err != nil {
		return nil, err
	}
	organization, err := tx.CurrentOrganization(ctx)
	return func() ([]byte, error) { return data.file(organization.Name, s.Content, report.Format(asked.Format)) }, err
}

func (s *Server) listReports(c echo.Context, v *visit) error {
	return s.reportsPage(c, v, http.StatusOK, "")
}

func (s *Server) reportsPage(c echo.Context, v *visit, status int, problem string) error {
	page := web.ReportsPage{Problem: problem}
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) (err error) {
		page.Shell = s.around(c, "Reports", web.TabResult, &platform)
		mark, err := tx.Mark(ctx, platform.ID) // before the list: what changes in between is news
		if err != nil {
			return err
		}
		reports, err := tx.Reports(ctx, platform.ID)
		if err != nil {
			return err
		}
		for _, r := range reports {
			if page.Reports = append(page.Reports, shownReport(r)); r.State == store.ReportQueued {
				page.Mark = mark
			}
		}
		latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		page.Form = &web.ReportForm{Assessment: latest.ID.String(), Formats: formatsOffered()}
		return err
	})
	if err != nil {
		return err
	}
	return render(c, status, web.Reports(page))
}

func shownReport(r store.Report) web.Report {
	return web.Report{Key: r.ID.String(), Assessment: r.AssessmentID.String(), Format: r.Format, Name: report.Format(r.Format).Words(), Waiting: r.State == store.ReportQueued,
		Problem: r.Problem, Bytes: int64(r.Bytes), AsOf: r.AsOf, At: r.CreatedAt, By: r.By}
}

// formatsOffered are the formats with their words, for the list of reports.
func formatsOffered() (offered []web.ReportFormat) {
	for _, format := range report.Formats() {
		offered = append(offered, web.ReportFormat{Key: string(format), Words: format.Words()})
	}
	return offered
}

// askReport has a report made of a result, the latest where the form names none. A job makes it.
func (s *Server) askReport(c echo.Context, v *visit) error {
	format, err := report.ParseFormat(cmp.Or(c.FormValue("format"), string(report.Full)))
	if err != nil {
		return wrong("format", err.Error())
	}
	var key string
	var id store.ReportID
	err = s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		key = platform.Slug
		assessment, err := store.ParseID[store.AssessmentRow](c.FormValue("assessment"))
		if c.FormValue("assessment") == "" {
			var latest store.AssessmentRow
			latest, err = tx.LatestAssessmentRow(ctx, platform.ID)
			assessment = latest.ID
		}
		if err != nil {
			return err
		}
		asked, isNew, err := tx.AskReport(ctx, platform.ID, assessment, string(format), v.person.ID)
		id = asked
		if err != nil || !isNew {
			return err
		}
		return s.Queue.Report(ctx, tx, platform.ID, id)
	})
	switch {
	case errors.Is(err, store.ErrConflict):
		return s.reportsPage(c, v, http.StatusTooManyRequests, "Several reports are being made already. Ask again in a minute.")
	case err != nil:
		return err
	}
	return seeOther(c, web.Platform{Key: key}.Path(v.shown(), "reports", id.String()))
}

// showReport is one report: being made, made, or why it could not be.
func (s *Server) showReport(c echo.Context, v *visit) error {
	id, err := store.ParseID[store.Report](c.Param("report"))
	if err != nil {
		return err
	}
	page := web.ReportPage{}
	err = s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) (err error) {
		page.Shell = s.around(c, "Report", web.TabResult, &platform)
		mark, err := tx.Mark(ctx, platform.ID) // before the report, as in the list
		if err != nil {
			return err
		}
		found, err := tx.ReportByID(ctx, platform.ID, id)
		if page.Report = shownReport(found); page.Report.Waiting {
			page.Mark = mark
		}
		return err
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, web.OneReport(page))
}

// downloadReport is the file itself.
func (s *Server) downloadReport(c echo.Context, v *visit) error {
	id, err := store.ParseID[store.Report](c.Param("report"))
	if err != nil {
		return err
	}
	var content []byte
	var name string
	var format report.Format
	err = s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		found, err := tx.ReportByID(ctx, platform.ID, id)
		if err != nil {
			return err
		}
		format = report.Format(found.Format)
		name = "plimsoll-" + platform.Slug + found.AsOf.UTC().Format("-2006-01-02") + format.Extension()
		content, err = tx.ReportContent(ctx, platform.ID, id)
		return err
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`) // a slug is letters, digits and hyphens
	return c.Blob(http.StatusOK, format.MediaType(), content)
}

// file makes the report in a format.
func (d reportData) file(organization string, content *assessments.Content, format report.Format) ([]byte, error) {
	var b bytes.Buffer
	readings := ""
	if d.evidence.Nodes.Nodes > 0 {
		readings = d.evidence.Nodes.Words()
	}
	err := report.WriteAs(&b, format, report.Input{
		Organization: organization, Logo: d.logo, Platform: d.platform.Name, Content: content, Assessment: &d.assessment, Open: d.open,
		Previous: d.previous, Change: &d.change, Trend: d.moments, Exhibits: d.exhibits,
		Signature: d.evidence.Signature.Words(), Readings: readings,
	})
	return b.Bytes(), err
}

// answerWords says what counts for a question, in words.
func answerWords(g questionnaire.Given) string {
	switch g.State {
	case questionnaire.Answered:
		return g.Text
	case questionnaire.Unknown:
		return "We don't know"
	case questionnaire.NotApplicable:
		return "Does not apply"
	case questionnaire.Skipped:
		return "Not asked"
	}
	return "No answer"
}
