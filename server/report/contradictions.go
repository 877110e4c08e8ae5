package report

import (
	"fmt"
	"sort"

	"plimsoll/assessments"
)

// mostContradictions bounds a page that is read in a meeting; the app holds them all.
const mostContradictions = 40

// writeContradictions is claim against evidence, highest first.
func writeContradictions(d *document, in Input) {
	d.newPage()
	d.heading(1, "Contradictions")
	if len(in.Assessment.Answers) == 0 && len(in.Assessment.Contradictions) == 0 {
		d.paragraph(regular, 10, ink, "No question was answered: there is nothing to hold against the evidence.")
		return
	}
	var loud []assessments.Contradiction
	confirmed, unseen := 0, 0
	for _, c := range in.Assessment.Contradictions {
		switch c.Result {
		case assessments.Contradicted, assessments.PartlyTrue:
			loud = append(loud, c)
		case assessments.Confirmed:
			confirmed++
		case assessments.PairCannotSee, assessments.Stale, assessments.PairNotChecked:
			unseen++
		}
	}
	sort.SliceStable(loud, func(i, j int) bool { return loud[i].Severity > loud[j].Severity })
	d.paragraph(regular, 10, muted, fmt.Sprintf("Answers and evidence are two witnesses of the same thing. %s confirmed, %d contradicted or partly true, %d could not be compared.",
		counted(confirmed, "answer"), len(loud), unseen))
	if len(loud) == 0 {
		d.paragraph(regular, 10, ink, "No answer is denied by the evidence.")
	}
	for k, c := range loud {
		if k == mostContradictions {
			d.paragraph(regular, 10, muted, fmt.Sprintf("And %d more%s.", len(loud)-k, d.elsewhere()))
			break
		}
		writeContradiction(d, in, c)
	}
	writeDisagreements(d, in)
}

func writeContradiction(d *document, in Input, c assessments.Contradiction) {
	question := c.Question + "  " + questionText(in, c.Question)
	seen := evidenceLine(c.Evidence)
	d.keep(d.height(semibold, 10.5, measure-80, question) + d.height(regular, 9.2, measure-96, seen) + d.height(regular, 9.2, measure-96, c.Claim) + 50)
	d.open("Sect")
	d.tagged("P", func() { d.severity(left, d.y+1, c.Severity) })
	d.paragraphAt(left+66, measure-66, semibold, 10.5, ink, question)
	d.labelled("You said", c.Claim)
	if c.Allows != "" {
		d.labelled("Evidence allows", c.Allows)
	}
	d.labelled("We saw", seen)
	if c.Asks != "" {
		d.labelled("We ask", c.Asks)
	}
	by := c.Pair + ", " + c.Result.Title()
	if who := respondent(in, c.Question); who != "" {
		by += " · answered by " + who
	}
	d.labelled("Checked by", by)
	d.close()
	d.y += 10
	d.ornament(func() { d.box(left, d.y-5, measure, 0.5, hairline) })
}

// labelled prints a short label and its text beside it.
func (d *document) labelled(label, text string) {
	if text == "" {
		return
	}
	const size = 9.2
	d.keep(size * 1.45)
	d.tagged("P", func() { d.text(left+66, d.y+size, regular, size, muted, label) })
	d.paragraphAt(left+66+84, measure-66-84, regular, size, ink, text)
}

func respondent(in Input, question string) string {
	for _, g := range in.Assessment.Answers {
		if g.Question == question {
			return g.Respondent
		}
	}
	return ""
}

// writeDisagreements lists the questions that two people answered two steps apart or more.
func writeDisagreements(d *document, in Input) {
	for _, g := range in.Assessment.Answers {
		if g.Disagree >= 2 {
			d.paragraph(regular, 10, ink, fmt.Sprintf("Inside the house you do not agree on %s: two answers lie %d steps apart. The lower one counts until they agree.", g.Question, g.Disagree))
		}
	}
}
