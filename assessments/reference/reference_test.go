package reference

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEveryFileStatesSourceAndDate(t *testing.T) {
	entries, err := data.ReadDir("data")
	require.NoError(t, err)
	require.Len(t, Files(), len(entries), "every embedded file is loaded")
	for _, file := range Files() {
		require.False(t, file.AsOf.IsZero(), file.Name)
		require.NotEmpty(t, file.Sources, file.Name)
		require.Positive(t, file.Rows, file.Name)
		content, found := Content(file.Name)
		require.True(t, found, file.Name)
		require.NotEmpty(t, content, file.Name)
		require.Equal(t, file.AsOf.Format(time.DateOnly), Dates()[file.Name])
	}
	_, found := Content("../reference")
	require.False(t, found)
}

func TestAFileIsStaleAfterSixMonths(t *testing.T) {
	require.NotContains(t, StaleAt(day("2026-11-22")), "system-namespaces")
	require.NotContains(t, StaleAt(day("2027-05-22")), "system-namespaces")
	require.Contains(t, StaleAt(day("2027-05-23")), "system-namespaces")
}

func TestAFileIsReadStrictly(t *testing.T) {
	for name, content := range map[string]string{
		"unknown field":  "about: {asOf: 2026-01-01, sources: [a]}\nrows: [{namespace: a, colour: red}]",
		"no date":        "about: {sources: [a]}\nrows: [{namespace: a}]",
		"no source":      "about: {asOf: 2026-01-01}\nrows: [{namespace: a}]",
		"no rows":        "about: {asOf: 2026-01-01, sources: [a]}",
		"date in words":  "about: {asOf: yesterday, sources: [a]}\nrows: [{namespace: a}]",
		"broken YAML":    "about: [",
		"empty document": "",
	} {
		require.Error(t, decode([]byte(content), &systemDocument{}), name)
	}
}

func TestSystemNamespacesByProvisioner(t *testing.T) {
	for _, c := range []struct {
		namespace, provisioner string
		live, want             bool
	}{
		{"kube-system", "", false, true},
		{"kube-node-lease", "eks", true, true},
		{"calico-system", "kubespray", true, true},
		{"calico-system", "", false, false},
		{"openshift-monitoring", "openshift", true, true},
		{"openshift-monitoring", "kubeadm", true, false},
		{"cattle-fleet-system", "rke2", true, true},
		{"kube-system-tools", "kubeadm", true, false},
		{"payments", "gke", true, false},
	} {
		require.Equal(t, c.want, IsSystemNamespace(c.namespace, c.provisioner, c.live), "%+v", c)
	}
}

func TestARowInDoubtDoesNotDeduct(t *testing.T) {
	for _, c := range []struct {
		row  Provenance
		want bool
	}{
		{Provenance{}, true},
		{Provenance{Confidence: MediumConfidence}, true},
		{Provenance{Confidence: LowConfidence}, false},
		{Provenance{State: Planned}, false},
		{Provenance{State: Estimated}, false},
		{Provenance{Conflict: "another list says 1.29"}, false},
	} {
		require.Equal(t, c.want, c.row.Deducts(), "%+v", c.row)
		require.Equal(t, c.want, c.row.Doubt() == "", "%+v", c.row)
	}
}

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}
