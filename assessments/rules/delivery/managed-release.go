package delivery

import (
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/rules"
)

var managedRelease = assessments.Rule{
	ID:          "delivery/managed-release",
	SubjectKind: "workload",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return rules.Workloads(v, rules.WithoutSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeRelease(v, w, o)
		})
	},
	Text: assessments.Text{
		Title: "A workload is traceable to the release that made it",
		What:  "Every workload: what put it there, by its labels, annotations, owner and field managers.",
		Why: "What nobody can trace, nobody can rebuild. On the day the cluster is replaced, these are the workloads that are missing, " +
			"and on the day of a rollback nobody knows to what.",
		How: "Passes where the workload bears the marks of Helm, Argo CD, Flux, Kustomize or an operator, or where it was applied by a " +
			"field manager that the organization names as its pipeline. Files pass: a file is traceable by being there. Else it fails.\n\n" +
			"Not applicable: the platform's own workloads, mirror pods of static manifests, and pods that have finished.",
		Evidence: "Who wrote the object, by its field managers.",
		Mend: "Bring it under the tool that brings the others: a chart, a Kustomize folder or an application of Argo CD or Flux. Where a " +
			"pipeline applies it already, name the pipeline's field manager in the organization's settings, and let it apply with a name " +
			"of its own (`kubectl apply --server-side --field-manager=NAME`).",
		Sources: []string{
			"Kubernetes documentation, Recommended Labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/",
			"Kubernetes documentation, Server-Side Apply: https://kubernetes.io/docs/reference/using-api/server-side-apply/",
		},
		DoesNotCatch: "Changes by hand on top of a release, and releases whose source is lost.",
	},
}

func judgeRelease(v assessments.View, w *facts.Workload, o assessments.Outcome) assessments.Outcome {
	switch {
	case w.Mirror:
		return o.NotApplicable("the mirror of a static pod, which the node's own files make")
	case w.Kind == "Pod" && w.Finished:
		return o.NotApplicable("the pod has finished")
	case !v.Live():
		return o.Pass()
	case w.HelmRelease != "" || w.HelmHook || w.ManagedBy != "" || w.OwnerKind != "" || w.Labels["helm.sh/chart"] != "":
		return o.Pass()
	}
	for _, manager := range w.ApplyManagers {
		if slices.Contains(v.Settings.PipelineManagers, manager) {
			return o.Pass()
		}
	}
	return o.Fail(assessments.Failure{
		Message:  "Nothing says which release made this.",
		Evidence: []assessments.Evidence{{What: "written by", Value: writers(w)}},
		Expected: "the marks of Helm, Argo CD, Flux, Kustomize, an operator or a named pipeline",
		Mend: assessments.Mend{Text: "Bring it under the tool that brings the others. If a pipeline applies it already, name the pipeline's " +
			"field manager in the organization's settings."},
	})
}

// writers names the field managers that set more than a status, ordered.
func writers(w *facts.Workload) string {
	names := slices.Clone(w.ApplyManagers)
	for _, writer := range w.Writers {
		names = append(names, writer.Manager)
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == 0 {
		return "no field manager is on record"
	}
	return strings.Join(names, ", ")
}
