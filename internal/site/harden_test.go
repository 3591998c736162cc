package site

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// A compressed body is refused before anything unpacks it.
func TestCompressedBodyRefused(t *testing.T) {
	s := newSite(t)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(bytes.Repeat([]byte("login=a&"), 1<<16))
	ok(t, err)
	ok(t, w.Close())
	req := httptest.NewRequest(http.MethodPost, "/dang-nhap", &packed)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Content-Encoding", "gzip")
	s.send(req).want(t, http.StatusUnsupportedMediaType)
}

// After signing in one comes to this site, whatever the link said.
func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{
		"/ho-so?ky=2026": "/ho-so?ky=2026", "": "", "//evil.example": "", "/\t/evil.example": "", "/\\evil.example": "", "https://evil.example/": "",
		"/ /evil.example": "", "/\n/evil.example": "", "javascript:alert(1)": "", "ho-so": "",
	} {
		if got := localPath(in); got != want {
			t.Errorf("%q leads to %q, want %q", in, got, want)
		}
	}
}

// Wrong passwords are counted before they are checked: of many at once no more
// than the limit are tried; a new password by an administrator clears them.
func TestSignInLimit(t *testing.T) {
	s := newSite(t)
	s.addUser("ai-do", account.Leader, "")
	for range store.LoginTries {
		ok(t, s.store.CountSignIn(t.Context(), "ai-do", ""))
	}
	if err := s.store.CountSignIn(t.Context(), "ai-do", ""); !fault.Is(err, fault.TooMany) {
		t.Fatalf("one too many: %v", err)
	}
	wrong := url.Values{"login": {"ai-do"}, "password": {strings.Repeat("x", 12)}}
	if wait := s.post("/dang-nhap", wrong).want(t, http.StatusTooManyRequests).Header.Get("Retry-After"); wait == "" || wait == "0" {
		t.Errorf("Retry-After %q", wait)
	}
	ok(t, s.store.ForgetSignIns(t.Context(), "ai-do"))
	s.post("/dang-nhap", wrong).want(t, http.StatusUnprocessableEntity)
}

// Whoever is signed in already goes straight to where the link leads; nothing
// leads off the site.
func TestSignedInGoesOn(t *testing.T) {
	_, m := readySite(t)
	for next, want := range map[string]string{"/han": "/han", "//xa.example/": "/quan-tri", "": "/quan-tri"} {
		if got := m.open("/dang-nhap?tiep="+url.QueryEscape(next)).want(t, 303).Header.Get("Location"); got != want {
			t.Errorf("tiep=%q leads to %q, want %q", next, got, want)
		}
	}
}

// Locking a period ends its campaigns, and they are not opened again while it
// is locked: no answer moves a frozen result.
func TestLockFreezesSurvey(t *testing.T) {
	s, m := readySite(t)
	p, err := s.store.Period(t.Context(), "2026")
	ok(t, err)
	now := s.store.Now()
	c := survey.Campaign{ID: "dong-bang", Title: "Đợt", Period: "2026", FormID: "pks07", FormVer: 1, Units: p.Units, Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour)}
	ok(t, s.store.PutCampaign(t.Context(), c))
	version, _ := m.open("/quan-tri/ky/2026/khoa").want(t, 200).page(t).Find("input[name=phien-ban]").First().Attr("value")
	m.submit("/quan-tri/ky/2026/trang-thai", "viec", "khoa", "phien-ban", version).want(t, 303)
	stored, err := s.store.Campaign(t.Context(), "dong-bang")
	ok(t, err)
	if stored.Closes.After(s.store.Now()) {
		t.Fatalf("the campaign is open until %v", stored.Closes)
	}
	s.do(http.MethodPost, "/api/v1/campaigns/dong-bang/units/"+p.Units[0]+"/responses", strings.NewReader(`{"group":"resident","answers":{"q1":"5"}}`),
		"Content-Type", "application/json").want(t, http.StatusGone)
	m.submit("/quan-tri/dot/dong-bang", "viec", "gia-han", "closes", "2030-01-01T00:00", "phien-ban", "2").want(t, 409)
	m.submit("/quan-tri/dot/dong-bang", "viec", "tiep-tuc", "phien-ban", "2").want(t, 409)
}
