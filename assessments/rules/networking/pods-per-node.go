package networking

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/facts"
)

var podsPerNode = assessments.Rule{
	ID:          "networking/pods-per-node",
	SubjectKind: "node",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return nodesOf(v, func(n *facts.Node, o assessments.Outcome) assessments.Outcome { return judgePodsPerNode(v, n, o) })
	},
	Text: assessments.Text{
		Title: "A node's range holds as many pods as it may run",
		What:  "The most pods that each node's kubelet takes (maxPods) against the addresses of the node's own range.",
		Why: "The scheduler goes by maxPods and knows nothing of addresses. Where there are fewer, pods are bound to the node and hang in " +
			"ContainerCreating, while other nodes have room.",
		How: "Fails where maxPods is more than the addresses of the node's range; a /25 holds the default of 110 pods, a /26 does not.\n\n" +
			"Not applicable: a node without a range of its own, and plugins that give addresses from blocks, from ranges of their own or from " +
			"a cloud's network. Unknown: files without a cluster, nodes that could not be read, a maxPods that was not seen.",
		Evidence: "maxPods, the range and its addresses.",
		Mend: "Lower `maxPods` in the node's KubeletConfiguration to less than the addresses, which leaves some for churn; or give new nodes a larger " +
			"part by the controller manager's --node-cidr-mask-size.",
		Sources: []string{
			"Kubernetes documentation, KubeletConfiguration, maxPods (default 110)",
			"Kubernetes documentation, kube-controller-manager, --node-cidr-mask-size",
		},
		DoesNotCatch: "The few addresses of a range that a plugin keeps for itself, and addresses that ended pods hold for a while.",
	},
}

func judgePodsPerNode(v assessments.View, n *facts.Node, o assessments.Outcome) assessments.Outcome {
	switch mode := network.AddressMode(v.Facts); mode {
	case "cloud", "blocks", "plugin-ranges":
		return o.NotApplicable("its pods' addresses do not come from a range in the node's object")
	}
	addresses := network.NodeAddresses(n)
	if addresses == 0 {
		return o.NotApplicable("it has no range of its own")
	}
	most, known := maxPods(n)
	switch {
	case !known:
		return o.Unknown("how many pods its kubelet takes was not seen")
	case most <= addresses:
		return o.Pass()
	}
	return o.Fail(assessments.Failure{
		Message: fmt.Sprintf("Its kubelet takes %d pods, and its range holds %d addresses: the last pods hang without one.", most, addresses),
		Evidence: []assessments.Evidence{
			{What: "maxPods", Value: fmt.Sprint(most)}, {What: "range", Value: fmt.Sprintf("%s, %d addresses", strings.Join(n.PodCIDRs, ", "), addresses)},
		},
		Expected: fmt.Sprintf("maxPods of %d or less", addresses),
		Mend:     assessments.Mend{Text: fmt.Sprintf("Lower maxPods in its KubeletConfiguration to %d or less, or replace the node by one with a larger range.", addresses)},
	})
}

// maxPods is the kubelet's own bound, else what it reports as its capacity.
func maxPods(n *facts.Node) (int64, bool) {
	switch {
	case n.MaxPods != nil:
		return int64(*n.MaxPods), true
	case n.Capacity != nil && n.Capacity.Pods > 0:
		return n.Capacity.Pods, true
	}
	return 0, false
}
