package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/facts"
)

var k28 = assessments.Pair{
	ID:        "K-28",
	Questions: []string{"N2", "N3"},
	Decisive:  true,
	Observes:  "Services with external addresses: their traffic policy, the nodes of their ready endpoints, and the nodes that own or announce an address.",
	Guard:     "Decides for policy Local, where traffic enters only beside an endpoint. A balancer's or a router's own spread is not seen.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := v.Refused("services"); refused {
			why := "the collector could not read services (" + reason + ")"
			return append(cannotSee(why, "N2"), suggestive(cannotSee(why, "N3")...)...)
		}
		return append(lookAtEntry(v), suggestive(lookAtTranslation(v)...)...)
	},
}

// lookAtEntry counts the nodes through which traffic for one address can enter. Where traffic enters beside an endpoint alone the
// policy decides it; owners and announcements only ask. Each speaks for itself: a narrow address that only asks must not keep a
// narrow policy from deciding.
func lookAtEntry(v assessments.PairView) []assessments.Sight {
	var byPolicy, byAddress narrowest
	for _, s := range v.Services {
		if v.IsSystemNamespace(s.Namespace) || s.InternalLoadBalancer {
			continue
		}
		entry, external := network.EntryOf(v.View, s)
		if !external || entry.Why != "" || entry.Way == network.AnyNode || len(entry.Nodes) == 0 {
			continue
		}
		if owned := len(s.ExternalAddresses) > 0; owned && s.ExternalTrafficPolicy == "Local" && s.EndpointsSeen && len(s.ReadyEndpointNodes) > 0 {
			byPolicy.see(s, entryOption(len(s.ReadyEndpointNodes), true), len(s.ReadyEndpointNodes))
			continue
		}
		switch entry.Way {
		case network.ByPods:
			byPolicy.see(s, entryOption(len(entry.Nodes), true), len(entry.Nodes))
		case network.ByLayer2: // one at a time, and another takes over
			byAddress.see(s, entryOption(1, true), 1)
		case network.ByOwner:
			n := fewestOwners(s)
			byAddress.see(s, entryOption(n, false), n)
		default:
			byAddress.see(s, entryOption(len(entry.Nodes), true), len(entry.Nodes))
		}
	}
	wide := byPolicy.wide + byAddress.wide
	var sights []assessments.Sight
	if len(byPolicy.services) > 0 {
		sights = append(sights, byPolicy.sight(v, wide))
	}
	if len(byAddress.services) > 0 || len(sights) == 0 && wide > 0 {
		sights = append(sights, suggestive(byAddress.sight(v, wide))...)
	}
	if len(sights) == 0 {
		return cannotSee("no service was seen whose way in can be told", "N2")
	}
	return sights
}

// narrowest gathers the services of one kind of way in, and what the narrowest of them still allows.
type narrowest struct {
	wide     int // that enter through four nodes or more
	services []assessments.Subject
	option   string
	nodes    int // the fewest of any of them
}

func (n *narrowest) see(s *facts.Service, option string, nodes int) {
	if option == "N2.a" {
		n.wide++
		return
	}
	n.services = append(n.services, assessments.AboutService(s).Subject())
	if n.option == "" {
		n.option, n.nodes = option, nodes
	}
	n.option, n.nodes = worseOf(n.option, option), min(n.nodes, nodes)
}

func (n *narrowest) sight(v assessments.PairView, wide int) assessments.Sight {
	allowed := n.option
	if allowed == "" {
		allowed = "N2.a"
	}
	s := saw("N2", atMost(v, allowed), evidence("external services that enter through four nodes or more", "%s", share{wide, wide + len(n.services)}))
	if len(n.services) > 0 {
		s.Evidence = append(s.Evidence, evidence("fewest nodes", "%d", n.nodes))
	}
	s.Partly = wide > 0
	return withSubjects(s, n.services)
}

// fewestOwners is how many nodes own the service's most narrowly owned address; it has one at least.
func fewestOwners(s *facts.Service) int {
	fewest := len(s.ExternalAddresses[0].Nodes)
	for _, address := range s.ExternalAddresses {
		fewest = min(fewest, len(address.Nodes))
	}
	return fewest
}

// entryOption: one node by policy Local, or one that was elected, fails over; an address that one node owns does not.
func entryOption(nodes int, failsOver bool) string {
	switch {
	case nodes >= 4:
		return "N2.a"
	case nodes >= 2:
		return "N2.b"
	case failsOver:
		return "N2.c"
	}
	return "N2.d"
}

func lookAtTranslation(v assessments.PairView) []assessments.Sight {
	var translated []assessments.Subject
	kept := 0
	for _, s := range v.Services {
		if v.IsSystemNamespace(s.Namespace) || !s.TakesExternalTraffic() {
			continue
		}
		if s.ExternalTrafficPolicy == "Local" {
			kept++
		} else {
			translated = append(translated, assessments.AboutService(s).Subject())
		}
	}
	switch {
	case kept+len(translated) == 0:
		return cannotSee("no external service was seen", "N3")
	case kept == 0:
		return []assessments.Sight{withSubjects(saw("N3", atMost(v, "N3.b"), evidence("external services that keep the client's address by policy", "none of %d", len(translated))), translated)}
	}
	return []assessments.Sight{saw("N3", "", evidence("external services that keep the client's address by policy", "%s", share{kept, kept + len(translated)}))}
}
