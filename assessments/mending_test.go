package assessments_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

// holding adds a control that a critical finding caps, as light as its weight.
func (w *world) holding(id string, weight int) *world {
	c := control(id, assessments.Any, assessments.Critical, 100)
	c.Weight = weight
	w.Controls = append(w.Controls, c)
	w.Rules = append(w.Rules, &ruleOf{ID: id, Control: id, Worst: assessments.Critical, Outcomes: []assessments.Outcome{fail("a", assessments.Critical)}})
	return w
}

func TestAMendThatIsEnoughGoesBeforeAnAnswerThatGainsMore(t *testing.T) {
	w := declaredWorld(0, "L1.b")
	w.holding("lifecycle/c1", 1).and("lifecycle/c2", 5, pass("a"), fail("b", assessments.Medium))
	for _, id := range []string{"lifecycle/d0", "lifecycle/d1", "lifecycle/d2", "lifecycle/d3"} {
		w.and(id, 5, pass("a"))
	}
	step := w.assess().LoadLine.NextStep
	require.Equal(t, []string{"lifecycle/c1"}, step.Evidence, "it lifts the cap; the other weighs more and moves nothing")
	require.Empty(t, step.Questions)
}

func TestTwoMendsThatOnlyMoveTogetherAreBothNamed(t *testing.T) {
	w := live().holding("probes/c0", 1).holding("probes/c1", 1)
	for _, id := range []string{"probes/d0", "probes/d1"} {
		w.and(id, 5, pass("a"))
	}
	require.Equal(t, []string{"probes/c0", "probes/c1"}, w.assess().LoadLine.NextStep.Evidence)
}

// Two pillars are as low: one mend of each moves the headline, and of those that could be the heavier is taken.
func TestOfMendsThatMoveNothingAloneTheHeaviestIsTaken(t *testing.T) {
	w := live().
		and("delivery/c0", 1, fail("a", assessments.Medium)).
		and("delivery/c1", 3, fail("a", assessments.Medium)).
		and("delivery/c2", 5, pass("a")).
		and("probes/c0", 4, fail("a", assessments.Medium)).
		and("probes/c1", 5, pass("a"))
	require.Equal(t, []string{"delivery/c1", "probes/c0"}, w.assess().LoadLine.NextStep.Evidence)
}

func TestAQuestionWithoutAnAnswerIsNoMend(t *testing.T) {
	w := declaredWorld(0, "L3.b")
	w.Controls = []assessments.Control{control("lifecycle/c0", assessments.Share, assessments.High, 0, "L3")}
	w.Controls[0].Weight = 100
	w.Controls = append(w.Controls, control("lifecycle/c1", assessments.Share, assessments.High, 0, "L2"))
	w.Controls[1].Weight = 1
	step := w.assess().LoadLine.NextStep
	require.True(t, step.Mends)
	require.Equal(t, []string{"L3"}, step.Questions)
	w.Answers["L3"] = answered("L3.a")
	require.Empty(t, w.assess().LoadLine.NextStep.Questions, "an answer that is the best already is none either")
}

func TestOfManyFindingsThoseUnderAWaiverAreNotCounted(t *testing.T) {
	w := live().and("probes/c0", 5, fail("a", assessments.Medium), fail("b", assessments.Medium), fail("c", assessments.Medium), pass("d"))
	w.Waivers = []assessments.Waiver{{Rule: "probes/c0", Name: "a", Reason: "known", Until: asOf}}
	require.Contains(t, w.assess().LoadLine.NextStep.Text, "Mend the 2 findings against “probes/c0”")
}

// What is open can't be learned: no rule looks at it. What can be mended is said all the same.
func TestWhereNothingCanBeLearnedTheNextStepIsAMend(t *testing.T) {
	w := live().and("probes/c0", 5, pass("a"), fail("b", assessments.Medium)).and("probes/c1", 5)
	a := w.assess()
	require.NotEqual(t, a.LoadLine.Low, a.LoadLine.High)
	require.True(t, a.LoadLine.NextStep.Mends)
	require.Equal(t, []string{"probes/c0"}, a.LoadLine.NextStep.Evidence)
}

func TestAFewQuestionsAreNamedAndManyAreCounted(t *testing.T) {
	open := func(ids ...string) string {
		w := declaredWorld(0)
		w.Controls = nil
		for _, id := range ids {
			w.Controls = append(w.Controls, control("lifecycle/"+id, assessments.Share, assessments.High, 0, id))
		}
		return w.assess().LoadLine.NextStep.Text
	}
	require.Equal(t, "Answer "+asked("L2")+": that narrows the load line most.", open("L2"))
	require.Equal(t, "Answer 2 questions (L2, L3): that narrows the load line most.", open("L2", "L3"))
}

// A question that weighs nothing beside evidence may yet cap its pillar.
func TestAQuestionThatCouldCapIsTheNextStep(t *testing.T) {
	w := declaredWorld(100).with(pass("a"))
	a := w.assess()
	require.Equal(t, assessments.Submerged, a.LoadLine.Low)
	require.Equal(t, assessments.Seaworthy, a.LoadLine.High)
	require.Equal(t, []string{"L1"}, a.LoadLine.NextStep.Questions)
}

// An answer caps the pillar of its own section, though it declares a control of another.
func TestTheHeadlineLiesInItsInterval(t *testing.T) {
	w := &world{
		Controls: []assessments.Control{
			control("lifecycle/c0", assessments.Share, assessments.High, 100), control("probes/c0", assessments.Share, assessments.High, 80, "L1"),
		},
		Rules: []*ruleOf{
			{ID: "lifecycle/c0", Control: "lifecycle/c0", Worst: assessments.High, Outcomes: []assessments.Outcome{unknown("a")}},
			{ID: "probes/c0", Control: "probes/c0", Worst: assessments.High, Outcomes: []assessments.Outcome{pass("a")}},
		},
		Answers: map[string]questionnaire.Answer{"L1": answered("L1.d")}, Surveyed: true, Facts: true, Live: true,
	}
	a := w.assess()
	require.EqualValues(t, 80_000_000, *a.Pillars[3].Value)
	require.EqualValues(t, 39_000_000, a.Score.High)
	require.EqualValues(t, 39_000_000, *a.Score.Value, "no more than the pillar can come to of which nothing is known")
}
