package network

import (
	"net/netip"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// RangeKind says what a range gives addresses to.
type RangeKind string

// The kinds of ranges.
const (
	NodeRanges       RangeKind = "node-ranges"       // parts of the pod range, one for each node
	PodAddresses     RangeKind = "pod-addresses"     // pools from which pods take single addresses
	ServiceAddresses RangeKind = "service-addresses" // cluster addresses of services
	PoolAddresses    RangeKind = "pool"              // one pool of a load balancer or a plugin
)

// Range is one range, pool or set of ranges with its use.
type Range struct {
	Kind       RangeKind `json:"kind"`
	Component  string    `json:"component,omitzero"` // of a pool: what it belongs to
	Name       string    `json:"name,omitzero"`      // of a pool
	CIDRs      []string  `json:"cidrs,omitzero"`
	PartBits   int       `json:"partBits,omitzero"` // prefix length of each node's part
	Size       int64     `json:"size"`              // how many fit: nodes, pods, services or addresses; 0: not known
	Used       *int64    `json:"used,omitzero"`     // nil: not known
	UsePercent *int64    `json:"usePercent,omitzero"`
	Left       *int64    `json:"left,omitzero"` // how many still fit
	Growth     Growth    `json:"growth"`
	Why        string    `json:"why,omitzero"` // why size or use is not known
	// Disabled pools give no new addresses.
	Disabled bool `json:"disabled,omitzero"`
}

// Known reports whether size and use are known.
func (r Range) Known() bool { return r.Size > 0 && r.Used != nil }

// Ranges are all ranges of a running cluster: of nodes, of pods where they take addresses from pools, of services, and pools.
func Ranges(v assessments.View) []Range {
	ranges := append(PodRanges(v), ServiceRange(v))
	return append(ranges, Pools(v)...)
}

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
	row, known := reference.CNIPluginOf(plugin.Name)
	if !known || !row.Deducts() {
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
		if parts := parse(n.PodCIDRs); len(parts) > 0 {
			all = append(all, parts)
		}
	}
	return all
}

// partsOf tells the prefix length of nodes' parts of a range and how many nodes hold one.
func partsOf(v assessments.View, nodes [][]netip.Prefix, whole netip.Prefix) (bits int, holders int64) {
	bits = -1
	for _, parts := range nodes {
		for _, part := range parts {
			if whole.Overlaps(part) && part.Bits() >= whole.Bits() {
				bits, holders = max(bits, part.Bits()), holders+1
				break
			}
		}
	}
	switch {
	case ownPools(v.Facts):
		if bits := Plugin(v.Facts).NodeMaskBits; bits > 0 && whole.Addr().Is4() {
			return bits, 0
		}
		return -1, 0
	case bits < 0 && v.Cluster != nil && v.Cluster.NodeMaskBits > 0 && whole.Addr().Is4():
		bits = v.Cluster.NodeMaskBits
	}
	return bits, holders
}

// podPools is what the plugin's enabled pools hold for pods, and how many pods take an address of their own.
func podPools(v assessments.View) Range {
	r := Range{Kind: PodAddresses}
	if reason, unseen := v.Unseen("cni"); unseen && !hasPools(v.Facts) {
		r.Why = "the plugin's pools were not seen (" + reason + ")"
		return r
	}
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

func hasPools(f *facts.Facts) bool {
	plugin := Plugin(f)
	return plugin != nil && len(plugin.Pools) > 0
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

// ServiceRange is the range that services take their cluster addresses of, of the family that stands first.
func ServiceRange(v assessments.View) Range {
	r := Range{Kind: ServiceAddresses}
	wholes, families := serviceRanges(v.Facts)
	for _, whole := range wholes {
		r.CIDRs = append(r.CIDRs, whole.String())
		r.Size += power(whole.Addr().BitLen() - whole.Bits())
	}
	if reason, unseen := v.Unseen("services"); unseen {
		r.Why = "the collector could not read services (" + reason + ")"
		return r
	}
	switch {
	case r.Size == 0:
		r.Why = "the range of services was not seen"
		return r
	case len(v.Scope) > 0:
		r.Why = "only some namespaces were collected"
		return r
	}
	taken := int64(0)
	for _, s := range v.Services {
		switch {
		case s.ClusterAddresses == nil:
			r.Why = "the cluster addresses of services were not collected"
			return r
		case families > 1: // of each family a service takes one at most
			taken += int64(min(*s.ClusterAddresses, 1))
		default:
			taken += int64(max(*s.ClusterAddresses, 0))
		}
	}
	points := Points(v, func(e assessments.Earlier) int { return e.ServiceAddresses }, taken)
	if families > 1 { // earlier counts hold both families
		points = points[len(points)-1:]
	}
	return r.used(taken, Fit(points, r.Size))
}

// serviceRanges are the ranges of the family that stands first, each once, and the number of families.
func serviceRanges(f *facts.Facts) (ranges []netip.Prefix, families int) {
	var written []string
	for _, n := range f.Networks {
		written = append(written, n.ServiceCIDRs...)
	}
	if len(written) == 0 && f.Cluster != nil {
		written = f.Cluster.ServiceCIDRs
	}
	all := parse(written)
	if len(all) == 0 {
		return nil, 0
	}
	first := slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Addr().Is4() })
	families = 1
	for _, p := range all {
		switch {
		case p.Addr().Is4() != first:
			families = 2
		case !slices.ContainsFunc(ranges, p.Overlaps):
			ranges = append(ranges, p)
		}
	}
	return ranges, families
}

// Pools are the pools of load balancers and plugins, in the order of their components and names.
func Pools(v assessments.View) []Range {
	var ranges []Range
	for _, n := range v.Networks {
		for _, pool := range n.Pools {
			ranges = append(ranges, poolRange(v, n, pool))
		}
	}
	slices.SortStableFunc(ranges, func(a, b Range) int {
		if a.Component != b.Component {
			return strings.Compare(a.Component, b.Component)
		}
		return strings.Compare(a.Name, b.Name)
	})
	return ranges
}

func poolRange(v assessments.View, n *snapshot.Network, pool snapshot.AddressPool) Range {
	r := Range{Kind: PoolAddresses, Component: n.Name, Name: pool.Name, CIDRs: pool.CIDRs, Disabled: pool.Disabled}
	if pool.Addresses != nil {
		r.Size = *pool.Addresses
	} else {
		for _, p := range parse(pool.CIDRs) {
			r.Size += power(p.Addr().BitLen() - p.Bits())
		}
	}
	used, why := usedOf(v, n, pool)
	switch {
	case r.Size == 0:
		r.Why = "how many addresses the pool holds can't be counted"
	case why != "":
		r.Why = why
	default:
		return r.used(used, Growth{Why: "earlier snapshots do not keep the use of pools"})
	}
	return r
}

// usedOf is what the pool itself says, else what services tell that take their address of it.
func usedOf(v assessments.View, n *snapshot.Network, pool snapshot.AddressPool) (used int64, why string) {
	if pool.Used != nil {
		return *pool.Used, ""
	}
	if n.Component != "load-balancer" {
		return 0, "the plugin does not say how much of the pool is used"
	}
	if reason, unseen := v.Unseen("services"); unseen {
		return 0, "the collector could not read services (" + reason + ")"
	}
	if len(v.Scope) > 0 {
		return 0, "only some namespaces were collected"
	}
	alone := !providerBalances(v.Facts) && onlyPool(v.Facts, n)
	for _, s := range v.Services {
		switch {
		case s.Type != "LoadBalancer" || s.LoadBalancerAddresses == 0:
		case s.AddressPool == pool.Name, s.AddressPool == "" && alone:
			used += int64(s.LoadBalancerAddresses)
		case s.AddressPool == "":
			return 0, "a service does not say which pool its address comes from"
		}
	}
	return used, ""
}

// onlyPool reports whether a balancer has one pool and there is no other balancer.
func onlyPool(f *facts.Facts, balancer *snapshot.Network) bool {
	for _, n := range f.Networks {
		if n.Component == "load-balancer" && n != balancer {
			return false
		}
	}
	return len(balancer.Pools) == 1
}

// used fills in the use of a range whose size is known.
func (r Range) used(n int64, growth Growth) Range {
	left := max(r.Size-n, 0)
	r.Used, r.Left, r.UsePercent, r.Growth = &n, &left, Percent(n, r.Size), growth
	return r
}

// NodeAddresses is how many addresses a node's own range holds, of the family that holds fewest; 0 where it has none.
func NodeAddresses(n *facts.Node) int64 {
	var fewest int64
	for _, p := range parse(n.PodCIDRs) {
		if size := power(p.Addr().BitLen() - p.Bits()); fewest == 0 || size < fewest {
			fewest = size
		}
	}
	return fewest
}

// parse keeps what is a range.
func parse(written []string) []netip.Prefix {
	var prefixes []netip.Prefix
	for _, text := range written {
		if p, err := netip.ParsePrefix(text); err == nil {
			prefixes = append(prefixes, p.Masked())
		}
	}
	return prefixes
}

// power is two to the bits, clamped to what no cluster counts.
func power(bits int) int64 {
	if bits < 0 {
		return 0
	}
	return 1 << min(bits, 48)
}
