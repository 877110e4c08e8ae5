package assessments

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
)

// pillarResult is one pillar, added up and capped. Scores count points from 0 to 100.
type pillarResult struct {
	id            Pillar
	controls      []controlResult
	plain         span // before caps
	score         span
	evidenceKnown *big.Rat // share
	weight        *big.Rat // of the controls that apply
	caps          []Cap    // that hold the point, the lowest first
	reason        string
}

func (m *model) pillar(id Pillar, s suppose) pillarResult {
	p := pillarResult{id: id, weight: new(big.Rat), evidenceKnown: new(big.Rat)}
	mean, sources := newMean(), m.answerCaps(id, s)
	for i := range m.in.Content.Controls {
		c := &m.in.Content.Controls[i]
		if c.Pillar() != id {
			continue
		}
		r := m.control(c, s)
		weight := whole(int64(c.Weight))
		mean.add(weight, r.score)
		if r.score.applies {
			p.weight.Add(p.weight, weight)
			p.evidenceKnown.Add(p.evidenceKnown, product(weight, r.evidenceKnown))
			sources = append(sources, r.caps...)
		}
		p.controls = append(p.controls, r)
	}
	if p.plain = inPoints(mean.span()); !p.plain.applies {
		p.score, p.reason = p.plain, p.whyNot()
		return p
	}
	p.evidenceKnown = ratio(p.evidenceKnown, p.weight)
	p.cap(sources)
	return p
}

func inPoints(s span) span {
	if s.point != nil {
		s.point = product(s.point, hundred)
	}
	s.low, s.high = product(s.low, hundred), product(s.high, hundred)
	return s
}

// cap holds each end of the pillar under its own caps.
func (p *pillarResult) cap(sources []capSource) {
	levels := noCaps
	for _, source := range sources {
		levels = levels.lower(source.capLevels)
		if source.point < uncapped && p.plain.point != nil {
			p.caps = append(p.caps, Cap{At: source.point, Control: source.control, By: source.by})
		}
	}
	slices.SortFunc(p.caps, func(a, b Cap) int {
		return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.Control, b.Control), strings.Compare(a.By, b.By))
	})
	p.score = p.plain
	p.score.low = lesser(p.plain.low, whole(int64(levels.low)))
	p.score.high = lesser(p.plain.high, whole(int64(levels.high)))
	if p.plain.point != nil {
		p.score.point = lesser(p.plain.point, whole(int64(levels.point)))
	}
}

// answerCaps are the caps that options of the pillar's own questions set, named by the first control that the question declares.
func (m *model) answerCaps(id Pillar, s suppose) []capSource {
	var sources []capSource
	answers := m.supposedAnswers(s)
	for _, c := range m.in.Content.Controls {
		for _, d := range c.Questions {
			q := answers[d.Question]
			if !q.applies || Pillar(q.question.Section) != id || q.caps == noCaps {
				continue
			}
			if !slices.ContainsFunc(sources, func(known capSource) bool { return known.by == cmp.Or(q.capBy, q.question.ID) }) {
				sources = append(sources, capSource{q.caps, c.ID, cmp.Or(q.capBy, q.question.ID)})
			}
		}
	}
	return sources
}

// whyNot says why a pillar does not apply: the one reason that all of its controls share, or none in particular.
func (p *pillarResult) whyNot() string {
	if p.id == JVM {
		return "no JVM on this platform"
	}
	reasons := map[string]bool{}
	for _, c := range p.controls {
		reasons[c.reason] = true
	}
	if len(reasons) == 1 {
		return p.controls[0].reason
	}
	return "nothing here that it applies to"
}
