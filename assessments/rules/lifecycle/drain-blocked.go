package lifecycle

import (
	"cmp"
	"fmt"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var drainBlocked = assessments.Rule{
	ID:          "lifecycle/drain-blocked",
	SubjectKind: "workload",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Workloads(v, rules.WithSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeDrain(v, w, o)
		})
	},
	Text: assessments.Text{
		Title: "Every disruption budget lets a node be drained",
		What:  "Workloads that a PodDisruptionBudget covers.",
		Why: "A drain asks before it evicts a pod, and a budget that can never allow it makes the drain wait for ever. A managed " +
			"upgrade then stops or, after its patience ends, kills the pod by force.",
		How: "Fails where a budget can never allow a disruption: `maxUnavailable` is 0, or `minAvailable` asks for at least as many pods " +
			"as there are. Percentages round up, as the controller does. The count is the sum over all workloads of the budget of their " +
			"least replicas: the autoscaler's minimum where there is one. It also fails where two budgets of different names cover the " +
			"same pods, for the eviction API refuses that outright. A budget that allows nothing just now although all pods are healthy " +
			"is medium.\n\n" +
			"Budgets of one name and namespace in several files are copies of one; the strictest is judged. Copies of a workload speak each for " +
			"itself. Not applicable: no budget, " +
			"DaemonSets and Jobs, 0 replicas, a budget that expects no pods. Unknown: budgets could not be read, a value that can't be " +
			"read, pods of an operator whose number is not known, or a budget in the same files whose selector reaches nothing.",
		Evidence: "Each budget with what it asks for, and the least number of pods it covers.",
		Mend: "Ask for `maxUnavailable: 1`: it stays right at any number of replicas. With one replica it allows the short outage that a " +
			"drain of a single pod always is; two replicas avoid it.",
		Sources: []string{
			"Kubernetes documentation, Specifying a Disruption Budget: https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
			"Kubernetes documentation, API-initiated Eviction: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/",
		},
		DoesNotCatch: "Budgets that unhealthy pods block for a while, admission webhooks that refuse evictions, and finalizers.",
	},
}

func judgeDrain(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	least := w.LeastReplicas()
	switch {
	case w.Kind == "DaemonSet" || w.RunsToEnd():
		return o.NotApplicable("a drain does not ask for the pods of a " + w.Kind)
	case least != nil && *least == 0 && (w.Autoscaler == nil || !w.Autoscaler.Unreadable):
		return o.NotApplicable("scaled to 0 replicas")
	case len(w.Budgets) == 0:
		return withoutBudget(v, w, o)
	}
	if names := budgetNames(w.Budgets); len(names) > 1 {
		return o.Fail(doubleBudget(names))
	}
	return worst(o, w)
}

func withoutBudget(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	if reason := rules.BudgetUnknown(v, w); reason != "" {
		return o.Unknown(reason)
	}
	return o.NotApplicable("no disruption budget covers it")
}

func budgetNames(budgets []*facts.Budget) []string {
	names := make([]string, len(budgets))
	for i, b := range budgets {
		names[i] = b.Name
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func doubleBudget(names []string) assessments.Failure {
	return assessments.Failure{
		Message:  fmt.Sprintf("%d disruption budgets cover the same pods, and the eviction API refuses to evict such a pod.", len(names)),
		Evidence: []assessments.Evidence{{What: "budgets over the same pods", Value: assessments.Listed(names, rules.MostNames)}},
		Expected: "one budget over each pod",
		Mend:     assessments.Mend{Text: "Keep one of the budgets and delete the others, or narrow their selectors until no pod has two."},
	}
}

// gravity orders what copies of one budget come to: the copy that blocks speaks for all.
var gravity = map[assessments.Result]int{assessments.NotApplicable: 0, assessments.Pass: 1, assessments.Unknown: 2, assessments.Fail: 3}

func worst(o assessments.Outcome, w *facts.Workload) assessments.Outcome {
	judged := make([]assessments.Outcome, 0, len(w.Budgets))
	for _, b := range w.Budgets {
		judged = append(judged, judgeBudget(o, w, b))
	}
	return slices.MaxFunc(judged, func(a, b assessments.Outcome) int {
		// A fail without a severity has its control's, which is the graver one here.
		return cmp.Or(cmp.Compare(gravity[a.Result], gravity[b.Result]), cmp.Compare(b.Failure().Severity, a.Failure().Severity))
	})
}

func judgeBudget(o assessments.Outcome, w *facts.Workload, b *facts.Budget) assessments.Outcome {
	pods, known := rules.CoveredPods(b, w)
	switch {
	case b.ExpectedPods != nil && *b.ExpectedPods == 0:
		return o.NotApplicable("budget " + b.Name + " expects no pods")
	case !known:
		return o.Unknown("how many pods budget " + b.Name + " covers is not known")
	}
	allowed, asks, ok := b.Allows(pods)
	switch {
	case !ok:
		return o.Unknown(fmt.Sprintf("what budget %s asks for can't be read: %q", b.Name, asks))
	case allowed <= 0:
		return o.Fail(assessments.Failure{
			Message:  "A node that runs it can never be drained: its disruption budget allows no pod to go.",
			Evidence: budgetEvidence(b, asks, pods),
			Expected: "a budget that lets at least one pod go",
			Mend:     budgetMend(b, pods),
		})
	case b.DisruptionsAllowed != nil && *b.DisruptionsAllowed == 0 && allHealthy(b):
		return o.Fail(assessments.Failure{
			Severity: assessments.Medium,
			Message:  "Its disruption budget allows no pod to go just now, although all of them are healthy.",
			Evidence: append(budgetEvidence(b, asks, pods), assessments.Evidence{
				What: "healthy pods just now", Value: fmt.Sprintf("%d of %d expected", *b.HealthyPods, *b.ExpectedPods)}),
			Expected: "at least one disruption allowed while all pods are healthy",
			Mend:     budgetMend(b, pods),
		})
	}
	return o.Pass()
}

func allHealthy(b *facts.Budget) bool {
	return b.HealthyPods != nil && b.ExpectedPods != nil && *b.HealthyPods >= *b.ExpectedPods
}

func budgetEvidence(b *facts.Budget, asks string, pods int) []assessments.Evidence {
	return []assessments.Evidence{
		{What: "budget " + b.Name, Value: asks},
		{What: "pods it covers at least", Value: assessments.Counted(pods, "pod")},
	}
}

func budgetMend(b *facts.Budget, pods int) assessments.Mend {
	text := "Let one pod go at a time: maxUnavailable 1."
	if pods == 1 {
		text += " With one replica a drain is a short outage all the same; two replicas avoid it."
	}
	// The merge must take minAvailable away: a budget may hold only one of the two.
	return assessments.Mend{Text: text, Patch: patch.Object("policy/v1", "PodDisruptionBudget", b.Namespace, b.Name,
		patch.Field{Key: "minAvailable", Value: nil}, patch.Field{Key: "maxUnavailable", Value: 1})}
}
