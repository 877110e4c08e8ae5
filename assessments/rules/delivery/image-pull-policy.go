package delivery

import (
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var imagePullPolicy = assessments.Rule{
	ID:          "delivery/image-pull-policy",
	SubjectKind: "container",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.AllContainers(v, rules.WithoutSystem, judgePullPolicy)
	},
	Text: assessments.Text{
		Title: "A tag that moves is always pulled",
		What:  "The pull policy of every container whose image is named by a tag that can move, init containers too.",
		Why: "Under IfNotPresent a node runs the image that it happens to hold. Of two pods of one workload, one runs last week's image " +
			"and one today's, and which is which depends on the node.",
		How: "Fails where the tag can move, as delivery/image-tag-mutable tells it, and the policy is IfNotPresent, written out or by " +
			"default. The default is Always where there is no tag or it is `latest`, else IfNotPresent.\n\n" +
			"A digest, a tag that does not move, Always and Never pass. Unknown: the image or the policy is missing or holds a placeholder. " +
			"Not applicable: the platform's own workloads.",
		Evidence: "The image, and the policy with whether it is written or by default.",
		Mend:     "Name the image by a version that does not move. Until then, pull it always, as the patch does.",
		Sources: []string{
			"Kubernetes documentation, Images, Image pull policy: https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy",
		},
		DoesNotCatch: "An admission plugin that pulls always whatever is written (AlwaysPullImages).",
	},
}

const ifNotPresent = "IfNotPresent"

func judgePullPolicy(c *facts.Container, o assessments.Outcome) assessments.Outcome {
	if !c.Image.Literal {
		return o.Unknown(unreadable(c.Image))
	}
	moving := mutable(c.Image)
	if moving == "" {
		return o.Pass()
	}
	policy, source := c.PullPolicy, "written"
	if policy == "" {
		source = "by default"
		policy = ifNotPresent
		if c.Image.Tag == "" || c.Image.Tag == "latest" {
			policy = "Always"
		}
	}
	switch policy {
	case "Always", "Never":
		return o.Pass()
	case ifNotPresent:
	default:
		return o.Unknown("the pull policy holds a placeholder or can't be read")
	}
	return o.Fail(assessments.Failure{
		Message: "Each node runs the image that it happens to hold: the tag can move (" + moving + "), and is pulled only where it is missing.",
		Evidence: []assessments.Evidence{
			{What: "image", Value: c.Image.Raw},
			{What: "pull policy", Value: strings.Join([]string{policy, source}, ", ")},
		},
		Expected: "a tag that does not move, or the policy Always",
		Mend: assessments.Mend{
			Text:  "Name a version that is never pushed again. Until then, pull always, as the patch does.",
			Patch: patch.Container(c, patch.Field{Key: "imagePullPolicy", Value: "Always"}),
		},
	})
}
