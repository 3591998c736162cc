package site

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"thanthien/internal/dossier"
)

// A form that comes after its session has ended is kept through the sign-in and
// then sent again, once, with everything in it.
func TestLateFormIsKept(t *testing.T) {
	s := newActSite(t)
	s.change(func(d *dossier.Dossier) { d.Status = dossier.Submitted })
	const said = "Bổ sung ảnh bảng niêm yết\r\nvà sổ theo dõi"
	form := url.Values{"_csrf": {s.csrf(s.as("tv-b"))}, "ly-do": {said}, "muc": {"1.1.1", "to-trinh"}, "han": {"2026-11-30"}, "trang-thai": {"submitted||1"}}
	to := actURL + "/viec/ask-completion?x=1"
	*s.now = testNow.Add(3 * time.Hour)
	late := s.post(to, form, s.as("tv-b")).want(t, 401).page(t)
	if got := text(late, ".notice"); !strings.Contains(got, "vẫn được giữ") {
		t.Errorf("who comes too late reads %q", got)
	}
	signIn := sentBy(t, late, "form[action='/dang-nhap']")
	signIn.Set("login", "tv-b")
	signIn.Set("password", "sai mật khẩu")
	again := sentBy(t, s.post("/dang-nhap", signIn).want(t, 422).page(t), "form[action='/dang-nhap']")
	again.Set("login", "tv-b")
	again.Set("password", testPassword)
	signed := s.post("/dang-nhap", again).want(t, 200)
	offered := signed.page(t)
	if got := text(offered, "details .said"); !strings.Contains(got, "sổ theo dõi") {
		t.Errorf("the text to be sent again is %q", got)
	}
	if len(s.dossier().Completions) != 0 {
		t.Fatal("it was sent without being asked")
	}
	next := sentBy(t, offered, "main form")
	action, _ := offered.Find("main form").Attr("action")
	if action != to {
		t.Errorf("it goes to %q", action)
	}
	s.post(action, next, signed.Cookies()...).want(t, 303)
	got := s.dossier().Completions
	if len(got) != 1 || got[0].Text != strings.ReplaceAll(said, "\r\n", "\n") || len(got[0].Codes) != 2 || got[0].Until != "2026-11-30" {
		t.Errorf("asked: %+v", got)
	}
}

// A page that is older than the session is offered again at once, with the
// token of the session; nothing secret is ever carried.
func TestOldPageIsOffered(t *testing.T) {
	s := newActSite(t)
	s.change(func(d *dossier.Dossier) { d.Status = dossier.Submitted })
	form := url.Values{"_csrf": {"cũ"}, "ly-do": {"Bổ sung ảnh"}, "han": {"2026-11-30"}}
	page := s.post(actURL+"/viec/ask-completion", form, s.as("tv-b")).want(t, 403).page(t)
	next := sentBy(t, page, "main form")
	s.post(actURL+"/viec/ask-completion", next, s.as("tv-b")).want(t, 303)
	if n := len(s.dossier().Completions); n != 1 {
		t.Errorf("asked %d times", n)
	}
	for _, field := range secrets {
		for status, cookie := range map[int]string{401: "", 403: "tv-b"} {
			f := url.Values{"_csrf": {"cũ"}, field: {"điều bí mật"}}
			a := answer{}
			if cookie == "" {
				a = s.post(actURL+"/viec/accept", f)
			} else {
				a = s.post(actURL+"/viec/accept", f, s.as(cookie))
			}
			if a.want(t, status); strings.Contains(a.body, "bí mật") || strings.Contains(a.body, url.QueryEscape("bí mật")) {
				t.Errorf("the page of %d carries %s", status, field)
			}
		}
	}
	// Whoever is sent elsewhere by a made-up address stays here.
	f := url.Values{"login": {"tv-a"}, "password": {testPassword}, "next": {"https://evil.example/x"}, "giu-lai": {"a=1"}}
	if to := s.post("/dang-nhap", f).want(t, 303).Header.Get("Location"); to != appraisePath {
		t.Errorf("sent on to %s", to)
	}
}
