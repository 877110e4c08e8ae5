package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// screen is one way to look at a page.
type screen struct {
	name          string
	dark          bool
	width, height int64
	forced        bool // in colours of the person's own
}

var screens = []screen{
	{name: "light", width: 1280, height: 900},
	{name: "dark", dark: true, width: 1280, height: 900},
	{name: "phone", width: 390, height: 844},
	{name: "phone-dark", dark: true, width: 390, height: 844},
}

// zoomed is a window of 1280 by 1024 pixels at 400 % (WCAG 2.2, 1.4.10).
var zoomed = screen{name: "zoomed", width: 320, height: 256}

// pictured are the screens that pictures are taken of: tests ask the last two what is lost there, and people look at them.
var pictured = append(slices.Clip(screens), zoomed, screen{name: "forced", dark: true, width: 1280, height: 900, forced: true})

// startBrowser starts Chromium with a profile of its own; CHROMIUM names another binary.
func startBrowser(ctx context.Context) (context.Context, func(), error) {
	binary := os.Getenv("CHROMIUM")
	if binary == "" {
		binary = "/usr/bin/chromium"
	}
	if _, err := os.Stat(binary); err != nil {
		return nil, nil, fmt.Errorf("chromium: %w (install it, or name it in CHROMIUM)", err)
	}
	profile, err := os.MkdirTemp("", "plimsoll-gallery-")
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary), chromedp.UserDataDir(profile), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("hide-scrollbars", true))
	allocator, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	browser, stopBrowser := chromedp.NewContext(allocator)
	stop := func() {
		stopBrowser()
		stopAllocator()
		_ = os.RemoveAll(profile)
	}
	if err := chromedp.Do(browser, chromedp.Navigate("about:blank")); err != nil {
		stop()
		return nil, nil, fmt.Errorf("chromium: %w", err)
	}
	return browser, stop, nil
}

// open shows an address in a tab as a screen shows it.
func open(tab context.Context, address string, s screen) error {
	colours := "none"
	if s.forced {
		colours = "active"
	}
	return chromedp.Do(tab, chromedp.EmulateViewport(s.width, s.height), media("prefers-color-scheme", scheme(s.dark), "forced-colors", colours), chromedp.Navigate(address))
}

func scheme(dark bool) string {
	if dark {
		return "dark"
	}
	return "light"
}

// media sets features of the screen, each a name and its value.
func media(features ...string) chromedp.Action[chromedp.Void] {
	var set []*emulation.MediaFeature
	for i := 0; i < len(features); i += 2 {
		set = append(set, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: set})
		return err
	})
}

// photograph takes a picture of a whole page, fonts loaded.
func photograph(browser context.Context, address string, s screen) ([]byte, error) {
	tab, closeTab := chromedp.NewContext(browser)
	defer closeTab()
	if err := open(tab, address, s); err != nil {
		return nil, err
	}
	if _, err := chromedp.Run(tab, chromedp.Evaluate[bool](`document.fonts.ready.then(() => true)`, chromedp.EvalAwaitPromise)); err != nil {
		return nil, err
	}
	return chromedp.Run(tab, chromedp.FullScreenshot(100))
}
