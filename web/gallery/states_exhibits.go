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

// probePage is the probe simulator over the field report's platform.
func probePage() web.ExhibitPage {
	for _, exhibit := range exhibitsOfHarbour() {
		if exhibit.ID == "probe" {
			return web.ExhibitPage{Shell: shell(exhibit.Title, web.TabEngines), ID: exhibit.ID, Exhibit: &exhibit, TakenAt: at(20, 6)}
		}
	}
	panic("gallery: no probe simulator")
}

func exhibitsOfHarbour() []engines.Exhibit {
	records, err := snapshottest.Harbour()
	if err != nil {
		panic(fmt.Sprintf("gallery: %v", err))
	}
	return engines.Run(assessments.Input{Content: content.V1(), AsOf: today, Facts: facts.FromRecords(facts.Options{}, records...)})
}

// fillingNetwork is a forecast with what the field report's platform lacks: a declared peak and a history.
func fillingNetwork() engines.Exhibit {
	after := func(seconds int64) *int64 { return &seconds }
	return engines.Exhibit{ID: "network", Title: engines.Title("network"), Lead: "Nodes' pod ranges: 54 of 64 used, full on 2027-01-31.", Parts: []engines.Part{
		{Title: "At the peak you gave", Text: []string{"900 new connections a second."}, Picture: &engines.Picture{Floods: []engines.Flood{
			{Name: "edge-1", Arrivals: 900, Max: 262_144, Lifetimes: []engines.FloodState{{Words: "closed in order", Seconds: 120}, {Words: "left half closed", Seconds: 3600, FullAfter: after(292)}, {Words: "left open", Seconds: 86_400, FullAfter: after(292)}}}}}},
		{Title: "Addresses", Picture: &engines.Picture{Curves: []engines.Curve{
			{Name: "Nodes' pod ranges", Size: 64, PerMile: 6000, FillsOn: "2027-01-31", Grows: "2027-01-31", Points: []engines.CurvePoint{{Day: "2026-08-01", Count: 31}, {Day: "2026-09-15", Count: 40}, {Day: "2026-11-20", Count: 54}}},
			{Name: longName, Size: 1 << 48, PerMile: 1 << 40, Grows: "in more than ten years", Points: []engines.CurvePoint{{Day: "2026-08-01", Count: 1 << 40}, {Day: "2026-11-20", Count: 1 << 41}}}}}}}}
}

// exhibitStates are the engines over the field report's platform, as the server would show them.
func exhibitStates() []state {
	var all []state
	for _, exhibit := range exhibitsOfHarbour() {
		all = append(all, state{"exhibit-" + exhibit.ID, web.Exhibit(web.ExhibitPage{Shell: shell(exhibit.Title, web.TabEngines), ID: exhibit.ID, Exhibit: &exhibit, TakenAt: at(20, 6)})})
	}
	long := engines.Exhibit{ID: "probe", Title: engines.Title("probe"), Lead: "Of 1 container with a liveness or startup probe, 1 is killed: " + longName + ".",
		Parts: []engines.Part{{Title: "Who is killed, and when", Table: &engines.Table{Columns: []engines.Column{{Title: "Container"}, {Title: "Killed after", Number: true}, {Title: "Verdict"}},
			Rows: [][]string{{longName + "/" + longName + " · " + longName, "50–61 s", "not known"}}, More: 12}}}}
	unknown := engines.Exhibit{ID: "network", Title: engines.Title("network"), Lead: "Nothing can be forecast: only a running cluster tells how far its network is used."}
	filling, refused := fillingNetwork(), probePage()
	refused.Problem = "Give a recovery time from 1 to 3600 seconds."
	return append(all,
		state{"exhibit-fills", web.Exhibit(web.ExhibitPage{Shell: shell("Network forecast", web.TabEngines), ID: "network", Exhibit: &filling, TakenAt: at(20, 6)})},
		state{"exhibit-refused", web.Exhibit(refused)},
		state{"exhibit-long-name", web.Exhibit(web.ExhibitPage{Shell: shell("Probe simulator", web.TabEngines), ID: "probe", Exhibit: &long, TakenAt: at(20, 6)})},
		state{"exhibit-unknown", web.Exhibit(web.ExhibitPage{Shell: shell("Network forecast", web.TabEngines), ID: "network", Exhibit: &unknown, TakenAt: at(20, 6)})},
		state{"exhibit-none", web.Exhibit(web.ExhibitPage{Shell: shell("JVM memory", web.TabEngines), ID: "heap"})})
}
