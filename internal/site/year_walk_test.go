package site

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/dossier"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// walkLimit bounds the browser of a walk through a whole year.
const walkLimit = 4 * time.Minute

// The people of the walk, by login. The judge's account is made on the way.
const (
	yearAdmin, yearManager, yearHead = "quantri", "quanly", "chu-tich"
	yearDistrict, yearJudge          = "td-huyen", "phan-xu"
	yearLead, yearMember             = "to-truong", "thanh-vien"
	yearPublic                       = "-" // who has not signed in
)

// The communes of the walk.
const (
	yearA = testUnit // not proposed, appeals, recognised, revoked
	yearB = "07211"  // returned once, not proposed, refused
	yearC = longUnit // completes its dossier, recognised
)

// yearOfficers are the communes' people.
var yearOfficers = map[string]string{yearA: "xa-07", yearB: "xa-dong-mo", yearC: "xa-thuong-lam"}

// year is a walk through one year: one browser with a window for each person.
type year struct {
	t         *testing.T
	b         *browsertest.Tab
	site      *testSite
	at        string
	passwords map[string]string
	tabs      map[string]*browsertest.Tab
	seen      map[dossier.Status]bool
	looked    map[string]bool
}

func newYear(t *testing.T) *year {
	t.Helper()
	b := browsertest.OpenFor(t, browsertest.Desktop, walkLimit)
	w := &year{
		t: t, b: b, site: newSite(t), passwords: map[string]string{}, tabs: map[string]*browsertest.Tab{yearPublic: b},
		seen: map[dossier.Status]bool{}, looked: map[string]bool{},
	}
	ok(t, w.site.store.PutSet(context.Background(), store.Version{ID: "thu", Number: 1, Title: "Bộ tiêu chí thử nghiệm", YAML: actSet, State: store.Issued}))
	w.person(yearAdmin, "Quản trị hệ thống", account.Admin, "")
	w.person(yearManager, "Phạm Thị Quản Lý", account.Manager, "")
	w.person(yearHead, "Nguyễn Văn Chủ Tịch", account.Leader, "")
	w.person(yearDistrict, "Hoàng Thị Thẩm Định Huyện", account.Appraiser, "")
	w.person(yearLead, "Lê Văn Tổ Trưởng", account.Appraiser, "")
	w.person(yearMember, "Trần Thị Thành Viên", account.Appraiser, "")
	for unit, login := range yearOfficers {
		w.person(login, "Cán bộ "+login, account.Commune, unit)
	}
	w.at = browsertest.Serve(t, w.site.app)
	return w
}

func (w *year) person(login, name string, role account.Role, unit string) {
	w.t.Helper()
	w.passwords[login] = testPassword
	ok(w.t, w.site.store.PutUser(context.Background(), account.User{Login: login, Name: name, Role: role, Unit: unit, Password: quickHash(), Created: testNow}))
}

// as is the window of a person, who signs in when first called.
func (w *year) as(login string) *browsertest.Tab {
	w.t.Helper()
	if w.tabs[login] == nil {
		tab := w.b.Private(browsertest.Desktop)
		w.tabs[login] = tab
		signInBrowser(tab, w.at, login, w.passwords[login])
	}
	return w.tabs[login]
}

// open opens an address as somebody.
func (w *year) open(login, path string) *browsertest.Tab {
	w.t.Helper()
	tab := w.as(login)
	tab.Go(w.at + path)
	return tab
}

// look judges a page once under each name: at both sizes nothing is wider than
// the window, and axe finds nothing serious.
func (w *year) look(tab *browsertest.Tab, name string) {
	w.t.Helper()
	if w.looked[name] {
		return
	}
	w.looked[name] = true
	tab.Shot(name + "-1366")
	if over := tab.Overflow(); over > 0 {
		w.t.Errorf("%s: %d px wider than a desktop", name, over)
	}
	tab.Resize(browsertest.Phone)
	if over := tab.Overflow(); over > 0 {
		w.t.Errorf("%s: %d px wider than a phone", name, over)
	}
	tab.Shot(name + "-360")
	tab.Axe()
	tab.Resize(browsertest.Desktop)
}

// fill fills the form that a selector finds, as typing and choosing would: names
// and values in turn, a name again for its next field or box.
func (w *year) fill(tab *browsertest.Tab, form string, fields ...string) {
	w.t.Helper()
	if len(fields) == 0 {
		return
	}
	data, err := json.Marshal(fields)
	ok(w.t, err)
	selector, err := json.Marshal(form)
	ok(w.t, err)
	missing := browsertest.Eval[string](tab, `((form, list) => {
		if (!form) return "form";
		const used = {}, missing = [];
		const tell = e => { for (const kind of ["input", "change"]) e.dispatchEvent(new Event(kind, {bubbles: true})); };
		for (let i = 0; i < list.length; i += 2) {
			const [name, value] = [list[i], list[i + 1]], all = [...form.elements].filter(e => e.name === name);
			const box = all.find(e => /radio|checkbox/.test(e.type) && e.value === value);
			const field = all.filter(e => !/radio|checkbox|hidden/.test(e.type))[used[name] || 0];
			if (box) { if (!box.checked) box.click(); continue; }
			if (!field) { missing.push(name); continue; }
			used[name] = (used[name] || 0) + 1;
			field.value = value;
			if (field.value !== value) missing.push(name + " takes no " + value);
			tell(field);
		}
		return missing.join(", ");
	})(document.querySelector(`+string(selector)+`), `+string(data)+`)`)
	if missing != "" {
		w.t.Fatalf("the form %s has no %s", form, missing)
	}
}

// press opens what hides a button, presses it and wants a status of the page
// that comes.
func (w *year) press(tab *browsertest.Tab, button string, want int) {
	w.t.Helper()
	selector, err := json.Marshal(button)
	ok(w.t, err)
	if !browsertest.Eval[bool](tab, `(e => { for (let d = e; d; d = d.parentElement) if (d.tagName === "DETAILS") d.open = true; return e !== null; })(document.querySelector(`+string(selector)+`))`) {
		w.t.Fatalf("nothing to press at %s on %s:\n%s", button, browsertest.Eval[string](tab, `location.pathname`), tab.Text("main"))
	}
	if got := tab.Press(button); got != want {
		w.t.Fatalf("pressing %s: status %d, want %d:\n%s", button, got, want, tab.Text("main"))
	}
}

// says wants words on the page.
func (w *year) says(tab *browsertest.Tab, selector string, words ...string) {
	w.t.Helper()
	got := strings.Join(strings.Fields(tab.Text(selector)), " ")
	for _, x := range words {
		if !strings.Contains(got, x) {
			w.t.Fatalf("%s on %s does not say %q:\n%s", selector, browsertest.Eval[string](tab, `location.pathname`), x, got)
		}
	}
}

func yearHome(unit string) string { return "/ho-so/2026/" + unit }

// act does an act from the first page of a dossier, through its button there
// and the form that it leads to.
func (w *year) act(login, unit string, act dossier.Act, want int, fields ...string) *browsertest.Tab {
	w.t.Helper()
	tab, url := w.open(login, yearHome(unit)), yearHome(unit)+"/viec/"+string(act)
	if browsertest.Eval[bool](tab, `document.querySelector(".acts form[action='`+url+`']") !== null`) {
		w.press(tab, `.acts form[action='`+url+`'] button`, want)
		return tab
	}
	w.press(tab, `.acts a[href='`+url+`']`, 200)
	w.look(tab, "act-"+string(act))
	w.fill(tab, `form[action='`+url+`']`, fields...)
	w.press(tab, `form[action='`+url+`'] button.btn`, want)
	return tab
}

// stands wants a status on the first page of a dossier, as somebody sees it.
func (w *year) stands(login, unit string, status dossier.Status) *browsertest.Tab {
	w.t.Helper()
	tab := w.open(login, yearHome(unit))
	got, _, _ := strings.Cut(tab.Text(".stand .tag"), ": ") // the stage may follow
	if want := vi.Words(status); !strings.EqualFold(got, want) {
		w.t.Fatalf("%s stands at %q for %s, want %q", unit, got, login, want)
	}
	w.seen[status] = true
	w.look(tab, "home-"+string(status))
	return tab
}

// score fills a sheet by keyboard alone, from its first cell: a number of steps
// down for a list, text for a field; "=" leaves a cell as it is.
func (w *year) score(login, unit, stage string, cells ...string) *browsertest.Tab {
	w.t.Helper()
	tab := w.open(login, yearHome(unit)+"/cham-diem?cap="+stage)
	w.look(tab, "sheet-"+stage)
	if got := browsertest.Eval[int](tab, `document.querySelectorAll("#phieu [data-input]").length`); got != len(cells) {
		w.t.Fatalf("%d cells, want %d", got, len(cells))
	}
	tab.Do(chromedp.Evaluate[chromedp.Void](`(e => { e.focus(); if (e.select) e.select(); })(document.querySelector("#phieu [data-input]"))`))
	for _, text := range cells {
		switch steps, list := strings.CutPrefix(text, "↓"); {
		case list:
			for range max(1, len(steps)) {
				tab.Do(chromedp.KeyEvent(kb.ArrowDown))
			}
		case text != "=":
			tab.Do(chromedp.KeyEvent(text))
		}
		tab.Do(chromedp.Evaluate[chromedp.Void](`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}))`))
	}
	tab.Do(chromedp.KeyEvent(kb.Tab))
	tab.Wait(`document.getElementById("trang-thai").textContent === "Đã chấm đủ" && ![...document.querySelectorAll("#phieu .state")].some(e => /chưa lưu|đang lưu|Chưa/.test(e.textContent))`)
	return tab
}

// file is a small PDF to send.
func (w *year) file(name string) string {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), name)
	ok(w.t, os.WriteFile(path, pdfOf(name), 0o600))
	return path
}
