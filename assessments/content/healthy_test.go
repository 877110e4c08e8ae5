package content

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// assessed scores one of the clusters of testdata/healthy-managed.yaml by its evidence alone.
func assessed(t *testing.T, name string) assessments.Assessment {
	t.Helper()
	data, err := os.ReadFile("testdata/healthy-managed.yaml")
	require.NoError(t, err)
	var clusters map[string][]any
	require.NoError(t, yaml.Unmarshal(data, &clusters))
	require.NotEmpty(t, clusters[name])
	at := time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)
	records := []snapshot.Record{snapshot.Header{Schema: snapshot.Schema, CollectorVersion: "test", Source: snapshot.SourceCluster, TakenAt: at,
		Scope: snapshot.Scope{Collected: snapshot.Resources}}}
	for _, raw := range clusters[name] {
		line, err := json.Marshal(raw)
		require.NoError(t, err)
		record, err := snapshot.DecodeRecord(line)
		require.NoError(t, err, "%s", line)
		records = append(records, record)
	}
	return assessments.Assess(assessments.Input{Content: V1(), Facts: facts.FromRecords(facts.Options{AsOf: at}, records...), AsOf: at})
}

func TestAHealthyManagedClusterHasNothingToMend(t *testing.T) {
	a := assessed(t, "eks")
	require.Empty(t, a.Findings)
	require.Len(t, a.Pillars, len(assessments.Pillars))
	for _, p := range a.Pillars {
		require.EqualValues(t, 100_000_000, *p.Value, "%s: all that is known holds", p.ID)
		require.EqualValues(t, 100_000_000, p.High, "%s", p.ID)
		require.Empty(t, p.Caps, "%s", p.ID)
	}
}

func TestOfAProvidersOwnPartsNothingIsGrave(t *testing.T) {
	a := assessed(t, "gke")
	subjects := map[string]string{}
	for _, f := range a.Findings {
		require.Equal(t, assessments.Medium, f.Severity, "%s of %s", f.Rule, f.Subject)
		subjects[f.Subject.String()] = f.Rule
	}
	require.Equal(t, map[string]string{
		"kube-system/kube-dns": "lifecycle/disruption-budget", "kube-system/l7-default-backend": "lifecycle/single-replica",
		"kube-system/metrics-server-v1.35.0": "lifecycle/single-replica",
		"kube-system/default-http-backend":   "networking/source-nat",
	}, subjects, "a readiness flap, a Local balancer and the provider's agents are none")
	for _, p := range a.Pillars {
		require.Empty(t, p.Caps, "%s", p.ID)
	}
}
