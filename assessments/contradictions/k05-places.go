package contradictions

import "plimsoll/assessments"

var k05 = assessments.Pair{
	ID:        "K-05",
	Questions: []string{"G6"},
	Observes:  "Regions and providers of the nodes, over all platforms of the organization.",
	Guard:     "A place that was never uploaded can't be seen: it only asks.",
	Look:      lookAtPlaces,
}

func lookAtPlaces(v assessments.PairView) []assessments.Sight {
	if !v.Live() {
		return cannotSee(fromFiles, "G6")
	}
	if reason, refused := v.Refused("nodes"); refused {
		return cannotSee("the collector could not read nodes ("+reason+")", "G6")
	}
	if len(v.Siblings) == 0 {
		return notChecked("this is the only platform that was uploaded", "G6")
	}
	places := map[string]struct{}{}
	for _, n := range v.Nodes {
		if n.Region != "" {
			places[n.ProviderScheme+"/"+n.Region] = struct{}{}
		}
	}
	for _, sibling := range v.Siblings {
		if sibling.Region != "" {
			places[sibling.Provider+"/"+sibling.Region] = struct{}{}
		}
	}
	if len(places) == 0 {
		return cannotSee("the nodes name no region", "G6")
	}
	seen := []assessments.Evidence{evidence("platforms seen", "%d", len(v.Siblings)+1), evidence("places seen", "%d", len(places))}
	if claims(v, "G6.a", "G6.b") && len(places) == 1 {
		return []assessments.Sight{asks("G6", "All platforms that were uploaded run in one region. Is one missing?", seen...)}
	}
	return []assessments.Sight{saw("G6", "", seen...)}
}
