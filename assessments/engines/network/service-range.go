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
	wholes, bothFamilies := serviceRanges(v.Facts)
	for _, whole := range wholes {
		r.CIDRs = append(r.CIDRs, whole.String())
		r.Size += power(whole.Addr().BitLen() - whole.Bits())
	}
	if reason, unseen := v.Unseen("services"); unseen {
		r.Why = "the collector could not read services (" + reason + ")"
		return r
	}
	if reason, unseen := v.Unseen("servicecidrs"); unseen && len(v.Scope) == 0 {
		r.Why = "the collector could not read servicecidrs (" + reason + ")" // there may be further ranges beside the configured ones
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
		if s.ClusterAddresses == nil {
			r.Why = "the cluster addresses of services were not collected"
			return r
		}
		own := *s.ClusterAddresses
		if bothFamilies {
			own = min(own, 1) // of each family a service takes one at most
		}
		taken += int64(own)
	}
	if bothFamilies {
		return r.used(taken, Growth{Why: "earlier snapshots count the addresses of both families together"})
	}
	points := Points(v, func(e assessments.Earlier) int { return e.ServiceAddresses }, taken)
	return r.used(taken, Fit(points, r.Size))
}

// serviceRanges are the ranges of the family that stands first, IPv4 where there is any, each once.
func serviceRanges(f *facts.Facts) (ranges []netip.Prefix, bothFamilies bool) {
	var written []string
	for _, n := range f.Networks {
		written = append(written, n.ServiceCIDRs...)
	}
	if len(written) == 0 && f.Cluster != nil {
		written = f.Cluster.ServiceCIDRs
	}
	all := parse(written)
	first := slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Addr().Is4() })
	for _, p := range all {
		switch {
		case p.Addr().Is4() != first:
			bothFamilies = true
		case !slices.ContainsFunc(ranges, p.Overlaps):
			ranges = append(ranges, p)
		}
	}
	return ranges, bothFamilies
}
