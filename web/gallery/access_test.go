package main

import (
	"context"
	_ "embed"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

//go:embed testdata/access.js
var accessScript string

// walkedInShort are the states that the keyboard walks through in short: one of every kind of page.
var walkedInShort = []string{"front", "organizations-wrong", "result", "findings-wrong", "section-probes", "snapshots", "tokens-wrong", "exhibit-probe"}

// TestNothingIsLost holds every state close up, with text set wide, in forced colours and by the keyboard alone.
func TestNothingIsLost(t *testing.T) {
	server := httptest.NewServer(handler())
	t.Cleanup(server.Close)
	browser, stop, err := startBrowser(context.Background())
	require.NoError(t, err)
	t.Cleanup(stop)
	for _, pass := range []struct {
		name    string
		inShort func(state string) bool // nil: not at all
		look    func(t *testing.T, tab context.Context, address string) []string
	}{
		{name: "close up and in forced colours", inShort: mainOrLong, look: lookClose},
		{name: "in forced colours by night", look: lookForced(true)},
		{name: "by keyboard", inShort: func(state string) bool { return slices.Contains(walkedInShort, state) }, look: walk(screens[0])},
		{name: "by keyboard at night", look: walk(screens[1])},
		{name: "by keyboard at 400 percent", look: walk(zoomed)},
	} {
		if pass.inShort == nil && testing.Short() {
			continue // make access has it
		}
		t.Run(pass.name, func(t *testing.T) {
			t.Parallel()
			tab, closeTab := chromedp.NewContext(browser)
			defer closeTab()
			require.NoError(t, chromedp.Do(tab, focused()))
			for _, state := range states() {
				if testing.Short() && !pass.inShort(state.name) {
					continue // make access has it
				}
				t.Run(state.name, func(t *testing.T) {
					require.Empty(t, pass.look(t, tab, server.URL+"/gallery/"+state.name))
				})
			}
		})
	}
}

// mainOrLong tells the state of a page that has no more to its name, and those of long names: what is lost, is mostly lost there.
func mainOrLong(state string) bool {
	page, variant, more := strings.Cut(state, "-")
	return !more || strings.HasPrefix(variant, "long") || page == "exhibit"
}

// lookClose opens a page once and looks at it close up, then with text set wide, then in forced colours by day.
func lookClose(t *testing.T, tab context.Context, address string) []string {
	t.Helper()
	require.NoError(t, open(tab, address, zoomed))
	learn(t, tab)
	found := slices.Concat(said(t, tab, "closeUp"), said(t, tab, "spaced"))
	require.NoError(t, chromedp.Do(tab, media("prefers-reduced-motion", "reduce")))
	found = append(found, said(t, tab, "moving")...)
	return append(found, seenForced(t, tab, false)...)
}

func lookForced(dark bool) func(*testing.T, context.Context, string) []string {
	return func(t *testing.T, tab context.Context, address string) []string {
		t.Helper()
		require.NoError(t, open(tab, address, screens[0]))
		learn(t, tab)
		return seenForced(t, tab, dark)
	}
}

func seenForced(t *testing.T, tab context.Context, dark bool) []string {
	t.Helper()
	require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(1280, 900), media("forced-colors", "active", "prefers-color-scheme", scheme(dark), "prefers-reduced-motion", "reduce")))
	return said(t, tab, "forced")
}

// walk presses Tab as often as there is something to reach, and looks where the focus came.
func walk(s screen) func(*testing.T, context.Context, string) []string {
	return func(t *testing.T, tab context.Context, address string) []string {
		t.Helper()
		require.NoError(t, open(tab, address, s))
		require.NoError(t, chromedp.Do(tab, media("prefers-reduced-motion", "reduce", "prefers-color-scheme", scheme(s.dark))))
		learn(t, tab)
		stops := look[int](t, tab, "access.watch()")
		for range stops + 1 { // and the way past the content
			require.NoError(t, chromedp.Do(tab, chromedp.KeyEvent(kb.Tab)))
		}
		return said(t, tab, "walked")
	}
}

func learn(t *testing.T, tab context.Context) {
	t.Helper()
	require.True(t, look[bool](t, tab, accessScript))
}

// said is what a page complains about by one of the script's functions.
func said(t *testing.T, tab context.Context, by string) []string {
	t.Helper()
	return look[[]string](t, tab, "access."+by+"()")
}

func look[T any](t *testing.T, tab context.Context, expression string) T {
	t.Helper()
	seen, err := chromedp.Run(tab, chromedp.Evaluate[T](expression))
	require.NoError(t, err)
	return seen
}

// focused tells a tab that it has the focus: one that stands behind another has none by itself.
func focused() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	})
}
