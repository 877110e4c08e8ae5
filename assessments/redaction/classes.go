package redaction

import "plimsoll/assessments/pseudonym"

// Class says what a text of a snapshot is, and so what becomes of it. Names of one class have one pseudonym for one name wherever they stand,
// which keeps joins; names of two classes have nothing in common.
type Class string

// The classes whose names become pseudonyms. The word stands at the beginning of each.
const (
	Namespace  Class = "ns"
	Workload   Class = "workload"
	Container  Class = "container"
	Service    Class = "service"
	Node       Class = "node"
	Zone       Class = "zone"
	Region     Class = "region"
	Release    Class = "release" // of Helm, Argo CD and Flux
	App        Class = "app"     // charts, and the last part of an image: delivery/release-map holds one against the other
	Registry   Class = "registry"
	ImagePath  Class = "path" // a part of an image's path before the last
	Claim      Class = "claim"
	Volume     Class = "volume"
	VolumeOf   Class = "mount" // a volume within a pod
	Storage    Class = "storage"
	Driver     Class = "driver"
	Ingress    Class = "ingress"
	Hook       Class = "hook" // webhooks and their configurations
	Balancer   Class = "balancer"
	Pool       Class = "pool"
	Peer       Class = "peer"
	Object     Class = "object" // of any other kind
	Group      Class = "group"  // of an API
	KindName   Class = "kind"
	Resource   Class = "resource"
	Manager    Class = "manager" // of fields
	Port       Class = "port"
	URLPath    Class = "url"
	File       Class = "file"
	Repository Class = "repo"
	Label      Class = "label"
	Component  Class = "part"
	System     Class = "system" // app.kubernetes.io/part-of
	Section    Class = "section"
	Role       Class = "role"
	Topology   Class = "topology"
	Issuer     Class = "issuer"
	Word       Class = "word" // a status or a reason
	Text       Class = pseudonym.Text
)

// The classes that are put together of names, or that become no pseudonym.
const (
	Plain      Class = "(plain)"      // a figure, a version, a digest, a uid or one of the format's own words: as it is
	Image      Class = "(image)"      // registry and path are replaced part by part, what the reference knows it by, tag and digest stay
	APIVersion Class = "(apiVersion)" // group/version
	CRDName    Class = "(crd)"        // resource.group
	ReleaseRef Class = "(releaseRef)" // namespace/release
	Detail     Class = "(detail)"     // a sentence of a collector; one that is not known whole is replaced
	Digest     Class = "(digest)"     // of a text that could be guessed: hashed again with the key
	Variable   Class = "(variable)"   // the name of an environment variable: left out, but for those that the reference knows
	ByKind     Class = "(byKind)"     // the name of the object whose kind stands beside it
	ByField    Class = "(byField)"    // a share: what it is a share of, the field that holds it says
	Labels     Class = "(labels)"     // documented labels, each by its key
	Annotation Class = "(annotation)" // documented annotations, each by its key
)

// fieldsOf is every text of every record, by what it is. A field that is missing here is replaced as Text; a test finds it.
var fieldsOf = map[Class][]string{
	Plain: {
		"APIUse.Version", "AddressPool.CIDRs", "Announcement.Mode", "Backup.ObjectKind", "Backup.Tool", "CRD.Conversion", "CRD.Served", "CRD.Storage", "CRD.Stored",
		"Chart.AppVersion", "Chart.Version", "ChartVersion.AppVersion", "ChartVersion.Version",
		"Cluster.APIServerVersions", "Cluster.CoreDNSImageVersion", "Cluster.EtcdImageVersion", "Cluster.KubeProxyVersion", "Cluster.PodCIDRs", "Cluster.Provisioner",
		"Cluster.ProvisionerSign", "Cluster.ProvisionerVersion", "Cluster.ServerVersion", "Cluster.ServiceCIDRs", "Cluster.UID",
		"Condition.Status", "Conntrack.Source", "Container.PullPolicy", "Container.Role", "DisruptionBudget.MaxUnavailable", "DisruptionBudget.MinAvailable",
		"EventSummary.Probe", "EventSummary.Reason", "ExternalAddress.Hash", "FieldManager.Operation",
		"Header.CollectorBuild", "Header.CollectorVersion", "Header.PlatformUID", "Header.RedactionKeyID", "Header.Schema", "Header.Source",
		"Network.AddressMode", "Network.Component", "Network.ServiceCIDRs", "Network.Version",
		"Node.AddressHashes", "Node.Architecture", "Node.CgroupSource", "Node.ContainerRuntime", "Node.KernelVersion", "Node.KubeletVersion", "Node.OSImage",
		"Node.OperatingSystem", "Node.PodCIDRs", "Node.ProviderScheme", "Node.UID",
		"Note.Reason", "Note.Resource", "PersistentVolume.AccessModes", "PersistentVolume.Phase", "PersistentVolume.Source", "Pipeline.Tool",
		"PodImage.Architecture", "PodImage.ImageID", "PodImage.Template", "Port.Protocol", "PreStop.Handler", "Probe.Handler",
		"Release.AppVersion", "Release.ChartValuesHash", "Release.ChartVersion", "Release.Ready", "Release.TemplatesHash", "Release.Tool", "Release.UserValuesHash",
		"Repository.CodeLanguage", "Runtime.Entry", "Runtime.EntryNames", "RuntimeOption.Flags", "RuntimeOption.Source", "Scope.Collected", "Scope.Refused",
		"Service.ExternalTrafficPolicy", "Service.Type", "ServicePort.Protocol", "StorageClass.BindingMode",
		"Trailer.Counts", "Trailer.KeyID", "Trailer.SHA256", "Trailer.Signature",
		"Volume.Class", "Volume.HostPath", "VolumeClaim.AccessModes", "VolumeClaim.Phase", "Webhook.FailurePolicy", "WebhookRule.Operations", "WebhookRule.Scope",
		"Workload.ManagedBy", "Workload.MaxSurge", "Workload.MaxUnavailable", "Workload.PodManagement", "Workload.RestartPolicy", "Workload.Strategy", "Workload.UID",
		"WorkloadPods.Phases",
	},
	Namespace: {
		"Autoscaler.Namespace", "CustomResource.Namespace", "DisruptionBudget.Namespace", "Endpoints.Namespace", "Ingress.Namespace", "Namespace.Name",
		"NetworkPolicy.Namespace", "Note.Namespace", "PersistentVolume.ClaimNamespace", "Ref.Namespace", "Release.Namespace", "Release.TargetNamespace",
		"Scope.Namespaces", "Service.Namespace", "VolumeClaim.Namespace", "Webhook.ServiceNamespace", "Workload.Namespace", "WorkloadPods.Namespace",
	},
	Workload:     {"Workload.Name", "WorkloadPods.Name"},
	Container:    {"Container.Name", "EventSummary.Container", "PodImage.Container", "Termination.Container"},
	Service:      {"Service.Name", "Endpoints.Service", "Ingress.Services", "Webhook.Service"},
	Node:         {"Node.Name", "Announcement.Nodes", "BGPPeer.Nodes", "ExternalAddress.Nodes", "Endpoints.Nodes", "Service.ReadyEndpointNodes", "WorkloadPods.Nodes"},
	Zone:         {"Node.Zone", "Endpoints.Zones", "WorkloadPods.Zones"},
	Region:       {"Node.Region"},
	Release:      {"Release.Name", "Workload.HelmRelease"},
	ReleaseRef:   {"Release.HelmRelease"},
	App:          {"Release.Chart", "Chart.Name"},
	Image:        {"Container.Image", "PodImage.Image", "Release.Images", "ChartVersion.Images", "Dockerfile.Bases"},
	Claim:        {"Volume.Claim", "Volume.Claims", "VolumeClaim.Name", "PersistentVolume.Claim"},
	Volume:       {"PersistentVolume.Name", "VolumeClaim.Volume"},
	VolumeOf:     {"Volume.Name"},
	Storage:      {"StorageClass.Name", "PersistentVolume.Class", "VolumeClaim.Class", "Volume.StorageClass"},
	Driver:       {"StorageClass.Provisioner", "PersistentVolume.Driver", "PersistentVolume.MigratedTo", "Volume.Driver"},
	Ingress:      {"Ingress.Name", "Ingress.Class"},
	Hook:         {"Webhook.Configuration", "Webhook.Name"},
	Balancer:     {"Service.LoadBalancerClass"},
	balancerSign: {"Service.LoadBalancerSign"},
	Pool:         {"AddressPool.Name", "Announcement.Pools", "Service.AddressPool"},
	Peer:         {"BGPPeer.Name", "Announcement.Name"},
	Object:       {"Autoscaler.Name", "CustomResource.Name", "CustomResource.Cluster", "DisruptionBudget.Name", "Network.Name", "NetworkPolicy.Name"},
	ByKind:       {"Ref.Name"},
	ByField:      {"Share.Name"},
	Group:        {"APIUse.Group", "CRD.Group", "WebhookRule.Groups"},
	APIVersion: {
		"CRD.APIVersion", "CRD.LastAppliedAPI", "CustomResource.APIVersion", "FieldManager.APIVersion", "Ingress.APIVersion", "Release.APIVersion",
		"Webhook.APIVersion", "Workload.APIVersion", "Workload.LastAppliedAPI",
	},
	KindName: {
		"APIUse.ObjectKind", "Autoscaler.ObjectKind", "CRD.ResourceKind", "CustomResource.ObjectKind", "Ingress.ObjectKind", "NetworkPolicy.ObjectKind", "Ref.Kind",
		"Release.ObjectKind", "Webhook.ObjectKind", "Workload.Kind", "Workload.OwnerKind", "WorkloadPods.WorkloadKind",
	},
	Resource:   {"APIUse.Resource", "WebhookRule.Resources"},
	CRDName:    {"CRD.Name"},
	Manager:    {"APIUse.Managers", "FieldManager.Manager", "Workload.ApplyManagers"},
	Port:       {"Port.Name", "Probe.Port", "ServicePort.Name", "ServicePort.TargetPort"},
	URLPath:    {"Probe.Path"},
	Digest:     {"Probe.CommandDigest"},
	Variable:   {"Container.EnvironmentNames"},
	File:       {"Place.File", "Chart.Path", "Pipeline.File", "Dockerfile.File", "Repository.ReleaseNotes"},
	Repository: {"Repository.Name"},
	Section:    {"CustomResource.Section"},
	Role:       {"Node.Roles"},
	Topology:   {"Workload.SpreadKeys"},
	Issuer:     {"Cluster.ServingCertIssuer"},
	Word: {
		"Condition.Reason", "Condition.Type", "Network.Mode", "Release.Health", "Release.ReadyReason", "Release.Status", "Release.Sync", "Termination.Reason",
	},
	Detail:     {"Note.Detail"},
	Labels:     {"Workload.Labels", "Workload.Selector"},
	Annotation: {"Workload.Annotations"},
}

// classOf is fieldsOf by field.
var classOf = func() map[string]Class {
	classes := map[string]Class{}
	for class, fields := range fieldsOf {
		for _, field := range fields {
			if _, twice := classes[field]; twice {
				panic("redaction: two classes of " + field)
			}
			classes[field] = class
		}
	}
	return classes
}()

// classByLabel is what the value of a documented label is. The keys in which a selector repeats its workload's name are among them.
var classByLabel = map[string]Class{
	"app.kubernetes.io/name": App, "app.kubernetes.io/instance": Release, "app.kubernetes.io/version": Plain, "app.kubernetes.io/component": Component,
	"app.kubernetes.io/part-of": System, "app.kubernetes.io/managed-by": Manager, "helm.sh/chart": chartLabel,
	"app": Workload, "k8s-app": Workload, "name": Workload, "run": Workload,
}

// classByAnnotation is what the value of a documented annotation is.
var classByAnnotation = map[string]Class{
	"plimsoll.dev/criticality": Word, "plimsoll.dev/singleton": Word, "plimsoll.dev/recovery-time": duration, "plimsoll.dev/ignore": waivers,
	"org.opencontainers.image.revision": commit, "app.quarkus.io/commit-id": commit, "app.openshift.io/vcs-ref": commit,
}

// Classes of what stands in few places.
const (
	balancerSign Class = "(sign)"     // key=value, of documented keys
	chartLabel   Class = "(chart)"    // name-version
	duration     Class = "(duration)" // a length of time; else Text
	waivers      Class = "(waivers)"  // "rule: reason" entries: the reasons are Text
	commit       Class = "(commit)"   // a commit's id; else Text
)

// classByObject is what the name of an object of a kind is.
func classByObject(kind string) Class {
	switch kind {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob", "Pod":
		return Workload
	case "Service":
		return Service
	case "Node":
		return Node
	case "Namespace":
		return Namespace
	case "PersistentVolumeClaim":
		return Claim
	case "PersistentVolume":
		return Volume
	case "StorageClass":
		return Storage
	case "Ingress", "Gateway", "HTTPRoute", "GRPCRoute":
		return Ingress
	case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration":
		return Hook
	case "CustomResourceDefinition":
		return CRDName
	case "Application", "HelmRelease", "Kustomization":
		return Release
	}
	return Object
}
