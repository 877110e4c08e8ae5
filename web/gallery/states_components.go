package main

import (
	"plimsoll/assessments/engines"
	"plimsoll/assessments/questionnaire"
	"plimsoll/web"
)

// componentStates are the page of the parts: by itself, and for whoever may only read.
func componentStates() []state {
	var probes questionnaire.Section
	for _, section := range questionnaire.Current().Sections {
		if section.ID == questionnaire.Probes {
			probes = section
		}
	}
	question := forms(probes)[0]
	page := web.ComponentsPage{Shell: shell("Components", ""), Long: longName,
		Result:   web.ResultPage{Shell: shell("Components", ""), Assessment: assessed(), Questions: questionTexts, Findings: findingList()},
		Cards:    platformCards(),
		Question: question,
		Section:  web.SectionPage{Shell: shell("Components", ""), ID: probes.ID, Heading: probes.Title},
		Table: engines.Table{Columns: []engines.Column{{Title: "Node"}, {Title: "Entries", Number: true}, {Title: "Most", Number: true}, {Title: "Read by"}},
			Rows: [][]string{{"edge-1", "167,012", "262,144", "plimsoll-collect node"}, {longName, "12", "262,144", "not known"}}, More: 3}}
	looking := page
	looking.Viewer = viewer("viewer")
	looking.Section.Shell = looking.Shell
	return []state{{"components", web.Components(page)}, {"components-viewer", web.Components(looking)}}
}
