package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// TestKeyboardAlone signs in, answers, goes on and uploads without a mouse.
func TestKeyboardAlone(t *testing.T) {
	p := newPerson(t)
	p.opens("/")
	p.tabsTo("a", "Sign in")
	p.follows(func() { p.strikes(kb.Enter) })
	p.tabsTo("input[name=login]", "")
	p.follows(func() { p.strikes(kb.Enter) })
	p.tabsTo("#name", "")
	p.strikes("Westwind Rail")
	p.follows(func() { p.strikes(kb.Enter) })
	p.tabsTo("a", "Create a platform")
	p.follows(func() { p.strikes(kb.Enter) })
	p.tabsTo("#name", "")
	p.strikes("Timetables")
	p.follows(func() { p.strikes(kb.Enter) })
	platform := p.location()

	p.tabsTo("a", "Open the questions")
	p.follows(func() { p.strikes(kb.Enter) })
	p.strikes(kb.Tab)
	require.Equal(t, "Skip to content", look[string](p, "document.activeElement.innerText.trim()"))
	p.strikes(kb.Enter)
	p.tabsTo("[name='G1.option']", "")
	p.strikes(kb.ArrowDown)
	p.sees("document.getElementById('status-G1').innerText.includes('Saved')")
	require.Equal(t, 1, look[int](p, "document.querySelectorAll('[name=\"G1.option\"]:checked').length"))
	p.isSeen()
	p.tabsTo("button", "Save and go on")
	p.isSeen()
	p.follows(func() { p.strikes(kb.Enter) })

	p.opens(platform + "/snapshots")
	p.tabsTo("#file", "")
	p.isSeen()
	// the system's own dialog is outside the page: the field is reached by keys, the file is put into it
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{collect(t, harbour(t))}))
	p.tabsTo("button", "Upload")
	p.follows(func() { p.strikes(kb.Enter) })
	p.scored()
	p.noComplaints()
}

func (p *person) strikes(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// mostStops bounds how often the Tab key is struck on the way to something; the longest page has some 150 stops.
const mostStops = 250

// tabsTo strikes Tab until the element that fits selector and text has the focus.
func (p *person) tabsTo(selector, text string) {
	p.t.Helper()
	p.sees("document.querySelector(" + quote(selector) + ")")
	for range mostStops {
		p.strikes(kb.Tab)
		if look[bool](p, "document.activeElement.matches("+quote(selector)+") && document.activeElement.innerText.trim().includes("+quote(text)+")") {
			return
		}
	}
	require.Fail(p.t, "the Tab key never comes to it", "%s %q on %s", selector, text, p.location())
}

// isSeen fails where whatever has the focus does not show it, or is out of view.
func (p *person) isSeen() {
	p.t.Helper()
	p.sees(`(() => {
		const e = document.activeElement, box = e.getBoundingClientRect();
		const marked = getComputedStyle(e).outlineStyle !== "none" || getComputedStyle(e.closest("label") ?? e).outlineStyle !== "none";
		return marked && box.top >= 0 && box.bottom <= innerHeight;
	})()`)
}
