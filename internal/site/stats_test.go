package site

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
)

const statsURL = "/khao-sat/" + testCampaign + "/thong-ke"

// textQuestion is the code of a text question of the test form.
func textQuestion(t *testing.T, s *testSite) string {
	t.Helper()
	form, err := s.store.Form(t.Context(), "pks07", 1)
	ok(t, err)
	for _, q := range form.TextQuestions() {
		if q.Kind == "text" {
			return q.Code
		}
	}
	t.Fatal("the form has no text question")
	return ""
}

// write stores n responses of residents with a text.
func (s *testSite) write(t *testing.T, code, key, words string, n int) {
	t.Helper()
	q := textQuestion(t, s)
	for i := range n {
		form := filled(fmt.Sprintf("%s-%s-%d", code, key, i))
		form.Set("a.q1", "5")
		form.Del("a.q1a")
		form.Del("a.q1a.other")
		form.Set("a."+q, words)
		s.post("/k/"+testCampaign+"/"+code, form).want(t, 303)
	}
}

// Who may open what.
func TestStatsRoles(t *testing.T) {
	s := newSite(t)
	s.write(t, testUnit, "a", "Xin thêm ghế ngồi", 1)
	want := map[string]map[account.Role]int{
		statsURL:                            {account.Manager: 200, account.Appraiser: 200, account.Leader: 200, account.Commune: 403, account.Surveyor: 403},
		statsURL + ".svg":                   {account.Manager: 200, account.Leader: 200, account.Commune: 403},
		statsURL + ".xlsx":                  {account.Manager: 200, account.Leader: 200, account.Commune: 403},
		"/khao-sat/ks-2026/bao-cao.xlsx":    {account.Manager: 200, account.Leader: 200, account.Surveyor: 403},
		"/khao-sat/ks-2026/y-kien":          {account.Manager: 200, account.Appraiser: 200, account.Leader: 403, account.Commune: 403, account.Surveyor: 403},
		"/khao-sat/ks-2026/y-kien.csv":      {account.Appraiser: 200, account.Leader: 403, account.Commune: 403},
		"/khao-sat/ks-2026/y-kien.xlsx":     {account.Appraiser: 200, account.Leader: 403, account.Commune: 403},
		"/khao-sat/ks-2026/luot-tra-loi":    {account.Manager: 200, account.Appraiser: 200, account.Leader: 403, account.Commune: 403, account.Surveyor: 403},
		"/gop-y":                            {account.Manager: 200, account.Commune: 200, account.Leader: 403, account.Appraiser: 403, account.Surveyor: 403},
		"/gop-y/y-kien/ks-2026":             {account.Commune: 200, account.Leader: 403, account.Manager: 403},
		"/gop-y/khong-co":                   {account.Commune: 404, account.Manager: 404, account.Leader: 403},
		"/khao-sat/khong-co/thong-ke":       {account.Manager: 404},
		"/khao-sat/ks-2026/luot-tra-loi/12": {account.Manager: 404, account.Leader: 403},
	}
	people := map[account.Role]*person{}
	for _, role := range account.Roles() {
		people[role] = s.as(role)
	}
	for path, roles := range want {
		for role, status := range roles {
			if got := people[role].open(path).StatusCode; got != status {
				t.Errorf("%s %s: %d, want %d", role, path, got, status)
			}
		}
	}
	for _, path := range []string{statsURL, "/gop-y", "/khao-sat/ks-2026/y-kien"} {
		if got := s.get(path).StatusCode; got == 200 {
			t.Errorf("%s is open to everybody", path)
		}
	}
	s.get("/gop-y-da-xu-ly").want(t, 200)
	people[account.Leader].submit("/khao-sat/ks-2026/luot-tra-loi", "viec", "loai", "ly-do", "x").want(t, 403)
}

// Every view shows its table, its chart and its workbook; a leader sees no
// small count in any of them.
func TestStatsViews(t *testing.T) {
	s := newSite(t)
	team, leader := s.as(account.Appraiser), s.as(account.Leader)
	empty := team.open(statsURL).want(t, 200).page(t)
	if !strings.Contains(text(empty, "h1"), "Thống kê") {
		t.Error("no heading on the empty page")
	}
	s.answers("07210", "resident", "5", 8)
	s.answers("07210", "resident", "4", 6)
	s.answers("07210", "business", "2", 2)
	s.answers("07211", "resident", "1", 3)
	s.answers("07212", "resident", "5", 12)
	for _, name := range statViews() {
		for _, p := range []*person{team, leader} {
			doc := p.open(statsURL+"?xem="+name).want(t, 200).page(t)
			if doc.Find("[style], style, script:not([src])").Length() != 0 {
				t.Errorf("%s: inline style or script", name)
			}
			p.open(statsURL+".xlsx?xem="+name).want(t, 200)
			if svg := p.open(statsURL+".svg?hep=1&xem="+name).want(t, 200); !strings.HasPrefix(svg.body, "<svg") {
				t.Errorf("%s: no drawing", name)
			}
			if name != statCompare && doc.Find("img.chart").Length() == 0 {
				t.Errorf("%s: no chart", name)
			}
		}
	}
	for _, c := range []struct {
		who  *person
		want string
	}{{team, "31"}, {leader, "28"}} { // the unit with three is left out for the leader
		if got := text(c.who.open(statsURL).want(t, 200).page(t), ".facts dd:first-of-type"); got != c.want {
			t.Errorf("responses %q, want %q", got, c.want)
		}
	}
	for _, at := range []string{statsURL, "/khao-sat/" + testCampaign} {
		if got := text(leader.open(at).want(t, 200).page(t), "main"); !strings.Contains(got, "1 đơn vị có dưới 5 lượt trả lời không được tính") {
			t.Errorf("%s does not tell the leader that a unit is left out", at)
		}
	}
	small := regexp.MustCompile(`^[1-4]$`)
	for _, name := range []string{statUnits, statGroups, statChannels, statQuestion + "&cau=q1"} {
		leader.open(statsURL + "?xem=" + name).page(t).Find("tbody td.num").Each(func(_ int, cell *goquery.Selection) {
			if small.MatchString(strings.TrimSpace(cell.Text())) {
				t.Errorf("%s: a leader sees %q", name, cell.Text())
			}
		})
	}
}

// A campaign is compared with the one before it unless another is asked for.
func TestStatsCompareBefore(t *testing.T) {
	s := newSite(t)
	now, err := s.store.Campaign(t.Context(), testCampaign)
	ok(t, err)
	for id, years := range map[string]int{"a-2024": -2, "b-2025": -1, "c-2027": 1} {
		c := now
		c.ID, c.Title, c.Period, c.Version, c.Groups = id, id, "", 0, []string{"resident"}
		c.Opens, c.Closes = now.Opens.AddDate(years, 0, 0), now.Closes.AddDate(years, 0, 0)
		ok(t, s.store.PutCampaign(t.Context(), c))
	}
	p := s.as(account.Appraiser)
	at := statsURL + "?xem=" + statCompare
	if got, _ := p.open(at).want(t, 200).page(t).Find("select[name=voi] option[selected]").Attr("value"); got != "b-2025" {
		t.Errorf("compared with %q", got)
	}
	if got, _ := p.open(at+"&voi=c-2027").want(t, 200).page(t).Find("select[name=voi] option[selected]").Attr("value"); got != "c-2027" {
		t.Errorf("compared with %q when another was asked for", got)
	}
	if got := p.open("/khao-sat/b-2025/thong-ke?xem="+statGroups).want(t, 200).page(t).Find("tbody tr").Length(); got != 1 {
		t.Errorf("%d groups of a campaign that asks one", got)
	}
	if got := text(p.open("/khao-sat").want(t, 200).page(t), "tbody .phone"); strings.Count(got, "lượt trả lời") != 4 {
		t.Errorf("the list on a phone lacks counts: %s", got)
	}
}

// What is excluded leaves the result, with a reason, and comes back; both
// figures are shown.
func TestReview(t *testing.T) {
	s := newSite(t)
	s.answers("07210", "resident", "5", 8)
	s.answers("07210", "resident", "1", 2)
	p := s.as(account.Appraiser)
	list := "/khao-sat/" + testCampaign + "/luot-tra-loi"
	doc := p.open(list+"?dv=07210").want(t, 200).page(t)
	if got := doc.Find("input[name=luot]").Length(); got != 10 {
		t.Fatalf("%d responses, want 10", got)
	}
	id := doc.Find("input[name=luot]").First().AttrOr("value", "")
	all := p.open(list+"?dv=07210").want(t, 200).page(t).Find("#luot > p a").AttrOr("href", "")
	if got := p.open(all).want(t, 200).page(t).Find("input[name=luot][checked]").Length(); got != 10 {
		t.Errorf("%d of 10 ticked by %q", got, all)
	}
	if got := p.open(list+"?dv=07211").want(t, 200).page(t).Find("input[name=luot]").Length(); got != 0 {
		t.Errorf("%d responses of another unit", got)
	}
	if got := errorTexts(t, p.submit(list, "viec", "loai", "luot", id).want(t, 422)); got == "" {
		t.Error("no word on the missing reason")
	}
	one := list + "/" + id
	if got := text(p.open(one).want(t, 200).page(t), ".said-list"); !strings.Contains(got, "Rất không hài lòng") {
		t.Errorf("the answers in words: %s", got)
	}
	p.follow(p.submit(list, "viec", "loai", "luot", id, "ly-do", "Trả lời thử"))
	facts := text(p.open(statsURL).want(t, 200).page(t), ".facts")
	for _, want := range []string{"lượt trả lời9", "Bị loại1", "Kể cả bị loại10"} {
		if !strings.Contains(strings.ToLower(facts), strings.ToLower(want)) {
			t.Errorf("%q is not in %s", want, facts)
		}
	}
	// One is few: the leader must not work it out from the sum of the channels.
	leader := s.as(account.Leader)
	if live := leader.open("/khao-sat/"+testCampaign).want(t, 200).page(t); live.Find("p.channels").Length() != 0 || text(live, ".stat") != "9" {
		t.Errorf("the leader sees channels with one response excluded: %s", text(live, "p.channels"))
	}
	if p.open("/khao-sat/"+testCampaign).want(t, 200).page(t).Find("p.channels").Length() != 1 {
		t.Error("the appraiser sees no channels")
	}
	for who, told := range map[*person]bool{p: true, leader: false} {
		if a := who.open("/api/v1/campaigns/"+testCampaign+"/tally").want(t, 200); strings.Contains(a.body, `"excluded":{"n":1,`) != told {
			t.Errorf("the tally tells of one excluded response, want %v: %s", told, a.body)
		}
		f, err := excelize.OpenReader(strings.NewReader(who.open("/khao-sat/"+testCampaign+"/bao-cao.xlsx").want(t, 200).body))
		if err != nil {
			t.Fatal(err)
		}
		if found, err := f.SearchSheet(f.GetSheetName(0), "Đã loại 1 lượt; kể cả lượt bị loại: 10 lượt", true); err != nil || len(found) > 0 != told {
			t.Errorf("the report tells of one excluded response at %v, want %v; %v", found, told, err)
		}
	}
	if got := text(p.open(one).want(t, 200).page(t), "main"); !strings.Contains(got, "Trả lời thử") {
		t.Error("no history")
	}
	p.follow(p.submit(one, "viec", "lai", "ly-do", "Nhầm"))
	if got := text(p.open(statsURL).want(t, 200).page(t), ".facts dd:first-of-type"); got != "10" {
		t.Errorf("%s responses after restoring", got)
	}
}

// Texts: found without accents, harmless in a spreadsheet, and for a commune
// only its own, after the end, from five writers on.
func TestTexts(t *testing.T) {
	s := newSite(t)
	s.write(t, testUnit, "a", "Xin mở cửa sáng thứ bảy 🙂", 4)
	s.write(t, testUnit, "b", `=cmd|' /C calc'!A0`, 1)
	s.write(t, "07211", "c", "Đường vào trụ sở xấu", 2)
	team, commune := s.as(account.Appraiser), s.as(account.Commune)
	list := "/khao-sat/" + testCampaign + "/y-kien"
	count := func(p *person, path string) int {
		return p.open(path).want(t, 200).page(t).Find(".texts li").Length()
	}
	for path, want := range map[string]int{list: 7, list + "?q=duong+tru+so": 2, list + "?dv=" + testUnit: 5, list + "?q=khong-co": 0} {
		if got := count(team, path); got != want {
			t.Errorf("%s: %d texts, want %d", path, got, want)
		}
	}
	if csv := team.open(list+".csv").want(t, 200).body; !strings.Contains(csv, `'=cmd|`) || strings.Contains(csv, ",=cmd") {
		t.Error("a formula in the CSV")
	}
	own := "/gop-y/y-kien/" + testCampaign
	if got := count(commune, own); got != 0 {
		t.Errorf("a commune reads %d texts of an open campaign", got)
	}
	*s.now = s.now.AddDate(0, 2, 0)
	commune = &person{s, s.signIn("user-" + string(account.Commune)), commune.csrf}
	doc := commune.open(own).want(t, 200).page(t)
	if got := doc.Find(".texts li").Length(); got != 5 {
		t.Errorf("a commune reads %d texts, want 5", got)
	}
	if got := text(doc, "main"); strings.Contains(got, "Đường vào") || strings.Contains(got, "Người dân ·") {
		t.Errorf("a commune reads of others, or groups: %s", got)
	}
}

// A suggestion goes to the commune, is answered, returned, answered, closed and
// shown; nothing stored leads back to the response.
func TestFeedback(t *testing.T) {
	s := newSite(t)
	s.write(t, testUnit, "a", "Gọi tôi theo số 0912 345 678 để sửa đường", 1)
	boss, commune := s.as(account.Manager), s.as(account.Commune)
	s.addUser("xa-khac", account.Commune, "07211")
	doc := boss.open("/khao-sat/"+testCampaign+"/y-kien").want(t, 200).page(t)
	draft, _ := doc.Find(".texts a.btn").Attr("href")
	at, err := url.Parse(draft)
	ok(t, err)
	response := at.Query().Get("luot")
	if got := text(boss.open(draft).want(t, 200).page(t), ".notice.warn"); !strings.Contains(got, "0912") {
		t.Errorf("no warning of the number: %s", got)
	}
	boss.submit(draft, "noi-dung", "Gọi 0912 345 678").want(t, 422)
	boss.submit(draft, "noi-dung", "").want(t, 422)
	sent := boss.submit(draft, "noi-dung", "Xin sửa đường vào thôn", "han", "2026-11-01").want(t, 303)
	one, _, _ := strings.Cut(sent.Header.Get("Location"), "?")
	list, err := s.store.FeedbackOf(t.Context(), "")
	ok(t, err)
	if len(list) != 1 || strings.Contains(fmt.Sprintf("%+v", list), response) {
		t.Fatalf("the suggestion leads back to the response: %+v", list)
	}
	if got := text(commune.open("/gop-y").want(t, 200).page(t), "tbody"); !strings.Contains(got, "Xin sửa đường") || !strings.Contains(got, "Quá hạn") {
		t.Errorf("the commune's list: %s", got)
	}
	other := &person{s, s.signIn("xa-khac"), ""}
	other.csrf, _ = s.get("/tai-khoan", other.cookie).page(t).Find("main input[name=_csrf]").Attr("value")
	other.open(one).want(t, 404)
	other.submit(one+"/tra-loi", "tra-loi", "của xã khác", "phien-ban", "1").want(t, 404)

	commune.submit(one+"/tra-loi", "tra-loi", "", "phien-ban", "1").want(t, 422)
	commune.submit(one+"/tra-loi", "tra-loi", "Tháng sau sẽ sửa", "phien-ban", "1").want(t, 303)
	clash := commune.submit(one+"/tra-loi", "tra-loi", "Câu của tôi", "phien-ban", "1").want(t, 412)
	if got := clash.body; !strings.Contains(got, "Tháng sau sẽ sửa") || !strings.Contains(got, "Câu của tôi") {
		t.Error("a clash does not show both texts")
	}
	boss.submit(one+"/xu-ly", "viec", "tra", "nhan-xet", "", "phien-ban", "2").want(t, 422)
	boss.submit(one+"/xu-ly", "viec", "tra", "nhan-xet", "Nêu rõ ngày", "phien-ban", "2").want(t, 303)
	commune.submit(one+"/tra-loi", "tra-loi", "Ngày 05/12 sẽ sửa", "phien-ban", "3").want(t, 303)
	if strings.Contains(s.get("/gop-y-da-xu-ly").body, "Xin sửa đường") {
		t.Error("shown before it is closed")
	}
	boss.submit(one+"/xu-ly", "viec", "dong", "cong-khai", "1", "phien-ban", "4").want(t, 303)
	if body := s.get("/gop-y-da-xu-ly").want(t, 200).body; !strings.Contains(body, "Xin sửa đường") || !strings.Contains(body, "Ngày 05/12") {
		t.Error("not shown to the public")
	}
	if n, err := s.store.EraseFeedback(t.Context(), testCampaign); err != nil || n != 0 {
		t.Errorf("erased %d, %v: what is public stays", n, err)
	}
	boss.submit(one+"/xu-ly", "viec", "cong-khai", "phien-ban", "5").want(t, 303)
	if n, err := s.store.EraseFeedback(t.Context(), testCampaign); err != nil || n != 1 {
		t.Errorf("erased %d, %v, want 1", n, err)
	}
	if events, err := s.store.History(t.Context(), "feedback/"+list[0].ID); err != nil || len(events) < 5 {
		t.Errorf("%d audit events, %v", len(events), err)
	}
}

// The pages in a browser: no sideways scrolling, no serious finding of axe.
func TestStatsInBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers("07210", "resident", "5", 8)
	s.answers("07210", "resident", "2", 6)
	s.answers(longUnit, "resident", "4", 9)
	s.write(t, testUnit, "a", strings.Repeat("Xin thêm ghế ngồi ở bộ phận một cửa 🙂. ", 20), 6)
	s.addUser("sep", account.Manager, "")
	b := browsertest.Open(t, browsertest.Desktop)
	at := browsertest.Serve(t, s.app)
	b.Go(at + "/dang-nhap")
	b.Type("#login", "sep")
	b.Type("#password", testPassword)
	b.Click("main button")
	b.See(".who") // else the page that the sign-in leads to aborts the next one
	for name, path := range map[string]string{"stats": statsURL, "stats-units": statsURL + "?xem=don-vi", "stats-question": statsURL + "?xem=cau&cau=q1",
		"texts": "/khao-sat/" + testCampaign + "/y-kien", "review": "/khao-sat/" + testCampaign + "/luot-tra-loi", "feedback": "/gop-y", "handled": "/gop-y-da-xu-ly"} {
		b.Go(at + path)
		b.See("h1")
		looks(t, b, name)
	}
}
