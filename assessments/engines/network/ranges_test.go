package network_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/snapshot"
)

func flannel(more ...snapshot.AddressPool) snapshot.Network {
	return snapshot.Network{Component: "cni", Name: "flannel", AddressMode: "node-ranges", Pools: more}
}

func cluster(pods ...string) snapshot.Cluster {
	return snapshot.Cluster{UID: "c", ServerVersion: "v1.36.1", PodCIDRs: pods}
}

func holding(name string, ranges ...string) snapshot.Node {
	return snapshot.Node{Name: name, PodCIDRs: ranges}
}

// rangeOf is what a test says of a range: its ranges, their parts, how many fit and how many are there.
type rangeOf struct {
	cidrs      []string
	bits       int
	size, used int64
}

func said(ranges []network.Range) []rangeOf {
	var all []rangeOf
	for _, r := range ranges {
		one := rangeOf{r.CIDRs, r.PartBits, r.Size, -1}
		if r.Known() {
			one.used = *r.Used
		}
		all = append(all, one)
	}
	return all
}

func TestRangesOfWhichEachNodeTakesAPart(t *testing.T) {
	masked := cluster("10.0.0.0/16", "fd00::/48")
	masked.NodeMaskBits = 24
	own := flannel(snapshot.AddressPool{Name: "p", CIDRs: []string{"10.0.0.0/20", "fd00::/104"}})
	own.NodeMaskBits = 24
	unknown := flannel(snapshot.AddressPool{Name: "p", CIDRs: []string{"10.0.0.0/20"}})
	for name, c := range map[string]struct {
		records []snapshot.Record
		want    []rangeOf
	}{
		"of both families, IPv4 first": {[]snapshot.Record{cluster("fd00::/56", "10.0.0.0/16"), holding("a", "fd00::/64", "10.0.1.0/24"), holding("b", "10.0.2.0/24", "fd00:0:0:1::/64")},
			[]rangeOf{{[]string{"10.0.0.0/16"}, 24, 256, 2}, {[]string{"fd00::/56"}, 64, 256, 2}}},
		"a configured mask, before any node holds a part": {[]snapshot.Record{masked, holding("a")}, []rangeOf{{[]string{"10.0.0.0/16"}, 24, 256, 0}}},
		"what nodes hold goes before the mask":            {[]snapshot.Record{masked, holding("a", "10.0.4.0/22")}, []rangeOf{{[]string{"10.0.0.0/16"}, 22, 64, 1}}},
		"the smallest part tells how many fit":            {[]snapshot.Record{cluster("10.0.0.0/16"), holding("a", "10.0.4.0/22"), holding("b", "10.0.9.0/25")}, []rangeOf{{[]string{"10.0.0.0/16"}, 25, 512, 2}}},
		"one node may take the whole":                     {[]snapshot.Record{cluster("10.0.0.0/24"), holding("a", "10.0.0.0/24")}, []rangeOf{{[]string{"10.0.0.0/24"}, 24, 1, 1}}},
		"a part that lies elsewhere is none":              {[]snapshot.Record{cluster("10.0.0.0/16"), holding("a", "10.0.1.0/24"), holding("b", "10.9.0.0/26")}, []rangeOf{{[]string{"10.0.0.0/16"}, 24, 256, 1}}},
		"a part that is wider than the whole is none":     {[]snapshot.Record{cluster("10.0.0.0/16"), holding("a", "10.0.1.0/24"), holding("b", "10.0.0.0/8")}, []rangeOf{{[]string{"10.0.0.0/16"}, 24, 256, 1}}},
		"several ranges add up":                           {[]snapshot.Record{cluster("10.0.0.0/20", "10.1.0.0/20"), holding("a", "10.0.1.0/24"), holding("b", "10.1.1.0/24")}, []rangeOf{{[]string{"10.0.0.0/20", "10.1.0.0/20"}, 24, 32, 2}}},
		"a range of whose parts nothing is known":         {[]snapshot.Record{cluster("10.0.0.0/20", "10.1.0.0/20"), holding("a", "10.0.1.0/24")}, []rangeOf{{[]string{"10.0.0.0/20"}, 24, 16, 1}}},
		"a mask that is wider than the range":             {[]snapshot.Record{snapshot.Cluster{UID: "c", PodCIDRs: []string{"10.0.0.0/16"}, NodeMaskBits: 12}}, []rangeOf{{nil, 0, 0, -1}}},
		"no record of the cluster":                        {[]snapshot.Record{holding("a", "10.0.1.0/24")}, []rangeOf{{nil, 0, 0, -1}}},
		"a plugin without ranges of its own":              {[]snapshot.Record{flannel(), cluster("10.0.0.0/16"), holding("a", "10.0.1.0/24")}, []rangeOf{{[]string{"10.0.0.0/16"}, 24, 256, 1}}},
		"a plugin with its own: every node has a part":    {[]snapshot.Record{own, cluster("10.9.0.0/16"), holding("a", "10.9.1.0/24"), holding("b")}, []rangeOf{{[]string{"10.0.0.0/20"}, 24, 16, 2}}},
		"a plugin that does not say how large parts are":  {[]snapshot.Record{unknown, holding("a", "10.0.1.0/24")}, []rangeOf{{nil, 0, 0, -1}}},
		"a plugin of whose mode only hearsay tells":       {[]snapshot.Record{snapshot.Network{Component: "cni", Name: "azure-cni"}, cluster("10.0.0.0/16"), holding("a", "10.0.1.0/24")}, []rangeOf{{[]string{"10.0.0.0/16"}, 24, 256, 1}}},
		"a plugin that nobody knows":                      {[]snapshot.Record{snapshot.Network{Component: "cni", Name: "new-cni"}, cluster("10.0.0.0/16"), holding("a", "10.0.1.0/24")}, []rangeOf{{[]string{"10.0.0.0/16"}, 24, 256, 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, said(network.PodRanges(view(c.records...))))
		})
	}
	require.Equal(t, "the collector could not read nodes (not collected)", network.PodRanges(without("nodes", cluster("10.0.0.0/16")))[0].Why)
}

func TestPoolsOfPods(t *testing.T) {
	calico := snapshot.Network{Component: "cni", Name: "calico", Pools: []snapshot.AddressPool{{Name: "default", CIDRs: []string{"10.0.0.0/24", "fd00::/64"}}}}
	pods := []snapshot.Record{
		calico,
		snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web"},
		snapshot.WorkloadPods{WorkloadKind: "Deployment", Namespace: "shop", Name: "web", Total: 107, Phases: map[string]int{"Running": 100, "Succeeded": 4, "Failed": 3}},
		snapshot.Workload{Kind: "DaemonSet", Namespace: "shop", Name: "agent", HostNetwork: true},
		snapshot.WorkloadPods{WorkloadKind: "DaemonSet", Namespace: "shop", Name: "agent", Total: 43, Phases: map[string]int{"Running": 43}},
		snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "scaled-to-nothing"},
	}
	v := view(pods...)
	v.History = []assessments.Earlier{{TakenAt: taken.AddDate(0, 0, -30), Pods: 120}}
	r := network.PodRanges(v)[0]
	require.Equal(t, []rangeOf{{[]string{"10.0.0.0/24"}, 0, 256, 100}}, said([]network.Range{r}))
	require.EqualValues(t, 30_000, r.Growth.PerMile, "from 120 pods to 150, of any kind, in thirty days")
	require.EqualValues(t, 156, *r.Growth.DaysLeft, "256 addresses, 100 of them taken, and one more each day")

	require.Equal(t, "the plugin's pools were not seen (not collected)", network.PodRanges(without("cni", snapshot.Network{Component: "cni", Name: "calico"}))[0].Why)
	require.True(t, network.PodRanges(without("cni", pods...))[0].Known(), "some were seen all the same")
	for why, r := range map[string]network.Range{
		"the collector could not read pods (not collected)": network.PodRanges(without("pods", pods...))[0],
		"only some namespaces were collected":               network.PodRanges(within([]string{"shop"}, pods...))[0],
	} {
		require.Equal(t, why, r.Why)
		require.False(t, r.Known())
		require.EqualValues(t, 256, r.Size)
	}
}

func TestTheRangeOfServices(t *testing.T) {
	service := func(name string, addresses int) snapshot.Service {
		return snapshot.Service{Namespace: "shop", Name: name, Type: "ClusterIP", ClusterAddresses: &addresses}
	}
	at := func(v assessments.View, cidrs ...string) assessments.View {
		v.History = []assessments.Earlier{{TakenAt: taken.AddDate(0, 0, -30), ServiceAddresses: 1}}
		v.Cluster.ServiceCIDRs = cidrs
		return v
	}
	cluster := snapshot.Cluster{UID: "c"}
	one := at(view(cluster, service("a", 1), service("b", 1)), "10.96.0.0/28")
	require.EqualValues(t, 420, *network.ServiceRange(one).Growth.DaysLeft, "fourteen left, and one more in thirty days")
	both := network.ServiceRange(at(view(cluster, service("a", 2), service("b", 1)), "fd00::/120", "10.96.0.0/28"))
	require.Equal(t, []rangeOf{{[]string{"10.96.0.0/28"}, 0, 16, 2}}, said([]network.Range{both}), "IPv4, wherever it stands")
	require.Equal(t, network.Growth{Why: "earlier snapshots count the addresses of both families together"}, both.Growth)
	require.Equal(t, []rangeOf{{[]string{"fd00::/120"}, 0, 256, 1}}, said([]network.Range{network.ServiceRange(at(view(cluster, service("a", 1)), "fd00::/120"))}))

	for why, v := range map[string]assessments.View{
		"the range of services was not seen":                    view(service("a", 1)),
		"the collector could not read services (not collected)": at(without("services", cluster), "10.96.0.0/28"),
		"only some namespaces were collected":                   at(within([]string{"shop"}, cluster), "10.96.0.0/28"),
	} {
		r := network.ServiceRange(v)
		require.Equal(t, why, r.Why)
		require.False(t, r.Known())
	}
}

func TestPoolsAndWhatTakesOfThem(t *testing.T) {
	ten, three := int64(10), int64(3)
	counted, told := snapshot.AddressPool{Name: "counted", Addresses: &ten}, snapshot.AddressPool{Name: "told", Addresses: &ten, Used: &three}
	balancer := func(pools ...snapshot.AddressPool) snapshot.Network {
		return snapshot.Network{Component: "load-balancer", Name: "metallb", Pools: pools}
	}
	calico := func(pools ...snapshot.AddressPool) snapshot.Network {
		return snapshot.Network{Component: "cni", Name: "calico", Pools: pools}
	}
	pending := balanced("")
	pending.LoadBalancerAddresses = 0
	two := balanced("counted")
	two.LoadBalancerAddresses = 2
	for name, c := range map[string]struct {
		view assessments.View
		used []int64 // -1: not known
		why  string  // of the first
	}{
		"what the pool says itself":                     {view(balancer(told), balanced("told")), []int64{3}, ""},
		"a plugin's pool that says nothing":             {view(calico(counted)), []int64{-1}, "the plugin does not say how much of the pool is used"},
		"a plugin's pool that does":                     {view(calico(told)), []int64{3}, ""},
		"services name their pool":                      {view(balancer(counted), two, balanced("elsewhere")), []int64{2}, ""},
		"one pool alone, and a plugin's beside it":      {view(balancer(counted), calico(told), balanced("")), []int64{3, 1}, ""},
		"two balancers may both be meant":               {view(balancer(counted), snapshot.Network{Component: "load-balancer", Name: "kube-vip", Pools: []snapshot.AddressPool{told}}, balanced("")), []int64{3, -1}, ""},
		"a provider's balancer may be meant":            {view(balancer(counted), balanced(""), snapshot.Node{Name: "a", ProviderScheme: "aws"}), []int64{-1}, "a service does not say which pool its address comes from"},
		"a service that has no address yet takes none":  {view(balancer(counted, told), pending), []int64{0, 3}, ""},
		"services were not read":                        {without("services", balancer(counted)), []int64{-1}, "the collector could not read services (not collected)"},
		"services of some namespaces alone":             {within([]string{"shop"}, balancer(counted), balanced("counted")), []int64{-1}, "only some namespaces were collected"},
		"addresses that can't be counted":               {view(balancer(snapshot.AddressPool{Name: "spans"}), balanced("spans")), []int64{-1}, "how many addresses the pool holds can't be counted"},
		"by component, then by name, as they are shown": {view(balancer(told, counted), calico(told), balanced("counted")), []int64{3, 1, 3}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			pools := network.Pools(c.view)
			var used []int64
			for _, one := range said(pools) {
				used = append(used, one.used)
			}
			require.Equal(t, c.used, used)
			require.Equal(t, c.why, pools[0].Why)
		})
	}
}

func TestTheAddressesOfANode(t *testing.T) {
	for want, ranges := range map[int64][]string{0: nil, 256: {"10.0.0.0/24"}, 16: {"fd00::/64", "10.0.0.0/28"}, 128: {"10.0.0.0/25", "fd00::/64"}} {
		require.Equal(t, want, network.NodeAddresses(view(holding("a", ranges...)).Nodes[0]))
	}
}

func TestHistoryCountsWhereItWasCountedAndBefore(t *testing.T) {
	v := view()
	at := func(days, nodes int) assessments.Earlier {
		return assessments.Earlier{TakenAt: taken.AddDate(0, 0, days), NodeRanges: nodes}
	}
	v.History = []assessments.Earlier{at(-30, 1), at(-20, 0), at(-10, 2), at(0, 5), at(3, 7)}
	require.Equal(t, []network.Point{{At: taken.AddDate(0, 0, -30), Count: 1}, {At: taken.AddDate(0, 0, -10), Count: 2}, {At: taken, Count: 4}},
		network.Points(v, func(e assessments.Earlier) int { return e.NodeRanges }, 4))
}

func TestGrowthBeyondAnyFigureIsClamped(t *testing.T) {
	week := func(from, to int64) network.Growth {
		return network.Fit([]network.Point{{At: taken.Add(-7 * 24 * time.Hour), Count: from}, {At: taken, Count: to}}, 1<<62)
	}
	require.EqualValues(t, int64(1<<63-1), week(0, 1<<61).PerMile)
	require.EqualValues(t, -int64(1<<63-1), week(1<<61, 0).PerMile)
	require.EqualValues(t, int64(1<<63-1), *network.Percent(1<<62, 1))
	require.EqualValues(t, 100, *network.Percent(1, 1))
	require.Nil(t, network.Percent(1, 0))
}
