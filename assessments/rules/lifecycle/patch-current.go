package lifecycle

import (
	"fmt"
	"slices"

	"plimsoll/assessments"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

// patchesBehind is how many patches a control plane may be behind; the figure is ours.
const patchesBehind = 3

var patchCurrent = assessments.Rule{
	ID:          "lifecycle/patch-current",
	SubjectKind: "cluster",
	Effort:      assessments.EffortChange,
	Judge:       judgePatch,
	Text: assessments.Text{
		Title: "The control plane has the patches of its minor",
		What:  "The API server's patch, against the newest known patch of the same minor.",
		Why: "A patch of Kubernetes holds nothing but fixes, of security holes above all, and comes about once a month. It needs no look at " +
			"APIs or skew: who doesn't take patches regularly has no practice for the minor upgrade either.",
		How: "Fails where the API server is more than three patches behind the newest of its own minor that the reference knows (the three " +
			"are ours). Judged only on days after that patch came out: before, the newest of that day is not known.\n\n" +
			"Unknown: files without a cluster, a version that can't be read, a minor that the reference does not hold or gives no day for. " +
			"Not applicable: a plan, and managed control planes, whose provider patches them.",
		Evidence: "The API server's version, the newest patch with its day and source.",
		Mend:     "Upgrade to the newest patch of the same minor, control plane first. Nothing in a manifest does it, so there is no patch.",
		Sources: []string{
			"Kubernetes, Patch Releases: https://kubernetes.io/releases/patch-releases/",
			"Reference data, kubernetes-releases: newest patch of each minor with its day",
		},
		DoesNotCatch: "Nodes whose kubelets lack patches, patches that a vendor carries back under a suffix of its own, and a minor that is out of " +
			"support altogether (lifecycle/version-supported): a recent patch is no support.",
	},
}

func judgePatch(v assessments.View) []assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return []assessments.Outcome{answered}
	}
	return []assessments.Outcome{patchOutcome(v, o)}
}

func patchOutcome(v assessments.View, o assessments.Outcome) assessments.Outcome {
	minor, known := serverMinor(v)
	switch {
	case isManaged(v):
		return o.NotApplicable("the provider patches the control plane")
	case !known:
		return o.Unknown(serverUnread)
	}
	row, listed := reference.ReleaseOf(minor)
	behind := row.LatestPatch - v.Cluster.Version.Patch
	switch {
	case !listed:
		return o.Unknown(fmt.Sprintf("the reference does not hold %s", minor))
	case row.LatestPatchDate.IsZero():
		return o.Unknown(fmt.Sprintf("the reference has no day for the newest patch of %s", minor))
	case !v.AsOf.After(row.LatestPatchDate.Time):
		return o.Unknown(fmt.Sprintf("the reference knows the newest patch of %s as of %s, and the day judged is not after it", minor, row.LatestPatchDate))
	case behind <= patchesBehind:
		return o.Pass()
	case !row.Deducts():
		return o.Unknown("the newest patch is in doubt: " + row.Doubt())
	}
	newest := fmt.Sprintf("%s.%d", minor, row.LatestPatch)
	failure := assessments.Failure{
		Message: fmt.Sprintf("It is %d patches behind %s, the newest of its minor since %s.", behind, newest, row.LatestPatchDate),
		Evidence: []assessments.Evidence{
			serverVersion(v), {What: "newest patch", Value: fmt.Sprintf("%s of %s (%s)", newest, row.LatestPatchDate, row.Source)}, judgedAt(v),
		},
		Expected: fmt.Sprintf("%s.%d or later", minor, row.LatestPatch-patchesBehind),
		Mend:     assessments.Mend{Text: fmt.Sprintf("Upgrade the control plane to %s with the tool that installed it, then the nodes.", newest)},
	}
	if slices.Contains(reference.StaleAt(v.AsOf), "kubernetes-releases") {
		failure.Evidence = append(failure.Evidence, assessments.Evidence{What: "the reference", Value: "is older than six months; there may be later patches"})
	}
	return o.Fail(failure)
}
