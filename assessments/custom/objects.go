package custom

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// What expressions see. Each field's cel tag is its name, its doc tag what it holds; docs/custom-rules.md is made from them. A figure that
// is not set or was not seen is 0, a text empty: has(x.field) tells whether there is a value.

// Cluster is what `cluster` holds.
type Cluster struct {
	Live        bool   `cel:"live" doc:"a running cluster was read; false over files"`
	Version     string `cel:"version" doc:"of the API server, as it says it: v1.34.2-eks-1a2b3c"`
	Major       int64  `cel:"major" doc:"of the version"`
	Minor       int64  `cel:"minor" doc:"of the version"`
	Provisioner string `cel:"provisioner" doc:"what set the cluster up: eks, kubeadm, kubespray …"`
	Managed     bool   `cel:"managed" doc:"a provider runs the control plane; false also where that is not known"`
	Nodes       int64  `cel:"nodes" doc:"how many nodes were seen"`
	Workloads   int64  `cel:"workloads" doc:"how many workloads were seen"`
	Services    int64  `cel:"services" doc:"how many services were seen"`
	Releases    int64  `cel:"releases" doc:"how many release revisions were seen"`
}

// Node is what `node` holds.
type Node struct {
	Name           string   `cel:"name" doc:"of the node"`
	Roles          []string `cel:"roles" doc:"control-plane, worker …"`
	Zone           string   `cel:"zone" doc:"by its label"`
	Region         string   `cel:"region" doc:"by its label"`
	Architecture   string   `cel:"architecture" doc:"amd64, arm64 …"`
	OS             string   `cel:"os" doc:"name of the operating system's image: Ubuntu 24.04.1 LTS"`
	Kernel         string   `cel:"kernel" doc:"version of the kernel"`
	Runtime        string   `cel:"runtime" doc:"container runtime and its version: containerd://2.1.4"`
	Kubelet        string   `cel:"kubelet" doc:"version of the kubelet"`
	KubeletMinor   int64    `cel:"kubeletMinor" doc:"minor of the kubelet's version"`
	Cgroup         int64    `cel:"cgroup" doc:"1 or 2; 0 where it is not known"`
	Unschedulable  bool     `cel:"unschedulable" doc:"cordoned"`
	CPUMillicores  int64    `cel:"cpuMillicores" doc:"allocatable"`
	MemoryBytes    int64    `cel:"memoryBytes" doc:"allocatable"`
	ConntrackCount int64    `cel:"conntrackCount" doc:"entries in the connection tracking table"`
	ConntrackMax   int64    `cel:"conntrackMax" doc:"size of that table"`
}

// Namespace is what `ns` holds.
type Namespace struct {
	Name            string `cel:"name" doc:"of the namespace"`
	System          bool   `cel:"system" doc:"the platform's own"`
	NetworkPolicies int64  `cel:"networkPolicies" doc:"how many stand in it"`
	Workloads       int64  `cel:"workloads" doc:"how many live in it"`
}

// Workload is what `workload` holds.
type Workload struct {
	Kind                 string            `cel:"kind" doc:"Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob, Pod"`
	APIVersion           string            `cel:"apiVersion" doc:"as written or served"`
	Namespace            string            `cel:"namespace" doc:"where it lives"`
	Name                 string            `cel:"name" doc:"of the workload"`
	System               bool              `cel:"system" doc:"the platform's own"`
	Criticality          string            `cel:"criticality" doc:"low, normal or critical"`
	Labels               map[string]string `cel:"labels" doc:"documented keys alone: app.kubernetes.io/…, helm.sh/chart"`
	Annotations          map[string]string `cel:"annotations" doc:"documented keys alone: plimsoll.dev/…, commit annotations"`
	Replicas             int64             `cel:"replicas" doc:"wanted; of an autoscaled workload its least"`
	Autoscaled           bool              `cel:"autoscaled" doc:"an autoscaler targets it"`
	Strategy             string            `cel:"strategy" doc:"RollingUpdate, Recreate, OnDelete"`
	MaxUnavailable       string            `cel:"maxUnavailable" doc:"of its roll-out, as written: 1, 25%"`
	MaxSurge             string            `cel:"maxSurge" doc:"of its roll-out, as written"`
	RevisionHistoryLimit int64             `cel:"revisionHistoryLimit" doc:"as written; has() tells 0 from nothing only together with historyLimited"`
	HistoryLimited       bool              `cel:"historyLimited" doc:"revisionHistoryLimit is written"`
	GraceSeconds         int64             `cel:"graceSeconds" doc:"terminationGracePeriodSeconds"`
	HostNetwork          bool              `cel:"hostNetwork" doc:"shares its node's network"`
	ManagedBy            string            `cel:"managedBy" doc:"helm, argocd, flux, kustomize, operator"`
	HelmRelease          string            `cel:"helmRelease" doc:"its name"`
	SpreadKeys           []string          `cel:"spreadKeys" doc:"topology keys that keep its pods apart"`
	Services             []string          `cel:"services" doc:"names of the services that select its pods"`
	Budgets              []string          `cel:"budgets" doc:"names of the disruption budgets over its pods"`
	Volumes              []*Volume         `cel:"volumes" doc:"of its pods"`
	Containers           []*Container      `cel:"containers" doc:"all of them, init containers and sidecars too"`
	Pods                 int64             `cel:"pods" doc:"that run"`
	ReadyPods            int64             `cel:"readyPods" doc:"that are ready"`
	Restarts             int64             `cel:"restarts" doc:"of all its running pods"`
}

// Volume is one of a workload's volumes.
type Volume struct {
	Name         string `cel:"name" doc:"of the volume"`
	Class        string `cel:"class" doc:"hostPath, emptyDir, claim, configMap, secret, csi, inTree, other"`
	HostPath     string `cel:"hostPath" doc:"of a hostPath: state or host"`
	ReadOnly     bool   `cel:"readOnly" doc:"no container mounts it writable"`
	StorageClass string `cel:"storageClass" doc:"of a claim template"`
}

// Container is what `container` holds.
type Container struct {
	Name                 string   `cel:"name" doc:"of the container"`
	Role                 string   `cel:"role" doc:"regular, init, sidecar"`
	Image                string   `cel:"image" doc:"as written"`
	Registry             string   `cel:"registry" doc:"of the image; docker.io where none is written"`
	Repository           string   `cel:"repository" doc:"of the image, without its registry"`
	Tag                  string   `cel:"tag" doc:"of the image"`
	Digest               string   `cel:"digest" doc:"of the image: sha256:…"`
	PullPolicy           string   `cel:"pullPolicy" doc:"as written"`
	Ports                []*Port  `cel:"ports" doc:"that it names"`
	CPURequestMillicores int64    `cel:"cpuRequestMillicores" doc:"a limit stands in for a missing request"`
	CPULimitMillicores   int64    `cel:"cpuLimitMillicores" doc:"as written"`
	MemoryRequestBytes   int64    `cel:"memoryRequestBytes" doc:"a limit stands in for a missing request"`
	MemoryLimitBytes     int64    `cel:"memoryLimitBytes" doc:"as written"`
	ResourcesUnreadable  bool     `cel:"resourcesUnreadable" doc:"an amount is a placeholder: the four above say nothing"`
	Liveness             *Probe   `cel:"liveness" doc:"has() tells whether there is one"`
	Readiness            *Probe   `cel:"readiness" doc:"has() tells whether there is one"`
	Startup              *Probe   `cel:"startup" doc:"has() tells whether there is one"`
	PreStop              string   `cel:"preStop" doc:"handler of the hook: exec, httpGet, sleep"`
	Variables            []string `cel:"variables" doc:"names of its environment variables, never their values"`
	Java                 *Java    `cel:"java" doc:"has() tells whether something points at a JVM"`
}

// Port is a port that a container names.
type Port struct {
	Name     string `cel:"name" doc:"of the port"`
	Number   int64  `cel:"number" doc:"of the port"`
	Protocol string `cel:"protocol" doc:"TCP, UDP, SCTP"`
}

// Probe is a probe with the API's defaults.
type Probe struct {
	Handler             string `cel:"handler" doc:"httpGet, tcpSocket, exec, grpc"`
	Path                string `cel:"path" doc:"of httpGet, without query"`
	Port                string `cel:"port" doc:"number or name, as written"`
	InitialDelaySeconds int64  `cel:"initialDelaySeconds" doc:"in seconds"`
	PeriodSeconds       int64  `cel:"periodSeconds" doc:"in seconds"`
	TimeoutSeconds      int64  `cel:"timeoutSeconds" doc:"in seconds"`
	FailureThreshold    int64  `cel:"failureThreshold" doc:"failures in a row"`
}

// Java is what is known of a container's JVM.
type Java struct {
	Certain      bool     `cel:"certain" doc:"it is sure that a JVM runs; else only a hint was seen"`
	Version      string   `cel:"version" doc:"where it is known: 17.0.12"`
	Feature      int64    `cel:"feature" doc:"the version's first number: 8, 11, 17"`
	VM           string   `cel:"vm" doc:"hotspot, openj9"`
	Product      string   `cel:"product" doc:"that brings its own JDK: kafka, elasticsearch …"`
	Options      []string `cel:"options" doc:"in effect, as written: -Xmx1g"`
	OptionsRead  bool     `cel:"optionsRead" doc:"every place was visible that could hold options"`
	MaxHeapBytes int64    `cel:"maxHeapBytes" doc:"by -Xmx"`
}

// Service is what `service` holds.
type Service struct {
	Namespace             string   `cel:"namespace" doc:"where it lives"`
	Name                  string   `cel:"name" doc:"of the service"`
	Type                  string   `cel:"type" doc:"ClusterIP, NodePort, LoadBalancer, ExternalName"`
	Headless              bool     `cel:"headless" doc:"it has no address of its own"`
	ExternalTrafficPolicy string   `cel:"externalTrafficPolicy" doc:"Cluster, Local"`
	ExternalIPs           int64    `cel:"externalIPs" doc:"how many; the addresses themselves are never kept"`
	InternalLoadBalancer  bool     `cel:"internalLoadBalancer" doc:"by documented annotations"`
	Ports                 []*Port  `cel:"ports" doc:"of the service"`
	Workloads             []string `cel:"workloads" doc:"names of the workloads that it selects"`
	SelectorUnresolved    bool     `cel:"selectorUnresolved" doc:"it selects nothing that was read"`
	ReadyEndpoints        int64    `cel:"readyEndpoints" doc:"where endpoints were read"`
}

func clusterOf(f *facts.Facts) *Cluster {
	c := &Cluster{Live: f.Live(), Nodes: int64(len(f.Nodes)), Workloads: int64(len(f.Workloads)), Services: int64(len(f.Services)), Releases: int64(len(f.Releases))}
	if f.Cluster != nil {
		c.Version, c.Provisioner = f.Cluster.ServerVersion, f.Cluster.Provisioner
		c.Major, c.Minor = int64(f.Cluster.Version.Major), int64(f.Cluster.Version.Minor)
		c.Managed = f.Cluster.Managed != nil && *f.Cluster.Managed
	}
	return c
}

func nodeOf(n *facts.Node) *Node {
	node := &Node{
		Name: n.Name, Roles: n.Roles, Zone: n.Zone, Region: n.Region, Architecture: n.Architecture, OS: n.OSImage, Kernel: n.KernelVersion,
		Runtime: n.ContainerRuntime, Kubelet: n.KubeletVersion, KubeletMinor: int64(n.Kubelet.Minor), Cgroup: int64(n.CgroupVersion),
		Unschedulable: n.Unschedulable,
	}
	if n.Allocatable != nil {
		node.CPUMillicores, node.MemoryBytes = n.Allocatable.CPUMillicores, n.Allocatable.MemoryBytes
	}
	if n.Conntrack != nil {
		node.ConntrackCount, node.ConntrackMax = n.Conntrack.Count, n.Conntrack.Max
	}
	return node
}

func namespaceOf(f *facts.Facts, n *snapshot.Namespace) *Namespace {
	space := &Namespace{Name: n.Name, System: f.IsSystemNamespace(n.Name), NetworkPolicies: number(n.NetworkPolicies), Workloads: number(n.Workloads)}
	return space
}

func workloadOf(w *facts.Workload) *Workload {
	out := &Workload{
		Kind: w.Kind, APIVersion: w.APIVersion, Namespace: w.Namespace, Name: w.Name, System: w.System, Criticality: criticality(w.Criticality),
		Labels: w.Labels, Annotations: w.Annotations, Replicas: number(w.LeastReplicas()), Autoscaled: w.Autoscaler != nil, Strategy: w.Strategy,
		MaxUnavailable: w.MaxUnavailable, MaxSurge: w.MaxSurge, RevisionHistoryLimit: number(w.RevisionHistoryLimit), HistoryLimited: w.RevisionHistoryLimit != nil,
		HostNetwork: w.HostNetwork, ManagedBy: w.ManagedBy, HelmRelease: w.HelmRelease, SpreadKeys: w.SpreadKeys, GraceSeconds: long(w.GraceSeconds),
	}
	for _, s := range w.Services {
		out.Services = append(out.Services, s.Name)
	}
	for _, b := range w.Budgets {
		out.Budgets = append(out.Budgets, b.Name)
	}
	for _, v := range w.Volumes {
		out.Volumes = append(out.Volumes, &Volume{Name: v.Name, Class: v.Class, HostPath: v.HostPath, ReadOnly: v.ReadOnly, StorageClass: v.StorageClass})
	}
	for _, c := range w.Containers {
		out.Containers = append(out.Containers, containerOf(c))
	}
	if w.Pods != nil {
		out.Pods, out.ReadyPods, out.Restarts = int64(w.Pods.Total), int64(w.Pods.Ready), w.Pods.Restarts
	}
	return out
}

func criticality(c facts.Criticality) string {
	switch c {
	case facts.CriticalityLow:
		return "low"
	case facts.CriticalityCritical:
		return "critical"
	}
	return "normal"
}

func containerOf(c *facts.Container) *Container {
	out := &Container{
		Name: c.Name, Role: string(c.Role), Image: c.Image.Raw, Registry: c.Image.Registry, Repository: c.Image.Repository, Tag: c.Image.Tag, Digest: c.Image.Digest,
		PullPolicy: c.PullPolicy, CPURequestMillicores: long(c.EffectiveCPURequestMillicores()), CPULimitMillicores: long(c.CPULimitMillicores),
		MemoryRequestBytes: long(c.EffectiveMemoryRequestBytes()), MemoryLimitBytes: long(c.MemoryLimitBytes), ResourcesUnreadable: c.ResourcesUnreadable,
		Liveness: probeOf(c.Liveness), Readiness: probeOf(c.Readiness), Startup: probeOf(c.Startup), Variables: c.EnvironmentNames, Java: javaOf(c.Java),
	}
	if c.PreStop != nil {
		out.PreStop = c.PreStop.Handler
	}
	for _, p := range c.Ports {
		out.Ports = append(out.Ports, &Port{Name: p.Name, Number: int64(p.Number), Protocol: p.Protocol})
	}
	return out
}

func probeOf(p *snapshot.Probe) *Probe {
	if p == nil {
		return nil
	}
	return &Probe{
		Handler: p.Handler, Path: p.Path, Port: p.Port, InitialDelaySeconds: int64(p.InitialDelaySeconds), PeriodSeconds: int64(p.PeriodSeconds),
		TimeoutSeconds: int64(p.TimeoutSeconds), FailureThreshold: int64(p.FailureThreshold),
	}
}

func javaOf(j *facts.Java) *Java {
	if j == nil {
		return nil
	}
	out := &Java{Certain: j.Certainty == facts.CertainJava, Feature: int64(j.Version.Feature), VM: j.VM, Product: j.Product, OptionsRead: j.OptionsRead, MaxHeapBytes: long(j.MaxHeapBytes)}
	if j.Version.Known() {
		out.Version = j.Version.String()
	}
	for _, o := range j.Options {
		out.Options = append(out.Options, o.Raw)
	}
	return out
}

func serviceOf(s *facts.Service) *Service {
	out := &Service{
		Namespace: s.Namespace, Name: s.Name, Type: s.Type, Headless: s.Headless, ExternalTrafficPolicy: s.ExternalTrafficPolicy,
		ExternalIPs: int64(len(s.ExternalAddresses)), InternalLoadBalancer: s.InternalLoadBalancer, SelectorUnresolved: s.SelectorUnresolved,
	}
	for _, p := range s.Ports {
		out.Ports = append(out.Ports, &Port{Name: p.Name, Number: int64(p.Port), Protocol: p.Protocol})
	}
	for _, t := range s.Targets {
		out.Workloads = append(out.Workloads, t.Workload.Name)
	}
	if s.Endpoints != nil {
		out.ReadyEndpoints = int64(s.Endpoints.Ready)
	}
	return out
}

// unseenIn lists the resources that were not read whole: what expressions read as `unseen`.
func unseenIn(v assessments.View) []string {
	unseen := []string{}
	for _, resource := range snapshot.Resources {
		if _, missing := v.Unseen(resource); missing {
			unseen = append(unseen, resource)
		}
	}
	return unseen
}

func number(n *int) int64 {
	if n == nil {
		return 0
	}
	return int64(*n)
}

func long(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
