package contradictions

import (
	"slices"
	"strings"

	"plimsoll/assessments"
)

var k26 = assessments.Pair{
	ID:        "K-26",
	Questions: []string{"P4"},
	Observes:  "Containers whose liveness probe asks what the readiness probe asks and is no slower to act, or a path that is known to check dependencies.",
	Guard:     "What a path tests, and which service is the busiest, is not seen: it only asks.",
	Reads:     []string{"probes/liveness-equals-readiness"},
	Look:      lookAtLiveness,
}

func lookAtLiveness(v assessments.PairView) []assessments.Sight {
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "P4")
	}
	same, deep := count(outcomes("probes/liveness-equals-readiness", v)), count(outcomes("probes/liveness-depth", v))
	if same.pass+same.fail+deep.pass+deep.fail == 0 {
		return cannotSee("no container with both probes was seen, and none whose liveness probe asks a path", "P4")
	}
	var seen []assessments.Evidence
	if n := same.pass + same.fail; n > 0 {
		seen = append(seen, evidence("containers whose liveness probe differs from readiness", "%s", share{same.pass, n}))
	}
	if n := deep.pass + deep.fail; n > 0 {
		seen = append(seen, evidence("containers whose liveness path is none that is known to check dependencies", "%s", share{deep.pass, n}))
	}
	failing := slices.Concat(same.failing, deep.failing)
	slices.SortFunc(failing, func(a, b assessments.Subject) int { return strings.Compare(a.String(), b.String()) })
	failing = slices.Compact(failing)
	if claims(v, "P4.a") && len(failing) > 0 {
		return []assessments.Sight{withSubjects(asks("P4", "Liveness is to test that the process can answer and no more, and here it asks what readiness asks, or what the service depends on. Is your busiest service among them?", seen...), failing)}
	}
	return []assessments.Sight{saw("P4", "", seen...)}
}
