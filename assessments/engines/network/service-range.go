package network

import (
	"net/netip"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

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
