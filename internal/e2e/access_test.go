package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"
)

// inspection is what a page says of itself: accessibility rules that are broken, and whether it scrolls sideways.
const inspection = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]}).then(found => JSON.stringify({
  broken: found.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 200) + " " + n.failureSummary.slice(0, 300))),
  sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
}))`

// isAccessible holds the page that is open against the rules of axe, on every screen.
func (p *person) isAccessible() {
	p.t.Helper()
	found, err := filepath.Glob("../../web/gallery/testdata/axe-*.min.js")
	require.NoError(p.t, err)
	require.Len(p.t, found, 1)
	axe, err := os.ReadFile(found[0])
	require.NoError(p.t, err)
	look[bool](p, string(axe)+"; true") // what the debugger evaluates is outside the page's policy
	for _, s := range screens {
		p.show(s)
		// a colour on its way to another is no colour of the page
		look[bool](p, "document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity).forEach(a => a.finish()) ?? true")
		var page struct {
			Broken   []string
			Sideways int
		}
		require.NoError(p.t, json.Unmarshal([]byte(look[string](p, inspection)), &page))
		require.Empty(p.t, page.Broken, "%s, %s", p.location(), s.name)
		require.Zero(p.t, page.Sideways, "%s scrolls sideways, %s", p.location(), s.name)
	}
	p.show(day)
}

// pages of a platform that are worth a look.
func pagesOf(platform string) []string {
	return []string{platform, platform + "/findings", platform + "/questions/gate", platform + "/snapshots", platform + "/history"}
}

func (p *person) everyPageIsAccessible(platform string) {
	for _, page := range pagesOf(platform) {
		p.opens(page)
		p.isAccessible()
	}
	p.noComplaints()
}
