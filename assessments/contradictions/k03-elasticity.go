package contradictions

import (
	"time"

	"plimsoll/assessments"
)

var k03 = assessments.Pair{
	ID:        "K-03",
	Questions: []string{"G4"},
	Observes:  "Autoscalers, and the number of nodes over at least three snapshots.",
	Guard:     "Needs three snapshots at least 24 hours apart; what scales outside of the cluster is not seen, so it only asks.",
	Look:      lookAtElasticity,
}

// apart is the least time between two snapshots that count as two.
const apart = 24 * time.Hour

func lookAtElasticity(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "G4")
	}
	if reason, refused := v.Refused("horizontalpodautoscalers"); refused {
		return cannotSee("the collector could not read autoscalers ("+reason+")", "G4")
	}
	snapshots, constant, last := 1, true, v.TakenAt
	for i := len(v.History) - 1; i >= 0; i-- { // history runs from old to new
		earlier := v.History[i]
		if last.Sub(earlier.TakenAt) < apart {
			continue
		}
		snapshots, last = snapshots+1, earlier.TakenAt
		constant = constant && earlier.Nodes == len(v.Nodes)
	}
	if snapshots < 3 {
		return notChecked("needs three snapshots at least 24 hours apart", "G4")
	}
	seen := []assessments.Evidence{evidence("autoscalers", "%d", len(v.Autoscalers)), evidence("snapshots compared", "%d", snapshots)}
	if claims(v, "G4.a", "G4.b") && len(v.Autoscalers) == 0 && constant {
		return []assessments.Sight{asks("G4", "Capacity is to follow the load within 15 minutes. No autoscaler was found, and the number of nodes never moved. What follows the load?", seen...)}
	}
	return []assessments.Sight{saw("G4", "", seen...)}
}
