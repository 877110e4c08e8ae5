package seed

import (
	"fmt"
	"slices"
	"time"

	"plimsoll/assessments/snapshot"
)

// entryWorker is the worker that holds the external address by which devices reach the tracking service.
const entryWorker = 4

// collected is everything that the example's collector reads: it was not asked for the API server's metrics.
func collected() []string {
	return slices.DeleteFunc(slices.Clone(snapshot.Resources), func(resource string) bool { return resource == "api-metrics" })
}

// conntrack is a worker's connection table. All devices come in through one of them, and there are more with every stage.
func (b *builder) conntrack(worker int) *snapshot.Conntrack {
	const most = 524_288 // 32,768 for each of 16 processors
	count := int64(21_000 + 900*worker + 400*b.stage)
	if worker == entryWorker {
		count = int64(352_000 + 13_000*b.stage)
	}
	if b.oneReplica {
		count /= 20
	}
	return &snapshot.Conntrack{Count: count, Max: most, Source: "node", Buckets: new(int64(most / 4)), TCPEstablishedSeconds: new(int64(86_400)),
		TCPCloseWaitSeconds: new(int64(3_600)), TCPTimeWaitSeconds: new(int64(120))}
}

// data path adds what the network's own objects tell.
func (b *builder) dataPath() {
	b.add(snapshot.Network{Component: "kube-proxy", Name: "kube-proxy", Version: b.version, Mode: b.proxyMode(), ModeKnown: true, Conntrack: &snapshot.ConntrackSettings{}})
	b.add(snapshot.Network{Component: "cni", Name: "calico", Version: "v3.31.2", ReplacesKubeProxy: new(false), AddressMode: "blocks",
		BGP:   &snapshot.BGP{FullMesh: new(true)},
		Pools: []snapshot.AddressPool{{Name: "default-ipv4-ippool", CIDRs: []string{"10.244.0.0/16"}, Addresses: new(int64(65_536)), BlockBits: 26}}})
	b.add(snapshot.Network{Component: "service-cidr", Name: "kubernetes", ServiceCIDRs: []string{"10.96.0.0/16"}})
	b.add(snapshot.Network{Component: "load-balancer", Name: "metallb", Version: "v0.15.2",
		Pools:         []snapshot.AddressPool{{Name: "port-side", Addresses: new(int64(16)), Used: new(int64(9 + b.stage))}},
		Announcements: []snapshot.Announcement{{Name: "port-side", Mode: "bgp", Pools: []string{"port-side"}}}})
}

// storage adds a volume and a claim for each pod of a workload that keeps data: Kafka's on the machines' own disks.
func (b *builder) storage(w program, nodes []snapshot.Share) {
	if !w.claims || len(nodes) == 0 {
		return
	}
	source, driver, class := "csi", "csi.ceph.example.com", "ceph"
	if w.name == "kafka" {
		source, driver, class = "local", "", "local-disks"
	}
	for i := range w.replicas {
		claim := fmt.Sprintf("data-%s-%d", w.name, i)
		b.add(snapshot.VolumeClaim{Namespace: w.namespace, Name: claim, Class: new(class), Volume: "pv-" + w.namespace + "-" + claim,
			AccessModes: []string{"ReadWriteOnce"}, RequestBytes: new(int64(200) << 30), Phase: "Bound"})
		b.add(snapshot.PersistentVolume{Name: "pv-" + w.namespace + "-" + claim, Class: class, Source: source, Driver: driver, AccessModes: []string{"ReadWriteOnce"},
			ClaimNamespace: w.namespace, Claim: claim, CapacityBytes: new(int64(200) << 30), NodeBound: source == "local", Phase: "Bound"})
	}
}

// surroundings adds what belongs to no workload: classes of storage, custom resources, webhooks, backups, and the events of the hour.
func (b *builder) surroundings() {
	b.add(snapshot.StorageClass{Name: "ceph", Provisioner: "csi.ceph.example.com", Default: true, BindingMode: "WaitForFirstConsumer", Expandable: true})
	b.add(snapshot.StorageClass{Name: "local-disks", Provisioner: "kubernetes.io/no-provisioner", BindingMode: "WaitForFirstConsumer"})
	b.add(snapshot.CRD{Name: "certificates.cert-manager.io", Group: "cert-manager.io", ResourceKind: "Certificate", Served: []string{"v1"}, Stored: []string{"v1"}, Storage: "v1"})
	b.add(snapshot.Webhook{ObjectKind: "ValidatingWebhookConfiguration", Configuration: "cert-manager-webhook", Name: "webhook.cert-manager.io",
		FailurePolicy: "Fail", TimeoutSeconds: 30, ServiceNamespace: "cert-manager", Service: "cert-manager-webhook",
		Rules: []snapshot.WebhookRule{{Groups: []string{"cert-manager.io"}, Resources: []string{"certificates"}, Operations: []string{"CREATE", "UPDATE"}, Scope: "Namespaced"}}})
	b.add(snapshot.APIUse{Group: "apps", Version: "v1", Resource: "deployments", ObjectKind: "Deployment", LastApplied: new(31), ManagedFields: new(64)})
	b.add(snapshot.Backup{ObjectKind: "Schedule", Tool: "velero", Count: 2, LastSuccess: new(b.takenAt.Add(-9 * time.Hour))})
	if kafka := (snapshot.Ref{Kind: "StatefulSet", Namespace: "streaming", Name: "kafka"}); b.namespaces["streaming"] > 0 && !b.oneReplica {
		b.add(snapshot.EventSummary{Reason: "Unhealthy", Probe: "liveness", Object: &kafka, Container: "kafka", Count: 4 + b.stage, Last: new(b.takenAt.Add(-7 * time.Minute))})
	}
}
