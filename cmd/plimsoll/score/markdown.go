package score

import (
	"fmt"
	"io"
	"strings"

	"plimsoll/assessments"
	"plimsoll/assessments/markdown"
	"plimsoll/cmd/plimsoll/terminal"
)

// Bounds of a comment: code hosts take 65,536 characters, and people read a screen.
const (
	maxMarkdownRows    = 25
	maxMarkdownReasons = 8
	maxMarkdownBytes   = 60_000
)

// writeMarkdown writes a comment for a pull request: the headline, what is new, and what could not be seen.
func (r *result) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	r.markdownHead(&b)
	r.markdownFindings(&b)
	r.markdownWaivers(&b)
	r.markdownUnseen(&b)
	r.markdownSkipped(&b)
	fmt.Fprintf(&b, "\n<sub>As of %s, content version %s. %s.</sub>\n", r.AsOf, r.ContentVersion, r.Inputs.Words())
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write Markdown: %w", err)
	}
	return nil
}

func (r *result) markdownHead(b *strings.Builder) {
	if r.Score == nil {
		b.WriteString("## Plimsoll: no score\n\nThere is no evidence here that any rule applies to.\n")
		return
	}
	fmt.Fprintf(b, "## Plimsoll: %s\n\n", r.LoadLine.Title())
	fmt.Fprintf(b, "**Score %s** (%s)", pointOf(r.Score), intervalOf(r.Score))
	if len(r.Waivers.Used) > 0 {
		fmt.Fprintf(b, ", %s without waivers", pointOf(r.RawScore))
	}
	if r.Gate.ExitCode == ExitFine {
		b.WriteString(" · the gate is **passed**\n")
	} else {
		fmt.Fprintf(b, " · the gate is **not passed**: %s\n", strings.Join(r.Gate.Failed, "; "))
	}
	if text := r.LoadLine.NextStep.Text; text != "" {
		fmt.Fprintf(b, "\nNext step: %s\n", MarkdownText(text))
	}
}

func (r *result) markdownFindings(b *strings.Builder) {
	title, none := "Findings", "No findings."
	if r.Baseline != nil {
		title, none = "New findings", "No new findings."
		none += fmt.Sprintf(" The baseline knows %d; %d of it are gone.", r.Baseline.Known, r.Baseline.Gone)
	}
	rows := 0
	for _, f := range r.every() {
		if f.Known || f.Waived && !r.showWaived {
			continue
		}
		if rows == 0 {
			fmt.Fprintf(b, "\n### %s: %s\n\n| severity | what | where | rule |\n| --- | --- | --- | --- |\n", title, bySeverity(r.every(), r.leftOut()))
		}
		if rows++; rows > maxMarkdownRows {
			continue
		}
		severity := f.Severity.String()
		if f.Waived {
			severity = "waived"
		}
		where := MarkdownCode(f.Subject.text())
		if f.Source != nil {
			where += " " + MarkdownCode(fmt.Sprintf("%s:%d", f.Source.File, f.Source.Line))
		}
		fmt.Fprintf(b, "| %s | %s | %s | `%s` |\n", severity, MarkdownText(f.Message), where, f.Rule)
	}
	switch {
	case rows == 0:
		fmt.Fprintf(b, "\n%s\n", none)
	case rows > maxMarkdownRows:
		fmt.Fprintf(b, "\n… and %d more.\n", rows-maxMarkdownRows)
	}
	if words := assessments.LeftOutWords(r.leftOut()); words != "" {
		fmt.Fprintf(b, "\n%s\n", words)
	}
}

func (r *result) markdownWaivers(b *strings.Builder) {
	use := r.Waivers
	if len(use.Expired)+len(use.Unmatched)+len(use.Refused)+len(use.Disallowed) == 0 {
		return
	}
	b.WriteString("\n### Waivers to look at\n\n")
	lines := 0
	line := func(state, text string) {
		if lines++; lines <= maxMarkdownRows {
			fmt.Fprintf(b, "- %s: %s\n", state, text)
		}
	}
	for _, w := range use.Expired {
		line("expired", MarkdownCode(scopeOf(w))+" "+MarkdownText(w.Reason))
	}
	for _, w := range use.Unmatched {
		line(w.Why, MarkdownCode(scopeOf(w.Waiver))+" "+MarkdownText(w.Reason))
	}
	for _, w := range use.Refused {
		line("can't be read ("+w.Problem+")", MarkdownCode(Subject(w.Subject).text())+" "+MarkdownCode(w.Text))
	}
	for _, w := range use.Disallowed {
		line("may not count", MarkdownCode(scopeOf(w))+" "+MarkdownText(w.Reason))
	}
	if lines > maxMarkdownRows {
		fmt.Fprintf(b, "- … and %d more\n", lines-maxMarkdownRows)
	}
}

func (r *result) markdownUnseen(b *strings.Builder) {
	groups := unseenGroups(r.CouldNotSee)
	if len(groups) == 0 {
		return
	}
	b.WriteString("\n<details><summary>What could not be seen</summary>\n\n")
	for i, g := range groups {
		if i == maxMarkdownReasons {
			fmt.Fprintf(b, "- … and %s more\n", assessments.Counted(len(groups)-i, "reason"))
			break
		}
		fmt.Fprintf(b, "- %s: %s\n", MarkdownText(g.why), MarkdownText(terminal.Listed(g.what)))
	}
	b.WriteString("\n</details>\n")
}

// markdownSkipped lists every document that was skipped, as far as a comment may be long.
func (r *result) markdownSkipped(b *strings.Builder) {
	if len(r.Inputs.Skipped) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>Skipped: %s</summary>\n\n", assessments.Counted(len(r.Inputs.Skipped), "document"))
	for i, s := range r.Inputs.Skipped {
		if b.Len() > maxMarkdownBytes {
			fmt.Fprintf(b, "- … and %d more: a comment can't be longer\n", len(r.Inputs.Skipped)-i)
			break
		}
		fmt.Fprintf(b, "- %s %s\n", MarkdownCode(s.Where()), MarkdownText(s.Reason))
	}
	b.WriteString("\n</details>\n")
}

// maxMarkdownText bounds one piece of text in a comment.
const maxMarkdownText = 300

// MarkdownText makes text inert: no markup, no cell's end, nobody called by name.
func MarkdownText(text string) string {
	return markdown.Text(cut(terminal.Clean(text), maxMarkdownText))
}

// MarkdownCode is text as code, in a table too.
func MarkdownCode(text string) string {
	return markdown.Code(cut(terminal.Clean(text), maxMarkdownText))
}
