package networking

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

var conntrackSettings = assessments.Rule{
	ID:          "networking/conntrack-settings",
	SubjectKind: "node",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return nodesOf(v, func(n *facts.Node, o assessments.Outcome) assessments.Outcome { return judgeConntrackSettings(v, n, o) })
	},
	Text: assessments.Text{
		Title: "Connection tracking tables have the size that kube-proxy would give them",
		What:  "The maximum of each node's connection tracking table against kube-proxy's formula for a machine of that size.",
		Why: "kube-proxy raises the maximum with the number of processors. Where it can't (no right to write the sysctl, a data path in its " +
			"place, maxPerCore 0), the kernel's own maximum holds, and a large machine has the table of a small one.",
		How: "Fails where the maximum is below the formula: the larger of 131,072 and 32,768 for each processor, or what kube-proxy's own keys " +
			"give where that is more. Keys that give less are no excuse. Nodes with up to four processors all get 131,072.\n\n" +
			"Without a reading of the node, it fails where kube-proxy's keys alone give less than the formula.\n\n" +
			"Not applicable: Windows nodes. Unknown: files without a cluster, nodes that could not be read, a table that nobody read, " +
			"processors that are not known.",
		Evidence: "The maximum, the formula's figure with the processors it is for, and what set the maximum: kube-proxy, or the kernel.",
		Mend: "Where kube-proxy runs: take `conntrack.maxPerCore` and `conntrack.min` away, or raise them. Where another data path does its " +
			"work: set net.netfilter.nf_conntrack_max by a sysctl file of the machine image.",
		Sources: []string{
			"kubernetes/kubernetes, pkg/proxy/apis/config/v1alpha1/defaults.go",
			"Linux kernel documentation, nf_conntrack-sysctl: https://www.kernel.org/doc/html/latest/networking/nf_conntrack-sysctl.html",
		},
		DoesNotCatch: "Buckets that were not raised with the maximum, which makes look-ups slow; and timeouts that someone set too long.",
	},
}

func judgeConntrackSettings(v assessments.View, n *facts.Node, o assessments.Outcome) assessments.Outcome {
	if onWindows(n) {
		return o.NotApplicable("Windows keeps no such table")
	}
	row := reference.NetworkingFigures().Conntrack.Proxy
	if !row.Deducts() {
		return o.Unknown("kube-proxy's formula is in doubt: " + row.Doubt())
	}
	table := network.TableOf(v, n)
	switch {
	case table.FormulaMax == 0:
		return o.Unknown("how many processors it has is not known")
	case table.MaxOrigin == network.OriginUnset:
		return o.Unknown("its table was not read; the node collector or node-exporter can")
	case table.MaxEntries >= table.FormulaMax:
		if table.MaxOrigin == network.Seen {
			return o.Pass()
		}
		return o.Unknown("its table was not read, so whether the setting took effect can't be told")
	case table.MaxOrigin == network.FromKernel:
		return o.Unknown("its table was not read; the kernel's own maximum differs by version")
	}
	setBy := "kube-proxy's keys"
	switch {
	case table.MaxOrigin == network.Seen && replacement(v) != "":
		setBy = "not kube-proxy: " + replacement(v) + " does its work and leaves the sysctl alone"
	case table.MaxOrigin == network.Seen && table.MaxEntries == table.KernelMax:
		setBy = "the kernel: it is what the kernel gives a machine of this memory"
	case table.MaxOrigin == network.Seen:
		setBy = "read on the node"
	}
	return o.Fail(assessments.Failure{
		Message: fmt.Sprintf("Its connection tracking table takes %d entries; kube-proxy's formula gives a machine of its size %d.", table.MaxEntries, table.FormulaMax),
		Evidence: append([]assessments.Evidence{
			{What: "maximum", Value: fmt.Sprint(table.MaxEntries)}, {What: "by the formula", Value: fmt.Sprint(table.FormulaMax)}, {What: "set by", Value: setBy},
		}, readings(n)...),
		Expected: fmt.Sprintf("at least %d", table.FormulaMax),
		Mend: assessments.Mend{Text: fmt.Sprintf("Set net.netfilter.nf_conntrack_max to %d or more: by kube-proxy's conntrack.maxPerCore and "+
			"conntrack.min where it runs, else by a sysctl file of the machine image.", table.FormulaMax)},
	})
}
