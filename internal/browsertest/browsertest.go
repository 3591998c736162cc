// Package browsertest opens pages in a real Chromium, for tests only: it takes
// pictures and runs axe-core, the checker of accessibility rules.
package browsertest

import (
	"context"
	_ "embed"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/gofiber/fiber/v2"
)

// Require names the variable that turns a missing browser into a failure.
const Require = "THANTHIEN_REQUIRE_CHROMIUM"

// Pictures names the variable with the folder that Shot writes into; without it
// no pictures are kept.
const Pictures = "THANTHIEN_TEST_PICTURES"

// Timeout bounds everything one browser does.
const Timeout = 90 * time.Second

// The two windows every page is looked at in.
var (
	Phone   = Size{360, 740}
	Desktop = Size{1366, 768}
)

// Size is a window in CSS pixels.
type Size struct{ Width, Height int64 }

//go:embed axe.min.js
var axe string

// Serve runs the application on loopback and returns its address.
func Serve(tb testing.TB, app *fiber.App) string {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	go func() { _ = app.Listener(ln) }()
	tb.Cleanup(func() { _ = app.ShutdownWithTimeout(5 * time.Second) })
	return "http://" + ln.Addr().String()
}

// Tab is one tab of a browser. An error in any of its methods ends the test.
type Tab struct {
	tb  testing.TB
	ctx context.Context
}

// Open starts a browser with a profile of its own and returns its first tab.
// Without Chromium the test is skipped, or fails where Require is 1.
func Open(tb testing.TB, size Size) *Tab {
	tb.Helper()
	return OpenFor(tb, size, Timeout)
}

// OpenFor is Open for a test that may take longer than Timeout.
func OpenFor(tb testing.TB, size Size, limit time.Duration) *Tab {
	tb.Helper()
	path := find()
	if path == "" {
		if os.Getenv(Require) == "1" {
			tb.Fatalf("Chromium is required (%s=1) and not installed", Require)
		}
		tb.Skip("skipped: this test needs Chromium, which is not installed")
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "vi"), chromedp.UserDataDir(tb.TempDir()),
		chromedp.WindowSize(int(size.Width), int(size.Height)),
	}
	ctx, stop := context.WithTimeout(context.Background(), limit)
	ctx, stopBrowser := chromedp.NewExecAllocator(ctx, opts...)
	ctx, stopTab := chromedp.NewContext(ctx)
	t := &Tab{tb, ctx}
	tb.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		stopTab()
		stopBrowser()
		stop()
	})
	t.Resize(size)
	return t
}

// Another opens a second tab of the same browser.
func (t *Tab) Another(size Size) *Tab {
	t.tb.Helper()
	return t.more(size)
}

// Private opens a window of the same browser with cookies of its own: another
// person.
func (t *Tab) Private(size Size) *Tab {
	t.tb.Helper()
	return t.more(size, chromedp.WithNewBrowserContext())
}

func (t *Tab) more(size Size, opts ...chromedp.ContextOption) *Tab {
	t.tb.Helper()
	ctx, stop := chromedp.NewContext(t.ctx, opts...)
	t.tb.Cleanup(stop)
	other := &Tab{t.tb, ctx}
	other.Resize(size)
	return other
}

// Resize gives the tab another window.
func (t *Tab) Resize(size Size) {
	t.tb.Helper()
	opts := []chromedp.EmulateViewportOption{chromedp.EmulatePortrait}
	if size == Phone {
		opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	t.Do(chromedp.EmulateViewport(size.Width, size.Height, opts...))
}

// Do runs actions one after the other.
func (t *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	t.tb.Helper()
	if err := chromedp.Do(t.ctx, actions...); err != nil {
		t.tb.Fatal(err)
	}
}

// Go opens an address and waits until the page is loaded.
func (t *Tab) Go(url string) {
	t.tb.Helper()
	t.Do(chromedp.Navigate(url))
}

// Visit is Go to a page that must be there: any status but 200 ends the test.
func (t *Tab) Visit(url string) {
	t.tb.Helper()
	t.Go(url)
	if status := Eval[int](t, `performance.getEntriesByType("navigation")[0].responseStatus`); status != 200 {
		t.tb.Fatalf("%s: status %d", url, status)
	}
}

// Click scrolls to the first visible element a CSS selector finds, and clicks.
func (t *Tab) Click(selector string) {
	t.tb.Helper()
	t.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Press clicks like Click, waits until the page that the click leads to is loaded
// and returns its status.
func (t *Tab) Press(selector string) int {
	t.tb.Helper()
	ctx, stop := context.WithTimeout(t.ctx, Timeout/3)
	defer stop()
	res, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
	if err != nil {
		t.tb.Fatalf("pressing %s: %v", selector, err)
	}
	if res == nil {
		return 0
	}
	return int(res.Status)
}

// Type types text into the element a CSS selector finds. (chromedp.SendKeys reads
// the attributes of the element while the page may be changing them.)
func (t *Tab) Type(selector, text string) {
	t.tb.Helper()
	t.Do(chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible), chromedp.KeyEvent(text))
}

// See waits until the element a CSS selector finds is visible, on whatever page
// comes.
func (t *Tab) See(selector string) {
	t.tb.Helper()
	t.Do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Wait waits until a JavaScript expression is true on the page that is open.
func (t *Tab) Wait(expression string) {
	t.tb.Helper()
	if _, err := chromedp.Run(t.ctx, chromedp.Poll[bool](expression)); err != nil {
		t.tb.Fatalf("waiting for %s: %v", expression, err)
	}
}

// Scripts turns JavaScript on or off for the pages opened from now on.
func (t *Tab) Scripts(on bool) {
	t.tb.Helper()
	if _, err := chromedp.Call(t.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		t.tb.Fatal(err)
	}
}

// Offline cuts the tab off from the network, or lets it back.
func (t *Tab) Offline(off bool) {
	t.tb.Helper()
	rule := network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}}}
	_, err := chromedp.Call(t.ctx, network.EmulateNetworkConditionsByRule, rule)
	if err == nil {
		_, err = chromedp.Call(t.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
	}
	if err != nil {
		t.tb.Fatal(err)
	}
	if off { // the browser takes its time: wait until nothing gets through
		t.Wait(`(() => {
			if (window.cutOff !== true) fetch("/healthz?" + Math.random()).catch(() => { window.cutOff = true });
			return window.cutOff === true && !navigator.onLine;
		})()`)
	}
}

// Text returns the text of the first element a CSS selector finds.
func (t *Tab) Text(selector string) string {
	t.tb.Helper()
	s, err := chromedp.Run(t.ctx, chromedp.Text(chromedp.CSS(selector)))
	if err != nil {
		t.tb.Fatal(err)
	}
	return s
}

// Eval returns the value of a JavaScript expression, waiting for a promise.
func Eval[T any](t *Tab, expression string) T {
	t.tb.Helper()
	v, err := chromedp.Run(t.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.tb.Fatal(err)
	}
	return v
}

// Shot keeps a picture of the whole page as NAME.png where Pictures says.
func (t *Tab) Shot(name string) {
	t.tb.Helper()
	dir := os.Getenv(Pictures)
	if dir == "" {
		return
	}
	png, err := chromedp.Run(t.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
	}
	if err != nil {
		t.tb.Fatal(err)
	}
}

// Overflow returns how many pixels the page is wider than its window.
func (t *Tab) Overflow() int {
	t.tb.Helper()
	return Eval[int](t, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
}

// find returns the path of a Chromium, or "".
func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// violation is what axe-core reports.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// Axe fails the test for every serious or critical finding of axe-core on the
// page that is open.
func (t *Tab) Axe() {
	t.tb.Helper()
	_ = Eval[int](t, axe+";0")
	found := Eval[[]violation](t, `axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.parse(JSON.stringify(r.violations)))`)
	for _, v := range found {
		var where []string
		for _, n := range v.Nodes {
			where = append(where, n.HTML+"\n\t"+n.Summary)
		}
		say := t.tb.Logf
		if v.Impact == "serious" || v.Impact == "critical" {
			say = t.tb.Errorf
		}
		say("axe: %s (%s): %s\n%s", v.ID, v.Impact, v.Help, strings.Join(where, "\n"))
	}
}
