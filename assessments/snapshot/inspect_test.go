package snapshot_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

func TestInspectNamesEveryFieldAndValue(t *testing.T) {
	var file bytes.Buffer
	records := append(snapshottest.Generate(0, 1)[:1],
		snapshot.Workload{Kind: "Job", Namespace: "a", Name: "x", Labels: map[string]string{"helm.sh/chart": "c-1"}, Replicas: new(0)},
		snapshot.Workload{Kind: "Job", Namespace: "a", Name: "y", Containers: []snapshot.Container{{Name: "m", Role: "regular"}, {Name: "n", Role: "regular"}}},
		snapshot.Workload{Kind: "Pod", Namespace: "a", Name: "z", HostNetwork: true})
	require.NoError(t, snapshottest.Write(&file, records))
	report, err := snapshot.Inspect(&file, snapshot.Limits{}, 2)
	require.NoError(t, err)
	require.Equal(t, map[snapshot.Kind]int{"header": 1, "workload": 3}, report.Records)
	require.Len(t, report.Digest, 64)
	fields := map[string]snapshot.FieldSummary{}
	for _, f := range report.Fields {
		fields[f.Field] = f
	}
	require.Equal(t, snapshot.FieldSummary{Field: "workload.workloadKind", Set: 3, Values: []snapshot.ValueCount{{"Job", 2}, {"Pod", 1}}}, fields["workload.workloadKind"])
	require.Equal(t, snapshot.FieldSummary{Field: "workload.name", Set: 3, Values: []snapshot.ValueCount{{"x", 1}, {"y", 1}}, More: 1}, fields["workload.name"])
	require.Equal(t, snapshot.FieldSummary{Field: "workload.labels.helm.sh/chart", Set: 1, Values: []snapshot.ValueCount{{"c-1", 1}}}, fields["workload.labels.helm.sh/chart"])
	require.Equal(t, snapshot.FieldSummary{Field: "workload.containers[].role", Set: 2, Values: []snapshot.ValueCount{{"regular", 2}}}, fields["workload.containers[].role"])
	require.Equal(t, 1, fields["workload.hostNetwork"].Set)
	require.Equal(t, 1, fields["workload.replicas"].Set, "a zero that was collected is set")
	require.Contains(t, fields, "header.takenAt")
	require.NotContains(t, fields, "workload.uid")

	_, err = snapshot.Inspect(bytes.NewReader([]byte("x")), snapshot.Limits{}, 0)
	require.Error(t, err)
}
