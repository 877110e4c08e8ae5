package server

import (
	"bytes"
	"context"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/assessments/questionnaire"
	"plimsoll/server/report"
	"plimsoll/server/store"
	"plimsoll/web"
	"plimsoll/web/drawing"
)

// findingsInReport is how many findings of each rule a report reads; it names some of them and counts the rest.
const findingsInReport = 5

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

func (s *Server) collectReport(ctx context.Context, c echo.Context, tx *store.Tx, platform store.Platform) (data reportData, err error) {
	data.platform = platform
	var found store.StoredAssessment
	if key := c.QueryParam("assessment"); key != "" {
		id, err := store.ParseID[store.AssessmentRow](key)
		if err != nil {
			return data, err
		}
		found, err = tx.AssessmentByID(ctx, id)
		if err == nil && found.PlatformID != platform.ID {
			err = store.ErrNotFound
		}
		if err != nil {
			return data, err
		}
	} else if found, err = tx.LatestAssessment(ctx, platform.ID); err != nil {
		return data, err
	}
	data.assessment = found.Result
	if data.assessment.Findings, data.open, err = tx.TopFindings(ctx, found.ID, findingsInReport); err != nil {
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
	data.moments, err = s.moments(ctx, tx, platform.ID)
	return data, err
}

// pdf makes the full report, or the one of two pages.
func (d reportData) pdf(organization string, content *assessments.Content, short bool) ([]byte, error) {
	var b bytes.Buffer
	readings := ""
	if d.evidence.Nodes.Nodes > 0 {
		readings = d.evidence.Nodes.Words()
	}
	write := report.Write
	if short {
		write = report.WriteShort
	}
	err := write(&b, report.Input{
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
