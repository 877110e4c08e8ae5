package assessments

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// candidate is something that a platform could do better: mend a rule's findings, or earn the best answer to a question.
type candidate struct {
	rule, question string
	findings       int
}

func (c candidate) apply(s *suppose) {
	if c.rule != "" {
		s.mended[c.rule] = true
	} else {
		s.better[c.question] = true
	}
}

// nextMend names what moves the headline most, where the load line is decided: one rule's findings if that is enough, else one
// question's best answer, else the shortest set that moves it, taken step by step by what raises the lowest pillar most. Each
// is judged by a whole evaluation of the pillars that hold the headline, with the facts as they are: a mend that brings other findings
// to light moves less, and package whatif says by how much. The words say so.
func (m *model) nextMend(shown platformResult) NextStep {
	if shown.score.point == nil {
		return NextStep{}
	}
	mends, answers := m.candidates(shown)
	for _, list := range [][]candidate{mends, answers} {
		if best, gain := m.best(shown, list, nil); gain.Sign() > 0 {
			return m.mendStep(shown, []candidate{best})
		}
	}
	var set []candidate
	left := append(mends, answers...)
	for len(left) > 0 {
		best, _ := m.best(shown, left, set)
		set = append(set, best)
		left = slices.DeleteFunc(left, func(c candidate) bool { return c == best })
		if gain := m.gain(shown, set); gain.Sign() > 0 {
			return m.mendStep(shown, m.prune(shown, set))
		}
	}
	return NextStep{}
}

// candidates are those of the pillars at the headline: no other pillar can move a minimum.
func (m *model) candidates(shown platformResult) (mends, answers []candidate) {
	for _, p := range lowestPillars(shown) {
		for _, r := range p.controls {
			for _, v := range m.verdicts[r.control.ID] {
				if n := v.open(); n > 0 {
					mends = append(mends, candidate{rule: v.rule.ID, findings: n})
				}
			}
			for _, d := range r.control.Questions {
				q, better := m.answers[d.Question], candidate{question: d.Question}
				if q.applies && q.point != nil && *q.point < fullMicros && !slices.Contains(answers, better) {
					answers = append(answers, better)
				}
			}
		}
	}
	return mends, answers
}

// open counts the findings that no waiver covers.
func (v *verdict) open() int {
	n := OpenAt(v.left.all(), 0)
	for i := range v.fails {
		if v.waivedBy == nil || v.waivedBy[i] == nil {
			n++
		}
	}
	return n
}

func lowestPillars(shown platformResult) []pillarResult {
	return slices.DeleteFunc(slices.Clone(shown.pillars), func(p pillarResult) bool {
		return !p.score.applies || p.score.point == nil || p.score.point.Cmp(shown.score.point) > 0
	})
}

// best is the candidate that, together with the set, raises the headline most; where none does, the one that raises the sum of
// the lowest pillars before caps most.
func (m *model) best(shown platformResult, list, set []candidate) (candidate, *big.Rat) {
	var best candidate
	var bestGain, bestPlain *big.Rat
	for _, c := range list {
		gain, plain := m.gains(shown, append(slices.Clone(set), c))
		if bestGain == nil || less(bestGain, gain) || gain.Cmp(bestGain) == 0 && less(bestPlain, plain) {
			best, bestGain, bestPlain = c, gain, plain
		}
	}
	if bestGain == nil {
		return best, zero
	}
	return best, bestGain
}

func (m *model) gain(shown platformResult, set []candidate) *big.Rat {
	gain, _ := m.gains(shown, set)
	return gain
}

func (m *model) gains(shown platformResult, set []candidate) (headlineGain, plainSum *big.Rat) {
	s := suppose{waived: true, mended: map[string]bool{}, better: map[string]bool{}}
	for _, c := range set {
		c.apply(&s)
	}
	plainSum = new(big.Rat)
	pillars := slices.Clone(shown.pillars)
	for i, p := range pillars {
		if p.score.applies && p.score.point != nil && p.score.point.Cmp(shown.score.point) <= 0 {
			pillars[i] = m.pillar(p.id, s)
			plainSum.Add(plainSum, pillars[i].plain.point)
		}
	}
	return new(big.Rat).Sub(headline(pillars).point, shown.score.point), plainSum
}

// prune drops what the set does not need to move the headline: without any of it, nothing moves.
func (m *model) prune(shown platformResult, set []candidate) []candidate {
	for i := 0; i < len(set); {
		without := slices.Delete(slices.Clone(set), i, i+1)
		if m.gain(shown, without).Sign() > 0 {
			set = without
		} else {
			i++
		}
	}
	return set
}

func (m *model) mendStep(shown platformResult, set []candidate) NextStep {
	gain := m.gain(shown, set)
	step := NextStep{Mends: true}
	var parts []string
	for _, c := range set {
		if c.question != "" {
			step.Questions = append(step.Questions, c.question)
			if m.answers[c.question].lowered {
				parts = append(parts, "mend what evidence holds against your answer to "+m.asked(c.question))
			} else {
				parts = append(parts, "earn the best answer to "+m.asked(c.question))
			}
			continue
		}
		step.Evidence = append(step.Evidence, c.rule)
		parts = append(parts, fmt.Sprintf("mend the %s against “%s”", Counted(c.findings, "finding"), m.ruleTitle(c.rule)))
	}
	slices.Sort(step.Questions)
	slices.Sort(step.Evidence)
	text := strings.Join(parts, ", ")
	step.Text = fmt.Sprintf("%s: %s for the whole, if nothing else changes.", Capital(text), pointsGained(gain))
	return step
}

// ruleTitle is the statement that a rule's findings deny, in words.
func (m *model) ruleTitle(id string) string {
	if rule, found := m.in.Content.Rules.ByID(id); found && rule.Text.Title != "" {
		return rule.Text.Title
	}
	return id
}

// asked is a question by its id and its words.
func (m *model) asked(id string) string {
	if q, found := m.in.Content.Questionnaire.Question(id); found {
		return fmt.Sprintf("question %s (%s)", id, strings.TrimSuffix(q.Text, "?"))
	}
	return "question " + id
}

// pointsGained prints a gain rounded down to tenths of a point.
func pointsGained(gain *big.Rat) string {
	tenths := int64(micros(gain)) / 100_000
	if tenths == 0 {
		return "less than +0.1"
	}
	return fmt.Sprintf("+%d.%d", tenths/10, tenths%10)
}
