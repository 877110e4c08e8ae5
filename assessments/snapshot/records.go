// Package snapshot owns the wire format plimsoll.snapshot/v1: its record types, the streaming writer and reader, their
// bounds, and the JSON Schema made from the types. It is what collectors and server share, and it knows neither.
//
// A pointer field that is nil was not collected: readers must treat it as unknown, never as zero.
package snapshot

import "time"

// Schema names the format and its major version. A reader refuses any other major by name.
const Schema = "plimsoll.snapshot/v1"

// SchemaMinor grows with each compatible addition. Records and fields of a newer minor are passed over with a note.
const SchemaMinor = 0

// Kind tells what a line of a snapshot is.
type Kind string

// The record kinds of version 1.
const (
	KindHeader           Kind = "header"
	KindCluster          Kind = "cluster"
	KindNode             Kind = "node"
	KindNamespace        Kind = "namespace"
	KindWorkload         Kind = "workload"
	KindWorkloadPods     Kind = "workload.pods"
	KindService          Kind = "service"
	KindDisruptionBudget Kind = "disruptionBudget"
	KindAutoscaler       Kind = "autoscaler"
	KindNetworkPolicy    Kind = "networkPolicy"
	KindCustomResource   Kind = "customResource"
	KindRelease          Kind = "release"
	KindNetwork          Kind = "network"
	KindEndpoints        Kind = "endpoints"
	KindIngress          Kind = "ingress"
	KindWebhook          Kind = "webhook"
	KindCRD              Kind = "crd"
	KindStorageClass     Kind = "storageClass"
	KindPersistentVolume Kind = "persistentVolume"
	KindVolumeClaim      Kind = "volumeClaim"
	KindBackup           Kind = "backup"
	KindRepository       Kind = "repository"
	KindAPIUse           Kind = "apiUse"
	KindEventSummary     Kind = "eventSummary"
	KindNote             Kind = "note"
	KindTrailer          Kind = "trailer"
)

// Record is one line of a snapshot.
type Record interface{ RecordKind() Kind }

// Source says what a snapshot was taken from.
type Source string

// The sources of a snapshot.
const (
	SourceCluster    Source = "cluster"
	SourceManifests  Source = "manifests"
	SourceRepository Source = "repository"
	SourceNode       Source = "node"
)

// Header is the first record of every snapshot.
type Header struct {
	Schema           string    `json:"schema"`
	SchemaMinor      int       `json:"schemaMinor,omitzero"`
	CollectorVersion string    `json:"collectorVersion"`
	CollectorBuild   string    `json:"collectorBuild,omitzero"` // digest of the collector's binary, where known
	Source           Source    `json:"source"`
	TakenAt          time.Time `json:"takenAt"`
	PlatformUID      string    `json:"platformUid,omitzero"` // uid of the namespace kube-system; empty where there is no cluster
	Scope            Scope     `json:"scope,omitzero"`
	RedactedNames    bool      `json:"redactedNames,omitzero"`
}

// Scope says how far the collector looked. What was refused is unknown, never absent.
type Scope struct {
	Namespaces []string `json:"namespaces,omitzero"` // empty: all
	Refused    []string `json:"refused,omitzero"`    // resources such as "nodes" or "services"; the reason stands in a note
	Collected  []string `json:"collected,omitzero"`  // resources that were read whole (of Resources); what is in neither list was not looked at
}

// Resources are the names by which Scope and notes speak of what a collector reads, as the API names them where it does.
var Resources = []string{
	"nodes", "namespaces", "pods", "workloads", "services", "endpointslices", "ingresses", "networkpolicies", "poddisruptionbudgets",
	"horizontalpodautoscalers", "webhooks", "customresourcedefinitions", "storageclasses", "persistentvolumes", "persistentvolumeclaims",
	"events", "releases", "backups", "api-metrics", "limitranges", "kube-proxy", "cni", "load-balancers", "servicecidrs",
}

// Cluster describes the control plane.
type Cluster struct {
	UID                 string        `json:"uid"`
	CreatedAt           *time.Time    `json:"createdAt,omitzero"` // of kube-system
	ServerVersion       string        `json:"serverVersion"`      // as the server says it: v1.34.2-eks-1a2b3c
	APIServerStartedAt  *time.Time    `json:"apiServerStartedAt,omitzero"`
	Provisioner         string        `json:"provisioner,omitzero"` // id of reference/provisioner-detection
	ProvisionerVersion  string        `json:"provisionerVersion,omitzero"`
	ProvisionerSign     string        `json:"provisionerSign,omitzero"` // what it was told by
	Managed             *bool         `json:"managed,omitzero"`         // the provider runs the control plane
	ControlPlane        *ControlPlane `json:"controlPlane,omitzero"`
	ServingCertStart    *time.Time    `json:"servingCertificateStart,omitzero"`
	ServingCertEnd      *time.Time    `json:"servingCertificateEnd,omitzero"`
	ServingCertIssuer   string        `json:"servingCertificateIssuer,omitzero"`
	ServingCertOwnCA    *bool         `json:"servingCertificateOwnCa,omitzero"` // issued by the cluster's own CA, the one that clients are given
	APIServerVersions   []string      `json:"apiServerVersions,omitzero"`       // by the images of its static pods, each once; empty where hidden
	EtcdImageVersion    string        `json:"etcdImageVersion,omitzero"`
	CoreDNSImageVersion string        `json:"coreDnsImageVersion,omitzero"`
	KubeProxyVersion    string        `json:"kubeProxyVersion,omitzero"` // by the DaemonSet's image
	PodCIDRs            []string      `json:"podCidrs,omitzero"`
	NodeMaskBits        int           `json:"nodeMaskBits,omitzero"` // prefix length of the range that each node gets of the pod range (IPv4); 0 not known
	ServiceCIDRs        []string      `json:"serviceCidrs,omitzero"`
}

// ControlPlane counts the control plane's members as far as they are visible.
type ControlPlane struct {
	APIServers  int  `json:"apiServers,omitzero"`
	EtcdMembers int  `json:"etcdMembers,omitzero"`
	Visible     bool `json:"visible"`
	Hosted      bool `json:"hosted,omitzero"`
}

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
	Count                 int64  `json:"count"`
	Max                   int64  `json:"max"`
	Source                string `json:"source"` // node, node-exporter
	Buckets               *int64 `json:"buckets,omitzero"`
	TCPEstablishedSeconds *int64 `json:"tcpEstablishedSeconds,omitzero"` // net.netfilter.nf_conntrack_tcp_timeout_established
	TCPCloseWaitSeconds   *int64 `json:"tcpCloseWaitSeconds,omitzero"`
	TCPTimeWaitSeconds    *int64 `json:"tcpTimeWaitSeconds,omitzero"`
	UDPSeconds            *int64 `json:"udpSeconds,omitzero"`
	UDPStreamSeconds      *int64 `json:"udpStreamSeconds,omitzero"`
	InsertFailed          *int64 `json:"insertFailed,omitzero"` // since the node started
	Dropped               *int64 `json:"dropped,omitzero"`      // since the node started
}

// Namespace is one namespace with what rules need of it.
type Namespace struct {
	Name                string `json:"name"`
	System              bool   `json:"system,omitzero"`
	NetworkPolicies     *int   `json:"networkPolicies,omitzero"`
	LimitRangeHasCPU    *bool  `json:"limitRangeHasCpu,omitzero"`    // a LimitRange gives containers a default CPU request
	LimitRangeHasMemory *bool  `json:"limitRangeHasMemory,omitzero"` // likewise for memory
	PolicyKindsOfCNI    bool   `json:"policyKindsOfCni,omitzero"`    // policies of the CNI's own kinds exist here
	Workloads           *int   `json:"workloads,omitzero"`
}

// Place says where a manifest stood: the file as given, and the line its document or field starts at (1-based).
type Place struct {
	File     string `json:"file,omitzero"`
	Line     int    `json:"line,omitzero"`
	Document int    `json:"document,omitzero"` // 1-based within the file
}

// Ref names an object of the snapshot. Input is set over manifests alone, where two files may hold objects of one name.
type Ref struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitzero"`
	Name      string `json:"name"`
	Place     Place  `json:"place,omitzero"`
}

// Role says what a container is for in its pod.
type Role string

// The roles of containers. A sidecar is a restartable init container.
const (
	RoleRegular Role = "regular"
	RoleInit    Role = "init"
	RoleSidecar Role = "sidecar"
)

// Workload is a controller with its pod template, or a naked pod.
type Workload struct {
	UID                  string            `json:"uid,omitzero"`
	APIVersion           string            `json:"apiVersion,omitzero"`
	Kind                 string            `json:"workloadKind"`       // Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob, Pod
	OwnerKind            string            `json:"ownerKind,omitzero"` // kind of the top-most owner, where it is no workload itself (an operator's resource)
	Namespace            string            `json:"namespace"`
	Name                 string            `json:"name"`
	Place                Place             `json:"place,omitzero"`
	CreatedAt            *time.Time        `json:"createdAt,omitzero"`
	Annotations          map[string]string `json:"annotations,omitzero"`  // documented keys only: plimsoll.dev/…, commit annotations
	Labels               map[string]string `json:"labels,omitzero"`       // documented keys only: app.kubernetes.io/…, helm.sh/chart
	VersionLabel         bool              `json:"versionLabel,omitzero"` // a non-empty version label or commit annotation by any of the documented spellings
	HelmRelease          string            `json:"helmRelease,omitzero"`
	ManagedBy            string            `json:"managedBy,omitzero"`     // what it is traceable to: helm, argocd, flux, kustomize, operator
	ApplyManagers        []string          `json:"applyManagers,omitzero"` // managers of server-side or client-side apply
	Replicas             *int              `json:"replicas,omitzero"`      // spec, nil where the kind has none; the API's default (1) is applied
	ReadyReplicas        *int              `json:"readyReplicas,omitzero"`
	RolloutUnderWay      *bool             `json:"rolloutUnderWay,omitzero"`
	ProgressDeadlineHit  *bool             `json:"progressDeadlineExceeded,omitzero"`
	Strategy             string            `json:"strategy,omitzero"`       // RollingUpdate, Recreate, OnDelete
	MaxUnavailable       string            `json:"maxUnavailable,omitzero"` // as written: "1", "25%"
	MaxSurge             string            `json:"maxSurge,omitzero"`
	RevisionHistoryLimit *int              `json:"revisionHistoryLimit,omitzero"`
	RevisionsKept        *int              `json:"revisionsKept,omitzero"`
	MinReadySeconds      int               `json:"minReadySeconds,omitzero"`
	GraceSeconds         *int64            `json:"terminationGraceSeconds,omitzero"`
	HostNetwork          bool              `json:"hostNetwork,omitzero"`
	RestartPolicy        string            `json:"restartPolicy,omitzero"`
	Mirror               bool              `json:"mirror,omitzero"`   // a static pod's mirror
	Finished             bool              `json:"finished,omitzero"` // a pod or job that has ended
	HelmHook             bool              `json:"helmHook,omitzero"`
	PodLevelResources    bool              `json:"podLevelResources,omitzero"`
	SpreadKeys           []string          `json:"spreadKeys,omitzero"` // topology keys of spread rules and anti-affinities
	Selector             map[string]string `json:"selector,omitzero"`   // of its pods, whole, where documented labels and its own name make it up; else absent
	Paused               bool              `json:"paused,omitzero"`
	UpdatePartition      *int              `json:"updatePartition,omitzero"`     // of a StatefulSet's rolling update
	PodManagement        string            `json:"podManagementPolicy,omitzero"` // of a StatefulSet: OrderedReady, Parallel
	Suspended            bool              `json:"suspended,omitzero"`           // of a Job or CronJob
	Containers           []Container       `json:"containers,omitzero"`
	Volumes              []Volume          `json:"volumes,omitzero"`
	LastAppliedAPI       string            `json:"lastAppliedApiVersion,omitzero"`
	Writers              []FieldManager    `json:"writers,omitzero"`
}

// FieldManager is one entry of managedFields: who wrote, how, by which version, when. Never what.
type FieldManager struct {
	Manager    string     `json:"manager"`
	Operation  string     `json:"operation,omitzero"`
	APIVersion string     `json:"apiVersion,omitzero"`
	At         *time.Time `json:"at,omitzero"`
}

// Volume is a volume by its class.
type Volume struct {
	Name         string `json:"name"`
	Class        string `json:"class"`                 // hostPath, emptyDir, claim, configMap, secret, csi, inTree, other
	HostPath     string `json:"hostPath,omitzero"`     // for hostPath: the path class (state, host) and nothing else
	ReadOnly     bool   `json:"readOnly,omitzero"`     // no container mounts it writable
	Claim        string `json:"claim,omitzero"`        // name of the claim, or of the claim template that makes one for each pod
	Template     bool   `json:"template,omitzero"`     // Claim names a template (of a StatefulSet, or ephemeral)
	StorageClass string `json:"storageClass,omitzero"` // of a template; empty: the default class
	Driver       string `json:"driver,omitzero"`       // of csi: the driver's name; of inTree: the field's name (awsElasticBlockStore)
}

// Container is one container of a pod template.
type Container struct {
	Name                 string   `json:"name"`
	Role                 Role     `json:"role"`
	Line                 int      `json:"line,omitzero"` // over manifests
	Image                string   `json:"image,omitzero"`
	PullPolicy           string   `json:"pullPolicy,omitzero"` // as written; empty: by default
	Ports                []Port   `json:"ports,omitzero"`
	CPURequestMillicores *int64   `json:"cpuRequestMillicores,omitzero"`
	CPULimitMillicores   *int64   `json:"cpuLimitMillicores,omitzero"`
	MemoryRequestBytes   *int64   `json:"memoryRequestBytes,omitzero"`
	MemoryLimitBytes     *int64   `json:"memoryLimitBytes,omitzero"`
	ResourcesUnreadable  bool     `json:"resourcesUnreadable,omitzero"` // a value that is a placeholder, no quantity
	Liveness             *Probe   `json:"liveness,omitzero"`
	Readiness            *Probe   `json:"readiness,omitzero"`
	Startup              *Probe   `json:"startup,omitzero"`
	PreStop              *PreStop `json:"preStop,omitzero"`
	EnvironmentNames     []string `json:"environmentNames,omitzero"`
	EnvironmentFrom      int      `json:"environmentFrom,omitzero"` // ConfigMaps and Secrets whose every key becomes a variable: unread
	Runtime              *Runtime `json:"runtime,omitzero"`
}

// Port is a port that a container names.
type Port struct {
	Name     string `json:"name,omitzero"`
	Number   int    `json:"number"`
	Protocol string `json:"protocol,omitzero"`
}

// Probe is a probe with the API's defaults applied.
type Probe struct {
	Handler             string `json:"handler"`                // httpGet, tcpSocket, exec, grpc
	Path                string `json:"path,omitzero"`          // httpGet, without query
	Port                string `json:"port,omitzero"`          // number or name as written
	CommandDigest       string `json:"commandDigest,omitzero"` // what else tells two probes apart (command, scheme, host, query, headers, gRPC service): comparable, not readable
	Unreadable          bool   `json:"unreadable,omitzero"`    // a figure is a placeholder: the figures below say nothing
	InitialDelaySeconds int    `json:"initialDelaySeconds,omitzero"`
	PeriodSeconds       int    `json:"periodSeconds"`
	TimeoutSeconds      int    `json:"timeoutSeconds"`
	FailureThreshold    int    `json:"failureThreshold"`
	SuccessThreshold    int    `json:"successThreshold"`
}

// PreStop is a hook that runs before the container is stopped.
type PreStop struct {
	Handler      string `json:"handler"` // exec, httpGet, sleep
	SleepSeconds *int64 `json:"sleepSeconds,omitzero"`
}

// Runtime holds what a language runtime is told, read from documented variables and recognised flags alone.
type Runtime struct {
	Entry      string          `json:"entry,omitzero"`      // what the command is: "" (image's own), java, script, other
	EntryNames []string        `json:"entryNames,omitzero"` // documented variables that the command names
	Options    []RuntimeOption `json:"options,omitzero"`
	Versions   []RuntimeOption `json:"versions,omitzero"` // JAVA_VERSION and the like: digits, dots, signs only
	Product    []RuntimeOption `json:"product,omitzero"`  // figures of known products, such as KAFKA_CFG_MIN_INSYNC_REPLICAS
}

// RuntimeOption is the recognised part of one source of options, in the order it stands there.
type RuntimeOption struct {
	Source string   `json:"source"`          // JAVA_TOOL_OPTIONS …, command, args
	Flags  []string `json:"flags,omitzero"`  // recognised flags as written: -Xmx1g, -XX:MaxRAMPercentage=75
	Unread bool     `json:"unread,omitzero"` // set from a ConfigMap, Secret or field: not read
}

// WorkloadPods sums up the pods of one workload.
type WorkloadPods struct {
	WorkloadKind string         `json:"workloadKind"`
	Namespace    string         `json:"namespace"`
	Name         string         `json:"name"`
	Total        int            `json:"total"`
	Ready        int            `json:"ready"`
	Phases       map[string]int `json:"phases,omitzero"`
	Images       []PodImage     `json:"images,omitzero"`
	ReadyAfter   *Distribution  `json:"readyAfterSeconds,omitzero"`
	Restarts     int64          `json:"restarts,omitzero"`
	Terminations []Termination  `json:"terminations,omitzero"`
	Nodes        []Share        `json:"nodes,omitzero"`
	Zones        []Share        `json:"zones,omitzero"`
	Oldest       *time.Time     `json:"oldest,omitzero"`
	Newest       *time.Time     `json:"newest,omitzero"`
}

// PodImage counts ready pods of one template hash and architecture that run one image id.
type PodImage struct {
	Template     string `json:"template"`
	Architecture string `json:"architecture,omitzero"`
	Container    string `json:"container"`
	Image        string `json:"image"`
	ImageID      string `json:"imageId"` // digest alone
	Pods         int    `json:"pods"`
}

// Distribution of a figure over pods, in the unit that the field's name says. Start times are upper bounds.
type Distribution struct {
	Min    int64 `json:"min"`
	Median int64 `json:"median"`
	P95    int64 `json:"p95"`
	Max    int64 `json:"max"`
	N      int   `json:"n"`
}

// Termination sums up last terminations of one container by reason and exit code.
type Termination struct {
	Container string     `json:"container"`
	Reason    string     `json:"reason"`
	ExitCode  int32      `json:"exitCode"`
	Count     int        `json:"count"`
	Latest    *time.Time `json:"latest,omitzero"`
}

// Share counts pods at one place.
type Share struct {
	Name string `json:"name"`
	Pods int    `json:"pods"`
}

// Service is a service with its selector already resolved.
type Service struct {
	Namespace             string            `json:"namespace"`
	Name                  string            `json:"name"`
	Place                 Place             `json:"place,omitzero"`
	Type                  string            `json:"type"` // ClusterIP, NodePort, LoadBalancer, ExternalName; the API's default is applied
	Headless              bool              `json:"headless,omitzero"`
	PublishNotReady       bool              `json:"publishNotReadyAddresses,omitzero"`
	HasSelector           bool              `json:"hasSelector,omitzero"`
	SelectorUnresolved    bool              `json:"selectorUnresolved,omitzero"` // the selector reaches nothing that this input set holds
	Selects               []Ref             `json:"selects,omitzero"`
	Ports                 []ServicePort     `json:"ports,omitzero"`
	ExternalTrafficPolicy string            `json:"externalTrafficPolicy,omitzero"` // Cluster by default for external types
	ExternalAddresses     []ExternalAddress `json:"externalAddresses,omitzero"`     // of spec.externalIPs
	LoadBalancerAddresses int               `json:"loadBalancerAddresses,omitzero"`
	LoadBalancerSign      string            `json:"loadBalancerSign,omitzero"` // documented annotation or class that tells how it balances
	InternalLoadBalancer  bool              `json:"internalLoadBalancer,omitzero"`
	ReadyEndpointNodes    []Share           `json:"readyEndpointNodes,omitzero"` // ready endpoints by node; over manifests nothing
	EndpointsSeen         bool              `json:"endpointsSeen,omitzero"`
	ClusterAddresses      *int              `json:"clusterAddresses,omitzero"` // that it takes of the service ranges: 0 for headless ones
	SourceRanges          int               `json:"sourceRanges,omitzero"`     // loadBalancerSourceRanges
	LoadBalancerClass     string            `json:"loadBalancerClass,omitzero"`
	AddressPool           string            `json:"addressPool,omitzero"` // pool of a load balancer that the address comes from, where a documented key names it
}

// ServicePort is one port of a service.
type ServicePort struct {
	Name       string `json:"name,omitzero"`
	Port       int    `json:"port"`
	TargetPort string `json:"targetPort,omitzero"` // number or name; the API's default (port) is applied
	Protocol   string `json:"protocol,omitzero"`
}

// ExternalAddress is one of a service's externalIPs: never the address, only who owns it.
type ExternalAddress struct {
	Hash  string   `json:"hash,omitzero"`
	Nodes []string `json:"nodes,omitzero"` // nodes that own the address; empty: none that is known
}

// DisruptionBudget is a PodDisruptionBudget with its selector resolved.
type DisruptionBudget struct {
	Namespace          string `json:"namespace"`
	Name               string `json:"name"`
	Place              Place  `json:"place,omitzero"`
	MinAvailable       string `json:"minAvailable,omitzero"`   // as written
	MaxUnavailable     string `json:"maxUnavailable,omitzero"` // as written
	Selects            []Ref  `json:"selects,omitzero"`
	SelectorUnresolved bool   `json:"selectorUnresolved,omitzero"`
	ExpectedPods       *int   `json:"expectedPods,omitzero"` // status
	HealthyPods        *int   `json:"healthyPods,omitzero"`
	DesiredHealthy     *int   `json:"desiredHealthy,omitzero"`
	DisruptionsAllowed *int   `json:"disruptionsAllowed,omitzero"`
}

// Autoscaler is a HorizontalPodAutoscaler (or a ScaledObject) with its target.
type Autoscaler struct {
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	Place       Place  `json:"place,omitzero"`
	ObjectKind  string `json:"autoscalerKind,omitzero"`
	Target      Ref    `json:"target"`
	MinReplicas int    `json:"minReplicas"` // the API's default (1) is applied
	MaxReplicas int    `json:"maxReplicas,omitzero"`
	Unreadable  bool   `json:"unreadable,omitzero"` // a figure is a placeholder: the figures say nothing
}

// NetworkPolicy says that a policy stands in a namespace.
type NetworkPolicy struct {
	Namespace  string `json:"namespace,omitzero"` // empty: cluster-wide
	Name       string `json:"name"`
	Place      Place  `json:"place,omitzero"`
	ObjectKind string `json:"policyKind"` // NetworkPolicy, or the CNI's own kind
}

// CustomResource is a section of a custom resource that starts JVMs (Strimzi and the like).
type CustomResource struct {
	ObjectKind         string          `json:"resourceKind"`
	APIVersion         string          `json:"apiVersion,omitzero"`
	Namespace          string          `json:"namespace"`
	Name               string          `json:"name"`
	Place              Place           `json:"place,omitzero"`
	Section            string          `json:"section,omitzero"` // kafka, zookeeper …; empty: spec itself
	Replicas           *int            `json:"replicas,omitzero"`
	MemoryLimitBytes   *int64          `json:"memoryLimitBytes,omitzero"`
	MemoryRequestBytes *int64          `json:"memoryRequestBytes,omitzero"`
	Options            []RuntimeOption `json:"options,omitzero"`
	Versions           []RuntimeOption `json:"versions,omitzero"` // of the product or its Java, by the field that states it: digits, dots, signs only
	MinInSync          *int            `json:"minInSyncReplicas,omitzero"`
	Cluster            string          `json:"cluster,omitzero"` // of a node pool: the Kafka resource that it belongs to
	Brokers            bool            `json:"brokers,omitzero"` // of a node pool: its members hold data
}

// Release is a revision of a Helm release, told by labels and metadata alone; or an Argo CD Application, a Flux HelmRelease or a
// Flux Kustomization as it stands, of which there is one record each.
type Release struct {
	ObjectKind   string     `json:"releaseKind,omitzero"` // Application, HelmRelease, Kustomization; empty: a revision in Helm's own storage
	APIVersion   string     `json:"apiVersion,omitzero"`  // of the object
	Place        Place      `json:"place,omitzero"`
	Namespace    string     `json:"namespace"`
	Name         string     `json:"name"`
	Tool         string     `json:"tool"` // helm, argocd, flux
	Revision     int        `json:"revision,omitzero"`
	Status       string     `json:"status,omitzero"` // of Helm, as it writes it; of Argo CD the phase of the last operation: Succeeded, Failed, Error, Running
	Chart        string     `json:"chart,omitzero"`
	ChartVersion string     `json:"chartVersion,omitzero"`
	AppVersion   string     `json:"appVersion,omitzero"`
	UpdatedAt    *time.Time `json:"updatedAt,omitzero"`
	Suspended    bool       `json:"suspended,omitzero"`
	// HelmRelease names the release in Helm's storage that a HelmRelease makes, as namespace/name.
	HelmRelease     string     `json:"helmRelease,omitzero"`
	TargetNamespace string     `json:"targetNamespace,omitzero"` // that an Application or HelmRelease deploys into
	Ready           string     `json:"ready,omitzero"`           // of Flux, the condition Ready: True, False, Unknown
	ReadyReason     string     `json:"readyReason,omitzero"`     // the condition's reason, one word
	ReadySince      *time.Time `json:"readySince,omitzero"`
	Sync            string     `json:"sync,omitzero"`   // of Argo CD: Synced, OutOfSync, Unknown
	Health          string     `json:"health,omitzero"` // of Argo CD: Healthy, Degraded, Progressing, Missing, Suspended, Unknown
	// Images are references as the release's manifest holds them; with the three hashes they are known where the release's own
	// Secret was read (--helm-history) or a repository holds the chart. Argo CD lists the images in its own status.
	Images          []string `json:"images,omitzero"`
	TemplatesHash   string   `json:"templatesHash,omitzero"`
	ChartValuesHash string   `json:"chartValuesHash,omitzero"`
	UserValuesHash  string   `json:"userValuesHash,omitzero"`
}

// Network is the cluster's data path as far as its own configuration tells it.
type Network struct {
	Component         string `json:"component"` // kube-proxy, cni, load-balancer, service-cidr
	Name              string `json:"name,omitzero"`
	Version           string `json:"version,omitzero"`
	Mode              string `json:"mode,omitzero"`      // kube-proxy: iptables, ipvs, nftables; as configured, empty where the default holds
	ModeKnown         bool   `json:"modeKnown,omitzero"` // the configuration was read
	ReplacesKubeProxy *bool  `json:"replacesKubeProxy,omitzero"`

	Conntrack     *ConntrackSettings `json:"conntrack,omitzero"`    // of kube-proxy's configuration
	AddressMode   string             `json:"addressMode,omitzero"`  // how pods get addresses: node-ranges, blocks, cloud
	NodeMaskBits  int                `json:"nodeMaskBits,omitzero"` // prefix length of each node's range (IPv4); 0 not known
	Pools         []AddressPool      `json:"pools,omitzero"`
	BGP           *BGP               `json:"bgp,omitzero"`
	Announcements []Announcement     `json:"announcements,omitzero"` // how a load balancer makes its addresses known
	ServiceCIDRs  []string           `json:"serviceCidrs,omitzero"`  // of ServiceCIDR objects
}

// Note says what could not be read, and why.
type Note struct {
	Resource  string `json:"resource,omitzero"` // nodes, services …
	Namespace string `json:"namespace,omitzero"`
	Reason    string `json:"reason"` // forbidden, absent, timeout, skipped, newer
	Detail    string `json:"detail,omitzero"`
	Place     Place  `json:"place,omitzero"`
}

// Trailer is the last record: it finds out a cut-off or damaged file.
type Trailer struct {
	Counts map[Kind]int `json:"counts"`
	SHA256 string       `json:"sha256"` // hex, of all lines before the trailer, newlines included
	// Signature is the Ed25519 signature of SHA256's text in base64, by the key that KeyID names; empty where nobody signed.
	Signature string `json:"signature,omitzero"`
	KeyID     string `json:"keyId,omitzero"`
}

func (Header) RecordKind() Kind           { return KindHeader }
func (Cluster) RecordKind() Kind          { return KindCluster }
func (Node) RecordKind() Kind             { return KindNode }
func (Namespace) RecordKind() Kind        { return KindNamespace }
func (Workload) RecordKind() Kind         { return KindWorkload }
func (WorkloadPods) RecordKind() Kind     { return KindWorkloadPods }
func (Service) RecordKind() Kind          { return KindService }
func (DisruptionBudget) RecordKind() Kind { return KindDisruptionBudget }
func (Autoscaler) RecordKind() Kind       { return KindAutoscaler }
func (NetworkPolicy) RecordKind() Kind    { return KindNetworkPolicy }
func (CustomResource) RecordKind() Kind   { return KindCustomResource }
func (Release) RecordKind() Kind          { return KindRelease }
func (Note) RecordKind() Kind             { return KindNote }
func (Trailer) RecordKind() Kind          { return KindTrailer }
