package network

import (
	"cmp"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// Pools are the pools of load balancers and plugins, in the order of their components and names.
func Pools(v assessments.View) []Range {
	var ranges []Range
	for _, n := range v.Networks {
		for _, pool := range n.Pools {
			ranges = append(ranges, poolRange(v, n, pool))
		}
	}
	slices.SortStableFunc(ranges, func(a, b Range) int {
		return cmp.Or(strings.Compare(a.Component, b.Component), strings.Compare(a.Name, b.Name))
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
		case s.LoadBalancerAddresses == 0:
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
