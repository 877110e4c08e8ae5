package network_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/snapshot"
)

func TestWhenATableIsFull(t *testing.T) {
	for name, c := range map[string]struct {
		most, entries, rate, lifetime int64
		seconds                       int64
		fills                         bool
	}{
		"no size is known":                      {0, 0, 10, 10, 0, false},
		"no size is known, though some entries": {0, 5, 10, 10, 0, false},
		"full already":                          {10, 10, 0, 10, 0, true},
		"more than full":                        {10, 12, 0, 10, 0, true},
		"one entry is left":                     {10, 9, 1, 5, 1, true},
		"it holds exactly so many":              {100, 0, 10, 10, 0, false},
		"one more and it fills":                 {99, 0, 10, 10, 10, true},
		"the last second counts whole":          {91, 0, 10, 10, 10, true},
		"nothing arrives":                       {100, 99, 0, 10, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			seconds, fills := network.FullAfter(c.most, c.entries, c.rate, c.lifetime)
			require.Equal(t, c.fills, fills)
			require.Equal(t, c.seconds, seconds)
		})
	}
}

func TestTheTablesOfMachines(t *testing.T) {
	yes, none, one := true, int64(0), int64(1)
	cilium := snapshot.Network{Component: "cni", Name: "cilium", ReplacesKubeProxy: &yes}
	keys := func(perCore *int64) snapshot.Network {
		n := proxy()
		n.Conntrack = &snapshot.ConntrackSettings{MaxPerCore: perCore, Min: &one}
		return n
	}
	unset := snapshot.Network{Component: "kube-proxy", Name: "kube-proxy"}
	capacity := func(millicores, bytes int64) snapshot.Node {
		return snapshot.Node{Name: "a", Capacity: &snapshot.Amounts{CPUMillicores: millicores, MemoryBytes: bytes}}
	}
	counted := capacity(4000, 0)
	counted.CPUs = 16
	seen := func(count, most int64) snapshot.Node {
		n := capacity(8000, 1<<30)
		n.Conntrack = &snapshot.Conntrack{Count: count, Max: most, Source: "node"}
		return n
	}
	type table struct {
		most            int64
		origin          network.Origin
		formula, kernel int64
	}
	for name, c := range map[string]struct {
		records []snapshot.Record
		node    snapshot.Node
		want    table
	}{
		"nothing is known of the machine":                {[]snapshot.Record{proxy()}, snapshot.Node{Name: "a"}, table{0, network.OriginUnset, 0, 0}},
		"nor of kube-proxy":                              {nil, capacity(8000, 1<<30), table{0, network.OriginUnset, 262_144, 65_536}},
		"kube-proxy without keys of its own":             {[]snapshot.Record{unset}, capacity(8000, 0), table{262_144, network.FromProxy, 262_144, 0}},
		"a part of a core is none":                       {[]snapshot.Record{unset}, capacity(7999, 0), table{229_376, network.FromProxy, 229_376, 0}},
		"one core":                                       {[]snapshot.Record{unset}, capacity(1000, 0), table{131_072, network.FromProxy, 131_072, 0}},
		"processors as the node collector counted them":  {[]snapshot.Record{unset}, counted, table{524_288, network.FromProxy, 524_288, 0}},
		"one entry for each core":                        {[]snapshot.Record{keys(&one)}, capacity(4000, 1<<30), table{4, network.FromProxy, 131_072, 65_536}},
		"kube-proxy leaves the kernel alone":             {[]snapshot.Record{keys(&none)}, capacity(4000, 1<<30), table{65_536, network.FromKernel, 131_072, 65_536}},
		"and nothing is known of the memory":             {[]snapshot.Record{keys(&none)}, capacity(4000, 0), table{0, network.OriginUnset, 131_072, 0}},
		"a plugin in its place":                          {[]snapshot.Record{cilium, unset}, capacity(4000, 1<<30), table{65_536, network.FromKernel, 131_072, 65_536}},
		"a table that was read":                          {[]snapshot.Record{unset}, seen(10, 1000), table{1000, network.Seen, 262_144, 65_536}},
		"the smallest table that was read":               {[]snapshot.Record{unset}, seen(0, 1), table{1, network.Seen, 262_144, 65_536}},
		"a node collector that could not read the bound": {[]snapshot.Record{unset}, seen(10, 0), table{262_144, network.FromProxy, 262_144, 65_536}},
	} {
		t.Run(name, func(t *testing.T) {
			v := view(append(c.records, c.node)...)
			got := network.TableOf(v, v.Nodes[0])
			require.Equal(t, c.want, table{got.MaxEntries, got.MaxOrigin, got.FormulaMax, got.KernelMax})
			require.Equal(t, got.MaxOrigin == network.Seen, got.Entries != nil)
		})
	}
}

func TestLifetimesThatWereReadGoFirst(t *testing.T) {
	established, closeWait, timeWait, hour := int64(600), int64(30), int64(0), int64(3600)
	node := machine("a", 8, 32)
	node.Conntrack = &snapshot.Conntrack{TCPEstablishedSeconds: &established, TCPCloseWaitSeconds: &closeWait, TCPTimeWaitSeconds: &timeWait}
	p := proxy()
	p.Conntrack = &snapshot.ConntrackSettings{TCPCloseWaitSeconds: &hour}
	v := view(p, node, machine("b", 8, 32))
	require.Equal(t, network.Lifetimes{EstablishedSeconds: 600, EstablishedOrigin: network.Seen, CloseWaitSeconds: 30, CloseWaitOrigin: network.Seen,
		TimeWaitSeconds: 0, TimeWaitOrigin: network.Seen}, network.TableOf(v, v.Nodes[0]).Lifetimes)
	require.Equal(t, network.Lifetimes{EstablishedSeconds: 86_400, EstablishedOrigin: network.FromProxy, CloseWaitSeconds: 3600, CloseWaitOrigin: network.FromProxy,
		TimeWaitSeconds: 120, TimeWaitOrigin: network.FromKernel}, network.TableOf(v, v.Nodes[1]).Lifetimes)
}

// edge is a node whose table was read: how many it holds, and how long time-wait lasts.
func edge(name string, most, timeWait int64) snapshot.Node {
	return snapshot.Node{Name: name, Conntrack: &snapshot.Conntrack{Max: most, Source: "node", TCPTimeWaitSeconds: &timeWait}}
}

func entering(owners ...string) snapshot.Service {
	return snapshot.Service{Namespace: "edge", Name: "gateway", Type: "ClusterIP", ExternalAddresses: []snapshot.ExternalAddress{{Hash: "h", Nodes: owners}}}
}

func loadAt(peak int64, records ...snapshot.Record) network.Load {
	v := view(records...)
	v.PeakConnectionsPerSecond = &peak
	return *network.ConntrackOf(v).Load
}

func TestTheLoadOfAPeak(t *testing.T) {
	three := loadAt(100, edge("a", 9000, 120), edge("b", 6000, 60), edge("c", 6000, 90), edge("inner", 50_000, 120), entering("a", "b", "c"))
	require.EqualValues(t, 6000, three.LeastEntries, "100 a second, remembered for 60 s where that is shortest")
	require.EqualValues(t, 43_200_000, three.MostEntries, "for five days, without kube-proxy")
	require.EqualValues(t, 21_000, three.HoldEntries)
	require.EqualValues(t, 71_000, three.AllEntries)
	require.EqualValues(t, 150, *three.SpareSeconds, "15,000 entries of room, at 100 a second")
	require.Len(t, three.Nodes, 3)
	for _, n := range three.Nodes {
		require.EqualValues(t, 34, n.ArrivalsPerSecond, "a third of 100, rounded up")
	}
	require.Equal(t, "b", three.OneNode.Node, "the smallest table, the first of two")
	require.EqualValues(t, 60, *three.OneNode.States[2].FullAfter)

	for name, c := range map[string]struct {
		load      network.Load
		hold, all int64
		spare     any // seconds; nil: full without
	}{
		"room for just as many":                        {loadAt(1000, edge("a", 120_000, 120), entering("a")), 120_000, 120_000, int64(0)},
		"one entry too few":                            {loadAt(1000, edge("a", 119_999, 120), entering("a")), 119_999, 119_999, nil},
		"one connection a second":                      {loadAt(1, edge("a", 1000, 120), entering("a")), 1000, 1000, int64(880)},
		"no connection":                                {loadAt(0, edge("a", 1000, 120), entering("a")), 1000, 1000, nil},
		"the smallest table":                           {loadAt(1, edge("a", 1, 0), entering("a")), 1, 1, int64(1)},
		"an entry node whose table is not known":       {loadAt(1, edge("a", 0, 120), edge("b", 1000, 120), entering("a", "b")), 0, 0, nil},
		"another node whose table is not known":        {loadAt(1, edge("a", 1000, 120), edge("b", 0, 120), entering("a")), 1000, 0, int64(880)},
		"an entry node that is known, but not all are": {loadAt(1, edge("a", 1000, 120), edge("b", 500, 120), entering("a"), balanced("")), 0, 1500, nil},
		"no entry node":                                {loadAt(1, edge("a", 1000, 120)), 0, 1000, nil},
		"no node":                                      {loadAt(1), 0, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.hold, c.load.HoldEntries)
			require.Equal(t, c.all, c.load.AllEntries)
			if c.spare == nil {
				require.Nil(t, c.load.SpareSeconds)
				return
			}
			require.Equal(t, c.spare, *c.load.SpareSeconds)
		})
	}
	unknown := loadAt(1, edge("a", 0, 120), entering("a"))
	require.Len(t, unknown.Nodes, 1)
	require.Nil(t, unknown.OneNode, "of no node is a table known")
}

func TestServicesThatCostNoRulesAndThoseThatWereNotSeen(t *testing.T) {
	service := func(name string, change func(*snapshot.Service)) snapshot.Service {
		s := snapshot.Service{Namespace: "shop", Name: name, Type: "ClusterIP", EndpointsSeen: true, Ports: []snapshot.ServicePort{{Port: 80}, {Port: 443}},
			ReadyEndpointNodes: []snapshot.Share{{Name: "a", Pods: 2}, {Name: "b", Pods: 1}}}
		change(&s)
		return s
	}
	count := network.CountServiceRules(view(
		service("plain", func(*snapshot.Service) {}),
		service("headless", func(s *snapshot.Service) { s.Headless = true }),
		service("elsewhere", func(s *snapshot.Service) { s.Type = "ExternalName" }),
		service("unseen", func(s *snapshot.Service) { s.EndpointsSeen = false }),
		service("no-ranges", func(s *snapshot.Service) { s.Type, s.LoadBalancerAddresses = "LoadBalancer", 1 }),
		service("no-address", func(s *snapshot.Service) { s.Type, s.SourceRanges = "LoadBalancer", 1 }),
	).Services)
	require.Equal(t, network.ServiceRules{NATRules: 5 + 3*2*(3*3+2), FilterRules: 3, Services: 4, Ports: 6, ReadyEndpoints: 9, UnseenServices: 1}, count,
		"5 and 3 of its own, and for each of two ports 3 for each of three endpoints and 2")
}

func TestWhatTheForecastDoesNotKnow(t *testing.T) {
	require.Empty(t, network.Of(view()).Unseen)
	require.Equal(t, []string{"pods: not collected"}, network.Of(without("pods")).Unseen)
	require.Equal(t, []string{"only some namespaces were collected: services and pods of the others are not counted"}, network.Of(within([]string{"shop"})).Unseen)
}
