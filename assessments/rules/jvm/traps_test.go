package jvm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules/jvm"
	"plimsoll/assessments/snapshot"
)

const mib = int64(1) << 20

// said is what a rule says of one container in a cluster with one node.
func said(t *testing.T, rule string, node snapshot.Node, c snapshot.Container) assessments.Outcome {
	t.Helper()
	registry := &assessments.Registry{}
	jvm.Register(registry)
	found, ok := registry.ByID(rule)
	require.True(t, ok)
	c.Name, c.Role, node.Name = "app", snapshot.RoleRegular, "worker"
	f := facts.FromRecords(facts.Options{},
		snapshot.Header{Source: snapshot.SourceCluster, Scope: snapshot.Scope{Collected: snapshot.Resources}}, node,
		snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web", Containers: []snapshot.Container{c}})
	outcomes := found.Judge(assessments.View{Facts: f, AsOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
	require.Len(t, outcomes, 1)
	return outcomes[0]
}

func image(image string, flags ...string) snapshot.Container {
	return snapshot.Container{Image: image, Runtime: &snapshot.Runtime{Options: []snapshot.RuntimeOption{{Source: "JAVA_TOOL_OPTIONS", Flags: flags}}}}
}

func limited(c snapshot.Container, mebibytes int64) snapshot.Container {
	c.MemoryLimitBytes = new(mebibytes * mib)
	return c
}

func variable(c snapshot.Container, name string) snapshot.Container {
	c.Runtime.Options[0].Source = name
	return c
}

func TestTrap9TheDefaultHeapIsNoQuarterBelowHalfAGibibyte(t *testing.T) {
	for limit, want := range map[int64]string{128: "64 MiB", 200: "100 MiB", 256: "124.7 MiB", 384: "124.7 MiB", 512: "128 MiB", 1024: "256 MiB"} {
		require.Contains(t, said(t, "jvm/heap-explicit", snapshot.Node{}, limited(image("eclipse-temurin:17"), limit)).Failure().Message, "may grow to "+want+" by default")
	}
	require.Contains(t, said(t, "jvm/heap-explicit", snapshot.Node{}, limited(image("ibm-semeru-runtimes:open-17-jre"), 1536)).Failure().Message, "1 GiB by default")
	// A percentage for large containers does nothing in a small one: half of 320 MiB is above the constant, half of 200 is not.
	require.Equal(t, assessments.Pass, said(t, "jvm/heap-headroom", snapshot.Node{}, limited(image("eclipse-temurin:17", "-XX:MaxRAMPercentage=75"), 4096)).Result)
	small := said(t, "jvm/heap-headroom", snapshot.Node{}, limited(image("eclipse-temurin:17", "-XX:MaxRAMPercentage=75"), 200))
	require.Contains(t, small.Failure().Message, "a heap of 100 MiB")
}

func TestTrap10TheFlagThatHelpedJava8StopsJava11(t *testing.T) {
	flag := "-XX:+UseCGroupMemoryLimitForHeap"
	require.Contains(t, said(t, "jvm/obsolete-flags", snapshot.Node{}, image("eclipse-temurin:11", flag)).Failure().Message, "does not start")
	require.Equal(t, assessments.Pass, said(t, "jvm/obsolete-flags", snapshot.Node{}, image("openjdk:8u181-jre", flag)).Result)
	for _, old := range []string{"openjdk:9-jre", "openjdk:8u181-jre"} {
		require.Contains(t, said(t, "jvm/obsolete-flags", snapshot.Node{}, image(old, "-XX:MaxRAMPercentage=75")).Failure().Message, "does not start")
	}
	require.Equal(t, assessments.Pass, said(t, "jvm/obsolete-flags", snapshot.Node{}, image("eclipse-temurin:8u372-b07-jre", "-XX:MaxRAMPercentage=75")).Result)

	heap := func(base, variableName string) assessments.Result {
		return said(t, "jvm/heap-explicit", snapshot.Node{}, variable(image(base, "-Xmx1g"), variableName)).Result
	}
	require.Equal(t, assessments.Fail, heap("eclipse-temurin:8u372-b07-jre", "JDK_JAVA_OPTIONS"), "Java 8 passes over JDK_JAVA_OPTIONS")
	require.Equal(t, assessments.Pass, heap("eclipse-temurin:11", "JDK_JAVA_OPTIONS"))
	require.Equal(t, assessments.Fail, heap("eclipse-temurin:11", "JAVA_OPTS"), "JAVA_OPTS means nothing to a JVM")
	require.Equal(t, assessments.Pass, heap("tomcat:9-jre11", "JAVA_OPTS"), "Tomcat's script reads it")

	both := image("eclipse-temurin:11", "-Xmx1g")
	both.Runtime.Options = append(both.Runtime.Options, snapshot.RuntimeOption{Source: "command", Flags: []string{"-Xmx2g"}})
	require.Contains(t, said(t, "jvm/options-conflict", snapshot.Node{}, both).Failure().Message, "-Xmx2g in command beats -Xmx1g in JAVA_TOOL_OPTIONS")
	both.Runtime.Options[0].Source = "_JAVA_OPTIONS"
	require.Contains(t, said(t, "jvm/options-conflict", snapshot.Node{}, both).Failure().Message, "-Xmx1g in _JAVA_OPTIONS beats -Xmx2g in command")
}

func TestTrap11JavaThatKnowsContainersCanStillSeeTheHost(t *testing.T) {
	second := snapshot.Node{CgroupVersion: 2, KernelVersion: "5.15.0-130-generic"}
	for tag, want := range map[string]assessments.Result{
		"eclipse-temurin:11.0.15_10-jre": assessments.Fail, "eclipse-temurin:11.0.16_8-jre": assessments.Pass,
		"eclipse-temurin:8u362-b09-jre": assessments.Fail, "eclipse-temurin:8u372-b07-jre": assessments.Pass,
	} {
		require.Equal(t, assessments.Pass, said(t, "jvm/container-awareness", second, image(tag)).Result, tag)
		require.Equal(t, want, said(t, "jvm/cgroup-v2", second, image(tag)).Result, tag)
	}
	newer := snapshot.Node{CgroupVersion: 2, KernelVersion: "6.14.0-27-generic"}
	for tag, want := range map[string]assessments.Result{
		"eclipse-temurin:11.0.31_9-jre": assessments.Fail, "eclipse-temurin:11.0.32_8-jre": assessments.Pass,
		"eclipse-temurin:21.0.9_10-jre": assessments.Fail, "eclipse-temurin:21.0.10_7-jre": assessments.Pass,
		"eclipse-temurin:17.0.9_9-jre": assessments.Unknown, "eclipse-temurin:25-jre": assessments.Pass,
	} {
		require.Equal(t, want, said(t, "jvm/cgroup-v2", newer, image(tag)).Result, tag)
	}
}

func TestTrap12ARequestShrankOldJVMsAndJava27HasNoSerialRule(t *testing.T) {
	request := func(tag string) snapshot.Container {
		c := limited(image(tag), 4096)
		c.CPURequestMillicores = new(int64(100))
		return c
	}
	require.Contains(t, said(t, "jvm/cpu-budget", snapshot.Node{}, request("eclipse-temurin:11.0.16_8-jre")).Failure().Message, "counts a CPU request of 100m as one processor")
	require.Equal(t, assessments.Pass, said(t, "jvm/cpu-budget", snapshot.Node{}, request("eclipse-temurin:11.0.17_8-jre")).Result)
	require.Equal(t, assessments.Pass, said(t, "jvm/cpu-budget", snapshot.Node{}, request("eclipse-temurin:21-jre")).Result)
	require.Equal(t, assessments.Unknown, said(t, "jvm/cpu-budget", snapshot.Node{}, request("eclipse-temurin:17.0.4_8-jre")).Result, "the row of 17.0.5 is not confirmed")

	small := func(tag string, milli, mebibytes int64) assessments.Result {
		c := limited(image(tag), mebibytes)
		c.CPULimitMillicores = &milli
		return said(t, "jvm/cpu-budget", snapshot.Node{}, c).Result
	}
	require.Equal(t, assessments.Fail, small("eclipse-temurin:26-jre", 1000, 4096))
	require.Equal(t, assessments.Pass, small("eclipse-temurin:26-jre", 1500, 1792), "1500m are two processors")
	require.Equal(t, assessments.Fail, small("eclipse-temurin:26-jre", 1500, 1791))
	require.Equal(t, assessments.Pass, small("eclipse-temurin:27-jdk", 100, 512))
}

func TestTrap13AnImageIsNotItsLine(t *testing.T) {
	require.Contains(t, said(t, "jvm/version", snapshot.Node{}, image("openjdk:17")).Failure().Message, "updated no more")
	require.Equal(t, assessments.Pass, said(t, "jvm/version", snapshot.Node{}, image("eclipse-temurin:17")).Result)
	for tag, line := range map[string]string{"7.17.7": "19", "7.17.10": "20", "9.4.2": "26"} {
		elastic := said(t, "jvm/version", snapshot.Node{}, image("elasticsearch:"+tag))
		require.Equal(t, assessments.NotApplicable, elastic.Result, tag)
		f := facts.FromRecords(facts.Options{}, snapshot.Workload{Kind: "StatefulSet", Namespace: "a", Name: "b", Containers: []snapshot.Container{{Image: "elasticsearch:" + tag, Role: snapshot.RoleRegular}}})
		require.Equal(t, line, f.Workloads[0].Containers[0].Java.Version.String(), "the bundled line moves in patch releases")
	}
	f := facts.FromRecords(facts.Options{}, snapshot.Workload{Kind: "StatefulSet", Namespace: "a", Name: "b", Containers: []snapshot.Container{{Image: "elasticsearch:7.17.8", Role: snapshot.RoleRegular}}})
	require.False(t, f.Workloads[0].Containers[0].Java.Version.Known(), "a version between the rows is not established")
}
