package e2e

import (
	"errors"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestTheJourneyWithoutScript goes from the front page to the report with no script at all: everything is a link or a form.
func TestTheJourneyWithoutScript(t *testing.T) {
	p := newPerson(t)
	p.scripts(false)
	p.signsIn("Mara")
	platform := p.names("Plainwater Freight", "Locks")
	p.follows(func() { p.presses("Open the questions") })
	for _, answer := range givenIn(t, "gate") {
		for _, option := range answer.Options {
			p.clicks("document.querySelector(" + quote("[name='"+answer.Question+".option'][value='"+option+"']") + ")")
		}
	}
	p.follows(func() {
		p.clicks("[...document.querySelectorAll('form button')].find(e => e.innerText.startsWith('Save and'))")
	})
	p.eventually(func() error {
		p.opens(platform + "/start")
		if !look[bool](p, "document.querySelectorAll('.axes .gauge').length === 2") {
			return errors.New("the gate has no verdict yet")
		}
		return nil
	})
	p.follows(func() { p.presses("See the result so far") })
	p.sees("document.getElementById('need')")

	p.follows(func() { p.presses("Snapshots") })
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{collect(t, harbour(t))}))
	p.follows(func() { p.presses("Upload") })
	p.eventually(func() error {
		p.opens(platform)
		if !look[bool](p, "document.getElementById('about')?.innerText.includes('snapshot of')") {
			return errors.New("the snapshot is not scored yet")
		}
		return nil
	})
	page := p.readPage()
	require.Less(t, page.Low, page.High)
	require.Contains(t, look[string](p, "document.getElementById('contradictions').closest('section').textContent"), "You said")
	p.follows(func() { p.presses("Make the PDF") })
	made := p.location()
	p.eventually(func() error {
		p.opens(made)
		if !look[bool](p, "document.body.innerText.includes('It is ready.')") {
			return errors.New("the report is not made yet")
		}
		return nil
	})
	report := readReport(t, p.savesThePDF())
	require.Equal(t, []int{page.Value, page.Low, page.High}, []int{report.Value, report.Low, report.High})

	p.follows(func() { p.presses("Findings") })
	p.follows(func() { p.clicks("document.querySelector('.finding .object a')") })
	p.types("#comment", "Seen on paper.")
	p.follows(func() { p.presses("Add") })
	p.reads("Seen on paper.")
	p.opens(platform + "/what-if")
	p.clicks("document.querySelector('input[name=rule]')")
	p.follows(func() { p.presses("Work it out") })
	answer := p.location()
	p.eventually(func() error {
		p.opens(answer)
		if !look[bool](p, "document.body.innerText.includes('By pillar')") {
			return errors.New("it is being worked out")
		}
		return nil
	})
	p.noComplaints()
}
