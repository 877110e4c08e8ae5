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
		outcomes := overReleases(v, func(r *facts.Release, o assessments.Outcome) assessments.Outcome {
			return judgeBump(v, r, o)
		})
		return withUnseen(v, append(outcomes, overCharts(v, func(r *snapshot.Repository, chart *snapshot.Chart, o assessments.Outcome) assessments.Outcome {
			return judgeChartHistory(v, r, chart, o)
		})...))
	},
	Text: assessments.Text{
		Title: "A changed chart has a changed version",
		What: "Consecutive revisions of the releases of the organization's own charts, and the history of charts in source repositories: what changed in the " +
			"chart, and how far its version moved.",
		Why: "A chart's version is a promise of what is inside. Where templates change under one version, two environments with the same " +
			"version differ, and a rollback to it brings either of the two.",
		How: "Fails where two kept revisions have one chart version and different chart templates or chart values; and where, from one " +
			"revision to the next, only the chart's own values changed and more than the patch moved. Values that users give do not count.\n\n" +
			"In a repository each change of the last year that was merged is held against the one before, and a version that stood still is of medium severity: the " +
			"change may not have been delivered yet. Where git tags name the chart's versions, only what was tagged counts. Templates, CRDs and dependencies " +
			"are the chart; a new tag of an image is no change of it here (delivery/release-map and delivery/system-app-bump look at that).\n\n" +
			"A chart is the organization's own where it stands in a repository of its own that was read, or where the release runs an image " +
			"from its own registries. Others are not applicable, nor are releases without a chart or with their first revision alone, and the platform's own, and charts in repositories that have not changed " +
			"in a year. Unknown: the organization lists no registries, releases whose charts' content was not seen, histories that are cut before any change " +
			"(a shallow clone), and charts whose version is set when they are packaged: a placeholder, a pre-release, helm package --version.",
		Evidence: "The two revisions or changes with their chart versions, and what differs.",
		Mend:     "Raise the chart's version with every change: the patch for values, more for templates. Have the pipeline refuse a version that is published.",
		Sources: []string{
			"Helm documentation, Charts and Versioning: https://helm.sh/docs/topics/charts/#charts-and-versioning",
		},
		DoesNotCatch: "Revisions that Helm keeps no more, changes between two revisions that were taken back, files beside the templates that " +
			"templates read in, and what a chart was before its folder was moved.",
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
	return charted(newer) && older.Chart == newer.Chart && older.TemplatesHash == newer.TemplatesHash &&
		older.ChartValuesHash != newer.ChartValuesHash && beyondPatch(older.ChartVersion, newer.ChartVersion)
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

// judgeChartHistory holds the changes of a chart in its repository against each other.
func judgeChartHistory(v assessments.View, r *snapshot.Repository, chart *snapshot.Chart, o assessments.Outcome) assessments.Outcome {
	if chart.Version == "" {
		return o.Unknown("the chart's version could not be read")
	}
	changes, ended := changesToJudge(v, r, chart, o)
	if changes == nil {
		return ended
	}
	unread := false
	for i := 1; i < len(changes); i++ {
		before, after := changes[i-1], changes[i]
		what := whatChanged(after)
		switch {
		case setLater(before.Version) || setLater(after.Version):
			continue
		case what != "" && before.Version == after.Version:
			f := changeFailure("The chart changed and its version did not.", before, after, what, "a version of its own for each content")
			f.Severity = assessments.Medium
			return o.Fail(f)
		case after.Unread:
			unread = true
		case after.Values && !after.Templates && !after.ImageTags && beyondPatch(before.Version, after.Version):
			return o.Fail(changeFailure("Only the chart's values changed, and more than its patch version moved.", before, after, what, "the patch version moves"))
		}
	}
	if unread {
		return o.Unknown("the chart's templates or values could not be read at some of its changes")
	}
	return o.Pass()
}

// whatChanged names what a change touched that makes a chart another one; empty where nothing did.
func whatChanged(change snapshot.ChartVersion) string {
	var what []string
	if change.Templates {
		what = append(what, "templates")
	}
	if change.Values && !change.ImageTags {
		what = append(what, "the chart's values")
	}
	return strings.Join(what, " and ")
}

func beyondPatch(from, to string) bool {
	from, to = canonical(from), canonical(to)
	return semver.IsValid(from) && semver.IsValid(to) && semver.MajorMinor(from) != semver.MajorMinor(to)
}

func changeFailure(message string, before, after snapshot.ChartVersion, what, expected string) assessments.Failure {
	return assessments.Failure{
		Message: message,
		Evidence: []assessments.Evidence{
			{What: "before", Value: before.Version},
			{What: dayOf(after), Value: after.Version},
			{What: "what differs", Value: what},
		},
		Expected: expected,
		Mend: assessments.Mend{Text: "Raise version in Chart.yaml with every change: the patch for values, more for templates. Have the pipeline refuse " +
			"a change of a chart without one."},
	}
}
