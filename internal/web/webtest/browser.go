// Package webtest looks at pages as people do: through a real Chromium, at a desk's and at a phone's width, with
// axe-core for accessibility. It owns the browser; what is on the pages belongs to whoever serves them.
package webtest

import (
	"context"
	_ "embed" // axe-core
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

//go:embed axe/axe.min.js
var axeSource string

// Width is a viewport in CSS pixels.
type Width int

// The widths that QUALITY section 5 names.
const (
	Desktop Width = 1280
	Phone   Width = 360
)

// pageTime bounds one tab, so that a hung browser fails its test instead of the whole run.
const pageTime = 6 * time.Minute

// Browser starts Chromium for a test and ends it with the test. Tabs of it come from Tab.
func Browser(t testing.TB) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	require.NotEmpty(t, path, "the page tests need Chromium: scripts/install-test-deps brings it")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("disable-dev-shm-usage", true))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	browser, stop := chromedp.NewContext(allocator)
	t.Cleanup(func() { stop(); stopAllocator() })
	require.NoError(t, chromedp.Do(browser))
	return browser
}

// Tab opens a tab of that width with cookies of its own, and closes it with the test.
func Tab(browser context.Context, t testing.TB, width Width) context.Context {
	t.Helper()
	tab, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(int64(width), 900)))
	bounded, cancel := context.WithTimeout(tab, pageTime)
	t.Cleanup(func() { cancel(); stop() })
	return bounded
}

// Cookies gives the tab cookies for the address, as if earlier visits had left them.
func Cookies(ctx context.Context, t testing.TB, address string, cookies map[string]string) {
	t.Helper()
	for name, value := range cookies {
		require.NoError(t, chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: address})
			return err
		})))
	}
}

// Violation is one rule of axe-core that a page breaks, and where.
type Violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// String names the rule and the first places that break it.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for i, n := range v.Nodes {
		if i == 3 {
			fmt.Fprintf(&b, "\n  and %d more", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %s\n    %s", n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n    "))
	}
	return b.String()
}

// Axe runs axe-core on the page that the tab shows, all rules but the experimental ones.
func Axe(ctx context.Context) ([]Violation, error) {
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](axeSource+";0")); err != nil {
		return nil, fmt.Errorf("load axe-core: %w", err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		`axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, fmt.Errorf("run axe-core: %w", err)
	}
	var violations []Violation
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		return nil, fmt.Errorf("read what axe-core found: %w", err)
	}
	return violations, nil
}

// Accessible fails the test for each violation on the page that the tab shows, and when it is wider than the screen.
func Accessible(ctx context.Context, t testing.TB) {
	t.Helper()
	violations, err := Axe(ctx)
	require.NoError(t, err)
	for _, v := range violations {
		t.Errorf("%s", v)
	}
	overflow, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	require.NoError(t, err)
	require.LessOrEqual(t, overflow, 0, "the page is %d pixels wider than the screen", overflow)
}
