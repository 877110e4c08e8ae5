package cluster

import (
	"cmp"
	"maps"
	"slices"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/allow"
	"plimsoll/collectors/kube"
)

// kind is a collection of the API that the collector reads, as the allow-list has it: what it is called in notes and roles, and by
// which versions it can be read, newest first.
type kind struct {
	resource    string // plural, as in notes, roles and paths
	object      string // Kind of one object: lists leave it out
	group       string
	versions    []string
	clusterWide bool   // its objects are in no namespace
	optional    bool   // of an extension that most clusters do not have
	mostOnPage  int    // objects a request, where they are large; 0: as the options say
	silent      bool   // too many, and written by Kubernetes' own components alone: they tell nothing of versions in use
	covers      string // the name of snapshot.Resources that it is a part of; empty: its own plural
	sieve       *allow.Sieve
	narrow      *allow.Sieve // of what most of its objects are read for; nil: all
}

// narrowed has most objects of a kind read for these fields alone.
func (k kind) narrowed(fields ...string) kind {
	k.narrow = k.sieve.Only(fields...)
	return k
}

// Resources of a snapshot that are made of several kinds and under whose names refusals are noted.
const (
	webhooksPart  = "webhooks"
	ingressesPart = "ingresses"
	backupsPart   = "backups"
)

// The kinds that are listed: old clusters are what this is for, so older versions are read alike.
var (
	nodes             = listed("", "Node")
	namespaces        = listed("", "Namespace")
	pods              = listed("", "Pod").narrowed(ofOwnedPods...)
	services          = listed("", "Service")
	limitRanges       = listed("", "LimitRange")
	controllers       = listed("", "ReplicationController")
	deployments       = listed("apps", "Deployment")
	statefulSets      = listed("apps", "StatefulSet")
	daemonSets        = listed("apps", "DaemonSet")
	replicaSets       = listed("apps", "ReplicaSet").narrowed(ofOwnedSets...)
	jobs              = listed("batch", "Job")
	cronJobs          = listed("batch", "CronJob")
	budgets           = listed("policy", "PodDisruptionBudget")
	autoscalers       = listed("autoscaling", "HorizontalPodAutoscaler")
	networkPolicies   = listed("networking.k8s.io", "NetworkPolicy")
	endpointSlices    = listed("discovery.k8s.io", "EndpointSlice")
	definitions       = listed("apiextensions.k8s.io", "CustomResourceDefinition")
	storageClasses    = listed("storage.k8s.io", "StorageClass")
	persistentVolumes = listed("", "PersistentVolume")
	volumeClaims      = listed("", "PersistentVolumeClaim")
	events            = listed("", "Event")
	serviceCIDRs      = listed("networking.k8s.io", "ServiceCIDR")
	scaledObjects     = listed("keda.sh", "ScaledObject")
	applications      = listed("argoproj.io", "Application")
	helmReleases      = listed("helm.toolkit.fluxcd.io", "HelmRelease")
	kustomizations    = listed("kustomize.toolkit.fluxcd.io", "Kustomization")
)

// The kinds that are read alike: policies, those of network plugins among them, since a namespace that they cover is not uncovered;
// resources that start JVMs; what tells of the network's data path, read as kube.Fabric takes it.
var (
	webhookKinds = kindsOf(kube.IsWebhookConfiguration)
	ingressKinds = kindsOf(kube.IsIngress)
	backupKinds  = kindsOf(kube.IsSaved)
	policyKinds  = kindsOf(kube.IsPolicy)
	customKinds  = kindsOf(kube.IsCustomResource)
	fabricKinds  = kindsOf(kube.IsFabric)
)

// Parts of the header's scope that are made of several kinds.
const (
	partCNI       = "cni"
	partBalancers = "load-balancers"
	partProxy     = "kube-proxy"
)

// The two kinds in which Helm keeps its releases. They are read as metadata alone, by label.
var (
	secrets    = kindOf(allow.Metadata("", "Secret"))
	configMaps = kindOf(allow.Metadata("", "ConfigMap"))
	stored     = []kind{kindOf(allow.Flagged("", "Secret")), kindOf(allow.Flagged("", "ConfigMap"))} // with their data, where it is asked for
)

// releases is the name under which refusals of Helm's storage are noted.
const releases = "releases"

func listed(group, object string) kind { return kindOf(allow.List(group, object)) }

func kindsOf(is func(kube.TypeMeta) bool) []kind {
	var kinds []kind
	for _, listed := range allow.Listed().Lists {
		if k := kindOf(listed); is(kube.TypeMeta{APIVersion: k.apiVersion(k.versions[0]), Kind: k.object}) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func kindOf(k allow.Kind) kind {
	return kind{resource: k.Resource, object: k.Object, group: k.Group, versions: k.Versions, clusterWide: k.ClusterWide, optional: k.Optional,
		mostOnPage: k.Page, silent: k.Silent, covers: k.Part, sieve: k.Sieve}
}

// listedKinds are all kinds whose objects are read.
func listedKinds(o Options) []kind {
	var all []kind
	for _, listed := range allow.Listed().Lists {
		if k := kindOf(listed); len(o.Namespaces) == 0 || !k.clusterWide {
			all = append(all, k)
		}
	}
	return all
}

// ownedKinds are controllers that mostly belong to others, and are read before the pods: a pod names them, and counts for the owner.
var ownedKinds = []kind{replicaSets, jobs}

// owningKinds are the controllers that are read after the pods.
var owningKinds = []kind{deployments, statefulSets, daemonSets, controllers, cronJobs}

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

// collected are the names for the header: the resources that are read whole, but for the namespaces that notes name. Each kind says
// which it is a part of; all parts must be read. Helm's storage is one part of the releases.
func (c *collection) collected() []string {
	whole := map[string]bool{releases: c.reads(releases, secrets)}
	for _, k := range listedKinds(c.options) {
		name := cmp.Or(k.covers, k.resource)
		if k.optional && k.covers == "" || !slices.Contains(snapshot.Resources, name) {
			continue
		}
		before, known := whole[name]
		absent := k.optional && c.allowed.absent[k.resourceName()] // an extension that is not installed has no objects
		whole[name] = (before || !known) && (absent || c.reads(k.resourceName(), k))
	}
	for _, part := range []string{partProxy, partCNI} {
		before, known := whole[part]
		whole[part] = (before || !known) && c.configurationRead
	}
	whole[apiMetrics] = c.metricsRead
	if len(c.options.Namespaces) > 0 { // of the whole cluster, or of a namespace of its own
		maps.DeleteFunc(whole, func(name string, _ bool) bool {
			return name == partCNI || name == partBalancers || name == serviceCIDRs.resource
		})
	}
	maps.DeleteFunc(whole, func(_ string, all bool) bool { return !all })
	return slices.Sorted(maps.Keys(whole))
}

// reads reports whether a resource may be read in any namespace of its scope.
func (c *collection) reads(resource string, k kind) bool {
	return slices.ContainsFunc(c.options.scope(k), func(namespace string) bool { return c.allowed.may(resource, namespace) })
}

// resourceName is the kind's name in notes: an extension's carries its group, for two have a resource of one name. One
// that only newer servers have is none.
func (k kind) resourceName() string {
	if k.optional && k.group != networkPolicies.group {
		return k.resource + "." + k.group
	}
	return k.resource
}
