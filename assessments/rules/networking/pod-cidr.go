package networking

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/rules"
)

var podCIDR = assessments.Rule{
	ID:            "networking/pod-cidr",
	SubjectKind:   "cluster",
	WorstSeverity: assessments.Critical,
	Effort:        assessments.EffortProject,
	Judge:         func(v assessments.View) []assessments.Outcome { return []assessments.Outcome{judgePodRange(v)} },
	Text: assessments.Text{
		Title: "Pods and nodes have addresses to grow into",
		What:  "The range that pods take addresses of: how many nodes' parts, or pods, fit into it, and how many there are.",
		Why: "When the range is used up a new node gets no part of it, or a new pod no address. A range can't be widened in place: most " +
			"clusters are replaced for it. Defaults are small: Kubespray's 10.233.64.0/18 with a /24 for each node is full at 64 nodes.",
		How: "Where each node takes a part, nodes are counted against the parts that fit; where pods take addresses from pools of the plugin, " +
			"living pods that are not on their node's own network are counted against the enabled IPv4 pools. Fails from 80 % on (high), from " +
			"95 % on (critical), and where the straight line through earlier snapshots is full within 90 days (high). Two snapshots that are a week " +
			"apart are the least that tells a growth.\n\n" +
			"Not applicable: a plan. Unknown: files without a cluster; addresses of a cloud's network; a plugin whose pools or own ranges were " +
			"not seen; nodes or pods that could not be read.",
		Evidence: "Used and size, the range and each node's part of it, the growth in 30 days and the day on which it is full.",
		Mend: "Plan a new cluster with a larger range, and move to it before the day that is named. Where the plugin takes further pools " +
			"(Calico, Cilium) add one. Smaller parts for each node (node-cidr-mask-size 25 holds 110 pods) help new clusters only.",
		Sources: []string{
			"Reference data, networking: prefix of nodes' ranges, Kubespray's defaults",
			"Kubernetes documentation, kube-controller-manager, --cluster-cidr and --node-cidr-mask-size",
			"Calico documentation, IP pools: https://docs.tigera.io/calico/latest/networking/ipam/ip-autodetection",
		},
		DoesNotCatch: "Blocks that nodes hold and do not use, ranges that collide with networks outside, and subnets of a cloud.",
	},
}

func judgePodRange(v assessments.View) assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return answered
	}
	ranges := network.PodRanges(v)
	tightest := ranges[0]
	for _, r := range ranges {
		if r.Known() && (!tightest.Known() || *r.UsePercent > *tightest.UsePercent) {
			tightest = r
		}
	}
	if !tightest.Known() {
		return o.Unknown(tightest.Why)
	}
	unit, what := "nodes' parts", "Of the range for pods, the parts for %d of %d nodes are taken"
	if tightest.Kind == network.PodAddresses {
		unit, what = "addresses", "Pods use %d of %d addresses of their pools"
	}
	failure := assessments.Failure{
		Message:  fmt.Sprintf(what+": what comes then gets none.", *tightest.Used, tightest.Size),
		Evidence: rangeEvidence(tightest, unit),
		Expected: fmt.Sprintf("less than %d %% used, and not full within %d days", nearlyUsed, soon),
		Mend: assessments.Mend{Text: "Plan a new cluster with a larger range, or add a pool where the plugin takes several; a pod range can't be " +
			"widened in place."},
	}
	switch {
	case usedFrom(tightest, almostFull):
		failure.Severity = assessments.Critical
		return o.Fail(failure)
	case usedFrom(tightest, nearlyUsed), fullSoon(v, tightest):
		return o.Fail(failure)
	}
	return o.Pass()
}
