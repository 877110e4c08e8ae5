package delivery

import (
	"regexp"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

var imageVersion = assessments.Rule{
	ID:          "delivery/image-version",
	SubjectKind: "container",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.AllContainers(v, rules.WithoutSystem, func(c *facts.Container, o assessments.Outcome) assessments.Outcome {
			return judgeImageVersion(v, c, o)
		})
	},
	Text: assessments.Text{
		Title: "An image of one's own says which version it is",
		What:  "The tag of every container's image that comes from a registry of the organization's own, init containers too.",
		Why: "At three in the morning the tag is all there is to go by. One that is no version and no commit id leads neither to the source " +
			"nor to the release notes, and does not tell which of two images is the newer.",
		How: "Fails where the tag holds no semantic version (three numbers), no calendar version or date, and no commit id; words may stand " +
			"around it (release-1.4.2, main-3f9c2ab). A digest alone tells no version either.\n\n" +
			"Images are the organization's own by the registries, or paths below them, that it lists; images from elsewhere are not " +
			"applicable. Unknown: the organization lists none, or the image is missing or holds a placeholder. Not applicable: the " +
			"platform's own workloads.",
		Evidence: "The image as it is written.",
		Mend: "Have the pipeline tag each image with the version or the commit id that it was built from, once. A digest may stand behind " +
			"it (name:1.4.2@sha256:…).",
		Sources: []string{
			"Semantic Versioning 2.0.0: https://semver.org/",
			"Calendar Versioning: https://calver.org/",
		},
		DoesNotCatch: "A version that is written and untrue.",
	},
}

func judgeImageVersion(v assessments.View, c *facts.Container, o assessments.Outcome) assessments.Outcome {
	is, known := own(v, c.Image)
	switch {
	case !known:
		return o.Unknown(noOwnRegistries)
	case !c.Image.Literal:
		return o.Unknown(unreadable(c.Image))
	case !is:
		return o.NotApplicable("the image comes from none of the organization's own registries")
	case tellsVersion(c.Image.Tag):
		return o.Pass()
	}
	return o.Fail(assessments.Failure{
		Message:  "The image's tag leads to no version and no commit.",
		Evidence: []assessments.Evidence{{What: "image", Value: c.Image.Raw}},
		Expected: "a semantic version, a calendar version or a commit id",
		Mend: assessments.Mend{Text: "Have the pipeline tag the image with the version or the commit id that it was built from; a digest " +
			"may stand behind it."},
	})
}

var (
	threeNumbers    = regexp.MustCompile(`(^|[-_]|[A-Za-z])v?[0-9]+\.[0-9]+\.[0-9]+`)
	calendarVersion = regexp.MustCompile(`^v?(?:20)?(?:1[5-9]|[2-9][0-9])\.(?:0?[1-9]|1[0-2])(?:[-_.][0-9A-Za-z._-]*)?$`)
)

// tellsVersion reports whether a tag holds a semantic version, a calendar version, a date or a commit id.
func tellsVersion(tag string) bool {
	return threeNumbers.MatchString(tag) || calendarVersion.MatchString(tag) || writtenDate.MatchString(tag) ||
		slices.ContainsFunc(partsOf(tag), isCommit)
}
