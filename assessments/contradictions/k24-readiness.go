package contradictions

import "plimsoll/assessments"

var k24 = assessments.Pair{
	ID:        "K-24",
	Questions: []string{"P1"},
	Decisive:  true,
	Observes:  "Containers that a Service sends traffic to, and whether they have a readiness probe.",
	Guard:     "Jobs and containers that no port of a Service names are left out. What a probe tests is not seen, so that it can only lower.",
	Reads:     []string{"probes/readiness"},
	Look:      lookAtReadiness,
}

func lookAtReadiness(v assessments.PairView) []assessments.Sight {
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "P1")
	}
	all := count(outcomes("probes/readiness", v))
	if all.pass+all.fail == 0 {
		return cannotSee("no container was seen that a Service sends traffic to", "P1")
	}
	s := share{all.pass, all.pass + all.fail}
	return []assessments.Sight{withSubjects(saw("P1", atMost(v, s.option("P1")), evidence("containers behind a Service with a readiness probe", "%s", s)), all.failing)}
}
