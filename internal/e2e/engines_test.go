package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// TestTheEnginesOnThePage walks the four engines of the example, with script and without.
func TestTheEnginesOnThePage(t *testing.T) {
	p := newPersonAt(t, newExampleSite(t, nil).URL)
	p.signsIn("Mara")
	p.opens(hamburg)
	p.follows(func() { p.presses("Engines") })
	p.step("the way of upgrades, hop by hop, and beside it a new cluster", func() {
		p.tells("From 1.35 to 1.37 in 2 hops", "1.35 → 1.36", "1.36 → 1.37", "What nobody lists as tested", "What a new cluster asks for", "volumes of local")
		p.picturesSpeak()
	})
	p.step("the recovery time is dragged, and moved by keys", func() {
		p.follows(func() { p.presses("Probes") })
		p.drags()
		p.picturesSpeak()
	})
	p.step("memory as bars against request and limit", func() {
		p.follows(func() { p.presses("Memory") })
		p.tells("payments/invoices · invoices\nlimit 1 GiB\nrequest 768 MiB\n300.1 MiB over the limit\nheap 716.7 MiB", "Where the limit should stand")
		p.picturesSpeak()
	})
	p.step("address ranges with the day on which they fill", func() {
		p.follows(func() { p.presses("Network") })
		p.tells("holds 417,000 of 524,288 entries", "Pod addresses\nfull in more than ten years", "14 of 16 used")
		p.picturesSpeak()
	})
	p.step("without script there are the same pictures, and a button for another time", func() {
		p.scripts(false)
		for _, engine := range []string{"upgrade", "probe", "heap", "network"} {
			p.opens(hamburg + "/" + engine)
			p.picturesSpeak()
		}
		p.opens(hamburg + "/probe?recovery=20")
		p.follows(func() { p.presses("Show") })
		p.tells("With 20 seconds of recovery: ")
		p.scripts(true)
	})
	p.noComplaints()
}

// scripts switches the page's own scripts off and on, as a browser does that is told to. What the test asks of a page still runs.
func (p *person) scripts(on bool) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// drags moves the recovery time from where Kafka is killed again and again to where it lives, by the mouse, and back by the keyboard.
func (p *person) drags() {
	p.t.Helper()
	require.Contains(p.t, p.text("#start"), "With 1\u202f800 seconds of recovery: killed 15 times, never recovered")
	box := look[map[string]float64](p, `(() => {
		const field = document.getElementById("recovery");
		field.scrollIntoView({block: "center", behavior: "instant"});
		const box = field.getBoundingClientRect();
		return {left: box.left, right: box.right, middle: box.top + box.height / 2};
	})()`)
	before := look[string](p, "document.querySelector('#start svg').outerHTML")
	p.do(chromedp.MouseClickXY(box["left"]+2, box["middle"]))
	p.sees("document.getElementById('start').innerText.includes('not killed')")
	require.NotEqual(p.t, before, look[string](p, "document.querySelector('#start svg').outerHTML"), "the picture shows it too")
	require.Equal(p.t, "polite", look[string](p, "document.getElementById('start').ariaLive"), "and it is read out")

	look[bool](p, "document.getElementById('recovery').focus() ?? true")
	p.do(chromedp.KeyEvent(kb.End))
	p.sees("document.getElementById('start').innerText.includes('never recovered')")
	p.do(chromedp.KeyEvent(kb.Home))
	p.sees("document.getElementById('start').innerText.includes('With 1 second of recovery')")
}

// tells holds the page to texts that it shows.
func (p *person) tells(texts ...string) {
	p.t.Helper()
	said := p.text("#main")
	for _, text := range texts {
		require.Contains(p.t, said, text)
	}
}

// picturesSpeak holds each picture of the page to a text in its place.
func (p *person) picturesSpeak() {
	p.t.Helper()
	pictures := look[[]string](p, `[...document.querySelectorAll("#main figure svg, #main .engine-drawing svg")].map(e =>
		e.getAttribute("aria-hidden") === "true" ? "hidden" : (e.querySelector("title")?.textContent ?? "") + (e.querySelector("desc")?.textContent ?? ""))`)
	require.NotEmpty(p.t, pictures, p.location())
	for _, text := range pictures {
		require.NotEmpty(p.t, text, p.location())
	}
}
