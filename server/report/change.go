package report

import (
	"fmt"

	"plimsoll/assessments"
	"plimsoll/web/drawing"
)

// writeChange says what moved since the result before this one.
func writeChange(d *document, in Input) {
	d.section()
	d.heading(1, "Change since last time")
	if len(in.Trend) > 1 {
		d.y += d.figure(drawing.Trend(in.Trend), left-4, d.y, 420) + 12
	}
	if in.Previous == nil {
		d.paragraph(regular, 10, ink, "This is the first result of this platform.")
		return
	}
	before, now := in.Previous, in.Assessment
	d.paragraph(regular, 10, muted, "Compared with the result as of "+day(before.AsOf)+".")
	if before.ContentVersion != now.ContentVersion {
		d.paragraph(semibold, 10, ink, "The content version changed from "+before.ContentVersion+" to "+now.ContentVersion+": the two are measured by different yardsticks.")
	}
	change := movement(before.Findings, now.Findings)
	if in.Change != nil {
		change = *in.Change
	}
	d.paragraph(regular, 10, ink, fmt.Sprintf("%s new, %s mended, %s still open.", counted(change.Added, "finding"), grouped(change.Mended), grouped(change.Stayed)))
	rows := [][]string{}
	for _, p := range now.Pillars {
		old := assessments.PillarScore{}
		for _, q := range before.Pillars {
			if q.ID == p.ID {
				old = q
			}
		}
		rows = append(rows, []string{p.ID.Title(), known(old.Value), known(p.Value), difference(old.Value, p.Value)})
	}
	if before.Score != nil && now.Score != nil {
		rows = append(rows, []string{"Headline (lowest pillar)", known(before.Score.Value), known(now.Score.Value), difference(before.Score.Value, now.Score.Value)})
	}
	d.table([]column{{head: "Pillar", width: measure - 240, bold: true}, {head: "Before", width: 80, right: true}, {head: "Now", width: 80, right: true}, {head: "Difference", width: 80, right: true}}, rows, 1)
}

func difference(before, now *assessments.Micros) string {
	if before == nil || now == nil {
		return "–"
	}
	return fmt.Sprintf("%+d", now.Whole()-before.Whole())
}

// movement counts open findings that are new, mended and still open between two results, by fingerprint.
func movement(before, now []assessments.Finding) Change {
	old, new := fingerprints(before), fingerprints(now)
	c := Change{}
	for f := range new {
		if old[f] {
			c.Stayed++
		} else {
			c.Added++
		}
	}
	c.Mended = len(old) - c.Stayed
	return c
}

func fingerprints(findings []assessments.Finding) map[string]bool {
	found := map[string]bool{}
	for _, f := range findings {
		if !f.Waived {
			found[f.Fingerprint] = true
		}
	}
	return found
}
