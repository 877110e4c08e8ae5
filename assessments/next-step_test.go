package assessments_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"plimsoll/assessments"
	"plimsoll/assessments/questionnaire"
)

// drawOpenWorld draws a world in which what can be learned can turn out at its very best and at its very worst: every question's
// worst option is worth nothing, a rule's gravest finding counts as a whole fail, and no waiver or other pair stands in the way.
func drawOpenWorld(t *rapid.T) *world {
	w := drawWorld(t, false)
	w.Facts, w.Waivers = true, nil
	w.Pairs = slices.DeleteFunc(w.Pairs, func(p *pairOf) bool {
		return p.Reopens || p.Sight.Looked == assessments.Saw
	})
	severity := map[string]assessments.Severity{}
	for i := range w.Controls {
		c := &w.Controls[i]
		severity[c.ID] = c.Severity
		c.Questions = slices.DeleteFunc(c.Questions, func(d assessments.Declares) bool {
			q, _ := questionnaire.Current().Question(d.Question)
			return slices.ContainsFunc(q.Options, func(o questionnaire.Option) bool { return o.Blind })
		})
	}
	for _, r := range w.Rules {
		r.Worst = max(r.Worst, severity[r.Control])
	}
	return w
}

// learned is the world once everything that is wanted has turned out at its best or at its worst: questions by their ids, and
// evidence by the ids of controls and pairs.
func (w *world) learned(best bool, wanted func(id string) bool) *world {
	after := *w
	after.Rules, after.Pairs, after.Answers = nil, nil, maps.Clone(w.Answers)
	for _, r := range w.Rules {
		told := *r
		told.Outcomes = slices.Clone(r.Outcomes)
		for i, o := range told.Outcomes {
			switch {
			case o.Result != assessments.Unknown || !wanted(r.Control):
			case best:
				told.Outcomes[i] = o.Pass()
			default:
				told.Outcomes[i] = o.Fail(assessments.Failure{Severity: r.Worst, Message: "does not hold"})
			}
		}
		after.Rules = append(after.Rules, &told)
	}
	for _, p := range w.Pairs {
		looked := *p
		if wanted(p.ID) {
			looked.Sight = assessments.Sight{Question: p.Question, Looked: assessments.Saw, Allows: extreme(p.Question, best)}
		}
		after.Pairs = append(after.Pairs, &looked)
	}
	for _, a := range w.openAnswers() {
		if q, _ := questionnaire.Current().Question(a.Question); q.Section != questionnaire.Context && wanted(q.ID) {
			a.State, a.Options, a.AnsweredAt = questionnaire.Answered, []string{extreme(q.ID, best)}, asOf
			after.Answers[q.ID+string(a.Seat)] = a
		}
	}
	return &after
}

// extreme is the best option of a question, or the worst.
func extreme(question string, best bool) string {
	q, _ := questionnaire.Current().Question(question)
	options := slices.DeleteFunc(slices.Clone(q.Options), func(o questionnaire.Option) bool { return o.Blind })
	slices.SortFunc(options, func(a, b questionnaire.Option) int { return a.Position - b.Position })
	if best {
		return options[0].ID
	}
	return options[len(options)-1].ID
}

// atEdge reports whether a score falls short of a band by less than a hundred-thousandth of a point.
func atEdge(m assessments.Micros) bool {
	return slices.ContainsFunc([]assessments.Micros{40_000_000, 70_000_000, 85_000_000}, func(floor assessments.Micros) bool { return m < floor && floor-m < 10 })
}

func everything(string) bool { return true }

// decides reports whether what is wanted, at its best and at its worst, brings the load line's ends as far as everything would.
func (w *world) decides(wanted func(id string) bool) bool {
	return w.learned(true, wanted).assess().LoadLine.Low == w.learned(true, everything).assess().LoadLine.Low &&
		w.learned(false, wanted).assess().LoadLine.High == w.learned(false, everything).assess().LoadLine.High
}

// about is the question that a pair looks at; anything else stands for itself.
func (w *world) about(id string) string {
	for _, p := range w.Pairs {
		if p.ID == id {
			return p.Question
		}
	}
	return id
}

// The next step decides as much as everything that can be learned together, and nothing in it can be left out.
func TestPropertyTheNextStepDecidesAllThatCanBeDecided(t *testing.T) {
	steps, nothing := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawOpenWorld(t)
		a := w.assess()
		if a.LoadLine == nil || a.LoadLine.Low == a.LoadLine.High {
			return
		}
		if atEdge(w.learned(true, everything).assess().Score.Low) || atEdge(w.learned(false, everything).assess().Score.High) {
			return // the search counts in integers, and allows for their rounding
		}
		step := a.LoadLine.NextStep
		ids := slices.Concat(step.Evidence, step.Questions)
		if step.Mends || len(ids) == 0 {
			nothing++
			require.True(t, w.decides(func(string) bool { return false }), "nothing that can be learned would decide anything")
			return
		}
		steps++
		require.True(t, w.decides(func(id string) bool { return slices.Contains(ids, id) }), "%v decide as much as everything", ids)
		if !w.Live {
			ids = step.Questions // all evidence is one step
		}
		for _, dropped := range ids { // with what belongs to the same question: its pairs are one step with it
			require.False(t, w.decides(func(id string) bool {
				return w.about(id) != w.about(dropped) && slices.Contains(slices.Concat(step.Evidence, step.Questions), id)
			}),
				"%v decide it without %s", ids, dropped)
		}
	})
	require.NotZero(t, steps)
	require.NotZero(t, nothing)
}

// Of equal parts that are wholly open, 85 % must be at their best before the best band is reached, and more than 60 % at their worst
// before the lowest is: 12 of 14, which are tried out exhaustively, and 13 of 15, which are gathered one by one.
func TestTheNextStepOfManyEqualParts(t *testing.T) {
	for parts, want := range map[int]int{7: 6, 14: 12, 15: 13, 20: 17} {
		w := live()
		for i := range parts {
			w.and(fmt.Sprintf("probes/c%02d", i), 1, unknown("a"))
		}
		require.Len(t, w.assess().LoadLine.NextStep.Evidence, want, "%d parts", parts)
	}
}

func TestTheNextStepInWords(t *testing.T) {
	questions := []string{"L2", "L3", "L4", "L5", "L6", "L7", "L8"}
	ask := func(n int) assessments.NextStep {
		w := &world{Controls: []assessments.Control{control("lifecycle/c0", assessments.Any, assessments.Medium, 0, questions[:n]...)}, Surveyed: true, Facts: true, Live: true, Answers: map[string]questionnaire.Answer{}}
		for i := range w.Controls[0].Questions {
			w.Controls[0].Questions[i].ShareParts = 0 // whole
		}
		return w.assess().LoadLine.NextStep
	}
	one, _ := questionnaire.Current().Question("L2")
	require.Equal(t, "Answer question L2 ("+strings.TrimSuffix(one.Text, "?")+"): that narrows the load line most.", ask(1).Text)
	require.Equal(t, "Answer 2 questions (L2, L3): that narrows the load line most.", ask(2).Text)
	require.Equal(t, "Answer 6 questions (L2, L3, L4, L5, L6, L7): that narrows the load line most.", ask(7).Text, "24 of the weight of 28 are enough, and L8 is the last")

	w := live()
	for i := range 7 {
		w.and(fmt.Sprintf("probes/c%d", i), 1, unknown("a"))
	}
	require.Equal(t, "Find out what the snapshot leaves open on “holds” (probes/c0), “holds” (probes/c1), “holds” (probes/c2) and 3 more: that narrows the load line most.",
		w.assess().LoadLine.NextStep.Text)
	for i := range w.Controls {
		w.Controls[i].Title = ""
	}
	w.Controls = w.Controls[:3]
	w.Rules = w.Rules[:3]
	require.Equal(t, "Find out what the snapshot leaves open on probes/c0, probes/c1, probes/c2: that narrows the load line most.", w.assess().LoadLine.NextStep.Text)
}

func TestAPairThatCouldNotLookIsNamedByWhatItLooksAt(t *testing.T) {
	w := declaredWorld(0, "L1.a").seeing(assessments.Sight{Looked: assessments.CannotSee, Reason: "forbidden"}, true)
	in := w.input()
	require.Equal(t, []string{"K-09"}, assessments.Assess(in).LoadLine.NextStep.Evidence)
	require.Contains(t, assessments.Assess(in).LoadLine.NextStep.Text, "leaves open on K-09:")
	in.Content.Pairs = append([]assessments.Pair{{ID: "K-01", Observes: "Something else."}}, in.Content.Pairs...)
	in.Content.Pairs[1].Observes = "The server's version."
	require.Contains(t, assessments.Assess(in).LoadLine.NextStep.Text, "leaves open on “The server's version” (K-09):")
	require.Equal(t, "The server's version.", assessments.Assess(in).CouldNotSee[0].Title)
	in.Content.Pairs = in.Content.Pairs[1:]
	require.Contains(t, assessments.Assess(in).LoadLine.NextStep.Text, "leaves open on “The server's version” (K-09):")
}

func TestWhereNothingCanBeLearnedTheNextStepSaysSo(t *testing.T) {
	w := live().and("probes/c0", 5)
	w.Rules = append(w.Rules, &ruleOf{ID: "delivery/c0", Control: "delivery/c0", Worst: assessments.Medium, Outcomes: []assessments.Outcome{pass("a")}})
	w.Controls = append(w.Controls, control("delivery/c0", assessments.Share, assessments.Medium, 100))
	require.Equal(t, "Nothing that you can answer or collect narrows the load line: no rule of this content version looks at what is still open.", w.assess().LoadLine.NextStep.Text)
	w.Rules[0].Outcomes = []assessments.Outcome{fail("a", assessments.Medium)}
	require.True(t, w.assess().LoadLine.NextStep.Mends, "what can be mended goes before")
}

func TestWithoutASnapshotTakingOneIsTheStep(t *testing.T) {
	w := declaredWorld(80, "L1.a").with(pass("a"))
	w.Facts = false
	w.and("probes/c0", 5)
	step := w.assess().LoadLine.NextStep
	require.Equal(t, []string{"lifecycle/c0"}, step.Evidence, "no rule looks at the other")
	require.Equal(t, "Take a snapshot of the cluster with plimsoll-collect: that narrows the load line most.", step.Text)
}

// An answer that its pair could not look at would stay open at its low end.
func TestAnAnswerAndItsPairAreOneStep(t *testing.T) {
	blind := assessments.Sight{Looked: assessments.CannotSee, Reason: "forbidden"}
	step := declaredWorld(0).seeing(blind, true).assess().LoadLine.NextStep
	require.Equal(t, []string{"L1"}, step.Questions)
	require.Equal(t, []string{"K-09"}, step.Evidence)
	require.Equal(t, "Find out what the snapshot leaves open on K-09 and answer "+asked("L1")+": that narrows the load line most.", step.Text)
	require.Empty(t, declaredWorld(0).seeing(blind, false).assess().LoadLine.NextStep.Evidence)
	require.Empty(t, declaredWorld(0).seeing(assessments.Sight{Looked: assessments.Saw, Allows: "L1.a"}, true).assess().LoadLine.NextStep.Evidence)
}
