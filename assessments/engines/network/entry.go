package network

import (
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
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
		if share.Name == "" {
			entry.Why = "the nodes of its endpoints were not seen"
			continue
		}
		entry.Nodes = append(entry.Nodes, share.Name)
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

// EntryNodes are the nodes that take traffic from outside for any service, and why they are not fully known.
func EntryNodes(v assessments.View) (nodes []string, why string) {
	external := false
	for _, s := range v.Services {
		entry, takes := EntryOf(v, s)
		if !takes {
			continue
		}
		external = true
		nodes = append(nodes, entry.Nodes...)
		if entry.Why != "" && why == "" {
			why = s.Namespace + "/" + s.Name + ": " + entry.Why
		}
	}
	nodes = sorted(nodes)
	switch {
	case !external:
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
