package site

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"thanthien/criteria"
	"thanthien/internal/account"
	"thanthien/internal/browsertest"
)

// TestLanguagesInBrowser looks at the page of a form's languages: without any,
// after a file that is not complete, and after a good one.
func TestLanguagesInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.addUser("quantri", account.Admin, "")
	file := func(name, data string) string {
		path := filepath.Join(t.TempDir(), name)
		ok(t, os.WriteFile(path, []byte(data), 0o600))
		return path
	}
	data := string(criteria.Languages("pks07@1")[0].Data)
	good, bad := file("en.yaml", data), file("thieu.yaml", strings.Replace(data, "  q3:\n", "  q33:\n", 1))
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	signInBrowser(b, at, "quantri", testPassword)
	b.Go(at + "/quan-tri/phieu/pks07/1/ngon-ngu")
	looks(t, b, "languages-none")
	send := func(path string) {
		b.Do(chromedp.SetUploadFiles(chromedp.CSS("#tep"), []string{path}))
		b.Click("main form .btn")
	}
	send(bad)
	b.See("main [role=alert]")
	if got := b.Text("main"); !strings.Contains(got, "q3") {
		t.Errorf("the page does not name the missing question: %s", got)
	}
	looks(t, b, "languages-incomplete")
	send(good)
	b.See("main table a[href$='/en']")
	looks(t, b, "languages-added")
}

// A copy of a form speaks the languages of the original, until a question
// changes; a deleted draft leaves none behind.
func TestLanguagesOfCopy(t *testing.T) {
	s := newSite(t)
	cookie, ctx := s.manager(), t.Context()
	form, err := s.store.Form(ctx, "pks07", 1)
	ok(t, err)
	english := criteria.Languages("pks07@1")[0]
	ok(t, s.store.AddFormLanguage(ctx, form, english.Tag, english.Data, english.File, "quanly"))
	s.post("/quan-tri/phieu/pks07/1/chep", url.Values{"_csrf": {s.csrf(cookie)}}, cookie).want(t, 303)
	at := "/quan-tri/phieu/pks07/2"
	see := func(rows, stale int) {
		t.Helper()
		doc := s.get(at+"/ngon-ngu", cookie).want(t, 200).page(t)
		if got := doc.Find("td a[href$='/en']").Length(); got != rows {
			t.Errorf("%d English files, want %d", got, rows)
		}
		if got := doc.Find("td .tag.warn").Length(); got != stale {
			t.Errorf("%d files marked incomplete, want %d", got, stale)
		}
	}
	see(1, 0)
	s.press(at+"/soan", cookie, s.get(at+"/soan", cookie).page(t), "luu", "sections[0].questions[2].code", "q2x").want(t, 303)
	see(1, 1)
	v, err := s.store.FormVersion(ctx, "pks07", 2)
	ok(t, err)
	s.post(at+"/xoa", url.Values{"_csrf": {s.csrf(cookie)}, "phien-ban": {fmt.Sprint(v.Version)}}, cookie).want(t, 303)
	s.post("/quan-tri/phieu/pks07/1/chep", url.Values{"_csrf": {s.csrf(cookie)}, "ma": {"khac"}}, cookie).want(t, 303)
	if left, err := s.store.FormLanguages(ctx, "pks07@2"); err != nil || len(left) != 0 {
		t.Errorf("%d files of a deleted draft, %v", len(left), err)
	}
	if files, err := s.store.FormLanguages(ctx, "khac@1"); err != nil || len(files) != 1 {
		t.Errorf("%d files of a copy under another name, %v", len(files), err)
	}
}
