package delivery

import (
	"regexp"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var versionLabel = assessments.Rule{
	ID:          "delivery/version-label",
	SubjectKind: "workload",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Workloads(v, rules.WithoutSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeVersionLabel(v, w, o)
		})
	},
	Text: assessments.Text{
		Title: "A workload says which version it is",
		What:  "The labels and annotations of every workload and of its pod template, Jobs and Pods too.",
		Why: "Who stands before a broken pod asks first what it is: which version, from which chart, of which commit. Where the object says " +
			"so itself, the answer takes seconds and nobody must be woken up for it.",
		How: "Passes where there is, with a value, one of: the label app.kubernetes.io/version, a label `version` or one whose last part " +
			"is `version`, helm.sh/chart, or a documented commit annotation (org.opencontainers.image.revision, " +
			"app.quarkus.io/commit-id, app.openshift.io/vcs-ref, and those that the organization names). Else it fails; an empty value " +
			"says nothing.\n\n" +
			"Not applicable: the platform's own workloads. Unknown: workloads whose containers could not be read.",
		Evidence: "That none of them is there, and the images.",
		Mend:     "Have the chart or the pipeline set app.kubernetes.io/version. The patch sets what the image's tag says.",
		Sources: []string{
			"Kubernetes documentation, Recommended Labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/",
			"OCI image specification, Annotations: https://github.com/opencontainers/image-spec/blob/main/annotations.md",
		},
		DoesNotCatch: "A label that is written by hand and no longer true (delivery/release-map compares).",
	},
}

func judgeVersionLabel(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	commit := func(key string) bool { return w.Annotations[key] != "" }
	if w.VersionLabel || slices.ContainsFunc(v.Settings.CommitAnnotations, commit) {
		return o.Pass()
	}
	evidence := []assessments.Evidence{{What: "labels and annotations that tell a version", Value: "none"}}
	for _, c := range w.Serving() {
		if c.Image.Raw != "" {
			evidence = append(evidence, assessments.Evidence{What: "image of " + c.Name, Value: c.Image.Raw})
		}
	}
	return o.Fail(assessments.Failure{
		Message:  "It does not say which version it is.",
		Evidence: evidence,
		Expected: "app.kubernetes.io/version, helm.sh/chart or a commit annotation",
		Mend:     versionLabelMend(w),
	})
}

// labelValue is what the API takes as a label's value.
var labelValue = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`)

// versionLabelMend writes the image's tag as the label where the images of the workload agree on one that tells a version.
func versionLabelMend(w *facts.Workload) assessments.Mend {
	mend := assessments.Mend{Text: "Have the chart or the pipeline set the label app.kubernetes.io/version."}
	version := ""
	for _, c := range w.Serving() {
		tag := c.Image.Tag
		if _, base := reference.JavaFamilyOf(c.Image.Path()); base { // the tag tells of the JVM, not of what runs on it
			return mend
		}
		if !c.Image.Literal || movingPart(tag) != "" || !tellsVersion(tag) || !labelValue.MatchString(tag) || version != "" && version != tag {
			return mend
		}
		version = tag
	}
	if version == "" {
		return mend
	}
	mend.Text += " The patch sets what the image's tag says; the next release must set it again."
	mend.Patch = patch.Labels(w, patch.Field{Key: facts.VersionLabel, Value: version})
	return mend
}
