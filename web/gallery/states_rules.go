package main

import (
	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/web"
)

// ruleStates are the catalogue as it is, and the rule with the longest text.
func ruleStates() []state {
	present := content.V1()
	list := web.RulesPage{Shell: web.Shell{Title: "The rules", Version: "v0.1.0", Viewer: viewer("")}, Version: present.Version}
	var longest web.RulePage
	for _, pillar := range assessments.Pillars {
		part := web.RulePillar{Pillar: pillar}
		for _, control := range present.Controls {
			if control.Pillar() != pillar {
				continue
			}
			entry := web.RuleEntry{Control: control}
			if rule, ok := present.Rules.ByID(control.ID); ok {
				entry.Rule = &rule
				if len(rule.Text.How) > len(longest.Rule.Text.How) {
					longest = web.RulePage{Shell: web.Shell{Title: rule.Text.Title, Version: "v0.1.0"}, Rule: rule, Control: control}
				}
			}
			part.Entries = append(part.Entries, entry)
		}
		list.Pillars = append(list.Pillars, part)
	}
	return []state{{"rules", web.Rules(list)}, {"rule", web.Rule(longest)}}
}
