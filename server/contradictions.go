package server

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"plimsoll/server/store"
	"plimsoll/web"
)

// showContradictions holds every answer of the latest result against its evidence.
func (s *Server) showContradictions(c echo.Context, v *visit) error {
	page := web.ContradictionsPage{Questions: s.questionTexts(), Pairs: map[string]web.Pair{}}
	for _, pair := range s.Content.Pairs {
		page.Pairs[pair.ID] = web.Pair{Observes: pair.Observes, Guard: pair.Guard, Rules: pair.Reads}
	}
	err := s.withLatest(c, v, "Say against do", &page.Shell, func(latest store.StoredAssessment) {
		page.HasResult, page.Seen, page.Contradictions = true, !latest.Result.TakenAt.IsZero(), latest.Result.Contradictions
	})
	if err != nil {
		return err
	}
	return show(c, web.Contradictions(page))
}

// showUnseen says what the latest result could not see, and how to let it.
func (s *Server) showUnseen(c echo.Context, v *visit) error {
	var page web.UnseenPage
	err := s.withLatest(c, v, "What we could not see", &page.Shell, func(latest store.StoredAssessment) {
		page.HasResult, page.Groups = true, latest.Result.Unseen()
	})
	if err != nil {
		return err
	}
	return show(c, web.Unseen(page))
}

// withLatest fills a page of the result's tab from the latest result, where there is one.
func (s *Server) withLatest(c echo.Context, v *visit, title string, shell *web.Shell, fill func(store.StoredAssessment)) error {
	return s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		*shell = s.around(c, title, web.TabResult, &platform)
		latest, err := tx.LatestAssessment(ctx, platform.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			fill(latest)
		}
		return err
	})
}
