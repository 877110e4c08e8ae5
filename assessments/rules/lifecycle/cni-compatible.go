package lifecycle

import (
	"plimsoll/assessments"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

var cniCompatible = assessments.Rule{
	ID:          "lifecycle/cni-compatible",
	SubjectKind: "cluster",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		o := assessments.AboutCluster()
		if answered, done := rules.OnlyLive(v, o); done {
			return []assessments.Outcome{answered}
		}
		return []assessments.Outcome{judgeCNI(v, o)}
	},
	Text: assessments.Text{
		Title: "The network plugin is maintained and tested with the running and the next minor",
		What:  "The cluster's network plugin with its version, by the image of its DaemonSet.",
		Why: "Every packet goes through it. A line without fixes keeps its holes, and an upgrade of Kubernetes on an untested pair is found out by the whole " +
			"cluster at once. A plugin whose project has ended can only be left, and that is a project of its own.",
		How: "Fails at high where the project of the plugin has ended (Weave Net), or the line is past its end, or older than a line that is. Fails at " +
			"medium where the line's own list of tested versions does not hold the running or the next released minor: untested, never unsupported, for " +
			"projects extend such lists later.\n\n" +
			"Unknown: a plugin that was not recognised or has no list (flannel, the clouds' own), a list that is only derived, a running minor younger than " +
			"the lists. A next minor younger than them is a note. Files: unknown. Not applicable: a plan.",
		Evidence: "The plugin with its version, the minors it is tested with or its end, each with its source.",
		Mend: "Move to a line that is tested with both minors, line by line as the project's guide says, before the control plane moves. Most plugins are " +
			"installed by a chart or the cluster's tool: there is no patch.",
		Sources: []string{
			"Calico, requirements: https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements",
			"Cilium, compatibility: https://docs.cilium.io/en/stable/network/kubernetes/compatibility/",
			"endoflife.date, Calico and Cilium: https://endoflife.date/calico",
			"Weave Net, archived: https://github.com/weaveworks/weave",
		},
		DoesNotCatch: "A data path that the plugin's settings choose (lifecycle of eBPF, kernels), and several plugins in one cluster.",
	},
}

func judgeCNI(v assessments.View, o assessments.Outcome) assessments.Outcome {
	cni := upgrade.CNIOf(v.Facts)
	if cni == nil {
		if reason, unseen := v.Unseen("cni"); unseen {
			return o.Unknown(rules.Unread("the network plugin", reason))
		}
		return o.Unknown("no network plugin that the reference knows was recognised")
	}
	if ended, is := upgrade.CNIEnded(cni.Name, cni.Version, v.AsOf); is {
		return o.Fail(failureOf(assessments.High, ended, "a network plugin that is maintained"))
	}
	running, known := serverMinor(v)
	if !known {
		return o.Unknown(serverUnread)
	}
	return tested(o, minorsAhead(v, running), func(minor reference.Minor) upgrade.Judgement { return upgrade.CNIAt(cni.Name, cni.Version, minor) })
}
