package network

import (
	"net/netip"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
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
func (r Range) Known() bool { return r.Used != nil }

// Ranges are all ranges of a running cluster: of nodes, of pods where they take addresses from pools, of services, and pools.
func Ranges(v assessments.View) []Range {
	ranges := append(PodRanges(v), ServiceRange(v))
	return append(ranges, Pools(v)...)
}

// used fills in the use of a range whose size is known.
func (r Range) used(n int64, growth Growth) Range {
	left := max(r.Size-n, 0)
	r.Used, r.Left, r.UsePercent, r.Growth = &n, &left, Percent(n, r.Size), growth
	return r
}

// NodeAddresses is how many addresses a node's own range holds, of the family that holds fewest; 0 where it has none.
func NodeAddresses(n *facts.Node) int64 {
	var sizes []int64
	for _, p := range parse(n.PodCIDRs) {
		sizes = append(sizes, power(p.Addr().BitLen()-p.Bits()))
	}
	if len(sizes) == 0 {
		return 0
	}
	return slices.Min(sizes)
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

// power is two to the bits, which are none or more, clamped to what no cluster counts.
func power(bits int) int64 { return 1 << min(bits, 48) }
