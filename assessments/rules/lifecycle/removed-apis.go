package lifecycle

import (
	"cmp"
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

var removedAPIs = assessments.Rule{
	ID:          "lifecycle/removed-apis",
	SubjectKind: "api",
	Effort:      assessments.EffortSetting,
	Judge:       judgeRemovedAPIs,
	Text: assessments.Text{
		Title: "Nothing in use is gone from the next minors",
		What: "In a cluster every version of an API that is asked for or written, by group, version and resource. Over files every object, by the " +
			"apiVersion that it is written in.",
		Why: "From the minor that drops a version on, every manifest, chart and client that still speaks it gets an error: deliveries stop, " +
			"controllers stop reconciling, and a Helm release whose stored manifest holds it can no longer be upgraded.",
		How: "An API is in use by one of four grounds, kept apart: the API server's own metric of requests to deprecated versions, the " +
			"last-applied configuration of objects, the manifests of Helm releases, and managedFields. Over files the written apiVersion counts. The " +
			"apiVersion of an object listed from the API proves nothing, since the server converts, and is never read.\n\n" +
			"It fails where the version is gone in the next minor or already (high), or up to the target (medium); by managedFields alone at most " +
			"medium. The target is `--target-version`, else the newest release; over files everything gone at the target is high. Removals are " +
			"those of the API's own lifecycle tags.\n\n" +
			"It passes with a note where managedFields alone speak of a version that the running server no longer serves: nobody can write by it any " +
			"more, and such entries are never cleaned up. Removals that are planned beyond the target pass. Unknown: objects of a kind that could not be listed; a planned removal at or before " +
			"the target, lists that differ on the target's minor, a kind without a row in a version that is gone for others, previews that the " +
			"reference does not hold; and in a cluster, who else asks for what, where the metric was not read (`--api-metrics`). Not applicable: " +
			"groups outside of Kubernetes, and formats of files that are no API (audit.k8s.io).",
		Evidence: "The last minor that serves it with its source, and each ground with its count, some objects and the managers that wrote.",
		Mend: "Write the object in the version that replaces it and apply it while the old one is still served. The finding says what else " +
			"changes. A merge patch can't change an apiVersion, so there is none.",
		Sources: []string{
			"Kubernetes documentation, Deprecated API Migration Guide: https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
			"Kubernetes, metric apiserver_requested_deprecated_apis: https://kubernetes.io/docs/reference/instrumentation/metrics/",
			"Reference data, removed-apis: lifecycle tags of k8s.io/api, beside them the lists of pluto and kube-no-trouble where they differ",
		},
		DoesNotCatch: "Clients that have asked nothing since the API server started, charts that nobody has installed, what objects refer to by a version (an " +
			"autoscaler's scaleTargetRef), and versions of custom " +
			"resources, which their own projects remove (lifecycle/crd-stored-versions).",
	},
}

const unknownCallers = "which versions clients ask for was not seen: the API server's own metric was not read (--api-metrics)"

func judgeRemovedAPIs(v assessments.View) []assessments.Outcome {
	target, known := targetMinor(v)
	if !known {
		return []assessments.Outcome{assessments.AboutCluster().Unknown("the reference knows no release on that day")}
	}
	if !v.Live() {
		return judgeFiles(v, target)
	}
	running, known := serverMinor(v)
	if !known {
		return []assessments.Outcome{assessments.AboutCluster().Unknown(serverUnread)}
	}
	target = max(target, running)
	uses := upgrade.Uses(v.Facts)
	outcomes := make([]assessments.Outcome, 0, len(uses)+1)
	for _, use := range uses {
		outcomes = append(outcomes, judgeUse(use, assessments.AboutAPI(use.APIVersion(), cmp.Or(use.Resource, use.Kind)), running, target))
	}
	if _, unseen := v.Unseen("api-metrics"); unseen {
		return append(outcomes, assessments.AboutCluster().Unknown(unknownCallers))
	}
	if kind, reason, refused := v.RefusedVersions(); refused {
		return append(outcomes, assessments.AboutCluster().Unknown(rules.Unread(kind, reason)))
	}
	return outcomes
}

func judgeFiles(v assessments.View, target reference.Minor) []assessments.Outcome {
	outcomes := make([]assessments.Outcome, 0, len(v.APIUses))
	for _, use := range upgrade.Uses(v.Facts) {
		o := assessments.AboutObject(*use.Object)
		switch j := use.At(target); j.Standing {
		case upgrade.Serves:
			o = o.Pass()
		case upgrade.Outside:
			o = o.NotApplicable(j.Why)
		case upgrade.Breaks:
			o = o.Fail(removedFailure(use, j, 0))
		default:
			o = o.Unknown(j.Why)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes
}

func judgeUse(use upgrade.Use, o assessments.Outcome, running, target reference.Minor) assessments.Outcome {
	j := use.At(target)
	switch {
	case j.Standing == upgrade.Serves:
		return o.Pass()
	case j.Standing == upgrade.Outside:
		return o.NotApplicable(j.Why)
	case j.Standing != upgrade.Breaks:
		return o.Unknown(j.Why)
	case !use.Strong() && use.Managed == 0:
		return o.PassNoted("gone later, and no ground was seen that it is in use")
	case !use.Strong() && use.At(running).Standing == upgrade.Breaks:
		return o.PassNoted("only managedFields of before speak of it: the running API server no longer serves it, so nobody writes by it")
	}
	severity := assessments.Severity(0)
	if !use.Strong() || use.At(min(running+1, target)).Standing != upgrade.Breaks {
		severity = assessments.Medium
	}
	return o.Fail(removedFailure(use, j, severity))
}

func removedFailure(use upgrade.Use, j upgrade.Judgement, severity assessments.Severity) assessments.Failure {
	row, _ := use.Row()
	expected := "no use of it"
	if row.Replacement != "" {
		expected = row.Replacement
	}
	j.Evidence = append(j.Evidence, use.Grounds()...)
	failure := failureOf(severity, j, expected)
	failure.Message = fmt.Sprintf("Kubernetes %s no longer serves %s.", row.RemovedIn, use.Name())
	return failure
}
