package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var k04 = assessments.Pair{
	ID:        "K-04",
	Questions: []string{"G5"},
	Observes:  "Workloads behind a Service that run one replica, or all of them on one node or in one zone.",
	Guard:     "Decides only about workloads that are marked critical; of others it asks whether they are in scope.",
	Reads:     []string{"lifecycle/single-replica"},
	Look:      lookAtAvailability,
}

func lookAtAvailability(v assessments.PairView) []assessments.Sight {
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "G5")
	}
	if reason, refused := v.Refused("services"); refused {
		return cannotSee("the collector could not read services ("+reason+")", "G5")
	}
	critical := map[assessments.Subject]bool{}
	for _, w := range own(v) {
		if w.Criticality == facts.CriticalityCritical {
			critical[subjectOf(w)] = true
		}
	}
	all := count(outcomes("lifecycle/single-replica", v))
	if all.pass+all.fail == 0 {
		return cannotSee("no workload behind a Service was seen", "G5")
	}
	crowded := crowdedBehindServices(v)
	all.fail, all.pass, all.failing = all.fail+len(crowded), all.pass-len(crowded), append(all.failing, crowded...)
	var named []assessments.Subject
	for _, s := range all.failing {
		if critical[s] {
			named = append(named, s)
		}
	}
	seen := evidence("workloads behind a Service with one replica, or on one node or in one zone", "%d of %d", all.fail, all.pass+all.fail)
	switch {
	case len(named) > 0:
		s := saw("G5", atMost(v, "G5.c"), seen, evidence("of these marked critical", "%d", len(named)))
		s.Partly = len(named) < len(critical)
		return []assessments.Sight{decisive(withSubjects(s, named))}
	case all.fail > 0 && claims(v, "G5.a", "G5.b"):
		return []assessments.Sight{withSubjects(asks("G5", "Users are promised minutes, and these go with one machine or one zone. Are they part of the promise? Mark those that are as critical.", seen), all.failing)}
	}
	return []assessments.Sight{saw("G5", "", seen)}
}

// crowdedBehindServices are workloads with several replicas that one node or one zone holds, and that the rule on single replicas passes.
func crowdedBehindServices(v assessments.PairView) []assessments.Subject {
	replicated := map[assessments.Subject]bool{}
	for _, o := range outcomes("lifecycle/single-replica", v) {
		replicated[o.Subject()] = replicated[o.Subject()] || o.Result == assessments.Pass
	}
	var crowded []assessments.Subject
	for _, s := range count(outcomes("lifecycle/replica-spread", v)).failing {
		if replicated[s] {
			crowded = append(crowded, s)
		}
	}
	return crowded
}
