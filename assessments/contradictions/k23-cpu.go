package contradictions

import "plimsoll/assessments"

var k23 = assessments.Pair{
	ID:        "K-23",
	Questions: []string{"J5"},
	Decisive:  true,
	Observes:  "CPU requests of JVM containers: how many have one, and whether all have the same.",
	Guard:     "A limit stands in for its missing request, as the API server has it. Equal requests count from five workloads on.",
	Look:      lookAtCPU,
}

// copiedFrom is the number of JVM containers from which one and the same request for all can be no measurement.
const copiedFrom = 5

func lookAtCPU(v assessments.PairView) []assessments.Sight {
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "J5")
	}
	var s share
	var without []assessments.Subject
	requests := map[int64]struct{}{}
	for _, c := range jvms(v) {
		if c.ResourcesUnreadable || c.Workload.PodLevelResources {
			continue
		}
		s.total++
		if request := c.EffectiveCPURequestMillicores(); request != nil && *request > 0 {
			s.good++
			requests[*request] = struct{}{}
		} else {
			without = append(without, subjectIn(c))
		}
	}
	if s.total == 0 {
		return cannotSee(noJVM+" whose requests could be read", "J5")
	}
	allowed := "J5.a"
	switch {
	case s.good == 0:
		allowed = "J5.d"
	case 2*s.good < s.total, s.good >= copiedFrom && len(requests) == 1:
		allowed = "J5.c"
	}
	seen := saw("J5", atMost(v, allowed), evidence("JVM containers with a CPU request", "%s", s), evidence("different requests among them", "%d", len(requests)))
	return []assessments.Sight{withSubjects(seen, without)}
}
