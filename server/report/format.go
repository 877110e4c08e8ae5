package report

import (
	"fmt"
	"io"
	"strings"
)

// Format is a form that a report comes in.
type Format string

// The formats. All but the PDFs hold the same sheets: the same tables in the same order.
const (
	Full     Format = "full"     // PDF
	Short    Format = "short"    // PDF of two pages
	Markdown Format = "markdown" // tables for a wiki or an issue
	CSV      Format = "csv"      // the findings, one row each
	JSON     Format = "json"     // the sheets for programs
	XLSX     Format = "xlsx"     // the sheets as a workbook
)

var formats = []struct {
	format                        Format
	extension, mediaType, inWords string
	write                         func(io.Writer, Input) error
}{
	{Full, ".pdf", "application/pdf", "The whole report, PDF", Write},
	{Short, "-short.pdf", "application/pdf", "Two pages for a meeting, PDF", WriteShort},
	{Markdown, ".md", "text/markdown; charset=utf-8", "Markdown, for a wiki or an issue", writeMarkdown},
	{CSV, "-findings.csv", "text/csv; charset=utf-8", "CSV: the findings, one row each", writeCSV},
	{JSON, ".json", "application/json", "JSON, for programs", writeJSON},
	{XLSX, ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Workbook, for a spreadsheet (xlsx)", writeXLSX},
}

// Formats lists every format.
func Formats() (all []Format) {
	for _, f := range formats {
		all = append(all, f.format)
	}
	return all
}

// ParseFormat reads a format by its name. The error lists them.
func ParseFormat(name string) (Format, error) {
	var names []string
	for _, f := range formats {
		if string(f.format) == name {
			return f.format, nil
		}
		names = append(names, string(f.format))
	}
	return "", fmt.Errorf("want one of %s, got %q", strings.Join(names, ", "), name)
}

// IsPDF reports whether the format shows the gravest findings of each rule alone; the others hold every one.
func (f Format) IsPDF() bool { return f == Full || f == Short }

// Extension is how a file of the format ends, such as "-short.pdf".
func (f Format) Extension() string {
	for _, known := range formats {
		if known.format == f {
			return known.extension
		}
	}
	return ""
}

// MediaType of the format.
func (f Format) MediaType() string {
	for _, known := range formats {
		if known.format == f {
			return known.mediaType
		}
	}
	return ""
}

// Words are what a person is offered the format as.
func (f Format) Words() string {
	for _, known := range formats {
		if known.format == f {
			return known.inWords
		}
	}
	return string(f)
}

// WriteAs writes the report in a format. The same input gives the same bytes in each.
func WriteAs(w io.Writer, format Format, in Input) error {
	for _, known := range formats {
		if known.format == format {
			return known.write(w, in)
		}
	}
	return fmt.Errorf("report: no format %q", format)
}
