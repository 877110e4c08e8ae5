package cluster_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/internal/kubetest"
)

// definition is a CustomResourceDefinition that takes any object.
func definition(group, kind, plural, version string) string {
	return fmt.Sprintf(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %[3]s.%[1]s}
spec:
  group: %[1]s
  names: {kind: %[2]s, plural: %[3]s}
  scope: Namespaced
  versions:
    - name: %[4]s
      served: true
      storage: true
      subresources: {status: {}}
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
---`, group, kind, plural, version)
}

// delivered are objects of Argo CD and Flux, with secrets where people put them.
const delivered = `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: queue, namespace: default}
spec:
  destination: {server: "https://leak-server", namespace: shop}
  sources:
    - {repoURL: "https://user:leak-token@git.example/values", targetRevision: main, ref: values}
    - {repoURL: "https://charts.example", chart: queue, targetRevision: "4.x", helm: {values: "password: leak-values", parameters: [{name: a, value: leak-parameter}]}}
status:
  sync: {status: OutOfSync, revisions: [1a2b3c4, 4.2.1]}
  health: {status: Degraded, message: leak-health}
  operationState: {phase: Failed, finishedAt: "2026-03-01T08:00:00Z", message: leak-operation}
  summary: {images: ["rabbitmq:4.1.0", "user:leak-password@registry.example/relay:1.2"], externalURLs: ["https://leak-url"]}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: default}
spec:
  suspend: true
  targetNamespace: shop
  chart: {spec: {chart: ./charts/web, version: ">=1.0.0", sourceRef: {kind: GitRepository, name: leak-source}}}
  values: {password: leak-values}
status:
  conditions: [{type: Ready, status: "False", reason: UpgradeFailed, message: leak-message, lastTransitionTime: "2026-03-01T07:00:00Z"}]
  history:
    - {name: shop-web, namespace: shop, version: 12, status: failed, chartName: web, chartVersion: 1.4.2+9f8e, appVersion: 2.0.1, configDigest: leak-digest, lastDeployed: "2026-03-01T06:59:00Z"}
    - {name: shop-web, namespace: shop, version: 11, status: superseded, chartName: web, chartVersion: 1.4.1, appVersion: 2.0.0}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: default}
spec: {path: ./leak-path, postBuild: {substitute: {token: leak-substitute}}}
status:
  conditions: [{type: Ready, status: "True", reason: ReconciliationSucceeded}]
`

func TestWhatArgoCDAndFluxSayOfTheirReleases(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	server.Apply(t, []byte(definition("argoproj.io", "Application", "applications", "v1alpha1")+
		definition("helm.toolkit.fluxcd.io", "HelmRelease", "helmreleases", "v2")+
		definition("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations", "v1")+delivered))
	records, summary := collect(t, server.Kubeconfig, options())
	require.Empty(t, summary.Refused)
	require.Contains(t, header(t, records).Scope.Collected, "releases")
	at := func(hour, minute int) *time.Time { return new(time.Date(2026, 3, 1, hour, minute, 0, 0, time.UTC)) }
	require.Equal(t, []snapshot.Release{
		{ObjectKind: "Application", APIVersion: "argoproj.io/v1alpha1", Namespace: "default", Name: "queue", Tool: "argocd", Status: "Failed", Chart: "queue",
			ChartVersion: "4.2.1", UpdatedAt: at(8, 0), TargetNamespace: "shop", Sync: "OutOfSync", Health: "Degraded",
			Images: []string{"rabbitmq:4.1.0", "registry.example/relay:1.2"}},
		{ObjectKind: "HelmRelease", APIVersion: "helm.toolkit.fluxcd.io/v2", Namespace: "default", Name: "web", Tool: "flux", Revision: 12, Status: "failed",
			Chart: "web", ChartVersion: "1.4.2+9f8e", AppVersion: "2.0.1", UpdatedAt: at(6, 59), Suspended: true, HelmRelease: "default/shop-web",
			TargetNamespace: "shop", Ready: "False", ReadyReason: "UpgradeFailed", ReadySince: at(7, 0)},
		{ObjectKind: "Kustomization", APIVersion: "kustomize.toolkit.fluxcd.io/v1", Namespace: "default", Name: "web", Tool: "flux", Ready: "True",
			ReadyReason: "ReconciliationSucceeded"},
	}, only[snapshot.Release](records))
	for _, record := range records {
		require.NotContains(t, strings.ToLower(normal(t, record)), "leak")
	}

	// Without the right to read one of them, the releases were not read whole.
	rules := without(printedRules(t, options()), "helmreleases")
	records, _ = collect(t, server.KubeconfigFor(t, "without-helmreleases", rules...), options())
	require.Equal(t, []string{"helmreleases.helm.toolkit.fluxcd.io"}, header(t, records).Scope.Refused)
	require.NotContains(t, header(t, records).Scope.Collected, "releases")
	require.True(t, slices.ContainsFunc(only[snapshot.Release](records), func(r snapshot.Release) bool { return r.Tool == "argocd" }))
}
