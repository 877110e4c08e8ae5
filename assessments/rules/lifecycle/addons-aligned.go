package lifecycle

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/upgrade"
	"plimsoll/assessments/rules"
)

var addonsAligned = assessments.Rule{
	ID:          "lifecycle/addons-aligned",
	SubjectKind: "cluster",
	Effort:      assessments.EffortSetting,
	Judge:       judgeAddons,
	Text: assessments.Text{
		Title: "Cluster add-ons go with the control plane's version",
		What:  "kube-proxy, CoreDNS and etcd by their images' versions, each for itself, against the API server.",
		Why: "Add-ons are what a hurried upgrade forgets: the control plane moves, and DNS or the store behind it stays on a line that nobody has tried with " +
			"it. Each hop widens the gap.",
		How: "kube-proxy fails outside of its skew window around the API server. CoreDNS and etcd fail where their line (major and minor) is older than the " +
			"one that kubeadm installs with the running minor: such a pair is untested, never unsupported. Newer lines pass.\n\n" +
			"Unknown: files, an API server or an add-on whose version can't be read, a minor without a row, no add-on seen at all; and CoreDNS and etcd where " +
			"a provider or a distribution ships versions of its own. What was not seen is not judged. Not applicable: a plan.",
		Evidence: "The add-on's version, and what kubeadm installs with the minor or the skew window, with its source.",
		Mend:     "Bring the add-on to the version that belongs to the minor, with the tool that installed the cluster.",
		Sources: []string{
			"Kubernetes documentation, Version Skew Policy: https://kubernetes.io/releases/version-skew-policy/",
			"Kubernetes, kubeadm's constants CoreDNSVersion and DefaultEtcdVersion at each minor's tag: https://github.com/kubernetes/kubernetes/blob/master/cmd/kubeadm/app/constants/constants.go",
		},
		DoesNotCatch: "CoreDNS plugins that a newer version no longer knows, and add-ons beyond these three.",
	},
}

func judgeAddons(v assessments.View) []assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return []assessments.Outcome{answered}
	}
	minor, known := serverMinor(v)
	if !known {
		return []assessments.Outcome{o.Unknown(serverUnread)}
	}
	var outcomes []assessments.Outcome
	if proxy, judged := judgeProxySkew(v, o.Part("kube-proxy")); judged {
		outcomes = append(outcomes, proxy)
	}
	for _, addon := range []struct{ name, version string }{{"coredns", v.Cluster.CoreDNSImageVersion}, {"etcd", v.Cluster.EtcdImageVersion}} {
		if addon.version == "" {
			continue
		}
		about := o.Part(addon.name)
		switch j := upgrade.AddonAt(addon.name, addon.version, minor); {
		case upgrade.AddonsByVendor(v.Facts):
			about = about.Unknown(fmt.Sprintf("%s ships and tests a version of its own", v.Provisioner()))
		case j.Standing == upgrade.Untested:
			about = about.Fail(failureOf(assessments.Medium, j, "the line that belongs to "+minor.String()+", or a newer one"))
		case j.Standing == upgrade.Untold:
			about = about.Unknown(j.Why)
		default:
			about = about.Pass()
		}
		outcomes = append(outcomes, about)
	}
	if len(outcomes) == 0 {
		return []assessments.Outcome{o.Unknown("no add-on's version was seen")}
	}
	return outcomes
}
