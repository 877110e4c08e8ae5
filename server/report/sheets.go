package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

// What a cell holds, for formats that tell.
type kind string

const (
	isText   kind = "text"
	isNumber kind = "number" // a decimal literal, rounded down as the page prints it
	isDay    kind = "day"    // 2026-11-20
)

// heading is a column of a sheet; every cell of it is of its kind, or empty.
type heading struct {
	Name  string `json:"name"`
	Kind  kind   `json:"kind"`
	width int    // letters that it takes, for workbooks
}

// sheet is one table of a report.
type sheet struct {
	ID      string     `json:"id"`
	Title   string     `json:"title"`
	Note    string     `json:"note,omitzero"` // what it leaves out, or how to read it
	Columns []heading  `json:"columns"`
	Rows    [][]string `json:"rows"`
}

func (s *sheet) row(cells ...string) {
	for i := range cells {
		cells[i] = plain(cells[i])
	}
	s.Rows = append(s.Rows, cells)
}

// longestCell bounds a cell; a workbook's holds 32,767 characters at most.
const longestCell = 8000

// plain is one line of text that every format can carry: no control characters, nothing that turns the reading direction, no more than
// longestCell letters.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff', r&0xfffe == 0xfffe, r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	if utf8.RuneCountInString(text) <= longestCell {
		return text
	}
	return string([]rune(text)[:longestCell-1]) + "…"
}

// sheetsOf are the tables of a report, in the order that it is read in.
func sheetsOf(in Input) []sheet {
	return []sheet{summarySheet(in), needSheet(in), contradictionsSheet(in), unseenSheet(in), pillarsSheet(in), controlsSheet(in),
		findingsSheet(in), changeSheet(in), actionsSheet(in), waiversSheet(in), answersSheet(in), methodSheet(in)}
}

func letters(name string, width int) heading { return heading{name, isText, width} }
func digits(name string, width int) heading  { return heading{name, isNumber, width} }

// iso is a day as programs read it, empty where there is none.
func iso(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// figure is a whole number, empty where there is none.
func figure(m *assessments.Micros) string {
	if m == nil {
		return ""
	}
	return strconv.Itoa(m.Whole())
}

// part is a share of 1 in hundredths, empty where there is none.
func part(m *assessments.Micros) string {
	if m == nil {
		return ""
	}
	return m.Hundredths()
}

func summarySheet(in Input) sheet {
	a := in.Assessment
	s := sheet{ID: "summary", Title: "Summary", Columns: []heading{letters("What", 34), letters("Value", 90)}}
	s.row("Organization", in.Organization)
	s.row("Platform", in.Platform)
	s.row("As of", iso(a.AsOf))
	if a.Need != nil {
		s.row("Do we absolutely need Kubernetes?", a.Need.Headline)
		s.row("In plain words", a.Need.Plain)
		s.row("Need", axisWords(a.Need.Need))
		s.row("Ability", axisWords(a.Need.Ability))
		if a.Need.RobustnessMicros != nil {
			s.row("Robustness of the verdict", fmt.Sprintf("%d %%", *a.Need.RobustnessMicros/10_000))
		}
	}
	s.row("Can it be carried?", headline(a))
	if a.Score != nil {
		s.row("Score of the lowest pillar", figure(a.Score.Value))
		s.row("Score, low end", strconv.Itoa(a.Score.Low.Whole()))
		s.row("Score, high end", strconv.Itoa(a.Score.High.Whole()))
		s.row("Known", fmt.Sprintf("%d %%", a.Score.Coverage.Percent()))
		s.row("Known by evidence", fmt.Sprintf("%d %%", a.Score.EvidenceCoverage.Percent()))
		s.row("Lowest pillar", lowestPillar(a))
	}
	if a.RawScore != nil {
		s.row("Score without waivers", figure(a.RawScore.Value))
	}
	if a.Mean != nil {
		s.row("Weighted mean of the pillars", figure(a.Mean))
	}
	if a.LoadLine != nil {
		s.row("One next step", a.LoadLine.NextStep.Text)
	}
	counts := map[assessments.Severity]int{}
	for _, f := range a.Findings {
		if !f.Waived {
			counts[f.Severity]++
		}
	}
	for _, severity := range []assessments.Severity{assessments.Critical, assessments.High, assessments.Medium, assessments.Low} {
		s.row("Open findings, "+severity.String(), strconv.Itoa(counts[severity]))
	}
	if words := assessments.LeftOutWords(a.LeftOut); words != "" {
		s.row("Left out", words)
	}
	return s
}

func axisWords(a questionnaire.AxisScore) string {
	between := fmt.Sprintf("%d to %d", a.Low/1_000_000, a.High/1_000_000)
	if a.Value == nil {
		return between
	}
	return fmt.Sprintf("%d (%s)", *a.Value/1_000_000, between)
}

func needSheet(in Input) sheet {
	s := sheet{ID: "need", Title: "Need", Columns: []heading{letters("Kind", 16), letters("What", 60), letters("Answer or reason", 60), digits("Points", 8), letters("Questions", 14)}}
	need := in.Assessment.Need
	if need == nil {
		s.Note = "No question of the gate was answered."
		return s
	}
	for _, side := range []struct {
		kind    string
		reasons []questionnaire.GateReason
	}{{"for", need.For}, {"against", need.Against}} {
		for _, r := range side.reasons {
			s.row(side.kind, r.Text, r.Answer, assessments.Micros(r.Points).Hundredths(), r.Question)
		}
	}
	for _, c := range need.Ceilings {
		s.row("hard stop", c.Text, "", "", c.Question)
	}
	for _, step := range need.Steps {
		s.row("step", step, "", "", "")
	}
	for _, alternative := range need.Alternatives {
		because := strings.Join(alternative.Because, " · ")
		if alternative.Excluded != "" {
			because = "ruled out: " + alternative.Excluded
		}
		s.row("alternative", alternative.Title, because, strconv.FormatInt(alternative.Fit/1_000_000, 10), "")
	}
	if need.Cost != nil {
		for _, way := range need.Cost.Ways {
			for _, row := range way.Rows {
				value := ""
				if row.Value != nil {
					value = fmt.Sprint(*row.Value)
				}
				s.row("cost", way.Title+": "+row.Text, row.Formula, value, "")
			}
		}
	}
	return s
}

func contradictionsSheet(in Input) sheet {
	s := sheet{ID: "contradictions", Title: "Contradictions", Columns: []heading{letters("Severity", 10), letters("Result", 16), letters("Question", 10), letters("Asked", 50),
		letters("Claim", 50), letters("Evidence", 60), letters("Evidence allows", 40), letters("Asks", 40), letters("Pair", 8), letters("Answered by", 24)}}
	all := slices.Clone(in.Assessment.Contradictions)
	slices.SortStableFunc(all, func(a, b assessments.Contradiction) int { return int(b.Severity) - int(a.Severity) })
	for _, c := range all {
		severity := ""
		if c.Severity != 0 {
			severity = c.Severity.String()
		}
		s.row(severity, c.Result.Title(), c.Question, questionText(in, c.Question), c.Claim, evidenceLine(c.Evidence), c.Allows, c.Asks, c.Pair, respondent(in, c.Question))
	}
	return s
}

func unseenSheet(in Input) sheet {
	s := sheet{ID: "unseen", Title: "Not seen", Columns: []heading{letters("Why", 60), letters("What", 34), letters("Title", 60), digits("Objects", 10)}}
	for _, group := range in.Assessment.Unseen() {
		for _, b := range group.Blind {
			objects := ""
			if b.Subjects > 0 {
				objects = strconv.Itoa(b.Subjects)
			}
			s.row(assessments.Capital(group.Why), b.What, b.Title, objects)
		}
	}
	return s
}

func pillarsSheet(in Input) sheet {
	s := sheet{ID: "pillars", Title: "Pillars", Columns: []heading{letters("Pillar", 26), digits("Score", 8), digits("Low", 8), digits("High", 8), digits("Known %", 10),
		digits("Evidence %", 11), letters("Held down by", 70)}}
	for _, p := range in.Assessment.Pillars {
		if !p.Applies {
			s.row(p.ID.Title(), "", "", "", "", "", "does not apply: "+p.Reason)
			continue
		}
		var caps []string
		for _, c := range p.Caps {
			caps = append(caps, fmt.Sprintf("%d until this holds: %s (%s)", c.At, controlTitle(in, c.Control), c.By))
		}
		s.row(p.ID.Title(), figure(p.Value), strconv.Itoa(p.Low.Whole()), strconv.Itoa(p.High.Whole()), strconv.Itoa(p.Coverage.Percent()),
			strconv.Itoa(p.EvidenceCoverage.Percent()), strings.Join(caps, " · "))
	}
	return s
}

func controlsSheet(in Input) sheet {
	s := sheet{ID: "controls", Title: "Controls", Columns: []heading{letters("Pillar", 26), letters("Control", 16), letters("Title", 70), digits("Weight", 8), digits("Value", 8), digits("Low", 8),
		digits("High", 8), digits("Declared", 10), digits("Observed", 10), digits("Points", 8), letters("Reason", 50)},
		Note: "The points of a pillar's controls and its cap sum to its score."}
	for _, p := range in.Assessment.Pillars {
		if !p.Applies {
			continue
		}
		rows, _, _ := controlRows(in, p)
		at := 0 // of rows, which leave out what does not apply
		for _, c := range in.Assessment.Controls {
			if c.Pillar != p.ID {
				continue
			}
			if !c.Applies {
				s.row(p.ID.Title(), c.ID, c.Title, strconv.Itoa(c.Weight), "", "", "", "", "", "", "does not apply: "+c.Reason)
				continue
			}
			s.row(p.ID.Title(), c.ID, c.Title, strconv.Itoa(c.Weight), part(c.Value), c.Low.Hundredths(), c.High.Hundredths(), part(c.Declared), part(c.Observed),
				none(rows[at][4]), c.Reason)
			at++
		}
		for ; at < len(rows); at++ {
			s.row(p.ID.Title(), "", rows[at][0], "", "", "", "", "", "", none(rows[at][4]), "")
		}
	}
	return s
}

// none is a printed figure, empty where it prints that there is none.
func none(printed string) string {
	if printed == "–" {
		return ""
	}
	return strings.ReplaceAll(printed, "−", "-")
}

func findingsSheet(in Input) sheet {
	s := sheet{ID: "findings", Title: "Findings", Note: assessments.LeftOutWords(in.Assessment.LeftOut), Columns: []heading{letters("Severity", 10), letters("Rule", 32), letters("Title", 50),
		letters("Kind", 14), letters("Namespace", 20), letters("Name", 28), letters("Container", 18), letters("Finding", 70), letters("Evidence", 60), letters("Expected", 40), letters("Mend", 60), letters("File", 30),
		digits("Line", 8), letters("Waived", 30), letters("Fingerprint", 20)}}
	for _, f := range in.Assessment.Findings {
		line, waived := "", ""
		if f.Source.Line > 0 {
			line = strconv.Itoa(f.Source.Line)
		}
		if f.Waived {
			waived = "waived: " + f.WaivedBy
		}
		s.row(f.Severity.String(), f.Rule, ruleTitle(in, f.Rule), f.Subject.Kind, f.Subject.Namespace, f.Subject.Name, f.Subject.Container, f.Message,
			evidenceLine(f.Evidence), f.Expected, f.Mend.Text, f.Source.File, line, waived, f.Fingerprint)
	}
	return s
}

func changeSheet(in Input) sheet {
	s := sheet{ID: "change", Title: "Change", Columns: []heading{letters("What", 34), digits("Before", 10), digits("Now", 10), digits("Difference", 12)}}
	before, now := in.Previous, in.Assessment
	if before == nil {
		s.Note = "This is the first result of this platform."
		return s
	}
	s.Note = "Compared with the result as of " + iso(before.AsOf) + "."
	if before.ContentVersion != now.ContentVersion {
		s.Note += " The content version changed from " + before.ContentVersion + " to " + now.ContentVersion + ": the two are measured by different yardsticks."
	}
	moved := func(what string, old, new *assessments.Micros) {
		s.row(what, figure(old), figure(new), none(difference(old, new)))
	}
	for _, p := range now.Pillars {
		var old *assessments.Micros
		for _, q := range before.Pillars {
			if q.ID == p.ID {
				old = q.Value
			}
		}
		moved(p.ID.Title(), old, p.Value)
	}
	if before.Score != nil && now.Score != nil {
		moved("Score of the lowest pillar", before.Score.Value, now.Score.Value)
	}
	change := movement(before.Findings, now.Findings)
	if in.Change != nil {
		change = *in.Change
	}
	for _, count := range []struct {
		what string
		n    int
	}{{"New findings", change.Added}, {"Mended findings", change.Mended}, {"Still open findings", change.Stayed}} {
		s.row(count.what, "", strconv.Itoa(count.n), "")
	}
	return s
}

func actionsSheet(in Input) sheet {
	s := sheet{ID: "actions", Title: "Action plan", Columns: []heading{letters("Do", 10), letters("Severity", 10), letters("What should hold", 60), letters("How", 80), digits("Findings", 10), letters("Who said so", 24)}}
	for _, g := range gravest(in) {
		s.row("mend", g.severity.String(), ruleTitle(in, g.rule), g.open[0].Mend.Text, strconv.Itoa(g.count), "")
	}
	for _, g := range in.Assessment.Answers {
		if g.State == questionnaire.Unknown {
			s.row("find out", "", g.Question+" "+questionText(in, g.Question), findOut(in, g.Question), "", g.Respondent)
		}
	}
	return s
}

func waiversSheet(in Input) sheet {
	s := sheet{ID: "waivers", Title: "Waivers", Columns: []heading{letters("State", 18), letters("Rule", 32), letters("Subject", 40), letters("Reason", 60), letters("By", 24), {"Until", isDay, 12}}}
	w := in.Assessment.Waivers
	add := func(state string, waiver assessments.Waiver) {
		s.row(state, waiver.Rule, orAny(waiver.Namespace)+"/"+orAny(waiver.Name), waiver.Reason, waiver.Author, iso(waiver.Until))
	}
	for _, waiver := range w.Used {
		add("in use", waiver)
	}
	for _, waiver := range w.Expired {
		add("expired", waiver)
	}
	for _, waiver := range w.Unmatched {
		add("idle: "+waiver.Why, waiver.Waiver)
	}
	for _, waiver := range w.Disallowed {
		add("may not count", waiver)
	}
	for _, refused := range w.Refused {
		s.row("can't be read: "+refused.Problem, "", subject(refused.Subject), refused.Text, "", "")
	}
	return s
}

func answersSheet(in Input) sheet {
	s := sheet{ID: "answers", Title: "Answers", Columns: []heading{letters("Id", 8), letters("Question", 60), letters("Answer", 60), letters("Basis", 14), letters("By", 24), {"On", isDay, 12}, letters("Note", 60)}}
	for _, g := range in.Assessment.Answers {
		s.row(g.Question, questionText(in, g.Question), answerText(g), string(g.Basis), g.Respondent, g.AnsweredAt, g.Note)
	}
	return s
}

func methodSheet(in Input) sheet {
	s := sheet{ID: "method", Title: "Method", Note: method[0] + " " + method[1] + " " + method[2], Columns: []heading{letters("What", 34), letters("Value", 90)}}
	for _, row := range methodRows(in) {
		s.row(row...)
	}
	return s
}
