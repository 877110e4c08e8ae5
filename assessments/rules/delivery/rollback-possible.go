package delivery

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
	"plimsoll/assessments/rules/patch"
)

var rollbackPossible = assessments.Rule{
	ID:          "delivery/rollback-possible",
	SubjectKind: "workload",
	Effort:      assessments.EffortSetting,
	Judge: func(v assessments.View) []assessments.Outcome {
		releases := releaseOf(v)
		return rules.Workloads(v, rules.WithoutSystem, func(w *facts.Workload, o assessments.Outcome) assessments.Outcome {
			return judgeRollback(v, w, releases[w], o)
		})
	},
	Text: assessments.Text{
		Title: "A previous revision is kept to go back to",
		What:  "How many old revisions Deployments, StatefulSets and DaemonSets keep, and how many Helm keeps of the release that they belong to.",
		Why: "The way back must be shorter than the way forward. Where nothing of the version before is kept, going back means finding its " +
			"manifests and deploying them, while the bad version serves.",
		How: "Fails where revisionHistoryLimit is 0, or where Helm's storage holds one revision alone of a release that was deployed several " +
			"times. Without a limit the API keeps 10.\n\n" +
			"Not applicable: other kinds, which have no revisions, and the platform's own workloads. Unknown: a workload of Helm's in a " +
			"cluster whose releases could not be read.",
		Evidence: "The limit as it is set, or the release with its number of deployments.",
		Mend:     "Take the limit out or set it to a few revisions; let Helm keep more than one (--history-max).",
		Sources: []string{
			"Kubernetes documentation, Deployments, Clean up Policy: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#clean-up-policy",
			"Helm documentation, helm upgrade: https://helm.sh/docs/helm/helm_upgrade/",
		},
		DoesNotCatch: "Whether the way back works: data that the new version has changed, and configuration that is versioned nowhere. A " +
			"repository that Argo CD or Flux follows can be set back whatever the cluster keeps.",
	},
}

const keptRevisions = 10

func judgeRollback(v assessments.View, w *facts.Workload, release *facts.Release, o assessments.Outcome) assessments.Outcome {
	switch w.Kind {
	case "Deployment", "StatefulSet", "DaemonSet":
	default:
		return o.NotApplicable("a " + w.Kind + " keeps no revisions")
	}
	if w.RevisionHistoryLimit != nil && *w.RevisionHistoryLimit == 0 {
		return o.Fail(assessments.Failure{
			Message:  "No previous revision is kept: there is nothing in the cluster to go back to.",
			Evidence: []assessments.Evidence{{What: "revisionHistoryLimit", Value: "0"}},
			Expected: "at least one previous revision",
			Mend: assessments.Mend{
				Text:  fmt.Sprintf("Keep %d revisions, as the API does by default.", keptRevisions),
				Patch: patch.Workload(w, patch.Field{Key: "revisionHistoryLimit", Value: keptRevisions}),
			},
		})
	}
	if !v.Live() || w.HelmRelease == "" {
		return o.Pass()
	}
	if reason, unseen := v.UnseenIn("releases", w.Namespace); unseen {
		return o.Unknown(rules.Unread("releases", reason))
	}
	if release == nil || len(release.Revisions) != 1 || release.Revisions[0].Tool != "helm" || release.Revisions[0].Revision < 2 {
		return o.Pass()
	}
	return o.Fail(assessments.Failure{
		Message: "Helm keeps one revision of its release alone: there is nothing to go back to.",
		Evidence: []assessments.Evidence{
			{What: "release " + w.HelmRelease, Value: fmt.Sprintf("deployed %d times, one revision kept", release.Revisions[0].Revision)},
		},
		Expected: "at least one previous revision",
		Mend: assessments.Mend{Text: fmt.Sprintf("Let Helm keep more revisions: --history-max, or what your tool calls it. Helm's own default is %d.",
			helmHistory())},
	})
}

// helmHistory is how many revisions Helm keeps by default, with the storage that it uses by default.
func helmHistory() int { return reference.HelmStorages()[0].MaxHistory }

// releaseOf finds the release of each workload.
func releaseOf(v assessments.View) map[*facts.Workload]*facts.Release {
	of := map[*facts.Workload]*facts.Release{}
	for _, r := range v.Delivered {
		for _, w := range r.Workloads {
			of[w] = r
		}
	}
	return of
}
