package contradictions

import "plimsoll/assessments"

var k02 = assessments.Pair{
	ID:        "K-02",
	Questions: []string{"G3"},
	Observes:  "Namespaces with workloads outside of the system's own.",
	Guard:     "Many teams can share a namespace by design: it only asks.",
	Look:      lookAtTeams,
}

func lookAtTeams(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "G3")
	}
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "G3")
	}
	if len(v.Scope) > 0 {
		return cannotSee("the collector was given single namespaces", "G3")
	}
	used := map[string]struct{}{}
	for _, w := range own(v) {
		used[w.Namespace] = struct{}{}
	}
	seen := evidence("namespaces with workloads", "%d", len(used))
	if claims(v, "G3.a") && len(used) <= 1 {
		return []assessments.Sight{asks("G3", "Six teams or more are to deploy alone, and all workloads stand in one namespace. Do they share it by design?", seen)}
	}
	return []assessments.Sight{saw("G3", "", seen)}
}
