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
	for _, part := range []struct {
		state   string
		waivers []assessments.Waiver
	}{{"in use", w.Used}, {"expired", w.Expired}, {"matches nothing", w.Unmatched}} {
		for _, waiver := range part.waivers {
			subject := fmt.Sprintf("%s/%s", orAny(waiver.Namespace), orAny(waiver.Name))
			rows = append(rows, []string{waiver.Rule, subject, waiver.Reason, waiver.Author, day(waiver.Until), part.state})
		}
	}
	d.table([]column{{head: "Rule", width: 96, bold: true}, {head: "Subject", width: 76}, {head: "Reason", width: measure - 96 - 76 - 58 - 56 - 44},
		{head: "By", width: 58}, {head: "Until", width: 56}, {head: "State", width: 44}}, rows, 0)
}

func orAny(glob string) string {
	if glob == "" {
		return "any"
	}
	return glob
}
