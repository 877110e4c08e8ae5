package facts

import (
	"fmt"
	"slices"

	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// workloadKinds are the resources that make up the workloads, as refusals name them.
var workloadKinds = []string{"deployments", "statefulsets", "daemonsets", "replicasets", "replicationcontrollers", "jobs", "cronjobs", "pods"}

// unreadReasons are the reasons of notes by which a resource could not be read, as against one that is not there.
var unreadReasons = []string{"forbidden", "timeout", "refused"}

func (b *Builder) addNote(note snapshot.Note) {
	b.facts.Notes = append(b.facts.Notes, note)
	if note.Resource == "" || !slices.Contains(unreadReasons, note.Reason) {
		return
	}
	reason := note.Reason
	if note.Detail != "" {
		reason = fmt.Sprintf("%s: %s", note.Reason, note.Detail)
	}
	if note.Namespace == "" {
		b.facts.refused[note.Resource] = firstReason(b.facts.refused[note.Resource], reason)
		return
	}
	key := Key{Kind: note.Resource, Namespace: note.Namespace}
	b.facts.refusedIn[key] = firstReason(b.facts.refusedIn[key], reason)
}

// firstReason keeps the lesser of two reasons, so that the order of records does not matter; a bare refusal says least.
func firstReason(known, reason string) string {
	if known == "" || known == "refused" {
		return reason
	}
	return min(known, reason)
}

// Refused reports whether a resource ("nodes", "services") could not be read at all, and why. What was refused is unknown, not absent.
func (f *Facts) Refused(resource string) (reason string, refused bool) {
	reason, refused = f.refused[resource]
	return reason, refused
}

// RefusedIn is Refused for one namespace: also where only this one could not be read, or lay outside of the collector's scope.
func (f *Facts) RefusedIn(resource, namespace string) (reason string, refused bool) {
	if reason, refused = f.refused[resource]; refused {
		return reason, true
	}
	if reason, refused = f.refusedIn[Key{Kind: resource, Namespace: namespace}]; refused {
		return reason, true
	}
	if len(f.Scope) > 0 && !slices.Contains(f.Scope, namespace) {
		return "outside of the namespaces that the collector was given", true
	}
	return "", false
}

// Unseen reports whether a resource of snapshot.Resources was not read whole, and why: it was refused, be it in one namespace, or
// the collector did not look at it. Files are always seen whole, as far as they go.
func (f *Facts) Unseen(resource string) (reason string, unseen bool) {
	if reason, refused := f.refused[resource]; refused {
		return reason, true
	}
	if resource == "workloads" { // noted by the kinds that they are made of
		for _, part := range workloadKinds {
			if reason, refused := f.refused[part]; refused {
				return part + ": " + reason, true
			}
		}
	}
	namespace := ""
	for key, why := range f.refusedIn {
		if key.Kind == resource && (namespace == "" || key.Namespace < namespace) {
			namespace, reason = key.Namespace, why
		}
	}
	if namespace != "" {
		return fmt.Sprintf("in namespace %s %s", namespace, reason), true
	}
	return f.uncollected(resource)
}

// UnseenIn is Unseen for one namespace.
func (f *Facts) UnseenIn(resource, namespace string) (reason string, unseen bool) {
	if reason, refused := f.RefusedIn(resource, namespace); refused {
		return reason, true
	}
	return f.uncollected(resource)
}

// NotCollected is why a resource is unseen that the collector did not look at.
const NotCollected = "not collected"

// uncollected reports whether the collector of a cluster did not look at a resource.
func (f *Facts) uncollected(resource string) (reason string, is bool) {
	if f.Live() && !f.collected[resource] {
		return NotCollected, true
	}
	return "", false
}

// Provisioner is the id of what set the cluster up; empty where it is not known or there is none.
func (f *Facts) Provisioner() string {
	if f.Cluster == nil {
		return ""
	}
	return f.Cluster.Provisioner
}

// IsSystemNamespace reports whether a namespace is Kubernetes' or, in a cluster, its provisioner's own.
func (f *Facts) IsSystemNamespace(namespace string) bool {
	return reference.IsSystemNamespace(namespace, f.Provisioner(), f.Live())
}
