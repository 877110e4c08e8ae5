package network_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

var taken = time.Date(2026, time.November, 22, 9, 0, 0, 0, time.UTC)

// view is a running cluster of these records, of which everything was collected.
func view(records ...snapshot.Record) assessments.View {
	head := snapshot.Header{Source: snapshot.SourceCluster, TakenAt: taken, Scope: snapshot.Scope{Collected: snapshot.Resources}}
	return assessments.View{Facts: facts.FromRecords(facts.Options{}, append([]snapshot.Record{head}, records...)...), AsOf: assessments.Day(taken)}
}

func proxy() snapshot.Network {
	return snapshot.Network{Component: "kube-proxy", Name: "kube-proxy", ModeKnown: true, Conntrack: &snapshot.ConntrackSettings{}}
}

func machine(name string, cores, memoryGiB int64) snapshot.Node {
	return snapshot.Node{Name: name, Capacity: &snapshot.Amounts{CPUMillicores: cores * 1000, MemoryBytes: memoryGiB << 30}}
}

func TestTheFieldReportsTable(t *testing.T) {
	node := machine("edge", 8, 32)
	node.Conntrack = &snapshot.Conntrack{Count: 167_012, Max: 262_144, Source: "node"}
	v := view(proxy(), node)
	table := network.TableOf(v, v.Nodes[0])
	require.EqualValues(t, 63, *table.UsePercent)
	require.Equal(t, network.Seen, table.MaxOrigin)
	require.EqualValues(t, 262_144, table.FormulaMax, "eight cores")

	after, fills := network.FullAfter(262_144, 167_012, 1000, table.Lifetimes.TimeWaitSeconds)
	require.True(t, fills)
	require.EqualValues(t, 96, after, "95,132 entries are left, at 1,000 a second")
	_, fills = network.FullAfter(262_144, 167_012, 792, table.Lifetimes.TimeWaitSeconds)
	require.False(t, fills, "792 a second are remembered as 95,040 entries for 120 s, and leave as fast as they come")
	_, fills = network.FullAfter(262_144, 167_012, 793, table.Lifetimes.TimeWaitSeconds)
	require.True(t, fills)
}

// The report's way out: the address announced from several nodes, so that their tables add up.
func TestTheFieldReportsWayOut(t *testing.T) {
	service := func(owners ...string) snapshot.Service {
		return snapshot.Service{Namespace: "edge", Name: "gateway", Type: "ClusterIP", ExternalTrafficPolicy: "Cluster",
			ExternalAddresses: []snapshot.ExternalAddress{{Hash: "h", Nodes: owners}}}
	}
	peak := int64(3000)
	load := func(s snapshot.Service) network.Load {
		v := view(proxy(), machine("a", 8, 32), machine("b", 8, 32), s)
		v.PeakConnectionsPerSecond = &peak
		return *network.Of(v).Conntrack.Load
	}
	one := load(service("a"))
	require.EqualValues(t, 360_000, one.LeastEntries)
	require.EqualValues(t, 262_144, one.HoldEntries)
	require.Nil(t, one.SpareSeconds, "it is full without a connection that stays open")
	require.EqualValues(t, 88, *one.Nodes[0].States[0].FullAfter)

	two := load(service("a", "b"))
	require.EqualValues(t, 524_288, two.HoldEntries)
	require.EqualValues(t, 54, *two.SpareSeconds, "(524,288 - 360,000) / 3,000")
	require.EqualValues(t, 1500, two.Nodes[0].ArrivalsPerSecond)
	require.Nil(t, two.Nodes[0].States[0].FullAfter)
	require.NotNil(t, two.Nodes[0].States[2].FullAfter, "connections that nobody closes fill it all the same")
	require.EqualValues(t, 3000, two.OneNode.ArrivalsPerSecond)
}

// Trap 14 of the reference, its part on conntrack.
func TestTrap14KubeProxyRaisesCloseWaitLowersEstablishedAndGivesSmallNodesOneSize(t *testing.T) {
	for cores, most := range map[int64]int64{1: 131_072, 2: 131_072, 4: 131_072, 8: 262_144, 16: 524_288, 32: 1_048_576, 64: 2_097_152} {
		v := view(proxy(), machine("a", cores, 16))
		table := network.TableOf(v, v.Nodes[0])
		require.Equal(t, most, table.MaxEntries, "%d cores", cores)
		require.Equal(t, network.FromProxy, table.MaxOrigin)
	}
	v := view(proxy(), machine("a", 4, 16))
	with := network.TableOf(v, v.Nodes[0]).Lifetimes
	require.EqualValues(t, 24*3600, with.EstablishedSeconds)
	require.EqualValues(t, 3600, with.CloseWaitSeconds)
	require.EqualValues(t, 120, with.TimeWaitSeconds)

	yes := true
	v = view(proxy(), snapshot.Network{Component: "cni", Name: "cilium", ReplacesKubeProxy: &yes}, machine("a", 4, 16))
	without := network.TableOf(v, v.Nodes[0])
	require.EqualValues(t, 5*24*3600, without.Lifetimes.EstablishedSeconds)
	require.EqualValues(t, 60, without.Lifetimes.CloseWaitSeconds)
	require.Equal(t, network.FromKernel, without.MaxOrigin)
	require.EqualValues(t, 262_144, without.MaxEntries)
}

func TestKubeProxysOwnKeysGoBeforeItsDefaults(t *testing.T) {
	settings := func(perCore, least, established int64) snapshot.Network {
		n := proxy()
		n.Conntrack = &snapshot.ConntrackSettings{MaxPerCore: &perCore, Min: &least, TCPEstablishedSeconds: &established}
		return n
	}
	table := func(n snapshot.Network) network.Table {
		v := view(n, machine("a", 4, 2))
		return network.TableOf(v, v.Nodes[0])
	}
	big := table(settings(100_000, 1, 7200))
	require.EqualValues(t, 400_000, big.MaxEntries)
	require.EqualValues(t, 400_000, big.FormulaMax)
	require.EqualValues(t, 7200, big.Lifetimes.EstablishedSeconds)

	small := table(settings(1000, 1, 0))
	require.EqualValues(t, 4000, small.MaxEntries)
	require.EqualValues(t, 131_072, small.FormulaMax, "the yardstick stays at the default formula")
	require.EqualValues(t, 432_000, small.Lifetimes.EstablishedSeconds, "zero leaves the kernel's own")

	alone := table(settings(0, 131_072, 86_400))
	require.Equal(t, network.FromKernel, alone.MaxOrigin, "with maxPerCore 0 the least is ignored too")
	require.EqualValues(t, 131_072, alone.MaxEntries, "2 GiB of memory, one bucket for 16 KiB")
}

func TestOfNothingNothingIsSaid(t *testing.T) {
	require.NotEmpty(t, network.Of(assessments.View{}).Unseen)
	v := view(machine("a", 0, 0))
	table := network.TableOf(v, v.Nodes[0])
	require.Zero(t, table.MaxEntries)
	require.Equal(t, network.OriginUnset, table.MaxOrigin)
	text, err := json.Marshal(network.Of(v))
	require.NoError(t, err)
	require.Contains(t, string(text), `"addresses":[{`)
}

// The counts of kubernetes/kubernetes pkg/proxy/iptables/number_generated_rules_test.go @0d173114.
func TestTheUpstreamCasesOfTheIPTablesFormula(t *testing.T) {
	for _, c := range []struct {
		services, endpoints int
		balanced            bool
		filter, nat         int64
	}{
		{0, 0, false, 3, 5}, {1, 0, false, 4, 5}, {1, 1, false, 3, 10}, {1, 2, false, 3, 13}, {1, 10, false, 3, 37},
		{10, 0, false, 13, 5}, {10, 1, false, 3, 55}, {10, 2, false, 3, 85}, {10, 10, false, 3, 325},
		{0, 0, true, 3, 5}, {1, 0, true, 7, 5}, {1, 1, true, 4, 16}, {1, 2, true, 4, 19}, {1, 10, true, 4, 43},
		{10, 0, true, 43, 5}, {10, 1, true, 13, 115}, {10, 2, true, 13, 145}, {10, 10, true, 13, 385},
	} {
		t.Run(fmt.Sprintf("%d services, %d endpoints, balanced %v", c.services, c.endpoints, c.balanced), func(t *testing.T) {
			var records []snapshot.Record
			for i := range c.services {
				s := snapshot.Service{Namespace: "namespace", Name: fmt.Sprint(i), Type: "ClusterIP", EndpointsSeen: true, Ports: []snapshot.ServicePort{{Port: 80}}}
				if c.endpoints > 0 {
					s.ReadyEndpointNodes = []snapshot.Share{{Name: "a", Pods: c.endpoints}}
				}
				if c.balanced {
					s.Type, s.LoadBalancerAddresses, s.SourceRanges = "LoadBalancer", 1, 1
				}
				records = append(records, s)
			}
			count := network.CountServiceRules(view(records...).Services)
			require.Equal(t, c.nat, count.NATRules)
			require.Equal(t, c.filter, count.FilterRules)
		})
	}
}

func nodes(n int, withRanges bool) []snapshot.Record {
	var all []snapshot.Record
	for i := range n {
		node := snapshot.Node{Name: fmt.Sprintf("node-%03d", i)}
		if withRanges {
			node.PodCIDRs = []string{fmt.Sprintf("10.233.%d.0/24", 64+i)}
		}
		all = append(all, node)
	}
	return all
}

// The second half of trap 7 of the reference: nobody who takes the defaults is told of the bound.
func TestTrap7KubespraysDefaultPodRangeHoldsSixtyFourNodes(t *testing.T) {
	plan, found := reference.RangesOf("kubespray")
	require.True(t, found)
	cluster := snapshot.Cluster{UID: "c", ServerVersion: "v1.36.1", Provisioner: "kubespray", PodCIDRs: []string{plan.Pods}, ServiceCIDRs: []string{plan.Services}}
	r := network.PodRanges(view(append(nodes(60, true), cluster)...))
	require.Len(t, r, 1)
	require.Equal(t, plan.MaxNodes, r[0].Size)
	require.Equal(t, plan.NodePrefix, r[0].PartBits)
	require.EqualValues(t, 60, *r[0].Used)
	require.EqualValues(t, 4, *r[0].Left)
	require.EqualValues(t, 93, *r[0].UsePercent)
	require.EqualValues(t, 16_384, network.ServiceRange(view(cluster)).Size)
}

func TestHowPodsGetTheirAddresses(t *testing.T) {
	cluster := snapshot.Cluster{UID: "c", ServerVersion: "v1.36.1", PodCIDRs: []string{"10.233.64.0/18", "fd00::/48"}}
	of := func(records ...snapshot.Record) network.Range {
		return network.PodRanges(view(append(records, cluster)...))[0]
	}
	require.Contains(t, of(snapshot.Network{Component: "cni", Name: "aws-vpc-cni"}).Why, "provider's network")
	require.Contains(t, of(snapshot.Network{Component: "cni", Name: "calico"}).Why, "no pool")
	require.Contains(t, of(snapshot.Network{Component: "cni", Name: "cilium"}).Why, "configuration of its own")
	require.Contains(t, of().Why, "was not seen")

	calico := snapshot.Network{Component: "cni", Name: "calico", Pools: []snapshot.AddressPool{{Name: "default", CIDRs: []string{"10.0.0.0/24"}}, {Name: "old", CIDRs: []string{"10.9.0.0/16"}, Disabled: true}}}
	workload := func(name string, total, done int, host bool) []snapshot.Record {
		return []snapshot.Record{
			snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: name, HostNetwork: host},
			snapshot.WorkloadPods{WorkloadKind: "Deployment", Namespace: "shop", Name: name, Total: total, Phases: map[string]int{"Succeeded": done}},
		}
	}
	r := of(append(append(workload("web", 200, 10, false), workload("agent", 30, 0, true)...), calico)...)
	require.EqualValues(t, 256, r.Size)
	require.EqualValues(t, 190, *r.Used, "neither pods of the host's network nor finished ones take an address")

	cilium := snapshot.Network{Component: "cni", Name: "cilium", AddressMode: "node-ranges", NodeMaskBits: 24, Pools: []snapshot.AddressPool{{Name: "cluster-pool", CIDRs: []string{"10.0.0.0/20", "10.1.0.0/20"}}}}
	r = of(append(nodes(8, true), cilium)...)
	require.EqualValues(t, 32, r.Size)
	require.EqualValues(t, 8, *r.Used, "the plugin's own ranges, not those of the nodes' objects")
}

func TestServicesTakeAddressesOfTheFirstFamily(t *testing.T) {
	n := func(i int) *int { return &i }
	service := func(name string, addresses *int) snapshot.Service {
		return snapshot.Service{Namespace: "shop", Name: name, Type: "ClusterIP", ClusterAddresses: addresses}
	}
	single := snapshot.Cluster{UID: "c", ServerVersion: "v1.36.1", ServiceCIDRs: []string{"10.96.0.0/28"}}
	r := network.ServiceRange(view(single, service("a", n(1)), service("b", n(0)), service("c", n(1))))
	require.EqualValues(t, 16, r.Size)
	require.EqualValues(t, 2, *r.Used)

	dual := single
	dual.ServiceCIDRs = []string{"10.96.0.0/28", "fd00::/108"}
	r = network.ServiceRange(view(dual, service("a", n(2)), service("b", n(1))))
	require.EqualValues(t, 16, r.Size)
	require.EqualValues(t, 2, *r.Used)

	objects := snapshot.Network{Component: "service-cidr", ServiceCIDRs: []string{"10.96.0.0/28", "10.97.0.0/27", "10.97.0.0/28"}}
	r = network.ServiceRange(view(single, objects, service("a", n(1))))
	require.EqualValues(t, 48, r.Size, "ranges that lie in one another count once")
	require.Contains(t, network.ServiceRange(view(single, service("a", nil))).Why, "not collected")
}

func TestPoolsByWhatServicesSay(t *testing.T) {
	balancer := func(pools ...snapshot.AddressPool) snapshot.Network {
		return snapshot.Network{Component: "load-balancer", Name: "metallb", Pools: pools}
	}
	ten := int64(10)
	service := func(name, pool string) snapshot.Service {
		return snapshot.Service{Namespace: "shop", Name: name, Type: "LoadBalancer", LoadBalancerAddresses: 1, AddressPool: pool}
	}
	public, private := snapshot.AddressPool{Name: "public", Addresses: &ten}, snapshot.AddressPool{Name: "private", CIDRs: []string{"10.0.0.0/28"}}
	pools := network.Pools(view(balancer(public, private), service("a", "public"), service("b", "public"), service("c", "private")))
	require.EqualValues(t, 1, *pools[0].Used)
	require.EqualValues(t, 16, pools[0].Size)
	require.EqualValues(t, 2, *pools[1].Used)

	require.Contains(t, network.Pools(view(balancer(public, private), service("a", "")))[0].Why, "does not say")
	require.EqualValues(t, 1, *network.Pools(view(balancer(public), service("a", "")))[0].Used, "one pool alone")
}

func TestGrowth(t *testing.T) {
	at := func(days int, count int64) network.Point {
		return network.Point{At: taken.AddDate(0, 0, days), Count: count}
	}
	g := network.Fit([]network.Point{at(-60, 20), at(-30, 30), at(0, 40)}, 64)
	require.True(t, g.Known)
	require.EqualValues(t, 10_000, g.PerMile, "ten nodes in thirty days")
	require.EqualValues(t, 72, *g.DaysLeft)
	require.Equal(t, taken.AddDate(0, 0, 72).Format(time.DateOnly), g.FillsOn)
	require.Equal(t, "2026-09-23", g.Since)

	require.Contains(t, network.Fit([]network.Point{at(0, 40)}, 64).Why, "one snapshot")
	require.Contains(t, network.Fit([]network.Point{at(-6, 39), at(0, 40)}, 64).Why, "less than a week")
	shrinks := network.Fit([]network.Point{at(-30, 50), at(0, 40)}, 64)
	require.True(t, shrinks.Known)
	require.Empty(t, shrinks.FillsOn)
	require.EqualValues(t, -10_000, shrinks.PerMile)
	require.True(t, network.Fit([]network.Point{at(-1000, 1), at(0, 2)}, 1<<40).Later)
	require.EqualValues(t, 0, *network.Fit([]network.Point{at(-30, 64), at(0, 64)}, 64).DaysLeft, "full already")
}

func TestThePropertiesOfEntriesAndTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most, entries := rapid.Int64Range(1, 1<<40).Draw(t, "max"), rapid.Int64Range(0, 1<<40).Draw(t, "entries")
		rate, life := rapid.Int64Range(0, 100_000_000).Draw(t, "rate"), rapid.Int64Range(0, 1_000_000_000).Draw(t, "lifetime")
		after, fills := network.FullAfter(most, entries, rate, life)
		require.Equal(t, entries >= most || network.Entries(rate, life) > most-entries, fills)
		if fills && entries < most {
			require.GreaterOrEqual(t, after*rate, most-entries)
			require.Less(t, (after-1)*rate, most-entries)
			require.LessOrEqual(t, after, life, "it fills before the first entries leave, or never")
		}
		faster, still := network.FullAfter(most, entries, rate+1, life)
		if fills {
			require.True(t, still)
			require.LessOrEqual(t, faster, after)
		}
	})
}

func TestThePropertiesOfGrowth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Int64Range(1, 1<<40), 2, 30).Draw(t, "counts")
		size := rapid.Int64Range(1, 1<<48).Draw(t, "size")
		var points []network.Point
		for i, count := range counts {
			points = append(points, network.Point{At: taken.AddDate(0, 0, 7*(i-len(counts))), Count: count})
		}
		g := network.Fit(points, size)
		require.True(t, g.Known)
		require.Equal(t, g.FillsOn != "", g.DaysLeft != nil)
		require.False(t, g.Later && g.FillsOn != "")
		last := counts[len(counts)-1]
		if g.DaysLeft != nil {
			require.GreaterOrEqual(t, *g.DaysLeft, int64(0))
			require.True(t, g.PerMile >= 0 || last >= size)
		}
		if last >= size {
			require.EqualValues(t, 0, *g.DaysLeft)
		}
		moved := make([]network.Point, len(points))
		for i, p := range points {
			moved[i] = network.Point{At: p.At.AddDate(1, 0, 0), Count: p.Count}
		}
		require.Equal(t, g.PerMile, network.Fit(moved, size).PerMile, "growth does not hang on the calendar")
	})
}

func TestRecordsOfAnySizeGiveAForecast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Int64Range(-1<<53, 1<<53)
		bits := rapid.IntRange(0, 32)
		text := rapid.OneOf(rapid.Just("nonsense"), rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("10.0.0.0/%d", bits.Draw(t, "bits")) }))
		perCore, established, used := number.Draw(t, "perCore"), number.Draw(t, "established"), number.Draw(t, "used")
		node := machine("a", rapid.Int64Range(0, 1<<20).Draw(t, "cores"), rapid.Int64Range(0, 1<<20).Draw(t, "memory"))
		node.PodCIDRs = []string{text.Draw(t, "part")}
		node.Conntrack = &snapshot.Conntrack{Count: number.Draw(t, "count"), Max: number.Draw(t, "max"), TCPTimeWaitSeconds: &established}
		p := proxy()
		p.Conntrack = &snapshot.ConntrackSettings{MaxPerCore: &perCore, TCPEstablishedSeconds: &established}
		v := view(p, node, snapshot.Cluster{UID: "c", PodCIDRs: []string{text.Draw(t, "pods")}, ServiceCIDRs: []string{text.Draw(t, "services")}},
			snapshot.Network{Component: "load-balancer", Name: "metallb", Pools: []snapshot.AddressPool{{Name: "p", CIDRs: []string{text.Draw(t, "pool")}, Used: &used}}},
			snapshot.Service{Namespace: "n", Name: "s", Type: "NodePort", ExternalTrafficPolicy: "Cluster"})
		rate := rapid.Int64Range(0, 100_000_000).Draw(t, "rate")
		v.PeakConnectionsPerSecond = &rate
		forecast := network.Of(v)
		require.GreaterOrEqual(t, forecast.Conntrack.Load.LeastEntries, int64(0))
		for _, r := range forecast.Addresses {
			require.GreaterOrEqual(t, r.Size, int64(0))
		}
		_, err := json.Marshal(forecast)
		require.NoError(t, err)
	})
}
