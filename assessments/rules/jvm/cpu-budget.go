package jvm

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/heap"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

var cpuBudget = assessments.Rule{
	ID:          "jvm/cpu-budget",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overJVMs(v, judgeCPU)
	},
	Text: assessments.Text{
		Title: "The CPU budget gives the collector that was chosen",
		What:  "CPU and memory limits of every JVM, held against the line below which HotSpot takes its serial collector.",
		Why: "With fewer than two processors or less than 1792 MiB HotSpot takes the serial collector without a word: one thread stops the " +
			"application and collects alone. For a small service that is right. For one whose answers must come in time it is a " +
			"surprise, and one that comes with a limit somebody lowered.",
		How: "Fails where the CPU limit is one processor or less (the JVM rounds up: 1500m are two), or the memory limit is below 1792 " +
			"MiB, and nobody has chosen a collector, ActiveProcessorCount or AlwaysActAsServerClassMachine. HotSpot from 10 until " +
			"11.0.17 counts a CPU request alone as well: 100m without a limit are one processor. From Java 27 on the rule is gone.\n\n" +
			"Unknown: Java's version or VM, resources or options can't be told. Not applicable: no limit that a JVM could see, OpenJ9, a " +
			"JVM that does not see limits (jvm/container-awareness speaks), no JVM, the platform's own workloads.",
		Evidence: "Limits, request, Java's version, and the collector that it takes.",
		Mend: "If the serial collector is right for this service, say so: -XX:+UseSerialGC. Else give it two processors and 1792 MiB, or " +
			"choose a collector by name. The patch says what runs today.",
		Sources: []string{containersSource},
		DoesNotCatch: "Old builds on machines that report threads of one core, which take the serial collector above the line too, and " +
			"collectors chosen inside the image.",
	},
}

const (
	processorFlag = "ActiveProcessorCount"
	serverFlag    = "AlwaysActAsServerClassMachine"
	millicores    = 1000
)

func judgeCPU(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	j := c.Java
	switch {
	case j.VM == string(reference.OpenJ9):
		return o.NotApplicable("OpenJ9 picks its collector by other rules")
	case hinted(j):
		return perhaps(c, o)
	case c.ResourcesUnreadable:
		return o.Unknown("a resource value is a placeholder or can't be read")
	case c.Workload.PodLevelResources:
		return o.Unknown("resources are set for the whole pod; how they are shared is not judged")
	case c.CPULimitMillicores == nil && c.MemoryLimitBytes == nil && c.CPURequestMillicores == nil:
		return o.NotApplicable("there is no limit that the JVM could go by")
	}
	if _, option, chosen := heap.ChosenCollector(j); chosen {
		return o.PassNoted("chosen: " + optionText(option))
	}
	for _, name := range []string{processorFlag, serverFlag} {
		if option, set := j.Option(name); set && option.Value != "false" {
			return o.PassNoted("chosen: " + optionText(option))
		}
	}
	if !j.Version.Known() || j.VM == "" {
		return askVersion(o, "which Java runs is not known; declare it for this workload")
	}
	choice, found := reference.CollectorOf(j.Version)
	row, told := reference.AwarenessOf(reference.VM(j.VM), j.Version)
	switch {
	case !found:
		return o.Unknown(fmt.Sprintf("no source at hand says how Java %s picks its collector", j.Version))
	case choice.ServerCPUs == 0 && choice.Deducts():
		return o.PassNoted(fmt.Sprintf("Java %s takes %s whatever the limits", j.Version, choice.Server))
	case !told:
		return askVersion(o, fmt.Sprintf("whether Java %s sees its limits can't be told (jvm/container-awareness speaks)", j.Version))
	case row.Sees != reference.SeesByDefault:
		return o.NotApplicable("this JVM does not count processors by its limits (jvm/container-awareness speaks)")
	}
	return judgeServerClass(c, o, choice)
}

// judgeServerClass holds the limits against the line of the version.
func judgeServerClass(c *facts.Container, o assessments.Outcome, choice reference.CollectorChoice) assessments.Outcome {
	j := c.Java
	var grounds []string
	if memory := c.MemoryLimitBytes; memory != nil && *memory < choice.ServerMemoryBytes {
		grounds = append(grounds, fmt.Sprintf("a memory limit of %s is below %s", heap.Size(*memory), heap.Size(choice.ServerMemoryBytes)))
	}
	byRequest := c.CPULimitMillicores == nil && c.CPURequestMillicores != nil && processors(*c.CPURequestMillicores) < choice.ServerCPUs
	leavesOut, sure := reference.CountsCPUSharesNot(reference.VM(j.VM), j.Version)
	switch cpu := c.CPULimitMillicores; {
	case cpu != nil && processors(*cpu) < choice.ServerCPUs:
		grounds = append(grounds, fmt.Sprintf("a CPU limit of %dm is one processor", *cpu))
	case byRequest && sure && !leavesOut:
		grounds = append(grounds, fmt.Sprintf("Java %s counts a CPU request of %dm as one processor", j.Version, *c.CPURequestMillicores))
	case byRequest && !sure && len(grounds) == 0:
		return askVersion(o, fmt.Sprintf("whether Java %s counts the CPU request of %dm as one processor can't be told", j.Version, *c.CPURequestMillicores))
	}
	switch {
	case len(grounds) == 0 && c.CPULimitMillicores == nil && c.MemoryLimitBytes == nil:
		return o.NotApplicable("there is no limit that the JVM could go by")
	case len(grounds) == 0:
		return o.Pass()
	case len(j.Unread) > 0:
		return o.Unknown("a collector may be chosen where it could not be read: " + strings.Join(j.Unread, "; "))
	case j.UnseenStart() != "":
		return o.Unknown("no collector is chosen in view, and " + j.UnseenStart())
	}
	return o.Fail(assessments.Failure{
		Message: "The JVM takes its serial collector, and nobody has chosen it: " + strings.Join(grounds, "; ") + ".",
		Evidence: []assessments.Evidence{
			{What: "CPU limit", Value: cpuText(c.CPULimitMillicores)}, {What: "CPU request", Value: cpuText(c.CPURequestMillicores)},
			{What: "memory limit", Value: limitText(c.MemoryLimitBytes)}, {What: "collector with more", Value: choice.Server}, javaEvidence(j),
		},
		Expected: fmt.Sprintf("a collector that is chosen, or %d processors and %s", choice.ServerCPUs, heap.Size(choice.ServerMemoryBytes)),
		Mend: assessments.Mend{
			Text: fmt.Sprintf("If one collecting thread is right for this service, say so with -XX:+UseSerialGC, as the patch does. Else raise the "+
				"limits to %d processors and %s, or choose the collector by name.", choice.ServerCPUs, heap.Size(choice.ServerMemoryBytes)),
			Patch: addFlags(c, "-XX:+UseSerialGC"),
		},
	})
}

// processors is how many the JVM counts: it rounds up, and counts at least one.
func processors(milli int64) int64 { return max(1, (milli+millicores-1)/millicores) }

func cpuText(milli *int64) string {
	if milli == nil {
		return "none"
	}
	return fmt.Sprintf("%dm", *milli)
}
