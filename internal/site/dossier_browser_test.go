package site

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/demo"
	"thanthien/internal/docstore"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/dossier"
	"thanthien/internal/score"
	"thanthien/internal/store"
)

// demoSite is a site over the demo province, with one commune of the longest
// name.
func demoSite(tb testing.TB) *testSite {
	s, _ := demoSiteOver(tb)
	return s
}

// demoSiteOver returns the site and its database.
func demoSiteOver(tb testing.TB) (*testSite, docstore.DB) {
	tb.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(tb.TempDir(), "demo.db"), store.Collections())
	ok(tb, err)
	tb.Cleanup(func() { ok(tb, db.Close()) })
	s := &testSite{tb: tb, log: &bytes.Buffer{}, now: new(time.Time)}
	*s.now = testNow
	s.start(db)
	ok(tb, demo.Fill(ctx, s.store, testNow))
	units, err := s.store.Units(ctx)
	ok(tb, err)
	for i := range units {
		if units[i].Name == "Xã Minh Họa 09" || units[i].Name == "Phường Minh Họa 09" {
			units[i].Name = longName
		}
	}
	_, _, err = s.store.PutUnits(ctx, units)
	ok(tb, err)
	return s, db
}

// start makes a new process, as it were, over a database.
func (s *testSite) start(db docstore.DB) {
	s.tb.Helper()
	var err error
	s.store, err = store.New(context.Background(), store.Options{DB: db, Clock: func() time.Time { return *s.now }})
	ok(s.tb, err)
	s.app, err = New(Options{Store: s.store, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelWarn})), Demo: true})
	ok(s.tb, err)
}

// enter signs a user in through the page.
func enter(tab *browsertest.Tab, address, login, password string) {
	tab.Go(address + "/dang-nhap")
	tab.Type("#login", login)
	tab.Type("#password", password)
	tab.Click("main .btn.wide")
	tab.See(".who")
}

// The pages of the staff in both windows, over a province of 40 communes.
func TestStaffPagesLook(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t, browsertest.Desktop)
	s := demoSite(t)
	at := browsertest.Serve(t, s.app)
	codes := s.codes()
	enter(b, at, "lanhdao", demo.Password)
	for name, path := range map[string]string{
		"leader": "/lanh-dao", "leader-last": "/lanh-dao?ky=2025", "ranking": "/bao-cao/xep-hang", "ranking-filter": "/bao-cao/xep-hang?dat=khong&sap=ten",
		"ranking-none": "/bao-cao/xep-hang?q=khong+co", "dossiers": "/ho-so", "score-read": "/ho-so/2026/" + codes[8],
		"explain-total": "/ho-so/2026/" + codes[8] + "/giai-thich", "explain-survey": "/ho-so/2026/" + codes[8] + "/giai-thich/5.1", "explain-ratio": "/ho-so/2026/" + codes[8] + "/giai-thich/1.1.2",
	} {
		b.Go(at + path)
		looks(t, b, name)
	}
	b = browsertest.Open(t, browsertest.Desktop)
	enter(b, at, "thamdinh", demo.Password)
	b.Go(at + "/ho-so/2026/" + codes[8])
	looks(t, b, "score")
}

// codes lists the units of the open period.
func (s *testSite) codes() []string {
	s.tb.Helper()
	p, err := s.store.Period(context.Background(), "2026")
	ok(s.tb, err)
	return p.Units
}

// Enter and the arrows move between cells, each saves itself, the sums follow;
// a cell that a colleague changed meanwhile is asked back on the spot.
func TestMarksByKeyboard(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t, browsertest.Desktop)
	s := newSite(t)
	s.addPeriod()
	s.addUser("tham-dinh", account.Appraiser, "")
	at := browsertest.Serve(t, s.app)
	enter(b, at, "tham-dinh", testPassword)
	b.Go(at + scoreURL)
	focus := func() string { return browsertest.Eval[string](b, `document.activeElement.name`) }
	press := func(keys string) { b.Do(chromedp.KeyEvent(keys)) }
	// A key that moves, without the character event that the driver adds and a
	// browser leaves out when the page takes the key.
	move := func(key string) {
		b.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "` + key + `", bubbles: true, cancelable: true}))`))
	}

	b.Do(chromedp.Focus(chromedp.CSS("#o-1\\.1\\.1")))
	b.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`))
	press("4,5")
	if got := b.Text("[data-group='1']"); got != "19,50" {
		t.Errorf("group while typing = %q", got)
	}
	if got := b.Text("tfoot [data-total]"); got != "29,50" {
		t.Errorf("total while typing = %q", got)
	}
	move("Enter")
	if focus() != "m:level:1.1.2" {
		t.Errorf("Enter leads to %q", focus())
	}
	b.Wait(`document.querySelector("[data-code='1.1.1'] .state").textContent === "✓ đã lưu"`)
	if got := s.markOf(testUnit, "province", "1.1.1"); got != "4.5" {
		t.Errorf("stored %q", got)
	}
	move("Enter")
	move("ArrowDown")
	if focus() != "m:denominator:1.2" {
		t.Errorf("the arrow leads to %q", focus())
	}
	move("ArrowUp")
	press("40")
	move("Enter")
	b.Wait(`document.querySelector("[data-points='1.2']").textContent === "4,00"`)
	if got := b.Text("tfoot [data-total]"); got != "28,50" {
		t.Errorf("total from the server = %q", got)
	}

	s.mark(testUnit, "province", dossier.Change{Code: "2.1", Base: score.NewMark("count", "5"), Mark: score.NewMark("count", "2")})
	b.Do(chromedp.Focus(chromedp.CSS("#o-2\\.1")))
	b.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`))
	press("3")
	move("Enter")
	b.See("[data-code='2.1'] .choice")
	if got := b.Text("[data-code='2.1'] .state"); got != "ai-do vừa lưu: 2" {
		t.Errorf("the cell says %q", got)
	}
	looks(t, b, "score-clash")
	b.Click("[data-code='2.1'] .choice button:last-child")
	b.Wait(`document.querySelector("[data-code='2.1'] .state").textContent === "✓ đã lưu"`)
	if got := s.markOf(testUnit, "province", "2.1"); got != "3" {
		t.Errorf("stored %q after choosing mine", got)
	}

	b.Do(chromedp.Focus(chromedp.CSS("#o-2\\.2")))
	b.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`))
	press("x")
	move("Enter")
	b.Wait(`document.querySelector("[data-code='2.2'] .state.bad") !== null`)
	b.Do(chromedp.Focus(chromedp.CSS("textarea[name='n:1.2']")))
	press("đủ")
	press(kb.Tab)
	b.Wait(`document.querySelector("[data-code='1.2'] .state").textContent === "✓ đã lưu"`)
	if got := s.markOf(testUnit, "province", "1.2"); got != "40/50|đủ" {
		t.Errorf("stored %q", got)
	}
	if got := b.Text(".notice [data-then]"); !strings.Contains(got, "Tải lại trang") {
		t.Errorf("the conclusion of before the changes still stands: %q", got)
	}

	// A session that ends meanwhile loses nothing.
	b.Do(chromedp.Focus(chromedp.CSS("#o-2\\.2")))
	b.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`))
	press("0")
	move("Enter")
	b.Wait(`document.querySelector("[data-code='2.2'] .state").textContent === ""`) // as it was
	ok(t, s.store.EndSessions(t.Context(), "tham-dinh"))
	b.Do(chromedp.Focus(chromedp.CSS("#o-1\\.1\\.1")))
	b.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`))
	press("3,5")
	move("Enter")
	b.Wait(`document.querySelector("[data-code='1.1.1'] .state.bad") !== null`)
	if got := b.Text("[data-code='1.1.1'] .state"); !strings.Contains(got, "Bấm “Lưu”") {
		t.Errorf("after the session the cell says %q", got)
	}
	b.Click("#luu")
	b.See("#login")
	looks(t, b, "late")
	b.Type("#login", "tham-dinh")
	b.Type("#password", testPassword)
	b.Click("main form button")
	b.See("main form[action*='" + testUnit + "'] button")
	looks(t, b, "again")
	b.Click("main form[action*='" + testUnit + "'] button")
	b.See("#phieu")
	if got := s.markOf(testUnit, "province", "1.1.1"); got != "3.5" {
		t.Errorf("stored %q after signing in again", got)
	}
}

// Without JavaScript the form saves, and the page of a conflict shows both.
func TestConflictPageLooks(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t, browsertest.Desktop)
	s := newSite(t)
	s.addPeriod()
	s.addUser("tham-dinh", account.Appraiser, "")
	at := browsertest.Serve(t, s.app)
	enter(b, at, "tham-dinh", testPassword)
	b.Scripts(false)
	b.Go(at + scoreURL)
	s.mark(testUnit, "province", dossier.Change{Code: "2.1", Base: score.NewMark("count", "5"), Mark: score.NewMark("count", "2")})
	b.Type("#o-2\\.1", "4")
	b.Click("#luu")
	b.Scripts(true)
	b.See("#xung-dot")
	looks(t, b, "conflict")
}
