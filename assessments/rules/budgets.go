package rules

import "plimsoll/assessments/facts"

// CoveredPods is the least number of pods that a budget covers, as seen from one of its workloads. Of copies of one workload in
// several files each speaks for itself; of another workload's copies the smallest counts. Where pods are made by something
// without replicas of its own, the budget's status counts them.
func CoveredPods(b *facts.Budget, judged *facts.Workload) (pods int, known bool) {
	counted := map[facts.Key]int{}
	for _, w := range b.Workloads {
		if w != judged && keyOf(w) == keyOf(judged) {
			continue
		}
		least, known := LeastPods(w)
		if !known {
			return fromStatus(b, w)
		}
		if before, copied := counted[keyOf(w)]; copied {
			least = min(least, before)
		}
		counted[keyOf(w)] = least
	}
	for _, n := range counted {
		pods += n
	}
	return pods, true
}

func keyOf(w *facts.Workload) facts.Key {
	return facts.Key{Kind: w.Kind, Namespace: w.Namespace, Name: w.Name}
}

// LeastPods is the least number of pods that one workload asks for. It reports false where that can't be told.
func LeastPods(w *facts.Workload) (least int, known bool) {
	switch n := w.LeastReplicas(); {
	case w.Autoscaler != nil && w.Autoscaler.Unreadable:
		return 0, false
	case n != nil:
		return *n, true
	}
	return 1, w.Kind == "Pod" && w.OwnerKind == ""
}

// fromStatus counts the pods by the budget's own status, where that was seen and the workload has no figures of its own.
func fromStatus(b *facts.Budget, w *facts.Workload) (pods int, known bool) {
	if b.ExpectedPods == nil || w.LeastReplicas() != nil {
		return 0, false
	}
	return *b.ExpectedPods, true
}
