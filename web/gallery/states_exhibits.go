package main

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/content"
	"plimsoll/assessments/engines"
	"plimsoll/assessments/facts"
	"plimsoll/assessments/snapshot/snapshottest"
	"plimsoll/web"
)

// exhibitStates are the engines over the field report's platform, as the server would show them.
func exhibitStates() []state {
	records, err := snapshottest.Harbour()
	if err != nil {
		panic(fmt.Sprintf("gallery: %v", err))
	}
	var all []state
	for _, exhibit := range engines.Run(assessments.Input{Content: content.V1(), AsOf: today, Facts: facts.FromRecords(facts.Options{}, records...)}) {
		all = append(all, state{"exhibit-" + exhibit.ID, web.Exhibit(web.ExhibitPage{Shell: shell(exhibit.Title, web.TabEngines), ID: exhibit.ID, Exhibit: &exhibit, TakenAt: at(20, 6)})})
	}
	long := engines.Exhibit{ID: "probe", Title: engines.Title("probe"), Lead: "Of 1 container with a liveness or startup probe, 1 is killed: " + longName + ".",
		Parts: []engines.Part{{Title: "Who is killed, and when", Table: &engines.Table{Columns: []engines.Column{{Title: "Container"}, {Title: "Killed after", Number: true}, {Title: "Verdict"}},
			Rows: [][]string{{longName + "/" + longName + " · " + longName, "50–61 s", "not known"}}, More: 12}}}}
	unknown := engines.Exhibit{ID: "network", Title: engines.Title("network"), Lead: "Nothing can be forecast: only a running cluster tells how far its network is used."}
	return append(all,
		state{"exhibit-long-name", web.Exhibit(web.ExhibitPage{Shell: shell("Probe simulator", web.TabEngines), ID: "probe", Exhibit: &long, TakenAt: at(20, 6)})},
		state{"exhibit-unknown", web.Exhibit(web.ExhibitPage{Shell: shell("Network forecast", web.TabEngines), ID: "network", Exhibit: &unknown, TakenAt: at(20, 6)})},
		state{"exhibit-none", web.Exhibit(web.ExhibitPage{Shell: shell("JVM memory", web.TabEngines), ID: "heap"})})
}
