package site

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/evidence"
)

// TestEvidenceInBrowser walks through the evidence of a commune with the
// longest name: nothing, a refused file, a good one with criteria found by the
// filter, its page, a new revision, and the removal.
func TestEvidenceInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.addPeriod()
	s.addUser("xa-dai", account.Commune, longUnit)
	file := func(name string, data []byte) string {
		path := filepath.Join(t.TempDir(), name)
		ok(t, os.WriteFile(path, data, 0o600))
		return path
	}
	long := strings.Repeat("Báo cáo kết quả thực hiện quy chế dân chủ ở cơ sở ", 2) + ".pdf"
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	list := at + "/ho-so/2026/" + longUnit + "/minh-chung"
	signInBrowser(b, at, "xa-dai", testPassword)
	b.Go(list)
	looks(t, b, "evidence-none")
	b.Resize(browsertest.Desktop)
	b.Type("#tim-tc", "1.2")
	b.Click(`input[name=tc][value="1.2"]`)
	send := func(path string) {
		b.Do(chromedp.SetUploadFiles(chromedp.CSS("#tep"), []string{path}))
	}
	send(file("gia.pdf", []byte("<!doctype html>")))
	b.Click("#them form button")
	b.See("main [role=alert]")
	if !browsertest.Eval[bool](b, `document.querySelector("input[name=tc][value='1.2']").checked`) {
		t.Error("the choice is lost")
	}
	looks(t, b, "evidence-refused")
	b.Resize(browsertest.Desktop)
	send(file("to.pdf", make([]byte, evidence.MaxFile+1)))
	if got := b.Text(".ev-chosen"); !strings.Contains(got, "to.pdf") || !browsertest.Eval[bool](b, `!document.querySelector("#tep").checkValidity()`) {
		t.Errorf("a file that is too big: %q", got)
	}
	send(file(long, pdfOf("a")))
	b.Click("#them form button")
	b.See(".ev-title")
	looks(t, b, "evidence-added")
	b.Resize(browsertest.Desktop)
	b.Click(".ev-title")
	b.See(".ev-sha")
	looks(t, b, "evidence-one")
	b.Resize(browsertest.Desktop)
	openEvidence(b)
	looks(t, b, "evidence-forms")
	b.Resize(browsertest.Desktop)
	send(file("moi.pdf", pdfOf("b")))
	b.Click("form[action$='/ban-moi'] button")
	b.See(".ev-items li:nth-child(2) .ev-sha")
	if f := s.folder(longUnit); len(f.Items) != 1 || len(f.Items[0].Revisions) != 2 {
		t.Errorf("%+v", f)
	}
	openEvidence(b)
	b.Type("#ly-do", "Nộp nhầm tệp của năm trước")
	b.Click("form[action$='/go-bo'] button")
	b.See("main .notice.good")
	looks(t, b, "evidence-removed")
}

// openEvidence unfolds everything on the page.
func openEvidence(b *browsertest.Tab) {
	browsertest.Eval[bool](b, `document.querySelectorAll("main details").forEach(d => { d.open = true }), true`)
}
