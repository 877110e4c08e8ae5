package delivery

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
)

var releaseMap = assessments.Rule{
	ID:          "delivery/release-map",
	SubjectKind: "release",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		outcomes := overReleases(v, judgeMap)
		if len(outcomes) > 0 {
			return outcomes // labels are enough: what could not be read of Helm's storage adds nothing
		}
		return withUnseen(v, outcomes)
	},
	Text: assessments.Text{
		Title: "A chart's version leads to the version of the application that runs",
		What:  "Every release: the application version that its chart names, against the tag of the main image that runs.",
		Why: "A map from chart to application is what makes \"which version is in production\" one look instead of a search. Where the chart " +
			"says 1.16.0, as every new chart does, and the image says something else, the map sends people to the wrong source and the wrong release notes.",
		How: "Fails where the chart names no application version, or where it and the tag of the main image disagree after both are " +
			"normalised: a leading v, a distribution's suffix and build data do not count, and 1.4 goes with 1.4.2.\n\n" +
			"The main image is that of the container whose repository ends in the chart's name, else the one in most workloads of the release. " +
			"Chart and application version come from the release's record or from the labels helm.sh/chart and app.kubernetes.io/version; no Secret is " +
			"needed.\n\n" +
			"Not applicable: releases without a chart, the platform's own. Unknown: releases whose chart, application version, workloads or " +
			"main image can't be told, and images named by digest alone.",
		Evidence: "The chart with its application version, and the main image.",
		Mend:     "Set appVersion in Chart.yaml from the same place that the image's tag comes from, or let the tag default to it.",
		Sources: []string{
			"Helm documentation, Charts, The appVersion Field: https://helm.sh/docs/topics/charts/#the-appversion-field",
			"Kubernetes documentation, Recommended Labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/",
		},
		DoesNotCatch: "A tag that agrees and was pushed over (delivery/image-drift), and what the other images of the release are.",
	},
}

func judgeMap(r *facts.Release, o assessments.Outcome) assessments.Outcome {
	switch {
	case withoutChart(r):
		return o.NotApplicable("it is delivered without a chart")
	case r.Tool == "helm" && r.Status == "uninstalled":
		return o.NotApplicable("it is uninstalled")
	case r.ChartName() == "":
		return o.Unknown("its chart was not seen")
	case len(r.Workloads) == 0:
		return o.Unknown("no workload says that it belongs to the release")
	}
	image, found := mainImage(r)
	switch app := r.AppVersionText(); {
	case app == "" && namesNone(r):
		return o.Fail(mapFailure(r, image, found, "The chart names no application version."))
	case app == "":
		return o.Unknown("the chart's application version was not seen")
	case !found:
		return o.Unknown("which of its images is the main one can't be told")
	case image.Tag == "":
		return o.Unknown("the main image is named without a tag")
	case !agree(app, image.Tag):
		return o.Fail(mapFailure(r, image, found, "The chart names another application version than the one that runs."))
	}
	return o.Pass()
}

// fluxTells is the version of HelmRelease whose history holds the application version.
const fluxTells = "helm.toolkit.fluxcd.io/v2"

// namesNone reports whether the release's record would have held the application version that its chart names.
func namesNone(r *facts.Release) bool {
	return r.Release.Revision > 0 && r.Release.ChartVersion != "" && (r.Tool == "helm" || r.APIVersion == fluxTells)
}

func mapFailure(r *facts.Release, image facts.Image, found bool, message string) assessments.Failure {
	named := r.AppVersionText()
	if named == "" {
		named = "none"
	}
	evidence := []assessments.Evidence{
		{What: "chart", Value: strings.TrimSpace(r.ChartName() + " " + r.ChartVersionText())},
		{What: "application version that it names", Value: named},
	}
	text := "Set appVersion in Chart.yaml from the same place that the image's tag comes from, or let the tag default to it."
	if found {
		evidence = append(evidence, assessments.Evidence{What: "main image", Value: image.Raw})
		if image.Tag != "" && mutable(image) == "" {
			text = fmt.Sprintf("Set appVersion in Chart.yaml to %s, from the same place that the image's tag comes from, or let the tag default to it.", image.Tag)
		}
	}
	return assessments.Failure{Message: message, Evidence: evidence, Expected: "appVersion is the version that the main image's tag names", Mend: assessments.Mend{Text: text}}
}

// mainImage is the image of the container whose repository ends in the chart's name, else the one in most workloads of the release. It
// reports false where two share the place, or where the image can't be read.
func mainImage(r *facts.Release) (facts.Image, bool) {
	if len(r.Workloads) == 1 && len(r.Workloads[0].Serving()) == 1 {
		image := r.Workloads[0].Serving()[0].Image
		if !image.Literal {
			return facts.Image{}, false
		}
		return image, true
	}
	named, all := map[string]facts.Image{}, map[string]facts.Image{}
	workloads := map[string]int{}
	for _, w := range r.Workloads {
		seen := map[string]bool{}
		for _, c := range w.Serving() {
			if !c.Image.Literal {
				continue
			}
			key := c.Image.Path()
			if endsIn(c.Image.Name(), r.ChartName()) {
				named[c.Image.String()] = c.Image
			}
			all[c.Image.String()] = c.Image
			if !seen[key] {
				seen[key] = true
				workloads[key]++
			}
		}
	}
	if len(named) > 0 {
		return single(named)
	}
	path, ok := mostOf(workloads)
	if !ok {
		return facts.Image{}, false
	}
	candidates := map[string]facts.Image{}
	for text, image := range all {
		if image.Path() == path {
			candidates[text] = image
		}
	}
	return single(candidates)
}

// endsIn reports whether a repository's last part is the chart's name, or ends in it behind a dash.
func endsIn(repository, chart string) bool {
	return repository == chart || strings.HasSuffix(repository, "-"+chart)
}

// single is the one image there is; two tags of one repository are two answers, and which of them it names then means nothing.
func single(images map[string]facts.Image) (one facts.Image, alone bool) {
	for _, image := range images {
		one = image
	}
	return one, len(images) == 1
}

func mostOf(counts map[string]int) (string, bool) {
	best, key := 0, ""
	var alone bool
	for k, n := range counts {
		switch {
		case n > best:
			best, key, alone = n, k, true
		case n == best:
			alone = false
		}
	}
	return key, alone
}

// agree compares an application version with a tag after both are normalised. The coarser of two agrees with what it begins.
func agree(app, tag string) bool {
	a, t := normalised(app), normalised(tag)
	if len(a) == 0 || len(t) == 0 {
		return strings.EqualFold(app, tag)
	}
	n := min(len(a), len(t))
	return slices.Equal(a[:n], t[:n])
}

// lettered reports whether a text is a commit id that no number could be.
func lettered(text string) bool { return isCommit(text) && strings.ContainsAny(text, "abcdef") }

// normalised are the numbers that a version begins with, without a leading v and without what stands behind them: a distribution's
// suffix, build data; each without leading noughts, so that nought itself is empty. A text that begins with no number, and a commit id, has none.
func normalised(version string) []string {
	text := strings.ToLower(version)
	if i := strings.IndexAny(text, "0123456789"); i > 0 && (text[i-1] == 'v' || text[i-1] == '-') && !lettered(text) {
		text = text[i:] // v1.4.2, release-1.4.2
	}
	if lettered(text) {
		return nil
	}
	end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end >= 0 {
		text = text[:end]
	}
	var numbers []string
	for part := range strings.SplitSeq(strings.Trim(text, "."), ".") {
		if part == "" {
			return nil
		}
		numbers = append(numbers, strings.TrimLeft(part, "0"))
	}
	return numbers
}
