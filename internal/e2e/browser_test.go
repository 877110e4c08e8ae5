package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// chromium is the browser; CHROMIUM names another binary. Each person has a profile of their own in it.
var chromium = shared(func() (context.Context, func(), error) {
	binary := os.Getenv("CHROMIUM")
	if binary == "" {
		binary = "/usr/bin/chromium"
	}
	if _, err := os.Stat(binary); err != nil {
		return nil, nil, fmt.Errorf("chromium: %w (install it, or name it in CHROMIUM)", err)
	}
	profile, err := os.MkdirTemp("", "plimsoll-e2e-browser-")
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("hide-scrollbars", true))
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	started, stopBrowser := chromedp.NewContext(allocator)
	end := func() {
		stopBrowser()
		stopAllocator()
		_ = os.RemoveAll(profile)
	}
	if err := chromedp.Do(started, chromedp.Navigate("about:blank")); err != nil {
		end()
		return nil, nil, fmt.Errorf("chromium: %w", err)
	}
	return started, end, nil
})

// person sits before the browser: sees what a page shows, and uses mouse and keyboard alone.
type person struct {
	t         *testing.T
	tab       context.Context
	origin    string
	downloads string

	lock       sync.Mutex
	complaints []string // of the console and of the content security policy
}

// newPerson opens a tab with cookies of its own, before the service that the tests share.
func newPerson(t *testing.T) *person {
	t.Helper()
	return newPersonAt(t, app(t).url())
}

// newPersonAt opens a tab with cookies of its own.
func newPersonAt(t *testing.T, origin string) *person {
	t.Helper()
	tab, closeTab := chromedp.NewContext(chromium(t), chromedp.WithNewBrowserContext())
	p := &person{t: t, tab: tab, origin: origin, downloads: t.TempDir()}
	// the first step opens the tab, whose life is that step's context: no deadline here
	require.NoError(t, chromedp.Do(tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, log.Enable, cdp.Empty{})
		return err
	})))
	require.NoError(t, chromedp.Listen(tab, p.hear))
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: p.downloads,
			BrowserContextID: chromedp.FromContext(tab).BrowserContextID,
		})
		return err
	}))
	p.show(day)
	t.Cleanup(func() {
		if t.Failed() {
			p.photograph(filepath.Join(os.TempDir(), "plimsoll-e2e-failed.png"))
			t.Logf("the page when it failed: %s, %s/plimsoll-e2e-failed.png", p.location(), os.TempDir())
		}
		closeTab()
	})
	return p
}

// step is a named part of what the person does.
func (p *person) step(name string, walk func()) {
	whole := p.t
	whole.Run(name, func(t *testing.T) {
		p.t = t
		defer func() { p.t = whole }()
		walk()
	})
}

func (p *person) hear(event any) {
	p.lock.Lock()
	defer p.lock.Unlock()
	switch event := event.(type) {
	case *log.EventEntryAdded:
		if event.Entry.Level == log.EntryLevelError {
			p.complaints = append(p.complaints, event.Entry.Text+" "+event.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		p.complaints = append(p.complaints, event.ExceptionDetails.Text)
	}
}

// noComplaints fails where the console or the policy complained since the last call.
func (p *person) noComplaints() {
	p.t.Helper()
	p.lock.Lock()
	defer p.lock.Unlock()
	require.Empty(p.t, p.complaints, "the console complains")
}

func (p *person) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.tab, patience)
	defer cancel()
	require.NoError(p.t, chromedp.Do(ctx, steps...))
}

// evaluate runs an expression in the page; of a page that is just leaving, it gives an error.
func evaluate[T any](p *person, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(p.tab, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// look is evaluate on a page that stays.
func look[T any](p *person, expression string) T {
	p.t.Helper()
	seen, err := evaluate[T](p, expression)
	require.NoError(p.t, err, expression)
	return seen
}

// sees waits until an expression holds in the page.
func (p *person) sees(expression string) {
	p.t.Helper()
	p.eventually(func() error {
		holds, err := evaluate[bool](p, "!!("+expression+")")
		if err == nil && !holds {
			err = errors.New("does not hold: " + expression)
		}
		return err
	})
}

// reads waits until the page shows a text.
func (p *person) reads(text string) {
	p.t.Helper()
	p.sees("document.body.innerText.includes(" + quote(text) + ")")
}

func (p *person) eventually(try func() error) {
	p.t.Helper()
	end := time.Now().Add(patience)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			require.NoError(p.t, err, "on %s, which reads:\n%.2000s", p.location(), p.text("body"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (p *person) opens(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.origin + path))
}

// location is the path and query that the tab is at.
func (p *person) location() string {
	at, _ := evaluate[string](p, "location.href")
	return strings.TrimPrefix(at, p.origin)
}

// text of the first element of a selector, as it is shown.
func (p *person) text(selector string) string {
	seen, _ := evaluate[string](p, "document.querySelector("+quote(selector)+")?.innerText ?? ''")
	return strings.TrimSpace(seen)
}

// pointer finds where the mouse has to be for an element: in its middle, in view, and nothing above it.
const pointer = `(() => {
  const element = %s;
  if (!element) return {problem: "is not there"};
  if (element.disabled) return {problem: "is disabled"};
  element.scrollIntoView({block: "center", behavior: "instant"});
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height) return {problem: "has no size"};
  const x = box.x + Math.min(box.width, innerWidth - box.x) / 2, y = box.y + box.height / 2;
  const top = document.elementFromPoint(x, y);
  if (!top || !(element.contains(top) || top.contains(element))) return {problem: "is covered by " + top?.outerHTML.slice(0, 100)};
  return {x, y};
})()`

// clicks moves the mouse to the element that an expression names, when it can be clicked, and clicks.
func (p *person) clicks(element string) {
	p.t.Helper()
	var at struct {
		X, Y    float64
		Problem string
	}
	p.eventually(func() error {
		found, err := evaluate[json.RawMessage](p, fmt.Sprintf(pointer, element))
		if err != nil {
			return err
		}
		at.Problem = ""
		if err := json.Unmarshal(found, &at); err != nil {
			return err
		}
		if at.Problem != "" {
			return errors.New(element + " " + at.Problem)
		}
		return nil
	})
	p.do(chromedp.MouseClickXY(at.X, at.Y))
}

// presses clicks the link, button or label that reads so.
func (p *person) presses(text string) {
	p.t.Helper()
	p.clicks("[...document.querySelectorAll('a, button, summary, label, [role=button]')].find(e => (e.innerText || e.textContent).trim() === " + quote(text) + " && e.getClientRects().length)")
}

// types types into the field that an expression names, over what stands there.
func (p *person) types(selector, text string) {
	p.t.Helper()
	element := "document.querySelector(" + quote(selector) + ")"
	p.clicks(element)
	p.sees("document.activeElement === " + element)
	look[bool](p, element+".select?.() ?? true")
	p.do(chromedp.KeyEvent(text))
}

// leaves moves on from a field by the Tab key.
func (p *person) leaves(selector string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(kb.Tab))
	p.sees("document.activeElement !== document.querySelector(" + quote(selector) + ")")
}

// picks chooses in a list by the keyboard, as its options stand.
func (p *person) picks(selector, value string) {
	p.t.Helper()
	element := "document.querySelector(" + quote(selector) + ")"
	look[bool](p, element+".focus() ?? true")
	p.do(chromedp.KeyEvent(kb.Home))
	for range look[int](p, "[..."+element+".options].findIndex(o => o.value === "+quote(value)+")") {
		p.do(chromedp.KeyEvent(kb.ArrowDown))
	}
	p.sees(element + ".value === " + quote(value))
}

// follows does what leads to another page, and waits for that page.
func (p *person) follows(lead func()) {
	p.t.Helper()
	look[bool](p, "window.left = true")
	lead()
	p.sees("!window.left && document.readyState === 'complete'")
}

// quote is a text as JavaScript writes it.
func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always has a form
	}
	return string(quoted)
}

// signsIn signs in through the pages.
func (p *person) signsIn(name string) {
	p.t.Helper()
	p.opens("/")
	p.follows(func() { p.presses("Sign in") })
	p.clicks("[...document.querySelectorAll('label')].find(e => e.innerText.includes(" + quote(name) + "))")
	p.follows(func() { p.presses("Sign in") })
	require.Equal(p.t, "/organizations", p.location())
}

// screen is one way to look at a page.
type screen struct {
	name          string
	dark          bool
	width, height int64
}

var (
	day     = screen{"light", false, 1280, 900}
	screens = []screen{day, {"dark", true, 1280, 900}, {"phone", false, 390, 844}, {"phone-dark", true, 390, 844}}
)

func (p *person) show(s screen) {
	p.t.Helper()
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	p.do(chromedp.EmulateViewport(s.width, s.height), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// keeps writes pictures of the page on every screen where the tests were asked for them.
func (p *person) keeps(name string) {
	p.t.Helper()
	if *pictures == "" {
		return
	}
	for _, s := range screens {
		p.show(s)
		p.photograph(filepath.Join(*pictures, name+"."+s.name+".png"))
	}
	p.show(day)
}

// photograph writes a picture of the whole page.
func (p *person) photograph(path string) {
	ctx, cancel := context.WithTimeout(p.tab, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, picture, 0o644))
	}
	if err != nil {
		p.t.Logf("picture %s: %v", path, err)
	}
}
