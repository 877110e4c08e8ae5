package upgrade

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// moves lists the moves of something: to a minor, from and to what.
func moves(p Plan, what string) []string {
	var all []string
	for _, hop := range p.Hops {
		for _, move := range hop.Moves {
			if move.What == what {
				all = append(all, fmt.Sprintf("to %s: %s → %s", hop.To, move.From, move.To))
			}
		}
	}
	return all
}

func running(names string, runtime, kubelet string) []snapshot.Record {
	var all []snapshot.Record
	for _, name := range names {
		all = append(all, snapshot.Node{Name: string(name), KubeletVersion: kubelet, ContainerRuntime: runtime, CgroupVersion: 2})
	}
	return all
}

func TestTheRuntimeIsFollowedHopByHop(t *testing.T) {
	for name, c := range map[string]struct {
		version, tool string
		runtimes      []string
		to            reference.Minor
		moves, told   []string
		counted       int
	}{
		"listed for both ends, not the newest": {"v1.34.1", "kubeadm", []string{"containerd://2.0.6"}, 35,
			[]string{"to 1.35: containerd://2.0.6 → containerd://2.1.5"}, []string{"to 1.35 untested: containerd://2.0.6"}, 1},
		"two groups of nodes move each for itself, then together": {"v1.25.1", "kubeadm", []string{"containerd://1.5.9", "containerd://1.5.11"}, 32,
			[]string{"to 1.26: containerd://1.5.11 → containerd://1.7.0", "to 1.26: containerd://1.5.9 → containerd://1.7.0", "to 1.32: containerd://1.7.0 → containerd://2.1.0"},
			[]string{"to 1.26 blocks: containerd://1.5.11", "to 1.26 blocks: containerd://1.5.9", "to 1.32 untested: containerd://1.7.0", "to 1.32 untested: containerd://1.7.0"}, 3},
		"a patch of the same line is no move that counts": {"v1.33.1", "kubespray", []string{"containerd://2.2.0"}, 34,
			[]string{"to 1.34: containerd://2.2.0 → containerd://2.2.1"}, []string{"to 1.34 untested: containerd://2.2.1"}, 0},
		"what is newer than the tool's stays":      {"v1.33.1", "kubespray", []string{"containerd://2.3.0"}, 35, nil, []string{"to 1.34 untested: containerd://2.3.0"}, 0},
		"a table without the minor is told once":   {"v1.35.1", "kubeadm", []string{"containerd://2.3.0"}, 37, nil, []string{"to 1.37 unknown: containerd://2.3.0"}, 0},
		"a runtime without a table is told once":   {"v1.30.1", "kubeadm", []string{"frakti://1.0"}, 33, nil, []string{"to 1.31 unknown: frakti://1.0"}, 0},
		"and the tool's containerd is not for it":  {"v1.30.1", "kubespray", []string{"cri-o://1.30.0"}, 32, nil, nil, 0},
		"a runtime that nobody saw is told of not": {"v1.30.1", "kubeadm", []string{""}, 33, nil, nil, 0},
		"a runtime whose version can't be read":    {"v1.30.1", "kubespray", []string{"containerd://main"}, 32, nil, []string{"to 1.31 unknown: containerd://main"}, 0},
		"CRI-O falls behind: another runtime": {"v1.30.1", "kubeadm", []string{"cri-o://1.29.0"}, 32,
			[]string{"to 1.32: cri-o://1.29.0 → containerd://2.1.0"}, []string{"to 1.32 untested: cri-o://1.29.0"}, 1},
		"no version is listed for both ends":  {"v1.19.1", "kubeadm", []string{"containerd://1.4.3"}, 20, []string{"to 1.20: containerd://1.4.3 → containerd://1.5.0"}, []string{"to 1.20 untested: containerd://1.4.3"}, 1},
		"nothing is listed to go to":          {"v1.36.1", "kubeadm", []string{"cri-o://1.34.0"}, 37, nil, []string{"to 1.37 untested: cri-o://1.34.0"}, 0},
		"a provider's node images bring it":   {"v1.33.1", "eks", []string{"containerd://1.5.9"}, 36, nil, nil, 0},
		"dockershim ends with the tool's own": {"v1.23.1", "kubespray", []string{"docker://20.10"}, 25, []string{"to 1.24: docker://20.10 → containerd://1.6.8", "to 1.25: containerd://1.6.8 → containerd://1.6.15"}, []string{"to 1.24 blocks: docker://20.10"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var nodes []snapshot.Record
			for i, runtime := range c.runtimes {
				nodes = append(nodes, running(string(rune('a'+i)), runtime, c.version)...)
			}
			p := compute(clusterOf(c.version, c.tool, nodes...), c.to)
			require.Equal(t, c.moves, moves(p, "container runtime"))
			require.Equal(t, c.told, told(p, "runtime"))
			require.Equal(t, c.counted, p.InPlace.RuntimeMoves)
		})
	}
}

func TestTheNetworkPluginIsFollowedHopByHop(t *testing.T) {
	for name, c := range map[string]struct {
		version, tool, plugin, runs string
		to                          reference.Minor
		moves, told                 []string
		counted                     int
	}{
		"it stays as long as its line is listed, then moves to the line that reaches furthest": {"v1.31.1", "kubeadm", "calico", "v3.29.1", 36,
			[]string{"to 1.33: v3.29.1 → 3.31", "to 1.36: 3.31 → 3.32"}, []string{"before information: calico"}, 2},
		"the tool brings a patch": {"v1.33.1", "kubespray", "calico", "v3.30.2", 34, []string{"to 1.34: v3.30.2 → 3.30.6"}, []string{"before information: calico"}, 0},
		"what the tool brings is its own choice, told once": {"v1.23.1", "kubespray", "calico", "v3.23.5", 24, nil,
			[]string{"before information: calico", "to 1.24 untested: calico v3.23.5"}, 0},
		"the tool brings nothing for this plugin": {"v1.23.1", "kubespray", "weave", "2.8.1", 25, nil, []string{"before information: weave", "to 1.24 unknown: weave 2.8.1"}, 0},
		"a provider's plugin stays, told once":    {"v1.33.1", "eks", "calico", "v3.28.1", 36, nil, []string{"before information: calico", "to 1.34 untested: calico v3.28.1"}, 0},
		"no line is tested with the minor: told once": {"v1.33.1", "kubeadm", "cilium", "1.18.1", 36, nil,
			[]string{"to 1.34 untested: cilium 1.18.1"}, 0},
		"in doubt, told once": {"v1.30.1", "kubeadm", "flannel", "v0.25.0", 33, nil, []string{"to 1.31 unknown: flannel v0.25.0"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := compute(clusterOf(c.version, c.tool, snapshot.Network{Component: "kube-proxy", Name: "kube-proxy"}, snapshot.Network{Component: "cni"}, snapshot.Network{Component: "cni", Name: c.plugin, Version: c.runs}), c.to)
			require.Equal(t, c.moves, moves(p, "network plugin "+c.plugin))
			require.Equal(t, c.told, told(p, "cni"))
			require.Equal(t, c.counted, p.InPlace.NetworkMoves)
		})
	}
	line, found := cniFor("cilium", Hop{from: 29, to: 30})
	require.True(t, found)
	require.Equal(t, "1.18", line, "no line that is sure is tested with both")
	line, found = cniFor("calico", Hop{from: 6, to: 8})
	require.True(t, found)
	require.Equal(t, "3.1", line, "the oldest of those that reach")
	_, found = cniFor("cilium", Hop{from: 34, to: 35})
	require.False(t, found, "1.19 and 1.20 are derived, and no move is built on them")
}

func TestWhatTheToolItselfMeans(t *testing.T) {
	managed := compute(clusterOf("v1.35.1", "eks"), 36)
	require.Equal(t, []string{"before information: eks"}, told(managed, "tool"), "seven days to go back, and nothing skipped")
	require.Equal(t, []string{"before unknown: the tool"}, told(compute(clusterOf("v1.36.1", ""), 37), "tool"))
	require.Equal(t, []string{"before information: kops"}, told(compute(clusterOf("v1.35.1", "kops"), 37), "tool"))
	require.Equal(t, []string{"before blocks: rke1"}, told(compute(clusterOf("v1.35.1", "rke1"), 37), "tool"))
	require.Empty(t, told(compute(clusterOf("v1.35.1", "kubeadm"), 37), "tool"))
	require.Empty(t, told(compute(clusterOf("v1.27.1", "talos"), 28), "tool"), "older than the oldest line that is held")

	unsaid := clusterOf("v1.35.1", "eks")
	unsaid.Cluster.Managed = nil
	require.True(t, compute(unsaid, 36).Tool.Managed, "a provider manages its clusters, whether or not the snapshot says so")
	unsaid.Cluster.Provisioner = "somebody"
	require.False(t, compute(unsaid, 36).Tool.Managed)

	spray := itemAt(t, compute(clusterOf("v1.35.1", "kubespray"), 36), "1.36", "tool", NotKnown)
	require.Equal(t, "v2.20.0 (1.24.6) to v2.31.0 (1.35.4)", spray.Evidence[0].Value)

	one := Compute(Input{Facts: clusterOf("v1.32.1", "aks"), AsOf: time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC), To: 34})
	require.Equal(t, []string{"1.33"}, one.Hops[0].Skips)
	require.Equal(t, []string{"to 1.34 information: aks"}, told(one, "tool"))
}

func TestALineOfAToolThatEndsBeforeTheTarget(t *testing.T) {
	p := Plan{Tool: Tool{ID: "talos"}, Hops: []Hop{{To: "1.38", to: 38}}}
	w := walk{plan: &p}
	w.toolReleases(nil)
	require.Equal(t, "No line of talos in the reference takes 1.38.", p.Hops[0].Items[0].Message)
	require.Equal(t, "1.14 takes 1.32 to 1.37 (siderolabs/talos compatibility)", p.Hops[0].Items[0].Evidence[0].Value)
}

// EKS took 1.30 in that summer, AKS nothing older than 1.32: each provider's own table counts.
func TestAStepOutOfAnUnsupportedMinorGoesToTheProvidersOldest(t *testing.T) {
	asOf := time.Date(2025, time.July, 1, 0, 0, 0, 0, time.UTC)
	p := Compute(Input{Facts: clusterOf("v1.28.1", "aks"), AsOf: asOf, To: 33})
	require.Equal(t, []string{"1.32", "1.33"}, []string{p.Hops[0].To, p.Hops[1].To})
	require.Equal(t, reference.Minor(0), oldestSupported("nobody", asOf))
	require.Equal(t, reference.Minor(32), oldestSupported("aks", time.Date(2025, time.May, 1, 0, 0, 0, 0, time.UTC)), "the only one")
}

func TestCgroupsAndKubeletsOfOneNode(t *testing.T) {
	one := compute(clusterOf("v1.34.1", "kubeadm", snapshot.Node{Name: "a", CgroupVersion: 1, KubeletVersion: "v1.34.1"}), 36)
	require.Equal(t, []string{"to 1.35 blocks: cgroup v1"}, told(one, "cgroup"))
	other := compute(clusterOf("v1.36.1", "kubeadm", snapshot.Node{Name: "a", KubeletVersion: "v2.1.0"}, snapshot.Node{Name: "b", KubeletVersion: "v1.33.1"}, snapshot.Node{Name: "c", KubeletVersion: "v1.33.9"}), 37)
	require.Equal(t, []string{"to 1.37 blocks: kubelets of 1.33"}, told(other, "kubeletSkew"))
	require.Equal(t, 2, itemAt(t, other, "1.37", "kubeletSkew", Blocks).Count)
}
