package contradictions

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/reference"
)

var k13 = assessments.Pair{
	ID:        "K-13",
	Questions: []string{"L5"},
	Decisive:  true,
	Observes:  "API versions that workloads were last applied by, or stand in files with, which the next minor no longer serves.",
	Guard:     "The version of an object as listed proves nothing and is not read. Without a find nothing is proven either: who else calls is not seen.",
	Look:      lookAtRemovedAPIs,
}

func lookAtRemovedAPIs(v assessments.PairView) []assessments.Sight {
	newest, ok := reference.NewestRelease(v.AsOf)
	if !ok {
		return cannotSee("no release was known at that day", "L5")
	}
	next := newest.Minor
	if v.Live() && v.Cluster != nil && v.Cluster.Version.Known() {
		next = reference.Minor(v.Cluster.Version.Minor) + 1
	}
	var found []assessments.Subject
	var versions []string
	for _, w := range v.Workloads {
		applied := w.LastAppliedAPI
		if !v.Live() {
			applied = w.APIVersion
		}
		group, version, grouped := strings.Cut(applied, "/")
		if !grouped {
			continue
		}
		row, known := reference.RemovedAPIOf(group, version, w.Kind)
		if gone, sure := row.GoneAt(next); known && row.Deducts() && gone && sure {
			found = append(found, subjectOf(w))
			if name := fmt.Sprintf("%s %s", applied, w.Kind); !slices.Contains(versions, name) {
				versions = append(versions, name)
			}
		}
	}
	if len(found) == 0 {
		return cannotSee("the API server's own count of requests to deprecated versions was not collected", "L5")
	}
	slices.Sort(versions)
	s := saw("L5", atMost(v, "L5.c"), evidence("gone in "+next.String(), "%s", strings.Join(versions, ", ")), evidence("workloads applied by it", "%d", len(found)))
	return []assessments.Sight{withSubjects(s, found)}
}
