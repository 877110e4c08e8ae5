package lifecycle

import (
	"cmp"
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

const noProvisioner = "kubernetes.io/no-provisioner"

var nodeBoundState = assessments.Rule{
	ID:          "lifecycle/node-bound-state",
	SubjectKind: "workload",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		s := newStorage(v)
		return rules.Workloads(v, rules.WithSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return s.judge(w, o)
		})
	},
	Text: assessments.Text{
		Title: "No workload keeps state on a node's own disk",
		What:  "The volumes of each workload: host paths that are mounted writable, and claims with what they are bound to.",
		Why: "State on a node's disk stays behind when the pod moves, and is gone when the machine is replaced. Such a workload can't be drained, " +
			"and no new cluster can take it over without copying by hand.",
		How: "Fails where a container mounts a hostPath writable that is a directory of its own, and none of the host's interfaces: /, /proc, /sys, " +
			"/dev, /etc, /run, /var/run, /lib, /lib64, /usr, /bin, /sbin, /boot, /var/log, /tmp, /opt/cni, /var/vcap, /home/kubernetes, sockets, and of " +
			"/var/lib: kubelet, docker, containerd, calico, cni, dbus, etcd-certs. It also fails where a claim is bound to a local or hostPath volume, or to one that " +
			"only single nodes can mount, or where its class makes such volumes (kubernetes.io/no-provisioner).\n\n" +
			"Passes with a note where a claim's class is not in the input. Not applicable: DaemonSets, whose state belongs to the node, and Jobs. " +
			"Unknown: claims, volumes and classes that the collector could not read.",
		Evidence: "Each volume that keeps state on a node, and what it stands on. The path itself stays where it is.",
		Mend: "Keep the state in a volume that follows the pod: a claim of a class whose driver attaches over the network, or a store outside of " +
			"the workload. Copy the data over before the host path goes.",
		Sources: []string{
			"Kubernetes documentation, Volumes, hostPath and local: https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
			"Kubernetes documentation, Storage Classes, Local: https://kubernetes.io/docs/concepts/storage/storage-classes/#local",
		},
		DoesNotCatch: "State in emptyDir volumes or in the container itself, and network storage that one node alone can reach.",
	},
}

// storage finds claims by their names.
type storage struct {
	view    assessments.View
	claims  map[facts.Key]*facts.Claim
	classes map[string]*snapshot.StorageClass
	unseen  string // why claims, volumes or classes are not known
}

func newStorage(v assessments.View) *storage {
	s := &storage{view: v, claims: make(map[facts.Key]*facts.Claim, len(v.Claims)), classes: make(map[string]*snapshot.StorageClass, len(v.Classes))}
	for _, claim := range v.Claims {
		s.claims[facts.Key{Namespace: claim.Namespace, Name: claim.Name}] = claim
	}
	for _, class := range v.Classes {
		s.classes[class.Name] = class
	}
	for _, resource := range []string{"persistentvolumes", "storageclasses"} {
		if reason, unseen := v.Unseen(resource); unseen && s.unseen == "" {
			s.unseen = rules.Unread(resource, reason)
		}
	}
	return s
}

// ground is what a volume is found to stand on.
type ground struct {
	node   string // what binds it to a node; empty: nothing does
	note   string // why that is not certain
	unread string // why it can't be told
}

func (s *storage) judge(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	if w.Kind == "DaemonSet" || w.RunsToEnd() {
		return o.NotApplicable("state of a " + w.Kind + " is not expected to move")
	}
	var seen []assessments.Evidence
	var note, unread string
	var path string
	for i := range w.Volumes {
		volume := &w.Volumes[i]
		if volume.ReadOnly {
			continue
		}
		g := s.groundOf(w, volume)
		if g.node != "" {
			seen = append(seen, assessments.Evidence{What: "volume " + volume.Name, Value: g.node})
			if volume.Class == "hostPath" && path == "" {
				path = volume.Name
			}
		}
		note, unread = cmp.Or(note, g.note), cmp.Or(unread, g.unread)
	}
	switch {
	case len(seen) > 0:
		return o.Fail(assessments.Failure{
			Message: "It keeps state on a node's own disk: the state stays behind when its pod moves.", Evidence: seen,
			Expected: "state in volumes that follow the pod", Mend: stateMend(w, path),
		})
	case unread != "":
		return o.Unknown(unread)
	case note != "":
		return o.PassNoted(note)
	}
	return o.Pass()
}

func (s *storage) groundOf(w *facts.Workload, volume *snapshot.Volume) ground {
	switch {
	case volume.Class == "hostPath" && volume.HostPath == "state":
		return ground{node: "a hostPath of its own, mounted writable"}
	case volume.Class == "claim" && volume.Template:
		return s.templateGround(w, volume)
	case volume.Class == "claim":
		return s.claimGround(w.Namespace, volume.Claim)
	}
	return ground{}
}

func (s *storage) claimGround(namespace, name string) ground {
	claim := s.claims[facts.Key{Namespace: namespace, Name: name}]
	if claim == nil {
		if reason, unseen := s.view.UnseenIn("persistentvolumeclaims", namespace); unseen {
			return ground{unread: rules.Unread("persistentvolumeclaims", reason)}
		}
		return ground{note: fmt.Sprintf("claim %s is not in the input; what it stands on was not judged", name)}
	}
	return s.boundGround(claim)
}

func (s *storage) boundGround(claim *facts.Claim) ground {
	switch {
	case claim.Volume != nil:
		return volumeGround(claim.Name, claim.Volume)
	case claim.Class != nil && claim.Class.Provisioner == noProvisioner:
		return ground{node: fmt.Sprintf("claim %s of class %s, whose volumes are made by hand on nodes", claim.Name, claim.Class.Name)}
	case claim.Class != nil:
		return ground{}
	case s.unseen != "":
		return ground{unread: s.unseen}
	}
	return ground{note: fmt.Sprintf("the class of claim %s is not in the input; what it stands on was not judged", claim.Name)}
}

func volumeGround(claim string, volume *facts.Volume) ground {
	switch {
	case volume.Source == "local" || volume.Source == "hostPath":
		return ground{node: fmt.Sprintf("claim %s on a %s volume", claim, volume.Source)}
	case volume.NodeBound:
		return ground{node: fmt.Sprintf("claim %s on a volume that single nodes alone can mount", claim)}
	}
	return ground{}
}

// templateGround judges the claims that a StatefulSet made of a template, else the template's class.
func (s *storage) templateGround(w *facts.Workload, volume *snapshot.Volume) ground {
	if least := w.LeastReplicas(); w.Kind == "StatefulSet" && least != nil {
		const most = 1000 // ordinals looked up: claims beyond have the same class
		for i := range min(max(*least, 1), most) {
			if claim := s.claims[facts.Key{Namespace: w.Namespace, Name: claimOf(w, volume, i)}]; claim != nil {
				if g := s.boundGround(claim); g.node != "" {
					return g
				}
			}
		}
	}
	class := s.classes[volume.StorageClass]
	if volume.StorageClass == "" {
		class = s.defaultClass()
	}
	switch {
	case class != nil && class.Provisioner == noProvisioner:
		return ground{node: fmt.Sprintf("claims of class %s, whose volumes are made by hand on nodes", class.Name)}
	case class != nil:
		return ground{}
	case s.unseen != "":
		return ground{unread: s.unseen}
	}
	return ground{note: "the class of volume " + volume.Name + " is not in the input; what it stands on was not judged"}
}

// claimOf names the claim that a template makes for the pod of an ordinal.
func claimOf(w *facts.Workload, volume *snapshot.Volume, ordinal int) string {
	if ordinal < len(volume.Claims) {
		return volume.Claims[ordinal]
	}
	return fmt.Sprintf("%s-%s-%d", volume.Claim, w.Name, ordinal)
}

// defaultClass is the one class that is marked so.
func (s *storage) defaultClass() *snapshot.StorageClass {
	var found *snapshot.StorageClass
	for _, class := range s.view.Classes {
		if class.Default {
			if found != nil {
				return nil
			}
			found = class
		}
	}
	return found
}

func stateMend(w *facts.Workload, path string) assessments.Mend {
	if path == "" || w.Kind == "Pod" {
		return assessments.Mend{Text: "Move the state to volumes of a class whose driver attaches them to any node, and copy the data over while the workload is stopped."}
	}
	claim := strings.ToLower(w.Name + "-" + path)
	return assessments.Mend{
		Text: fmt.Sprintf("Make a claim %s of a class whose driver attaches it to any node, copy the data over, then let the volume %s use it.", claim, path),
		Patch: patch.Pod(w, patch.Field{Key: "volumes", Value: []patch.Fields{{
			{Key: "name", Value: path}, {Key: "hostPath", Value: nil}, {Key: "persistentVolumeClaim", Value: patch.Fields{{Key: "claimName", Value: claim}}},
		}}}),
	}
}
