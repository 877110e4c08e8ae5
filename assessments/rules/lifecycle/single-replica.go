package lifecycle

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var singleReplica = assessments.Rule{
	ID:          "lifecycle/single-replica",
	SubjectKind: "workload",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Workloads(v, rules.WithSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeSingleReplica(v, w, o)
		})
	},
	Text: assessments.Text{
		Title: "A workload behind a Service runs more than one replica",
		What:  "Deployments, StatefulSets, ReplicaSets and ReplicationControllers that a Service sends traffic to.",
		Why: "Every node upgrade drains every node once. With one replica each drain is an outage of that service, for as long as " +
			"the new pod needs to be scheduled, pulled and started.",
		How: "Fails where a Service selects the pods and the least number of replicas is 1. Where an autoscaler targets the workload, " +
			"its minimum counts instead of the replicas.\n\n" +
			"Not applicable: no Service, 0 replicas, kinds without replicas (DaemonSets, Jobs, Pods), and workloads annotated " +
			"`plimsoll.dev/singleton: \"true\"`. Unknown: services could not be read, or the files hold a Service in the same " +
			"namespace whose selector reaches nothing in them, and no other Service selects the workload.",
		Evidence: "The replicas or the autoscaler's minimum, and the services in front.",
		Mend: "Run two replicas or more, spread over nodes, with a disruption budget that lets one go. Where the workload must not run " +
			"twice, say so with the annotation `plimsoll.dev/singleton: \"true\"`; the outage at each drain remains.",
		Sources: []string{
			"Kubernetes documentation, Safely Drain a Node: https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/",
			"Kubernetes documentation, Disruptions: https://kubernetes.io/docs/concepts/workloads/pods/disruptions/",
		},
		DoesNotCatch: "Two replicas on one node (lifecycle/replica-spread), and replicas that can't take over from each other.",
	},
}

func judgeSingleReplica(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	least := w.LeastReplicas()
	switch {
	case !scales(w.Kind):
		return o.NotApplicable("a " + w.Kind + " has no replicas to count")
	case w.Singleton():
		return o.NotApplicable("annotated as a singleton (" + facts.SingletonAnnotation + ")")
	case w.Autoscaler != nil && w.Autoscaler.Unreadable:
		return o.Unknown("the autoscaler's minimum is a placeholder")
	case least == nil:
		return o.Unknown("the number of replicas is not known")
	case *least == 0:
		return o.NotApplicable("scaled to 0 replicas")
	case len(w.Services) == 0:
		return rules.WithoutService(v, w, o)
	case *least > 1:
		return o.Pass()
	}
	return o.Fail(assessments.Failure{
		Message:  "Every drain of its node is an outage: one replica behind a Service.",
		Evidence: replicaEvidence(w, *least),
		Expected: "2 replicas or more",
		Mend:     singleReplicaMend(w),
	})
}

// scales reports whether the kind keeps a number of replicas that its owner chooses.
func scales(kind string) bool {
	switch kind {
	case "Deployment", "StatefulSet", "ReplicaSet", "ReplicationController":
		return true
	}
	return false
}

func replicaEvidence(w *facts.Workload, least int) []assessments.Evidence {
	counted := assessments.Evidence{What: "replicas", Value: fmt.Sprint(least)}
	if w.Autoscaler != nil {
		counted.What = "least replicas of autoscaler " + w.Autoscaler.Name
	}
	return []assessments.Evidence{counted, {What: "services in front", Value: rules.ServiceNames(w.Services)}}
}

func singleReplicaMend(w *facts.Workload) assessments.Mend {
	if a := w.Autoscaler; a != nil {
		text := "Let the autoscaler keep two replicas at least."
		if a.ObjectKind != "" && a.ObjectKind != "HorizontalPodAutoscaler" {
			return assessments.Mend{Text: text}
		}
		return assessments.Mend{Text: text, Patch: patch.Object("autoscaling/v2", "HorizontalPodAutoscaler", a.Namespace, a.Name,
			patch.Field{Key: "minReplicas", Value: 2})}
	}
	text := "Run two replicas or more, spread over nodes."
	for _, volume := range w.Volumes {
		if volume.Class == "claim" && w.Kind != "StatefulSet" {
			text += " It mounts a volume claim: a volume that only one node can mount must go first."
			break
		}
	}
	return assessments.Mend{Text: text, Patch: patch.Workload(w, patch.Field{Key: "replicas", Value: 2})}
}
