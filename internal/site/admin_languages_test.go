package site

import (
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
