package kube

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"

	"plimsoll/assessments/snapshot"
)

// Fabric gathers what the objects of network plugins and load balancers tell of the data path: pools, announcements, BGP, ranges
// of services. Records makes records of it. Addresses of peers and single addresses of pools stay in here.
type Fabric struct {
	texts      Texts
	nodes      map[string]labelSet          // name → labels, for selectors of nodes; nil: not seen
	byName     map[string]*snapshot.Network // component and name
	poolLabels map[string]map[string]string // of MetalLB's pools
	chosen     []poolChoice                 // announcements that choose pools by label
	calico     calicoBGP
	ranges     []string
}

type poolChoice struct {
	name      string
	mode      string
	named     []string
	selectors []LabelSelector
	nodes     []LabelSelector
}

type calicoBGP struct {
	mesh       *bool // as configured
	routes     bool  // a pool routes by BGP
	peers      []snapshot.BGPPeer
	reflectors int
}

// AddNode makes a node known to selectors.
func (f *Fabric) AddNode(name string, labels map[string]string) {
	if f.nodes == nil {
		f.nodes = map[string]labelSet{}
	}
	f.nodes[f.texts.Held(name)] = make(labelSet, 0, len(labels)).with(&f.texts, labels)
}

// Add merges what is known of a component from elsewhere: a DaemonSet's image, a ConfigMap.
func (f *Fabric) Add(known snapshot.Network) {
	n := f.component(known.Component, known.Name)
	n.Version = cmp.Or(known.Version, n.Version)
	n.AddressMode, n.NodeMaskBits = cmp.Or(known.AddressMode, n.AddressMode), cmp.Or(known.NodeMaskBits, n.NodeMaskBits)
	n.Mode, n.ModeKnown = cmp.Or(known.Mode, n.Mode), known.ModeKnown || n.ModeKnown
	if known.ReplacesKubeProxy != nil {
		n.ReplacesKubeProxy = known.ReplacesKubeProxy
	}
	if known.Conntrack != nil {
		n.Conntrack = known.Conntrack
	}
	n.Pools = append(n.Pools, known.Pools...)
}

func (f *Fabric) component(component, name string) *snapshot.Network {
	if f.byName == nil {
		f.byName = map[string]*snapshot.Network{}
	}
	key := component + "\x00" + name
	if f.byName[key] == nil {
		f.byName[key] = &snapshot.Network{Component: component, Name: name}
	}
	return f.byName[key]
}

// Records gives one record for each component, ordered by component and name.
func (f *Fabric) Records() []snapshot.Network {
	f.resolveChoices()
	if bgp := f.calico.record(); bgp != nil {
		f.component("cni", calicoName).BGP = bgp
	}
	if len(f.ranges) > 0 {
		slices.Sort(f.ranges)
		f.component("service-cidr", "kubernetes").ServiceCIDRs = slices.Compact(f.ranges)
	}
	records := make([]snapshot.Network, 0, len(f.byName))
	for _, key := range sortedKeys(f.byName) {
		n := *f.byName[key]
		slices.SortFunc(n.Pools, func(a, b snapshot.AddressPool) int { return cmp.Compare(a.Name, b.Name) })
		slices.SortFunc(n.Announcements, func(a, b snapshot.Announcement) int {
			return cmp.Or(cmp.Compare(a.Mode, b.Mode), cmp.Compare(a.Name, b.Name))
		})
		if n.BGP != nil {
			slices.SortFunc(n.BGP.Peers, func(a, b snapshot.BGPPeer) int { return cmp.Compare(a.Name, b.Name) })
		}
		records = append(records, n)
	}
	return records
}

// selected are the nodes that any of the selectors chooses, sorted. None chooses all, which nil says. Where nodes were not seen,
// known is false.
func (f *Fabric) selected(selectors []LabelSelector) (nodes []string, known bool) {
	if len(selectors) == 0 || slices.ContainsFunc(selectors, func(s LabelSelector) bool { return s.IsEmpty() }) {
		return nil, true
	}
	if f.nodes == nil {
		return nil, false
	}
	for _, name := range sortedKeys(f.nodes) {
		if slices.ContainsFunc(selectors, func(s LabelSelector) bool { return s.matches(f.nodes[name].lookup(&f.texts)) }) {
			nodes = append(nodes, name)
		}
	}
	return nodes, true
}

// countAddresses reads ranges as pools write them: 10.0.0.0/24, 10.0.0.10-10.0.0.20 or one address. What is larger than a cluster
// needs is clamped; what is none of these makes the count unknown.
func countAddresses(written []string) (cidrs []string, count *int64) {
	total, whole := int64(0), len(written) > 0
	for _, text := range written {
		prefix, n, ok := readRange(strings.TrimSpace(text))
		whole = whole && ok
		total += n
		if prefix.IsValid() && !prefix.IsSingleIP() {
			cidrs = append(cidrs, prefix.Masked().String())
		}
	}
	if !whole {
		return cidrs, nil
	}
	return cidrs, &total
}

// mostAddresses clamps what a pool is counted as.
const mostAddresses = 1 << 48

func readRange(text string) (prefix netip.Prefix, n int64, ok bool) {
	if first, last, isRange := strings.Cut(text, "-"); isRange {
		n, ok = between(strings.TrimSpace(first), strings.TrimSpace(last))
		return netip.Prefix{}, n, ok
	}
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix, 1 << min(prefix.Addr().BitLen()-prefix.Bits(), 48), true
	}
	_, err := netip.ParseAddr(text)
	return netip.Prefix{}, 1, err == nil
}

// between counts from one address to another, both included.
func between(first, last string) (int64, bool) {
	from, err := netip.ParseAddr(first)
	to, err2 := netip.ParseAddr(last)
	if err != nil || err2 != nil || from.Is4() != to.Is4() || to.Less(from) {
		return 0, false
	}
	a, b := from.As16(), to.As16()
	if [8]byte(a[:8]) != [8]byte(b[:8]) {
		return mostAddresses, true
	}
	span := binary.BigEndian.Uint64(b[8:]) - binary.BigEndian.Uint64(a[8:])
	return int64(min(span, mostAddresses-1)) + 1, true
}
