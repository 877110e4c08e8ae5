package whatif

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/questionnaire"
	"plimsoll/assessments/snapshot/snapshottest"
)

func goalOf(points int64) Goal { return Goal{Points: &points} }

func TestPlanReachesItsGoalAndNeedsEveryStep(t *testing.T) {
	in := inputOf(snapshottest.Generate(80, 5)...)
	in.Surveyed = true
	for _, section := range questionnaire.Current().Sections {
		for _, q := range section.Questions {
			if q.Who != questionnaire.Both && !q.Multi {
				in.Answers = append(in.Answers, questionnaire.Answer{Question: q.ID, State: questionnaire.Answered, Options: []string{q.Options[len(q.Options)/2].ID}})
			}
		}
	}
	for name, goal := range map[string]Goal{"any move": {}, "a band": {Band: assessments.LowFreeboard}, "a number": goalOf(60)} {
		t.Run(name, func(t *testing.T) {
			base := New(in)
			plan, err := base.Plan(goal)
			require.NoError(t, err)
			target, err := base.target(goal)
			require.NoError(t, err)
			if *pointOf(base.Before()) >= target {
				require.Empty(t, plan.Steps)
				return
			}
			require.True(t, plan.Reached, plan.Text)
			require.NotEmpty(t, plan.Steps)
			require.GreaterOrEqual(t, *plan.Score.After.Value, target)
			var gains assessments.Micros
			var effort int64
			for i, s := range plan.Steps {
				gains += s.Gain
				effort += s.EffortPoints
				var left []Step
				left = append(append(left, plan.Steps[:i]...), plan.Steps[i+1:]...)
				end, _ := base.replay(left)
				require.False(t, reached(end, target), "without %s%s the goal is reached all the same", s.Rule, s.Question)
			}
			require.Equal(t, *plan.Score.Value, gains, "the steps' gains add up to the whole")
			require.Equal(t, effort, plan.EffortPoints)
			again, err := New(in).Plan(goal)
			require.NoError(t, err)
			require.Equal(t, plan, again)
		})
	}
}

// Of two mends that reach the goal, the one of less effort is taken.
func TestPlanTakesTheCheaperOfTwo(t *testing.T) {
	cheap, dear := option{rule: "a", effort: 1, headline: 1, reaches: true}, option{rule: "b", effort: 25, headline: 9, reaches: true}
	require.True(t, cheap.before(dear))
	require.False(t, dear.before(cheap))
	far := option{rule: "c", effort: 1, headline: 3}
	require.True(t, dear.before(far), "what reaches the goal goes before what does not")
	wide := option{rule: "d", effort: 5, headline: 10}
	require.True(t, far.before(wide), "3 for 1 is more than 10 for 5")
}

func TestPlanRefusesGoalsThatAreNone(t *testing.T) {
	base := New(inputOf(shop()...))
	_, err := base.Plan(goalOf(101))
	require.ErrorContains(t, err, "1 to 100")
	_, err = base.Plan(Goal{Band: "deep"})
	require.ErrorContains(t, err, "no band")
}

func TestPlanSaysHowFarMendsLead(t *testing.T) {
	plan, err := New(inputOf(shop()...)).Plan(goalOf(100))
	require.NoError(t, err)
	require.NotEmpty(t, plan.Steps)
	if !plan.Reached {
		require.Contains(t, plan.Text, "as far as mends lead")
	}
	require.NotContains(t, plan.Text, "%!")
	empty, err := New(assessments.Input{Content: content.V1()}).Plan(Goal{})
	require.NoError(t, err)
	require.Contains(t, empty.Text, "no score yet")
}

// A step that the goal does not need is dropped.
func TestPruningDropsWhatIsNotNeeded(t *testing.T) {
	base := New(inputOf(shop()...))
	var all []Step
	for _, rule := range assessments.ProspectsOf(base.in).Rules() {
		all = append(all, Step{Rule: rule})
	}
	at, taken := base.replay(all)
	target := *pointOf(base.Before()) + 1
	require.True(t, reached(at, target))
	end, left := base.prune(target, at, taken)
	require.True(t, reached(end, target))
	require.Less(t, len(left), len(taken))
	for i := range left {
		without, _ := base.replay(append(append([]Step{}, left[:i]...), left[i+1:]...))
		require.False(t, reached(without, target), left[i].Rule)
	}
}
