package site

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/store"
	"thanthien/internal/xlsx"
)

// teamSite is a site whose period 2026 goes by the steps of the year, with
// four appraisers; td3 must keep out of testUnit.
func teamSite(tb testing.TB) (*testSite, *person) {
	tb.Helper()
	s := newSite(tb)
	ctx := context.Background()
	ok(tb, s.store.PutSet(ctx, store.Version{ID: "thu", Number: 1, Title: "Thử", YAML: testSet, State: store.Issued}))
	_, err := s.store.PutPeriod(ctx, dossier.Period{
		ID: "2026", Title: "Kỳ đánh giá năm 2026", Year: 2026, SetID: "thu", SetVer: 1, Scope: "27", On: "2026-12-31", State: dossier.Draft, Steps: true,
		Stages:    []dossier.Stage{{Code: "self", Title: "Tự chấm"}, {Code: "district", Title: "Thẩm định huyện"}, {Code: "province", Title: "Thẩm định tỉnh"}},
		Deadlines: map[string]string{dossier.StepRegister: "2026-11-05", dossier.StepSubmit: "2026-11-20"}, Gate: dossier.Gate{Conditions: true, MinSelf: "25"},
		Target: dossier.Target{Percent: "60", By: "2026-12-31"},
	})
	ok(tb, err)
	var codes []string
	for _, u := range testUnits()[1:] {
		codes = append(codes, u.Code)
	}
	_, err = s.store.OpenPeriod(ctx, "2026", codes)
	ok(tb, err)
	for i := 1; i <= 4; i++ {
		u := account.User{Login: fmt.Sprint("td", i), Name: fmt.Sprint("Nguyễn Văn Thẩm Định ", i), Role: account.Appraiser, Created: testNow}
		if i == 3 {
			u.Recused = []string{testUnit}
		}
		ok(tb, s.store.PutUser(ctx, u))
	}
	return s, s.as(account.Manager)
}

func (s *testSite) team(unit, stage string) string {
	s.tb.Helper()
	d, err := s.store.Dossier(context.Background(), "2026", unit)
	ok(s.tb, err)
	return strings.Join(d.Team(stage).Members, " ")
}

// change lets a test put a dossier where it needs it.
func (s *testSite) changeUnit(unit string, change func(*dossier.Dossier)) {
	s.tb.Helper()
	_, err := s.store.ChangeDossier(context.Background(), "2026", unit, func(d *dossier.Dossier, _ time.Time, _ string) error {
		change(d)
		return nil
	})
	ok(s.tb, err)
}

const teamsURL = "/quan-tri/ky/2026/phan-cong"

// By hand: one unit, and several at once; who must keep out is refused, and
// the rest is written.
func TestTeamsByHand(t *testing.T) {
	s, m := teamSite(t)
	page := m.follow(m.submit(teamsURL+"/"+testUnit, "cap", "province", "nguoi1", "td2", "nguoi3", "td1", "truoc", "")).page(t)
	if got := s.team(testUnit, "province"); got != "td2 td1" {
		t.Errorf("team %q", got)
	}
	if got := text(page, "[role=status]"); got != "Đã lưu tổ thẩm định." {
		t.Errorf("after saving: %q", got)
	}
	again := m.submit(teamsURL+"/"+testUnit, "cap", "province", "nguoi1", "td4", "truoc", "").want(t, 422)
	if got := errorTexts(t, again); !strings.Contains(got, "Người khác vừa đổi") || s.team(testUnit, "province") != "td2 td1" {
		t.Errorf("a stale form: %q, team %q", got, s.team(testUnit, "province"))
	}
	refused := m.submit(teamsURL+"/"+testUnit, "cap", "province", "nguoi1", "td3", "truoc", "td2 td1").want(t, 422)
	if got := errorTexts(t, refused); !strings.Contains(got, "td3 không được thẩm định đơn vị "+testUnit) {
		t.Errorf("recused: %q", got)
	}
	if got := refused.page(t).Find("#nguoi1 option[selected]").AttrOr("value", ""); got != "td3" {
		t.Errorf("what was chosen came back as %q", got)
	}
	form := m.open(teamsURL+"/"+testUnit+"?cap=province").want(t, 200).page(t)
	if n := form.Find("option[value=td3]").Length(); n != 0 {
		t.Error("somebody who must keep out is offered")
	}
	partly := m.submit(teamsURL, "cap", "district", "dv", testUnit, "dv", "07211", "dv", "07212", "to-truong", "td3", "nguoi", "td1", "viec", "thay").want(t, 422).page(t)
	if got := text(partly, "#loi"); !strings.Contains(got, "Đã ghi 2 đơn vị. 1 đơn vị sau chưa ghi được:") || !strings.Contains(got, "Phường Minh Họa 07") {
		t.Errorf("result %q", got)
	}
	if s.team(testUnit, "district") != "" || s.team("07211", "district") != "td3 td1" {
		t.Errorf("teams %q, %q", s.team(testUnit, "district"), s.team("07211", "district"))
	}
	m.follow(m.submit(teamsURL, "cap", "district", "dv", "07211", "to-truong", "td4", "viec", "them"))
	if got := s.team("07211", "district"); got != "td4 td3 td1" {
		t.Errorf("one more, who leads: %q", got)
	}
	m.follow(m.submit(teamsURL, "cap", "district", "dv", "07211", "viec", "bo"))
	if got := s.team("07211", "district"); got != "" {
		t.Errorf("nobody: %q", got)
	}
	m.submit(teamsURL, "cap", "district", "viec", "thay").want(t, 422)
	m.submit(teamsURL, "cap", "self", "dv", testUnit, "to-truong", "td1").want(t, 404)
	if note, err := s.store.Unread(t.Context(), "td1"); err != nil || note == 0 {
		t.Errorf("td1 was told %d things, %v", note, err)
	}
}

// Who has finished stays, a concluded stage keeps its team, and an appraiser
// recused later is flagged.
func TestTeamsKeep(t *testing.T) {
	s, m := teamSite(t)
	m.follow(m.submit(teamsURL, "cap", "district", "dv", testUnit, "dv", "07211", "to-truong", "td1", "nguoi", "td2", "viec", "thay"))
	s.changeUnit(testUnit, func(d *dossier.Dossier) {
		d.Status, d.Stage = dossier.Appraisal, "district"
		d.Sheets = []dossier.Sheet{{Stage: "district", Member: "td1", Round: 1}}
	})
	refused := m.submit(teamsURL+"/"+testUnit, "cap", "district", "nguoi1", "td4", "truoc", "td1 td2").want(t, 422)
	if got := errorTexts(t, refused); !strings.Contains(got, "td1 đã hoàn tất") {
		t.Errorf("taking a finished sheet's member: %q", got)
	}
	s.changeUnit(testUnit, func(d *dossier.Dossier) { d.Teams[0].Round = 2 })
	if n := m.open(teamsURL+"/"+testUnit+"?cap=district").want(t, 200).page(t).Find("#ly-do").Length(); n != 1 {
		t.Errorf("%d places for the reason in a later round, want 1", n)
	}
	silent := m.submit(teamsURL+"/"+testUnit, "cap", "district", "nguoi1", "td2", "truoc", "td1 td2").want(t, 422).page(t)
	if got := text(silent, "#ly-do-loi"); !strings.Contains(got, "td1 đã chấm vòng trước") {
		t.Errorf("beside the reason: %q in %s", got, text(silent, "main"))
	}
	m.submit(teamsURL+"/"+testUnit, "cap", "district", "nguoi1", "td2", "truoc", "td1 td2", "ly-do", "Chuyển công tác").want(t, 303)
	m.submit(teamsURL+"/"+testUnit, "cap", "district", "nguoi1", "td1", "nguoi2", "td2", "truoc", "td2").want(t, 303)
	s.changeUnit("07211", func(d *dossier.Dossier) {
		d.Status, d.Stage = dossier.Appraisal, "province"
		d.Conclusions = []dossier.Conclusion{{Stage: "district", Propose: true}}
	})
	m.submit(teamsURL+"/07211", "cap", "district", "nguoi1", "td4", "truoc", "td1 td2").want(t, 422)
	u, err := s.store.User(t.Context(), "td2")
	ok(t, err)
	u.Recused = []string{testUnit}
	ok(t, s.store.PutUser(t.Context(), u))
	page := m.open(teamsURL+"?cap=district&loc=tranh").want(t, 200).page(t)
	if got := text(page, "tbody tr .tag.bad"); got != "phải tránh" {
		t.Errorf("flagged: %q", got)
	}
	if n := page.Find("table.teams tbody tr").Length(); n != 1 {
		t.Errorf("%d units to look at, want 1", n)
	}
	s.setState(dossier.Locked)
	m.submit(teamsURL+"/07212", "cap", "district", "nguoi1", "td4", "truoc", "").want(t, 409)
}

// A balanced assignment is shown first and written as it was shown.
func TestTeamsBalance(t *testing.T) {
	s, m := teamSite(t)
	s.changeUnit("07213", func(d *dossier.Dossier) { d.Status = dossier.Proposed })
	m.follow(m.submit(teamsURL, "cap", "district", "dv", testUnit, "to-truong", "td1", "viec", "thay"))
	m.submit(teamsURL+"/tu-dong", "cap", "district", "so", "0", "hat", "x", "don-vi", "chua").want(t, 422)
	form := []string{"cap", "district", "so", "2", "hat", "7", "don-vi", "tat-ca", "nguoi", "td1", "nguoi", "td2", "nguoi", "td3"}
	preview := m.submit(teamsURL+"/tu-dong", form...).want(t, 200)
	if s.team("07211", "district") != "" {
		t.Fatal("the preview wrote")
	}
	doc := preview.page(t)
	if got := text(doc, "main h2"); !strings.Contains(got, "Đề xuất cho 9 đơn vị") {
		t.Errorf("preview: %q", got)
	}
	if got := text(doc, ".notice"); !strings.Contains(got, "Xã Lục Ngạn Mẫu") {
		t.Errorf("left out: %q", got)
	}
	data := strings.TrimPrefix(doc.Find("textarea[name=du-lieu]").Text(), "\n")
	if again := m.submit(teamsURL+"/tu-dong", form...).page(t); strings.TrimPrefix(again.Find("textarea[name=du-lieu]").Text(), "\n") != data {
		t.Error("the same seed gives something else")
	}
	m.follow(m.submit(teamsURL+"/ghi", "cap", "district", "du-lieu", data))
	load := map[string]int{}
	for _, u := range testUnits()[1:] {
		team := strings.Fields(s.team(u.Code, "district"))
		if want := 2; len(team) != want && u.Code != "07213" {
			t.Errorf("%s: %v", u.Code, team)
		}
		if u.Code == testUnit && slices.Contains(team, "td3") {
			t.Error("given to somebody who must keep out")
		}
		for _, m := range team {
			load[m]++
		}
	}
	if load["td1"] != 6 || load["td2"] != 6 || load["td3"] != 6 {
		t.Errorf("loads %v", load)
	}
	m.follow(m.submit(teamsURL+"/ghi", "cap", "district", "du-lieu", data)) // sent twice
	m.follow(m.submit(teamsURL, "cap", "district", "dv", "07211", "to-truong", "td4", "viec", "thay"))
	stale := m.submit(teamsURL+"/ghi", "cap", "district", "du-lieu", data).want(t, 422).page(t)
	if got := text(stale, "#loi"); !strings.Contains(got, "Chưa ghi gì vì 1 đơn vị") || s.team("07211", "district") != "td4" {
		t.Errorf("a stale preview: %q", got)
	}
	forged := `[{"u":"` + testUnit + `","n":["td3"],"w":` + fmt.Sprintf("%q", strings.Fields(s.team(testUnit, "district"))) + `}]`
	m.submit(teamsURL+"/ghi", "cap", "district", "du-lieu", strings.ReplaceAll(forged, `" "`, `","`)).want(t, 422)
	m.submit(teamsURL+"/ghi", "cap", "district", "du-lieu", `[`).want(t, 400)
}

// The template goes round: unchanged it changes nothing, edited it changes the
// edited rows, wrong it says each cell and changes nothing.
func TestTeamsExcel(t *testing.T) {
	s, m := teamSite(t)
	m.follow(m.submit(teamsURL, "cap", "province", "dv", testUnit, "to-truong", "td1", "nguoi", "td2", "viec", "thay"))
	book := m.open(teamsURL+"/mau.xlsx?cap=province").want(t, 200)
	same := m.sendFile(teamsURL+"/nhap?cap=province", "phan-cong.xlsx", []byte(book.body)).want(t, 200).page(t)
	if got := text(same, "main h2"); got != "phan-cong.xlsx: đổi 0 đơn vị, giữ nguyên 10" {
		t.Errorf("unchanged: %q", got)
	}
	table, err := xlsx.ReadTable([]byte(book.body), "")
	ok(t, err)
	if got := table.Rows[0]; !slices.Equal(got[:5], []string{"Mã đơn vị", "Đơn vị", "Trạng thái hồ sơ", "Tổ trưởng", "Thành viên 2"}) {
		t.Errorf("heading %q", got)
	}
	list := func(rows ...[]string) []byte {
		var b bytes.Buffer
		ok(t, csv.NewWriter(&b).WriteAll(append([][]string{{"Mã đơn vị", "Tổ trưởng", "Thành viên 2"}}, rows...)))
		return b.Bytes()
	}
	wrong := m.sendFile(teamsURL+"/nhap?cap=province", "sai.csv", list([]string{testUnit, "td3 – Tránh", "td1"}, []string{"99999", "td1"}, []string{"07211", "xa07", "khong-co"}, []string{testUnit, "td1"})).want(t, 422).page(t)
	for _, want := range []string{"2 Tổ trưởng td3 không được thẩm định", "3 Mã đơn vị Đơn vị \"99999\" không có hồ sơ", "4 Tổ trưởng Không có tài khoản \"xa07\"", "4 Thành viên 2 Không có tài khoản"} {
		if got := spaced(wrong.Find(".problems tbody tr")); !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	good := m.sendFile(teamsURL+"/nhap?cap=province", "dung.csv", list([]string{testUnit, "TD2", "td1"}, []string{"07211", "td3;td4"}, []string{"07212", ""})).want(t, 200).page(t)
	m.follow(m.submit(teamsURL+"/ghi", "cap", "province", "du-lieu", strings.TrimPrefix(good.Find("textarea[name=du-lieu]").Text(), "\n")))
	if s.team(testUnit, "province") != "td2 td1" || s.team("07211", "province") != "td3 td4" {
		t.Errorf("teams %q, %q", s.team(testUnit, "province"), s.team("07211", "province"))
	}
}

// spaced is the text of rows with a blank between cells.
func spaced(rows *goquery.Selection) string {
	return strings.Join(rows.Map(func(_ int, r *goquery.Selection) string {
		return strings.Join(r.Find("td").Map(func(_ int, c *goquery.Selection) string { return strings.TrimSpace(c.Text()) }), " ")
	}), "\n")
}

// Only who runs the period sees and changes teams.
func TestTeamsRights(t *testing.T) {
	s, m := teamSite(t)
	for _, role := range account.Roles() {
		p := m
		if role != account.Manager {
			p = s.as(role)
		}
		may := role == account.Admin || role == account.Manager
		for _, path := range []string{teamsURL, teamsURL + "/mau.xlsx", teamsURL + "/nhap", teamsURL + "/tu-dong", teamsURL + "/" + testUnit, apiTeamURL} {
			if got := p.open(path).StatusCode; (got == http.StatusOK) != may || !may && got != 403 {
				t.Errorf("%s %s: %d", role, path, got)
			}
		}
		for _, path := range []string{teamsURL, teamsURL + "/ghi", teamsURL + "/tu-dong", teamsURL + "/nhap", teamsURL + "/" + testUnit} {
			if got := p.submit(path).StatusCode; (got == 403) == may || got >= 500 {
				t.Errorf("%s POST %s: %d", role, path, got)
			}
		}
	}
}

const apiTeamURL = "/api/v1/periods/2026/units/" + testUnit + "/team"

func (s *testSite) putTeam(p *person, ifMatch, body string) answer {
	s.tb.Helper()
	header := []string{"Content-Type", "application/json", "X-CSRF-Token", p.csrf, "Cookie", p.cookie.Name + "=" + p.cookie.Value}
	if ifMatch != "" {
		header = append(header, "If-Match", ifMatch)
	}
	return s.do("PUT", apiTeamURL+"?stage=province", strings.NewReader(body), header...)
}

// The API answers as it is described, refuses who must keep out, and with
// If-Match what changed meanwhile.
func TestTeamAPI(t *testing.T) {
	s, m := teamSite(t)
	doc := documentOf(t, s)
	for _, c := range []struct {
		got    answer
		status string
	}{
		{m.open(apiTeamURL), "200"}, {m.open(apiTeamURL + "?stage=self"), "404"}, {s.get(apiTeamURL), "401"},
		{s.putTeam(m, "", `{"members": ["td1", "td2"]}`), "200"}, {s.putTeam(m, "", `{"members": ["td1", "td2"]}`), "200"},
		{s.putTeam(m, `"0"`, `{"members": ["td1"]}`), "412"}, {s.putTeam(m, `"1"`, `{"members": ["td2"]}`), "200"},
		{s.putTeam(m, "", `{"members": ["td2", "td3"]}`), "422"}, {s.putTeam(m, "", `{"members": ["quanly"]}`), "422"},
		{s.putTeam(m, "", `{}`), "400"}, {s.putTeam(m, "", `{"members": [], "x": 1}`), "422"},
		{s.do("PUT", apiTeamURL, strings.NewReader("a=1"), "Content-Type", "application/x-www-form-urlencoded", "X-CSRF-Token", m.csrf, "Cookie", m.cookie.Name+"="+m.cookie.Value), "415"},
		{s.putTeam(s.as(account.Appraiser), "", `{"members": []}`), "403"},
	} {
		method := strings.ToLower(c.got.Request.Method)
		if method == "" {
			method = "get"
		}
		if got := fmt.Sprint(c.got.StatusCode); got != c.status {
			t.Errorf("%s answers %s, want %s: %s", method, got, c.status, c.got.body)
			continue
		}
		described, there := doc.Paths["/periods/{period}/units/{unit}/team"][method].Responses[c.status]
		kind, _, _ := strings.Cut(c.got.Header.Get("Content-Type"), ";")
		if !there || described.Content[kind].Schema == nil {
			t.Errorf("%s %s with %s is not described", method, c.status, kind)
			continue
		}
		var value any
		ok(t, json.Unmarshal([]byte(c.got.body), &value))
		for _, p := range doc.faults(described.Content[kind].Schema, value, "$") {
			t.Errorf("%s %s: %s", method, c.status, p)
		}
	}
	if got := s.team(testUnit, "province"); got != "td2" {
		t.Errorf("team %q", got)
	}
	d, err := s.store.Dossier(t.Context(), "2026", testUnit)
	ok(t, err)
	if d.Rev != 2 {
		t.Errorf("rev %d, want 2: the same team again is no change", d.Rev)
	}
}

// The administrator says which units an appraiser keeps out of; whoever is
// assigned to one already is named.
func TestRecusals(t *testing.T) {
	s, m := teamSite(t)
	admin := s.as(account.Admin)
	m.open("/quan-tri/tai-khoan/td1/tranh").want(t, 403)
	m.submit("/quan-tri/tai-khoan/td1/tranh", "dv", testUnit).want(t, 403)
	admin.open("/quan-tri/tai-khoan/user-manager/tranh").want(t, 404)
	m.follow(m.submit(teamsURL, "cap", "province", "dv", testUnit, "to-truong", "td1", "viec", "thay"))
	found := admin.open("/quan-tri/tai-khoan/td1/tranh?q=dong+mo").want(t, 200).page(t)
	if got := text(found, "table tbody"); got != "Xã Đồng Mỏ 07211Tỉnh Minh Họa" {
		t.Errorf("found %q", got)
	}
	page := admin.follow(admin.submit("/quan-tri/tai-khoan/td1/tranh", "viec", "them", "dv", testUnit, "dv", "07211")).page(t)
	if got := text(page, ".notice.bad a"); !strings.Contains(got, "Phường Minh Họa 07, Thẩm định tỉnh") {
		t.Errorf("assigned all the same: %q", got)
	}
	m.submit(teamsURL+"/07211", "cap", "province", "nguoi1", "td1", "truoc", "").want(t, 422)
	admin.follow(admin.submit("/quan-tri/tai-khoan/td1/tranh", "viec", "bo", "dv", "07211"))
	m.follow(m.submit(teamsURL+"/07211", "cap", "province", "nguoi1", "td1", "truoc", ""))
	admin.submit("/quan-tri/tai-khoan/td1/tranh", "viec", "them", "dv", "khong-co").want(t, 404)
	events, err := s.store.History(t.Context(), "users/td1")
	ok(t, err)
	if n := len(events); n != 2 || events[0].Detail[0].After != testUnit+", 07211" {
		t.Errorf("the trail has %+v", events)
	}
}
