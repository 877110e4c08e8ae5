package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// writeCSV writes the findings as RFC 4180 has it, in UTF-8 without a byte-order mark: for programs, a workbook is for people. A text that
// a spreadsheet would take for a formula is written behind an apostrophe, as OWASP advises against CSV injection.
func writeCSV(w io.Writer, in Input) error {
	s := findingsSheet(in)
	out := csv.NewWriter(w)
	out.UseCRLF = true
	names := make([]string, len(s.Columns))
	for i, column := range s.Columns {
		names[i] = strings.ToLower(column.Name)
	}
	if err := out.Write(names); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	for _, row := range s.Rows {
		for i, cell := range row {
			if s.Columns[i].Kind == isText {
				row[i] = inert(cell)
			}
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// inert is a text that no spreadsheet computes: full-width signs count for some of them too.
func inert(text string) string {
	if trimmed := strings.TrimLeft(text, " \u00a0\u3000"); trimmed != "" && strings.ContainsRune("=+-@＝＋－＠", firstRune(trimmed)) {
		return "'" + text
	}
	return text
}

func firstRune(text string) rune {
	for _, r := range text {
		return r
	}
	return 0
}
