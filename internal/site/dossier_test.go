package site

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
)

// testSet has a leaf of every rule, nested nodes, a bonus and a penalty group.
const testSet = `id: thu
version: 1
title: Bộ tiêu chí thử nghiệm
applies_to: [commune]
total: 40
decimals: 2
not_applicable: rescale
conditions:
  - {code: dk1, title: Không có lãnh đạo bị kỷ luật}
groups:
  - code: "1"
    title: Dân chủ ở cơ sở
    kind: normal
    max: 20
    criteria:
      - code: "1.1"
        title: Công khai
        max: 10
        criteria:
          - {code: "1.1.1", title: Niêm yết, max: 5, guide: "Dòng một\n\nDòng hai", rule: {type: points, step: 0.25}}
          - {code: "1.1.2", title: Mức độ, max: 5, na: true, rule: {type: levels, levels: [{code: a, label: Tốt, points: 5}, {code: b, label: Trung bình, points: 2.5}]}}
      - {code: "1.2", title: Đúng hạn, max: 5, na: true, rule: {type: ratio}}
      - {code: "1.3", title: Chỉ số, max: 5, rule: {type: external, source: Sở Nội vụ}}
  - code: "2"
    title: Hài lòng
    kind: normal
    max: 20
    criteria:
      - {code: "2.1", title: Số lượt, max: 5, rule: {type: count, each: 1, min: 0, max: 5}}
      - {code: "2.2", title: Công thức, max: 5, rule: {type: formula, inputs: [{name: loi, title: Số lỗi}], expr: "max - loi"}}
      - {code: "2.3", title: Khảo sát, max: 10, rule: {type: survey, form: pks07, min_responses: 30, when_missing: zero}}
  - code: T
    title: Thưởng
    kind: bonus
    max: 2
    criteria:
      - {code: T.1, title: Sáng kiến, max: 2, rule: {type: points, step: 0.5}}
recognition:
  min_total: 30
  min_group_percent: 20
  conditions: all
  bands:
    - {code: tot, title: Mức Tốt, min: 36}
    - {code: dat, title: Mức Đạt, min: 30}
`

// fullMarks are marks of every leaf that takes one, worth 30 points together;
// the survey leaf gives 0.
func fullMarks(points string) []dossier.Change {
	marks := map[string]score.Mark{
		"1.1.1": score.NewMark("points", points), "1.1.2": score.NewMark("level", "a"),
		"1.2": score.NewMark("numerator", "50", "denominator", "50"), "1.3": score.NewMark("value", "100"),
		"2.1": score.NewMark("count", "5"), "2.2": score.NewMark("loi", "0"), "T.1": score.NewMark("points", "0"),
		dossier.ConditionPrefix + "dk1": score.NewMark(dossier.Met, "true"),
	}
	var list []dossier.Change
	for code, m := range marks {
		list = append(list, dossier.Change{Code: code, Mark: m})
	}
	return list
}

// addPeriod opens the period "2026" with the test set over all communes; the
// first unit is scored in full at both stages.
func (s *testSite) addPeriod() {
	s.tb.Helper()
	ctx := context.Background()
	_, err := rubric.Parse([]byte(testSet), "thu.yaml")
	ok(s.tb, err)
	ok(s.tb, s.store.PutSet(ctx, store.Version{ID: "thu", Number: 1, Title: "Thử", YAML: testSet, State: store.Issued}))
	_, err = s.store.PutPeriod(ctx, dossier.Period{
		ID: "2026", Title: "Kỳ đánh giá năm 2026", Year: 2026, SetID: "thu", SetVer: 1, Scope: "27", On: "2026-12-31", State: dossier.Draft,
		Stages: []dossier.Stage{{Code: "self", Title: "Tự chấm"}, {Code: "province", Title: "Thẩm định tỉnh"}},
		Target: dossier.Target{Percent: "60", By: "2026-12-31"},
	})
	ok(s.tb, err)
	var codes []string
	for _, u := range testUnits()[1:] {
		codes = append(codes, u.Code)
	}
	_, err = s.store.OpenPeriod(ctx, "2026", codes)
	ok(s.tb, err)
	s.mark(testUnit, "self", fullMarks("5")...)
	s.mark(testUnit, "province", fullMarks("5")...)
}

func (s *testSite) mark(unit, stage string, changes ...dossier.Change) {
	s.tb.Helper()
	_, err := s.store.SaveMarks(context.Background(), "2026", unit, stage, store.AnyRev, changes, "ai-do")
	ok(s.tb, err)
}

// setState moves the period to a state.
func (s *testSite) setState(state dossier.State) {
	s.tb.Helper()
	p, err := s.store.Period(context.Background(), "2026")
	ok(s.tb, err)
	p.State = state
	_, err = s.store.PutPeriod(context.Background(), p)
	ok(s.tb, err)
}

// staffSite is a site with a period and a user of every role; cookies are by
// role. The commune user is of testUnit.
func staffSite(tb testing.TB) (*testSite, map[account.Role]*http.Cookie) {
	tb.Helper()
	s := newSite(tb)
	s.addPeriod()
	cookies := map[account.Role]*http.Cookie{}
	for _, role := range account.Roles() {
		code := ""
		if role == account.Commune {
			code = testUnit
		}
		s.addUser(string(role), role, code)
		cookies[role] = s.signIn(string(role))
	}
	return s, cookies
}

// formOf reads every field of the scoring form as a browser would send it.
func formOf(tb testing.TB, a answer) url.Values {
	tb.Helper()
	doc := a.page(tb)
	v := url.Values{}
	f := doc.Find("#phieu")
	if f.Length() != 1 {
		tb.Fatalf("no scoring form in:\n%.1500s", a.body)
	}
	f.Find("input, select, textarea").Each(func(_ int, e *goquery.Selection) {
		name, _ := e.Attr("name")
		kind, _ := e.Attr("type")
		_, checked := e.Attr("checked")
		switch {
		case name == "" || (kind == "checkbox" || kind == "radio") && !checked:
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

func (s *testSite) markOf(unit, stage, code string) string {
	s.tb.Helper()
	d, err := s.store.Dossier(context.Background(), "2026", unit)
	ok(s.tb, err)
	e, _ := d.Entry(dossier.Layer{Stage: stage}, code)
	if e.Note != "" {
		return dossier.Text(e.Mark) + "|" + e.Note
	}
	return dossier.Text(e.Mark)
}

const scoreURL = "/ho-so/2026/" + testUnit + "?cap=province"

func TestSaveMarks(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	f := formOf(t, s.get(scoreURL, me).want(t, 200))
	f.Set("m:points:1.1.1", "4,25")
	f.Set("m:level:1.1.2", "b")
	f.Set("m:numerator:1.2", "47")
	f.Set("n:1.2", "<script>alert(1)</script>")
	r := s.post(scoreURL, f, me).want(t, 303)
	doc := s.get(r.Header.Get("Location"), me).want(t, 200).page(t)
	if got := text(doc, ".notice.good[role=status]"); got != "Đã lưu. Số ô thay đổi: 3." {
		t.Errorf("flash = %q", got)
	}
	for selector, want := range map[string]string{
		"[data-points='1.1.1']": "4,25", "[data-points='1.1.2']": "2,50", "[data-points='1.2']": "4,70",
		"tr.group#nhom-1 [data-group='1']": "16,45", "tfoot [data-total]": "26,45",
	} {
		if got := text(doc, selector); got != want {
			t.Errorf("%s = %q, want %q", selector, got, want)
		}
	}
	if n := doc.Find("script:not([src])").Length(); n != 0 {
		t.Errorf("%d inline scripts: a note was not escaped", n)
	}
	if got := s.markOf(testUnit, "province", "1.2"); got != "47/50|<script>alert(1)</script>" {
		t.Errorf("stored %q", got)
	}
	if got := text(doc, "tr.leaf .diff .gap"); got != "lệch −0,75lệch −2,50" {
		t.Errorf("differences = %q", got)
	}
}

func TestNotApplicable(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	f := formOf(t, s.get(scoreURL, me))
	f.Set("x:1.2", "1") // the value that stood there is not touched
	s.post(scoreURL, f, me).want(t, 303)
	if got := s.markOf(testUnit, "province", "1.2"); got != "na" {
		t.Errorf("stored %q, want na", got)
	}
	f = formOf(t, s.get(scoreURL, me))
	f.Set("m:numerator:1.2", "3") // and still ticked
	doc := s.post(scoreURL, f, me).want(t, 422).page(t)
	if got := text(doc, "[data-code='1.2'] .field-error"); !strings.Contains(got, "không áp dụng") {
		t.Errorf("message = %q", got)
	}
}

func TestWrongMarksKeepText(t *testing.T) {
	for name, c := range map[string]struct{ field, value, cell, message string }{
		"over max":      {"m:points:1.1.1", "7", "1.1.1", "từ 0 đến 5"},
		"step":          {"m:points:1.1.1", "1,1", "1.1.1", "bội số của 0,25"},
		"no number":     {"m:points:1.1.1", "tốt", "1.1.1", "Điểm phải là số"},
		"thousands":     {"m:numerator:1.2", "1.234", "1.2", "1234"},
		"half a ratio":  {"m:denominator:1.2", "", "1.2", "Mẫu số"},
		"unknown level": {"m:level:1.1.2", "zz", "1.1.2", "không có mức"},
		"no whole":      {"m:count:2.1", "1,5", "2.1", "số nguyên"},
		"condition":     {"m:met:?dk1", "maybe", "?dk1", "true"},
		"long value":    {"m:points:1.1.1", strings.Repeat("1", 300), "1.1.1", "dài quá"},
		"long note":     {"n:1.1.1", strings.Repeat("đ", 2001), "1.1.1", "2000"},
	} {
		t.Run(name, func(t *testing.T) {
			s, cookies := staffSite(t)
			me := cookies[account.Appraiser]
			f := formOf(t, s.get(scoreURL, me))
			f.Set("m:value:1.3", "50")
			f.Set(c.field, c.value)
			a := s.post(scoreURL, f, me).want(t, 422)
			doc := a.page(t)
			if got := text(doc, "[data-code='"+c.cell+"'] .field-error"); !strings.Contains(got, c.message) {
				t.Errorf("message at the cell = %q, want %q in it", got, c.message)
			}
			if got := text(doc, "#loi"); !strings.Contains(got, c.message) {
				t.Errorf("summary = %q", got)
			}
			if kept := formOf(t, a); c.field != "m:level:1.1.2" && c.field != "m:met:?dk1" && kept.Get(c.field) != c.value || kept.Get("m:value:1.3") != "50" {
				t.Errorf("typed text is lost: %q, %q", kept.Get(c.field), kept.Get("m:value:1.3"))
			}
			if got := s.markOf(testUnit, "province", "1.3"); got != "100" {
				t.Errorf("stored %q although the form was refused", got)
			}
		})
	}
}

// Two officers open the same dossier and save: other cells merge, the same
// cell is asked back with both values, nothing is lost.
func TestTwoOfficers(t *testing.T) {
	s, cookies := staffSite(t)
	s.addUser("tham-dinh-hai", account.Appraiser, "")
	one, two := cookies[account.Appraiser], s.signIn("tham-dinh-hai")
	f1, f2 := formOf(t, s.get(scoreURL, one)), formOf(t, s.get(scoreURL, two))

	f1.Set("m:points:1.1.1", "4,25")
	f1.Set("n:1.1.1", "một")
	f1.Set("m:count:2.1", "4")
	s.post(scoreURL, f1, one).want(t, 303)

	f2.Set("m:points:1.1.1", "3,5")
	f2.Set("n:1.1.1", "hai")
	f2.Set("m:loi:2.2", "1")
	a := s.post(scoreURL, f2, two).want(t, 409)
	doc := a.page(t)
	got := text(doc, ".conflicts")
	for _, want := range []string{"4,25", "3,5", "Người appraiser", "10:00 10/11/2026", "một", "hai"} {
		if !strings.Contains(got, want) {
			t.Errorf("conflict page lacks %q: %s", want, got)
		}
	}
	if s.markOf(testUnit, "province", "2.2") != "0" {
		t.Error("part of a clashing form was saved")
	}
	again := formOf(t, a)
	if again.Get("m:points:1.1.1") != "3,5" || again.Get("m:loi:2.2") != "1" || again.Get("n:1.1.1") != "hai" || again.Get("m:count:2.1") != "4" {
		t.Errorf("typed text is lost: %v", again)
	}

	undecided := s.post(scoreURL, again, two).want(t, 422)
	if n := undecided.page(t).Find(".conflict").Length(); n != 2 {
		t.Errorf("%d questions left, want 2", n)
	}
	again = formOf(t, undecided)
	again.Set("k:1.1.1", "mine")
	again.Set("kn:1.1.1", "stored")
	s.post(scoreURL, again, two).want(t, 303)
	for code, want := range map[string]string{"1.1.1": "3.5|một", "2.1": "4", "2.2": "1"} {
		if got := s.markOf(testUnit, "province", code); got != want {
			t.Errorf("%s = %q, want %q", code, got, want)
		}
	}
	events, err := s.store.History(context.Background(), "dossiers/2026/"+testUnit)
	ok(t, err)
	if len(events) != 4 { // two of the setup, one of each officer
		t.Errorf("%d audit events, want 4", len(events))
	}
}

func TestConflictKeepStored(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	f := formOf(t, s.get(scoreURL, me))
	s.mark(testUnit, "province", dossier.Change{Code: "1.1.1", Base: score.NewMark("points", "5"), Mark: score.NewMark("points", "1")})
	f.Set("m:points:1.1.1", "2")
	f.Set("m:loi:2.2", "2")
	again := formOf(t, s.post(scoreURL, f, me).want(t, 409))
	again.Set("k:1.1.1", "stored")
	s.post(scoreURL, again, me).want(t, 303)
	if a, b := s.markOf(testUnit, "province", "1.1.1"), s.markOf(testUnit, "province", "2.2"); a != "1" || b != "2" {
		t.Errorf("stored %q and %q", a, b)
	}
}

func TestLockedPeriod(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	f := formOf(t, s.get(scoreURL, me))
	s.setState(dossier.Locked)
	a := s.post(scoreURL, f, me).want(t, 409)
	if got := text(a.page(t), "main"); !strings.Contains(got, "đã khóa") {
		t.Errorf("page says %q", got)
	}
	doc := s.get(scoreURL, me).want(t, 200).page(t)
	if doc.Find("#phieu").Length() != 0 || !strings.Contains(text(doc, ".notice"), "đã khóa") {
		t.Error("a locked period offers a form")
	}
}

// Every route of these pages gives every role the documented status.
func TestDossierRights(t *testing.T) {
	s, cookies := staffSite(t)
	roles := []account.Role{account.Admin, account.Manager, account.Appraiser, account.Commune, account.Leader, account.Surveyor, ""}
	own, other := "/ho-so/2026/"+testUnit, "/ho-so/2026/"+longUnit
	for _, c := range []struct {
		method, path string
		want         [7]int
	}{
		{"GET", "/ho-so", [7]int{200, 200, 200, 303, 200, 403, 303}},
		{"GET", own, [7]int{200, 200, 200, 200, 200, 403, 303}},
		{"GET", other, [7]int{200, 200, 200, 403, 200, 403, 303}},
		{"GET", own + "/giai-thich", [7]int{200, 200, 200, 200, 200, 403, 303}},
		{"GET", own + "/giai-thich/1.1.1?stage=self", [7]int{200, 200, 200, 200, 200, 403, 303}},
		{"GET", other + "/giai-thich/1.1.1", [7]int{200, 200, 200, 403, 200, 403, 303}},
		{"GET", own + "/giai-thich/9.9", [7]int{404, 404, 404, 404, 404, 403, 303}},
		{"GET", own + "?cap=khong-co", [7]int{404, 404, 404, 404, 404, 403, 303}},
		{"GET", "/ho-so/1999/" + testUnit, [7]int{404, 404, 404, 404, 404, 403, 303}},
		{"POST", own + "?cap=self", [7]int{403, 403, 403, 303, 403, 403, 401}},
		{"POST", own + "?cap=province", [7]int{403, 403, 303, 403, 403, 403, 401}},
		{"POST", other + "?cap=self", [7]int{403, 403, 403, 403, 403, 403, 401}},
		{"GET", "/bao-cao/xep-hang", [7]int{200, 200, 200, 403, 200, 403, 303}},
		{"GET", "/bao-cao/xep-hang.xlsx", [7]int{200, 200, 200, 403, 200, 403, 303}},
		{"GET", "/bao-cao/xep-hang?ky=khong-co", [7]int{404, 404, 404, 403, 404, 403, 303}},
		{"GET", "/lanh-dao", [7]int{200, 200, 403, 403, 200, 403, 303}},
		{"GET", "/api/v1/periods/2026/ranking", [7]int{200, 200, 200, 403, 200, 403, 401}},
		{"GET", "/api/v1/periods/2026/ranking.xlsx", [7]int{200, 200, 200, 403, 200, 403, 401}},
		{"GET", "/api/v1/periods/2026/target", [7]int{200, 200, 200, 403, 200, 403, 401}},
		{"GET", "/api/v1/periods/1999/target", [7]int{404, 404, 404, 404, 404, 404, 404}},
		{"GET", "/api/v1/periods/2026/units/" + testUnit + "/marks?stage=self", [7]int{200, 200, 200, 200, 200, 403, 401}},
		{"GET", "/api/v1/periods/2026/units/" + longUnit + "/marks?stage=self", [7]int{200, 200, 200, 403, 200, 403, 401}},
		{"GET", "/api/v1/campaigns/" + testCampaign + "/tally", [7]int{200, 200, 200, 403, 200, 403, 401}},
		{"GET", "/api/v1/audit", [7]int{200, 403, 403, 403, 403, 403, 401}},
	} {
		for i, role := range roles {
			var a answer
			if c.method == "GET" {
				a = s.get(c.path, withCookie(cookies[role])...)
			} else {
				a = s.post(c.path, url.Values{"_csrf": {s.csrf(cookies[role])}}, withCookie(cookies[role])...)
			}
			if a.StatusCode != c.want[i] {
				t.Errorf("%s %s as %q: status %d, want %d", c.method, c.path, role, a.StatusCode, c.want[i])
			}
		}
	}
}

func withCookie(c *http.Cookie) []*http.Cookie {
	if c == nil {
		return nil
	}
	return []*http.Cookie{c}
}

// csrf is the token of a session.
func (s *testSite) csrf(c *http.Cookie) string {
	if c == nil {
		return ""
	}
	session, _, err := s.store.Session(context.Background(), c.Value)
	ok(s.tb, err)
	return session.CSRF
}

func TestSaveNeedsCSRF(t *testing.T) {
	s, cookies := staffSite(t)
	s.post(scoreURL, url.Values{}, cookies[account.Appraiser]).want(t, 403)
}

func TestDossierList(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Manager]
	doc := s.get("/ho-so", me).want(t, 200).page(t)
	if n := doc.Find("table.dossiers tbody tr").Length(); n != 10 {
		t.Errorf("%d rows, want 10", n)
	}
	for query, want := range map[string]string{
		"q=dong+mo": "Xã Đồng Mỏ", "td=xong": "Phường Minh Họa 07", "tc=xong&td=xong&q=minh+hoa+07": "Phường Minh Họa 07",
	} {
		doc := s.get("/ho-so?"+query, me).page(t)
		if got := text(doc, "table.dossiers tbody th"); got != want {
			t.Errorf("%s lists %q, want %q", query, got, want)
		}
	}
	doc = s.get("/ho-so?q=khong+co+dau", me).page(t)
	if doc.Find(".empty a").Length() != 1 {
		t.Error("nothing found leads nowhere")
	}
	doc = s.get("/ho-so?td=chua&sap=-ma", me).page(t)
	if href, _ := doc.Find("thead a").First().Attr("href"); !strings.Contains(href, "td=chua") {
		t.Errorf("sorting loses the filter: %s", href)
	}
	if got := text(doc, "table.dossiers tbody tr:first-child .code"); got != longUnit {
		t.Errorf("first code downwards = %q", got)
	}
	loc := s.get("/ho-so", cookies[account.Commune]).want(t, 303).Header.Get("Location")
	if loc != "/ho-so/2026/"+testUnit {
		t.Errorf("a commune is led to %q", loc)
	}
}

func TestDossierListEmpty(t *testing.T) {
	s := newSite(t)
	s.addUser("quanly", account.Manager, "")
	doc := s.get("/ho-so", s.signIn("quanly")).want(t, 200).page(t)
	if href, _ := doc.Find(".empty a").Attr("href"); href != "/quan-tri" {
		t.Errorf("empty list leads to %q", href)
	}
}

func TestEncodeMark(t *testing.T) {
	for i, m := range []score.Mark{{}, score.NotApplicable(), score.NewMark("points", "4.25"), score.NewMark("numerator", "1", "denominator", "3"), score.NewMark("level", "a b&c=d")} {
		if got := decodeMark(encodeMark(m)); !dossier.Same(got, m) {
			t.Errorf("%s: %v became %v", strconv.Itoa(i), m, got)
		}
	}
}
