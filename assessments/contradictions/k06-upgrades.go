package contradictions

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var k06 = assessments.Pair{
	ID:        "K-06",
	Questions: []string{"G9"},
	Observes:  "The cluster's age, and its version in earlier snapshots.",
	Guard:     "People may have done their upgrades elsewhere: it only asks.",
	Look:      lookAtUpgrades,
}

// oldWithoutUpgrade is the age in months from which a cluster that never changed its minor is worth a question.
const oldWithoutUpgrade = 18

func lookAtUpgrades(v assessments.PairView) []assessments.Sight {
	if !v.Live() || v.Cluster == nil || !v.Cluster.Version.Known() || v.Cluster.CreatedAt == nil {
		return cannotSee("the cluster's version or age was not seen", "G9")
	}
	if len(v.History) == 0 {
		return notChecked("needs an earlier snapshot", "G9")
	}
	running := v.Cluster.Version.MinorString()
	for _, earlier := range v.History {
		if before, ok := facts.ParseVersion(earlier.ServerVersion); ok && before.MinorString() != running {
			return []assessments.Sight{saw("G9", "", evidence("upgrade seen", "%s to %s", before.MinorString(), running))}
		}
	}
	since := v.Cluster.CreatedAt.UTC()
	seen := evidence("cluster", "from %s, at %s in every snapshot", since.Format("2006-01-02"), running)
	if claims(v, "G9.a") && since.AddDate(0, oldWithoutUpgrade, 0).Before(v.TakenAt) {
		return []assessments.Sight{asks("G9", fmt.Sprintf("The cluster is older than %d months and never changed its version in what was uploaded. Where were the upgrades carried out?", oldWithoutUpgrade), seen)}
	}
	return []assessments.Sight{saw("G9", "", seen)}
}
