// Package catalogue prints what a content version holds: its rules, and its questionnaire as a form to fill in by hand.
package catalogue

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
)

// Rules is `plimsoll rules`.
func Rules() *cobra.Command {
	rules := &cobra.Command{Use: "rules", Short: "The rules of this content version"}
	var format string
	list := &cobra.Command{
		Use: "list", Short: "Every rule with its control's severity and weight", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return list(cmd.OutOrStdout(), content.V1(), format) },
	}
	list.Flags().StringVar(&format, "format", "human", "human or json")
	show := &cobra.Command{
		Use: "show ID", Short: "One rule: what, why, how it is decided, and what it does not catch", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return show(cmd.OutOrStdout(), content.V1(), args[0]) },
	}
	rules.AddCommand(list, show, testCommand())
	return rules
}

// Questionnaire is `plimsoll questionnaire`.
func Questionnaire() *cobra.Command {
	questions := &cobra.Command{Use: "questionnaire", Short: "The questions of this content version"}
	questions.AddCommand(&cobra.Command{
		Use: "show", Short: "An empty form in YAML, for plimsoll score --answers", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return content.V1().Questionnaire.WriteForm(cmd.OutOrStdout())
		},
	})
	return questions
}

// entry is a rule beside its control.
type entry struct {
	ID           string               `json:"id"`
	Control      string               `json:"control"`
	Severity     assessments.Severity `json:"severity"`
	Weight       int                  `json:"weight"`
	AlphaPercent int                  `json:"alphaPercent"`
	Adding       assessments.Adding   `json:"adding"`
	Subject      string               `json:"subject"`
	Text         assessments.Text     `json:"text"`
}

func entries(c *assessments.Content) []entry {
	var all []entry
	for _, rule := range c.Rules.All() {
		for _, control := range c.Controls {
			if control.ID == rule.Control {
				all = append(all, entry{
					rule.ID, control.ID, control.Severity, control.Weight, control.AlphaPercent, control.Adding, rule.SubjectKind, rule.Text,
				})
			}
		}
	}
	return all
}

func list(w io.Writer, c *assessments.Content, format string) error {
	switch format {
	case "json":
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(entries(c)); err != nil {
			return fmt.Errorf("write rules: %w", err)
		}
		return nil
	case "human":
	default:
		return fmt.Errorf("--format: want human or json, got %q", format)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RULE\tSEVERITY\tWEIGHT\tJUDGES\tHOLDS WHEN")
	for _, e := range entries(c) {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\n", e.ID, e.Severity, e.Weight, e.Subject, e.Text.Title)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write rules: %w", err)
	}
	return nil
}

func show(w io.Writer, c *assessments.Content, id string) error {
	for _, e := range entries(c) {
		if e.ID != id {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s\n%s\n\nSeverity %s, weight %d, judges each %s\n", e.ID, e.Text.Title, e.Severity, e.Weight, cmp.Or(e.Subject, "subject"))
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
	return fmt.Errorf("no rule %q in content version %s; plimsoll rules list names all", id, c.Version)
}
