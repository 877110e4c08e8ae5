package cluster_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

// written are objects that were applied by versions of their own: the server lists them in another.
const written = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: berths.example.com
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"apiextensions.k8s.io/v1beta1","kind":"CustomResourceDefinition","spec":{"leak":"leak-applied"}}'}
spec:
  group: example.com
  names: {kind: Berth, plural: berths}
  scope: Namespaced
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, description: leak-schema}}}
    - {name: v1alpha1, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: applied-long-ago
  namespace: default
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"batch/v1beta1","kind":"CronJob"}'}
spec:
  schedule: "0 0 1 1 *"
  suspend: true
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: "app:1"}]}}}}
`

func TestWhichVersionsAreInUse(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	server.Apply(t, []byte(written))
	o := options()
	o.APIMetrics = true
	records, summary := collect(t, server.Kubeconfig, o)
	require.Empty(t, summary.Refused)
	use := func(group, version, resource string) snapshot.APIUse {
		return one(t, records, func(u snapshot.APIUse) bool {
			return u.Group == group && u.Version == version && u.Resource == resource
		})
	}
	applied := use("batch", "v1beta1", "cronjobs")
	require.Equal(t, 1, *applied.LastApplied)
	require.Nil(t, applied.ManagedFields, "the manager wrote in v1, which the server serves")
	require.Equal(t, []snapshot.Ref{{Kind: "CronJob", Namespace: "default", Name: "applied-long-ago"}}, applied.Objects)
	managed := use("batch", "v1", "cronjobs")
	require.Equal(t, 1, *managed.ManagedFields)
	require.Nil(t, managed.LastApplied)
	require.NotEmpty(t, managed.Managers)

	berths := one(t, records, func(c snapshot.CRD) bool { return c.Name == "berths.example.com" })
	require.Equal(t, snapshot.CRD{
		Name: "berths.example.com", LastAppliedAPI: "apiextensions.k8s.io/v1beta1", Group: "example.com", ResourceKind: "Berth",
		Served: []string{"v1"}, Stored: []string{"v1"}, Storage: "v1", Conversion: "None",
	}, berths)

	c := one(t, records, func(snapshot.Cluster) bool { return true })
	require.NotNil(t, c.APIServerStartedAt)
	require.WithinDuration(t, time.Now(), *c.APIServerStartedAt, time.Hour)
	require.Subset(t, header(t, records).Scope.Collected, []string{"api-metrics", "customresourcedefinitions", "cni", "kube-proxy", "workloads"})
}

// TestRequestsToDeprecatedVersions asks for Endpoints, which is deprecated and served, and finds the request in the metric.
func TestRequestsToDeprecatedVersions(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	server.Apply(t, []byte("apiVersion: v1\nkind: Endpoints\nmetadata: {name: by-hand, namespace: default}\n"))
	o := options()
	o.APIMetrics = true
	records, _ := collect(t, server.Kubeconfig, o)
	requested := one(t, records, func(u snapshot.APIUse) bool { return u.Resource == "endpoints" })
	require.True(t, *requested.Requested)
	require.Equal(t, "v1", requested.Version)
	require.Empty(t, requested.Group)
}

func TestMetricsAreReadOnRequestAndByRightAlone(t *testing.T) {
	server := harbour(t)
	records, _ := collect(t, server.Kubeconfig, options())
	require.NotContains(t, header(t, records).Scope.Collected, "api-metrics")
	require.NotContains(t, header(t, records).Scope.Refused, "api-metrics", "nobody asked")

	o := options()
	o.APIMetrics = true
	narrow := server.KubeconfigFor(t, "no-metrics", printedRules(t, cluster.Options{})...)
	records, summary := collect(t, narrow, o)
	require.Contains(t, header(t, records).Scope.Refused, "api-metrics")
	require.True(t, slices.ContainsFunc(summary.Refused, func(n snapshot.Note) bool {
		return n.Resource == "api-metrics" && n.Reason == "forbidden" && n.Detail == "no right to get /metrics"
	}))
	wide := server.KubeconfigFor(t, "metrics", printedRules(t, cluster.Options{APIMetrics: true})...)
	records, summary = collect(t, wide, o)
	require.Empty(t, summary.Refused)
	require.Contains(t, header(t, records).Scope.Collected, "api-metrics")
}
