package server

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"plimsoll/server/store"
	"plimsoll/web"
)

// askWhatIf is the form alone.
func (s *Server) askWhatIf(c echo.Context, v *visit) error {
	return s.whatIfPage(c, v, http.StatusOK, store.WhatIfID{}, "")
}

// showWhatIf is one question with its answer, once there is one.
func (s *Server) showWhatIf(c echo.Context, v *visit) error {
	id, err := store.ParseID[store.WhatIf](c.Param("question"))
	if err != nil {
		return err
	}
	return s.whatIfPage(c, v, http.StatusOK, id, "")
}

func (s *Server) whatIfPage(c echo.Context, v *visit, status int, id store.WhatIfID, problem string) error {
	page := web.WhatIfPage{Problem: problem}
	err := s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		page.Shell = s.around(c, "What if", web.TabFindings, &platform)
		var asked store.WhatIf
		if !id.IsZero() {
			var err error
			if asked, err = tx.WhatIfByID(ctx, platform.ID, id); err != nil {
				return err
			}
			page.Asked = &web.WhatIfAsked{Key: asked.ID.String(), At: asked.CreatedAt, Waiting: asked.State == store.WhatIfQueued, Problem: asked.Problem, Summary: asked.Summary}
		}
		latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		page.HasResult = true
		return s.fillWhatIf(ctx, tx, platform.ID, latest.ID, asked, &page)
	})
	if err != nil {
		return err
	}
	page.Titles = s.titles()
	return render(c, status, web.WhatIf(page))
}

// fillWhatIf puts what can be ticked into the form, with what was ticked.
func (s *Server) fillWhatIf(ctx context.Context, tx *store.Tx, platform store.PlatformID, assessment store.AssessmentID, asked store.WhatIf, page *web.WhatIfPage) error {
	groups, err := tx.FindingGroups(ctx, assessment, store.FindingFilter{Platform: platform}, store.ByRule, groupsShown)
	if err != nil {
		return err
	}
	for _, g := range groups {
		page.Rules = append(page.Rules, web.WhatIfRule{ID: g.Rule, Title: s.ruleTitle(g.Rule), Chosen: slices.Contains(asked.Rules, g.Rule), Counts: countsOfGroup(g)})
	}
	if len(asked.Fingerprints) == 0 {
		return nil
	}
	rows, _, _, err := tx.Findings(ctx, assessment, store.FindingFilter{Platform: platform, Fingerprints: asked.Fingerprints}, store.FindingCursor{}, store.MaxWhatIfFindings)
	for _, row := range rows {
		page.Findings = append(page.Findings, row.Finding)
	}
	return err
}

// titles are the words for rules and controls.
func (s *Server) titles() map[string]string {
	titles := map[string]string{}
	for _, control := range s.Content.Controls {
		titles[control.ID] = control.Title
	}
	for _, rule := range s.Content.Rules.All() {
		titles[rule.ID] = rule.Text.Title
	}
	return titles
}

// tryWhatIf asks: the ticked rules and findings, or all findings that match the list's filter. A job works it out.
func (s *Server) tryWhatIf(c echo.Context, v *visit) error {
	ch, err := readChosen(c)
	if err != nil {
		return err
	}
	rules := slices.Compact(slices.Sorted(slices.Values(c.Request().PostForm["rule"])))
	var key, problem string
	var id store.WhatIfID
	err = s.inPlatform(c, v, func(ctx context.Context, tx *store.Tx, platform store.Platform) error {
		key = platform.Slug
		latest, err := tx.LatestAssessmentRow(ctx, platform.ID)
		if err != nil {
			return err
		}
		fingerprints, err := ch.fingerprints(ctx, tx, platform.ID, latest.ID)
		switch {
		case err != nil:
			return err
		case len(rules)+len(fingerprints) == 0:
			problem = "Tick at least one rule or finding."
			return nil
		case len(rules) > store.MaxWhatIfRules || slices.ContainsFunc(rules, func(rule string) bool { return len(rule) > longestSearch }):
			return wrong("rule", "there are no such rules")
		case len(fingerprints) > store.MaxWhatIfFindings:
			problem = "These are more than 500 single findings. Tick rules instead: each takes all of its findings along."
			return nil
		}
		if id, err = tx.CreateWhatIf(ctx, platform.ID, v.person.ID, rules, fingerprints); err != nil {
			return err
		}
		return s.Queue.WhatIf(ctx, tx, platform.ID, id)
	})
	switch {
	case errors.Is(err, store.ErrConflict):
		return s.whatIfPage(c, v, http.StatusTooManyRequests, store.WhatIfID{}, "Several questions are being worked out already. Ask again in a minute.")
	case err != nil:
		return err
	case problem != "":
		return s.whatIfPage(c, v, http.StatusUnprocessableEntity, store.WhatIfID{}, problem)
	}
	return seeOther(c, web.Platform{Key: key}.Path(v.shown(), "what-if", id.String()))
}

// fingerprints are those of the chosen findings that are open.
func (ch chosen) fingerprints(ctx context.Context, tx *store.Tx, platform store.PlatformID, assessment store.AssessmentID) ([]string, error) {
	if len(ch.form.Ticked) == 0 && !ch.form.All {
		return nil, nil
	}
	found, err := ch.findings(ctx, tx, platform, assessment, false)
	var fingerprints []string
	for _, f := range found {
		fingerprints = append(fingerprints, f.Fingerprint)
	}
	return fingerprints, err
}
