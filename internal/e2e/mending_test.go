package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"plimsoll/internal/kubetest"
)

// standing is a pillar's score with its range, as pages say it.
type standing struct{ Pillar, Value, Range string }

// TestWhatIfIsExact asks what mending would bring, mends the cluster by the patches that the findings' pages show, and uploads again: the
// new result says what was foretold, for each pillar.
func TestWhatIfIsExact(t *testing.T) {
	p := newPerson(t)
	p.signsIn("Tom")
	platform := p.names("Westwind Yards", "Slipway")
	server := kubetest.Start(t) // of its own: it changes
	server.Apply(t, kubetest.Harbour(time.Now()))
	p.uploads(collect(t, server))
	p.scored()
	before := p.pillarsShown()

	rules := []string{"lifecycle/disruption-budget", "lifecycle/single-replica", "probes/kill-loop", "probes/startup-slow", "networking/source-nat"}
	findings, patches := p.patchesAgainst(platform, rules)
	p.opens(platform + "/what-if")
	for _, rule := range rules {
		p.clicks("document.querySelector(" + quote("input[name=rule][value='"+rule+"']") + ")")
	}
	p.follows(func() { p.presses("Work it out") })
	p.reads("By pillar")
	require.Equal(t, fmt.Sprintf("Mend these %d findings", findings), p.text("#answer"))
	require.Equal(t, before, p.pillarsForetold("Before"))
	foretold := p.pillarsForetold("After")
	require.NotEqual(t, before, foretold)

	for _, patch := range patches {
		server.Patch(t, []byte(patch))
	}
	p.opens(platform)
	p.uploads(collect(t, server))
	p.scored()
	require.Equal(t, foretold, p.pillarsShown())
	p.noComplaints()
}

// patchesAgainst are the patches that the pages of all findings against the rules show.
func (p *person) patchesAgainst(platform string, rules []string) (findings int, patches []string) {
	p.t.Helper()
	for _, rule := range rules {
		p.opens(platform + "/findings?rule=" + url.QueryEscape(rule))
		of := look[[]string](p, "[...document.querySelectorAll('.finding .object a')].map(a => a.getAttribute('href'))")
		require.NotEmpty(p.t, of, rule)
		for _, finding := range of {
			p.opens(finding)
			if patch := look[string](p, "document.getElementById('patch')?.textContent ?? ''"); patch != "" {
				patches = append(patches, patch)
			}
		}
		findings += len(of)
	}
	require.NotEmpty(p.t, patches)
	return findings, patches
}

// pillarsForetold are the pillars in the answer of a what-if, by the words of one column.
func (p *person) pillarsForetold(column string) (all []standing) {
	p.t.Helper()
	seen := look[json.RawMessage](p, `[...document.querySelectorAll("table.what-if tbody tr")].map(row => {
		const cell = row.querySelector("[data-label=" + `+quote(column)+` + "]");
		return {Pillar: row.querySelector("th").textContent.trim(), Value: cell.querySelector("strong").textContent.trim(), Range: cell.querySelector(".muted").textContent.trim()};
	})`)
	require.NoError(p.t, json.Unmarshal(seen, &all))
	require.Len(p.t, all, 5)
	return all
}

// pillarsShown are the pillars of the result that is open, by the words of their pictures.
func (p *person) pillarsShown() (all []standing) {
	p.t.Helper()
	for _, said := range look[[]string](p, `[...document.querySelectorAll(".pillar")].map(e => e.querySelector("h3").textContent.trim() + ": " + e.querySelector("svg desc").textContent)`) {
		parts := find(p.t, `^(.+): .*?(\d+) of 100(?:, between (\d+) and (\d+))?`, said)
		shown := standing{parts[1], parts[2], parts[2]}
		if parts[3] != "" {
			shown.Range = parts[3] + " to " + parts[4]
		}
		all = append(all, shown)
	}
	require.Len(p.t, all, 5)
	return all
}
