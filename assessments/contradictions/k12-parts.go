package contradictions

import (
	"slices"
	"strings"

	"plimsoll/assessments"
)

var k12Reads = []string{"lifecycle/runtime-supported", "lifecycle/cni-compatible", "lifecycle/addons-aligned"}

var k12 = assessments.Pair{
	ID:        "K-12",
	Questions: []string{"L4"},
	Observes: "Parts that must move together: container runtimes of the nodes in several versions at once, and runtimes, the network plugin and add-ons " +
		"in pairs that nobody lists as tested.",
	Reads: k12Reads,
	Guard: "A roll-out in stages looks the same, and an untested pair may be tested by the team itself: it only asks.",
	Look:  lookAtParts,
}

func lookAtParts(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "L4")
	}
	var runtimes []string
	for _, n := range v.Nodes {
		if n.ContainerRuntime != "" && !slices.Contains(runtimes, n.ContainerRuntime) {
			runtimes = append(runtimes, n.ContainerRuntime)
		}
	}
	if len(runtimes) == 0 {
		return cannotSee("the nodes' container runtimes were not seen", "L4")
	}
	slices.Sort(runtimes)
	seen := evidence("container runtimes", "%s", strings.Join(runtimes[:min(len(runtimes), 6)], ", "))
	if claims(v, "L4.a") && len(runtimes) <= 1 {
		if pair, is := untestedPart(v); is {
			return []assessments.Sight{asks("L4", "The list is tested as one, and nobody lists a pair that runs. Was it tested here?", seen, pair)}
		}
	}
	if claims(v, "L4.a") && len(runtimes) > 1 {
		return []assessments.Sight{asks("L4", "The list is tested as one, and the nodes run several versions of the container runtime. Is a roll-out under way?", seen)}
	}
	return []assessments.Sight{saw("L4", "", seen)}
}

// untestedPart is the first part that its rule finds untested, ended or out of its window.
func untestedPart(v assessments.PairView) (assessments.Evidence, bool) {
	for _, rule := range k12Reads {
		for _, o := range outcomes(rule, v) {
			if o.Result == assessments.Fail {
				return evidence(o.Subject.String(), "%s", o.Message), true
			}
		}
	}
	return assessments.Evidence{}, false
}
