package probes

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

var livenessEqualsReadiness = assessments.Rule{
	ID:          "probes/liveness-equals-readiness",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return overRunning(v, judgeEquality)
	},
	Text: assessments.Text{
		Title: "Liveness is slower to act than readiness, or asks something else",
		What:  "Containers with both a liveness and a readiness probe.",
		Why: "Readiness takes a busy pod out of the traffic so that it can recover. If liveness asks the same and acts as soon, the pod is " +
			"killed instead, the others get its load, and overload turns into restarts.",
		How: "Fails where both probes ask the same (handler, path, command and port, names of ports resolved) and the liveness probe's " +
			"failureThreshold × periodSeconds is not greater than the readiness probe's. The initial delay does not count: it says nothing of " +
			"a pod that runs.\n\n" +
			"Not applicable: one of the two is missing; Jobs; finished pods; the platform's own workloads. Unknown: a figure is a placeholder.",
		Evidence: "What both ask, and after how long each acts.",
		Mend: "Give liveness an endpoint of its own that only says whether the process is stuck, or let it wait longer than readiness does: " +
			"a higher failureThreshold.",
		Sources: []string{
			"Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
		},
		DoesNotCatch: "Two paths that ask the same behind the scenes.",
	},
}

func judgeEquality(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	liveness, ready := c.Liveness, c.Readiness
	switch {
	case liveness == nil || ready == nil:
		return o.NotApplicable("it does not have both a liveness and a readiness probe")
	case !c.SameHandler(liveness, ready):
		return o.Pass()
	case liveness.Unreadable || ready.Unreadable:
		return o.Unknown(unreadable)
	case actsAfter(liveness) > actsAfter(ready):
		return o.Pass()
	}
	threshold := 2*actsAfter(ready)/int64(max(liveness.PeriodSeconds, 1)) + 1
	return o.Fail(assessments.Failure{
		Message: "A busy pod is killed instead of rested: liveness asks what readiness asks, and acts as soon.",
		Evidence: []assessments.Evidence{
			{What: "both probes ask", Value: asks(liveness)},
			{What: "liveness acts after", Value: acts(liveness)},
			{What: "readiness acts after", Value: acts(ready)},
		},
		Expected: fmt.Sprintf("liveness that acts later than %s, or asks something else", rules.Seconds(actsAfter(ready))),
		Mend: assessments.Mend{
			Text: "Give liveness an endpoint of its own that only says whether the process is stuck. Until there is one, the patch lets it " +
				"wait more than twice as long as readiness.",
			Patch: patch.Container(c, patch.Field{Key: "livenessProbe", Value: patch.Fields{{Key: "failureThreshold", Value: threshold}}}),
		},
	})
}

// actsAfter is how long a running container must fail before the probe acts.
func actsAfter(p *snapshot.Probe) int64 { return int64(p.FailureThreshold) * int64(p.PeriodSeconds) }

func acts(p *snapshot.Probe) string {
	return fmt.Sprintf("%d failures × %d s = %s", p.FailureThreshold, p.PeriodSeconds, rules.Seconds(actsAfter(p)))
}

// asks writes a handler in words.
func asks(p *snapshot.Probe) string {
	switch {
	case p.Handler == "exec":
		return "the same command"
	case p.Path != "":
		return fmt.Sprintf("%s %s on port %s", p.Handler, p.Path, p.Port)
	}
	return fmt.Sprintf("%s on port %s", p.Handler, p.Port)
}
