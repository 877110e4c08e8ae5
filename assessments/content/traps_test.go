package content

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/probe"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/snapshot"
)

// trapDay is the day that traps are judged at.
var trapDay = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

// running is a cluster's snapshot that read everything.
func running(version string, more ...snapshot.Record) assessments.View {
	records := []snapshot.Record{
		snapshot.Header{Source: snapshot.SourceCluster, TakenAt: trapDay, Scope: snapshot.Scope{Collected: snapshot.Resources}},
		snapshot.Cluster{UID: "c", ServerVersion: version},
	}
	return assessments.View{Facts: facts.FromRecords(facts.Options{}, append(records, more...)...), AsOf: trapDay}
}

func managedBy(provisioner, version string, more ...snapshot.Record) assessments.View {
	managed := true
	v := running(version, more...)
	v.Cluster.Provisioner, v.Cluster.Managed = provisioner, &managed
	return v
}

// said is what a rule says of one subject.
func said(t *testing.T, rule, subject string, v assessments.View) assessments.Outcome {
	t.Helper()
	found, ok := V1().Rules.ByID(rule)
	require.True(t, ok, rule)
	for _, o := range found.Judge(v) {
		if o.Subject().String() == subject {
			return o
		}
	}
	require.Failf(t, "no outcome", "%s says nothing of %s", rule, subject)
	return assessments.Outcome{}
}

func node(kubelet string, more func(*snapshot.Node)) snapshot.Node {
	n := snapshot.Node{Name: "n", KubeletVersion: kubelet}
	if more != nil {
		more(&n)
	}
	return n
}

// java is a workload with one container that surely runs a JVM of an image, with options in a variable.
func java(image, variable string, flags ...string) snapshot.Workload {
	limit := int64(1 << 30)
	return snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web", Containers: []snapshot.Container{{
		Name: "app", Role: snapshot.RoleRegular, Image: image, MemoryLimitBytes: &limit,
		Runtime: &snapshot.Runtime{Entry: "java", Options: []snapshot.RuntimeOption{{Source: variable, Flags: flags}}}, EnvironmentNames: []string{variable},
	}}}
}

// TestTraps holds each of the fifteen traps of the reference: what a naive implementer gets wrong.
func TestTraps(t *testing.T) {
	for _, trap := range []struct {
		name string
		test func(*testing.T)
	}{
		{"01 a recent patch is no support", aRecentPatchIsNoSupport},
		{"02 the kubelet's window depends on the kubelet", theWindowDependsOnTheKubelet},
		{"03 managed upgrades are neither one-way nor always one step", managedUpgrades},
		{"04 lists of removed APIs lag, and a listed object proves nothing", removedAPIsLag},
		{"05 cgroup v1 is fatal from 1.35 on", cgroupV1IsFatal},
		{"06 containerd 1.7 is outside of the table from 1.36 on", containerdLeavesTheTable},
		{"07 kubespray's defaults hide two findings", kubesprayDefaults},
		{"08 a cloud is no managed service, and a suffix is no pre-release", suffixesAndProvisioners},
		{"09 the heap is not a quarter", theHeapIsNotAQuarter},
		{"10 an option that stops the JVM, and variables that nobody reads", optionsThatStopTheJVM},
		{"11 container-aware Java can still see the host", awareJavaSeesTheHost},
		{"12 CPU requests shrank old JVMs", cpuRequestsShrankJVMs},
		{"13 openjdk:17 is no maintained image, and products change their JDK", unmaintainedImages},
		{"14 a liveness probe's timing", probeTiming},
		{"15 helm's storage", helmStorage},
	} {
		t.Run(trap.name, trap.test)
	}
}

func aRecentPatchIsNoSupport(t *testing.T) {
	require.Equal(t, []reference.Minor{35, 36, 37}, reference.SupportedAt(trapDay))
	v := running("v1.34.13")
	require.Equal(t, assessments.Pass, said(t, "lifecycle/patch-current", "cluster", v).Result, "the newest patch there is")
	require.Equal(t, assessments.Fail, said(t, "lifecycle/version-supported", "cluster", v).Result, "of a minor past its end")
}

func theWindowDependsOnTheKubelet(t *testing.T) {
	old, young := node("v1.24.17", nil), node("v1.25.16", nil)
	require.Equal(t, assessments.Fail, said(t, "lifecycle/version-skew", "n", running("v1.27.1", old)).Result)
	require.Equal(t, assessments.Pass, said(t, "lifecycle/version-skew", "n", running("v1.28.1", young)).Result)
	// It never lets the control plane skip a minor, and KubeOne still holds kubelets to two.
	for tool, blocking := range map[string]int{"kubeadm": 0, "kubeone": 1} {
		v := running("v1.35.1", node("v1.33.1", nil))
		v.Cluster.Provisioner = tool
		p := upgrade.Compute(upgrade.Input{Facts: v.Facts, AsOf: trapDay, To: 37})
		require.Len(t, p.Hops, 2)
		require.Equal(t, blocking, p.Blocking, tool)
	}
}

func managedUpgrades(t *testing.T) {
	aks := upgrade.Compute(upgrade.Input{Facts: managedBy("aks", "v1.31.1").Facts, AsOf: trapDay, To: 36})
	require.Equal(t, "1.34", aks.Hops[0].To, "out of support it may skip, without a guarantee")
	require.Equal(t, []string{"1.32", "1.33"}, aks.Hops[0].Skips)
	eks := upgrade.Compute(upgrade.Input{Facts: managedBy("eks", "v1.34.1-eks-1a2b3c4").Facts, AsOf: trapDay, To: 36})
	require.Equal(t, 7, eks.Tool.RollbackDays)
	require.Len(t, eks.Hops, 2)
	for _, tool := range []string{"kops", "k3s", "rke2"} {
		row, known := reference.UpgradeToolOf(tool)
		require.True(t, known)
		require.False(t, row.Forbids(), "%s asks for single steps, and enforces nothing", tool)
	}
}

func removedAPIsLag(t *testing.T) {
	object := func(group, version, kind string) snapshot.APIUse {
		return snapshot.APIUse{Group: group, Version: version, ObjectKind: kind, Object: &snapshot.Ref{Kind: kind, Name: "it"}}
	}
	for _, c := range []struct {
		group, version, kind string
		target               int // 0: the newest release
		want                 assessments.Result
	}{
		{"resource.k8s.io", "v1beta1", "ResourceClaim", 0, assessments.Pass}, // goes in 1.38, whatever a list says of 1.36
		{"networking.k8s.io", "v1beta1", "IPAddress", 0, assessments.Fail},
		{"networking.k8s.io", "v1beta1", "ServiceCIDR", 0, assessments.Fail},
		{"networking.k8s.io", "v1beta1", "ServiceCIDR", 36, assessments.Pass},
		{"storage.k8s.io", "v1beta1", "VolumeAttributesClass", 0, assessments.Unknown}, // gone by the API's tags; another list knows no removal
		{"flowcontrol.apiserver.k8s.io", "v1beta1", "FlowSchema", 29, assessments.Fail},
		{"flowcontrol.apiserver.k8s.io", "v1beta1", "FlowSchema", 27, assessments.Unknown}, // 1.26 or 1.29
	} {
		f := facts.FromRecords(facts.Options{}, snapshot.Header{Source: snapshot.SourceManifests, TakenAt: trapDay}, object(c.group, c.version, c.kind))
		v := assessments.View{Facts: f, AsOf: trapDay}
		if c.target > 0 {
			v.Target = &facts.Version{Major: 1, Minor: c.target}
		}
		require.Equal(t, c.want, said(t, "lifecycle/removed-apis", "it", v).Result, "%+v", c)
	}
	listed := snapshot.Workload{Kind: "CronJob", Namespace: "shop", Name: "nightly", APIVersion: "batch/v1beta1"}
	rule, _ := V1().Rules.ByID("lifecycle/removed-apis")
	require.Empty(t, rule.Judge(running("v1.24.1", listed)), "the version that an object is listed in proves nothing")
	listed.LastAppliedAPI = "batch/v1beta1"
	require.Equal(t, assessments.Fail, said(t, "lifecycle/removed-apis", "batch/v1beta1/cronjobs", running("v1.24.1", listed)).Result)
}

func cgroupV1IsFatal(t *testing.T) {
	judged := func(kubelet string, failCgroupV1 *bool) assessments.Outcome {
		n := node(kubelet, func(n *snapshot.Node) {
			n.CgroupVersion, n.CgroupSource, n.KubeletFailCgroupV1 = 1, "node", failCgroupV1
		})
		return said(t, "lifecycle/cgroup-version", "n", running(kubelet, n))
	}
	require.Equal(t, assessments.High, judged("v1.34.1", nil).Failure().Severity, "the next kubelet does not start, though the code stays until 1.38")
	borne := false
	require.Equal(t, assessments.Medium, judged("v1.35.1", &borne).Failure().Severity)
	require.Equal(t, assessments.Medium, judged("v1.31.1", nil).Failure().Severity)
	require.Equal(t, assessments.Pass, judged("v1.29.1", nil).Result)
}

func containerdLeavesTheTable(t *testing.T) {
	judged := func(kubelet, version string) assessments.Outcome {
		n := node(kubelet, func(n *snapshot.Node) { n.ContainerRuntime = "containerd://" + version })
		return said(t, "lifecycle/runtime-supported", "n", running(kubelet, n))
	}
	untested := judged("v1.36.1", "1.7.34")
	require.Equal(t, assessments.Medium, untested.Failure().Severity)
	require.Contains(t, untested.Failure().Message, "untested")
	require.NotContains(t, untested.Failure().Message, "unsupported")
	require.Equal(t, assessments.Pass, judged("v1.36.1", "2.2.0").Result)
	require.Equal(t, assessments.High, judged("v1.25.1", "1.5.18").Failure().Severity, "containerd before 1.6 ends with CRI v1alpha2 in 1.26")
}

func kubesprayDefaults(t *testing.T) {
	proxy := snapshot.Network{Component: "kube-proxy", Name: "kube-proxy", Mode: "ipvs", ModeKnown: true}
	require.Equal(t, assessments.Fail, said(t, "networking/proxy-mode", "cluster", running("v1.35.1", proxy)).Result, "deprecated from 1.35 on")
	ranges, known := reference.RangesOf("kubespray")
	require.True(t, known)
	require.EqualValues(t, 64, ranges.MaxNodes, "10.233.64.0/18 in pieces of /24")
	require.EqualValues(t, ranges.MaxNodes, 1<<(ranges.NodePrefix-18))
	// No label tells it: its ClusterRoleBinding and its range of pods do.
	for _, sign := range reference.ProvisionerSigns() {
		if sign.Provisioner == "kubespray" {
			require.Contains(t, []reference.SignKind{reference.ClusterRoleBindingSign, reference.PodRangeSign}, sign.Kind)
		}
	}
}

func suffixesAndProvisioners(t *testing.T) {
	for version, want := range map[string]string{"v1.36.2-eks-1a2b3c4": "eks", "v1.36.3-gke.100": "gke", "v1.36.1+k3s1": "k3s", "v1.36.1+rke2r1": "rke2", "v1.36.1": ""} {
		got, _ := reference.ProvisionerByVersion(version)
		require.Equal(t, want, got, version)
	}
	// A vendor's suffix makes a version neither older nor a pre-release.
	v := running("v1.36.1", node("v1.36.1-eks-1a2b3c4", nil))
	require.Equal(t, assessments.Pass, said(t, "lifecycle/version-skew", "n", v).Result)
	for _, sign := range reference.ProvisionerSigns() {
		require.False(t, sign.Kind == reference.ProviderPrefixSign && sign.Provisioner == "eks", "aws:// is no EKS")
	}
	position := map[string]int{}
	for i, sign := range reference.ProvisionerSigns() {
		position[sign.Provisioner] = i
	}
	for _, first := range []string{"kind", "minikube", "kubeone", "kubespray"} {
		require.Less(t, position[first], position["kubeadm"], "%s looks like kubeadm too", first)
	}
}

func theHeapIsNotAQuarter(t *testing.T) {
	const mib = int64(1) << 20
	hotspot := func(memory int64) int64 {
		return reference.DefaultHeapBytes(reference.HotSpot, memory, reference.HeapPercents{})
	}
	require.InDelta(t, 100*mib, hotspot(200*mib), float64(mib), "half of a small machine")
	require.InDelta(t, float64(1248*mib)/10, float64(hotspot(400*mib)), float64(2*mib), "a constant in between")
	require.InDelta(t, 256*mib, hotspot(1024*mib), float64(mib), "a quarter only of more")
	require.NotEqual(t, hotspot(2048*mib), reference.DefaultHeapBytes(reference.OpenJ9, 2048*mib, reference.HeapPercents{}))
}

func optionsThatStopTheJVM(t *testing.T) {
	const article = "-XX:+UseCGroupMemoryLimitForHeap"
	stopped := said(t, "jvm/obsolete-flags", "shop/web · app", running("v1.36.1", java("eclipse-temurin:17.0.12_7-jre", "JAVA_TOOL_OPTIONS", article)))
	require.Equal(t, assessments.Fail, stopped.Result, "Java 11 and later do not start with it")
	percent := said(t, "jvm/obsolete-flags", "shop/web · app", running("v1.36.1", java("eclipse-temurin:8u181-jre", "JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=75")))
	require.Equal(t, assessments.Fail, percent.Result, "8 before 8u191 does not know it")
	unread, _, known := reference.JavaVariableOf("JAVA_OPTS")
	require.True(t, known)
	require.Equal(t, reference.ReadByScript, unread.ReadBy, "the JVM itself does not read JAVA_OPTS")
	_, beats, _ := reference.JavaVariableOf("_JAVA_OPTIONS")
	_, loses, _ := reference.JavaVariableOf("JAVA_TOOL_OPTIONS")
	require.NotEqual(t, beats, loses, "one goes before the command line, the other behind it")
	ignored := said(t, "jvm/heap-explicit", "shop/web · app", running("v1.36.1", java("eclipse-temurin:8u402-jre", "JDK_JAVA_OPTIONS", "-Xmx512m")))
	require.NotEqual(t, assessments.Pass, ignored.Result, "Java 8 ignores JDK_JAVA_OPTIONS")
}

func awareJavaSeesTheHost(t *testing.T) {
	on := node("v1.36.1", func(n *snapshot.Node) { n.CgroupVersion, n.CgroupSource = 2, "node" })
	for image, want := range map[string]assessments.Result{
		"eclipse-temurin:11.0.15_10-jre": assessments.Fail, "eclipse-temurin:11.0.16_8-jre": assessments.Pass,
		"eclipse-temurin:8u362-b09-jre": assessments.Fail, "eclipse-temurin:8u372-b07-jre": assessments.Pass,
	} {
		require.Equal(t, want, said(t, "jvm/cgroup-v2", "shop/web · app", running("v1.36.1", on, java(image, "JAVA_TOOL_OPTIONS", "-XX:+UseG1GC"))).Result, image)
	}
	for text, want := range map[string]bool{"11.0.31": false, "11.0.32": true, "21.0.9": false, "21.0.10": true} {
		version, ok := reference.ParseJavaVersion(text)
		require.True(t, ok)
		survives, _ := reference.SurvivesNewKernels(reference.HotSpot, version)
		require.Equal(t, want, survives, text)
	}
}

func cpuRequestsShrankJVMs(t *testing.T) {
	for text, shares := range map[string]bool{"11.0.16": true, "11.0.17": false, "17.0.4": true, "17.0.5": false, "18": true, "19": false} {
		version, ok := reference.ParseJavaVersion(text)
		require.True(t, ok)
		leavesOut, _ := reference.CountsCPUSharesNot(reference.HotSpot, version)
		require.Equal(t, !shares, leavesOut, text)
	}
	twentySix, _ := reference.ParseJavaVersion("26")
	twentySeven, _ := reference.ParseJavaVersion("27")
	before, _ := reference.CollectorOf(twentySix)
	after, _ := reference.CollectorOf(twentySeven)
	require.NotEqual(t, before, after, "from 27 on the small machine gets G1 too")
}

func unmaintainedImages(t *testing.T) {
	v := running("v1.36.1", java("openjdk:17.0.2-jdk", "JAVA_TOOL_OPTIONS", "-XX:+UseG1GC"))
	require.Equal(t, assessments.Fail, said(t, "jvm/version", "shop/web · app", v).Result)
	maintained := running("v1.36.1", java("eclipse-temurin:17.0.19_9-jre", "JAVA_TOOL_OPTIONS", "-XX:+UseG1GC"))
	require.Equal(t, assessments.Pass, said(t, "jvm/version", "shop/web · app", maintained).Result)
	for tag, line := range map[string]int{"7.17.7": 19, "7.17.10": 20, "9.4.2": 26} {
		bundled, found := reference.BundledJavaOf("docker.elastic.co/elasticsearch/elasticsearch", tag)
		require.True(t, found, tag)
		require.Equal(t, line, bundled.Line, "a patch of Elasticsearch %s changes its Java", tag)
	}
}

func probeTiming(t *testing.T) {
	byDefault := probe.TimeToKill(&snapshot.Probe{Handler: "httpGet", PeriodSeconds: 10, TimeoutSeconds: 1, FailureThreshold: 3, SuccessThreshold: 1})
	require.EqualValues(t, 20, byDefault.EarliestSeconds)
	require.EqualValues(t, 31, byDefault.LatestSeconds)
	require.EqualValues(t, 3_600, reference.NetworkingFigures().Conntrack.Proxy.CloseWaitSeconds, "kube-proxy raises it")
	require.EqualValues(t, 86_400, reference.NetworkingFigures().Conntrack.Proxy.EstablishedSeconds, "and lowers this")
	require.EqualValues(t, 131_072, reference.NetworkingFigures().Conntrack.ProxyMax(1))
	require.EqualValues(t, 131_072, reference.NetworkingFigures().Conntrack.ProxyMax(4), "one to four cores get the same")
	kafka := snapshot.Workload{Kind: "StatefulSet", Namespace: "shop", Name: "kafka", Replicas: new(3), Containers: []snapshot.Container{{
		Name: "kafka", Role: snapshot.RoleRegular, Image: "bitnami/kafka:3.7.0",
		Liveness: &snapshot.Probe{Handler: "tcpSocket", Port: "9092", InitialDelaySeconds: 10, PeriodSeconds: 10, TimeoutSeconds: 5, FailureThreshold: 3, SuccessThreshold: 1},
	}}}
	looped := said(t, "probes/kill-loop", "shop/kafka · kafka", running("v1.36.1", kafka))
	require.Equal(t, assessments.High, looped.Failure().Severity, "a broker gets less than a minute, and its log recovery takes ten and more")
}

func helmStorage(t *testing.T) {
	at := func(revision int, status string) snapshot.Release {
		return snapshot.Release{Namespace: "shop", Name: "web", Tool: "helm", Revision: revision, Status: status}
	}
	// The newest revision is the highest number, not the one that is deployed.
	failed := running("v1.36.1", at(9, "deployed"), at(10, "failed"))
	require.Equal(t, assessments.Fail, said(t, "delivery/release-failed", "shop/web", failed).Result)
	mended := running("v1.36.1", at(9, "failed"), at(10, "deployed"))
	require.Equal(t, assessments.Pass, said(t, "delivery/release-failed", "shop/web", mended).Result)
	for _, storage := range reference.HelmStorages() {
		require.NotEmpty(t, storage.Source)
	}
}
