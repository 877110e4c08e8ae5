// Package delivery holds the rules on how software gets into the cluster: images, releases, and what a rollout needs.
package delivery

import (
	"iter"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/snapshot"
)

// Register adds the pillar's rules.
func Register(r *assessments.Registry) {
	r.Register(chartBump, chartRepository, chartSemver, imageDrift, imagePullPolicy, imageTagMutable, imageVersion, managedRelease,
		releaseFailed, releaseMap, resourcesDeclared, rollbackPossible, rolloutStrategy, rolloutStuck, systemAppBump, versionLabel)
}

// overReleases judges every release that is not the platform's own. Where the releases themselves were not seen, what labels tell
// is judged all the same, and the cluster as a whole stays unknown.
func overReleases(v assessments.View, judge func(*facts.Release, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	outcomes := v.Outcomes(len(v.Delivered) + 1)
	for _, r := range v.Delivered {
		o := assessments.AboutRelease(r.Release)
		if r.System {
			outcomes = append(outcomes, o.NotApplicable(rules.SystemReason))
			continue
		}
		outcomes = append(outcomes, judge(r, o))
	}
	return outcomes
}

// overCharts judges every chart of the source repositories that were read.
func overCharts(v assessments.View, judge func(*snapshot.Repository, *snapshot.Chart, assessments.Outcome) assessments.Outcome) []assessments.Outcome {
	var outcomes []assessments.Outcome
	for _, repository := range v.Repos {
		for i := range repository.Charts {
			chart := &repository.Charts[i]
			outcomes = append(outcomes, judge(repository, chart, assessments.AboutRepository(repository, chart)))
		}
	}
	return outcomes
}

// delivered are the changes of a chart that can have reached a cluster, from old to new: where tags name its versions those that were
// tagged, with what changed since the tag before; else all that were merged.
func delivered(chart *snapshot.Chart) []snapshot.ChartVersion {
	if !slices.ContainsFunc(chart.Versions, func(c snapshot.ChartVersion) bool { return c.Tagged }) {
		return chart.Versions
	}
	var tagged []snapshot.ChartVersion
	var since snapshot.ChartVersion
	for i, change := range chart.Versions {
		if i > 0 {
			since = sinceThen(since, change)
		}
		if change.Tagged {
			whole := change
			whole.Templates, whole.Values, whole.ImageTags, whole.Unread = since.Templates, since.Values, since.ImageTags, since.Unread
			tagged, since = append(tagged, whole), snapshot.ChartVersion{}
		}
	}
	return tagged
}

// sinceThen adds one more change to what has changed.
func sinceThen(since, change snapshot.ChartVersion) snapshot.ChartVersion {
	since.ImageTags = (since.ImageTags || !since.Values) && change.ImageTags || since.ImageTags && !change.Values
	since.Templates = since.Templates || change.Templates
	since.Values = since.Values || change.Values
	since.Unread = since.Unread || change.Unread
	return since
}

// versionedLater says why a chart's version in its repository is not the one that it is delivered under; empty where it is.
func versionedLater(r *snapshot.Repository, chart *snapshot.Chart) string {
	for _, pipeline := range r.Pipelines {
		if pipeline.SetsChartVersion {
			return "a pipeline sets the chart's version when it packages it"
		}
	}
	if setLater(chart.Version) {
		return "the version in Chart.yaml is a placeholder: it is set when the chart is packaged"
	}
	return ""
}

// setLater reports whether a version stands for one that comes later: 0.0.0, a pre-release, a placeholder.
func setLater(version string) bool {
	canonical := "v" + strings.TrimPrefix(version, "v")
	return strings.HasPrefix(canonical, "v0.0.0") || semver.Prerelease(canonical) != "" || isRange(version)
}

// ofLastYear are the changes of the year before the day that is judged, and the one that they began from: what is older nobody can mend
// any more. A change whose day is not known counts as one of them.
func ofLastYear(v assessments.View, changes []snapshot.ChartVersion) []snapshot.ChartVersion {
	from := v.AsOf.AddDate(-1, 0, 0)
	for i := len(changes) - 1; i > 0; i-- {
		if at := changes[i].At; at != nil && at.Before(from) {
			return changes[i:]
		}
	}
	return changes
}

// changesToJudge are the changes of a chart that are held against each other: those of the last year, two at least. Where there are
// none it gives nil, and the outcome that says why.
func changesToJudge(v assessments.View, r *snapshot.Repository, chart *snapshot.Chart, o assessments.Outcome) ([]snapshot.ChartVersion, assessments.Outcome) {
	if why := versionedLater(r, chart); why != "" {
		return nil, o.Unknown(why)
	}
	all := delivered(chart)
	late := ofLastYear(v, all)
	switch {
	case len(late) > 1:
		return late, o
	case len(all) > 1:
		return nil, o.NotApplicable("the chart has not been changed in the last year")
	case !r.History:
		return nil, o.Unknown("the repository's history was not read")
	case r.HistoryCut:
		return nil, o.Unknown("the history is cut before any change of the chart, as in a shallow clone")
	}
	return nil, o.NotApplicable("the chart has not been changed since it was first there or first tagged")
}

// dayOf says when a change was made, where that is known.
func dayOf(change snapshot.ChartVersion) string {
	if change.At == nil {
		return "an earlier change"
	}
	return "change of " + change.At.UTC().Format("2006-01-02")
}

// withUnseen adds what the collector could not tell of releases: a rule that judges records of releases knows nothing of those
// that it did not see.
func withUnseen(v assessments.View, outcomes []assessments.Outcome) []assessments.Outcome {
	if !v.Live() {
		if len(outcomes) > 0 {
			return outcomes
		}
		answered, _ := rules.OnlyLive(v, assessments.AboutCluster())
		return append(outcomes, answered)
	}
	if reason, unseen := v.Unseen("releases"); unseen {
		return append(outcomes, assessments.AboutCluster().Unknown(rules.Unread("releases", reason)))
	}
	return outcomes
}

// own reports whether an image is the organization's own, by the registries that it lists; known is false where it lists none.
func own(v assessments.View, image facts.Image) (is, known bool) {
	for _, listed := range v.Settings.OwnRegistries {
		path := strings.Trim(strings.TrimSpace(listed), "/")
		if path == "" {
			continue
		}
		known = true
		if image.Path() == path || strings.HasPrefix(image.Path(), path+"/") {
			return true, true
		}
	}
	return false, known
}

// bringsOwn reports whether a release runs an image of the organization's own.
func bringsOwn(v assessments.View, r *facts.Release) (is, known bool) {
	for image := range imagesOf(r) {
		is, known = own(v, image)
		if is {
			return true, true
		}
	}
	return false, known
}

// imagesOf are the images of a release: those that its record lists, else those of its workloads.
func imagesOf(r *facts.Release) iter.Seq[facts.Image] {
	return func(yield func(facts.Image) bool) {
		for _, raw := range r.Images {
			if !yield(facts.ParseImage(raw)) {
				return
			}
		}
		if len(r.Images) > 0 {
			return
		}
		for _, w := range r.Workloads {
			for _, c := range w.Containers {
				if !yield(c.Image) {
					return
				}
			}
		}
	}
}

const noOwnRegistries = "the organization has not listed its own registries"

// mutable says why a tag can move: it is missing, latest, or names a branch; empty where it can't, or a digest pins it.
func mutable(image facts.Image) string {
	switch part := movingPart(image.Tag); {
	case image.Digest != "":
		return ""
	case image.Tag == "":
		return "no tag"
	default:
		return part
	}
}

// unreadable says why nothing can be said of an image.
func unreadable(image facts.Image) string {
	if image.Raw == "" {
		return "no image is written here"
	}
	return "the image holds a placeholder or can't be read"
}

// movingParts are the words that a tag is branch-like by: branches, channels, stages.
var movingParts = strings.Fields(`latest main master dev develop development devel trunk head stable edge nightly canary rolling
	unstable next lts current mainline live staging test testing prod production beta alpha preview daily weekly experimental branch`)

var (
	writtenDate = regexp.MustCompile(`(^|[^0-9])(19|20)[0-9]{2}[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12][0-9]|3[01])`)
	commitID    = regexp.MustCompile(`^g?[0-9a-f]{7,40}$`)
)

// dottedNumber reports whether a dot stands between two digits, as in most versions.
func dottedNumber(tag string) bool {
	digit := func(i int) bool { return tag[i] >= '0' && tag[i] <= '9' }
	for i := 1; i < len(tag)-1; i++ {
		if tag[i] == '.' && digit(i-1) && digit(i+1) {
			return true
		}
	}
	return false
}

// movingPart returns the part of a tag that makes it branch-like; empty where none does.
func movingPart(tag string) string {
	parts := partsOf(tag)
	if slices.Contains(parts, "snapshot") {
		return "snapshot"
	}
	if dottedNumber(tag) || writtenDate.MatchString(tag) || slices.ContainsFunc(parts, isCommit) {
		return ""
	}
	for _, part := range parts {
		if slices.Contains(movingParts, part) {
			return part
		}
	}
	return ""
}

func partsOf(tag string) []string {
	return strings.FieldsFunc(strings.ToLower(tag), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
}

// isCommit asks for a digit beside the hexadecimal letters: words such as "defaced" are no commits.
func isCommit(part string) bool {
	return commitID.MatchString(part) && strings.ContainsAny(part, "0123456789")
}

// withoutChart reports whether a release is known to be delivered without a chart.
func withoutChart(r *facts.Release) bool {
	return r.ObjectKind == "Kustomization" || r.ObjectKind == "Application" && r.ChartName() == ""
}

// isRange reports whether a version leaves open which one it is: a range, a wildcard or a placeholder.
func isRange(version string) bool {
	return version == "latest" || strings.ContainsAny(version, "*^~<>=| ${}") || strings.HasSuffix(version, ".x")
}
