package heap_test

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

const (
	mib = int64(1) << 20
	gib = int64(1) << 30
)

var update = flag.Bool("update", false, "write golden files")

type option = snapshot.RuntimeOption

// jvm is one container with an image, a limit and options.
func jvm(image string, limitBytes int64, options ...option) heap.JVM {
	container := snapshot.Container{Name: "app", Role: snapshot.RoleRegular, Image: image, Runtime: &snapshot.Runtime{Options: options}}
	if limitBytes > 0 {
		container.MemoryLimitBytes = &limitBytes
	}
	f := facts.FromRecords(facts.Options{}, snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web", Containers: []snapshot.Container{container}})
	return heap.OfContainer(f.Workloads[0].Containers[0])
}

func flags(source string, flags ...string) option { return option{Source: source, Flags: flags} }

func of(j heap.JVM) heap.Budget { return heap.Of(heap.Subject{}, j, heap.Options{}) }

// The heap below 250 MiB is half of the limit, then a constant, and a quarter only from about 500 MiB on; OpenJ9 has steps of
// its own.
func TestTrap9TheHeapIsNotAQuarter(t *testing.T) {
	for _, row := range []struct{ limitMiB, heapTenthsMiB int64 }{
		{128, 640}, {200, 1000}, {256, 1248}, {384, 1248}, {512, 1280}, {1024, 2560}, {2048, 5120}, {8192, 20480},
	} {
		b := of(jvm("eclipse-temurin:17-jre", row.limitMiB*mib))
		require.Equal(t, heap.ByDefault, b.Heap.Ground)
		require.InDelta(t, float64(row.heapTenthsMiB)/10, float64(*b.Heap.Bytes)/float64(mib), 0.05, "limit of %d MiB", row.limitMiB)
	}
	for limitMiB, want := range map[int64]int64{512: 256, 1023: 511, 1024: 512, 1536: 1024, 2048: 1536, 4096: 3072} {
		b := of(jvm("ibm-semeru-runtimes:open-17-jre", limitMiB*mib))
		require.Equal(t, want, *b.Heap.Bytes/mib, "OpenJ9, limit of %d MiB", limitMiB)
	}
	small := of(jvm("eclipse-temurin:17-jre", 128*mib, flags("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=75")))
	require.Equal(t, 64*mib, *small.Heap.Bytes, "MinRAMPercentage sets the largest heap of a small container")
}

func TestTheHeapIsToldBySizeThenPercentageThenAlgorithm(t *testing.T) {
	tool := func(f ...string) option { return flags("JAVA_TOOL_OPTIONS", f...) }
	for name, c := range map[string]struct {
		jvm    heap.JVM
		ground heap.Ground
		bytes  int64
		why    string
	}{
		"a size":                             {jvm("eclipse-temurin:17", gib, tool("-Xmx600m", "-XX:MaxRAMPercentage=75")), heap.BySize, 600 * mib, "-Xmx600m in JAVA_TOOL_OPTIONS"},
		"a size without a limit":             {jvm("eclipse-temurin:17", 0, tool("-Xmx600m")), heap.BySize, 600 * mib, "-Xmx600m"},
		"a percentage":                       {jvm("eclipse-temurin:17", gib, tool("-XX:MaxRAMPercentage=75")), heap.ByPercent, 768 * mib, "of the limit"},
		"a percentage of MaxRAM":             {jvm("eclipse-temurin:17", 4*gib, tool("-XX:MaxRAMPercentage=50", "-XX:MaxRAM=2g")), heap.ByPercent, gib, "-XX:MaxRAM=2g"},
		"the default of MaxRAM":              {jvm("eclipse-temurin:17", 4*gib, tool("-XX:MaxRAM=2g")), heap.ByDefault, 512 * mib, "25 %"},
		"MinRAMPercentage where it is small": {jvm("eclipse-temurin:17", 128*mib, tool("-XX:MinRAMPercentage=75")), heap.ByDefault, 96 * mib, "small containers"},
		"compressed references end":          {jvm("eclipse-temurin:17", 256*gib), heap.ByDefault, 32 * gib, "compressed references"},
		"a percentage without a limit":       {jvm("eclipse-temurin:17", 0, tool("-XX:MaxRAMPercentage=75")), heap.NotSettled, 0, "share of the node"},
		"nothing at all":                     {jvm("eclipse-temurin:17", 0), heap.NotSettled, 0, "neither a heap nor a memory limit"},
		"a product's script":                 {jvm("apache/kafka:4.1.0", gib), heap.NotSettled, 0, "start script of kafka"},
		"a source that could not be read":    {jvm("eclipse-temurin:17", gib, option{Source: "JAVA_TOOL_OPTIONS", Unread: true}), heap.NotSettled, 0, "could not be read"},
		"Java that may not see its limit":    {jvm("eclipse-temurin:8", gib), heap.NotSettled, 0, "sees its limit"},
		"support switched off":               {jvm("eclipse-temurin:17", gib, tool("-XX:-UseContainerSupport")), heap.NotSettled, 0, "sees its limit"},
		"a fraction, and no version":         {jvm("shop/app:1", gib, tool("-XX:MaxRAMFraction=2")), heap.NotSettled, 0, "of the limit or of the machine"},
	} {
		b := of(c.jvm)
		require.Equal(t, c.ground, b.Heap.Ground, name)
		require.Contains(t, b.Heap.Why, c.why, name)
		if c.bytes == 0 {
			require.Nil(t, b.Heap.Bytes, name)
			require.Empty(t, b.Parts, name)
			require.Nil(t, b.Limits, name)
			continue
		}
		require.Equal(t, c.bytes, *b.Heap.Bytes, name)
	}
}

// The field report: 8 GB of heap, a limit of 9 GB.
func TestTheFieldReportsOwnFigures(t *testing.T) {
	b := of(jvm("eclipse-temurin:11.0.32_8-jre", 9*gib, flags("command", "-Xmx8g")))
	require.Equal(t, 8*gib, *b.Heap.Bytes)
	require.Equal(t, 9*gib, b.Limits.ReportBytes)
	require.Equal(t, 9*gib, b.Limits.GradedBytes, "graded headroom is the report's gibibyte from 4 GiB of heap on")
	require.Equal(t, gib, *b.Against.BesideHeapBytes)
	require.Equal(t, 9*gib, heap.WantedLimitBytes(8*gib, heap.Options{}))
	require.Equal(t, 9*gib, heap.WantedLimitBytes(8*gib, heap.Options{FlatHeadroom: true}))
	require.Equal(t, 8*gib, heap.LargestHeapBytes(9*gib, heap.Options{}))
}

func TestABudgetSumsItsPartsAndHoldsThemAgainstTheLimit(t *testing.T) {
	b := of(jvm("eclipse-temurin:21-jre", 2*gib, flags("JAVA_TOOL_OPTIONS", "-Xmx1g", "-XX:MaxMetaspaceSize=128m", "-XX:ReservedCodeCacheSize=64m",
		"-Xss512k", "-XX:MaxDirectMemorySize=32m", "-XX:+UseSerialGC")))
	want := map[string]int64{"heap": gib, "classes": 128 * mib, "code": 64 * mib, "stacks": 125 * mib, "buffers": 32 * mib, "collector": gib / 10000 * 40}
	sum := int64(0)
	for _, part := range b.Parts {
		require.InDelta(t, want[part.Part], part.Bytes, 1<<10, part.Part)
		require.Equal(t, !slices.Contains([]string{"stacks", "collector"}, part.Part), part.Bounded, part.Part)
		require.NotEmpty(t, part.By, part.Part)
		require.NotEmpty(t, part.Confidence, part.Part)
		sum += part.Bytes
	}
	require.Equal(t, sum, *b.SumBytes)
	require.Equal(t, 2*gib-sum, *b.Against.LimitSpareBytes)
	require.Equal(t, 2*gib-sum, *b.Against.RequestSpareBytes, "the limit stands in for a missing request")
	require.Zero(t, b.Limits.PartsBytes%mib)
	require.GreaterOrEqual(t, b.Limits.PartsBytes, sum)
}

func TestWhatACollectorKeepsHangsOnItAndOnTheVersion(t *testing.T) {
	kept := func(image string, f ...string) heap.Part {
		b := of(jvm(image, 8*gib, flags("command", append(f, "-Xmx4g")...)))
		return b.Parts[len(b.Parts)-1]
	}
	require.Greater(t, kept("eclipse-temurin:17").Bytes, kept("eclipse-temurin:21").Bytes, "one bitmap less from 20 on")
	require.Greater(t, kept("eclipse-temurin:21").Bytes, kept("eclipse-temurin:21", "-XX:+UseSerialGC").Bytes)
	require.Greater(t, kept("eclipse-temurin:8").Bytes, kept("eclipse-temurin:21").Bytes, "8 takes the parallel collector")
	require.Zero(t, kept("eclipse-temurin:21", "-XX:+UseZGC").Bytes)
	require.Contains(t, kept("eclipse-temurin:21", "-XX:+UseZGC").By, "no figure")
	require.Zero(t, kept("ibm-semeru-runtimes:open-21-jre").Bytes)
}

func TestAFlagSaysWhichPlacesItBeats(t *testing.T) {
	b := of(jvm("eclipse-temurin:17", 4*gib, flags("JAVA_TOOL_OPTIONS", "-Xmx1g", "-Xss1m"), flags("command", "-Xmx2g", "-Xmx2500m"), flags("_JAVA_OPTIONS", "-XX:MaxHeapSize=3g")))
	require.Equal(t, 3*gib, *b.Heap.Bytes)
	var heapFlag heap.Flag
	for _, f := range b.Flags {
		if f.Name == "Xmx" {
			heapFlag = f
		}
	}
	require.Equal(t, heap.Flag{Name: "Xmx", Flag: "-XX:MaxHeapSize=3g", Source: "_JAVA_OPTIONS", Order: "is read after the command line", Beats: []heap.Beaten{
		{Flag: "-Xmx2500m", Source: "command", Order: "stands on the command line"},
		{Flag: "-Xmx1g", Source: "JAVA_TOOL_OPTIONS", Order: "is read before the command line"},
	}}, heapFlag)
	require.Len(t, b.Notes, 1)
	require.Contains(t, b.Notes[0], "-Xmx2g in command")
}

func TestTheDifferenceIsExplained(t *testing.T) {
	small := of(jvm("eclipse-temurin:21-jre", gib, flags("command", "-Xmx512m")))
	require.Greater(t, small.Limits.ReportBytes, small.Limits.PartsBytes)
	require.Contains(t, small.Limits.Difference[1], "more than the parts")
	require.Contains(t, small.Limits.Difference[2], "more than the graded headroom")
	large := of(jvm("eclipse-temurin:17-jre", 32*gib, flags("command", "-Xmx24g")))
	require.Greater(t, large.Limits.PartsBytes, large.Limits.ReportBytes)
	require.Contains(t, large.Limits.Difference[1], "collector is the largest")
	flat := heap.Of(heap.Subject{}, jvm("eclipse-temurin:21-jre", gib, flags("command", "-Xmx512m")), heap.Options{FlatHeadroom: true})
	require.Equal(t, flat.Limits.ReportBytes, flat.Limits.RuleBytes)
	require.Equal(t, small.Limits.GradedBytes, small.Limits.RuleBytes)
}

func TestLargestHeapAndPercentLeaveTheHeadroom(t *testing.T) {
	for limit := 300 * mib; limit <= 12*gib; limit += 97 * mib {
		for _, o := range []heap.Options{{}, {FlatHeadroom: true}} {
			largest := heap.LargestHeapBytes(limit, o)
			if largest > 0 {
				require.LessOrEqual(t, heap.WantedLimitBytes(largest, o), limit)
			}
			require.Greater(t, heap.WantedLimitBytes(largest+mib, o), limit)
		}
		j := jvm("eclipse-temurin:17", limit)
		if percent := j.LargestPercent(heap.Options{}); percent > 0 {
			again := of(jvm("eclipse-temurin:17", limit, flags("command", "-XX:MaxRAMPercentage="+string(rune('0'+percent/10))+string(rune('0'+percent%10)))))
			require.LessOrEqual(t, heap.WantedLimitBytes(*again.Heap.Bytes, heap.Options{}), limit)
		}
	}
	require.Zero(t, heap.LargestHeapBytes(256*mib, heap.Options{}))
	require.Equal(t, 1152*mib, heap.WantedRequestBytes(gib, heap.Options{}))
}

func TestBudgetsOfASnapshot(t *testing.T) {
	records := []snapshot.Record{
		snapshot.Workload{Kind: "Deployment", Namespace: "shop", Name: "web", Containers: []snapshot.Container{
			{Name: "app", Role: snapshot.RoleRegular, Image: "eclipse-temurin:21-jre", Line: 12, MemoryLimitBytes: new(2 * gib), MemoryRequestBytes: new(gib), Runtime: &snapshot.Runtime{
				Entry: "java", Options: []option{flags("JAVA_TOOL_OPTIONS", "-Xmx1g"), flags("command", "-Xmx1536m")}}},
			{Name: "proxy", Role: snapshot.RoleSidecar, Image: "envoyproxy/envoy:v1"},
			{Name: "setup", Role: snapshot.RoleInit, Image: "eclipse-temurin:21-jre"},
		}},
		snapshot.CustomResource{ObjectKind: "Kafka", APIVersion: "kafka.strimzi.io/v1", Namespace: "data", Name: "events", Section: "kafka", MemoryLimitBytes: new(6 * gib),
			Options: []option{flags("jvmOptions", "-Xms4g", "-Xmx4g")}},
		snapshot.Workload{Kind: "DaemonSet", Namespace: "kube-system", Name: "agent", Containers: []snapshot.Container{{Name: "app", Role: snapshot.RoleRegular, Image: "openjdk:8u121-jre", MemoryLimitBytes: new(gib)}}},
	}
	budgets := heap.For(facts.FromRecords(facts.Options{}, records...), heap.Options{})
	require.Len(t, budgets, 3)
	slices.Reverse(records)
	require.Equal(t, budgets, heap.For(facts.FromRecords(facts.Options{}, records...), heap.Options{}))
	got, err := json.MarshalIndent(budgets, "", "  ")
	require.NoError(t, err)
	const path = "testdata/budgets.json"
	if *update {
		require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got)+"\n")
	require.NotNil(t, heap.For(facts.FromRecords(facts.Options{}), heap.Options{}), "no JVM is an empty list, and null for nobody")
}

func TestSizesAreWrittenForPeople(t *testing.T) {
	for bytes, want := range map[int64]string{4 * gib: "4 GiB", 1536 * mib: "1536 MiB", 130862280: "124.7 MiB", 0: "0 MiB"} {
		require.Equal(t, want, heap.Size(bytes))
	}
}
