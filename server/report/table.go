package report

// column of a table. Right-aligned columns hold figures.
type column struct {
	head  string
	width float64
	bold  bool
	right bool
}

const (
	cellSize, cellLine = 8.8, 11.8
	cellX, cellY       = 6.0, 4.5
	headHeight         = 19.0
)

// table prints rows under a head that is repeated on each page; a row never breaks. The last rows given as total are set bold.
func (d *document) table(columns []column, rows [][]string, totals int) {
	d.keep(headHeight + 48)
	d.open("Table")
	d.tableHead(columns, false)
	for k, row := range rows {
		bold := k >= len(rows)-totals
		cells, height := d.cells(columns, row)
		if d.y+height > pageHeight-bottom {
			d.newPage()
			d.tableHead(columns, true)
		}
		d.ornament(func() {
			if bold {
				d.box(left, d.y, measure, height, wash)
			} else if k%2 == 1 {
				d.box(left, d.y, measure, height, zebra)
			}
			d.box(left, d.y+height-0.5, measure, 0.5, hairline)
		})
		d.open("TR")
		x := left
		for i, c := range columns {
			d.tagged("TD", func() { d.cell(c, x, cells[i], c.bold || bold) })
			x += c.width
		}
		d.close()
		d.y += height
	}
	d.close()
	d.y += 14
}

func (d *document) cells(columns []column, row []string) ([][]string, float64) {
	cells, most := make([][]string, len(columns)), 1
	for i, c := range columns {
		cells[i] = d.wrap(faceOf(c.bold), cellSize, c.width-2*cellX, row[i])
		most = max(most, len(cells[i]))
	}
	return cells, float64(most)*cellLine + 2*cellY
}

func (d *document) cell(c column, x float64, lines []string, bold bool) {
	for k, line := range lines {
		at := x + cellX
		if c.right {
			at = x + c.width - cellX - d.width(faceOf(bold), cellSize, line)
		}
		d.text(at, d.y+cellY+8.8+float64(k)*cellLine, faceOf(bold), cellSize, ink, line)
	}
}

// tableHead prints the head; repeated on a later page it is an ornament.
func (d *document) tableHead(columns []column, repeated bool) {
	d.ornament(func() { d.box(left, d.y, measure, headHeight, wash) })
	draw := func(c column, x float64) {
		at := x + cellX
		if c.right {
			at = x + c.width - cellX - d.width(semibold, 8, c.head)
		}
		d.text(at, d.y+12.6, semibold, 8, muted, c.head)
	}
	x := left
	if !repeated {
		d.open("TR")
	}
	for _, c := range columns {
		if repeated {
			d.ornament(func() { draw(c, x) })
		} else {
			d.open("TH")
			d.tags.current.scope = "Column"
			d.mark(func() { draw(c, x) })
			d.close()
		}
		x += c.width
	}
	if !repeated {
		d.close()
	}
	d.y += headHeight
}

func faceOf(bold bool) face {
	if bold {
		return semibold
	}
	return regular
}
