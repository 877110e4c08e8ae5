package delivery

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

var rolloutStuck = assessments.Rule{
	ID:          "delivery/rollout-stuck",
	SubjectKind: "workload",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Workloads(v, rules.WithoutSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			if w.Kind != "Deployment" {
				return o.NotApplicable("only Deployments have a deadline for their rollouts")
			}
			if answered, done := rules.OnlyLive(v, o); done {
				return answered
			}
			return judgeStuck(w, o)
		})
	},
	Text: assessments.Text{
		Title: "No rollout has passed its deadline",
		What:  "What every Deployment says of its own progress.",
		Why: "A rollout that does not get on leaves two versions running, one of them short of pods. Nobody is told by the cluster itself, " +
			"and the next deployment begins on top of it.",
		How: "Fails where the Deployment's condition Progressing says that the progress deadline was exceeded (10 minutes by default).\n\n" +
			"Not applicable: other kinds, paused Deployments, the platform's own workloads. Unknown: files without a cluster, and " +
			"Deployments that say nothing of their progress.",
		Evidence: "The condition, with the replicas that are ready.",
		Mend: "Find out why the new pods do not become ready (`kubectl rollout status`, `kubectl describe pod`), then mend the version or " +
			"take it back with `kubectl rollout undo` or by the tool that delivered it.",
		Sources: []string{
			"Kubernetes documentation, Deployments, Failed Deployment: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#failed-deployment",
		},
		DoesNotCatch: "Rollouts of StatefulSets and DaemonSets, which have no deadline, and those of Deployments whose deadline is set too long.",
	},
}

func judgeStuck(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	switch {
	case w.Paused:
		return o.NotApplicable("it is paused: no deadline runs")
	case w.ProgressDeadlineHit == nil:
		return o.Unknown("it says nothing of its progress")
	case !*w.ProgressDeadlineHit:
		return o.Pass()
	}
	evidence := []assessments.Evidence{{What: "condition Progressing", Value: "ProgressDeadlineExceeded"}}
	if w.ReadyReplicas != nil && w.Replicas != nil {
		evidence = append(evidence, assessments.Evidence{What: "replicas ready", Value: fmt.Sprintf("%d of %d", *w.ReadyReplicas, *w.Replicas)})
	}
	return o.Fail(assessments.Failure{
		Message:  "Its rollout has passed the deadline: the new version does not get on.",
		Evidence: evidence,
		Expected: "a rollout that ends within its deadline",
		Mend: assessments.Mend{Text: fmt.Sprintf("Find out why the new pods do not become ready (kubectl rollout status deployment/%[1]s -n %[2]s), "+
			"then mend the version or take it back (kubectl rollout undo deployment/%[1]s -n %[2]s, or by the tool that delivered it).", w.Name, w.Namespace)},
	})
}
