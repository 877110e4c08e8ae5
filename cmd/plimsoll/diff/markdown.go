package diff

import (
	"fmt"
	"io"
	"strings"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/score"
)

// maxRows bounds the tables of a comment.
const maxRows = 25

// writeMarkdown writes a comment for a pull request: the movement, what is new, what is mended.
func writeMarkdown(w io.Writer, d Document) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## Plimsoll: %s\n\n", plainMovement(d.Score.Movement))
	if d.ExitCode != score.ExitFine {
		fmt.Fprintf(&b, "The gate is **not passed**: %s.\n\n", gateWords(d))
	}
	b.WriteString("| pillar | was | is | by |\n| --- | --: | --: | --- |\n")
	for _, p := range d.Pillars {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", p.ID.Title(), known(p.Was), known(p.Is), partsText(p.Parts))
	}
	c := d.Findings
	table := func(title string, changes []Change) {
		if len(changes) == 0 {
			return
		}
		fmt.Fprintf(&b, "\n### %s: %d\n\n| severity | what | where | rule |\n| --- | --- | --- | --- |\n", title, len(changes))
		for i, change := range changes {
			if i == maxRows {
				fmt.Fprintf(&b, "\n… and %d more.\n", len(changes)-i)
				return
			}
			fmt.Fprintf(&b, "| %s%s | %s | %s | `%s` |\n", change.Severity, remark(change), score.MarkdownText(change.Message), score.MarkdownCode(subjectText(change)), change.Rule)
		}
	}
	table("New", c.New)
	table("Severity moved", c.Changed)
	table("Came with a new object", c.Came)
	table("Mended", c.Mended)
	fmt.Fprintf(&b, "\n%s came, %d went; %d went with their object, %d on both sides alike.\n", assessments.Counted(len(d.Objects.Came), "object"),
		len(d.Objects.Went), len(c.Went), c.Stayed)
	for _, side := range []Side{d.Old, d.New} {
		if words := side.leftOutWords(); words != "" {
			fmt.Fprintf(&b, "- %s: %s\n", score.MarkdownCode(side.Path), words)
		}
		for _, s := range side.Inputs.Skipped {
			fmt.Fprintf(&b, "- skipped: %s %s\n", score.MarkdownCode(s.Where()), score.MarkdownText(s.Reason))
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write Markdown: %w", err)
	}
	return nil
}

func plainMovement(m Movement) string {
	if m.Moved == nil {
		return known(m.Was) + " → " + known(m.Is)
	}
	return fmt.Sprintf("%s → %s (%s)", known(m.Was), known(m.Is), plainSigned(*m.Moved))
}

func partsText(parts []Part) string {
	var all []string
	parts = visible(parts)
	for i, part := range parts {
		if i == 4 {
			all = append(all, fmt.Sprintf("and %d more", len(parts)-i))
			break
		}
		all = append(all, fmt.Sprintf("%s `%s`", plainSigned(part.Moved), part.What))
	}
	return strings.Join(all, ", ")
}
