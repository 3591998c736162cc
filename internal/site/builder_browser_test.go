package site

import (
	"strings"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
)

// The builder in a browser: the preview follows the typing, the buttons change
// the page in place, and nothing typed is lost.
func TestBuilderInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.addUser("quanly", account.Manager, "")
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	signInBrowser(b, at, "quanly", testPassword)
	b.Go(at + "/quan-tri/phieu/moi")
	looks(t, b, "builder-new")
	b.Resize(browsertest.Desktop)
	b.Go(at + "/quan-tri/phieu/moi")
	b.Type("#title", "Phiếu gõ trong trình duyệt")
	b.See("#xem-truoc h2")
	waitUntil(t, b, `document.querySelector("#xem-truoc h2").textContent.includes("gõ trong")`)
	b.Click(`button[value="them sections[0].questions"]`)
	waitUntil(t, b, `document.querySelectorAll(".fb-question").length === 2`)
	if got := browsertest.Eval[string](b, `document.getElementById("title").value`); got != "Phiếu gõ trong trình duyệt" {
		t.Errorf("the title became %q", got)
	}
	b.Click(`button[value="luu"]`)
	b.See("#loi")
	looks(t, b, "builder-errors")
}

// The pages that take data out, and the published list.
func TestExportInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.addUser("quantri", account.Admin, "")
	s.answerMany(30)
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	signInBrowser(b, at, "quantri", testPassword)
	b.Go(at + "/khao-sat/" + testCampaign + "/xuat")
	looks(t, b, "export-start")
	s.get(s.export("csv", s.signIn("quantri")), s.signIn("quantri")).want(t, 200)
	*s.now = testNow.AddDate(0, 0, 21)
	ok(t, s.store.PublishReceipts(t.Context()))
	receipt := s.store.Receipt(testCampaign, "07210", s.store.ResponseKey(testCampaign, "07210", "k0"))
	for _, page := range []struct{ name, path string }{
		{"published", "/ket-qua/bien-nhan/" + testCampaign}, {"receipt-found", "/bien-nhan?ma=" + strings.ToLower(receipt)}, {"privacy-lists", "/rieng-tu"},
	} {
		b.Resize(browsertest.Desktop)
		b.Go(at + page.path)
		looks(t, b, "export-"+page.name)
	}
	signInBrowser(b, at, "quantri", testPassword)
	for _, page := range []struct{ name, path string }{{"done", "/khao-sat/" + testCampaign + "/xuat"}, {"log", "/quan-tri/xuat-du-lieu"}} {
		b.Resize(browsertest.Desktop)
		b.Go(at + page.path)
		looks(t, b, "export-"+page.name)
	}
}

// waitUntil waits until an expression holds on the page.
func waitUntil(t *testing.T, b *browsertest.Tab, expression string) {
	t.Helper()
	for range 100 {
		if browsertest.Eval[bool](b, expression) {
			return
		}
		browsertest.Eval[int](b, `new Promise(done => setTimeout(() => done(0), 50))`)
	}
	t.Fatal("never came true: ", expression)
}
