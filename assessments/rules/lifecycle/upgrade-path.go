package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/snapshot"
)

var upgradePath = assessments.Rule{
	ID:          "lifecycle/upgrade-path",
	SubjectKind: "cluster",
	Effort:      assessments.EffortProject,
	Judge:       judgePath,
	Text: assessments.Text{
		Title: "A way to a supported minor exists that no tool forbids",
		What:  "The plan from the running minor to the one that is aimed at, hop by hop, as the upgrade planner computes it.",
		Why: "The day on which an upgrade must happen is the worst one to find out that a node's runtime, its cgroup version or an old kubelet " +
			"stops it. Each such thing is work of its own that can be done beforehand, in quiet.",
		How: "The plan leads to the minor that `--target-version` names; else, out of support, to the oldest supported minor; else to the newest. " +
			"It fails where something blocks a hop: a kubelet that would fall out of its window, dockershim or a runtime that speaks only CRI " +
			"v1alpha2 at the hop that ends them, cgroup v1 at the hop whose kubelet refuses it, a budget that lets no node be drained, or a tool " +
			"whose project has ended. A long plan without a blocker is information: lifecycle/version-supported has it already. Removed APIs " +
			"break parts and stop no hop; lifecycle/removed-apis judges them.\n\n" +
			"Unknown: files without a cluster, a version that can't be read, nodes that could not be read. Not applicable: a plan without a cluster.",
		Evidence: "The hops with what blocks each, the tool with its source, and both roads in one sentence.",
		Mend: "Take the blockers away in the order of the hops. Where there are many, weigh the new cluster with a transition against them: " +
			"`plimsoll upgrade` compares both roads. Nothing in one manifest does it, so there is no patch.",
		Sources: []string{
			"Kubernetes documentation, Version Skew Policy: https://kubernetes.io/releases/version-skew-policy/",
			"Kubernetes documentation, Upgrading kubeadm clusters: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade/",
			"Reference data, upgrade-tools, version-skew, runtimes, cni: each row with its source",
		},
		DoesNotCatch: "What a snapshot does not show: hand-written units and flags of the nodes, admission webhooks that refuse the tool's own objects, " +
			"and whether the machines have room for the new versions.",
	},
}

// PlanUpgrade computes the plan with the workloads that hold their nodes. From and to may be 0, as upgrade.Input says.
func PlanUpgrade(v assessments.View, from, to reference.Minor) upgrade.Plan {
	in := upgrade.Input{Facts: v.Facts, AsOf: v.AsOf, From: from, To: to}
	for _, o := range drainBlocked.Judge(v) {
		if o.Result == assessments.Fail && o.Failure().Severity != assessments.Medium {
			subject, place := o.Subject(), o.Place()
			in.Undrainable = append(in.Undrainable, upgrade.Undrainable{
				Object: snapshot.Ref{Kind: subject.Kind, Namespace: subject.Namespace, Name: subject.Name, Place: snapshot.Place{File: place.File, Line: place.Line}},
				Why:    o.Failure().Message, Evidence: o.Failure().Evidence,
			})
		}
	}
	return upgrade.Compute(in)
}

func judgePath(v assessments.View) []assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return []assessments.Outcome{answered}
	}
	running, known := serverMinor(v)
	if !known {
		return []assessments.Outcome{o.Unknown(serverUnread)}
	}
	to, known := pathTarget(v, running)
	if !known {
		return []assessments.Outcome{o.Unknown("the reference knows no release on that day")}
	}
	return []assessments.Outcome{pathOutcome(v, o, PlanUpgrade(v, 0, to))}
}

// pathTarget is where the plan leads.
func pathTarget(v assessments.View, running reference.Minor) (reference.Minor, bool) {
	newest, known := targetMinor(v)
	if v.Target != nil || !known {
		return newest, known
	}
	if nearest, supported := upgrade.NearestSupported(running, v.AsOf); supported && nearest > running {
		return nearest, true
	}
	return max(newest, running), true
}

func pathOutcome(v assessments.View, o assessments.Outcome, p upgrade.Plan) assessments.Outcome {
	switch p.Status {
	case upgrade.Reached:
		return o.PassNoted(p.Reason)
	case upgrade.Planned:
	default:
		return o.Unknown(p.Reason)
	}
	if p.Blocking == 0 {
		if reason, unseen := v.Unseen("nodes"); unseen {
			return o.Unknown(rules.Unread("nodes", reason) + ", so what stops the way is not known")
		}
		return o.PassNoted(fmt.Sprintf("%s from %s to %s, and nothing that was seen blocks one", assessments.Counted(len(p.Hops), "hop"), p.From, p.To))
	}
	blockers := blockersOf(p)
	return o.Fail(assessments.Failure{
		Message:  fmt.Sprintf("The way from %s to %s is blocked in %s: %s", p.From, p.To, countedPlaces(p.Blocking), blockers[0].Value),
		Evidence: pathEvidence(p, blockers),
		Expected: fmt.Sprintf("a way to %s on which nothing stops a hop", p.To),
		Mend:     assessments.Mend{Text: firstMend(p) + " Then go on with the next blocker; with many of them a new cluster and a transition may be the shorter way."},
	})
}

func countedPlaces(n int) string { return assessments.Counted(n, "place") }

// maxBlockers bounds how many blockers are named in the evidence.
const maxBlockers = 12

func blockersOf(p upgrade.Plan) []assessments.Evidence {
	var found []assessments.Evidence
	add := func(where string, items []upgrade.Item) {
		for _, item := range items {
			if item.Weight == upgrade.Blocks {
				found = append(found, assessments.Evidence{What: where, Value: blockerText(item)})
			}
		}
	}
	add("before any hop", p.Before)
	for _, hop := range p.Hops {
		add(fmt.Sprintf("hop from %s to %s", hop.From, hop.To), hop.Items)
	}
	return found
}

// blockerText says what blocks; but for drains that is nodes, or the tool itself.
func blockerText(item upgrade.Item) string {
	if item.Kind == "drain" {
		return item.Subject + ": " + item.Message
	}
	if item.Count > 0 {
		return fmt.Sprintf("%s (%s)", item.Message, assessments.Counted(item.Count, "node"))
	}
	return item.Message
}

func pathEvidence(p upgrade.Plan, blockers []assessments.Evidence) []assessments.Evidence {
	hops := []string{p.From}
	for _, hop := range p.Hops {
		hops = append(hops, hop.To)
	}
	tool := "not known: single steps, as Kubernetes itself asks for"
	if p.Tool.Known {
		tool = fmt.Sprintf("%s (%s)", p.Tool.ID, p.Tool.Source)
	}
	seen := []assessments.Evidence{{What: "hops", Value: strings.Join(hops, " → ")}, {What: "tool", Value: tool}}
	seen = append(seen, blockers[:min(len(blockers), maxBlockers)]...)
	if more := len(blockers) - maxBlockers; more > 0 {
		seen = append(seen, assessments.Evidence{What: "further blockers", Value: fmt.Sprint(more)})
	}
	return append(seen, assessments.Evidence{What: "both roads", Value: p.Weighs})
}

func firstMend(p upgrade.Plan) string {
	all := p.Items()
	i := slices.IndexFunc(all, func(item upgrade.Item) bool { return item.Weight == upgrade.Blocks })
	return all[i].Mend
}
