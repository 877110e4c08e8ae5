package report

import (
	"fmt"
	"strings"

	"plimsoll/assessments"
)

// mostHidden is how many things of one reason are named; the page of the app names them all.
const mostHidden = 8

// writeUnseen says what could not be seen, and why: each reason once, with everything that it hides.
func writeUnseen(d *document, in Input) {
	d.section()
	d.heading(1, "What we could not see")
	groups := in.Assessment.Unseen()
	if len(groups) == 0 {
		d.paragraph(regular, 10, ink, "Nothing that counts stayed out of sight.")
		return
	}
	d.paragraph(regular, 10, muted, "What is not known widens the range of a score. It is never counted as good, and never in silence as bad.")
	rows := make([][]string, 0, len(groups))
	for _, g := range groups {
		why, things := assessments.Capital(g.Why), grouped(len(g.Blind))
		names := hidden(g.Blind[:min(len(g.Blind), mostHidden)])
		if more := len(g.Blind) - mostHidden; more > 0 {
			names += fmt.Sprintf(" · and %s more%s", grouped(more), d.elsewhere())
		}
		rows = append(rows, []string{why, names, things})
	}
	d.table([]column{{head: "Why", width: 178, bold: true}, {head: "What it hides", width: measure - 178 - 56}, {head: "Things", width: 56, right: true}}, rows, 0)
}

// hidden lists what one reason hides.
func hidden(all []assessments.Blind) string {
	names := make([]string, len(all))
	for i, b := range all {
		names[i] = strings.TrimSuffix(b.Title, ".")
		if names[i] == "" {
			names[i] = b.What
		}
		if b.Subjects > 0 {
			names[i] += " (" + counted(b.Subjects, "object") + ")"
		}
	}
	return strings.Join(names, " · ")
}
