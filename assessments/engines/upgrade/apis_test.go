package upgrade

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

func TestHowAnAPIStandsAtAMinor(t *testing.T) {
	for name, c := range map[string]struct {
		use      Use
		minor    reference.Minor
		standing Standing
		why      string
		mend     string
	}{
		"another project's group": {Use{Group: "example.com", Version: "v1beta1", Kind: "Cron"}, 37, Outside, "its group is not Kubernetes' own", ""},
		"a file's format":         {Use{Group: "audit.k8s.io", Version: "v1beta1", Kind: "Policy"}, 37, Outside, "it is the format of a file that the API server reads, no resource of its API", ""},
		"still served":            {Use{Group: "batch", Version: "v1beta1", Kind: "CronJob"}, 24, Serves, "", ""},
		"gone": {Use{Group: "batch", Version: "v1beta1", Kind: "CronJob"}, 25, Breaks, "Kubernetes 1.25 no longer serves batch/v1beta1 CronJob",
			"Write apiVersion: batch/v1, and apply it before the upgrade. What changes: nothing but the version."},
		"gone, and nobody says what changes": {Use{Group: "events.k8s.io", Version: "v1beta1", Kind: "Event"}, 25, Breaks, "Kubernetes 1.25 no longer serves events.k8s.io/v1beta1 Event",
			"Write apiVersion: events.k8s.io/v1, and apply it before the upgrade. Fields may differ: compare with its reference."},
		"gone without a successor, with a hint": {Use{Group: "policy", Version: "v1beta1", Kind: "PodSecurityPolicy"}, 25, Breaks, "Kubernetes 1.25 no longer serves policy/v1beta1 PodSecurityPolicy",
			"Take it out: Pod Security Admission or a policy engine takes its place."},
		"gone without a successor": {Use{Group: "apidiscovery.k8s.io", Version: "v2beta1", Kind: "APIGroupDiscovery"}, 35, Breaks, "Kubernetes 1.35 no longer serves apidiscovery.k8s.io/v2beta1 APIGroupDiscovery",
			"Nothing replaces it: take it out."},
		"by its resource alone":        {Use{Group: "batch", Version: "v1beta1", Resource: "cronjobs"}, 25, Breaks, "Kubernetes 1.25 no longer serves batch/v1beta1 cronjobs", "Write apiVersion: batch/v1, and apply it before the upgrade. What changes: nothing but the version."},
		"deprecated, and no end named": {Use{Version: "v1", Kind: "ComponentStatus"}, 37, Serves, "", ""},
		"planned to go later":          {Use{Group: "resource.k8s.io", Version: "v1beta1", Kind: "DeviceClass"}, 36, Serves, "", ""},
		"planned to go here":           {Use{Group: "resource.k8s.io", Version: "v1beta1", Kind: "DeviceClass"}, 38, Untold, "resource.k8s.io/v1beta1 DeviceClass is planned to go in 1.38, which can still move", ""},
		"lists differ on the minor":    {Use{Group: "flowcontrol.apiserver.k8s.io", Version: "v1beta1", Kind: "FlowSchema"}, 27, Untold, "lists differ on whether flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema is gone in 1.27: one names 1.26, another 1.29", ""},
		"and agree further on": {Use{Group: "flowcontrol.apiserver.k8s.io", Version: "v1beta1", Kind: "FlowSchema"}, 29, Breaks, "Kubernetes 1.26 no longer serves flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema",
			"Write apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, and apply it before the upgrade. Fields may differ: compare with its reference."},
		"one list knows no end":      {Use{Group: "storage.k8s.io", Version: "v1beta1", Kind: "VolumeAttributesClass"}, 37, Untold, "lists differ on whether storage.k8s.io/v1beta1 VolumeAttributesClass is gone in 1.37: one names 1.37, another knows no removal", ""},
		"gone for other kinds":       {Use{Group: "extensions", Version: "v1beta1", Kind: "Job"}, 22, Untold, "extensions/v1beta1 is gone for other kinds; the reference has no row for this one", ""},
		"not yet gone for any":       {Use{Group: "extensions", Version: "v1beta1", Kind: "Job"}, 15, Serves, "", ""},
		"a beta that nobody lists":   {Use{Group: "batch", Version: "v3beta1", Kind: "Job"}, 37, Untold, "batch/v3beta1 is a preview that the reference does not hold", ""},
		"an alpha that nobody lists": {Use{Group: "batch", Version: "v3alpha1", Kind: "Job"}, 37, Untold, "batch/v3alpha1 is a preview that the reference does not hold", ""},
		"stable":                     {Use{Group: "apps", Version: "v1", Kind: "Deployment"}, 37, Serves, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			j := c.use.At(c.minor)
			require.Equal(t, c.standing, j.Standing)
			require.Equal(t, c.why, j.Why)
			require.Equal(t, c.mend, j.Mend)
		})
	}
	until := Use{Group: "batch", Version: "v1beta1", Kind: "CronJob"}.At(30).Evidence[0]
	require.Equal(t, assessments.Evidence{What: "served until", Value: "1.24 (k8s.io/api batch/v1beta1 lifecycle tags)"}, until)
}

func ref(kind, namespace, name string) snapshot.Ref {
	return snapshot.Ref{Kind: kind, Namespace: namespace, Name: name}
}

func TestTheGroundsAreNamedEachForItself(t *testing.T) {
	at := ref("CronJob", "", "nightly")
	all := Use{Group: "batch", Version: "v1beta1", Kind: "CronJob", Requested: true, LastApplied: 1, Helm: 2, Managed: 3, Object: &at,
		Objects:  []snapshot.Ref{ref("CronJob", "shop", "a"), ref("ClusterRole", "", "b"), ref("CronJob", "shop", "c"), ref("CronJob", "shop", "d"), ref("CronJob", "shop", "e"), ref("CronJob", "shop", "f")},
		Managers: []string{"1", "2", "3", "4", "5", "6"}}
	require.Equal(t, []assessments.Evidence{
		{What: "requested", Value: "since the API server started, by its own metric"}, {What: "objects last applied by it", Value: "1"},
		{What: "objects of Helm's manifests", Value: "2"}, {What: "objects with fields managed by it", Value: "3"},
		{What: "such as", Value: "CronJob shop/a, ClusterRole b, CronJob shop/c, CronJob shop/d, CronJob shop/e …"},
		{What: "written by", Value: "1, 2, 3, 4, 5"}, {What: "written in the file", Value: "batch/v1beta1"},
	}, all.Grounds())
	require.Empty(t, Use{Version: "v1", Kind: "Pod"}.Grounds())
	five := Use{Objects: all.Objects[:5], Managers: all.Managers[:1]}
	require.Equal(t, []assessments.Evidence{{What: "such as", Value: "CronJob shop/a, ClusterRole b, CronJob shop/c, CronJob shop/d, CronJob shop/e"}, {What: "written by", Value: "1"}}, five.Grounds())
	require.Len(t, Use{Objects: all.Objects[:1]}.Grounds(), 1)

	for ground, use := range map[string]Use{"requested": {Requested: true}, "applied": {LastApplied: 1}, "Helm": {Helm: 1}, "file": {Object: &at}} {
		require.True(t, use.Strong(), ground)
	}
	require.False(t, Use{Managed: 9}.Strong(), "managedFields are never cleaned up")
	require.Equal(t, "v1 Pod", Use{Version: "v1", Kind: "Pod"}.Name())
	require.Equal(t, "apps/v1 deployments", Use{Group: "apps", Version: "v1", Resource: "deployments"}.Name())
}

func TestRecordsOfOneAPIAreTakenTogether(t *testing.T) {
	n := func(i int) *int { return &i }
	yes := true
	uses := Uses(clusterOf("v1.24.1", "kubeadm",
		snapshot.APIUse{Group: "batch", Version: "v1beta1", Resource: "cronjobs", LastApplied: n(2), HelmManifest: n(5), ManagedFields: n(7), Managers: []string{"b", "a"}, Objects: []snapshot.Ref{ref("CronJob", "shop", "b")}},
		snapshot.APIUse{Group: "batch", Version: "v1beta1", ObjectKind: "CronJob", Requested: &yes, LastApplied: n(1), HelmManifest: n(1), ManagedFields: n(1), Managers: []string{"a"},
			Objects: []snapshot.Ref{ref("CronJob", "shop", "b"), ref("CronJob", "shop", "a")}},
		snapshot.APIUse{Group: "apps", Version: "v1beta1", ObjectKind: "Deployment"},
	))
	require.Equal(t, []Use{
		{Group: "apps", Version: "v1beta1", Resource: "deployments", Kind: "Deployment"},
		{Group: "batch", Version: "v1beta1", Resource: "cronjobs", Kind: "CronJob", Requested: true, LastApplied: 3, Helm: 6, Managed: 8,
			Objects: []snapshot.Ref{ref("CronJob", "shop", "a"), ref("CronJob", "shop", "b")}, Managers: []string{"a", "b"}},
	}, uses)
}

func TestWithoutARecordOfAnAPIWorkloadsSpeak(t *testing.T) {
	workload := snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web", LastAppliedAPI: "apps/v1beta1",
		Writers: []snapshot.FieldManager{{Manager: "helm", APIVersion: "apps/v1"}, {Manager: "kubelet"}, {Manager: "argocd", APIVersion: "apps/v1"}, {Manager: "old", APIVersion: "extensions/v1beta1"}}}
	silent := snapshot.Workload{Kind: "Pod", Namespace: "shop", Name: "one", Writers: []snapshot.FieldManager{{Manager: "kubectl", APIVersion: "v1"}}}
	objects := []snapshot.Ref{ref("Deployment", "shop", "web")}
	require.Equal(t, []Use{
		{Version: "v1", Resource: "pods", Kind: "Pod", Managed: 1, Objects: []snapshot.Ref{ref("Pod", "shop", "one")}, Managers: []string{"kubectl"}},
		{Group: "apps", Version: "v1", Resource: "deployments", Kind: "Deployment", Managed: 1, Objects: objects, Managers: []string{"helm"}},
		{Group: "apps", Version: "v1beta1", Resource: "deployments", Kind: "Deployment", LastApplied: 1, Objects: objects},
		{Group: "extensions", Version: "v1beta1", Resource: "deployments", Kind: "Deployment", Managed: 1, Objects: objects, Managers: []string{"old"}},
	}, Uses(clusterOf("v1.15.1", "kubeadm", workload, silent)))
	require.Len(t, Uses(clusterOf("v1.15.1", "kubeadm", workload, snapshot.APIUse{Group: "apps", Version: "v1", ObjectKind: "Deployment"})), 1, "with one, the records alone speak")
}

func written(group, version, kind string, names ...string) *facts.Facts {
	records := []snapshot.Record{snapshot.Header{Source: snapshot.SourceManifests, TakenAt: november}}
	for _, name := range names {
		at := ref(kind, "shop", name)
		records = append(records, snapshot.APIUse{Group: group, Version: version, ObjectKind: kind, Object: &at})
	}
	return facts.FromRecords(facts.Options{}, records...)
}

// told lists the items of a kind: before or to a minor, the weight and the subject.
func told(p Plan, kind string) []string {
	var all []string
	add := func(where string, items []Item) {
		for _, item := range items {
			if item.Kind == kind {
				all = append(all, fmt.Sprintf("%s %s: %s", where, item.Weight, item.Subject))
			}
		}
	}
	add("before", p.Before)
	for _, hop := range p.Hops {
		add("to "+hop.To, hop.Items)
	}
	return all
}

func TestAnAPIIsToldWhereItFirstBites(t *testing.T) {
	for name, c := range map[string]struct {
		facts    *facts.Facts
		from, to reference.Minor
		want     []string
	}{
		"in doubt once, then gone": {written("flowcontrol.apiserver.k8s.io", "v1beta1", "FlowSchema", "a"), 25, 30,
			[]string{"to 1.26 unknown: flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema", "to 1.29 breaks: flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema"}},
		"in doubt to the end": {written("extensions", "v1beta1", "Job", "a"), 15, 20, []string{"to 1.16 unknown: extensions/v1beta1 Job"}},
		"gone already":        {written("batch", "v1beta1", "CronJob", "a"), 25, 26, []string{"before breaks: batch/v1beta1 CronJob"}},
		"no matter of ours":   {written("example.com", "v1beta1", "Cron", "a"), 25, 26, nil},
		"served to the end":   {written("apps", "v1", "Deployment", "a"), 25, 26, nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, told(Compute(Input{Facts: c.facts, AsOf: november, From: c.from, To: c.to}), "removedApi"))
		})
	}
	gone := Compute(Input{Facts: written("batch", "v1beta1", "CronJob", "a"), AsOf: november, From: 24, To: 25})
	require.Equal(t, 1, gone.NewCluster.APIs, "a new cluster takes it no more than the old one")
	n := 4
	require.Empty(t, told(compute(clusterOf("v1.25.1", "kubeadm", snapshot.APIUse{Group: "batch", Version: "v1beta1", ObjectKind: "CronJob", ManagedFields: &n}), 26), "removedApi"),
		"gone before, and only managedFields speak of it")
}

func TestObjectsOfFilesAreCountedAndTheFirstAreNamed(t *testing.T) {
	names := strings.Split("abcdefghijklmnopqrstuvwxyzABCD", "")
	require.Len(t, names, 30)
	item := Compute(Input{Facts: written("batch", "v1beta1", "CronJob", names...), AsOf: november, From: 24, To: 25}).Hops[0].Items[0]
	require.Equal(t, 30, item.Count)
	require.Len(t, item.Objects, 25)
	require.Equal(t, "A", item.Objects[0].Name, "in the order of their names")
}
