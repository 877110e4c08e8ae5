package contradictions

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/reference"
)

var k13 = assessments.Pair{
	ID:        "K-13",
	Questions: []string{"L5"},
	Decisive:  true,
	Observes: "Versions of APIs in use that the next minor no longer serves, by requests that the API server counts, by last-applied configuration, " +
		"Helm's manifests or files; and stored versions of custom resources that are no longer served.",
	Guard: "The version of an object as listed proves nothing and is not read; managedFields alone only ask. Who asked is not seen, and the server counts " +
		"since it started. Without a find nothing is proven unless the server's own count was read.",
	Look: lookAtRemovedAPIs,
}

func lookAtRemovedAPIs(v assessments.PairView) []assessments.Sight {
	newest, ok := reference.NewestRelease(v.AsOf)
	if !ok {
		return cannotSee("no release was known at that day", "L5")
	}
	running, next := reference.Minor(0), newest.Minor
	if v.Live() && v.Cluster != nil && v.Cluster.Version.Known() {
		running = reference.Minor(v.Cluster.Version.Minor)
		next = running + 1
	}
	var strong, weak []string
	var subjects []assessments.Subject
	for _, use := range upgrade.Uses(v.Facts) {
		if use.At(next).Standing != upgrade.Breaks {
			continue
		}
		switch {
		case use.Strong():
			strong = append(strong, use.Name())
			subjects = append(subjects, subjectsOfUse(use)...)
		case use.At(running).Standing != upgrade.Breaks:
			weak = append(weak, use.Name())
		}
	}
	for _, c := range v.CRDs {
		if lost := upgrade.Unserved(c); len(c.Served) > 0 && len(lost) > 0 {
			strong = append(strong, fmt.Sprintf("%s stored as %s", c.Name, strings.Join(lost, ", ")))
			subjects = append(subjects, assessments.AboutCRD(c).Subject())
		}
	}
	return []assessments.Sight{sightOfAPIs(v, next, strong, weak, subjects)}
}

func sightOfAPIs(v assessments.PairView, next reference.Minor, strong, weak []string, subjects []assessments.Subject) assessments.Sight {
	_, uncounted := v.Unseen("api-metrics")
	switch {
	case len(strong) > 0:
		s := saw("L5", atMost(v, "L5.c"), evidence("gone in "+next.String(), "%s", someOf(strong)), evidence("objects known to use them", "%d", len(subjects)))
		return withSubjects(s, subjects)
	case len(weak) > 0:
		return suggestive(asks("L5", "Fields of some objects were last written in a version that the next minor no longer serves. Does whoever wrote them still do so?",
			evidence("gone in "+next.String(), "%s", someOf(weak))))[0]
	case !v.Live() || uncounted:
		return cannotSee("the API server's own count of requests to deprecated versions was not collected", "L5")[0]
	}
	return saw("L5", "", evidence("gone in "+next.String()+" and asked for since the API server started", "none"))
}

// subjectsOfUse are the objects that are known to use an API, else the API itself.
func subjectsOfUse(use upgrade.Use) []assessments.Subject {
	if use.Object != nil {
		return []assessments.Subject{assessments.AboutObject(*use.Object).Subject()}
	}
	if len(use.Objects) == 0 {
		return []assessments.Subject{assessments.AboutAPI(use.APIVersion(), use.Resource).Subject()}
	}
	subjects := make([]assessments.Subject, len(use.Objects))
	for i, ref := range use.Objects {
		subjects[i] = assessments.AboutObject(ref).Subject()
	}
	return subjects
}
