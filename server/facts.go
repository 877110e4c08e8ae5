package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/server/store"
	"plimsoll/web"
)

const factReviewDays = 180

func (s *Server) showFacts(c echo.Context, v *visit) error {
	return s.factsPage(c, v, http.StatusOK, web.FactForm{})
}

func (s *Server) factsPage(c echo.Context, v *visit, status int, form web.FactForm) error {
	var page web.FactsPage
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		page = web.FactsPage{Shell: s.around(c, "What you know of single workloads", web.TabQuestions, &platform), Form: form}
		stated, err := tx.WorkloadFacts(ctx, platform.ID)
		if err != nil {
			return err
		}
		for _, fact := range stated {
			page.Facts = append(page.Facts, web.WorkloadFact{WorkloadFact: fact, Stale: !fact.ReviewBy.IsZero() && fact.ReviewBy.Before(s.now())})
		}
		latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			page.Workloads, err = tx.WorkloadsWithFindings(ctx, latest.ID, 500)
		}
		return err
	})
	if err != nil {
		return err
	}
	return render(c, status, web.Facts(page))
}

func (s *Server) stateFact(c echo.Context, v *visit) error {
	form := web.FactForm{Kind: c.FormValue("kind"), Workload: strings.TrimSpace(c.FormValue("workload")), Key: facts.FactKey(c.FormValue("key")),
		Value: strings.TrimSpace(c.FormValue("value")), Basis: questionnaire.Basis(c.FormValue("basis"))}
	namespace, name, found := strings.Cut(form.Workload, "/")
	fact := facts.WorkloadFact{Namespace: namespace, Kind: form.Kind, Name: name, Key: form.Key, Value: form.Value, Basis: string(form.Basis),
		At: s.now().UTC(), ReviewBy: s.now().UTC().AddDate(0, 0, factReviewDays)}
	if !found {
		form.Problem = "Name the workload as namespace/name."
	} else if !web.KnownFactKind(form.Kind) {
		form.Problem = "Choose the workload's kind."
	} else if err := questionnaire.ValidateFact(fact); err != nil {
		form.Problem = problemWords(err)
	}
	if form.Problem != "" {
		return s.factsPage(c, v, http.StatusUnprocessableEntity, form)
	}
	return s.changeFacts(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		return tx.PutWorkloadFact(ctx, platform.ID, v.person.ID, fact)
	})
}

func (s *Server) removeFact(c echo.Context, v *visit) error {
	namespace, name, _ := strings.Cut(c.FormValue("workload"), "/")
	return s.changeFacts(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		return tx.DeleteWorkloadFact(ctx, platform.ID, facts.WorkloadFact{Namespace: namespace, Kind: c.FormValue("kind"), Name: name, Key: facts.FactKey(c.FormValue("key"))})
	})
}

func (s *Server) changeFacts(c echo.Context, v *visit, change func(context.Context, *store.Tx, store.Platform) error) error {
	var key string
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		key = platform.Slug
		if err := change(ctx, tx, platform); err != nil {
			return err
		}
		return s.Queue.Reassess(ctx, tx, platform.ID)
	})
	if err != nil {
		return err
	}
	return seeOther(c, web.Platform{Key: key}.Path(v.shown(), "facts")+"?done=saved")
}
