package report

import (
	"sort"
	"strings"

	"plimsoll/assessments/questionnaire"
)

// writeMethod says how the numbers came about, by which content and evidence, and who answered.
func writeMethod(d *document, in Input) {
	d.newPage()
	d.heading(1, "Method")
	for _, text := range method {
		d.paragraph(regular, 9.8, ink, text)
	}
	d.table([]column{{head: "What", width: 170, bold: true}, {head: "Value", width: measure - 170}}, methodRows(in), 0)
	writeAnswers(d, in)
}

// method is how the numbers come about, in a few sentences.
var method = [...]string{
	"Five pillars are scored from 0 to 100. A pillar is the weighted mean of its controls; a control joins what was answered with what was seen. The headline is the lowest pillar that applies, as a ship is governed by her lowest point.",
	"Each score is a range: the low end takes everything unknown as failing, the high end as passing. Where evidence denies an answer, the evidence counts. Caps keep a good mean from hiding a hole.",
	"Weights and thresholds are reasoned, not calibrated on people. All figures are exact and rounded down once, when printed. A waived finding counts as passing; the score without waivers stands beside it.",
}

// methodRows are what a result was made of.
func methodRows(in Input) [][]string {
	a := in.Assessment
	rows := [][]string{{"As of", day(a.AsOf)}, {"Content version", a.ContentVersion}, {"Content hash (SHA-256)", a.ContentHash}}
	if in.Content != nil && in.Content.Questionnaire != nil && in.Content.Questionnaire.Hash != "" {
		rows = append(rows, []string{"Questionnaire hash (SHA-256)", in.Content.Questionnaire.Hash})
	}
	if a.SnapshotDigest != "" {
		rows = append(rows, []string{"Snapshot taken", day(a.TakenAt)}, []string{"Snapshot digest (SHA-256)", a.SnapshotDigest})
		for _, row := range [][]string{{"Snapshot signature", in.Signature}, {"Readings of nodes", in.Readings}} {
			if row[1] != "" {
				rows = append(rows, row)
			}
		}
	} else {
		rows = append(rows, []string{"Snapshot", "none: answers alone"})
	}
	if a.Workloads > 0 {
		rows = append(rows, []string{"Workloads", grouped(a.Workloads)})
	}
	files := make([]string, 0, len(a.ReferenceDates))
	for file := range a.ReferenceDates {
		files = append(files, file)
	}
	sort.Strings(files)
	for _, file := range files {
		rows = append(rows, []string{"Reference " + file, "as of " + a.ReferenceDates[file]})
	}
	if len(a.ReferenceStale) > 0 {
		rows = append(rows, []string{"Older than six months", strings.Join(a.ReferenceStale, ", ")})
	}
	if who := respondents(a.Answers); who != "" {
		rows = append(rows, []string{"Answered by", who})
	}
	return rows
}

func respondents(answers []questionnaire.Given) string {
	seen := map[string]bool{}
	var names []string
	for _, g := range answers {
		for _, name := range strings.Split(g.Respondent, ", ") { // two where a question is asked from both seats
			if name != "" && !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

func writeAnswers(d *document, in Input) {
	var rows [][]string
	open := 0
	for _, g := range in.Assessment.Answers {
		if g.State == questionnaire.Unanswered {
			open++
			continue
		}
		rows = append(rows, []string{g.Question, questionText(in, g.Question), answerText(g), string(g.Basis)})
	}
	if len(rows) == 0 {
		return
	}
	d.heading(2, "Answers")
	if open > 0 {
		d.paragraph(regular, 9, muted, counted(open, "question")+" not answered yet.")
	}
	d.table([]column{{head: "Id", width: 36, bold: true}, {head: "Question", width: 226}, {head: "Answer", width: measure - 36 - 226 - 70}, {head: "Basis", width: 70}}, rows, 0)
}

// answerText is what was answered, in words; empty where nothing was.
func answerText(g questionnaire.Given) string {
	switch g.State {
	case questionnaire.Unanswered:
		return ""
	case questionnaire.Unknown:
		return "We don't know"
	case questionnaire.NotApplicable:
		return "Does not apply: " + g.Sentence
	case questionnaire.Skipped:
		return "Skipped, because of " + g.SkippedBy
	}
	return g.Text
}
