package e2e

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWorkOnFindings waives in bulk, assigns, comments, and asks what mending would bring.
func TestWorkOnFindings(t *testing.T) {
	p := newPerson(t)
	p.signsIn("Mara")
	platform := p.names("Ostwind Lines", "Quay")
	p.uploads(collect(t, harbour(t)))
	p.eventually(func() error {
		p.opens(platform + "/findings")
		if !look[bool](p, "!!document.querySelector('.tick')") {
			return errors.New("no findings yet")
		}
		return nil
	})

	p.step("two are waived with one reason", func() {
		all := p.findingsShown()
		p.clicks("document.querySelectorAll('.tick')[0]")
		p.clicks("document.querySelectorAll('.tick')[1]")
		p.types("#waive-reason", "Until the old line is closed.")
		p.follows(func() { p.presses("Waive") })
		p.reads("Waived. The result is being worked out again.")
		p.settles(platform + "/findings")
		require.Equal(p.t, all-2, p.findingsShown())
		p.opens(platform + "/findings?waived=1")
		require.Equal(p.t, 2, look[int](p, "document.querySelectorAll('.tick').length"))
	})
	p.step("one counts again", func() {
		p.follows(func() { p.clicks("document.querySelector('.finding .object a')") })
		p.reads("Until the old line is closed.")
		p.follows(func() { p.presses("End this waiver") })
		p.settles(platform + "/findings?waived=1")
		require.Equal(p.t, 1, look[int](p, "document.querySelectorAll('.tick').length"))
	})
	p.step("one is assigned and talked about", func() {
		p.opens(platform + "/findings")
		p.follows(func() { p.clicks("document.querySelector('.finding .object a')") })
		one := p.location()
		p.picks("#assignee", look[string](p, "document.querySelector('#assignee').options[1].value"))
		p.follows(func() { p.presses("Save") })
		p.reads("Saved.")
		p.types("#comment", "Seen again on Monday.")
		p.follows(func() { p.presses("Add") })
		p.reads("Seen again on Monday.")
		p.opens(one)
		require.Equal(p.t, 1, look[int](p, "document.querySelector('#assignee').selectedIndex"))
		p.opens(platform + "/findings?group=owner")
		p.reads("Nobody")
	})
	p.step("what if everything against the first rule were mended", func() {
		p.opens(platform + "/what-if")
		p.clicks("document.querySelector('input[name=rule]')")
		p.follows(func() { p.presses("Work it out") })
		p.reads("By pillar")
		require.Regexp(p.t, `Mend th(is finding|ese \d+ findings)`, p.text("#answer"))
	})
	p.noComplaints()
}

// findingsShown is how many findings the list says there are.
func (p *person) findingsShown() int {
	p.t.Helper()
	return look[int](p, "parseInt(document.getElementById('list').innerText.replace(/\\s/g, ''))")
}

// settles opens a list and opens it again until nothing is worked out any more.
func (p *person) settles(path string) {
	p.t.Helper()
	p.eventually(func() error {
		p.opens(path)
		if !look[bool](p, "!!document.getElementById('list') && !document.getElementById('scoring')") {
			return errors.New("it is being worked out")
		}
		return nil
	})
}
