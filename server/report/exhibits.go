package report

import (
	"fmt"
	"strings"

	"plimsoll/assessments/engines"
	"plimsoll/web/drawing"
)

// rowsOfExhibit is how many rows of a table a report prints; the app shows more.
const rowsOfExhibit = 12

// writeExhibits says what the engines computed, each from a page of its own where it says more than a few lines.
func writeExhibits(d *document, in Input) {
	for _, exhibit := range in.Exhibits {
		d.section()
		d.heading(1, exhibit.Title)
		d.paragraph(regular, 11, ink, exhibit.Lead)
		for _, part := range exhibit.Parts {
			d.keep(150)
			d.heading(2, part.Title)
			for _, text := range part.Text {
				d.paragraph(regular, 10, ink, text)
			}
			if part.Picture != nil {
				drawPicture(d, *part.Picture)
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

// Figures of one part of an exhibit that a report draws; the table below names all.
const figuresOfPart = 4

// drawPicture draws the gravest of a part, small ones in pairs.
func drawPicture(d *document, picture engines.Picture) {
	scenes := drawing.Of(picture, 560, figuresOfPart)
	if picture.Starts != nil {
		scenes = scenes[:min(len(scenes), 1)]
	}
	for len(scenes) > 0 {
		row, width := scenes[:1], measure
		if scenes[0].Width < 500 {
			row, width = scenes[:min(len(scenes), 2)], (measure-16)/2
		}
		height := 0.0
		for _, scene := range row {
			height = max(height, scene.Height*width/scene.Width)
		}
		d.keep(height + 12)
		for i, scene := range row {
			d.figure(scene, left+float64(i)*(width+16), d.y, width)
		}
		d.y += height + 12
		scenes = scenes[len(row):]
	}
}

func writeExhibitTable(d *document, t engines.Table) {
	rows := t.Rows[:min(len(t.Rows), rowsOfExhibit)]
	d.table(d.fitColumns(t.Columns, rows), rows, 0)
	if more := len(t.Rows) - len(rows) + t.More; more > 0 {
		d.paragraph(regular, 9, muted, fmt.Sprintf("And %s%s.", counted(more, "more row"), d.elsewhere()))
	}
}

// fitColumns shares the measure between columns by what stands in them. A column that needs no more than an even share gets what
// it needs; each of the wide ones gets its longest word, and then a share of the rest.
func (d *document) fitColumns(titles []engines.Column, rows [][]string) []column {
	columns := make([]column, len(titles))
	even := measure / float64(len(titles))
	rest := measure
	var wide []int
	for i, title := range titles {
		need, word := d.width(semibold, 8, title.Title), 0.0
		for _, row := range rows {
			need = max(need, d.width(faceOf(i == 0), cellSize, row[i]))
			for _, w := range strings.Fields(row[i]) {
				word = max(word, d.width(faceOf(i == 0), cellSize, w))
			}
		}
		width := need + 2*cellX + 1
		if width > even {
			width = min(word+2*cellX+1, even)
			wide = append(wide, i)
		}
		columns[i] = column{head: title.Title, width: width, bold: i == 0, right: title.Number}
		rest -= width
	}
	for _, i := range wide {
		columns[i].width += rest / float64(len(wide))
	}
	if len(wide) == 0 {
		columns[len(columns)-1].width += rest
	}
	return columns
}
