package site

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"thanthien/internal/account"
)

// openWrites are the routes that write without a session: no CSRF token can be
// asked there, and none is needed.
var openWrites = map[string]bool{
	"/k/:campaign/:unit": true, "/kiosk": true, "/kiosk/:campaign/:unit": true, "/kiosk/:campaign/:unit/ket-thuc": true, "/moi": true, "/dang-nhap": true, "/khoi-tao": true,
}

// programWrites are for programs: they take JSON alone, which a page of another
// site cannot send without being asked first.
const programWrites = "/api/v1/campaigns/:campaign/units/:unit/responses"

// TestEveryWriteRefusesForgery sends every write there is as another site's
// page would, and as one without the session's token.
func TestEveryWriteRefusesForgery(t *testing.T) {
	s := newSite(t)
	s.addUser("quantri", account.Admin, "")
	session := s.signIn("quantri")
	send := func(method, path string, header ...string) int {
		r := httptest.NewRequest(method, path, strings.NewReader("a=1"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return s.send(r, session).StatusCode
	}
	writes := 0
	for _, r := range s.app.GetRoutes(true) {
		if isRead(r.Method) || r.Method == http.MethodConnect || r.Method == http.MethodTrace {
			continue
		}
		writes++
		path := r.Path
		for _, p := range r.Params {
			path = strings.ReplaceAll(path, ":"+p, "x")
		}
		path = strings.ReplaceAll(path, `\`, "")
		if r.Path == programWrites {
			if got := send(r.Method, path); got != 415 {
				t.Errorf("%s %s takes a form: %d", r.Method, r.Path, got)
			}
			continue
		}
		for _, from := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
			if got := send(r.Method, path, from...); got != 403 {
				t.Errorf("%s %s from %v: %d, want 403", r.Method, r.Path, from, got)
			}
		}
		if got := send(r.Method, path); !openWrites[r.Path] && got != 403 {
			t.Errorf("%s %s without the session's token: %d, want 403", r.Method, r.Path, got)
		}
	}
	if writes < 60 {
		t.Errorf("only %d routes write", writes)
	}
}
