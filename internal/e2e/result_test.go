package e2e

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const hamburg = "/o/harbour-logistics/platforms/production-hamburg"

// TestAResultExplainsItself walks the result of the example: what each part says, and what it leads to.
func TestAResultExplainsItself(t *testing.T) {
	p := newPersonAt(t, newExampleSite(t, nil).URL)
	p.signsIn("Mara")
	p.step("the need gate has reasons for and against, other ways, robustness and cost", func() { p.weighsTheNeed() })
	p.step("each pillar is the sum of its controls", func() { p.sumsUp() })
	p.step("findings are filtered, searched and grouped", func() { p.narrows() })
	p.step("a finding has a ticket's text and a patch to copy", func() { p.copies() })
	p.step("an answer stands against its evidence, with the rule between them", func() { p.confronts() })
	p.step("what could not be seen says how to let us", func() {
		p.opens(hamburg)
		p.follows(func() { p.presses("How to let us see more") })
		require.NotEmpty(p.t, look[[]string](p, "[...document.querySelectorAll('#main section h2')].map(e => e.innerText)"))
	})
	p.noComplaints()
}

func (p *person) weighsTheNeed() {
	p.opens(hamburg)
	need := look[string](p, "document.getElementById('need').closest('section').innerText")
	for _, said := range []string{"Robustness", "What carries this verdict", "What speaks against this verdict", "Ways to run the same load", "Managed Kubernetes", "One machine with Compose"} {
		require.Contains(p.t, need, said)
	}
}

// sumsUp adds up each pillar's table as somebody with a pencil would.
func (p *person) sumsUp() {
	tables := look[[][]string](p, `[...document.querySelectorAll(".pillar table")].map(t =>
		[...t.querySelectorAll("[data-label=Adds], [data-label=Takes], [data-label=Sum]")].map(c => c.textContent.trim()))`)
	require.Len(p.t, tables, 5)
	for _, cells := range tables {
		sum := 0.0
		for _, cell := range cells[:len(cells)-1] {
			if cell != "–" {
				sum += decimal(p, cell)
			}
		}
		require.InDelta(p.t, decimal(p, cells[len(cells)-1]), sum, 0.001, "%v", cells)
		require.NotZero(p.t, math.Round(sum))
	}
}

func decimal(p *person, text string) float64 {
	p.t.Helper()
	value, err := strconv.ParseFloat(strings.NewReplacer("−", "-", "+", "").Replace(text), 64)
	require.NoError(p.t, err)
	return value
}

func (p *person) narrows() {
	p.follows(func() { p.presses("Findings") })
	all := p.findingsShown()
	p.picks("[name=severity]", "critical")
	p.filters()
	critical := p.findingsShown()
	require.Less(p.t, critical, all)
	require.Equal(p.t, critical, look[int](p, "document.querySelectorAll('li.finding .pill.critical').length"))

	p.opens(hamburg + "/findings")
	p.types("#filter-text", "kafka")
	p.filters()
	require.Less(p.t, p.findingsShown(), all)
	for _, line := range look[[]string](p, "[...document.querySelectorAll('li.finding')].map(e => e.innerText.toLowerCase())") {
		require.Contains(p.t, line, "kafka")
	}
	p.types("#filter-text", "nothing is called so")
	p.filters()
	p.reads("No finding fits this filter.")
	p.follows(func() { p.presses("Show all") })
	require.Equal(p.t, all, p.findingsShown())

	for _, by := range []string{"workload", "namespace", "rule", "owner"} {
		p.opens(hamburg + "/findings?group=" + url.QueryEscape(by))
		sum := look[int](p, "[...document.querySelectorAll('.finding-group .number')].reduce((n, e) => n + parseInt(e.innerText.replace(/\\D/g, '')), 0)")
		require.Equal(p.t, all, sum, "groups by %s hold every finding once", by)
		first := look[int](p, "parseInt(document.querySelector('.finding-group .number').innerText.replace(/\\D/g, ''))")
		p.follows(func() { p.clicks("document.querySelector('.finding-group a')") })
		require.Equal(p.t, first, p.findingsShown(), "the group by %s that was opened", by)
	}
}

func (p *person) filters() {
	p.t.Helper()
	p.follows(func() { p.clicks("document.querySelector('.finding-filter button')") })
}

func (p *person) copies() {
	p.opens(hamburg + "/findings")
	p.follows(func() { p.presses("streaming/kafka · kafka") })
	patch := p.text("#patch")
	require.Contains(p.t, patch, "startupProbe:")
	p.presses("Copy the patch")
	p.sees("[...document.querySelectorAll('button')].some(e => ['Copied', 'Selected'].includes(e.innerText))")
	p.presses("Plain text")
	ticket := p.text("#ticket-text")
	for _, said := range []string{"StatefulSet streaming/kafka", "probes/kill-loop", "needs 1800 s (30 min)", patch, p.origin + p.location()} {
		require.Contains(p.t, ticket, said)
	}
	p.presses("Markdown")
	require.Contains(p.t, p.text("#ticket-markdown"), "```yaml\n"+patch+"\n```")
}

func (p *person) confronts() {
	p.opens(hamburg)
	denied := look[int](p, "parseInt(document.querySelector('section[aria-labelledby=contradictions] .count').innerText)")
	p.follows(func() { p.presses("Every answer against its evidence") })
	said := p.text("#main")
	for _, part := range []string{"What is the oldest Java line that runs in production?", "17 or newer", "8u151", "How it avoids false alarm"} {
		require.Contains(p.t, said, part)
	}
	require.GreaterOrEqual(p.t, strings.Count(said, "You said"), denied, fmt.Sprint(denied, " answers are denied"))
}

// TestWhoMayOnlyLook walks all pages of the example as a viewer: nothing is offered that would be refused, and the page says whom to ask.
func TestWhoMayOnlyLook(t *testing.T) {
	p := newPersonAt(t, newExampleSite(t, nil).URL)
	p.signsIn("Ines")
	p.opens(hamburg + "/findings")
	finding := look[string](p, "document.querySelector('.finding .object a').getAttribute('href')")
	for _, path := range []string{"/o/harbour-logistics", "/o/harbour-logistics/members", hamburg, hamburg + "/start", hamburg + "/collect", hamburg + "/findings", finding,
		hamburg + "/questions", hamburg + "/questions/gate", hamburg + "/facts", hamburg + "/snapshots", hamburg + "/history", hamburg + "/settings", hamburg + "/probe"} {
		p.opens(path)
		require.NotEmpty(t, p.text("h1"), path)
		offered := look[[]string](p, `[...document.querySelectorAll("#main form[method=post] button")].filter(e => ![e.formAction, e.form.action].some(to => to.includes("/what-if")) && !e.disabled).map(e => e.innerText)`)
		require.Empty(t, offered, path)
		require.Empty(t, look[[]string](p, `[...document.querySelectorAll("a[href$='/tokens'], a[href$='/platforms/new']")].map(e => e.innerText)`), path)
	}
	p.opens(hamburg + "/start")
	p.reads("You can look, not upload. Ask an owner, admin or assessor.")
	p.noComplaints()
}
