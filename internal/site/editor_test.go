package site

import (
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"thanthien/criteria"
	"thanthien/internal/account"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
)

// sentBy returns what a browser would send for a form of a page.
func sentBy(tb testing.TB, doc *goquery.Document, selector string) url.Values {
	tb.Helper()
	form := url.Values{}
	found := doc.Find(selector)
	if found.Length() != 1 {
		tb.Fatalf("%d forms %s on the page", found.Length(), selector)
	}
	found.Find("input, textarea, select").Each(func(_ int, e *goquery.Selection) {
		name, _ := e.Attr("name")
		_, on := e.Attr("checked")
		switch {
		case name == "" || e.AttrOr("type", "") == "checkbox" && !on:
		case goquery.NodeName(e) == "textarea":
			form.Add(name, strings.TrimPrefix(e.Text(), "\n"))
		case goquery.NodeName(e) == "select":
			form.Add(name, e.Find("option[selected]").AttrOr("value", ""))
		default:
			form.Add(name, e.AttrOr("value", ""))
		}
	})
	return form
}

// press sends the editor's form with one of its buttons.
func (p *person) press(target string, form url.Values, button string) answer {
	p.tb.Helper()
	form = url.Values(cloneValues(form))
	form.Set("viec", button)
	form.Set("_csrf", p.csrf)
	return p.post(target, form, p.cookie)
}

func cloneValues(v url.Values) map[string][]string {
	out := map[string][]string{}
	for k, list := range v {
		out[k] = slices.Clone(list)
	}
	return out
}

// draftFrom stores a sample as a draft and returns the address of its editor.
func (s *testSite) draftFrom(tb testing.TB, file string) (set *rubric.Set, path string) {
	tb.Helper()
	data, err := fs.ReadFile(criteria.Sets(), file)
	ok(tb, err)
	set, err = rubric.Parse(data, file)
	ok(tb, err)
	text, err := set.YAML()
	ok(tb, err)
	ok(tb, s.store.PutSet(tb.Context(), store.Version{ID: set.ID, Number: set.Version, Title: set.Title, YAML: string(text), State: store.Draft, By: "ai-do"}))
	return set, "/quan-tri/bo-tieu-chi/" + set.ID + "/1/soan"
}

const editForm = "#bien-soan"

// Every sample goes through the form and comes back as the same set.
func TestTreeKeepsEverySample(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	files, err := fs.Glob(criteria.Sets(), "*.yaml")
	ok(t, err)
	for _, file := range files {
		set, path := s.draftFrom(t, file)
		doc := m.open(path).want(t, 200).page(t)
		form := sentBy(t, doc, editForm)
		if got := text(m.press(path, form, "kiem-tra").want(t, 200).page(t), ".notice.good"); !strings.Contains(got, "Không có chỗ nào sai") {
			t.Errorf("%s: the check says %q", file, got)
		}
		m.press(path, form, "luu").want(t, 303)
		back, err := s.store.Set(t.Context(), set.ID, 1)
		ok(t, err)
		if changes := rubric.Diff(set, back); len(changes) > 0 || !set.Equal(back) {
			t.Errorf("%s changed: %+v", file, changes)
		}
		if bad := doc.Find(".sum.bad").Length(); bad > 0 {
			t.Errorf("%s: %d sums do not fit: %s", file, bad, text(doc, ".sum.bad"))
		}
		if doc.Find(".sum.good").Length() < 4 {
			t.Errorf("%s: the sums are not shown", file)
		}
	}
}

// one returns the one value that a form has under a name.
func one(tb testing.TB, form url.Values, name string) string {
	tb.Helper()
	if len(form[name]) != 1 {
		tb.Fatalf("%d fields %q in the form", len(form[name]), name)
	}
	return form[name][0]
}

// Mistakes are listed, each beside its field and all together, in the words of
// the form; everything typed stays; nothing is stored.
func TestTreeProblems(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	_, path := s.draftFrom(t, "mau-than-thien-bg@1.yaml")
	form := sentBy(t, m.open(path).want(t, 200).page(t), editForm)
	wrong := map[string]string{
		"title":                                       "",
		"groups[0].max":                               "19,5",
		"groups[1].code":                              "1",
		"groups[0].criteria[0].code":                  "mã sai",
		"groups[1].criteria[0].max":                   "ba điểm",
		"recognition.bands[0].min":                    "",
		"recognition.min_group_percent":               "150",
		"tie_break":                                   "5, 9",
		"groups[2].criteria[0].title":                 "<b>đậm</b> & \"nháy\"",
		"groups[0].criteria[0].criteria[0].rule.type": "levels",
	}
	for name, value := range wrong {
		one(t, form, name)
		form.Set(name, value)
	}
	form["applies_to"] = nil
	for _, button := range []string{"luu", "kiem-tra"} {
		doc := m.press(path, form, button).want(t, 422).page(t)
		for name, want := range map[string]string{
			"title": "Chưa ghi", "groups[0].max": "ghi 19,5 điểm nhưng các mục con cộng lại là 20", "groups[1].code": "Mã 1 bị trùng",
			"groups[0].criteria[0].code": "không hợp lệ", "groups[1].criteria[0].max": "“ba điểm” không phải số", "recognition.bands[0].min": "Chưa ghi số",
			"recognition.min_group_percent": "từ 0 đến 100", "tie_break": "Không có nhóm mang mã \"9\"", "applies_to": "Chưa ghi",
		} {
			if got := doc.Find(`[id="` + name + `-loi"]`).Text(); !strings.Contains(got, want) {
				t.Errorf("%s: %s says %q, want %q", button, name, got, want)
			}
			if doc.Find(`#loi a[href="#`+strings.NewReplacer("[", "%5b", "]", "%5d").Replace(name)+`"]`).Length() == 0 {
				t.Errorf("%s: %s is not in the summary", button, name)
			}
			if doc.Find(`[id="`+name+`"]`).Length() != 1 {
				t.Errorf("%s: no one field %s", button, name)
			}
		}
		if got := doc.Find(`[id="groups[0].criteria[0].criteria[0].rule.levels"] .field-error`).Text(); !strings.Contains(got, "Chưa có mức nào") {
			t.Errorf("the empty table says %q", got)
		}
		if doc.Find(`details[id="groups[0].criteria[0].criteria[0]-them"][open]`).Length() != 1 {
			t.Error("the details with a mistake are closed")
		}
		if got := text(doc, "#loi"); strings.Contains(got, "rubric.") || strings.Contains(got, "editor.") || strings.Contains(got, "19.5") || strings.Contains(got, "%!") || strings.Contains(got, "groups[") {
			t.Errorf("the summary speaks of keys: %s", got)
		}
		back := sentBy(t, doc, editForm)
		for name, value := range wrong {
			if got := one(t, back, name); got != value {
				t.Errorf("%s came back as %q, typed %q", name, got, value)
			}
		}
		if got := doc.Find(`[id="groups[0]"] > p .sum.bad`).Text(); !strings.Contains(got, "cộng lại 20, thừa 0,5") {
			t.Errorf("the sum says %q", got)
		}
	}
	v, err := s.store.SetVersion(t.Context(), "mau-than-thien-bg", 1)
	if err != nil || v.Version != 1 {
		t.Errorf("the draft was stored: %+v, %v", v.Version, err)
	}
}

// Buttons add, remove and move without scripts; what was typed stays.
func TestTreeButtons(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	_, path := s.draftFrom(t, "mau-than-thien-bg@1.yaml")
	form := sentBy(t, m.open(path).want(t, 200).page(t), editForm)
	form.Set("title", "Tên đang gõ")
	press := func(button string) *goquery.Document {
		t.Helper()
		doc := m.press(path, form, button).want(t, 200).page(t)
		form = sentBy(t, doc, editForm)
		if one(t, form, "title") != "Tên đang gõ" {
			t.Fatalf("%s lost the title", button)
		}
		return doc
	}
	second := one(t, form, "groups[1].title")
	press("len groups[1]")
	if one(t, form, "groups[0].title") != second {
		t.Error("the group did not move up")
	}
	press("xuong groups[0]")
	if one(t, form, "groups[1].title") != second {
		t.Error("the group did not move back")
	}
	doc := press("them groups[0].criteria[0].criteria")
	last := doc.Find(`[id="groups[0].criteria[0]"] > .ed-tree > .ed-node`).Last()
	if code := last.Find("input").First().AttrOr("value", ""); code != "1.1.4" {
		t.Errorf("the new criterion has code %q", code)
	}
	if last.Find("[autofocus]").Length() != 1 || last.Find("details[open]").Length() != 1 {
		t.Error("the new criterion is not where one goes on")
	}
	if got := text(doc, `[id="groups[0].criteria[0]"] > p .sum`); !strings.Contains(got, "chưa cộng được") {
		t.Errorf("with an empty max the sum says %q", got)
	}
	press("bo groups[0].criteria[0].criteria[3]")

	// A criterion that is split hands its rule and points on.
	rule, most := one(t, form, "groups[0].criteria[0].criteria[1].rule.type"), one(t, form, "groups[0].criteria[0].criteria[1].max")
	press("them groups[0].criteria[0].criteria[1].criteria")
	child := "groups[0].criteria[0].criteria[1].criteria[0]."
	if one(t, form, child+"rule.type") != rule || one(t, form, child+"max") != most || one(t, form, child+"code") != "1.1.2.1" {
		t.Errorf("the first part is %v", form)
	}
	form.Set(child+"title", "Phần một")
	m.press(path, form, "kiem-tra").want(t, 200)

	// Rows of tables.
	press("them recognition.bands")
	rows := doc.Find(`[id="recognition.bands"] tbody tr`).Length()
	if one(t, form, "recognition.bands["+string(rune('0'+rows))+"].code") == "" {
		t.Error("no row was added")
	}
	press("len recognition.bands[1]")
	press("bo recognition.bands[0]")
	for _, nonsense := range []string{"bo groups[99]", "len x", "them groups[0].nothing", "bo groups", "xoa groups[0]", "them recognition.bands[0]", "bo groups[0].criteria[-1]", "len groups[0].criteria[9999999999999999999]"} {
		press(nonsense)
	}

	// Another way of scoring keeps what was typed for the first.
	form.Set(child+"rule.type", "points")
	press("ve-lai")
	form.Set(child+"rule.step", "0,5")
	form.Set(child+"rule.type", rule)
	press("ve-lai")
	if one(t, form, child+"rule.step") != "0,5" {
		t.Error("the step was lost")
	}
}

// Two editors: the second is told, sees what it would change, keeps its text,
// and saves only knowing.
func TestTreeConflict(t *testing.T) {
	s := emptySite(t)
	a, b := s.as(account.Manager), s.as(account.Admin)
	_, path := s.draftFrom(t, "mau-than-thien-bg@1.yaml")
	first, second := sentBy(t, a.open(path).page(t), editForm), sentBy(t, b.open(path).page(t), editForm)
	first.Set("groups[0].title", "Tên của người thứ nhất")
	second.Set("groups[1].title", "Tên của người thứ hai")
	a.press(path, first, "luu").want(t, 303)
	doc := b.press(path, second, "luu").want(t, 409).page(t)
	got := text(doc, "#xung-dot")
	if !strings.Contains(got, "user-manager đã lưu") || !strings.Contains(got, "Tên của người thứ nhất") || !strings.Contains(got, "Tên của người thứ hai") {
		t.Errorf("the conflict says %q", got)
	}
	set, err := s.store.Set(t.Context(), "mau-than-thien-bg", 1)
	ok(t, err)
	if set.Groups[0].Title != "Tên của người thứ nhất" || set.Groups[1].Title == "Tên của người thứ hai" {
		t.Error("the second editor wrote over the first")
	}
	again := sentBy(t, doc, editForm)
	if one(t, again, "groups[1].title") != "Tên của người thứ hai" {
		t.Error("the text was lost")
	}
	second.Set("total", "99")
	if got := text(b.press(path, second, "luu").want(t, 409).page(t), "#xung-dot"); !strings.Contains(got, "Sửa các chỗ sai") {
		t.Errorf("a conflict with mistakes says %q", got)
	}
	b.press(path, again, "luu").want(t, 303)
}

// An issued version is refused by every page, and stays as it is.
func TestTreeFrozen(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	_, path := s.draftFrom(t, "mau-than-thien-bg@1.yaml")
	page := strings.TrimSuffix(path, "/soan")
	form := sentBy(t, m.open(path).want(t, 200).page(t), editForm)
	book := m.open(page+"/bang.xlsx").want(t, 200).body
	m.submit(page+"/ban-hanh", "so", "1/QĐ-UBND", "ngay", "2026-11-07").want(t, 303)
	before, err := s.store.SetVersion(t.Context(), "mau-than-thien-bg", 1)
	ok(t, err)
	form.Set("title", "Tên khác")
	m.open(path).want(t, 409)
	m.press(path, form, "luu").want(t, 409)
	m.open(page+"/nhap").want(t, 409)
	m.sendFile(page+"/nhap", "x.xlsx", []byte(book)).want(t, 409)
	m.submit(page+"/ghi", "du-lieu", strings.Replace(before.YAML, "title:", "title: Khác", 1), "phien-ban", "2").want(t, 409)
	m.submit(page+"/sua", "yaml", before.YAML+"#\n", "phien-ban", "2").want(t, 409)
	m.sendFile("/quan-tri/bo-tieu-chi/nhap", "x.yaml", []byte(strings.Replace(before.YAML, "tie_break", "#tie_break", 1))).want(t, 409)
	after, err := s.store.SetVersion(t.Context(), "mau-than-thien-bg", 1)
	if err != nil || after != before {
		t.Errorf("the issued version changed: %+v, %v", after, err)
	}
	doc := m.open(path).page(t)
	if got := doc.Find("form[action$='/chep'] button").Text(); got != "Chép sang phiên bản mới" {
		t.Errorf("the way on is %q", got)
	}
	m.submit(doc.Find("form[action$='/chep']").AttrOr("action", "")).want(t, 303)
	m.open("/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/soan").want(t, 200)
}

// A new set begins sound, takes an id of its own, and is stored only sound.
func TestTreeNew(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	const path = "/quan-tri/bo-tieu-chi/moi"
	form := sentBy(t, m.open(path).want(t, 200).page(t), editForm)
	if got := errorTexts(t, m.press(path, form, "luu").want(t, 422)); !strings.Contains(got, "Mã bộ tiêu chí") || !strings.Contains(got, "Tên") {
		t.Errorf("an empty one says %q", got)
	}
	form.Set("id", "tinh-moi")
	form.Set("title", "Bộ tiêu chí của tỉnh")
	form = sentBy(t, m.press(path, form, "them groups").want(t, 200).page(t), editForm)
	form = sentBy(t, m.press(path, form, "them groups[1].criteria").want(t, 200).page(t), editForm)
	for name, value := range map[string]string{
		"groups[1].title": "Điểm thưởng", "groups[1].kind": "bonus", "groups[1].max": "5", "groups[1].criteria[0].title": "Sáng kiến",
		"groups[1].criteria[0].max": "5", "groups[1].criteria[0].rule.type": "count",
	} {
		one(t, form, name)
		form.Set(name, value)
	}
	form = sentBy(t, m.press(path, form, "ve-lai").want(t, 200).page(t), editForm)
	one(t, form, "groups[1].criteria[0].rule.each")
	form.Set("groups[1].criteria[0].rule.each", "2,5")
	m.press(path, form, "luu").want(t, 303)
	set, err := s.store.Set(t.Context(), "tinh-moi", 1)
	ok(t, err)
	rule := set.Groups[1].Criteria[0].Rule
	if rule.Type != rubric.RuleCount || !rule.Each.Equal(rubric.Frac(5, 2)) || !rule.Max.Equal(rubric.Int(5)) || set.Title != "Bộ tiêu chí của tỉnh" {
		t.Errorf("stored %+v", rule)
	}
	if got := errorTexts(t, m.press(path, form, "luu").want(t, 422)); !strings.Contains(got, "Đã có bộ tiêu chí mang mã tinh-moi") {
		t.Errorf("the same id again: %q", got)
	}
	form.Set("id", "Tỉnh Mới")
	m.press(path, form, "luu").want(t, 422)
}

// Only those who edit sets open the editor, the workbooks and the replay.
func TestEditorRoles(t *testing.T) {
	s := demoSite(t)
	people := map[account.Role]*person{}
	for _, r := range account.Roles() {
		people[r] = s.as(r)
	}
	const set = "/quan-tri/bo-tieu-chi/mau-than-thien-bg/1"
	for path, want := range map[string]int{"/quan-tri/bo-tieu-chi/moi": 200, set + "/soan": 409, set + "/nhap": 409, set + "/thu": 200, set + "/thu.xlsx": 200} {
		s.get(path).want(t, 303)
		for role, p := range people {
			status := 403
			if role.May(account.EditSets) {
				status = want
			}
			if got := p.open(path).StatusCode; got != status {
				t.Errorf("%s %s: status %d, want %d", role, path, got, status)
			}
		}
	}
	for path, want := range map[string]int{"/quan-tri/bo-tieu-chi/moi": 422, set + "/soan": 409, set + "/nhap": 409, set + "/ghi": 409} {
		for role, p := range people {
			status := 403
			if role.May(account.EditSets) {
				status = want
			}
			if got := p.submit(path).StatusCode; got != status {
				t.Errorf("%s posts %s: status %d, want %d", role, path, got, status)
			}
		}
	}
	people[account.Manager].open("/quan-tri/bo-tieu-chi/khong-co/1/soan").want(t, 404)
	people[account.Manager].open("/quan-tri/bo-tieu-chi/mau-than-thien-bg/0/thu").want(t, 404)
}

// Hostile forms are refused, or told what is wrong, without effort.
func TestTreeHostile(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	const path = "/quan-tri/bo-tieu-chi/moi"
	many := url.Values{}
	for i := range maxNodes + 10 {
		many.Set(nth("groups", i)+".code", "x")
	}
	m.press(path, many, "kiem-tra").want(t, 413)

	deep, at := url.Values{"groups[0].code": {"1"}}, "groups[0]"
	for range 40 {
		at += ".criteria[0]"
		deep.Set(at+".code", "c")
	}
	if got := errorTexts(t, m.press(path, deep, "kiem-tra").want(t, 422)); !strings.Contains(got, "quá 6 cấp") {
		t.Errorf("too deep: %s", got)
	}
	rows := url.Values{}
	for i := range 3 * rubric.MaxList {
		rows.Set(nth("papers", i)+".code", "p")
		rows.Set(nth("recognition.bands", i)+".code", "p")
	}
	if got := errorTexts(t, m.press(path, rows, "kiem-tra").want(t, 422)); !strings.Contains(got, "dài quá 200 mục") {
		t.Errorf("too many rows: %s", got)
	}
	odd := url.Values{"groups[0].code": {"1\x00\xff"}, "groups[0].criteria[0].code": {"\"><script>"}, "groups[-1].code": {"x"}, "title": {strings.Repeat("a", 3000)}, "decimals": {"hai"}, "applies_to": {"xã", "xã"}, "groups[0].kind": {"khác"}, "not_applicable": {"gì"}}
	doc := m.press(path, odd, "luu").want(t, 422).page(t)
	if doc.Find("main script").Length() != 0 || doc.Find("#bien-soan").Length() != 1 {
		t.Error("a code became markup")
	}
	if got := text(doc, "#loi"); strings.Contains(got, "%!") {
		t.Errorf("a sentence lacks its arguments: %s", got)
	}
	m.press(path, url.Values{}, "luu").want(t, 422)
	if list, err := s.store.SetVersions(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("stored %v, %v", list, err)
	}
}

func BenchmarkTreeLargest(b *testing.B) {
	s := emptySite(b)
	m := s.as(account.Manager)
	form := url.Values{"id": {"lon"}, "title": {"Bộ lớn"}, "applies_to": {"commune"}, "total": {"2000"}}
	for i := range 20 {
		g := nth("groups", i)
		form.Set(g+".code", string(rune('a'+i)))
		form.Set(g+".title", "Nhóm")
		form.Set(g+".max", "100")
		for j := range 100 {
			c := nth(g+".criteria", j)
			form.Set(c+".code", string(rune('a'+i))+"."+string(rune('0'+j/10))+string(rune('0'+j%10)))
			form.Set(c+".title", "Tiêu chí")
			form.Set(c+".max", "1")
			form.Set(c+".rule.type", "points")
		}
	}
	for b.Loop() {
		m.press("/quan-tri/bo-tieu-chi/moi", form, "kiem-tra").want(b, 200)
	}
}
