package site

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
)

// stepsForm is the form of a period that goes by the steps, as the page sends
// it; more takes the place of what stands there.
func stepsForm(more ...string) []string {
	return append([]string{"id", "2026", "title", "Năm 2026", "year", "2026", "set", "mau-than-thien-bg@1", "scope", "27", "on", "2026-07-01", "percent", "60", "by", "2026-12-31",
		"quy-trinh", "buoc", "cap-ma", "self", "cap-ten", "Tự chấm", "cap-han", "", "cap-ma", "district", "cap-ten", "Thẩm định huyện", "cap-han", "2026-10-15",
		"cap-ma", "province", "cap-ten", "Thẩm định tỉnh", "cap-han", "2026-11-15", "cap-ma", "", "cap-ten", "", "cap-han", "",
		"han-register", "2026-03-31", "han-submit", "2026-09-30", "han-appeal", "2026-12-10",
		"dieu-kien", "1", "nam-truoc", "", "min_self", "72,5", "spread", "7,5", "max_appeals", "3", "valid_months", "24", "head", "user-leader"}, more...)
}

func periodSite(t *testing.T) (*testSite, *person) {
	t.Helper()
	s := newSite(t)
	m := s.as(account.Manager)
	s.as(account.Leader)
	m.submit("/quan-tri/bo-tieu-chi/mau", "mau", "mau-than-thien-bg@1").want(t, 303)
	return s, m
}

// Everything of the form is stored, comes back, and is taken over by the next
// year with its days moved.
func TestPeriodSteps(t *testing.T) {
	s, m := periodSite(t)
	if doc := m.open("/quan-tri/ky/moi").want(t, 200).page(t); doc.Find("input[name=quy-trinh][value=buoc][checked]").Length() != 1 {
		t.Error("the form does not begin with the steps")
	}
	m.follow(m.submit("/quan-tri/ky/moi", stepsForm()...))
	m.follow(m.submit("/quan-tri/ky/moi", stepsForm()...)) // sent twice
	p, err := s.store.Period(t.Context(), "2026")
	ok(t, err)
	want := dossier.Period{
		ID: "2026", Title: "Năm 2026", Year: 2026, SetID: "mau-than-thien-bg", SetVer: 1, Scope: "27", On: "2026-07-01", Target: dossier.Target{Percent: "60", By: "2026-12-31"}, State: dossier.Draft,
		Stages: []dossier.Stage{{Code: "self", Title: "Tự chấm"}, {Code: "district", Title: "Thẩm định huyện"}, {Code: "province", Title: "Thẩm định tỉnh"}}, Steps: true,
		Deadlines: map[string]string{"register": "2026-03-31", "submit": "2026-09-30", "district": "2026-10-15", "province": "2026-11-15", "appeal": "2026-12-10"},
		Gate:      dossier.Gate{Conditions: true, MinSelf: "72.5"}, Spread: "7.5", MaxAppeals: 3, ValidMonths: 24, Head: "user-leader", Version: p.Version,
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	doc := m.open("/quan-tri/ky/moi?tu=2026").want(t, 200).page(t)
	for id, want := range map[string]string{"id": "2027", "title": "Năm 2027", "on": "2027-07-01", "han-register": "2027-03-31", "han-district": "2027-10-15", "spread": "7,5", "min_self": "72,5", "by": "2027-12-31"} {
		if got := doc.Find("[id='"+id+"']").AttrOr("value", ""); got != want {
			t.Errorf("%s of the next year is %q, want %q", id, got, want)
		}
	}
	if got := doc.Find("#previous option[selected]").AttrOr("value", "") + doc.Find("#head option[selected]").AttrOr("value", ""); got != "2026user-leader" {
		t.Errorf("previous and head: %q", got)
	}
	half := m.open("/quan-tri/ky/moi?loai=2").want(t, 200).page(t)
	if got := half.Find("#id").AttrOr("value", "") + half.Find("#title").AttrOr("value", ""); got != "2026-26 tháng cuối năm 2026" {
		t.Errorf("half a year: %q", got)
	}
	facts := text(m.open("/quan-tri/ky/2026").want(t, 200).page(t), ".facts")
	for _, want := range []string{"theo quy trình từng bước", "Thẩm định huyện 15/10/2026", "điểm tự chấm sơ bộ từ 72,5", "7,5 điểm", "3 tiêu chí", "24 tháng", "Người user-leader"} {
		if !strings.Contains(facts, want) {
			t.Errorf("the page lacks %q: %s", want, facts)
		}
	}
}

func TestPeriodStepsProblems(t *testing.T) {
	s, m := periodSite(t)
	bad := m.submit("/quan-tri/ky/moi", stepsForm("han-submit", "2026-02-01", "han-appeal", "mai", "spread", "-1", "max_appeals", "x", "valid_months", "999", "min_self", "nhiều", "head", "user-manager2")...).want(t, 422).page(t)
	for _, field := range []string{"han-submit", "han-appeal", "spread", "max_appeals", "valid_months", "min_self", "head"} {
		if bad.Find("#loi a[href='#"+field+"']").Length() != 1 || bad.Find("[id='"+field+"'][aria-invalid=true]").Length() != 1 {
			t.Errorf("nothing said of %s, or it is not marked", field)
		}
	}
	if got := bad.Find("[id='max_appeals']").AttrOr("value", ""); got != "x" {
		t.Errorf("the typed number came back as %q", got)
	}
	if _, err := s.store.Period(t.Context(), "2026"); err == nil {
		t.Error("stored")
	}
}

// A draft may be changed as a whole; a period that runs only where it does no
// harm, by one at a time, and everything is in the history.
func TestPeriodSettings(t *testing.T) {
	s, m := periodSite(t)
	m.follow(m.submit("/quan-tri/ky/moi", stepsForm()...))
	period := func() dossier.Period {
		p, err := s.store.Period(t.Context(), "2026")
		ok(t, err)
		return p
	}
	version := func() string {
		v := m.open("/quan-tri/ky/2026/thiet-lap").want(t, 200).page(t).Find("input[name=phien-ban]").AttrOr("value", "")
		return v
	}
	old := version()
	m.follow(m.submit("/quan-tri/ky/2026/thiet-lap", stepsForm("title", "Năm hai sáu", "spread", "9", "phien-ban", old)...))
	if p := period(); p.Title != "Năm hai sáu" || p.Spread != "9" || len(p.Stages) != 3 {
		t.Errorf("the draft is %+v", p)
	}
	m.submit("/quan-tri/ky/2026/thiet-lap", stepsForm("title", "Khác", "phien-ban", old)...).want(t, 412)
	m.follow(m.submit("/quan-tri/ky/2026/mo"))
	before := period()
	change := []string{"han-register", "2026-04-15", "han-submit", "2026-09-30", "han-district", "2026-10-20", "han-province", "2026-11-15", "han-appeal", "",
		"spread", "12", "max_appeals", "", "valid_months", "24", "head", "", "set", "khac@1", "cap-ma", "self", "percent", "1", "quy-trinh", "tu-do", "dieu-kien", "", "phien-ban", version()}
	silent := m.submit("/quan-tri/ky/2026/thiet-lap", change...).want(t, 422).page(t)
	if silent.Find("#ly-do[aria-invalid]").Length() != 1 || silent.Find("#spread").AttrOr("value", "") != "12" || period().Spread != "9" {
		t.Errorf("the spread limit moved without a reason: %s", text(silent, "main"))
	}
	change = append(change, "ly-do", "Hội đồng thống nhất ngày 02/10")
	m.follow(m.submit("/quan-tri/ky/2026/thiet-lap", change...))
	m.follow(m.submit("/quan-tri/ky/2026/thiet-lap", change...)) // sent twice: no change, so no conflict
	want := before
	want.Deadlines = map[string]string{"register": "2026-04-15", "submit": "2026-09-30", "district": "2026-10-20", "province": "2026-11-15"}
	want.Spread, want.MaxAppeals, want.Head = "12", 0, ""
	got := period()
	want.Version = got.Version
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	stale := m.submit("/quan-tri/ky/2026/thiet-lap", append(change, "spread", "13")...).want(t, 412).page(t)
	if got := stale.Find("#spread").AttrOr("value", ""); got != "13" || period().Spread != "12" {
		t.Errorf("a stale form: typed %q, stored %q", got, period().Spread)
	}
	m.submit("/quan-tri/ky/2026/thiet-lap", append(change, "spread", "x", "phien-ban", version())...).want(t, 422)
	history := text(m.open("/quan-tri/ky/2026").want(t, 200).page(t), "ul.lines")
	for _, want := range []string{"hạn các bước: ", "mức lệch điểm: 9 → 12", "lý do: Hội đồng thống nhất ngày 02/10", "chủ tịch hội đồng: user-leader"} {
		if !strings.Contains(history, want) {
			t.Errorf("the history lacks %q: %s", want, history)
		}
	}
	s.setState(dossier.Published)
	m.open("/quan-tri/ky/2026/thiet-lap").want(t, 409)
	m.submit("/quan-tri/ky/2026/thiet-lap", change...).want(t, 409)
	l := s.as(account.Appraiser)
	l.open("/quan-tri/ky/2026/thiet-lap").want(t, 403)
	l.submit("/quan-tri/ky/2026/thiet-lap").want(t, 403)
}
