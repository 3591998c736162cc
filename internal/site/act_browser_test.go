package site

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"thanthien/internal/browsertest"
	"thanthien/internal/dossier"
)

// typingVar names the variable with how many seconds two people type at once;
// without it they type for typingSeconds.
const (
	typingVar     = "THANTHIEN_TYPING_SECONDS"
	typingSeconds = 4
)

// sixtySet has sixty leaves in six groups: points, every fifth by level, every
// seventh a share.
func sixtySet() string {
	var b strings.Builder
	b.WriteString("id: thu\nversion: 1\ntitle: Sáu mươi tiêu chí\napplies_to: [commune]\ntotal: 120\ndecimals: 2\nnot_applicable: rescale\nconditions:\n  - {code: dk1, title: Không vi phạm}\ngroups:\n")
	for g := range 6 {
		fmt.Fprintf(&b, "  - code: \"%d\"\n    title: Nhóm %d\n    kind: normal\n    max: 20\n    criteria:\n", g+1, g+1)
		for i := range 10 {
			rule := "{type: points, step: 0.25}"
			switch n := g*10 + i + 1; {
			case n%5 == 0:
				rule = "{type: levels, levels: [{code: a, label: Tốt, points: 2}, {code: b, label: Khá, points: 1}]}"
			case n%7 == 0:
				rule = "{type: ratio}"
			}
			fmt.Fprintf(&b, "      - {code: \"%d.%d\", title: Tiêu chí số %d, max: 2, rule: %s}\n", g+1, i+1, g*10+i+1, rule)
		}
	}
	b.WriteString("recognition:\n  min_total: 50\n  conditions: all\n  bands:\n    - {code: dat, title: Mức Đạt, min: 50}\n")
	return b.String()
}

// typist presses keys in a tab, and touches no mouse.
type typist struct{ *browsertest.Tab }

func (k typist) press(keys string) { k.Do(chromedp.KeyEvent(keys)) }

// enter presses Enter in a cell, without the character event that the driver
// adds and a browser leaves out when the page takes the key.
func (k typist) enter() {
	k.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}))`))
}

// tabTo presses Tab until the focus is where an expression about e, the focused
// element, says.
func (k typist) tabTo(tb testing.TB, where string) {
	tb.Helper()
	for range 400 {
		if browsertest.Eval[bool](k.Tab, `(e => !!(`+where+`))(document.activeElement)`) {
			return
		}
		k.press(kb.Tab)
	}
	tb.Fatalf("the Tab key does not lead to %s", where)
}

// Scoring sixty criteria, and handing the sheet in, needs no mouse.
func TestSixtyLeavesByKeyboard(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t, browsertest.Desktop)
	s := newActSiteOf(t, sixtySet())
	s.change(func(d *dossier.Dossier) { d.Status, d.Stage = dossier.Appraisal, "district" })
	at := browsertest.Serve(t, s.app)
	enter(b, at, "tv-a", testPassword)
	b.Go(at + actURL + "/cham-diem?cap=district")
	looks(t, b, "sheet-empty")
	k := typist{b}
	k.tabTo(t, `e.name === "m:met:?dk1"`)
	k.press(kb.ArrowDown)
	k.enter()
	for i := 0; i < 60; i++ {
		want := fmt.Sprintf("%d.%d", i/10+1, i%10+1)
		if got := browsertest.Eval[string](b, `document.activeElement.name`); !strings.HasSuffix(got, ":"+want) {
			t.Fatalf("Enter leads to %q, want the cell of %s", got, want)
		}
		switch {
		case (i+1)%5 == 0:
			k.press(kb.ArrowDown)
		case (i+1)%7 == 0:
			k.press("3")
			k.enter()
			k.press("4")
		default:
			k.press("1,5")
		}
		k.enter()
	}
	k.press(kb.Tab) // out of the last cell
	b.Wait(`[...document.querySelectorAll(".cell .state")].every(e => e.textContent === "✓ đã lưu")`)
	if got := b.Text("#trang-thai"); got != "Đã chấm đủ" {
		t.Errorf("after sixty cells the page says %q", got)
	}
	looks(t, b, "sheet-full")
	k.tabTo(t, `e.pathname && e.pathname.endsWith("/viec/finish-sheet")`)
	k.press(kb.Enter)
	b.See(".act-page form")
	looks(t, b, "act-finish")
	k.tabTo(t, `e.matches(".act-page button")`)
	k.press(kb.Enter)
	b.See(".notice.good[role=status]")
	d := s.dossier()
	l := dossier.Layer{Stage: "district", Member: "tv-a", Round: 1}
	if !d.Finished(l) || len(d.In(l)) != 61 {
		t.Errorf("%d cells are stored, finished: %v", len(d.In(l)), d.Finished(l))
	}
	looks(t, b, "dossier-home")
}

// The pages of a dossier at every status, to the unit and to the manager.
func TestDossierPagesLook(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t, browsertest.Desktop)
	s := newActSite(t)
	s.inAppraisal()
	at := browsertest.Serve(t, s.app)
	s.act("tv-a", "finish-sheet").want(t, 303)
	s.act("tv-b", "finish-sheet").want(t, 303)
	enter(b, at, "tv-a", testPassword)
	for name, path := range map[string]string{
		"dossier-lead": "", "dossier-compare": "/cham-diem?cap=district", "dossier-survey": "/khao-sat", "dossier-history": "/lich-su",
		"act-propose": "/viec/propose", "act-complete": "/viec/ask-completion", "act-rescore": "/viec/rescore",
	} {
		b.Visit(at + actURL + path)
		looks(t, b, name)
	}
	s.act("tv-a", "propose").want(t, 303)
	b = browsertest.Open(t, browsertest.Desktop)
	enter(b, at, "xa", testPassword)
	b.Visit(at + actURL)
	looks(t, b, "dossier-unit")
	s.change(func(d *dossier.Dossier) { d.Status, d.Stage = dossier.NotRegistered, "" })
	b.Visit(at + actURL + "/viec/register")
	looks(t, b, "act-register")
}

// typing types into cells in turn until the time is over, and returns what was
// typed last into each.
func (k typist) typing(codes []string, until time.Time, seed int) map[string]string {
	last := map[string]string{}
	for n := 0; time.Now().Before(until); n++ {
		code := codes[n%len(codes)]
		value := strconv.FormatFloat(float64((n+seed)%8+1)*0.25, 'f', -1, 64)
		k.Do(chromedp.Evaluate[chromedp.Void](`(e => { e.focus(); e.select(); })(document.getElementById("o-` + code + `"))`))
		k.press(strings.Replace(value, ".", ",", 1))
		k.enter()
		last[code] = value
	}
	k.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	k.Wait(`[...document.querySelectorAll(".cell .state")].every(e => !e.textContent || e.textContent === "✓ đã lưu")`)
	return last
}

// Two people type into the same dossier for a while from two browsers: their
// own sheets, the shared stage of a period without steps, the unit's own
// stage. No cell is lost.
func TestTwoTypeAtOnce(t *testing.T) {
	t.Parallel()
	seconds := typingSeconds
	if text := os.Getenv(typingVar); text != "" {
		n, err := strconv.Atoi(text)
		ok(t, err)
		seconds = n
	}
	spare := 3 * (time.Duration(seconds)*time.Second + browsertest.Timeout)
	one, two := browsertest.OpenFor(t, browsertest.Desktop, spare), browsertest.OpenFor(t, browsertest.Desktop, spare)
	for name, c := range map[string]struct {
		status dossier.Status
		stage  string
		logins [2]string
	}{
		"own sheets":   {dossier.Appraisal, "district", [2]string{"tv-a", "tv-b"}},
		"shared stage": {dossier.Free, "district", [2]string{"tv-a", "tv-b"}},
		"one unit":     {dossier.Scoring, "self", [2]string{"xa", "xa-hai"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newActSiteOf(t, sixtySet())
			s.change(func(d *dossier.Dossier) {
				if d.Status = c.status; c.status == dossier.Appraisal {
					d.Stage = c.stage
				}
			})
			at := browsertest.Serve(t, s.app)
			shared := s.dossier()
			codes := [2][]string{{"1.1", "1.3", "2.1", "2.3", "3.2"}, {"1.2", "1.4", "2.2", "2.6", "3.3"}}
			if !shared.Shared(c.stage) {
				codes[1] = codes[0]
			}
			var last [2]map[string]string
			var g sync.WaitGroup
			for i, tab := range []*browsertest.Tab{one, two} {
				g.Go(func() {
					k := typist{tab}
					enter(tab, at, c.logins[i], testPassword)
					tab.Go(at + actURL + "?cap=" + c.stage)
					last[i] = k.typing(codes[i], time.Now().Add(time.Duration(seconds)*time.Second), i*3)
				})
			}
			g.Wait()
			d, err := s.store.Dossier(context.Background(), "2026", testUnit)
			ok(t, err)
			for i, login := range c.logins {
				if len(last[i]) < len(codes[i]) {
					t.Errorf("%s typed into %d cells only", login, len(last[i]))
				}
				for code, want := range last[i] {
					if e, _ := d.Entry(d.LayerOf(c.stage, login), code); dossier.Text(e.Mark) != want || e.By != login {
						t.Errorf("%s typed %s into %s; stored is %q by %s", login, want, code, dossier.Text(e.Mark), e.By)
					}
				}
			}
		})
	}
}
