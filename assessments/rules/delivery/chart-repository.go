package delivery

import (
	"cmp"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/snapshot"
)

var chartRepository = assessments.Rule{
	ID:          "delivery/chart-repository",
	SubjectKind: "repository",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		if len(v.Repos) == 0 {
			return []assessments.Outcome{assessments.AboutCluster().Unknown("no source repository was read")}
		}
		var outcomes []assessments.Outcome
		for _, repository := range v.Repos {
			if len(repository.Charts) == 0 {
				outcomes = append(outcomes, assessments.AboutRepository(repository, &snapshot.Chart{}).NotApplicable("it holds no chart"))
			}
			for i := range repository.Charts {
				outcomes = append(outcomes, judgeRepository(repository, &repository.Charts[i]))
			}
		}
		return outcomes
	},
	Text: assessments.Text{
		Title: "Charts and application code are versioned apart, with notes for each version",
		What:  "Every chart of a source repository: what it lies beside, how its version moves, and whether its version has release notes.",
		Why: "A chart that takes the application's version can't be mended without a new application, and an application can't be built " +
			"without a new chart. And a version without a note is a change that the people who must deploy it have to guess at.",
		How: "Fails where the chart lies in one repository with application code and every version in its history is also the application's version, or where the " +
			"chart's present version has no entry in any release notes.\n\n" +
			"Not applicable: repositories without charts. Unknown: no repository was read; chart and application have one version now, and " +
			"the history that would tell whether they always have was not read or holds one version alone.",
		Evidence: "The versions, the languages of the code beside the chart, and the files of release notes.",
		Mend:     "Give the chart a version of its own, and write what changed for each version, in CHANGELOG.md beside Chart.yaml or in the chart's annotations.",
		Sources: []string{
			"Helm documentation, Charts, The appVersion Field: https://helm.sh/docs/topics/charts/#the-appversion-field",
			"Keep a Changelog: https://keepachangelog.com/",
		},
		DoesNotCatch: "Notes that say nothing, and notes that are kept outside of the repository.",
	},
}

func judgeRepository(r *snapshot.Repository, chart *snapshot.Chart) assessments.Outcome {
	o := assessments.AboutRepository(r, chart)
	if chart.Version == "" {
		return o.Unknown("the chart's version could not be read")
	}
	evidence := []assessments.Evidence{{What: "chart", Value: chart.Path + ", version " + chart.Version + ", application version " + cmp.Or(chart.AppVersion, "none")}}
	together, told := versionedTogether(r, chart)
	switch {
	case together:
		evidence = append(evidence, assessments.Evidence{What: "application code beside it", Value: strings.Join(r.CodeLanguage, ", ")},
			assessments.Evidence{What: "versions in its history", Value: assessments.Counted(len(chart.Versions), "change") + ", each with the application's version"})
		return o.Fail(assessments.Failure{
			Message:  "Chart and application lie in one repository under one version.",
			Evidence: evidence,
			Expected: "a version of the chart's own",
			Mend:     assessments.Mend{Text: "Give the chart a version of its own in Chart.yaml, raised by what changes in the chart; appVersion follows the application."},
		})
	case !chart.ReleaseNotes:
		notes := strings.Join(r.ReleaseNotes, ", ")
		return o.Fail(assessments.Failure{
			Message:  "The chart's version has no release notes.",
			Evidence: append(evidence, assessments.Evidence{What: "files of release notes", Value: cmp.Or(notes, "none")}),
			Expected: "an entry for each version",
			Mend:     assessments.Mend{Text: "Write what changed for version " + chart.Version + ", in CHANGELOG.md beside Chart.yaml or in the chart's annotations."},
		})
	case !told:
		return o.Unknown("chart and application have one version now; whether they always have, the history was not read far enough to tell")
	}
	return o.Pass()
}

// versionedTogether reports whether a chart beside application code has always had the application's version, and whether the history
// tells. It takes two different versions to be no coincidence.
func versionedTogether(r *snapshot.Repository, chart *snapshot.Chart) (together, told bool) {
	if len(r.CodeLanguage) == 0 || !same(chart.Version, chart.AppVersion) {
		return false, true
	}
	versions := map[string]bool{chart.Version: true}
	for _, change := range chart.Versions {
		if !same(change.Version, change.AppVersion) {
			return false, true
		}
		versions[change.Version] = true
	}
	return len(versions) > 1, len(versions) > 1
}

func same(version, app string) bool {
	return app != "" && strings.TrimPrefix(version, "v") == strings.TrimPrefix(app, "v")
}
