package manifests

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
)

// FuzzManifests asks that no input crashes, that each record can be written, and that a good document behind any other is read.
func FuzzManifests(f *testing.F) {
	f.Add(deployment("a"))
	f.Add("a: &a [*a]\n---\n{{ x }}\n---\n- - -\n? [a]\n: b")
	f.Add(`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"image":"$(X)"}]}}]}`)
	f.Add("apiVersion: apps/v1\nkind: StatefulSet\nspec: {replicas: ${N}, template: {spec: {containers: [{<<: {env: [{name: JAVA_OPTS, value: -Xmx$$(A)}]}, command: [sh, -c, $]}]}}}")
	f.Add("%YAML 1.1\n--- !!map {kind: Service}\n...\n\x00")
	f.Add(manyWorkloads(1))
	f.Fuzz(func(t *testing.T, text string) {
		var file bytes.Buffer
		w, err := snapshot.NewWriter(&file, snapshot.Header{Source: snapshot.SourceManifests, TakenAt: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)})
		require.NoError(t, err)
		seen := false
		inputs, err := Read(context.Background(), []string{"-"}, strings.NewReader(text+"\n---\n"+deployment("behind-it-all")), func(r snapshot.Record) error {
			if workload, ok := r.(snapshot.Workload); ok && workload.Name == "behind-it-all" {
				seen = true
			}
			if r.RecordKind() == snapshot.KindHeader {
				return nil
			}
			return w.Write(r)
		})
		require.NoError(t, err)
		require.NoError(t, w.Close())
		require.LessOrEqual(t, len(inputs.Skipped), len(text)+1)
		if !strings.HasPrefix(text, "\xff\xfe") && !strings.HasPrefix(text, "\xfe\xff") {
			require.True(t, seen, "the last document")
		}
		for record, err := range snapshot.NewReader(&file, snapshot.Limits{Ratio: 2000}).Records() {
			require.NoError(t, err)
			require.NotNil(t, record)
		}
	})
}
