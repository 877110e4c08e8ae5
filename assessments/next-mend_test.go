package assessments_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

func asked(id string) string {
	q, _ := questionnaire.Current().Question(id)
	return "question " + id + " (" + strings.TrimSuffix(q.Text, "?") + ")"
}

func TestWhereNoFindingIsLeftTheNextStepIsABetterAnswer(t *testing.T) {
	w := &world{
		Controls: []assessments.Control{control("lifecycle/c0", assessments.Share, assessments.High, 0, "L1", "L3")}, Surveyed: true, Facts: true, Live: true,
		Answers: map[string]questionnaire.Answer{"L1": answered("L1.b"), "L3": answered("L3.b")},
	}
	w.Controls = append(w.Controls, control("lifecycle/c1", assessments.Share, assessments.High, 0, "L1")) // the same question once more
	step := w.assess().LoadLine.NextStep
	require.Equal(t, []string{"L1"}, step.Questions, "it declares both controls")
	// One control has L1 (weight 4) and L3 (weight 3), the other L1: of a third that is missing, 4/7 and all, halved.
	require.Equal(t, "Earn the best answer to "+asked("L1")+": +26.1 for the whole, if nothing else changes.", step.Text)
	w.seeing(assessments.Sight{Looked: assessments.Saw, Allows: "L1.c"}, true)
	require.Contains(t, w.assess().LoadLine.NextStep.Text, "Mend what evidence holds against your answer to "+asked("L1")+":")
	w.Answers = map[string]questionnaire.Answer{"L1": answered("L1.a"), "L3": answered("L3.a")}
	w.Pairs = nil
	require.Equal(t, assessments.NextStep{}, w.assess().LoadLine.NextStep, "nothing is left to be done")
}

func TestAFindingUnderAWaiverIsNoMend(t *testing.T) {
	w := live().
		and("probes/c0", 5, fail("a", assessments.Medium), fail("b", assessments.Medium), pass("c"), pass("d")).
		and("probes/c1", 1, fail("a", assessments.Medium))
	require.Equal(t, []string{"probes/c0"}, w.assess().LoadLine.NextStep.Evidence)
	w.Waivers = []assessments.Waiver{{Rule: "probes/c0", Name: "a", Reason: "known", Until: asOf}}
	require.Contains(t, w.assess().LoadLine.NextStep.Text, "Mend the 1 finding against “probes/c0”")
	w.Waivers[0].Name = ""
	require.Equal(t, []string{"probes/c1"}, w.assess().LoadLine.NextStep.Evidence)
}

func TestAMendByItsRulesTitleAndItsSmallGain(t *testing.T) {
	outcomes := append(repeat(2999, pass("a")), fail("b", assessments.Medium))
	in := live().and("probes/c0", 5, outcomes...).input()
	require.Equal(t, "Mend the 1 finding against “probes/c0”: less than +0.1 for the whole, if nothing else changes.", assessments.Assess(in).LoadLine.NextStep.Text)

	titled := live().and("probes/c0", 5, append(repeat(9, pass("a")), fail("b", assessments.Medium))...).input()
	rule, _ := titled.Content.Rules.ByID("probes/c0")
	rule.Text.Title = "it answers"
	titled.Content.Rules = &assessments.Registry{}
	titled.Content.Rules.Register(rule)
	require.Equal(t, "Mend the 1 finding against “it answers”: +10.0 for the whole, if nothing else changes.", assessments.Assess(titled).LoadLine.NextStep.Text)
}

// Two caps hold the pillar: neither mend moves it alone, and what weighs most before caps is tried first.
func TestTheShortestSetHoldsNothingThatItDoesNotNeed(t *testing.T) {
	w := live()
	for _, c := range []struct {
		id       string
		severity assessments.Severity
	}{{"probes/c0", assessments.Critical}, {"probes/c1", assessments.Low}, {"probes/c2", assessments.Critical}} {
		w.Controls = append(w.Controls, control(c.id, assessments.Any, c.severity, 100))
		w.Rules = append(w.Rules, &ruleOf{ID: c.id, Control: c.id, Worst: c.severity, Outcomes: []assessments.Outcome{fail("a", c.severity)}})
	}
	for _, id := range []string{"probes/d0", "probes/d1", "probes/d2", "probes/d3", "probes/d4", "probes/d5"} {
		w.and(id, 5, pass("a"))
	}
	w.Controls[1].Weight = 5
	step := w.assess().LoadLine.NextStep
	require.Equal(t, []string{"probes/c0", "probes/c2"}, step.Evidence, "66 points before caps, held at 59 by two")
	require.Equal(t, "Mend the 1 finding against “probes/c0”, mend the 1 finding against “probes/c2”: +29.8 for the whole, if nothing else changes.", step.Text)
}
