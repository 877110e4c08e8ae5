package jvm

import (
	"fmt"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

var cgroupV2 = assessments.Rule{
	ID:          "jvm/cgroup-v2",
	SubjectKind: "container",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overJVMs(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome { return judgeCgroupV2(v, c, o) })
	},
	Text: assessments.Text{
		Title: "The JVM reads the cgroup version of its nodes",
		What:  "Whether the Java in a container understands cgroup v2 where it runs on nodes with cgroup v2.",
		Why: "Nodes with cgroup v2 tell a container's limits in other files. A Java that knows cgroup v1 alone finds none there, and takes " +
			"the machine's memory and processors for its own without a word: it worked before the node was renewed, and is killed after.",
		How: "By version and VM, on the nodes that run the workload's pods. HotSpot reads cgroup v2 from 8u372, 11.0.16 and 15 on, OpenJ9 " +
			"from 8u382, 11.0.20 and 17.0.8 on. With a heap set by -Xmx, or where options could not be read, it is a finding of medium " +
			"severity. Kernels from 6.14 on hide cgroups from JVMs that look for them in the old place: this fails before 11.0.32 and " +
			"21.0.10.\n\nA Java that reads both versions passes wherever it runs, files included. Unknown: the version, its update or the " +
			"VM can't be told where they decide, nobody has looked into that line (12 to 14; 17 on a kernel from 6.14 on), nodes or their " +
			"cgroup version were not seen. Not applicable: nodes with cgroup v1 alone, no JVM, the platform's own workloads.",
		Evidence: "Java's version, the nodes with cgroup v2 that run it, their kernel where it decides, limit and heap.",
		Mend: "Move to a Java of the same line that reads cgroup v2, mostly a rebuild on the newest image of the line. Until then set -Xmx " +
			"below the limit, or keep the workload on nodes with cgroup v1 while there are any.",
		Sources: []string{
			containersSource,
			"Kubernetes documentation, About cgroup v2: https://kubernetes.io/docs/concepts/architecture/cgroups/",
		},
		DoesNotCatch: "Updates that a vendor has patched on its own, and Java inside images that do not tell their version.",
	},
}

func judgeCgroupV2(v assessments.View, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	j := c.Java
	understands, sure := reference.UnderstandsCgroupV2(reference.VM(j.VM), j.Version)
	switch {
	case hinted(j):
		return perhaps(c, o)
	case !v.Live() && understands && sure:
		return o.PassNoted(fmt.Sprintf("Java %s reads both cgroup versions, wherever it runs", j.Version))
	}
	if blind, done := rules.OnlyLive(v, o); done {
		return blind
	}
	if reason, unseen := v.Unseen("nodes"); unseen {
		return o.Unknown(rules.Unread("nodes", reason))
	}
	hosts := hostsOf(v, c.Workload)
	second := hosts.with(2)
	switch {
	case len(second) == 0 && len(hosts) > 0 && len(hosts.with(1)) == len(hosts):
		return o.NotApplicable("its nodes run cgroup v1")
	case len(second) == 0 && understands && sure:
		return o.PassNoted("the cgroup version of its nodes was not seen, and it reads both")
	case len(second) == 0:
		return o.Unknown("the cgroup version of its nodes was not seen")
	case !j.Version.Known():
		return askVersion(o, "Java's version is not known; declare it for this workload")
	case j.VM == "":
		return askVersion(o, "whether this is HotSpot or OpenJ9 is not known, and they differ")
	case !sure && !j.Version.HasUpdate:
		return askVersion(o, fmt.Sprintf("only the line is known (Java %s); its update decides", j.Version))
	case !sure:
		return o.Unknown(fmt.Sprintf("no source at hand says whether Java %s reads cgroup v2", j.Version))
	case !understands:
		return failCgroup(c, o, second, fmt.Sprintf("Java %s does not read cgroup v2, which %s: it takes the machine's memory for its own.",
			j.Version, runIt(second)), nil)
	}
	return judgeKernels(c, o, second)
}

// judgeKernels: newer kernels hide cgroups from JVMs that look for them in /proc/cgroups.
func judgeKernels(c *facts.Container, o assessments.Outcome, second hosts) assessments.Outcome {
	hiding, _ := facts.ParseVersion(reference.HidingKernel())
	newer := slices.DeleteFunc(slices.Clone(second), func(n *facts.Node) bool {
		kernel, ok := facts.ParseVersion(n.KernelVersion)
		return !ok || kernel.Major < hiding.Major || kernel.Major == hiding.Major && kernel.Minor < hiding.Minor
	})
	if len(newer) == 0 {
		return o.Pass()
	}
	survives, sure := reference.SurvivesNewKernels(reference.VM(c.Java.VM), c.Java.Version)
	switch {
	case !sure:
		return o.Unknown(fmt.Sprintf("kernel %s of %s hides cgroups from JVMs that look in the old place, and no source at hand says where Java %s looks",
			newer[0].KernelVersion, newer[0].Name, c.Java.Version))
	case survives:
		return o.Pass()
	}
	return failCgroup(c, o, newer, fmt.Sprintf("Java %s does not find its cgroup on kernel %s: it takes the machine's memory for its own.", c.Java.Version, newer[0].KernelVersion),
		[]assessments.Evidence{{What: "kernel", Value: newer[0].KernelVersion + " on " + newer[0].Name}})
}

func failCgroup(c *facts.Container, o assessments.Outcome, on hosts, message string, more []assessments.Evidence) assessments.Outcome {
	severity, heapText := blindHeap(c)
	return o.Fail(assessments.Failure{
		Severity: severity,
		Message:  message,
		Evidence: append([]assessments.Evidence{
			javaEvidence(c.Java), {What: "nodes with cgroup v2 that run it", Value: on.names()},
			{What: "memory limit", Value: limitText(c.MemoryLimitBytes)}, {What: "largest heap", Value: heapText},
		}, more...),
		Expected: "a Java that reads its nodes' cgroup version: HotSpot 8u372, 11.0.16 (11.0.32 on newer kernels), 15 or later",
		Mend: assessments.Mend{Text: "Rebuild on the newest image of the line, or better of a newer one (17, 21, 25). Until then set -Xmx " +
			"below the limit, with room beside it."},
	})
}

// hosts are the nodes that run a workload's pods, or all nodes where its pods were not seen.
type hosts []*facts.Node

func hostsOf(v assessments.View, w *facts.Workload) hosts {
	if w.Pods == nil || len(w.Pods.Nodes) == 0 {
		return hosts(v.Nodes)
	}
	var found hosts
	for _, share := range w.Pods.Nodes {
		if i := slices.IndexFunc(v.Nodes, func(n *facts.Node) bool { return n.Name == share.Name }); i >= 0 {
			found = append(found, v.Nodes[i])
		}
	}
	return found
}

func (h hosts) with(version int) hosts {
	return slices.DeleteFunc(slices.Clone(h), func(n *facts.Node) bool { return n.CgroupVersion != version })
}

// names lists a few of the nodes, and how many more there are.
func (h hosts) names() string {
	const shown = 3
	text := ""
	for i, node := range h {
		switch {
		case i == shown:
			return fmt.Sprintf("%s and %d more", text, len(h)-shown)
		case i > 0:
			text += ", "
		}
		text += node.Name
	}
	return text
}

func runIt(on hosts) string {
	if len(on) == 1 {
		return "its node " + on[0].Name + " runs"
	}
	return fmt.Sprintf("%d of its nodes run", len(on))
}
