package assessments_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

func TestRulesAndPairsSeeTheFiguresOfTheAnswers(t *testing.T) {
	w := declaredWorld(0)
	recovery, peak := answered("P2.a"), answered("N6.a")
	recovery.Figure, peak.Figure = new(int64(1800)), new(int64(3000))
	w.Answers = map[string]questionnaire.Answer{"P2": recovery, "N6": peak}
	view := assessments.ViewOf(w.input())
	require.EqualValues(t, 1800, *view.StatefulRecoverySeconds)
	require.EqualValues(t, 3000, *view.PeakConnectionsPerSecond)
	w.Surveyed = false
	view = assessments.ViewOf(w.input())
	require.Nil(t, view.StatefulRecoverySeconds)
	require.Nil(t, view.PeakConnectionsPerSecond)
}

func TestTwoAnswersToOneQuestionLeaveTheOthersStanding(t *testing.T) {
	in := declaredWorld(0, "L1.b").input()
	in.Answers = append(in.Answers, answered("L2.a"), answered("L2.b"))
	require.EqualValues(t, 666_667, *assessments.Assess(in).Controls[0].Value)
}

func TestWhereNothingAppliesThereIsNoScore(t *testing.T) {
	w := declaredWorld(0)
	w.Answers["L1"] = questionnaire.Answer{Question: "L1", State: questionnaire.NotApplicable, Reason: questionnaire.OutOfScope, Sentence: "not agreed on", AnsweredAt: asOf}
	a := w.assess()
	require.Nil(t, a.Score)
	require.Nil(t, a.RawScore)
	require.Nil(t, a.LoadLine)
	require.NotEmpty(t, a.Controls)
}

// A pair is handed what the rules that it reads said, and no other rule's outcomes overwrite them.
func TestAPairIsHandedWhatItsRulesSaid(t *testing.T) {
	in := declaredWorld(0, "L1.a").and("probes/c0", 5, pass("x")).and("probes/c1", 5, pass("x")).input()
	in.Content.Rules = &assessments.Registry{}
	for _, id := range []string{"probes/c0", "probes/c1"} {
		in.Content.Rules.Register(assessments.Rule{ID: id, Control: id, Judge: func(v assessments.View) []assessments.Outcome {
			return append(v.Outcomes(2), pass(id), fail(id+" too", assessments.Medium))
		}})
	}
	var handed map[string][]assessments.Outcome
	in.Content.Pairs = []assessments.Pair{{ID: "K-09", Questions: []string{"L1"}, Reads: []string{"probes/c0"}, Look: func(v assessments.PairView) []assessments.Sight {
		handed = v.Outcomes
		return nil
	}}}
	a := assessments.Assess(in)
	require.Len(t, a.Findings, 2)
	require.Len(t, handed, 1)
	require.Equal(t, []string{"probes/c0", "probes/c0 too"}, []string{handed["probes/c0"][0].Subject().Name, handed["probes/c0"][1].Subject().Name})
}

func TestNoRuleJudgesWithoutFacts(t *testing.T) {
	in := declaredWorld(0, "L1.a").and("probes/c0", 5, pass("x")).input()
	in.Content.Rules = &assessments.Registry{}
	in.Content.Rules.Register(assessments.Rule{ID: "probes/c0", Control: "probes/c0", Judge: func(assessments.View) []assessments.Outcome {
		require.Fail(t, "there is nothing to judge")
		return nil
	}})
	in.Facts = nil
	require.NotNil(t, assessments.Assess(in).Score)
}

func TestASightMayBeWeakerThanItsPair(t *testing.T) {
	w := declaredWorld(0, "L1.a").seeing(assessments.Sight{Looked: assessments.Saw, Allows: "L1.c", Decisive: new(false)}, true)
	a := w.assess()
	require.False(t, a.Contradictions[0].Decisive)
	require.Equal(t, assessments.Contradicted, a.Contradictions[0].Result)
	require.EqualValues(t, 1_000_000, *a.Controls[0].Value, "it asks, and lowers nothing")
}

// Nobody claimed that there is none where another answer took the question out: only what is there after all is told.
func TestASkippedQuestionIsToldOfOnlyWhereItIsThere(t *testing.T) {
	told := func(sight assessments.Sight) []assessments.Contradiction {
		sight.Question, sight.Looked = "J1", assessments.Saw
		w := &world{
			Controls: []assessments.Control{control("jvm/c0", assessments.Share, assessments.High, 0, "J1")}, Surveyed: true, Facts: true, Live: true,
			Answers: map[string]questionnaire.Answer{"C3": answered("C3.b")},
			Pairs:   []*pairOf{{ID: "K-32", Question: "J1", Decisive: true, Reopens: true, Sight: sight}},
		}
		return w.assess().Contradictions
	}
	require.Empty(t, told(assessments.Sight{}))
	there := told(assessments.Sight{Subjects: []assessments.Subject{{Kind: "Deployment", Name: "web"}}})
	require.Len(t, there, 1)
	require.Equal(t, assessments.Contradicted, there[0].Result)
}

func TestAContextAnswerIsConfirmedOrDenied(t *testing.T) {
	result := func(allows string) (assessments.Assessment, assessments.Contradiction) {
		w := declaredWorld(100, "L1.a").with(pass("a"))
		w.Controls[0].OutBy = []string{"C2.a"}
		w.Answers["C2"] = answered("C2.a")
		w.Pairs = []*pairOf{{ID: "K-31", Question: "C2", Decisive: true, Reopens: true, Sight: assessments.Sight{Question: "C2", Looked: assessments.Saw, Allows: allows}}}
		a := w.assess()
		return a, a.Contradictions[0]
	}
	a, confirmed := result("C2.a")
	require.Equal(t, assessments.Confirmed, confirmed.Result)
	require.Zero(t, confirmed.Severity)
	require.Nil(t, a.Controls[0].Observed, "it is the provider's duty")
	a, denied := result("C2.c")
	require.Equal(t, assessments.Contradicted, denied.Result)
	require.Equal(t, assessments.Medium, denied.Severity)
	require.NotNil(t, a.Controls[0].Observed)
}

func TestADutyThatNobodyElseTookStaysIn(t *testing.T) {
	for option, out := range map[string]bool{"C2.a": true, "C2.c": false} {
		w := declaredWorld(100, "L1.a").with(pass("a"))
		w.Controls[0].OutBy = []string{"C2.a"}
		w.Answers["C2"] = answered(option)
		require.Equal(t, out, w.assess().Controls[0].Observed == nil, option)
	}
}

// What pairs could not look at is told by what they look at; what they saw is no blind spot.
func TestPairsThatDidNotLookAreBlindSpots(t *testing.T) {
	in := declaredWorld(0, "L1.a").input()
	late := answered("L2.a")
	late.AnsweredAt = asOf.AddDate(0, 0, 31)
	in.Answers = append(in.Answers, late, answered("L3.a"), answered("L6.a"))
	look := func(sights ...assessments.Sight) func(assessments.PairView) []assessments.Sight {
		return func(assessments.PairView) []assessments.Sight { return slices.Clone(sights) }
	}
	in.Content.Pairs = []assessments.Pair{
		{ID: "K-01", Questions: []string{"L1"}, Observes: "The first thing.", Look: look(assessments.Sight{Question: "L1", Looked: assessments.CannotSee, Reason: "forbidden"})},
		{ID: "K-02", Questions: []string{"L2"}, Observes: "The second thing.", Look: look(assessments.Sight{Question: "L2", Looked: assessments.Saw, Allows: "L2.a"})},
		{ID: "K-03", Questions: []string{"L3"}, Observes: "The third thing.", Look: look(assessments.Sight{Question: "L3", Looked: assessments.NotChecked, Reason: "not yet"})},
		{ID: "K-04", Questions: []string{"L6"}, Observes: "The fourth thing.", Look: look(assessments.Sight{Question: "L6", Looked: assessments.Saw, Allows: "L6.a"})},
	}
	require.Equal(t, []assessments.Blind{
		{What: "K-01", Title: "The first thing.", Why: "forbidden"},
		{What: "K-02", Title: "The second thing.", Why: "the snapshot is more than 30 days older than the answer"},
		{What: "K-03", Title: "The third thing.", Why: "not yet"},
	}, assessments.Assess(in).CouldNotSee)
}

func TestCountsAreGroupedByThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 12: "12", 999: "999", 1000: "1,000", 12_345: "12,345", 167_012: "167,012", 1_234_567: "1,234,567"} {
		require.Equal(t, want, assessments.Grouped(n, ","))
	}
}

func TestFiguresJustBelowTheNext(t *testing.T) {
	require.Equal(t, "0.99", assessments.Micros(990_000).Hundredths())
	require.Equal(t, "0.9", assessments.Micros(900_000).Tenths())
	require.Equal(t, []int64{-1}, assessments.SharedTenths([]assessments.Micros{-1}, -1), "towards minus infinity")
}
