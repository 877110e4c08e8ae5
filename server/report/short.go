package report

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"plimsoll/assessments"
)

// What the short report holds at most, so that it stays on two pages whatever people write.
const (
	mostGravest  = 5
	mostReasons  = 4
	longestShort = 150 // runes of one piece of text in a table
)

// WriteShort makes the report of two pages for a meeting: the verdict, the load line and the pillars on the first; the gravest
// findings, the next step and how sure we are on the second. Same input, same bytes; the figures are those of Write.
func WriteShort(w io.Writer, in Input) error {
	return write(w, in, func(d *document) {
		writeAnswer(d, in)
		d.newPage()
		writeGravest(d, in)
		writeNextStep(d, in)
		writeSureness(d, in)
	})
}

// gravest are the rules with open findings of all pillars, gravest first.
func gravest(in Input) []ruleFindings {
	var groups []ruleFindings
	for _, pillar := range assessments.Pillars {
		groups = append(groups, byRule(in, pillar)...)
	}
	sort.SliceStable(groups, func(i, j int) bool { return groups[i].severity > groups[j].severity })
	return groups
}

func writeGravest(d *document, in Input) {
	d.heading(1, "The gravest findings")
	groups := gravest(in)
	if len(groups) == 0 {
		d.paragraph(regular, 10, ink, "No open finding.")
		return
	}
	var rows [][]string
	for _, g := range groups[:min(len(groups), mostGravest)] {
		rows = append(rows, []string{g.severity.String(), shortened(ruleTitle(in, g.rule)), shortened(subject(g.open[0].Subject)), shortened(g.open[0].Mend.Text), grouped(g.count)})
	}
	d.table([]column{{head: "Severity", width: 58, bold: true}, {head: "What should hold", width: 122}, {head: "For example", width: 112},
		{head: "Mend", width: measure - 58 - 122 - 112 - 54}, {head: "Findings", width: 54, right: true}}, rows, 0)
	if more := len(groups) - mostGravest; more > 0 {
		d.paragraph(regular, 9, muted, "And "+counted(more, "more rule")+" with findings, in the full report.")
	}
}

func writeNextStep(d *document, in Input) {
	line := in.Assessment.LoadLine
	if line == nil || line.NextStep.Text == "" {
		return
	}
	d.heading(2, "One next step")
	d.paragraph(regular, 10.5, ink, line.NextStep.Text)
}

// writeSureness says what the range rests on: what is known, what is denied, what stays out of sight.
func writeSureness(d *document, in Input) {
	a := in.Assessment
	d.heading(2, "How sure we are")
	if a.Score != nil {
		d.paragraph(regular, 10, ink, fmt.Sprintf("Score of the lowest pillar: %s. Known: %d %% of what counts, by evidence %d %%.",
			a.Score.Words(), a.Score.Coverage.Percent(), a.Score.EvidenceCoverage.Percent()))
	}
	denied := 0
	for _, c := range a.Contradictions {
		if c.Result == assessments.Contradicted || c.Result == assessments.PartlyTrue {
			denied++
		}
	}
	d.paragraph(regular, 10, ink, counted(denied, "answer")+" contradicted or partly true by the evidence.")
	groups := a.Unseen()
	if len(groups) == 0 {
		d.paragraph(regular, 10, ink, "Nothing that counts stayed out of sight.")
	}
	for k, g := range groups {
		if k == mostReasons {
			d.paragraph(regular, 10, muted, "And "+counted(len(groups)-k, "more reason")+", in the full report.")
			break
		}
		d.paragraph(regular, 10, ink, "Not seen: "+shortened(g.Why)+" ("+counted(len(g.Blind), "thing")+").")
	}
	evidence := "answers alone, no snapshot"
	if a.SnapshotDigest != "" {
		evidence = "snapshot " + a.SnapshotDigest + " of " + day(a.TakenAt)
	}
	d.paragraph(regular, 8.6, muted, strings.Join([]string{"Content version " + a.ContentVersion, "content hash " + a.ContentHash, evidence}, " · "))
}

// shortened cuts text that would push a page over.
func shortened(text string) string {
	runes := []rune(clean(text))
	if len(runes) <= longestShort {
		return string(runes)
	}
	return string(runes[:longestShort-1]) + "…"
}
