package assessments_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

// level is one value of a result: a control, a pillar, or the whole, waived or raw.
type level struct {
	applies   bool
	value     *assessments.Micros
	low, high assessments.Micros
}

func levelsOf(a assessments.Assessment) map[string]level {
	all := map[string]level{}
	for name, r := range map[string]*assessments.Range{"whole": a.Score, "whole, raw": a.RawScore} {
		if r != nil {
			all[name] = level{true, r.Value, r.Low, r.High}
		}
	}
	for _, p := range a.Pillars {
		all["pillar "+string(p.ID)] = level{p.Applies, p.Value, p.Low, p.High}
	}
	for _, c := range a.Controls {
		all["control "+c.ID] = level{c.Applies, c.Value, c.Low, c.High}
	}
	return all
}

// requireInside holds that every interval that both results have lies inside the old one.
func requireInside(t *rapid.T, after, before assessments.Assessment, learned string) {
	old := levelsOf(before)
	nows := levelsOf(after)
	for _, name := range sortedKeys(nows) {
		now := nows[name]
		then, had := old[name]
		if !had || !then.applies || !now.applies {
			continue
		}
		require.GreaterOrEqual(t, now.low, then.low, "%s: low of %s", learned, name)
		require.LessOrEqual(t, now.high, then.high, "%s: high of %s", learned, name)
	}
}

func requireNoLower(t *rapid.T, after, before assessments.Assessment) {
	old := levelsOf(before)
	nows := levelsOf(after)
	for _, name := range sortedKeys(nows) {
		now := nows[name]
		then := old[name]
		require.Equal(t, then.applies, now.applies, name)
		require.GreaterOrEqual(t, now.low, then.low, "low of %s", name)
		require.GreaterOrEqual(t, now.high, then.high, "high of %s", name)
		require.Equal(t, then.value == nil, now.value == nil, name)
		if now.value != nil {
			require.GreaterOrEqual(t, *now.value, *then.value, "point of %s", name)
		}
	}
	if after.Mean != nil {
		require.GreaterOrEqual(t, *after.Mean, *before.Mean, "mean")
	}
}

// place is one outcome of one rule.
type place struct {
	rule *ruleOf
	at   int
}

func (w *world) outcomes(result assessments.Result) []place {
	var all []place
	for _, r := range w.Rules {
		for i, o := range r.Outcomes {
			if o.Result == result {
				all = append(all, place{r, i})
			}
		}
	}
	return all
}

func TestPropertyMendingLowersNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, false)
		fails := w.outcomes(assessments.Fail)
		if len(fails) == 0 {
			return // nothing fails in this world
		}
		before := w.assess()
		p := rapid.SampledFrom(fails).Draw(t, "mended")
		p.rule.Outcomes[p.at] = p.rule.Outcomes[p.at].Pass()
		requireNoLower(t, w.assess(), before)
	})
}

func TestPropertyPointLiesInItsInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ls := levelsOf(drawWorld(t, false).assess())
		for _, name := range sortedKeys(ls) {
			l := ls[name]
			require.LessOrEqual(t, l.low, l.high, name)
			if l.value != nil {
				require.LessOrEqual(t, l.low, *l.value, name)
				require.LessOrEqual(t, *l.value, l.high, name)
			}
		}
	})
}

func TestPropertyNothingUnknownIsOnePoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawWorld(t, true).assess()
		ls := levelsOf(a)
		for _, name := range sortedKeys(ls) {
			l := ls[name]
			if !l.applies {
				continue
			}
			require.NotNil(t, l.value, name)
			require.Equal(t, l.low, *l.value, name)
			require.Equal(t, l.high, *l.value, name)
		}
		if a.Score != nil {
			require.EqualValues(t, 1_000_000, a.Score.Coverage)
			require.Equal(t, a.LoadLine.Low, a.LoadLine.High)
		}
	})
}

func TestPropertyLearningNarrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, false)
		before := w.assess()
		learned := w.learn(t)
		if learned == "" {
			return // nothing is left to learn in this world
		}
		after := w.assess()
		requireInside(t, after, before, learned)
		if before.LoadLine != nil && after.LoadLine != nil {
			require.GreaterOrEqual(t, bandRank(after.LoadLine.Low), bandRank(before.LoadLine.Low), learned)
			require.LessOrEqual(t, bandRank(after.LoadLine.High), bandRank(before.LoadLine.High), learned)
		}
	})
}

func bandRank(b assessments.Band) int {
	return slices.Index([]assessments.Band{assessments.Submerged, assessments.LowFreeboard, assessments.SeaworthyWithConditions, assessments.Seaworthy}, b)
}

// learn makes one unknown thing known and says which; empty where nothing is unknown.
func (w *world) learn(t *rapid.T) string {
	unknown := w.outcomes(assessments.Unknown)
	var blind []*pairOf
	plan := slices.Contains(w.Answers["C1"].Options, "C1.a") // no pair is due, so none has a result to be learned
	for _, p := range w.Pairs {
		if !plan && p.Sight.Looked != assessments.Saw && !p.Reopens {
			blind = append(blind, p)
		}
	}
	open := w.openAnswers()
	var kinds []string
	for kind, n := range map[string]int{"outcome": len(unknown), "pair": len(blind), "answer": len(open)} {
		if n > 0 {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	slices.Sort(kinds)
	switch rapid.SampledFrom(kinds).Draw(t, "learn") {
	case "outcome":
		p := rapid.SampledFrom(unknown).Draw(t, "told")
		result := rapid.SampledFrom([]assessments.Result{assessments.Pass, assessments.Fail}).Draw(t, "as")
		p.rule.Outcomes[p.at] = settle(t, p.rule.Outcomes[p.at], result, p.rule.Worst)
		return "outcome of " + p.rule.ID
	case "pair":
		p := rapid.SampledFrom(blind).Draw(t, "looked")
		p.see(t)
		return "pair " + p.ID + " of " + p.Question
	}
	a := rapid.SampledFrom(open).Draw(t, "answered")
	q, _ := questionnaire.Current().Question(a.Question)
	a.State, a.Options, a.AnsweredAt = questionnaire.Answered, []string{drawOption(t, q)}, asOf
	if q.ID == "C3" && a.Options[0] != "C3.a" && w.answeredJVM() {
		a.Options = []string{"C3.a"} // hiding questions that hold answers is "not applicable" by another name
	}
	if q.ID == "C2" && w.Facts {
		a.Options = []string{"C2.c"} // so is making a control somebody else's
	}
	w.Answers[q.ID+string(a.Seat)] = a
	return "answer " + a.Question + " " + a.Options[0]
}

// openAnswers are the chairs from which no answer came, context questions included.
func (w *world) openAnswers() []questionnaire.Answer {
	var open []questionnaire.Answer
	for _, section := range questionnaire.Current().Sections {
		for _, q := range section.Questions {
			for _, seat := range seatsOf(q) {
				if state := w.Answers[q.ID+string(seat)].State; section.ID != questionnaire.Gate && (state == "" || state == questionnaire.Unknown) {
					open = append(open, questionnaire.Answer{Question: q.ID, Seat: seat})
				}
			}
		}
	}
	return open
}

func (w *world) answeredJVM() bool {
	return slices.ContainsFunc(questionsOf(assessments.JVM), func(id string) bool { return w.Answers[id].State == questionnaire.Answered })
}

func TestPropertyOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, false)
		in := w.input()
		before := encode(t, assessments.Assess(in))
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		shuffle(random, w.Rules)
		shuffle(random, w.Pairs)
		shuffle(random, w.Waivers)
		for _, r := range w.Rules {
			shuffle(random, r.Outcomes)
		}
		shuffled := w.input()
		shuffle(random, shuffled.Answers)
		require.Equal(t, before, encode(t, assessments.Assess(shuffled)))
	})
}

func shuffle[T any](random *rand.Rand, list []T) {
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

func TestPropertyNamesMeanNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, false)
		w.Waivers = []assessments.Waiver{{Rule: "*", Namespace: "ns1", Name: "w1", Reason: "known", Until: asOf}}
		before := w.assess()
		renamed := func(name string) string { return "kafka-" + name }
		for _, r := range w.Rules {
			for i := range r.Outcomes {
				o := &r.Outcomes[i]
				s := o.Subject()
				s.Namespace, s.Name = renamed(s.Namespace), renamed(s.Name)
				as := assessments.About(s, o.Place())
				as.Weight, as.Result, as.Reason = o.Weight, o.Result, o.Reason
				if o.Result == assessments.Fail {
					as = as.Fail(o.Failure())
				}
				*o = as
			}
		}
		w.Waivers[0].Namespace, w.Waivers[0].Name = renamed("ns1"), renamed("w1")
		after := w.assess()
		require.Equal(t, before.Score, after.Score)
		require.Equal(t, before.RawScore, after.RawScore)
		require.Equal(t, before.Pillars, after.Pillars)
		require.Equal(t, before.Controls, after.Controls)
		require.Equal(t, before.LoadLine, after.LoadLine)
	})
}

func TestPropertyNotKnowingNeverHelps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, false)
		before := w.assess()
		known := append(w.outcomes(assessments.Pass), w.outcomes(assessments.Fail)...)
		var answers []string
		for _, key := range sortedKeys(w.Answers) {
			if a := w.Answers[key]; a.State == questionnaire.Answered && a.Question[0] != 'C' && a.Seat == "" {
				answers = append(answers, key)
			}
		}
		if forgetAnswer := rapid.Bool().Draw(t, "forget an answer"); forgetAnswer && len(answers) > 0 {
			key := rapid.SampledFrom(answers).Draw(t, "forgotten")
			w.Answers[key] = questionnaire.Answer{Question: w.Answers[key].Question, State: questionnaire.Unknown}
		} else if len(known) > 0 {
			p := rapid.SampledFrom(known).Draw(t, "forgotten")
			p.rule.Outcomes[p.at] = p.rule.Outcomes[p.at].Unknown("forgotten")
		}
		after := w.assess()
		old := levelsOf(before)
		nows := levelsOf(after)
		for _, name := range sortedKeys(nows) {
			now := nows[name]
			require.LessOrEqual(t, now.low, old[name].low, name)
		}
		if before.LoadLine != nil {
			require.LessOrEqual(t, bandRank(after.LoadLine.Low), bandRank(before.LoadLine.Low))
		}
	})
}

func TestPropertyContributionsSumToTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawWorld(t, false).assess()
		sums := map[assessments.Pillar]assessments.Micros{}
		for _, c := range a.Controls {
			sums[c.Pillar] += c.Contribution
			require.GreaterOrEqual(t, c.Contribution, assessments.Micros(0))
		}
		for _, p := range a.Pillars {
			if p.Value == nil {
				require.Zero(t, sums[p.ID])
				continue
			}
			require.Equal(t, *p.Value, sums[p.ID]+p.CapContribution, p.ID)
			require.LessOrEqual(t, p.CapContribution, assessments.Micros(0))
			if p.CapContribution < 0 {
				require.EqualValues(t, int(*p.Value), p.Caps[0].At*1_000_000, p.ID)
			}
		}
	})
}

func TestPropertySameInputSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, false)
		require.Equal(t, encode(t, w.assess()), encode(t, w.assess()))
	})
}

func TestPrintedContributionsSumToThePrintedScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.Custom(func(t *rapid.T) assessments.Micros {
			return assessments.Micros(rapid.Int64Range(-40_000_000, 60_000_000).Draw(t, "part"))
		})).Draw(t, "parts")
		var total assessments.Micros
		for _, part := range parts {
			total += part
		}
		if len(parts) == 0 {
			return
		}
		var sum int64
		for i, printed := range assessments.SharedTenths(parts, total) {
			sum += printed
			require.InDelta(t, float64(parts[i])/100_000, float64(printed), 1)
		}
		require.Equal(t, int64(math.Floor(float64(total)/100_000)), sum)
	})
}
