package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/server/store"
	"plimsoll/web"
	"plimsoll/web/drawing"
)

const (
	topFindings     = 8
	findingsPerPage = 50
	momentsInTrend  = 24
	longestSearch   = 120
	noClusterYet    = "C1.a"
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
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		page.Shell = s.around(c, platform.Name, web.TabResult, &platform)
		state, err := tx.PlatformState(ctx, platform.ID)
		if err != nil {
			return err
		}
		page.Scoring, page.Platform.Plan = state.Queued, state.Plan
		if page.Mark, err = tx.Mark(ctx, platform.ID); err != nil {
			return err
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
		page.ReportURL = page.Platform.Path(*page.Organization, "report.pdf")
		if earlier {
			page.ReportURL += "?assessment=" + found.ID.String()
		}
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

// moments are the platform's results in time, as the trend draws them.
func (s *Server) moments(ctx context.Context, tx *store.Tx, platform store.PlatformID) ([]drawing.Moment, error) {
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
		})
		yardstick = row.ContentVersion
	}
	return moments, err
}

// listFindings is the whole list of the latest result, filtered and paged.
func (s *Server) listFindings(c echo.Context, v *visit) error {
	filter, err := findingFilter(c)
	if err != nil {
		return err
	}
	page := web.FindingsPage{Filter: filter}
	err = s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		page.Shell = s.around(c, "Findings", web.TabFindings, &platform)
		latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		page.HasResult = true
		if page.List, err = s.findingsPage(ctx, c, tx, latest, filter, page.Shell); err != nil {
			return err
		}
		page.List.LeftOut, err = tx.LeftOut(ctx, latest.ID)
		return err
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, web.Findings(page))
}

func findingFilter(c echo.Context) (web.FindingFilter, error) {
	f := web.FindingFilter{Pillar: assessments.Pillar(c.QueryParam("pillar")), Text: strings.TrimSpace(c.QueryParam("q")), Waived: c.QueryParam("waived") == "1"}
	if f.Pillar != "" && f.Pillar.Title() == string(f.Pillar) {
		return f, wrong("pillar", "there is none of this name")
	}
	if err := f.Severity.UnmarshalText([]byte(c.QueryParam("severity"))); err != nil {
		return f, wrong("severity", "want low, medium, high or critical")
	}
	if len(f.Text) > longestSearch {
		f.Text = strings.ToValidUTF8(f.Text[:longestSearch], "")
	}
	return f, nil
}

func (s *Server) findingsPage(ctx context.Context, c echo.Context, tx *store.Tx, row store.AssessmentRow, f web.FindingFilter, shell web.Shell) (web.FindingList, error) {
	list := web.FindingList{Counts: countsOf(row)}
	filter := store.FindingFilter{Pillar: f.Pillar, Severity: f.Severity, Text: f.Text, Waived: f.Waived}
	matching, err := tx.CountFindings(ctx, row.ID, filter)
	if err != nil {
		return list, err
	}
	number, _ := strconv.Atoi(c.QueryParam("page"))
	number = min(max(number, 1), max(1, (total(matching)+findingsPerPage-1)/findingsPerPage))
	rows, err := tx.FindingsAt(ctx, row.ID, filter, (number-1)*findingsPerPage, findingsPerPage)
	if err != nil {
		return list, err
	}
	for _, r := range rows {
		list.Items = append(list.Items, r.Finding)
	}
	list.Pages = pagesOf(c, number, findingsPerPage, len(rows), total(matching))
	return list, nil
}

// pagesOf says which part of a list is shown, and where its neighbours are.
func pagesOf(c echo.Context, number, size, shown, total int) web.Pages {
	pages := web.Pages{Total: total}
	if shown > 0 {
		pages.From, pages.To = (number-1)*size+1, (number-1)*size+shown
	}
	link := func(n int) string {
		query := c.QueryParams()
		query.Set("page", strconv.Itoa(n))
		return c.Request().URL.Path + "?" + query.Encode()
	}
	if number > 1 {
		pages.Previous = link(number - 1)
	}
	if pages.To < total {
		pages.Next = link(number + 1)
	}
	return pages
}

// showFinding is one finding of the latest result in full.
func (s *Server) showFinding(c echo.Context, v *visit) error {
	var page web.FindingPage
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
		if err != nil {
			return err
		}
		row, err := tx.FindingByFingerprint(ctx, latest.ID, c.Param("fingerprint"))
		if err != nil {
			return err
		}
		page = web.FindingPage{Shell: s.around(c, row.Finding.Subject.String(), web.TabFindings, &platform), Finding: row.Finding}
		first, err := tx.FirstSeen(ctx, platform.ID, row.Finding.Fingerprint)
		if err != nil {
			return err
		}
		page.FirstSeen = first.UTC().Format("2 January 2006")
		return nil
	})
	if err != nil {
		return err
	}
	if rule, ok := s.Content.Rules.ByID(page.Finding.Rule); ok {
		page.Text = rule.Text
		if control := s.Content.ControlOf(rule); control != nil {
			page.Control = control.Title
		}
	}
	return render(c, http.StatusOK, web.Finding(page))
}
