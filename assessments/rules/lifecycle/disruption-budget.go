package lifecycle

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var disruptionBudget = assessments.Rule{
	ID:          "lifecycle/disruption-budget",
	SubjectKind: "workload",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Workloads(v, rules.WithSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeMissingBudget(v, w, o)
		})
	},
	Text: assessments.Text{
		Title: "Replicated workloads behind a Service have a disruption budget",
		What:  "Deployments, StatefulSets, ReplicaSets and ReplicationControllers with two replicas or more that a Service sends traffic to.",
		Why: "A drain evicts every pod of a node at once, and two nodes may be drained at once. Without a budget all replicas of a service can be " +
			"away together, although each alone could have been spared.",
		How: "Fails where a Service selects the pods, the least number of replicas is two or more, and no PodDisruptionBudget covers them. Where " +
			"an autoscaler targets the workload, its minimum counts instead of the replicas.\n\n" +
			"Not applicable: no Service, fewer than two replicas (lifecycle/single-replica), kinds without replicas. Unknown: several replicas where autoscalers, one of which may take some away, could not be read; services or budgets " +
			"could not be read, a number of replicas that is not known, or a Service or a budget in the same files whose selector reaches nothing.",
		Evidence: "The replicas or the autoscaler's minimum, and the services in front.",
		Mend: "Add a PodDisruptionBudget with `maxUnavailable: 1` and the selector of the workload. It stays right at any number of replicas, and " +
			"never blocks a drain by itself. Where the whole selector is known without reading foreign labels, the finding holds the whole budget.",
		Sources: []string{
			"Kubernetes documentation, Specifying a Disruption Budget: https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
			"Kubernetes documentation, Disruptions: https://kubernetes.io/docs/concepts/workloads/pods/disruptions/",
		},
		DoesNotCatch: "Budgets that block a drain (lifecycle/drain-blocked), replicas that share a node (lifecycle/replica-spread), and failures of " +
			"nodes, which ask no budget.",
	},
}

func judgeMissingBudget(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	least := w.LeastReplicas()
	switch {
	case !scales(w.Kind):
		return o.NotApplicable("a " + w.Kind + " has no replicas to count")
	case w.Autoscaler != nil && w.Autoscaler.Unreadable:
		return o.Unknown("the autoscaler's minimum is a placeholder")
	case least == nil:
		return o.Unknown("the number of replicas is not known")
	case *least < 2:
		return o.NotApplicable("fewer than two replicas")
	case len(w.Services) == 0:
		return rules.WithoutService(v, w, o)
	case rules.AutoscalerUnknown(v, w) != "":
		return o.Unknown(rules.AutoscalerUnknown(v, w))
	case len(w.Budgets) > 0:
		return o.Pass()
	}
	if reason := rules.BudgetUnknown(v, w); reason != "" {
		return o.Unknown(reason)
	}
	return o.Fail(assessments.Failure{
		Message:  "Nothing keeps drains from taking all of its replicas at once: no disruption budget covers it.",
		Evidence: replicaEvidence(w, *least),
		Expected: "a disruption budget that lets one pod go at a time",
		Mend:     missingBudgetMend(w),
	})
}

func missingBudgetMend(w *facts.Workload) assessments.Mend {
	whole := patch.Budget(w, 1)
	if whole == "" {
		return assessments.Mend{Text: "Add a PodDisruptionBudget with maxUnavailable 1 and the selector of the " + w.Kind + ", as spec.selector has it."}
	}
	return assessments.Mend{Text: "Add this PodDisruptionBudget: one pod may go at a time.", Patch: whole}
}
