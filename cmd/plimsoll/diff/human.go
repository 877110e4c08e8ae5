package diff

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"plimsoll/assessments"
	"plimsoll/cmd/plimsoll/score"
	"plimsoll/cmd/plimsoll/terminal"
)

// maxListed bounds each list of the human output; JSON has it all.
const maxListed = 25

func writeHuman(w io.Writer, d Document, s terminal.Style, quiet bool) error {
	p := terminal.NewPrinter(w, s)
	p.Line("%s  %s (as of %s) → %s (as of %s)", p.Bold("Plimsoll"), terminal.Clean(d.Old.Path), d.Old.AsOf, terminal.Clean(d.New.Path), d.New.AsOf)
	p.Line("\n%s  %s", p.Bold("Score"), inWords(p, d.Score.Movement))
	for _, part := range d.Score.Parts {
		p.Line("       %s  %s", signed(p, part.Moved), headlinePart(d, part))
	}
	writePillars(p, d)
	writeChanges(p, d.Findings)
	writeObjects(p, d.Objects)
	for _, side := range []Side{d.Old, d.New} {
		if words := side.leftOutWords(); words != "" {
			p.Section("Not compared in " + terminal.Clean(side.Path))
			p.Wrapped("  ", words)
		}
		if len(side.Inputs.Skipped) == 0 {
			continue
		}
		p.Section(fmt.Sprintf("Skipped in %s: %s", terminal.Clean(side.Path), assessments.Counted(len(side.Inputs.Skipped), "document")))
		for _, skipped := range side.Inputs.Skipped {
			p.Line("  %s  %s", terminal.Clean(skipped.Where()), terminal.Clean(skipped.Reason))
		}
	}
	if d.ExitCode != score.ExitFine {
		p.Line("\n%s %s", p.Paint("1;31", "Gate failed:"), gateWords(d))
	}
	if news := append(d.Findings.New, d.Findings.Came...); !quiet && len(news) > 0 {
		p.Line("\nNext: plimsoll rules show %s", news[0].Rule)
	}
	return p.Close()
}

func gateWords(d Document) string {
	if d.ExitCode == score.ExitNoEvidence {
		return "no evidence on the new side: nothing readable that rules apply to (exit code 4)"
	}
	return fmt.Sprintf("a finding at %s or above is new (exit code %d)", d.FailOn, d.ExitCode)
}

// headlinePart says a part of the headline's movement in words.
func headlinePart(d Document, part Part) string {
	if part.What == "lowest" {
		return "another pillar is the lowest now"
	}
	return assessments.Pillar(part.What).Title() + ", which was the lowest pillar"
}

func inWords(p *terminal.Printer, m Movement) string {
	if m.Moved == nil {
		return known(m.Was) + " → " + known(m.Is)
	}
	return fmt.Sprintf("%s → %s  %s", known(m.Was), p.Bold(known(m.Is)), signed(p, *m.Moved))
}

func known(m *assessments.Micros) string {
	if m == nil {
		return "not known"
	}
	return fmt.Sprint(m.Whole())
}

// signed is a movement in points with one digit, in green or red.
func signed(p *terminal.Printer, m assessments.Micros) string {
	text, colour := plainSigned(m), ""
	if m > 0 {
		colour = "32"
	} else if m < 0 {
		colour = "31"
	}
	return p.Paint(colour, fmt.Sprintf("%7s", text))
}

// plainSigned prints a movement too small for a digit as 0.0.
func plainSigned(m assessments.Micros) string {
	const tenth = 100_000
	if m > -tenth && m < tenth {
		return "0.0"
	}
	if m > 0 {
		return "+" + m.Tenths()
	}
	return m.Tenths()
}

func writePillars(p *terminal.Printer, d Document) {
	p.Section("Pillars")
	for _, pillar := range d.Pillars {
		p.Line("  %-24s %s", pillar.ID.Title(), inWords(p, pillar.Movement))
		for _, part := range visible(pillar.Parts) {
			p.Line("  %-24s %s  %s", "", signed(p, part.Moved), p.Dim(partWords(part)))
		}
	}
}

// visible leaves out what moved by less than a tenth of a point: JSON has it.
func visible(parts []Part) []Part {
	return slices.DeleteFunc(slices.Clone(parts), func(part Part) bool { return plainSigned(part.Moved) == "0.0" })
}

func partWords(part Part) string {
	if part.What == "cap" {
		return "what a cap holds down"
	}
	return part.What
}

func writeChanges(p *terminal.Printer, c Changes) {
	list := func(title string, changes []Change) {
		if len(changes) == 0 {
			return
		}
		p.Section(fmt.Sprintf("%s: %d", title, len(changes)))
		for i, change := range changes {
			if i == maxListed {
				p.Line("  %s", p.Dim(fmt.Sprintf("… and %d more; --format json lists them all", len(changes)-i)))
				return
			}
			p.Line("  %s %s  %s  %s%s", p.Severity(change.Severity), subjectText(change), terminal.Clean(change.Message), p.Dim(change.Rule), p.Dim(remark(change)))
		}
	}
	list("New", c.New)
	list("Severity moved", c.Changed)
	list("Came with a new object", c.Came)
	list("Mended", c.Mended)
	list("Went with its object", c.Went)
	p.Line("\n%s", p.Dim(assessments.Counted(c.Stayed, "finding")+" on both sides alike"))
}

func remark(c Change) string {
	var parts []string
	if c.Was > 0 {
		parts = append(parts, "was "+c.Was.String())
	}
	if c.Waived {
		parts = append(parts, "waived")
	}
	if len(parts) == 0 {
		return ""
	}
	return "  (" + strings.Join(parts, ", ") + ")"
}

func subjectText(c Change) string {
	text := c.Subject.Kind + " " + c.Subject.String()
	if c.Source != nil {
		text += fmt.Sprintf("  %s:%d", c.Source.File, c.Source.Line)
	}
	return terminal.Clean(text)
}

func writeObjects(p *terminal.Printer, o Objects) {
	for _, part := range []struct {
		title   string
		objects []Object
	}{{"Objects that came", o.Came}, {"Objects that went", o.Went}} {
		if len(part.objects) == 0 {
			continue
		}
		p.Section(fmt.Sprintf("%s: %d", part.title, len(part.objects)))
		for i, object := range part.objects {
			if i == maxListed {
				p.Line("  %s", p.Dim(fmt.Sprintf("… and %d more", len(part.objects)-i)))
				break
			}
			p.Line("  %s", terminal.Clean(objectText(object)))
		}
	}
}

func objectText(o Object) string {
	if o.Namespace == "" {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}
