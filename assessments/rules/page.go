package rules

import (
	"errors"
	"fmt"
	"strings"

	"plimsoll/assessments"
)

// Whole reports what a rule's text lacks of what its page must say.
func Whole(rule assessments.Rule) error {
	var problems []error
	for _, part := range []struct{ name, text string }{
		{"subject kind", rule.SubjectKind}, {"title", rule.Text.Title}, {"what", rule.Text.What}, {"why", rule.Text.Why},
		{"how", rule.Text.How}, {"evidence", rule.Text.Evidence}, {"mend", rule.Text.Mend},
		{"sources", strings.Join(rule.Text.Sources, "")}, {"what it does not catch", rule.Text.DoesNotCatch},
	} {
		if strings.TrimSpace(part.text) == "" {
			problems = append(problems, fmt.Errorf("%s: the text says nothing under %q", rule.ID, part.name))
		}
	}
	return errors.Join(problems...)
}

// Page is a rule's documentation in Markdown, made from its own text and the row of its control.
func Page(rule assessments.Rule, control assessments.Control) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- Made from the rule's own text by go generate; edit the rule, not this page. -->\n\n# %s\n\n", rule.Text.Title)
	fmt.Fprintf(&b, "| rule | pillar | judges each | severity | weight | evidence share | adds up |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %d | %d %% | %s |\n", rule.ID, control.Pillar().Title(), rule.SubjectKind,
		severityText(rule, control), control.Weight, control.AlphaPercent, control.Adding)
	if rule.Control != rule.ID {
		fmt.Fprintf(&b, "\nIt observes the control `%s`.\n", rule.Control)
	}
	for _, part := range []struct{ title, text string }{
		{"What it looks at", rule.Text.What}, {"Why it matters", rule.Text.Why}, {"How it is decided", rule.Text.How},
		{"The evidence", rule.Text.Evidence}, {"How to mend it", rule.Text.Mend}, {"What it does not catch", rule.Text.DoesNotCatch},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", part.title, strings.TrimSpace(part.text))
	}
	b.WriteString("\n## Sources\n\n")
	for _, source := range rule.Text.Sources {
		fmt.Fprintf(&b, "- %s\n", source)
	}
	return []byte(b.String())
}

func severityText(rule assessments.Rule, control assessments.Control) string {
	if rule.WorstSeverity > control.Severity {
		return fmt.Sprintf("%s, at worst %s", control.Severity, rule.WorstSeverity)
	}
	return control.Severity.String()
}

// Index is the list of all rule pages in Markdown, by pillar.
func Index(all []assessments.Rule) []byte {
	var b strings.Builder
	b.WriteString("<!-- Made from the rules by go generate. -->\n\n# The rules\n")
	for _, pillar := range assessments.Pillars {
		title := "\n## " + pillar.Title() + "\n\n"
		for _, rule := range all {
			if strings.HasPrefix(rule.ID, string(pillar)+"/") {
				fmt.Fprintf(&b, "%s- [`%s`](%s.md): %s\n", title, rule.ID, rule.ID, rule.Text.Title)
				title = ""
			}
		}
	}
	return []byte(b.String())
}
