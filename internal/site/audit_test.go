package site

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/browsertest"
	"thanthien/internal/vi"
)

// Every action has a name: the log and the histories show no codes.
func TestEveryActionHasAName(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "../audit/audit.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); !ok || typ.Name != "Action" {
			return true
		}
		name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		if seen++; !vi.Has("admin.event." + name) {
			t.Errorf("%s has no name", name)
		}
		return true
	})
	if seen < 20 {
		t.Errorf("found %d actions: the test looks in the wrong place", seen)
	}
}

// logged records one event a minute, of several people and things.
func (s *testSite) logged(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		e := audit.Event{ID: "log" + strconv.Itoa(1000+i), At: testNow.Add(time.Duration(i-n) * time.Minute), Who: "xa07", Action: audit.UserChanged, Thing: "users/quantri",
			Detail: []audit.Change{{Field: "role", Before: "commune", After: "admin"}}}
		if i%10 == 0 {
			e.Who, e.Action, e.Thing = "quanly", audit.PeriodChanged, "periods/2026"
			e.Detail = []audit.Change{{Field: "reason", After: "=mở lại <b>kỳ</b>"}}
		}
		ok(t, s.store.Record(t.Context(), e))
	}
}

func TestAuditLog(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Admin]
	s.logged(t, 120)
	rows := func(query string) int {
		t.Helper()
		return s.get(auditPath+"?"+query, me).want(t, 200).page(t).Find(".audit > li").Length()
	}
	day := testNow.In(vi.Zone).Format(time.DateOnly)
	for query, want := range map[string]int{
		"":                               auditRows,
		"viec=period.changed":            12,
		"ai=quanly":                      12,
		"q=mo+lai":                       12,
		"q=mo+lai&ai=xa07":               0,
		"doi-tuong=periods%2F2026":       12,
		"doi-tuong=periods%2F2025":       0,
		"viec=period.changed&tu=" + day:  12,
		"viec=period.changed&den=" + day: 12,
		"viec=period.changed&tu=" + testNow.AddDate(0, 0, 2).Format(time.DateOnly):   0,
		"viec=period.changed&den=" + testNow.AddDate(0, 0, -2).Format(time.DateOnly): 0,
	} {
		if got := rows(query); got != want {
			t.Errorf("%q shows %d, want %d", query, got, want)
		}
	}
	s.get(auditPath+"?sau=hong", me).want(t, 400)
	s.get(auditPath, cookies[account.Manager]).want(t, 403)
	s.get(auditPath+".csv", cookies[account.Manager]).want(t, 403)
	text := s.get(auditPath+"?doi-tuong=users%2Fquantri", me).want(t, 200).page(t).Find(".audit > li").First().Text()
	for _, part := range []string{vi.Text("admin.event.user.changed"), vi.Text("role.commune"), vi.Text("role.admin"), vi.Text("audit.field.role")} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not told in %q", part, text)
		}
	}
}

// The pager leads through every event once.
func TestAuditLogPager(t *testing.T) {
	s, cookies := staffSite(t)
	s.logged(t, 120)
	for _, filter := range []string{"?", "?doi-tuong=users%2Fquantri", "?ai=xa07"} {
		seen, pages := map[string]bool{}, 0
		for at := auditPath + filter; at != "" && pages < 10; pages++ {
			doc := s.get(at, cookies[account.Admin]).want(t, 200).page(t)
			for _, n := range doc.Find(".audit .hash").EachIter() {
				if seen[n.Text()] {
					t.Errorf("%s shows an event twice", at)
				}
				seen[n.Text()] = true
			}
			at, _ = doc.Find(`a[rel="next"]`).Attr("href")
		}
		want := 108
		if filter == "?" {
			want = 120
		}
		if pages != 3 || len(seen) < want || filter != "?" && len(seen) != want {
			t.Errorf("%s: %d events on %d pages, want %d on 3", filter, len(seen), pages, want)
		}
	}
}

func TestAuditCSV(t *testing.T) {
	s, cookies := staffSite(t)
	s.logged(t, 120)
	csv := string(s.get(auditPath+".csv?viec=period.changed", cookies[account.Admin]).want(t, 200).body)
	if n := strings.Count(csv, "quanly,"); n != 12 || strings.Contains(csv, ",=") || !strings.HasPrefix(csv, "\ufeff"+vi.Text("audit.column.when")) {
		t.Errorf("%d lines in\n%.600s", n, csv)
	}
	if got := s.get(auditPath+"?viec=data.exported", cookies[account.Admin]).want(t, 200).page(t).Find(".audit > li").Length(); got != 1 {
		t.Errorf("the download is logged %d times", got)
	}
}

// The page says that the trail is whole, and where it is not.
func TestAuditChain(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Admin]
	s.logged(t, 12)
	chain := func() string {
		return s.get(auditPath, me).want(t, 200).page(t).Find(`[aria-labelledby="chuoi"]`).Text()
	}
	if text := chain(); !strings.Contains(text, vi.Text("audit.unchecked")) {
		t.Errorf("before a check: %s", text)
	}
	s.post(auditPath+"/kiem-tra", url.Values{"_csrf": {s.csrf(me)}}, me).want(t, 303)
	head, err := s.store.AuditHead(t.Context())
	ok(t, err)
	if text := chain(); !strings.Contains(text, vi.Text("audit.whole")) || !strings.Contains(text, head.Short()) {
		t.Errorf("whole, head %s: %s", head.Short(), text)
	}
	s.post(auditPath+"/kiem-tra", url.Values{"_csrf": {s.csrf(cookies[account.Manager])}}, cookies[account.Manager]).want(t, 403)
	s.post(auditPath+"/kiem-tra", url.Values{}, me).want(t, 403) // no form token
}

// The page passes the accessibility check on a phone and a desk.
func TestAuditLooks(t *testing.T) {
	t.Parallel()
	s, _ := staffSite(t)
	s.logged(t, 60)
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	s.addUser("quantri", account.Admin, "")
	signInBrowser(b, at, "quantri", testPassword)
	for name, path := range map[string]string{"audit-log": auditPath, "audit-one": auditPath + "?doi-tuong=periods%2F2026", "audit-none": auditPath + "?q=khong+co"} {
		b.Resize(browsertest.Desktop)
		b.Visit(at + path)
		looks(t, b, name)
	}
}

func TestKeptChanges(t *testing.T) {
	e := audit.Event{Who: "td1", Action: audit.Marked, Detail: []audit.Change{{Field: "self/1"}, {Field: "province/1"}}}
	own := func(e audit.Event, d audit.Change) bool { return strings.HasPrefix(d.Field, "self/") }
	if got, ok := keptChanges(e, own); !ok || len(got.Detail) != 1 || len(e.Detail) != 2 {
		t.Errorf("kept %+v, %v", got, ok)
	}
	if _, ok := keptChanges(e, func(audit.Event, audit.Change) bool { return false }); ok {
		t.Error("an event without its changes is shown")
	}
	if got, ok := keptChanges(e, nil); !ok || len(got.Detail) != 2 {
		t.Errorf("without a filter: %+v", got)
	}
	if _, ok := keptChanges(audit.Event{Action: audit.PeriodOpened}, own); !ok {
		t.Error("an event that never had changes is left out")
	}
}
