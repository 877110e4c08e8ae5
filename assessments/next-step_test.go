package assessments_test

import (
	"maps"
	"slices"
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
		q, _ := questionnaire.Current().Question(p.Question)
		return p.Reopens || p.Sight.Looked == assessments.Saw || q.Who == questionnaire.Both // no decisive pair is about what two people answer
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
		for _, dropped := range ids {
			require.False(t, w.decides(func(id string) bool {
				return id != dropped && slices.Contains(slices.Concat(step.Evidence, step.Questions), id)
			}),
				"%v decide it without %s", ids, dropped)
		}
	})
	require.NotZero(t, steps)
	require.NotZero(t, nothing)
}
