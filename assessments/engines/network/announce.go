package network

import (
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// AnnouncedBy tells the way in of a balanced service from what the cluster's own load balancer is configured to announce. It
// reports false where no announcement, or more than one kind of balancer, can be meant.
func AnnouncedBy(v assessments.View, s *facts.Service) (Entry, bool) {
	if reason, unseen := v.Unseen("load-balancers"); unseen && s.Type == "LoadBalancer" && s.LoadBalancerAddresses > 0 {
		return Entry{Way: AnyNode, Nodes: nodeNames(v), Why: "the collector could not read load-balancers (" + reason + ")"}, true
	}
	balancer, announcements := announcementsFor(v.Facts, s)
	if balancer == nil {
		return Entry{}, false
	}
	layer2, bgp := nodesThatAnnounce(v, announcements, "layer2"), nodesThatAnnounce(v, announcements, "bgp")
	bgp = peering(v, balancer, bgp)
	entry := Entry{Way: ByBGP, Nodes: bgp}
	if len(bgp) == 0 {
		entry = Entry{Way: ByLayer2, Nodes: layer2}
	}
	if s.ExternalTrafficPolicy == "Local" {
		behind := byPods(s)
		entry.Why = behind.Why
		entry.Nodes = slices.DeleteFunc(entry.Nodes, func(n string) bool { return behind.Why == "" && !slices.Contains(behind.Nodes, n) })
	}
	return entry, len(entry.Nodes) > 0
}

// announcementsFor are those of the pool that the service's address comes from. Where the service names no pool, they are all of
// the one balancer there is, if all are of one mode.
func announcementsFor(f *facts.Facts, s *facts.Service) (*snapshot.Network, []snapshot.Announcement) {
	if s.LoadBalancerAddresses == 0 {
		return nil, nil
	}
	var balancer *snapshot.Network
	for _, n := range f.Networks {
		if n.Component != "load-balancer" {
			continue
		}
		holds := slices.ContainsFunc(n.Pools, func(p snapshot.AddressPool) bool { return p.Name == s.AddressPool })
		if s.AddressPool != "" && !holds {
			continue
		}
		if balancer != nil {
			return nil, nil
		}
		balancer = n
	}
	if balancer == nil || s.AddressPool == "" && providerBalances(f) {
		return nil, nil
	}
	var found []snapshot.Announcement
	for _, a := range balancer.Announcements {
		if s.AddressPool == "" && a.Mode != balancer.Announcements[0].Mode {
			return nil, nil
		}
		if len(a.Pools) == 0 || s.AddressPool == "" || slices.Contains(a.Pools, s.AddressPool) {
			found = append(found, a)
		}
	}
	return balancer, found
}

// providerBalances reports whether a provider's own load balancer may stand in front: the cluster is managed, or its nodes are
// a provider's.
func providerBalances(f *facts.Facts) bool {
	if f.Cluster != nil && f.Cluster.Managed != nil && *f.Cluster.Managed {
		return true
	}
	return slices.ContainsFunc(f.Nodes, func(n *facts.Node) bool { return n.ProviderScheme != "" })
}

func nodesThatAnnounce(v assessments.View, announcements []snapshot.Announcement, mode string) []string {
	var nodes []string
	for _, a := range announcements {
		switch {
		case a.Mode != mode:
		case len(a.Nodes) == 0:
			return nodeNames(v)
		default:
			nodes = append(nodes, a.Nodes...)
		}
	}
	return sorted(nodes)
}

// peering keeps the nodes that have a peer to announce to. A balancer whose peers were not seen is taken at its word.
func peering(v assessments.View, balancer *snapshot.Network, nodes []string) []string {
	if balancer.BGP == nil || len(balancer.BGP.Peers) == 0 {
		return nodes
	}
	with, known := PeeringNodes(v, balancer.BGP)
	if !known {
		return nodes
	}
	return slices.DeleteFunc(nodes, func(n string) bool { return !slices.Contains(with, n) })
}

// PeeringNodes are the nodes that peer with a router outside; false where a selector could not be resolved.
func PeeringNodes(v assessments.View, bgp *snapshot.BGP) ([]string, bool) {
	var nodes []string
	for _, p := range bgp.Peers {
		switch {
		case p.AllNodes:
			return nodeNames(v), true
		case len(p.Nodes) == 0 && p.Selector:
			return nil, false
		}
		nodes = append(nodes, p.Nodes...)
	}
	return sorted(nodes), true
}
