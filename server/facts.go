package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
	"plimsoll/server/store"
	"plimsoll/web"
)

const (
	factReviewDays  = 180
	maxFactWorkload = 320 // bytes of namespace/name
)

// showFacts shows what is declared. A link may fill the form in: workload, kind and key of a question.
func (s *Server) showFacts(c echo.Context, v *visit) error {
	form := web.FactForm{Workload: c.QueryParam("workload"), Key: facts.FactKey(c.QueryParam("key"))}
	if kind := c.QueryParam("kind"); web.KnownFactKind(kind) {
		form.Kind = kind
	}
	if len(form.Workload) > maxFactWorkload {
		form.Workload = ""
	}
	return s.factsPage(c, v, http.StatusOK, form)
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
		latest, err := tx.LatestAssessment(ctx, platform.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			page.Questions = unanswered(latest, stated)
			page.Workloads, err = tx.WorkloadsWithFindings(ctx, latest.ID, 500)
		}
		return err
	})
	if err != nil {
		return err
	}
	return render(c, status, web.Facts(page))
}

// unanswered leaves out what was declared since the result was made.
func unanswered(latest store.StoredAssessment, stated []facts.WorkloadFact) []assessments.WorkloadQuestion {
	return slices.DeleteFunc(latest.Result.Questions, func(q assessments.WorkloadQuestion) bool {
		return slices.ContainsFunc(stated, func(f facts.WorkloadFact) bool {
			return f.At.After(latest.CreatedAt) && f.Kind == q.Kind && f.Namespace == q.Namespace && f.Name == q.Name && f.Key == q.Key
		})
	})
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
