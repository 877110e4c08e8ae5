package main

import (
	"context"
	"fmt"
	"os"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// screen is one way to look at a page.
type screen struct {
	name          string
	dark          bool
	width, height int64
}

var screens = []screen{
	{"light", false, 1280, 900},
	{"dark", true, 1280, 900},
	{"phone", false, 390, 844},
	{"phone-dark", true, 390, 844},
}

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
	return chromedp.Do(tab, chromedp.EmulateViewport(s.width, s.height), prefer(s.dark), chromedp.Navigate(address))
}

func prefer(dark bool) chromedp.Action[chromedp.Void] {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
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
