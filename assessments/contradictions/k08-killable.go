package contradictions

import (
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

var k08 = assessments.Pair{
	ID:        "K-08",
	Questions: []string{"G12"},
	Decisive:  true,
	Observes:  "Workloads that lose something when killed: pods without a controller, state on a node's disk (a host path, or a claim on a volume that one node holds), and a single replica that keeps state in a volume.",
	Guard:     "DaemonSets, Jobs and pods that a controller owns are left out, and stateful sets with several replicas count as killable.",
	Look:      lookAtKillable,
}

func lookAtKillable(v assessments.PairView) []assessments.Sight {
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "G12")
	}
	bound := map[assessments.Subject]bool{}
	for _, subject := range count(outcomes("lifecycle/node-bound-state", v)).failing {
		bound[subject] = true
	}
	var s share
	var lossy []assessments.Subject
	for _, w := range own(v) {
		if w.Kind == "DaemonSet" || w.Mirror || scaledTo0(w) {
			continue
		}
		s.total++
		if bound[subjectOf(w)] || losesWhenKilled(w) {
			lossy = append(lossy, subjectOf(w))
		} else {
			s.good++
		}
	}
	if s.total == 0 {
		return cannotSee("no workload was seen that could be judged", "G12")
	}
	// Fifteen points of room below the claim of 95 %: volumes can hold a cache.
	allowed := "G12.d"
	switch {
	case s.atLeast(80):
		allowed = "G12.a"
	case s.atLeast(50):
		allowed = "G12.b"
	case s.good > 0:
		allowed = "G12.c"
	}
	seen := saw("G12", atMost(v, allowed), evidence("workloads that can be killed without loss", "%s", s))
	return []assessments.Sight{withSubjects(seen, lossy)}
}

func losesWhenKilled(w *facts.Workload) bool {
	if w.Kind == "Pod" && w.OwnerKind == "" {
		return true
	}
	least := w.LeastReplicas()
	if least == nil || *least > 1 {
		return false
	}
	return w.Kind == "StatefulSet" || slices.ContainsFunc(w.Volumes, func(volume snapshot.Volume) bool {
		return volume.Class == "claim" && !volume.ReadOnly
	})
}
