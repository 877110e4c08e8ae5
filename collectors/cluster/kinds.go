package cluster

import (
	"cmp"
	"maps"
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
	mostOnPage  int    // objects a request, where they are large; 0: as the options say
	silent      bool   // too many, and written by Kubernetes' own components alone: they tell nothing of versions in use
	covers      string // the name of snapshot.Resources that it is a part of; empty: its own plural
}

// Resources of a snapshot that are made of several kinds and under whose names refusals are noted.
const (
	webhooksPart  = "webhooks"
	ingressesPart = "ingresses"
	backupsPart   = "backups"
)

// The kinds that are listed, with the older versions that are still read alike: old clusters are what this
// is for.
var (
	nodes           = kind{resource: "nodes", object: "Node", versions: []string{"v1"}, clusterWide: true}
	namespaces      = kind{resource: "namespaces", object: "Namespace", versions: []string{"v1"}, clusterWide: true}
	pods            = kind{resource: "pods", object: "Pod", versions: []string{"v1"}, silent: true}
	services        = kind{resource: "services", object: "Service", versions: []string{"v1"}}
	limitRanges     = kind{resource: "limitranges", object: "LimitRange", versions: []string{"v1"}}
	controllers     = kind{resource: "replicationcontrollers", object: "ReplicationController", versions: []string{"v1"}, covers: "workloads"}
	deployments     = kind{resource: "deployments", object: "Deployment", group: "apps", versions: []string{"v1"}, covers: "workloads"}
	statefulSets    = kind{resource: "statefulsets", object: "StatefulSet", group: "apps", versions: []string{"v1"}, covers: "workloads"}
	daemonSets      = kind{resource: "daemonsets", object: "DaemonSet", group: "apps", versions: []string{"v1"}, covers: "workloads"}
	replicaSets     = kind{resource: "replicasets", object: "ReplicaSet", group: "apps", versions: []string{"v1"}, silent: true, covers: "workloads"}
	jobs            = kind{resource: "jobs", object: "Job", group: "batch", versions: []string{"v1"}, covers: "workloads"}
	cronJobs        = kind{resource: "cronjobs", object: "CronJob", group: "batch", versions: []string{"v1", "v1beta1"}, covers: "workloads"}
	budgets         = kind{resource: "poddisruptionbudgets", object: "PodDisruptionBudget", group: "policy", versions: []string{"v1", "v1beta1"}}
	autoscalers     = kind{resource: "horizontalpodautoscalers", object: "HorizontalPodAutoscaler", group: "autoscaling", versions: []string{"v2", "v1"}}
	networkPolicies = kind{resource: "networkpolicies", object: "NetworkPolicy", group: "networking.k8s.io", versions: []string{"v1"}}
	endpointSlices  = kind{resource: "endpointslices", object: "EndpointSlice", group: "discovery.k8s.io", versions: []string{"v1", "v1beta1"}, silent: true}
	definitions     = kind{resource: "customresourcedefinitions", object: "CustomResourceDefinition", group: "apiextensions.k8s.io", versions: []string{"v1", "v1beta1"}, clusterWide: true, mostOnPage: 25}
)

// The kinds that no workload hangs on.
var (
	storageClasses    = kind{resource: "storageclasses", object: "StorageClass", group: "storage.k8s.io", versions: []string{"v1", "v1beta1"}, clusterWide: true}
	persistentVolumes = kind{resource: "persistentvolumes", object: "PersistentVolume", versions: []string{"v1"}, clusterWide: true}
	volumeClaims      = kind{resource: "persistentvolumeclaims", object: "PersistentVolumeClaim", versions: []string{"v1"}}
	events            = kind{resource: "events", object: "Event", versions: []string{"v1"}}
	webhookKinds      = []kind{
		{resource: "validatingwebhookconfigurations", object: "ValidatingWebhookConfiguration", group: "admissionregistration.k8s.io", versions: []string{"v1", "v1beta1"}, clusterWide: true, covers: webhooksPart},
		{resource: "mutatingwebhookconfigurations", object: "MutatingWebhookConfiguration", group: "admissionregistration.k8s.io", versions: []string{"v1", "v1beta1"}, clusterWide: true, covers: webhooksPart},
	}
	ingressKinds = []kind{
		{resource: "ingresses", object: "Ingress", group: "networking.k8s.io", versions: []string{"v1", "v1beta1"}, covers: ingressesPart},
		extension("Gateway", "gateways", "gateway.networking.k8s.io", "v1", "v1beta1").of(ingressesPart),
		extension("HTTPRoute", "httproutes", "gateway.networking.k8s.io", "v1", "v1beta1").of(ingressesPart),
		extension("GRPCRoute", "grpcroutes", "gateway.networking.k8s.io", "v1").of(ingressesPart),
	}
	backupKinds = []kind{
		extension("Backup", "backups", "velero.io", "v1").of(backupsPart),
		extension("Schedule", "schedules", "velero.io", "v1").of(backupsPart),
		extension("VolumeSnapshot", "volumesnapshots", "snapshot.storage.k8s.io", "v1", "v1beta1").of(backupsPart),
	}
)

// Kinds of extensions, read where they are installed: policies of the network plugins, since a namespace that they cover is not
// uncovered; resources that start JVMs; KEDA's autoscalers.
var (
	scaledObjects = extension("ScaledObject", "scaledobjects", "keda.sh", "v1alpha1").of("horizontalpodautoscalers")
	policyKinds   = []kind{
		networkPolicies,
		extension("NetworkPolicy", "networkpolicies", "crd.projectcalico.org", "v1").of("networkpolicies"),
		clusterExtension("GlobalNetworkPolicy", "globalnetworkpolicies", "crd.projectcalico.org", "v1").of("networkpolicies"),
		extension("CiliumNetworkPolicy", "ciliumnetworkpolicies", "cilium.io", "v2").of("networkpolicies"),
		clusterExtension("CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies", "cilium.io", "v2").of("networkpolicies"),
	}
	customKinds = []kind{
		extension("Kafka", "kafkas", "kafka.strimzi.io", "v1", "v1beta2"),
		extension("KafkaNodePool", "kafkanodepools", "kafka.strimzi.io", "v1", "v1beta2"),
		extension("KafkaConnect", "kafkaconnects", "kafka.strimzi.io", "v1", "v1beta2"),
		extension("KafkaBridge", "kafkabridges", "kafka.strimzi.io", "v1", "v1beta2"),
		extension("KafkaMirrorMaker", "kafkamirrormakers", "kafka.strimzi.io", "v1beta2"),
		extension("KafkaMirrorMaker2", "kafkamirrormaker2s", "kafka.strimzi.io", "v1", "v1beta2"),
		extension("Kafka", "kafkas", "platform.confluent.io", "v1beta1"),
		extension("Zookeeper", "zookeepers", "platform.confluent.io", "v1beta1"),
		extension("KRaftController", "kraftcontrollers", "platform.confluent.io", "v1beta1"),
		extension("Connect", "connects", "platform.confluent.io", "v1beta1"),
		extension("SchemaRegistry", "schemaregistries", "platform.confluent.io", "v1beta1"),
		extension("KsqlDB", "ksqldbs", "platform.confluent.io", "v1beta1"),
		extension("KafkaRestProxy", "kafkarestproxies", "platform.confluent.io", "v1beta1"),
		extension("ControlCenter", "controlcenters", "platform.confluent.io", "v1beta1"),
		extension("Elasticsearch", "elasticsearches", "elasticsearch.k8s.elastic.co", "v1", "v1beta1"),
		extension("Logstash", "logstashes", "logstash.k8s.elastic.co", "v1alpha1"),
		extension("SparkApplication", "sparkapplications", "sparkoperator.k8s.io", "v1beta2"),
		extension("ScheduledSparkApplication", "scheduledsparkapplications", "sparkoperator.k8s.io", "v1beta2"),
		extension("FlinkDeployment", "flinkdeployments", "flink.apache.org", "v1beta1"),
		extension("Druid", "druids", "druid.apache.org", "v1alpha1"),
		extension("CassandraDatacenter", "cassandradatacenters", "cassandra.datastax.com", "v1beta1"),
		extension("K8ssandraCluster", "k8ssandraclusters", "k8ssandra.io", "v1alpha1"),
	}
)

// Kinds that tell of the network's data path: read as kube.Fabric takes them.
var (
	serviceCIDRs = kind{resource: "servicecidrs", object: "ServiceCIDR", group: "networking.k8s.io", versions: []string{"v1", "v1beta1"}, clusterWide: true, optional: true, covers: "servicecidrs"}
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
	partCNI       = "cni"
	partBalancers = "load-balancers"
	partProxy     = "kube-proxy"
)

func extension(object, resource, group string, versions ...string) kind {
	return kind{resource: resource, object: object, group: group, versions: versions, optional: true}
}

func clusterExtension(object, resource, group string, versions ...string) kind {
	k := extension(object, resource, group, versions...)
	k.clusterWide = true
	return k
}

// The objects by which Argo CD and Flux say what they deliver and how it stands.
var (
	applications   = extension("Application", "applications", "argoproj.io", "v1alpha1").of(releases)
	helmReleases   = extension("HelmRelease", "helmreleases", "helm.toolkit.fluxcd.io", "v2", "v2beta2", "v2beta1").of(releases)
	kustomizations = extension("Kustomization", "kustomizations", "kustomize.toolkit.fluxcd.io", "v1", "v1beta2").of(releases)
	releaseKinds   = []kind{applications, helmReleases, kustomizations}
)

// The two kinds in which Helm keeps its releases. They are read as metadata alone, by label.
var (
	secrets    = kind{resource: "secrets", object: "Secret", versions: []string{"v1"}}
	configMaps = kind{resource: "configmaps", object: "ConfigMap", versions: []string{"v1"}}
)

// releases is the name under which refusals of Helm's storage are noted.
const releases = "releases"

// listedKinds are all kinds whose objects are read.
func listedKinds(o Options) []kind {
	all := []kind{nodes, namespaces, limitRanges, services, budgets, autoscalers, replicaSets, deployments, statefulSets, daemonSets,
		controllers, cronJobs, jobs, pods, endpointSlices, definitions}
	all = slices.Concat(all, policyKinds, customKinds, releaseKinds, []kind{scaledObjects}, fabricKinds,
		[]kind{storageClasses, persistentVolumes, volumeClaims, events}, webhookKinds, ingressKinds, backupKinds)
	if len(o.Namespaces) > 0 {
		all = slices.DeleteFunc(all, func(k kind) bool { return k.clusterWide })
	}
	return all
}

// ownedKinds are controllers that mostly belong to others, and are read before the pods: a pod names them, and counts for the owner.
var ownedKinds = []kind{replicaSets, jobs}

// owningKinds are the controllers that are read after the pods.
var owningKinds = []kind{deployments, statefulSets, daemonSets, controllers, cronJobs}

// workloadKinds are the controllers of pods.
func workloadKinds() []kind { return slices.Concat(ownedKinds, owningKinds) }

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

// of makes the kind a part of a resource of snapshot.Resources.
func (k kind) of(resource string) kind { k.covers = resource; return k }

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
