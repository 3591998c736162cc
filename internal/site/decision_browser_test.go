package site

import (
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/dossier"
	"thanthien/internal/unit"
)

// The pages of the lock, the decisions, the documents and the public result.
func TestDecisionPagesInBrowser(t *testing.T) {
	t.Parallel()
	s, people := lockSite(t)
	m := people[account.Manager]
	_, _, err := s.store.PutUnits(t.Context(), []unit.Unit{{Code: "07299", Name: longName + " và một phần của xã cũ", Level: unit.Commune, Parent: "27", Predecessors: []string{testUnit}}})
	ok(t, err)
	ok(t, s.store.PutSettings(t.Context(), provinceSettings(), 1))
	s.changeUnit(longUnit, func(d *dossier.Dossier) {
		d.Status, d.Back = dossier.Appealed, dossier.NotProposed
		d.Appeals = []dossier.Contest{{Code: "1.2", Stage: "province", By: "xa", At: testNow, Reason: "Hồ sơ đã có đủ tài liệu nhưng tổ thẩm định chưa xem đến phụ lục số 3"}}
	})
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	signInBrowser(b, at, "user-manager", testPassword)
	see := func(name, path string) {
		t.Helper()
		b.Resize(browsertest.Desktop)
		b.Visit(at + path)
		looks(t, b, "decision-"+name)
	}
	see("lock-appeal", lockURL)
	s.changeUnit(longUnit, func(d *dossier.Dossier) {
		d.Status = dossier.NotProposed
		d.Appeals[0].Judge, d.Appeals[0].Ruling = "td2", "Phụ lục không chứng minh nội dung tiêu chí"
	})
	see("lock-open", lockURL)
	m.toState("khoa").want(t, 303)
	see("lock-unsigned", lockURL)
	see("list-unsigned", decideURL)
	people[account.Leader].submit(lockURL+"/ky", "ma-kiem", s.thePeriod().Checksum, "mat-khau", testPassword).want(t, 303)
	see("lock-signed", lockURL)
	see("list", decideURL)
	b.Resize(browsertest.Desktop)
	b.Visit(at + decideURL)
	browsertest.Eval[int](b, `(document.querySelectorAll("main input[type=checkbox]").forEach(e => e.checked = true), document.querySelector("#number").value = "15/QĐ-UBND", 0)`)
	b.Click("button[value=cong-nhan]")
	b.See("[role=alert]")
	looks(t, b, "decision-preview-refused")
	m.submitAll(decideURL, paper("15/QĐ-UBND", "viec", "cong-nhan", "buoc", "ghi", "unit", testUnit)...).want(t, 303)
	b.Resize(browsertest.Desktop)
	b.Visit(at + decideURL + "/" + testUnit)
	browsertest.Eval[int](b, `(document.querySelectorAll("main details").forEach(e => e.open = true), 0)`)
	looks(t, b, "decision-one")
	m.submitAll(decideURL+"/"+testUnit+"/chuyen-tiep", paper("16/QĐ-UBND", "to", "07299")...).want(t, 303)
	see("register", "/quan-tri/cong-nhan")
	see("register-none", "/quan-tri/cong-nhan?q=khong+co")
	see("documents", "/quan-tri/ky/2026/van-ban")
	see("document-to-trinh", "/quan-tri/ky/2026/van-ban/to-trinh")
	see("document-bien-ban", "/quan-tri/ky/2026/van-ban/bien-ban")
	see("document-quyet-dinh", "/quan-tri/ky/2026/van-ban/quyet-dinh?so=15/Q%C4%90-UBND")
	m.toState("cong-bo").want(t, 303)
	m.submitAll(decideURL+"/"+testUnit+"/thu-hoi", paper("17/QĐ-UBND", "reason", "gian dối")...).want(t, 303)
	see("public", "/ket-qua/2026")
	see("public-list", "/ket-qua")
}
