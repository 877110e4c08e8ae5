package networking

import (
	"fmt"
	"math"

	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
	"plimsoll/assessments/reference"
	"plimsoll/assessments/rules"
)

// From how many NAT rules on the iptables mode is worth a finding. The figures are ours: Kubernetes names none.
const (
	manyNATRules    = 20_000
	tooManyNATRules = 100_000
)

var proxyMode = assessments.Rule{
	ID:            "networking/proxy-mode",
	SubjectKind:   "cluster",
	WorstSeverity: assessments.High,
	Effort:        assessments.EffortChange,
	Judge:         func(v assessments.View) []assessments.Outcome { return []assessments.Outcome{judgeMode(v)} },
	Text: assessments.Text{
		Title: "kube-proxy runs in a mode that lasts and carries the number of services",
		What:  "The mode of kube-proxy, and in iptables mode the number of NAT rules that the services make.",
		Why: "In iptables mode the first packet of each connection walks through rules that grow with services and pods, and each change " +
			"rewrites them: updates arrive late. A mode that is deprecated goes with an upgrade, and the change is then forced.",
		How: "In iptables mode, which is the default on Linux: 5 + for each service port with ready endpoints (3 × endpoints + 2), and 6 more " +
			"for a load balancer's port with an address and source ranges. More than 20,000 rules fail, more than 100,000 at high; both figures are ours. Any mode " +
			"that the running or the next minor deprecates fails: IPVS from 1.35. Plans for later minors decide nothing. Headless services and " +
			"those of type ExternalName cost nothing.\n\n" +
			"Not applicable: another component replaces kube-proxy; a plan. Unknown: files without a cluster, no configuration of kube-proxy " +
			"was seen, a mode that the reference does not know, services or endpoints that were not seen and could decide it.",
		Evidence: "The mode and where it comes from, the count of rules, services and ports, or the minor that deprecates the mode.",
		Mend: "Move to the nftables mode (stable from 1.33, Linux 5.13 or later on every node): `mode: nftables` in KubeProxyConfiguration, " +
			"then a rolling restart of kube-proxy, one node at a time. The configuration is a text inside a ConfigMap, so there is no patch.",
		Sources: []string{
			"kubernetes/kubernetes, pkg/proxy/iptables/number_generated_rules_test.go, to which the formula was fitted",
			"KEP-5495, deprecation of IPVS, and KEP-3866, nftables: https://github.com/kubernetes/enhancements",
			"Reference data, networking: each mode with its source",
		},
		DoesNotCatch: "Rules that network policies and the CNI add, and how often services change.",
	},
}

func judgeMode(v assessments.View) assessments.Outcome {
	o := assessments.AboutCluster()
	if answered, done := rules.OnlyLive(v, o); done {
		return answered
	}
	if name := replacement(v); name != "" {
		return o.NotApplicable(name + " does kube-proxy's work itself")
	}
	proxy := network.KubeProxy(v.Facts)
	if proxy == nil || !proxy.ModeKnown {
		return o.Unknown("the configuration of kube-proxy was not seen")
	}
	mode, seen := proxy.Mode, proxy.Mode
	if mode == "" {
		mode, seen = "iptables", "iptables (the default; none is configured)"
	}
	versionKnown := v.Cluster != nil && v.Cluster.Version.Known() && v.Cluster.Version.Major == 1
	row, ever := reference.ProxyModeDeprecated(mode, math.MaxInt)
	switch {
	case ever && !versionKnown:
		return o.Unknown("the API server's version could not be read, so whether it deprecates the mode can't be told")
	case ever && reference.Minor(v.Cluster.Version.Minor+1) >= row.DeprecatedIn:
		return o.Fail(deprecatedMode(v, seen, row))
	case !knownMode(mode):
		return o.Unknown(fmt.Sprintf("the reference does not know the mode %q", mode))
	case mode == "iptables":
		return judgeRules(v, o, seen)
	}
	return o.Pass()
}

func knownMode(mode string) bool {
	for _, row := range reference.NetworkingFigures().Modes {
		if row.Mode == mode && row.Deducts() {
			return true
		}
	}
	return false
}

func deprecatedMode(v assessments.View, seen string, row reference.ProxyMode) assessments.Failure {
	return assessments.Failure{
		Message: fmt.Sprintf("kube-proxy runs in a mode that Kubernetes %s deprecates.", row.DeprecatedIn),
		Evidence: []assessments.Evidence{
			{What: "mode of kube-proxy", Value: seen},
			{What: "deprecated in", Value: fmt.Sprintf("%s (%s)", row.DeprecatedIn, row.Source)},
			{What: "API server", Value: v.Cluster.ServerVersion},
		},
		Expected: "a mode that lasts: nftables, or iptables while the rules are few",
		Mend:     modeMend(),
	}
}

func judgeRules(v assessments.View, o assessments.Outcome, seen string) assessments.Outcome {
	if reason, unseen := v.Unseen("services"); unseen {
		return o.Unknown(rules.Unread("services", reason))
	}
	if !reference.NetworkingFigures().IPTables.Deducts() {
		return o.Unknown("the formula for the rules is in doubt")
	}
	count := network.CountServiceRules(v.Services)
	failure := assessments.Failure{
		Message: fmt.Sprintf("kube-proxy keeps about %d NAT rules on every node in iptables mode: changes arrive late.", count.NATRules),
		Evidence: []assessments.Evidence{
			{What: "mode of kube-proxy", Value: seen},
			{What: "NAT rules by the formula", Value: fmt.Sprint(count.NATRules)},
			{What: "counted", Value: fmt.Sprintf("%s, %s, %s", assessments.Counted(count.Services, "service"), assessments.Counted(int(count.Ports), "port"), assessments.Counted(int(count.ReadyEndpoints), "ready endpoint"))},
		},
		Expected: fmt.Sprintf("at most %d rules (our figure), or the nftables mode", manyNATRules),
		Mend:     modeMend(),
	}
	if count.UnseenServices > 0 {
		failure.Evidence = append(failure.Evidence, assessments.Evidence{What: "not counted", Value: assessments.Counted(count.UnseenServices, "service") + " whose endpoints were not seen"})
	}
	switch {
	case count.NATRules > tooManyNATRules:
		failure.Severity = assessments.High
		return o.Fail(failure)
	case count.NATRules > manyNATRules:
		return o.Fail(failure)
	case len(v.Scope) > 0:
		return o.Unknown(fmt.Sprintf("only some namespaces were collected; their services make %d NAT rules", count.NATRules))
	case count.UnseenServices > 0:
		return o.Unknown(fmt.Sprintf("the endpoints of %s were not seen; the others make %d NAT rules", assessments.Counted(count.UnseenServices, "service"), count.NATRules))
	}
	return o.Pass()
}

func modeMend() assessments.Mend {
	text := "Move to the nftables mode: mode: nftables in KubeProxyConfiguration, then restart kube-proxy one node at a time."
	for _, row := range reference.NetworkingFigures().Modes {
		if row.Mode == "nftables" && row.Deducts() {
			text += fmt.Sprintf(" It is stable from Kubernetes %s on and needs Linux %s on every node.", row.StableIn, row.KernelMin)
		}
	}
	return assessments.Mend{Text: text}
}
