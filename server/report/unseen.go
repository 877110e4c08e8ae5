package report

import "fmt"

const mostUnseen = 60

// writeUnseen says what could not be seen, and why.
func writeUnseen(d *document, in Input) {
	d.newPage()
	d.heading(1, "What we could not see")
	blind := in.Assessment.CouldNotSee
	if len(blind) == 0 {
		d.paragraph(regular, 10, ink, "Nothing that counts stayed out of sight.")
		return
	}
	d.paragraph(regular, 10, muted, "What is not known widens the range of a score. It is never counted as good, and never in silence as bad.")
	rows := make([][]string, 0, len(blind))
	for k, b := range blind {
		if k == mostUnseen {
			break
		}
		subjects := ""
		if b.Subjects > 0 {
			subjects = fmt.Sprint(b.Subjects)
		}
		title := b.Title
		if title == "" {
			title = b.What
		}
		rows = append(rows, []string{title, b.Why, subjects})
	}
	d.table([]column{{head: "What", width: 178, bold: true}, {head: "Why", width: measure - 178 - 62}, {head: "Subjects", width: 62, right: true}}, rows, 0)
	if len(blind) > mostUnseen {
		d.paragraph(regular, 9, muted, fmt.Sprintf("And %d more in the app.", len(blind)-mostUnseen))
	}
}
