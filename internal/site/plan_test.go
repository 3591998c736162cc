package site

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
)

// Who may open and change what of a campaign's plan.
func TestPlanRoles(t *testing.T) {
	s := newSite(t)
	edit, live := "/quan-tri/dot/"+testCampaign, "/khao-sat/"+testCampaign
	want := map[account.Role]map[string]int{
		account.Manager:   {edit + "/dan-so": 200, edit + "/dan-so/nhap": 200, edit + "/dan-so/mau.xlsx": 200, live + "/to-dan": 200, live + "/loi-moi": 200, live + "/loi-moi/mau.xlsx": 200, live + "/phuc-tra": 200, live + "/bang.xlsx": 200},
		account.Appraiser: {edit + "/dan-so": 403, live + "/to-dan": 200, live + "/loi-moi": 403, live + "/phuc-tra": 200, live + "/bang.xlsx": 200},
		account.Leader:    {edit + "/dan-so": 403, live + "/to-dan": 200, live + "/loi-moi": 403, live + "/phuc-tra": 403, live + "/bang.xlsx": 200},
		account.Commune:   {edit + "/dan-so": 403, live + "/to-dan": 403, live + "/loi-moi": 403, live + "/phuc-tra": 403, live + "/bang.xlsx": 403},
	}
	for role, pages := range want {
		p := s.as(role)
		for path, status := range pages {
			if got := p.open(path).StatusCode; got != status {
				t.Errorf("%s opens %s with %d, want %d", role, path, got, status)
			}
		}
		for _, path := range []string{edit + "/dan-so", edit + "/sua", live + "/loi-moi", live + "/loi-moi/thu-hoi", live + "/loi-moi/tep"} {
			if got := p.submit(path).StatusCode; role != account.Manager && got != 403 {
				t.Errorf("%s posts to %s with %d", role, path, got)
			}
		}
	}
	s.get("/k/"+testCampaign+"/"+testUnit+"/poster").want(t, 200)
	s.get("/k/"+testCampaign+"/99999/poster").want(t, 404)
}

// Numbers typed by hand, and what the campaign page makes of them.
func TestPopulations(t *testing.T) {
	s := newSite(t)
	m := s.as(account.Manager)
	at := "/quan-tri/dot/" + testCampaign + "/dan-so"
	doc := m.submit(at, "n.07210.resident", "mười", "n.07211.resident", "500").want(t, 422).page(t)
	if v, _ := doc.Find(`input[name="n.07210.resident"]`).Attr("value"); v != "mười" {
		t.Errorf("the text is lost: %q", v)
	}
	if v, _ := doc.Find(`input[name="n.07211.resident"]`).Attr("value"); v != "500" {
		t.Errorf("the other field is lost: %q", v)
	}
	m.submit(at, "n.07210.resident", "1.000", "n.07211.resident", "200", "n.07211.business", "4", "phien-ban", "0").want(t, 303)
	m.submit(at, "n.07210.resident", "1000", "phien-ban", "0").want(t, 303) // nothing new
	m.submit(at, "n.07210.resident", "2000", "phien-ban", "0").want(t, 412)
	s.answers("07210", "resident", "5", 8)
	s.answers("07211", "business", "4", 3)

	page := m.open("/khao-sat/"+testCampaign+"?q=07210").want(t, 200).page(t)
	if got := text(page, "tbody tr td:nth-child(3)"); got != "8/286thiếu 278" {
		t.Errorf("the group reads %q", got)
	}
	if got := text(page, "tbody .tag"); got != "chưa đủ mẫu" {
		t.Errorf("the unit is %q", got)
	}
	short := m.open("/khao-sat/"+testCampaign+"?loc=thieu&sap=-thieu").want(t, 200).page(t)
	if n := short.Find("tbody tr").Length(); n != 2 || !strings.Contains(text(short, "tbody tr:first-child"), "07210") {
		t.Errorf("%d short units, the first %q", n, text(short, "tbody tr:first-child"))
	}
	// Three of a plan of four: outside the team nothing says how near it is.
	leader := s.as(account.Leader).open("/khao-sat/"+testCampaign+"?q=07211").want(t, 200).page(t)
	if got := text(leader, "tbody tr"); strings.Contains(got, "thiếu") || strings.Contains(got, "đủ") || strings.Contains(got, "3/4") {
		t.Errorf("a leader sees %q", got)
	}
	// An empty field forgets.
	m.submit(at, "n.07211.business", "", "phien-ban", "1").want(t, 303)
	people, _, err := s.store.Populations(t.Context(), testCampaign)
	ok(t, err)
	if _, known := people.Get("07211", "business"); known || people.Cells() != 2 {
		t.Errorf("%v", people)
	}
}

// An import is shown first, written whole, and refused with every place.
func TestPopulationImport(t *testing.T) {
	s := newSite(t)
	m := s.as(account.Manager)
	at := "/quan-tri/dot/" + testCampaign + "/dan-so"
	doc := m.sendFile(at+"/nhap", "dan-so.csv", []byte("unit,group,n\n07210,resident,500\n07299,resident,5\n07211,khách,5\n07211,resident,1.5\n07210,Người dân,6\n")).want(t, 422).page(t)
	if n := doc.Find(".problems tbody tr").Length(); n != 4 {
		t.Errorf("%d problems: %s", n, text(doc, ".problems"))
	}
	doc = m.sendFile(at+"/nhap", "dan-so.csv", []byte("unit;group;n\n07210;Người dân;500\n07211;resident;1000\n")).want(t, 200).page(t)
	if got := text(doc, "h2"); !strings.Contains(got, "thêm 2 ô") {
		t.Errorf("the preview says %q", got)
	}
	people, _, err := s.store.Populations(t.Context(), testCampaign)
	ok(t, err)
	if people.Cells() != 0 {
		t.Error("the preview wrote")
	}
	m.submit(at+"/ghi", "phien-ban", "0", "du-lieu", doc.Find("textarea").Text()).want(t, 303)
	m.submit(at+"/ghi", "phien-ban", "0", "du-lieu", "unit,group,count\n07210,resident,1\n").want(t, 412)
	// The template comes back as it went out, and knows its campaign.
	book := m.open(at+"/mau.xlsx").want(t, 200).body
	doc = m.sendFile(at+"/nhap", "mau.xlsx", []byte(book)).want(t, 200).page(t)
	if got := text(doc, "h2"); !strings.Contains(got, "giữ nguyên 2 ô") {
		t.Errorf("the template read back says %q", got)
	}
	m.submit(at, "n.07210.resident", "501", "phien-ban", "1").want(t, 303)
	if doc = m.sendFile(at+"/nhap", "mau.xlsx", []byte(book)).want(t, 200).page(t); doc.Find(".notice.warn").Length() != 1 || !strings.Contains(text(doc, "tbody"), "501") {
		t.Error("an older template is not told from a fresh one")
	}
}

// What has answers cannot be taken out of a campaign.
func TestCampaignChange(t *testing.T) {
	s := newSite(t)
	m := s.as(account.Manager)
	s.answers("07210", "resident", "5", 1)
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	opens := "2026-11-01T10:00"
	form := func(units []string, more ...string) []string {
		return append([]string{"title", c.Title, "opens", opens, "error", "5", "retain", "24", "units", strings.Join(units, "\n"), "phien-ban", strconv.FormatInt(c.Version, 10)}, more...)
	}
	at := "/quan-tri/dot/" + testCampaign + "/sua"
	for _, bad := range []struct {
		want string
		form []string
	}{
		{"Không bỏ được Phường Minh Họa 07", form(c.Units[1:])},
		{"Không bỏ được nhóm “Người dân”", form(c.Units, "groups", "business")},
		{"Không đổi được giờ mở", form(c.Units, "opens", "2026-11-02T10:00")},
		{"chỉ giữ 24 tháng", form(c.Units, "retain", "36")},
		{"Không có đơn vị 12345", form(append(c.Units[:len(c.Units):len(c.Units)], "12345"))},
		{"Ghi phần trăm", form(c.Units, "error", "25")},
	} {
		doc := m.submit(at, bad.form...).want(t, 422).page(t)
		if got := text(doc, "#loi"); !strings.Contains(got, bad.want) {
			t.Errorf("want %q, got %q", bad.want, got)
		}
	}
	m.submit(at, form(c.Units[:5], "error", "2,5", "channels", "web", "desks", "Quầy 1\nQuầy 2\n", "retain", "12")...).want(t, 303)
	got, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	if len(got.Units) != 5 || got.Error != 25 || len(got.Desks) != 2 || got.RetainMonths != 12 || got.Accepts(survey.Paper) || !got.Opens.Equal(c.Opens) {
		t.Errorf("%+v", got)
	}
	history := text(m.open("/quan-tri/dot/"+testCampaign).want(t, 200).page(t), "ul.lines")
	for _, want := range []string{"sai số của mẫu: 5 % → 2,5 %", "quầy: Quầy 1; Quầy 2", "số tháng giữ ý kiến: 24 → 12"} {
		if !strings.Contains(history, want) {
			t.Errorf("no %q in %q", want, history)
		}
	}
}

// invite makes two invitations for each group of each unit and returns the page.
func invite(t *testing.T, m *person) *goquery.Document {
	t.Helper()
	at := "/khao-sat/" + testCampaign + "/loi-moi"
	order, _ := m.open(at).want(t, 200).page(t).Find("input[name=lenh]").First().Attr("value")
	doc := m.submit(at, "lenh", order, "cach", "moi-o", "so", "2", "note", "đợt 1").want(t, 200).page(t)
	m.submit(at, "lenh", order, "cach", "moi-o", "so", "2").want(t, 409)
	return doc
}

// Invitations are shown once, used once, revoked, and drawn for the re-check.
func TestInvitations(t *testing.T) {
	s := newSite(t)
	m := s.as(account.Manager)
	at := "/khao-sat/" + testCampaign
	m.submit(at+"/loi-moi", "lenh", "1234567890", "cach", "moi-o", "so", "0").want(t, 422)
	m.submit(at+"/loi-moi", "lenh", "1234567890", "cach", "moi-o", "so", "99999").want(t, 422)
	data := invite(t, m).Find("textarea").Text()
	var tokens []string
	for line := range strings.Lines(strings.TrimSpace(data)) {
		part := strings.Split(strings.TrimSpace(line), "\t")
		tokens = append(tokens, part[4])
	}
	if len(tokens) != 80 {
		t.Fatalf("%d invitations", len(tokens))
	}
	if strings.Contains(m.open(at+"/loi-moi").want(t, 200).body, tokens[0]) {
		t.Error("a token is shown again")
	}
	for _, kind := range []string{"xlsx", "csv", "in-0"} {
		if r := m.submit(at+"/loi-moi/tep", "du-lieu", data, "tep", kind).want(t, 200); kind == "csv" && !strings.Contains(r.body, "?t="+tokens[0]) {
			t.Errorf("no link in %.300s", r.body)
		}
	}
	slips := m.submit(at+"/loi-moi/tep", "du-lieu", data, "tep", "in-0").want(t, 200).page(t)
	if n := slips.Find(".slip").Length(); n != 80 {
		t.Errorf("%d slips", n)
	}
	if got := text(slips, ".slip"); !strings.Contains(got, "example.com/moi rồi nhập mã trên") {
		t.Errorf("a slip does not name the short address: %s", got)
	}
	m.submit(at+"/loi-moi/tep", "du-lieu", "x\ty\tz\t1\tABC", "tep", "csv").want(t, 400)

	list, err := s.store.TokenBatches(t.Context(), testCampaign)
	ok(t, err)
	m.submit(at+"/loi-moi/thu-hoi", "lenh", list[0].Order, "lo", list[0].ID).want(t, 303)
	m.submit(at+"/loi-moi/thu-hoi", "lenh", list[0].Order).want(t, 303)
	m.submit(at+"/loi-moi/thu-hoi", "lenh", "khac").want(t, 404)
	list, err = s.store.TokenBatches(t.Context(), testCampaign)
	ok(t, err)
	for _, b := range list {
		if !b.TokenBatch.Revoked || b.TokenCounts.Revoked != 2 {
			t.Fatalf("%+v", b)
		}
	}
	var log []string // who made and revoked how many for which unit; never a token
	events, err := s.store.Events(t.Context(), time.Time{}, 100)
	ok(t, err)
	for _, e := range events {
		for _, d := range e.Detail {
			if log = append(log, fmt.Sprint(e.Who, " ", e.Thing, " ", d.Field, " ", d.After)); strings.Contains(log[len(log)-1], tokens[0]) {
				t.Error("the audit log holds a token")
			}
		}
	}
	for _, want := range []string{"campaigns/" + testCampaign + " units 07210: 8, 07211: 8, 07212: 8", "campaigns/" + testCampaign + " revoked 2", "campaigns/" + testCampaign + " units " + list[0].Unit + ": 2"} {
		if !strings.Contains(strings.Join(log, "\n"), want) {
			t.Errorf("no %q in\n%s", want, strings.Join(log, "\n"))
		}
	}
}

// The poster of every real commune holds one sheet each, and every code stands
// for its address.
func TestPostersOfManyUnits(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "bac-ninh-2026.csv"))
	if err != nil {
		t.Skip("skipped: the list of real communes is not here")
	}
	s := newSite(t)
	list, err := unit.ParseCSV(data, nil)
	ok(t, err)
	_, _, err = s.store.PutUnits(t.Context(), list)
	ok(t, err)
	c, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	c.Units, c.Desks = nil, []string{"Quầy 1", "Quầy 2"}
	for _, u := range unit.AtLevel(list, unit.Commune) {
		c.Units = append(c.Units, u.Code)
	}
	ok(t, s.store.PutCampaign(t.Context(), c))
	m := s.as(account.Manager)
	doc := m.open("/khao-sat/"+testCampaign+"/to-dan").want(t, 200).page(t)
	if n := doc.Find(".poster").Length(); n != 99 || doc.Find(".poster svg path").Length() != 99 {
		t.Errorf("%d sheets", n)
	}
	if n := m.open("/khao-sat/"+testCampaign+"/to-dan?quay=1").want(t, 200).page(t).Find(".poster-desk").Length(); n != 198 {
		t.Errorf("%d sheets of desks", n)
	}
	*s.now = c.Closes
	s.get("/k/"+testCampaign+"/"+c.Units[0]+"/poster").want(t, 410)
}

// The pages in a browser, on a phone and a desktop, with plans and invitations.
func TestPlanInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	m := s.as(account.Manager)
	people := survey.Populations{}
	for i, code := range []string{"07210", "07211", "07212", longUnit} {
		people.Set(code, "resident", 100*(i+1))
		people.Set(code, "business", 12*i)
	}
	ok(t, s.store.PutPopulations(t.Context(), testCampaign, people, 0))
	s.answers("07210", "resident", "5", 12)
	s.answers("07212", "business", "4", 14)
	invite(t, m)
	draw := store.Recheck{Campaign: testCampaign, Number: 1, Seed: "abc", Size: 2, Made: testNow, By: "quanly", Pools: map[string]int{testUnit: 9, longUnit: 4}, Items: []store.RecheckItem{
		{Batch: "0123456789ABCDEF", Unit: testUnit, Group: "resident", Number: 3, Result: store.RecheckConfirmed}, {Batch: "0123456789ABCDEF", Unit: longUnit, Group: "business", Number: 1}}}
	ok(t, s.store.PutRecheck(t.Context(), draw))
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	signInBrowser(b, at, "user-manager", testPassword)
	for _, p := range []struct{ name, path string }{
		{"live", "/khao-sat/" + testCampaign}, {"short", "/khao-sat/" + testCampaign + "?loc=thieu"}, {"people", "/quan-tri/dot/" + testCampaign + "/dan-so"}, {"people-import", "/quan-tri/dot/" + testCampaign + "/dan-so/nhap"},
		{"edit", "/quan-tri/dot/" + testCampaign}, {"invitations", "/khao-sat/" + testCampaign + "/loi-moi"}, {"rechecks", "/khao-sat/" + testCampaign + "/phuc-tra"}, {"recheck", "/khao-sat/" + testCampaign + "/phuc-tra/1"},
		{"poster", "/k/" + testCampaign + "/" + longUnit + "/poster"}, {"poster-forms", "/k/" + testCampaign + "/" + longUnit + "/poster?moi-phieu=1"},
	} {
		b.Resize(browsertest.Desktop)
		b.Go(at + p.path)
		browsertest.Eval[int](b, `(document.querySelectorAll("main details").forEach(d => d.open = true), 0)`)
		looks(t, b, "plan-"+p.name)
	}
}
