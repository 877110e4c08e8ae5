package questionnaire

import (
	"slices"
)

// verdictOrder holds the verdicts from "no" upwards. A ceiling holds a verdict down in this order.
var verdictOrder = []VerdictCode{
	VerdictNo, VerdictNoSimpler, VerdictPreferSimpler, VerdictNotYet, VerdictOptional, VerdictYesManaged, VerdictYes,
}

func rank(code VerdictCode) int { return slices.Index(verdictOrder, code) }

// band is where an axis stands: below its first threshold, between, or at the second and above.
type band int

const (
	low band = iota
	middle
	high
)

// thresholds of an axis, in points of 100.
type thresholds struct{ middle, high int64 }

var (
	needThresholds    = thresholds{35, 65}
	abilityThresholds = thresholds{40, 70}
)

// verdictTable by need and ability, both from low to high.
var verdictTable = [3][3]VerdictCode{
	low:    {VerdictNo, VerdictNo, VerdictNo},
	middle: {VerdictNoSimpler, VerdictPreferSimpler, VerdictOptional},
	high:   {VerdictNotYet, VerdictYesManaged, VerdictYes},
}

// stops are answers that hold a verdict down, as bits.
type stops uint8

const (
	nothingKillable stops = 1 << iota // H1
	nobodyWoken                       // H2
	noReason                          // H3
)

// stopOf names the stop that an option pulls. Each is the worst option of its question, so that the worst answer is always the one
// that allows least: the gate is monotone in every answer.
var stopOf = map[string]stops{"G12.d": nothingKillable, "G8.d": nobodyWoken, "G1.d": noReason}

// standing is all that a verdict depends on.
type standing struct {
	need, ability band
	stops         stops
}

func (s standing) cell() VerdictCode { return verdictTable[s.need][s.ability] }

// verdict is the cell of the table under the lowest ceiling that holds.
func (s standing) verdict() VerdictCode {
	code := s.cell()
	for _, c := range s.ceilings() {
		if rank(c.AtMost) < rank(code) {
			code = c.AtMost
		}
	}
	return code
}

// ceilings that hold, the lowest first. Containers first is no advice to a platform that has no use for them: H1 needs a cell of
// Optional or better.
func (s standing) ceilings() []Ceiling {
	var all []Ceiling
	if s.stops&nothingKillable != 0 && rank(s.cell()) >= rank(VerdictOptional) {
		all = append(all, Ceiling{ID: "H1", Question: "G12", AtMost: VerdictNotYet, Text: "Nothing that would move runs as a container that can be killed: containers first"})
	}
	if s.stops&nobodyWoken != 0 {
		all = append(all, Ceiling{ID: "H2", Question: "G8", AtMost: VerdictNotYet, Text: "Nobody is woken when the cluster fails: name who is"})
	}
	if s.stops&noReason != 0 {
		all = append(all, Ceiling{ID: "H3", Question: "G1", AtMost: VerdictOptional, Text: "No problem with a number attached was named: optional at best"})
	}
	return all
}

// ballot is one question of an axis with the options that can still count: one where it is answered, all where it is open.
type ballot struct {
	question *Question
	weight   int64
	options  []Option // worst first
	open     bool
}

// ballots of an axis. A question that does not apply leaves the sums; where none applies, nothing is known of the axis, and all
// stand open.
func (s Sheet) ballots(axis Axis) []ballot {
	var all []ballot
	questions := s.questionnaire.axis(axis)
	none := !slices.ContainsFunc(questions, func(q *Question) bool { return s.Given(q.ID).State != NotApplicable })
	for _, q := range questions {
		g := s.Given(q.ID)
		b := ballot{question: q, weight: int64(q.Weight), options: q.Options, open: true}
		switch {
		case g.State == NotApplicable && !none:
			continue
		case g.State == Answered:
			option, _ := q.Option(g.Options[0])
			b.options, b.open = []Option{option}, false
		}
		all = append(all, b)
	}
	return all
}

func (b ballot) worst() Option { return b.options[0] }
func (b ballot) best() Option  { return b.options[len(b.options)-1] }

// tally is Σ weight·value in millionths over Σ weight.
type tally struct{ sum, weight int64 }

func (t *tally) add(weight, valueMicros int64) {
	t.sum += weight * valueMicros
	t.weight += weight
}

// band compares by cross-multiplication, so that nothing is rounded.
func (t tally) band(at thresholds) band {
	switch {
	case t.sum*100 >= at.high*t.weight*1_000_000:
		return high
	case t.sum*100 >= at.middle*t.weight*1_000_000:
		return middle
	}
	return low
}

// points is the tally out of 100, in millionths of a point, rounded down.
func (t tally) points() int64 { return t.sum * 100 / t.weight }

// stand is where the gate stands when every open question is answered by choose.
func stand(need, ability []ballot, choose func(ballot) Option) standing {
	var s standing
	s.need = total(need, choose, &s.stops).band(needThresholds)
	s.ability = total(ability, choose, &s.stops).band(abilityThresholds)
	return s
}

func total(ballots []ballot, choose func(ballot) Option, pulled *stops) tally {
	var t tally
	for _, b := range ballots {
		option := choose(b)
		t.add(b.weight, option.ValueMicros)
		*pulled |= stopOf[option.ID]
	}
	return t
}

func axisScore(ballots []ballot) AxisScore {
	var known, least, most tally
	for _, b := range ballots {
		if !b.open {
			known.add(b.weight, b.best().ValueMicros)
		}
		least.add(b.weight, b.worst().ValueMicros)
		most.add(b.weight, b.best().ValueMicros)
	}
	score := AxisScore{Low: least.points(), High: most.points()}
	if known.weight > 0 {
		points := known.points()
		score.Value = &points
	}
	return score
}

// Gate answers "do you absolutely need Kubernetes?" by the sheet alone. Where open questions leave more than one verdict in reach it
// says so, with the verdicts and the smallest set of questions whose answers decide.
func (q *Questionnaire) Gate(s Sheet) Verdict {
	need, ability := s.ballots(NeedAxis), s.ballots(AbilityAxis)
	worst, best := stand(need, ability, ballot.worst), stand(need, ability, ballot.best)
	v := Verdict{
		Code: worst.verdict(), Need: axisScore(need), Ability: axisScore(ability), Mandated: s.mandated(),
		For: []GateReason{}, Against: []GateReason{}, Alternatives: []Alternative{},
	}
	if worst.verdict() == best.verdict() {
		stays := robustness(need, ability, v.Code)
		v.RobustnessMicros = &stays
	} else {
		v.Code = VerdictCannotSayYet
		v.Reachable = reachable(need, ability)
		v.Decides = deciding(need, ability)
	}
	v.Ceilings = q.ceilings(s, best)
	v.For, v.Against = reasons(v.Code, need, ability)
	ranking := q.alternatives(s)
	v.Alternatives = offered(ranking, v.Mandated)
	w := wording{questionnaire: q, sheet: s, verdict: v, at: worst, simplest: bestSimple(ranking)}
	v.Steps = w.steps()
	v.Headline = w.headline()
	plain := w.plain()
	v.Plain = joinedText(plain)
	w.verdict = v
	v.Sentences = w.sentences(plain)
	return v
}

// ceilings that the answers pull, the lowest first. What is open pulls none: its worst is among the verdicts in reach. Of the cell
// the best is taken, so that a ceiling which may bind is named.
func (q *Questionnaire) ceilings(s Sheet, best standing) []Ceiling {
	all := []Ceiling{}
	all = append(all, best.ceilings()...)
	if s.mandated() {
		all = append(all, Ceiling{ID: "H4", Question: "C5", AtMost: VerdictYes, Text: "A contract, a vendor or a regulator allows Kubernetes alone"})
	}
	return all
}

// mandated holds with a document alone: a link, or a note that names it.
func (s Sheet) mandated() bool {
	g := s.Given("C5")
	return s.Has("C5", onlyKubernetes) && (len(g.Links) > 0 || g.Note != "")
}
