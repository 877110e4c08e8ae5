package contradictions

import (
	"fmt"
	"math"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
)

var k30 = assessments.Pair{
	ID:        "K-30",
	Questions: []string{"N5"},
	Decisive:  true,
	Observes:  "The ranges of nodes, pods and services, how far they are used, and their growth over earlier snapshots.",
	Guard:     "With one snapshot it only asks. Ranges that a cloud or a plugin hands out by other means are not seen.",
	Look:      lookAtAddresses,
}

const daysOfMonth = 30

func lookAtAddresses(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "N5")
	}
	var known []network.Range
	why := ""
	for _, r := range append(network.PodRanges(v.View), network.ServiceRange(v.View)) {
		switch {
		case r.Known():
			known = append(known, r)
		case why == "":
			why = r.Why
		}
	}
	if len(known) == 0 || known[0].Kind == network.ServiceAddresses { // services alone tell nothing of pods and nodes
		return cannotSee(why, "N5")
	}
	allowed, months, grown := "N5.a", int64(never), false
	var seen []assessments.Evidence
	for _, r := range known {
		seen = append(seen, evidence(rangeWord[r.Kind], "%d of %d that the range holds%s", *r.Used, r.Size, growthOf(r)))
		option, lasts := lastsFor(r)
		allowed, months, grown = worseOf(allowed, option), min(months, lasts), grown || r.Growth.Known
	}
	if !grown {
		if fullest(known) >= 80 && claims(v, "N5.a", "N5.b") {
			return suggestive(asks("N5", "Four fifths of a range are taken. By what growth does the rest last for years?", seen...))
		}
		return suggestive(saw("N5", "", seen...))
	}
	if allowed != "N5.a" {
		seen = append(seen, evidence("lasts at this growth", "%d months", months))
	}
	return []assessments.Sight{saw("N5", atMost(v, allowed), seen...)}
}

var rangeWord = map[network.RangeKind]string{
	network.NodeRanges: "nodes", network.PodAddresses: "pods", network.ServiceAddresses: "services",
}

func growthOf(r network.Range) string {
	if !r.Growth.Known {
		return ""
	}
	return fmt.Sprintf(", %d more in 30 days since %s", r.Growth.PerMile/1000, r.Growth.Since)
}

// never is for how many months a range lasts that does not fill.
const never = math.MaxInt64

// lastsFor is how long a range lasts at its growth, and the best option that this allows.
func lastsFor(r network.Range) (option string, months int64) {
	if r.Growth.DaysLeft == nil {
		return "N5.a", never
	}
	months = *r.Growth.DaysLeft / daysOfMonth
	switch {
	case months < 12:
		return "N5.c", months
	case months < 24:
		return "N5.b", months
	}
	return "N5.a", months
}

// fullest is how many percent are taken of the range of which most are.
func fullest(ranges []network.Range) (percent int64) {
	for _, r := range ranges {
		percent = max(percent, *r.UsePercent)
	}
	return percent
}
