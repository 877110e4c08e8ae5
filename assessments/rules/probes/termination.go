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
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overRunning(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome { return judgeEnd(v, c, o) })
	},
	Text: assessments.Text{
		Title: "A container has the time to end",
		What:  "Containers with a preStop hook that sleeps, and containers that a Service sends traffic to: their pod's terminationGracePeriodSeconds.",
		Why: "A pod that ends still gets requests until every node knows of it, and the preStop sleep is there to wait for that. The grace period " +
			"counts from the same moment: where the sleep uses it up, the process is killed in the middle of its work without ever having been " +
			"told to end.",
		How: "Fails where the grace period is no longer than the preStop sleep, or less than 5 s for a container that a Service sends traffic to. " +
			"The default of 30 s is applied. The 5 s are ours.\n\n" +
			"Not applicable: neither such a sleep nor a Service; Jobs; finished pods; the platform's own workloads. Unknown, below 5 s: services " +
			"could not be read, which of several containers gets the traffic can't be told, or a Service in the same files selects nothing in them.",
		Evidence: "The grace period, the sleep and the services.",
		Mend:     "Raise terminationGracePeriodSeconds to the sleep and 30 s beside it; the patch does.",
		Sources: []string{
			"Kubernetes documentation, Pod Lifecycle, Termination of Pods: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
			"Reference data, probes: the default grace period",
		},
		DoesNotCatch: "Hooks that wait without sleeping, processes that never hear the signal because a shell stands before them, and work that takes longer.",
	},
}

func judgeEnd(v assessments.View, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	grace := probe.GraceSeconds(c.Workload.Workload)
	sleep, sleeps := preStopSleep(c)
	hits, perhaps := servicesOf(c)
	switch {
	case sleeps && grace <= sleep:
		return o.Fail(assessments.Failure{
			Message: fmt.Sprintf("It is killed without being told to end: its preStop hook sleeps %d s of a grace period of %d s.", sleep, grace),
			Evidence: []assessments.Evidence{
				{What: "terminationGracePeriodSeconds", Value: rules.Seconds(grace)}, {What: "preStop sleep", Value: rules.Seconds(sleep)}},
			Expected: fmt.Sprintf("a grace period of more than %d s", sleep),
			Mend:     graceMend(c),
		})
	case len(hits) > 0 && grace < leastGraceSeconds:
		return o.Fail(assessments.Failure{
			Message: fmt.Sprintf("Requests are cut off at each rollout: it has %d s to end, and a Service sends it traffic.", grace),
			Evidence: []assessments.Evidence{
				{What: "terminationGracePeriodSeconds", Value: rules.Seconds(grace)}, {What: "services that send it traffic", Value: names(hits)}},
			Expected: fmt.Sprintf("a grace period of %d s or more", leastGraceSeconds),
			Mend:     graceMend(c),
		})
	case sleeps || len(hits) > 0:
		return o.Pass()
	case grace < leastGraceSeconds:
		return shortWithoutService(v, c, perhaps, o)
	}
	return o.NotApplicable("neither a preStop sleep nor a Service that sends it traffic")
}

// shortWithoutService is the outcome of a short grace period where no Service is known to send traffic to the container.
func shortWithoutService(v assessments.View, c *facts.Container, perhaps []*facts.Service, o assessments.Outcome) assessments.Outcome {
	if len(perhaps) > 0 {
		return o.Unknown(fmt.Sprintf("Service %s sends traffic to its pod, and to which container can't be told", names(perhaps)))
	}
	if reason, refused := v.RefusedIn("services", c.Workload.Namespace); refused {
		return o.Unknown(rules.Unread("services", reason))
	}
	if name := v.UnresolvedService(c.Workload.Namespace); name != "" && len(c.Workload.Services) == 0 {
		return o.Unknown(fmt.Sprintf("Service %s selects nothing in these files; whether it sends traffic here can't be told", name))
	}
	return o.NotApplicable("neither a preStop sleep nor a Service that sends it traffic")
}

func preStopSleep(c *facts.Container) (seconds int64, sleeps bool) {
	if c.PreStop == nil || c.PreStop.SleepSeconds == nil {
		return 0, false
	}
	return *c.PreStop.SleepSeconds, true
}

// graceMend gives the pod the longest sleep of its containers and the default grace period beside it.
func graceMend(c *facts.Container) assessments.Mend {
	seconds := int64(0)
	for _, other := range c.Workload.Serving() {
		sleep, _ := preStopSleep(other)
		seconds = max(seconds, min(sleep, math.MaxInt32))
	}
	seconds += int64(reference.ProbeFieldDefaults().GraceSeconds)
	return assessments.Mend{
		Text:  fmt.Sprintf("Raise terminationGracePeriodSeconds to %d.", seconds),
		Patch: patch.Pod(c.Workload, patch.Field{Key: "terminationGracePeriodSeconds", Value: seconds}),
	}
}
