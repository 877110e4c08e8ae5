package delivery_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules/delivery"
	"plimsoll/assessments/snapshot"
)

// TestTrap15WhereHelmsTruthStands holds what is easily got wrong of Helm's storage: the newest revision is the highest number and not
// the one that reads "deployed"; "10" comes after "9"; Argo CD leaves no record of Helm's; Flux leaves one and tells chart and
// application version beside it, without any Secret; and what an SQL driver holds is invisible, which is unknown and no pass.
func TestTrap15WhereHelmsTruthStands(t *testing.T) {
	records := []snapshot.Record{
		snapshot.Release{Tool: "helm", Namespace: "shop", Name: "web", Revision: 10, Status: "failed"},
		snapshot.Release{Tool: "helm", Namespace: "shop", Name: "web", Revision: 9, Status: "deployed"},
		snapshot.Release{Tool: "argocd", ObjectKind: "Application", Namespace: "argocd", Name: "api", TargetNamespace: "shop", Chart: "api", ChartVersion: "1.0.0", Sync: "Synced"},
		snapshot.Release{Tool: "helm", Namespace: "shop", Name: "db", Revision: 4, Status: "deployed"},
		snapshot.Release{Tool: "flux", ObjectKind: "HelmRelease", Namespace: "flux-system", Name: "db", HelmRelease: "shop/db", Revision: 4,
			Chart: "db", ChartVersion: "1.0.0", AppVersion: "17.2", Ready: "True"},
		snapshot.Workload{Kind: "StatefulSet", Namespace: "shop", Name: "db", HelmRelease: "db", Containers: []snapshot.Container{{Name: "db", Role: snapshot.RoleRegular, Image: "postgres:17.2"}}},
		snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "hidden", HelmRelease: "hidden", Labels: map[string]string{"helm.sh/chart": "hidden-1.0.0"},
			Containers: []snapshot.Container{{Name: "app", Role: snapshot.RoleRegular, Image: "team/hidden:1.0.0"}}},
	}
	header := snapshot.Header{Schema: snapshot.Schema, Source: snapshot.SourceCluster, Scope: snapshot.Scope{Collected: snapshot.Resources}}
	view := assessments.View{Facts: facts.FromRecords(facts.Options{}, append(records, header)...)}
	registry := &assessments.Registry{}
	delivery.Register(registry)
	said := func(rule string) map[string]assessments.Result {
		found, ok := registry.ByID(rule)
		require.True(t, ok)
		results := map[string]assessments.Result{}
		for _, o := range found.Judge(view) {
			results[o.Subject().Kind+" "+o.Subject().String()] = o.Result
		}
		return results
	}
	require.Equal(t, map[string]assessments.Result{
		"Release shop/web": assessments.Fail, "Application argocd/api": assessments.Pass, "HelmRelease flux-system/db": assessments.Pass,
		"Release shop/hidden": assessments.Unknown,
	}, said("delivery/release-failed"))
	require.Equal(t, assessments.Pass, said("delivery/release-map")["HelmRelease flux-system/db"])
	require.Equal(t, assessments.Pass, said("delivery/chart-semver")["Application argocd/api"])
	require.Equal(t, assessments.Pass, said("delivery/chart-semver")["Release shop/hidden"], "labels tell of it")
}
