package diff

import (
	"slices"

	"plimsoll/assessments"
)

// Movement is how a value moved; null where it was not known. All count millionths of a point.
type Movement struct {
	Was   *assessments.Micros `json:"wasMicros"`
	Is    *assessments.Micros `json:"isMicros"`
	Moved *assessments.Micros `json:"movedMicros"` // null where either is not known
}

// Score is the headline's movement. The headline is the lowest pillar, so it moves by what that pillar moved and, where another is the
// lowest now, by what lies between the two: the parts sum to Moved.
type Score struct {
	Movement
	Parts []Part `json:"parts"`
}

// Pillar is one pillar's movement. Its parts sum to Moved: what each control brought, and what caps took.
type Pillar struct {
	ID assessments.Pillar `json:"id"`
	Movement
	Parts []Part `json:"parts"`
}

// Part is one cause of a movement: a control, the caps of a pillar (cap), a pillar (of the headline), or the change of the lowest
// pillar (lowest).
type Part struct {
	What  string             `json:"what"`
	Moved assessments.Micros `json:"movedMicros"`
}

func movement(was, is *assessments.Micros) Movement {
	m := Movement{Was: was, Is: is}
	if was != nil && is != nil {
		moved := *is - *was
		m.Moved = &moved
	}
	return m
}

func value(r *assessments.Range) *assessments.Micros {
	if r == nil {
		return nil
	}
	return r.Value
}

func comparePillars(before, now assessments.Assessment) []Pillar {
	all := []Pillar{}
	for _, id := range assessments.Pillars {
		was, is := pillarOf(before, id), pillarOf(now, id)
		p := Pillar{ID: id, Movement: movement(was.Value, is.Value), Parts: []Part{}}
		if p.Moved != nil {
			p.Parts = controlParts(before, now, id)
			if caps := is.CapContribution - was.CapContribution; caps != 0 {
				p.Parts = append(p.Parts, Part{"cap", caps})
			}
		}
		all = append(all, p)
	}
	return all
}

func pillarOf(a assessments.Assessment, id assessments.Pillar) assessments.PillarScore {
	if i := slices.IndexFunc(a.Pillars, func(p assessments.PillarScore) bool { return p.ID == id }); i >= 0 {
		return a.Pillars[i]
	}
	return assessments.PillarScore{ID: id}
}

// controlParts are the controls whose contribution moved, in the order of the catalogue. A control's contribution moves also where
// another one became known or stopped applying: the weights are shared anew.
func controlParts(before, now assessments.Assessment, id assessments.Pillar) []Part {
	was := map[string]assessments.Micros{}
	for _, c := range before.Controls {
		was[c.ID] = c.Contribution
	}
	parts := []Part{}
	seen := map[string]bool{}
	for _, list := range [][]assessments.ControlScore{now.Controls, before.Controls} {
		for _, c := range list {
			if c.Pillar != id || seen[c.ID] {
				continue
			}
			seen[c.ID] = true
			if moved := contributionOf(now, c.ID) - was[c.ID]; moved != 0 {
				parts = append(parts, Part{c.ID, moved})
			}
		}
	}
	return parts
}

func contributionOf(a assessments.Assessment, control string) assessments.Micros {
	if i := slices.IndexFunc(a.Controls, func(c assessments.ControlScore) bool { return c.ID == control }); i >= 0 {
		return a.Controls[i].Contribution
	}
	return 0
}

func compareScores(before, now assessments.Assessment) Score {
	s := Score{Movement: movement(value(before.Score), value(now.Score)), Parts: []Part{}}
	if s.Moved == nil {
		return s
	}
	was, is := lowest(before), lowest(now)
	then := pillarOf(now, was.ID)
	if then.Value == nil { // the pillar that held the headline down is not known or does not apply any more
		s.Parts = append(s.Parts, Part{"lowest", *s.Moved})
		return s
	}
	if moved := *then.Value - *was.Value; moved != 0 {
		s.Parts = append(s.Parts, Part{string(was.ID), moved})
	}
	if between := *is.Value - *then.Value; between != 0 {
		s.Parts = append(s.Parts, Part{"lowest", between})
	}
	return s
}

// lowest is the pillar that is the headline; of several alike the first.
func lowest(a assessments.Assessment) assessments.PillarScore {
	var low assessments.PillarScore
	for _, p := range a.Pillars {
		if p.Applies && p.Value != nil && (low.Value == nil || *p.Value < *low.Value) {
			low = p
		}
	}
	return low
}
