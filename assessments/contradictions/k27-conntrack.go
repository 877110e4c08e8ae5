package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
)

var k27 = assessments.Pair{
	ID:        "K-27",
	Questions: []string{"N1", "N6"},
	Decisive:  true,
	Observes: "Entries and maximum of the connection tracking table, node by node, from the node collector or node-exporter; and what the " +
		"declared peak of new connections leaves in the tables of the nodes that take it.",
	Guard: "One moment: \"at least\", never \"at most\". The rate of new connections is declared, not seen: held against the tables it only asks.",
	Look:  lookAtConntrack,
}

func lookAtConntrack(v assessments.PairView) []assessments.Sight {
	rate := suggestive(lookAtRate(v)...)
	allowed, seen := "N1.a", 0
	var worst string
	var full, fullOf int64
	for _, n := range v.Nodes {
		if n.Conntrack == nil || n.Conntrack.Max <= 0 {
			continue
		}
		seen++
		used, most := n.Conntrack.Count, n.Conntrack.Max
		option := "N1.a"
		switch {
		case used*100 > most*75:
			option = "N1.c"
		case used*100 > most*60:
			option = "N1.b"
		}
		allowed = worseOf(allowed, option)
		if worst == "" || used*fullOf > full*most {
			worst, full, fullOf = n.Name, used, most
		}
	}
	if seen == 0 {
		return append(cannotSee("no node's connection tracking table was read; the node collector or node-exporter can", "N1"), rate...)
	}
	s := saw("N1", atMost(v, allowed), evidence("fullest table", "%d of %d (%d %%), node %s", full, fullOf, *network.Percent(full, fullOf), worst),
		evidence("nodes read", "%s", share{seen, len(v.Nodes)}))
	return append([]assessments.Sight{s}, rate...)
}

// lookAtRate holds the figure that was declared as the peak against what the tables hold: at a rate that overflows them nobody
// has tested the platform with success.
func lookAtRate(v assessments.PairView) []assessments.Sight {
	if v.PeakConnectionsPerSecond == nil || !v.Live() {
		return cannotSee("a snapshot holds no rate of new connections, and no load test", "N6")
	}
	tracked := network.ConntrackOf(v.View)
	hold := tracked.Load.HoldEntries
	if hold == 0 {
		hold = tracked.Load.AllEntries
	}
	if hold == 0 {
		return cannotSee("the size of the nodes' tables is not known", "N6")
	}
	least := tracked.Load.LeastEntries
	seen := []assessments.Evidence{
		evidence("declared peak", "%d new connections a second", tracked.Load.ArrivalsPerSecond),
		evidence("entries at the least", "%d, and %d fit", least, hold),
	}
	switch {
	case least > hold:
		return []assessments.Sight{saw("N6", atMost(v, "N6.c"), seen...)}
	case 2*least > hold:
		return []assessments.Sight{saw("N6", atMost(v, "N6.b"), seen...)}
	}
	return []assessments.Sight{saw("N6", "", seen...)}
}
