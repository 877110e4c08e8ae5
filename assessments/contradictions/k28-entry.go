package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var k28 = assessments.Pair{
	ID:        "K-28",
	Questions: []string{"N2", "N3"},
	Decisive:  true,
	Observes:  "Services with external addresses: their traffic policy, the nodes of their ready endpoints, and the nodes that own an address.",
	Guard:     "Decides for policy Local, where traffic enters only beside an endpoint. A balancer's or a router's own spread is not seen.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := v.Refused("services"); refused {
			why := "the collector could not read services (" + reason + ")"
			return append(cannotSee(why, "N2"), suggestive(cannotSee(why, "N3")...)...)
		}
		return append(lookAtEntry(v), suggestive(lookAtTranslation(v)...)...)
	},
}

// lookAtEntry counts the nodes through which traffic for one address can enter, and lets the narrowest service speak.
func lookAtEntry(v assessments.PairView) []assessments.Sight {
	allowed, local, wide := "N2.a", false, 0
	var narrow []assessments.Subject
	narrowest := 0
	for _, s := range v.Services {
		nodes, byPolicy, known := entryNodes(s)
		if !known || v.IsSystemNamespace(s.Namespace) {
			continue
		}
		option := entryOption(nodes, byPolicy)
		if option == "N2.a" {
			wide++
			continue
		}
		narrow = append(narrow, assessments.AboutService(s).Subject)
		if letter(option) > letter(allowed) || letter(option) == letter(allowed) && byPolicy {
			allowed, local, narrowest = option, byPolicy, nodes
		}
	}
	if wide+len(narrow) == 0 {
		return cannotSee("no service was seen whose way in can be told", "N2")
	}
	s := saw("N2", atMost(v, allowed), evidence("external services that enter through four nodes or more", "%s", share{wide, wide + len(narrow)}))
	if len(narrow) > 0 {
		s.Evidence = append(s.Evidence, evidence("fewest nodes", "%d", narrowest))
	}
	s.Partly = wide > 0 && len(narrow) > 0
	s = withSubjects(s, narrow)
	if !local {
		return suggestive(s)
	}
	return []assessments.Sight{s}
}

// entryNodes are the nodes by which a service's external traffic can enter: with policy Local those of ready endpoints, else
// those that own its external address. A load balancer with policy Cluster can use any node and tells nothing here.
func entryNodes(s *facts.Service) (nodes int, byPolicy, known bool) {
	external := len(s.ExternalAddresses) > 0 || s.Type == "LoadBalancer" && !s.InternalLoadBalancer
	if external && s.ExternalTrafficPolicy == "Local" && s.EndpointsSeen && len(s.ReadyEndpointNodes) > 0 {
		return len(s.ReadyEndpointNodes), true, true
	}
	fewest := 0
	for _, address := range s.ExternalAddresses {
		if n := len(address.Nodes); n > 0 && (fewest == 0 || n < fewest) {
			fewest = n
		}
	}
	return fewest, false, fewest > 0
}

// entryOption: one node by policy Local fails over when its pod is started elsewhere; an address that one node owns does not.
func entryOption(nodes int, byPolicy bool) string {
	switch {
	case nodes >= 4:
		return "N2.a"
	case nodes >= 2:
		return "N2.b"
	case byPolicy:
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
			translated = append(translated, assessments.AboutService(s).Subject)
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
