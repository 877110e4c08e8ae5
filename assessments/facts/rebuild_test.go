package facts_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
	"plimsoll/assessments/snapshot/snapshottest"
)

// Rebuilt from its own records, a platform is the same platform: whatever Records forgot would be missing here.
func TestRebuildingChangesNothing(t *testing.T) {
	records := snapshottest.Generate(50, 7)
	seen := map[snapshot.Kind]bool{}
	for _, r := range records {
		seen[r.RecordKind()] = true
	}
	workload := snapshot.Ref{Kind: "Deployment", Namespace: "payments", Name: "ledger"}
	further := []snapshot.Record{
		snapshot.Workload{Kind: "Deployment", Namespace: "payments", Name: "ledger"},
		snapshot.Service{Namespace: "payments", Name: "ledger", Type: "ClusterIP"},
		snapshot.Endpoints{Namespace: "payments", Service: "ledger", Ready: 1},
		snapshot.Autoscaler{Namespace: "payments", Name: "ledger", Target: workload, MinReplicas: 1},
		snapshot.NetworkPolicy{Namespace: "payments", Name: "default-deny", ObjectKind: "NetworkPolicy"},
		snapshot.CustomResource{Namespace: "payments", Name: "bus", ObjectKind: "Kafka", Section: "kafka"},
		snapshot.Release{Namespace: "payments", Name: "ledger", Tool: "helm"},
		snapshot.Network{Component: "cni", Name: "calico"},
		snapshot.Ingress{ObjectKind: "Ingress", Namespace: "payments", Name: "ledger"},
		snapshot.Webhook{ObjectKind: "ValidatingWebhookConfiguration", Configuration: "guard", Name: "guard", FailurePolicy: "Fail"},
		snapshot.CRD{Name: "ledgers.example.org", Group: "example.org"},
		snapshot.StorageClass{Name: "fast", Provisioner: "example.org/fast"},
		snapshot.PersistentVolume{Name: "pv-1", Source: "csi"},
		snapshot.VolumeClaim{Namespace: "payments", Name: "data", Volume: "pv-1"},
		snapshot.Backup{ObjectKind: "Schedule", Tool: "velero", Count: 1},
		snapshot.Repository{Name: "deploy"},
		snapshot.APIUse{Group: "apps", Version: "v1"},
		snapshot.EventSummary{Reason: "Killing", Object: &workload, Count: 1},
		snapshot.Note{Resource: "nodes", Reason: "forbidden"},
	}
	for _, r := range further {
		seen[r.RecordKind()] = true
	}
	for kind := range snapshot.RecordTypes() {
		require.True(t, seen[kind] || kind == snapshot.KindTrailer, "no %s record here: Records may forget it", kind)
	}
	before := facts.FromRecords(facts.Options{Declared: []facts.WorkloadFact{
		{Namespace: "payments", Kind: "Deployment", Name: "ledger", Key: facts.CriticalityKey, Value: "critical"},
	}}, append(records, further...)...)
	after := before.Rebuild(before.Records())
	before.Digest = ""
	require.True(t, reflect.DeepEqual(before, after))
}
