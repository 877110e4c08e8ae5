package probes

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/probe"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

var killLoop = assessments.Rule{
	ID:          "probes/kill-loop",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		recoveries := probe.RecoveriesOf(v.Facts, v.StatefulRecoverySeconds)
		return overRunning(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
			return judgeKillLoop(v, recoveries, c, o)
		})
	},
	Text: assessments.Text{
		Title: "A container may recover before its probe kills it",
		What:  "Containers with a liveness or startup probe: after how long they are killed at the start, held against how long they need to recover.",
		Why: "After a crash a broker or a database repairs its data before it answers. If the probe kills it first, the repair begins " +
			"again at the next start, and again. In the field report that Plimsoll starts from, Kafka never came back by itself.",
		How: "Time to kill = initialDelaySeconds + failureThreshold × periodSeconds of the liveness probe; with a startup probe, of the startup " +
			"probe instead, which kills also where no liveness probe follows. Fails where it is less than the recovery time. The recovery time is, in this order:\n\n" +
			"1. declared: the annotation `plimsoll.dev/recovery-time` (`30m`, `1h30m` or whole seconds) on the workload or its pod template, a " +
			"fact somebody gave for this workload, or the questionnaire's answer for stateful services, for the one StatefulSet that it can " +
			"mean: critical;\n" +
			"2. the low end of the reference's range for the product in the image (Kafka: 600 s): high.\n\n" +
			"The questionnaire asks for the longest recovery of any stateful service. With several StatefulSets, or Kafka resources, it " +
			"passes whatever bears that long; below it, whose figure it is can't be told: unknown, unless the reference knows the product. " +
			"A set with a shorter time of its own can't be the one that was meant.\n\n" +
			"Only where there is neither do observed starts speak. They are an upper bound, and of pods that live: if the slowest start is below " +
			"the time to kill it passes, above it is unknown and asks. They need a readiness or startup probe on the container: without one a " +
			"pod counts as ready as soon as it runs.\n\n" +
			"In a pod with several containers that have such probes, what is declared means the one that runs a product of the reference, " +
			"if one does; below the questionnaire's answer it is unknown where none does. Sidecars recover nothing.\n\n" +
			"Not applicable: neither a liveness nor a startup probe; Jobs; finished pods; the platform's own workloads. Unknown: no recovery time is known, the " +
			"annotation can't be read, a figure is a placeholder, or a known product's image runs a command of its own.",
		Evidence: "The time to kill with its figures and between which seconds the kubelet's own timer lets it fall, the recovery time and where it comes from.",
		Mend: "Add a startup probe that waits longer than the longest known recovery takes, and half as much again: liveness begins after it and stays as quick as it is. " +
			"On clusters from before startup probes, raise the liveness probe's initialDelaySeconds instead.",
		Sources: []string{
			"Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
			"The field report that Plimsoll starts from: Kafka with three brokers needed 10 to 30 minutes after a crash, at times an hour",
			"Reference data, probes: recovery times of products, each with its source",
		},
		DoesNotCatch: "Recoveries that grow with the data, and a liveness probe that succeeds while the product still repairs.",
	},
}

func judgeKillLoop(v assessments.View, recoveries *probe.Recoveries, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	guard := c.KillingProbe()
	if guard == nil {
		return o.NotApplicable("no liveness probe and no startup probe")
	}
	if guard.Unreadable {
		return o.Unknown(unreadable)
	}
	need, doubt := recoveries.Of(c)
	kill := probe.TimeToKill(guard).PlanningSeconds
	switch {
	case doubt != "":
		return o.Unknown(doubt)
	case kill < need.LowSeconds:
		return o.Fail(killedWhileRecovering(v, c, need))
	case kill < need.PerhapsSeconds:
		return o.Unknown(need.PerhapsReason)
	case need.Known():
		return o.Pass()
	case need.PerhapsSeconds > 0:
		return o.PassNoted(fmt.Sprintf("even the longest recovery of any stateful service, %s, is no longer than its time to kill",
			rules.Seconds(need.PerhapsSeconds)))
	}
	return judgeByStarts(c, o)
}

func killedWhileRecovering(v assessments.View, c *facts.Container, need probe.Recovery) assessments.Failure {
	kill := probe.TimeToKill(c.KillingProbe())
	severity := assessments.High
	if need.Declared {
		severity = assessments.Critical // what people measured weighs more than what is known of a product
	}
	return assessments.Failure{
		Severity: severity,
		Message: fmt.Sprintf("It can be killed again and again while it recovers: it is killed after %s and needs %s.",
			rules.Seconds(kill.PlanningSeconds), rules.Seconds(need.LowSeconds)),
		Evidence: []assessments.Evidence{
			{What: "time to kill", Value: killFormula(c)},
			{What: "by the kubelet's timer", Value: fmt.Sprintf("between %s and %s", rules.Seconds(kill.EarliestSeconds), rules.Seconds(kill.LatestSeconds))},
			{What: "recovery time", Value: rules.Seconds(need.LowSeconds) + ", " + need.Source},
		},
		Expected: "a time to kill of at least " + rules.Seconds(need.LowSeconds),
		Mend:     startMend(v, c, withRoom(need.HighSeconds)),
	}
}

// judgeByStarts uses observed starts one way: they are upper bounds, and of pods that were not killed.
func judgeByStarts(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	starts := c.ObservedStarts()
	if starts == nil {
		return o.Unknown("how long it needs to recover is not known; declare it with the annotation " + facts.RecoveryTimeAnnotation)
	}
	kill, slowest := probe.TimeToKill(c.KillingProbe()).PlanningSeconds, starts.Max
	if slowest < kill {
		return o.PassNoted(fmt.Sprintf("by observed starts: the slowest of %s was ready after %s, and it would be killed after %s",
			assessments.Counted(starts.N, "pod"), rules.Seconds(slowest), rules.Seconds(kill)))
	}
	return o.Unknown(fmt.Sprintf("a start was seen that took up to %s, and it would be killed after %s; declare how long it needs to recover (annotation %s)",
		rules.Seconds(slowest), rules.Seconds(kill), facts.RecoveryTimeAnnotation))
}
