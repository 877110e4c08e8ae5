package network_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

// without is a running cluster of these records, of which one resource was not collected.
func without(resource string, records ...snapshot.Record) assessments.View {
	head := snapshot.Header{Source: snapshot.SourceCluster, TakenAt: taken}
	for _, name := range snapshot.Resources {
		if name != resource {
			head.Scope.Collected = append(head.Scope.Collected, name)
		}
	}
	return assessments.View{Facts: facts.FromRecords(facts.Options{}, append([]snapshot.Record{head}, records...)...), AsOf: assessments.Day(taken)}
}

// within is a running cluster of these records, of which only some namespaces were collected.
func within(namespaces []string, records ...snapshot.Record) assessments.View {
	head := snapshot.Header{Source: snapshot.SourceCluster, TakenAt: taken, Scope: snapshot.Scope{Collected: snapshot.Resources, Namespaces: namespaces}}
	return assessments.View{Facts: facts.FromRecords(facts.Options{}, append([]snapshot.Record{head}, records...)...), AsOf: assessments.Day(taken)}
}

func named(names ...string) []snapshot.Record {
	var all []snapshot.Record
	for _, name := range names {
		all = append(all, snapshot.Node{Name: name})
	}
	return all
}

func on(nodes ...string) []snapshot.Share {
	var shares []snapshot.Share
	for _, name := range nodes {
		shares = append(shares, snapshot.Share{Name: name, Pods: 1})
	}
	return shares
}

// balanced is a service of a load balancer with one address.
func balanced(pool string) snapshot.Service {
	return snapshot.Service{Namespace: "shop", Name: "web", Type: "LoadBalancer", ExternalTrafficPolicy: "Cluster", LoadBalancerAddresses: 1, AddressPool: pool, EndpointsSeen: true}
}

func local(s snapshot.Service, nodes ...string) snapshot.Service {
	s.ExternalTrafficPolicy, s.ReadyEndpointNodes, s.EndpointsSeen = "Local", on(nodes...), true
	return s
}

func signed(s snapshot.Service, sign string) snapshot.Service {
	s.LoadBalancerSign = sign
	return s
}

func pools(names ...string) []snapshot.AddressPool {
	var all []snapshot.AddressPool
	for _, name := range names {
		all = append(all, snapshot.AddressPool{Name: name, CIDRs: []string{"192.0.2.0/28"}})
	}
	return all
}

func metallb(more ...snapshot.Announcement) snapshot.Network {
	return snapshot.Network{Component: "load-balancer", Name: "metallb", Pools: pools("public", "private"), Announcements: more}
}

func peered(n snapshot.Network, peers ...snapshot.BGPPeer) snapshot.Network {
	n.BGP = &snapshot.BGP{Peers: peers}
	return n
}

const (
	toPods    = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type=ip"
	toNodes   = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type=instance"
	toOneNode = "loadBalancerClass=io.cilium/l2-announcer"
)

// The cluster of every case has the nodes a, b and c.
func TestTheWayIn(t *testing.T) {
	layer2, bgp := snapshot.Announcement{Name: "l2", Mode: "layer2"}, snapshot.Announcement{Name: "bgp", Mode: "bgp"}
	only := func(a snapshot.Announcement, nodes ...string) snapshot.Announcement {
		a.Nodes = nodes
		return a
	}
	of := func(a snapshot.Announcement, pools ...string) snapshot.Announcement {
		a.Pools = pools
		return a
	}
	nodePort := snapshot.Service{Namespace: "shop", Name: "web", Type: "NodePort", ExternalTrafficPolicy: "Cluster", EndpointsSeen: true}
	owned := func(owners ...[]string) snapshot.Service {
		s := snapshot.Service{Namespace: "shop", Name: "web", Type: "ClusterIP", ExternalTrafficPolicy: "Cluster"}
		for _, nodes := range owners {
			s.ExternalAddresses = append(s.ExternalAddresses, snapshot.ExternalAddress{Hash: "h", Nodes: nodes})
		}
		return s
	}
	pending := balanced("public")
	pending.LoadBalancerAddresses = 0
	unseen := local(nodePort)
	unseen.EndpointsSeen = false
	managed := true
	const cantBeSeen = "how its balancer's traffic enters can't be seen"
	for name, c := range map[string]struct {
		service snapshot.Service
		more    []snapshot.Record
		way     network.Way
		nodes   []string
		why     string
	}{
		"a port of the nodes is on all of them":                  {nodePort, nil, network.AnyNode, []string{"a", "b", "c"}, ""},
		"with policy Local it is where pods are":                 {local(nodePort, "c", "b"), nil, network.ByPods, []string{"b", "c"}, ""},
		"pods on a node that nobody names":                       {local(nodePort, "b", ""), nil, network.ByPods, []string{"b"}, "the nodes of its endpoints were not seen"},
		"no pod is ready":                                        {local(nodePort), nil, network.ByPods, nil, "none of its endpoints is ready"},
		"endpoints were not seen":                                {unseen, nil, network.ByPods, nil, "its endpoints were not seen"},
		"an address of its own comes in where it is owned":       {owned([]string{"b"}, []string{"a", "b"}), nil, network.ByOwner, []string{"a", "b"}, ""},
		"an address that nobody owns":                            {owned([]string{"b"}, nil), nil, network.ByOwner, []string{"b"}, "no node is known to own one of its external addresses"},
		"a balancer that nothing tells of":                       {balanced(""), nil, network.AnyNode, nil, cantBeSeen},
		"a sign that nobody knows":                               {signed(balanced(""), "example.com/mode=fast"), nil, network.AnyNode, nil, cantBeSeen},
		"with Local it reaches pods' nodes, whatever balances":   {local(balanced(""), "a"), nil, network.ByPods, []string{"a"}, ""},
		"a balancer that addresses pods":                         {signed(local(balanced(""), "c"), toPods), nil, network.ByPods, []string{"c"}, ""},
		"a balancer that sends to nodes":                         {signed(balanced(""), toNodes), nil, network.AnyNode, []string{"a", "b", "c"}, ""},
		"a balancer that elects one node":                        {signed(balanced(""), toOneNode), nil, network.ByLayer2, []string{"a", "b", "c"}, ""},
		"a balancer's sign on a service without one":             {signed(nodePort, toOneNode), nil, network.AnyNode, []string{"a", "b", "c"}, ""},
		"announced by one elected node":                          {balanced(""), []snapshot.Record{metallb(layer2)}, network.ByLayer2, []string{"a", "b", "c"}, ""},
		"announced by some nodes":                                {balanced(""), []snapshot.Record{metallb(only(layer2, "c", "a"), only(layer2, "a"))}, network.ByLayer2, []string{"a", "c"}, ""},
		"announced to routers":                                   {balanced(""), []snapshot.Record{metallb(bgp)}, network.ByBGP, []string{"a", "b", "c"}, ""},
		"announced to routers by one node":                       {balanced(""), []snapshot.Record{metallb(only(bgp, "b"))}, network.ByBGP, []string{"b"}, ""},
		"only nodes with a peer announce":                        {balanced(""), []snapshot.Record{peered(metallb(bgp), snapshot.BGPPeer{Name: "tor", Nodes: []string{"c", "b"}})}, network.ByBGP, []string{"b", "c"}, ""},
		"one peer of all nodes":                                  {balanced(""), []snapshot.Record{peered(metallb(bgp), snapshot.BGPPeer{Name: "x", Nodes: []string{"b"}}, snapshot.BGPPeer{Name: "y", AllNodes: true})}, network.ByBGP, []string{"a", "b", "c"}, ""},
		"peers of nodes that a selector hides":                   {balanced(""), []snapshot.Record{peered(metallb(bgp), snapshot.BGPPeer{Name: "x", Selector: true})}, network.ByBGP, []string{"a", "b", "c"}, ""},
		"a selector that was resolved to one node":               {balanced(""), []snapshot.Record{peered(metallb(bgp), snapshot.BGPPeer{Name: "x", Selector: true, Nodes: []string{"a"}})}, network.ByBGP, []string{"a"}, ""},
		"a peer of no node at all":                               {balanced("public"), []snapshot.Record{peered(metallb(bgp, layer2), snapshot.BGPPeer{Name: "x"})}, network.ByLayer2, []string{"a", "b", "c"}, ""},
		"BGP without a peer is taken at its word":                {balanced(""), []snapshot.Record{peered(metallb(bgp))}, network.ByBGP, []string{"a", "b", "c"}, ""},
		"both ways for its pool: routers spread":                 {balanced("public"), []snapshot.Record{metallb(layer2, only(bgp, "a", "b"))}, network.ByBGP, []string{"a", "b"}, ""},
		"both ways and no pool named":                            {balanced(""), []snapshot.Record{metallb(layer2, bgp)}, network.AnyNode, nil, cantBeSeen},
		"announced for its pool":                                 {balanced("public"), []snapshot.Record{metallb(of(layer2, "public"), of(only(bgp, "a"), "private"))}, network.ByLayer2, []string{"a", "b", "c"}, ""},
		"announced for another pool":                             {balanced("public"), []snapshot.Record{metallb(of(layer2, "private"))}, network.AnyNode, nil, cantBeSeen},
		"no pool named: all of one balancer's announcements":     {balanced(""), []snapshot.Record{metallb(of(only(layer2, "a"), "public"), of(only(layer2, "b"), "private"))}, network.ByLayer2, []string{"a", "b"}, ""},
		"nothing is announced":                                   {balanced("public"), []snapshot.Record{metallb()}, network.AnyNode, nil, cantBeSeen},
		"no address yet":                                         {pending, []snapshot.Record{metallb(layer2)}, network.AnyNode, nil, cantBeSeen},
		"a pool that no balancer has":                            {balanced("elsewhere"), []snapshot.Record{metallb(layer2)}, network.AnyNode, nil, cantBeSeen},
		"a pool of one balancer of two":                          {balanced("public"), []snapshot.Record{metallb(only(layer2, "b")), snapshot.Network{Component: "load-balancer", Name: "kube-vip", Pools: pools("vip")}}, network.ByLayer2, []string{"b"}, ""},
		"two balancers and no pool named":                        {balanced(""), []snapshot.Record{metallb(layer2), snapshot.Network{Component: "load-balancer", Name: "kube-vip", Announcements: []snapshot.Announcement{layer2}}}, network.AnyNode, nil, cantBeSeen},
		"a plugin is no balancer":                                {balanced(""), []snapshot.Record{metallb(only(bgp, "a")), snapshot.Network{Component: "cni", Name: "calico", Announcements: []snapshot.Announcement{bgp}}}, network.ByBGP, []string{"a"}, ""},
		"a provider may balance too":                             {balanced(""), []snapshot.Record{metallb(layer2), snapshot.Node{Name: "d", ProviderScheme: "aws"}}, network.AnyNode, nil, cantBeSeen},
		"a provider's node, but the pool tells":                  {balanced("public"), []snapshot.Record{metallb(only(layer2, "d")), snapshot.Node{Name: "d", ProviderScheme: "aws"}}, network.ByLayer2, []string{"d"}, ""},
		"in a managed cluster":                                   {balanced(""), []snapshot.Record{metallb(layer2), snapshot.Cluster{UID: "c", Managed: &managed}}, network.AnyNode, nil, cantBeSeen},
		"in a cluster of whose management nothing is known":      {balanced(""), []snapshot.Record{metallb(only(layer2, "a")), snapshot.Cluster{UID: "c"}}, network.ByLayer2, []string{"a"}, ""},
		"announced with Local: where pods are":                   {local(balanced(""), "b", "c"), []snapshot.Record{metallb(only(bgp, "a", "b"))}, network.ByBGP, []string{"b"}, ""},
		"announced with Local, and nobody knows where pods are":  {local(balanced("")), []snapshot.Record{metallb(only(bgp, "a", "b"))}, network.ByBGP, []string{"a", "b"}, "none of its endpoints is ready"},
		"announced with Local where no pod is: pods' nodes tell": {local(balanced(""), "c"), []snapshot.Record{metallb(only(bgp, "a"))}, network.ByPods, []string{"c"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := view(append(append(named("a", "b", "c"), c.service), c.more...)...)
			entry, takes := network.EntryOf(v, v.Services[0])
			require.True(t, takes)
			require.Equal(t, c.way, entry.Way)
			require.Equal(t, c.why, entry.Why)
			require.ElementsMatch(t, c.nodes, entry.Nodes)
			require.IsNonDecreasing(t, append([]string{""}, entry.Nodes...))
		})
	}
	v := view(snapshot.Service{Namespace: "shop", Name: "inner", Type: "ClusterIP"})
	_, takes := network.EntryOf(v, v.Services[0])
	require.False(t, takes)
}

func TestTheNodesThatTakeTraffic(t *testing.T) {
	inner := snapshot.Service{Namespace: "shop", Name: "inner", Type: "ClusterIP"}
	first, second := balanced(""), balanced("")
	first.Name, second.Name = "first", "second"
	behind := local(snapshot.Service{Namespace: "shop", Name: "local", Type: "NodePort"}, "b")
	everywhere := snapshot.Service{Namespace: "shop", Name: "port", Type: "NodePort", ExternalTrafficPolicy: "Cluster"}
	for name, c := range map[string]struct {
		nodes    []string
		services []snapshot.Record
		entry    []string
		why      string
	}{
		"none takes any":                      {[]string{"a", "b"}, []snapshot.Record{inner}, nil, "no service takes traffic from outside; what enters by pods on the host's network is not seen"},
		"one takes it on one node":            {[]string{"a", "b"}, []snapshot.Record{inner, behind}, []string{"b"}, ""},
		"what is not known is told once":      {[]string{"a", "b"}, []snapshot.Record{first, behind, second}, []string{"b"}, "shop/first: how its balancer's traffic enters can't be seen"},
		"all nodes take some, that is enough": {[]string{"a", "b"}, []snapshot.Record{first, everywhere}, []string{"a", "b"}, ""},
		"so does a single one":                {[]string{"a"}, []snapshot.Record{first, everywhere}, []string{"a"}, ""},
		"of no nodes none is all":             {nil, []snapshot.Record{first}, nil, "shop/first: how its balancer's traffic enters can't be seen"},
	} {
		t.Run(name, func(t *testing.T) {
			entry, why := network.EntryNodes(view(append(named(c.nodes...), c.services...)...))
			require.Equal(t, c.why, why)
			require.ElementsMatch(t, c.entry, entry)
		})
	}
}

func TestTheNodesThatPeerWithARouter(t *testing.T) {
	v := view(named("a", "b")...)
	all, known := network.PeeringNodes(v, &snapshot.BGP{Peers: []snapshot.BGPPeer{{Name: "x", AllNodes: true}}})
	require.True(t, known)
	require.Equal(t, []string{"a", "b"}, all)
	_, known = network.PeeringNodes(v, &snapshot.BGP{Peers: []snapshot.BGPPeer{{Name: "x", Nodes: []string{"a"}}, {Name: "y", Selector: true}}})
	require.False(t, known, "of one peer the nodes are not known")
}
