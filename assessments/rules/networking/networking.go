// Package networking holds the rules on how traffic enters the cluster and what carries it inside. It judges the platform's
// own services too: traffic passes through them.
package networking

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

// Register adds the pillar's rules.
func Register(r *assessments.Registry) {
	r.Register(externalIPs, ingressSpread, proxyMode, sourceNAT)
}

const notExternal = "it takes no traffic from outside of the cluster"

// local reports whether only nodes with pods of the service take its external traffic.
func local(s *facts.Service) bool { return s.ExternalTrafficPolicy == "Local" }

// balancerPath is the way that the service's own sign tells; false where it tells none.
func balancerPath(s *facts.Service) (reference.BalancerPath, bool) {
	row, known := reference.BalancerSignOf(s.LoadBalancerSign)
	if s.Type != "LoadBalancer" || !known || !row.Deducts() {
		return "", false
	}
	return row.Path, true
}

// replacement returns the network component that does kube-proxy's work itself, by its name; empty where none is known to.
func replacement(v assessments.View) string {
	for _, n := range v.Networks {
		if n.ReplacesKubeProxy != nil && *n.ReplacesKubeProxy {
			return n.Name
		}
	}
	return ""
}
