// Package markdown makes text of others inert in GitHub's Markdown.
package markdown

import (
	"strings"
	"unicode"
)

var escapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`,
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@<!-- -->", "#", `\#`, "://", ":<!-- -->//", "www.", "www<!-- -->.")

// Text makes text inert: no markup, no cell's end, no link, nobody called by name.
func Text(text string) string { return escapes.Replace(line(text)) }

// Code is text as code, in a table too.
func Code(text string) string {
	text = strings.ReplaceAll(line(text), "`", "'")
	return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
}

// line is text on one line, without what a reader can't see.
func line(text string) string {
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
