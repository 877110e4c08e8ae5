package kube

import (
	"maps"
	"slices"
	"strings"

	"plimsoll/assessments/snapshot"
)

// Bounds of one record of API use: counts go on, names don't.
const (
	maxUseObjects  = 5
	maxUseManagers = 10
)

// ownComponents are Kubernetes' own field managers: they are upgraded with the cluster, and what they write in is theirs to change.
var ownComponents = set("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "cloud-controller-manager")

// APIUses counts by which versions the objects of a cluster were applied and written. The version that an object is listed in
// proves nothing, since the server converts, and is not looked at.
type APIUses struct {
	uses map[apiName]*snapshot.APIUse
}

type apiName struct{ group, version, resource string }

// Add takes one listed object of a kind.
func (u *APIUses) Add(object, resource string, m *Meta) {
	ref := snapshot.Ref{Kind: object, Namespace: m.Namespace, Name: m.Name}
	if applied := lastAppliedAPI(m); applied != "" {
		use := u.of(applied, object, resource)
		use.LastApplied = increased(use.LastApplied)
		note(use, ref)
	}
	var seen []string
	for _, f := range m.ManagedFields {
		if f.APIVersion == "" || len(f.APIVersion) > maxCopied || ownComponents[f.Manager] {
			continue
		}
		use := u.of(f.APIVersion, object, resource)
		if !slices.Contains(seen, f.APIVersion) {
			seen = append(seen, f.APIVersion)
			use.ManagedFields = increased(use.ManagedFields)
			note(use, ref)
		}
		if len(f.Manager) <= maxCopied && len(use.Managers) < maxUseManagers && !slices.Contains(use.Managers, f.Manager) {
			use.Managers = append(use.Managers, f.Manager)
		}
	}
}

// Request notes that the API server counts requests to a deprecated version.
func (u *APIUses) Request(group, version, resource string) {
	u.named(apiName{group, version, resource}).Requested = new(true)
}

func (u *APIUses) of(apiVersion, object, resource string) *snapshot.APIUse {
	group, version, found := strings.Cut(apiVersion, "/")
	if !found {
		group, version = "", apiVersion
	}
	use := u.named(apiName{group, version, resource})
	use.ObjectKind = object
	return use
}

func (u *APIUses) named(name apiName) *snapshot.APIUse {
	if u.uses == nil {
		u.uses = map[apiName]*snapshot.APIUse{}
	}
	use := u.uses[name]
	if use == nil {
		use = &snapshot.APIUse{Group: name.group, Version: name.version, Resource: name.resource}
		u.uses[name] = use
	}
	return use
}

func increased(n *int) *int {
	if n == nil {
		return new(1)
	}
	*n++
	return n
}

// note keeps the first objects, each once.
func note(use *snapshot.APIUse, ref snapshot.Ref) {
	if len(use.Objects) < maxUseObjects && !slices.Contains(use.Objects, ref) {
		use.Objects = append(use.Objects, ref)
	}
}

// Records are the uses, ordered by group, version and resource.
func (u *APIUses) Records() []snapshot.APIUse {
	names := slices.SortedFunc(maps.Keys(u.uses), func(a, b apiName) int {
		return slices.Compare([]string{a.group, a.version, a.resource}, []string{b.group, b.version, b.resource})
	})
	records := make([]snapshot.APIUse, 0, len(names))
	for _, name := range names {
		use := *u.uses[name]
		slices.Sort(use.Managers)
		records = append(records, use)
	}
	return records
}
