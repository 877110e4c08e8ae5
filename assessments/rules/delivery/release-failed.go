package delivery

import (
	"fmt"
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

var releaseFailed = assessments.Rule{
	ID:          "delivery/release-failed",
	SubjectKind: "release",
	Effort:      assessments.EffortChange,
	Judge: func(v assessments.View) []assessments.Outcome {
		return withUnseen(v, overReleases(v, func(r *facts.Release, o assessments.Outcome) assessments.Outcome {
			if r.Labelled() {
				return o.Unknown("only the labels of its workloads tell of it: how its last deployment ended was not seen")
			}
			if answered, done := rules.OnlyLive(v, o); done {
				return answered
			}
			return judgeFailed(v, r, o)
		}))
	},
	Text: assessments.Text{
		Title: "The newest revision of every release was deployed",
		What:  "The state of the newest revision of Helm releases, of Flux's objects and of Argo CD's applications.",
		Why: "A release that failed half-way is neither the old version nor the new one. One that is pending blocks every further deployment, " +
			"the urgent mend too, and mostly nobody knows until that day.",
		How: "Fails where the newest revision of a Helm release failed, or has been pending for over an hour; where a HelmRelease or " +
			"Kustomization of Flux is not ready; and where the last operation of an application of Argo CD failed. Medium where an application was out of sync in " +
			"two snapshots, and all between them, that are over an hour apart.\n\n" +
			"The newest revision is the one with the highest number: a failed upgrade leaves the one before it standing as deployed.\n\n" +
			"Not applicable: suspended and uninstalled releases, the platform's own. Unknown: a deployment under way, an application that is out of sync for the " +
			"first time, releases told by labels alone, files without a cluster, and releases that could not be read.",
		Evidence: "The revision with its status and since when, or the condition with its reason.",
		Mend: "Find out why (`helm history`, `kubectl describe`), mend it and deploy again. A pending release that nothing works on is " +
			"taken back with `helm rollback` to the last revision that was deployed.",
		Sources: []string{
			"Helm source, pkg/release/common/status.go, by the reference file helm.yaml",
			"Helm documentation, helm history: https://helm.sh/docs/helm/helm_history/",
			"Flux documentation, Helm Releases: https://fluxcd.io/flux/components/helm/helmreleases/",
			"Argo CD documentation, Sync Phases and Status: https://argo-cd.readthedocs.io/en/stable/user-guide/",
		},
		DoesNotCatch: "Releases that Helm keeps in an SQL database, which leave nothing in the cluster. A release that was deployed and does not work.",
	},
}

const stuckAfter = time.Hour

func judgeFailed(v assessments.View, r *facts.Release, o assessments.Outcome) assessments.Outcome {
	if r.Suspended {
		return o.NotApplicable("it is suspended")
	}
	switch r.Tool {
	case "flux":
		return judgeReady(r, o)
	case "argocd":
		return judgeSync(v, r, o)
	}
	return judgeStatus(v, r, o)
}

// judgeStatus judges a release of Helm's by the status of its newest revision.
func judgeStatus(v assessments.View, r *facts.Release, o assessments.Outcome) assessments.Outcome {
	status, known := reference.HelmStatusOf(r.Status)
	switch {
	case !known || r.Status == "unknown":
		return o.Unknown("its newest revision tells no status that is known")
	case !status.Deducts() && (status.Broken || status.Pending):
		return o.Unknown(status.Doubt())
	case r.Status == "uninstalled":
		return o.NotApplicable("it is uninstalled")
	case status.Pending && r.UpdatedAt == nil:
		return o.Unknown("a deployment is under way, and since when was not seen")
	case status.Pending && v.TakenAt.Sub(*r.UpdatedAt) <= stuckAfter:
		return o.Unknown("a deployment is under way")
	case !status.Broken && !status.Pending:
		return o.Pass()
	}
	failure := assessments.Failure{
		Message:  "Its newest revision failed: what runs is neither the old version nor the new one.",
		Evidence: []assessments.Evidence{{What: "newest revision", Value: revisionWords(r)}},
		Expected: "the newest revision is deployed",
		Mend: assessments.Mend{Text: fmt.Sprintf("See what went wrong (helm history %[1]s -n %[2]s), mend it and deploy again, or take it back "+
			"(helm rollback %[1]s -n %[2]s).", r.Name, r.Namespace)},
	}
	if status.Pending {
		failure.Message = "Its newest revision has been pending for over an hour: nothing can be deployed over it."
		failure.Mend.Text = fmt.Sprintf("Make sure that nothing works on it any more, then take it back to the last revision that was deployed "+
			"(helm rollback %[1]s -n %[2]s), and deploy again.", r.Name, r.Namespace)
	}
	return o.Fail(failure)
}

func revisionWords(r *facts.Release) string {
	text := fmt.Sprintf("%d, %s", r.Revision, r.Status)
	if r.UpdatedAt != nil {
		text += " since " + r.UpdatedAt.UTC().Format("2006-01-02 15:04") + " UTC"
	}
	return text
}

// judgeReady judges what Flux delivers by its condition Ready.
func judgeReady(r *facts.Release, o assessments.Outcome) assessments.Outcome {
	switch r.Ready {
	case "True":
		return o.Pass()
	case "False":
	case "Unknown":
		return o.Unknown("Flux is at work on it")
	default:
		return o.Unknown("it says nothing of whether it is ready")
	}
	value := "False"
	if r.ReadyReason != "" {
		value += " (" + r.ReadyReason + ")"
	}
	if r.ReadySince != nil {
		value += " since " + r.ReadySince.UTC().Format("2006-01-02 15:04") + " UTC"
	}
	return o.Fail(assessments.Failure{
		Message:  "Flux could not bring it to what the repository says.",
		Evidence: []assessments.Evidence{{What: "condition Ready", Value: value}},
		Expected: "the condition Ready is True",
		Mend: assessments.Mend{Text: fmt.Sprintf("Read why (kubectl describe %s %s -n %s), mend it in the repository and let Flux reconcile.",
			strings.ToLower(r.ObjectKind), r.Name, r.Namespace)},
	})
}

// judgeSync judges an application of Argo CD by its last operation, and by how long it has been out of sync.
func judgeSync(v assessments.View, r *facts.Release, o assessments.Outcome) assessments.Outcome {
	mend := assessments.Mend{Text: fmt.Sprintf("See what differs (argocd app diff %[1]s), mend it in the repository and sync (argocd app sync %[1]s).", r.Name)}
	if r.Status == "Failed" || r.Status == "Error" {
		return o.Fail(assessments.Failure{
			Message:  "The last operation of Argo CD on it failed.",
			Evidence: []assessments.Evidence{{What: "last operation", Value: r.Status}},
			Expected: "the last operation succeeded",
			Mend:     mend,
		})
	}
	switch r.Sync {
	case "Synced":
		return o.Pass()
	case "OutOfSync":
	default:
		return o.Unknown("whether it is in sync is not known to Argo CD itself")
	}
	since, seen := outOfSyncSince(v, r)
	if !seen {
		return o.Unknown("it is out of sync; whether for over an hour, an earlier snapshot would tell")
	}
	if v.TakenAt.Sub(since) <= stuckAfter {
		return o.Unknown("it is out of sync, by the snapshots not for over an hour yet")
	}
	return o.Fail(assessments.Failure{
		Severity: assessments.Medium,
		Message:  "It has been out of sync for over an hour: the cluster runs something else than the repository says.",
		Evidence: []assessments.Evidence{
			{What: "out of sync", Value: "now, and in every snapshot since " + since.UTC().Format("2006-01-02 15:04") + " UTC"},
		},
		Expected: "in sync within the hour",
		Mend:     mend,
	})
}

// outOfSyncSince is when the first of the unbroken row of snapshots was taken in which the application is out of sync; false where
// the one before this says otherwise or there is none.
func outOfSyncSince(v assessments.View, r *facts.Release) (since time.Time, seen bool) {
	key := assessments.KeyOfRelease(*r.Release)
	for i := len(v.History) - 1; i >= 0; i-- {
		if !v.History[i].TakenAt.Before(v.TakenAt) {
			continue
		}
		if v.History[i].Releases[key].Sync != "OutOfSync" {
			break
		}
		since, seen = v.History[i].TakenAt, true
	}
	return since, seen
}
