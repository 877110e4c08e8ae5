package whatif

import (
	"reflect"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

// Differences are how a change moves every score, in millionths. Controls that stay as they are are left out.
type Differences struct {
	Score    *Difference                  `json:"score"`    // the headline; nil where nothing applies before or after
	RawScore *Difference                  `json:"rawScore"` // without waivers
	Mean     *Difference                  `json:"mean"`
	Pillars  []PillarDifference           `json:"pillars"`
	Controls []ControlDifference          `json:"controls"`
	LoadLine [2]*assessments.LoadLine     `json:"loadLine"` // before and after, without next steps
	Need     [2]*questionnaire.Verdict    `json:"-"`
	Verdict  [2]questionnaire.VerdictCode `json:"verdict,omitzero"` // of the need gate, before and after
}

// Difference is one score before and after. Value is nil where one of both has no point.
type Difference struct {
	Before assessments.Range   `json:"before"`
	After  assessments.Range   `json:"after"`
	Value  *assessments.Micros `json:"value"`
	Low    assessments.Micros  `json:"low"`
	High   assessments.Micros  `json:"high"`
}

// PillarDifference is one pillar's, with caps as they would hold it.
type PillarDifference struct {
	ID assessments.Pillar `json:"id"`
	Difference
	Caps []assessments.Cap `json:"caps"` // after
}

// ControlDifference is one control's; values are shares of 1.
type ControlDifference struct {
	ID     string             `json:"id"`
	Pillar assessments.Pillar `json:"pillar"`
	Difference
}

func (r *Result) compare(before assessments.Assessment) {
	after := r.After
	d := &r.Scores
	d.Score, d.RawScore = between(before.Score, after.Score), between(before.RawScore, after.RawScore)
	d.Mean = between(meanOf(before.Mean), meanOf(after.Mean))
	d.LoadLine = [2]*assessments.LoadLine{bands(before.LoadLine), bands(after.LoadLine)}
	if before.Need != nil && after.Need != nil {
		d.Need = [2]*questionnaire.Verdict{before.Need, after.Need}
		d.Verdict = [2]questionnaire.VerdictCode{before.Need.Code, after.Need.Code}
	}
	d.Pillars, d.Controls = []PillarDifference{}, []ControlDifference{}
	for _, p := range after.Pillars {
		i := slices.IndexFunc(before.Pillars, func(q assessments.PillarScore) bool { return q.ID == p.ID })
		if i >= 0 {
			d.Pillars = append(d.Pillars, PillarDifference{p.ID, *between(&before.Pillars[i].Range, &p.Range), p.Caps})
		}
	}
	for _, c := range after.Controls {
		i := slices.IndexFunc(before.Controls, func(q assessments.ControlScore) bool { return q.ID == c.ID })
		if i < 0 {
			continue
		}
		was, is := controlRange(before.Controls[i]), controlRange(c)
		if !reflect.DeepEqual(was, is) {
			d.Controls = append(d.Controls, ControlDifference{c.ID, c.Pillar, *between(&was, &is)})
		}
	}
	r.compareFindings(before.Findings, after.Findings)
}

func bands(l *assessments.LoadLine) *assessments.LoadLine {
	if l == nil {
		return nil
	}
	return &assessments.LoadLine{Low: l.Low, High: l.High}
}

func between(before, after *assessments.Range) *Difference {
	if before == nil || after == nil {
		return nil
	}
	d := &Difference{Before: *before, After: *after, Low: after.Low - before.Low, High: after.High - before.High}
	if before.Value != nil && after.Value != nil {
		moved := *after.Value - *before.Value
		d.Value = &moved
	}
	return d
}

func meanOf(m *assessments.Micros) *assessments.Range {
	if m == nil {
		return nil
	}
	return &assessments.Range{Value: m, Low: *m, High: *m}
}

func controlRange(c assessments.ControlScore) assessments.Range {
	return assessments.Range{Value: c.Value, Low: c.Low, High: c.High, Coverage: c.Known}
}

// identity tells findings apart across two evaluations. Places stay as they are, for mends move no line.
type identity struct {
	rule    string
	subject assessments.Subject
	source  assessments.Place
}

func identityOf(f assessments.Finding) identity { return identity{f.Rule, f.Subject, f.Source} }

func (r *Result) compareFindings(before, after []assessments.Finding) {
	r.Gone, r.New, r.Changed = []assessments.Finding{}, []assessments.Finding{}, []assessments.Finding{}
	r.was = map[identity]assessments.Severity{}
	was, is := map[identity]assessments.Finding{}, map[identity]assessments.Finding{}
	for _, f := range before {
		was[identityOf(f)] = f
	}
	for _, f := range after {
		is[identityOf(f)] = f
		known, there := was[identityOf(f)]
		switch {
		case !there:
			r.New = append(r.New, f)
		case known.Severity != f.Severity:
			r.Changed = append(r.Changed, f)
			r.was[identityOf(f)] = known.Severity
		}
	}
	byFingerprint := map[string]assessments.Finding{}
	for _, f := range before {
		byFingerprint[f.Fingerprint] = f
		if _, stays := is[identityOf(f)]; !stays {
			r.Gone = append(r.Gone, f)
		}
	}
	for i := range r.Mends {
		m := &r.Mends[i]
		f := byFingerprint[m.Fingerprint]
		left, stays := is[identityOf(f)]
		switch {
		case !stays:
			m.Left = Gone
		case left.Severity < f.Severity:
			m.Left = Milder
		default:
			m.Left = Remains
		}
	}
}
