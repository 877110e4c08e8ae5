package contradictions

import (
	"slices"
	"strings"

	"plimsoll/assessments"
)

var k12 = assessments.Pair{
	ID:        "K-12",
	Questions: []string{"L4"},
	Observes:  "Container runtimes of the nodes: parts of one kind that run in several versions at once.",
	Guard:     "A roll-out in stages looks the same: it only asks.",
	Look:      lookAtParts,
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
	if claims(v, "L4.a") && len(runtimes) > 1 {
		return []assessments.Sight{asks("L4", "The list is tested as one, and the nodes run several versions of the container runtime. Is a roll-out under way?", seen)}
	}
	return []assessments.Sight{saw("L4", "", seen)}
}
