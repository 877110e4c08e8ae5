// Package report makes the PDF of one assessment: the same struct and the same numbers as the page, in the order of the
// questionnaire's report section. It reads no store; the same input gives the same bytes.
package report

import (
	"fmt"
	"io"

	"plimsoll/assessments"
	"plimsoll/assessments/engines"
	"plimsoll/web/drawing"
)

// Input is everything that a report shows.
type Input struct {
	Organization string
	Logo         *Logo // of the organization; nil: none
	Platform     string
	Content      *assessments.Content    // words for rules, controls and questions
	Assessment   *assessments.Assessment // its findings may be the gravest few of each rule; Open then counts them all
	Open         map[string]int          // open findings by rule; nil: count Assessment's own
	Previous     *assessments.Assessment // nil: this is the first result
	Change       *Change                 // against Previous; nil: work it out from both results' findings
	Trend        []drawing.Moment        // old to new; fewer than two are not drawn
	Exhibits     []engines.Exhibit       // what the engines computed of the snapshot; empty without one
	Signature    string                  // who signed the snapshot, in words; empty where nobody can say
	Readings     string                  // of the nodes, that the snapshot was assessed with, in words; empty without any
	Offline      bool                    // made by a command: there is no app that shows more, and no result before this one
}

// Change counts findings between two results.
type Change struct{ Added, Mended, Stayed int }

// Write makes the report and writes it as a tagged PDF (A4). Text of tenants that a PDF can't carry is replaced, never refused.
func Write(w io.Writer, in Input) error {
	return write(w, in, func(d *document) { writeFull(d, in) })
}

// write makes a document of what parts put into it.
func write(w io.Writer, in Input, parts func(*document)) (err error) {
	defer func() { // the PDF library panics where it should return: a report must not take the server down
		if broken := recover(); broken != nil {
			err = fmt.Errorf("report of %q: %v", in.Platform, broken)
		}
	}()
	title := clean(in.Organization) + " · " + clean(in.Platform)
	d, err := newDocument(title, in.Assessment.AsOf)
	if err != nil {
		return err
	}
	d.offline = in.Offline
	d.open("Document")
	parts(d)
	d.close()
	d.runningLines(title, "As of "+day(in.Assessment.AsOf))
	return d.writeTo(w)
}

// writeFull puts the parts in their order.
func writeFull(d *document, in Input) {
	writeVerdict(d, in)
	writeContradictions(d, in)
	writeUnseen(d, in)
	for _, pillar := range in.Assessment.Pillars {
		writePillar(d, in, pillar)
	}
	writeExhibits(d, in)
	if !in.Offline {
		writeChange(d, in)
	}
	writeActions(d, in)
	writeWaivers(d, in)
	writeMethod(d, in)
}
