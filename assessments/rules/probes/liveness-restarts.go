package probes

import (
	"fmt"
	"slices"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

// Restarts are compared over a day, with an hour's room for snapshots that are taken daily. A few in that time can have other
// causes; both figures are the catalogue's.
const (
	restartWindow   = 25 * time.Hour
	restartsAllowed = 3
)

var livenessRestarts = assessments.Rule{
	ID:          "probes/liveness-restarts",
	SubjectKind: "workload",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Workloads(v, rules.WithoutSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeRestarts(v, w, o)
		})
	},
	Text: assessments.Text{
		Title: "Liveness probes do not restart what runs",
		What:  "Workloads with a liveness probe: the events of the last hour, and how their restart counts grew since an earlier snapshot.",
		Why: "A liveness probe is the last resort for a process that is stuck. Where it acts day after day it hides a fault or is one itself, and " +
			"each restart drops requests, empties caches and adds load to the pods that are left.",
		How: "Fails where an event of the last hour says that a container was killed by its liveness probe, or where the workload's restarts grew " +
			"by more than 3 between two snapshots less than 25 h apart. Passes where its pods never restarted, or where the restarts grew by no " +
			"more than that.\n\n" +
			"Counts end with their pods, so what is seen is a lower bound. Not applicable: no liveness probe; no pods wanted; Jobs; finished " +
			"pods; the platform's own workloads. Unknown: files instead of a cluster; pods that could not be read; restarts and no earlier " +
			"snapshot of that day to compare them with; restarts that all end in kills for memory, of which jvm/oom-killed speaks.",
		Evidence: "The kills by container, or the restarts with the time in which they came.",
		Mend: "Look at what the probe asked and what the process did then: kubectl describe pod shows the failure, the previous log the moment " +
			"before. Where the process was only slow, raise failureThreshold or timeoutSeconds; where it was stuck, mend that.",
		Sources: []string{
			probesReference,
			"Kubernetes documentation, Pod Lifecycle: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/",
		},
		DoesNotCatch: "Kills by startup probes (probes/kill-loop), and kills of pods that were replaced since. Restarts between two snapshots " +
			"can have other causes than the probe.",
	},
}

func judgeRestarts(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	switch {
	case w.RunsToEnd():
		return o.NotApplicable(runToEnd)
	case !slices.ContainsFunc(w.Serving(), func(c *facts.Container) bool { return c.Liveness != nil }):
		return o.NotApplicable("no liveness probe")
	case w.Replicas != nil && *w.Replicas == 0 && w.Autoscaler == nil:
		return o.NotApplicable("it wants no pods")
	}
	if blind, done := rules.OnlyLive(v, o); done {
		return blind
	}
	if kills := livenessKills(w); len(kills) > 0 {
		return o.Fail(restarted("Its liveness probe kills it: it did so within the last hour.", kills...))
	}
	if reason, unseen := v.UnseenIn("pods", w.Namespace); unseen {
		return o.Unknown(rules.Unread("pods", reason))
	}
	if w.Pods == nil || w.Pods.Total == 0 {
		return o.Unknown("it has no pods to look at")
	}
	if w.Pods.Restarts == 0 {
		return o.Pass()
	}
	return judgeGrowth(v, w, o)
}

func judgeGrowth(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	more, since, compared := growth(v, w)
	switch {
	case !compared:
		return o.Unknown(fmt.Sprintf("%s, and no snapshot of the 25 h before to tell when", assessments.Counted(int(w.Pods.Restarts), "restart")))
	case more <= restartsAllowed:
		return o.Pass()
	case onlyForMemory(w):
		return o.Unknown("it restarted often, and all that is seen of it are kills for memory")
	}
	return o.Fail(restarted("It restarts again and again, and it has a liveness probe.", assessments.Evidence{
		What: "restarts since the earlier snapshot", Value: fmt.Sprintf("%d in %d h", more, int64(since.Round(time.Hour)/time.Hour))}))
}

func restarted(message string, evidence ...assessments.Evidence) assessments.Failure {
	return assessments.Failure{
		Message: message, Evidence: evidence,
		Expected: fmt.Sprintf("no kill by a liveness probe, and no more than %d restarts a day", restartsAllowed),
		Mend: assessments.Mend{Text: "Find out what the probe asked and what the process did then (kubectl describe pod, and the log of the " +
			"previous container). Raise failureThreshold or timeoutSeconds where it was only slow."},
	}
}

// livenessKills are the events by which the kubelet killed a container of the workload for its liveness probe.
func livenessKills(w *facts.Workload) []assessments.Evidence {
	var kills []assessments.Evidence
	for _, e := range w.Events {
		if e.Reason == "Killing" && e.Probe == "liveness" && e.Count > 0 {
			where := "the pod"
			if e.Container != "" {
				where = "container " + e.Container
			}
			kills = append(kills, assessments.Evidence{What: "killed by liveness within the hour", Value: fmt.Sprintf("%s, %s",
				where, assessments.Counted(e.Count, "time"))})
		}
	}
	return kills
}

// growth is the most by which the workload's restarts grew since any snapshot of the window. A snapshot that saw no pods, or was
// not given the namespace, compares with nothing.
func growth(v assessments.View, w *facts.Workload) (more int64, since time.Duration, compared bool) {
	key := assessments.WorkloadKey(w.Kind, w.Namespace, w.Name)
	for _, earlier := range v.History {
		age := v.TakenAt.Sub(earlier.TakenAt)
		covered := len(earlier.Namespaces) == 0 || slices.Contains(earlier.Namespaces, w.Namespace)
		if age <= 0 || age >= restartWindow || earlier.Pods == 0 || !covered {
			continue
		}
		if grown := w.Pods.Restarts - earlier.Restarts[key]; !compared || grown > more {
			more, since, compared = grown, age, true
		}
	}
	return more, since, compared
}

// onlyForMemory reports whether everything that is seen of the pods' ends are kills for memory.
func onlyForMemory(w *facts.Workload) bool {
	for _, t := range w.Pods.Terminations {
		if t.Reason != "OOMKilled" {
			return false
		}
	}
	return len(w.Pods.Terminations) > 0
}
