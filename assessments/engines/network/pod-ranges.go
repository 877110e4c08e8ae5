package network

import (
	"net/netip"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

// PodRanges are the ranges that pods' addresses come from, by how the cluster gives them out: parts for nodes, or pools. At
// least one range comes back; where nothing can be told it says why.
func PodRanges(v assessments.View) []Range {
	switch AddressMode(v.Facts) {
	case "cloud":
		return []Range{{Kind: PodAddresses, Why: "pods take addresses of the provider's network, which the cluster does not show"}}
	case "blocks":
		return []Range{podPools(v)}
	case "plugin-ranges":
		return []Range{{Kind: NodeRanges, Why: "the plugin hands out nodes' ranges by a configuration of its own, which was not seen"}}
	}
	if reason, unseen := v.Unseen("nodes"); unseen {
		return []Range{{Kind: NodeRanges, Why: "the collector could not read nodes (" + reason + ")"}}
	}
	if ranges := nodeRanges(v); len(ranges) > 0 {
		return ranges
	}
	return []Range{{Kind: NodeRanges, Why: "the pod range, or the part of it that a node takes, was not seen"}}
}

// AddressMode is how pods get addresses: node-ranges, plugin-ranges (a part for each node that the plugin hands out itself),
// blocks or cloud, as configured, else by the plugin's default; empty where neither is known.
func AddressMode(f *facts.Facts) string {
	plugin := Plugin(f)
	if plugin == nil {
		return ""
	}
	if plugin.AddressMode != "" {
		return plugin.AddressMode
	}
	row, _ := reference.CNIPluginOf(plugin.Name) // of an unknown plugin no mode is known
	if !row.Deducts() {
		return ""
	}
	return row.AddressMode
}

// nodeRanges are the pod ranges of which each node takes a part, one for each address family that can be told.
func nodeRanges(v assessments.View) []Range {
	wholes, own := parse(podCIDRs(v.Facts)), ownPools(v.Facts)
	parts := partsOfNodes(v.Facts)
	var ranges []Range
	for _, family := range []bool{true, false} {
		r := Range{Kind: NodeRanges}
		taken := int64(0)
		for _, whole := range wholes {
			if whole.Addr().Is4() != family {
				continue
			}
			bits, holders := partsOf(v, parts, whole)
			if bits < whole.Bits() {
				continue
			}
			r.CIDRs, r.PartBits = append(r.CIDRs, whole.String()), bits
			r.Size += power(bits - whole.Bits())
			taken += holders
		}
		if own {
			taken = int64(len(v.Nodes))
		}
		if r.Size == 0 {
			continue
		}
		points := Points(v, func(e assessments.Earlier) int { return e.NodeRanges }, taken)
		ranges = append(ranges, r.used(taken, Fit(points, r.Size)))
	}
	return ranges
}

// podCIDRs are the cluster's own, else those that the plugin hands out to nodes.
func podCIDRs(f *facts.Facts) []string {
	if ownPools(f) {
		var all []string
		for _, pool := range Plugin(f).Pools {
			all = append(all, pool.CIDRs...)
		}
		return all
	}
	if f.Cluster == nil {
		return nil
	}
	return f.Cluster.PodCIDRs
}

// ownPools reports whether the plugin gives every node a part of ranges that it keeps itself.
func ownPools(f *facts.Facts) bool {
	plugin := Plugin(f)
	return plugin != nil && plugin.AddressMode == "node-ranges" && len(plugin.Pools) > 0
}

// partsOfNodes are the pod ranges of each node.
func partsOfNodes(f *facts.Facts) [][]netip.Prefix {
	var all [][]netip.Prefix
	for _, n := range f.Nodes {
		all = append(all, parse(n.PodCIDRs))
	}
	return all
}

// partsOf tells the prefix length of nodes' parts of a range, 0 where nothing tells it, and how many nodes hold one.
func partsOf(v assessments.View, nodes [][]netip.Prefix, whole netip.Prefix) (bits int, holders int64) {
	if ownPools(v.Facts) {
		return ipv4Bits(whole, Plugin(v.Facts).NodeMaskBits), 0
	}
	for _, parts := range nodes {
		for _, part := range parts {
			if whole.Overlaps(part) && part.Bits() >= whole.Bits() {
				bits, holders = max(bits, part.Bits()), holders+1
				break
			}
		}
	}
	if bits == 0 {
		bits = ipv4Bits(whole, v.Cluster.NodeMaskBits) // without a cluster's record there is no range to ask about
	}
	return bits, holders
}

// ipv4Bits is a configured prefix length of nodes' parts, which is one for IPv4; 0 for another family.
func ipv4Bits(whole netip.Prefix, configured int) int {
	if whole.Addr().Is4() {
		return configured
	}
	return 0
}

// podPools is what the plugin's enabled pools hold for pods, and how many pods take an address of their own.
func podPools(v assessments.View) Range {
	r := Range{Kind: PodAddresses}
	for _, pool := range Plugin(v.Facts).Pools {
		for _, prefix := range parse(pool.CIDRs) {
			if !pool.Disabled && prefix.Addr().Is4() {
				r.CIDRs = append(r.CIDRs, prefix.String())
				r.Size += power(32 - prefix.Bits())
			}
		}
	}
	if r.Size == 0 {
		r.Why = "no pool of the plugin was seen"
		if reason, unseen := v.Unseen("cni"); unseen {
			r.Why = "the plugin's pools were not seen (" + reason + ")"
		}
		return r
	}
	own, all, why := podsWithAddresses(v)
	if why != "" {
		r.Why = why
		return r
	}
	points := Points(v, func(e assessments.Earlier) int { return e.Pods }, all)
	return r.used(own, Fit(points, r.Size+all-own))
}

// podsWithAddresses counts living pods that are not on their node's own network.
func podsWithAddresses(v assessments.View) (own, all int64, why string) {
	if reason, unseen := v.Unseen("pods"); unseen {
		return 0, 0, "the collector could not read pods (" + reason + ")"
	}
	if len(v.Scope) > 0 {
		return 0, 0, "only some namespaces were collected"
	}
	for _, w := range v.Workloads {
		if w.Pods == nil {
			continue
		}
		all += int64(w.Pods.Total)
		if !w.HostNetwork {
			own += int64(max(w.Pods.Total-w.Pods.Phases["Succeeded"]-w.Pods.Phases["Failed"], 0))
		}
	}
	return own, all, ""
}
