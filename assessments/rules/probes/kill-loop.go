package probes

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

var killLoop = assessments.Rule{
	ID:          "probes/kill-loop",
	SubjectKind: "container",
	Judge: func(v assessments.View) []assessments.Outcome {
		return overRunning(v, func(c *facts.Container, o assessments.Outcome) assessments.Outcome { return judgeKillLoop(v, c, o) })
	},
	Text: assessments.Text{
		Title: "A container may recover before its probe kills it",
		What:  "Containers with a liveness or startup probe: after how long they are killed at the start, held against how long they need to recover.",
		Why: "After a crash a broker or a database repairs its data before it answers. If the probe kills it first, the repair begins " +
			"again at the next start, and again. In the field report that Plimsoll starts from, Kafka never came back by itself.",
		How: "Time to kill = initialDelaySeconds + failureThreshold × periodSeconds of the liveness probe; with a startup probe, of the startup " +
			"probe instead, which kills also where no liveness probe follows. Fails where it is less than the recovery time. The recovery time is, in this order:\n\n" +
			"1. declared: the annotation `plimsoll.dev/recovery-time` (`30m`, `1h30m` or whole seconds) on the workload or its pod template, a " +
			"fact somebody gave for this workload, or the questionnaire's answer for stateful services, for StatefulSets: critical;\n" +
			"2. the low end of the reference's range for the product in the image (Kafka: 600 s): high.\n\n" +
			"Only where there is neither do observed starts speak. They are an upper bound, and of pods that live: if the slowest start is below " +
			"the time to kill it passes, above it is unknown and asks. They need a readiness or startup probe on the container: without one a " +
			"pod counts as ready as soon as it runs.\n\n" +
			"In a pod with several containers that have such probes, what is declared means the one that runs a product of the reference, " +
			"if one does; the questionnaire's answer for stateful services decides nothing where none does. Sidecars recover nothing.\n\n" +
			"Not applicable: neither a liveness nor a startup probe; Jobs; finished pods; the platform's own workloads. Unknown: no recovery time is known, the " +
			"annotation can't be read, a figure is a placeholder, or a known product's image runs a command of its own.",
		Evidence: "The time to kill with its figures, the recovery time and where it comes from.",
		Mend: "Add a startup probe that waits longer than the recovery takes, with room: liveness begins after it and stays as quick as it is. " +
			"On clusters from before startup probes, raise the liveness probe's initialDelaySeconds instead.",
		Sources: []string{
			"Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
			"The field report that Plimsoll starts from: Kafka with three brokers needed 10 to 30 minutes after a crash, at times an hour",
			"Reference data, probes: recovery times of products, each with its source",
		},
		DoesNotCatch: "Recoveries that grow with the data, and a liveness probe that succeeds while the product still repairs.",
	},
}

func judgeKillLoop(v assessments.View, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	probe := c.KillingProbe()
	if probe == nil {
		return o.NotApplicable("no liveness probe and no startup probe")
	}
	if probe.Unreadable {
		return o.Unknown(unreadable)
	}
	need, doubt := RecoveryOf(v, c)
	switch {
	case doubt != "":
		return o.Unknown(doubt)
	case need.Seconds == 0:
		return judgeByStarts(c, o)
	case facts.KillSeconds(probe) >= need.Seconds:
		return o.Pass()
	}
	return o.Fail(assessments.Failure{
		Severity: need.severity(),
		Message: fmt.Sprintf("It can be killed again and again while it recovers: it is killed after %s and needs %s.",
			rules.Seconds(facts.KillSeconds(probe)), rules.Seconds(need.Seconds)),
		Evidence: []assessments.Evidence{
			{What: "time to kill", Value: killFormula(c)},
			{What: "recovery time", Value: rules.Seconds(need.Seconds) + ", " + need.Source},
		},
		Expected: "a time to kill of at least " + rules.Seconds(need.Seconds),
		Mend:     startMend(v, c, withRoom(need.Seconds)),
	})
}

// Recovery is how long a container needs to recover.
type Recovery struct {
	Seconds  int64  // 0: not known
	Source   string // in words
	Declared bool   // by people, for this workload or for stateful services; else a known product's figure
}

// severity of killing it before: what people declared weighs more than what is known of a product.
func (r Recovery) severity() assessments.Severity {
	if r.Declared {
		return assessments.Critical
	}
	return assessments.High
}

// RecoveryOf is the recovery time that counts for a container. The zero Recovery is "none is known"; doubt says why it can't be told.
func RecoveryOf(v assessments.View, c *facts.Container) (known Recovery, doubt string) {
	product, isProduct := reference.RecoveryOf(c.Image.Path())
	isProduct = isProduct && c.Image.Literal && product.Deducts()
	if recovers(c, isProduct) {
		declared, doubt := declaredRecovery(v, c, isProduct)
		if doubt != "" || declared.Seconds > 0 {
			return declared, doubt
		}
	}
	if !isProduct {
		return Recovery{}, ""
	}
	if c.Runtime != nil && c.Runtime.Entry == "other" {
		return Recovery{}, "the image is " + product.Product + "'s, and it runs a command of its own"
	}
	return Recovery{Seconds: product.LowSeconds, Source: fmt.Sprintf("the low end for %s (%s)", product.Product, product.Source)}, ""
}

// declaredRecovery is what people said: of the workload, or of all stateful services.
func declaredRecovery(v assessments.View, c *facts.Container, isProduct bool) (declared Recovery, doubt string) {
	seconds, source, ok := c.Workload.DeclaredRecovery()
	if written, annotated := c.Workload.Annotations[facts.RecoveryTimeAnnotation]; annotated && (!ok || source != "annotation "+facts.RecoveryTimeAnnotation) {
		return Recovery{}, fmt.Sprintf("the annotation %s can't be read: %q", facts.RecoveryTimeAnnotation, written)
	}
	if ok {
		return Recovery{seconds, source, true}, ""
	}
	alone := isProduct || len(withKillingProbe(c.Workload)) == 1
	if answer := v.StatefulRecoverySeconds; answer != nil && *answer > 0 && c.Workload.Kind == "StatefulSet" && alone {
		return Recovery{*answer, "answered for stateful services (P2)", true}, ""
	}
	return Recovery{}, ""
}

// recovers reports whether what is declared of a workload means this container: of several with such probes the one that
// runs a product of the reference, if one does. An exporter beside a database repairs nothing.
func recovers(c *facts.Container, isProduct bool) bool {
	if c.Role == snapshot.RoleSidecar {
		return false
	}
	if isProduct {
		return true
	}
	for _, other := range withKillingProbe(c.Workload) {
		if _, known := reference.RecoveryOf(other.Image.Path()); known {
			return false
		}
	}
	return true
}

func withKillingProbe(w *facts.Workload) []*facts.Container {
	var probed []*facts.Container
	for _, c := range w.Containers {
		if c.Role == snapshot.RoleRegular && c.KillingProbe() != nil {
			probed = append(probed, c)
		}
	}
	return probed
}

// judgeByStarts uses observed starts one way: they are upper bounds, and of pods that were not killed.
func judgeByStarts(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	starts := c.ObservedStarts()
	if starts == nil {
		return o.Unknown("how long it needs to recover is not known; declare it with the annotation " + facts.RecoveryTimeAnnotation)
	}
	kill, slowest := facts.KillSeconds(c.KillingProbe()), starts.Max
	if slowest < kill {
		return o.PassNoted(fmt.Sprintf("by observed starts: the slowest of %s was ready after %s, and it would be killed after %s",
			assessments.Counted(starts.N, "pod"), rules.Seconds(slowest), rules.Seconds(kill)))
	}
	return o.Unknown(fmt.Sprintf("a start was seen that took up to %s, and it would be killed after %s; declare how long it needs to recover (annotation %s)",
		rules.Seconds(slowest), rules.Seconds(kill), facts.RecoveryTimeAnnotation))
}

// killFormula writes the time to kill with its figures.
func killFormula(c *facts.Container) string {
	name, p := "liveness", c.KillingProbe()
	if c.Startup != nil {
		name = "startup"
	}
	return fmt.Sprintf("%s probe: %d s + %d failures × %d s = %s", name, p.InitialDelaySeconds, p.FailureThreshold, p.PeriodSeconds,
		rules.Seconds(facts.KillSeconds(p)))
}

// withRoom adds half of a time to it: recoveries grow with the data.
func withRoom(seconds int64) int64 { return seconds + (seconds+1)/2 }

// startMend gives a container so many seconds to start: by its startup probe, by a new one that asks what liveness asks, or, on
// a cluster from before startup probes, by the delay of liveness.
func startMend(v assessments.View, c *facts.Container, seconds int64) assessments.Mend {
	if p := c.Startup; p != nil {
		return assessments.Mend{
			Text: "Let the startup probe wait up to " + rules.Seconds(seconds) + ".",
			Patch: patch.Container(c, patch.Field{Key: "startupProbe", Value: patch.Fields{
				{Key: "failureThreshold", Value: failures(seconds-int64(p.InitialDelaySeconds), int64(p.PeriodSeconds))}}}),
		}
	}
	if !startupProbes(v) {
		return assessments.Mend{
			Text: "Raise the liveness probe's initialDelaySeconds to " + rules.Seconds(seconds) +
				". This cluster is from before startup probes, so every start waits that long before liveness protects it.",
			Patch: patch.Container(c, patch.Field{Key: "livenessProbe", Value: patch.Fields{{Key: "initialDelaySeconds", Value: seconds}}}),
		}
	}
	const period = 10
	mend := assessments.Mend{Text: fmt.Sprintf("Add a startup probe that asks what liveness asks, every %d s and up to %s; liveness begins "+
		"after it and stays as quick as it is.", period, rules.Seconds(seconds))}
	if handler, whole := patch.Handler(c.Liveness); whole {
		mend.Patch = patch.Container(c, patch.Field{Key: "startupProbe", Value: patch.Fields{
			handler, {Key: "periodSeconds", Value: period}, {Key: "timeoutSeconds", Value: c.Liveness.TimeoutSeconds},
			{Key: "failureThreshold", Value: failures(seconds, period)}}})
	}
	return mend
}

// failures is the least threshold that lasts so many seconds.
func failures(seconds, period int64) int64 {
	period = max(period, 1)
	return max((seconds+period-1)/period, 1)
}

// startupProbes reports whether startup probes can be used: only a cluster whose version is known to be older lacks them.
func startupProbes(v assessments.View) bool {
	feature, listed := reference.ProbeFeatureOf("startupProbe")
	if !listed || v.Cluster == nil || !v.Cluster.Version.Known() {
		return true
	}
	return feature.Available(reference.Minor(v.Cluster.Version.Minor))
}
