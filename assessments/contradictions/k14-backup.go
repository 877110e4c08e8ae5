package contradictions

import (
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/reference"
)

var k14 = assessments.Pair{
	ID:        "K-14",
	Questions: []string{"L6"},
	Observes:  "Workloads of backup tools (Velero and the like) by their images.",
	Guard:     "Backups from outside of the cluster can't be seen: it only asks.",
	Look:      lookAtBackup,
}

func lookAtBackup(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "L6")
	}
	if reason, refused := unread(v); refused {
		return cannotSee(reason, "L6")
	}
	var found []string
	for _, w := range v.Workloads {
		for _, c := range w.Containers {
			if name := c.Image.Name(); reference.IsBackup(name) && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	slices.Sort(found)
	if len(found) > 0 {
		return []assessments.Sight{saw("L6", "", evidence("backup tools", "%s", strings.Join(found, ", ")))}
	}
	if claims(v, "L6.a") {
		return []assessments.Sight{asks("L6", "A restore within three months is claimed, and no backup tool runs in the cluster. What was it restored from?")}
	}
	return cannotSee("no backup tool runs in the cluster; one outside of it is not seen", "L6")
}
