package assessments

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/questionnaire"
)

func TestAResultListsTheGravestAndCountsTheOthers(t *testing.T) {
	finding := func(name string, s Severity, waived bool) Finding {
		return Finding{Rule: "r/" + s.String(), Severity: s, Subject: Subject{Name: name}, Waived: waived}
	}
	all := []Finding{finding("a", High, true), finding("b", High, false), finding("c", Medium, false), finding("d", Medium, true), finding("e", Low, false), finding("f", Low, false)}
	names := func(list []Finding) (text string) {
		for _, f := range list {
			text += f.Subject.Name
		}
		return text
	}
	for _, test := range []struct {
		most int
		kept string
		left []LeftOut
	}{
		{7, "abcdef", nil},
		{6, "abcdef", nil},
		{5, "abcef", []LeftOut{{"r/medium", Medium, 0, 1}}}, // waived ones go first
		{4, "bcef", []LeftOut{{"r/high", High, 0, 1}, {"r/medium", Medium, 0, 1}}},
		{1, "b", []LeftOut{{"r/high", High, 0, 1}, {"r/medium", Medium, 1, 1}, {"r/low", Low, 2, 0}}},
	} {
		kept, left := list(all, test.most)
		require.Equal(t, test.kept, names(kept), test.most)
		require.Equal(t, test.left, left, test.most)
	}
	_, left := list(all, 1)
	require.Equal(t, 3, OpenAt(left, 0))
	require.Equal(t, 1, OpenAt(left, Medium))
	require.Equal(t, 0, OpenAt(left, High))
	require.Equal(t, LeftOutSentence(left), "5 findings more are counted and not listed: a result lists the 40,000 gravest.")
	require.Empty(t, LeftOutWords(nil))
}

// One rule alone finds more than a result lists: scores, counts and gates are of all of them.
var day = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

func TestWhatIsNotListedCountsAllTheSame(t *testing.T) {
	judged := func(n int) Assessment {
		rule := Rule{ID: "lifecycle/a", Control: "lifecycle/a", Judge: func(v View) []Outcome {
			outcomes := v.Outcomes(n + n/2)
			for i := range n {
				f := Failure{Message: "It is wrong."}
				if i%2 == 0 {
					f.Severity = Low
				}
				outcomes = append(outcomes, About(Subject{Kind: "Pod", Name: fmt.Sprintf("p%06d", i)}, Place{}).Fail(f))
			}
			for range n / 2 {
				outcomes = append(outcomes, Outcome{}.PassNoted("fine"))
			}
			return outcomes
		}}
		content := &Content{Rules: &Registry{}, Controls: []Control{{ID: "lifecycle/a", Severity: High, Weight: 1, AlphaPercent: 100, Adding: Share}}, Questionnaire: questionnaire.Current()}
		content.Rules.Register(rule)
		in := Input{Content: content, Facts: facts.FromRecords(facts.Options{}), Waivers: []Waiver{{Rule: "lifecycle/a", Name: "p00000[02468]", Until: day, Reason: "known"}}, AsOf: day}
		return Assess(in)
	}
	small, large := judged(1000), judged(2*MaxFindings)
	require.Nil(t, small.LeftOut)
	require.Len(t, large.Findings, MaxFindings)
	require.Equal(t, []LeftOut{{"lifecycle/a", Low, MaxFindings - 5, 5}}, large.LeftOut)
	require.Equal(t, 2*MaxFindings, large.Rules["lifecycle/a"].Fail)
	require.Equal(t, small.Score.Low.Whole(), large.Score.Low.Whole(), "the same share fails")
	for _, f := range large.Findings {
		require.Equal(t, High, f.Severity)
	}
}

func TestFindingsSayNoMoreThanPeopleRead(t *testing.T) {
	long := make([]byte, 3*maxText)
	for i := range long {
		long[i] = 'x'
	}
	shared := []Evidence{{What: "image", Value: string(long)}}
	o := Failure{Message: string(long), Evidence: shared}
	var known texts
	known.share(&o)
	require.Less(t, len(o.Message), maxText+30)
	require.Contains(t, o.Evidence[0].Value, "… (4000 bytes more)")
	require.Len(t, shared[0].Value, 3*maxText, "the rule's own is left as it is")

	require.Equal(t, "x", shortened("x"))
	require.Equal(t, string(long[:maxText]), shortened(string(long[:maxText])), "as much as is kept")
	require.NotContains(t, shortened("é"+string(long[:maxText-2])+"éé"), "\uFFFD", "never half a letter")
}
