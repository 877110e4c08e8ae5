package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"plimsoll/assessments/markdown"
)

// mostMarkdownRows bounds a table that is read on a page; CSV and workbook hold every row.
const mostMarkdownRows = 500

// writeMarkdown writes the sheets as tables of GitHub's Markdown. Texts of tenants are inert in it: no markup, nobody called by name.
func writeMarkdown(w io.Writer, in Input) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s · %s\n", markdown.Text(plain(in.Organization)), markdown.Text(plain(in.Platform)))
	for _, s := range sheetsOf(in) {
		fmt.Fprintf(out, "\n## %s\n", s.Title)
		if s.Note != "" {
			fmt.Fprintf(out, "\n%s\n", markdown.Text(s.Note))
		}
		if len(s.Rows) == 0 {
			if s.Note == "" {
				out.WriteString("\nNone.\n")
			}
			continue
		}
		kept := filled(s)
		out.WriteString("\n|")
		for _, i := range kept {
			fmt.Fprintf(out, " %s |", s.Columns[i].Name)
		}
		out.WriteString("\n|")
		for _, i := range kept {
			if s.Columns[i].Kind == isNumber {
				out.WriteString(" ---: |")
			} else {
				out.WriteString(" --- |")
			}
		}
		out.WriteString("\n")
		for n, row := range s.Rows {
			if n == mostMarkdownRows {
				fmt.Fprintf(out, "\n… and %s more: the CSV and the workbook hold them all.\n", grouped(len(s.Rows)-n))
				break
			}
			out.WriteString("|")
			for _, i := range kept {
				fmt.Fprintf(out, " %s |", markdown.Text(strings.TrimSpace(row[i])))
			}
			out.WriteString("\n")
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write Markdown: %w", err)
	}
	return nil
}

// filled are the columns that hold anything: an empty one only makes a table wide.
func filled(s sheet) (kept []int) {
	for i := range s.Columns {
		for _, row := range s.Rows {
			if row[i] != "" {
				kept = append(kept, i)
				break
			}
		}
	}
	return kept
}
