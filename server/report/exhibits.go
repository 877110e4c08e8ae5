package report

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
)

// rowsOfExhibit is how many rows of a table a report prints; the app shows more.
const rowsOfExhibit = 12

// writeExhibits says what the engines computed, each from a page of its own.
func writeExhibits(d *document, in Input) {
	for _, exhibit := range in.Exhibits {
		d.newPage()
		d.heading(1, exhibit.Title)
		d.paragraph(regular, 11, ink, exhibit.Lead)
		for _, part := range exhibit.Parts {
			d.keep(80)
			d.heading(2, part.Title)
			for _, text := range part.Text {
				d.paragraph(regular, 10, ink, text)
			}
			if part.Table != nil && len(part.Table.Rows) > 0 {
				writeExhibitTable(d, *part.Table)
			}
		}
		for _, source := range exhibit.Sources {
			d.paragraph(regular, 8.5, muted, "Source: "+source)
		}
	}
}

func writeExhibitTable(d *document, t engines.Table) {
	rows := t.Rows[:min(len(t.Rows), rowsOfExhibit)]
	d.table(d.fitColumns(t.Columns, rows), rows, 0)
	if more := len(t.Rows) - len(rows) + t.More; more > 0 {
		d.paragraph(regular, 9, muted, fmt.Sprintf("And %s in the app.", assessments.Counted(more, "more row")))
	}
}

// fitColumns shares the measure between columns by what stands in them: each gets what its longest cell needs, up to a bound, and
// what is left or lacking is shared alike.
func (d *document) fitColumns(titles []engines.Column, rows [][]string) []column {
	const widest = 190.0
	columns, natural, sum := make([]column, len(titles)), make([]float64, len(titles)), 0.0
	for i, title := range titles {
		natural[i] = d.width(semibold, 8, title.Title)
		for _, row := range rows {
			natural[i] = max(natural[i], d.width(faceOf(i == 0), cellSize, row[i]))
		}
		natural[i] = min(natural[i], widest) + 2*cellX + 1
		sum += natural[i]
	}
	for i, title := range titles {
		columns[i] = column{head: title.Title, width: natural[i] * measure / sum, bold: i == 0, right: title.Number}
	}
	return columns
}
