package probes

import (
	"fmt"
	"math"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/probe"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

// leastGraceSeconds is what a container behind a Service needs to finish its requests and to be taken off the endpoints. The
// figure is ours.
const leastGraceSeconds = 5

var termination = assessments.Rule{
	ID:          "probes/termination",
	SubjectKind: "workload",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Workloads(v, rules.WithoutSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeEnd(v, w, o)
		})
	},
	Text: assessments.Text{
		Title: "Pods have the time to end",
		What: "Workloads with a preStop hook that sleeps, and workloads that a Service sends traffic to: their pods' " +
			"terminationGracePeriodSeconds. All containers of a pod share it.",
		Why: "A pod that ends still gets requests until every node knows of it, and the preStop sleep is there to wait for that. The grace period " +
			"counts from the same moment: where the sleep uses it up, the process is killed in the middle of its work without ever having been " +
			"told to end.",
		How: "Fails where the grace period is no longer than the longest preStop sleep of the pod's containers, or less than 5 s where a Service " +
			"sends traffic to one of them. The default of 30 s is applied. The 5 s are ours.\n\n" +
			"Not applicable: neither such a sleep nor a Service; Jobs; finished pods; the platform's own workloads. Unknown, below 5 s: services " +
			"could not be read, or a Service in the same files selects nothing in them; and a workload whose containers could not be read.",
		Evidence: "The grace period, the sleep with its container, and the services.",
		Mend:     "Raise terminationGracePeriodSeconds to the sleep and 30 s beside it; the patch does.",
		Sources: []string{
			"Kubernetes documentation, Pod Lifecycle, Termination of Pods: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
			"Reference data, probes: the default grace period",
		},
		DoesNotCatch: "Hooks that wait without sleeping, processes that never hear the signal because a shell stands before them, and work that takes longer.",
	},
}

func judgeEnd(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	if w.RunsToEnd() {
		return o.NotApplicable(runToEnd)
	}
	grace := probe.GraceSeconds(w.Workload)
	sleeper, sleep := longestSleep(w)
	served := servedBy(w)
	switch {
	case sleeper != nil && grace <= sleep:
		return o.Fail(assessments.Failure{
			Message: fmt.Sprintf("It is killed without being told to end: its preStop hook sleeps %d s of a grace period of %d s.", sleep, grace),
			Evidence: []assessments.Evidence{
				{What: "terminationGracePeriodSeconds", Value: rules.Seconds(grace)}, {What: "preStop sleep of " + sleeper.Name, Value: rules.Seconds(sleep)}},
			Expected: fmt.Sprintf("a grace period of more than %d s", sleep),
			Mend:     graceMend(w, sleep),
		})
	case len(served) > 0 && grace < leastGraceSeconds:
		return o.Fail(assessments.Failure{
			Message: fmt.Sprintf("Requests are cut off at each rollout: it has %d s to end, and a Service sends it traffic.", grace),
			Evidence: []assessments.Evidence{
				{What: "terminationGracePeriodSeconds", Value: rules.Seconds(grace)}, {What: "services that send it traffic", Value: rules.ServiceNames(served)}},
			Expected: fmt.Sprintf("a grace period of %d s or more", leastGraceSeconds),
			Mend:     graceMend(w, sleep),
		})
	case sleeper != nil || len(served) > 0:
		return o.Pass()
	case grace < leastGraceSeconds:
		if out := rules.WithoutService(v, w, o); out.Result == assessments.Unknown && len(w.Services) == 0 {
			return out
		}
	}
	return o.NotApplicable("neither a preStop sleep nor a Service that sends it traffic")
}

// servedBy are the services that send traffic to a container of the workload, be it told which or not.
func servedBy(w *facts.Workload) []*facts.Service {
	var all []*facts.Service
	for _, c := range w.Serving() {
		hits, perhaps := servicesOf(c)
		all = append(append(all, hits...), perhaps...)
	}
	return all
}

// longestSleep is the container whose preStop hook sleeps longest, the first of equals; nil where none sleeps.
func longestSleep(w *facts.Workload) (sleeper *facts.Container, seconds int64) {
	for _, c := range w.Serving() {
		if c.PreStop != nil && c.PreStop.SleepSeconds != nil && *c.PreStop.SleepSeconds > seconds {
			sleeper, seconds = c, *c.PreStop.SleepSeconds
		}
	}
	return sleeper, seconds
}

// graceMend gives the pods the longest sleep and the default grace period beside it.
func graceMend(w *facts.Workload, sleep int64) assessments.Mend {
	seconds := min(sleep, math.MaxInt32) + int64(reference.ProbeFieldDefaults().GraceSeconds)
	return assessments.Mend{
		Text:  fmt.Sprintf("Raise terminationGracePeriodSeconds to %d.", seconds),
		Patch: patch.Pod(w, patch.Field{Key: "terminationGracePeriodSeconds", Value: seconds}),
	}
}
