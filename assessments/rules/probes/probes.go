// Package probes holds the rules on liveness, readiness and startup probes. Jobs, init containers and finished pods have no
// probes to miss; sidecars are containers of their own role.
package probes

import (
	"fmt"
	"iter"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/probe"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
	"plimsoll/assessments/snapshot"
)

// Register adds the pillar's rules.
func Register(r *assessments.Registry) {
	r.Register(initialDelay, killLoop, livenessDepth, livenessEqualsReadiness, livenessRestarts, quorum, readiness, startupSlow,
		termination, timeout, unresolvablePort)
}

// overRunning judges the containers of the pillar: those of Jobs and finished pods are out of every rule's reach.
func overRunning(v assessments.View, judge func(*facts.Container, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	return rules.Containers(v, rules.WithoutSystem, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
		if c.Workload.RunsToEnd() {
			return o.NotApplicable(runToEnd)
		}
		return judge(c, o)
	})
}

// Reasons that several rules give.
const (
	runToEnd   = "its pods run to their end"
	unreadable = "a figure of the probe is a placeholder"
	noProbe    = "it has no probe"
)

// probesReference is the page on what the kubelet does with probes.
const probesReference = "Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"

// kindOfProbe is one of a container's three probes with its field in a manifest.
type kindOfProbe struct {
	name, field string
	probe       *snapshot.Probe
}

// probesOf are the probes that a container has, in the order of a start.
func probesOf(c *facts.Container) iter.Seq[kindOfProbe] {
	return func(yield func(kindOfProbe) bool) {
		for _, k := range [...]kindOfProbe{{"startup", "startupProbe", c.Startup}, {"liveness", "livenessProbe", c.Liveness}, {"readiness", "readinessProbe", c.Readiness}} {
			if k.probe != nil && !yield(k) {
				return
			}
		}
	}
}

// killFormula writes the time to kill with its figures.
func killFormula(c *facts.Container) string {
	name, p := "liveness", c.KillingProbe()
	if c.Startup != nil {
		name = "startup"
	}
	return fmt.Sprintf("%s probe: %d s + %d failures × %d s = %s", name, p.InitialDelaySeconds, p.FailureThreshold, p.PeriodSeconds,
		rules.Seconds(probe.TimeToKill(p).PlanningSeconds))
}

// withRoom adds the margin of a mend to a recovery time: recoveries grow with the data.
func withRoom(seconds int64) int64 { return probe.WithMargin(seconds, probe.DefaultMarginPercent) }

// knownRecovery is what probes/kill-loop would have the container wait: one mend must not take the other back. 0 where none is known.
func knownRecovery(recoveries *probe.Recoveries, c *facts.Container) int64 {
	known, doubt := recoveries.Of(c)
	if doubt != "" {
		return 0
	}
	return withRoom(known.HighSeconds)
}

// startupProbes reports whether the cluster has startup probes; over files without one, whether the version they are meant for has.
func startupProbes(v assessments.View) bool {
	if v.Cluster == nil && v.Target != nil {
		return probe.StartupProbesAt(*v.Target)
	}
	return probe.StartupProbesIn(v.Facts)
}

// startMend gives a container so many seconds to start, whatever the phase of the kubelet's timer: by its startup probe, by a new
// one that asks what liveness asks, or, on a cluster from before startup probes, by the delay of liveness.
func startMend(v assessments.View, c *facts.Container, seconds int64) assessments.Mend {
	m, ok := probe.Propose(c.Startup, c.Liveness, seconds, startupProbes(v))
	if !ok {
		return assessments.Mend{}
	}
	switch m.Field {
	case probe.RaiseThreshold:
		return assessments.Mend{
			Text:  "Let the startup probe wait " + rules.Seconds(seconds) + " at the least.",
			Patch: patch.Container(c, patch.Field{Key: "startupProbe", Value: patch.Fields{{Key: "failureThreshold", Value: m.Probe.FailureThreshold}}}),
		}
	case probe.RaiseDelay:
		return assessments.Mend{
			Text: "Raise the liveness probe's initialDelaySeconds, so that the first kill comes after " + rules.Seconds(seconds) +
				". This cluster is from before startup probes, so every start waits that long before liveness protects it.",
			Patch: patch.Container(c, patch.Field{Key: "livenessProbe", Value: patch.Fields{{Key: "initialDelaySeconds", Value: m.Probe.InitialDelaySeconds}}}),
		}
	}
	mend := assessments.Mend{Text: fmt.Sprintf("Add a startup probe that asks what liveness asks, every %d s and for %s at the least; liveness begins "+
		"after it and stays as quick as it is.", m.Probe.PeriodSeconds, rules.Seconds(seconds))}
	if fields, whole := startupFields(c, m.Probe); whole {
		mend.Patch = patch.Container(c, patch.Field{Key: "startupProbe", Value: fields})
	}
	return mend
}

// startupFields writes a new startup probe that asks what liveness asks. It reports false where a snapshot holds less than that.
func startupFields(c *facts.Container, f probe.Figures) (patch.Fields, bool) {
	handler, whole := patch.Handler(c.Liveness)
	return patch.Fields{handler, {Key: "periodSeconds", Value: f.PeriodSeconds}, {Key: "timeoutSeconds", Value: f.TimeoutSeconds},
		{Key: "failureThreshold", Value: f.FailureThreshold}}, whole
}
