package network

import (
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// Way is how a service's traffic from outside finds its nodes.
type Way string

// The ways in.
const (
	ByOwner  Way = "owner"     // nodes that own an address of spec.externalIPs
	ByPods   Way = "endpoints" // nodes that hold ready pods: policy Local, or a balancer that addresses pods
	ByLayer2 Way = "layer2"    // one elected node announces the address and takes all of its traffic
	ByBGP    Way = "bgp"       // nodes that announce the address to routers
	AnyNode  Way = "any-node"  // every node takes it: a NodePort, or a balancer that sends to all nodes
)

// Entry is the nodes through which a service's traffic from outside comes in.
type Entry struct {
	Way   Way
	Nodes []string // sorted; with ByLayer2 the candidates, of which one takes all
	Why   string   // why the nodes can't be told; empty: they are known
}

// EntryOf tells a service's way in; false where it takes no traffic from outside.
func EntryOf(v assessments.View, s *facts.Service) (Entry, bool) {
	if !s.TakesExternalTraffic() {
		return Entry{}, false
	}
	if len(s.ExternalAddresses) > 0 {
		return byOwner(s), true
	}
	if path, told := BalancerPath(s); told {
		switch path {
		case reference.ToOneNode:
			return Entry{Way: ByLayer2, Nodes: nodeNames(v)}, true
		case reference.ToPods:
			return byPods(s), true
		}
		return policyEntry(v, s), true
	}
	if announced, found := AnnouncedBy(v, s); found {
		return announced, true
	}
	if s.Type == "LoadBalancer" && s.ExternalTrafficPolicy != "Local" {
		return Entry{Way: AnyNode, Why: "how its balancer's traffic enters can't be seen"}, true
	}
	return policyEntry(v, s), true
}

func policyEntry(v assessments.View, s *facts.Service) Entry {
	if s.ExternalTrafficPolicy == "Local" {
		return byPods(s)
	}
	return Entry{Way: AnyNode, Nodes: nodeNames(v)}
}

func byOwner(s *facts.Service) Entry {
	entry := Entry{Way: ByOwner}
	for _, address := range s.ExternalAddresses {
		if len(address.Nodes) == 0 {
			entry.Why = "no node is known to own one of its external addresses"
		}
		entry.Nodes = append(entry.Nodes, address.Nodes...)
	}
	entry.Nodes = sorted(entry.Nodes)
	return entry
}

func byPods(s *facts.Service) Entry {
	entry := Entry{Way: ByPods}
	for _, share := range s.ReadyEndpointNodes {
		switch {
		case share.Name == "":
			entry.Why = "the nodes of its endpoints were not seen"
		case share.Pods > 0:
			entry.Nodes = append(entry.Nodes, share.Name)
		}
	}
	switch {
	case entry.Why != "":
	case !s.EndpointsSeen:
		entry.Why = "its endpoints were not seen"
	case len(entry.Nodes) == 0:
		entry.Why = "none of its endpoints is ready"
	}
	entry.Nodes = sorted(entry.Nodes)
	return entry
}

// BalancerPath is the way that the service's own sign tells; false where it tells none.
func BalancerPath(s *facts.Service) (reference.BalancerPath, bool) {
	row, known := reference.BalancerSignOf(s.LoadBalancerSign)
	if s.Type != "LoadBalancer" || !known || !row.Deducts() {
		return "", false
	}
	return row.Path, true
}

// AnnouncedBy tells the way in of a balanced service from what the cluster's own load balancer is configured to announce. It
// reports false where no announcement, or more than one kind of balancer, can be meant.
func AnnouncedBy(v assessments.View, s *facts.Service) (Entry, bool) {
	balancer, announcements := announcementsFor(v.Facts, s)
	if balancer == nil || len(announcements) == 0 {
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
		if behind.Why != "" {
			entry.Why = behind.Why
			return entry, len(entry.Nodes) > 0
		}
		entry.Nodes = slices.DeleteFunc(entry.Nodes, func(n string) bool { return !slices.Contains(behind.Nodes, n) })
	}
	return entry, len(entry.Nodes) > 0
}

// announcementsFor are those of the pool that the service's address comes from. Where the service names no pool, they are all of
// the one balancer there is, if all are of one mode.
func announcementsFor(f *facts.Facts, s *facts.Service) (*snapshot.Network, []snapshot.Announcement) {
	if s.Type != "LoadBalancer" || s.LoadBalancerAddresses == 0 {
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

// EntryNodes are the nodes that take traffic from outside for any service, and why they are not fully known.
func EntryNodes(v assessments.View) (nodes []string, why string) {
	external := 0
	for _, s := range v.Services {
		entry, takes := EntryOf(v, s)
		if !takes {
			continue
		}
		external++
		nodes = append(nodes, entry.Nodes...)
		if entry.Why != "" && why == "" {
			why = s.Namespace + "/" + s.Name + ": " + entry.Why
		}
	}
	nodes = sorted(nodes)
	switch {
	case external == 0:
		why = "no service takes traffic from outside; what enters by pods on the host's network is not seen"
	case len(nodes) == len(v.Nodes) && len(nodes) > 0:
		why = "" // every node takes some, whatever else is not known
	}
	return nodes, why
}

func nodeNames(v assessments.View) []string {
	names := make([]string, 0, len(v.Nodes))
	for _, n := range v.Nodes {
		names = append(names, n.Name)
	}
	return sorted(names)
}

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
