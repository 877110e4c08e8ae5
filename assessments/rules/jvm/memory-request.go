package jvm

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/rules/patch"
)

var memoryRequest = assessments.Rule{
	ID:          "jvm/memory-request",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overHeaps(v, func(h jvmHeap, o assessments.Outcome) assessments.Outcome { return judgeRequest(v, h, o) })
	},
	Text: assessments.Text{
		Title: "The memory request covers the heap",
		What:  "The memory request of every JVM whose largest heap is set, held against that heap; custom resources too.",
		Why: "The scheduler places pods by their requests. A JVM seldom gives memory back, so its heap grows to its bound and stays there: " +
			"with a request below it the node runs short without any pod asking for more than it said, and the kernel or the kubelet " +
			"takes pods away, those above their request first.",
		How: "Fails where the request, after the API's default of the limit, is below the largest heap and half its headroom (a quarter of " +
			"the heap, 256 MiB to 1 GiB; or the flat gibibyte, by an organization's choice).\n\nUnknown: no heap is set or a source that " +
			"would win was not visible, resources are placeholders or set for the whole pod, a LimitRange gives a request or was not " +
			"seen. Not applicable: a percentage without a memory limit (jvm/memory-limit speaks), an operator that works the request out by " +
			"itself (Spark, Flink, ECK), no JVM, the platform's own workloads.",
		Evidence:     "Request, limit, the largest heap and where it is set, and what is missing.",
		Mend:         "Raise the request to the heap and half its headroom; the patch does, and raises the limit where it would be passed.",
		Sources:      []string{reportSource, "The graded headroom is our own figure, said so: reference file java-containers", variablesSource},
		DoesNotCatch: "Heaps that are never filled: with -Xms far below -Xmx and low load less may do. Measure, and lower -Xmx then.",
	},
}

func judgeRequest(v assessments.View, h jvmHeap, o assessments.Outcome) assessments.Outcome {
	j := h.java
	switch {
	case h.unreadable:
		return o.Unknown("a resource value is a placeholder or can't be read")
	case h.wholePod:
		return o.Unknown("resources are set for the whole pod; how they are shared is not judged")
	case hinted(j):
		return o.Unknown(perhapsJVM)
	case !j.HeapSet():
		return o.Unknown(h.whyNoHeap())
	}
	if hidden := j.HiddenHeap(); len(hidden) > 0 {
		return o.Unknown("another heap may be set in " + strings.Join(hidden, "; "))
	}
	heapBytes, settled, told := j.MaxHeapWithin(h.limitBytes)
	switch {
	case !told:
		return o.NotApplicable("the heap is a share of the node's memory (jvm/memory-limit speaks)")
	case j.MaxHeapBytes == nil && !h.memory().SeesLimit():
		return o.Unknown("whether this JVM takes the percentage of the limit or of the machine can't be told (jvm/container-awareness speaks)")
	}
	wanted := heap.WantedRequestBytes(heapBytes, choices(v.Settings))
	if h.requestBytes != nil && *h.requestBytes >= wanted {
		return o.Pass()
	}
	if h.requestBytes == nil && h.operator != "" {
		return o.NotApplicable(h.operator + " works the request out by itself")
	}
	if h.requestBytes == nil {
		if reason := limitRange(v, h.namespace); reason != "" {
			return o.Unknown(reason)
		}
	}
	return failRequest(h, o, v.Settings, heapBytes, wanted, settled)
}

func failRequest(h jvmHeap, o assessments.Outcome, settings assessments.Settings, heapBytes, wanted int64, settled string) assessments.Outcome {
	message := fmt.Sprintf("No memory is requested for a heap of up to %s.", heap.Size(heapBytes))
	if h.requestBytes != nil {
		message = fmt.Sprintf("%s are requested for a heap of up to %s and what stands beside it.", heap.Size(*h.requestBytes), heap.Size(heapBytes))
	}
	mend := assessments.Mend{Text: fmt.Sprintf("Raise the memory request to %s.", heap.Size(wanted))}
	resources := patch.Fields{{Key: "requests", Value: patch.Fields{{Key: "memory", Value: quantity(wanted)}}}}
	if h.limitBytes != nil && *h.limitBytes < wanted {
		limit := heap.WantedLimitBytes(heapBytes, choices(settings))
		mend.Text += fmt.Sprintf(" The limit of %s has to rise with it, to %s.", heap.Size(*h.limitBytes), heap.Size(limit))
		resources = append(resources, limits(quantity(limit))...)
	}
	if j := h.java; j.MaxHeapBytes == nil {
		mend.Text += " The heap is a share of the limit: a higher limit raises it too, so lower the percentage instead where the limit would have to rise."
	}
	if h.java.MaxHeapBytes != nil || *h.limitBytes >= wanted {
		mend.Patch = h.patch(resources)
	}
	return o.Fail(assessments.Failure{
		Message: message,
		Evidence: []assessments.Evidence{
			{What: "memory request", Value: limitText(h.requestBytes)}, {What: "memory limit", Value: limitText(h.limitBytes)},
			{What: "largest heap", Value: fmt.Sprintf("%s (%s)", heap.Size(heapBytes), settled)},
			{What: "wanted", Value: fmt.Sprintf("%s: the heap and half its headroom", heap.Size(wanted))}, javaEvidence(h.java),
		},
		Expected: fmt.Sprintf("a memory request of %s or more for this heap", heap.Size(wanted)),
		Mend:     mend,
	})
}
