package site

import (
	"strings"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/demo"
)

// signInBrowser signs a user of addUser in.
func signInBrowser(b *browsertest.Tab, at, login, password string) {
	b.Go(at + "/dang-nhap")
	b.Type("#login", login)
	b.Type("#password", password)
	b.Click("main button")
	b.See(".who")
}

// The pages of a system with a year under way.
func TestAdminPagesInBrowser(t *testing.T) {
	t.Parallel()
	s := emptySite(t)
	ok(t, demo.Fill(t.Context(), s.store, testNow))
	campaigns, err := s.store.Campaigns(t.Context())
	ok(t, err)
	periods, err := s.store.Periods(t.Context())
	ok(t, err)
	campaign, period := campaigns[len(campaigns)-1], periods[0]
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	signInBrowser(b, at, "quantri", demo.Password)
	set := setURL(period.SetID, period.SetVer)
	for _, page := range []struct{ name, path string }{
		{"desk", "/quan-tri"}, {"desk-none-found", "/quan-tri?q=khong+co"}, {"units", "/quan-tri/don-vi?cap=commune"}, {"sets", "/quan-tri/bo-tieu-chi"}, {"set", set},
		{"forms", "/quan-tri/phieu"}, {"form", "/quan-tri/phieu/pks07/1"}, {"periods", "/quan-tri/ky"}, {"period", "/quan-tri/ky/" + period.ID}, {"period-closed", "/quan-tri/ky/" + periods[len(periods)-1].ID},
		{"campaigns", "/quan-tri/dot"}, {"campaign-switches", "/quan-tri/dot/" + campaign.ID},
		{"users", "/quan-tri/tai-khoan"}, {"settings", "/quan-tri/tinh"},
		{"counts", "/khao-sat"}, {"count", "/khao-sat/" + campaign.ID}, {"distribution", "/khao-sat/" + campaign.ID + "/" + campaign.Units[6]},
	} {
		b.Resize(browsertest.Desktop)
		b.Go(at + page.path)
		if page.name == "set" {
			browsertest.Eval[int](b, `(document.querySelectorAll(".tree details, .version details").forEach((d, i) => d.open = i < 4), 0)`)
		}
		looks(t, b, "admin-"+page.name)
	}
}

// The forms, empty, with mistakes and filled; and an empty system.
func TestAdminFormsInBrowser(t *testing.T) {
	t.Parallel()
	s := emptySite(t)
	admin := s.as(account.Admin)
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	signInBrowser(b, at, "user-admin", testPassword)
	open := func(name, path string) {
		b.Resize(browsertest.Desktop)
		b.Go(at + path)
		looks(t, b, "admin-"+name)
	}
	open("first-steps", "/quan-tri")
	open("units-empty", "/quan-tri/don-vi")
	open("sets-empty", "/quan-tri/bo-tieu-chi")
	open("periods-empty", "/quan-tri/ky")
	open("counts-empty", "/khao-sat")
	open("unit-import", "/quan-tri/don-vi/nhap")
	open("period-new-empty", "/quan-tri/ky/moi")
	admin.submit("/quan-tri/don-vi/ghi", "du-lieu", unitsCSV).want(t, 303)
	admin.submit("/quan-tri/bo-tieu-chi/mau", "mau", "mau-than-thien-bg@1").want(t, 303)
	admin.submit("/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/chep").want(t, 303)
	admin.submit("/quan-tri/ky/moi", periodForm("2026")...).want(t, 303)
	open("draft-edit", "/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/sua")
	open("draft", "/quan-tri/bo-tieu-chi/mau-than-thien-bg/2")
	open("diff", "/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/so-sanh?voi=mau-than-thien-bg@1")
	open("period-draft", "/quan-tri/ky/2026")
	open("period-new", "/quan-tri/ky/moi")
	open("campaign-new", "/quan-tri/dot/moi?ky=2026")
	open("user-new", "/quan-tri/tai-khoan/moi")
	for _, f := range []struct{ name, path string }{{"period-errors", "/quan-tri/ky/moi"}, {"campaign-errors", "/quan-tri/dot/moi"}, {"user-errors", "/quan-tri/tai-khoan/moi"}} {
		b.Resize(browsertest.Desktop)
		b.Go(at + f.path)
		browsertest.Eval[int](b, `(document.querySelectorAll("main form.card input[type=text]").forEach(e => e.value = e.name == "title" ? "Đánh giá chính quyền thân thiện cấp xã năm 2026 của tỉnh" : "Sai rồi!"), document.querySelector("main form.card").noValidate = true, setTimeout(() => document.querySelector("main form.card").requestSubmit()), 0)`)
		b.See("#loi")
		looks(t, b, "admin-"+f.name)
	}
}

// A real upload through the browser: the preview, and the list of mistakes.
func TestUploadInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.addUser("quanly", account.Manager, "")
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	signInBrowser(b, at, "quanly", testPassword)
	send := func(name, path, file, text string) {
		b.Resize(browsertest.Desktop)
		b.Go(at + path)
		browsertest.Eval[int](b, `(() => { const d = new DataTransfer(); d.items.add(new File([`+jsString(text)+`], `+jsString(file)+`)); const i = document.getElementById("tep"); i.files = d.files; setTimeout(() => i.form.requestSubmit()); return 0 })()`)
		b.See("main table")
		looks(t, b, "admin-"+name)
	}
	send("units-preview", "/quan-tri/don-vi/nhap", "don-vi.csv", "code,name,level,parent\n07299,"+longName+" và một phần của xã cũ,commune,27\n07211,Xã Đồng Mỏ Mới,commune,27\n")
	send("units-problems", "/quan-tri/don-vi/nhap", "don-vi.csv", "code,name,level,parent\n07299,,commune,27\n0 7,Xã A,làng,99\n")
	send("set-problems", "/quan-tri/bo-tieu-chi", "sai.yaml", strings.NewReplacer("max: 10", "max: 11", "type: ratio", "type: tile", "bands:", "band:").Replace(smallSet))
}

func jsString(s string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`", "${", "\\${").Replace(s) + "`"
}
