package contradictions

import (
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
)

var k15 = assessments.Pair{
	ID:        "K-15",
	Questions: []string{"L7", "P5"},
	Decisive:  true,
	Observes:  "Workloads that a drain takes down or can't empty: one replica behind a Service, several without a budget, a budget that never allows a disruption, all pods on one node; and the budgets of quorum systems.",
	Guard:     "DaemonSets, Jobs, annotated singletons and workloads scaled to nothing are left out.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := unread(v); refused {
			return cannotSee(reason, "L7", "P5")
		}
		return append(lookAtDrain(v), lookAtQuorum(v)...)
	},
}

func lookAtDrain(v assessments.PairView) []assessments.Sight {
	falls := map[assessments.Subject]bool{}
	unsure := map[assessments.Subject]bool{}
	for _, rule := range []string{"lifecycle/drain-blocked", "lifecycle/single-replica"} {
		for _, o := range outcomes(rule, v) {
			falls[o.Subject()] = falls[o.Subject()] || o.Result == assessments.Fail
			unsure[o.Subject()] = unsure[o.Subject()] || o.Result == assessments.Unknown
		}
	}
	// Without a budget all replicas may go at once; where that can't be told it says nothing against them.
	for _, subject := range count(outcomes("lifecycle/disruption-budget", v)).failing {
		falls[subject] = true
	}
	var s share
	var failing []assessments.Subject
	for _, w := range own(v) {
		subject := subjectOf(w)
		switch {
		case w.Kind == "DaemonSet" || w.Mirror || w.Singleton() || scaledTo0(w):
			continue
		case falls[subject] || onOneNode(w):
			failing = append(failing, subject)
		case unsure[subject]:
			continue
		default:
			s.good++
		}
		s.total++
	}
	if s.total == 0 {
		return cannotSee("no workload was seen that could be judged", "L7")
	}
	return []assessments.Sight{withSubjects(saw("L7", atMost(v, s.option("L7")), evidence("workloads that a drain leaves serving", "%s", s)), failing)}
}

func onOneNode(w *facts.Workload) bool {
	return w.Pods != nil && len(w.Services) > 0 && w.Pods.Total > 1 && len(w.Pods.Nodes) == 1 && w.Pods.Nodes[0].Pods == w.Pods.Total
}

func lookAtQuorum(v assessments.PairView) []assessments.Sight {
	if reason, refused := v.Refused("poddisruptionbudgets"); refused {
		return cannotSee("the collector could not read disruption budgets ("+reason+")", "P5")
	}
	allowed, guarded := "P5.a", 0
	var bare []assessments.Subject
	for _, w := range own(v) {
		least := w.LeastReplicas()
		isQuorum := slices.ContainsFunc(w.Containers, func(c *facts.Container) bool { return reference.NeedsQuorum(c.Image.Name()) })
		if !isQuorum || least == nil || *least < 3 {
			continue
		}
		switch {
		case len(w.Budgets) > 0 && w.Strategy != "OnDelete":
			guarded++
		case v.UnresolvedBudget(w.Namespace) != "":
			return cannotSee("a disruption budget selects nothing in these files", "P5")
		case w.OwnerKind != "":
			bare, allowed = append(bare, subjectOf(w)), worseOf(allowed, "P5.c")
		default:
			bare, allowed = append(bare, subjectOf(w)), worseOf(allowed, "P5.d")
		}
	}
	if guarded+len(bare) == 0 {
		return suggestive(cannotSee("no product that is known to need a quorum was seen", "P5")...)
	}
	s := saw("P5", atMost(v, allowed), evidence("quorum systems with a disruption budget", "%s", share{guarded, guarded + len(bare)}))
	s.Partly = guarded > 0
	return []assessments.Sight{withSubjects(s, bare)}
}
