package networking

import (
	"cmp"
	"maps"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/rules"
)

var policyCoverage = assessments.Rule{
	ID:          "networking/policy-coverage",
	SubjectKind: "namespace",
	Effort:      assessments.EffortSetting,
	Judge:       judgeCoverage,
	Text: assessments.Text{
		Title: "Every namespace with workloads has a network policy",
		What:  "Namespaces that hold a workload, and NetworkPolicies in them.",
		Why: "Without a policy a namespace takes connections from every pod of the cluster. Whoever gets into one pod reaches all of them: the " +
			"database of another team as well as its own service.",
		How: "Fails where no NetworkPolicy of networking.k8s.io stands in the namespace, whatever it selects. All namespaces with a workload are " +
			"judged, kube-system too.\n\n" +
			"Not applicable: a namespace without workloads, and a provider's own in a managed cluster, where its tools put back what they " +
			"find changed. Unknown: policies of the network plugin's own kinds in the namespace, or " +
			"cluster-wide ones: what they cover is not read; policies that could not be read.",
		Evidence: "How many workloads the namespace holds.",
		Mend: "Add a NetworkPolicy that allows what the workloads need and nothing else. Begin with one that allows traffic inside of the " +
			"namespace and from the ingress controller, watch, then close the rest.",
		Sources: []string{
			"Kubernetes documentation, Network Policies: https://kubernetes.io/docs/concepts/services-networking/network-policies/",
		},
		DoesNotCatch: "A policy that selects no pod or allows everything, and whether anything enforces it (networking/policy-enforced).",
	},
}

func judgeCoverage(v assessments.View) []assessments.Outcome {
	workloads, first := map[string]int{}, map[string]assessments.Place{}
	for _, w := range v.Workloads {
		if workloads[w.Namespace]++; workloads[w.Namespace] == 1 {
			first[w.Namespace] = assessments.AboutWorkload(w).Place()
		}
	}
	names := slices.Collect(maps.Keys(workloads))
	for _, n := range v.Namespaces {
		names = append(names, n.Name)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	standing := policiesOf(v)
	outcomes := make([]assessments.Outcome, 0, len(names))
	for _, name := range names {
		o := assessments.AboutNamespace(name).At(first[name]) // a namespace stands in no file of its own; its first workload shows where it is used
		outcomes = append(outcomes, coverageOf(v, standing, name, workloads[name], o))
	}
	return outcomes
}

func coverageOf(v assessments.View, standing policies, name string, workloads int, o assessments.Outcome) assessments.Outcome {
	managed := v.Cluster != nil && v.Cluster.Managed != nil && *v.Cluster.Managed
	reason, unseen := v.UnseenIn("networkpolicies", name)
	switch {
	case workloads == 0:
		return o.NotApplicable("it holds no workload")
	case standing.standard[name]:
		return o.Pass()
	case managed && v.IsSystemNamespace(name):
		return o.NotApplicable("it is the provider's own, on a managed cluster")
	case standing.own[name] != "":
		return o.Unknown("a policy of the network plugin's own kind (" + standing.own[name] + ") stands there; what it covers is not read")
	case standing.clusterWide != "":
		return o.Unknown("a cluster-wide policy (" + standing.clusterWide + ") may cover it")
	case unseen:
		return o.Unknown(rules.Unread("networkpolicies", reason))
	}
	return o.Fail(assessments.Failure{
		Message:  "It holds workloads and no network policy: every pod of the cluster can connect to them.",
		Evidence: []assessments.Evidence{{What: "workloads", Value: assessments.Counted(workloads, "workload")}},
		Expected: "a NetworkPolicy in the namespace",
		Mend: assessments.Mend{Text: "Add a NetworkPolicy that allows what its workloads need: first traffic inside of the namespace and from the " +
			"ingress controller, then close the rest."},
	})
}

// policies say where Kubernetes' own stand, where the plugin's own do (by their kind), and the kind of a cluster-wide one.
type policies struct {
	standard    map[string]bool
	own         map[string]string
	clusterWide string
}

func policiesOf(v assessments.View) policies {
	all := policies{standard: map[string]bool{}, own: map[string]string{}}
	for _, p := range v.Policies {
		namespace := p.Namespace
		switch {
		case p.ObjectKind == "NetworkPolicy":
			if namespace == "" {
				namespace = "default"
			}
			all.standard[namespace] = true
		case namespace == "":
			all.clusterWide = least(all.clusterWide, p.ObjectKind)
		default:
			all.own[namespace] = least(all.own[namespace], p.ObjectKind)
		}
	}
	for _, n := range v.Namespaces {
		if n.NetworkPolicies != nil && *n.NetworkPolicies > 0 {
			all.standard[n.Name] = true
		}
		if n.PolicyKindsOfCNI && all.own[n.Name] == "" {
			all.own[n.Name] = "of the plugin"
		}
	}
	return all
}

// least keeps the first by the alphabet, so that the order of records does not matter.
func least(known, kind string) string {
	return min(cmp.Or(known, kind), kind)
}
