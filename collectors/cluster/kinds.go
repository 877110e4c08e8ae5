package cluster

import (
	"cmp"
	"slices"
)

// kind is a collection of the API that the collector reads: what it is called in notes and roles, and by which versions it
// can be read, newest first.
type kind struct {
	resource    string // plural, as in notes, roles and paths
	object      string // Kind of one object: lists leave it out
	group       string
	versions    []string
	clusterWide bool // its objects are in no namespace
	optional    bool // of an extension that most clusters do not have

	// part is the resource of snapshot.Resources that the kind is a part of; empty: it is one by its own name.
	part string
}

// Resources of a snapshot that are made of several kinds. Refusals are noted under these names, but for the workloads: a person reads
// that deployments are missing, and not that some workloads are.
const (
	workloadsPart = "workloads"
	webhooksPart  = "webhooks"
	ingressesPart = "ingresses"
	backupsPart   = "backups"
)

// The kinds that are listed, with the older versions that are still read alike: old clusters are what this
// is for.
var (
	nodes           = kind{resource: "nodes", object: "Node", versions: []string{"v1"}, clusterWide: true}
	namespaces      = kind{resource: "namespaces", object: "Namespace", versions: []string{"v1"}, clusterWide: true}
	pods            = kind{resource: "pods", object: "Pod", versions: []string{"v1"}}
	services        = kind{resource: "services", object: "Service", versions: []string{"v1"}}
	limitRanges     = kind{resource: "limitranges", object: "LimitRange", versions: []string{"v1"}}
	controllers     = kind{resource: "replicationcontrollers", object: "ReplicationController", versions: []string{"v1"}, part: workloadsPart}
	deployments     = kind{resource: "deployments", object: "Deployment", group: "apps", versions: []string{"v1"}, part: workloadsPart}
	statefulSets    = kind{resource: "statefulsets", object: "StatefulSet", group: "apps", versions: []string{"v1"}, part: workloadsPart}
	daemonSets      = kind{resource: "daemonsets", object: "DaemonSet", group: "apps", versions: []string{"v1"}, part: workloadsPart}
	replicaSets     = kind{resource: "replicasets", object: "ReplicaSet", group: "apps", versions: []string{"v1"}, part: workloadsPart}
	jobs            = kind{resource: "jobs", object: "Job", group: "batch", versions: []string{"v1"}, part: workloadsPart}
	cronJobs        = kind{resource: "cronjobs", object: "CronJob", group: "batch", versions: []string{"v1", "v1beta1"}, part: workloadsPart}
	budgets         = kind{resource: "poddisruptionbudgets", object: "PodDisruptionBudget", group: "policy", versions: []string{"v1", "v1beta1"}}
	autoscalers     = kind{resource: "horizontalpodautoscalers", object: "HorizontalPodAutoscaler", group: "autoscaling", versions: []string{"v2", "v1"}}
	networkPolicies = kind{resource: "networkpolicies", object: "NetworkPolicy", group: "networking.k8s.io", versions: []string{"v1"}}
	endpointSlices  = kind{resource: "endpointslices", object: "EndpointSlice", group: "discovery.k8s.io", versions: []string{"v1", "v1beta1"}}
)

// The kinds that no workload hangs on.
var (
	storageClasses    = kind{resource: "storageclasses", object: "StorageClass", group: "storage.k8s.io", versions: []string{"v1", "v1beta1"}, clusterWide: true}
	persistentVolumes = kind{resource: "persistentvolumes", object: "PersistentVolume", versions: []string{"v1"}, clusterWide: true}
	volumeClaims      = kind{resource: "persistentvolumeclaims", object: "PersistentVolumeClaim", versions: []string{"v1"}}
	events            = kind{resource: "events", object: "Event", versions: []string{"v1"}}
	webhookKinds      = []kind{
		{resource: "validatingwebhookconfigurations", object: "ValidatingWebhookConfiguration", group: "admissionregistration.k8s.io", versions: []string{"v1", "v1beta1"}, clusterWide: true, part: webhooksPart},
		{resource: "mutatingwebhookconfigurations", object: "MutatingWebhookConfiguration", group: "admissionregistration.k8s.io", versions: []string{"v1", "v1beta1"}, clusterWide: true, part: webhooksPart},
	}
	ingressKinds = []kind{
		{resource: "ingresses", object: "Ingress", group: "networking.k8s.io", versions: []string{"v1", "v1beta1"}, part: ingressesPart},
		extension("Gateway", "gateways", "gateway.networking.k8s.io", "v1", "v1beta1").in(ingressesPart),
		extension("HTTPRoute", "httproutes", "gateway.networking.k8s.io", "v1", "v1beta1").in(ingressesPart),
		extension("GRPCRoute", "grpcroutes", "gateway.networking.k8s.io", "v1").in(ingressesPart),
	}
	backupKinds = []kind{
		extension("Backup", "backups", "velero.io", "v1").in(backupsPart),
		extension("Schedule", "schedules", "velero.io", "v1").in(backupsPart),
		extension("VolumeSnapshot", "volumesnapshots", "snapshot.storage.k8s.io", "v1", "v1beta1").in(backupsPart),
	}
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
	all = slices.Concat(all, policyKinds, customKinds, []kind{scaledObjects}, []kind{storageClasses, persistentVolumes, volumeClaims, events},
		webhookKinds, ingressKinds, backupKinds)
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

// in makes the kind a part of a resource of the snapshot.
func (k kind) in(part string) kind {
	k.part = part
	return k
}

// partOf is the resource of snapshot.Resources that the kind belongs to.
func (k kind) partOf() string { return cmp.Or(k.part, k.resource) }

// resourceName is the kind's name in notes: an extension's carries its group, for two have a resource of one name.
func (k kind) resourceName() string {
	if k.optional {
		return k.resource + "." + k.group
	}
	return k.resource
}
