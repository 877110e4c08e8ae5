package lifecycle

import (
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/facts"
)

var cgroupVersion = assessments.Rule{
	ID:            "lifecycle/cgroup-version",
	SubjectKind:   "node",
	WorstSeverity: assessments.High,
	Effort:        assessments.EffortProject,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overNodes(v, func(n *facts.Node, o assessments.Outcome) assessments.Outcome { return judgeCgroup(v, n, o) })
	},
	Text: assessments.Text{
		Title: "Nodes use a cgroup version that the running and the next minor support",
		What:  "The cgroup version of every node, against the minor of its kubelet and the next one.",
		Why: "From 1.35 on a kubelet does not start on a node with cgroup v1 unless it is told to bear it: an upgrade that nobody checked for this takes " +
			"node after node out. Since 1.31 cgroup v1 only gets fixes, and 1.38 is the first minor that may drop its code.",
		How: "Fails at high where the kubelet of the running or the next released minor refuses to start on cgroup v1; at medium where it only maintains " +
			"it, or where `failCgroupV1: false` was seen. The version comes from the node collector or the kubelet's configuration. Where nobody saw it, it " +
			"is inferred from the release of the operating system, and the evidence says so.\n\n" +
			"Unknown: an operating system that does not tell it; and a node inferred to have cgroup v1 whose kubelet of 1.35 or later runs, for then either " +
			"the version is another or failCgroupV1 is false. Not applicable: Windows. A plan has no nodes and so no outcome.",
		Evidence: "The cgroup version and where it was told from, and the minor from which it is refused or maintained with its source.",
		Mend: "Replace the node by one whose operating system starts with cgroup v2. Look at JVMs first (jvm/cgroup-v2): old ones see no limits there. " +
			"`failCgroupV1: false` in the kubelet's configuration buys time until the code goes. No manifest of a workload does it, so there is no patch.",
		Sources: []string{
			"KEP-5573, remove cgroup v1: https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/5573-remove-cgroup-v1",
			"KEP-4569, cgroup v1 in maintenance: https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4569-cgroup-v1-maintenance-mode",
			"Kubernetes documentation, About cgroup v2: https://kubernetes.io/docs/concepts/architecture/cgroups/",
		},
		DoesNotCatch: "Nodes that were switched by a kernel parameter, where only the operating system was seen; hybrid set-ups.",
	},
}

func judgeCgroup(v assessments.View, n *facts.Node, o assessments.Outcome) assessments.Outcome {
	running, known := kubeletMinor(v, n)
	if !known {
		return o.Unknown("the kubelet's version could not be read")
	}
	minors := minorsAhead(v, running)
	now, then := upgrade.CgroupAt(n, running), upgrade.CgroupAt(n, minors[len(minors)-1])
	inferred := n.CgroupVersion == 0
	switch {
	case now.Standing == upgrade.Outside:
		return o.NotApplicable(now.Why)
	case now.Standing == upgrade.Untold:
		return o.Unknown(now.Why)
	case now.Standing == upgrade.Breaks && inferred:
		return o.Unknown("its operating system starts with cgroup v1 by default, and its kubelet runs all the same: either the version is another, or failCgroupV1 is false")
	case then.Standing == upgrade.Breaks:
		return o.Fail(failureOf(assessments.High, then, "cgroup v2"))
	case then.Standing == upgrade.Waning:
		return o.Fail(failureOf(assessments.Medium, then, "cgroup v2"))
	case inferred:
		return o.PassNoted(strings.TrimSuffix(now.Evidence[0].Value, "."))
	}
	return o.Pass()
}
