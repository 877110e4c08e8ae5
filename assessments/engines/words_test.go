package engines_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/engines"
	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/engines/probe"
	"plimsoll/assessments/engines/upgrade"
)

func TestEveryWayOfSayingAResult(t *testing.T) {
	got := markdown([]engines.Exhibit{engines.UpgradeExhibit(madePlan()), engines.ProbeExhibit(madeSimulations()), engines.HeapExhibit(madeBudgets()), engines.NetworkExhibit(madeForecast())})
	if *update {
		require.NoError(t, os.WriteFile("testdata/made.golden.md", []byte(got), 0o644))
	}
	want, err := os.ReadFile("testdata/made.golden.md")
	require.NoError(t, err)
	require.Equal(t, string(want), got, "run with -update if the change is meant")
}

func titles(e engines.Exhibit) []string {
	var all []string
	for _, part := range e.Parts {
		all = append(all, part.Title)
	}
	return all
}

func TestTheLeadOfAPlan(t *testing.T) {
	plan := func(blocking, breaking, untested, hops int) upgrade.Plan {
		return upgrade.Plan{Status: upgrade.Planned, From: "1.36", To: "1.37", Blocking: blocking, Breaking: breaking, Untested: untested, Hops: make([]upgrade.Hop, hops)}
	}
	for want, p := range map[string]upgrade.Plan{
		"From 1.36 to 1.37 in 1 hop: nothing that was seen stands against it.":      plan(0, 0, 0, 1),
		"From 1.36 to 1.37 in 1 hop: 1 thing blocks.":                               plan(1, 0, 0, 1),
		"From 1.36 to 1.37 in 2 hops: 2 things block, 1 breaks, 1 is untested.":     plan(2, 1, 1, 2),
		"From 1.36 to 1.37 in 2 hops: 2 break.":                                     plan(0, 2, 0, 2),
		"From 1.36 to 1.37 in 2 hops: 3 are untested.":                              plan(0, 0, 3, 2),
		"The control plane runs 1.37 already.":                                      {Status: upgrade.Reached, Reason: "the control plane runs 1.37 already"},
		"From 1.36 to 1.37 in 1 hop with kops: 1 thing blocks, 1,000 are untested.": {Status: upgrade.Planned, From: "1.36", To: "1.37", Tool: upgrade.Tool{ID: "kops"}, Blocking: 1, Untested: 1000, Hops: make([]upgrade.Hop, 1)},
	} {
		require.Equal(t, want, engines.UpgradeExhibit(p).Lead)
	}
	none := engines.UpgradeExhibit(upgrade.Plan{Status: upgrade.Reached, Reason: "r", Tool: upgrade.Tool{Source: "s"}})
	require.Empty(t, none.Parts)
	require.Equal(t, []string{"s"}, none.Sources)
	least := engines.UpgradeExhibit(plan(0, 0, 0, 1))
	require.Equal(t, []string{"Both roads", "Hop by hop", "What a new cluster asks for"}, titles(least), "what found nothing has no part")
	require.Empty(t, least.Sources)

	single := plan(0, 0, 0, 1)
	single.Hops[0].Moves = []upgrade.Move{{What: "nodes"}}
	hops := engines.UpgradeExhibit(single).Parts[1]
	require.Empty(t, hops.Text, "of one hop nothing is routine")
	require.Equal(t, "nodes", hops.Table.Rows[0][2])
	apart := plan(0, 0, 0, 2)
	apart.Hops[0].Moves = []upgrade.Move{{What: "nodes"}}
	require.Empty(t, engines.UpgradeExhibit(apart).Parts[1].Text, "nor is what one of two makes")
	steady := plan(0, 0, 0, 2)
	steady.InPlace.NodeRounds, steady.InPlace.LeastNodeRounds = 2, 2
	require.Equal(t, "2", engines.UpgradeExhibit(steady).Parts[0].Table.Rows[2][1])
	require.Equal(t, []string{""}, engines.UpgradeExhibit(steady).Parts[0].Text, "no note of a tool")
}

func TestTheLeadOfSimulations(t *testing.T) {
	for want, verdicts := range map[string][]probe.Verdict{
		"No container has a liveness or startup probe: nothing kills one that recovers.":                                                                                            nil,
		"The recovery time of 2 containers with such a probe is not known. Say it per workload, and each is simulated.":                                                             {probe.Unknown, probe.Unknown},
		"Of 1 container with a liveness or startup probe, none is killed before it has recovered.":                                                                                  {probe.Survives},
		"Of 2 containers with a liveness or startup probe, none is killed before it has recovered; of 1 the recovery time is not known.":                                            {probe.Survives, probe.Unknown},
		"Of 1 container with a liveness or startup probe, 1 is killed at each start before recovery is done, until somebody helps.":                                                 {probe.Loops},
		"Of 2 containers with a liveness or startup probe, 2 are killed at each start before recovery is done, until somebody helps.":                                               {probe.Loops, probe.Loops},
		"Of 1 container with a liveness or startup probe, 1 may be.":                                                                                                                {probe.MayLoop},
		"Of 4 containers with a liveness or startup probe, 1 is killed at each start before recovery is done, until somebody helps; 1 may be; of 2 the recovery time is not known.": {probe.Unknown, probe.MayLoop, probe.Unknown, probe.Loops},
	} {
		var all []probe.Simulation
		for _, verdict := range verdicts {
			all = append(all, probe.Simulation{Verdict: verdict})
		}
		e := engines.ProbeExhibit(all)
		require.Equal(t, want, e.Lead)
		require.Equal(t, len(verdicts) > 0, len(e.Sources) == 1)
		if len(verdicts) > 0 {
			require.Equal(t, []string{"Who is killed, and when"}, titles(e), "no mend and no hour")
		}
	}
	quiet := probe.Simulation{Verdict: probe.Survives, Course: &probe.Course{}}
	require.Len(t, engines.ProbeExhibit([]probe.Simulation{quiet}).Parts, 1, "an hour without a kill is not told")
	killed := probe.Simulation{Verdict: probe.Loops, Course: &probe.Course{Kills: 2, Events: make([]probe.Event, 30)}, Mended: &probe.Course{Kills: 1}}
	hour := engines.ProbeExhibit([]probe.Simulation{killed}).Parts[1]
	require.Equal(t, []string{"After a crash, with a recovery of 0 s: killed 2 times within the hour."}, hour.Text, "a mend that does not save it is no comfort")
	require.Len(t, hour.Table.Rows, 24)
	require.Equal(t, 6, hour.Table.More)
	killed.Mended = &probe.Course{}
	require.Len(t, engines.ProbeExhibit([]probe.Simulation{killed}).Parts[1].Text[0], len(hour.Text[0]), "nor is one of which nobody knows when it has recovered")
	killed.Mended = nil
	require.Equal(t, hour.Text, engines.ProbeExhibit([]probe.Simulation{killed}).Parts[1].Text)
}

func TestTheLeadOfBudgets(t *testing.T) {
	all := madeBudgets() // unlimited, roomy, unknown, exact, tight
	for want, budgets := range map[string][]heap.Budget{
		"No container runs a JVM, as far as images, commands and variables tell.":                                                nil,
		"The largest heap of 1 JVM is not known.":                                                                                {all[2]},
		"The largest heap of 2 JVMs is not known.":                                                                               {all[2], all[2]},
		"Of 1 JVM, the largest heap of 1 is known: 0 have too little room beside it.":                                            {all[3]},
		"Of 1 JVM, the largest heap of 1 is known: 1 has too little room beside it.":                                             {all[4]},
		"Of 2 JVMs, the largest heap of 1 is known: 0 have too little room beside it, and 1 has no limit; of 1 it is not known.": {all[0], all[2]},
		"Of 3 JVMs, the largest heap of 3 is known: 0 have too little room beside it, and 2 have no limit.":                      {all[0], all[0], all[1]},
	} {
		require.Equal(t, want, engines.HeapExhibit(budgets).Lead)
	}
	require.Equal(t, []string{"Not known"}, titles(engines.HeapExhibit(all[2:3])))
	require.Equal(t, []string{"Budgets", "Where the limit should stand", "Taken apart: shop/exact · app"}, titles(engines.HeapExhibit(all[3:4])))
}

func TestTheLeadOfAForecast(t *testing.T) {
	n := func(i int64) *int64 { return &i }
	table := network.Conntrack{EntryWhy: "nobody knows", Tables: []network.Table{{Node: "a", Entries: n(5), MaxEntries: 10, UsePercent: n(50)}}}
	unread := network.Conntrack{EntryKnown: true, Tables: []network.Table{{Node: "a"}}}
	pool := []network.Range{{Kind: network.ServiceAddresses, Size: 16, Used: n(2), UsePercent: n(12)}}
	for want, c := range map[string]struct {
		forecast network.Forecast
		parts    int
	}{
		"The fullest connection table, on a, holds 5 of 10 entries.":                                         {network.Forecast{Conntrack: table}, 1},
		"Service addresses: 2 of 16 used.":                                                                   {network.Forecast{Addresses: pool, Unseen: []string{"pods: forbidden"}}, 2},
		"Nothing can be forecast: no node gave its connection table, and no range shows how far it is used.": {network.Forecast{Conntrack: unread, Addresses: []network.Range{{Why: "unseen"}}}, 2},
		"Nothing can be forecast: only a cluster tells.":                                                     {network.Forecast{Unseen: []string{"only a cluster tells"}}, 0},
		"Nothing can be forecast of this snapshot: what it lacks stands below.":                              {network.Forecast{Unseen: []string{"nodes: forbidden", "pods: forbidden"}}, 1},
	} {
		e := engines.NetworkExhibit(c.forecast)
		require.Equal(t, want, e.Lead)
		require.Len(t, e.Parts, c.parts, want)
	}
	require.Equal(t, []string{"One moment of each node: at least so many, never at most.", "Which nodes take traffic from outside is not known: nobody knows."},
		engines.NetworkExhibit(network.Forecast{Conntrack: table}).Parts[0].Text)
	require.Equal(t, []string{"In iptables mode kube-proxy makes 8 NAT rules of 1 service with 1 port and 1 ready endpoint, by the formula of the reference."},
		engines.NetworkExhibit(network.Forecast{ServiceRules: network.ServiceRules{NATRules: 8, Services: 1, Ports: 1, ReadyEndpoints: 1}}).Parts[0].Text)
}

func TestTheLoadOfOneNodeAndOfNone(t *testing.T) {
	n := int64(3)
	part := func(l network.Load) engines.Part {
		return engines.NetworkExhibit(network.Forecast{Conntrack: network.Conntrack{Load: &l}}).Parts[0]
	}
	one := network.NodeLoad{Node: "a", MaxEntries: 9, States: []network.StateLoad{{State: "established", FullAfter: &n}}}
	alone := part(network.Load{HoldEntries: 9, Nodes: []network.NodeLoad{one}, OneNode: &one})
	require.Len(t, alone.Table.Rows, 1, "all through the one node is what was said already")
	require.Equal(t, "The tables are full by closed connections alone.", alone.Text[1])
	none := part(network.Load{})
	require.Len(t, none.Text, 1, "what the entry nodes hold is not known")
	require.Nil(t, none.Table)
	two := part(network.Load{Nodes: []network.NodeLoad{one, one}})
	require.Len(t, two.Table.Rows, 2)
}

func TestATableShowsTheFirstHundred(t *testing.T) {
	for _, count := range []int{engines.MaxRows, engines.MaxRows + 7} {
		var tables []network.Table
		for i := range count {
			tables = append(tables, network.Table{Node: fmt.Sprint(i)})
		}
		got := engines.NetworkExhibit(network.Forecast{Conntrack: network.Conntrack{Tables: tables}}).Parts[0].Table
		require.Len(t, got.Rows, engines.MaxRows)
		require.Equal(t, count-engines.MaxRows, got.More)
	}
}

func TestTheNamesOfTheEngines(t *testing.T) {
	for _, id := range engines.IDs {
		require.NotEmpty(t, engines.Title(id))
		require.NotEmpty(t, engines.Short(id))
		require.Regexp(t, `^[A-Z].*\.$`, engines.About(id))
	}
}
