package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var k18 = assessments.Pair{
	ID:        "K-18",
	Questions: []string{"B3", "B4"},
	Decisive:  true,
	Observes:  "Workloads that name their version, chart or commit; and releases' chart and application versions, by their records or labels, against what runs.",
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
	if !s.atLeast(95) {
		allowed = "B3.b"
	}
	return []assessments.Sight{withSubjects(saw("B3", atMost(v, allowed), evidence("workloads that name their version", "%s", s)), unnamed)}
}

// lookAtReleaseMap holds "semantic versions, with a map from application to chart" against releases that were seen, by their records
// or the labels of what they made. Who deploys without charts can keep a map elsewhere, so that no release is no evidence.
func lookAtReleaseMap(v assessments.PairView) []assessments.Sight {
	disagrees := map[assessments.Subject]bool{}
	for _, subject := range count(outcomes("delivery/release-map", v)).failing {
		disagrees[subject] = true
	}
	var s share
	var unmapped []assessments.Subject
	for _, r := range v.Delivered {
		subject := assessments.AboutRelease(r.Release).Subject()
		switch mapped, told := mapsVersions(r, disagrees[subject]); {
		case r.System || !told:
			continue
		case mapped:
			s.good++
		default:
			unmapped = append(unmapped, subject)
		}
		s.total++
	}
	if s.total == 0 {
		return suggestive(cannotSee("no release with a chart's version was seen", "B4")...)
	}
	allowed := "B4.a"
	if !s.atLeast(95) {
		allowed = "B4.b"
	}
	seen := evidence("releases with a semantic chart version that leads to the application's", "%s", s)
	return []assessments.Sight{withSubjects(saw("B4", atMost(v, allowed), seen), unmapped)}
}

// mapsVersions reports whether a release has a semantic chart version and an application version that does not disagree with what
// runs. It is not told where the chart's version was not seen, or where neither record nor labels would have said the application's.
func mapsVersions(r *facts.Release, disagrees bool) (mapped, told bool) {
	switch {
	case r.ChartVersionText() == "":
		return false, false
	case !facts.IsSemantic(r.ChartVersionText()) || disagrees:
		return false, true
	case r.AppVersionText() != "":
		return true, true
	}
	return false, r.Tool == "helm" && r.Release.ChartVersion != ""
}
