package networking

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

var bgpTopology = assessments.Rule{
	ID:          "networking/bgp-topology",
	SubjectKind: "cluster",
	Effort:      assessments.EffortProject,
	Judge:       func(v assessments.View) []assessments.Outcome { return []assessments.Outcome{judgeBGP(v)} },
	Text: assessments.Text{
		Title: "BGP peering has no bottleneck",
		What:  "How nodes tell each other and the routers outside their routes: the mesh between nodes, and the nodes that peer with the edge.",
		Why: "In a full mesh each node holds a session with every other: a hundred nodes are 4,950 sessions, and each change runs through all. " +
			"Where one node alone peers with the edge, all traffic from outside comes through it, and ends with it.",
		How: "Fails where every node peers with every other on more than 100 nodes, or where all peerings with routers outside are on one node " +
			"of several. Calico's full mesh is its default: it counts where Calico's pools route by BGP and no configuration turns the mesh off.\n\n" +
			"Not applicable: no BGP is configured; a plan. Unknown: files without a cluster; nodes, the plugin's configuration or a balancer's that could not " +
			"be read; peers whose node selector could not be resolved.",
		Evidence: "Nodes and sessions of the mesh, or the node that peers and the number of its peers.",
		Mend: "Beyond 100 nodes set up route reflectors and turn the mesh off (`nodeToNodeMeshEnabled: false` in BGPConfiguration default, after the " +
			"reflectors carry all routes). Let at least two nodes, in two racks or zones, peer with the edge.",
		Sources: []string{
			"Calico documentation, Configure BGP peering: https://docs.tigera.io/calico/latest/networking/configuring/bgp",
			"kOps documentation, Calico: full mesh up to 50 to 100 nodes",
			"The field report that Plimsoll starts from",
		},
		DoesNotCatch: "Whether the sessions are up, whether routers spread over equal routes, and peers that are configured on machines by hand.",
	},
}

func judgeBGP(v assessments.View) assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return answered
	}
	if reason, unseen := v.Unseen("nodes"); unseen {
		return o.Unknown(rules.Unread("nodes", reason))
	}
	configured, unresolved := false, false
	limit := reference.NetworkingFigures().Limits.BGPFullMeshNodes
	for _, n := range v.Networks {
		if n.BGP == nil {
			continue
		}
		configured = true
		if nodes := int64(len(v.Nodes)); n.BGP.FullMesh != nil && *n.BGP.FullMesh && limit.Deducts() && nodes > limit.Value {
			return o.Fail(meshTooLarge(n.Name, nodes, limit))
		}
		peering, known := network.PeeringNodes(v, n.BGP)
		switch {
		case !known:
			unresolved = true
		case len(peering) == 1 && len(v.Nodes) > 1:
			return o.Fail(assessments.Failure{
				Message: "One node alone peers with the routers outside: all traffic from there comes through it, and ends with it.",
				Evidence: []assessments.Evidence{
					{What: "node that peers", Value: peering[0]},
					{What: "peerings", Value: fmt.Sprintf("%d of %s, on a cluster of %d nodes", len(n.BGP.Peers), n.Name, len(v.Nodes))},
				},
				Expected: "peerings on two nodes or more",
				Mend:     assessments.Mend{Text: "Let at least two nodes in two racks or zones peer with the edge: widen the peer's node selector, or add a peer."},
			})
		}
	}
	for _, resource := range []string{"cni", "load-balancers"} {
		if reason, unseen := v.Unseen(resource); unseen {
			return o.Unknown(rules.Unread(resource, reason))
		}
	}
	switch {
	case unresolved:
		return o.Unknown("the nodes that a peer selects could not be resolved")
	case configured:
		return o.Pass()
	}
	return o.NotApplicable("no BGP is configured")
}

func meshTooLarge(name string, nodes int64, limit reference.Figure) assessments.Failure {
	return assessments.Failure{
		Message: fmt.Sprintf("Every node peers with every other, on %d nodes: each change of a route runs through %d sessions.", nodes, nodes*(nodes-1)/2),
		Evidence: []assessments.Evidence{
			{What: "mesh of", Value: name}, {What: "nodes", Value: fmt.Sprint(nodes)},
			{What: "good up to", Value: fmt.Sprintf("%d nodes (%s)", limit.Value, limit.Source)},
		},
		Expected: fmt.Sprintf("route reflectors beyond %d nodes", limit.Value),
		Mend: assessments.Mend{Text: "Set up route reflectors, then turn the mesh off: nodeToNodeMeshEnabled: false in the BGPConfiguration " +
			"default, once the reflectors carry all routes."},
	}
}
