package delivery

import (
	"fmt"
	"strings"

	"golang.org/x/mod/semver"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

var chartBump = assessments.Rule{
	ID:          "delivery/chart-bump",
	SubjectKind: "release",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return withUnseen(v, overReleases(v, func(r *facts.Release, o assessments.Outcome) assessments.Outcome {
			return judgeBump(v, r, o)
		}))
	},
	Text: assessments.Text{
		Title: "A changed chart has a changed version",
		What:  "Consecutive revisions of the releases of the organization's own charts: what changed in the chart, and how far its version moved.",
		Why: "A chart's version is a promise of what is inside. Where templates change under one version, two environments with the same " +
			"version differ, and a rollback to it brings either of the two.",
		How: "Fails where two kept revisions have one chart version and different chart templates or chart values; and where, from one " +
			"revision to the next, only the chart's own values changed and more than the patch moved. Values that users give do not count.\n\n" +
			"A chart is the organization's own where it stands in a repository of its own that was read, or where the release runs an image " +
			"from its own registries. Others are not applicable, nor are releases without a chart or with their first revision alone, and the platform's own. Unknown: the " +
			"organization lists no registries, and releases whose charts' content was not seen.",
		Evidence: "The two revisions with their chart versions, and what differs.",
		Mend:     "Raise the chart's version with every change: the patch for values, more for templates. Have the pipeline refuse a version that is published.",
		Sources: []string{
			"Helm documentation, Charts and Versioning: https://helm.sh/docs/topics/charts/#charts-and-versioning",
		},
		DoesNotCatch: "Revisions that Helm keeps no more, and changes between two revisions that were taken back.",
	},
}

func judgeBump(v assessments.View, r *facts.Release, o assessments.Outcome) assessments.Outcome {
	if withoutChart(r) {
		return o.NotApplicable("it is delivered without a chart")
	}
	is, known := bringsOwn(v, r)
	switch is = is || fromOwnRepository(v, r); {
	case !is && !known:
		return o.Unknown(noOwnRegistries)
	case !is:
		return o.NotApplicable("the chart is somebody else's")
	case len(r.Revisions) == 1 && r.Revisions[0].Revision == 1:
		return o.NotApplicable("it has its first revision alone")
	}
	compared := false
	for i, older := range r.Revisions {
		if !charted(older) {
			continue
		}
		for _, newer := range r.Revisions[i+1:] {
			if !charted(newer) {
				continue
			}
			compared = true
			if what := unmoved(older, newer); what != "" {
				return o.Fail(bumpFailure("The chart changed and its version did not.", older, newer, what, "a version of its own for each content"))
			}
		}
		if i+1 < len(r.Revisions) && movedTooFar(older, r.Revisions[i+1]) {
			return o.Fail(bumpFailure("Only the chart's values changed, and more than its patch version moved.", older, r.Revisions[i+1], "the chart's values alone",
				"the patch version moves"))
		}
	}
	if !compared {
		return o.Unknown("the content of its charts was not seen in two revisions")
	}
	return o.Pass()
}

// fromOwnRepository reports whether a repository that was read holds the release's chart.
func fromOwnRepository(v assessments.View, r *facts.Release) bool {
	for _, repository := range v.Repos {
		for _, chart := range repository.Charts {
			if chart.Name != "" && chart.Name == r.ChartName() {
				return true
			}
		}
	}
	return false
}

// charted reports whether a revision tells its chart's version and content.
func charted(r *snapshot.Release) bool {
	return r.ChartVersion != "" && r.TemplatesHash != "" && r.ChartValuesHash != ""
}

// unmoved says what differs between two revisions of one chart version; empty where nothing does.
func unmoved(older, newer *snapshot.Release) string {
	if older.Chart != newer.Chart || older.ChartVersion != newer.ChartVersion {
		return ""
	}
	var what []string
	if older.TemplatesHash != newer.TemplatesHash {
		what = append(what, "templates")
	}
	if older.ChartValuesHash != newer.ChartValuesHash {
		what = append(what, "the chart's values")
	}
	return strings.Join(what, " and ")
}

// movedTooFar reports, of a revision that tells its content, whether in the next one only the chart's values changed and its version moved by more than the patch.
func movedTooFar(older, newer *snapshot.Release) bool {
	from, to := canonical(older.ChartVersion), canonical(newer.ChartVersion)
	return charted(newer) && older.Chart == newer.Chart && older.TemplatesHash == newer.TemplatesHash &&
		older.ChartValuesHash != newer.ChartValuesHash && semver.IsValid(from) && semver.IsValid(to) && semver.MajorMinor(from) != semver.MajorMinor(to)
}

func canonical(version string) string { return "v" + strings.TrimPrefix(version, "v") }

func bumpFailure(message string, older, newer *snapshot.Release, what, expected string) assessments.Failure {
	return assessments.Failure{
		Message: message,
		Evidence: []assessments.Evidence{
			{What: fmt.Sprintf("revision %d", older.Revision), Value: older.Chart + " " + older.ChartVersion},
			{What: fmt.Sprintf("revision %d", newer.Revision), Value: newer.Chart + " " + newer.ChartVersion},
			{What: "what differs", Value: what},
		},
		Expected: expected,
		Mend: assessments.Mend{Text: "Raise version in Chart.yaml with every change: the patch for values, more for templates. Have the pipeline refuse " +
			"a version that is published already."},
	}
}
