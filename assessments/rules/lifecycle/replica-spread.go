package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

const (
	hostnameKey = "kubernetes.io/hostname"
	zoneKey     = "topology.kubernetes.io/zone"
)

var replicaSpread = assessments.Rule{
	ID:          "lifecycle/replica-spread",
	SubjectKind: "workload",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		zones := zonesOf(v)
		return rules.Workloads(v, rules.WithSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeReplicaSpread(v, zones, w, o)
		})
	},
	Text: assessments.Text{
		Title: "Replicas are spread over nodes and zones",
		What:  "Workloads with two replicas or more: the nodes and zones that their pods were on when the snapshot was taken.",
		Why: "Replicas on one node are one replica: the drain or the failure of that node takes all of them. Replicas in one zone go with the " +
			"zone.",
		How: "Fails where all pods that were placed, two or more, were on one node. In one zone while the cluster has several: medium. The least " +
			"number of replicas counts, an autoscaler's minimum before it; pods that an operator's resource owns count by their number.\n\n" +
			"Not applicable: fewer than two replicas, DaemonSets, Jobs, single pods, a cluster of one node. Unknown: several replicas where autoscalers, one of which may take some away, could not be read; files without a cluster (a plan: " +
			"not applicable), pods that could not be read, fewer than two placed.",
		Evidence: "The pods, and the node or zone that holds them all.",
		Mend: "Ask the scheduler to spread them with topologySpreadConstraints over kubernetes.io/hostname and topology.kubernetes.io/zone, then let the " +
			"pods be made anew. Where the whole selector is known without reading foreign labels, the finding holds the constraint.",
		Sources: []string{
			"Kubernetes documentation, Pod Topology Spread Constraints: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
		},
		DoesNotCatch: "How the pods stood at any other moment, nodes that share a machine or a rack, and most replicas on one node with one elsewhere.",
	},
}

// zonesOf are the zones that the cluster's nodes are in.
func zonesOf(v assessments.View) []string {
	var zones []string
	for _, n := range v.Nodes {
		if n.Zone != "" {
			zones = append(zones, n.Zone)
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

func judgeReplicaSpread(v assessments.View, zones []string, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	operated := w.Kind == "Pod" && w.OwnerKind != ""
	least := w.LeastReplicas()
	switch {
	case !scales(w.Kind) && !operated:
		return o.NotApplicable("a " + w.Kind + " has no replicas to spread")
	case w.Autoscaler != nil && w.Autoscaler.Unreadable:
		return o.Unknown("the autoscaler's minimum is a placeholder")
	case least != nil && *least < 2:
		return o.NotApplicable("fewer than two replicas")
	}
	if answered, done := rules.OnlyLive(v, o); done {
		return answered
	}
	if reason, unseen := v.UnseenIn("pods", w.Namespace); unseen {
		return o.Unknown(rules.Unread("pods", reason))
	}
	switch {
	case len(v.Nodes) == 1:
		return o.NotApplicable("the cluster has one node")
	case w.Pods == nil:
		return o.Unknown("its pods were not seen")
	case operated && w.Pods.Total < 2:
		return o.NotApplicable("fewer than two pods")
	case rules.AutoscalerUnknown(v, w) != "":
		return o.Unknown(rules.AutoscalerUnknown(v, w))
	case placed(w.Pods.Nodes) < 2:
		return o.Unknown("fewer than two of its pods are on a node")
	case len(w.Pods.Nodes) > 1 && !oneZone(w, zones):
		return o.Pass()
	case len(v.Nodes) == 0:
		return o.Unknown("all its pods are on one node, and whether there is another was not seen")
	}
	return o.Fail(crowded(w))
}

func placed(shares []snapshot.Share) int {
	pods := 0
	for _, s := range shares {
		pods += s.Pods
	}
	return pods
}

// oneZone reports whether all placed pods are in one zone of several.
func oneZone(w *facts.Workload, zones []string) bool {
	return len(zones) > 1 && len(w.Pods.Zones) == 1 && w.Pods.Zones[0].Pods == placed(w.Pods.Nodes)
}

func crowded(w *facts.Workload) assessments.Failure {
	pods := assessments.Counted(placed(w.Pods.Nodes), "pod")
	failure := assessments.Failure{
		Message:  "All its replicas are on one node: its drain or failure takes all of them.",
		Evidence: []assessments.Evidence{{What: "pods", Value: fmt.Sprintf("%s, all on %s", pods, w.Pods.Nodes[0].Name)}},
		Expected: "replicas on two nodes or more",
		Mend:     spreadMend(w, hostnameKey),
	}
	if len(w.Pods.Nodes) > 1 {
		failure.Severity = assessments.Medium
		failure.Message = "All its replicas are in one zone: they go with it."
		failure.Evidence = []assessments.Evidence{{What: "pods", Value: fmt.Sprintf("%s, all in %s", pods, w.Pods.Zones[0].Name)}}
		failure.Expected = "replicas in two zones or more"
		failure.Mend = spreadMend(w, zoneKey)
	}
	if len(w.SpreadKeys) > 0 {
		failure.Evidence = append(failure.Evidence, assessments.Evidence{What: "spread rules that did not part them", Value: strings.Join(w.SpreadKeys, ", ")})
	}
	return failure
}

func spreadMend(w *facts.Workload, key string) assessments.Mend {
	if len(w.Selector) == 0 || !scales(w.Kind) {
		return assessments.Mend{Text: "Give the pod template a topologySpreadConstraint over " + key + " with the workload's own selector, then let the pods be made anew."}
	}
	return assessments.Mend{
		Text: "Spread the pods with this constraint; the rollout that it causes places them anew.",
		Patch: patch.Pod(w, patch.Field{Key: "topologySpreadConstraints", Value: []patch.Fields{{
			{Key: "maxSkew", Value: 1}, {Key: "topologyKey", Value: key}, {Key: "whenUnsatisfiable", Value: "ScheduleAnyway"},
			{Key: "labelSelector", Value: patch.Fields{{Key: "matchLabels", Value: patch.Mapping(w.Selector)}}},
		}}}),
	}
}
