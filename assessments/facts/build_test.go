package facts

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

func TestServicesBudgetsAutoscalersAndPodsAreJoined(t *testing.T) {
	f := FromRecords(Options{}, platform()...)
	require.True(t, f.Live())
	require.Equal(t, "feed", f.Digest)
	require.Equal(t, Version{Major: 1, Minor: 36, Patch: 2, Suffix: "-eks-1a2b3c"}, f.Cluster.Version)
	require.Equal(t, 35, f.Cluster.KubeProxy.Minor)
	require.Equal(t, 34, f.Nodes[0].Kubelet.Minor)

	ledger := workload(t, f, "payments", "ledger")
	require.Equal(t, []string{"ledger", "ledger-headless"}, names(ledger.Services))
	require.Equal(t, "ledger", ledger.Budgets[0].Name)
	require.Same(t, ledger, ledger.Budgets[0].Workloads[0])
	require.Equal(t, 3, ledger.Autoscaler.MinReplicas)
	require.Equal(t, 3, *ledger.LeastReplicas())
	require.Equal(t, 2, ledger.Pods.Ready)
	require.False(t, ledger.System)
	require.True(t, workload(t, f, "kube-system", "coredns").System)
	require.False(t, workload(t, f, "default", "lonely").System, "an object without a namespace is in default")
}

func TestRecordsInAnyOrderGiveTheSameFacts(t *testing.T) {
	want := FromRecords(Options{}, platform()...)
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		records := platform()
		random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		require.Equal(t, want, FromRecords(Options{}, records...))
	}
}

func TestTheWholeSchemaBecomesFacts(t *testing.T) {
	records, err := snapshottest.Whole()
	require.NoError(t, err)
	f := FromRecords(Options{}, records...)
	for name, count := range map[string]int{
		"nodes": len(f.Nodes), "namespaces": len(f.Namespaces), "workloads": len(f.Workloads), "services": len(f.Services), "budgets": len(f.Budgets),
		"autoscalers": len(f.Autoscalers), "policies": len(f.Policies), "custom resources": len(f.Custom), "releases": len(f.Releases),
		"networks": len(f.Networks), "ingresses": len(f.Ingresses), "webhooks": len(f.Webhooks), "CRDs": len(f.CRDs), "classes": len(f.Classes),
		"volumes": len(f.Volumes), "claims": len(f.Claims), "backups": len(f.Backups), "repositories": len(f.Repos), "API uses": len(f.APIUses),
		"events": len(f.Events), "notes": len(f.Notes),
	} {
		require.Equal(t, 1, count, name)
	}
	kafka := workload(t, f, "streams", "kafka")
	require.Equal(t, kafka.Events, f.Events, "an event hangs on its workload")
	require.Equal(t, 2, kafka.Services[0].Endpoints.Ready, "a service has its endpoints")
	require.Same(t, f.Volumes[0], f.Claims[0].Volume)
	require.Same(t, f.Claims[0], f.Volumes[0].Bound)
	require.Equal(t, "local", f.Claims[0].Class.Name)
	require.Nil(t, f.Webhooks[0].Server, "its service is not in the snapshot")
}

func TestStorageAndWebhooksAreJoined(t *testing.T) {
	f := FromRecords(Options{},
		snapshot.StorageClass{Name: "fast", Provisioner: "csi.example", Default: true},
		snapshot.VolumeClaim{Name: "by-default", Namespace: "payments"},
		snapshot.VolumeClaim{Name: "named", Namespace: "payments", Class: new("gone")},
		snapshot.PersistentVolume{Name: "pv", Source: "csi", ClaimNamespace: "payments", Claim: "by-default"},
		snapshot.Service{Name: "policy", Namespace: "policy"},
		snapshot.Webhook{Configuration: "policy", Name: "a", ServiceNamespace: "policy", Service: "policy"},
		snapshot.EventSummary{Reason: "BackOff", Object: &snapshot.Ref{Kind: "Job", Name: "gone"}},
	)
	require.Equal(t, "fast", f.Claims[0].Class.Name, "a claim without a class takes the default one")
	require.Equal(t, "pv", f.Claims[0].Volume.Name, "a volume that names its claim is bound to it, also where the claim does not say so")
	require.Nil(t, f.Claims[1].Class, "a class that was not seen")
	require.Equal(t, "policy", f.Webhooks[0].Server.Name)
	require.Nil(t, f.Events[0].Workload)
}

func TestWhatWasNotReadWholeIsUnseen(t *testing.T) {
	live := FromRecords(Options{}, snapshot.Header{Source: snapshot.SourceCluster,
		Scope: snapshot.Scope{Namespaces: []string{"payments"}, Refused: []string{"events"}, Collected: []string{"persistentvolumes", "ingresses"}}})
	reason, unseen := live.Unseen("events")
	require.True(t, unseen)
	require.Equal(t, "refused", reason)
	reason, unseen = live.Unseen("webhooks")
	require.True(t, unseen)
	require.Equal(t, "not collected", reason)
	_, unseen = live.Unseen("persistentvolumes")
	require.False(t, unseen)
	_, unseen = live.UnseenIn("ingresses", "payments")
	require.False(t, unseen)
	_, unseen = live.UnseenIn("ingresses", "elsewhere")
	require.True(t, unseen, "outside of the collector's namespaces")
	_, unseen = FromRecords(Options{}, snapshot.Header{Source: snapshot.SourceManifests}).Unseen("webhooks")
	require.False(t, unseen, "files are seen whole, as far as they go")
}

func TestAPointerIsARecordToo(t *testing.T) {
	f := FromRecords(Options{}, &snapshot.Header{Source: snapshot.SourceManifests}, &snapshot.Workload{Kind: "Job", Name: "a"},
		&snapshot.Service{Name: "s"}, &snapshot.Node{Name: "n"}, &snapshot.Note{Resource: "nodes", Reason: "forbidden"},
		&snapshot.Cluster{ServerVersion: "v1.37.0"}, &snapshot.DisruptionBudget{}, &snapshot.Autoscaler{}, &snapshot.NetworkPolicy{},
		&snapshot.CustomResource{}, &snapshot.Release{}, &snapshot.Network{}, &snapshot.Namespace{}, &snapshot.WorkloadPods{},
		&snapshot.Trailer{SHA256: "00"})
	require.Len(t, f.Workloads, 1)
	require.Len(t, f.Services, 1)
	require.Len(t, f.Nodes, 1)
	require.Len(t, f.Notes, 1)
	require.Len(t, f.Custom, 1)
	require.Len(t, f.Releases, 1)
	require.Len(t, f.Networks, 1)
	require.Equal(t, "00", f.Digest)
	require.NotNil(t, f.Cluster)
}

func TestOverManifestsThePlaceTellsObjectsOfOneNameApart(t *testing.T) {
	first, second := snapshot.Place{File: "a.yaml", Line: 1, Document: 1}, snapshot.Place{File: "b.yaml", Line: 1, Document: 1}
	f := FromRecords(Options{},
		snapshot.Header{Source: snapshot.SourceManifests},
		snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web", Place: first},
		snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web", Place: second},
		snapshot.Service{Namespace: "shop", Name: "web", Selects: []snapshot.Ref{{Kind: "Deployment", Name: "web", Place: second}}},
		snapshot.Autoscaler{Namespace: "shop", Name: "web", Target: snapshot.Ref{Kind: "Deployment", Name: "web"}},
	)
	require.Len(t, f.Workloads, 2)
	require.Empty(t, f.Workloads[0].Services)
	require.Len(t, f.Workloads[1].Services, 1)
	require.NotNil(t, f.Workloads[0].Autoscaler, "a target without a place means every object of the name")
	require.NotNil(t, f.Workloads[1].Autoscaler)
}

func TestAServiceSendsToTheContainerWhosePortItNames(t *testing.T) {
	app := snapshot.Container{Name: "app", Role: snapshot.RoleRegular, Ports: []snapshot.Port{{Name: "http", Number: 8080}}}
	proxy := snapshot.Container{Name: "proxy", Role: snapshot.RoleSidecar, Ports: []snapshot.Port{{Name: "admin", Number: 9901}}}
	silent := snapshot.Container{Name: "silent", Role: snapshot.RoleRegular}
	setup := snapshot.Container{Name: "setup", Role: snapshot.RoleInit, Ports: []snapshot.Port{{Number: 8080}}}
	for name, c := range map[string]struct {
		containers []snapshot.Container
		ports      []snapshot.ServicePort
		want       []string
	}{
		"by name":                            {[]snapshot.Container{app, proxy}, []snapshot.ServicePort{{Port: 80, TargetPort: "http"}}, []string{"app"}},
		"by number":                          {[]snapshot.Container{app, proxy}, []snapshot.ServicePort{{Port: 80, TargetPort: "9901"}}, []string{"proxy"}},
		"target defaults to the port":        {[]snapshot.Container{app, proxy}, []snapshot.ServicePort{{Port: 8080}}, []string{"app"}},
		"both by two ports":                  {[]snapshot.Container{app, proxy}, []snapshot.ServicePort{{Port: 8080}, {Port: 1, TargetPort: "admin"}}, []string{"app", "proxy"}},
		"the only container":                 {[]snapshot.Container{silent, setup}, []snapshot.ServicePort{{Port: 80}}, []string{"silent"}},
		"several and none states the port":   {[]snapshot.Container{silent, app}, []snapshot.ServicePort{{Port: 80, TargetPort: "web"}}, nil},
		"init containers answer no traffic":  {[]snapshot.Container{app, silent, setup}, []snapshot.ServicePort{{Port: 8080}}, []string{"app"}},
		"headless without ports, one target": {[]snapshot.Container{silent}, nil, []string{"silent"}},
	} {
		f := FromRecords(Options{},
			snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web", Containers: c.containers},
			snapshot.Service{Namespace: "shop", Name: "web", Ports: c.ports, Selects: []snapshot.Ref{{Kind: "Deployment", Name: "web"}}})
		var got []string
		for _, container := range f.Services[0].Targets[0].Containers {
			got = append(got, container.Name)
		}
		require.Equal(t, c.want, got, name)
	}
}

func TestRecoveryTimeIsDeclaredByAnnotationOrByAPerson(t *testing.T) {
	fact := WorkloadFact{Kind: "StatefulSet", Namespace: "data", Name: "kafka", Key: RecoverySecondsKey, Value: "900"}
	for name, c := range map[string]struct {
		annotation string
		declared   []WorkloadFact
		want       int64
		source     string
		ok         bool
	}{
		"a Go duration":                            {annotation: "1h30m", want: 5400, source: "annotation plimsoll.dev/recovery-time", ok: true},
		"whole seconds":                            {annotation: "1800", want: 1800, source: "annotation plimsoll.dev/recovery-time", ok: true},
		"parts of a second are rounded up":         {annotation: "1500ms", want: 2, source: "annotation plimsoll.dev/recovery-time", ok: true},
		"a person says it":                         {declared: []WorkloadFact{fact}, want: 900, source: "declared for this workload", ok: true},
		"the annotation goes first":                {annotation: "60", declared: []WorkloadFact{fact}, want: 60, source: "annotation plimsoll.dev/recovery-time", ok: true},
		"an unreadable annotation leaves the rest": {annotation: "soon", declared: []WorkloadFact{fact}, want: 900, source: "declared for this workload", ok: true},
		"nothing":   {},
		"zero":      {annotation: "0"},
		"negative":  {annotation: "-5m"},
		"a century": {annotation: "876000h"},
	} {
		record := snapshot.Workload{Kind: "StatefulSet", Namespace: "data", Name: "kafka"}
		if c.annotation != "" {
			record.Annotations = map[string]string{RecoveryTimeAnnotation: c.annotation}
		}
		seconds, source, ok := FromRecords(Options{Declared: c.declared}, record).Workloads[0].DeclaredRecovery()
		require.Equal(t, c.ok, ok, name)
		if ok {
			require.Equal(t, c.want, seconds, name)
			require.Equal(t, c.source, source, name)
		}
	}
}

func TestADeclaredFactHoldsUntilItsReview(t *testing.T) {
	reviewBy := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	declared := []WorkloadFact{
		{Kind: "Deployment", Name: "web", Key: CriticalityKey, Value: "critical", ReviewBy: reviewBy, At: reviewBy.AddDate(0, -1, 0)},
		{Kind: "Deployment", Name: "web", Key: CriticalityKey, Value: "low", ReviewBy: reviewBy, At: reviewBy.AddDate(0, -2, 0)},
	}
	record := snapshot.Workload{Kind: "Deployment", Namespace: "default", Name: "web"}
	at := func(asOf time.Time) Criticality {
		return FromRecords(Options{Declared: declared, AsOf: asOf}, record).Workloads[0].Criticality
	}
	require.Equal(t, CriticalityCritical, at(reviewBy), "the newer of two counts")
	require.Equal(t, CriticalityNormal, at(reviewBy.AddDate(0, 0, 1)))
	record.Annotations = map[string]string{CriticalityAnnotation: "low"}
	require.Equal(t, CriticalityLow, at(reviewBy), "the annotation goes first")
}

func TestWhatWasRefusedIsKnownWithItsReason(t *testing.T) {
	f := FromRecords(Options{},
		snapshot.Header{Source: snapshot.SourceCluster, Scope: snapshot.Scope{Namespaces: []string{"a", "b"}, Refused: []string{"nodes", "services"}}},
		snapshot.Note{Resource: "nodes", Reason: "forbidden", Detail: "list"},
		snapshot.Note{Resource: "pods", Namespace: "b", Reason: "timeout"},
		snapshot.Note{Resource: "releases", Reason: "absent"})
	reason, refused := f.Refused("nodes")
	require.True(t, refused)
	require.Equal(t, "forbidden: list", reason)
	reason, refused = f.Refused("services")
	require.True(t, refused)
	require.Equal(t, "refused", reason)
	_, refused = f.Refused("pods")
	require.False(t, refused)
	_, refused = f.Refused("releases")
	require.False(t, refused, "what does not exist was not refused")
	for namespace, want := range map[string]bool{"a": false, "b": true, "elsewhere": true} {
		_, refused = f.RefusedIn("pods", namespace)
		require.Equal(t, want, refused, namespace)
	}
}

func platform() []snapshot.Record {
	three := 3
	ref := []snapshot.Ref{{Kind: "StatefulSet", Namespace: "payments", Name: "ledger"}}
	return []snapshot.Record{
		snapshot.Header{Schema: snapshot.Schema, Source: snapshot.SourceCluster, PlatformUID: "u-1"},
		snapshot.Cluster{ServerVersion: "v1.36.2-eks-1a2b3c", KubeProxyVersion: "v1.35.1", Provisioner: "eks"},
		snapshot.Node{Name: "b", KubeletVersion: "v1.36.2"}, snapshot.Node{Name: "a", KubeletVersion: "v1.34.9"},
		snapshot.Workload{Kind: "StatefulSet", Namespace: "payments", Name: "ledger", Replicas: &three},
		snapshot.Workload{Kind: "Deployment", Namespace: "kube-system", Name: "coredns"},
		snapshot.Workload{Kind: "Pod", Name: "lonely"},
		snapshot.WorkloadPods{WorkloadKind: "StatefulSet", Namespace: "payments", Name: "ledger", Total: 3, Ready: 2},
		snapshot.Service{Namespace: "payments", Name: "ledger-headless", Selects: ref, Headless: true},
		snapshot.Service{Namespace: "payments", Name: "ledger", Selects: slices.Concat(ref, ref)},
		snapshot.DisruptionBudget{Namespace: "payments", Name: "ledger", Selects: ref},
		snapshot.Autoscaler{Namespace: "payments", Name: "z", Target: ref[0], MinReplicas: 9},
		snapshot.Autoscaler{Namespace: "payments", Name: "a", Target: ref[0], MinReplicas: 3},
		snapshot.Note{Resource: "nodes", Reason: "timeout"}, snapshot.Note{Resource: "nodes", Reason: "forbidden"},
		snapshot.NetworkPolicy{Namespace: "payments", Name: "b"}, snapshot.NetworkPolicy{Namespace: "payments", Name: "a"},
		snapshot.Release{Namespace: "payments", Name: "ledger", Revision: 2}, snapshot.Release{Namespace: "payments", Name: "ledger", Revision: 10},
		snapshot.Trailer{SHA256: "feed"},
	}
}

func workload(t *testing.T, f *Facts, namespace, name string) *Workload {
	t.Helper()
	for _, w := range f.Workloads {
		if w.Namespace == namespace && w.Name == name {
			return w
		}
	}
	require.Failf(t, "no such workload", "%s/%s", namespace, name)
	return nil
}

func names(services []*Service) []string {
	var all []string
	for _, service := range services {
		all = append(all, service.Name)
	}
	return all
}

// A cluster has one object of a name. A file that repeats one must not multiply services by workloads.
func TestRepeatedNamesDoNotMultiply(t *testing.T) {
	ref := snapshot.Ref{Kind: "Deployment", Namespace: "shop", Name: "same"}
	records := []snapshot.Record{snapshot.Service{Namespace: "shop", Name: "front", HasSelector: true, Selects: []snapshot.Ref{ref, ref}}}
	for range 500 {
		records = append(records, snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "same"})
	}
	f := FromRecords(Options{}, records...)
	require.Len(t, f.Workloads, 500)
	require.Len(t, f.Services[0].Targets, 64)
}
