package probes

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/probe"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

// longDelaySeconds is from where an initial delay is no rounding but a wait for a slow start. The figure is ours.
const longDelaySeconds = 120

var initialDelay = assessments.Rule{
	ID:          "probes/initial-delay",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		recoveries := probe.RecoveriesOf(v.Facts, v.StatefulRecoverySeconds)
		return overRunning(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
			return judgeDelay(v, recoveries, c, o)
		})
	},
	Text: assessments.Text{
		Title: "A slow start is guarded by a startup probe and not by a long delay",
		What:  "Containers with a liveness probe: its initialDelaySeconds.",
		Why: "The delay is a guess that has to fit the slowest start there will ever be. Until it is over nothing protects the container: one " +
			"that hangs while it starts stays so for the whole delay, at each restart anew. A startup probe ends as soon as the start has succeeded.",
		How: "Fails where the liveness probe's initialDelaySeconds is more than 120, on a cluster that has startup probes. The delay counts from " +
			"the container's start, also beside a startup probe. Files without a cluster are judged as on such a cluster, unless the version " +
			"that they are meant for is older than 1.18. The figure is ours.\n\n" +
			"Not applicable: no liveness probe; a cluster from before startup probes, where the delay is the only way; Jobs; finished pods; the " +
			"platform's own workloads. Unknown: the figure is a placeholder.",
		Evidence: "The delay, and the time to kill that it makes.",
		Mend: "Add a startup probe that waits at least as long as the delay and the liveness probe do together today, and take the delay away. " +
			"Starts that succeed sooner are protected sooner.",
		Sources: []string{
			probesReference,
			"KEP-950, startup probes: https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/950-liveness-probe-holdoff",
		},
		DoesNotCatch: "Long delays of readiness probes, and a startup probe that waits longer than any start needs.",
	},
}

func judgeDelay(v assessments.View, recoveries *probe.Recoveries, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	switch {
	case c.Liveness == nil:
		return o.NotApplicable("no liveness probe")
	case c.Liveness.Unreadable:
		return o.Unknown(unreadable)
	case !startupProbes(v):
		return o.NotApplicable("the cluster is from before startup probes: a delay is the only way")
	case c.Liveness.InitialDelaySeconds <= longDelaySeconds:
		return o.Pass()
	}
	delay := int64(c.Liveness.InitialDelaySeconds)
	return o.Fail(assessments.Failure{
		Message: fmt.Sprintf("Each start is unprotected for %s: liveness waits so long, also where the start hangs.", rules.Seconds(delay)),
		Evidence: []assessments.Evidence{
			{What: "initialDelaySeconds of the liveness probe", Value: rules.Seconds(delay)},
			{What: "time to kill", Value: killFormula(c)},
		},
		Expected: fmt.Sprintf("a startup probe, and a delay of %d s at most", longDelaySeconds),
		Mend:     delayMend(v, recoveries, c),
	})
}

// delayMend takes the delay away. Where it was the only guard a startup probe takes its place, which waits no less.
func delayMend(v assessments.View, recoveries *probe.Recoveries, c *facts.Container) assessments.Mend {
	without := patch.Field{Key: "livenessProbe", Value: patch.Fields{{Key: "initialDelaySeconds", Value: 0}}}
	if c.Startup != nil {
		return assessments.Mend{
			Text:  "Take the delay away: the startup probe guards the start, and liveness waits for it.",
			Patch: patch.Container(c, without),
		}
	}
	seconds := max(probe.TimeToKill(c.Liveness).PlanningSeconds, knownRecovery(recoveries, c))
	if c.StartDoubt() == "" {
		seconds = max(seconds, startMargin*c.ObservedStarts().Median)
	}
	m, _ := probe.Propose(nil, c.Liveness, seconds, startupProbes(v))
	mend := assessments.Mend{Text: fmt.Sprintf("Add a startup probe that asks what liveness asks for %s at the least, which is no less than today, "+
		"and take the delay away.", rules.Seconds(seconds))}
	if fields, whole := startupFields(c, m.Probe); whole {
		mend.Patch = patch.Container(c, patch.Field{Key: "startupProbe", Value: fields}, without)
	}
	return mend
}
