package snapshot_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

// requireSame holds the encoder against the json package: the same line, or none.
func requireSame(t *testing.T, record snapshot.Record) (quick bool) {
	t.Helper()
	want, err := snapshot.SlowLine(record)
	got, quick := snapshot.QuickLine(record)
	if quick {
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
	return quick
}

func TestTheEncoderWritesWhatTheJSONPackageWrites(t *testing.T) {
	whole, err := snapshottest.Whole()
	require.NoError(t, err)
	harbour, err := snapshottest.Harbour()
	require.NoError(t, err)
	hostile, err := snapshottest.Hostile(rand.New(rand.NewPCG(1, 2)), 5000)
	require.NoError(t, err)
	kinds := map[snapshot.Kind]bool{}
	for _, records := range [][]snapshot.Record{whole, harbour, hostile, snapshottest.Generate(20, 1)} {
		for _, record := range records {
			require.True(t, requireSame(t, record), "left to the json package: %#v", record)
			kinds[record.RecordKind()] = true
		}
	}
	require.Len(t, kinds, len(snapshot.RecordTypes()))
	require.True(t, requireSame(t, snapshot.Trailer{Counts: map[snapshot.Kind]int{snapshot.KindNode: 2, snapshot.KindCRD: 1}, SHA256: "a"}))
	require.True(t, requireSame(t, &snapshot.Note{Reason: "a pointer"}))
}

// Values at the edges of what JSON and the format's bounds ask for, each in a record of its own.
func TestTheEncoderAtTheEdges(t *testing.T) {
	zero, never, late := 0, time.Time{}, time.Date(2030, 1, 2, 3, 4, 5, 678, time.FixedZone("east", 3600))
	for name, c := range map[string]struct {
		record snapshot.Record
		quick  bool
	}{
		"nothing":                   {snapshot.Workload{}, true},
		"pointer to zero":           {snapshot.Workload{Replicas: &zero}, true},
		"empty list and map":        {snapshot.Workload{Labels: map[string]string{}, SpreadKeys: []string{}}, true},
		"lists that are nil":        {snapshot.NetworkPolicy{}, true},
		"every sign":                {snapshot.Note{Reason: "a", Detail: "\x00\x01\x1f \"\\/<>&\x7f\u2028é𝄞\ufffd"}, true},
		"broken text":               {snapshot.Note{Reason: "a", Detail: "\xff"}, false},
		"broken key":                {snapshot.Workload{Labels: map[string]string{"\xff": ""}}, false},
		"sorted keys":               {snapshot.Workload{Labels: map[string]string{"b": "1", "a": "2", "é": "3", "\U0001d11e": "4", "": "5", "ﬀ": "6"}}, true},
		"another zone":              {snapshot.Workload{CreatedAt: &late}, true},
		"a time that is none":       {snapshot.Workload{CreatedAt: &never}, false},
		"a header's":                {snapshot.Header{TakenAt: late}, true},
		"a header's that is none":   {snapshot.Header{}, false},
		"the longest name":          {snapshot.Workload{Name: strings.Repeat("a", snapshot.MaxNameBytes)}, true},
		"a longer one":              {snapshot.Workload{Name: strings.Repeat("a", snapshot.MaxNameBytes+1)}, false},
		"the longest key":           {snapshot.Workload{Labels: map[string]string{strings.Repeat("a", snapshot.MaxNameBytes): "b"}}, true},
		"a longer key":              {snapshot.Workload{Labels: map[string]string{strings.Repeat("a", snapshot.MaxNameBytes+1): "b"}}, false},
		"the longest text":          {snapshot.Note{Detail: strings.Repeat("a", snapshot.DefaultLimits().StringBytes)}, true},
		"a longer text":             {snapshot.Note{Detail: strings.Repeat("a", snapshot.DefaultLimits().StringBytes+1)}, false},
		"a longer value":            {snapshot.Workload{Labels: map[string]string{"a": strings.Repeat("a", snapshot.DefaultLimits().StringBytes+1)}}, false},
		"less than nothing":         {snapshot.WorkloadPods{Total: -1}, false},
		"less than nothing, signed": {snapshot.WorkloadPods{Terminations: []snapshot.Termination{{ExitCode: -1}}}, true},
		"the largest figure":        {snapshot.WorkloadPods{Restarts: snapshot.MaxInteger}, true},
		"a larger one":              {snapshot.WorkloadPods{Restarts: snapshot.MaxInteger + 1}, false},
		"a negative count":          {snapshot.WorkloadPods{Phases: map[string]int{"a": -1}}, false},
		"the most containers":       {snapshot.Workload{Containers: make([]snapshot.Container, snapshot.MaxOfPod)}, true},
		"a container more":          {snapshot.Workload{Containers: make([]snapshot.Container, snapshot.MaxOfPod+1)}, false},
		"the most keys":             {snapshot.Workload{SpreadKeys: make([]string, snapshot.MaxElements)}, true},
		"a key more":                {snapshot.Workload{SpreadKeys: make([]string, snapshot.MaxElements+1)}, false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.quick, requireSame(t, c.record)) })
	}
}

func BenchmarkLines(b *testing.B) {
	records := snapshottest.Generate(1000, 1)
	encoder := snapshot.NewEncoder()
	for name, line := range map[string]func(snapshot.Record){
		"encoder": func(r snapshot.Record) { encoder.Line(r) },
		"json":    func(r snapshot.Record) { _, _ = snapshot.SlowLine(r) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, record := range records {
					line(record)
				}
			}
		})
	}
}
