package whatif

import (
	"testing"

	"plimsoll/assessments/snapshot/snapshottest"
)

// BenchmarkTryTenThousand mends everything on ten thousand workloads: one rebuild, one evaluation.
func BenchmarkTryTenThousand(b *testing.B) {
	base := New(inputOf(snapshottest.Generate(10_000, 1)...))
	ids := fingerprints(base.Before())
	b.ReportMetric(float64(len(ids)), "findings")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base.Try(Change{Findings: ids}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlanTenThousand(b *testing.B) {
	base := New(inputOf(snapshottest.Generate(10_000, 1)...))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base.Plan(goalOf(60)); err != nil {
			b.Fatal(err)
		}
	}
}
