package site

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/crypto/argon2"

	"thanthien/criteria"
	"thanthien/internal/account"
	"thanthien/internal/docstore/filestore"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
)

// The made-up province of the tests. longName is the longest name a commune of
// the tests has; it must fit a phone.
const (
	testCampaign = "ks-2026"
	testUnit     = "07210"
	longUnit     = "07219"
	longName     = "Phường Minh Họa Nguyễn Thị Minh Khai - Thượng Lâm Đông"
	testPassword = "mat khau thu nghiem"
)

// testNow is the clock of every test site.
var testNow = time.Date(2026, 11, 10, 3, 0, 0, 0, time.UTC)

// testSite is a whole site over an embedded database of its own.
type testSite struct {
	tb    testing.TB
	app   *fiber.App
	store *store.Store
	log   *bytes.Buffer
	dir   string     // where the database and the files are
	now   *time.Time // move it to move the clock
}

// newSite returns a site with ten communes, the form pks07 and one open
// campaign, at testNow.
func newSite(tb testing.TB) *testSite {
	tb.Helper()
	return newSiteAt(tb, tb.TempDir())
}

func newSiteAt(tb testing.TB, dir string) *testSite {
	tb.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(dir, "test.db"), store.Collections())
	ok(tb, err)
	tb.Cleanup(func() { ok(tb, db.Close()) })
	s := &testSite{tb: tb, dir: dir, log: &bytes.Buffer{}, now: new(time.Time)}
	*s.now = testNow
	files, err := filestore.Open(filepath.Join(dir, "files"))
	ok(tb, err)
	s.store, err = store.New(ctx, store.Options{DB: db, Files: files, Clock: func() time.Time { return *s.now }, Secret: strings.Repeat("s", 32)})
	ok(tb, err)
	s.app, err = New(Options{Store: s.store, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	ok(tb, err)
	s.fill()
	return s
}

// fill stores the settings, the units, the form and the campaign.
func (s *testSite) fill() {
	s.tb.Helper()
	ctx := context.Background()
	ok(s.tb, s.store.PutSettings(ctx, store.Settings{Province: "Tỉnh Minh Họa", Agency: "SỞ NỘI VỤ", Place: "Minh Họa"}, 0))
	_, _, err := s.store.PutUnits(ctx, testUnits())
	ok(s.tb, err)
	s.putForm("pks07")
	c := survey.Campaign{
		ID: testCampaign, Title: "Khảo sát tháng 11/2026", FormID: "pks07", FormVer: 1,
		Opens: testNow.AddDate(0, 0, -9), Closes: testNow.AddDate(0, 0, 20),
	}
	for _, u := range unit.AtLevel(testUnits(), unit.Commune) {
		c.Units = append(c.Units, u.Code)
	}
	ok(s.tb, s.store.PutCampaign(ctx, c))
}

// putForm issues a sample form that comes with the program.
func (s *testSite) putForm(id string) {
	s.tb.Helper()
	yaml, err := fs.ReadFile(criteria.Forms(), id+"@1.yaml")
	ok(s.tb, err)
	ok(s.tb, s.store.PutForm(context.Background(), store.Version{ID: id, Number: 1, Title: id, YAML: string(yaml), State: store.Issued}))
}

// putYAMLForm issues a form written in a test.
func (s *testSite) putYAMLForm(yaml string) *survey.Form {
	s.tb.Helper()
	form, err := survey.Parse([]byte(yaml), "test.yaml")
	ok(s.tb, err)
	ok(s.tb, s.store.PutForm(context.Background(), store.Version{ID: form.ID, Number: form.Version, Title: form.Title, YAML: yaml, State: store.Issued}))
	return form
}

func testUnits() []unit.Unit {
	list := []unit.Unit{{Code: "27", Name: "Tỉnh Minh Họa", Level: unit.Province}}
	for i, name := range []string{
		"Phường Minh Họa 07", "Xã Đồng Mỏ", "Xã Tân Sơn", "Xã Lục Ngạn Mẫu", "Phường Bến Giang", "Xã Yên Định", "Xã Đại Sơn", "Xã Vân Sơn", "Phường Tiền Phong",
	} {
		list = append(list, unit.Unit{Code: "0721" + string(rune('0'+i)), Name: name, Level: unit.Commune, Parent: "27"})
	}
	return append(list, unit.Unit{Code: longUnit, Name: longName, Level: unit.Commune, Parent: "27"})
}

// quickHash is the hash of testPassword at the least cost: hundreds of tests sign
// people in, and what a password costs is package account's to test.
var quickHash = sync.OnceValue(func() string {
	salt := []byte("muoi-thu-nghiem-")
	key := argon2.IDKey([]byte(testPassword), salt, 1, 8, 1, 32)
	return fmt.Sprintf("$argon2id$v=%d$m=8,t=1,p=1$%s$%s", argon2.Version, base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
})

// addUser stores an account with testPassword; unit is for the commune role.
func (s *testSite) addUser(login string, role account.Role, unitCode string) {
	s.tb.Helper()
	ok(s.tb, s.store.PutUser(context.Background(), account.User{
		Login: login, Name: "Người " + login, Role: role, Unit: unitCode, Password: quickHash(), Created: testNow,
	}))
}

// signIn returns the session cookie of a user made by addUser.
func (s *testSite) signIn(login string) *http.Cookie {
	s.tb.Helper()
	r := s.post("/dang-nhap", url.Values{"login": {login}, "password": {testPassword}})
	for _, c := range r.Cookies() {
		if c.Name == sessionCookie && c.Value != "" {
			return c
		}
	}
	s.tb.Fatalf("sign-in of %s gave status %d and no session", login, r.StatusCode)
	return nil
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

// do sends a request; the header list holds names and values in turn.
func (s *testSite) do(method, target string, body io.Reader, header ...string) answer {
	s.tb.Helper()
	r := httptest.NewRequest(method, target, body)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return s.send(r)
}

func (s *testSite) send(r *http.Request, cookies ...*http.Cookie) answer {
	s.tb.Helper()
	for _, c := range cookies {
		r.AddCookie(c)
	}
	res, err := s.app.Test(r, -1)
	ok(s.tb, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	ok(s.tb, err)
	return answer{res, string(data)}
}

// get opens a page.
func (s *testSite) get(target string, cookies ...*http.Cookie) answer {
	s.tb.Helper()
	return s.send(httptest.NewRequest(http.MethodGet, target, nil), cookies...)
}

// post sends a form.
func (s *testSite) post(target string, form url.Values, cookies ...*http.Cookie) answer {
	s.tb.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(r, cookies...)
}

// want fails the test unless the answer has this status.
func (a answer) want(tb testing.TB, status int) answer {
	tb.Helper()
	if a.StatusCode != status {
		tb.Fatalf("status %d, want %d; body:\n%.2000s", a.StatusCode, status, a.body)
	}
	return a
}

// page parses the body as HTML.
func (a answer) page(tb testing.TB) *goquery.Document {
	tb.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	ok(tb, err)
	return doc
}

// text is the text of the elements a selector finds, white space folded.
func text(doc *goquery.Document, selector string) string {
	return strings.Join(strings.Fields(doc.Find(selector).Text()), " ")
}

func ok(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func TestFailurePages(t *testing.T) {
	s := newSite(t)
	doc := s.get("/khong-co-trang-nay").want(t, 404).page(t)
	if got := text(doc, "h1"); got != "Không tìm thấy" {
		t.Errorf("h1 = %q", got)
	}
	s.do("GET", "/api/v1/khong-co", nil).want(t, 404)
}
