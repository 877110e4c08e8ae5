package score

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
	"plimsoll/cmd/plimsoll/terminal"
)

// Bounds of what is shown of the need gate: JSON has it all.
const (
	reasonsShown = 3
	waysShown    = 3
	idsShown     = 6
)

// need prints the verdict with where each sentence comes from, the reasons, the ways and what they cost.
func (p *printer) need(n *Need) {
	if n == nil {
		return
	}
	p.Section("Do you absolutely need Kubernetes?")
	p.Line("  %s", p.Bold(terminal.Clean(n.Headline)))
	if n.Plain != "" {
		p.Wrapped("  ", terminal.Clean(n.Plain))
	}
	if len(n.Decides) > 0 {
		p.Line("  Decided by: %s", strings.Join(n.Decides, ", "))
	}
	if n.Robustness != nil {
		p.Line("  The verdict stays in %d %% of %d trials with other weights", *n.Robustness, questionnaire.Perturbations)
	}
	for _, c := range n.Ceilings {
		p.Wrapped("  ", fmt.Sprintf("Held down: %s (%s)", terminal.Clean(c.Text), c.Question))
	}
	for _, step := range n.Steps {
		p.Wrapped("  Step: ", terminal.Clean(step))
	}
	if p.quiet {
		return
	}
	p.reasons("For", n.Reasons.For)
	p.reasons("Against", n.Reasons.Against)
	p.ways(n.Alternatives)
	p.cost(n.Cost)
	p.traces(n.Sentences)
}

func (p *printer) reasons(title string, reasons []questionnaire.GateReason) {
	for i, r := range reasons[:min(reasonsShown, len(reasons))] {
		head := title
		if i > 0 {
			head = ""
		}
		p.Line("  %-8s %s: %s %s", head, terminal.Clean(r.Text), terminal.Clean(r.Answer), p.Dim("("+r.Question+")"))
	}
}

func (p *printer) ways(ways []questionnaire.Alternative) {
	for i, a := range ways[:min(waysShown, len(ways))] {
		head := "Ways"
		if i > 0 {
			head = ""
		}
		out := ""
		if a.Excluded != "" {
			out = ", ruled out: " + a.Excluded
		}
		p.Line("  %-8s %s, fits %d %%%s", head, a.Title, a.Fit/million, terminal.Clean(out))
	}
}

// cost prints what is known of it row by row with its formula; where nobody gave a figure, which ones to give.
func (p *printer) cost(c *questionnaire.Cost) {
	if c == nil {
		return
	}
	p.Line("\n  %s", p.Bold("Cost, by your own figures"))
	if !slices.ContainsFunc(c.Ways, known) {
		p.Wrapped("  ", fmt.Sprintf("Not known: no figures were given. Fill in %q in the answers file: %s.", "costs", some(c.Missing)))
		return
	}
	for _, way := range c.Ways {
		if !known(way) {
			continue
		}
		p.Line("  %s", way.Title)
		for _, row := range way.Rows {
			p.costRow(row, c.Currency)
		}
	}
	if len(c.Missing) > 0 {
		p.Wrapped("  ", "Not given: "+some(c.Missing))
	}
}

func known(w questionnaire.WayCost) bool {
	return slices.ContainsFunc(w.Rows, func(r questionnaire.CostRow) bool { return r.Value != nil })
}

func (p *printer) costRow(row questionnaire.CostRow, currency string) {
	value, unit := "not known", currency
	if row.ID == "paysBackMonths" {
		unit = "months"
	}
	switch {
	case row.Value != nil:
		value = strings.TrimSpace(row.Value.String() + " " + unit)
	case row.Note != "":
		value = row.Note
	}
	p.Line("    %-58s %s  %s", row.Text, value, p.Dim("= "+row.Formula))
}

func some(names []string) string {
	if len(names) > idsShown {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:idsShown], ", "), len(names)-idsShown)
	}
	return strings.Join(names, ", ")
}

// traces say which answers headline and plain words come from.
func (p *printer) traces(sentences []questionnaire.Sentence) {
	first := true
	for _, s := range sentences {
		if s.Part != questionnaire.InHeadline && s.Part != questionnaire.InPlain {
			continue
		}
		if first {
			p.Line("\n  %s", p.Bold("What this comes from"))
			first = false
		}
		p.Wrapped("    ", fmt.Sprintf("“%s” %s", terminal.Clean(s.Text), strings.Join(s.Questions, ", ")))
	}
}

// remarks ask for answers to be read again.
func (p *printer) remarks(remarks []questionnaire.Remark) {
	if len(remarks) == 0 {
		return
	}
	p.Section("Please read again: " + assessments.Counted(len(remarks), "remark") + ", never scored")
	for _, r := range remarks {
		who := ""
		if r.Respondent != "" {
			who = terminal.Clean(r.Respondent) + ": "
		}
		p.Wrapped("  ", who+r.Text)
	}
}
