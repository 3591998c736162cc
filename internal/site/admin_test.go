package site

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/dossier"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// emptySite is a site with nothing in it but accounts.
func emptySite(tb testing.TB) *testSite {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "test.db"), store.Collections())
	ok(tb, err)
	tb.Cleanup(func() { ok(tb, db.Close()) })
	s := &testSite{tb: tb, log: &bytes.Buffer{}, now: new(time.Time)}
	*s.now = testNow
	s.store, err = store.New(context.Background(), store.Options{DB: db, Clock: func() time.Time { return *s.now }, Secret: strings.Repeat("s", 32)})
	ok(tb, err)
	s.app, err = New(Options{Store: s.store, Log: slog.New(slog.NewTextHandler(s.log, nil))})
	ok(tb, err)
	return s
}

// person is a signed-in user of a test site.
type person struct {
	*testSite
	cookie *http.Cookie
	csrf   string
}

// as makes an account of a role, signs it in and reads its form token.
func (s *testSite) as(role account.Role) *person {
	s.tb.Helper()
	code := ""
	if role == account.Commune {
		code = testUnit
	}
	s.addUser("user-"+string(role), role, code)
	p := &person{s, s.signIn("user-" + string(role)), ""}
	p.csrf, _ = s.get("/tai-khoan", p.cookie).want(s.tb, 200).page(s.tb).Find("main input[name=_csrf]").Attr("value")
	return p
}

func (p *person) open(target string) answer {
	p.tb.Helper()
	return p.get(target, p.cookie)
}

// repeated are the fields that a form may send several times.
var repeated = []string{"groups", "dv", "nguoi", "cap-ma", "cap-ten", "cap-han"}

// submit sends a form; a later value of a name takes the place of an earlier
// one, but the repeated ones add up.
func (p *person) submit(target string, pairs ...string) answer {
	p.tb.Helper()
	form := url.Values{"_csrf": {p.csrf}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if slices.Contains(repeated, pairs[i]) {
			form.Add(pairs[i], pairs[i+1])
		} else {
			form.Set(pairs[i], pairs[i+1])
		}
	}
	return p.post(target, form, p.cookie)
}

// sendFile uploads a file as the field "tep".
func (p *person) sendFile(target, name string, data []byte) answer {
	p.tb.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	ok(p.tb, w.WriteField("_csrf", p.csrf))
	f, err := w.CreateFormFile("tep", name)
	ok(p.tb, err)
	_, err = f.Write(data)
	ok(p.tb, err)
	ok(p.tb, w.Close())
	r := httptest.NewRequest(http.MethodPost, target, io.Reader(&body))
	r.Header.Set("Content-Type", w.FormDataContentType())
	return p.send(r, p.cookie)
}

// follow opens where a redirect leads.
func (p *person) follow(a answer) answer {
	p.tb.Helper()
	a.want(p.tb, 303)
	return p.open(a.Header.Get("Location")).want(p.tb, 200)
}

func errorTexts(tb testing.TB, a answer) string {
	return text(a.page(tb), "#loi")
}

// Every page of the administration and of campaigns, and who may open it.
func TestAdminRoles(t *testing.T) {
	s := newSite(t)
	admin := s.as(account.Admin)
	admin.submit("/quan-tri/bo-tieu-chi/mau", "mau", "mau-than-thien-bg@1").want(t, 303)
	admin.submit("/quan-tri/ky/moi", periodForm("2026")...).want(t, 303)
	people := map[account.Role]*person{account.Admin: admin}
	for _, r := range account.Roles()[1:] {
		people[r] = s.as(r)
	}
	const manage, team, all = "am", "amp", "ampl"
	codes := map[account.Role]string{account.Admin: "a", account.Manager: "m", account.Appraiser: "p", account.Commune: "c", account.Leader: "l", account.Surveyor: "s"}
	pages := []struct{ path, who string }{
		{"/quan-tri", manage}, {"/quan-tri/don-vi", manage}, {"/quan-tri/don-vi/nhap", manage},
		{"/quan-tri/bo-tieu-chi", manage}, {"/quan-tri/bo-tieu-chi/mau-than-thien-bg/1", manage}, {"/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/yaml", manage},
		{"/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/bang.xlsx", manage}, {"/quan-tri/phieu", manage}, {"/quan-tri/phieu/pks07/1", manage},
		{"/quan-tri/ky", manage}, {"/quan-tri/ky/moi", manage}, {"/quan-tri/ky/2026", manage},
		{"/quan-tri/dot", manage}, {"/quan-tri/dot/moi", manage}, {"/quan-tri/dot/" + testCampaign, manage}, {"/quan-tri/tinh", manage},
		{"/quan-tri/tai-khoan", "a"}, {"/quan-tri/tai-khoan/moi", "a"},
		{"/khao-sat", all}, {"/khao-sat/" + testCampaign, all}, {"/khao-sat/" + testCampaign + "/" + testUnit, all},
	}
	for _, page := range pages {
		s.get(page.path).want(t, 303) // to the sign-in page
		for role, p := range people {
			want := 403
			if strings.Contains(page.who, codes[role]) {
				want = 200
			}
			if got := p.open(page.path); got.StatusCode != want {
				t.Errorf("%s %s: status %d, want %d: %.300s", role, page.path, got.StatusCode, want, got.body)
			}
		}
	}
	posts := []struct{ path, who string }{
		{"/quan-tri/don-vi/nhap", manage}, {"/quan-tri/don-vi/ghi", manage}, {"/quan-tri/bo-tieu-chi/nhap", manage}, {"/quan-tri/bo-tieu-chi/mau", manage},
		{"/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/sua", manage}, {"/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/ban-hanh", manage},
		{"/quan-tri/phieu/nhap", manage}, {"/quan-tri/phieu/pks07/1/chep", manage}, {"/quan-tri/ky/moi", manage}, {"/quan-tri/ky/2026/mo", manage},
		{"/quan-tri/ky/2026/trang-thai", manage}, {"/quan-tri/dot/moi", manage}, {"/quan-tri/dot/" + testCampaign, manage}, {"/quan-tri/tinh", manage},
		{"/quan-tri/tai-khoan/moi", "a"}, {"/quan-tri/tai-khoan/user-leader", "a"},
	}
	for _, post := range posts {
		s.post(post.path, url.Values{}).want(t, 401)
		admin.post(post.path, url.Values{}, admin.cookie).want(t, 403) // no form token
		for role, p := range people {
			got := p.submit(post.path).StatusCode
			if may := strings.Contains(post.who, codes[role]); may == (got == 403) || got >= 500 {
				t.Errorf("%s POST %s: status %d", role, post.path, got)
			}
		}
	}
	for _, path := range []string{"/quan-tri/ky/khong-co", "/quan-tri/dot/khong-co", "/quan-tri/bo-tieu-chi/mau-than-thien-bg/9", "/quan-tri/bo-tieu-chi/x/abc", "/quan-tri/phieu/x/1",
		"/khao-sat/khong-co", "/khao-sat/khong-co/" + testUnit, "/khao-sat/" + testCampaign + "/99999", "/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/so-sanh?voi=x@1"} {
		admin.open(path).want(t, 404)
	}
	if s.log.Len() > 0 {
		t.Errorf("the log has %s", s.log)
	}
}

// periodForm is the form of a period over the communes of the test province.
func periodForm(id string, more ...string) []string {
	return append([]string{"id", id, "title", "Năm " + id, "year", "2026", "set", "mau-than-thien-bg@1", "scope", "27", "on", "2026-07-01",
		"stages", "self Tự chấm\r\nprovince Thẩm định cấp tỉnh", "percent", "60", "by", "2026-12-31"}, more...)
}

const unitsCSV = "code,name,level,parent\n27,Tỉnh Minh Họa,province,\n07210,Xã Đồng Mỏ,commune,27\n07211,Phường Bến Giang,commune,27\n"

var hiddenCSV = regexp.MustCompile(`(?s)<textarea name="du-lieu"[^>]*>\n(.*?)</textarea>`)

// A manager sets a new system up: units, sample set and form, period, campaign.
func TestManagerSetsUp(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	if got := m.open("/quan-tri").want(t, 200).page(t).Find(".setup a.btn").Length(); got != 4 {
		t.Errorf("%d first steps to do, want 4 and the accounts that the administrator makes", got)
	}
	preview := m.sendFile("/quan-tri/don-vi/nhap", "don-vi.csv", []byte(unitsCSV)).want(t, 200)
	if got := text(preview.page(t), "main h2"); got != "don-vi.csv: thêm 3, thay đổi 0, giữ nguyên 0" {
		t.Errorf("preview says %q", got)
	}
	if list, err := s.store.Units(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("the preview wrote %d units, %v", len(list), err)
	}
	data := hiddenCSV.FindStringSubmatch(preview.body)
	if data == nil {
		t.Fatal("the preview carries no units")
	}
	flash := m.follow(m.submit("/quan-tri/don-vi/ghi", "du-lieu", strings.ReplaceAll(data[1], "\n", "\r\n"))).page(t)
	if got := text(flash, "[role=status]"); got != "Đã ghi danh sách đơn vị: thêm 3, thay đổi 0." {
		t.Errorf("after the import: %q", got)
	}

	m.follow(m.submit("/quan-tri/bo-tieu-chi/mau", "mau", "mau-than-thien-bg@1"))
	m.submit("/quan-tri/bo-tieu-chi/mau", "mau", "mau-than-thien-bg@1").want(t, 303) // a second click
	if sets, err := s.store.SetVersions(t.Context()); err != nil || len(sets) != 1 || sets[0].State != store.Issued {
		t.Fatalf("sets %+v, %v", sets, err)
	}
	if forms, err := s.store.FormVersions(t.Context()); err != nil || len(forms) != 1 || forms[0].ID != "pks07" {
		t.Fatalf("the set's form did not come with it: %+v, %v", forms, err)
	}

	page := m.follow(m.submit("/quan-tri/ky/moi", periodForm("2026")...)).page(t)
	if got := text(page, "main"); !strings.Contains(got, "Sẽ tạo 2 hồ sơ") {
		t.Errorf("the draft does not say what opening makes: %s", got)
	}
	m.submit("/quan-tri/ky/moi", periodForm("2026")...).want(t, 303) // the same form twice is one period
	for range 2 {
		opened := m.follow(m.submit("/quan-tri/ky/2026/mo")).page(t)
		if got := text(opened, "[role=status]"); got != "Kỳ đánh giá đang mở với 2 hồ sơ." {
			t.Errorf("after opening: %q", got)
		}
	}
	if list, err := s.store.Dossiers(t.Context(), "2026"); err != nil || len(list) != 2 {
		t.Fatalf("%d dossiers, %v", len(list), err)
	}

	for range 2 {
		m.follow(m.submit("/quan-tri/dot/moi", campaignForm("hl-2026")...))
	}
	c, err := s.store.Campaign(t.Context(), "hl-2026")
	ok(t, err)
	if len(c.Units) != 2 || c.Opens.Hour() != 0 || c.Version != 1 {
		t.Errorf("campaign %+v: want 2 units, opening at 7:00 in Vietnam, stored once", c)
	}
	desk := m.open("/quan-tri").want(t, 200).page(t)
	if got := desk.Find("tbody tr.late").Length(); got != 2 {
		t.Errorf("%d units on the desk, want 2", got)
	}
	if got := text(desk, ".setup .tag.good"); strings.Count(got, "Đã xong") != 4 {
		t.Errorf("steps done: %q", got)
	}
	s.get("/k/hl-2026/07211").want(t, 200)
}

func campaignForm(id string, more ...string) []string {
	return append([]string{"id", id, "title", "Hài lòng 2026", "form", "pks07@1", "period", "2026", "opens", "2026-11-01T07:00", "closes", "2026-12-01T17:00"}, more...)
}

// readySite has an open period 2026 over the test communes.
func readySite(t *testing.T) (*testSite, *person) {
	t.Helper()
	s := newSite(t)
	m := s.as(account.Manager)
	m.submit("/quan-tri/bo-tieu-chi/mau", "mau", "mau-than-thien-bg@1").want(t, 303)
	m.submit("/quan-tri/ky/moi", periodForm("2026")...).want(t, 303)
	m.submit("/quan-tri/ky/2026/mo").want(t, 303)
	return s, m
}

func TestPeriodProblems(t *testing.T) {
	s := newSite(t)
	m := s.as(account.Manager)
	m.submit("/quan-tri/bo-tieu-chi/mau", "mau", "mau-than-thien-bg@1").want(t, 303)
	bad := m.submit("/quan-tri/ky/moi", "id", "Năm 26", "title", "<script>alert(1)</script>", "year", "26", "set", "khong-co@1", "on", "31/02/2026", "stages", "province Tỉnh",
		"percent", "160", "by", "mai", "min_band", "khac@1/dat", "scope", "xx", "previous", "2020").want(t, 422)
	doc := bad.page(t)
	for _, field := range []string{"id", "year", "set", "on", "by", "stages", "percent", "scope", "previous"} {
		if doc.Find("#loi a[href='#"+field+"']").Length() == 0 {
			t.Errorf("nothing said of %s", field)
		}
		if doc.Find("[id='"+field+"'][aria-invalid=true]").Length() != 1 {
			t.Errorf("%s is not marked", field)
		}
	}
	if got, _ := doc.Find("#title").Attr("value"); got != "<script>alert(1)</script>" || doc.Find("main script").Length() != 0 {
		t.Errorf("the typed title came back as %q", got)
	}
	other := m.submit("/quan-tri/ky/moi", periodForm("2026", "min_band", "khac@1/dat")...).want(t, 422)
	if got := errorTexts(t, other); !strings.Contains(got, "Mức này không thuộc bộ tiêu chí đã chọn") {
		t.Errorf("band of another set: %q", got)
	}
	if list, err := s.store.Periods(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("stored %d periods, %v", len(list), err)
	}
	m.submit("/quan-tri/ky/moi", periodForm("2026")...).want(t, 303)
	taken := m.submit("/quan-tri/ky/moi", periodForm("2026", "title", "Kỳ khác")...).want(t, 409)
	if got := errorTexts(t, taken); !strings.Contains(got, "Mã kỳ đánh giá 2026 đã dùng") {
		t.Errorf("taken id: %q", got)
	}
	m.follow(m.submit("/quan-tri/ky/moi", periodForm("2025", "scope", "07210")...))
	m.follow(m.submit("/quan-tri/ky/2025/mo"))
	if p, err := s.store.Period(t.Context(), "2025"); err != nil || len(p.Units) != 1 {
		t.Errorf("scope of one commune gives %v, %v", p.Units, err)
	}
}

func TestPeriodStates(t *testing.T) {
	s, m := readySite(t)
	state := func() dossier.State {
		p, err := s.store.Period(t.Context(), "2026")
		ok(t, err)
		return p.State
	}
	act := func(what string, more ...string) answer {
		page := "/quan-tri/ky/2026/khoa" // the period's own page takes a lock or a publication back
		if state() == dossier.Locked || state() == dossier.Published {
			page = "/quan-tri/ky/2026"
		}
		version, _ := m.open(page).want(t, 200).page(t).Find("input[name=phien-ban]").First().Attr("value")
		return m.submit("/quan-tri/ky/2026/trang-thai", append([]string{"viec", what, "phien-ban", version}, more...)...)
	}
	m.submit("/quan-tri/ky/2026/trang-thai", "viec", "khoa", "phien-ban", "1").want(t, 412)
	act("cong-bo").want(t, 409)
	act("khac").want(t, 400)
	act("khoa").want(t, 303)
	act("khoa").want(t, 303) // a second click
	if state() != dossier.Locked {
		t.Fatalf("state %s", state())
	}
	m.submit("/quan-tri/ky/2026/mo").want(t, 409)
	if got := errorTexts(t, act("mo-khoa", "ly-do", " ").want(t, 422)); !strings.Contains(got, "Ghi lý do") {
		t.Errorf("no reason: %q", got)
	}
	beside := act("mo-khoa", "ly-do", " ", "trang-khoa", "1").want(t, 422).page(t)
	if text(beside, "h1") == "" || beside.Find("details[open] #ly-do[aria-invalid]").Length() != 1 || !strings.Contains(text(beside, "h1"), "Khóa và ký") {
		t.Errorf("no reason on the lock's page: %s", text(beside, "main"))
	}
	act("mo-khoa", "ly-do", "Sửa <b>điểm</b> xã Đồng Mỏ").want(t, 303)
	act("khoa").want(t, 303)
	act("cong-bo").want(t, 303)
	if state() != dossier.Published {
		t.Fatalf("state %s", state())
	}
	act("rut", "ly-do", "Có khiếu nại").want(t, 303)
	doc := m.open("/quan-tri/ky/2026").want(t, 200).page(t)
	if got := text(doc, "main"); !strings.Contains(got, "đã khóa → đang chấm; lý do: Sửa <b>điểm</b> xã Đồng Mỏ") {
		t.Errorf("history: %s", got)
	}
	if events, err := s.store.History(t.Context(), "periods/2026"); err != nil || len(events) != 7 {
		t.Errorf("%d events, want created, opened and five changes; %v", len(events), err)
	}
}

// A running period keeps its criteria version when a newer one is issued.
func TestPeriodKeepsItsVersion(t *testing.T) {
	s, m := readySite(t)
	m.submit("/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/chep", "ma", "mau-than-thien-bg").want(t, 303)
	edit := m.open("/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/sua").want(t, 200).page(t)
	typed := edit.Find("textarea#yaml").Text()
	if !strings.Contains(typed, "version: 2") {
		t.Fatalf("the copy is no second version: %.200s", typed)
	}
	version, _ := edit.Find("input[name=phien-ban]").Attr("value")
	typed = strings.Replace(typed, "Kế hoạch năm và phân công", "KẾ HOẠCH MỚI và phân công", 1)
	m.submit("/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/sua", "yaml", typed, "phien-ban", version, "viec", "luu").want(t, 303)
	m.submit("/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/ban-hanh", "so", "12/2026/QĐ-UBND", "ngay", "2026-11-09").want(t, 303)
	if v, err := s.store.SetVersion(t.Context(), "mau-than-thien-bg", 2); err != nil || v.State != store.Issued {
		t.Fatalf("version 2: %+v, %v", v, err)
	}
	if got := text(m.open("/quan-tri/ky/2026").want(t, 200).page(t), ".facts"); !strings.Contains(got, "mau-than-thien-bg@1") {
		t.Errorf("the running period shows %s", got)
	}
	appraiser := s.as(account.Appraiser)
	sheet := text(appraiser.open("/ho-so/2026/"+testUnit).want(t, 200).page(t), "main")
	if strings.Contains(sheet, "KẾ HOẠCH MỚI") || !strings.Contains(sheet, "Kế hoạch năm và phân công") {
		t.Error("the dossier is scored with the newer version")
	}
	diff := text(m.open("/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/so-sanh?voi=mau-than-thien-bg@1").want(t, 200).page(t), "tbody")
	if !strings.Contains(diff, "KẾ HOẠCH MỚI") {
		t.Errorf("diff: %s", diff)
	}
	m.submit("/quan-tri/ky/moi", periodForm("2027", "set", "mau-than-thien-bg@2")...).want(t, 303)
	if p, err := s.store.Period(t.Context(), "2027"); err != nil || p.SetVer != 2 {
		t.Errorf("a new period has version %d, %v", p.SetVer, err)
	}
}

func TestCampaignSwitches(t *testing.T) {
	s, m := readySite(t)
	bad := m.submit("/quan-tri/dot/moi", "id", "A b", "title", "", "form", "pks99@1", "period", "1999", "opens", "x", "closes", "2026-01-01T00:00", "groups", "mayor").want(t, 422)
	for _, field := range []string{"id", "title", "form", "period", "closes"} {
		if bad.page(t).Find("#loi a[href='#"+field+"']").Length() == 0 {
			t.Errorf("nothing said of %s", field)
		}
	}
	m.submit("/quan-tri/dot/moi", campaignForm("hl-2026", "groups", "resident", "groups", "business", "title", "<img src=x onerror=alert(1)>")...).want(t, 303)
	second := m.submit("/quan-tri/dot/moi", campaignForm("hl-2026-b")...).want(t, 422)
	if got := errorTexts(t, second); !strings.Contains(got, "hl-2026") {
		t.Errorf("a second campaign with one form: %q", got)
	}
	campaign := func() survey.Campaign {
		c, err := s.store.Campaign(t.Context(), "hl-2026")
		ok(t, err)
		return c
	}
	if c := campaign(); len(c.Groups) != 2 || len(c.Units) != 10 {
		t.Errorf("campaign %+v", c)
	}
	act := func(what string, more ...string) answer {
		doc := m.open("/quan-tri/dot/hl-2026").want(t, 200).page(t)
		version, _ := doc.Find("input[name=phien-ban]").First().Attr("value")
		return m.submit("/quan-tri/dot/hl-2026", append([]string{"viec", what, "phien-ban", version}, more...)...)
	}
	act("tam-dung").want(t, 303)
	m.submit("/quan-tri/dot/hl-2026", "viec", "tam-dung", "phien-ban", "1").want(t, 303) // a second click
	m.submit("/quan-tri/dot/hl-2026", "viec", "tiep-tuc", "phien-ban", "1").want(t, 412)
	if c := campaign(); !c.Paused || c.Version != 2 {
		t.Errorf("after the pause %+v", c)
	}
	act("tiep-tuc").want(t, 303)
	if got := act("gia-han", "closes", "2026-10-01T00:00").want(t, 422).page(t); got.Find("#closes").AttrOr("value", "") != "2026-10-01T00:00" {
		t.Error("the typed time is lost")
	}
	if got := errorTexts(t, act("gia-han", "closes", s.now.Add(-time.Minute).In(vi.Zone).Format(fieldTime)).want(t, 422)); !strings.Contains(got, "Đóng ngay") {
		t.Errorf("a closing time that is over: %q", got)
	}
	act("gia-han", "closes", "2026-12-31T17:00").want(t, 303)
	act("dong").want(t, 303)
	if c := campaign(); c.Open(*s.now) || !c.Closes.Equal(*s.now) {
		t.Errorf("after closing %+v", c)
	}
	doc := m.open("/khao-sat").want(t, 200).page(t)
	if doc.Find("main img").Length() != 0 || !strings.Contains(text(doc, "main"), "<img src=x") {
		t.Error("a title is not shown as text")
	}
}

func TestUsers(t *testing.T) {
	s := newSite(t)
	a := s.as(account.Admin)
	bad := a.submit("/quan-tri/tai-khoan/moi", "login", "Xã 1!", "name", "", "role", "king", "unit", "").want(t, 422)
	for _, field := range []string{"login", "name", "role"} {
		if bad.page(t).Find("#loi a[href='#"+field+"']").Length() == 0 {
			t.Errorf("nothing said of %s: %s", field, errorTexts(t, bad))
		}
	}
	a.submit("/quan-tri/tai-khoan/moi", "login", "xa1", "name", "Cán bộ", "role", "commune", "unit", "99999").want(t, 422)
	made := a.submit("/quan-tri/tai-khoan/moi", "login", "xa1", "name", "Nguyễn Thị <i>Xã</i>", "role", "commune", "unit", testUnit).want(t, 200)
	secret := text(made.page(t), "code.receipt")
	if len(secret) != 19 || made.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("password %q, cache %q", secret, made.Header.Get("Cache-Control"))
	}
	a.submit("/quan-tri/tai-khoan/moi", "login", "xa1", "name", "Khác", "role", "commune", "unit", testUnit).want(t, 422)
	signIn := func(password string) int {
		return s.post("/dang-nhap", url.Values{"login": {"xa1"}, "password": {password}}).StatusCode
	}
	if signIn(secret) != 303 {
		t.Fatal("the new password does not work")
	}
	session := s.post("/dang-nhap", url.Values{"login": {"xa1"}, "password": {secret}}).Cookies()[0]
	s.get("/tai-khoan", session).want(t, 200)
	if got := a.submit("/quan-tri/tai-khoan/xa1", "viec", "khoa").want(t, 303); got.Header.Get("Location") == "" {
		t.Error("no way back")
	}
	s.get("/tai-khoan", session).want(t, 303) // signed out
	if signIn(secret) == 303 {
		t.Error("a disabled account signs in")
	}
	a.submit("/quan-tri/tai-khoan/xa1", "viec", "mo").want(t, 303)
	reset := text(a.submit("/quan-tri/tai-khoan/xa1", "viec", "mat-khau").want(t, 200).page(t), "code.receipt")
	if signIn(secret) == 303 || signIn(reset) != 303 {
		t.Error("the old password still works, or the new one does not")
	}
	a.submit("/quan-tri/tai-khoan/user-admin", "viec", "khoa").want(t, 409)
	a.submit("/quan-tri/tai-khoan/khong-co", "viec", "khoa").want(t, 404)
	a.submit("/quan-tri/tai-khoan/xa1", "viec", "xoa").want(t, 400)
	doc := a.open("/quan-tri/tai-khoan?q=nguyen+thi").want(t, 200).page(t)
	if doc.Find("tbody tr").Length() != 1 || doc.Find("tbody i").Length() != 0 {
		t.Error("search without accents, or the name is not text")
	}
}

func TestSettings(t *testing.T) {
	s := newSite(t)
	m := s.as(account.Manager)
	doc := m.open("/quan-tri/tinh").want(t, 200).page(t)
	version, _ := doc.Find("input[name=phien-ban]").Attr("value")
	fields := []string{"province", "Tỉnh Minh Họa", "agency", "SỞ NỘI VỤ", "place", "Minh Họa", "sign_title", "GIÁM ĐỐC\r\n\r\n", "recipients", "- Như trên;\r\n- Lưu: VT.", "phien-ban"}
	m.submit("/quan-tri/tinh", "province", "", "phien-ban", version).want(t, 422)
	m.submit("/quan-tri/tinh", append(fields, version)...).want(t, 303)
	m.submit("/quan-tri/tinh", append(fields, version)...).want(t, 422) // made on the older version
	now, _, err := s.store.Settings(t.Context())
	ok(t, err)
	if len(now.SignTitle) != 1 || len(now.Recipients) != 2 {
		t.Errorf("settings %+v", now)
	}
}

// flash shows only our own sentences, whatever an address asks for.
func TestFlash(t *testing.T) {
	s := newSite(t)
	m := s.as(account.Manager)
	for query, want := range map[string]string{
		"xong=units&so=3.1": "Đã ghi danh sách đơn vị: thêm 3, thay đổi 1.", "xong=units&so=3": "", "xong=units&so=a.b": "", "xong=%3Cb%3E": "",
		"xong=": "", "xong=saved": "Đã lưu bản nháp.", "xong=saved&so=1": "", "xong=../site.signIn": "",
	} {
		if got := text(m.open("/quan-tri/don-vi?"+query).want(t, 200).page(t), "main > [role=status]"); got != want {
			t.Errorf("%s shows %q, want %q", query, got, want)
		}
	}
}
