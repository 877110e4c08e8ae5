package delivery

import (
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var imageTagMutable = assessments.Rule{
	ID:          "delivery/image-tag-mutable",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.AllContainers(v, rules.WithoutSystem, judgeTag)
	},
	Text: assessments.Text{
		Title: "An image is named by a tag that does not move",
		What:  "The image of every container, init containers too.",
		Why: "A tag that moves means something else tomorrow. Two pods of one workload then run different software, a restart is an " +
			"unplanned deployment, and a rollback rolls back to nothing.",
		How: "Fails where the image has no digest and its tag is missing, `latest`, or branch-like: one of its parts, split at `-`, `_` " +
			"and `.`, is the name of a branch, a channel or a stage (main, develop, stable, edge, nightly, staging and the like), and the " +
			"tag holds no version beside it: a number with a dot, a date or a commit id. `SNAPSHOT` is always branch-like.\n\n" +
			"Everything else passes. Unknown: the image is missing, or holds a placeholder. Not applicable: the platform's own workloads.",
		Evidence: "The image as it is written.",
		Mend: "Name the image by a version that is never pushed again, or add its digest. Where all pods run one image, the patch holds " +
			"the digest that they run now.",
		Sources: []string{
			"Kubernetes documentation, Images: https://kubernetes.io/docs/concepts/containers/images/",
		},
		DoesNotCatch: "A version tag that someone pushes over (delivery/image-drift sees that in a cluster), and registries that refuse it.",
	},
}

func judgeTag(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	image := c.Image
	if !image.Literal {
		return o.Unknown(unreadable(image))
	}
	if image.Digest != "" {
		return o.Pass()
	}
	message := ""
	switch part := movingPart(image.Tag); {
	case image.Tag == "":
		message = "The image has no tag, which means latest: it changes without notice."
	case image.Tag == "latest":
		message = "The image's tag is latest: it changes without notice."
	case part != "":
		message = fmt.Sprintf("The image's tag names a branch or a channel (%s): it changes without notice.", part)
	default:
		return o.Pass()
	}
	return o.Fail(assessments.Failure{
		Message:  message,
		Evidence: []assessments.Evidence{{What: "image", Value: image.Raw}},
		Expected: "a version that does not move, or a digest",
		Mend:     tagMend(c),
	})
}

// tagMend pins the digest that all pods run now, where there is exactly one.
func tagMend(c *facts.Container) assessments.Mend {
	mend := assessments.Mend{Text: "Name a version that is never pushed again, or add the image's digest."}
	ids := runningIDs(c)
	if len(ids) != 1 {
		return mend
	}
	mend.Text += " The patch pins what all ready pods run now."
	mend.Patch = patch.Container(c, patch.Field{Key: "image", Value: c.Image.Raw + "@" + ids[0]})
	return mend
}

// runningIDs are the digests that ready pods run under the image as it is written now, ordered.
func runningIDs(c *facts.Container) []string {
	var ids []string
	if c.Workload.Pods == nil {
		return nil
	}
	for _, seen := range c.Workload.Pods.Images {
		if seen.Container == c.Name && facts.ParseImage(seen.Image).String() == c.Image.String() &&
			strings.HasPrefix(seen.ImageID, "sha256:") && !slices.Contains(ids, seen.ImageID) {
			ids = append(ids, seen.ImageID)
		}
	}
	slices.Sort(ids)
	return ids
}
