package report

import (
	"plimsoll/assessments/questionnaire"
)

const mostActions = 30

// writeActions is the plan: what to mend, gravest first, then what to find out.
func writeActions(d *document, in Input) {
	d.section()
	d.heading(1, "Action plan")
	groups := gravest(in)
	if len(groups) == 0 {
		d.paragraph(regular, 10, ink, "Nothing to mend.")
	} else {
		var rows [][]string
		for k, g := range groups {
			if k == mostActions {
				break
			}
			rows = append(rows, []string{g.severity.String(), ruleTitle(in, g.rule), g.open[0].Mend.Text, grouped(g.count)})
		}
		d.table([]column{{head: "Severity", width: 58, bold: true}, {head: "What should hold", width: 150}, {head: "Mend", width: measure - 58 - 150 - 54}, {head: "Findings", width: 54, right: true}}, rows, 0)
	}
	writeFindOut(d, in)
}

// writeFindOut turns every honest "we don't know" into an action.
func writeFindOut(d *document, in Input) {
	var rows [][]string
	for _, g := range in.Assessment.Answers {
		if g.State != questionnaire.Unknown {
			continue
		}
		rows = append(rows, []string{g.Question, questionText(in, g.Question), findOut(in, g.Question), g.Respondent})
	}
	if len(rows) == 0 {
		return
	}
	d.heading(2, "Find out")
	d.table([]column{{head: "Question", width: 52, bold: true}, {head: "What", width: 170}, {head: "How, in five minutes", width: measure - 52 - 170 - 90}, {head: "Who said so", width: 90}}, rows, 0)
}

// findOut is how to find the answer to a question out; empty where this content does not say.
func findOut(in Input, question string) string {
	if in.Content != nil && in.Content.Questionnaire != nil {
		if q, ok := in.Content.Questionnaire.Question(question); ok {
			return q.FindOut
		}
	}
	return ""
}
