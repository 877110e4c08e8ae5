package reference

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARecentPatchIsNoSupport(t *testing.T) {
	asOf := day("2026-11-22")
	require.Equal(t, []Minor{35, 36, 37}, SupportedAt(asOf))
	old, found := ReleaseOf(34)
	require.True(t, found)
	require.True(t, old.LatestPatchDate.After(old.EndOfLife.Time), "1.34.13 came a day after the end")
	ended, sure := old.Ended(asOf)
	require.True(t, ended)
	require.True(t, sure)
	ended, _ = old.Ended(day("2026-10-27"))
	require.False(t, ended, "the last day still counts")
}

func TestEndsOfSupportInDoubt(t *testing.T) {
	for _, c := range []struct {
		minor       Minor
		asOf        string
		ended, sure bool
	}{
		{37, "2026-11-22", false, false}, // only estimated
		{37, "2028-01-01", true, false},
		{27, "2024-07-01", false, false}, // between the dates of two sources
		{27, "2024-06-01", false, true},
		{27, "2024-08-01", true, true},
	} {
		release, found := ReleaseOf(c.minor)
		require.True(t, found)
		ended, sure := release.Ended(day(c.asOf))
		require.Equal(t, c.ended, ended, "%+v", c)
		require.Equal(t, c.sure, sure, "%+v", c)
	}
	_, found := ReleaseOf(99)
	require.False(t, found)
	newest, _ := NewestRelease(day("2026-11-22"))
	require.Equal(t, Minor(37), newest.Minor)
	newest, _ = NewestRelease(day("2026-08-25"))
	require.Equal(t, Minor(36), newest.Minor)
	_, found = NewestRelease(day("2010-01-01"))
	require.False(t, found)
}

func TestAProviderHasDatesOfItsOwn(t *testing.T) {
	eks, found := ManagedLifecycleOf("eks", 34)
	require.True(t, found)
	require.Equal(t, "2026-12-02", eks.StandardEnd.String())
	_, found = ManagedLifecycleOf("eks", 37)
	require.False(t, found)
}

func TestTheKubeletsWindowDependsOnTheKubelet(t *testing.T) {
	for _, c := range []struct {
		kubelet, server Minor
		want            bool
	}{
		{25, 28, true}, {25, 29, false}, {24, 26, true}, {24, 27, false}, {36, 35, false}, {35, 35, true}, {34, 37, true}, {33, 37, false},
	} {
		skew, found := SkewOf("kubelet", c.kubelet)
		require.True(t, found)
		require.Equal(t, c.want, skew.Allows(c.kubelet, c.server), "%+v", c)
		require.Equal(t, "oldest kube-apiserver", skew.Against)
	}
	proxy, found := SkewAgainst("kube-proxy", "kubelet", 36)
	require.True(t, found)
	require.True(t, proxy.Allows(36, 35))
	_, found = SkewOf("kube-fantasy", 36)
	require.False(t, found)
}

func TestToolsForbidDifferently(t *testing.T) {
	for tool, forbids := range map[string]bool{"kubeadm": true, "kubeone": true, "eks": true, "kops": false, "k3s": false, "kubespray": false} {
		row, found := UpgradeToolOf(tool)
		require.True(t, found, tool)
		require.Equal(t, forbids, row.Forbids(), tool)
	}
	kubeone, _ := UpgradeToolOf("kubeone")
	require.Equal(t, 2, kubeone.KubeletOlderBy)
	eks, _ := UpgradeToolOf("eks")
	require.Equal(t, 7, eks.RollbackDays)
	aks, _ := UpgradeToolOf("aks")
	require.Equal(t, SkipsUnsupported, aks.Skips)
	gke, _ := UpgradeToolOf("gke")
	require.False(t, gke.Deducts())
	require.Len(t, ToolWindows("talos"), 4)
	require.NotEmpty(t, Bundles("kubespray"))
}

func TestAnAPIIsGoneAtAMinor(t *testing.T) {
	for _, c := range []struct {
		group, version, kind string
		at                   Minor
		gone, sure           bool
	}{
		{"extensions", "v1beta1", "Deployment", 16, true, true},
		{"policy", "v1beta1", "PodDisruptionBudget", 24, false, true},
		{"policy", "v1beta1", "PodDisruptionBudget", 25, true, true},
		{"flowcontrol.apiserver.k8s.io", "v1beta1", "FlowSchema", 27, true, false}, // another list says 1.29
		{"flowcontrol.apiserver.k8s.io", "v1beta1", "FlowSchema", 29, true, true},
		{"resource.k8s.io", "v1beta1", "ResourceClaim", 37, false, false}, // another list says 1.36
		{"resource.k8s.io", "v1beta1", "ResourceClaim", 38, true, false},  // planned
		{"networking.k8s.io", "v1beta1", "IPAddress", 37, true, true},
		{"storage.k8s.io", "v1beta1", "VolumeAttributesClass", 36, false, true},
		{"storage.k8s.io", "v1beta1", "VolumeAttributesClass", 37, true, false}, // another list knows no removal
		{"", "v1", "Endpoints", 37, false, true},                                // deprecated alone
	} {
		row, found := RemovedAPIOf(c.group, c.version, c.kind)
		require.True(t, found, "%+v", c)
		gone, sure := row.GoneAt(c.at)
		require.Equal(t, c.gone, gone, "%+v", c)
		require.Equal(t, c.sure, sure, "%+v", c)
	}
	_, found := RemovedAPIOf("extensions", "v1beta1", "Job")
	require.False(t, found)
	require.NotEmpty(t, RemovedGroupVersion("extensions", "v1beta1"))
	require.True(t, IsKubernetesGroup("apps"))
	require.True(t, IsKubernetesGroup("resource.k8s.io"))
	require.False(t, IsKubernetesGroup("cert-manager.io"))
	require.False(t, IsKubernetesGroup("snapshot.storage.k8s.io"))
	for _, row := range RemovedAPIs() {
		require.True(t, IsKubernetesGroup(row.Group), row.Group)
		require.NotZero(t, row.RemovedIn, "%+v", row)
	}
}

func TestAProvisionerIsToldByItsVersionsSuffix(t *testing.T) {
	for version, want := range map[string]string{
		"v1.35.0-eks-5e0fdde": "eks", "v1.36.3-gke.1640000": "gke", "v1.34.1+k3s1": "k3s", "v1.34.1+rke2r1": "rke2", "v1.34.1+k0s.0": "k0s", "v1.34.1": "",
	} {
		got, found := ProvisionerByVersion(version)
		require.Equal(t, want, got, version)
		require.Equal(t, want != "", found, version)
	}
	var order []string
	for _, sign := range ProvisionerSigns() {
		_, found := ProvisionerOf(sign.Provisioner)
		require.True(t, found, sign.Provisioner)
		if len(order) == 0 || order[len(order)-1] != sign.Provisioner {
			order = append(order, sign.Provisioner)
		}
	}
	require.Equal(t, "kubeadm", order[len(order)-1], "what others use underneath comes last")
	aks, _ := ProvisionerOf("aks")
	require.True(t, aks.Managed)
	kind, _ := ProvisionerOf("kind")
	require.True(t, kind.Development)
}

func TestNetworkingFormulas(t *testing.T) {
	figures := NetworkingFigures()
	for cores, want := range map[int64]int64{1: 131072, 4: 131072, 8: 262144, 64: 2097152} {
		require.Equal(t, want, figures.Conntrack.ProxyMax(cores))
	}
	require.EqualValues(t, 262144, figures.Conntrack.KernelMax(24<<30))
	require.EqualValues(t, 1024, figures.Conntrack.KernelMax(1<<20))
	require.EqualValues(t, 3600, figures.Conntrack.Proxy.CloseWaitSeconds, "kube-proxy raises it from a minute")
	require.EqualValues(t, 86400, figures.Conntrack.Proxy.EstablishedSeconds, "kube-proxy lowers it from five days")
	total := func(balanced bool) int64 {
		return figures.IPTables.FixedNATRules + 10*figures.IPTables.NATRules(10, balanced)
	}
	require.EqualValues(t, 325, total(false))
	require.EqualValues(t, 385, total(true))
	require.Zero(t, figures.IPTables.NATRules(0, true))

	_, deprecated := ProxyModeDeprecated("ipvs", 34)
	require.False(t, deprecated)
	_, deprecated = ProxyModeDeprecated("ipvs", 35)
	require.True(t, deprecated)
	_, deprecated = ProxyModeDeprecated("iptables", 37)
	require.False(t, deprecated)
}

func TestProbeFiguresAndRecovery(t *testing.T) {
	defaults := ProbeFieldDefaults()
	require.Equal(t, 30, defaults.InitialDelaySeconds+defaults.PeriodSeconds*defaults.FailureThreshold)
	require.Equal(t, 1, defaults.TimeoutSeconds)
	for image, want := range map[string]int64{
		"docker.io/apache/kafka": 600, "docker.io/confluentinc/cp-kafka": 600, "quay.io/strimzi/kafka": 600, "docker.io/bitnami/kafka": 600,
		"docker.io/apache/kafka-native": 600, "docker.io/provectuslabs/kafka-ui": 0, "docker.io/library/cassandra": 0, "docker.io/library/mysql": 0,
	} {
		row, found := RecoveryOf(image)
		require.Equal(t, want > 0, found, image)
		require.Equal(t, want, row.LowSeconds, image)
	}
	startup, found := ProbeFeatureOf("startupProbe")
	require.True(t, found)
	require.False(t, startup.Available(17))
	require.True(t, startup.Available(18))
	bare := 0
	for _, chart := range DefaultChartProbes() {
		if chart.Startup != nil && !chart.Startup.Enabled {
			bare++
		}
	}
	require.Equal(t, 8, bare, "of the nine charts only one sets a startup probe by default")
}

func TestPathsThatCheckDependencies(t *testing.T) {
	for path, want := range map[string]string{
		"/actuator/health": "actuator/health", "/api/Actuator/health/": "actuator/health", "actuator/health": "actuator/health",
		"/actuator/health/readiness": "actuator/health/readiness", "/q/health": "q/health", "/q/health/ready": "q/health/ready",
		"/health/ready": "health/ready", "/health/readiness": "health/readiness", "/readyz": "readyz",
		"/actuator/health/liveness": "", "/myactuator/health": "", "/health": "", "/healthz": "", "/": "", "": "",
	} {
		row, deep := DeepPathOf(path)
		require.Equal(t, want != "", deep, path)
		require.Equal(t, want, row.Path, path)
		_, still := DeepPathOf("/" + row.Instead)
		require.False(t, still, "%s: what the mend asks is deep too", path)
	}
	weak, _ := DeepPathOf("/readyz")
	require.False(t, weak.Deducts(), "many servers borrow the name")
	require.Equal(t, BackOff{InitialSeconds: 10, MaxSeconds: 300, ResetAfterSeconds: 600, Provenance: RestartBackOff().Provenance}, RestartBackOff())
}

func TestProductsThatNeedAQuorum(t *testing.T) {
	for image, want := range map[string]Counting{"kafka": CountsInSync, "cp-kafka": CountsInSync, "zookeeper": CountsMajority, "etcd": CountsMajority, "consul": CountsUnknown} {
		row, needs := QuorumOf(image)
		require.True(t, needs, image)
		require.True(t, NeedsQuorum(image), image)
		require.Equal(t, want, row.Counts, image)
		require.Equal(t, want == CountsInSync, len(row.MinInSync) > 0, image)
	}
	_, needs := QuorumOf("kafka-ui")
	require.False(t, needs)
}

func TestRuntimesAndNetworkPlugins(t *testing.T) {
	pairing, found := RuntimePairingOf("containerd", 36)
	require.True(t, found)
	require.Equal(t, []string{"2.3.0", "2.2.0"}, pairing.Versions, "no 1.x line is listed from 1.36 on")
	_, found = RuntimePairingOf("containerd", 37)
	require.False(t, found)
	refused, found := MilestoneOf("cgroup-v1-refused")
	require.True(t, found)
	require.Equal(t, Minor(35), refused.Minor)
	removable, _ := MilestoneOf("cgroup-v1-removable")
	require.False(t, removable.Deducts())
	calico, found := CNILineOf("calico", "3.31")
	require.True(t, found)
	require.Contains(t, calico.Kubernetes, Minor(35))
	derived, _ := CNILineOf("cilium", "1.20")
	require.False(t, derived.Deducts())
	flannel, _ := CNIPluginOf("flannel")
	require.False(t, flannel.EnforcesPolicies)
	pending, found := HelmStatusOf("pending-upgrade")
	require.True(t, found)
	require.True(t, pending.Pending)
	require.Equal(t, 10, HelmStorages()[0].MaxHistory)
	require.NotEmpty(t, RuntimeReleases())
	require.NotEmpty(t, CgroupV2Defaults())
	require.NotEmpty(t, Extensions())
	require.NotEmpty(t, Recoveries())
	require.NotEmpty(t, ManagedLifecycles())
	require.Equal(t, Minor(9), Releases()[0].Minor)
}

func TestAMinorIsRead(t *testing.T) {
	for text, want := range map[string]Minor{"1.37": 37, "v1.9": 9, "1.34.2": 34} {
		got, err := ParseMinor(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "2.1", "1.", "1.x", "1.0", "37"} {
		_, err := ParseMinor(text)
		require.Error(t, err, text)
	}
	require.Equal(t, "1.37", Minor(37).String())
}
