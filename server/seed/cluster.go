package seed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments/snapshot"
)

const (
	collectorVersion = "1.0.0"
	day              = 24 * time.Hour
	mebi             = 1 << 20
)

// cluster is one cluster of the example as it stood at a stage of its history.
type cluster struct {
	uid, region, version string
	age                  time.Duration // of the cluster, when the snapshot was taken
	workers              int
	oneReplica           bool                   // nothing is run twice here
	namespaces           func(name string) bool // nil: all
}

// at makes the cluster's records: the header first, and no trailer. The same arguments give the same records.
func (c cluster) at(stage int, takenAt time.Time) []snapshot.Record {
	b := builder{cluster: c, stage: stage, takenAt: takenAt.UTC().Truncate(time.Second), namespaces: map[string]int{}, releases: map[string]bool{}}
	b.add(snapshot.Header{CollectorVersion: collectorVersion, Source: snapshot.SourceCluster, TakenAt: b.takenAt, PlatformUID: c.uid,
		Scope: snapshot.Scope{Collected: collected()}})
	b.add(snapshot.Cluster{UID: c.uid, CreatedAt: new(b.takenAt.Add(-c.age)), ServerVersion: c.version, Provisioner: "kubeadm",
		ProvisionerSign: "ConfigMap kube-system/kubeadm-config", Managed: new(false), KubeProxyVersion: c.version, CoreDNSImageVersion: "v1.13.1",
		EtcdImageVersion: "3.6.6-0", APIServerVersions: []string{c.version}, ServingCertStart: new(b.takenAt.Add(-150 * day)),
		ServingCertEnd: new(b.takenAt.Add(215 * day)), ServingCertIssuer: "kubernetes", ServingCertOwnCA: new(true), NodeMaskBits: 24, PodCIDRs: []string{"10.244.0.0/16"}, ServiceCIDRs: []string{"10.96.0.0/16"},
		ControlPlane: &snapshot.ControlPlane{APIServers: 3, EtcdMembers: 3, Visible: true}})
	b.dataPath()
	for i := range 3 {
		b.node(fmt.Sprintf("%s-control-%d", c.region, i+1), i, "control-plane")
	}
	for i := range c.workers {
		b.node(b.worker(i), i, "worker")
	}
	for _, w := range software() {
		b.workload(w)
	}
	b.surroundings()
	for name, count := range b.namespaces {
		b.namespace(name, count)
	}
	slices.SortFunc(b.records[1:], func(a, b snapshot.Record) int { return strings.Compare(place(a), place(b)) })
	return b.records
}

// place orders the records below the header, as a collector goes through kinds and names.
func place(record snapshot.Record) string {
	name := ""
	switch r := record.(type) {
	case snapshot.Namespace:
		name = r.Name
	case snapshot.Node:
		name = r.Name
	case snapshot.Workload:
		name = r.Namespace + "/" + r.Name
	}
	return string(record.RecordKind()) + "/" + name
}

// encode writes records as a collector writes them.
func encode(records []snapshot.Record) ([]byte, error) {
	var out bytes.Buffer
	writer, err := snapshot.NewWriter(&out, records[0].(snapshot.Header))
	if err != nil {
		return nil, err
	}
	for _, record := range records[1:] {
		if err := writer.Write(record); err != nil {
			return nil, err
		}
	}
	err = writer.Close()
	return out.Bytes(), err
}

type builder struct {
	cluster
	stage      int
	takenAt    time.Time
	records    []snapshot.Record
	namespaces map[string]int // number of workloads
	releases   map[string]bool
	placed     int // pods so far, which go round the workers
}

func (b *builder) add(record snapshot.Record) { b.records = append(b.records, record) }

// proxyMode is how Services are carried: the node's replacement brought the mode that lasts.
func (b *builder) proxyMode() string {
	if b.stage < nodeReplaced {
		return "ipvs"
	}
	return "nftables"
}

func (b *builder) worker(i int) string { return fmt.Sprintf("%s-worker-%d", b.region, i%b.workers+1) }

func (b *builder) zone(i int) string { return b.region + "-" + string(rune('a'+i%3)) }

// node adds a machine. The last worker was forgotten in the upgrade before last, until somebody replaced it.
func (b *builder) node(name string, i int, role string) {
	version, runtime, created := b.version, "containerd://2.1.5", b.takenAt.Add(-40*day)
	if role == "worker" && i == b.workers-1 && b.stage < nodeReplaced {
		version, runtime, created = "v1.31.4", "containerd://1.7.24", b.takenAt.Add(-500*day)
	}
	var table *snapshot.Conntrack
	if role == "worker" {
		table = b.conntrack(i)
	}
	amounts := snapshot.Amounts{CPUMillicores: 16000, MemoryBytes: 64 << 30, Pods: 110}
	b.add(snapshot.Node{Name: name, UID: b.id(name), Roles: []string{role}, Zone: b.zone(i), Region: b.region, Architecture: "amd64",
		OperatingSystem: "linux", KubeletVersion: version, ContainerRuntime: runtime, KernelVersion: "6.12.57", OSImage: "Debian GNU/Linux 13",
		CgroupVersion: 2, CgroupSource: "os", Capacity: &amounts, Allocatable: &amounts, Pods: new(24 + i%9), RequestedCPUMillicores: new(int64(6200 + 350*i)), RequestedMemoryBytes: new(int64(18+i) << 30), CreatedAt: &created, MaxPods: new(110), CPUs: 16, Conntrack: table,
		PodCIDRs:   []string{fmt.Sprintf("10.244.%d.0/24", i+len(role))},
		Conditions: []snapshot.Condition{{Type: "Ready", Status: "True", Reason: "KubeletReady", Since: &created}}})
}

func (b *builder) namespace(name string, workloads int) {
	policies := 0
	if workloads > 3 {
		policies = 2
	}
	b.add(snapshot.Namespace{Name: name, System: strings.HasPrefix(name, "kube-"), NetworkPolicies: &policies,
		Workloads: &workloads, LimitRangeHasCPU: new(false), LimitRangeHasMemory: new(false)})
}

// workload adds a workload with its pods, service, budget and release, where this cluster and this stage have it.
func (b *builder) workload(w program) {
	if w.later != nil {
		w.later(b.stage, &w)
	}
	if w.absent || b.cluster.namespaces != nil && !strings.HasPrefix(w.namespace, "kube-") && !b.cluster.namespaces(w.namespace) {
		return
	}
	if b.oneReplica && w.kind != "DaemonSet" {
		w.replicas = min(w.replicas, 1)
	}
	if w.kind == "DaemonSet" {
		w.replicas = b.workers
	}
	b.namespaces[w.namespace]++
	record := w.record(b)
	b.add(record)
	nodes := b.place(w)
	b.add(w.pods(b, nodes))
	b.storage(w, nodes)
	if w.service != "" {
		b.add(w.asService(b, nodes))
		b.add(snapshot.Endpoints{Namespace: w.namespace, Service: w.name, Slices: 1, Ready: w.replicas, Nodes: nodes})
	}
	if w.budget != "" && !b.oneReplica {
		b.add(w.asBudget())
	}
	if w.release != "" && !b.releases[w.namespace+"/"+w.release] {
		b.releases[w.namespace+"/"+w.release] = true
		chart, version := cutChart(w.chart)
		b.add(snapshot.Release{Namespace: w.namespace, Name: w.release, Tool: "helm", Revision: 4 + b.stage, Status: "deployed", Chart: chart,
			ChartVersion: version, UpdatedAt: new(b.takenAt.Add(-6 * day))})
	}
}

// place spreads a workload's pods over the workers, but for one whose pods all ended up on one.
func (b *builder) place(w program) []snapshot.Share {
	perNode := map[string]int{}
	for i := range w.replicas {
		switch {
		case w.kind == "DaemonSet":
			perNode[b.worker(i)]++
		case w.together:
			perNode[b.worker(2)]++
		default:
			perNode[b.worker(b.placed)]++
			b.placed++
		}
	}
	var shares []snapshot.Share
	for i := range b.workers {
		if n := perNode[b.worker(i)]; n > 0 {
			shares = append(shares, snapshot.Share{Name: b.worker(i), Pods: n})
		}
	}
	return shares
}

// id is a made-up uid that stays the same from snapshot to snapshot.
func (b *builder) id(of string) string {
	sum := hex.EncodeToString(digest(b.uid + "/" + of))
	return fmt.Sprintf("%s-%s-4%s-8%s-%s", sum[:8], sum[8:12], sum[12:15], sum[15:18], sum[18:30])
}

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func cutChart(chart string) (name, version string) {
	at := strings.LastIndexByte(chart, '-')
	return chart[:max(at, 0)], chart[at+1:]
}
