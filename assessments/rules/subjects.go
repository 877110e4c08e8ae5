package rules

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

// Scope says whether a rule judges the platform's own workloads. Lifecycle and networking do: an upgrade drains them too, and
// traffic passes through them. The other pillars don't: nobody can mend the provider's agent.
type Scope bool

// The two scopes.
const (
	WithSystem    Scope = true
	WithoutSystem Scope = false
)

// SystemReason is why the platform's own workloads are out of a rule's reach.
const SystemReason = "belongs to the platform itself (a system namespace), which is judged by lifecycle and networking only"

// Workloads judges every workload. One without containers can't be judged by any rule.
func Workloads(v assessments.View, scope Scope, judge func(*facts.Workload, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	outcomes := v.Outcomes(len(v.Workloads))
	for _, w := range v.Workloads {
		o := assessments.AboutWorkload(w)
		switch {
		case w.System && scope == WithoutSystem:
			o = o.NotApplicable(SystemReason)
		case len(w.Containers) == 0:
			o = o.Unknown("it has no containers that could be read")
		default:
			o = judge(w, o)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes
}

// Containers judges every container that runs beside the others: regular ones and sidecars.
func Containers(v assessments.View, scope Scope, judge func(*facts.Container, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	return overContainers(v, scope, (*facts.Container).Serves, judge)
}

// AllContainers is Containers with init containers: rules of images judge them too.
func AllContainers(v assessments.View, scope Scope, judge func(*facts.Container, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	return overContainers(v, scope, func(*facts.Container) bool { return true }, judge)
}

func overContainers(v assessments.View, scope Scope, wanted func(*facts.Container) bool,
	judge func(*facts.Container, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	containers := 0
	for _, w := range v.Workloads {
		containers += len(w.Containers)
	}
	outcomes := v.Outcomes(containers)
	for _, w := range v.Workloads {
		for _, c := range w.Containers {
			if !wanted(c) {
				continue
			}
			o := assessments.AboutContainer(c)
			if w.System && scope == WithoutSystem {
				o = o.NotApplicable(SystemReason)
			} else {
				o = judge(c, o)
			}
			outcomes = append(outcomes, o)
		}
	}
	return outcomes
}

// Services judges every service; where the collector might not read them, nothing is known of the network's edge.
func Services(v assessments.View, judge func(*facts.Service, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	if reason, refused := v.Refused("services"); refused {
		return []assessments.Outcome{assessments.AboutCluster().Unknown(Unread("services", reason))}
	}
	outcomes := v.Outcomes(len(v.Services))
	for _, s := range v.Services {
		outcomes = append(outcomes, judge(s, assessments.AboutService(s)))
	}
	return outcomes
}

// OnlyLive answers for a rule that needs a running cluster where there is none: a plan has nothing to judge, files leave it
// unknown. It reports false where a cluster was seen.
func OnlyLive(v assessments.View, o assessments.Outcome) (assessments.Outcome, bool) {
	switch {
	case v.Live():
		return o, false
	case v.Plan:
		return o.NotApplicable("there is no cluster yet"), true
	}
	return o.Unknown("only a running cluster can tell; files were given"), true
}

// Unread is the reason of an outcome that hangs on a resource the collector could not read.
func Unread(resource, reason string) string {
	return fmt.Sprintf("the collector could not read %s (%s)", resource, reason)
}

// Seconds writes a duration with its unit, and in minutes or hours beside it where that reads better.
func Seconds(n int64) string {
	switch {
	case n >= 7200:
		return fmt.Sprintf("%d s (%s h)", n, short(n, 3600))
	case n >= 120:
		return fmt.Sprintf("%d s (%s min)", n, short(n, 60))
	}
	return fmt.Sprintf("%d s", n)
}

// short divides to one decimal, rounded down, and leaves ".0" away.
func short(n, unit int64) string {
	tenths := n * 10 / unit
	return strings.TrimSuffix(fmt.Sprintf("%d.%d", tenths/10, tenths%10), ".0")
}
