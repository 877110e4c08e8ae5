package kube

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/snapshot"
)

// read decodes one text on both roads, which must agree.
func read[T any](t *testing.T, text string) *T {
	t.Helper()
	var node yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &node))
	byNode := new(T)
	require.NoError(t, DecodeNode(node.Content[0], byNode))
	var value any
	require.NoError(t, yaml.Unmarshal([]byte(text), &value))
	data, err := json.Marshal(value)
	require.NoError(t, err)
	byJSON := new(T)
	require.NoError(t, json.Unmarshal(data, byJSON))
	return byNode
}

func TestDefaultsOfWebhooksByVersion(t *testing.T) {
	for version, want := range map[string]snapshot.Webhook{
		"v1":      {FailurePolicy: "Fail", TimeoutSeconds: 10},
		"v1beta1": {FailurePolicy: "Ignore", TimeoutSeconds: 30},
	} {
		c := read[WebhookConfiguration](t, "{webhooks: [{name: a}]}")
		c.TypeMeta = TypeMeta{"admissionregistration.k8s.io/" + version, "ValidatingWebhookConfiguration"}
		got := WebhookRecords(c, nil)
		require.Len(t, got, 1)
		require.Equal(t, want.FailurePolicy, got[0].FailurePolicy)
		require.Equal(t, want.TimeoutSeconds, got[0].TimeoutSeconds)
	}
}

func TestWhatKeepsKubeSystemOut(t *testing.T) {
	labelled := map[string]string{"kubernetes.io/metadata.name": "kube-system", "control-plane": "true"}
	for name, c := range map[string]struct {
		selector string
		labels   map[string]string
		excludes bool
	}{
		"no selector":                       {"{}", nil, false},
		"an empty one":                      {"{namespaceSelector: {}}", nil, false},
		"by its name":                       {"{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}]}}", nil, true},
		"others by name":                    {"{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [other]}]}}", nil, false},
		"a label that it has to ask with":   {"{namespaceSelector: {matchLabels: {guarded: 'yes'}}}", nil, true},
		"a label that files do not show":    {"{namespaceSelector: {matchExpressions: [{key: control-plane, operator: DoesNotExist}]}}", nil, false},
		"a label that the cluster has seen": {"{namespaceSelector: {matchExpressions: [{key: control-plane, operator: DoesNotExist}]}}", labelled, true},
	} {
		w := read[AdmissionWebhook](t, c.selector)
		got := WebhookRecords(&WebhookConfiguration{Webhooks: []AdmissionWebhook{*w}}, c.labels)
		require.Equal(t, c.excludes, got[0].ExcludesSystem, name)
	}
}

func TestWhatAVolumeStandsOn(t *testing.T) {
	for text, want := range map[string]snapshot.PersistentVolume{
		"{gcePersistentDisk: {pdName: a}}":                 {Source: "inTree", Driver: "gcePersistentDisk"},
		"{vsphereVolume: {volumePath: a}}":                 {Source: "inTree", Driver: "vsphereVolume"},
		"{csi: {driver: pd.csi}}":                          {Source: "csi", Driver: "pd.csi"},
		"{hostPath: {path: /a}}":                           {Source: "hostPath"},
		"{local: {path: /a}}":                              {Source: "local"},
		"{nfs: {server: a}}":                               {Source: "nfs"},
		"{iscsi: {targetPortal: a}}":                       {Source: "other"},
		"{awsElasticBlockStore: null}":                     {Source: "other"},
		"{hostPath: {path: /a}, capacity: {storage: 1Ki}}": {Source: "hostPath", CapacityBytes: new(int64(1024))},
		"{csi: {driver: d}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [a]}]}, {matchExpressions: [{key: zone, operator: In, values: [a]}]}]}}}": {Source: "csi", Driver: "d"},
	} {
		v := read[PersistentVolume](t, "{spec: "+text+"}")
		require.Equal(t, want, PersistentVolumeRecord(v), text)
	}
}

func TestTheClassOfAClaim(t *testing.T) {
	for text, want := range map[string]*string{
		"{spec: {}}":                     nil,
		"{spec: {storageClassName: ''}}": new(""),
		"{spec: {storageClassName: a}}":  new("a"),
		"{metadata: {annotations: {volume.beta.kubernetes.io/storage-class: old}}}": new("old"),
	} {
		require.Equal(t, want, VolumeClaimRecord(read[VolumeClaim](t, text)).Class, text)
	}
}

func TestClaimTemplatesAreVolumes(t *testing.T) {
	w := read[Workload](t, `{spec: {template: {spec: {containers: [{name: a, volumeMounts: [{name: data, mountPath: /a}]}]}},
		volumeClaimTemplates: [{metadata: {name: data}, spec: {storageClassName: fast}}, {metadata: {name: idle}}]}}`)
	w.TypeMeta = TypeMeta{"apps/v1", "StatefulSet"}
	require.Equal(t, []snapshot.Volume{
		{Name: "data", Class: "claim", Claim: "data", Template: true, StorageClass: "fast"},
		{Name: "idle", Class: "claim", Claim: "idle", Template: true, ReadOnly: true},
	}, WorkloadRecord(w).Volumes)
}

func TestASelectorIsKnownWholeOrNotAtAll(t *testing.T) {
	for text, want := range map[string]map[string]string{
		"{matchLabels: {app: web}}": {"app": "web"},
		"{matchLabels: {app.kubernetes.io/name: a, app.kubernetes.io/instance: b}}": {"app.kubernetes.io/name": "a", "app.kubernetes.io/instance": "b"},
		"{matchLabels: {app: secret}}":                                              nil,
		"{matchLabels: {app: web, tier: secret}}":                                   nil,
		"{matchLabels: {tenant: web}}":                                              nil,
		"{matchLabels: {app: web}, matchExpressions: [{key: a, operator: Exists}]}": nil,
		"{}": nil,
		"{matchLabels: {app.kubernetes.io/name: '${NAME}'}}": nil,
	} {
		w := read[Workload](t, "{metadata: {name: web}, spec: {selector: "+text+"}}")
		require.Equal(t, want, WorkloadRecord(w).Selector, text)
	}
}

func TestBackendsOfIngresses(t *testing.T) {
	for text, want := range map[string]snapshot.Ingress{
		"{backend: {serviceName: a}, rules: [{host: x, http: {paths: [{backend: {serviceName: b}}]}}, {host: x}]}": {Hosts: 1, Services: []string{"a", "b"}},
		"{defaultBackend: {service: {name: c}}, tls: [{hosts: [x]}], ingressClassName: n}":                         {TLS: true, Services: []string{"c"}, Class: "n"},
		"{hostnames: [x, y], rules: [{backendRefs: [{name: d}, {kind: Other, name: e}]}]}":                         {Hosts: 2, Services: []string{"d"}},
	} {
		want.Namespace = "default"
		require.Equal(t, want, IngressRecord(read[Ingress](t, "{spec: "+text+"}")), text)
	}
}

func TestProbesThatEventsSpeakOf(t *testing.T) {
	for message, want := range map[string]EventMessage{
		"Liveness probe failed: Get http://10.0.0.1: refused":                 "liveness",
		"Readiness probe errored: x":                                          "readiness",
		"Startup probe failed: x":                                             "startup",
		"Container app failed liveness probe, will be restarted":              "liveness",
		"Container app failed startup probe, will be restarted":               "startup",
		"Stopping container app":                                              "",
		"Back-off restarting failed container; the liveness probe is unknown": "",
	} {
		require.Equal(t, want, probeOf(message), message)
	}
}

func TestEventsCountInsideOfTheHour(t *testing.T) {
	from := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for text, want := range map[string]int{
		`{count: 5, firstTimestamp: "2026-03-02T08:10:00Z", lastTimestamp: "2026-03-02T08:20:00Z"}`:         5,
		`{count: 5, firstTimestamp: "2026-03-02T07:10:00Z", lastTimestamp: "2026-03-02T08:20:00Z"}`:         1,
		`{count: 5, firstTimestamp: "2026-03-02T07:10:00Z", lastTimestamp: "2026-03-02T07:20:00Z"}`:         0,
		`{eventTime: "2026-03-02T08:10:00.5Z"}`:                                                             1,
		`{eventTime: "2026-03-02T08:10:00Z", series: {count: 9, lastObservedTime: "2026-03-02T08:30:00Z"}}`: 9,
		`{count: -3, firstTimestamp: "2026-03-02T08:10:00Z", lastTimestamp: "2026-03-02T08:20:00Z"}`:        1,
		`{count: 900000000, firstTimestamp: "2026-03-02T08:10:00Z", lastTimestamp: "2026-03-02T08:20:00Z"}`: maxEventCount,
		`{}`: 0,
	} {
		e := new(Event)
		var value any
		require.NoError(t, yaml.Unmarshal([]byte(text), &value))
		data, err := json.Marshal(value)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, e))
		count, _, _ := e.Since(from)
		require.Equal(t, want, count, text)
	}
}

func TestCronJobsThatSaveEtcd(t *testing.T) {
	for text, want := range map[string]int{
		"{name: a, image: etcd:3, command: [etcdctl, snapshot, save, /x]}": 1,
		"{name: a, image: busybox, args: ['etcdctl snapshot save /x']}":    1,
		"{name: a, image: registry/etcd-backup:1}":                         1,
		"{name: a, image: postgres:17, command: [pg_dump]}":                0,
	} {
		w := read[Workload](t, "{spec: {suspend: true, jobTemplate: {spec: {template: {spec: {containers: ["+text+"]}}}}}}")
		w.TypeMeta = TypeMeta{"batch/v1", "CronJob"}
		var b Backups
		b.AddCronJob(w)
		require.Len(t, b.Records(), want, text)
		if want == 1 {
			require.Equal(t, snapshot.Backup{Tool: "etcd", ObjectKind: "CronJob", Count: 1, Paused: 1}, b.Records()[0])
		}
	}
}
