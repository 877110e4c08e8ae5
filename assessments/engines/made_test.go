package engines_test

import (
	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/engines/probe"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/snapshot"
)

// What follows are results as the engines may give them, made by hand, so that every way of saying one is in the golden file.

func madePlan() upgrade.Plan {
	object := func(namespace, name string) snapshot.Ref {
		return snapshot.Ref{Kind: "Kind", Namespace: namespace, Name: name}
	}
	item := func(weight upgrade.Weight, subject, message, mend string, count int, objects ...snapshot.Ref) upgrade.Item {
		return upgrade.Item{Kind: "made", Weight: weight, Subject: subject, Message: message, Mend: mend, Count: count, Objects: objects}
	}
	move := func(what, to string) upgrade.Move { return upgrade.Move{What: what, To: to} }
	return upgrade.Plan{
		Status: upgrade.Planned, From: "1.33", To: "1.35", Blocking: 1, Breaking: 2, Untested: 1,
		Tool:   upgrade.Tool{ID: "hammer", Source: "the hammer's own notes", Note: "one nail at a time"},
		Weighs: "Both roads in one sentence.",
		Before: []upgrade.Item{
			item(upgrade.BreaksPart, "first", "Five objects.", "Mend it.", 5, object("shop", "a"), object("", "b"), object("shop", "c"), object("shop", "d")),
			item(upgrade.Information, "hearsay", "Nothing to do.", "", 0)},
		Hops: []upgrade.Hop{
			{From: "1.33", To: "1.34", Release: "v1", Ended: true,
				Moves: []upgrade.Move{move("backup", ""), move("runtime", "2.1"), move("nodes", "1.34"), move("nodes", "1.34")},
				Items: []upgrade.Item{item(upgrade.Blocks, "second", "One object.", "", 1, object("shop", "a")), item(upgrade.BreaksPart, "third", "None is named.", "", 9),
					item(upgrade.BreaksPart, "fourth", "Three objects.", "", 3, object("shop", "a"), object("shop", "b"), object("shop", "c"))}},
			{From: "1.34", To: "1.35", Moves: []upgrade.Move{move("backup", ""), move("plugin", "3.32"), move("plugin", ""), move("nodes", "1.35")},
				Items: []upgrade.Item{item(upgrade.NotTested, "fifth", "Nobody lists it.", "", 0), item(upgrade.NotKnown, "sixth", "Nobody knows.", "", 0)}},
		},
		InPlace: upgrade.InPlace{Hops: 2, Windows: 2, NodeRounds: 2, LeastNodeRounds: 1, RuntimeMoves: 3, NetworkMoves: 4, EndedMinors: 1},
		NewCluster: upgrade.NewCluster{
			Windows: 1, Spares: []string{"2 hops", "1 thing"}, APIs: 1_000, State: []upgrade.Burden{{What: "volumes of disks", Count: 3_000, Objects: []snapshot.Ref{object("", "pv")}}, {What: "volumes of nfs", Count: 2}},
			Addresses: []upgrade.Burden{{What: "ports", Count: 7}}, Undrainable: []upgrade.Burden{{What: "naked pods", Count: 1}}},
		Unseen: []string{"nodes: forbidden", "The rest."},
	}
}

func madeSimulations() []probe.Simulation {
	one := func(name string, verdict probe.Verdict) probe.Simulation {
		return probe.Simulation{Namespace: "shop", Workload: name, Container: "app", Verdict: verdict, TimeToKill: probe.KillTime{EarliestSeconds: 20, LatestSeconds: 31}}
	}
	recovered := int64(1_234)
	doubted, survives, may, loops, fixed := one("doubted", probe.Unknown), one("survives", probe.Survives), one("may", probe.MayLoop), one("loops", probe.Loops), one("fixed", probe.Loops)
	doubted.Doubt = "two probes contradict each other"
	survives.Recovery, survives.TimeToKill = probe.Recovery{LowSeconds: 5, HighSeconds: 5}, probe.KillTime{EarliestSeconds: 50, LatestSeconds: 50}
	survives.Chance = &probe.Chance{}
	may.Recovery, may.Chance = probe.Recovery{LowSeconds: 25, HighSeconds: 1_500}, &probe.Chance{KilledMicros: 999_999}
	may.Mend = &probe.Mend{Field: probe.RaiseThreshold, Probe: probe.Figures{FailureThreshold: 40}, SurvivesSeconds: 2_250, Reaction: &probe.KillTime{EarliestSeconds: 20, LatestSeconds: 31}}
	loops.Recovery, loops.Mend = probe.Recovery{LowSeconds: 1_234}, &probe.Mend{Field: probe.AddStartup, Probe: probe.Figures{PeriodSeconds: 10, FailureThreshold: 186}, SurvivesSeconds: 1_851, Proven: true}
	loops.Course = &probe.Course{RecoverySeconds: 1_234, Kills: 1, Events: []probe.Event{
		{AtSeconds: 0, Start: 1, Kind: probe.Started}, {AtSeconds: 10, Start: 1, Kind: probe.Failing}, {AtSeconds: 10, Start: 1, Kind: probe.Killed, Failures: 1},
		{AtSeconds: 30, Start: 1, Kind: probe.Ended}, {AtSeconds: 30, Start: 1, Kind: probe.BackOff, WaitSeconds: 10}, {AtSeconds: 1_264, Start: 2, Kind: probe.Recovered},
	}}
	loops.Mended = &probe.Course{RecoveredAtSeconds: &recovered}
	fixed.Mend = &probe.Mend{Field: probe.RaiseDelay, Probe: probe.Figures{InitialDelaySeconds: 90}, SurvivesSeconds: 90, Proven: true}
	return []probe.Simulation{one("unknown", probe.Unknown), doubted, survives, may, loops, fixed}
}

func madeBudgets() []heap.Budget {
	const gib = int64(1 << 30)
	jvm := func(name string, limit, request *int64, spare *int64, rule int64) heap.Budget {
		bytes, sum := gib, gib+gib/2
		return heap.Budget{Subject: heap.Subject{Namespace: "shop", Name: name, Container: "app"}, Java: "21.0.1", MemoryLimitBytes: limit, MemoryRequestBytes: request,
			Heap: heap.Heap{Bytes: &bytes, Why: "-Xmx1g in command"}, SumBytes: &sum, Against: &heap.Against{LimitSpareBytes: spare},
			Limits: &heap.Limits{ReportBytes: 2 * gib, GradedBytes: gib + gib/4, PartsBytes: sum, RuleBytes: rule, Difference: []string{"One reason.", "Another."}}}
	}
	n := func(bytes int64) *int64 { return &bytes }
	tight := jvm("tight", n(gib), n(gib), n(-gib/2), 2*gib)
	tight.Subject.Container = ""
	tight.Flags = []heap.Flag{{Flag: "-Xmx1g", Source: "command", Beats: []heap.Beaten{{Flag: "-Xmx2g", Source: "JAVA_OPTS"}}}, {Flag: "-Xss1m", Source: "JAVA_OPTS"}}
	tight.Notes = []string{"A note."}
	tight.Parts = []heap.Part{{Name: "heap", Bytes: gib, Bounded: true, By: "-Xmx1g", Source: "b"}, {Name: "stacks", Bytes: gib / 2, By: "-Xss is not set", Source: "a"}, {Name: "code", By: "as the stacks", Source: "a"}, {Name: "ours"}}
	unknown := heap.Budget{Subject: heap.Subject{Namespace: "shop", Name: "unknown", Container: "app"}, Java: "not known", Heap: heap.Heap{Why: "its options were not seen"}}
	return []heap.Budget{jvm("unlimited", nil, nil, nil, 2*gib), jvm("roomy", n(4*gib), nil, n(gib*5/2), 2*gib), unknown, jvm("exact", n(2*gib), n(gib), n(gib/2), 2*gib), tight}
}

func madeForecast() network.Forecast {
	n := func(i int64) *int64 { return &i }
	state := func(name string, lifetime, entries int64, full *int64) network.StateLoad {
		return network.StateLoad{State: name, LifetimeSeconds: lifetime, Entries: entries, FullAfter: full}
	}
	times := network.Lifetimes{CloseWaitSeconds: 3_600}
	edge := network.NodeLoad{Node: "edge-1", MaxEntries: 1_000, States: []network.StateLoad{state("time-wait", 120, 900, nil), state("close-wait", 3_600, 27_000, n(134)), state("established", 86_400, 648_000, n(134)), state("syn-sent", 1, 8, nil)}}
	other := network.NodeLoad{Node: "edge-2", States: []network.StateLoad{state("time-wait", 120, 900, nil)}}
	return network.Forecast{
		Conntrack: network.Conntrack{EntryKnown: true, Entry: []string{"edge-1", "edge-2"}, Tables: []network.Table{
			{Node: "unread", Lifetimes: times}, {Node: "edge-1", Entries: n(500), MaxEntries: 1_000, UsePercent: n(50), FormulaMax: 262_144, Lifetimes: times},
			{Node: "edge-2", Entries: n(0), MaxEntries: 1_000, UsePercent: n(0), Lifetimes: times}, {Node: "edge-3", Entries: n(5_000), MaxEntries: 10_000, UsePercent: n(50), Lifetimes: times}},
			Load: &network.Load{ArrivalsPerSecond: 15, LeastEntries: 1_800, MostEntries: 1_296_000, HoldEntries: 2_000, SpareSeconds: n(13), Nodes: []network.NodeLoad{edge, other}, OneNode: &edge}},
		Addresses: []network.Range{
			{Kind: network.NodeRanges, CIDRs: []string{"10.0.0.0/18", "10.1.0.0/18"}, Size: 64, Used: n(60), UsePercent: n(93), Left: n(4), Growth: network.Growth{Known: true, FillsOn: "2027-01-31"}},
			{Kind: network.PodAddresses, Size: 16_384, Used: n(1), UsePercent: n(0), Left: n(16_383), Growth: network.Growth{Known: true, Later: true}},
			{Kind: network.ServiceAddresses, Why: "the range of services was not seen"},
			{Kind: network.PoolAddresses, Component: "metallb", Name: "public", Size: 16, Used: n(15), UsePercent: n(93), Left: n(1), Growth: network.Growth{Why: "earlier snapshots do not keep the use of pools"}},
			{Kind: network.PoolAddresses, Component: "calico", Size: 256, Used: n(9), UsePercent: n(3), Left: n(247), Growth: network.Growth{Known: true}},
		},
		ServiceRules: network.ServiceRules{NATRules: 1_234, Services: 2, Ports: 3, ReadyEndpoints: 4, UnseenServices: 1},
		Unseen:       []string{"pods: forbidden"},
	}
}
