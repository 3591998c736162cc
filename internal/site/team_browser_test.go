package site

import (
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
)

// The desk, the settings and the teams of 209 dossiers with long names; of the
// long lists the last page, since the accessibility check takes its time.
func TestTeamPagesInBrowser(t *testing.T) {
	t.Parallel()
	s, m := teamSite(t)
	s.province(t)
	s.as(account.Admin)
	u, err := s.store.User(t.Context(), "td2")
	ok(t, err)
	u.Recused = []string{"80004", "80009"}
	ok(t, s.store.PutUser(t.Context(), u))
	b := browsertest.OpenFor(t, browsertest.Desktop, 5*time.Minute)
	at := browsertest.Serve(t, s.app)
	signInBrowser(b, at, "user-admin", testPassword)
	const teams = "/quan-tri/ky/2030/phan-cong"
	for _, page := range []struct{ name, path string }{
		{"desk", "/quan-tri?ky=2030&trang=5"}, {"registered", "/quan-tri?ky=2030&tt=registered&q=lam+1+"}, {"period", "/quan-tri/ky/2030"}, {"settings", "/quan-tri/ky/2030/thiet-lap"},
		{"renewed", "/quan-tri/ky/moi?tu=2030"}, {"teams", teams + "?trang=5"}, {"one", teams + "/80004?cap=province"}, {"import", teams + "/nhap"}, {"balance", teams + "/tu-dong"},
		{"recused", "/quan-tri/tai-khoan/td2/tranh"},
	} {
		b.Resize(browsertest.Desktop)
		b.Visit(at + page.path)
		looks(t, b, "team-"+page.name)
	}
	b.Resize(browsertest.Desktop)
	b.Visit(at + teams + "/tu-dong?cap=province")
	browsertest.Eval[int](b, `(document.querySelector("#don-vi").value = "tat-ca", document.querySelector("#so").value = "3", setTimeout(() => document.querySelector("#so").form.requestSubmit()), 0)`)
	b.See("table.teams")
	looks(t, b, "team-balanced")
	partly := m.submit("/quan-tri?ky=2030", "viec", "duyet", "dv", "80001", "dv", "80002").want(t, 422)
	if text(partly.page(t), "#loi") == "" {
		t.Error("nothing is said of what was not done")
	}
}
