package whatif

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
)

func TestASummaryCountsWhatTheResultNames(t *testing.T) {
	base := New(inputOf(shop()...))
	rules := []string{"jvm/heap-headroom"}
	supported := fingerprints(base.Before(), "lifecycle/version-supported")
	known, missing := base.Known(rules, append(supported, "never was", supported[0]))
	require.Equal(t, 1, missing)
	require.ElementsMatch(t, append(supported, fingerprints(base.Before(), rules...)...), known, "each once")
	result, err := base.Try(Change{Findings: known})
	require.NoError(t, err)
	s := result.Summary(missing)
	require.Equal(t, result.Scores, s.Scores)
	require.Equal(t, len(result.Gone), s.GoneCount)
	require.Equal(t, len(result.New), s.NewCount)
	require.Equal(t, 1, s.Missing)
	require.Equal(t, len(result.Changed), s.Milder+s.Graver)
	require.ElementsMatch(t, []MendsOf{{Rule: "jvm/heap-headroom", Findings: 1}, {Rule: "lifecycle/version-supported", Findings: 1, Assumed: 1, Why: []string{"its mend is no patch of an object"}}}, s.Mends)
}

func TestASummaryDoesNotGrowWithThePlatform(t *testing.T) {
	var r Result
	for range 1000 {
		r.Mends = append(r.Mends, Mend{Rule: "a/b", How: Assumed, Why: "it is so", Left: Remains})
		r.New = append(r.New, assessments.Finding{Rule: "a/b"})
	}
	s := r.Summary(0)
	require.Equal(t, []MendsOf{{Rule: "a/b", Findings: 1000, Assumed: 1000, Remains: 1000, Why: []string{"it is so"}}}, s.Mends)
	require.Equal(t, 1000, s.NewCount)
	require.Len(t, s.New, maxNamed)
}

func TestARuleTakesNoWaivedFindingsAlong(t *testing.T) {
	in := inputOf(shop()...)
	in.Waivers = []assessments.Waiver{{Rule: "jvm/heap-headroom", Reason: "accepted", Until: asOf}}
	base := New(in)
	known, _ := base.Known([]string{"jvm/heap-headroom"}, nil)
	require.Empty(t, known)
	known, _ = base.Known(nil, fingerprints(base.Before(), "jvm/heap-headroom"))
	require.Len(t, known, 1, "one that is asked for by itself is")
}

func TestFindingsThatStayGoMilderOrGraver(t *testing.T) {
	f := func(name string, severity assessments.Severity) assessments.Finding {
		return assessments.Finding{Rule: "a/b", Subject: assessments.Subject{Name: name}, Severity: severity}
	}
	var r Result
	r.compareFindings([]assessments.Finding{f("x", assessments.High), f("y", assessments.Low), f("z", assessments.Low)},
		[]assessments.Finding{f("x", assessments.Low), f("y", assessments.Critical), f("z", assessments.Low)})
	s := r.Summary(0)
	require.Equal(t, []int{1, 1}, []int{s.Milder, s.Graver})
}
