package server

import (
	"strings"

	"github.com/labstack/echo/v4"

	"plimsoll/assessments"
	"plimsoll/server/store"
	"plimsoll/web"
)

// listRules is the catalogue of the present content version.
func (s *Server) listRules(c echo.Context, _ *visit) error {
	page := web.RulesPage{Shell: s.shell(c, "The rules"), Version: s.Content.Version}
	for _, pillar := range assessments.Pillars {
		part := web.RulePillar{Pillar: pillar}
		for _, control := range s.Content.Controls {
			if control.Pillar() == pillar {
				part.Entries = append(part.Entries, s.ruleEntries(control)...)
			}
		}
		page.Pillars = append(page.Pillars, part)
	}
	return show(c, web.Rules(page))
}

// ruleEntries are the rules of a control; a control without any is declared.
func (s *Server) ruleEntries(control assessments.Control) []web.RuleEntry {
	var entries []web.RuleEntry
	for _, rule := range s.Content.Rules.All() {
		if rule.Control == control.ID {
			entries = append(entries, web.RuleEntry{Control: control, Rule: &rule})
		}
	}
	if len(entries) == 0 {
		entries = []web.RuleEntry{{Control: control}}
	}
	return entries
}

// showRule is one rule in its own words.
func (s *Server) showRule(c echo.Context, _ *visit) error {
	rule, found := s.Content.Rules.ByID(strings.Join([]string{c.Param("pillar"), c.Param("rule")}, "/"))
	if !found {
		return store.ErrNotFound
	}
	control := s.Content.ControlOf(rule)
	if control == nil {
		return store.ErrNotFound
	}
	return show(c, web.Rule(web.RulePage{Shell: s.shell(c, rule.Text.Title), Rule: rule, Control: *control}))
}
