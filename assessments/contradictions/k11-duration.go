package contradictions

import (
	"slices"
	"strings"
	"time"

	"plimsoll/assessments"
)

var k11 = assessments.Pair{
	ID:        "K-11",
	Questions: []string{"L3"},
	Decisive:  true,
	Observes:  "Minor versions of the nodes, now and in earlier snapshots.",
	Guard:     "One snapshot of a mixed fleet may be an upgrade under way: it asks. Two at least 14 days apart with the same versions decide.",
	Look:      lookAtDuration,
}

const stillMixed = 14 * 24 * time.Hour

func lookAtDuration(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return suggestive(cannotSee(fromFiles, "L3")...)
	}
	var minors []string
	for _, n := range v.Nodes {
		if n.Kubelet.Known() && !slices.Contains(minors, n.Kubelet.MinorString()) {
			minors = append(minors, n.Kubelet.MinorString())
		}
	}
	slices.Sort(minors)
	if len(minors) == 0 {
		return suggestive(cannotSee("the nodes' versions were not seen", "L3")...)
	}
	seen := evidence("versions of the nodes", "%s", strings.Join(minors, ", "))
	if len(minors) == 1 {
		return suggestive(saw("L3", "", seen))
	}
	mixed := time.Duration(0)
	for _, earlier := range v.History {
		before := slices.Clone(earlier.KubeletMinors)
		slices.Sort(before)
		if slices.Equal(slices.Compact(before), minors) {
			mixed = max(mixed, v.TakenAt.Sub(earlier.TakenAt))
		}
	}
	if mixed < stillMixed {
		return suggestive(asks("L3", "The nodes run several minor versions. Is an upgrade under way, and since when?", seen))
	}
	days := int(mixed / (24 * time.Hour))
	allowed := "L3.b"
	switch {
	case days > 90:
		allowed = "L3.d"
	case days > 30:
		allowed = "L3.c"
	}
	return []assessments.Sight{saw("L3", atMost(v, allowed), seen, evidence("the same mixture for at least", "%d days", days))}
}
