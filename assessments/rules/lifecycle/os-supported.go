package lifecycle

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

var osSupported = assessments.Rule{
	ID:          "lifecycle/os-supported",
	SubjectKind: "node",
	Effort:      assessments.EffortChange,
	Judge:       judgeSystems,
	Text: assessments.Text{
		Title: "Nodes run an operating system that is still supported",
		What:  "The operating system of each node, as its kubelet reports it, held against the end of its vendor's support.",
		Why: "Without security fixes every hole of the kernel is open to every pod. Newer kubelets and runtimes drop old kernels, old systemd and " +
			"cgroup v1: a system past its end stops upgrades of Kubernetes later on.",
		How: "Fails where the vendor's regular security support had ended at the day of the assessment. Where the vendor sells or gives support " +
			"beyond it (Ubuntu Pro, Debian LTS, extended support of Red Hat, SUSE or Oracle) and that lasts, the finding is low, for whether it is " +
			"in use can't be seen.\n\n" +
			"Unknown: files without a cluster, nodes that could not be read, a system that is not reported, or one without a row in the reference, " +
			"such as systems that update themselves as an image.",
		Evidence: "The system as the node reports it, the end of its support, and the day it is judged at.",
		Mend: "Replace the node by one with a supported system: a new machine joins, the old one is drained and leaves. Nothing in a manifest does " +
			"it, so there is no patch.",
		Sources: []string{
			"endoflife.date, each system's page: https://endoflife.date/",
			"Reference data, os: each line with its end and its source",
		},
		DoesNotCatch: "Whether updates are installed, support that was bought beyond the regular one, and the support of image-based systems (Talos, " +
			"Bottlerocket, Flatcar, Container-Optimized OS), which goes by their own versions.",
	},
}

func judgeSystems(v assessments.View) []assessments.Outcome {
	if answered, done := rules.OnlyLive(v, assessments.AboutCluster()); done {
		return []assessments.Outcome{answered}
	}
	if reason, unseen := v.Unseen("nodes"); unseen && len(v.Nodes) == 0 {
		return []assessments.Outcome{assessments.AboutCluster().Unknown(rules.Unread("nodes", reason))}
	}
	outcomes := make([]assessments.Outcome, 0, len(v.Nodes))
	for _, n := range v.Nodes {
		outcomes = append(outcomes, judgeSystem(v, n, assessments.AboutNode(n)))
	}
	return outcomes
}

func judgeSystem(v assessments.View, n *facts.Node, o assessments.Outcome) assessments.Outcome {
	if n.OSImage == "" {
		return o.Unknown("the node does not report its operating system")
	}
	row, known := reference.OSReleaseOf(n.OSImage)
	switch {
	case !known:
		return o.Unknown("the end of support of " + n.OSImage + " is not in the reference")
	case !v.AsOf.After(row.EndOfLife.Time):
		return o.Pass()
	case !row.Deducts():
		return o.Unknown("the end of support is in doubt: " + row.Doubt())
	}
	failure := assessments.Failure{
		Message: fmt.Sprintf("%s has had no regular security support since %s.", row.Name(), row.EndOfLife),
		Evidence: []assessments.Evidence{
			{What: "operating system", Value: n.OSImage}, {What: "support ended", Value: fmt.Sprintf("%s (%s)", row.EndOfLife, row.Source)}, judgedAt(v),
		},
		Expected: "an operating system that still gets security fixes",
		Mend:     assessments.Mend{Text: "Replace the node by one with a supported system: join a new machine, drain this one, take it away."},
	}
	if v.AsOf.Before(row.ExtendedEnd.Time) {
		failure.Severity = assessments.Low
		failure.Message += fmt.Sprintf(" What is sold or given beyond it lasts until %s; whether it is in use here can't be seen.", row.ExtendedEnd)
	}
	return o.Fail(failure)
}
