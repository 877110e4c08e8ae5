package main

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestPagesReadOnPaper prints pages by night, as somebody does who gives no thought to it, and reads what came out.
func TestPagesReadOnPaper(t *testing.T) {
	server := httptest.NewServer(handler())
	t.Cleanup(server.Close)
	tab := newTab(t)
	for _, c := range []struct {
		page     string
		has, not []string
	}{
		{page: "result", has: []string{"52", "overloaded", "The five pillars", "The liveness probe kills the broker", "Do you absolutely need Kubernetes?",
			"The control plane runs a supported minor version"}, not: []string{"Skip to content", "Settings", "Make the PDF"}},
		{page: "findings", has: []string{"3 214 findings", "events/kafka", "The liveness probe kills the broker"}, not: []string{"Last day", "One by one", "Settings"}},
		{page: "finding", has: []string{"The liveness probe kills the broker", "startupProbe", "recovery"}, not: []string{"Settings"}},
	} {
		t.Run(c.page, func(t *testing.T) {
			require.NoError(t, open(tab, server.URL+"/gallery/"+c.page, screens[1]))
			var printed page.PrintToPDFResult
			require.NoError(t, chromedp.Do(tab, chromedp.Func(func(ctx context.Context, target *chromedp.Target) (err error) {
				printed, err = cdp.Call(ctx, target, page.PrintToPDF, page.PrintToPDFParams{})
				return err
			})))
			path := filepath.Join(t.TempDir(), "page.pdf")
			require.NoError(t, os.WriteFile(path, printed.Data, 0o600))
			text, err := exec.Command("pdftotext", "-layout", path, "-").Output()
			require.NoError(t, err)
			for _, words := range c.has {
				require.Contains(t, string(text), words)
			}
			for _, words := range c.not {
				require.NotContains(t, string(text), words)
			}
		})
	}
}
