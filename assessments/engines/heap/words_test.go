package heap_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/reference"
)

func TestOpenJ9sStepIsNamed(t *testing.T) {
	for limitMiB, want := range map[int64]string{
		512: "below 1 GiB: half", 1024: "from 1 to 2 GiB", 1536: "less 512 MiB", 2048: "from 1 to 2 GiB", 4096: "above 2 GiB: 75 %",
	} {
		b := of(jvm("ibm-semeru-runtimes:open-17-jre", limitMiB*mib))
		require.Contains(t, b.Heap.Why, want, "limit of %d MiB", limitMiB)
		require.Contains(t, b.Heap.Source, "OpenJ9")
		require.Equal(t, reference.MediumConfidence, b.Heap.Confidence)
	}
	hotSpot := of(jvm("eclipse-temurin:17", gib)).Heap
	require.Contains(t, hotSpot.Source, "openjdk")
	require.Equal(t, reference.HighConfidence, hotSpot.Confidence)
}

func TestOnlyAVersionThatSeesItsLimitKnowsThePercentage(t *testing.T) {
	b := of(jvm("shop/app:1", gib, flags("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=50")))
	require.Equal(t, heap.ByPercent, b.Heap.Ground)
	require.Equal(t, 512*mib, *b.Heap.Bytes)
}

func TestOnlyAChosenHeapIsBounded(t *testing.T) {
	require.True(t, of(jvm("eclipse-temurin:17", gib, flags("command", "-Xmx600m"))).Parts[0].Bounded)
	require.True(t, of(jvm("eclipse-temurin:17", gib, flags("command", "-XX:MaxRAMPercentage=50"))).Parts[0].Bounded)
	require.False(t, of(jvm("eclipse-temurin:17", gib)).Parts[0].Bounded)
}

func TestASizeThatMeansNothingBoundsNothing(t *testing.T) {
	buffers := func(image, size string) heap.Part {
		b := of(jvm(image, 2*gib, flags("command", "-Xmx1g", "-XX:MaxDirectMemorySize="+size)))
		return b.Parts[4]
	}
	require.Equal(t, heap.Part{Part: "buffers", Name: "direct buffers", Bytes: 1, Bounded: true, By: "-XX:MaxDirectMemorySize=1 in command", Confidence: "high"},
		buffers("eclipse-temurin:17", "1"))
	for _, size := range []string{"0", "plenty"} {
		part := buffers("eclipse-temurin:17", size)
		require.False(t, part.Bounded, size)
		require.Equal(t, 10*mib, part.Bytes, "what the plan assumes without an option")
		require.NotContains(t, part.By, "HotSpot")
	}
	classes := of(jvm("ibm-semeru-runtimes:open-17-jre", 2*gib, flags("command", "-Xmx1g"))).Parts[1]
	require.Contains(t, classes.By, "the figure is HotSpot's")
	require.Equal(t, reference.LowConfidence, classes.Confidence)
	require.Equal(t, reference.MediumConfidence, of(jvm("eclipse-temurin:17", 2*gib, flags("command", "-Xmx1g"))).Parts[1].Confidence)
}

// beside makes the parts beside the heap add up to a figure: 240 MiB of code, 250 stacks of 1 MiB, nothing for ZGC.
func beside(heapFlag, classes, code, buffers string) *heap.Limits {
	b := of(jvm("eclipse-temurin:21", 8*gib, flags("command", heapFlag, "-XX:+UseZGC", "-Xss1m", "-XX:MaxMetaspaceSize="+classes,
		"-XX:ReservedCodeCacheSize="+code, "-XX:MaxDirectMemorySize="+buffers)))
	return b.Limits
}

func TestWhatAgreesIsNotExplained(t *testing.T) {
	both := beside("-Xmx4g", "512m", "240m", "22m")
	require.Equal(t, []int64{5 * gib, 5 * gib, 5 * gib}, []int64{both.ReportBytes, both.GradedBytes, both.PartsBytes})
	require.Equal(t, []string{"The parts beside the heap: class metadata 512 MiB, compiled code 240 MiB, thread stacks 250 MiB, direct buffers 22 MiB."}, both.Difference)
	report := beside("-Xmx1g", "512m", "240m", "22m")
	require.Len(t, report.Difference, 2)
	require.Contains(t, report.Difference[1], "The parts ask for 768 MiB more than the graded headroom")
	oneLess := beside("-Xmx4g", "512m", "240m", "21m")
	require.Contains(t, oneLess.Difference[1], "flat gibibyte asks for 1 MiB more than the parts")
	require.Contains(t, oneLess.Difference[2], "graded headroom asks for 1 MiB more than the parts")
	oneMore := beside("-Xmx4g", "512m", "240m", "23m")
	require.Contains(t, oneMore.Difference[1], "The parts ask for 1 MiB more than the field report's flat gibibyte: class metadata is the largest")
	require.Contains(t, oneMore.Difference[2], "The parts ask for 1 MiB more than the graded headroom")
}

func TestABrokenMebibyteIsRoundedUp(t *testing.T) {
	limits := beside("-Xmx1g", "128m", "64m", "1")
	require.Equal(t, gib+(128+64+250+1)*mib, limits.PartsBytes)
	require.Contains(t, limits.Difference[0], "direct buffers 1 MiB")
}

func TestOfTwoLargestPartsTheFirstIsNamed(t *testing.T) {
	require.Contains(t, beside("-Xmx1g", "600m", "600m", "1m").Difference[1], "class metadata is the largest (-XX:MaxMetaspaceSize=600m in command)")
}

func TestNotesSayWhatElseBearsOnTheHeap(t *testing.T) {
	require.Equal(t, []string{"-XX:MaxRAMPercentage=75 in command goes for nothing beside a size"},
		of(jvm("eclipse-temurin:17", gib, flags("command", "-Xmx600m", "-XX:MaxRAMPercentage=75"))).Notes)
	unread := option{Source: "_JAVA_OPTIONS", Unread: true}
	hidden := of(jvm("eclipse-temurin:17", gib, flags("command", "-Xmx600m"), unread)).Notes
	require.Len(t, hidden, 1)
	require.Contains(t, hidden[0], "another heap may be set in _JAVA_OPTIONS")
	require.Empty(t, of(jvm("eclipse-temurin:17", gib, unread)).Notes, "without a heap nothing is set otherwise")
}

func TestThePercentageThatLeavesTheHeadroom(t *testing.T) {
	for name, c := range map[string]struct {
		jvm  heap.JVM
		want int
	}{
		"nothing to take a share of":                         {jvm("eclipse-temurin:17", 0), 0},
		"the flat part of the algorithm leaves too little":   {jvm("eclipse-temurin:17", 370*mib), 0},
		"a small container, which MinRAMPercentage settles":  {jvm("eclipse-temurin:17", 370*mib, flags("command", "-XX:MinRAMPercentage=30")), 99},
		"one percent of 260 MiB and 256 MiB, and two do not": {jvm("ibm-semeru-runtimes:open-17-jre", 260*mib), 1},
		"four fifths and a quarter of them":                  {jvm("eclipse-temurin:17", 2*gib), 80},
	} {
		require.Equal(t, c.want, c.jvm.LargestPercent(heap.Options{}), name)
	}
}
