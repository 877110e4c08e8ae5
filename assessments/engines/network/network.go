// Package network is the network forecast: how full connection tracking tables get at a rate of new connections, node by node
// and by the spread of the entry; how far address ranges and pools are used, how they grow, and when they are full; and how many
// rules kube-proxy's iptables mode makes of the services.
//
// It is the only calculator of these figures: rules and pairs take theirs from here. It judges nothing, it is pure, and it
// reckons in whole numbers, so that one input gives one result everywhere.
package network

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// Forecast is everything that the facts tell of the network's capacity.
type Forecast struct {
	Conntrack    Conntrack    `json:"conntrack"`
	Addresses    []Range      `json:"addresses"`
	ServiceRules ServiceRules `json:"serviceRules"`
	Unseen       []string     `json:"unseen,omitzero"` // why a part says nothing, in words
}

// Of forecasts the network of a running cluster. Over files, or with no snapshot at all, it says only why there is nothing to
// say.
func Of(v assessments.View) Forecast {
	if v.Facts == nil || !v.Live() {
		return Forecast{Addresses: []Range{}, Unseen: []string{"only a running cluster tells how far its network is used"}}
	}
	forecast := Forecast{Conntrack: ConntrackOf(v), Addresses: Ranges(v), ServiceRules: CountServiceRules(v.Services)}
	if len(v.Scope) > 0 {
		forecast.Unseen = append(forecast.Unseen, "only some namespaces were collected: services and pods of the others are not counted")
	}
	for _, resource := range []string{"nodes", "services", "endpointslices", "pods", "kube-proxy", "cni", "load-balancers", "servicecidrs"} {
		if reason, unseen := v.Unseen(resource); unseen {
			forecast.Unseen = append(forecast.Unseen, resource+": "+reason)
		}
	}
	return forecast
}

// KubeProxy is the configuration of kube-proxy; nil where none was seen.
func KubeProxy(f *facts.Facts) *snapshot.Network {
	for _, n := range f.Networks {
		if n.Component == "kube-proxy" {
			return n
		}
	}
	return nil
}

// Plugin is the network plugin; nil where none was seen.
func Plugin(f *facts.Facts) *snapshot.Network {
	for _, n := range f.Networks {
		if n.Component == "cni" {
			return n
		}
	}
	return nil
}

// Replacement is the name of the component that does kube-proxy's work itself; empty where none is known to.
func Replacement(f *facts.Facts) string {
	for _, n := range f.Networks {
		if n.ReplacesKubeProxy != nil && *n.ReplacesKubeProxy {
			return n.Name
		}
	}
	return ""
}
