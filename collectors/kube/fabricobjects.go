package kube

import (
	"regexp"
	"slices"
	"strings"

	"plimsoll/assessments/snapshot"
)

const (
	calicoName  = "calico"
	metalLBName = "metallb"
	ciliumName  = "cilium"
)

// serviceCIDR is a range of services' cluster addresses.
type serviceCIDR struct {
	Object
	Spec struct {
		CIDRs []string `json:"cidrs"`
	} `json:"spec"`
}

// calicoPool is an IPPool of Calico.
type calicoPool struct {
	Object
	Spec struct {
		CIDR      string `json:"cidr"`
		BlockSize Int    `json:"blockSize"`
		Disabled  bool   `json:"disabled"`
		IPIPMode  string `json:"ipipMode"`
		VXLANMode string `json:"vxlanMode"`
	} `json:"spec"`
}

// calicoBGPConfiguration is a BGPConfiguration of Calico: "default" holds for all nodes.
type calicoBGPConfiguration struct {
	Object
	Spec struct {
		Mesh *bool `json:"nodeToNodeMeshEnabled"`
	} `json:"spec"`
}

// calicoPeer is a BGPPeer of Calico: with a router outside, or, with a peerSelector, between nodes.
type calicoPeer struct {
	Object
	Spec struct {
		Node         string `json:"node"`
		NodeSelector string `json:"nodeSelector"`
		PeerSelector string `json:"peerSelector"`
	} `json:"spec"`
}

// calicoFelix is a FelixConfiguration of Calico.
type calicoFelix struct {
	Object
	Spec struct {
		BPF *bool `json:"bpfEnabled"`
	} `json:"spec"`
}

// metalLBPool is an IPAddressPool of MetalLB.
type metalLBPool struct {
	Object
	Spec struct {
		Addresses []string `json:"addresses"`
	} `json:"spec"`
	Status struct {
		AssignedV4 Int `json:"assignedIPv4"`
		AssignedV6 Int `json:"assignedIPv6"`
	} `json:"status"`
}

// metalLBAdvertisement is an L2Advertisement or BGPAdvertisement of MetalLB.
type metalLBAdvertisement struct {
	Object
	Spec struct {
		Pools         []string        `json:"ipAddressPools"`
		PoolSelectors []LabelSelector `json:"ipAddressPoolSelectors"`
		NodeSelectors []LabelSelector `json:"nodeSelectors"`
	} `json:"spec"`
}

// metalLBPeer is a BGPPeer of MetalLB.
type metalLBPeer struct {
	Object
	Spec struct {
		NodeSelectors []LabelSelector `json:"nodeSelectors"`
	} `json:"spec"`
}

// ciliumBalancerPool is a CiliumLoadBalancerIPPool; older versions call blocks cidrs.
type ciliumBalancerPool struct {
	Object
	Spec struct {
		Blocks   []ciliumBlock `json:"blocks"`
		CIDRs    []ciliumBlock `json:"cidrs"`
		Disabled bool          `json:"disabled"`
	} `json:"spec"`
	Status struct {
		Conditions []struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"conditions"`
	} `json:"status"`
}

type ciliumBlock struct {
	CIDR  string `json:"cidr"`
	Start string `json:"start"`
	Stop  string `json:"stop"`
}

// ciliumPodPool is a CiliumPodIPPool.
type ciliumPodPool struct {
	Object
	Spec struct {
		IPv4 struct {
			CIDRs    []string `json:"cidrs"`
			MaskSize Int      `json:"maskSize"`
		} `json:"ipv4"`
	} `json:"spec"`
}

// ciliumLayer2 is a CiliumL2AnnouncementPolicy.
type ciliumLayer2 struct {
	Object
	Spec struct {
		LoadBalancerIPs bool           `json:"loadBalancerIPs"`
		ServiceSelector *LabelSelector `json:"serviceSelector"`
		NodeSelector    *LabelSelector `json:"nodeSelector"`
	} `json:"spec"`
}

// FabricDecoder decodes an object's JSON or YAML into a slim struct.
type FabricDecoder func(into any) error

// fabricKinds take one object each, by group and kind.
var fabricKinds = map[[2]string]func(*Fabric, FabricDecoder) error{
	{"networking.k8s.io", "ServiceCIDR"}:            take((*Fabric).serviceCIDR),
	{"crd.projectcalico.org", "IPPool"}:             take((*Fabric).calicoPool),
	{"projectcalico.org", "IPPool"}:                 take((*Fabric).calicoPool),
	{"crd.projectcalico.org", "BGPConfiguration"}:   take((*Fabric).calicoConfiguration),
	{"projectcalico.org", "BGPConfiguration"}:       take((*Fabric).calicoConfiguration),
	{"crd.projectcalico.org", "BGPPeer"}:            take((*Fabric).calicoPeer),
	{"projectcalico.org", "BGPPeer"}:                take((*Fabric).calicoPeer),
	{"crd.projectcalico.org", "FelixConfiguration"}: take((*Fabric).calicoFelix),
	{"projectcalico.org", "FelixConfiguration"}:     take((*Fabric).calicoFelix),
	{"metallb.io", "IPAddressPool"}:                 take((*Fabric).metalLBPool),
	{"metallb.io", "L2Advertisement"}:               take((*Fabric).metalLBLayer2),
	{"metallb.io", "BGPAdvertisement"}:              take((*Fabric).metalLBBGP),
	{"metallb.io", "BGPPeer"}:                       take((*Fabric).metalLBPeer),
	{"cilium.io", "CiliumLoadBalancerIPPool"}:       take((*Fabric).ciliumBalancerPool),
	{"cilium.io", "CiliumPodIPPool"}:                take((*Fabric).ciliumPodPool),
	{"cilium.io", "CiliumL2AnnouncementPolicy"}:     take((*Fabric).ciliumLayer2),
}

// IsFabric reports whether a type tells something of the network's data path.
func IsFabric(t TypeMeta) bool { return fabricKinds[[2]string{t.Group(), t.Kind}] != nil }

// Take reads one object of a type for which IsFabric holds.
func (f *Fabric) Take(t TypeMeta, decode FabricDecoder) error {
	return fabricKinds[[2]string{t.Group(), t.Kind}](f, decode)
}

func take[T any](add func(*Fabric, *T)) func(*Fabric, FabricDecoder) error {
	return func(f *Fabric, decode FabricDecoder) error {
		object := new(T)
		if err := decode(object); err != nil {
			return err
		}
		add(f, object)
		return nil
	}
}

func (f *Fabric) serviceCIDR(o *serviceCIDR) {
	for _, text := range o.Spec.CIDRs {
		if prefix, _, ok := readRange(text); ok && prefix.IsValid() {
			f.ranges = append(f.ranges, prefix.Masked().String())
		}
	}
}

func (f *Fabric) calicoPool(o *calicoPool) {
	n := f.component("cni", calicoName)
	cidrs, count := countAddresses([]string{o.Spec.CIDR})
	n.Pools = append(n.Pools, snapshot.AddressPool{Name: o.Meta.Name, CIDRs: cidrs, Addresses: count, BlockBits: int(o.Spec.BlockSize.Value), Disabled: o.Spec.Disabled})
	if never := func(mode string) bool { return mode == "" || mode == "Never" }; !o.Spec.Disabled {
		f.calico.routes = f.calico.routes || !never(o.Spec.IPIPMode) || never(o.Spec.VXLANMode)
	}
}

func (f *Fabric) calicoConfiguration(o *calicoBGPConfiguration) {
	if o.Meta.Name == "default" && o.Spec.Mesh != nil {
		f.calico.mesh = o.Spec.Mesh
	}
}

func (f *Fabric) calicoFelix(o *calicoFelix) {
	if o.Meta.Name == "default" && o.Spec.BPF != nil {
		f.component("cni", calicoName).ReplacesKubeProxy = o.Spec.BPF
	}
}

func (f *Fabric) calicoPeer(o *calicoPeer) {
	if o.Spec.PeerSelector != "" {
		f.calico.reflectors += max(1, len(f.byExpression(o.Spec.PeerSelector)))
		return
	}
	peer := snapshot.BGPPeer{Name: o.Meta.Name}
	switch selector := strings.TrimSpace(o.Spec.NodeSelector); {
	case o.Spec.Node != "":
		peer.Nodes = []string{o.Spec.Node}
	case selector == "" || selector == "all()":
		peer.AllNodes = true
	default:
		peer.Selector, peer.Nodes = true, f.byExpression(selector)
	}
	f.calico.peers = append(f.calico.peers, peer)
}

// record is nil where nothing speaks of BGP. Every node peers with every other unless it was turned off, where pools route by BGP.
func (c *calicoBGP) record() *snapshot.BGP {
	mesh := c.mesh
	if mesh == nil && c.routes {
		mesh = new(true)
	}
	if mesh == nil && len(c.peers) == 0 && c.reflectors == 0 {
		return nil
	}
	return &snapshot.BGP{FullMesh: mesh, RouteReflectors: c.reflectors, Peers: c.peers}
}

// term is one part of a selector in Calico's language: has(k), !has(k), k == 'v', k != 'v'.
var term = regexp.MustCompile(`^\s*(?:(!?)has\(([\w./-]+)\)|([\w./-]+)\s*(==|!=)\s*['"]([^'"]*)['"])\s*$`)

// byExpression are the nodes that an expression of Calico's selects, sorted; nil where nodes were not seen, none fits, or it
// holds more than terms that must all be true.
func (f *Fabric) byExpression(expression string) []string {
	var parsed [][]string
	for part := range strings.SplitSeq(expression, "&&") {
		m := term.FindStringSubmatch(part)
		if m == nil {
			return nil
		}
		parsed = append(parsed, m)
	}
	var nodes []string
	for _, name := range sortedKeys(f.nodes) {
		labels := f.nodes[name].lookup(&f.texts)
		if !slices.ContainsFunc(parsed, func(m []string) bool { return !termHolds(m, labels) }) {
			nodes = append(nodes, name)
		}
	}
	return nodes
}

func termHolds(m []string, labels func(key string) (string, bool)) bool {
	if key := m[2]; key != "" {
		_, has := labels(key)
		return has == (m[1] == "")
	}
	value, has := labels(m[3])
	if m[4] == "==" {
		return has && value == m[5]
	}
	return !has || value != m[5]
}

func (f *Fabric) metalLBPool(o *metalLBPool) {
	n := f.component("load-balancer", metalLBName)
	cidrs, count := countAddresses(o.Spec.Addresses)
	pool := snapshot.AddressPool{Name: o.Meta.Name, CIDRs: cidrs, Addresses: count}
	if o.Status.AssignedV4.Set || o.Status.AssignedV6.Set {
		pool.Used = new(max(o.Status.AssignedV4.Value, 0) + max(o.Status.AssignedV6.Value, 0))
	}
	n.Pools = append(n.Pools, pool)
	if f.poolLabels == nil {
		f.poolLabels = map[string]map[string]string{}
	}
	f.poolLabels[o.Meta.Name] = o.Meta.Labels
}

func (f *Fabric) metalLBLayer2(o *metalLBAdvertisement) { f.choose(o, "layer2") }
func (f *Fabric) metalLBBGP(o *metalLBAdvertisement)    { f.choose(o, "bgp") }

func (f *Fabric) choose(o *metalLBAdvertisement, mode string) {
	f.component("load-balancer", metalLBName)
	f.chosen = append(f.chosen, poolChoice{name: o.Meta.Name, mode: mode, named: o.Spec.Pools, selectors: o.Spec.PoolSelectors, nodes: o.Spec.NodeSelectors})
}

// resolveChoices turns announcements into records once all pools and nodes are known. One whose nodes can't be told, or that no
// pool fits, is left out.
func (f *Fabric) resolveChoices() {
	for _, c := range f.chosen {
		announcement := snapshot.Announcement{Name: c.name, Mode: c.mode, Pools: slices.Clone(c.named)}
		for _, pool := range sortedKeys(f.poolLabels) {
			if slices.ContainsFunc(c.selectors, func(s LabelSelector) bool { return s.Matches(f.poolLabels[pool]) }) {
				announcement.Pools = append(announcement.Pools, pool)
			}
		}
		slices.Sort(announcement.Pools)
		announcement.Pools = slices.Compact(announcement.Pools)
		if len(c.selectors) > 0 && len(announcement.Pools) == 0 {
			continue
		}
		nodes, known := f.selected(c.nodes)
		if !known || nodes == nil && len(c.nodes) > 0 && !slices.ContainsFunc(c.nodes, func(s LabelSelector) bool { return s.IsEmpty() }) {
			continue
		}
		announcement.Nodes = nodes
		n := f.component("load-balancer", metalLBName)
		n.Announcements = append(n.Announcements, announcement)
	}
	f.chosen = nil
}

func (f *Fabric) metalLBPeer(o *metalLBPeer) {
	n := f.component("load-balancer", metalLBName)
	if n.BGP == nil {
		n.BGP = &snapshot.BGP{}
	}
	peer := snapshot.BGPPeer{Name: o.Meta.Name, Selector: len(o.Spec.NodeSelectors) > 0}
	nodes, known := f.selected(o.Spec.NodeSelectors)
	switch {
	case nodes != nil:
		peer.Nodes = nodes
	case known && (!peer.Selector || slices.ContainsFunc(o.Spec.NodeSelectors, func(s LabelSelector) bool { return s.IsEmpty() })):
		peer.AllNodes, peer.Selector = true, false
	}
	n.BGP.Peers = append(n.BGP.Peers, peer)
}

func (f *Fabric) ciliumBalancerPool(o *ciliumBalancerPool) {
	var written []string
	for _, block := range append(slices.Clone(o.Spec.Blocks), o.Spec.CIDRs...) {
		switch {
		case block.CIDR != "":
			written = append(written, block.CIDR)
		case block.Stop != "":
			written = append(written, block.Start+"-"+block.Stop)
		default:
			written = append(written, block.Start)
		}
	}
	pool := snapshot.AddressPool{Name: o.Meta.Name, Disabled: o.Spec.Disabled}
	pool.CIDRs, pool.Addresses = countAddresses(written)
	for _, condition := range o.Status.Conditions {
		if count, ok := figure(condition.Message); ok && condition.Type == "cilium.io/IPsUsed" {
			pool.Used = &count
		}
	}
	n := f.component("load-balancer", ciliumName)
	n.Pools = append(n.Pools, pool)
}

func (f *Fabric) ciliumPodPool(o *ciliumPodPool) {
	pool := snapshot.AddressPool{Name: o.Meta.Name, BlockBits: int(o.Spec.IPv4.MaskSize.Value)}
	pool.CIDRs, pool.Addresses = countAddresses(o.Spec.IPv4.CIDRs)
	n := f.component("cni", ciliumName)
	n.Pools = append(n.Pools, pool)
}

// ciliumLayer2 announces the balancer's addresses of all services; one that chooses services by label can't be told here.
func (f *Fabric) ciliumLayer2(o *ciliumLayer2) {
	if !o.Spec.LoadBalancerIPs || o.Spec.ServiceSelector != nil && !o.Spec.ServiceSelector.IsEmpty() {
		return
	}
	var selectors []LabelSelector
	if o.Spec.NodeSelector != nil {
		selectors = []LabelSelector{*o.Spec.NodeSelector}
	}
	nodes, known := f.selected(selectors)
	if !known || nodes == nil && len(selectors) > 0 && !selectors[0].IsEmpty() {
		return
	}
	n := f.component("load-balancer", ciliumName)
	n.Announcements = append(n.Announcements, snapshot.Announcement{Name: o.Meta.Name, Mode: "layer2", Nodes: nodes})
}
