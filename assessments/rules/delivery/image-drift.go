package delivery

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/snapshot"
)

var imageDrift = assessments.Rule{
	ID:          "delivery/image-drift",
	SubjectKind: "workload",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Workloads(v, rules.WithoutSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			if answered, done := rules.OnlyLive(v, o); done {
				return answered
			}
			return judgeDrift(v, w, o)
		})
	},
	Text: assessments.Text{
		Title: "All pods of one version run one image",
		What:  "The image ids of the ready pods of every workload, by pod template, container and processor architecture.",
		Why: "When a tag was pushed over, pods that started before and after run different software under one name. Nobody deployed it, " +
			"no rollback reaches it, and an error shows on some pods alone.",
		How: "Fails where ready pods of one template and one architecture run different image ids of one container under one tag, while no " +
			"rollout is under way. " +
			"An image named by its digest can't drift.\n\n" +
			"Not applicable: Jobs and single Pods, and fewer than two ready pods. Unknown: files without a cluster, pods that were not " +
			"seen, a rollout under way, ids that were not reported, and different ids where the architecture of the nodes is not known.",
		Evidence: "The image, the ids that run under it, and how many pods run each.",
		Mend: "Restart the workload so that all pods pull the same image, then name it by a version that is never pushed again, or by " +
			"digest. Tell the registry to refuse a second push of one tag.",
		Sources: []string{
			"Kubernetes documentation, Images: https://kubernetes.io/docs/concepts/containers/images/",
		},
		DoesNotCatch: "A tag that was pushed over while all pods still run the old image. Nodes whose images were loaded by hand can report " +
			"another id for the same image.",
	},
}

func judgeDrift(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	if w.Kind == "Pod" || w.RunsToEnd() {
		return o.NotApplicable("a " + w.Kind + " has no second pod of the same template")
	}
	if w.Pods == nil {
		if reason, refused := v.UnseenIn("pods", w.Namespace); refused {
			return o.Unknown(rules.Unread("pods", reason))
		}
		return o.Unknown("its pods were not seen")
	}
	if w.Pods.Ready < 2 {
		return o.NotApplicable("fewer than two pods are ready")
	}
	if len(w.Pods.Images) == 0 {
		return o.Unknown("the image ids of its pods were not reported")
	}
	drifted := driftedImages(w.Pods.Images)
	switch {
	case len(drifted) == 0:
		return o.Pass()
	case w.RolloutUnderWay == nil:
		return o.Unknown("pods differ in their image ids, and whether a rollout is under way was not seen")
	case *w.RolloutUnderWay:
		return o.Unknown("a rollout is under way")
	case slices.ContainsFunc(drifted, func(i snapshot.PodImage) bool { return i.Architecture == "" }):
		return o.Unknown("pods differ in their image ids, and the architecture of their nodes is not known")
	}
	return o.Fail(assessments.Failure{
		Message:  "Pods of one version run different images under the same tag.",
		Evidence: driftEvidence(drifted),
		Expected: "one image id for one template and architecture",
		Mend: assessments.Mend{Text: fmt.Sprintf("Restart it so that all pods pull the same image (kubectl rollout restart %s/%s -n %s), "+
			"then name the image by a version that is never pushed again, or by digest.", strings.ToLower(w.Kind), w.Name, w.Namespace)},
	})
}

// driftedImages returns the entries of every group (template, architecture, container, image) that holds more than one id,
// ordered.
func driftedImages(images []snapshot.PodImage) []snapshot.PodImage {
	group := func(i snapshot.PodImage) snapshot.PodImage { i.ImageID, i.Pods = "", 0; return i }
	ids := map[snapshot.PodImage][]string{}
	for _, i := range images {
		if strings.Contains(i.Image, "@") {
			continue // named by digest: ids differ only by how the runtimes of two nodes write them
		}
		if i.ImageID != "" && !slices.Contains(ids[group(i)], i.ImageID) {
			ids[group(i)] = append(ids[group(i)], i.ImageID)
		}
	}
	var drifted []snapshot.PodImage
	for _, i := range images {
		if len(ids[group(i)]) > 1 {
			drifted = append(drifted, i)
		}
	}
	slices.SortFunc(drifted, func(a, b snapshot.PodImage) int {
		return cmp.Or(cmp.Compare(a.Container, b.Container), cmp.Compare(a.Image, b.Image), cmp.Compare(a.Template, b.Template),
			cmp.Compare(a.Architecture, b.Architecture), cmp.Compare(a.ImageID, b.ImageID))
	})
	return drifted
}

func driftEvidence(drifted []snapshot.PodImage) []assessments.Evidence {
	evidence := make([]assessments.Evidence, 0, len(drifted))
	for _, i := range drifted {
		evidence = append(evidence, assessments.Evidence{
			What:  fmt.Sprintf("container %s, %s on %s", i.Container, i.Image, i.Architecture),
			Value: fmt.Sprintf("%s in %s", i.ImageID, assessments.Counted(i.Pods, "pod")),
		})
	}
	return evidence
}
