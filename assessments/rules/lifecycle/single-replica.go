package lifecycle

import (
	"fmt"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
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
			"`plimsoll.dev/singleton: \"true\"`. Unknown: several replicas where autoscalers, one of which may take some away, could not be read; services could not be read, or the files hold a Service in the same " +
			"namespace whose selector reaches nothing in them, and no other Service selects the workload.",
		Evidence: "The replicas or the autoscaler's minimum, and the services in front.",
		Mend: "Run two replicas or more, spread over nodes, with a disruption budget that lets one go. What keeps state is set up for several " +
			"members first: the finding holds no patch for StatefulSets, products that need a quorum, the strategy Recreate and volume claims that " +
			"are written to. Where the workload must not run twice, say so with the annotation `plimsoll.dev/singleton: \"true\"`; the outage at " +
			"each drain remains.",
		Sources: []string{
			"Kubernetes documentation, Safely Drain a Node: https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/",
			"Kubernetes documentation, Disruptions: https://kubernetes.io/docs/concepts/workloads/pods/disruptions/",
		},
		DoesNotCatch: "Two replicas on one node (lifecycle/replica-spread), and replicas that can't take over from each other. A Service that is " +
			"there for metrics alone counts like any other: what it is for, no manifest says.",
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
	case rules.AutoscalerUnknown(v, w) != "":
		return o.Unknown(rules.AutoscalerUnknown(v, w))
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
	if why := cannotBeDoubled(w); why != "" {
		return assessments.Mend{Text: why + " Where it must not run twice, annotate it with " + facts.SingletonAnnotation + `: "true"` + "; the outage at each drain remains."}
	}
	return assessments.Mend{
		Text:  "Run two replicas or more, spread over nodes, where its copies can share the work.",
		Patch: patch.Workload(w, patch.Field{Key: "replicas", Value: 2}),
	}
}

// cannotBeDoubled says what must come before a second replica; empty where the number alone does it. A copy that is no member of a group
// answers with data of its own, and a patch that makes one must not be at hand.
func cannotBeDoubled(w *facts.Workload) string {
	for _, c := range w.Containers {
		if product, needs := reference.QuorumOf(c.Image.Name()); needs && c.Image.Literal {
			return "Run it as a group of three members, set up as " + product.Product + " asks for: a second copy alone would not know the first."
		}
	}
	switch {
	case w.Kind == "StatefulSet":
		return "Set it up for several members first: each pod of a StatefulSet has a name and volumes of its own, and a second one joins the first only " +
			"where the software is told to."
	case w.Strategy == "Recreate":
		return "Find out first why its strategy is Recreate: what can't run beside its successor can't have a second replica either."
	case slices.ContainsFunc(w.Volumes, func(volume snapshot.Volume) bool {
		return volume.Class == "claim" && !volume.Template && !volume.ReadOnly
	}):
		return "Move its state first: it writes to a volume claim that all replicas would share, and most volumes are mounted by one node only."
	}
	return ""
}
