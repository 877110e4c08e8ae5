// Package catalogue prints what a content version holds: its rules, its questionnaire as a form to fill in by hand, and the dated outside
// knowledge that rules lean on.
package catalogue

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/cmd/plimsoll/arguments"
)

// Rules is `plimsoll rules`.
func Rules() *cobra.Command {
	rules := arguments.Group(&cobra.Command{Use: "rules", Short: "The rules of this content version"})
	var listed, shown string
	list := &cobra.Command{
		Use: "list", Short: "Every rule with its severity and weight, and every control that can only be declared", Args: arguments.AtMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return list(cmd.OutOrStdout(), content.V1(), listed) },
	}
	list.Flags().StringVar(&listed, "format", "human", "human or json")
	show := &cobra.Command{
		Use: "show ID", Short: "One rule: what, why, how it is decided, sources, and what it does not catch", Args: arguments.Exactly("ID"),
		Example: "  plimsoll rules show delivery/image-tag-mutable",
		RunE: func(cmd *cobra.Command, args []string) error {
			return show(cmd.OutOrStdout(), content.V1(), args[0], shown)
		},
	}
	show.Flags().StringVar(&shown, "format", "human", "human or json")
	rules.AddCommand(list, show, testCommand())
	return rules
}

// entry is a rule beside its control, or a control that no evidence can observe.
type entry struct {
	ID           string               `json:"id"`
	Control      string               `json:"control"`
	Declared     bool                 `json:"declared"` // by questions alone: no rule observes it
	Severity     assessments.Severity `json:"severity"`
	Worst        assessments.Severity `json:"worstSeverity,omitzero"` // the gravest finding, where it is graver
	Weight       int                  `json:"weight"`
	AlphaPercent int                  `json:"alphaPercent"`
	Adding       assessments.Adding   `json:"adding"`
	Subject      string               `json:"subject,omitzero"`
	Effort       assessments.Effort   `json:"effort,omitzero"`
	Questions    []string             `json:"questions"` // that declare its control
	Text         assessments.Text     `json:"text"`
}

// entries are the rules in the order of their controls, which is the catalogue's, each control that is only declared among them.
func entries(c *assessments.Content) []entry {
	observing := map[string][]assessments.Rule{}
	for _, rule := range c.Rules.All() {
		observing[rule.Control] = append(observing[rule.Control], rule)
	}
	var all []entry
	for _, control := range c.Controls {
		e := entry{
			ID: control.ID, Control: control.ID, Severity: control.Severity, Weight: control.Weight, AlphaPercent: control.AlphaPercent,
			Adding: control.Adding, Questions: []string{}, Text: assessments.Text{Title: control.Title},
		}
		for _, d := range control.Questions {
			e.Questions = append(e.Questions, d.Question)
		}
		if control.AlphaPercent == 0 {
			e.Declared = true
			all = append(all, e)
		}
		for _, rule := range observing[control.ID] {
			e.ID, e.Subject, e.Effort, e.Text, e.Worst = rule.ID, rule.SubjectKind, rule.Effort, rule.Text, 0
			if rule.WorstSeverity > control.Severity {
				e.Worst = rule.WorstSeverity
			}
			all = append(all, e)
		}
	}
	return all
}

func list(w io.Writer, c *assessments.Content, format string) error {
	all := entries(c)
	if done, err := asJSON(w, format, all); done {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RULE\tSEVERITY\tWEIGHT\tEVIDENCE\tJUDGES\tHOLDS WHEN")
	declared := 0
	for _, e := range all {
		evidence, judges := fmt.Sprintf("%d %%", e.AlphaPercent), e.Subject
		if e.Declared {
			declared++
			evidence, judges = "declared", strings.Join(e.Questions, " ")
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\n", e.ID, severityText(e), e.Weight, evidence, judges, e.Text.Title)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write rules: %w", err)
	}
	_, err := fmt.Fprintf(w, "\n%d with evidence, %d declared. Next: plimsoll rules show %s\n", len(all)-declared, declared, all[0].ID)
	return err
}

func severityText(e entry) string {
	if e.Worst > e.Severity {
		return e.Severity.String() + "–" + e.Worst.String()
	}
	return e.Severity.String()
}

func show(w io.Writer, c *assessments.Content, id, format string) error {
	all := entries(c)
	at := slices.IndexFunc(all, func(e entry) bool { return e.ID == id })
	if at < 0 {
		return unknownRule(all, id, c.Version)
	}
	e := all[at]
	if done, err := asJSON(w, format, e); done {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", e.ID, e.Text.Title)
	if e.Declared {
		fmt.Fprintf(&b, "Severity %s, weight %d. Declared: no evidence can show it; it counts by the answers to %s.\n", e.Severity, e.Weight, strings.Join(e.Questions, ", "))
	} else {
		fmt.Fprintf(&b, "Severity %s, weight %d, judges each %s. Evidence counts %d %%", severityText(e), e.Weight, cmp.Or(e.Subject, "subject"), e.AlphaPercent)
		if e.AlphaPercent < 100 {
			fmt.Fprintf(&b, ", the answers to %s the rest", strings.Join(e.Questions, ", "))
		}
		fmt.Fprintf(&b, ". Mending takes %s.\n", effortText(e.Effort))
	}
	for _, part := range []struct{ title, text string }{
		{"What", e.Text.What}, {"Why", e.Text.Why}, {"How it is decided", e.Text.How}, {"Evidence", e.Text.Evidence},
		{"Mend", e.Text.Mend}, {"What it does not catch", e.Text.DoesNotCatch}, {"Sources", strings.Join(e.Text.Sources, "\n")},
	} {
		if part.text != "" {
			fmt.Fprintf(&b, "\n%s\n  %s\n", part.title, strings.ReplaceAll(strings.TrimSpace(part.text), "\n", "\n  "))
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write rule %s: %w", id, err)
	}
	return nil
}

func effortText(e assessments.Effort) string {
	switch e {
	case assessments.EffortSetting:
		return "a setting (minutes)"
	case assessments.EffortChange:
		return "a change (days)"
	case assessments.EffortProject:
		return "a project (weeks)"
	}
	return "what its finding says"
}

// unknownRule names the rules that a slip of the pen may have meant: those of the same slug, or whose slug holds the word.
func unknownRule(all []entry, id, version string) error {
	_, slug, both := strings.Cut(id, "/")
	if !both {
		slug = id
	}
	var near []string
	for _, e := range all {
		if slug != "" && strings.Contains(e.ID, slug) && len(near) < 3 {
			near = append(near, e.ID)
		}
	}
	if len(near) > 0 {
		return fmt.Errorf("no rule %q in content version %s; did you mean %s?", id, version, strings.Join(near, ", "))
	}
	return fmt.Errorf("no rule %q in content version %s; plimsoll rules list names all", id, version)
}

// asJSON writes a value where the format asks for it; done is false where the caller has to write for people.
func asJSON(w io.Writer, format string, value any) (done bool, err error) {
	switch format {
	case "human":
		return false, nil
	case "json":
	default:
		return true, fmt.Errorf("--format: want human or json, got %q", format)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return true, fmt.Errorf("write JSON: %w", err)
	}
	return true, nil
}
