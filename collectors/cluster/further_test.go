package cluster_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/internal/kubetest"
)

// crds are the extensions that the collector reads where they are installed, as small as a server takes them.
const crds = `
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: backups.velero.io}, spec: {group: velero.io, scope: Namespaced, names: {plural: backups, singular: backup, kind: Backup, listKind: BackupList},
  versions: [{name: v1, served: true, storage: true, subresources: {status: {}}, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]}}
---
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: schedules.velero.io}, spec: {group: velero.io, scope: Namespaced, names: {plural: schedules, singular: schedule, kind: Schedule, listKind: ScheduleList},
  versions: [{name: v1, served: true, storage: true, subresources: {status: {}}, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]}}
---
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: volumesnapshots.snapshot.storage.k8s.io, annotations: {api-approved.kubernetes.io: "https://github.com/kubernetes-csi/external-snapshotter/pull/665"}},
  spec: {group: snapshot.storage.k8s.io, scope: Namespaced, names: {plural: volumesnapshots, singular: volumesnapshot, kind: VolumeSnapshot, listKind: VolumeSnapshotList},
  versions: [{name: v1, served: true, storage: true, subresources: {status: {}}, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]}}
---
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: gateways.gateway.networking.k8s.io, annotations: {api-approved.kubernetes.io: "https://github.com/kubernetes-sigs/gateway-api/pull/3328"}},
  spec: {group: gateway.networking.k8s.io, scope: Namespaced, names: {plural: gateways, singular: gateway, kind: Gateway, listKind: GatewayList},
  versions: [{name: v1, served: true, storage: true, subresources: {status: {}}, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]}}
---
`

const yard = crds + `
{apiVersion: v1, kind: Namespace, metadata: {name: yard}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}, provisioner: ebs.csi.aws.com, volumeBindingMode: WaitForFirstConsumer, allowVolumeExpansion: true}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: bare}, provisioner: kubernetes.io/no-provisioner}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: in-tree, annotations: {pv.kubernetes.io/migrated-to: ebs.csi.aws.com}}, spec: {capacity: {storage: 10Gi}, accessModes: [ReadWriteOnce], storageClassName: gp2, awsElasticBlockStore: {volumeID: leak-volume}, claimRef: {apiVersion: v1, kind: PersistentVolumeClaim, namespace: yard, name: data}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: bare, local: {path: /leak/disk}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [leak-host]}]}]}}}}
---
{apiVersion: v1, kind: PersistentVolume, metadata: {name: zoned}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], csi: {driver: ebs.csi.aws.com, volumeHandle: leak-handle}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [a]}]}]}}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: yard}, spec: {accessModes: [ReadWriteOnce], volumeName: in-tree, storageClassName: gp2, resources: {requests: {storage: 10Gi}}}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: front, namespace: yard}, spec: {ingressClassName: nginx, tls: [{hosts: [leak.example], secretName: leak-tls}], rules: [{host: leak.example, http: {paths: [{path: /leak, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}, {path: /b, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}]}}]}, status: {loadBalancer: {ingress: [{ip: 203.0.113.9}]}}}
---
{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: gate, namespace: yard}, spec: {gatewayClassName: cilium, listeners: [{name: a, hostname: leak.example, port: 443, protocol: HTTPS, tls: {mode: Terminate}}]}}
---
{apiVersion: velero.io/v1, kind: Backup, metadata: {name: b1, namespace: yard}, spec: {storageLocation: leak-bucket}, status: {phase: Completed, completionTimestamp: "2026-02-27T03:00:00Z"}}
---
{apiVersion: velero.io/v1, kind: Backup, metadata: {name: b2, namespace: yard}, status: {phase: Completed, completionTimestamp: "2026-03-01T03:00:00Z"}}
---
{apiVersion: velero.io/v1, kind: Backup, metadata: {name: b3, namespace: yard}, status: {phase: PartiallyFailed, completionTimestamp: "2026-03-02T03:00:00Z"}}
---
{apiVersion: velero.io/v1, kind: Schedule, metadata: {name: nightly, namespace: yard}, spec: {schedule: "@daily", paused: true}}
---
{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, metadata: {name: s1, namespace: yard}, status: {readyToUse: true, creationTime: "2026-03-01T01:00:00Z"}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: etcd, namespace: kube-system}
spec: {schedule: "@hourly", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: registry.k8s.io/etcd:3.7.0-0, command: [etcdctl, snapshot, save, /leak]}]}}}}}
status: {lastSuccessfulTime: "2026-03-02T08:00:00Z"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: yard}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: app, image: "app:1", volumeMounts: [{name: state, mountPath: /a}, {name: claim, mountPath: /b}, {name: driver, mountPath: /c}]}]
      volumes: [{name: state, hostPath: {path: /srv/leak}}, {name: claim, persistentVolumeClaim: {claimName: data}}, {name: driver, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secret: leak}}}, {name: scratch, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: yard, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
spec: {containers: [{name: app, image: "app:1"}]}
`

// guards come last: they refuse what nobody serves.
const guards = `
{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: guard}, webhooks: [
  {name: pods.guard.example, admissionReviewVersions: [v1], sideEffects: None, clientConfig: {service: {namespace: yard, name: guard, path: /leak-path}, caBundle: ""},
   rules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}], namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}]}},
  {name: all.guard.example, admissionReviewVersions: [v1], sideEffects: None, failurePolicy: Ignore, timeoutSeconds: 3, clientConfig: {url: "https://leak.example/x"},
   rules: [{apiGroups: ["*"], apiVersions: ["*"], resources: ["*"], operations: ["*"]}], objectSelector: {matchLabels: {guarded: leak-value}}}]}
---
{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: inject}, webhooks: [
  {name: inject.yard.example, admissionReviewVersions: [v1], sideEffects: None, clientConfig: {service: {namespace: yard, name: inject}}, rules: [{apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE]}],
   namespaceSelector: {matchExpressions: [{key: control-plane, operator: DoesNotExist}]}}]}
`

func TestWhatStandsBesideTheWorkloads(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	server.Apply(t, []byte(yard))
	web := uidOf(t, server)
	server.Apply(t, bytes.ReplaceAll([]byte(yardEvents), []byte("(uid)"), []byte(web)))
	server.Apply(t, []byte(guards))
	records, summary := collect(t, server.Kubeconfig, options())
	require.Empty(t, summary.Refused)

	t.Run("classes, volumes and claims", func(t *testing.T) {
		require.Equal(t, []snapshot.StorageClass{
			{Name: "bare", Provisioner: "kubernetes.io/no-provisioner", BindingMode: "Immediate"},
			{Name: "fast", Provisioner: "ebs.csi.aws.com", Default: true, BindingMode: "WaitForFirstConsumer", Expandable: true},
		}, only[snapshot.StorageClass](records))
		size := func(n int64) *int64 { return &n }
		once := []string{"ReadWriteOnce"}
		require.Equal(t, []snapshot.PersistentVolume{
			{Name: "disk", Class: "bare", Source: "local", AccessModes: once, CapacityBytes: size(1 << 30), NodeBound: true, Phase: "Pending"},
			{Name: "in-tree", Class: "gp2", Source: "inTree", Driver: "awsElasticBlockStore", MigratedTo: "ebs.csi.aws.com", AccessModes: once, ClaimNamespace: "yard", Claim: "data", CapacityBytes: size(10 << 30), Phase: "Pending"},
			{Name: "zoned", Source: "csi", Driver: "ebs.csi.aws.com", AccessModes: once, CapacityBytes: size(1 << 30), Phase: "Pending"},
		}, only[snapshot.PersistentVolume](records))
		require.Equal(t, []snapshot.VolumeClaim{
			{Namespace: "yard", Name: "data", Class: new("gp2"), Volume: "in-tree", AccessModes: once, RequestBytes: size(10 << 30), Phase: "Pending"},
		}, only[snapshot.VolumeClaim](records))
	})
	t.Run("volumes of a workload", func(t *testing.T) {
		w := one(t, records, func(w snapshot.Workload) bool { return w.Name == "web" })
		require.Equal(t, map[string]string{"app": "web"}, w.Selector)
		require.Equal(t, []snapshot.Volume{
			{Name: "state", Class: "hostPath", HostPath: "state"}, {Name: "claim", Class: "claim", Claim: "data"},
			{Name: "driver", Class: "csi", Driver: "secrets-store.csi.k8s.io"},
			{Name: "scratch", Class: "claim", Claim: "scratch", Template: true, StorageClass: "fast", ReadOnly: true},
		}, w.Volumes)
	})
	t.Run("webhooks with the labels that kube-system has", func(t *testing.T) {
		hooks := map[string]snapshot.Webhook{}
		for _, w := range only[snapshot.Webhook](records) {
			hooks[w.Name] = w
		}
		require.Len(t, hooks, 3)
		guard := hooks["pods.guard.example"]
		require.Equal(t, "Fail", guard.FailurePolicy)
		require.Equal(t, "yard/guard", guard.ServiceNamespace+"/"+guard.Service)
		require.True(t, guard.ExcludesSystem)
		require.Equal(t, []snapshot.WebhookRule{{Groups: []string{""}, Resources: []string{"pods"}, Operations: []string{"CREATE"}, Scope: "*"}}, guard.Rules)
		all := hooks["all.guard.example"]
		require.Equal(t, "Ignore 3 ", all.FailurePolicy+" "+string(rune('0'+all.TimeoutSeconds))+" "+all.Service)
		require.True(t, all.ExcludesUnlabelled)
		require.False(t, hooks["inject.yard.example"].ExcludesSystem)
	})
	t.Run("ways in", func(t *testing.T) {
		require.Equal(t, []snapshot.Ingress{
			{ObjectKind: "Ingress", APIVersion: "networking.k8s.io/v1", Namespace: "yard", Name: "front", Class: "nginx", Hosts: 1, TLS: true, Services: []string{"api", "web"}, Addresses: 1},
			{ObjectKind: "Gateway", APIVersion: "gateway.networking.k8s.io/v1", Namespace: "yard", Name: "gate", Class: "cilium", Hosts: 1, TLS: true},
		}, only[snapshot.Ingress](records))
	})
	t.Run("what saves state", func(t *testing.T) {
		at := func(text string) *time.Time {
			parsed, err := time.Parse(time.RFC3339, text)
			require.NoError(t, err)
			return &parsed
		}
		require.Equal(t, []snapshot.Backup{
			{Tool: "csi-snapshots", ObjectKind: "VolumeSnapshot", Count: 1, LastSuccess: at("2026-03-01T01:00:00Z")},
			{Tool: "etcd", ObjectKind: "CronJob", Count: 1, LastSuccess: at("2026-03-02T08:00:00Z")},
			{Tool: "velero", ObjectKind: "Backup", Count: 3, Failed: 1, LastSuccess: at("2026-03-01T03:00:00Z")},
			{Tool: "velero", ObjectKind: "Schedule", Count: 1, Paused: 1},
		}, only[snapshot.Backup](records))
	})
	t.Run("events of the last hour", func(t *testing.T) {
		about := &snapshot.Ref{Kind: "Deployment", Namespace: "yard", Name: "web"}
		first, last := moment.Add(-30*time.Minute), moment.Add(-time.Minute)
		require.Equal(t, []snapshot.EventSummary{
			{Reason: "Killing", Probe: "liveness", Object: about, Container: "app", Count: 2, First: &first, Last: &last},
			{Reason: "Unhealthy", Probe: "readiness", Object: about, Container: "app", Count: 1, First: new(moment.Add(-time.Hour)), Last: &last},
		}, only[snapshot.EventSummary](records))
	})
	t.Run("what was read whole", func(t *testing.T) {
		require.Subset(t, header(t, records).Scope.Collected, []string{
			"nodes", "namespaces", "pods", "workloads", "services", "endpointslices", "ingresses", "networkpolicies", "poddisruptionbudgets",
			"horizontalpodautoscalers", "webhooks", "storageclasses", "persistentvolumes", "persistentvolumeclaims", "events", "releases", "backups", "limitranges",
		})
	})
	t.Run("the certificate of its own CA", func(t *testing.T) {
		c := one(t, records, func(snapshot.Cluster) bool { return true })
		require.True(t, *c.ServingCertOwnCA)
		require.True(t, c.ServingCertStart.Before(*c.ServingCertEnd))
	})
}

// yardEvents hold one that went on from before the hour, one inside of it, one before, and one whose reason is nobody's business.
const yardEvents = `
{apiVersion: v1, kind: Event, metadata: {name: e1, namespace: yard}, reason: Killing, message: "Container app failed liveness probe, will be restarted (leak)", type: Normal, count: 2, firstTimestamp: "2026-03-02T08:30:00Z", lastTimestamp: "2026-03-02T08:59:00Z",
 involvedObject: {apiVersion: v1, kind: Pod, namespace: yard, name: web-1, uid: "(uid)", fieldPath: "spec.containers{app}"}, source: {component: kubelet, host: leak-host}}
---
{apiVersion: v1, kind: Event, metadata: {name: e2, namespace: yard}, reason: Unhealthy, message: "Readiness probe failed: leak-body", type: Warning, count: 40, firstTimestamp: "2026-03-02T05:00:00Z", lastTimestamp: "2026-03-02T08:59:00Z",
 involvedObject: {apiVersion: v1, kind: Pod, namespace: yard, name: web-1, uid: "(uid)", fieldPath: "spec.containers{app}"}}
---
{apiVersion: v1, kind: Event, metadata: {name: e3, namespace: yard}, reason: BackOff, message: leak, count: 7, firstTimestamp: "2026-03-02T05:00:00Z", lastTimestamp: "2026-03-02T07:59:59Z", involvedObject: {apiVersion: v1, kind: Pod, namespace: yard, name: web-1, uid: "(uid)"}}
---
{apiVersion: v1, kind: Event, metadata: {name: e4, namespace: yard}, reason: LeakReason, message: leak, count: 1, firstTimestamp: "2026-03-02T08:50:00Z", lastTimestamp: "2026-03-02T08:50:00Z", involvedObject: {apiVersion: v1, kind: Pod, namespace: yard, name: web-1, uid: "(uid)"}}
`

// uidOf asks the server for the uid of the pod that the events are about.
func uidOf(t *testing.T, server *kubetest.Server) string {
	t.Helper()
	bundle, err := os.ReadFile(server.CA)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(bundle))
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/v1/namespaces/yard/pods/web-1", nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+server.Token)
	answer, err := client.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	var pod struct{ Metadata struct{ UID string } }
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&pod))
	require.NotEmpty(t, pod.Metadata.UID)
	return pod.Metadata.UID
}
