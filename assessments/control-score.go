package assessments

import (
	"math/big"
	"slices"

	"plimsoll/assessments/questionnaire"
)

// jvmOption is the context option that says the JVM carries production load.
const jvmOption = "C3.a"

// controlResult is one control, added up.
type controlResult struct {
	control            *Control
	observed, declared span
	score              span
	evidenceKnown      *big.Rat // the share of the score that evidence has made known
	caps               []capSource
	unseen             string // why evidence is unknown as a whole
	reason             string // why the control does not apply
}

// capSource is a rule or an answer that may hold the pillar down.
type capSource struct {
	capLevels
	control, by string
}

// model is everything that scores are made of. It is evaluated with waivers, without them, and with supposed mends.
type model struct {
	in          Input
	plan        bool
	sheet       questionnaire.Sheet
	verdicts    map[string][]*verdict // by control, in the order of rule ids
	answers     map[string]counted
	denied      map[string]bool // context questions that evidence contradicts
	jvmPossible bool
}

// suppose changes what an evaluation takes for granted.
type suppose struct {
	waived bool            // findings under a waiver pass
	mended map[string]bool // rules whose fails pass
	better map[string]bool // questions whose answer is the best one
}

func newModel(in Input, plan bool, sheet questionnaire.Sheet, verdicts []*verdict, answers map[string]counted, pairs comparison) *model {
	m := &model{in: in, plan: plan, sheet: sheet, answers: answers, denied: pairs.reopens, verdicts: map[string][]*verdict{}}
	for _, v := range verdicts {
		m.verdicts[v.control.ID] = append(m.verdicts[v.control.ID], v)
		m.jvmPossible = m.jvmPossible || v.control.Pillar() == JVM && v.reached()
	}
	if runtimes := sheet.Given("C3"); in.Surveyed && (runtimes.State != questionnaire.Answered || slices.Contains(runtimes.Options, jvmOption) || pairs.reopens["C3"]) {
		m.jvmPossible = true
	}
	return m
}

func (m *model) control(c *Control, s suppose) controlResult {
	r := controlResult{control: c, declared: declared(*c, m.supposedAnswers(s))}
	m.observe(&r, s)
	alpha := c.alpha()
	switch {
	case !r.observed.applies && !r.declared.applies:
		r.score, r.evidenceKnown = outOfSums, zero
		return r
	case !r.observed.applies:
		alpha = zero
	case !r.declared.applies:
		alpha = one
	}
	r.reason = ""
	r.score, r.evidenceKnown = combine(alpha, r.observed, r.declared), product(alpha, r.observed.known)
	return r
}

// combine is s = α·o + (1−α)·d, each end from its own ends. Where one side alone is known its point is the whole.
func combine(alpha *big.Rat, observed, declared span) span {
	rest := new(big.Rat).Sub(one, alpha)
	mix := func(o, d *big.Rat) *big.Rat { return sum(product(alpha, o), product(rest, d)) }
	s := span{applies: true, low: mix(observed.low, declared.low), high: mix(observed.high, declared.high), known: mix(observed.known, declared.known)}
	switch {
	case observed.point != nil && declared.point != nil:
		s.point = mix(observed.point, declared.point)
	case observed.point != nil:
		s.point = observed.point
	case declared.point != nil:
		s.point = declared.point
	}
	return s
}

// observe is o of a control: the mean of the rules that apply, or unknown as a whole where none could look.
func (m *model) observe(r *controlResult, s suppose) {
	c := r.control
	r.observed = outOfSums
	if r.unseen, r.reason = m.unseen(c); r.unseen != "" {
		r.observed = whollyUnknown
		r.caps = []capSource{{capsUnseen(c.Severity), c.ID, c.ID}}
		return
	} else if r.reason != "" {
		return
	}
	mean := newMean()
	for _, v := range m.verdicts[c.ID] {
		t := v.supposed(s)
		mean.add(one, t.span(c.Adding))
		r.caps = append(r.caps, capSource{t.caps(c.Adding, v.worst), c.ID, v.rule.ID})
	}
	if r.observed = mean.span(); !r.observed.applies {
		r.reason = "nothing here that it applies to"
	}
}

func (v *verdict) supposed(s suppose) tally {
	t := v.raw
	if s.waived {
		t = v.mended
	}
	if s.mended[v.rule.ID] {
		return tally{pass: t.pass + t.fail, unknown: t.unknown}
	}
	return t
}

// unseen says why a control's evidence is unknown as a whole, or why it has none to give; both empty: its rules speak.
func (m *model) unseen(c *Control) (unknown, outside string) {
	hasFacts, hasRule := m.in.Facts != nil, len(m.verdicts[c.ID]) > 0
	switch {
	case c.AlphaPercent == 0:
		return "", "it can only be declared"
	case m.takenOut(c):
		return "", "somebody else's duty, by answer " + c.OutBy[0][:2]
	case hasFacts && hasRule:
		return "", ""
	case !hasFacts && !m.in.Surveyed:
		return "", "no evidence was given"
	case m.plan:
		return "", "a plan has no evidence yet"
	case c.Pillar() == JVM && !m.jvmPossible:
		return "", "no JVM here"
	case hasFacts:
		return unobserved, ""
	}
	return "no snapshot yet", ""
}

// takenOut reports whether a context answer says that the control is somebody else's duty, and no decisive pair denies it.
func (m *model) takenOut(c *Control) bool {
	return slices.ContainsFunc(c.OutBy, func(option string) bool {
		return m.sheet.Has(option[:2], option) && !m.denied[option[:2]]
	})
}

func (m *model) supposedAnswers(s suppose) map[string]counted {
	if len(s.better) == 0 {
		return m.answers
	}
	answers := make(map[string]counted, len(m.answers))
	for id, c := range m.answers {
		if s.better[id] && c.applies {
			best := fullMicros
			c.point, c.low, c.high, c.caps = &best, max(c.low, best), best, noCaps
		}
		answers[id] = c
	}
	return answers
}
