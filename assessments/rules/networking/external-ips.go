package networking

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var externalIPs = assessments.Rule{
	ID:          "networking/external-ips",
	SubjectKind: "service",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Services(v, judgeExternalIPs)
	},
	Text: assessments.Text{
		Title: "No service takes an address by externalIPs",
		What:  "The field `spec.externalIPs` of every Service.",
		Why: "Nothing checks whether the node that owns such an address is alive: when it goes, the address goes. And whoever may create a " +
			"Service can draw the traffic of any address to it (CVE-2020-8554).",
		How:      "Fails where the field holds an address; every other Service passes. Unknown: services could not be read.",
		Evidence: "How many addresses, and the nodes that own them where that was seen. The addresses themselves never leave the cluster.",
		Mend: "Put a load balancer in front, or announce the address from several nodes; then take the field away. The patch takes it away: " +
			"apply it after the replacement works, for the old address stops then.",
		Sources: []string{
			"Kubernetes documentation, Service, external IPs: https://kubernetes.io/docs/concepts/services-networking/service/#external-ips",
			"CVE-2020-8554: https://github.com/kubernetes/kubernetes/issues/97076",
		},
		DoesNotCatch: "Addresses that are moved between nodes by something outside of Kubernetes and used with another type.",
	},
}

func judgeExternalIPs(s *facts.Service, o assessments.Outcome) assessments.Outcome {
	n := len(s.ExternalAddresses)
	if n == 0 {
		return o.Pass()
	}
	seen := []assessments.Evidence{{What: "addresses in spec.externalIPs", Value: fmt.Sprint(n)}}
	if owners := ownersOf(s); len(owners) > 0 {
		seen = append(seen, assessments.Evidence{What: "nodes that own them", Value: strings.Join(owners, ", ")})
	}
	return o.Fail(assessments.Failure{
		Message:  "It takes its address by externalIPs: nothing checks whether the node behind it is alive.",
		Evidence: seen,
		Expected: "a load balancer, or an address that several nodes can announce",
		Mend: assessments.Mend{
			Text:  "Put a load balancer in front, or announce the address from several nodes. Apply the patch after that works: the old address stops with it.",
			Patch: patch.Object("v1", "Service", s.Namespace, s.Name, patch.Field{Key: "externalIPs", Value: nil}),
		},
	})
}

// ownersOf lists the nodes that own the service's external addresses, each once, ordered.
func ownersOf(s *facts.Service) []string {
	var owners []string
	for _, address := range s.ExternalAddresses {
		owners = append(owners, address.Nodes...)
	}
	slices.Sort(owners)
	return slices.Compact(owners)
}
