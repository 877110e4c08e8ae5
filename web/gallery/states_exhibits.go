package main

import (
	"plimsoll/assessments/engines"
	"plimsoll/web"
)

func exhibitStates() []state {
	exhibit := engines.Exhibit{
		ID: "probe", Title: engines.Title("probe"), Lead: "1 of 3 containers is killed before it can have recovered: streams/kafka · kafka starts over for ever.",
		Parts: []engines.Part{
			{Title: "Who is killed, and when", Text: []string{"Earliest and latest come from the kubelet's own rounding; recovery is what was declared or is known of the product."},
				Table: &engines.Table{Columns: []engines.Column{{Title: "Container"}, {Title: "Killed after", Number: true}, {Title: "Recovers in", Number: true}, {Title: "Verdict"}},
					Rows: [][]string{{"streams/kafka · kafka", "20–31 s", "600–1,800 s", "loops for ever"}, {"payments/ledger · app", "50–61 s", "25 s", "recovers"},
						{longName + "/" + longName + " · " + longName, "50–61 s", "not known", "not known"}}, More: 12}},
			{Title: "The mend", Text: []string{"A startup probe of 270 checks, one every 10 s, survives 2,700 s and reacts as fast as now afterwards."}},
		},
		Sources: []string{"Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/"},
	}
	page := web.ExhibitPage{Shell: shell("Probe simulator", web.TabEngines), ID: "probe", Exhibit: &exhibit, TakenAt: at(20, 6)}
	unknown := web.ExhibitPage{Shell: shell("Network forecast", web.TabEngines), ID: "network", TakenAt: at(20, 6),
		Exhibit: &engines.Exhibit{ID: "network", Title: engines.Title("network"), Lead: "Nothing can be forecast: no node gave its connection table, and the pod ranges are the provider's own."}}
	return []state{
		{"exhibit", web.Exhibit(page)}, {"exhibit-unknown", web.Exhibit(unknown)},
		{"exhibit-none", web.Exhibit(web.ExhibitPage{Shell: shell("JVM memory", web.TabEngines), ID: "heap"})},
	}
}
