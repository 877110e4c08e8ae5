package redaction

import (
	"strings"

	"plimsoll/assessments/reference"
)

func set(names ...string) map[string]bool {
	all := make(map[string]bool, len(names))
	for _, name := range names {
		all[name] = true
	}
	return all
}

func among(names ...string) func(string) bool {
	all := set(names...)
	return func(name string) bool { return all[name] }
}

// knownNames say which names of a class are the system's own, or anybody's: they stay, and rules still know them.
var knownNames = map[Class]func(string) bool{
	Namespace: func(name string) bool { return name == "default" || reference.MayBeSystemNamespace(name) },
	App:       knownApp,
	ImagePath: among("library"),
	Group: func(name string) bool {
		return name == "*" || reference.IsKubernetesGroup(name) || isOfEcosystem(name)
	},
	KindName: func(name string) bool { return knownKinds[name] },
	Resource: func(name string) bool { return strings.HasPrefix(name, "nodes") || knownResources[name] },
	Manager:  func(name string) bool { return knownManagers[strings.ToLower(name)] },
	Driver: func(name string) bool {
		_, field := reference.InTreeVolumeOf(name)
		return field || strings.HasPrefix(name, "kubernetes.io/") || knownDrivers[name] || isOfEcosystem(name)
	},
	Topology: func(name string) bool {
		domain, _, _ := strings.Cut(name, "/")
		return domain == "kubernetes.io" || strings.HasSuffix(domain, ".kubernetes.io")
	},
	Balancer: func(name string) bool {
		_, known := reference.BalancerSignOf(balancerClassKey + name)
		return known || knownBalancers[name]
	},
	Object: func(name string) bool {
		_, plugin := reference.CNIPluginOf(name)
		return plugin || knownComponents[name]
	},
	Port: func(name string) bool {
		return strings.Trim(name, "0123456789") == "" || knownPorts[name]
	},
	URLPath:   func(name string) bool { return knownURLParts[strings.ToLower(name)] },
	Ingress:   among("nginx", "traefik", "haproxy", "alb", "istio", "kong", "contour", "cilium", "gce", "gce-internal", "openshift-default", "webapprouting.kubernetes.azure.com"),
	Role:      among("control-plane", "controlplane", "master", "worker", "node", "agent", "etcd", "infra", "ingress", "storage", "compute"),
	Section:   among("kafka", "zookeeper", "driver", "executor", "jobManager", "taskManager", "brokers", "coordinators", "historicals", "middlemanagers", "overlords", "routers"),
	Issuer:    among("kubernetes", "kubernetes-ca", "kube-ca", "kube-apiserver-ca", "minikubeCA", "rke2-server-ca", "k3s-server-ca", "kube-apiserver-lb-signer", "kube-apiserver-service-network-signer"),
	Word:      func(name string) bool { return knownWords[name] },
	Component: among("controller", "webhook", "cainjector", "server", "agent", "api", "frontend", "backend", "database", "cache", "broker", "zookeeper", "proxy", "operator", "exporter", "metrics", "worker", "scheduler", "web"),
}

// ecosystem are domains of groups and drivers that are published for everybody.
var ecosystem = []string{
	"k8s.io", "kubernetes.io", "x-k8s.io", "projectcalico.org", "tigera.io", "cilium.io", "metallb.io", "keda.sh", "velero.io", "argoproj.io", "fluxcd.io", "strimzi.io",
	"confluent.io", "elastic.co", "spark-operator", "sparkoperator.k8s.io", "flink.apache.org", "druid.apache.org", "datastax.com", "k8ssandra.io", "cert-manager.io",
	"coreos.com", "istio.io", "linkerd.io", "cattle.io", "rancher.io", "openshift.io", "operators.coreos.com", "traefik.io", "konghq.com", "nginx.org", "haproxy.org",
	"external-secrets.io", "crossplane.io", "kyverno.io", "gatekeeper.sh", "longhorn.io", "rook.io", "ceph.com", "csi.aws.com", "csi.azure.com", "csi.storage.gke.io",
	"csi.vsphere.vmware.com", "csi.openstack.org", "csi.digitalocean.com", "csi.hetzner.cloud", "trident.netapp.io", "portworx.com", "openebs.io", "amazonaws.com",
	"services.k8s.aws", "k8s.aws", "karpenter.sh", "gke.io", "cloud.google.com", "azure.com", "cnrm.cloud.google.com", "grafana.com", "prometheus.io", "jaegertracing.io",
	"opentelemetry.io", "tekton.dev", "knative.dev", "kubevirt.io", "helm.cattle.io", "k3s.io", "zalan.do", "postgresql.cnpg.io", "percona.com", "mongodb.com", "rabbitmq.com",
}

func isOfEcosystem(name string) bool {
	for _, domain := range ecosystem {
		if rest, ends := strings.CutSuffix(name, domain); ends && (rest == "" || strings.HasSuffix(rest, ".")) {
			return true
		}
	}
	return false
}

// knownKinds are Kubernetes' own, those of its removed versions, and those that collectors read of others.
var knownKinds = func() map[string]bool {
	kinds := set(
		"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob", "Service", "Endpoints", "EndpointSlice", "Ingress", "IngressClass",
		"NetworkPolicy", "PodDisruptionBudget", "HorizontalPodAutoscaler", "Node", "Namespace", "ConfigMap", "Secret", "ServiceAccount", "Role", "RoleBinding", "ClusterRole",
		"ClusterRoleBinding", "PersistentVolume", "PersistentVolumeClaim", "StorageClass", "VolumeAttachment", "CSIDriver", "CSINode", "CSIStorageCapacity", "VolumeSnapshot",
		"VolumeSnapshotClass", "VolumeSnapshotContent", "CustomResourceDefinition", "APIService", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration",
		"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "PodSecurityPolicy", "PriorityClass", "RuntimeClass", "LimitRange", "ResourceQuota", "Event", "Lease",
		"ControllerRevision", "CertificateSigningRequest", "FlowSchema", "PriorityLevelConfiguration", "PodTemplate", "Binding", "ComponentStatus", "ServiceCIDR", "IPAddress",
		"Gateway", "GatewayClass", "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute", "ReferenceGrant", "VerticalPodAutoscaler", "ScaledObject", "ScaledJob",
		"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy", "Kafka", "KafkaNodePool", "KafkaConnect", "KafkaBridge", "KafkaMirrorMaker",
		"KafkaMirrorMaker2", "Zookeeper", "KRaftController", "Connect", "SchemaRegistry", "KsqlDB", "KafkaRestProxy", "ControlCenter", "Elasticsearch", "Logstash", "Kibana",
		"SparkApplication", "ScheduledSparkApplication", "FlinkDeployment", "Druid", "CassandraDatacenter", "K8ssandraCluster", "Application", "ApplicationSet", "Rollout", "HelmRelease",
		"Kustomization", "Backup", "Schedule", "StrimziPodSet",
	)
	for _, row := range reference.RemovedAPIs() {
		kinds[row.Kind] = true
	}
	return kinds
}()

var knownResources = func() map[string]bool {
	resources := set("*", "status", "scale", "exec", "attach", "portforward", "eviction", "binding", "log", "proxy", "token", "ephemeralcontainers", "finalize", "approval")
	for kind := range knownKinds {
		resources[reference.ResourceOf(kind)] = true
	}
	return resources
}()

// knownManagers write fields in anybody's cluster.
var knownManagers = set(
	"kubectl", "kubectl-client-side-apply", "kubectl-last-applied", "kubectl-edit", "kubectl-patch", "kubectl-set", "kubectl-label", "kubectl-annotate", "kubectl-scale",
	"kubectl-rollout", "kubectl-create", "kubectl-run", "kubectl-replace", "kubectl-expose", "kubectl-autoscale", "kubectl-apply", "kubectl-cordon", "kubectl-drain", "kubectl-taint",
	"helm", "tiller", "kubelet", "kubeadm", "kube-controller-manager", "kube-scheduler", "kube-apiserver", "k3s", "rke2", "argocd", "argocd-controller",
	"argocd-application-controller", "kustomize-controller", "helm-controller", "flux", "kustomize", "terraform", "pulumi", "ansible", "olm", "manager", "operator", "before-first-apply",
	"rancher", "cloud-controller-manager", "cluster-autoscaler", "coredns", "clusterctl", "openapi-generator", "python-requests", "kapp", "skaffold",
	"mozilla", "okhttp", "fabric8-kubernetes-client", "strimzi-cluster-operator", "unknown",
)

var knownDrivers = set("csi.vsphere.vmware.com", "rancher.io/local-path", "docker.io/hostpath", "k8s.io/minikube-hostpath", "openshift-storage.rbd.csi.ceph.com",
	"cluster.local/nfs-subdir-external-provisioner", "disk.csi.azure.com", "file.csi.azure.com", "pd.csi.storage.gke.io", "ebs.csi.aws.com", "efs.csi.aws.com", "cinder.csi.openstack.org")

var knownBalancers = set("service.k8s.aws/nlb", "io.cilium/l2-announcer", "io.cilium/bgp-control-plane", "io.cilium/node", "tailscale", "metallb", "kube-vip.io/kube-vip-class",
	"networking.gke.io/l4-regional-external", "networking.gke.io/l4-regional-internal", "svccontroller.k3s.cattle.io/svclb")

var knownComponents = set("kube-proxy", "kubernetes", "calico", "cilium", "metallb", "flannel", "canal", "weave", "antrea", "kindnet", "aws-vpc-cni", "azure-cni", "multus", "ovn-kubernetes")

var knownPorts = set("http", "https", "h2", "h2c", "grpc", "grpcs", "metrics", "http-metrics", "https-metrics", "prometheus", "web", "webhook", "webhook-server", "api", "admin", "health", "healthz",
	"probe", "management", "tcp", "udp", "dns", "dns-tcp", "ssh", "mysql", "postgresql", "postgres", "redis", "amqp", "kafka", "client", "server", "peer", "jmx", "debug", "ui", "tls", "http2",
	"http-web", "status", "ldap", "smtp", "mongodb", "cql", "transport", "proxy", "liveness-port", "readiness-port", "port", "default")

var knownURLParts = set("", "health", "healthz", "healthcheck", "health-check", "live", "livez", "liveness", "alive", "ready", "readyz", "readiness", "startup", "started", "status", "ping",
	"metrics", "actuator", "q", "api", "v1", "v2", "v3", "info", "version", "index.html", "login", "check", "checks", "up", "ok", "-", "healthy", "manage", "management", "mgmt", "_health", "_status",
	"local", "cluster", "_cluster", "db", "info.json", "well-known", "rest")

// knownWords are statuses and reasons that Kubernetes, Helm, Argo CD and Flux write, and values of our own annotations.
var knownWords = set(
	"true", "false", "low", "normal", "critical",
	"Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable", "KernelDeadlock", "ReadonlyFilesystem", "FrequentKubeletRestart", "FrequentDockerRestart",
	"FrequentContainerdRestart", "CorruptDockerOverlay2", "KubeletUnhealthy", "ContainerRuntimeUnhealthy", "FrequentUnregisterNetDevice", "EtcdIsVoter",
	"KubeletReady", "KubeletNotReady", "KubeletHasSufficientMemory", "KubeletHasInsufficientMemory", "KubeletHasNoDiskPressure", "KubeletHasDiskPressure", "KubeletHasSufficientPID",
	"KubeletHasInsufficientPID", "NodeStatusUnknown", "NodeStatusNeverUpdated", "CalicoIsUp", "FlannelIsUp", "CiliumIsUp", "RouteCreated", "WeaveIsUp",
	"OOMKilled", "Error", "Completed", "ContainerCannotRun", "DeadlineExceeded", "Evicted", "StartError", "ContainerStatusUnknown", "Unknown", "Signaled", "OOMKilling",
	"iptables", "ipvs", "nftables", "userspace", "kernelspace",
	"unknown", "deployed", "uninstalled", "superseded", "failed", "uninstalling", "pending-install", "pending-upgrade", "pending-rollback",
	"UNKNOWN", "DEPLOYED", "DELETED", "SUPERSEDED", "FAILED", "DELETING", "PENDING_INSTALL", "PENDING_UPGRADE", "PENDING_ROLLBACK",
	"Succeeded", "Failed", "Running", "Terminating", "Synced", "OutOfSync", "Healthy", "Degraded", "Progressing", "Missing", "Suspended",
	"ReconciliationSucceeded", "ReconciliationFailed", "InstallSucceeded", "InstallFailed", "UpgradeSucceeded", "UpgradeFailed", "RollbackSucceeded", "RollbackFailed",
	"TestSucceeded", "TestFailed", "UninstallSucceeded", "UninstallFailed", "ArtifactFailed", "DependencyNotReady", "HealthCheckFailed", "BuildFailed", "PruneFailed",
	"ValidationFailed", "SourceNotReady", "ProgressingWithRetry", "RetriesExceeded", "Stalled", "GetLastReleaseFailed", "InitFailed",
)

var knownExtensions = set(".yaml", ".yml", ".json", ".tpl", ".md", ".txt", ".adoc", ".rst", ".gz", ".tgz", ".jenkinsfile", ".dockerfile")

// knownFile reports whether a part of a path is a name that many repositories have.
func knownFile(name string) bool { return name == "" || knownFiles[strings.ToLower(name)] }

var knownFiles = set(".", "..", "-", "charts", "chart", "helm", "deploy", "deployment", "deployments", "manifests", "kubernetes", "k8s", "templates", "crds", "values.yaml", "chart.yaml", "chart.lock",
	"kustomization.yaml", "kustomization.yml", "base", "overlays", "src", "main", "docker", "build", "ci", "docs", "doc", ".github", "workflows", ".gitlab-ci.yml", ".gitlab", ".tekton", "tekton", "pipelines",
	"pipeline", "jenkinsfile", "dockerfile", "containerfile", "release.txt", "releases.txt", "release-notes.md", "release_notes.md", "release-notes.txt", "changelog", "changelog.md", "changelog.txt", "changes",
	"changes.md", "history.md", "news", "news.md", "releases.md", "deployment.yaml", "service.yaml", "statefulset.yaml", "ingress.yaml", "all.yaml", "requirements.yaml", "requirements.lock")

// knownVariable reports whether the reference knows a variable by its name: those tell of a JVM or of a product's figures.
func knownVariable(name string) bool {
	if _, _, known := reference.JavaVariableOf(name); known || name == "JAVA_VERSION" {
		return true
	}
	return false
}
