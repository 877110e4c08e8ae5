package network

// Load is what a rate of new connections does to the nodes that take them.
type Load struct {
	ArrivalsPerSecond int64 `json:"arrivalsPerSecond"` // new connections in all
	// LeastEntries stand in the tables at that rate even if every connection is closed at once and in good order: it is then
	// remembered for the time-wait state.
	LeastEntries int64 `json:"leastEntries"`
	// MostEntries stand there once every connection was left open by its client and none was ever closed.
	MostEntries  int64      `json:"mostEntries"`
	HoldEntries  int64      `json:"holdEntries"`  // that the entry nodes hold together; 0: not known of every one
	AllEntries   int64      `json:"allEntries"`   // that all nodes hold together; 0: not known of every one
	SpareSeconds *int64     `json:"spareSeconds"` // that a connection may stay open before the tables are full; nil: they are full without, or not known
	Nodes        []NodeLoad `json:"nodes"`        // with the arrivals spread evenly over the entry nodes
	OneNode      *NodeLoad  `json:"oneNode"`      // all arrivals through the entry node with the smallest table; nil: no node is known
}

// NodeLoad is one node's part.
type NodeLoad struct {
	Node              string      `json:"node"`
	ArrivalsPerSecond int64       `json:"arrivalsPerSecond"` // rounded up
	MaxEntries        int64       `json:"maxEntries"`        // 0: not known
	States            []StateLoad `json:"states"`
}

// StateLoad is what connections that all end in one state leave in the table.
type StateLoad struct {
	State           string `json:"state"` // time-wait: closed in order; close-wait: half closed; established: left open
	LifetimeSeconds int64  `json:"lifetimeSeconds"`
	Origin          Origin `json:"origin"`
	Entries         int64  `json:"entries"`
	FullAfter       *int64 `json:"fullAfterSeconds,omitzero"` // from an empty table on; nil: it never fills, or its size is not known
}

// loadOf spreads arrivals over the entry nodes, or over none where they are not known.
func loadOf(arrivals int64, c Conntrack) Load {
	load := Load{ArrivalsPerSecond: arrivals, Nodes: []NodeLoad{}}
	entry := map[string]bool{}
	for _, name := range c.Entry {
		entry[name] = true
	}
	timeWait, established := int64(0), int64(0)
	if len(c.Tables) > 0 {
		timeWait = c.Tables[0].Lifetimes.TimeWaitSeconds
	}
	holdKnown, allKnown := c.EntryKnown, true
	for _, t := range c.Tables {
		timeWait = min(timeWait, t.Lifetimes.TimeWaitSeconds)
		established = max(established, t.Lifetimes.EstablishedSeconds)
		allKnown = allKnown && t.MaxEntries != 0
		load.AllEntries += t.MaxEntries
		if !entry[t.Node] {
			continue
		}
		holdKnown = holdKnown && t.MaxEntries != 0
		load.HoldEntries += t.MaxEntries
		load.Nodes = append(load.Nodes, nodeLoad(t, roundUp(arrivals, int64(len(c.Entry)))))
		if t.MaxEntries != 0 && (load.OneNode == nil || t.MaxEntries < load.OneNode.MaxEntries) {
			one := nodeLoad(t, arrivals)
			load.OneNode = &one
		}
	}
	if !holdKnown {
		load.HoldEntries = 0
	}
	if !allKnown {
		load.AllEntries = 0
	}
	load.LeastEntries, load.MostEntries = Entries(arrivals, timeWait), Entries(arrivals, established)
	if spare := load.HoldEntries - load.LeastEntries; load.HoldEntries != 0 && arrivals != 0 && spare >= 0 {
		spare /= arrivals
		load.SpareSeconds = &spare
	}
	return load
}

func nodeLoad(t Table, arrivals int64) NodeLoad {
	n := NodeLoad{Node: t.Node, ArrivalsPerSecond: arrivals, MaxEntries: t.MaxEntries}
	for _, state := range []StateLoad{
		{State: "time-wait", LifetimeSeconds: t.Lifetimes.TimeWaitSeconds, Origin: t.Lifetimes.TimeWaitOrigin},
		{State: "close-wait", LifetimeSeconds: t.Lifetimes.CloseWaitSeconds, Origin: t.Lifetimes.CloseWaitOrigin},
		{State: "established", LifetimeSeconds: t.Lifetimes.EstablishedSeconds, Origin: t.Lifetimes.EstablishedOrigin},
	} {
		state.Entries = Entries(arrivals, state.LifetimeSeconds)
		if after, fills := FullAfter(t.MaxEntries, 0, arrivals, state.LifetimeSeconds); fills {
			state.FullAfter = &after
		}
		n.States = append(n.States, state)
	}
	return n
}

func roundUp(n, by int64) int64 { return (n + by - 1) / by }
