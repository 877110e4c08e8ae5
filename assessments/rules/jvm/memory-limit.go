package jvm

import (
	"cmp"
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

var memoryLimit = assessments.Rule{
	ID:          "jvm/memory-limit",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overHeaps(v, func(h jvmHeap, o assessments.Outcome) assessments.Outcome { return judgeMemoryLimit(v, h, o) })
	},
	Text: assessments.Text{
		Title: "A JVM's memory is bounded by a limit or by its heap",
		What:  "The memory limit and the largest heap of every JVM; Strimzi's and others' custom resources too.",
		Why: "Without a limit the JVM takes the node for its container: its heap may grow to a quarter of the node's memory, and two such " +
			"pods on one node crowd out everything else.",
		How: "Fails where there is neither a memory limit nor a largest heap. A RAM percentage without a limit is a share of the node and " +
			"does not count. A limit passes, and so does -Xmx or MaxHeapSize in a source that this JVM reads.\n\n" +
			"Unknown: the heap may be set by a product's start script or where it could not be read, a LimitRange may give a limit or was " +
			"not seen, resources are set for the whole pod or are placeholders, or only a variable hints at Java. Not applicable: an " +
			"operator that works the limit out by itself (Spark, Flink, ECK), no JVM, the platform's own workloads.",
		Evidence: "Limit, heap options and, in a cluster, how far the heap may grow on its largest node.",
		Mend: "Set -Xmx to what the application needs under load, and a memory limit of that plus headroom (jvm/heap-headroom). Measure " +
			"first: a limit guessed too low kills.",
		Sources:      []string{reportSource, containersSource, variablesSource},
		DoesNotCatch: "-Xmx inside the image's own command, which no manifest shows: such a container is failed here, and -Xmx in JAVA_TOOL_OPTIONS or a limit mends it.",
	},
}

func judgeMemoryLimit(v assessments.View, h jvmHeap, o assessments.Outcome) assessments.Outcome {
	j := h.java
	switch {
	case h.limitBytes != nil:
		return o.Pass()
	case j.MaxHeapBytes != nil && len(j.HiddenHeap()) == 0:
		return o.PassNoted(fmt.Sprintf("no limit, and the heap is bounded at %s", heap.Size(*j.MaxHeapBytes)))
	case h.operator != "":
		return o.NotApplicable(h.operator + " works the limit out by itself")
	case h.unreadable:
		return o.Unknown("a resource value is a placeholder or can't be read")
	case h.wholePod:
		return o.Unknown("resources are set for the whole pod; how they are shared is not judged")
	case hinted(j):
		return o.Unknown(perhapsJVM)
	case len(j.HiddenHeap()) > 0:
		return o.Unknown("the heap may be set where it could not be read: " + strings.Join(j.HiddenHeap(), "; "))
	case j.MaxRAMPercent == nil && j.HeapByScript:
		return o.Unknown(fmt.Sprintf("the start script of %s sets a heap of its own", cmp.Or(j.StartScript(), "the product")))
	}
	if reason := limitRange(v, h.namespace); reason != "" {
		return o.Unknown(reason)
	}
	return failMemoryLimit(v, h, o)
}

// limitRange says why a LimitRange leaves the limit open: it gives defaults, or was not seen in a cluster.
func limitRange(v assessments.View, namespace string) string {
	switch limits := rules.LimitRangeOf(v, namespace, rules.MemoryDefault); {
	case limits.Fills:
		return "a LimitRange of the namespace may give a memory limit"
	case limits.Unseen:
		return "whether a LimitRange of the namespace gives a memory limit was not seen"
	}
	return ""
}

func failMemoryLimit(v assessments.View, h jvmHeap, o assessments.Outcome) assessments.Outcome {
	j := h.java
	message := "There is neither a memory limit nor a largest heap: the heap may grow to a quarter of the node."
	heapText := "neither -Xmx nor a RAM percentage"
	if j.MaxRAMPercent != nil {
		message = fmt.Sprintf("Without a memory limit, %g %% is a share of the node's memory.", *j.MaxRAMPercent)
		option, found := j.Option("MaxRAMPercentage")
		if !found {
			option, _ = j.Option("MaxRAMFraction")
		}
		heapText = fmt.Sprintf("%s in %s", option.Raw, option.Source)
	}
	evidence := []assessments.Evidence{
		{What: "memory limit", Value: "none"}, {What: "heap options", Value: heapText}, javaEvidence(j),
	}
	if bytes, name, ok := largestNode(v); ok {
		evidence = append(evidence, assessments.Evidence{
			What: "heap on the largest node", Value: fmt.Sprintf("up to %s of %s on %s", heap.Size(nodeHeap(j, bytes)), heap.Size(bytes), name),
		})
	}
	return o.Fail(assessments.Failure{
		Message: message, Evidence: evidence,
		Expected: "a memory limit, or -Xmx",
		Mend: assessments.Mend{Text: "Measure the heap under load, set -Xmx to what it needs (JAVA_TOOL_OPTIONS is read by every JVM), and a " +
			"memory limit of that plus a quarter, at least 256 MiB more."},
	})
}

// nodeHeap is the largest heap that a JVM takes of a machine; OpenJ9 outside of a limit goes by HotSpot's quarter at most.
func nodeHeap(j *facts.Java, memoryBytes int64) int64 {
	percents := reference.HeapPercents{}
	if j.MaxRAMPercent != nil {
		percents.Max = *j.MaxRAMPercent
	}
	return reference.DefaultHeapBytes(reference.HotSpot, memoryBytes, percents)
}

// largestNode is the node with the most memory, the first by name among equals.
func largestNode(v assessments.View) (bytes int64, name string, ok bool) {
	for _, node := range v.Nodes {
		if node.Capacity != nil && node.Capacity.MemoryBytes > bytes {
			bytes, name = node.Capacity.MemoryBytes, node.Name
		}
	}
	return bytes, name, name != ""
}
