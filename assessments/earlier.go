package assessments

import (
	"slices"
	"time"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// Bounds of what is kept of an earlier snapshot.
const (
	maxEarlierWorkloads = 20_000
	maxEarlierReleases  = 20_000
	maxEarlierImages    = 16
)

// Earlier sums up an earlier snapshot of the same platform: what rules and pairs compare the present one with. It is made by Add,
// record by record, and stored beside the snapshot.
type Earlier struct {
	TakenAt          time.Time                 `json:"takenAt,omitzero"`
	Namespaces       []string                  `json:"namespaces,omitzero"` // that its collector was given; empty: all
	ServerVersion    string                    `json:"serverVersion,omitzero"`
	KubeletMinors    []string                  `json:"kubeletMinors,omitzero"` // sorted, each once
	Nodes            int                       `json:"nodes,omitzero"`
	Pods             int                       `json:"pods,omitzero"`             // of all workloads
	NodeRanges       int                       `json:"nodeRanges,omitzero"`       // nodes that hold a pod range
	ServiceAddresses int                       `json:"serviceAddresses,omitzero"` // cluster addresses that services take
	Restarts         map[string]int64          `json:"restarts,omitzero"`         // of workloads that have some, by WorkloadKey
	Releases         map[string]EarlierRelease `json:"releases,omitzero"`         // the latest revision of each, by KeyOfRelease
	Components       map[string]string         `json:"components,omitzero"`       // versions of etcd, coredns, kube-proxy, the CNI and load balancers
}

// EarlierRelease is what a release was.
type EarlierRelease struct {
	Revision     int      `json:"revision,omitzero"`
	Status       string   `json:"status,omitzero"`
	ChartVersion string   `json:"chartVersion,omitzero"`
	AppVersion   string   `json:"appVersion,omitzero"`
	Sync         string   `json:"sync,omitzero"`   // of Argo CD
	Images       []string `json:"images,omitzero"` // sorted; none where there are more than maxEarlierImages
}

// WorkloadKey names a workload across snapshots.
func WorkloadKey(kind, namespace, name string) string { return kind + "/" + namespace + "/" + name }

// ReleaseKey names a release across snapshots.
func ReleaseKey(tool, namespace, name string) string { return tool + "/" + namespace + "/" + name }

// KeyOfRelease is the ReleaseKey of a record. A HelmRelease and a Kustomization of Flux may have one name.
func KeyOfRelease(r snapshot.Release) string {
	if r.ObjectKind == "Kustomization" {
		return ReleaseKey(r.Tool+"-kustomization", r.Namespace, r.Name)
	}
	return ReleaseKey(r.Tool, r.Namespace, r.Name)
}

// At is the summary with its time.
func (e Earlier) At(takenAt time.Time) Earlier { e.TakenAt = takenAt; return e }

// Add takes one more record of the snapshot, in any order.
func (e *Earlier) Add(record snapshot.Record) {
	switch r := record.(type) {
	case snapshot.Header:
		e.TakenAt, e.Namespaces = r.TakenAt, r.Scope.Namespaces
	case snapshot.Cluster:
		e.ServerVersion = r.ServerVersion
		e.component("etcd", r.EtcdImageVersion)
		e.component("coredns", r.CoreDNSImageVersion)
		e.component("kube-proxy", r.KubeProxyVersion)
	case snapshot.Node:
		e.addNode(r)
	case snapshot.WorkloadPods:
		e.Pods += r.Total
		if r.Restarts > 0 && len(e.Restarts) < maxEarlierWorkloads {
			if e.Restarts == nil {
				e.Restarts = map[string]int64{}
			}
			e.Restarts[WorkloadKey(r.WorkloadKind, r.Namespace, r.Name)] = r.Restarts
		}
	case snapshot.Service:
		if r.ClusterAddresses != nil {
			e.ServiceAddresses += *r.ClusterAddresses
		}
	case snapshot.Release:
		e.addRelease(r)
	case snapshot.Network:
		if r.Component == "cni" || r.Component == "load-balancer" {
			e.component(r.Component+" "+r.Name, r.Version)
		}
	}
}

func (e *Earlier) addNode(n snapshot.Node) {
	e.Nodes++
	if len(n.PodCIDRs) > 0 {
		e.NodeRanges++
	}
	if v, ok := facts.ParseVersion(n.KubeletVersion); ok {
		minor := v.MinorString()
		if at, found := slices.BinarySearch(e.KubeletMinors, minor); !found {
			e.KubeletMinors = slices.Insert(e.KubeletMinors, at, minor)
		}
	}
}

func (e *Earlier) addRelease(r snapshot.Release) {
	key := KeyOfRelease(r)
	known, found := e.Releases[key]
	if found && known.Revision >= r.Revision || !found && len(e.Releases) >= maxEarlierReleases {
		return
	}
	if e.Releases == nil {
		e.Releases = map[string]EarlierRelease{}
	}
	kept := EarlierRelease{Revision: r.Revision, Status: r.Status, ChartVersion: r.ChartVersion, AppVersion: r.AppVersion, Sync: r.Sync}
	if len(r.Images) <= maxEarlierImages {
		kept.Images = slices.Sorted(slices.Values(r.Images))
	}
	e.Releases[key] = kept
}

func (e *Earlier) component(name, version string) {
	if version == "" {
		return
	}
	if e.Components == nil {
		e.Components = map[string]string{}
	}
	e.Components[name] = version
}
