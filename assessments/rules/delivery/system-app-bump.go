package delivery

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot"
)

var systemAppBump = assessments.Rule{
	ID:          "delivery/system-app-bump",
	SubjectKind: "release",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		outcomes := overReleases(v, func(r *facts.Release, o assessments.Outcome) assessments.Outcome {
			return judgeSystemApp(v, r, o)
		})
		return withUnseen(v, append(outcomes, overCharts(v, func(r *snapshot.Repository, chart *snapshot.Chart, o assessments.Outcome) assessments.Outcome {
			return judgeSystemChart(v, r, chart, o)
		})...))
	},
	Text: assessments.Text{
		Title: "A system application's new image moves its chart's version",
		What: "Releases of applications that the organization runs and does not build (queues, caches, databases, controllers): their images and chart " +
			"versions, between two revisions, between two snapshots, and in the history of charts in source repositories.",
		Why: "A new Kafka under an old chart version is the change that nobody announced: environments with one chart version run two of " +
			"them, and no rollback of the chart brings the old one back.",
		How: "Fails where, from one revision, snapshot or merged change of the last year to the next, the images of the release changed and the chart's version did not. Where the " +
			"organization has chosen the stricter rule, the chart's major version must move with the image.\n\n" +
			"A system application is one that runs no image from the organization's own registries. Not applicable: releases of the organization's own, releases without a chart, the " +
			"platform's own. Unknown: the organization lists no registries, releases whose images or chart versions were seen once only, and charts in " +
			"repositories that name no image, whose history is cut before any change, or whose version is set when they are packaged.",
		Evidence: "The chart's version before and after, and the images that differ.",
		Mend:     "Set images in a chart of your own (or an umbrella chart over the vendor's) and raise its version with each new image.",
		Sources: []string{
			"Helm documentation, Charts and Versioning: https://helm.sh/docs/topics/charts/#charts-and-versioning",
		},
		DoesNotCatch: "An image that was pushed over under the same name (delivery/image-drift).",
	},
}

// state is what a release was at one time.
type state struct {
	when, chartVersion string
	images             []string
}

func judgeSystemApp(v assessments.View, r *facts.Release, o assessments.Outcome) assessments.Outcome {
	if withoutChart(r) {
		return o.NotApplicable("it is delivered without a chart")
	}
	switch is, known := bringsOwn(v, r); {
	case !known:
		return o.Unknown(noOwnRegistries)
	case is:
		return o.NotApplicable("it runs images of the organization's own: no system application")
	}
	states := statesOf(v, r)
	if len(states) < 2 {
		return o.Unknown("its images and its chart's version were not seen twice")
	}
	for i := 1; i < len(states); i++ {
		before, after := states[i-1], states[i]
		if !slices.Equal(before.images, after.images) && !moved(v, before.chartVersion, after.chartVersion) {
			return o.Fail(imageFailure(v, before, after))
		}
	}
	return o.Pass()
}

func imageFailure(v assessments.View, before, after state) assessments.Failure {
	message, expected := "Its image changed and its chart's version did not.", "a new chart version with each new image"
	if v.Settings.SystemAppMajor {
		message, expected = "Its image changed and its chart's major version did not.", "a new major version of the chart with each new image"
	}
	return assessments.Failure{
		Message: message,
		Evidence: []assessments.Evidence{
			{What: before.when, Value: before.chartVersion + " with " + strings.Join(without(before.images, after.images), ", ")},
			{What: after.when, Value: after.chartVersion + " with " + strings.Join(without(after.images, before.images), ", ")},
		},
		Expected: expected,
		Mend:     assessments.Mend{Text: "Set its images in a chart of your own, or an umbrella chart over the vendor's, and raise its version with each new image."},
	}
}

// judgeSystemChart holds the images of a chart in its repository against its versions.
func judgeSystemChart(v assessments.View, r *snapshot.Repository, chart *snapshot.Chart, o assessments.Outcome) assessments.Outcome {
	brings, known, named := false, false, false
	for _, change := range chart.Versions {
		for _, raw := range change.Images {
			is, listed := own(v, facts.ParseImage(raw))
			brings, known, named = brings || is, known || listed, true
		}
	}
	switch {
	case chart.Version == "":
		return o.Unknown("the chart's version could not be read")
	case !named:
		return o.Unknown("no image was seen that the chart names itself")
	case !known:
		return o.Unknown(noOwnRegistries)
	case brings:
		return o.NotApplicable("it brings images of the organization's own: no system application")
	}
	changes, ended := changesToJudge(v, r, chart, o)
	if changes == nil {
		return ended
	}
	unread := false
	for i := 1; i < len(changes); i++ {
		before, after := changes[i-1], changes[i]
		unread = unread || after.Unread
		if after.Unread || setLater(before.Version) || setLater(after.Version) || len(before.Images) == 0 || len(after.Images) == 0 {
			continue
		}
		if !slices.Equal(before.Images, after.Images) && !moved(v, before.Version, after.Version) {
			return o.Fail(imageFailure(v, state{"before", before.Version, before.Images}, state{dayOf(after), after.Version, after.Images}))
		}
	}
	if unread {
		return o.Unknown("the chart's values could not be read at some of its changes")
	}
	return o.Pass()
}

// statesOf are the states of a release that tell chart version and images, from old to new: of its revisions, else of the earlier
// snapshots and the present one.
func statesOf(v assessments.View, r *facts.Release) []state {
	var states []state
	for _, revision := range r.Revisions {
		if revision.ChartVersion != "" && len(revision.Images) > 0 {
			states = append(states, state{fmt.Sprintf("revision %d", revision.Revision), revision.ChartVersion, sorted(revision.Images)})
		}
	}
	if len(states) > 1 {
		return states
	}
	states = nil
	key := assessments.KeyOfRelease(*r.Release)
	for _, earlier := range v.History {
		if then := earlier.Releases[key]; then.ChartVersion != "" && len(then.Images) > 0 {
			states = append(states, state{"snapshot of " + earlier.TakenAt.UTC().Format("2006-01-02"), then.ChartVersion, sorted(then.Images)})
		}
	}
	if r.Release.ChartVersion != "" && len(r.Images) > 0 {
		states = append(states, state{"now", r.Release.ChartVersion, sorted(r.Images)})
	}
	return states
}

func sorted(images []string) []string { return slices.Compact(slices.Sorted(slices.Values(images))) }

// moved reports whether a chart's version moved as far as the organization asks.
func moved(v assessments.View, from, to string) bool {
	if !v.Settings.SystemAppMajor {
		return from != to
	}
	return semver.Major(canonical(from)) != semver.Major(canonical(to))
}

func without(images, others []string) []string {
	left := slices.DeleteFunc(slices.Clone(images), func(i string) bool { return slices.Contains(others, i) })
	if len(left) == 0 {
		return []string{"none of these"}
	}
	return left
}
