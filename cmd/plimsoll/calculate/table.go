package calculate

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"plimsoll/assessments/engines"
	"plimsoll/cmd/plimsoll/terminal"
)

// table is an engine's table on its way to a person.
type table struct{ *engines.Table }

// leastCell is the narrowest that a column is made to fit a terminal.
const leastCell = 12

// gap stands before each column.
const gap = "  "

// write prints the table. On a terminal the widest columns give way and their cells are broken at words; elsewhere a row is one line, so
// that it can be searched.
func (t table) write(p *terminal.Printer) {
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Title
	}
	rows := append([][]string{head}, t.Rows...)
	widths := make([]int, len(t.Columns))
	for _, row := range rows {
		for i := range t.Columns {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell(row, i)))
		}
	}
	if p.Width > 0 {
		fit(widths, p.Width-len(gap)*len(widths))
	}
	for n, row := range rows {
		for _, line := range t.lines(row, widths) {
			if n == 0 {
				line = p.Bold(line)
			}
			p.Line("%s", line)
		}
	}
	if t.More > 0 {
		p.Line("  %s", p.Dim(fmt.Sprintf("… and %d more", t.More)))
	}
}

func cell(row []string, i int) string {
	if i >= len(row) {
		return ""
	}
	return terminal.Clean(row[i])
}

// fit takes from the widest column until all of them fit.
func fit(widths []int, room int) {
	for {
		sum, widest := 0, 0
		for i, width := range widths {
			sum += width
			if width > widths[widest] {
				widest = i
			}
		}
		if sum <= room || widths[widest] <= leastCell {
			return
		}
		widths[widest]--
	}
}

// lines are a row's lines: as many as its longest cell needs.
func (t table) lines(row []string, widths []int) []string {
	broken, most := make([][]string, len(widths)), 0
	for i, width := range widths {
		broken[i] = terminal.Wrap(cell(row, i), width)
		most = max(most, len(broken[i]))
	}
	lines := make([]string, most)
	for k := range lines {
		var b strings.Builder
		for i, width := range widths {
			text := ""
			if k < len(broken[i]) {
				text = broken[i][k]
			}
			pad := strings.Repeat(" ", max(width-utf8.RuneCountInString(text), 0))
			if t.Columns[i].Number {
				text = pad + text
			} else {
				text += pad
			}
			b.WriteString(gap + text)
		}
		lines[k] = strings.TrimRight(b.String(), " ")
	}
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}
