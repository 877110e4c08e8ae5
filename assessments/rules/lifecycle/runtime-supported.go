package lifecycle

import (
	"plimsoll/assessments"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

var runtimeSupported = assessments.Rule{
	ID:          "lifecycle/runtime-supported",
	SubjectKind: "node",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overNodes(v, func(n *facts.Node, o assessments.Outcome) assessments.Outcome { return judgeRuntime(v, n, o) })
	},
	Text: assessments.Text{
		Title: "Container runtimes go with the running and the next minor",
		What:  "The container runtime of every node, against the minor of its kubelet, the next one, and the way to the target.",
		Why: "A kubelet that can't speak to its runtime does not start a single pod. Two removals have stopped upgrades in the middle: dockershim in " +
			"1.24, and CRI v1alpha2 in 1.26, by which containerd before 1.6 stopped working.",
		How: "Fails at high where the node runs Docker through dockershim, or a runtime that speaks only CRI v1alpha2, and the way to the target " +
			"(`--target-version`, else the newest release) leads over its removal. Fails at medium where the runtime's line is not listed for the running " +
			"or the next released minor: nobody says that they have tested the pair. A pair that is not listed is untested, never unsupported.\n\n" +
			"containerd goes by its own table; CRI-O has the minor of its Kubernetes and may be two older. Unknown: other runtimes, Docker through " +
			"cri-dockerd, a version that can't be read, a running minor that the table does not hold. A next minor that it does not hold is a note. " +
			"Not applicable: managed clusters, whose provider's node images bring the runtime. A plan has no nodes and so no outcome.",
		Evidence: "The runtime with its version, and the row of the table with its source.",
		Mend: "Drain the node, then upgrade its runtime or replace it, before its kubelet goes on. Images stay as they are. Nothing in a manifest does it, " +
			"so there is no patch.",
		Sources: []string{
			"containerd, Kubernetes support: https://containerd.io/releases/#kubernetes-support",
			"CRI-O, compatibility matrix: https://github.com/cri-o/cri-o#compatibility-matrix-cri-o--kubernetes",
			"KEP-2221, removing dockershim: https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/2221-remove-dockershim",
		},
		DoesNotCatch: "Runtime classes and their handlers, plugins of the runtime, and lines that are past their own end of support.",
	},
}

func judgeRuntime(v assessments.View, n *facts.Node, o assessments.Outcome) assessments.Outcome {
	running, known := kubeletMinor(v, n)
	target, some := targetMinor(v)
	switch {
	case isManaged(v):
		return o.NotApplicable("the provider's node images bring the runtime")
	case !known || !some:
		return o.Unknown("the kubelet's version could not be read")
	}
	if j := upgrade.RuntimeAt(n, max(target, running)); j.Standing == upgrade.Breaks {
		return o.Fail(failureOf(assessments.High, j, "a runtime that the kubelets on the way can speak to"))
	}
	return tested(o, minorsAhead(v, running), func(minor reference.Minor) upgrade.Judgement { return upgrade.RuntimeAt(n, minor) })
}

// tested judges a part at the running and the next minor: untested at either is a medium finding, and a next minor that no table
// holds is a note.
func tested(o assessments.Outcome, minors []reference.Minor, at func(reference.Minor) upgrade.Judgement) assessments.Outcome {
	note := ""
	for i, minor := range minors {
		switch j := at(minor); j.Standing {
		case upgrade.Untested:
			return o.Fail(failureOf(assessments.Medium, j, "a version that is listed for "+minor.String()))
		case upgrade.Untold:
			if i == 0 {
				return o.Unknown(j.Why)
			}
			note = j.Why
		}
	}
	return o.PassNoted(note)
}
