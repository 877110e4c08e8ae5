// Package facts holds one snapshot, parsed and joined, as rules and contradictions read it: workloads with their services,
// budgets, autoscalers and pods; Java with its version and its flags in effect; the cluster's versions as numbers.
//
// Facts are read-only after Build. Nothing here judges.
package facts

import (
	"time"

	"plimsoll/assessments/snapshot"
)

// Facts is everything that one snapshot tells.
type Facts struct {
	Source      snapshot.Source
	TakenAt     time.Time
	PlatformUID string
	Digest      string // hex SHA-256 of the snapshot's lines; empty where the records came from memory

	Cluster     *Cluster // nil where the snapshot holds none (manifests, repositories)
	Nodes       []*Node
	Namespaces  []*snapshot.Namespace
	Workloads   []*Workload
	Services    []*Service
	Budgets     []*Budget
	Autoscalers []*snapshot.Autoscaler
	Policies    []*snapshot.NetworkPolicy
	Custom      []*CustomResource
	Releases    []*snapshot.Release // every revision that is on record
	Delivered   []*Release          // the same by release, with those that labels alone tell of
	Networks    []*snapshot.Network
	Ingresses   []*snapshot.Ingress
	Webhooks    []*Webhook
	CRDs        []*snapshot.CRD
	Classes     []*snapshot.StorageClass
	Volumes     []*Volume
	Claims      []*Claim
	Backups     []*snapshot.Backup
	Repos       []*snapshot.Repository
	APIUses     []*snapshot.APIUse
	Events      []*Event
	Notes       []snapshot.Note

	Scope []string // namespaces that the collector was given; empty: all

	unresolvedServices, unresolvedBudgets map[string]string // by namespace, the first

	options   Options           // of the build
	collected map[string]bool   // resources that were read whole
	refused   map[string]string // resource → reason
	refusedIn map[Key]string    // resource and namespace → reason
}

// Live reports whether the facts come from a running cluster, so that its state could have been seen.
func (f *Facts) Live() bool { return f.Source == snapshot.SourceCluster }

// Cluster is the control plane with its version as numbers.
type Cluster struct {
	*snapshot.Cluster
	Version   Version // of the API server; zero where unreadable
	KubeProxy Version // by its DaemonSet's image; zero where unseen
}

// Node is a machine with its versions as numbers.
type Node struct {
	*snapshot.Node
	Kubelet Version
}

// Workload is a workload with everything that points at it.
type Workload struct {
	System      bool // lives in a system namespace or belongs to the provisioner
	Criticality Criticality
	Containers  []*Container
	*snapshot.Workload
	Pods       *snapshot.WorkloadPods // nil where pods were not seen
	Services   []*Service             // that select its pods
	Budgets    []*Budget              // that select its pods
	Autoscaler *snapshot.Autoscaler   // that scales it
	Events     []*Event               // of the last hour about it

	declared []WorkloadFact
}

// Criticality is how much a workload's outcomes weigh: 1, 2 or 4.
type Criticality int

// The weights of scoring.md: by annotation plimsoll.dev/criticality, 2 where nothing is said.
const (
	CriticalityLow      Criticality = 1
	CriticalityNormal   Criticality = 2
	CriticalityCritical Criticality = 4
)

// Container is a container with its image taken apart and its Java, if any.
type Container struct {
	*snapshot.Container
	Workload *Workload
	Image    Image
	Java     *Java // nil where nothing points at a JVM

	serves bool // its role, where going through thousands of containers need not look further
}

// Service is a service with the workloads and containers that it sends traffic to.
type Service struct {
	*snapshot.Service
	Targets   []Target
	Endpoints *snapshot.Endpoints // nil where they were not seen
}

// Target is a workload behind a service. Containers are those whose port the service names; nil where it can't be told.
type Target struct {
	Workload   *Workload
	Containers []*Container
}

// Budget is a disruption budget with the workloads it covers.
type Budget struct {
	*snapshot.DisruptionBudget
	Workloads []*Workload
}

// CustomResource is a section of a custom resource with its Java.
type CustomResource struct {
	*snapshot.CustomResource
	System bool
	Java   *Java
}

// Webhook is an admission webhook with the service that answers it.
type Webhook struct {
	*snapshot.Webhook
	Server *Service // nil where it is served from outside the cluster, or its service was not seen
}

// Volume is a persistent volume with its claim.
type Volume struct {
	*snapshot.PersistentVolume
	Bound *Claim // nil where no claim holds it or the claim was not seen
}

// Claim is a volume claim with what it is bound to and the class that it names.
type Claim struct {
	*snapshot.VolumeClaim
	Volume *Volume
	Class  *snapshot.StorageClass // the named or the default class; nil where it was not seen
}

// Event is an event summary with its workload.
type Event struct {
	*snapshot.EventSummary
	Workload *Workload // nil where it is about none that was seen
}
