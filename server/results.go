package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/server/store"
	"plimsoll/web"
	"plimsoll/web/drawing"
)

const (
	topFindings    = 8
	momentsInTrend = 24
	noClusterYet   = "C1.a"
)

// showPlatform is the platform's page: its latest result.
func (s *Server) showPlatform(c echo.Context, v *visit) error {
	return s.resultPage(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) (store.StoredAssessment, bool, error) {
		latest, err := tx.LatestAssessment(ctx, platform.ID)
		return latest, false, err
	})
}

// showAssessment is an earlier result.
func (s *Server) showAssessment(c echo.Context, v *visit) error {
	id, err := store.ParseID[store.AssessmentRow](c.Param("assessment"))
	if err != nil {
		return err
	}
	return s.resultPage(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) (store.StoredAssessment, bool, error) {
		found, err := tx.AssessmentByID(ctx, id)
		if err != nil {
			return found, false, err
		}
		if found.PlatformID != platform.ID {
			return found, false, store.ErrNotFound
		}
		latest, err := tx.LatestAssessment(ctx, platform.ID)
		return found, latest.ID != id, err
	})
}

type findAssessment func(context.Context, *store.Tx, store.Platform) (found store.StoredAssessment, earlier bool, err error)

func (s *Server) resultPage(c echo.Context, v *visit, find findAssessment) error {
	page := web.ResultPage{Questions: s.questionTexts()}
	begun := true
	var shown store.Platform
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		shown = platform
		page.Shell = s.around(c, platform.Name, web.TabResult, &platform)
		state, err := tx.PlatformState(ctx, platform.ID)
		if err != nil {
			return err
		}
		page.Scoring, page.Platform.Plan = state.Queued, state.Plan
		if page.Mark, err = tx.Mark(ctx, platform.ID); err != nil {
			return err
		}
		if platform.Making != "" {
			return nil
		}
		found, earlier, err := find(ctx, tx, platform)
		if errors.Is(err, store.ErrNotFound) && c.Param("assessment") == "" {
			begun = false
			return nil
		}
		if err != nil {
			return err
		}
		page.Assessment, page.Earlier = &found.Result, earlier
		page.Report = &web.ReportForm{Assessment: found.ID.String()}
		if page.Findings, err = topOf(ctx, tx, found.AssessmentRow); err != nil {
			return err
		}
		page.Findings.LeftOut = found.Result.LeftOut
		if page.Evidence, err = evidenceOf(ctx, tx, found.AssessmentRow); err != nil {
			return err
		}
		page.Moments, err = s.moments(ctx, tx, platform.ID)
		return err
	})
	if err != nil {
		return err
	}
	if shown.Making != "" || shown.Sample && c.Request().Header.Get("HX-Target") == sampleMaking {
		return s.showSampleMaking(c, shown, page.Mark)
	}
	if !begun {
		return s.startPage(c, v, http.StatusOK, nil)
	}
	return render(c, http.StatusOK, web.Result(page))
}

// topOf are the gravest findings of an assessment with the counts of all.
func topOf(ctx context.Context, tx *store.Tx, row store.AssessmentRow) (web.FindingList, error) {
	rows, _, _, err := tx.Findings(ctx, row.ID, store.FindingFilter{}, store.FindingCursor{}, topFindings)
	list := web.FindingList{Counts: countsOf(row)}
	for _, r := range rows {
		list.Items = append(list.Items, r.Finding)
	}
	list.Pages = web.Pages{From: min(1, len(rows)), To: len(rows), Total: total(list.Counts)}
	return list, err
}

func countsOf(row store.AssessmentRow) map[assessments.Severity]int {
	return map[assessments.Severity]int{
		assessments.Critical: row.CriticalFindings, assessments.High: row.HighFindings, assessments.Medium: row.MediumFindings, assessments.Low: row.LowFindings,
	}
}

func total(counts map[assessments.Severity]int) int {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}

// moments are the platform's results in time, as the trend draws them; those of milestones are flagged.
func (s *Server) moments(ctx context.Context, tx *store.Tx, platform store.PlatformID, milestones ...store.Milestone) ([]drawing.Moment, error) {
	rows, err := tx.Trend(ctx, platform, momentsInTrend)
	var moments []drawing.Moment
	yardstick := "" // of the last moment that is shown
	for _, row := range rows {
		r := rangeOf(row)
		if r == nil {
			continue
		}
		moments = append(moments, drawing.Moment{
			Label: row.Moment().UTC().Format("2 Jan"), Interval: web.Interval(*r),
			Yardstick: row.ContentVersion, NewYardstick: yardstick != "" && yardstick != row.ContentVersion,
			Name: nameOf(row, milestones),
		})
		yardstick = row.ContentVersion
	}
	return moments, err
}
