package assessments

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/facts"
)

func TestEachReasonIsCountedForItself(t *testing.T) {
	v := &verdict{}
	for _, reason := range []string{"a", "a", "b", "a", "c"} {
		v.why(reason)
	}
	v.addWhy()
	v.addWhy()
	require.Equal(t, map[string]int{"a": 3, "b": 1, "c": 1}, v.unknown)
}

func TestWhatDoesNotFailHasNoFailure(t *testing.T) {
	o := About(Subject{Kind: "Cluster"}, Place{})
	require.Equal(t, Failure{}, o.Pass().Failure())
	require.Equal(t, Failure{}, o.Unknown("not seen").Failure())
	require.Equal(t, "it is", o.Fail(Failure{Message: "it is"}).Failure().Message)
}

func TestASubjectOfWhichNothingIsSaidCountsAsNormal(t *testing.T) {
	require.Equal(t, int64(facts.CriticalityNormal), weightOf(0))
	require.Equal(t, int64(facts.CriticalityLow), weightOf(facts.CriticalityLow))
}
