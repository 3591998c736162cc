package site

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fasthttp"

	"thanthien/internal/account"
	"thanthien/internal/fault"
)

func TestWrongMethod(t *testing.T) {
	s := newSite(t)
	for target, allow := range map[string]string{
		responsesURL:        "POST",
		"/ban-ghi-khong-co": "",
		"/bien-nhan":        "GET, HEAD",
	} {
		res := s.do(http.MethodDelete, target, nil)
		want := http.StatusMethodNotAllowed
		if allow == "" {
			want = http.StatusNotFound
		}
		if got := res.Header.Get("Allow"); res.StatusCode != want || got != allow {
			t.Errorf("DELETE %s: status %d, want %d; Allow %q, want %q", target, res.StatusCode, want, got, allow)
		}
	}
}

// Every kind of fault has a status of its own.
func TestStatuses(t *testing.T) {
	seen := map[int]fault.Kind{}
	for kind := fault.Internal; kind <= fault.Timeout; kind++ {
		status := statuses[kind]
		if other, twice := seen[status]; twice || status < 400 {
			t.Errorf("kind %d has status %d, as has kind %d", kind, status, other)
		}
		seen[status] = kind
	}
}

// A connection that is too slow or breaks off is no fault of ours: nothing is
// logged.
func TestSlowConnection(t *testing.T) {
	s := newSite(t)
	for _, err := range []error{fiber.ErrRequestTimeout, fiber.ErrBadGateway} {
		c := s.app.AcquireCtx(&fasthttp.RequestCtx{})
		ok(t, s.app.ErrorHandler(c, err))
		if got := c.Response().StatusCode(); got != 408 || !strings.Contains(string(c.Response().Body()), "Xin gửi lại") {
			t.Errorf("%v: status %d", err, got)
		}
		s.app.ReleaseCtx(c)
	}
	if got := s.log.String(); strings.Contains(got, "ERROR") {
		t.Errorf("the log has %s", got)
	}
}

// A body over the limit of the whole site is refused before any handler runs;
// its answer is named all the same.
func TestBodyOverAllLimits(t *testing.T) {
	s := newSite(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	ended := make(chan error, 1)
	go func() { ended <- s.app.Listener(ln) }()
	conn, err := net.Dial("tcp", ln.Addr().String())
	ok(t, err)
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", responsesURL, MaxBody+1)
	ok(t, err)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	ok(t, err)
	body, err := io.ReadAll(res.Body)
	ok(t, err)
	ok(t, conn.Close())
	ok(t, s.app.Shutdown())
	ok(t, <-ended)
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", res.StatusCode)
	}
	var p problemJSON
	ok(t, json.Unmarshal(body, &p))
	if p.RequestID == "" || p.RequestID != res.Header.Get("X-Request-Id") || res.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("request id %q, header %q", p.RequestID, res.Header.Get("X-Request-Id"))
	}
}

// Who sets a password, and who made the first account, can be found later.
func TestAccountsAreAudited(t *testing.T) {
	s := emptySite(t)
	token, err := s.store.SetupToken(t.Context())
	ok(t, err)
	const first, second = "mat khau thu nhat", "mat khau thu hai"
	made := s.post("/khoi-tao", map[string][]string{"ma": {token}, "login": {"quantri"}, "name": {"Quản Trị"}, "password": {first}}).want(t, http.StatusSeeOther)
	cookie := made.Cookies()[0]
	csrf, _ := s.get("/tai-khoan", cookie).want(t, http.StatusOK).page(t).Find("input[name=_csrf]").First().Attr("value")
	s.post("/tai-khoan", map[string][]string{"_csrf": {csrf}, "old": {first}, "password": {second}, "again": {second}}, cookie).want(t, http.StatusSeeOther)
	events, err := s.store.History(t.Context(), "users/quantri")
	ok(t, err)
	var got []string
	for _, e := range events {
		got = append(got, e.Who+" "+string(e.Action)+" "+e.Detail[0].Field)
		if strings.Contains(e.Detail[0].After, second) {
			t.Error("the trail holds the password")
		}
	}
	if diff := cmp.Diff([]string{"quantri user.created role", "quantri user.changed password"}, got); diff != "" {
		t.Error(diff)
	}
	if string(account.Admin) != events[0].Detail[0].After {
		t.Errorf("role %q", events[0].Detail[0].After)
	}
}
