package network

import (
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

// ServiceRules counts what kube-proxy's iptables mode makes of the services on every node. The least that there can be: a
// balancer's further rules count only where address and source ranges stand.
type ServiceRules struct {
	NATRules       int64 `json:"natRules"`
	FilterRules    int64 `json:"filterRules"`
	Services       int   `json:"services"` // that cost rules: neither headless nor ExternalName
	Ports          int64 `json:"ports"`
	ReadyEndpoints int64 `json:"readyEndpoints"`
	UnseenServices int   `json:"unseenServices"` // whose endpoints were not seen, and which are not counted
}

// CountServiceRules applies the reference's formula to every service port.
func CountServiceRules(services []*facts.Service) ServiceRules {
	formula := reference.NetworkingFigures().IPTables
	count := ServiceRules{NATRules: formula.FixedNATRules, FilterRules: formula.FixedFilterRules}
	for _, s := range services {
		if s.Headless || s.Type == "ExternalName" {
			continue
		}
		count.Services++
		if !s.EndpointsSeen {
			count.UnseenServices++
			continue
		}
		var ready int64
		for _, share := range s.ReadyEndpointNodes {
			ready += int64(share.Pods)
		}
		ports := int64(len(s.Ports))
		balanced := s.LoadBalancerAddresses != 0 && s.SourceRanges != 0
		count.Ports += ports
		count.ReadyEndpoints += ready
		count.NATRules += ports * formula.NATRules(ready, balanced)
		count.FilterRules += ports * formula.FilterRules(ready, balanced)
	}
	return count
}
