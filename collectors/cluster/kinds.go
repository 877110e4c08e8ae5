package cluster

import (
	"slices"

	"plimsoll/assessments/snapshot"
)

// kind is a collection of the API that the collector reads: what it is called in notes and roles, and by which versions it
// can be read, newest first.
type kind struct {
	resource    string // plural, as in notes, roles and paths
	object      string // Kind of one object: lists leave it out
	group       string
	versions    []string
	clusterWide bool   // its objects are in no namespace
	optional    bool   // of an extension that most clusters do not have
	part        string // name of snapshot.Resources that it is a part of; empty: its own resource, where that is one
}

// The kinds that are listed, with the older versions that are still read alike: old clusters are what this
// is for.
var (
	nodes           = kind{resource: "nodes", object: "Node", versions: []string{"v1"}, clusterWide: true}
	namespaces      = kind{resource: "namespaces", object: "Namespace", versions: []string{"v1"}, clusterWide: true}
	pods            = kind{resource: "pods", object: "Pod", versions: []string{"v1"}}
	services        = kind{resource: "services", object: "Service", versions: []string{"v1"}}
	limitRanges     = kind{resource: "limitranges", object: "LimitRange", versions: []string{"v1"}}
	controllers     = kind{resource: "replicationcontrollers", object: "ReplicationController", versions: []string{"v1"}}
	deployments     = kind{resource: "deployments", object: "Deployment", group: "apps", versions: []string{"v1"}}
	statefulSets    = kind{resource: "statefulsets", object: "StatefulSet", group: "apps", versions: []string{"v1"}}
	daemonSets      = kind{resource: "daemonsets", object: "DaemonSet", group: "apps", versions: []string{"v1"}}
	replicaSets     = kind{resource: "replicasets", object: "ReplicaSet", group: "apps", versions: []string{"v1"}}
	jobs            = kind{resource: "jobs", object: "Job", group: "batch", versions: []string{"v1"}}
	cronJobs        = kind{resource: "cronjobs", object: "CronJob", group: "batch", versions: []string{"v1", "v1beta1"}}
	budgets         = kind{resource: "poddisruptionbudgets", object: "PodDisruptionBudget", group: "policy", versions: []string{"v1", "v1beta1"}}
	autoscalers     = kind{resource: "horizontalpodautoscalers", object: "HorizontalPodAutoscaler", group: "autoscaling", versions: []string{"v2", "v1"}}
	networkPolicies = kind{resource: "networkpolicies", object: "NetworkPolicy", group: "networking.k8s.io", versions: []string{"v1"}}
	endpointSlices  = kind{resource: "endpointslices", object: "EndpointSlice", group: "discovery.k8s.io", versions: []string{"v1", "v1beta1"}}
)

// Kinds of extensions, read where they are installed: policies of the network plugins, since a namespace that they cover is not
// uncovered; resources that start JVMs; KEDA's autoscalers.
var (
	scaledObjects = extension("ScaledObject", "scaledobjects", "keda.sh", "v1alpha1")
	policyKinds   = []kind{
		networkPolicies,
		extension("NetworkPolicy", "networkpolicies", "crd.projectcalico.org", "v1"),
		clusterExtension("GlobalNetworkPolicy", "globalnetworkpolicies", "crd.projectcalico.org", "v1"),
		extension("CiliumNetworkPolicy", "ciliumnetworkpolicies", "cilium.io", "v2"),
		clusterExtension("CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies", "cilium.io", "v2"),
	}
	customKinds = []kind{
		extension("Kafka", "kafkas", "kafka.strimzi.io", "v1", "v1beta2"),
		extension("KafkaNodePool", "kafkanodepools", "kafka.strimzi.io", "v1", "v1beta2"),
		extension("KafkaConnect", "kafkaconnects", "kafka.strimzi.io", "v1", "v1beta2"),
		extension("KafkaBridge", "kafkabridges", "kafka.strimzi.io", "v1", "v1beta2"),
		extension("KafkaMirrorMaker", "kafkamirrormakers", "kafka.strimzi.io", "v1beta2"),
		extension("KafkaMirrorMaker2", "kafkamirrormaker2s", "kafka.strimzi.io", "v1", "v1beta2"),
	}
)

// Kinds that tell of the network's data path: read as kube.Fabric takes them.
var (
	serviceCIDRs = kind{resource: "servicecidrs", object: "ServiceCIDR", group: "networking.k8s.io", versions: []string{"v1", "v1beta1"}, clusterWide: true, optional: true, part: "servicecidrs"}
	fabricKinds  = []kind{
		serviceCIDRs,
		clusterExtension("IPPool", "ippools", "crd.projectcalico.org", "v1").of(partCNI),
		clusterExtension("BGPConfiguration", "bgpconfigurations", "crd.projectcalico.org", "v1").of(partCNI),
		clusterExtension("BGPPeer", "bgppeers", "crd.projectcalico.org", "v1").of(partCNI),
		clusterExtension("FelixConfiguration", "felixconfigurations", "crd.projectcalico.org", "v1").of(partCNI),
		clusterExtension("CiliumPodIPPool", "ciliumpodippools", "cilium.io", "v2", "v2alpha1").of(partCNI),
		extension("IPAddressPool", "ipaddresspools", "metallb.io", "v1beta1").of(partBalancers),
		extension("L2Advertisement", "l2advertisements", "metallb.io", "v1beta1").of(partBalancers),
		extension("BGPAdvertisement", "bgpadvertisements", "metallb.io", "v1beta1").of(partBalancers),
		extension("BGPPeer", "bgppeers", "metallb.io", "v1beta2", "v1beta1").of(partBalancers),
		clusterExtension("CiliumLoadBalancerIPPool", "ciliumloadbalancerippools", "cilium.io", "v2", "v2alpha1").of(partBalancers),
		clusterExtension("CiliumL2AnnouncementPolicy", "ciliuml2announcementpolicies", "cilium.io", "v2", "v2alpha1").of(partBalancers),
	}
)

// Parts of the header's scope that are made of several kinds.
const (
	partWorkloads = "workloads"
	partCNI       = "cni"
	partBalancers = "load-balancers"
	partProxy     = "kube-proxy"
)

func (k kind) of(part string) kind { k.part = part; return k }

// partName is the name of snapshot.Resources under which the header says that the kind was read whole; empty where it has none.
func (k kind) partName() string {
	switch {
	case k.part != "":
		return k.part
	case !k.optional && slices.Contains(snapshot.Resources, k.resource):
		return k.resource
	case slices.ContainsFunc(workloadKinds(), func(w kind) bool { return w.resource == k.resource }):
		return partWorkloads
	}
	return ""
}

func extension(object, resource, group string, versions ...string) kind {
	return kind{resource: resource, object: object, group: group, versions: versions, optional: true}
}

func clusterExtension(object, resource, group string, versions ...string) kind {
	k := extension(object, resource, group, versions...)
	k.clusterWide = true
	return k
}

// The two kinds in which Helm keeps its releases. They are read as metadata alone, by label.
var (
	secrets    = kind{resource: "secrets", object: "Secret", versions: []string{"v1"}}
	configMaps = kind{resource: "configmaps", object: "ConfigMap", versions: []string{"v1"}}
)

// releases is the name under which refusals of Helm's storage are noted.
const releases = "releases"

// listedKinds are all kinds whose objects are read, in the order in which they are asked for.
func listedKinds(o Options) []kind {
	all := []kind{nodes, namespaces, limitRanges, services, budgets, autoscalers, replicaSets, deployments, statefulSets, daemonSets,
		controllers, cronJobs, jobs, pods, endpointSlices}
	all = slices.Concat(all, policyKinds, customKinds, []kind{scaledObjects}, fabricKinds)
	if len(o.Namespaces) > 0 {
		all = slices.DeleteFunc(all, func(k kind) bool { return k.clusterWide })
	}
	return all
}

// workloadKinds are the controllers of pods. Those that others own come first: a ReplicaSet is known before its pods are read.
func workloadKinds() []kind {
	return []kind{replicaSets, deployments, statefulSets, daemonSets, controllers, cronJobs, jobs}
}

// path of the collection in one namespace, or in all of them where the name is empty.
func (k kind) path(version, namespace string) string {
	path := "/api/" + version
	if k.group != "" {
		path = "/apis/" + k.group + "/" + version
	}
	if namespace != "" && !k.clusterWide {
		path += "/namespaces/" + namespace
	}
	return path + "/" + k.resource
}

func (k kind) apiVersion(version string) string {
	if k.group == "" {
		return version
	}
	return k.group + "/" + version
}

// resourceName is the kind's name in notes: an extension's carries its group, for two have a resource of one name; unless it is a
// part of the scope by itself.
func (k kind) resourceName() string {
	if k.optional && k.part != k.resource {
		return k.resource + "." + k.group
	}
	return k.resource
}
