package questionnaire

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// run answers the first n scored questions for one person, at the place that choose says.
func run(n int, choose func(i int, q *Question) Option, with func(i int, a *Answer)) []Answer {
	var answers []Answer
	for _, q := range Current().Questions() {
		if q.Weight == 0 || q.Who == Both || len(answers) == n {
			continue
		}
		a := Answer{Question: q.ID, State: Answered, Options: []string{choose(len(answers), q).ID}, Respondent: "Ada"}
		if with != nil {
			with(len(answers), &a)
		}
		answers = append(answers, a)
	}
	return answers
}

func at(position int) func(int, *Question) Option {
	return func(_ int, q *Question) Option {
		return q.Options[slices.IndexFunc(q.Options, func(o Option) bool { return !o.Blind && o.Position == position })]
	}
}

func varied(i int, q *Question) Option { return at(i%3)(i, q) }

func kinds(answers []Answer) []RemarkKind {
	var all []RemarkKind
	for _, r := range Current().Quality(answers) {
		all = append(all, r.Kind)
	}
	return all
}

func TestAnswersThatAskToBeReadAgain(t *testing.T) {
	start := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	every := func(d time.Duration) func(int, *Answer) {
		return func(i int, a *Answer) { a.AnsweredAt = start.Add(time.Duration(i) * d) }
	}
	believed := func(_ int, a *Answer) { a.Basis = Believed }
	for name, c := range map[string]struct {
		answers []Answer
		want    []RemarkKind
	}{
		"varied answers":                      {run(20, varied, nil), nil},
		"nine in a row":                       {run(9, at(1), nil), nil},
		"ten in a row":                        {run(10, at(1), nil), []RemarkKind{StraightLine}},
		"two seconds each":                    {run(12, varied, every(2*time.Second)), []RemarkKind{TooFast}},
		"three seconds each":                  {run(12, varied, every(3*time.Second)), nil},
		"a form's days alone":                 {run(12, varied, func(_ int, a *Answer) { a.AnsweredAt = start.Truncate(24 * time.Hour) }), nil},
		"the best everywhere by belief":       {run(12, at(0), believed), []RemarkKind{StraightLine, AllBest}},
		"the best everywhere, but documented": {run(12, at(0), func(_ int, a *Answer) { a.Basis = Documented }), []RemarkKind{StraightLine}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, kinds(c.answers))
			slices.Reverse(c.answers)
			require.Equal(t, c.want, kinds(c.answers), "the order of the answers changes nothing")
		})
	}
}

// Two people who each answer a little alike are no straight line.
func TestPeopleAreLookedAtApart(t *testing.T) {
	answers := run(12, at(1), func(i int, a *Answer) { a.Respondent = []string{"Ada", "Grace"}[i%2] })
	require.Empty(t, kinds(answers))
}

func TestBlindAnswersFarApart(t *testing.T) {
	pair := func(manager, engineer string) []Answer {
		return []Answer{
			{Question: "B6", Seat: Manager, State: Answered, Options: []string{manager}}, {Question: "B6", Seat: Engineer, State: Answered, Options: []string{engineer}},
		}
	}
	require.Equal(t, []RemarkKind{Disagreement}, kinds(pair("B6.a", "B6.c")))
	require.Empty(t, kinds(pair("B6.a", "B6.b")))
	require.Empty(t, kinds(pair("B6.a", "B6.c")[:1]))
}
