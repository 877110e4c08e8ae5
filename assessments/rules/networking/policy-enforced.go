package networking

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/snapshot"
)

var policyEnforced = assessments.Rule{
	ID:          "networking/policy-enforced",
	SubjectKind: "cluster",
	Effort:      assessments.EffortProject,
	Judge:       func(v assessments.View) []assessments.Outcome { return []assessments.Outcome{judgeEnforcement(v)} },
	Text: assessments.Text{
		Title: "Network policies are enforced",
		What:  "Whether there are NetworkPolicies, and whether the network plugin acts on them.",
		Why: "The API takes a NetworkPolicy whether anything enforces it or not. With a plugin that does not, every policy is a sentence on " +
			"paper: everything can talk to everything, and the review says that it can't.",
		How: "Fails where NetworkPolicies exist and the only plugin that is seen does not enforce them by its own documentation: plain flannel. " +
			"Passes where one does: Calico, also beside flannel (canal), Cilium, Weave Net, Antrea, kube-ovn.\n\n" +
			"Not applicable: no NetworkPolicy exists; a plan. Unknown: files without a cluster; policies that could not be read; no plugin was " +
			"recognised; one that the reference does not know, or that enforces only where it is set up so (AWS VPC CNI, kube-router).",
		Evidence: "The plugin with its version, what its documentation says, and how many policies in which namespaces it leaves without effect.",
		Mend: "Add a policy engine to the plugin (Calico's policy-only mode beside flannel), or replace the plugin, which is a new cluster in " +
			"most cases. Until then treat every namespace as open.",
		Sources: []string{
			"Kubernetes documentation, Network Policies, prerequisites: https://kubernetes.io/docs/concepts/services-networking/network-policies/",
			"Reference data, cni: each plugin with its source",
		},
		DoesNotCatch: "Policies that select nothing or allow everything, a plugin that drops single features (ports by range, egress by name), and " +
			"pods on the host's network, which no policy holds.",
	},
}

func judgeEnforcement(v assessments.View) assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return answered
	}
	policies, namespaces := standardPolicies(v)
	if policies == 0 {
		if reason, unseen := v.Unseen("networkpolicies"); unseen {
			return o.Unknown(rules.Unread("networkpolicies", reason))
		}
		if len(v.Scope) > 0 {
			return o.Unknown("only some namespaces were collected, and none of them has a NetworkPolicy")
		}
		return o.NotApplicable("no NetworkPolicy exists")
	}
	idle, enforced, doubt := enforcement(v)
	switch {
	case enforced:
		return o.Pass()
	case doubt != "":
		return o.Unknown(doubt)
	}
	row, _ := reference.CNIPluginOf(idle.Name)
	return o.Fail(assessments.Failure{
		Message: fmt.Sprintf("%s without effect: the network plugin does not enforce them.", stand(policies)),
		Evidence: []assessments.Evidence{
			{What: "network plugin", Value: strings.TrimSpace(idle.Name + " " + idle.Version)},
			{What: "what it does", Value: row.Note + " (" + row.Source + ")"},
			{What: "NetworkPolicies", Value: fmt.Sprintf("%d in %s", policies, assessments.Counted(namespaces, "namespace"))},
		},
		Expected: "a network plugin, or an engine beside it, that enforces NetworkPolicies",
		Mend: assessments.Mend{Text: "Run a policy engine beside the plugin (Calico's policy-only mode), or plan a new cluster with a plugin that enforces " +
			"policies. Until then every namespace is open."},
	})
}

// enforcement looks through the network plugins: one that enforces policies is enough; of the others one that can't be judged leaves
// a doubt, the first by the alphabet; and with neither there is one that does not enforce them.
func enforcement(v assessments.View) (idle *snapshot.Network, enforced bool, doubt string) {
	for _, n := range v.Networks {
		if n.Component != "cni" {
			continue
		}
		row, known := reference.CNIPluginOf(n.Name)
		switch {
		case !known:
			doubt = least(doubt, "the reference does not say whether "+n.Name+" enforces policies")
		case !row.Deducts():
			doubt = least(doubt, "whether "+n.Name+" enforces policies: "+row.Doubt())
		case row.Optional:
			doubt = least(doubt, n.Name+" enforces policies only where it is set up so, which is not seen")
		case row.EnforcesPolicies:
			return nil, true, ""
		case idle == nil:
			idle = n
		}
	}
	if idle == nil && doubt == "" {
		doubt = "no network plugin was recognised"
	}
	return idle, false, doubt
}

func stand(policies int) string {
	if policies == 1 {
		return "1 NetworkPolicy stands"
	}
	return fmt.Sprintf("%d NetworkPolicies stand", policies)
}

// standardPolicies counts Kubernetes' own NetworkPolicies, and the namespaces they are in.
func standardPolicies(v assessments.View) (policies, namespaces int) {
	seen := map[string]struct{}{}
	for _, p := range v.Policies {
		if p.ObjectKind == "NetworkPolicy" {
			policies++
			seen[p.Namespace] = struct{}{}
		}
	}
	return policies, len(seen)
}
