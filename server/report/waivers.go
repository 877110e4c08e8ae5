package report

import (
	"fmt"

	"plimsoll/assessments"
)

// writeWaivers lists what was accepted, by whom, and until when.
func writeWaivers(d *document, in Input) {
	w := in.Assessment.Waivers
	d.heading(1, "Waivers")
	if len(w.Used)+len(w.Expired)+len(w.Unmatched) == 0 {
		d.paragraph(regular, 10, ink, "No finding is waived.")
		return
	}
	var rows [][]string
	add := func(state string, waiver assessments.Waiver) {
		subject, until := fmt.Sprintf("%s/%s", orAny(waiver.Namespace), orAny(waiver.Name)), "annotated"
		if !waiver.Annotated {
			until = day(waiver.Until)
		}
		rows = append(rows, []string{waiver.Rule, subject, waiver.Reason, waiver.Author, until, state})
	}
	for _, waiver := range w.Used {
		add("in use", waiver)
	}
	for _, waiver := range w.Expired {
		add("expired", waiver)
	}
	for _, waiver := range w.Unmatched {
		add("idle: "+waiver.Why, waiver.Waiver)
	}
	d.table([]column{{head: "Rule", width: 96, bold: true}, {head: "Subject", width: 76}, {head: "Reason", width: measure - 96 - 76 - 58 - 56 - 64},
		{head: "By", width: 58}, {head: "Until", width: 56}, {head: "State", width: 64}}, rows, 0)
}

func orAny(glob string) string {
	if glob == "" {
		return "any"
	}
	return glob
}
