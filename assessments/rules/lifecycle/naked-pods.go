package lifecycle

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

var nakedPods = assessments.Rule{
	ID:          "lifecycle/naked-pods",
	SubjectKind: "workload",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Workloads(v, rules.WithSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome { return judgeNaked(w, o) })
	},
	Text: assessments.Text{
		Title: "Every pod has an owner that replaces it",
		What:  "Pods without any owner. Workloads that are no pods pass.",
		Why: "A drain deletes a pod that nothing owns, if it is forced to, and nothing makes a new one. Without force the drain stops at it. " +
			"Either way somebody has to know of it at each upgrade.",
		How: "Fails for each pod without an owner. Any owner counts, a custom resource too.\n\n" +
			"Not applicable: mirror pods of static pods, pods of kube-system on the host's network as static pods' files have them, Helm hooks, " +
			"pods that have ended, and pods with the restart policy Never, which are meant to run once. Unknown: a restart policy that is a placeholder.",
		Evidence: "The kind, and its restart policy.",
		Mend:     "Let a Deployment, a StatefulSet or a Job make the pod: its specification goes into the template as it is.",
		Sources: []string{
			"Kubernetes documentation, Pods, Working with Pods: https://kubernetes.io/docs/concepts/workloads/pods/#working-with-pods",
			"Kubernetes documentation, Configuration Good Practices: https://kubernetes.io/docs/concepts/configuration/overview/",
		},
		DoesNotCatch: "Pods whose owner is gone or replaces nothing.",
	},
}

func judgeNaked(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	switch {
	case w.Kind != "Pod" || w.OwnerKind != "":
		return o.Pass()
	case w.Mirror:
		return o.NotApplicable("a mirror of a static pod, which its node replaces")
	case w.HelmHook:
		return o.NotApplicable("a Helm hook, which runs once")
	case w.Finished:
		return o.NotApplicable("it has ended")
	case w.RestartPolicy == "Never":
		return o.NotApplicable("it runs once (restartPolicy Never)")
	case w.HostNetwork && w.Namespace == "kube-system":
		return o.NotApplicable("a static pod's manifest, which its node keeps running")
	case facts.Placeholder(w.RestartPolicy):
		return o.Unknown("the restart policy is a placeholder")
	}
	policy := w.RestartPolicy
	if policy == "" {
		policy = "Always (by default)"
	}
	return o.Fail(assessments.Failure{
		Message:  "Nothing owns this pod: once its node is drained, it is gone.",
		Evidence: []assessments.Evidence{{What: "owner", Value: "none"}, {What: "restartPolicy", Value: policy}},
		Expected: "a pod that a controller owns and replaces",
		Mend: assessments.Mend{Text: "Put the pod's specification into the template of a Deployment (or a StatefulSet, where it keeps state; a Job, where it ends), " +
			"and delete the pod."},
	})
}
