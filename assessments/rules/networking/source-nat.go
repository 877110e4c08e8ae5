package networking

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var sourceNAT = assessments.Rule{
	ID:          "networking/source-nat",
	SubjectKind: "service",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Services(v, func(s *facts.Service, o assessments.Outcome) assessments.Outcome { return judgeSourceNAT(v, s, o) })
	},
	Text: assessments.Text{
		Title: "No node translates connections from outside needlessly",
		What:  "Services of type LoadBalancer or NodePort, and any with externalIPs: whether a node rewrites the sender's address.",
		Why: "With the policy Cluster a node that takes a connection hands it on to another node under its own address. Each such connection " +
			"stands in two conntrack tables, ports for the rewritten address can run out, and the client's address is lost.",
		How: "Fails where externalTrafficPolicy is Cluster, which is the default; Local passes. A balancer that is internal counts too: the " +
			"translation is the same.\n\n" +
			"Not applicable: nothing external; a balancer that is seen to address pods directly; a data path that replaces kube-proxy. " +
			"Unknown for a LoadBalancer with policy Cluster: over files; on a cloud or managed cluster, where the balancer's mode can't be " +
			"seen; where nodes or services could not be read.",
		Evidence: "The type and the policy, and what tells how the balancer works.",
		Mend: "Set `externalTrafficPolicy: Local`. Nodes without a ready pod of the service then drop its traffic: spread the pods over the " +
			"nodes that take it, and let the balancer's health check leave the others out.",
		Sources: []string{
			"Kubernetes documentation, Using Source IP: https://kubernetes.io/docs/tutorials/services/source-ip/",
			"The field report that Plimsoll starts from: conntrack tables that fill up where external traffic enters",
		},
		DoesNotCatch: "Balancers that hide the client's address themselves, and ingress controllers on the host's network.",
	},
}

func judgeSourceNAT(v assessments.View, s *facts.Service, o assessments.Outcome) assessments.Outcome {
	if !s.TakesExternalTraffic() {
		return o.NotApplicable(notExternal)
	}
	path, told := network.BalancerPath(s)
	switch {
	case told && path == reference.ToPods:
		return o.NotApplicable("its balancer addresses pods directly (" + s.LoadBalancerSign + ")")
	case replacement(v) != "":
		return o.NotApplicable(replacement(v) + " carries the traffic in place of kube-proxy")
	case local(s):
		return o.Pass()
	case s.Type != "LoadBalancer" || told:
		return o.Fail(translated(s))
	case !v.Live():
		return o.Unknown("files don't say whether its balancer addresses nodes or pods")
	}
	if reason, unseen := v.Unseen("nodes"); unseen {
		return o.Unknown(rules.Unread("nodes", reason) + ", so whether a cloud's balancer stands in front can't be told")
	}
	if cloud(v) {
		return o.Unknown("whether the provider's balancer addresses nodes or pods can't be seen")
	}
	return o.Fail(translated(s))
}

func translated(s *facts.Service) assessments.Failure {
	seen := []assessments.Evidence{{What: "type", Value: s.Type}, {What: "externalTrafficPolicy", Value: "Cluster"}}
	if len(s.ExternalAddresses) > 0 {
		seen = append(seen, assessments.Evidence{What: "addresses in spec.externalIPs", Value: fmt.Sprint(len(s.ExternalAddresses))})
	}
	if s.LoadBalancerSign != "" {
		seen = append(seen, assessments.Evidence{What: "balancer", Value: s.LoadBalancerSign})
	}
	return assessments.Failure{
		Message:  "Nodes rewrite the sender of connections from outside: each may stand in two conntrack tables, and the client's address is lost.",
		Evidence: seen,
		Expected: "externalTrafficPolicy Local",
		Mend: assessments.Mend{
			Text: "Set externalTrafficPolicy to Local, after its pods are spread over the nodes that take the traffic: a node without a ready pod " +
				"of the service drops it.",
			Patch: patch.Object("v1", "Service", s.Namespace, s.Name, patch.Field{Key: "externalTrafficPolicy", Value: "Local"}),
		},
	}
}
