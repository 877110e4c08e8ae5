package report

import (
	"fmt"
	"sort"
	"strings"

	"plimsoll/assessments"
	"plimsoll/web/drawing"
)

// A report is for a meeting: each rule shows its gravest subjects, and says how many more the app holds.
const (
	mostRules    = 20
	mostSubjects = 4
)

// writePillar is one pillar: its range, how its points came about, and its findings by rule.
func writePillar(d *document, in Input, p assessments.PillarScore) {
	d.newPage()
	if !p.Applies {
		d.heading(1, p.ID.Title())
		d.paragraph(regular, 10, ink, "Does not apply: "+p.Reason)
		return
	}
	d.heading(1, p.ID.Title()+": "+p.Range.Words())
	d.y += d.figure(drawing.Bar(p.ID.Title(), interval(p.Range)), left-4, d.y, 320) + 8
	d.paragraph(regular, 9.6, muted, fmt.Sprintf("%s. Known: %d %%, by evidence %d %%.", bandsOf(p), p.Coverage.Percent(), p.EvidenceCoverage.Percent()))
	for _, c := range p.Caps {
		d.paragraph(regular, 9.6, ink, fmt.Sprintf("Can't rise above %d until this holds: %s (%s).", c.At, controlTitle(in, c.Control), c.By))
	}
	writeControls(d, in, p)
	writeFindings(d, in, p.ID)
}

// controlTitle is what a control states, or its id.
func controlTitle(in Input, id string) string {
	for _, c := range in.Assessment.Controls {
		if c.ID == id && c.Title != "" {
			return c.Title
		}
	}
	return id
}

func bandsOf(p assessments.PillarScore) string {
	return assessments.LoadLine{Low: assessments.BandAt(p.Low), High: assessments.BandAt(p.High)}.Title()
}

func writeControls(d *document, in Input, p assessments.PillarScore) {
	rows, totals, out := controlRows(in, p)
	d.table([]column{{head: "Control", width: measure - 222}, {head: "Weight", width: 48, right: true}, {head: "Value", width: 46, right: true},
		{head: "Range", width: 72, right: true}, {head: "Points", width: 56, right: true}}, rows, totals)
	if out > 0 {
		d.paragraph(regular, 8.8, muted, counted(out, "control")+" of this pillar do not apply here.")
	}
}

// controlRows are the rows whose points sum to the last row's, how many of them are totals, and how many controls are out.
func controlRows(in Input, p assessments.PillarScore) (rows [][]string, totals, out int) {
	var parts []assessments.Micros
	for _, c := range in.Assessment.Controls {
		if c.Pillar != p.ID {
			continue
		}
		if !c.Applies {
			out++
			continue
		}
		value := "–"
		if c.Value != nil {
			value = c.Value.Hundredths()
		}
		rows = append(rows, []string{c.Title, fmt.Sprint(c.Weight), value, c.Low.Hundredths() + " to " + c.High.Hundredths(), "–"})
		parts = append(parts, c.Contribution)
	}
	totals = 1
	if p.CapContribution != 0 && len(p.Caps) > 0 {
		rows = append(rows, []string{"Cap by " + p.Caps[0].By, "", "", "", "–"})
		parts = append(parts, p.CapContribution)
		totals = 2
	}
	total := "–"
	if p.Value != nil {
		total = p.Value.Tenths()
		for i, tenths := range assessments.SharedTenths(parts, *p.Value) {
			rows[i][4] = (assessments.Micros(tenths) * 100_000).Tenths()
		}
	}
	return append(rows, []string{"Score", "", "", "", total}), totals, out
}

// ruleFindings are the open findings of one rule.
type ruleFindings struct {
	rule     string
	severity assessments.Severity
	open     []assessments.Finding // all, or the gravest few
	count    int
}

// byRule groups open findings of a pillar, gravest first.
func byRule(in Input, pillar assessments.Pillar) []ruleFindings {
	index := map[string]int{}
	var groups []ruleFindings
	for _, f := range in.Assessment.Findings {
		if f.Waived || !strings.HasPrefix(f.Rule, string(pillar)+"/") {
			continue
		}
		k, ok := index[f.Rule]
		if !ok {
			k = len(groups)
			index[f.Rule] = k
			groups = append(groups, ruleFindings{rule: f.Rule, count: in.Open[f.Rule]})
		}
		groups[k].open = append(groups[k].open, f)
		groups[k].severity = max(groups[k].severity, f.Severity)
		if in.Open == nil {
			groups[k].count++
		}
	}
	sort.SliceStable(groups, func(i, j int) bool {
		if groups[i].severity != groups[j].severity {
			return groups[i].severity > groups[j].severity
		}
		return groups[i].rule < groups[j].rule
	})
	return groups
}

func writeFindings(d *document, in Input, pillar assessments.Pillar) {
	groups := byRule(in, pillar)
	if len(groups) > 0 {
		d.keep(40 + ruleHeight(d, in, groups[0]))
	}
	d.heading(2, "Findings")
	if len(groups) == 0 {
		d.paragraph(regular, 10, ink, "No open finding.")
		return
	}
	for k, g := range groups {
		if k == mostRules {
			d.paragraph(regular, 9, muted, fmt.Sprintf("And %d more rules with findings%s.", len(groups)-k, d.elsewhere()))
			break
		}
		writeRule(d, in, g)
	}
	if said := assessments.LeftOutSentence(in.Assessment.LeftOut); said != "" {
		d.paragraph(regular, 9, muted, "Over all pillars, "+said)
	}
}

// ruleHeight is that of a rule's title and its first finding, which are not parted.
func ruleHeight(d *document, in Input, g ruleFindings) float64 {
	return d.height(semibold, 10.5, measure-66, findingsTitle(in, g)) + 24 + findingHeight(d, g.open[0])
}

func findingsTitle(in Input, g ruleFindings) string {
	return ruleTitle(in, g.rule) + " – " + counted(g.count, "finding")
}

func writeRule(d *document, in Input, g ruleFindings) {
	title := findingsTitle(in, g)
	d.keep(ruleHeight(d, in, g))
	d.open("Sect")
	d.tagged("P", func() { d.severity(left, d.y+1, g.severity) })
	d.paragraphAt(left+66, measure-66, semibold, 10.5, ink, title)
	d.paragraphAt(left+66, measure-66, regular, 8.2, muted, g.rule)
	for k, f := range g.open {
		if k == mostSubjects {
			d.paragraphAt(left+66, measure-66, regular, 8.8, muted, fmt.Sprintf("and %s more%s", grouped(g.count-k), d.elsewhere()))
			break
		}
		writeFinding(d, f)
	}
	if mend := g.open[0].Mend.Text; mend != "" {
		d.labelled("Mend", mend)
	}
	d.close()
	d.y += 12
}

// Where findings stand, and how large.
const (
	findingLeft = left + 66
	findingSize = 9.2
)

func findingHeight(d *document, f assessments.Finding) float64 {
	const room = right - findingLeft
	return d.height(semibold, findingSize, room, subject(f.Subject)) + d.height(regular, findingSize, room, f.Message) + d.height(regular, 8.6, room, evidenceLine(f.Evidence)) + 6
}

// writeFinding puts the object first, then what is wrong, then the evidence with its figures; it stays on one page.
func writeFinding(d *document, f assessments.Finding) {
	const x, size = findingLeft, findingSize
	subject, seen := subject(f.Subject), evidenceLine(f.Evidence)
	d.keep(findingHeight(d, f))
	d.y += 3
	d.paragraphAt(x, right-x, semibold, size, ink, subject)
	d.paragraphAt(x, right-x, regular, size, ink, f.Message)
	d.paragraphAt(x, right-x, regular, 8.6, muted, seen)
}
