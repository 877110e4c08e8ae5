package jvm

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/facts"
)

var heapExplicit = assessments.Rule{
	ID:          "jvm/heap-explicit",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overJVMs(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
			return judgeExplicit(c, o, v.Settings)
		})
	},
	Text: assessments.Text{
		Title: "The heap is bounded by an option that the JVM reads",
		What:  "Whether -Xmx, MaxHeapSize or a RAM percentage stands in a place that this JVM, or the start script of its image, reads.",
		Why: "Without it the JVM takes a share of its limit that few people expect: half below about 250 MiB, a constant 124.8 MiB up to " +
			"about 500 MiB, a quarter above (OpenJ9 has other steps). Three quarters of a large limit are then paid for and not used, and " +
			"a JVM that does not see its limit takes its share of the machine.",
		How: "Fails where neither stands in a source that counts: JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS from Java 9 on, _JAVA_OPTIONS " +
			"(HotSpot), the command and its arguments, and variables that the start script of a known image reads. JAVA_OPTS alone means " +
			"nothing to a JVM.\n\nUnknown: a source could not be read, a product's script sets a heap, the image's own start or a script " +
			"may set one, or only a variable hints at Java. Not applicable: no JVM, the platform's own workloads.",
		Evidence: "The places that were read, options that stand where nobody reads them, and the default heap at this limit.",
		Mend: "Set -Xmx to what the application needs under load, with headroom to the limit. The patch writes down the heap that the JVM " +
			"takes today, so that nothing changes but that it is said.",
		Sources:      []string{containersSource, variablesSource, reportSource},
		DoesNotCatch: "-Xmx in the own start command of an official image that was rebuilt under its name.",
	},
}

func judgeExplicit(c *facts.Container, o assessments.Outcome, settings assessments.Settings) assessments.Outcome {
	j := c.Java
	switch {
	case j.HeapSet():
		return o.Pass()
	case hinted(j):
		return perhaps(c, o)
	case len(j.Unread) > 0:
		return o.Unknown("the heap may be set where it could not be read: " + strings.Join(j.Unread, "; "))
	case j.UnseenStart() != "":
		return o.Unknown("no heap is set in view, and " + j.UnseenStart())
	}
	memory := heapOf(c).memory()
	evidence := []assessments.Evidence{{What: "heap options in effect", Value: "none"}, javaEvidence(j), {What: "memory limit", Value: limitText(c.MemoryLimitBytes)}}
	message := "Neither -Xmx nor a RAM percentage is set where this JVM reads it."
	bytes, told := memory.DefaultBytes()
	if told {
		message = fmt.Sprintf("Neither -Xmx nor a RAM percentage is set: the heap may grow to %s by default.", heap.Size(bytes))
		evidence = append(evidence, assessments.Evidence{What: "default heap", Value: fmt.Sprintf("%s (%s)", heap.Size(bytes), heap.Of(heap.Subject{}, memory, choices(settings)).Heap.Why)})
	}
	if ignored := ignoredHeap(c); ignored != "" {
		evidence = append(evidence, assessments.Evidence{What: "set where nobody reads it", Value: ignored})
	}
	return o.Fail(assessments.Failure{
		Message: message, Evidence: evidence,
		Expected: "-Xmx or -XX:MaxRAMPercentage where this JVM reads it",
		Mend:     explicitMend(c, bytes, told, settings),
	})
}

// ignoredHeap names variables that hold a heap and that this JVM does not read.
func ignoredHeap(c *facts.Container) string {
	if c.Runtime == nil {
		return ""
	}
	var ignored []string
	for _, source := range c.Runtime.Options {
		for _, flag := range source.Flags {
			if strings.HasPrefix(flag, "-Xmx") || strings.HasPrefix(flag, "-XX:MaxRAMPercentage") || strings.HasPrefix(flag, "-XX:MaxHeapSize") {
				ignored = append(ignored, flag+" in "+source.Source)
			}
		}
	}
	return strings.Join(ignored, ", ")
}

// explicitMend writes the present default down, as far as it leaves the limit its headroom.
func explicitMend(c *facts.Container, defaultBytes int64, told bool, settings assessments.Settings) assessments.Mend {
	text := "Measure the heap under load and set -Xmx to that; JAVA_TOOL_OPTIONS is read by every JVM."
	if !told {
		return assessments.Mend{Text: text}
	}
	largest, useful := heapWithin(*c.MemoryLimitBytes, settings)
	if !useful {
		return assessments.Mend{Text: text + fmt.Sprintf(" The limit of %s leaves no heap its headroom: raise it.", heap.Size(*c.MemoryLimitBytes))}
	}
	mebibytes := min(defaultBytes>>20, largest)
	text = fmt.Sprintf("Set -Xmx%dm, which is about what the JVM takes today, or more: up to -Xmx%dm leaves the limit its headroom.", mebibytes, largest)
	return assessments.Mend{Text: text, Patch: addFlags(c, fmt.Sprintf("-Xmx%dm", mebibytes))}
}
