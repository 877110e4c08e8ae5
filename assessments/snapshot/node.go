package snapshot

import "time"

// Node is one machine of the cluster.
type Node struct {
	Name                   string      `json:"name"`
	UID                    string      `json:"uid,omitzero"`
	Roles                  []string    `json:"roles,omitzero"`
	Zone                   string      `json:"zone,omitzero"`
	Region                 string      `json:"region,omitzero"`
	ProviderScheme         string      `json:"providerScheme,omitzero"` // "aws" of aws:///…; never the whole id
	Architecture           string      `json:"architecture,omitzero"`
	OperatingSystem        string      `json:"operatingSystem,omitzero"`
	KubeletVersion         string      `json:"kubeletVersion,omitzero"`
	ContainerRuntime       string      `json:"containerRuntime,omitzero"` // containerd://2.1.4
	KernelVersion          string      `json:"kernelVersion,omitzero"`
	OSImage                string      `json:"osImage,omitzero"`
	CgroupVersion          int         `json:"cgroupVersion,omitzero"` // 1, 2; 0 not known
	CgroupSource           string      `json:"cgroupSource,omitzero"`  // node, kubelet, os
	KubeletFailCgroupV1    *bool       `json:"kubeletFailCgroupV1,omitzero"`
	Capacity               *Amounts    `json:"capacity,omitzero"`
	Allocatable            *Amounts    `json:"allocatable,omitzero"`
	RequestedCPUMillicores *int64      `json:"requestedCpuMillicores,omitzero"`
	RequestedMemoryBytes   *int64      `json:"requestedMemoryBytes,omitzero"`
	Pods                   *int        `json:"pods,omitzero"`
	MaxPods                *int        `json:"maxPods,omitzero"` // the kubelet's own bound
	PodCIDRs               []string    `json:"podCidrs,omitzero"`
	Conditions             []Condition `json:"conditions,omitzero"`
	Unschedulable          bool        `json:"unschedulable,omitzero"`
	CreatedAt              *time.Time  `json:"createdAt,omitzero"`
	AddressHashes          []string    `json:"addressHashes,omitzero"` // keyed per snapshot: good for joins inside one snapshot alone
	CPUs                   int         `json:"cpus,omitzero"`          // logical processors as the node collector counted them
	Conntrack              *Conntrack  `json:"conntrack,omitzero"`
}

// Amounts are what a node has or gives.
type Amounts struct {
	CPUMillicores int64 `json:"cpuMillicores,omitzero"`
	MemoryBytes   int64 `json:"memoryBytes,omitzero"`
	Pods          int64 `json:"pods,omitzero"`
}

// Condition is a condition of a Kubernetes object, without its free text.
type Condition struct {
	Type   string     `json:"type"`
	Status string     `json:"status"`
	Reason string     `json:"reason,omitzero"`
	Since  *time.Time `json:"since,omitzero"`
}

// Conntrack is a node's connection tracking table as a node collector or node-exporter gave it.
type Conntrack struct {
	Count                 int64      `json:"count"`
	Max                   int64      `json:"max"`
	Source                string     `json:"source"` // node, node-exporter
	Buckets               *int64     `json:"buckets,omitzero"`
	TCPEstablishedSeconds *int64     `json:"tcpEstablishedSeconds,omitzero"` // net.netfilter.nf_conntrack_tcp_timeout_established
	TCPCloseWaitSeconds   *int64     `json:"tcpCloseWaitSeconds,omitzero"`
	TCPTimeWaitSeconds    *int64     `json:"tcpTimeWaitSeconds,omitzero"`
	UDPSeconds            *int64     `json:"udpSeconds,omitzero"`
	UDPStreamSeconds      *int64     `json:"udpStreamSeconds,omitzero"`
	InsertFailed          *int64     `json:"insertFailed,omitzero"` // since the node started
	Dropped               *int64     `json:"dropped,omitzero"`      // since the node started
	ReadAt                *time.Time `json:"readAt,omitzero"`       // nil: when the snapshot was taken
}

func (Node) RecordKind() Kind { return KindNode }
