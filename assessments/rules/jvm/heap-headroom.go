package jvm

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/heap"
)

var heapHeadroom = assessments.Rule{
	ID:            "jvm/heap-headroom",
	SubjectKind:   "container",
	Effort:        assessments.EffortSetting,
	WorstSeverity: assessments.Critical,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overHeaps(v, func(h jvmHeap, o assessments.Outcome) assessments.Outcome { return judgeHeadroom(h, o, v.Settings) })
	},
	Text: assessments.Text{
		Title: "The memory limit leaves room beside the heap",
		What:  "The memory limit of every JVM whose largest heap is set, held against that heap; Strimzi's and others' custom resources too.",
		Why: "The heap is only a part of what a JVM takes: class metadata, compiled code, a stack for each thread, and buffers outside of the " +
			"heap come on top, and the limit counts all of it. Without room for them the kernel kills the container under load, with no " +
			"Java error to read afterwards.",
		How: "The largest heap is -Xmx (or MaxHeapSize), else the RAM percentage of the limit by the JVM's own algorithm, from the sources " +
			"that this JVM reads, in their order. Fails where the limit is below heap + headroom; critical where it does not even exceed " +
			"the heap. Headroom is a quarter of the heap, at least 256 MiB and at most 1 GiB: the field report's gigabyte from a heap of " +
			"4 GiB on. An organization can choose the report's flat gigabyte instead; the finding says what that would say.\n\n" +
			"Unknown: no heap is set (jvm/heap-explicit speaks), the start script of a product sets one, or a source that would win was " +
			"not visible. Not applicable: no memory limit (jvm/memory-limit speaks), no JVM, the platform's own workloads.",
		Evidence: "The memory budget: limit, heap and where it is set, what is left, the headroom wanted, and the parts beside the heap as a plan counts them.",
		Mend: "Raise the limit, or lower -Xmx to what the present limit carries. The patch raises the limit. With a percentage, lower the " +
			"percentage: a higher limit raises the heap too.",
		Sources: []string{
			reportSource, containersSource, variablesSource,
			"The graded headroom is our own figure, said so: reference file java-containers",
		},
		DoesNotCatch: "What the JVM really takes beside its heap: thousands of threads or large direct buffers need more. Measure with " +
			"-XX:NativeMemoryTracking=summary.",
	},
}

func judgeHeadroom(h jvmHeap, o assessments.Outcome, settings assessments.Settings) assessments.Outcome {
	j := h.java
	switch {
	case h.unreadable:
		return o.Unknown("a resource value is a placeholder or can't be read")
	case h.limitBytes == nil && h.wholePod:
		return o.Unknown("resources are set for the whole pod; how they are shared is not judged")
	case h.limitBytes == nil && h.operator != "":
		return o.NotApplicable(h.operator + " works the limit out by itself")
	case h.limitBytes == nil:
		return o.NotApplicable("there is no memory limit to hold a heap against (jvm/memory-limit speaks)")
	case hinted(j):
		return o.Unknown(perhapsJVM)
	case !j.HeapSet():
		return o.Unknown(h.whyNoHeap())
	}
	if hidden := j.HiddenHeap(); len(hidden) > 0 {
		return o.Unknown("another value may stand in " + strings.Join(hidden, "; "))
	}
	if j.MaxHeapBytes == nil && !h.memory().SeesLimit() {
		return o.Unknown("whether this JVM takes the percentage of the limit or of the machine can't be told (jvm/container-awareness speaks)")
	}
	heapBytes, settled, _ := j.MaxHeapWithin(h.limitBytes)
	if *h.limitBytes >= heap.WantedLimitBytes(heapBytes, choices(settings)) {
		return o.Pass()
	}
	return failHeadroom(h, o, settings, heapBytes, settled)
}

func failHeadroom(h jvmHeap, o assessments.Outcome, settings assessments.Settings, heapBytes int64, settled string) assessments.Outcome {
	limit, wanted := *h.limitBytes, heap.WantedLimitBytes(heapBytes, choices(settings))
	severity := assessments.Severity(0)
	message := fmt.Sprintf("The limit leaves %s beside a heap of %s, and %s are wanted.", heap.Size(limit-heapBytes), heap.Size(heapBytes), heap.Size(wanted-heapBytes))
	if limit <= heapBytes {
		severity = assessments.Critical
		message = fmt.Sprintf("The heap may grow to %s and the limit is %s: the container is killed before the heap is full.", heap.Size(heapBytes), heap.Size(limit))
	}
	return o.Fail(assessments.Failure{
		Severity: severity,
		Message:  message,
		Evidence: append(h.budget(heapBytes, settled, settings), javaEvidence(h.java)),
		Expected: fmt.Sprintf("a memory limit of %s or more for this heap", heap.Size(wanted)),
		Mend:     h.headroomMend(heapBytes, wanted, settings),
	})
}

// budget lists where the memory goes, for a limit that misses the rule in force: it misses the flat rule as well, which asks for as
// much or more.
func (h jvmHeap) budget(heapBytes int64, settled string, settings assessments.Settings) []assessments.Evidence {
	b := heap.Of(heap.Subject{}, h.memory(), choices(settings))
	rule := "a quarter of the heap, 256 MiB to 1 GiB"
	if settings.FlatHeadroom {
		rule = "the flat rule, this organization's choice"
	}
	evidence := []assessments.Evidence{
		{What: "memory limit", Value: heap.Size(*h.limitBytes)},
		{What: "largest heap", Value: fmt.Sprintf("%s (%s)", heap.Size(heapBytes), settled)},
		{What: "left beside the heap", Value: heap.Size(max(0, *b.Against.BesideHeapBytes))},
		{What: "headroom wanted", Value: fmt.Sprintf("%s (%s)", heap.Size(heap.WantedLimitBytes(heapBytes, choices(settings))-heapBytes), rule)},
		{What: "flat rule (heap + 1 GiB)", Value: heap.Size(b.Limits.ReportBytes) + ", missed"},
	}
	for _, part := range b.Parts[1:] {
		if part.Bytes > 0 {
			evidence = append(evidence, assessments.Evidence{What: part.Name + ", planned", Value: fmt.Sprintf("%s (%s)", heap.Size(part.Bytes), part.By)})
		}
	}
	return append(evidence, assessments.Evidence{What: "all parts, planned", Value: heap.Size(b.Limits.PartsBytes)})
}

func (h jvmHeap) headroomMend(heapBytes, wanted int64, settings assessments.Settings) assessments.Mend {
	limit := *h.limitBytes
	if h.java.MaxHeapBytes == nil {
		text := "Raise the limit and set the heap by -Xmx: no percentage leaves enough at this size."
		if percent := h.memory().LargestPercent(choices(settings)); percent > 0 {
			text = fmt.Sprintf("Lower MaxRAMPercentage to %d: at a limit of %s that leaves enough. A higher limit alone would raise the heap too.", percent, heap.Size(limit))
		}
		return assessments.Mend{Text: text}
	}
	text := fmt.Sprintf("Raise the memory limit from %s to %s.", heap.Size(limit), heap.Size(wanted))
	if lower, useful := heapWithin(limit, settings); useful {
		text += fmt.Sprintf(" Or keep the limit and lower the heap to -Xmx%dm, if the application runs well with it.", lower)
	}
	return assessments.Mend{Text: text, Patch: h.patchMemory(quantity(wanted))}
}

// whyNoHeap says why no heap is known, and what the default would be where that can be told.
func (h jvmHeap) whyNoHeap() string {
	j := h.java
	switch {
	case len(j.Unread) > 0:
		return "the heap may be set where it could not be read: " + strings.Join(j.Unread, "; ")
	case j.HeapByScript:
		return fmt.Sprintf("the start script of %s sets a heap of its own", j.StartScript())
	}
	text := "neither -Xmx nor a RAM percentage is set (jvm/heap-explicit speaks)"
	if bytes, ok := h.memory().DefaultBytes(); ok {
		text += fmt.Sprintf("; the default heap at this limit is %s", heap.Size(bytes))
	}
	return text
}
