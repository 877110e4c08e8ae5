package network

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// Origin says where a figure comes from.
type Origin string

// The origins of a table's size and of lifetimes, from the surest on.
const (
	Seen        Origin = "seen"        // read on the node
	FromProxy   Origin = "kube-proxy"  // by kube-proxy's configuration, or its defaults
	FromKernel  Origin = "kernel"      // what the kernel does where nothing else sets it
	OriginUnset Origin = "not-known"   // nothing tells
	maxSeconds         = 1_000_000_000 // bounds lifetimes that a snapshot brings
	mostEntries        = 1 << 40       // bounds tables, so that those of all nodes can be added up
)

// Table is one node's connection tracking table.
type Table struct {
	Node       string    `json:"node"`
	Entries    *int64    `json:"entries,omitzero"` // as seen; nil: not read
	MaxEntries int64     `json:"maxEntries"`       // 0: not known
	MaxOrigin  Origin    `json:"maxOrigin"`
	UsePercent *int64    `json:"usePercent,omitzero"` // rounded down
	FormulaMax int64     `json:"formulaMaxEntries"`   // by kube-proxy's formula for this machine; 0: its processors are not known
	KernelMax  int64     `json:"kernelMaxEntries"`    // the kernel's own; 0: its memory is not known
	Lifetimes  Lifetimes `json:"lifetimes"`
}

// Lifetimes are how long an entry stays after its connection's last packet, by state.
type Lifetimes struct {
	EstablishedSeconds int64  `json:"establishedSeconds"`
	EstablishedOrigin  Origin `json:"establishedOrigin"`
	CloseWaitSeconds   int64  `json:"closeWaitSeconds"`
	CloseWaitOrigin    Origin `json:"closeWaitOrigin"`
	TimeWaitSeconds    int64  `json:"timeWaitSeconds"`
	TimeWaitOrigin     Origin `json:"timeWaitOrigin"`
}

// Conntrack is the connection tracking of all nodes.
type Conntrack struct {
	Tables []Table  `json:"tables"`
	Entry  []string `json:"entryNodes"` // nodes that take traffic from outside, as far as services tell
	// EntryKnown is false where some service's way in can't be told, or none takes traffic from outside.
	EntryKnown bool   `json:"entryKnown"`
	EntryWhy   string `json:"entryWhy,omitzero"` // why it is not known
	Load       *Load  `json:"load,omitzero"`     // at the declared peak; nil where none was declared
}

// Entries is what a rate of arrivals keeps in a table in the long run when each stays for a lifetime (Little's law).
func Entries(arrivalsPerSecond, lifetimeSeconds int64) int64 {
	return max(arrivalsPerSecond, 0) * min(max(lifetimeSeconds, 0), maxSeconds)
}

// FullAfter is how many seconds after arrivals begin a table with so many entries is full, rounded up; false where it never
// fills, since entries leave as fast as they come.
func FullAfter(maxEntries, entries, arrivalsPerSecond, lifetimeSeconds int64) (seconds int64, fills bool) {
	room := maxEntries - entries
	switch {
	case maxEntries == 0:
		return 0, false
	case room <= 0:
		return 0, true
	case Entries(arrivalsPerSecond, lifetimeSeconds) <= room:
		return 0, false
	}
	return (room + arrivalsPerSecond - 1) / arrivalsPerSecond, true
}

// Percent is used of size in whole percent, rounded down; nil where the size is 0.
func Percent(used, size int64) *int64 {
	if size == 0 {
		return nil
	}
	percent := mulDiv(used, 100, size)
	return &percent
}

// ConntrackOf reckons all tables, and the load at the declared peak.
func ConntrackOf(v assessments.View) Conntrack {
	c := Conntrack{Tables: make([]Table, 0, len(v.Nodes))}
	for _, n := range v.Nodes {
		c.Tables = append(c.Tables, TableOf(v, n))
	}
	c.Entry, c.EntryWhy = EntryNodes(v)
	c.EntryKnown = c.EntryWhy == ""
	if v.PeakConnectionsPerSecond != nil {
		load := loadOf(*v.PeakConnectionsPerSecond, c)
		c.Load = &load
	}
	return c
}

// TableOf reckons one node's table: its size as seen, else by kube-proxy's configuration, else the kernel's own.
func TableOf(v assessments.View, n *facts.Node) Table {
	figures := reference.NetworkingFigures().Conntrack
	proxy := KubeProxy(v.Facts)
	if Replacement(v.Facts) != "" {
		proxy = nil
	}
	t := Table{Node: n.Name, FormulaMax: formulaMax(figures, proxy, processors(n))}
	if n.Capacity != nil && n.Capacity.MemoryBytes != 0 {
		t.KernelMax = figures.KernelMax(n.Capacity.MemoryBytes)
	}
	switch {
	case n.Conntrack != nil && n.Conntrack.Max != 0:
		t.MaxEntries, t.MaxOrigin = n.Conntrack.Max, Seen
		t.Entries, t.UsePercent = &n.Conntrack.Count, Percent(n.Conntrack.Count, n.Conntrack.Max)
	case proxy != nil && !leavesKernelAlone(proxy):
		t.MaxEntries, t.MaxOrigin = configuredMax(figures, proxy, processors(n)), FromProxy
	case proxy != nil || Replacement(v.Facts) != "":
		t.MaxEntries, t.MaxOrigin = t.KernelMax, FromKernel
	}
	if t.MaxEntries == 0 {
		t.MaxOrigin = OriginUnset
	}
	t.MaxEntries, t.FormulaMax = min(t.MaxEntries, mostEntries), min(t.FormulaMax, mostEntries)
	t.Lifetimes = lifetimesOf(figures, proxy, n)
	return t
}

// processors are the machine's cores as Kubernetes and kube-proxy count them; 0 where not known.
func processors(n *facts.Node) int64 {
	switch {
	case n.CPUs != 0:
		return int64(n.CPUs)
	case n.Capacity != nil:
		return n.Capacity.CPUMillicores / 1000
	}
	return 0
}

func leavesKernelAlone(proxy *snapshot.Network) bool {
	return proxy.Conntrack != nil && proxy.Conntrack.MaxPerCore != nil && *proxy.Conntrack.MaxPerCore == 0
}

// configuredMax is the size that kube-proxy sets by its own keys; 0 where the cores are not known.
func configuredMax(figures reference.Conntrack, proxy *snapshot.Network, cores int64) int64 {
	if cores == 0 {
		return 0
	}
	perCore, least := figures.Proxy.MaxPerCore, figures.Proxy.Min
	if proxy.Conntrack != nil {
		perCore, least = or(proxy.Conntrack.MaxPerCore, perCore), or(proxy.Conntrack.Min, least)
	}
	return max(least, mulDiv(perCore, cores, 1))
}

// formulaMax is the yardstick for a machine: kube-proxy's default formula, or its configured one where that gives more.
func formulaMax(figures reference.Conntrack, proxy *snapshot.Network, cores int64) int64 {
	if cores == 0 {
		return 0
	}
	most := figures.ProxyMax(cores)
	if proxy != nil && !leavesKernelAlone(proxy) {
		most = max(most, configuredMax(figures, proxy, cores))
	}
	return most
}

// lifetimesOf takes what was read on the node, then what kube-proxy sets, then the kernel's own.
func lifetimesOf(figures reference.Conntrack, proxy *snapshot.Network, n *facts.Node) Lifetimes {
	var seen snapshot.Conntrack
	if n.Conntrack != nil {
		seen = *n.Conntrack
	}
	var established, closeWait int64 // as kube-proxy sets them; it leaves time-wait alone
	if proxy != nil {
		established, closeWait = figures.Proxy.EstablishedSeconds, figures.Proxy.CloseWaitSeconds
	}
	if proxy != nil && proxy.Conntrack != nil {
		established, closeWait = or(proxy.Conntrack.TCPEstablishedSeconds, established), or(proxy.Conntrack.TCPCloseWaitSeconds, closeWait)
	}
	l := Lifetimes{}
	l.EstablishedSeconds, l.EstablishedOrigin = lifetime(seen.TCPEstablishedSeconds, established, figures.Kernel.EstablishedSeconds)
	l.CloseWaitSeconds, l.CloseWaitOrigin = lifetime(seen.TCPCloseWaitSeconds, closeWait, figures.Kernel.CloseWaitSeconds)
	l.TimeWaitSeconds, l.TimeWaitOrigin = lifetime(seen.TCPTimeWaitSeconds, 0, figures.Kernel.TimeWaitSeconds)
	return l
}

// lifetime: a zero of kube-proxy's leaves the kernel's own.
func lifetime(seen *int64, proxy, kernel int64) (int64, Origin) {
	switch {
	case seen != nil:
		return min(*seen, maxSeconds), Seen
	case proxy != 0:
		return min(proxy, maxSeconds), FromProxy
	}
	return kernel, FromKernel
}

func or(set *int64, otherwise int64) int64 {
	if set != nil {
		return *set
	}
	return otherwise
}
