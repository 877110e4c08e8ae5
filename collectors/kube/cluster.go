package kube

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"plimsoll/assessments/snapshot"
)

// NodeRecord turns a node into its record. What other objects tell of it (pods, requests, addresses) is the collector's to add.
func NodeRecord(n *Node) snapshot.Node {
	info := &n.Status.Info
	record := snapshot.Node{
		Name: n.Meta.Name, UID: n.Meta.UID, Roles: nodeRoles(n.Meta.Labels), Zone: firstOf(n.Meta.Labels, "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"),
		Region:       firstOf(n.Meta.Labels, "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"),
		Architecture: info.Architecture, OperatingSystem: info.OperatingSystem, KubeletVersion: info.KubeletVersion, ContainerRuntime: info.ContainerRuntime,
		KernelVersion: info.KernelVersion, OSImage: info.OSImage, Capacity: nodeAmounts(n.Status.Capacity), Allocatable: nodeAmounts(n.Status.Allocatable),
		PodCIDRs: n.Spec.PodCIDRs, Unschedulable: n.Spec.Unschedulable, CreatedAt: n.Meta.CreatedAt.Pointer(), Conditions: ConditionRecords(n.Status.Conditions),
	}
	record.ProviderScheme, _, _ = strings.Cut(n.Spec.ProviderID, ":")
	if len(record.PodCIDRs) == 0 && n.Spec.PodCIDR != "" {
		record.PodCIDRs = []string{n.Spec.PodCIDR}
	}
	return record
}

// ConditionRecords copies conditions without their free text.
func ConditionRecords(conditions []Condition) []snapshot.Condition {
	var out []snapshot.Condition
	for _, c := range conditions {
		out = append(out, snapshot.Condition{Type: c.Type, Status: c.Status, Reason: c.Reason, Since: c.Since.Pointer()})
	}
	return out
}

func nodeRoles(labels map[string]string) []string {
	var roles []string
	for _, key := range sortedKeys(labels) {
		if role, ok := strings.CutPrefix(key, "node-role.kubernetes.io/"); ok && role != "" {
			roles = append(roles, role)
		}
	}
	if role := labels["kubernetes.io/role"]; role != "" {
		roles = append(roles, role)
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

func firstOf(labels map[string]string, keys ...string) string {
	for _, key := range keys {
		if labels[key] != "" {
			return labels[key]
		}
	}
	return ""
}

func nodeAmounts(a *Amounts) *snapshot.Amounts {
	if a == nil {
		return nil
	}
	amount := func(n int64) int64 { return min(max(n, 0), maxInt) }
	return &snapshot.Amounts{CPUMillicores: amount(a.CPU.Millis()), MemoryBytes: amount(a.Memory.Units()), Pods: amount(a.Pods.Units())}
}

// NamespaceFacts gathers what a namespace's record needs of the objects in it.
type NamespaceFacts struct {
	byName map[string]*snapshot.Namespace
}

// See makes sure that a namespace has a record.
func (f *NamespaceFacts) See(name string) *snapshot.Namespace {
	if f.byName == nil {
		f.byName = map[string]*snapshot.Namespace{}
	}
	n := f.byName[name]
	if n == nil {
		n = &snapshot.Namespace{Name: name, System: IsSystemNamespace(name), NetworkPolicies: new(0), LimitRangeHasCPU: new(false), LimitRangeHasMemory: new(false)}
		f.byName[name] = n
	}
	return n
}

// AddPolicy counts a network policy of the namespace. Cluster-wide ones belong to none.
func (f *NamespaceFacts) AddPolicy(o *Object) {
	record := PolicyRecord(o)
	switch {
	case record.Namespace == "":
	case IsPolicyOfCNI(o.TypeMeta):
		f.See(record.Namespace).PolicyKindsOfCNI = true
	default:
		*f.See(record.Namespace).NetworkPolicies++
	}
}

// AddLimitRange notes which requests a LimitRange gives to containers that have none.
func (f *NamespaceFacts) AddLimitRange(l *LimitRange) {
	n := f.See(l.Meta.NamespaceOrDefault())
	for _, limit := range l.Spec.Limits {
		if limit.Type != "Container" {
			continue
		}
		*n.LimitRangeHasCPU = *n.LimitRangeHasCPU || bool(limit.DefaultRequest.CPU || limit.Default.CPU)
		*n.LimitRangeHasMemory = *n.LimitRangeHasMemory || bool(limit.DefaultRequest.Memory || limit.Default.Memory)
	}
}

// Records gives the namespaces in the order of their names.
func (f *NamespaceFacts) Records() []snapshot.Namespace {
	out := make([]snapshot.Namespace, 0, len(f.byName))
	for _, name := range sortedKeys(f.byName) {
		out = append(out, *f.byName[name])
	}
	return out
}

// HelmSecretType is the type of Secrets in which Helm keeps releases.
const HelmSecretType = "helm.sh/release.v1"

// ReleaseRecord reads a revision of a Helm release from its Secret's metadata alone; false where its labels do not fit.
func ReleaseRecord(m *Meta) (snapshot.Release, bool) {
	revision, err := strconv.Atoi(m.Labels["version"])
	if m.Labels["owner"] != "helm" || m.Labels["name"] == "" || err != nil || revision < 0 {
		return snapshot.Release{}, false
	}
	record := snapshot.Release{Namespace: m.NamespaceOrDefault(), Name: m.Labels["name"], Tool: "helm", Revision: revision, Status: m.Labels["status"],
		UpdatedAt: m.CreatedAt.Pointer()}
	if at, err := strconv.ParseInt(m.Labels["modifiedAt"], 10, 64); err == nil {
		if t := (Time{time.Unix(at, 0).UTC()}).Pointer(); t != nil {
			record.UpdatedAt = t
		}
	}
	return record, true
}
