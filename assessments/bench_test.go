package assessments_test

import (
	"fmt"
	"testing"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// BenchmarkTenThousandWorkloads adds up 20 rules over 10,000 workloads of two containers; the rules themselves cost nothing.
func BenchmarkTenThousandWorkloads(b *testing.B) {
	content := &assessments.Content{Version: "test", Rules: &assessments.Registry{}, Questionnaire: nil}
	for i := range 20 {
		id := fmt.Sprintf("%s/c%d", assessments.Pillars[i%5], i)
		content.Controls = append(content.Controls, control(id, assessments.Share, assessments.High, 100))
		var outcomes []assessments.Outcome
		for n := range 20_000 {
			o := subject(fmt.Sprintf("app-%d", n/2)).Part(fmt.Sprintf("c%d", n%2))
			switch n % 5 {
			case 0:
				o = o.Fail(assessments.Failure{Message: "does not hold"})
			case 1:
				o = o.Unknown("not collected")
			default:
				o = o.Pass()
			}
			outcomes = append(outcomes, o)
		}
		content.Rules.Register(assessments.Rule{ID: id, Judge: func(assessments.View) []assessments.Outcome { return outcomes }})
	}
	in := assessments.Input{Content: content, Facts: &facts.Facts{Source: snapshot.SourceCluster, TakenAt: asOf}, AsOf: asOf}
	b.ReportAllocs()
	for b.Loop() {
		assessments.Assess(in)
	}
}
