package node_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/node"
)

// cluster is a snapshot of a cluster with one node, as the API server shows it.
func cluster(t *testing.T, takenAt time.Time, n snapshot.Node) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := snapshot.NewWriter(&out, snapshot.Header{CollectorVersion: "v1.2.3", Source: snapshot.SourceCluster, TakenAt: takenAt, PlatformUID: "5a1f", Scope: snapshot.Scope{Collected: []string{"nodes"}}})
	require.NoError(t, err)
	require.NoError(t, w.Write(snapshot.Cluster{UID: "5a1f", ServerVersion: "v1.34.2"}))
	require.NoError(t, w.Write(n))
	require.NoError(t, w.Close())
	return out.Bytes()
}

// judged merges a reading into the cluster's snapshot, and assesses what comes out.
func judged(t *testing.T, reading node.Reading, rule string) assessments.RuleCount {
	t.Helper()
	var readings snapshot.NodeReadings
	_, err := readings.Add("node", bytes.NewReader(encoded(t, reading)), snapshot.DefaultLimits())
	require.NoError(t, err)
	var out bytes.Buffer
	merged, err := readings.Merge(&out, bytes.NewReader(cluster(t, reading.Header.TakenAt, snapshot.Node{Name: reading.Node.Name, UID: "77", OperatingSystem: "linux"})), snapshot.DefaultLimits())
	require.NoError(t, err)
	require.Equal(t, snapshot.Merged{Nodes: 1}, merged)

	builder := facts.NewBuilder(facts.Options{AsOf: at})
	for record, err := range snapshot.NewReader(&out, snapshot.DefaultLimits()).Records() {
		require.NoError(t, err)
		builder.Add(record)
	}
	result := assessments.Assess(assessments.Input{Content: content.V1(), Facts: builder.Build(), AsOf: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)})
	return result.Rules[rule]
}

func TestRulesPassAndFailOnWhatIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		rule    string
		machine files
		want    assessments.RuleCount
	}{
		"the field report's table":                {"networking/conntrack-use", worker(), assessments.RuleCount{Fail: 1}},
		"one entry below three fifths":            {"networking/conntrack-use", worker().with(files{netfilter + "count": "157286\n"}), assessments.RuleCount{Pass: 1}},
		"a table that can't be read":              {"networking/conntrack-use", worker().with(files{netfilter + "max": gone}), assessments.RuleCount{Unknown: 1}},
		"a table larger than the formula's":       {"networking/conntrack-settings", worker(), assessments.RuleCount{Pass: 1}},
		"a large machine with a small one's":      {"networking/conntrack-settings", worker().with(files{"sys/devices/system/cpu/online": "0-63\n"}), assessments.RuleCount{Fail: 1}},
		"a machine whose processors are not told": {"networking/conntrack-settings", worker().with(files{"sys/devices/system/cpu/online": gone}), assessments.RuleCount{Unknown: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			reading, err := node.Read(c.machine.build(t))
			require.NoError(t, err)
			require.Equal(t, c.want, judged(t, reading, c.rule))
		})
	}
}
