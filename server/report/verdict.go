package report

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
	"plimsoll/web/drawing"
)

// writeVerdict is the first page: what was found, in one view.
func writeVerdict(d *document, in Input) {
	writeAnswer(d, in)
	writeReasons(d, in)
}

// writeAnswer begins a report: cover, headline, gate and pillars.
func writeAnswer(d *document, in Input) {
	d.pdf.AddPage()
	d.pdf.Bookmark("Verdict", 0, 0)
	writeCover(d, in)
	writeHeadline(d, in)
	writeGate(d, in)
	writePillarOverview(d, in)
}

func writeCover(d *document, in Input) {
	const height = 148.0
	d.ornament(func() {
		d.box(0, 0, pageWidth, height, navy)
		d.pdf.SetDrawColor(255, 255, 255)
		d.pdf.SetLineWidth(2.2)
		d.pdf.Circle(left+15, 50, 10.5, "D")
		d.pdf.Line(left-1, 50, left+31, 50)
	})
	d.tagged("P", func() { d.text(left+42, 54.5, semibold, 13, white, "Plimsoll") })
	room := writeLogo(d, in.Logo)
	d.tagged("H1", func() { d.text(left, 92, semibold, 22, white, d.fit(semibold, 22, room, in.Platform)) })
	d.tagged("P", func() {
		d.text(left, 111, regular, 11, colour{206, 224, 236}, d.fit(regular, 11, room, in.Organization))
		d.text(left, 129, regular, 9, colour{160, 190, 210}, "Readiness report · as of "+day(in.Assessment.AsOf)+" · content version "+in.Assessment.ContentVersion)
	})
	d.y = height + 22
}

func writeHeadline(d *document, in Input) {
	a := in.Assessment
	start := d.y
	figure := 0.0
	if a.Score != nil {
		figure = d.figure(drawing.LoadLine(interval(*a.Score)), left-8, start-10, 236)
	}
	x := left + 248.0
	width := right - x
	label := func(text string) { d.paragraphAt(x, width, semibold, 8.5, accent, text); d.y += 2 }
	if a.Need != nil {
		label("DO WE ABSOLUTELY NEED KUBERNETES?")
		d.paragraphAt(x, width, semibold, headlineSize(a.Need.Headline), ink, a.Need.Headline)
		d.y += 3
		d.paragraphAt(x, width, regular, 9.4, muted, a.Need.Plain)
		d.y += 10
	}
	label("CAN IT BE CARRIED?")
	d.paragraphAt(x, width, semibold, headlineSize(headline(a)), ink, headline(a))
	d.y += 3
	d.paragraphAt(x, width, regular, 9.4, muted, headlineDetail(a))
	if a.LoadLine != nil && a.LoadLine.NextStep.Text != "" {
		d.y += 8
		label("ONE NEXT STEP")
		d.paragraphAt(x, width, regular, 9.8, ink, a.LoadLine.NextStep.Text)
	}
	d.y = max(d.y, start+figure) + 14
}

// headlineSize lets a long verdict take no more room than a short one.
func headlineSize(text string) float64 {
	if len(text) > 60 {
		return 12
	}
	return 14.5
}

func headline(a *assessments.Assessment) string {
	if a.LoadLine == nil || a.Score == nil {
		return "No score: nothing that was seen or answered applies."
	}
	return a.LoadLine.Title()
}

func headlineDetail(a *assessments.Assessment) string {
	if a.Score == nil {
		return ""
	}
	parts := []string{"Score of the lowest pillar: " + a.Score.Words() + "."}
	if lowest := lowestPillar(a); lowest != "" {
		parts = append(parts, "The lowest pillar is "+lowest+".")
	}
	parts = append(parts, fmt.Sprintf("Known: %d %% of what counts (evidence %d %%).", a.Score.Coverage.Percent(), a.Score.EvidenceCoverage.Percent()))
	if a.Mean != nil {
		parts = append(parts, fmt.Sprintf("Weighted mean of the pillars: %d.", a.Mean.Whole()))
	}
	if a.RawScore != nil && a.RawScore.Value != nil && a.Score.Value != nil && *a.RawScore.Value != *a.Score.Value {
		parts = append(parts, fmt.Sprintf("Without waivers: %d.", a.RawScore.Value.Whole()))
	}
	return strings.Join(parts, " ")
}

func lowestPillar(a *assessments.Assessment) string {
	name, lowest := "", assessments.Micros(0)
	for _, p := range a.Pillars {
		if p.Applies && p.Value != nil && (name == "" || *p.Value < lowest) {
			name, lowest = p.ID.Title(), *p.Value
		}
	}
	return name
}

func writeGate(d *document, in Input) {
	need := in.Assessment.Need
	if need == nil {
		return
	}
	d.keep(70)
	half := (measure - 24) / 2
	for k, side := range []struct {
		name  string
		axis  drawing.Interval
		marks []float64
	}{{"Need", axis(need.Need), []float64{35, 65}}, {"Ability", axis(need.Ability), []float64{40, 70}}} {
		x := left + float64(k)*(half+24)
		d.tagged("P", func() {
			d.text(x, d.y+9, semibold, 9.5, ink, side.name)
			words := side.axis.Words()
			d.text(x+half-d.width(regular, 8.6, words), d.y+9, regular, 8.6, muted, words)
		})
		d.figure(drawing.Scale(side.name, side.axis, side.marks...), x-3, d.y+14, half+6)
	}
	d.y += 58
}

func writePillarOverview(d *document, in Input) {
	const row = 30.0
	d.keep(row * float64(len(in.Assessment.Pillars)))
	d.open("Table")
	for _, p := range in.Assessment.Pillars {
		d.open("TR")
		d.open("TH")
		d.tags.current.scope = "Row"
		d.mark(func() { d.text(left, d.y+13, semibold, 10, ink, p.ID.Title()) })
		d.close()
		d.open("TD")
		if p.Applies {
			d.figure(drawing.Bar(p.ID.Title(), interval(p.Range)), left+148, d.y-1, 210)
		} else {
			d.mark(func() {
				d.text(left+150, d.y+13, regular, 9, muted, d.fit(regular, 9, measure-160, "Does not apply: "+p.Reason))
			})
		}
		d.close()
		if p.Applies {
			d.tagged("TD", func() {
				d.text(left+372, d.y+13, semibold, 13, ink, known(p.Value))
				d.text(left+400, d.y+13, regular, 8.6, muted, between(p.Low, p.High))
			})
			d.tagged("TD", func() {
				text := fmt.Sprintf("%d %% known", p.Coverage.Percent())
				d.text(right-d.width(regular, 8.6, text), d.y+13, regular, 8.6, muted, text)
			})
		}
		d.close()
		d.y += row
	}
	d.close()
}

// writeReasons says what carried the verdict of the gate, what spoke against it, and what else would fit.
func writeReasons(d *document, in Input) {
	need := in.Assessment.Need
	if need == nil {
		return
	}
	d.y += 10
	for _, c := range need.Ceilings {
		d.paragraph(regular, 9.4, ink, fmt.Sprintf("%s (%s, %s)", c.Text, c.ID, c.Question))
	}
	for _, side := range []struct {
		title   string
		reasons []questionnaire.GateReason
	}{{"What carried it", need.For}, {"What speaks against it", need.Against}} {
		if len(side.reasons) == 0 {
			continue
		}
		d.keep(40)
		d.tagged("H3", func() { d.text(left, d.y+10, semibold, 10, ink, side.title) })
		d.y += 15
		for k, reason := range side.reasons {
			if k == 4 {
				break
			}
			d.paragraphAt(left, measure, regular, 9.2, ink, fmt.Sprintf("%s  %s – %s", reason.Question, reason.Text, reason.Answer))
		}
		d.y += 6
	}
	writeAlternatives(d, need)
}

func writeAlternatives(d *document, need *questionnaire.Verdict) {
	var fits []string
	for _, a := range need.Alternatives {
		if a.Excluded == "" && len(fits) < 4 {
			fits = append(fits, fmt.Sprintf("%s (%d)", a.Title, a.Fit/1_000_000))
		}
	}
	if len(fits) > 0 {
		d.paragraph(regular, 9.2, ink, "Best fits by your answers, from 0 to 100: "+strings.Join(fits, ", ")+".")
	}
	if need.RobustnessMicros != nil {
		d.paragraph(regular, 9.2, muted, fmt.Sprintf("The verdict stays in %d.%d %% of 1,000 trials with all weights moved by up to 30 %%.",
			*need.RobustnessMicros/10_000, *need.RobustnessMicros%10_000/1_000))
	}
}
