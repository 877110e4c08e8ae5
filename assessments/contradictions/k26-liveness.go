package contradictions

import "plimsoll/assessments"

var k26 = assessments.Pair{
	ID:        "K-26",
	Questions: []string{"P4"},
	Observes:  "Containers whose liveness probe asks what the readiness probe asks, and is no slower to act.",
	Guard:     "What a path tests, and which service is the busiest, is not seen: it only asks.",
	Reads:     []string{"probes/liveness-equals-readiness"},
	Look:      lookAtLiveness,
}

func lookAtLiveness(v assessments.PairView) []assessments.Sight {
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "P4")
	}
	all := count(outcomes("probes/liveness-equals-readiness", v))
	if all.pass+all.fail == 0 {
		return cannotSee("no container with both probes was seen", "P4")
	}
	seen := evidence("containers whose liveness probe differs from readiness", "%s", share{all.pass, all.pass + all.fail})
	if claims(v, "P4.a") && all.fail > 0 {
		return []assessments.Sight{withSubjects(asks("P4", "Liveness is to test that the process can answer and no more, and here it asks what readiness asks. Is your busiest service among them?", seen), all.failing)}
	}
	return []assessments.Sight{saw("P4", "", seen)}
}
