package networking

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

// From how many percent of its table on a node's use is a finding, and how grave it is.
const (
	conntrackMedium   = 60
	conntrackHigh     = 75
	conntrackCritical = 95
)

var conntrackUse = assessments.Rule{
	ID:          "networking/conntrack-use",
	SubjectKind: "node",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return nodesOf(v, func(n *facts.Node, o assessments.Outcome) assessments.Outcome { return judgeConntrackUse(v, n, o) })
	},
	Text: assessments.Text{
		Title: "No node's connection tracking table is near full",
		What:  "The entries of each node's connection tracking table (conntrack) and the most that it takes.",
		Why: "Linux notes every connection that passes a node in this table. When it is full the node drops new connections of every " +
			"workload on it, without a word to Kubernetes. The field report that Plimsoll starts from found 167,012 of 262,144.",
		How: "Fails from 60 % of the maximum on (medium), from 75 % on (high: the threshold of the common alert), from 95 % on (critical). It is " +
			"one moment: the peak may be higher.\n\nNot applicable: Windows nodes. Unknown: files without a cluster, nodes that could not be " +
			"read, a node whose table nobody read: the Kubernetes API does not show it, the node collector and node-exporter do.",
		Evidence: "Entries and maximum as read on the node, and by what. How long the rest lasts at the declared peak, where one was declared.",
		Mend: "Raise the maximum (kube-proxy's `conntrack.maxPerCore` and `conntrack.min`; each entry costs some hundred bytes of kernel " +
			"memory), and let external traffic enter through more nodes. Then alarm at 75 %.",
		Sources: []string{
			"Linux kernel documentation, nf_conntrack-sysctl: https://www.kernel.org/doc/html/latest/networking/nf_conntrack-sysctl.html",
			"kube-prometheus, alert NodeHighNumberConntrackEntriesUsed: 75 %",
			"The field report that Plimsoll starts from",
		},
		DoesNotCatch: "Peaks between two snapshots, and connections that were dropped because source ports ran out.",
	},
}

func judgeConntrackUse(v assessments.View, n *facts.Node, o assessments.Outcome) assessments.Outcome {
	if onWindows(n) {
		return o.NotApplicable("Windows keeps no such table")
	}
	table := network.TableOf(v, n)
	if table.UsePercent == nil {
		return o.Unknown("its table was not read; the node collector or node-exporter can")
	}
	failure := assessments.Failure{
		Message: fmt.Sprintf("%d %% of its connection tracking table are used: when it is full, new connections are dropped.", *table.UsePercent),
		Evidence: []assessments.Evidence{
			{What: "entries", Value: fmt.Sprintf("%d of %d", *table.Entries, table.MaxEntries)},
		},
		Expected: fmt.Sprintf("less than %d %%", conntrackMedium),
		Mend: assessments.Mend{Text: "Raise the maximum by conntrack.maxPerCore or conntrack.min in KubeProxyConfiguration, and let external " +
			"traffic enter through more nodes."},
	}
	failure.Evidence = append(failure.Evidence, readings(n)...)
	if peak := v.PeakConnectionsPerSecond; peak != nil {
		if after, fills := network.FullAfter(table.MaxEntries, *table.Entries, *peak, table.Lifetimes.TimeWaitSeconds); fills {
			failure.Evidence = append(failure.Evidence, assessments.Evidence{
				What: "full at the declared peak", Value: fmt.Sprintf("after %s, if all %d new connections a second came by this node", rules.Seconds(after), *peak),
			})
		}
	}
	switch used := *table.UsePercent; {
	case used >= conntrackCritical:
		failure.Severity = assessments.Critical
	case used >= conntrackHigh:
		failure.Severity = assessments.High
	case used >= conntrackMedium:
		failure.Severity = assessments.Medium
	default:
		return o.Pass()
	}
	return o.Fail(failure)
}

// readings names who read a node's table, and when, where that was another time than the snapshot's.
func readings(n *facts.Node) []assessments.Evidence {
	if n.Conntrack == nil || n.Conntrack.Source == "" {
		return nil
	}
	value := n.Conntrack.Source
	if at := n.Conntrack.ReadAt; at != nil {
		value += at.UTC().Format(", 2006-01-02 15:04 UTC")
	}
	return []assessments.Evidence{{What: "read by", Value: value}}
}
