package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

// mixedDays is how long nodes may be of several minors; the figure is the catalogue's.
const mixedDays = 7

var halfUpgraded = assessments.Rule{
	ID:          "lifecycle/half-upgraded",
	SubjectKind: "cluster",
	Effort:      assessments.EffortChange,
	Judge:       judgeMixture,
	Text: assessments.Text{
		Title: "No upgrade has been left half done",
		What:  "The minors of all kubelets, now and in earlier snapshots.",
		Why: "Nodes of two minors are normal while an upgrade runs and a trap afterwards: workloads behave otherwise by where they land, the " +
			"older nodes narrow the window for the next upgrade, and nobody knows any more why it stopped.",
		How: "Fails where nodes run more than one minor and did so at least 7 days ago with the same newest minor, with no snapshot between " +
			"that shows one minor alone. It fails too where nodes of the newest minor were created more than 7 days ago beside older ones, but " +
			"only with a tool that replaces nodes to upgrade them (as the reference's upgrade-tools says): elsewhere a node keeps the day of its " +
			"creation through every upgrade, and one snapshot proves nothing.\n\n" +
			"Unknown: several minors that neither shows for how long, files without a cluster, nodes or versions that could not be read. " +
			"Not applicable: a plan.",
		Evidence: "The minors with the number of their nodes, and the earlier snapshot or the day of creation that proves how long.",
		Mend:     "Finish the upgrade: drain the older nodes one by one and upgrade or replace them. Nothing in a manifest does it, so there is no patch.",
		Sources: []string{
			"Kubernetes documentation, Version Skew Policy: https://kubernetes.io/releases/version-skew-policy/",
			"Reference data, upgrade-tools: which tools replace nodes",
		},
		DoesNotCatch: "API servers of two minors, and an upgrade that stopped between control plane and nodes while all nodes are alike.",
	},
}

func judgeMixture(v assessments.View) []assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return []assessments.Outcome{answered}
	}
	if reason, unseen := v.Unseen("nodes"); unseen {
		return []assessments.Outcome{o.Unknown(rules.Unread("nodes", reason))}
	}
	counts := map[reference.Minor]int{}
	for _, n := range v.Nodes {
		if n.Kubelet.Major == 1 {
			counts[reference.Minor(n.Kubelet.Minor)]++
		}
	}
	return []assessments.Outcome{mixtureOutcome(v, o, counts)}
}

func mixtureOutcome(v assessments.View, o assessments.Outcome, counts map[reference.Minor]int) assessments.Outcome {
	minors := make([]reference.Minor, 0, len(counts))
	for minor := range counts {
		minors = append(minors, minor)
	}
	slices.Sort(minors)
	switch len(minors) {
	case 0:
		return o.Unknown("no kubelet's version could be read")
	case 1:
		return o.Pass()
	}
	newest := minors[len(minors)-1]
	seen := []assessments.Evidence{{What: "kubelets", Value: mixture(minors, counts)}}
	since, proof := mixedSince(v, newest)
	if proof == "" {
		since, proof = createdSince(v, newest)
	}
	if proof == "" {
		return o.Unknown("nodes run " + mixture(minors, counts) + "; since when can't be told from one snapshot: an upgrade may be under way")
	}
	return o.Fail(assessments.Failure{
		Message:  fmt.Sprintf("Its nodes have run several minors for at least %s: an upgrade was left half done.", assessments.Counted(int(v.TakenAt.Sub(since)/(24*time.Hour)), "day")),
		Evidence: append(seen, assessments.Evidence{What: "since at least", Value: proof}),
		Expected: fmt.Sprintf("all nodes on %s, or an upgrade that takes at most %d days", newest, mixedDays),
		Mend:     assessments.Mend{Text: fmt.Sprintf("Drain the nodes that are older than %s one by one, and upgrade or replace them.", newest)},
	})
}

func mixture(minors []reference.Minor, counts map[reference.Minor]int) string {
	parts := make([]string, len(minors))
	for i, minor := range minors {
		parts[i] = fmt.Sprintf("%s on %s", minor, assessments.Counted(counts[minor], "node"))
	}
	return strings.Join(parts, ", ")
}

// mixedSince goes back through the history as long as the newest minor stood beside an older one.
func mixedSince(v assessments.View, newest reference.Minor) (since time.Time, proof string) {
	for _, earlier := range slices.Backward(v.History) {
		if len(earlier.KubeletMinors) < 2 || !slices.Contains(earlier.KubeletMinors, newest.String()) {
			break
		}
		if v.TakenAt.Sub(earlier.TakenAt) >= mixedDays*24*time.Hour {
			since, proof = earlier.TakenAt, fmt.Sprintf("the snapshot of %s, with %s", earlier.TakenAt.Format(time.DateOnly), strings.Join(earlier.KubeletMinors, ", "))
		}
	}
	return since, proof
}

// createdSince is for tools that replace nodes: a node of the newest minor was born with it.
func createdSince(v assessments.View, newest reference.Minor) (since time.Time, proof string) {
	tool, known := reference.UpgradeToolOf(v.Provisioner())
	if !known || !tool.ReplacesNodes {
		return since, ""
	}
	var first *facts.Node
	for _, n := range v.Nodes {
		if n.Kubelet.Known() && reference.Minor(n.Kubelet.Minor) == newest && n.CreatedAt != nil && (first == nil || n.CreatedAt.Before(*first.CreatedAt)) {
			first = n
		}
	}
	if first == nil || v.TakenAt.Sub(*first.CreatedAt) <= mixedDays*24*time.Hour {
		return since, ""
	}
	return *first.CreatedAt, fmt.Sprintf("node %s of %s, created on %s (%s replaces nodes to upgrade them)", first.Name, newest, first.CreatedAt.Format(time.DateOnly), tool.Tool)
}
