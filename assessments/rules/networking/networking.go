// Package networking holds the rules on how traffic enters the cluster and what carries it inside. It judges the platform's
// own services too: traffic passes through them.
package networking

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

// Register adds the pillar's rules.
func Register(r *assessments.Registry) {
	r.Register(addressPools, bgpTopology, conntrackCapacity, conntrackSettings, conntrackUse, dns, externalIPs, ingressSpread, podCIDR,
		podsPerNode, policyCoverage, policyEnforced, proxyMode, serviceCIDR, sourceNAT)
}

// From how many percent of a range on its use is a finding, and from how many on it is a grave one.
const (
	nearlyUsed = 80
	almostFull = 95
)

const notExternal = "it takes no traffic from outside of the cluster"

// local reports whether only nodes with pods of the service take its external traffic.
func local(s *facts.Service) bool { return s.ExternalTrafficPolicy == "Local" }

// replacement returns the network component that does kube-proxy's work itself, by its name; empty where none is known to.
func replacement(v assessments.View) string { return network.Replacement(v.Facts) }

// nodesOf judges every node of a running cluster; one outcome speaks for nodes that were not seen.
func nodesOf(v assessments.View, judge func(*facts.Node, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	cluster := assessments.AboutCluster()
	if v.Plan && !v.Live() {
		return nil
	}
	if answered, done := rules.OnlyLive(v, cluster); done {
		return []assessments.Outcome{answered}
	}
	if reason, unseen := v.Unseen("nodes"); unseen && len(v.Nodes) == 0 {
		return []assessments.Outcome{cluster.Unknown(rules.Unread("nodes", reason))}
	}
	outcomes := make([]assessments.Outcome, 0, len(v.Nodes))
	for _, n := range v.Nodes {
		outcomes = append(outcomes, judge(n, assessments.AboutNode(n)))
	}
	return outcomes
}

// cloud reports whether a provider's own load balancer may stand in front: the cluster is managed, or its nodes are a provider's.
func cloud(v assessments.View) bool {
	if v.Cluster != nil && v.Cluster.Managed != nil && *v.Cluster.Managed {
		return true
	}
	return slices.ContainsFunc(v.Nodes, func(n *facts.Node) bool { return n.ProviderScheme != "" })
}

// onWindows reports whether a node runs Windows, which tracks connections in another way.
func onWindows(n *facts.Node) bool { return n.OperatingSystem == "windows" }

// soon is within how many days a range that grows may not be full.
const soon = 90

// fullSoon reports whether a range is full within 90 days of the judged day, by its growth.
func fullSoon(v assessments.View, r network.Range) bool {
	day, err := time.Parse(time.DateOnly, r.Growth.FillsOn)
	return err == nil && !day.After(v.AsOf.AddDate(0, 0, soon))
}

// rangeEvidence is what stands beside every finding about a range.
func rangeEvidence(r network.Range, unit string) []assessments.Evidence {
	seen := []assessments.Evidence{{What: "used", Value: fmt.Sprintf("%d of %d %s (%d %%)", *r.Used, r.Size, unit, *r.UsePercent)}}
	if len(r.CIDRs) > 0 {
		value := strings.Join(r.CIDRs[:min(len(r.CIDRs), 4)], ", ")
		if r.PartBits > 0 {
			value += fmt.Sprintf(", /%d for each node", r.PartBits)
		}
		seen = append(seen, assessments.Evidence{What: "range", Value: value})
	}
	switch g := r.Growth; {
	case g.FillsOn != "" && g.PerMile > 0:
		seen = append(seen, assessments.Evidence{What: "growth", Value: fmt.Sprintf("%s in 30 days since %s; full on %s", thousandths(g.PerMile), g.Since, g.FillsOn)})
	case g.Known:
		seen = append(seen, assessments.Evidence{What: "growth", Value: fmt.Sprintf("%s in 30 days since %s", thousandths(g.PerMile), g.Since)})
	}
	return seen
}

// thousandths writes a count in thousandths with one decimal, cut off towards nothing.
func thousandths(n int64) string {
	return strconv.FormatFloat(float64(n/100)/10, 'f', -1, 64)
}

// usedFrom reports whether a range's use has reached so many percent, exactly.
func usedFrom(r network.Range, percent int64) bool { return *r.UsePercent >= percent }
