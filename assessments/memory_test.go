package assessments

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/facts"
)

func TestRoomIsLentAgainOnceItIsTakenBack(t *testing.T) {
	lender := &room{}
	view := View{room: lender}
	first := append(view.Outcomes(2), Outcome{Reason: "a"})
	second := append(view.Outcomes(1), Outcome{Reason: "b"})
	require.Equal(t, "a", first[0].Reason, "a rule that asks twice has two lots")
	require.Empty(t, view.Outcomes(3))
	require.Equal(t, "b", second[0].Reason)

	lender.takeBack()
	again := append(view.Outcomes(1), Outcome{Reason: "c"})
	require.Equal(t, "c", again[0].Reason)
	require.Len(t, lender.free, 2, "of three lots one is out")
	require.GreaterOrEqual(t, cap(view.Outcomes(50)), 50)
}

func TestOutcomesThatPairsReadAreNoLoan(t *testing.T) {
	rule := func(id, reason string) Rule {
		return Rule{ID: id, Judge: func(v View) []Outcome { return append(v.Outcomes(1), AboutCluster().PassNoted(reason)) }}
	}
	content := &Content{Rules: &Registry{}, Controls: []Control{{ID: "lifecycle/a"}, {ID: "lifecycle/b"}}, Pairs: []Pair{{ID: "K", Reads: []string{"lifecycle/a"}}}}
	content.Rules.Register(rule("lifecycle/a", "first"), rule("lifecycle/b", "second"))
	in := Input{Content: content, Surveyed: true}
	verdicts := judge(in, View{Facts: facts.FromRecords(facts.Options{})}, newWaiving(in), &asking{})
	require.Len(t, verdicts, 2)
	require.Equal(t, "first", verdicts[0].said[0].Reason)
	require.Nil(t, verdicts[1].said)
}

func TestFindingsShareWhatTheySayAlike(t *testing.T) {
	say := func(message, value string) Failure {
		return Failure{Message: string([]byte(message)), Evidence: []Evidence{{What: "seen", Value: value}}}
	}
	a, b, c := say("It is wrong.", "1"), say("It is wrong.", "1"), say("It is worse.", "2")
	var known texts
	for _, o := range []*Failure{&a, &b, &c} {
		known.share(o)
	}
	require.Equal(t, say("It is wrong.", "1"), b)
	require.Equal(t, say("It is worse.", "2"), c)
	require.Equal(t, unsafe.StringData(a.Message), unsafe.StringData(b.Message))
	require.Same(t, &a.Evidence[0], &b.Evidence[0])
	require.NotSame(t, &b.Evidence[0], &c.Evidence[0])
}
