package cluster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/snapshot"
	"plimsoll/collectors/cluster"
	"plimsoll/internal/kubetest"
)

// untypedCRD is a custom resource of which the API server checks nothing.
func untypedCRD(kind, plural, group, scope string, versions ...string) string {
	var served []string
	for i, version := range versions {
		served = append(served, fmt.Sprintf("{name: %s, served: true, storage: %v, subresources: {status: {}}, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}", version, i == 0))
	}
	return fmt.Sprintf(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %[2]s.%[3]s}
spec: {group: %[3]s, scope: %[4]s, names: {kind: %[1]s, plural: %[2]s}, versions: [%[5]s]}
`, kind, plural, group, scope, strings.Join(served, ", "))
}

// networked is a cluster with Calico, MetalLB and Cilium's balancer, as no one runs it: each tells what it can.
func networked() []byte {
	return []byte(strings.Join([]string{
		untypedCRD("IPPool", "ippools", "crd.projectcalico.org", "Cluster", "v1"),
		untypedCRD("BGPConfiguration", "bgpconfigurations", "crd.projectcalico.org", "Cluster", "v1"),
		untypedCRD("BGPPeer", "bgppeers", "crd.projectcalico.org", "Cluster", "v1"),
		untypedCRD("IPAddressPool", "ipaddresspools", "metallb.io", "Namespaced", "v1beta1"),
		untypedCRD("L2Advertisement", "l2advertisements", "metallb.io", "Namespaced", "v1beta1"),
		untypedCRD("BGPPeer", "bgppeers", "metallb.io", "Namespaced", "v1beta2", "v1beta1"),
		untypedCRD("CiliumNetworkPolicy", "ciliumnetworkpolicies", "cilium.io", "Namespaced", "v2"),
		untypedCRD("CiliumLoadBalancerIPPool", "ciliumloadbalancerippools", "cilium.io", "Cluster", "v2alpha1"),
		`
apiVersion: v1
kind: Node
metadata: {name: edge-1, labels: {edge: "yes"}}
---
apiVersion: v1
kind: Node
metadata: {name: inner-1}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data:
  config.conf: "{mode: iptables, conntrack: {maxPerCore: 65536, tcpEstablishedTimeout: 2h0m0s}, clientConnection: {kubeconfig: leak-kubeconfig}}"
---
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: further}
spec: {cidrs: [10.200.0.0/24]}
---
apiVersion: crd.projectcalico.org/v1
kind: IPPool
metadata: {name: default}
spec: {cidr: 10.1.0.0/16, blockSize: 26, ipipMode: Always, nodeSelector: all()}
---
apiVersion: crd.projectcalico.org/v1
kind: BGPConfiguration
metadata: {name: default}
spec: {nodeToNodeMeshEnabled: false, asNumber: 64512}
---
apiVersion: crd.projectcalico.org/v1
kind: BGPPeer
metadata: {name: rack}
spec: {nodeSelector: edge == 'yes', peerIP: 203.0.113.9, password: {secretKeyRef: {name: leak-secret}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: metallb-system}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: public, namespace: metallb-system}
spec: {addresses: [198.51.100.0/28, 198.51.100.77/32]}
status: {assignedIPv4: 14}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: l2, namespace: metallb-system}
spec: {ipAddressPools: [public], nodeSelectors: [{matchLabels: {edge: "yes"}}]}
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: {name: router, namespace: metallb-system}
spec: {peerAddress: 203.0.113.9, password: leak-password}
---
apiVersion: cilium.io/v2alpha1
kind: CiliumLoadBalancerIPPool
metadata: {name: blue}
spec: {blocks: [{start: 198.51.100.100, stop: 198.51.100.109}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default, annotations: {metallb.io/ip-allocated-from-pool: public}}
spec: {type: LoadBalancer, loadBalancerSourceRanges: [192.0.2.0/24], loadBalancerClass: example.com/own, ports: [{port: 80}]}
`,
	}, "---"))
}

func TestWhatTheNetworksOwnObjectsTell(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	server.Apply(t, networked())
	user := server.KubeconfigFor(t, "collector", printedRules(t, cluster.Options{})...)
	records, summary := collect(t, user, options())
	require.Empty(t, summary.Refused)

	require.Equal(t, []snapshot.Network{
		{Component: "cni", Name: "calico", Pools: []snapshot.AddressPool{{Name: "default", CIDRs: []string{"10.1.0.0/16"}, Addresses: new(int64(65536)), BlockBits: 26}},
			BGP: &snapshot.BGP{FullMesh: new(false), Peers: []snapshot.BGPPeer{{Name: "rack", Nodes: []string{"edge-1"}, Selector: true}}}},
		{Component: "kube-proxy", Name: "kube-proxy", Mode: "iptables", ModeKnown: true,
			Conntrack: &snapshot.ConntrackSettings{MaxPerCore: new(int64(65536)), TCPEstablishedSeconds: new(int64(7200))}},
		{Component: "load-balancer", Name: "cilium", Pools: []snapshot.AddressPool{{Name: "blue", Addresses: new(int64(10))}}},
		{Component: "load-balancer", Name: "metallb", Pools: []snapshot.AddressPool{{Name: "public", CIDRs: []string{"198.51.100.0/28"}, Addresses: new(int64(17)), Used: new(int64(14))}},
			Announcements: []snapshot.Announcement{{Name: "l2", Mode: "layer2", Pools: []string{"public"}, Nodes: []string{"edge-1"}}},
			BGP:           &snapshot.BGP{Peers: []snapshot.BGPPeer{{Name: "router", AllNodes: true}}}},
		{Component: "service-cidr", Name: "kubernetes", ServiceCIDRs: []string{"10.200.0.0/24", "10.96.0.0/16"}},
	}, only[snapshot.Network](records))

	web := one(t, records, func(s snapshot.Service) bool { return s.Name == "web" })
	require.Equal(t, 1, *web.ClusterAddresses)
	require.Equal(t, 1, web.SourceRanges)
	require.Equal(t, "example.com/own", web.LoadBalancerClass)
	require.Equal(t, "public", web.AddressPool)
	for _, record := range records {
		text := normal(t, record)
		for _, secret := range []string{"leak", "203.0.113.9", "198.51.100.77", "198.51.100.100", "192.0.2"} {
			require.NotContains(t, text, secret)
		}
	}
}

// What was read whole stands in the header; a part of which one kind is refused does not.
func TestTheHeaderSaysWhatWasReadWhole(t *testing.T) {
	t.Parallel()
	server := kubetest.Start(t)
	server.Apply(t, networked())
	all := printedRules(t, cluster.Options{})
	records, _ := collect(t, server.KubeconfigFor(t, "everything", all...), options())
	everything := header(t, records).Scope.Collected
	require.Subset(t, everything, []string{"nodes", "services", "workloads", "cni", "load-balancers", "servicecidrs", "kube-proxy", "releases"})
	require.Subset(t, snapshot.Resources, everything)

	for lost, part := range map[string]string{"ipaddresspools": "load-balancers", "ippools": "cni", "servicecidrs": "servicecidrs", "statefulsets": "workloads", "nodes": "nodes"} {
		records, summary := collect(t, server.KubeconfigFor(t, "without-"+lost, without(all, lost)...), options())
		require.NotEmpty(t, summary.Refused)
		collected := header(t, records).Scope.Collected
		require.NotContains(t, collected, part)
		require.Len(t, collected, len(everything)-1, lost)
	}
	var rules []kubetest.Rule
	for _, rule := range all {
		if len(rule.ResourceNames) == 0 || rule.Resources[0] != "configmaps" {
			rules = append(rules, rule)
		}
	}
	records, _ = collect(t, server.KubeconfigFor(t, "without-configuration", rules...), options())
	require.NotContains(t, header(t, records).Scope.Collected, "kube-proxy")
	require.NotContains(t, header(t, records).Scope.Collected, "cni", "Cilium's addresses stand in its ConfigMap")
}
