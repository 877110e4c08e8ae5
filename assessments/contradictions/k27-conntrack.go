package contradictions

import "plimsoll/assessments"

var k27 = assessments.Pair{
	ID:        "K-27",
	Questions: []string{"N1", "N6"},
	Decisive:  true,
	Observes:  "Entries and maximum of the connection tracking table, node by node, from the node collector or node-exporter.",
	Guard:     "One moment: \"at least\", never \"at most\". The rate of new connections is not seen.",
	Look:      lookAtConntrack,
}

func lookAtConntrack(v assessments.PairView) []assessments.Sight {
	rate := suggestive(cannotSee("a snapshot holds no rate of new connections, and no load test", "N6")...)
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
	s := saw("N1", atMost(v, allowed), evidence("fullest table", "%d of %d (%d %%), node %s", full, fullOf, full*100/fullOf, worst),
		evidence("nodes read", "%s", share{seen, len(v.Nodes)}))
	return append([]assessments.Sight{s}, rate...)
}
