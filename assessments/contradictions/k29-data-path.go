package contradictions

import (
	"plimsoll/assessments"
	"plimsoll/assessments/engines/network"
)

var k29 = assessments.Pair{
	ID:        "K-29",
	Questions: []string{"N4"},
	Decisive:  true,
	Observes:  "kube-proxy's mode as configured, and network plugins that replace it.",
	Guard:     "A mode that stands in the configuration may have been chosen. Where a plugin replaces kube-proxy it only asks.",
	Look:      lookAtDataPath,
}

func lookAtDataPath(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "N4")
	}
	if name := network.Replacement(v.Facts); name != "" {
		return suggestive(saw("N4", "", evidence("data path", "%s in kube-proxy's place", name)))
	}
	proxy := network.KubeProxy(v.Facts)
	if proxy == nil || !proxy.ModeKnown {
		return cannotSee("kube-proxy's configuration was not read", "N4")
	}
	count := network.CountServiceRules(v.Services)
	seen := []assessments.Evidence{evidence("kube-proxy's mode", "%s", proxy.Mode), evidence("services", "%d", len(v.Services))}
	if proxy.Mode == "" {
		seen[0] = evidence("kube-proxy's mode", "not set: the default holds")
	}
	if proxy.Mode == "" || proxy.Mode == "iptables" {
		seen = append(seen, evidence("NAT rules by the formula", "%d on every node", count.NATRules))
	}
	if proxy.Mode == "" {
		return []assessments.Sight{saw("N4", atMost(v, "N4.c"), seen...)}
	}
	return []assessments.Sight{saw("N4", atMost(v, "N4.a"), seen...)}
}
