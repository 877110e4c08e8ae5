package delivery

import (
	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

var chartSemver = assessments.Rule{
	ID:          "delivery/chart-semver",
	SubjectKind: "release",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return withUnseen(v, append(overReleases(v, judgeSemver), overCharts(v, judgeChartSemver)...))
	},
	Text: assessments.Text{
		Title: "A chart's version is a semantic version",
		What: "The version of the chart behind every release, from its record or from the label helm.sh/chart of what it made, and of every chart in a " +
			"source repository.",
		Why: "Tools compare chart versions to decide what is newer, and people read from them whether an update is safe. Both only works " +
			"where the three numbers mean what they are known to mean.",
		How: "Fails where the version is not three numbers, with what semantic versioning lets stand behind them. A leading v passes, as " +
			"Helm lets it pass.\n\n" +
			"Not applicable: releases without a chart (Kustomize, plain manifests), the platform's own. Unknown: releases whose chart can't be told from labels, a " +
			"range or a placeholder in the place of a version, releases that were not seen.",
		Evidence: "The chart and its version.",
		Mend:     "Give the chart a version of three numbers, and raise it by what changed: templates that break users, features, mends.",
		Sources: []string{
			"Semantic Versioning 2.0.0: https://semver.org/",
			"Helm documentation, Charts: https://helm.sh/docs/topics/charts/#charts-and-versioning",
		},
		DoesNotCatch: "Versions that are well formed and don't mean what they say (delivery/chart-bump looks at that).",
	},
}

func judgeSemver(r *facts.Release, o assessments.Outcome) assessments.Outcome {
	version := r.ChartVersionText()
	switch {
	case withoutChart(r):
		return o.NotApplicable("it is delivered without a chart")
	case version == "":
		return o.Unknown("its chart's version was not seen")
	case isRange(version):
		return o.Unknown("a range or a placeholder stands in the place of the chart's version")
	case facts.IsSemantic(version):
		return o.Pass()
	}
	return o.Fail(semverFailure(r.ChartName(), version))
}

func judgeChartSemver(_ *snapshot.Repository, chart *snapshot.Chart, o assessments.Outcome) assessments.Outcome {
	switch {
	case chart.Version == "":
		return o.Unknown("the chart's version could not be read")
	case isRange(chart.Version):
		return o.Unknown("a range or a placeholder stands in the place of the chart's version")
	case facts.IsSemantic(chart.Version):
		return o.Pass()
	}
	return o.Fail(semverFailure(chart.Name, chart.Version))
}

func semverFailure(chart, version string) assessments.Failure {
	return assessments.Failure{
		Message:  "The chart's version is no semantic version.",
		Evidence: []assessments.Evidence{{What: "chart", Value: chart + " " + version}},
		Expected: "three numbers, such as 1.4.2",
		Mend:     assessments.Mend{Text: "Set version in Chart.yaml to three numbers, and raise them by what changed."},
	}
}
