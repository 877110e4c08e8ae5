package web

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
)

// TicketText is a finding as the plain text of a ticket: title, object, evidence, mend and the way back here.
func TicketText(f assessments.Finding, address string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nObject: %s %s\nSeverity: %s\nRule: %s\n", ticketTitle(f), f.Subject.Kind, f.Subject, f.Severity, f.Rule)
	if f.Source.File != "" {
		fmt.Fprintf(&b, "Stands in: %s\n", placeWords(f.Source))
	}
	b.WriteString("\nWhat was seen:\n")
	for _, e := range f.Evidence {
		fmt.Fprintf(&b, "- %s: %s\n", e.What, e.Value)
	}
	if f.Expected != "" {
		fmt.Fprintf(&b, "- expected: %s\n", f.Expected)
	}
	if f.Mend.Text != "" {
		fmt.Fprintf(&b, "\nHow to mend it:\n%s\n", f.Mend.Text)
	}
	if f.Mend.Patch != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimRight(f.Mend.Patch, "\n"))
	}
	fmt.Fprintf(&b, "\n%s\n", address)
	return b.String()
}

// TicketMarkdown is the same in Markdown. Names come from clusters: nothing in them is read as markup.
func TicketMarkdown(f assessments.Finding, address string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n**Object:** %s %s  \n**Severity:** %s  \n**Rule:** %s\n", inMarkdown(ticketTitle(f)), inMarkdown(f.Subject.Kind), codeSpan(f.Subject.String()),
		f.Severity, codeSpan(f.Rule))
	if f.Source.File != "" {
		fmt.Fprintf(&b, "**Stands in:** %s\n", codeSpan(placeWords(f.Source)))
	}
	b.WriteString("\n### What was seen\n\n")
	for _, e := range f.Evidence {
		fmt.Fprintf(&b, "- %s: **%s**\n", inMarkdown(e.What), inMarkdown(e.Value))
	}
	if f.Expected != "" {
		fmt.Fprintf(&b, "- expected: %s\n", inMarkdown(f.Expected))
	}
	if f.Mend.Text != "" {
		fmt.Fprintf(&b, "\n### How to mend it\n\n%s\n", inMarkdown(f.Mend.Text))
	}
	if f.Mend.Patch != "" {
		fence := fenceFor(f.Mend.Patch)
		fmt.Fprintf(&b, "\n%syaml\n%s\n%s\n", fence, strings.TrimRight(f.Mend.Patch, "\n"), fence)
	}
	fmt.Fprintf(&b, "\n<%s>\n", address)
	return b.String()
}

func ticketTitle(f assessments.Finding) string {
	return oneLine(f.Subject.String() + ": " + strings.TrimRight(f.Message, "."))
}

func placeWords(p assessments.Place) string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return p.File
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

var markup = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "|", `\|`, "!", `\!`, "~", `\~`)

// inMarkdown is text as it is read, in one line.
func inMarkdown(text string) string { return markup.Replace(oneLine(text)) }

// codeSpan is text between more backquotes than it holds in a row.
func codeSpan(text string) string {
	text = oneLine(text)
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

func fenceFor(text string) string { return strings.Repeat("`", max(3, longestRun(text, '`')+1)) }

func longestRun(text string, of rune) int {
	longest, run := 0, 0
	for _, r := range text {
		if r != of {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
