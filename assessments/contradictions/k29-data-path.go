package contradictions

import "plimsoll/assessments"

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
	for _, n := range v.Networks {
		if n.ReplacesKubeProxy != nil && *n.ReplacesKubeProxy {
			return suggestive(saw("N4", "", evidence("data path", "%s in kube-proxy's place", n.Name)))
		}
	}
	for _, n := range v.Networks {
		if n.Component != "kube-proxy" || !n.ModeKnown {
			continue
		}
		services := evidence("services", "%d", len(v.Services))
		if n.Mode == "" {
			return []assessments.Sight{saw("N4", atMost(v, "N4.c"), evidence("kube-proxy's mode", "not set: the default holds"), services)}
		}
		return []assessments.Sight{saw("N4", atMost(v, "N4.a"), evidence("kube-proxy's mode", "%s", n.Mode), services)}
	}
	return cannotSee("kube-proxy's configuration was not read", "N4")
}
