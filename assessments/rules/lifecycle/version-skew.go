package lifecycle

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

var versionSkew = assessments.Rule{
	ID:          "lifecycle/version-skew",
	SubjectKind: "node",
	Effort:      assessments.EffortChange,
	Judge:       judgeSkew,
	Text: assessments.Text{
		Title: "Kubelets and kube-proxy are within reach of the API server's version",
		What:  "The kubelet of every node, and kube-proxy by the image of its DaemonSet, against the API server.",
		Why: "Outside the supported window nobody has tried the combination: fields are dropped in silence, pods hang, and the next upgrade " +
			"of the control plane makes it worse. A kubelet at the edge of the window blocks that upgrade.",
		How: "Fails where a kubelet is newer than the API server, or older than the skew policy for that kubelet's version allows: three " +
			"minors from 1.25 on, two before. The same for kube-proxy; its outcome stands under the cluster. " +
			"Its distance from a kubelet is not judged apart: where both are within reach of the API server they are within reach of each other, " +
			"and a kubelet that is not has a finding of its own.\n\n" +
			"Unknown: files without a cluster, nodes that could not be read, a version that can't be read. A plan has no nodes: not " +
			"applicable. Where kube-proxy's version was not seen (static pods, another data path) nothing is said of it.",
		Evidence: "Both versions, and the window with its source.",
		Mend: "A node that is too old: drain it, then upgrade or replace it, before the control plane moves on. A node that is too new: bring " +
			"the control plane up to it, or put the node back.",
		Sources: []string{
			"Kubernetes documentation, Version Skew Policy: https://kubernetes.io/releases/version-skew-policy/",
			"KEP-3935, oldest node and newest control plane: https://github.com/kubernetes/enhancements/tree/master/keps/sig-architecture/3935-oldest-node-newest-control-plane",
		},
		DoesNotCatch: "Several API servers at two minors, which show only in their static pods' images: the server that answered the " +
			"collector is taken for all.",
	},
}

func judgeSkew(v assessments.View) []assessments.Outcome {
	if v.Plan && !v.Live() {
		return nil
	}
	cluster := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, cluster); done {
		return []assessments.Outcome{answered}
	}
	var outcomes []assessments.Outcome
	if proxy, judged := judgeProxySkew(v, cluster); judged {
		outcomes = append(outcomes, proxy)
	}
	if reason, unseen := v.Unseen("nodes"); unseen && len(v.Nodes) == 0 {
		// One outcome speaks for the nodes that were not seen; a failing kube-proxy says more.
		if len(outcomes) == 0 || outcomes[0].Result != assessments.Fail {
			return []assessments.Outcome{cluster.Unknown(rules.Unread("nodes", reason))}
		}
	}
	for _, node := range v.Nodes {
		outcomes = append(outcomes, judgeKubelet(v, node))
	}
	return outcomes
}

func judgeKubelet(v assessments.View, node *facts.Node) assessments.Outcome {
	o := assessments.AboutNode(node)
	server, known := serverMinor(v)
	switch {
	case !known:
		return o.Unknown("the API server's version could not be read")
	case node.Kubelet.Major != 1: // 0 where it could not be read
		return o.Unknown("the kubelet's version could not be read")
	}
	kubelet := reference.Minor(node.Kubelet.Minor)
	window, listed := reference.SkewOf("kubelet", kubelet)
	switch {
	case !listed || !window.Deducts():
		return o.Unknown("the reference has no window for this kubelet")
	case window.Allows(kubelet, server):
		return o.Pass()
	}
	seen := []assessments.Evidence{{What: "kubelet", Value: node.KubeletVersion}, serverVersion(v), windowEvidence(window)}
	if kubelet > server {
		return o.Fail(assessments.Failure{
			Message:  fmt.Sprintf("Its kubelet (%s) is newer than the API server (%s), which no version supports.", kubelet, server),
			Evidence: seen,
			Expected: fmt.Sprintf("a kubelet of %s or older", server),
			Mend:     assessments.Mend{Text: fmt.Sprintf("Bring the control plane to %s, or replace the node by one of %s.", kubelet, server)},
		})
	}
	return o.Fail(assessments.Failure{
		Message:  fmt.Sprintf("Its kubelet (%s) is %d minors behind the API server (%s); %d are supported.", kubelet, server-kubelet, server, window.OlderBy),
		Evidence: seen,
		Expected: fmt.Sprintf("a kubelet of %s to %s", server-reference.Minor(window.OlderBy), server),
		Mend:     assessments.Mend{Text: "Drain the node, then upgrade or replace it. A kubelet may skip minors on a drained node."},
	})
}

// judgeProxySkew judges kube-proxy against the API server; it reports false where its version was not seen. Its window around
// kubelets adds nothing: only a kubelet that is itself too far from the API server can be outside of it.
func judgeProxySkew(v assessments.View, o assessments.Outcome) (assessments.Outcome, bool) {
	server, known := serverMinor(v)
	if !known || !v.Cluster.KubeProxy.Known() || v.Cluster.KubeProxy.Major != 1 {
		return o, false
	}
	proxy := reference.Minor(v.Cluster.KubeProxy.Minor)
	seen := []assessments.Evidence{{What: "kube-proxy", Value: v.Cluster.KubeProxyVersion}, serverVersion(v)}
	window, listed := reference.SkewAgainst("kube-proxy", "oldest kube-apiserver", proxy)
	if listed && window.Deducts() && !window.Allows(proxy, server) {
		return o.Fail(proxyFailure(fmt.Sprintf("kube-proxy (%s) is outside the supported window around the API server (%s).", proxy, server),
			append(seen, windowEvidence(window)))), true
	}
	return o.Pass(), true
}

func proxyFailure(message string, seen []assessments.Evidence) assessments.Failure {
	return assessments.Failure{
		Message: message, Evidence: seen,
		Expected: "kube-proxy of the control plane's minor, or as far from it as the policy allows",
		Mend:     assessments.Mend{Text: "Set the image of the DaemonSet kube-proxy to the control plane's version, with the tool that installed it."},
	}
}

func windowEvidence(window reference.Skew) assessments.Evidence {
	return assessments.Evidence{
		What:  fmt.Sprintf("window of %s around %s", window.Component, window.Against),
		Value: fmt.Sprintf("%d minors older, %d newer (%s)", window.OlderBy, window.NewerBy, window.Source),
	}
}

func serverMinor(v assessments.View) (reference.Minor, bool) {
	if v.Cluster == nil || !v.Cluster.Version.Known() || v.Cluster.Version.Major != 1 {
		return 0, false
	}
	return reference.Minor(v.Cluster.Version.Minor), true
}
