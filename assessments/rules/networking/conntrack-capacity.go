package networking

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

var conntrackCapacity = assessments.Rule{
	ID:          "networking/conntrack-capacity",
	SubjectKind: "cluster",
	Effort:      assessments.EffortProject,
	Judge: func(v assessments.View) []assessments.Outcome {
		return []assessments.Outcome{judgeConntrackCapacity(v)}
	},
	Text: assessments.Text{
		Title: "The entry nodes' tables hold the peak of new connections",
		What:  "The declared peak of new connections a second (question N6) against the connection tracking tables of the nodes that take it.",
		Why: "A connection stays in the table long after its last packet: two minutes when it was closed in order, a day when its client " +
			"just went away. What fills a table is arrivals times lifetime, and an address that enters through one node has one table.",
		How: "The least that can stand in the tables is reckoned: every connection closed at once and in order, so that each is remembered " +
			"for the time-wait timeout (120 s by default). Fails where that is more than the tables of the entry nodes hold together, or, where " +
			"the entry can't be told, more than those of all nodes. Entry nodes: owners of external addresses, nodes of ready pods with policy " +
			"Local, nodes that announce the address, else every node. Maximum as read on the node, else by kube-proxy's configuration.\n\n" +
			"Unknown: no figure was given in answer N6, files without a cluster, nodes or services that could not be read, tables whose size " +
			"is not known, and an entry that can't be told while all nodes together would do. Not applicable: a plan.",
		Evidence: "The peak, the least entries, what the entry nodes hold, and after how many seconds of peak they are full.",
		Mend: "Let the address enter through more nodes (BGP with several peers, a balancer), raise nf_conntrack_max on the entry nodes, or " +
			"keep the path out of conntrack. Load-test at twice the peak.",
		Sources: []string{
			"Linux kernel documentation, nf_conntrack-sysctl: timeouts by state",
			"kubernetes/kubernetes, kube-proxy's conntrack defaults",
			"The field report that Plimsoll starts from",
		},
		DoesNotCatch: "How long connections stay open: a pass names the time that is to spare. Connections between pods, UDP, and those that " +
			"stand in two tables because a node hands them on.",
	},
}

func judgeConntrackCapacity(v assessments.View) assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return answered
	}
	if v.PeakConnectionsPerSecond == nil {
		return o.Unknown("the peak of new connections a second is not known; answer N6 takes the figure")
	}
	for _, resource := range []string{"nodes", "services"} {
		if reason, unseen := v.Unseen(resource); unseen {
			return o.Unknown(rules.Unread(resource, reason))
		}
	}
	kernel := reference.NetworkingFigures().Conntrack.Kernel
	if !kernel.Deducts() {
		return o.Unknown("the kernel's timeouts are in doubt: " + kernel.Doubt())
	}
	tracked := network.ConntrackOf(v)
	load := tracked.Load
	switch {
	case tracked.EntryKnown && load.HoldEntries > 0 && load.LeastEntries > load.HoldEntries:
		return o.Fail(tooFewEntries(tracked, load.HoldEntries, assessments.Counted(len(tracked.Entry), "node")+" that take external traffic"))
	case load.AllEntries > 0 && load.LeastEntries > load.AllEntries:
		return o.Fail(tooFewEntries(tracked, load.AllEntries, "all "+assessments.Counted(len(v.Nodes), "node")))
	case !tracked.EntryKnown:
		return o.Unknown(tracked.EntryWhy)
	case load.HoldEntries == 0:
		return o.Unknown("the size of an entry node's table is not known")
	case load.SpareSeconds == nil: // no arrivals
		return o.Pass()
	}
	return o.PassNoted(fmt.Sprintf("at the peak a connection may stay open for %s on average before the tables of the entry nodes are full", rules.Seconds(*load.SpareSeconds)))
}

func tooFewEntries(tracked network.Conntrack, hold int64, where string) assessments.Failure {
	load := tracked.Load
	life := load.LeastEntries / max(load.ArrivalsPerSecond, 1)
	seen := []assessments.Evidence{
		{What: "declared peak", Value: fmt.Sprintf("%d new connections a second", load.ArrivalsPerSecond)},
		{What: "entries at the least", Value: fmt.Sprintf("%d, each remembered for %s after it was closed", load.LeastEntries, rules.Seconds(life))},
		{What: "entries that fit", Value: fmt.Sprintf("%d on %s", hold, where)},
	}
	if after, fills := network.FullAfter(hold, 0, load.ArrivalsPerSecond, life); fills {
		seen = append(seen, assessments.Evidence{What: "full after", Value: rules.Seconds(after) + " of peak"})
	}
	return assessments.Failure{
		Message:  "At the declared peak the connection tracking tables overflow, even if every connection is closed at once.",
		Evidence: seen,
		Expected: fmt.Sprintf("room for %d entries, and for connections that stay open besides", load.LeastEntries),
		Mend: assessments.Mend{Text: "Let the traffic enter through more nodes, raise nf_conntrack_max on those that take it, and load-test " +
			"at twice the peak."},
	}
}
