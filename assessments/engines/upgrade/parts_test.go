package upgrade

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

func nodeOf(t *testing.T, n snapshot.Node) *facts.Node {
	t.Helper()
	return clusterOf("v1.30.1", "kubeadm", n).Nodes[0]
}

func TestAMilestoneThatIsNotThereOrPlannedIsNotBuiltOn(t *testing.T) {
	_, sure := milestone("no-such-milestone")
	require.False(t, sure)
	_, sure = milestone("cgroup-v1-removable")
	require.False(t, sure, "planned for 1.38, and may move")
	row, sure := milestone(cgroupRefused)
	require.True(t, sure)
	require.Equal(t, reference.Minor(35), row.Minor)
}

// By containerd's own table (RELEASES.md), the rows of runtimes.yaml and CRI-O's matrix of versions.
func TestHowARuntimeStandsAtAMinor(t *testing.T) {
	for name, c := range map[string]struct {
		runtime, kubelet string
		minor            reference.Minor
		standing         Standing
		why              string
	}{
		"none was seen":                           {"", "v1.30.1", 30, Untold, "its container runtime was not seen"},
		"a version that can't be read":            {"containerd://main", "v1.30.1", 30, Untold, "the version of its container runtime can't be read"},
		"one of which there is no table":          {"frakti://1.2", "v1.30.1", 30, Untold, "the reference has no table for the runtime frakti"},
		"Docker before dockershim went":           {"docker://19.3.15", "v1.19.16", 23, Serves, ""},
		"Docker where dockershim went":            {"docker://19.3.15", "v1.23.1", 24, Breaks, "Kubernetes 1.24 has no dockershim, so the kubelet no longer starts with Docker"},
		"Docker behind cri-dockerd":               {"docker://24.0.1", "v1.24.1", 30, Untold, "it speaks to Docker through cri-dockerd, of which the reference has no table"},
		"Docker on a kubelet that nobody saw":     {"docker://24.0.1", "", 30, Untold, "whether docker:// is dockershim can't be told without the kubelet's version"},
		"the old interface, before it went":       {"containerd://1.5.11", "v1.24.1", 25, Serves, ""},
		"the old interface":                       {"containerd://1.5.11", "v1.25.1", 26, Breaks, "containerd before 1.6 speaks only CRI v1alpha2, which Kubernetes 1.26 no longer does"},
		"a row over many minors names the least":  {"containerd://1.7.2", "v1.27.1", 27, Serves, ""},
		"older than the least of it":              {"containerd://1.6.14", "v1.27.1", 27, Untested, "containerd 1.6.14 with Kubernetes 1.27 is untested: containerd's own table lists its line from 1.6.15 on"},
		"the least itself":                        {"containerd://1.6.15", "v1.27.1", 27, Serves, ""},
		"a later patch of a line that is listed":  {"containerd://2.0.9", "v1.33.1", 33, Serves, ""},
		"the patch that is listed":                {"containerd://2.0.4", "v1.33.1", 33, Serves, ""},
		"an earlier patch of it":                  {"containerd://2.0.3", "v1.33.1", 33, Untested, "containerd 2.0.3 with Kubernetes 1.33 is untested: containerd's own table lists its line from 2.0.4 on"},
		"a line that is not listed":               {"containerd://2.2.0", "v1.33.1", 33, Untested, "containerd 2.2 with Kubernetes 1.33 is untested: containerd's own table does not list it"},
		"a minor that the table does not hold":    {"containerd://2.3.0", "v1.37.1", 37, Untold, "containerd's table does not hold 1.37"},
		"CRI-O of the same minor":                 {"cri-o://1.30.2", "v1.30.1", 30, Serves, ""},
		"CRI-O two minors older":                  {"cri-o://1.28.2", "v1.30.1", 30, Serves, ""},
		"CRI-O three minors older":                {"cri-o://1.27.2", "v1.30.1", 30, Untested, "CRI-O 1.27 with Kubernetes 1.30 is untested: CRI-O has the minor of its Kubernetes, at most 2 older"},
		"CRI-O newer than its Kubernetes":         {"cri-o://1.31.0", "v1.30.1", 30, Untested, "CRI-O 1.31 with Kubernetes 1.30 is untested: CRI-O has the minor of its Kubernetes, at most 2 older"},
		"a CRI-O that does not count as it does":  {"cri-o://2.30.0", "v1.30.1", 30, Untold, "the reference has no window for this CRI-O"},
		"a CRI-O of a line without known windows": {"cri-o://0.30.0", "v1.30.1", 30, Untold, "the reference has no window for this CRI-O"},
	} {
		t.Run(name, func(t *testing.T) {
			j := RuntimeAt(nodeOf(t, snapshot.Node{Name: "a", KubeletVersion: c.kubelet, ContainerRuntime: c.runtime}), c.minor)
			require.Equal(t, c.standing, j.Standing)
			require.Equal(t, c.why, j.Why)
		})
	}
}

func TestHowACgroupVersionStandsAtAMinor(t *testing.T) {
	yes, no := true, false
	ubuntu := func(version string) snapshot.Node {
		return snapshot.Node{Name: "a", OSImage: "Ubuntu " + version, OperatingSystem: "linux"}
	}
	for name, c := range map[string]struct {
		node     snapshot.Node
		minor    reference.Minor
		standing Standing
		seen     string // the first evidence
	}{
		"Windows has none":                        {snapshot.Node{Name: "a", OperatingSystem: "windows"}, 37, Outside, ""},
		"nothing tells it":                        {snapshot.Node{Name: "a", OSImage: "Gentoo"}, 37, Untold, ""},
		"v2":                                      {snapshot.Node{Name: "a", CgroupVersion: 2, CgroupSource: "node"}, 37, Serves, "v2 (from: node)"},
		"v1 before its maintenance":               {snapshot.Node{Name: "a", CgroupVersion: 1}, 30, Serves, "v1 (from: not said)"},
		"v1 in maintenance":                       {snapshot.Node{Name: "a", CgroupVersion: 1, CgroupSource: "os"}, 31, Waning, "v1 (from: os)"},
		"v1 refused":                              {snapshot.Node{Name: "a", CgroupVersion: 1, CgroupSource: "os"}, 35, Breaks, "v1 (from: os)"},
		"v1 refused, and said so":                 {snapshot.Node{Name: "a", CgroupVersion: 1, CgroupSource: "os", KubeletFailCgroupV1: &yes}, 35, Breaks, "v1 (from: os)"},
		"v1 allowed by the kubelet's own key":     {snapshot.Node{Name: "a", CgroupVersion: 1, CgroupSource: "os", KubeletFailCgroupV1: &no}, 35, Waning, "v1 (from: os)"},
		"what was seen goes before the system":    {snapshot.Node{Name: "a", CgroupVersion: 1, CgroupSource: "node", OSImage: "Ubuntu 24.04 LTS"}, 35, Breaks, "v1 (from: node)"},
		"the first release of Ubuntu that has v2": {ubuntu("21.10"), 35, Serves, "v2 (inferred from Ubuntu 21.10: v2 is the default from 21.10 on, cgroups.md)"},
		"the last that had v1":                    {ubuntu("21.04"), 35, Breaks, "v1 (inferred from Ubuntu 21.04: v2 is the default from 21.10 on, cgroups.md)"},
	} {
		t.Run(name, func(t *testing.T) {
			j := CgroupAt(nodeOf(t, c.node), c.minor)
			require.Equal(t, c.standing, j.Standing)
			if c.seen != "" {
				require.Equal(t, c.seen, j.Evidence[0].Value)
			}
		})
	}
}

// Kubernetes' policy: two minors behind up to 1.24, three from 1.25 on, never ahead. KubeOne allows two.
func TestHowFarAKubeletMayStayBehind(t *testing.T) {
	kubeone, _ := reference.UpgradeToolOf("kubeone")
	for name, c := range map[string]struct {
		kubelet, server reference.Minor
		tool            reference.UpgradeTool
		standing        Standing
		by              string
	}{
		"the same minor":                       {30, 30, reference.UpgradeTool{}, Serves, ""},
		"ahead":                                {31, 30, reference.UpgradeTool{}, Breaks, "3 minors older (version-skew-policy.md and KEP-3935)"},
		"two behind, old":                      {22, 24, reference.UpgradeTool{}, Serves, ""},
		"three behind, old":                    {22, 25, reference.UpgradeTool{}, Breaks, "2 minors older (version-skew-policy.md)"},
		"three behind":                         {27, 30, reference.UpgradeTool{}, Serves, ""},
		"four behind":                          {26, 30, reference.UpgradeTool{}, Breaks, "3 minors older (version-skew-policy.md and KEP-3935)"},
		"three behind, where the tool refuses": {27, 30, kubeone, Breaks, "2 minors older (kubeone: kubermatic/kubeone pkg/tasks/preflight_checks.go @a3c4f6b0)"},
		"three behind, and both refuse":        {22, 25, kubeone, Breaks, "2 minors older (version-skew-policy.md)"},
	} {
		t.Run(name, func(t *testing.T) {
			j := SkewAt(c.kubelet, c.server, c.tool)
			require.Equal(t, c.standing, j.Standing)
			if c.by != "" {
				require.Equal(t, c.by, j.Evidence[1].Value)
			}
		})
	}
}

func TestHowANetworkPluginStandsAtAMinor(t *testing.T) {
	for name, c := range map[string]struct {
		plugin, version string
		minor           reference.Minor
		standing        Standing
		why, mend       string
	}{
		"a version that can't be read":  {"calico", "master", 30, Untold, "the version of calico can't be read", ""},
		"a plugin without a table":      {"flannel", "v0.25.1", 30, Untold, "the reference has no list of what flannel 0.25 is tested with", ""},
		"a line of which dates alone":   {"cilium", "1.17.2", 32, Untold, "the reference has no list of what cilium 1.17 is tested with", ""},
		"a list that is in doubt":       {"calico", "v3.15.1", 16, Untold, "what calico 3.15 is tested with is in doubt: the source is weak", ""},
		"listed":                        {"calico", "v3.30.2", 35, Serves, "", ""},
		"not listed":                    {"calico", "v3.30.2", 36, Untested, "calico 3.30 with Kubernetes 1.36 is untested: its project lists 1.31, 1.32, 1.33, 1.34, 1.35", "Move calico to 3.32, tested with 1.36, line by line as its own guide says."},
		"not listed, and several are":   {"calico", "v3.24.0", 28, Untested, "calico 3.24 with Kubernetes 1.28 is untested: its project lists 1.22, 1.23, 1.24, 1.25", "Move calico to 3.25 or 3.26 or 3.27 or 3.28, tested with 1.28, line by line as its own guide says."},
		"not listed, and none is known": {"cilium", "1.18.2", 34, Untested, "cilium 1.18 with Kubernetes 1.34 is untested: its project lists 1.30, 1.31, 1.32, 1.33", "Ask its project which line is tested with 1.34, and try the pair on a cluster of your own first."},
		"younger than the list":         {"calico", "v3.32.0", 37, Untold, "1.37 came after the list of what calico 3.32 is tested with was read", ""},
	} {
		t.Run(name, func(t *testing.T) {
			j := CNIAt(c.plugin, c.version, c.minor)
			require.Equal(t, c.standing, j.Standing)
			require.Equal(t, c.why, j.Why)
			require.Equal(t, c.mend, j.Mend)
		})
	}
}

func TestAPluginPastItsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		plugin, version string
		asOf            time.Time
		why             string // empty: it has not ended
	}{
		"a project that ended":                    {"weave", "2.8.1", november, "weave is a dead end: its project ended on 2024-06-20"},
		"a day that it went on":                   {"weave", "2.8.1", time.Date(2024, time.June, 20, 0, 0, 0, 0, time.UTC), ""},
		"a line that ended":                       {"calico", "v3.28.2", november, "calico 3.28 has had no fixes since 2025-05-05"},
		"its last day":                            {"calico", "v3.28.2", time.Date(2025, time.May, 5, 0, 0, 0, 0, time.UTC), ""},
		"a line older than the first known end":   {"calico", "v3.20.1", november, "calico 3.20 is older than 3.25, which has had no fixes since 2023-12-15"},
		"a line that goes on":                     {"calico", "v3.31.0", november, ""},
		"a line whose minors are in doubt":        {"cilium", "1.19.1", november, ""},
		"a line of which an end alone is known":   {"cilium", "1.17.9", november, "cilium 1.17 has had no fixes since 2026-07-29"},
		"a version that can't be read":            {"calico", "latest", november, ""},
		"a plugin that nobody knows":              {"new-cni", "1.0.0", november, ""},
		"a plugin of which no line is in a table": {"flannel", "v0.20.0", november, ""},
	} {
		t.Run(name, func(t *testing.T) {
			j, ended := CNIEnded(c.plugin, c.version, c.asOf)
			require.Equal(t, c.why != "", ended)
			require.Equal(t, c.why, j.Why)
		})
	}
}

// What kubeadm installs stands in addons.yaml, from its constants.go.
func TestHowAnAddOnStandsAtAMinor(t *testing.T) {
	for name, c := range map[string]struct {
		addon, version string
		minor          reference.Minor
		standing       Standing
		why            string
	}{
		"what kubeadm installs":        {"coredns", "1.12.1", 34, Serves, ""},
		"another patch of it":          {"coredns", "1.12.0", 34, Serves, ""},
		"a newer line":                 {"coredns", "1.14.0", 34, Serves, ""},
		"an older line":                {"coredns", "1.11.3", 34, Untested, "CoreDNS 1.11 with Kubernetes 1.34 is untested: kubeadm installs 1.12.1 beside it"},
		"an older etcd":                {"etcd", "3.5.24-0", 34, Untested, "etcd 3.5 with Kubernetes 1.34 is untested: kubeadm installs 3.6.5 beside it"},
		"a version that can't be read": {"etcd", "edge", 34, Untold, "the version of etcd can't be read"},
		"a minor that is not held":     {"etcd", "3.3.10", 17, Untold, "the reference has no etcd for 1.17"},
	} {
		t.Run(name, func(t *testing.T) {
			j := AddonAt(c.addon, c.version, c.minor)
			require.Equal(t, c.standing, j.Standing)
			require.Equal(t, c.why, j.Why)
		})
	}
}

func TestTheNearestMinorThatIsSupported(t *testing.T) {
	for from, want := range map[reference.Minor]reference.Minor{19: 35, 35: 35, 36: 36, 37: 37, 38: 0} {
		got, found := NearestSupported(from, november)
		require.Equal(t, want, got)
		require.Equal(t, want != 0, found)
	}
}
