// Package terminal is how commands speak to a person: coloured and with drawings on a terminal, plain text elsewhere. Text from outside
// is made inert before it is printed.
package terminal

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	"plimsoll/assessments"
)

// Style is how text looks.
type Style struct {
	Colour bool
	Bars   bool // drawings, for eyes at a terminal
	Width  int  // columns to wrap at; 0: lines are left whole
}

// StyleFor is the style for where a result goes. NO_COLOR, TERM=dumb and noColor take the colour away and nothing else.
func StyleFor(w io.Writer, noColor bool) Style {
	file, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return Style{}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width < 60 {
		width = 80
	}
	return Style{Colour: !noColor && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", Bars: true, Width: min(width, 120)}
}

// Printer writes lines; the first error is kept and returned at the end.
type Printer struct {
	w *bufio.Writer
	Style
}

// NewPrinter prints to w.
func NewPrinter(w io.Writer, s Style) *Printer { return &Printer{bufio.NewWriter(w), s} }

// Line prints one line.
func (p *Printer) Line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	blank := len(text) - len(strings.TrimLeft(text, "\n "))
	fmt.Fprintln(p.w, text[:blank]+inert(text[blank:]))
}

// inert keeps a line from being a command to the CI server that prints it: of GitHub (::error::, ##[error]) or Azure (##vso[…]).
func inert(line string) string {
	if strings.HasPrefix(line, "::") {
		line = ":\u200b" + line[1:]
	}
	return strings.ReplaceAll(line, "##", "#\u200b#")
}

// Section opens a part of the output.
func (p *Printer) Section(title string) { p.Line("\n%s", p.Bold(title)) }

// Wrapped prints text behind a head, on a terminal broken at words with the rest below its first column.
func (p *Printer) Wrapped(head, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(head))
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph == "" {
			continue
		}
		lines := []string{paragraph}
		if p.Width > 0 {
			lines = Wrap(paragraph, max(p.Width-len(indent), 30))
		}
		for _, line := range lines {
			p.Line("%s%s", head, line)
			head = indent
		}
	}
}

// Close writes what is left and returns the first error.
func (p *Printer) Close() error {
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// Paint colours text by an ANSI code.
func (p *Printer) Paint(code, text string) string {
	if !p.Colour || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Bold is for what is read first, Dim for what may be passed over.
func (p *Printer) Bold(text string) string { return p.Paint("1", text) }

// Dim is the counterpart of Bold.
func (p *Printer) Dim(text string) string { return p.Paint("2", text) }

// Severity is a severity in its colour, eight columns wide.
func (p *Printer) Severity(s assessments.Severity) string {
	code := map[assessments.Severity]string{assessments.Critical: "1;31", assessments.High: "31", assessments.Medium: "33", assessments.Low: "36"}[s]
	return p.Paint(code, fmt.Sprintf("%-8s", s))
}

// Band is a band of the load line in its colour, in a plain word and by its name.
func (p *Printer) Band(b assessments.Band) string {
	code := map[assessments.Band]string{
		assessments.Submerged: "1;31", assessments.LowFreeboard: "33", assessments.SeaworthyWithConditions: "36", assessments.Seaworthy: "1;32",
	}[b]
	return p.Paint(code, b.Plain()) + p.Dim(" ("+b.Title()+")")
}

// Clean makes text from outside inert: no control characters, no marks that turn the direction of writing.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
}

// Listed names a few and counts the rest.
func Listed(names []string) string {
	const most = 4
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// Wrap breaks text at words into lines of at most width columns, as far as its words allow; what fits stays as it is.
func Wrap(text string, width int) []string {
	if utf8.RuneCountInString(text) <= width {
		return []string{text}
	}
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
