package site

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/store"
)

const (
	secondUnit  = "07211"
	appealPath  = "/ho-so/2026/" + testUnit + "/kien-nghi"
	appealJudge = "/tham-dinh/kien-nghi/2026/" + testUnit + "/1.1.1"
)

// appealSite is a site in a period with steps. The appraisers an and binh gave
// the first unit 4 of 5 points for 1.1.1, one short of being recognised; an gave
// the second unit half a point more. Both are concluded; the third waits to be
// taken up by an, the fourth is being scored by an and binh. chi has scored
// nothing, dung neither but must keep out of the first unit.
func appealSite(tb testing.TB) (*testSite, func(login string) *http.Cookie) {
	tb.Helper()
	s, ctx := newSite(tb), context.Background()
	ok(tb, s.store.PutSet(ctx, store.Version{ID: "thu", Number: 1, Title: "Thử", YAML: testSet, State: store.Issued}))
	p := dossier.Period{
		ID: "2026", Title: "Kỳ đánh giá năm 2026", Year: 2026, SetID: "thu", SetVer: 1, Scope: "27", On: "2026-12-31", State: dossier.Draft, Steps: true,
		Stages: []dossier.Stage{{Code: "self", Title: "Tự chấm"}, {Code: "province", Title: "Thẩm định tỉnh"}}, Target: dossier.Target{Percent: "60", By: "2026-12-31"},
		Deadlines: map[string]string{"province": "2026-11-08", dossier.StepAppeal: "2026-11-20"}, MaxAppeals: 2,
	}
	_, err := s.store.PutPeriod(ctx, p)
	ok(tb, err)
	var codes []string
	for _, u := range testUnits()[1:] {
		codes = append(codes, u.Code)
	}
	p, err = s.store.OpenPeriod(ctx, "2026", codes)
	ok(tb, err)
	for login, role := range map[string]account.Role{"an": account.Appraiser, "binh": account.Appraiser, "chi": account.Appraiser, "dung": account.Appraiser, "quanly": account.Manager, "quantri": account.Admin, "lanhdao": account.Leader, "dieutra": account.Surveyor} {
		s.addUser(login, role, "")
	}
	s.addUser("xa10", account.Commune, testUnit)
	s.addUser("xa11", account.Commune, secondUnit)
	dung, err := s.store.User(ctx, "dung")
	ok(tb, err)
	dung.Recused = []string{testUnit}
	ok(tb, s.store.PutUser(ctx, dung))
	s.appraise(p, testUnit, "4", true, "an", "binh")
	s.appraise(p, secondUnit, "4.5", true, "an")
	s.appraise(p, "07213", "4", false, "binh", "an")
	_, err = s.store.ChangeDossier(ctx, "2026", "07212", func(d *dossier.Dossier, _ time.Time, _ string) error {
		d.Status, d.Teams = dossier.Submitted, []dossier.Team{{Stage: "province", Members: []string{"an"}, Round: 1}}
		d.Save("self", fullMarks("5"), "xa12", testNow, "e12")
		return nil
	})
	ok(tb, err)
	cookies := map[string]*http.Cookie{}
	return s, func(login string) *http.Cookie {
		if cookies[login] == nil {
			cookies[login] = s.signIn(login)
		}
		return cookies[login]
	}
}

// appraise has members give a unit points for 1.1.1 and full marks for the rest;
// concluded, every sheet is finished and the unit is proposed, otherwise the
// first member's alone is finished.
func (s *testSite) appraise(p dossier.Period, unit, points string, concluded bool, members ...string) {
	s.tb.Helper()
	_, err := s.store.ChangeDossier(context.Background(), p.ID, unit, func(d *dossier.Dossier, at time.Time, event string) error {
		d.Status = dossier.Scoring
		d.Save("self", fullMarks("5"), "xa", at, event+"s")
		d.Status, d.Stage = dossier.Appraisal, "province"
		d.Teams = []dossier.Team{{Stage: "province", Members: members, Round: 1}}
		for i, m := range members {
			marks := fullMarks(points)
			for k := range marks {
				if marks[k].Code == "1.1.1" {
					marks[k].Note = "Ghi chú của " + m
				}
			}
			d.Save("province", marks, m, at, event+m)
			if concluded || i == 0 {
				if err := d.Finish(dossier.Context{Login: m, Who: dossier.Member, Period: &p, At: at, Event: event + m + "f"}); err != nil {
					return err
				}
			}
		}
		if !concluded {
			return nil
		}
		return d.Conclude(dossier.Context{Login: members[0], Who: dossier.Member | dossier.Lead, Period: &p, At: at, Event: event + "c"}, true, "", "")
	})
	ok(s.tb, err)
}

// contest files an appeal of the first unit through the page.
func (s *testSite) contest(cookie *http.Cookie, reasons ...string) answer {
	s.tb.Helper()
	form := url.Values{"_csrf": {s.csrf(cookie)}}
	for i := 0; i+1 < len(reasons); i += 2 {
		form.Set(fieldAppeal+reasons[i], reasons[i+1])
	}
	return s.post(appealPath, form, cookie)
}

// judgeFormOf reads the form that decides as a browser would send it.
func judgeFormOf(tb testing.TB, a answer) url.Values {
	tb.Helper()
	v := url.Values{}
	f := a.page(tb).Find("form[action*='/tham-dinh/kien-nghi/']")
	if f.Length() != 1 {
		tb.Fatalf("no form to decide with: %s", text(a.page(tb), "main"))
	}
	f.Find("input, select, textarea").Each(func(_ int, e *goquery.Selection) {
		name, _ := e.Attr("name")
		_, checked := e.Attr("checked")
		switch kind, _ := e.Attr("type"); {
		case (kind == "radio" || kind == "checkbox") && !checked:
		case e.Is("select"):
			value, _ := e.Find("option[selected]").Attr("value")
			v.Set(name, value)
		case e.Is("textarea"):
			v.Set(name, strings.TrimPrefix(e.Text(), "\n"))
		default:
			value, _ := e.Attr("value")
			v.Set(name, value)
		}
	})
	return v
}

// seenRuling previews a ruling on the appeal about 1.1.1 and returns the form
// that would decide it.
func (s *testSite) seenRuling(cookie *http.Cookie, choice, points, text string) url.Values {
	s.tb.Helper()
	f := judgeFormOf(s.tb, s.get(appealJudge, cookie).want(s.tb, 200))
	f.Set(fieldChoice, choice)
	f.Set("m:points:1.1.1", points)
	f.Set(fieldRuling, text)
	f.Set(fieldStep, "xem")
	f = judgeFormOf(s.tb, s.post(appealJudge, f, cookie).want(s.tb, 200))
	f.Set(fieldStep, stepDecide)
	return f
}

func (s *testSite) dossierOf(unit string) dossier.Dossier {
	s.tb.Helper()
	d, err := s.store.Dossier(context.Background(), "2026", unit)
	ok(s.tb, err)
	return d
}

// Who may open and do what: the unit itself, another, members, a judge, one who
// keeps out, the manager and those who only look.
func TestAppealRights(t *testing.T) {
	s, as := appealSite(t)
	s.contest(as("xa10"), "1.1.1", "Đã niêm yết đủ").want(t, 303)
	who := []string{"xa10", "xa11", "an", "chi", "dung", "quanly", "lanhdao", "dieutra"}
	for _, c := range []struct {
		method, path string
		want         [8]int
	}{
		{"GET", appealPath, [8]int{200, 403, 200, 200, 403, 200, 200, 403}},
		{"POST", appealPath, [8]int{422, 403, 403, 403, 403, 403, 403, 403}},
		{"GET", "/tham-dinh/kien-nghi?ky=2026", [8]int{403, 403, 200, 200, 200, 200, 403, 403}},
		{"GET", appealJudge, [8]int{403, 403, 403, 200, 403, 200, 403, 403}},
		{"POST", appealJudge, [8]int{403, 403, 403, 422, 403, 422, 403, 403}},
		{"GET", "/tham-dinh", [8]int{403, 403, 200, 200, 200, 303, 403, 403}},
		{"POST", "/tham-dinh/tiep-nhan", [8]int{403, 403, 303, 303, 303, 403, 403, 403}},
		{"GET", leniencyPath, [8]int{403, 403, 403, 403, 403, 200, 200, 403}},
		{"GET", leniencyPath + ".xlsx", [8]int{403, 403, 403, 403, 403, 200, 200, 403}},
		{"GET", "/api/v1/periods/2026/units/" + testUnit + "/appeals", [8]int{200, 403, 200, 200, 403, 200, 200, 403}},
	} {
		for i, login := range who {
			a := s.get(c.path, as(login))
			if c.method == "POST" {
				a = s.post(c.path, url.Values{"_csrf": {s.csrf(as(login))}}, as(login))
			}
			if a.StatusCode != c.want[i] {
				t.Errorf("%s %s as %s: %d, want %d", c.method, c.path, login, a.StatusCode, c.want[i])
			}
		}
	}
	list := text(s.get("/tham-dinh/kien-nghi?ky=2026", as("an")).page(t), "main")
	if strings.Contains(list, "Niêm yết") || !strings.Contains(list, "1 kiến nghị khác") {
		t.Errorf("one who scored the dossier sees %q", list)
	}
	if got := text(s.get("/tham-dinh/kien-nghi?ky=2026", as("chi")).page(t), "main table"); !strings.Contains(got, "1.1.1. Niêm yết") {
		t.Errorf("the judge sees %q", got)
	}
	unit := s.get(appealPath, as("xa10")).body
	for _, secret := range []string{"Ghi chú của", "Người an", "Người binh"} {
		if strings.Contains(unit, secret) {
			t.Errorf("the unit reads %q", secret)
		}
	}
	judge := text(s.get(appealJudge, as("chi")).page(t), "main")
	for _, want := range []string{"Ghi chú của an", "Ghi chú của binh", "Người an", "Đã niêm yết đủ", "5,00"} {
		if !strings.Contains(judge, want) {
			t.Errorf("the judge lacks %q: %s", want, judge)
		}
	}
}

// What is refused of an appeal: too many criteria, one twice, one of a survey,
// none at all, after the last day; what was typed stays.
func TestAppealRefusals(t *testing.T) {
	s, as := appealSite(t)
	me := as("xa10")
	for name, c := range map[string]struct {
		reasons []string
		want    string
	}{
		"nothing":   {nil, "Chưa ghi lý do"},
		"survey":    {[]string{"2.3", "vì sao"}, "khảo sát"},
		"unknown":   {[]string{"9.9", "vì sao"}, "9.9"},
		"too many":  {[]string{"1.1.1", "một", "1.2", "hai", "1.3", "ba"}, "tối đa 2"},
		"very long": {[]string{"1.1.1", strings.Repeat("đ", dossier.MaxReason+1)}, "2000"},
	} {
		a := s.contest(me, c.reasons...).want(t, 422)
		if got := text(a.page(t), "#loi"); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q lacks %q", name, got, c.want)
		}
		if len(c.reasons) > 0 && c.reasons[0] == "1.1.1" {
			if kept := a.page(t).Find("textarea[name='ly-do:1.1.1']").Text(); strings.TrimPrefix(kept, "\n") != c.reasons[1] {
				t.Errorf("%s: typed text is lost: %.40q", name, kept)
			}
		}
	}
	if n := len(s.dossierOf(testUnit).Appeals); n != 0 {
		t.Fatalf("%d appeals stored although refused", n)
	}
	s.contest(me, "1.1.1", "một").want(t, 303)
	s.contest(me, "1.1.1", "một").want(t, 303) // the button pressed twice
	if d := s.dossierOf(testUnit); len(d.Appeals) != 1 || d.Status != dossier.Appealed {
		t.Fatalf("after two presses: %s, %+v", d.Status, d.Appeals)
	}
	s.contest(me, "1.1.1", "khác").want(t, 422)
	*s.now = testNow.AddDate(0, 0, 11)
	late := s.signIn("xa10")
	if got := text(s.contest(late, "1.2", "muộn").want(t, 409).page(t), "main"); !strings.Contains(got, "20/11/2026") {
		t.Errorf("after the last day: %q", got)
	}
	if got := text(s.get(appealPath, late).page(t), "main"); !strings.Contains(got, "đã hết ngày 20/11/2026") {
		t.Errorf("the page after the last day: %q", got)
	}
}

// A judge sees what a decision would change, decides, and that is what changes:
// the result, the ranks, the page that explains.
func TestAppealDecided(t *testing.T) {
	s, as := appealSite(t)
	s.contest(as("xa10"), "1.1.1", "Đã niêm yết đủ").want(t, 303)
	judge := as("chi")
	f := judgeFormOf(t, s.get(appealJudge, judge).want(t, 200))
	f.Set(fieldChoice, choiceAccept)
	f.Set("m:points:1.1.1", "7")
	f.Set(fieldRuling, "Ảnh niêm yết hợp lệ")
	f.Set(fieldStep, "xem")
	doc := s.post(appealJudge, f, judge).want(t, 422).page(t)
	if got := text(doc, "[id='o-1.1.1-loi']"); !strings.Contains(got, "từ 0 đến 5") {
		t.Errorf("at the field: %q", got)
	}
	if got := doc.Find("#lap-luan").Text(); !strings.Contains(got, "Ảnh niêm yết hợp lệ") {
		t.Errorf("typed text is lost: %q", got)
	}
	for field, value := range map[string]string{"m:points:1.1.1": "", fieldRuling: " ", fieldChoice: "?"} {
		g := url.Values{}
		for k := range f {
			g.Set(k, f.Get(k))
		}
		g.Set("m:points:1.1.1", "5")
		g.Set(field, value)
		s.post(appealJudge, g, judge).want(t, 422)
	}

	f.Set("m:points:1.1.1", "5")
	f.Set(fieldStep, stepDecide) // nobody saw what it changes: it is shown first
	shown := s.post(appealJudge, f, judge).want(t, 200)
	got := text(shown.page(t), "#tac-dong")
	for _, want := range []string{"Tổng điểm29,0030,00", "chưa đạtđạt", "không cóMức Đạt", "Thứ hạng21", "0/10 = 0,00 %", "1/10 = 10,00 %", "Xã Đồng Mỏ12bị vượt qua"} {
		if !strings.Contains(got, want) {
			t.Errorf("preview lacks %q: %s", want, got)
		}
	}
	if d := s.dossierOf(testUnit); len(d.Waiting()) != 1 {
		t.Fatal("a preview decides")
	}
	decided := judgeFormOf(t, shown)
	decided.Set(fieldStep, stepDecide)
	r := s.post(appealJudge, decided, judge).want(t, 303)
	if got := text(s.get(r.Header.Get("Location"), judge).page(t), ".notice.good"); !strings.Contains(got, "Đã giải quyết") {
		t.Errorf("flash %q", got)
	}
	s.post(appealJudge, decided, judge).want(t, 303) // pressed twice
	d := s.dossierOf(testUnit)
	if x := d.Appeals[0]; !x.Accepted || x.Judge != "chi" || d.Status != dossier.Proposed {
		t.Fatalf("%s %+v", d.Status, x)
	}
	res, err := result.Of(context.Background(), s.store, "2026", "")
	ok(t, err)
	if r := res.Ranked[0]; r.Unit != testUnit || r.Total != 3000 || !r.Recognised {
		t.Errorf("first is %s with %d", r.Unit, r.Total)
	}
	if got := text(s.get("/ho-so/2026/"+testUnit+"/giai-thich/1.1.1?stage=province", judge).want(t, 200).page(t), "main"); !strings.Contains(got, "5,00") {
		t.Errorf("the explanation: %s", got)
	}
	unit := s.get(appealPath, as("xa10")).want(t, 200)
	if got := text(unit.page(t), ".filed"); !strings.Contains(got, "Được chấp nhận") || !strings.Contains(got, "Điểm trước: 4,00. Điểm mới: 5") || !strings.Contains(got, "Ảnh niêm yết hợp lệ") || strings.Contains(got, "Người chi") {
		t.Errorf("the unit reads %q", got)
	}
	if n := s.kinds("xa10")[NoticeDecided]; n != 1 {
		t.Errorf("the unit was told %d times", n)
	}
	if s.kinds("chi")[NoticeAppealed] != 1 || s.kinds("an")[NoticeAppealed] != 0 || s.kinds("dung")[NoticeAppealed] != 0 {
		t.Errorf("told of the appeal: chi %v, an %v, dung %v", s.kinds("chi"), s.kinds("an"), s.kinds("dung"))
	}
}

// A rejection leaves everything as it is.
func TestAppealRejected(t *testing.T) {
	s, as := appealSite(t)
	s.contest(as("xa10"), "1.1.1", "Đã niêm yết đủ").want(t, 303)
	s.post(appealJudge, s.seenRuling(as("quanly"), choiceReject, "", "Ảnh không rõ ngày"), as("quanly")).want(t, 303)
	d := s.dossierOf(testUnit)
	if x := d.Appeals[0]; x.Accepted || !x.Mark.Empty() || d.Status != dossier.Proposed {
		t.Errorf("%s %+v", d.Status, x)
	}
	if got := text(s.get(appealPath, as("xa10")).page(t), ".filed"); !strings.Contains(got, "Không chấp nhận") || !strings.Contains(got, "Ảnh không rõ ngày") {
		t.Errorf("the unit reads %q", got)
	}
}

// What changed since a judge looked is shown again before anything is decided.
func TestAppealStaleBasis(t *testing.T) {
	s, as := appealSite(t)
	s.contest(as("xa10"), "1.1.1", "một").want(t, 303)
	f := s.seenRuling(as("chi"), choiceAccept, "5", "Đúng")
	s.contest(as("xa10"), "1.2", "hai").want(t, 303)
	a := s.post(appealJudge, f, as("chi")).want(t, 409)
	if got := text(a.page(t), "[role=alert]"); !strings.Contains(got, "vừa thay đổi") {
		t.Errorf("notice %q", got)
	}
	if d := s.dossierOf(testUnit); len(d.Waiting()) != 2 {
		t.Fatal("decided on a stale basis")
	}
	f = judgeFormOf(t, a)
	f.Set("m:points:1.1.1", "4,5") // another mark than was looked at: shown first
	f.Set(fieldStep, stepDecide)
	s.post(appealJudge, f, as("chi")).want(t, 200)
	f = judgeFormOf(t, s.post(appealJudge, f, as("chi")))
	f.Set(fieldStep, stepDecide)
	s.post(appealJudge, f, as("chi")).want(t, 303)
	if d := s.dossierOf(testUnit); d.Status != dossier.Appealed || d.Appeals[0].Mark.Get("points") != "4.5" {
		t.Errorf("%s %+v", d.Status, d.Appeals)
	}
}

// Of two judges at once one decides and the other is told.
func TestAppealTwoJudges(t *testing.T) {
	s, as := appealSite(t)
	s.contest(as("xa10"), "1.1.1", "một").want(t, 303)
	one, two := s.seenRuling(as("chi"), choiceAccept, "5", "Đúng"), s.seenRuling(as("quanly"), choiceReject, "", "Sai")
	var got [2]int
	var wait sync.WaitGroup
	for i, f := range []url.Values{one, two} {
		cookie := as([]string{"chi", "quanly"}[i])
		wait.Go(func() { got[i] = s.post(appealJudge, f, cookie).StatusCode })
	}
	wait.Wait()
	if sorted := slices.Sorted(slices.Values(got[:])); !slices.Equal(sorted, []int{303, 409}) {
		t.Fatalf("answers %v, want one 303 and one 409", got)
	}
	d := s.dossierOf(testUnit)
	if winner := map[bool]string{true: "chi", false: "quanly"}[got[0] == 303]; d.Appeals[0].Judge != winner {
		t.Errorf("%s was told that they decided, %s did", winner, d.Appeals[0].Judge)
	}
	events, err := s.store.History(context.Background(), d.Thing())
	ok(t, err)
	n := 0
	for _, e := range append(events, d.Outbox...) {
		if detailOf(e, "act") == string(dossier.DecideAppeal) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d events of a decision", n)
	}
}

// The same through the API: file, list, try, decide.
func TestAppealAPI(t *testing.T) {
	s, as := appealSite(t)
	doc := documentOf(t, s)
	const base = "/api/v1/periods/2026/units/" + testUnit + "/appeals"
	call := func(login, method, path, body string) answer {
		return s.do(method, path, strings.NewReader(body), "Content-Type", "application/json", "X-CSRF-Token", s.csrf(as(login)), "Cookie", as(login).Name+"="+as(login).Value)
	}
	check := func(name string, a answer, status int) answer {
		t.Helper()
		a.want(t, status)
		for _, p := range doc.answerFaults(name, a) {
			t.Errorf("%s %d: %s", name, status, p)
		}
		return a
	}
	list, file, decide := "get /periods/{period}/units/{unit}/appeals", "post /periods/{period}/units/{unit}/appeals", "post /periods/{period}/units/{unit}/appeals/{leaf}/decision"
	check(list, call("xa10", "GET", base, ""), 200)
	check(file, call("xa11", "POST", base, `{"1.1.1": "của người khác"}`), 403)
	check(file, call("xa10", "POST", base, `{}`), 422)
	check(file, call("xa10", "POST", base, `[1]`), 400)
	check(file, call("xa10", "POST", base, `{"1.1.1": "Đã niêm yết đủ"}`), 201)
	check(decide, call("an", "POST", base+"/1.1.1/decision", `{"accepted": true}`), 403)
	check(decide, call("chi", "POST", base+"/1.3/decision", `{"accepted": true}`), 404)
	check(decide, call("chi", "POST", base+"/1.1.1/decision", `{"accepted": true, "mark": {"points": 9}, "dry_run": true}`), 422)
	effect := decode[effectJSON](t, check(decide, call("chi", "POST", base+"/1.1.1/decision", `{"accepted": true, "mark": {"points": 5}, "dry_run": true}`), 200))
	want := effectJSON{Unit: testUnit, Code: "1.1.1", Stage: "province", Version: effect.Version, Before: outcomeJSON{"4.00", "29.00", false, "", 2}, After: outcomeJSON{"5.00", "30.00", true, "dat", 1}, Moved: []movedJSON{{secondUnit, 1, 2}}, Targets: effect.Targets}
	if diff := cmp.Diff(want, effect); diff != "" || effect.Targets[1].Recognised != effect.Targets[0].Recognised+1 {
		t.Errorf("effect %s %+v", diff, effect.Targets)
	}
	check(decide, call("chi", "POST", base+"/1.1.1/decision", `{"accepted": true, "mark": {"points": 5}, "ruling": "Đúng", "version": 1}`), 412)
	check(decide, call("chi", "POST", base+"/1.1.1/decision", `{"accepted": true, "mark": {"points": 5}}`), 422)
	after := decode[appealsJSON](t, check(decide, call("chi", "POST", base+"/1.1.1/decision", `{"accepted": true, "mark": {"points": 5}, "ruling": "Đúng"}`), 200))
	if x := after.Appeals[0]; x.State != "accepted" || x.Judge != "chi" || !dossier.Same(*x.Mark, score.NewMark("points", "5")) {
		t.Errorf("%+v", x)
	}
	check(decide, call("quanly", "POST", base+"/1.1.1/decision", `{"accepted": false, "ruling": "Sai"}`), 409)
	if x := decode[appealsJSON](t, check(list, call("xa10", "GET", base, ""), 200)).Appeals[0]; x.Judge != "" {
		t.Errorf("the unit learns that %s decided", x.Judge)
	}
}

// answerFaults lists where an answer is not as the document describes it.
func (d apiDocument) answerFaults(call string, a answer) []string {
	method, path, _ := strings.Cut(call, " ")
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	described, there := d.Paths[path][method].Responses[strconv.Itoa(a.StatusCode)]
	if !there {
		return []string{"the status is not described"}
	}
	media, there := described.Content[kind]
	if !there {
		return []string{kind + " is not described"}
	}
	var value any
	if err := json.Unmarshal([]byte(a.body), &value); err != nil {
		return []string{err.Error()}
	}
	return d.faults(media.Schema, value, "$")
}
