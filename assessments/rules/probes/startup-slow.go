package probes

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/probe"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

// The margins are ours: a start may take twice its usual time on a busy node, and no JVM is trusted to be up in under a minute
// where nobody has looked.
const (
	startMargin       = 2
	unseenJVMSeconds  = 60
	unseenJVMHeadroom = 120
)

var startupSlow = assessments.Rule{
	ID:          "probes/startup-slow",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		recoveries := probe.RecoveriesOf(v.Facts, v.StatefulRecoverySeconds)
		return overRunning(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
			return judgeStart(v, recoveries, c, o)
		})
	},
	Text: assessments.Text{
		Title: "A start has twice the time it usually needs before liveness may kill it",
		What:  "Containers with a liveness probe and no startup probe: the first possible kill, held against observed starts.",
		Why: "Starts are slowest when it matters most: after a node failed, when everything starts at once and shares the CPU. A liveness " +
			"probe that is set for the quiet day then kills what would have come up.",
		How: "First kill = initialDelaySeconds + failureThreshold × periodSeconds of the liveness probe. Fails where it is less than twice the " +
			"observed start: the median, over pods without restarts, of the time until they were ready. The median, because a later flap of " +
			"readiness makes single figures too large. Where nothing was observed, a container that certainly runs a JVM fails at medium " +
			"below 60 s. Both margins are ours.\n\n" +
			"Readiness is the pod's: with several containers, or init containers before, a slow pod does not say which of them was slow, so it " +
			"can only pass by what was observed. The same where the pod was ready within the readiness probe's own delay and first period, and where it was ready " +
			"only after liveness would have killed it: as nothing did, liveness was answered sooner, or the image was pulled meanwhile. " +
			"Without a readiness probe a pod counts as ready when it runs, and its start counts as not observed.\n\n" +
			"Not applicable: no liveness probe, or a startup probe beside it; Jobs; finished pods; the platform's own workloads. Unknown: " +
			"nothing observed that tells and not certainly a JVM, or a figure is a placeholder.",
		Evidence: "The first kill with its figures, and the observed start with the number of pods.",
		Mend: "Add a startup probe that waits up to twice the observed start, or longer where a recovery time is known; liveness begins after it and stays as quick as it is. On clusters " +
			"from before startup probes, raise initialDelaySeconds instead.",
		Sources: []string{
			"Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
			"KEP-950, startup probes: https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/950-liveness-probe-holdoff",
		},
		DoesNotCatch: "Starts after a crash that take longer than any that were seen (probes/kill-loop), and pods that were killed before they " +
			"ever became ready.",
	},
}

func judgeStart(v assessments.View, recoveries *probe.Recoveries, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	switch {
	case c.Liveness == nil:
		return o.NotApplicable("no liveness probe")
	case c.Startup != nil:
		return o.NotApplicable("a startup probe guards the start")
	case c.Liveness.Unreadable:
		return o.Unknown(unreadable)
	}
	kill, starts, doubt := probe.TimeToKill(c.Liveness).PlanningSeconds, c.ObservedStarts(), startDoubt(c)
	switch {
	case starts != nil && kill >= startMargin*starts.Median:
		return o.Pass()
	case doubt == "":
		return o.Fail(slowStart(v, recoveries, c, starts.Median, starts.N))
	case c.Java == nil:
		return o.Unknown(doubt)
	case c.Java.Certainty != facts.CertainJava:
		return o.Unknown("how long it needs to start was not observed, and whether it runs a JVM is not certain")
	case kill >= unseenJVMSeconds:
		return o.Pass()
	}
	return o.Fail(assessments.Failure{
		Severity: assessments.Medium,
		Message:  fmt.Sprintf("A JVM has only %s to start before liveness may kill it, and no startup probe.", rules.Seconds(kill)),
		Evidence: []assessments.Evidence{{What: "first kill", Value: killFormula(c)}, {What: "observed starts", Value: "none that tell"}},
		Expected: fmt.Sprintf("at least %d s for a JVM whose start was not observed", unseenJVMSeconds),
		Mend:     startMend(v, c, max(unseenJVMHeadroom, knownRecovery(recoveries, c))),
	})
}

// startDoubt adds what this rule knows to the container's own doubt: the starts are of pods without restarts, so liveness was answered before
// it could kill. Where they were ready only after that, something else than the start took the time.
func startDoubt(c *facts.Container) string {
	if doubt := c.StartDoubt(); doubt != "" {
		return doubt
	}
	latest, starts := probe.TimeToKill(c.Liveness).LatestSeconds, c.ObservedStarts()
	if starts.Median <= latest {
		return ""
	}
	return fmt.Sprintf("its pods were ready after %s, and liveness, which kills after %s at the latest, never did: it is answered sooner, or the image was pulled meanwhile",
		rules.Seconds(starts.Median), rules.Seconds(latest))
}

func slowStart(v assessments.View, recoveries *probe.Recoveries, c *facts.Container, median int64, n int) assessments.Failure {
	return assessments.Failure{
		Message: fmt.Sprintf("A start that takes twice its usual time is killed: it usually needs %s, and liveness kills after %s.",
			rules.Seconds(median), rules.Seconds(probe.TimeToKill(c.Liveness).PlanningSeconds)),
		Evidence: []assessments.Evidence{
			{What: "first kill", Value: killFormula(c)},
			{What: "observed start", Value: fmt.Sprintf("%s until ready, median of %s", rules.Seconds(median), assessments.Counted(n, "pod"))},
		},
		Expected: "a first kill after " + rules.Seconds(startMargin*median) + " or later",
		Mend:     startMend(v, c, max(startMargin*median, knownRecovery(recoveries, c))),
	}
}
