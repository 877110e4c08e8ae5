package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/server/store"
	"plimsoll/web"
)

const (
	historyShown = 50
	// historyBehind is how far below a page is looked for the content version before it.
	historyBehind = 10
)

// showHistory lists a platform's results, a page at a time. The two chosen for comparing go along from page to page.
func (s *Server) showHistory(c echo.Context, v *visit) error {
	page := web.HistoryPage{From: c.QueryParam("from"), To: c.QueryParam("to")}
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		page.Shell = s.around(c, "History", web.TabHistory, &platform)
		milestones, err := tx.Milestones(ctx, platform.ID)
		if err != nil {
			return err
		}
		names := map[store.AssessmentID]string{}
		for _, m := range milestones {
			names[m.ID] = m.Name
			page.Milestones = append(page.Milestones, milestone(m))
		}
		if err := timeline(ctx, c, tx, platform.ID, names, &page); err != nil {
			return err
		}
		latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		page.Newest = latest.ID.String()
		page.Moments, err = s.moments(ctx, tx, platform.ID, milestones...)
		return err
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, web.History(page))
}

// timeline puts the page of results that is asked for into page, and what is chosen on other pages beside it.
func timeline(ctx context.Context, c echo.Context, tx *store.Tx, platform store.PlatformID, names map[store.AssessmentID]string, page *web.HistoryPage) error {
	rowOf := func(parameter string) (*store.AssessmentRow, error) {
		if c.QueryParam(parameter) == "" {
			return nil, nil
		}
		id, err := store.ParseID[store.AssessmentRow](c.QueryParam(parameter))
		if err != nil {
			return nil, err
		}
		found, err := tx.AssessmentByID(ctx, id)
		if err == nil && found.PlatformID != platform {
			err = store.ErrNotFound
		}
		return &found.AssessmentRow, err
	}
	asked := store.TimelinePage{Limit: historyShown + historyBehind}
	var err error
	if asked.After, err = rowOf("after"); err != nil {
		return err
	}
	if asked.Before, err = rowOf("before"); err != nil {
		return err
	}
	if asked.After == nil && asked.Before != nil {
		asked.Limit = historyShown
	}
	rows, ahead, total, err := tx.Timeline(ctx, platform, asked)
	if err != nil {
		return err
	}
	entry := func(row store.AssessmentRow) web.HistoryEntry {
		e := historyEntry(row)
		e.Name = names[row.ID]
		return e
	}
	shown := rows[:min(len(rows), historyShown)]
	if asked.Limit == historyShown {
		rows = append(rows, store.TimelineRow{AssessmentRow: *asked.Before})
	}
	for k, row := range shown {
		e := entry(row.AssessmentRow)
		e.New, e.Mended, e.NewYardstick = row.New, row.Mended, newYardstick(rows, k)
		page.Entries = append(page.Entries, e)
	}
	if len(shown) > 0 {
		page.Pages = web.Pages{From: ahead + 1, To: ahead + len(shown), Total: total}
	}
	for _, parameter := range []string{"from", "to"} {
		if page.Holds(c.QueryParam(parameter)) || parameter == "to" && page.To == page.From {
			continue
		}
		row, err := rowOf(parameter)
		if err != nil {
			return err
		}
		if row != nil {
			page.Chosen = append(page.Chosen, entry(*row))
		}
	}
	return nil
}

// newYardstick reports whether a result is the first of its content version. What was scored again stands beside the old result of its
// moment and says so itself; it is no step in time.
func newYardstick(rows []store.TimelineRow, k int) bool {
	if rows[k].Cause == store.CauseContent {
		return false
	}
	for _, before := range rows[k+1:] {
		if before.Cause != store.CauseContent {
			return before.ContentVersion != rows[k].ContentVersion
		}
	}
	return false
}

func historyEntry(row store.AssessmentRow) web.HistoryEntry {
	return web.HistoryEntry{
		Key: row.ID.String(), At: row.CreatedAt, AsOf: row.AsOf, TakenAt: moment(row.TakenAt), Cause: causeWords(row), ContentVersion: row.ContentVersion,
		Score: rangeOf(row), LoadLine: loadLineOf(row), Open: row.CriticalFindings + row.HighFindings + row.MediumFindings + row.LowFindings,
	}
}

func causeWords(row store.AssessmentRow) string {
	switch row.Cause {
	case store.CauseSnapshot:
		return "snapshot"
	case store.CauseAnswers:
		return "answers"
	case store.CauseNodes:
		return "readings of nodes"
	case store.CauseContent:
		return "scored again by content version " + row.ContentVersion
	}
	return string(row.Cause)
}

// compareAssessments holds two results of a platform against each other, the older first whatever the order of the request.
func (s *Server) compareAssessments(c echo.Context, v *visit) error {
	var page web.ComparePage
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		from, to, err := chosenAssessments(ctx, c, tx, platform)
		if err != nil {
			return err
		}
		page, err = s.comparison(ctx, tx, from, to)
		page.Shell = s.around(c, "Compare", web.TabHistory, &platform)
		if err != nil {
			return err
		}
		milestones, err := tx.Milestones(ctx, platform.ID)
		for _, m := range milestones {
			switch m.ID {
			case from.ID:
				page.From.Name = m.Name
			case to.ID:
				page.To.Name = m.Name
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, web.Compare(page))
}

func chosenAssessments(ctx context.Context, c echo.Context, tx *store.Tx, platform store.Platform) (from, to store.StoredAssessment, err error) {
	if c.QueryParam("from") == "" && c.QueryParam("to") == "" {
		return latestTwo(ctx, tx, platform.ID)
	}
	found := map[string]*store.StoredAssessment{"from": &from, "to": &to}
	for name, into := range found {
		id, err := store.ParseID[store.AssessmentRow](c.QueryParam(name))
		if err != nil {
			return from, to, wrong(name, "choose two results to compare")
		}
		if *into, err = tx.AssessmentByID(ctx, id); err != nil {
			return from, to, err
		}
		if into.PlatformID != platform.ID {
			return from, to, store.ErrNotFound
		}
	}
	if to.Moment().Before(from.Moment()) {
		from, to = to, from
	}
	return from, to, nil
}

// latestTwo are what is compared where nothing is chosen: the latest result and the one before it.
func latestTwo(ctx context.Context, tx *store.Tx, platform store.PlatformID) (from, to store.StoredAssessment, err error) {
	to, err = tx.LatestAssessment(ctx, platform)
	if errors.Is(err, store.ErrNotFound) {
		return from, to, wrong("from", "there is no result to compare yet")
	}
	if err != nil {
		return from, to, err
	}
	from, found, err := tx.AssessmentBefore(ctx, to.AssessmentRow)
	if err == nil && !found {
		err = wrong("from", "there is only one result yet")
	}
	return from, to, err
}

const comparedFindings = 50

func (s *Server) comparison(ctx context.Context, tx *store.Tx, from, to store.StoredAssessment) (web.ComparePage, error) {
	page := web.ComparePage{From: historyEntry(from.AssessmentRow), To: historyEntry(to.AssessmentRow)}
	added, news, err := tx.FindingsOnlyIn(ctx, to.ID, from.ID, comparedFindings)
	if err != nil {
		return page, err
	}
	gone, mended, err := tx.FindingsOnlyIn(ctx, from.ID, to.ID, comparedFindings)
	if err != nil {
		return page, err
	}
	back, err := tx.CameBack(ctx, to.ID, from.ID)
	if err != nil {
		return page, err
	}
	if page.Facts, err = factMovements(ctx, tx, from.AssessmentRow, to.AssessmentRow); err != nil {
		return page, err
	}
	page.New, page.CameBack = parted(added, news, back)
	page.Mended = web.FindingList{Items: gone, Pages: web.Pages{Total: mended}}
	page.Open = page.To.Open - news
	page.Pillars = pillarMovements(from.Result.Pillars, to.Result.Pillars)
	page.Answers = s.answerMovements(from.Result, to.Result)
	page.Explained = explain(from.Result, to.Result)
	return page, nil
}

func pillarMovements(from, to []assessments.PillarScore) []web.PillarMovement {
	var movements []web.PillarMovement
	for _, now := range to {
		m := web.PillarMovement{Pillar: now.ID}
		if now.Applies {
			m.To = &now.Range
		}
		for _, before := range from {
			if before.ID == now.ID && before.Applies {
				m.From = &before.Range
			}
		}
		movements = append(movements, m)
	}
	return movements
}

func (s *Server) answerMovements(from, to assessments.Assessment) []web.AnswerMovement {
	before := map[string]string{}
	for _, g := range from.Answers {
		before[g.Question] = answerWords(g)
	}
	texts := s.questionTexts()
	var movements []web.AnswerMovement
	for _, g := range to.Answers {
		if now := answerWords(g); before[g.Question] != now {
			movements = append(movements, web.AnswerMovement{Question: g.Question, Text: texts[g.Question], From: before[g.Question], To: now})
		}
	}
	return movements
}
