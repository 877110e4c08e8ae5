package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"plimsoll/assessments"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

// warnDays is how long before the end of support the rule begins to warn. The figure is ours.
const warnDays = 60

var versionSupported = assessments.Rule{
	ID:          "lifecycle/version-supported",
	SubjectKind: "cluster",
	Effort:      assessments.EffortProject,
	Judge:       judgeSupport,
	Text: assessments.Text{
		Title: "The cluster runs a version that still gets security fixes",
		What:  "The API server's minor version, held against the end of its support at the day of the assessment.",
		Why: "After the end of support a published hole stays open. Every month of waiting adds hops to the upgrade, and each hop has its " +
			"own removed APIs.",
		How: "Fails after the end of support; in the 60 days before it, at medium (the 60 days are ours). Where the provider's own dates are " +
			"known (EKS, GKE, AKS) its standard support counts; past that, but inside the extended support that costs extra, is medium. " +
			"Else the project's own date counts, and the finding says so. A patch that was published after the end is no support.\n\n" +
			"Where the end is only estimated, or the version is newer than the reference, it never fails: it passes with a note, or is " +
			"unknown once the estimate is past or the reference is older than six months. Unknown too: files without a cluster, a version " +
			"that can't be read, and a day on which two sources differ. A plan: not applicable.",
		Evidence: "The server's version, the end of support with its source, and the day it is judged at.",
		Mend: "Upgrade the control plane one minor at a time to a supported one, then the nodes. Nothing in a manifest does it, so there is " +
			"no patch.",
		Sources: []string{
			"Kubernetes, Releases and their ends of support: https://kubernetes.io/releases/patch-releases/",
			"endoflife.date, for Kubernetes, Amazon EKS, Google Kubernetes Engine and Azure Kubernetes Service: https://endoflife.date/kubernetes",
			"Reference data, kubernetes-releases and managed-lifecycles: each date with its source",
		},
		DoesNotCatch: "Support that a vendor sells beyond the dates of the reference, and whether the newest patch is installed " +
			"(lifecycle/patch-current).",
	},
}

func judgeSupport(v assessments.View) []assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return []assessments.Outcome{answered}
	}
	if v.Cluster == nil || !v.Cluster.Version.Known() || v.Cluster.Version.Major != 1 {
		return []assessments.Outcome{o.Unknown("the API server's version could not be read")}
	}
	minor := reference.Minor(v.Cluster.Version.Minor)
	if row, known := reference.ManagedLifecycleOf(v.Provisioner(), minor); known && row.Deducts() {
		return []assessments.Outcome{judgeProviderSupport(v, o, row)}
	}
	return []assessments.Outcome{judgeUpstreamSupport(v, o, minor)}
}

func judgeProviderSupport(v assessments.View, o assessments.Outcome, row reference.ManagedLifecycle) assessments.Outcome {
	provider := strings.ToUpper(row.Provider)
	seen := []assessments.Evidence{
		serverVersion(v),
		{What: "standard support ends", Value: fmt.Sprintf("%s (%s)", row.StandardEnd, row.Source)},
		{What: "extended support ends", Value: row.ExtendedEnd.String()},
		judgedAt(v),
	}
	failure := assessments.Failure{Evidence: seen, Expected: expectedSupport(v.AsOf), Mend: supportMend(v)}
	switch {
	case v.AsOf.After(row.ExtendedEnd.Time):
		failure.Message = fmt.Sprintf("%s no longer supports this version at all, since %s.", provider, row.ExtendedEnd)
	case v.AsOf.After(row.StandardEnd.Time):
		failure.Severity = assessments.Medium
		failure.Message = fmt.Sprintf("It is past %s's standard support, since %s. Extended support lasts until %s and costs extra for every hour; "+
			"the provider's price list says how much.", provider, row.StandardEnd, row.ExtendedEnd)
	case endsSoon(v.AsOf, row.StandardEnd):
		failure.Severity = assessments.Medium
		failure.Message = fmt.Sprintf("%s's standard support of this version ends in %s, on %s.", provider, daysUntil(v.AsOf, row.StandardEnd), row.StandardEnd)
	default:
		return o.Pass()
	}
	return o.Fail(failure)
}

func judgeUpstreamSupport(v assessments.View, o assessments.Outcome, minor reference.Minor) assessments.Outcome {
	release, listed := reference.ReleaseOf(minor)
	if !listed {
		return judgeUnlisted(v, o, minor)
	}
	ended, sure := release.Ended(v.AsOf)
	failure := assessments.Failure{
		Evidence: []assessments.Evidence{
			serverVersion(v), {What: "support ends", Value: fmt.Sprintf("%s (%s)", release.EndOfLife, release.Source)}, judgedAt(v),
		},
		Expected: expectedSupport(v.AsOf), Mend: supportMend(v),
	}
	if v.Cluster.Managed != nil && *v.Cluster.Managed {
		failure.Evidence = append(failure.Evidence, assessments.Evidence{What: "whose date", Value: "the Kubernetes project's; the provider's own is not known"})
	}
	switch {
	case release.State == reference.Estimated && ended:
		return o.Unknown(fmt.Sprintf("support ended about %s by an estimate; no date was published when the reference was made", release.EndOfLife))
	case release.State == reference.Estimated:
		return o.PassNoted(fmt.Sprintf("support ends about %s by an estimate; no date is published", release.EndOfLife))
	case !sure:
		return o.Unknown(fmt.Sprintf("sources differ on whether support had ended: %s and %s", release.EndOfLife, release.EndOfLifeElsewhere))
	case !ended && !endsSoon(v.AsOf, release.EndOfLife):
		return o.Pass()
	case !release.Deducts():
		return o.Unknown("the end of support is in doubt: " + release.Doubt())
	case ended:
		failure.Message = fmt.Sprintf("The cluster's version has had no security fixes since %s.", release.EndOfLife)
	default:
		failure.Severity = assessments.Medium
		failure.Message = fmt.Sprintf("Support of this version ends in %s, on %s.", daysUntil(v.AsOf, release.EndOfLife), release.EndOfLife)
	}
	return o.Fail(failure)
}

// judgeUnlisted judges a minor that the table does not hold: newer than its newest row, or older than its oldest.
func judgeUnlisted(v assessments.View, o assessments.Outcome, minor reference.Minor) assessments.Outcome {
	all := reference.Releases()
	oldest := all[0]
	switch {
	case minor < oldest.Minor:
		return o.Fail(assessments.Failure{
			Message: fmt.Sprintf("The cluster's version has had no security fixes since before %s.", oldest.EndOfLife),
			Evidence: []assessments.Evidence{
				serverVersion(v), {What: "support of " + oldest.Minor.String() + ", which is newer, ended", Value: oldest.EndOfLife.String()}, judgedAt(v),
			},
			Expected: expectedSupport(v.AsOf), Mend: supportMend(v),
		})
	case slices.Contains(reference.StaleAt(v.AsOf), "kubernetes-releases"):
		return o.Unknown(minor.String() + " is newer than the reference, which is older than six months")
	}
	return o.PassNoted(minor.String() + " is newer than the reference; the end of its support is not known to it")
}

func endsSoon(asOf time.Time, end reference.Date) bool {
	return !asOf.AddDate(0, 0, warnDays).Before(end.Time)
}

func daysUntil(asOf time.Time, end reference.Date) string {
	return assessments.Counted(int(end.Sub(asOf)/(24*time.Hour)), "day")
}

func serverVersion(v assessments.View) assessments.Evidence {
	return assessments.Evidence{What: "API server", Value: v.Cluster.ServerVersion}
}

func judgedAt(v assessments.View) assessments.Evidence {
	return assessments.Evidence{What: "judged at", Value: v.AsOf.Format(time.DateOnly)}
}

func expectedSupport(asOf time.Time) string {
	supported := reference.SupportedAt(asOf)
	names := make([]string, len(supported))
	for i, minor := range supported {
		names[i] = minor.String()
	}
	return strings.TrimSuffix("a supported minor: "+strings.Join(names, ", "), ": ")
}

func supportMend(v assessments.View) assessments.Mend {
	next := reference.Minor(v.Cluster.Version.Minor + 1)
	return assessments.Mend{Text: fmt.Sprintf("Upgrade the control plane to %s next, one minor at a time, then the nodes; go on until the version is supported.", next)}
}
