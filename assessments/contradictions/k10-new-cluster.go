package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/reference"
)

var k10 = assessments.Pair{
	ID:        "K-10",
	Questions: []string{"L2"},
	Decisive:  true,
	Observes:  "When the cluster and its nodes were created, against the day the running minor was released.",
	Guard:     "A cluster restored from backup keeps its dates: explain it in a waiver. A month of room for early versions.",
	Look:      lookAtReplacement,
}

// roomDays is by how much a cluster must be older than the minor it runs before that proves an upgrade in place.
const roomDays = 30

func lookAtReplacement(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "L2")
	}
	if v.Cluster == nil || !v.Cluster.Version.Known() || v.Cluster.CreatedAt == nil {
		return cannotSee("the cluster's version or age was not seen", "L2")
	}
	release, ok := reference.ReleaseOf(reference.Minor(v.Cluster.Version.Minor))
	if !ok || !release.Deducts() {
		return cannotSee("the release date of "+v.Cluster.Version.MinorString()+" is not known for sure", "L2")
	}
	proof := release.Released.AddDate(0, 0, -roomDays)
	seen := []assessments.Evidence{
		evidence("cluster created", "%s", v.Cluster.CreatedAt.UTC().Format("2006-01-02")),
		evidence(v.Cluster.Version.MinorString()+" released", "%s", release.Released),
	}
	if !v.Cluster.CreatedAt.Before(proof) {
		return []assessments.Sight{saw("L2", atMost(v, "L2.a"), seen...)}
	}
	allowed, old := "L2.b", 0
	for _, n := range v.Nodes {
		if n.CreatedAt != nil && n.CreatedAt.Before(proof) && n.Kubelet.Minor == v.Cluster.Version.Minor {
			old++
		}
	}
	if old > 0 && 2*old >= len(v.Nodes) {
		allowed = "L2.c"
		seen = append(seen, evidence("nodes older than the version that they run", "%d of %d", old, len(v.Nodes)))
	}
	return []assessments.Sight{saw("L2", atMost(v, allowed), seen...)}
}
