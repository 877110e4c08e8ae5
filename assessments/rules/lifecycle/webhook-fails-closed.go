package lifecycle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

// leastServers is how many ready replicas keep a webhook answering while one of them is drained.
const leastServers = 2

var webhookFailsClosed = assessments.Rule{
	ID:          "lifecycle/webhook-fails-closed",
	SubjectKind: "webhook",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		if reason, unseen := v.Unseen("webhooks"); unseen {
			return []assessments.Outcome{assessments.AboutCluster().Unknown(rules.Unread("webhooks", reason))}
		}
		outcomes := make([]assessments.Outcome, 0, len(v.Webhooks))
		for _, w := range v.Webhooks {
			outcomes = append(outcomes, judgeWebhook(v, w, assessments.AboutWebhook(w)))
		}
		return outcomes
	},
	Text: assessments.Text{
		Title: "No admission webhook can lock the cluster out of its own repair",
		What:  "Each webhook of the validating and mutating admission configurations.",
		Why: "A webhook that fails closed refuses what it can't be asked about. Where its own server runs in the cluster and is away, as when its " +
			"node is drained, nothing that it watches over can be made: neither the pods of the system that would mend it nor, often, its own.",
		How: "Fails where the failure policy is Fail (the default of v1), the webhook is asked when pods, nodes, leases, services, endpoints, " +
			"namespaces or anything of the group apps are written, no selector keeps kube-system out, and it is served from inside the cluster by " +
			"fewer than two ready replicas. Over files the replicas that its server's workload asks for count.\n\n" +
			"Passes where it fails open, is asked about other resources only, keeps kube-system out, or has two ready replicas. An object selector " +
			"that objects have to ask for by a label keeps kube-system out likewise. Not applicable: a webhook that is served from outside of the " +
			"cluster. Unknown: webhooks or its endpoints could not be read, its service is not in the files, or match conditions decide what it " +
			"is asked about.",
		Evidence: "What it is asked about, its failure policy, and how many replicas serve it.",
		Mend: "Keep kube-system out with a namespace selector, run two replicas or more on different nodes with a disruption budget, or let it fail " +
			"open where it guards nothing.",
		Sources: []string{
			"Kubernetes documentation, Admission Webhook Good Practices: https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/",
			"Kubernetes documentation, Dynamic Admission Control: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/",
		},
		DoesNotCatch: "Webhooks that are slow, certificates that end, servers outside of the cluster, webhooks over custom resources alone, and nodes, " +
			"which no namespace selector keeps out.",
	},
}

func judgeWebhook(v assessments.View, w *facts.Webhook, o assessments.Outcome) assessments.Outcome {
	covered := coveredByWebhook(w)
	switch {
	case facts.Placeholder(w.FailurePolicy):
		return o.Unknown("the failure policy is a placeholder")
	case w.FailurePolicy != "Fail":
		return o.PassNoted("it fails open")
	case len(covered) == 0:
		return o.Pass()
	case w.Webhook.Service == "":
		return o.NotApplicable("it is served from outside of the cluster")
	case w.ExcludesSystem:
		return o.PassNoted("its namespace selector keeps kube-system out")
	case w.ExcludesUnlabelled:
		return o.PassNoted("its object selector asks for labels that objects must carry")
	}
	servers, reason := serversOf(v, w)
	switch {
	case servers >= leastServers:
		return o.Pass()
	case reason != "":
		return o.Unknown(reason)
	case w.MatchConditions:
		return o.Unknown("match conditions decide what it is asked about, and may keep kube-system out")
	}
	service := w.ServiceNamespace + "/" + w.Webhook.Service
	return o.Fail(assessments.Failure{
		Message: fmt.Sprintf("While its server is away nobody can write %s, in kube-system neither: it fails closed.", inWords(covered)),
		Evidence: []assessments.Evidence{
			{What: "asked about", Value: strings.Join(covered, ", ")}, {What: "failurePolicy", Value: "Fail"},
			{What: "ready replicas behind service " + service, Value: fmt.Sprint(servers)},
		},
		Expected: "kube-system kept out, or two ready replicas or more",
		Mend:     webhookMend(w),
	})
}

// guarded are the resources without which a cluster can't repair itself, by group. Of their subresources those count that pods and nodes
// can't start without.
var guarded = []struct{ group, resource string }{
	{"", "pods"}, {"", "pods/binding"}, {"", "pods/status"}, {"", "nodes"}, {"", "nodes/status"}, {"coordination.k8s.io", "leases"}, {"", "services"},
	{"", "endpoints"}, {"discovery.k8s.io", "endpointslices"}, {"", "namespaces"},
}

// coveredByWebhook are the guarded resources that a webhook is asked about, each once, in the order of the table.
func coveredByWebhook(w *facts.Webhook) []string {
	var covered []string
	for _, g := range guarded {
		if slices.ContainsFunc(w.Rules, func(r snapshot.WebhookRule) bool { return asksAbout(r, g.group, g.resource) }) {
			covered = append(covered, g.resource)
		}
	}
	if slices.ContainsFunc(w.Rules, func(r snapshot.WebhookRule) bool {
		return writes(r) && slices.Contains(r.Groups, "apps") && slices.ContainsFunc(r.Resources, isWholeResource)
	}) {
		covered = append(covered, "apps")
	}
	return covered
}

func asksAbout(r snapshot.WebhookRule, group, resource string) bool {
	if !writes(r) || !slices.Contains(r.Groups, group) && !slices.Contains(r.Groups, "*") {
		return false
	}
	clusterScoped := strings.HasPrefix(resource, "nodes") || resource == "namespaces"
	if r.Scope == "Namespaced" && clusterScoped || r.Scope == "Cluster" && !clusterScoped {
		return false
	}
	parent, sub, isSub := strings.Cut(resource, "/")
	return slices.ContainsFunc(r.Resources, func(asked string) bool {
		if isSub {
			return asked == resource || asked == parent+"/*" || asked == "*/"+sub
		}
		return asked == resource || asked == "*" || asked == "*/*"
	})
}

func isWholeResource(resource string) bool {
	return !strings.Contains(resource, "/") || resource == "*/*"
}

// writes leaves out rules that ask about connections alone.
func writes(r snapshot.WebhookRule) bool {
	return len(r.Operations) == 0 || slices.ContainsFunc(r.Operations, func(operation string) bool { return operation != "CONNECT" })
}

func inWords(covered []string) string {
	if len(covered) > 3 {
		return fmt.Sprintf("%s and %d more kinds", strings.Join(covered[:2], ", "), len(covered)-2)
	}
	return strings.Join(covered, " or ")
}

// serversOf counts who answers a webhook, or says why that can't be told.
func serversOf(v assessments.View, w *facts.Webhook) (servers int, reason string) {
	service := w.Server
	if !v.Live() {
		return plannedServers(w)
	}
	if service == nil {
		if reason, unseen := v.UnseenIn("services", w.ServiceNamespace); unseen {
			return 0, rules.Unread("services", reason)
		}
		return 0, "" // the service is not there: nobody answers
	}
	switch {
	case service.Endpoints != nil:
		return service.Endpoints.Ready, ""
	case service.EndpointsSeen:
		return placed(service.ReadyEndpointNodes), ""
	}
	return 0, "the endpoints of its service were not seen"
}

// plannedServers counts the replicas that files ask for. A DaemonSet serves from every node.
func plannedServers(w *facts.Webhook) (servers int, reason string) {
	service := w.Server
	switch {
	case service == nil:
		return 0, "its service " + w.Webhook.Service + " is not in these files"
	case service.SelectorUnresolved || len(service.Targets) == 0:
		return 0, "its service " + service.Name + " selects nothing in these files"
	}
	for _, target := range service.Targets {
		least, known := rules.LeastPods(target.Workload)
		switch {
		case target.Workload.Kind == "DaemonSet":
			return leastServers, ""
		case !known:
			return 0, "how many replicas serve it is not known"
		}
		servers += least
	}
	return servers, ""
}

func webhookMend(w *facts.Webhook) assessments.Mend {
	if w.NamespaceSelector {
		return assessments.Mend{Text: "Add to its namespaceSelector: key kubernetes.io/metadata.name, operator NotIn, values [kube-system]. Better still, run two " +
			"replicas of its server on different nodes, with a disruption budget."}
	}
	version := cmp.Or(w.APIVersion, "admissionregistration.k8s.io/v1")
	return assessments.Mend{
		Text: "Keep kube-system out, so that the system can mend what serves the webhook. Better still, run two replicas of its server on different nodes, with a " +
			"disruption budget. Helm or an operator may own the configuration: set it there.",
		Patch: patch.Whole(version, w.ObjectKind, "", w.Configuration, patch.Field{Key: "webhooks", Value: []patch.Fields{{
			{Key: "name", Value: w.Name},
			{Key: "namespaceSelector", Value: patch.Fields{{Key: "matchExpressions", Value: []patch.Fields{{
				{Key: "key", Value: "kubernetes.io/metadata.name"}, {Key: "operator", Value: "NotIn"}, {Key: "values", Value: []string{"kube-system"}},
			}}}}},
		}}}),
	}
}
