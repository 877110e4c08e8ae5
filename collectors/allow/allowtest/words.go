package allowtest

import "strings"

// words are those that code looks for before it reads on, by the end of a field's path.
var words = []struct{ path, word string }{
	{"ownerReferences[].apiVersion", "apps/v1"}, {"ownerReferences[].kind", "ReplicaSet"},
	{"conditions[].type", "Ready"}, {"conditions[].status", "True"},
	{"limits[].type", "Container"}, {"addresses[].type", "InternalIP"},
	{"involvedObject.kind", "Pod"}, {"involvedObject.fieldPath", "spec.containers{c}"}, {"metadata.labels.owner", "helm"},
	{"metadata.labels.heritage", "Helm"}, {"managedFields[].operation", "Apply"},
	{"backendRefs[].kind", "Service"}, {"matchExpressions[].operator", "Exists"}, {"matchExpressions[].key", "kubernetes.io/hostname"},
	{"hostPath.type", "Directory"}, {"spec.type", "LoadBalancer"}, {"initContainers[].restartPolicy", "Always"},
	{"strategy.type", "RollingUpdate"}, {"updateStrategy.type", "RollingUpdate"}, {"status.phase", "Running"},
}

// wordAt is the word for a field, empty where any text does.
func wordAt(kind, path string) string {
	switch {
	case kind == "Event" && path == "reason":
		return "Unhealthy"
	case kind == "Event" && path == "message":
		return ""
	case kind == "PersistentVolume" && strings.HasSuffix(path, "operator"):
		return "In"
	case strings.HasSuffix(kind, "elastic.co") && strings.HasSuffix(path, "containers[].name"):
		return strings.ToLower(kind[:strings.IndexByte(kind, '.')])
	case (kind == "BGPConfiguration.crd.projectcalico.org" || kind == "FelixConfiguration.crd.projectcalico.org") && path == "metadata.name":
		return "default"
	}
	for _, w := range words {
		if strings.HasSuffix(path, w.path) {
			return w.word
		}
	}
	return ""
}
