package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// inspected is what a page says of itself once it is shown.
type inspected struct {
	Wide   int      `json:"wide"`   // pixels that the page is wider than its window
	Widest string   `json:"widest"` // an element that sticks out
	Inline []string `json:"inline"` // inline styles, styles, scripts and handlers
	Twice  []string `json:"twice"`  // ids that stand more than once
	Broken []string `json:"broken"` // accessibility rules that are broken, with the element
}

const inspection = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"]}).then(found => {
  const root = document.documentElement;
  const wide = root.scrollWidth - root.clientWidth;
  const out = [...document.querySelectorAll("body *")].find(e => wide > 0 && e.getBoundingClientRect().right > root.clientWidth + 1 && ![...e.children].some(c => c.getBoundingClientRect().right > root.clientWidth + 1));
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  return JSON.stringify({
    wide, widest: out ? out.outerHTML.slice(0, 160) : "",
    inline: [...document.querySelectorAll("[style], style, script:not([src]), [onclick], [onload], [onchange]")].map(e => e.outerHTML.slice(0, 120)),
    twice: ids.filter((id, i) => ids.indexOf(id) !== i),
    broken: found.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 200) + " " + n.failureSummary.slice(0, 300))),
  });
})`

// shown are the screens that each state is looked at on: all by make screens; in short both widths and both schemes, each once.
func shown() []screen {
	if testing.Short() {
		return []screen{screens[0], screens[3]}
	}
	return screens
}

func TestEveryPageStateIsAccessibleAndInsideItsPolicy(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe-4.14.1.min.js")
	require.NoError(t, err)
	server := httptest.NewServer(handler())
	t.Cleanup(server.Close)
	browser, stop, err := startBrowser(context.Background())
	require.NoError(t, err)
	t.Cleanup(stop)
	for _, s := range shown() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tab, closeTab := chromedp.NewContext(browser)
			defer closeTab()
			complaints := listen(t, tab)
			for _, state := range states() {
				t.Run(state.name, func(t *testing.T) {
					page := inspect(t, tab, server.URL+"/gallery/"+state.name, s, string(axe))
					require.Zero(t, page.Wide, "the page scrolls sideways: %s", page.Widest)
					require.Empty(t, page.Inline)
					require.Empty(t, page.Twice, "ids stand twice")
					require.Empty(t, page.Broken)
					require.Empty(t, complaints(), "the console complains")
				})
			}
		})
	}
}

func inspect(t *testing.T, tab context.Context, address string, s screen, axe string) inspected {
	t.Helper()
	require.NoError(t, open(tab, address, s))
	// what the debugger evaluates is outside the page's policy
	_, err := chromedp.Run(tab, chromedp.Evaluate[bool](axe+"; true"))
	require.NoError(t, err)
	said, err := chromedp.Run(tab, chromedp.Evaluate[string](inspection, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	var page inspected
	require.NoError(t, json.Unmarshal([]byte(said), &page))
	return page
}

// listen collects what the console and the policy complain about; the function it returns empties the list.
func listen(t *testing.T, tab context.Context) func() []string {
	t.Helper()
	var lock sync.Mutex
	var said []string
	require.NoError(t, chromedp.Do(tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, log.Enable, cdp.Empty{})
		return err
	})))
	require.NoError(t, chromedp.Listen(tab, func(event any) {
		lock.Lock()
		defer lock.Unlock()
		switch event := event.(type) {
		case *log.EventEntryAdded:
			if event.Entry.Level == log.EntryLevelError && !strings.Contains(event.Entry.URL, "/o/") {
				said = append(said, event.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			said = append(said, event.ExceptionDetails.Text)
		}
	}))
	return func() []string {
		lock.Lock()
		defer lock.Unlock()
		all := said
		said = nil
		return all
	}
}

func TestTheFirstPageIsSmall(t *testing.T) {
	const mostBytes, mostRequests = 100 << 10, 8
	var lock sync.Mutex
	bytes, requests := 0, 0
	pages := handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		counting := &countingWriter{ResponseWriter: w}
		pages.ServeHTTP(counting, r)
		lock.Lock()
		defer lock.Unlock()
		bytes, requests = bytes+counting.written, requests+1
	}))
	t.Cleanup(server.Close)
	browser, stop, err := startBrowser(context.Background())
	require.NoError(t, err)
	t.Cleanup(stop)
	_, err = photograph(browser, server.URL+"/gallery/front", screens[0])
	require.NoError(t, err)
	lock.Lock()
	defer lock.Unlock()
	require.LessOrEqual(t, bytes, mostBytes)
	require.LessOrEqual(t, requests, mostRequests)
	t.Logf("%d bytes in %d requests", bytes, requests)
}

type countingWriter struct {
	http.ResponseWriter
	written int
}

func (w *countingWriter) Write(content []byte) (int, error) {
	n, err := w.ResponseWriter.Write(content)
	w.written += n
	return n, err
}
