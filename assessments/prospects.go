package assessments

import (
	"math/big"
	"slices"
)

// Prospects are what a platform could do better, with how far each would carry if nothing else changed: a rule's findings pass, or a
// question has its best answer. They are an estimate that puts mends in order: a mend can bring findings of other rules to light,
// and evidence can hold an answer down. Package whatif evaluates again with facts rebuilt.
type Prospects struct {
	model   *model
	shown   platformResult
	lowered map[string]bool
	rules   []string
	better  []string
}

// ProspectsOf works out what could be done better on the road of Assess.
func ProspectsOf(in Input) *Prospects {
	m := evaluate(in).model
	p := &Prospects{model: m, shown: m.platform(suppose{waived: true}), lowered: map[string]bool{}}
	for _, verdicts := range m.verdicts {
		for _, v := range verdicts {
			if v.open() > 0 {
				p.rules = append(p.rules, v.rule.ID)
			}
		}
	}
	for id, q := range m.answers {
		if q.applies && q.point != nil && *q.point < fullMicros && q.question.Weight > 0 {
			p.better = append(p.better, id)
			p.lowered[id] = q.lowered
		}
	}
	slices.Sort(p.rules)
	slices.Sort(p.better)
	return p
}

// Rules that have findings which no waiver covers, by id.
func (p *Prospects) Rules() []string { return p.rules }

// Questions whose answer could be better, by id. Where evidence holds the answer down, saying more changes nothing.
func (p *Prospects) Questions() []string { return p.better }

// Lowered reports whether evidence holds the answer down.
func (p *Prospects) Lowered(question string) bool { return p.lowered[question] }

// Headroom is the headline's point if all of these were mended, nil where there is none, and the points that the lowest pillars would
// have before caps, added up: what tells two mends apart that both leave the headline where it is.
func (p *Prospects) Headroom(rules, questions []string) (headlinePoint *Micros, lowest Micros) {
	s := suppose{waived: true, mended: map[string]bool{}, better: map[string]bool{}}
	for _, id := range rules {
		s.mended[id] = true
	}
	for _, id := range questions {
		s.better[id] = true
	}
	pillars := slices.Clone(p.shown.pillars)
	plain := new(big.Rat)
	for i, pillar := range pillars {
		if !pillar.score.applies || pillar.score.point == nil {
			continue
		}
		pillars[i] = p.model.pillar(pillar.id, s)
		if pillar.score.point.Cmp(p.shown.score.point) <= 0 {
			plain.Add(plain, pillars[i].plain.point)
		}
	}
	return microsOrNil(headline(pillars).point), micros(plain)
}
