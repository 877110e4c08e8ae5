// Package probes holds the rules on liveness, readiness and startup probes. Jobs, init containers and finished pods have no
// probes to miss; sidecars are containers of their own role.
package probes

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

// Register adds the pillar's rules.
func Register(r *assessments.Registry) {
	r.Register(killLoop, livenessEqualsReadiness, readiness, startupSlow)
}

// overRunning judges the containers of the pillar: those of Jobs and finished pods are out of every rule's reach.
func overRunning(v assessments.View, judge func(*facts.Container, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	return rules.Containers(v, rules.WithoutSystem, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
		if c.Workload.RunsToEnd() {
			return o.NotApplicable("its pods run to their end")
		}
		return judge(c, o)
	})
}

// unreadable is the reason of an outcome that hangs on a probe whose figures are placeholders.
const unreadable = "a figure of the probe is a placeholder"
