package rules

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
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
	if reason, unseen := v.Unseen("services"); unseen && len(v.Services) == 0 {
		return []assessments.Outcome{assessments.AboutCluster().Unknown(Unread("services", reason))}
	}
	outcomes := v.Outcomes(len(v.Services))
	for _, s := range v.Services {
		outcomes = append(outcomes, judge(s, assessments.AboutService(s)))
	}
	return outcomes
}

// WithoutService is the outcome of a workload that no Service is known to select: none sends traffic to it, or that can't be told.
func WithoutService(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	if reason, unseen := v.UnseenIn("services", w.Namespace); unseen {
		return o.Unknown(Unread("services", reason))
	}
	if name := v.UnresolvedService(w.Namespace); name != "" {
		return o.Unknown(fmt.Sprintf("Service %s selects nothing in these files; whether it stands in front of this can't be told", name))
	}
	return o.NotApplicable("no Service sends traffic to it")
}

// MostNames is how many objects an evidence names before it counts the others: a selector can reach every object of a namespace.
const MostNames = 8

// ServiceNames lists services by name, each once: files may hold several copies of one. Of many it names the first.
func ServiceNames(services []*facts.Service) string {
	names := make([]string, 0, len(services))
	for _, s := range services {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	return assessments.Listed(slices.Compact(names), MostNames)
}

// BudgetUnknown says why nobody can tell whether a disruption budget covers a workload to which none is joined; empty where none does.
func BudgetUnknown(v assessments.View, w *facts.Workload) (reason string) {
	if reason, unseen := v.UnseenIn("poddisruptionbudgets", w.Namespace); unseen {
		return Unread("disruption budgets", reason)
	}
	if name := v.UnresolvedBudget(w.Namespace); name != "" {
		return fmt.Sprintf("budget %s selects nothing in these files; whether it covers this can't be told", name)
	}
	return ""
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
	if reason != facts.NotCollected {
		return "the collector could not read " + resource + " (" + reason + ")"
	}
	text, known := uncollected.Load(resource) // thousands of workloads say it of the same few resources
	if !known {
		text, _ = uncollected.LoadOrStore(resource, "the collector could not read "+resource+" ("+reason+")")
	}
	return text.(string)
}

// uncollected are the reasons by resource, as the rules name those.
var uncollected sync.Map

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

// LimitRange is what is known of the defaults that a namespace's LimitRange gives for one missing figure.
type LimitRange struct{ Fills, Unseen bool }

// LimitRangeOf reads a flag of a namespace: whether its LimitRange gives a default. Files hold the LimitRange or there is none; a
// cluster may have one that was not seen.
func LimitRangeOf(v assessments.View, namespace string, flag func(*snapshot.Namespace) *bool) LimitRange {
	for _, n := range v.Namespaces {
		if n.Name == namespace && flag(n) != nil {
			return LimitRange{Fills: *flag(n)}
		}
	}
	return LimitRange{Unseen: v.Live()}
}

// Or is what is known of either of two figures.
func (l LimitRange) Or(other LimitRange) LimitRange {
	return LimitRange{Fills: l.Fills || other.Fills, Unseen: l.Unseen || other.Unseen}
}

// CPUDefault and MemoryDefault are the flags of a namespace that LimitRangeOf reads.
func CPUDefault(n *snapshot.Namespace) *bool    { return n.LimitRangeHasCPU }
func MemoryDefault(n *snapshot.Namespace) *bool { return n.LimitRangeHasMemory }
