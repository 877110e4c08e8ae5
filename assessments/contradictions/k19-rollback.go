package contradictions

import "plimsoll/assessments"

var k19 = assessments.Pair{
	ID:        "K-19",
	Questions: []string{"B6"},
	Observes:  "Whether the cluster keeps a previous revision of each workload, and Helm one of its release.",
	Guard:     "Setting the repository back is a rollback too: what Argo CD or Flux manages passes, and it only asks.",
	Look:      lookAtRollback,
}

func lookAtRollback(v assessments.PairView) []assessments.Sight {
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "B6")
	}
	nothingKept := map[assessments.Subject]bool{}
	for _, subject := range count(outcomes("delivery/rollback-possible", v)).failing {
		nothingKept[subject] = true
	}
	var s share
	var without []assessments.Subject
	for _, w := range own(v) {
		if w.Kind != "Deployment" && w.Kind != "StatefulSet" && w.Kind != "DaemonSet" {
			continue
		}
		kept := (w.RevisionsKept == nil || *w.RevisionsKept > 1) && !nothingKept[subjectOf(w)]
		s.total++
		if w.ManagedBy == "argocd" || w.ManagedBy == "flux" || kept {
			s.good++
		} else {
			without = append(without, subjectOf(w))
		}
	}
	if s.total == 0 {
		return cannotSee("no workload that keeps revisions was seen", "B6")
	}
	seen := evidence("workloads with a previous revision to go back to", "%s", s)
	if claims(v, "B6.a") && 2*s.good <= s.total {
		return []assessments.Sight{withSubjects(asks("B6", "The way back is to take 15 minutes, and for half of the workloads or more the cluster keeps no previous revision. From where does it come?", seen), without)}
	}
	return []assessments.Sight{saw("B6", "", seen)}
}
