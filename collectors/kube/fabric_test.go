package kube

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"plimsoll/assessments/snapshot"
)

// fabricOf takes objects as manifests hold them.
func fabricOf(t *testing.T, nodes map[string]map[string]string, objects ...string) []snapshot.Network {
	t.Helper()
	var fabric Fabric
	for name, labels := range nodes {
		fabric.AddNode(name, labels)
	}
	for _, text := range objects {
		var node yaml.Node
		require.NoError(t, yaml.Unmarshal([]byte(text), &node))
		var meta TypeMeta
		require.NoError(t, DecodeNode(node.Content[0], &meta))
		require.True(t, IsFabric(meta), text)
		require.NoError(t, fabric.Take(meta, func(into any) error { return DecodeNode(node.Content[0], into) }))
	}
	return fabric.Records()
}

var edge = map[string]map[string]string{"a": {"edge": "yes", "rack": "1"}, "b": {"edge": "yes", "rack": "2"}, "c": {}}

func TestPoolsAndPeersOfCalico(t *testing.T) {
	records := fabricOf(t, edge,
		`{apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: default}, spec: {cidr: 10.0.0.0/16, blockSize: 26, ipipMode: Always}}`,
		`{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: old}, spec: {cidr: 10.9.0.0/24, disabled: true}}`,
		`{apiVersion: crd.projectcalico.org/v1, kind: BGPPeer, metadata: {name: one}, spec: {node: a, peerIP: 192.0.2.1, asNumber: 64512}}`,
		`{apiVersion: crd.projectcalico.org/v1, kind: BGPPeer, metadata: {name: all}, spec: {peerIP: 192.0.2.1}}`,
		`{apiVersion: crd.projectcalico.org/v1, kind: BGPPeer, metadata: {name: rack}, spec: {nodeSelector: "has(edge) && rack != '1'", peerIP: 192.0.2.1}}`,
		`{apiVersion: crd.projectcalico.org/v1, kind: BGPPeer, metadata: {name: odd}, spec: {nodeSelector: "rack in {'1','2'}", peerIP: 192.0.2.1}}`,
		`{apiVersion: crd.projectcalico.org/v1, kind: BGPPeer, metadata: {name: reflectors}, spec: {nodeSelector: all(), peerSelector: edge == 'yes'}}`,
		`{apiVersion: crd.projectcalico.org/v1, kind: FelixConfiguration, metadata: {name: default}, spec: {bpfEnabled: true}}`,
	)
	require.Equal(t, []snapshot.Network{{
		Component: "cni", Name: "calico", ReplacesKubeProxy: new(true),
		Pools: []snapshot.AddressPool{
			{Name: "default", CIDRs: []string{"10.0.0.0/16"}, Addresses: new(int64(65536)), BlockBits: 26},
			{Name: "old", CIDRs: []string{"10.9.0.0/24"}, Addresses: new(int64(256)), Disabled: true},
		},
		BGP: &snapshot.BGP{FullMesh: new(true), RouteReflectors: 2, Peers: []snapshot.BGPPeer{
			{Name: "all", AllNodes: true}, {Name: "odd", Selector: true}, {Name: "one", Nodes: []string{"a"}}, {Name: "rack", Nodes: []string{"b"}, Selector: true},
		}},
	}}, records)
}

func TestCalicosMeshIsItsDefaultWherePoolsRouteByBGP(t *testing.T) {
	vxlan := `{apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: p}, spec: {cidr: 10.0.0.0/16, ipipMode: Never, vxlanMode: Always}}`
	plain := `{apiVersion: crd.projectcalico.org/v1, kind: IPPool, metadata: {name: p}, spec: {cidr: 10.0.0.0/16}}`
	off := `{apiVersion: crd.projectcalico.org/v1, kind: BGPConfiguration, metadata: {name: default}, spec: {nodeToNodeMeshEnabled: false}}`
	require.Nil(t, fabricOf(t, nil, vxlan)[0].BGP)
	require.True(t, *fabricOf(t, nil, plain)[0].BGP.FullMesh)
	require.False(t, *fabricOf(t, nil, plain, off)[0].BGP.FullMesh)
	require.False(t, *fabricOf(t, nil, vxlan, off)[0].BGP.FullMesh)
}

func TestPoolsAndAnnouncementsOfMetalLB(t *testing.T) {
	objects := []string{
		`{apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: {name: public, labels: {zone: out}}, spec: {addresses: [198.51.100.0/28, 198.51.100.32-198.51.100.41, 198.51.100.50/32]}, status: {assignedIPv4: 3, assignedIPv6: 0}}`,
		`{apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: {name: odd}, spec: {addresses: ["${RANGE}"]}}`,
		`{apiVersion: metallb.io/v1beta1, kind: L2Advertisement, metadata: {name: l2}, spec: {ipAddressPools: [odd], ipAddressPoolSelectors: [{matchLabels: {zone: out}}]}}`,
		`{apiVersion: metallb.io/v1beta1, kind: L2Advertisement, metadata: {name: none}, spec: {ipAddressPoolSelectors: [{matchLabels: {zone: nowhere}}]}}`,
		`{apiVersion: metallb.io/v1beta1, kind: BGPAdvertisement, metadata: {name: r}, spec: {nodeSelectors: [{matchLabels: {edge: "yes"}}]}}`,
		`{apiVersion: metallb.io/v1beta2, kind: BGPPeer, metadata: {name: all}, spec: {peerAddress: 192.0.2.1, password: secret}}`,
		`{apiVersion: metallb.io/v1beta2, kind: BGPPeer, metadata: {name: rack}, spec: {peerAddress: 192.0.2.2, nodeSelectors: [{matchLabels: {rack: "1"}}]}}`,
	}
	records := fabricOf(t, edge, objects...)
	require.Equal(t, []snapshot.Network{{
		Component: "load-balancer", Name: "metallb",
		Pools: []snapshot.AddressPool{
			{Name: "odd"},
			{Name: "public", CIDRs: []string{"198.51.100.0/28"}, Addresses: new(int64(27)), Used: new(int64(3))},
		},
		Announcements: []snapshot.Announcement{
			{Name: "r", Mode: "bgp", Nodes: []string{"a", "b"}},
			{Name: "l2", Mode: "layer2", Pools: []string{"odd", "public"}},
		},
		BGP: &snapshot.BGP{Peers: []snapshot.BGPPeer{{Name: "all", AllNodes: true}, {Name: "rack", Nodes: []string{"a"}, Selector: true}}},
	}}, records)

	unseen := fabricOf(t, nil, objects...)[0]
	require.Len(t, unseen.Announcements, 1, "whose nodes can't be told is left out")
	require.Equal(t, snapshot.BGPPeer{Name: "rack", Selector: true}, unseen.BGP.Peers[1])
}

func TestPoolsOfCilium(t *testing.T) {
	records := fabricOf(t, edge,
		`{apiVersion: cilium.io/v2, kind: CiliumLoadBalancerIPPool, metadata: {name: blue}, spec: {blocks: [{cidr: 10.0.10.0/24}, {start: 10.1.0.1, stop: 10.1.0.10}]}, status: {conditions: [{type: cilium.io/IPsUsed, message: "7"}, {type: cilium.io/IPsTotal, message: "266"}]}}`,
		`{apiVersion: cilium.io/v2alpha1, kind: CiliumLoadBalancerIPPool, metadata: {name: older}, spec: {cidrs: [{cidr: 10.0.20.0/28}], disabled: true}}`,
		`{apiVersion: cilium.io/v2alpha1, kind: CiliumPodIPPool, metadata: {name: default}, spec: {ipv4: {cidrs: [10.10.0.0/16], maskSize: 27}}}`,
		`{apiVersion: cilium.io/v2alpha1, kind: CiliumL2AnnouncementPolicy, metadata: {name: all}, spec: {loadBalancerIPs: true, nodeSelector: {matchLabels: {rack: "2"}}}}`,
		`{apiVersion: cilium.io/v2alpha1, kind: CiliumL2AnnouncementPolicy, metadata: {name: some}, spec: {loadBalancerIPs: true, serviceSelector: {matchLabels: {a: b}}}}`,
		`{apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: {name: kubernetes}, spec: {cidrs: [10.96.0.0/16, "fd00::/108"]}}`,
	)
	require.Equal(t, []snapshot.Network{
		{Component: "cni", Name: "cilium", Pools: []snapshot.AddressPool{{Name: "default", CIDRs: []string{"10.10.0.0/16"}, Addresses: new(int64(65536)), BlockBits: 27}}},
		{Component: "load-balancer", Name: "cilium", Pools: []snapshot.AddressPool{
			{Name: "blue", CIDRs: []string{"10.0.10.0/24"}, Addresses: new(int64(266)), Used: new(int64(7))},
			{Name: "older", CIDRs: []string{"10.0.20.0/28"}, Addresses: new(int64(16)), Disabled: true},
		}, Announcements: []snapshot.Announcement{{Name: "all", Mode: "layer2", Nodes: []string{"b"}}}},
		{Component: "service-cidr", Name: "kubernetes", ServiceCIDRs: []string{"10.96.0.0/16", "fd00::/108"}},
	}, records)
}

func configMap(data map[string]string) *ConfigMap { return &ConfigMap{Data: data} }

func TestKubeProxysConfiguration(t *testing.T) {
	record, known := ProxyRecord(configMap(map[string]string{"config.conf": `
mode: nftables
conntrack: {maxPerCore: 65536, min: 262144, tcpEstablishedTimeout: 2h0m0s, tcpCloseWaitTimeout: 90s, tcpBeLiberal: true}
clientConnection: {kubeconfig: secret}
`}))
	require.True(t, known)
	require.Equal(t, snapshot.Network{Component: "kube-proxy", Name: "kube-proxy", Mode: "nftables", ModeKnown: true, Conntrack: &snapshot.ConntrackSettings{
		MaxPerCore: new(int64(65536)), Min: new(int64(262144)), TCPEstablishedSeconds: new(int64(7200)), TCPCloseWaitSeconds: new(int64(90)),
	}}, record)

	record, known = ProxyRecord(configMap(map[string]string{"config.conf": `{mode: "", conntrack: {maxPerCore: null, min: null, tcpEstablishedTimeout: null, tcpCloseWaitTimeout: null}}`}))
	require.True(t, known, "as kubeadm writes the defaults")
	require.Equal(t, &snapshot.ConntrackSettings{}, record.Conntrack)

	for name, found := range map[string]*ConfigMap{
		"nothing": nil, "another key": configMap(map[string]string{"kubeconfig.conf": "mode: ipvs"}),
		"a mode that is none": configMap(map[string]string{"config.conf": "mode: leak"}), "no YAML": configMap(map[string]string{"config": "{"}),
	} {
		_, known := ProxyRecord(found)
		require.False(t, known, name)
	}
}

func TestKubeadmsRanges(t *testing.T) {
	ranges := KubeadmRanges(configMap(map[string]string{"ClusterConfiguration": `
networking: {podSubnet: "10.244.0.0/16,fd00::/56", serviceSubnet: 10.96.0.0/16}
controllerManager: {extraArgs: {node-cidr-mask-size: "25"}}
`}))
	require.Equal(t, Ranges{Pods: []string{"10.244.0.0/16", "fd00::/56"}, Services: []string{"10.96.0.0/16"}, NodeMaskBits: 25}, ranges)
	ranges = KubeadmRanges(configMap(map[string]string{"ClusterConfiguration": `
controllerManager: {extraArgs: [{name: node-cidr-mask-size-ipv4, value: "26"}, {name: profiling, value: "false"}]}
`}))
	require.Equal(t, Ranges{NodeMaskBits: 26}, ranges)
	require.Equal(t, Ranges{}, KubeadmRanges(configMap(map[string]string{"ClusterConfiguration": "["})))
}

func TestCiliumsConfiguration(t *testing.T) {
	record, _ := CiliumRecord(configMap(map[string]string{"ipam": "cluster-pool", "cluster-pool-ipv4-cidr": "10.0.0.0/16 10.1.0.0/16", "cluster-pool-ipv4-mask-size": "25", "kube-proxy-replacement": "true"}))
	require.Equal(t, snapshot.Network{Component: "cni", Name: "cilium", AddressMode: "node-ranges", NodeMaskBits: 25, ReplacesKubeProxy: new(true),
		Pools: []snapshot.AddressPool{{Name: "cluster-pool", CIDRs: []string{"10.0.0.0/16", "10.1.0.0/16"}, Addresses: new(int64(131072)), BlockBits: 25}}}, record)
	record, _ = CiliumRecord(configMap(map[string]string{"ipam": "eni", "kube-proxy-replacement": "leak"}))
	require.Equal(t, snapshot.Network{Component: "cni", Name: "cilium", AddressMode: "cloud"}, record)
}

func TestEndpointsOfTwoFamiliesCountOnce(t *testing.T) {
	slice := func(family string, nodes ...string) *EndpointSlice {
		e := &EndpointSlice{AddressType: family}
		e.Meta.Namespace, e.Meta.Labels = "shop", map[string]string{"kubernetes.io/service-name": "web"}
		for _, node := range nodes {
			e.Endpoints = append(e.Endpoints, struct {
				NodeName   string `json:"nodeName"`
				Zone       string `json:"zone"`
				Conditions struct {
					Ready *bool `json:"ready"`
				} `json:"conditions"`
			}{NodeName: node, Zone: "z"})
		}
		return e
	}
	var table EndpointsTable
	down := slice("IPv4", "c")
	down.Endpoints[0].Conditions.Ready = new(false)
	for _, e := range []*EndpointSlice{slice("IPv4", "a", "a", "b"), slice("IPv6", "a", "a"), down, {}} {
		table.Add(e)
	}
	require.Equal(t, []snapshot.Endpoints{{
		Namespace: "shop", Service: "web", Slices: 2, Ready: 3, NotReady: 1,
		Nodes: []snapshot.Share{{Name: "a", Pods: 2}, {Name: "b", Pods: 1}}, Zones: []snapshot.Share{{Name: "z", Pods: 3}},
	}}, table.Records())
	_, found := table.Of("shop", "other")
	require.False(t, found)
}

func FuzzRangesOfPools(f *testing.F) {
	for _, seed := range []string{"10.0.0.0/8", "10.0.0.1-10.0.0.9", "fd00::-fd00::ffff:ffff:ffff:ffff", "::/0", "10.0.0.9-10.0.0.1", "a-b", "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cidrs, count := countAddresses([]string{text})
		require.LessOrEqual(t, len(cidrs), 1)
		if count != nil {
			require.Positive(t, *count)
			require.LessOrEqual(t, *count, int64(mostAddresses))
		}
	})
}
