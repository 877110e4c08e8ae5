package networking

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/snapshot"
)

var ingressSpread = assessments.Rule{
	ID:          "networking/ingress-spread",
	SubjectKind: "service",
	Effort:      assessments.EffortProject,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Services(v, func(s *facts.Service, o assessments.Outcome) assessments.Outcome { return judgeSpread(v, s, o) })
	},
	Text: assessments.Text{
		Title: "Traffic from outside enters through more than one node",
		What:  "Services with externalIPs, of type LoadBalancer, or of type NodePort with the policy Local: the nodes that their traffic enters by.",
		Why: "All connections of one address through one node fill that node's conntrack table and its network, and when the node is drained " +
			"or fails the address is gone with it. The field report that Plimsoll starts from met exactly this.",
		How: "Fails where all external addresses belong to one node; where the policy is Local and all ready pods are on one node; where one " +
			"elected node announces the address (layer 2), by the service's own sign or by the announcements of its pool; or where one node alone " +
			"announces it by BGP. Passes where several nodes own the addresses or announce them by BGP, where the policy is Local with ready pods on several nodes, or where the balancer is seen to send to many nodes or to pods.\n\n" +
			"Not applicable: nothing external; a NodePort with policy Cluster, whose node the clients choose; a cluster of one node. Unknown: " +
			"files without a cluster; an address that no known node owns; a balancer whose way in can't be seen; endpoints that were not " +
			"seen or of which none is ready; services that could not be read.",
		Evidence: "The nodes that own the addresses or hold the ready pods, or the sign of the balancer.",
		Mend: "Put a balancer in front that sends to several nodes, announce the address by BGP from several nodes, or spread the pods with " +
			"topologySpreadConstraints over kubernetes.io/hostname.",
		Sources: []string{
			"Kubernetes documentation, Using Source IP: https://kubernetes.io/docs/tutorials/services/source-ip/",
			"MetalLB documentation, layer-2 mode: https://metallb.universe.tf/concepts/layer2/",
			"Cilium documentation, L2 announcements: https://docs.cilium.io/en/latest/network/l2-announcements/",
			"The field report that Plimsoll starts from",
		},
		DoesNotCatch: "How kube-vip announces an address, and routers that use one of several equal routes. Nor a single ingress controller behind " +
			"a service that is spread well.",
	},
}

func judgeSpread(v assessments.View, s *facts.Service, o assessments.Outcome) assessments.Outcome {
	_, nodesUnseen := v.Unseen("nodes")
	switch {
	case !s.TakesExternalTraffic():
		return o.NotApplicable(notExternal)
	case s.Type == "NodePort" && len(s.ExternalAddresses) == 0 && !local(s):
		return o.NotApplicable("a NodePort has no address of its own; the clients choose the node")
	case !v.Live() && v.Plan:
		return o.NotApplicable("there is no cluster yet")
	case !v.Live():
		return o.Unknown("only a running cluster tells which nodes its traffic enters by")
	case len(v.Nodes) == 1 && !nodesUnseen:
		return o.NotApplicable("the cluster has one node")
	case len(s.ExternalAddresses) > 0:
		return judgeOwners(s, o)
	}
	if path, told := network.BalancerPath(s); told && path == reference.ToOneNode {
		return o.Fail(narrow("One elected node announces its address and takes all of its traffic.",
			assessments.Evidence{What: "balancer", Value: s.LoadBalancerSign}))
	} else if told && !local(s) {
		return o.Pass()
	}
	if announced, found := network.AnnouncedBy(v, s); found {
		return judgeAnnounced(v, s, o, announced)
	}
	if local(s) {
		return judgeLocal(s, o)
	}
	return o.Unknown("how its balancer's traffic enters can't be seen")
}

func judgeAnnounced(v assessments.View, s *facts.Service, o assessments.Outcome, announced network.Entry) assessments.Outcome {
	if reason, unseen := v.Unseen("nodes"); unseen {
		return o.Unknown(rules.Unread("nodes", reason))
	}
	pool := assessments.Evidence{What: "announced", Value: "by layer 2"}
	if s.AddressPool != "" {
		pool.Value += ", pool " + s.AddressPool
	}
	switch {
	case announced.Way == network.ByLayer2:
		return o.Fail(narrow("One elected node announces its address on the local network and takes all of its traffic.", pool))
	case announced.Why != "":
		return o.Unknown(announced.Why)
	case len(announced.Nodes) > 1:
		return o.Pass()
	}
	return o.Fail(narrow("One node alone announces its address to routers and takes all of its traffic.",
		assessments.Evidence{What: "node that announces it by BGP", Value: announced.Nodes[0]}))
}

func judgeOwners(s *facts.Service, o assessments.Outcome) assessments.Outcome {
	if slices.ContainsFunc(s.ExternalAddresses, func(a snapshot.ExternalAddress) bool { return len(a.Nodes) == 0 }) {
		return o.Unknown("no node is known to own one of its external addresses")
	}
	owners := ownersOf(s)
	if len(owners) > 1 {
		return o.Pass()
	}
	return o.Fail(narrow("All its traffic from outside enters through one node, which owns the external address.",
		assessments.Evidence{What: "node that owns the address", Value: owners[0]},
		assessments.Evidence{What: "addresses in spec.externalIPs", Value: fmt.Sprint(len(s.ExternalAddresses))}))
}

func judgeLocal(s *facts.Service, o assessments.Outcome) assessments.Outcome {
	var nodes []string
	pods := 0
	for _, share := range s.ReadyEndpointNodes {
		if share.Name == "" {
			return o.Unknown("the nodes of its endpoints were not seen")
		}
		if share.Pods > 0 {
			nodes = append(nodes, share.Name)
			pods += share.Pods
		}
	}
	switch {
	case !s.EndpointsSeen:
		return o.Unknown("its endpoints were not seen")
	case len(nodes) == 0:
		return o.Unknown("none of its endpoints is ready")
	case len(nodes) > 1:
		return o.Pass()
	}
	return o.Fail(narrow("All its traffic from outside enters through one node: the policy is Local, and all ready pods are there.",
		assessments.Evidence{What: "externalTrafficPolicy", Value: "Local"},
		assessments.Evidence{What: "ready pods", Value: fmt.Sprintf("%s, all on %s", assessments.Counted(pods, "pod"), strings.Join(nodes, ", "))}))
}

func narrow(message string, seen ...assessments.Evidence) assessments.Failure {
	return assessments.Failure{
		Message: message, Evidence: seen,
		Expected: "traffic that enters through two nodes or more",
		Mend: assessments.Mend{Text: "Let several nodes take the traffic: a balancer in front, the address announced by BGP from several nodes, " +
			"or pods spread by topologySpreadConstraints over kubernetes.io/hostname where the policy is Local."},
	}
}
