package jvm

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

const toolOptions = "JAVA_TOOL_OPTIONS"

var containerAwareness = assessments.Rule{
	ID:          "jvm/container-awareness",
	SubjectKind: "container",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overJVMs(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
			return judgeAwareness(c, o, v.Settings)
		})
	},
	Text: assessments.Text{
		Title: "The JVM sees the container's limits",
		What:  "Whether the Java in a container sizes heap, collector and thread pools by the container's limits or by the machine's.",
		Why: "A JVM that does not see its limit takes a quarter of the machine's memory for its heap. On a node with 64 GiB that is 16 GiB " +
			"in a container of 1 GiB: the kernel kills it as soon as it fills up.",
		How: "By version and VM. HotSpot before 8u131 sees nothing. From 8u131 to 8u190 and in 9 it sees the memory limit only with " +
			"-XX:+UnlockExperimentalVMOptions and -XX:+UseCGroupMemoryLimitForHeap together. From 8u191 and from 10 on it sees limits by " +
			"itself, OpenJ9 likewise, unless -XX:-UseContainerSupport switches that off. With a heap set by -Xmx below the limit, or where " +
			"options could not be read, it is a finding of medium severity: processors and collector threads are still the machine's.\n\n" +
			"8u191 to 8u201 pass with a note, for sources differ by some updates. Unknown: the version, its update or the VM can't be told " +
			"where they decide, or the two flags may stand in a source that was not visible. Not applicable: no JVM, the platform's own " +
			"workloads.",
		Evidence: "Java's version, the options that decide, the limit and the heap.",
		Mend: "Move to a newer Java, which needs no flags. Until then set the two flags where they help (the patch does, where " +
			"JAVA_TOOL_OPTIONS is free), else -Xmx below the limit. Take the flags out on that day: Java 11 does not start with them.",
		Sources:      []string{containersSource, imagesSource, variablesSource},
		DoesNotCatch: "Limits of cgroup v2, which need a newer Java still (jvm/cgroup-v2), and options inside the image.",
	},
}

func judgeAwareness(c *facts.Container, o assessments.Outcome, settings assessments.Settings) assessments.Outcome {
	j := c.Java
	if hinted(j) {
		return perhaps(c, o)
	}
	if on, set := j.Switched("UseContainerSupport"); set && !on {
		option, _ := j.Option("UseContainerSupport")
		return failAwareness(c, o, settings, "Container support is switched off: the JVM takes the machine's memory and processors for its own.",
			fmt.Sprintf("%s in %s", option.Raw, option.Source))
	}
	if !j.Version.Known() {
		return askVersion(o, "Java's version is not known; declare it for this workload")
	}
	row, told := reference.AwarenessOf(reference.VM(j.VM), j.Version)
	switch {
	case !told && j.Version.HasUpdate:
		return askVersion(o, fmt.Sprintf("whether Java %s sees limits hangs on its VM (HotSpot or OpenJ9), which is not known", j.Version))
	case !told:
		return askVersion(o, fmt.Sprintf("only the line is known (Java %s); its update decides", j.Version))
	case row.Sees == reference.SeesByDefault && row.Deducts():
		return o.Pass()
	case row.Sees == reference.SeesByDefault:
		return o.PassNoted("probably: " + row.Doubt())
	case row.Sees == reference.SeesByFlag:
		return judgeFlags(c, o, settings)
	}
	return failAwareness(c, o, settings, fmt.Sprintf("Java %s does not see the container's limits, and no flag helps it.", j.Version),
		"no version before 8u131 knows containers")
}

// judgeFlags: the two experimental flags count only together.
func judgeFlags(c *facts.Container, o assessments.Outcome, settings assessments.Settings) assessments.Outcome {
	j := c.Java
	missing := []string{}
	hidden := false
	for _, name := range []string{"UnlockExperimentalVMOptions", "UseCGroupMemoryLimitForHeap"} {
		if on, _ := j.Switched(name); !on {
			missing = append(missing, "-XX:+"+name)
			hidden = hidden || len(j.Hidden(name)) > 0
		}
	}
	switch {
	case len(missing) == 0:
		return o.PassNoted("by two experimental flags, for memory alone; Java 11 does not start with them")
	case hidden:
		return o.Unknown("the flags that it needs may stand in a source that was not visible: " + strings.Join(j.Unread, "; "))
	}
	return failAwareness(c, o, settings, fmt.Sprintf("Java %s does not see the container's memory limit without two flags.", j.Version),
		"missing: "+strings.Join(missing, " "))
}

func failAwareness(c *facts.Container, o assessments.Outcome, settings assessments.Settings, message, ground string) assessments.Outcome {
	j := c.Java
	severity, heapText := blindHeap(c)
	return o.Fail(assessments.Failure{
		Severity: severity,
		Message:  message,
		Evidence: []assessments.Evidence{
			javaEvidence(j), {What: "ground", Value: ground}, {What: "memory limit", Value: limitText(c.MemoryLimitBytes)}, {What: "largest heap", Value: heapText},
		},
		Expected: "a Java that sees its limits by itself: HotSpot 8u191, 10 or later",
		Mend:     awarenessMend(c, settings),
	})
}

// blindHeap is how grave it is that a JVM does not see its limit: milder with a heap set below it, or where that may be.
func blindHeap(c *facts.Container) (severity assessments.Severity, text string) {
	j := c.Java
	switch {
	case j.MaxHeapBytes != nil && (c.MemoryLimitBytes == nil || *j.MaxHeapBytes < *c.MemoryLimitBytes):
		return assessments.Medium, heap.Size(*j.MaxHeapBytes) + ", set by hand"
	case j.MaxHeapBytes != nil:
		return 0, heap.Size(*j.MaxHeapBytes) + ", set by hand, not below the limit"
	case len(j.Unread) > 0:
		return assessments.Medium, "may be set in " + strings.Join(j.Unread, "; ")
	}
	return 0, "by default a quarter of the machine's memory"
}

// awarenessMend sets the two flags where they help and the variable is free. A heap set by hand makes a blind JVM milder, and is
// named in words alone.
func awarenessMend(c *facts.Container, settings assessments.Settings) assessments.Mend {
	mend := assessments.Mend{Text: "Move to a newer Java (17, 21 or 25), which sees its limits without flags."}
	if on, set := c.Java.Switched("UseContainerSupport"); set && !on {
		mend.Text = "Take -XX:-UseContainerSupport out."
		return mend
	}
	row, told := reference.AwarenessOf(reference.VM(c.Java.VM), c.Java.Version)
	if told && row.Sees == reference.SeesByFlag && len(c.Java.Unread) == 0 {
		if mend.Patch = addFlags(c, "-XX:+UnlockExperimentalVMOptions", "-XX:+UseCGroupMemoryLimitForHeap"); mend.Patch != "" {
			mend.Text += " Until then the patch sets the two flags; take them out on that day, for Java 11 does not start with them."
			return mend
		}
	}
	if c.Java.MaxHeapBytes == nil && c.MemoryLimitBytes != nil {
		if mebibytes, useful := heapWithin(*c.MemoryLimitBytes, settings); useful {
			mend.Text += fmt.Sprintf(" Until then set -Xmx%dm, which leaves room within the limit of %s; processors and collector threads stay the machine's.",
				mebibytes, heap.Size(*c.MemoryLimitBytes))
		}
	}
	return mend
}
