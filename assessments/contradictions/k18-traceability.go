package contradictions

import (
	"golang.org/x/mod/semver"

	"plimsoll/assessments"
)

var k18 = assessments.Pair{
	ID:        "K-18",
	Questions: []string{"B3", "B4"},
	Decisive:  true,
	Observes:  "Workloads that name their version, chart or commit; and releases' chart and application versions, by their labels.",
	Guard:     "Any one of the three is enough, so that who has no charts is not at fault.",
	Look: func(v assessments.PairView) []assessments.Sight {
		if reason, refused := unread(v); refused {
			return cannotSee(reason, "B3", "B4")
		}
		return append(lookAtLabels(v), lookAtReleaseMap(v)...)
	},
}

func lookAtLabels(v assessments.PairView) []assessments.Sight {
	var s share
	var unnamed []assessments.Subject
	for _, w := range own(v) {
		s.total++
		if w.VersionLabel {
			s.good++
		} else {
			unnamed = append(unnamed, subjectOf(w))
		}
	}
	if s.total == 0 {
		return cannotSee("no workload was seen", "B3")
	}
	allowed := "B3.a"
	if s.good*100 < s.total*95 {
		allowed = "B3.b"
	}
	return []assessments.Sight{withSubjects(saw("B3", atMost(v, allowed), evidence("workloads that name their version", "%s", s)), unnamed)}
}

// lookAtReleaseMap holds "semantic versions, with a map from application to chart" against releases that were seen. Who
// deploys without Helm can keep a map elsewhere, so that no release is no evidence.
func lookAtReleaseMap(v assessments.PairView) []assessments.Sight {
	var s share
	for _, r := range v.Releases {
		if r.ChartVersion == "" || v.IsSystemNamespace(r.Namespace) {
			continue
		}
		s.total++
		if r.AppVersion != "" && semver.IsValid("v"+r.ChartVersion) {
			s.good++
		}
	}
	if s.total == 0 {
		return suggestive(cannotSee("no release with a chart's version was seen", "B4")...)
	}
	allowed := "B4.a"
	if s.good*100 < s.total*95 {
		allowed = "B4.b"
	}
	return []assessments.Sight{saw("B4", atMost(v, allowed), evidence("releases with a semantic chart version and an application version", "%s", s))}
}
