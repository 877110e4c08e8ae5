package assessments_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
)

// Every figure here was worked out by hand from the model, in millionths: of the whole for controls, of a point for pillars.

func control(id string, adding assessments.Adding, severity assessments.Severity, alpha int, questions ...string) assessments.Control {
	c := assessments.Control{ID: id, Title: "holds", Weight: 5, Severity: severity, AlphaPercent: alpha, Adding: adding}
	for _, q := range questions {
		c.Questions = append(c.Questions, assessments.Declares{Question: q, ShareParts: 1})
	}
	return c
}

func subject(name string) assessments.Outcome {
	return assessments.About(assessments.Subject{Kind: "Deployment", Namespace: "shop", Name: name}, assessments.Place{})
}

func pass(name string) assessments.Outcome    { return subject(name).Pass() }
func unknown(name string) assessments.Outcome { return subject(name).Unknown("not collected") }
func fail(name string, s assessments.Severity) assessments.Outcome {
	return subject(name).Fail(assessments.Failure{Severity: s, Message: "does not hold"})
}

func repeat(n int, o assessments.Outcome) []assessments.Outcome {
	all := make([]assessments.Outcome, n)
	for i := range all {
		all[i] = o
	}
	return all
}

// observed is a world with one control and one rule, evidence alone.
func observed(adding assessments.Adding, severity assessments.Severity, outcomes ...assessments.Outcome) *world {
	return &world{
		Controls: []assessments.Control{control("probes/c0", adding, severity, 100)},
		Rules:    []*ruleOf{{ID: "probes/c0", Control: "probes/c0", Worst: assessments.Critical, Outcomes: outcomes}},
		Facts:    true, Live: true,
	}
}

func answered(id string) questionnaire.Answer {
	return questionnaire.Answer{Question: id[:2], State: questionnaire.Answered, Options: []string{id}, AnsweredAt: asOf}
}

func TestOutcomesAddUp(t *testing.T) {
	const high = assessments.High
	heavy, light := fail("ledger", high), pass("tool")
	heavy.Weight, light.Weight = facts.CriticalityCritical, facts.CriticalityLow
	for name, c := range map[string]struct {
		world            *world
		point, low, high assessments.Micros
		none             bool
	}{
		"one of four fails":                        {world: observed(assessments.Share, high, pass("a"), pass("b"), pass("c"), fail("d", high)), point: 750_000, low: 750_000, high: 750_000},
		"a fail one step below counts half":        {world: observed(assessments.Share, high, pass("a"), fail("b", assessments.Medium)), point: 750_000, low: 750_000, high: 750_000},
		"a fail two steps below counts a quarter":  {world: observed(assessments.Share, high, pass("a"), fail("b", assessments.Low)), point: 875_000, low: 875_000, high: 875_000},
		"a fail above the control counts whole":    {world: observed(assessments.Share, high, pass("a"), fail("b", assessments.Critical)), point: 500_000, low: 500_000, high: 500_000},
		"unknown widens and leaves the point":      {world: observed(assessments.Share, high, pass("a"), fail("b", high), unknown("c"), unknown("d")), point: 500_000, low: 250_000, high: 750_000},
		"critical workloads weigh four times":      {world: observed(assessments.Share, high, heavy, light), point: 200_000, low: 200_000, high: 200_000},
		"any: the worst subject counts":            {world: observed(assessments.Any, high, pass("a"), fail("b", assessments.Low), fail("c", assessments.Medium)), point: 500_000, low: 500_000, high: 500_000},
		"any: one unknown takes the low end":       {world: observed(assessments.Any, high, pass("a"), unknown("b")), point: 1_000_000, low: 0, high: 1_000_000},
		"any: nothing known, no point":             {world: observed(assessments.Any, high, unknown("a")), none: true, low: 0, high: 1_000_000},
		"share: nothing known, no point":           {world: observed(assessments.Share, high, unknown("a")), none: true, low: 0, high: 1_000_000},
		"not applicable subjects are in no sum":    {world: observed(assessments.Share, high, pass("a"), subject("b").NotApplicable("no Service")), point: 1_000_000, low: 1_000_000, high: 1_000_000},
		"a finding above its rule's worst is held": {world: held(), point: 500_000, low: 500_000, high: 500_000},
		"two rules count alike":                    {world: twoRules(), point: 750_000, low: 750_000, high: 750_000},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.world.assess().Controls[0]
			require.True(t, got.Applies)
			if c.none {
				require.Nil(t, got.Value)
			} else {
				require.Equal(t, c.point, *got.Value)
			}
			require.Equal(t, []assessments.Micros{c.low, c.high}, []assessments.Micros{got.Low, got.High})
		})
	}
}

func held() *world {
	w := observed(assessments.Any, assessments.High, fail("a", assessments.Critical))
	w.Rules[0].Worst = assessments.Medium
	return w
}

func twoRules() *world {
	w := observed(assessments.Share, assessments.High, pass("a"), pass("b"))
	w.Rules = append(w.Rules, &ruleOf{ID: "probes/again", Control: "probes/c0", Worst: assessments.High, Outcomes: []assessments.Outcome{pass("a"), fail("b", assessments.High)}})
	return w
}

func TestEvidenceCapsAPillar(t *testing.T) {
	critical, high := assessments.Critical, assessments.High
	join := func(lists ...[]assessments.Outcome) (all []assessments.Outcome) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	for name, c := range map[string]struct {
		world *world
		point assessments.Micros // of the pillar
		caps  []int
	}{
		"one critical in 20 caps at 59":           {observed(assessments.Share, critical, join(repeat(19, pass("a")), repeat(1, fail("b", critical)))...), 59_000_000, []int{59}},
		"one critical in 21 does not":             {observed(assessments.Share, critical, join(repeat(20, pass("a")), repeat(1, fail("b", critical)))...), 95_238_095, nil},
		"one high in 5 caps at 84":                {observed(assessments.Share, critical, join(repeat(4, pass("a")), repeat(1, fail("b", high)))...), 84_000_000, []int{84}},
		"one high in 6 does not":                  {observed(assessments.Share, critical, join(repeat(5, pass("a")), repeat(1, fail("b", high)))...), 91_666_666, nil},
		"medium never caps":                       {observed(assessments.Share, critical, pass("a"), fail("b", assessments.Medium)), 87_500_000, nil},
		"any: one critical in 5000 caps at 59":    {observed(assessments.Any, critical, join(repeat(4999, pass("a")), repeat(1, fail("b", critical)))...), 0, []int{59}},
		"any: one high below critical caps at 84": {observed(assessments.Any, critical, pass("a"), fail("b", high)), 50_000_000, []int{84}},
	} {
		t.Run(name, func(t *testing.T) {
			a := c.world.assess()
			pillar := a.Pillars[3]
			require.Equal(t, c.point, *pillar.Value)
			var caps []int
			for _, held := range pillar.Caps {
				caps = append(caps, held.At)
				require.Equal(t, "probes/c0", held.Control)
			}
			require.Equal(t, c.caps, caps)
			require.Equal(t, pillar.Range, *a.Score)
		})
	}
}

func TestUnknownSubjectsCapTheLowEnd(t *testing.T) {
	w := observed(assessments.Share, assessments.Low, append(repeat(19, pass("a")), unknown("b"))...)
	a := w.assess()
	require.EqualValues(t, 59_000_000, a.Pillars[3].Low, "the unknown twentieth may be critical, since the rule can say so")
	require.EqualValues(t, 100_000_000, a.Pillars[3].High)
	require.Empty(t, a.Pillars[3].Caps)
	w.Rules[0].Worst = assessments.Medium
	require.EqualValues(t, 95_000_000, w.assess().Pillars[3].Low)
}

func TestUnknownHighSubjectsCapTheLowEndFromAFifth(t *testing.T) {
	w := observed(assessments.Share, assessments.Low, append(repeat(4, pass("a")), unknown("b"))...)
	w.Rules[0].Worst = assessments.High
	w.Controls = append(w.Controls, control("probes/c1", assessments.Share, assessments.Low, 100))
	w.Rules = append(w.Rules, &ruleOf{ID: "probes/c1", Control: "probes/c1", Worst: assessments.Low, Outcomes: []assessments.Outcome{pass("a")}})
	require.EqualValues(t, 84_000_000, w.assess().Pillars[3].Low, "90 before the cap")
	w.Rules[0].Outcomes = append(w.Rules[0].Outcomes, pass("c"))
	require.EqualValues(t, 91_666_666, w.assess().Pillars[3].Low)
}

func TestAProvidersDutyIsNoControlUnlessEvidenceDeniesIt(t *testing.T) {
	w := observed(assessments.Any, assessments.High, fail("a", assessments.High))
	w.Controls[0].OutBy = []string{"C2.a"}
	w.Surveyed, w.Answers = true, map[string]questionnaire.Answer{"C2": answered("C2.a")}
	require.False(t, w.assess().Controls[0].Applies)
	require.Equal(t, "somebody else's duty, by answer C2", w.assess().Controls[0].Reason)
	w.Pairs = []*pairOf{{ID: "K-31", Question: "C2", Decisive: true, Reopens: true, Sight: assessments.Sight{Question: "C2", Looked: assessments.Saw, Allows: "C2.c"}}}
	require.True(t, w.assess().Controls[0].Applies)
}

// declaredWorld is one control in the lifecycle pillar, declared by L1 (options worth 1, 0.67, 0.33 and 0 with a cap at 39) and by
// its evidence share alpha.
func declaredWorld(alpha int, answers ...string) *world {
	w := &world{
		Controls: []assessments.Control{control("lifecycle/c0", assessments.Share, assessments.High, alpha, "L1")},
		Answers:  map[string]questionnaire.Answer{}, Surveyed: true, Facts: true, Live: true,
	}
	for _, id := range answers {
		w.Answers[id[:2]] = answered(id)
	}
	return w
}

func (w *world) with(outcomes ...assessments.Outcome) *world {
	w.Rules = []*ruleOf{{ID: w.Controls[0].ID, Control: w.Controls[0].ID, Worst: assessments.High, Outcomes: outcomes}}
	return w
}

func (w *world) seeing(s assessments.Sight, decisive bool) *world {
	s.Question = "L1"
	w.Pairs = append(w.Pairs, &pairOf{ID: "K-09", Question: "L1", Decisive: decisive, Sight: s})
	return w
}

func TestAnswersAndEvidenceMix(t *testing.T) {
	saw := func(option string) assessments.Sight {
		return assessments.Sight{Looked: assessments.Saw, Allows: option}
	}
	stale := declaredWorld(0, "L1.a").seeing(saw("L1.c"), true)
	old := stale.Answers["L1"]
	old.AnsweredAt = asOf.AddDate(0, 0, 31)
	stale.Answers["L1"] = old
	blind := assessments.Sight{Looked: assessments.CannotSee, Reason: "forbidden"}
	for name, c := range map[string]struct {
		world            *world
		point, low, high assessments.Micros
		none             bool
		pillar           assessments.Micros // high end of the pillar
	}{
		"evidence and answer by alpha":                    {world: declaredWorld(80, "L1.b").with(pass("a"), fail("b", assessments.High)), point: 533_333, low: 533_333, high: 533_333, pillar: 53_333_340},
		"alpha 1 leaves the answer out":                   {world: declaredWorld(100, "L1.c").with(pass("a")), point: 1_000_000, low: 1_000_000, high: 1_000_000, pillar: 100_000_000},
		"alpha 1 without evidence: the answer stands in":  {world: declaredWorld(100, "L1.b").with(unknown("a")), point: 666_667, low: 0, high: 1_000_000, pillar: 100_000_000},
		"evidence that does not apply counts as alpha 0":  {world: declaredWorld(80, "L1.b").with(), point: 666_667, low: 666_667, high: 666_667, pillar: 66_666_700},
		"an unanswered question opens its share":          {world: declaredWorld(80).with(pass("a")), point: 1_000_000, low: 800_000, high: 1_000_000, pillar: 100_000_000},
		"a decisive pair lowers: min(v, e)":               {world: declaredWorld(0, "L1.a").seeing(saw("L1.c"), true), point: 333_333, low: 333_333, high: 333_333, pillar: 33_333_300},
		"a decisive pair never raises":                    {world: declaredWorld(0, "L1.c").seeing(saw("L1.a"), true), point: 333_333, low: 333_333, high: 333_333, pillar: 33_333_300},
		"a lowered answer brings its option's cap":        {world: declaredWorld(0, "L1.a").seeing(saw("L1.d"), true), point: 0, low: 0, high: 0},
		"a suggestive pair changes nothing":               {world: declaredWorld(0, "L1.a").seeing(saw("L1.c"), false), point: 1_000_000, low: 1_000_000, high: 1_000_000, pillar: 100_000_000},
		"a decisive pair that can't see takes the low":    {world: declaredWorld(0, "L1.a").seeing(blind, true), point: 1_000_000, low: 0, high: 1_000_000, pillar: 100_000_000},
		"a stale pair could not look":                     {world: stale, point: 1_000_000, low: 0, high: 1_000_000, pillar: 100_000_000},
		"a control without a rule is unknown by evidence": {world: declaredWorld(80, "L1.a"), point: 1_000_000, low: 200_000, high: 1_000_000, pillar: 100_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			a := c.world.assess()
			got := a.Controls[0]
			require.Equal(t, c.point, *got.Value)
			require.Equal(t, []assessments.Micros{c.low, c.high}, []assessments.Micros{got.Low, got.High})
			require.Equal(t, c.pillar, a.Pillars[0].High)
		})
	}
}

func TestAnAnswersCapHoldsThePillar(t *testing.T) {
	w := declaredWorld(100, "L1.d").with(repeat(4, pass("a"))...)
	pillar := w.assess().Pillars[0]
	require.EqualValues(t, 39_000_000, *pillar.Value)
	require.EqualValues(t, -61_000_000, pillar.CapContribution)
	require.Equal(t, []assessments.Cap{{At: 39, Control: "lifecycle/c0", By: "L1.d"}}, pillar.Caps)
	open := declaredWorld(100).with(repeat(4, pass("a"))...).assess().Pillars[0]
	require.EqualValues(t, 39_000_000, open.Low, "an answer that nobody gave may be the capped one")
	require.EqualValues(t, 100_000_000, open.High)
}

func TestALoweredAnswerBringsTheCapOfTheOptionThatCounts(t *testing.T) {
	w := declaredWorld(100, "L1.a").with(pass("a")).seeing(assessments.Sight{Looked: assessments.Saw, Allows: "L1.d"}, true)
	require.EqualValues(t, 39_000_000, *w.assess().Score.Value, "a false answer must not score above an honest one")
	require.Equal(t, "L1.d", w.assess().Pillars[0].Caps[0].By)
}

func TestOneOfTwoBlindAnswersLeavesTheLowEndOpen(t *testing.T) {
	w := &world{
		Controls: []assessments.Control{control("delivery/c0", assessments.Share, assessments.High, 0, "B6")},
		Answers:  map[string]questionnaire.Answer{"B6engineer": seated("B6.b", questionnaire.Engineer)}, Surveyed: true,
	}
	half := w.assess().Controls[0]
	require.EqualValues(t, 666_667, *half.Value)
	require.Equal(t, []assessments.Micros{0, 666_667}, []assessments.Micros{half.Low, half.High})
	w.Answers["B6manager"] = seated("B6.c", questionnaire.Manager)
	both := w.assess().Controls[0]
	require.EqualValues(t, 333_333, *both.Value, "the lower counts")
	require.Equal(t, both.Low, both.High)
}

func seated(id string, seat questionnaire.Seat) questionnaire.Answer {
	a := answered(id)
	a.Seat = seat
	return a
}

func TestAPlanIsJudgedByItsAnswers(t *testing.T) {
	w := declaredWorld(80, "L1.b", "C1.a").seeing(assessments.Sight{Looked: assessments.Saw, Allows: "L1.d"}, true)
	w.Facts = false
	a := w.assess()
	require.True(t, a.Plan)
	require.Empty(t, a.Contradictions)
	require.EqualValues(t, 66_666_700, *a.Score.Value)
	require.Equal(t, a.Score.Low, a.Score.High)
	w.Answers["C1"] = answered("C1.c")
	a = w.assess()
	require.EqualValues(t, 0, a.Score.Low, "a cluster without a snapshot is unknown on the evidence side")
	require.Equal(t, assessments.PairNotChecked, a.Contradictions[0].Result)
}

func TestTheHeadlineIsTheLowestPillar(t *testing.T) {
	w := observed(assessments.Share, assessments.Medium, pass("a"), pass("b"), pass("c"), fail("d", assessments.Medium))
	w.Controls = append(w.Controls, control("delivery/c0", assessments.Share, assessments.Medium, 100), control("networking/c0", assessments.Share, assessments.Medium, 100))
	w.Rules = append(w.Rules,
		&ruleOf{ID: "delivery/c0", Control: "delivery/c0", Worst: assessments.Medium, Outcomes: []assessments.Outcome{pass("a"), unknown("b"), unknown("c")}},
		&ruleOf{ID: "networking/c0", Control: "networking/c0", Worst: assessments.Medium, Outcomes: []assessments.Outcome{pass("a"), fail("b", assessments.Medium)}})
	a := w.assess()
	require.EqualValues(t, 50_000_000, *a.Score.Value, "networking")
	require.EqualValues(t, 33_333_333, a.Score.Low, "delivery, if what is unknown fails")
	require.EqualValues(t, 50_000_000, a.Score.High, "networking")
	require.EqualValues(t, (100*20+75*20+50*20)*1_000_000/60, *a.Mean)
	require.Equal(t, assessments.LoadLine{Low: assessments.Submerged, High: assessments.LowFreeboard, NextStep: a.LoadLine.NextStep}, *a.LoadLine)
	require.Equal(t, []string{"delivery/c0"}, a.LoadLine.NextStep.Evidence)
}

func TestThePointIsClampedIntoTheInterval(t *testing.T) {
	w := observed(assessments.Share, assessments.Medium, unknown("a"))
	a := w.assess()
	require.Nil(t, a.Score.Value)
	require.Equal(t, assessments.Range{Low: 0, High: 100_000_000}, *a.Score)
	require.Equal(t, assessments.Submerged, a.LoadLine.Low)
	require.Equal(t, assessments.Seaworthy, a.LoadLine.High)
}

func TestNoJVMNoScore(t *testing.T) {
	w := declaredWorld(100, "L1.a").with(pass("a"))
	w.Controls = append(w.Controls, control("jvm/c0", assessments.Share, assessments.High, 100, "J1"), control("jvm/c1", assessments.Share, assessments.High, 100))
	jvm := func() assessments.PillarScore { return w.assess().Pillars[2] }
	require.True(t, jvm().Applies, "C3 is unanswered")
	require.Nil(t, jvm().Value)
	require.EqualValues(t, 100_000_000, jvm().High)
	w.Answers["C3"] = answered("C3.b")
	require.False(t, jvm().Applies)
	require.Equal(t, "no JVM on this platform", jvm().Reason)
	require.EqualValues(t, 100_000_000, w.assess().Score.Low)
	w.Pairs = append(w.Pairs, &pairOf{ID: "K-31", Question: "C3", Decisive: true, Reopens: true, Sight: assessments.Sight{Question: "C3", Looked: assessments.Saw, Allows: "C3.a"}})
	require.True(t, jvm().Applies, "evidence re-opens what the answer closed")
	require.Equal(t, assessments.Contradicted, w.assess().Contradictions[0].Result)
}

func TestNothingThatAppliesIsNoScore(t *testing.T) {
	a := observed(assessments.Share, assessments.High, subject("a").NotApplicable("no Service")).assess()
	require.Nil(t, a.Score)
	require.Nil(t, a.LoadLine)
	require.Empty(t, a.Pillars)
	require.False(t, a.Evidence)
}

func TestContradictionsAreCountedInSteps(t *testing.T) {
	for _, c := range []struct {
		claim, allows string
		partly        bool
		result        assessments.PairResult
		severity      assessments.Severity
	}{
		{"L1.a", "L1.a", false, assessments.Confirmed, 0},
		{"L1.a", "L1.b", false, assessments.Contradicted, assessments.Low},
		{"L1.a", "L1.c", false, assessments.Contradicted, assessments.High}, // medium, and L1 weighs 4
		{"L1.a", "L1.d", false, assessments.Contradicted, assessments.Critical},
		{"L1.a", "L1.b", true, assessments.PartlyTrue, assessments.Low},
		{"L1.c", "L1.a", false, assessments.BetterThanSaid, 0},
	} {
		a := declaredWorld(0, c.claim).seeing(assessments.Sight{Looked: assessments.Saw, Allows: c.allows, Partly: c.partly}, true).assess()
		require.Len(t, a.Contradictions, 1)
		require.Equal(t, c.result, a.Contradictions[0].Result, "%s against %s", c.claim, c.allows)
		require.Equal(t, c.severity, a.Contradictions[0].Severity, "%s against %s", c.claim, c.allows)
	}
}

func TestWaiversLiftTheHeadlineAlone(t *testing.T) {
	w := observed(assessments.Share, assessments.Medium, pass("a"), fail("b", assessments.Medium))
	waiver := assessments.Waiver{Rule: "probes/*", Namespace: "shop", Name: "b", Reason: "goes away in spring", Until: asOf}
	w.Waivers = []assessments.Waiver{waiver, {Rule: "probes/c0", Name: "gone", Until: asOf}, {Rule: "*", Until: asOf.AddDate(0, 0, -1)}}
	a := w.assess()
	require.EqualValues(t, 100_000_000, *a.Score.Value)
	require.EqualValues(t, 50_000_000, *a.RawScore.Value)
	require.Equal(t, []assessments.Waiver{waiver}, a.Waivers.Used)
	require.Len(t, a.Waivers.Unmatched, 1)
	require.Len(t, a.Waivers.Expired, 1)
	require.True(t, a.Findings[0].Waived)
	require.Equal(t, 1, a.Rules["probes/c0"].Fail, "a waived finding still counts as a fail of its rule")
}

func TestWhereTheBandIsDecidedTheNextStepIsAMend(t *testing.T) {
	w := observed(assessments.Share, assessments.Medium, pass("a"), fail("b", assessments.Medium))
	require.Equal(t, []string{"probes/c0"}, w.assess().LoadLine.NextStep.Evidence)
	require.Equal(t, "Mend the 1 finding against “probes/c0”: +50.0 for the whole, if nothing else changes.", w.assess().LoadLine.NextStep.Text)
}

func TestTheShortestSetIsNamedWhereNoMendMovesTheHeadlineAlone(t *testing.T) {
	w := observed(assessments.Any, assessments.Critical, fail("a", assessments.Critical))
	w.Controls = append(w.Controls, control("delivery/c0", assessments.Any, assessments.Critical, 100), control("delivery/c1", assessments.Share, assessments.Low, 100))
	w.Rules = append(w.Rules,
		&ruleOf{ID: "delivery/c0", Control: "delivery/c0", Worst: assessments.Critical, Outcomes: []assessments.Outcome{fail("a", assessments.Critical)}},
		&ruleOf{ID: "delivery/c1", Control: "delivery/c1", Worst: assessments.Low, Outcomes: []assessments.Outcome{fail("a", assessments.Low)}})
	require.Equal(t, []string{"delivery/c0", "probes/c0"}, w.assess().LoadLine.NextStep.Evidence)
}

func TestFingerprintsOutliveLinesAndSeverities(t *testing.T) {
	at := func(line int, s assessments.Severity, file string) string {
		o := fail("a", s).At(assessments.Place{File: file, Line: line})
		return observed(assessments.Share, assessments.High, o).assess().Findings[0].Fingerprint
	}
	require.Equal(t, at(3, assessments.High, "a.yaml"), at(9, assessments.Low, "a.yaml"))
	require.NotEqual(t, at(3, assessments.High, "a.yaml"), at(3, assessments.High, "b.yaml"))
	twins := observed(assessments.Share, assessments.High, fail("a", assessments.High), fail("a", assessments.High)).assess().Findings
	require.NotEqual(t, twins[0].Fingerprint, twins[1].Fingerprint)
}

func TestAnAnswerPastItsReviewIsStale(t *testing.T) {
	w := declaredWorld(0, "L1.a").seeing(assessments.Sight{Looked: assessments.Saw, Allows: "L1.c"}, true)
	a := w.Answers["L1"]
	a.ReviewBy = asOf.Add(-24 * time.Hour)
	w.Answers["L1"] = a
	require.Equal(t, assessments.Stale, w.assess().Contradictions[0].Result)
}
