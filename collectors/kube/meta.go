// Package kube holds the few fields of Kubernetes objects that Plimsoll reads, and turns objects into records of a snapshot. It
// knows no k8s.io type: collectors/cluster decodes the API's JSON into these structs (go-json-experiment/json),
// collectors/manifests YAML nodes (DecodeNode), and both convert by the same functions.
//
// What leaves an object is an allow-list: documented labels and annotations, values of documented variables, recognised flags.
package kube

import "strings"

// Meta is the metadata of any object.
type Meta struct {
	Name          string            `json:"name"`
	GenerateName  string            `json:"generateName"`
	Namespace     string            `json:"namespace"`
	UID           string            `json:"uid"`
	Generation    Long              `json:"generation"`
	CreatedAt     Time              `json:"creationTimestamp"`
	Labels        map[string]string `json:"labels"`
	Annotations   map[string]string `json:"annotations"`
	Owners        []Owner           `json:"ownerReferences"`
	ManagedFields []ManagedField    `json:"managedFields"`
}

// DisplayName is the name, else generateName as written.
func (m *Meta) DisplayName() string {
	if m.Name != "" {
		return m.Name
	}
	return m.GenerateName
}

// NamespaceOrDefault is the namespace that the API server would put the object into.
func (m *Meta) NamespaceOrDefault() string {
	if m.Namespace == "" {
		return "default"
	}
	return m.Namespace
}

// Controller is the owner that controls the object, nil without.
func (m *Meta) Controller() *Owner {
	for i := range m.Owners {
		if m.Owners[i].Controller {
			return &m.Owners[i]
		}
	}
	return nil
}

// Owner is one of ownerReferences.
type Owner struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	UID        string `json:"uid"`
	Controller bool   `json:"controller"`
}

// ManagedField is one of managedFields, without what it manages.
type ManagedField struct {
	Manager     string `json:"manager"`
	Operation   string `json:"operation"`
	APIVersion  string `json:"apiVersion"`
	Time        Time   `json:"time"`
	Subresource string `json:"subresource"`
}

// TypeMeta says what an object is.
type TypeMeta struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
}

// Group is the API group, empty for the core group.
func (t TypeMeta) Group() string {
	group, _, found := strings.Cut(t.APIVersion, "/")
	if !found {
		return ""
	}
	return group
}

// Object is any object's type and metadata.
type Object struct {
	TypeMeta
	Line int  `json:"-"`
	Meta Meta `json:"metadata"`
}

// Metadata is the metadata of whatever stands on an Object.
func (o *Object) Metadata() *Meta { return &o.Meta }

// workloadGroups are the groups in which a kind is a workload, at any version.
var workloadGroups = map[string][]string{
	"Deployment":            {"apps", "extensions"},
	"ReplicaSet":            {"apps", "extensions"},
	"DaemonSet":             {"apps", "extensions"},
	"StatefulSet":           {"apps"},
	"ReplicationController": {""},
	"Pod":                   {""},
	"Job":                   {"batch", "extensions"},
	"CronJob":               {"batch"},
}

// IsWorkload reports whether a type is a workload: a Knative Service or an Argo Rollout is none.
func IsWorkload(t TypeMeta) bool {
	for _, group := range workloadGroups[t.Kind] {
		if t.Group() == group {
			return true
		}
	}
	return false
}

// BelongsToOwner reports whether an object is spoken for by its owner and so no workload of its own: a ReplicaSet or Pod with
// any owner, a Job of a CronJob.
func BelongsToOwner(t TypeMeta, m *Meta) bool {
	switch t.Kind {
	case "ReplicaSet", "Pod":
		return len(m.Owners) > 0
	case "Job":
		for _, owner := range m.Owners {
			if owner.Kind == "CronJob" {
				return true
			}
		}
	}
	return false
}

// IsSystemNamespace reports whether a namespace is Kubernetes' own. A provisioner's are told from the reference, not here.
func IsSystemNamespace(name string) bool {
	return name == "kube-system" || name == "kube-public" || name == "kube-node-lease"
}

// clusterWide are Kubernetes' own kinds that live in no namespace.
var clusterWide = set("APIService", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding", "ClusterTrustBundle", "ComponentStatus",
	"CSIDriver", "CSINode", "CustomResourceDefinition", "DeviceClass", "DeviceTaintRule", "FlowSchema", "IngressClass", "IPAddress",
	"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume",
	"PodSecurityPolicy", "PriorityClass", "PriorityLevelConfiguration", "ResourceSlice", "RuntimeClass", "SelfSubjectAccessReview",
	"SelfSubjectReview", "SelfSubjectRulesReview", "ServiceCIDR", "StorageClass", "StorageVersionMigration", "SubjectAccessReview", "TokenReview",
	"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeAttributesClass")

// NamespaceOf is where the API server would put an object of a file. Which kinds of other groups live in no namespace is not known,
// so theirs stays as written.
func NamespaceOf(t TypeMeta, written string) string {
	if written != "" || clusterWide[t.Kind] || strings.Contains(t.Group(), ".") && !strings.HasSuffix(t.Group(), ".k8s.io") {
		return written
	}
	return "default"
}
