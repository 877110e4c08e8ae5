package contradictions

import (
	"net/netip"
	"time"

	"plimsoll/assessments"
)

var k30 = assessments.Pair{
	ID:        "K-30",
	Questions: []string{"N5"},
	Decisive:  true,
	Observes:  "The pod range, the part of it that each node takes, and the growth of the number of nodes over earlier snapshots.",
	Guard:     "With one snapshot it only asks. Ranges that a cloud or a plugin hands out by other means are not seen.",
	Look:      lookAtAddresses,
}

// Growth over less than this says nothing of months.
const growthOver = 7 * 24 * time.Hour

const month = 30 * 24 * time.Hour

func lookAtAddresses(v assessments.PairView) []assessments.Sight {
	if !v.Live() || v.Cluster == nil {
		return cannotSee(fromFiles, "N5")
	}
	fit, ok := nodesThatFit(v)
	if !ok {
		return cannotSee("the pod range, or what a node takes of it, was not seen", "N5")
	}
	nodes := len(v.Nodes)
	seen := []assessments.Evidence{evidence("nodes", "%d of %d that the pod range holds", nodes, fit)}
	first, ok := oldest(v)
	if !ok {
		if nodes*5 >= fit*4 && claims(v, "N5.a", "N5.b") {
			return suggestive(asks("N5", "Four fifths of the pod range are taken. By what growth does the rest last for years?", seen...))
		}
		return suggestive(saw("N5", "", seen...))
	}
	elapsed, growth := v.TakenAt.Sub(first.TakenAt), nodes-first.Nodes
	seen = append(seen, evidence("growth", "%d nodes in %d days", growth, int(elapsed/(24*time.Hour))))
	if growth <= 0 {
		return []assessments.Sight{saw("N5", atMost(v, "N5.a"), seen...)}
	}
	months := int64(max(fit-nodes, 0)) * int64(elapsed/time.Hour) / (int64(growth) * int64(month/time.Hour))
	allowed := "N5.a"
	switch {
	case months < 12:
		allowed = "N5.c"
	case months < 24:
		allowed = "N5.b"
	}
	return []assessments.Sight{saw("N5", atMost(v, allowed), append(seen, evidence("lasts at this growth", "%d months", months))...)}
}

// nodesThatFit is how many nodes' parts the pod range holds, of the address family that both name first.
func nodesThatFit(v assessments.PairView) (int, bool) {
	for _, written := range v.Cluster.PodCIDRs {
		whole, err := netip.ParsePrefix(written)
		if err != nil {
			continue
		}
		for _, n := range v.Nodes {
			for _, part := range n.PodCIDRs {
				taken, err := netip.ParsePrefix(part)
				if err == nil && whole.Contains(taken.Addr()) && taken.Bits() >= whole.Bits() && taken.Bits()-whole.Bits() <= 24 {
					return 1 << (taken.Bits() - whole.Bits()), true
				}
			}
		}
	}
	return 0, false
}

// oldest earlier snapshot that is old enough to tell a growth.
func oldest(v assessments.PairView) (assessments.Earlier, bool) {
	var first assessments.Earlier
	found := false
	for _, earlier := range v.History {
		if earlier.Nodes > 0 && v.TakenAt.Sub(earlier.TakenAt) >= growthOver && (!found || earlier.TakenAt.Before(first.TakenAt)) {
			first, found = earlier, true
		}
	}
	return first, found
}
