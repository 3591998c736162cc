package site

import (
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"thanthien/internal/account"
	"thanthien/internal/browsertest"
	"thanthien/internal/demo"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// replaySite is the demo with a draft that has the sample's thresholds,
// which let units of the first year in and out.
func replaySite(tb testing.TB) (s *testSite, path string) {
	s = demoSite(tb)
	set, err := s.store.Set(tb.Context(), "mau-than-thien-dn", 1)
	ok(tb, err)
	c := set.Clone()
	c.ID, c.Version, c.Title = "minh-hoa", 2, "Bộ tiêu chí dự thảo"
	draft, err := rubric.New(c)
	ok(tb, err)
	v, err := setVersion(draft)
	ok(tb, err)
	ok(tb, s.store.PutSet(tb.Context(), v))
	return s, "/quan-tri/bo-tieu-chi/minh-hoa/2/thu"
}

// The page names first who enters and who leaves, and its table and workbook
// say of every unit what the replay says.
func TestReplayPage(t *testing.T) {
	t.Parallel()
	s, path := replaySite(t)
	m := s.as(account.Manager)
	set, err := s.store.Set(t.Context(), "minh-hoa", 2)
	ok(t, err)
	want, err := result.TryOn(t.Context(), s.store, set, "2024", "")
	ok(t, err)
	if len(want.Enter) == 0 || len(want.Leave) == 0 {
		t.Fatalf("the draft moves too few: %v in, %v out", want.Enter, want.Leave)
	}
	doc := m.open(path+"?ky=2024").want(t, 200).page(t)
	names := func(card int) []string {
		list := doc.Find(".cols-2 > .card").Eq(card).Find("li a").Map(func(_ int, a *goquery.Selection) string { return a.Text() })
		slices.Sort(list)
		return list
	}
	for i, codes := range [][]string{want.Enter, want.Leave} {
		var expected []string
		for _, u := range want.Units {
			if slices.Contains(codes, u.Unit) {
				expected = append(expected, u.Name)
			}
		}
		slices.Sort(expected)
		if got := names(i); !slices.Equal(got, expected) {
			t.Errorf("list %d names %v, want %v", i, got, expected)
		}
	}
	for _, u := range want.Units {
		row := doc.Find("tr[data-unit='" + u.Unit + "']")
		if got := text(goquery.NewDocumentFromNode(row.Get(0)), "td.num"); !strings.HasPrefix(got, vi.Decimal(u.Before.Total)+vi.Decimal(u.After.Total)) {
			t.Errorf("%s shows %q, want %s and %s", u.Unit, got, u.Before.Total, u.After.Total)
		}
	}
	first := doc.Find("tbody tr").First().AttrOr("data-unit", "")
	if !slices.Contains(want.Enter, first) {
		t.Errorf("the table begins with %s, which does not enter", first)
	}
	for query, rows := range map[string]int{"&thay-doi=enter": len(want.Enter), "&thay-doi=leave": len(want.Leave), "&q=minh+hoa+10": 1, "&q=khong+co": 0, "&sap=-sau": 40, "&thay-doi=short": 0} {
		if got := m.open(path+"?ky=2024"+query).want(t, 200).page(t).Find("tbody tr").Length(); got != rows {
			t.Errorf("%s: %d rows, want %d", query, got, rows)
		}
	}
	m.open(path+"?ky=1999").want(t, 404)
	m.open(path+"?ky=2024&cap=x").want(t, 404)
	if got := text(m.open(path).want(t, 200).page(t), "#ky option[selected]"); !strings.Contains(got, "2025") {
		t.Errorf("without a period it takes %q, want the newest closed one", got)
	}

	// The workbook has the rows of the page, totals as numbers.
	book := m.open(path+".xlsx?ky=2024&thay-doi=leave").want(t, 200)
	table, err := xlsx.ReadTable([]byte(book.body), "Thử bộ tiêu chí")
	ok(t, err)
	found := 0
	for _, line := range table.Rows {
		for _, u := range want.Units {
			if len(line) > 6 && line[1] == u.Unit {
				found++
				if !slices.Contains(want.Leave, u.Unit) || line[4] != trimZero(u.Before.Total) || line[5] != trimZero(u.After.Total) || line[11] != "ra" {
					t.Errorf("the workbook says %q of %+v", line, u)
				}
			}
		}
	}
	if found != len(want.Leave) {
		t.Errorf("the workbook has %d units, want %d", found, len(want.Leave))
	}
	s.as(account.Leader).open(path).want(t, 403)
}

// trimZero writes a decimal as a spreadsheet's number reads.
func trimZero(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func TestReplayWithoutPeriods(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	s.draftFrom(t, "mau-than-thien-bg@1.yaml")
	if got := text(m.open("/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/thu").want(t, 200).page(t), ".empty"); got == "" {
		t.Error("nothing is said without periods")
	}
	m.open("/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/thu.xlsx").want(t, 404)
}

// A running period keeps its version when a newer one is issued.
func TestRunningPeriodKeepsItsVersion(t *testing.T) {
	s := demoSite(t)
	m := s.as(account.Manager)
	total := func() string { return text(m.open("/bao-cao/xep-hang?ky=2026").want(t, 200).page(t), "tbody") }
	before := total()
	m.submit("/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/chep").want(t, 303)
	const path = "/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/soan"
	form := sentBy(t, m.open(path).want(t, 200).page(t), editForm)
	form.Set("recognition.min_total", "99")
	form.Set("recognition.bands[0].min", "100")
	m.press(path, form, "luu").want(t, 303)
	m.submit("/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/ban-hanh", "so", "2/QĐ-UBND", "ngay", "2026-11-07").want(t, 303)
	p, err := s.store.Period(t.Context(), "2026")
	ok(t, err)
	if p.SetVer != 1 || total() != before {
		t.Errorf("the period is at version %d, or its ranking changed", p.SetVer)
	}
	if v, err := s.store.SetVersion(t.Context(), "mau-than-thien-bg", 2); err != nil || v.State != store.Issued {
		t.Errorf("version 2 is %s, %v", v.State, err)
	}
}

// The editor and the replay in both windows.
func TestEditorLooks(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t, browsertest.Desktop)
	s, replay := replaySite(t)
	at := browsertest.Serve(t, s.app)
	enter(b, at, "quanly", demo.Password)
	s.as(account.Manager).submit("/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/chep").want(t, 303)
	for name, path := range map[string]string{
		"editor": "/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/soan", "editor-new": "/quan-tri/bo-tieu-chi/moi", "editor-frozen": "/quan-tri/bo-tieu-chi/mau-than-thien-bg/1/soan",
		"editor-book": "/quan-tri/bo-tieu-chi/mau-than-thien-bg/2/nhap", "replay": replay + "?ky=2024", "replay-other": "/quan-tri/bo-tieu-chi/mau-than-thien-dn/1/thu?ky=2025",
	} {
		b.Go(at + path)
		looks(t, b, name)
	}

	// Sums follow the typing; the buttons work in place.
	b.Resize(browsertest.Desktop)
	b.Go(at + "/quan-tri/bo-tieu-chi/moi")
	b.Type("[id='title']", "Bộ soạn thử")
	b.Type("[id='id']", "soan-thu")
	retype := func(id, value string) {
		browsertest.Eval[bool](b, `(() => { const e = document.getElementById("`+id+`"); e.focus(); e.value = "`+value+`"; return e.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	}
	retype("groups[0].max", "100,5")
	b.Wait(`document.querySelector("[id='groups[0]'] > p .sum").textContent.includes("còn thiếu 0,5")`)
	b.Wait(`document.querySelector("#groups > .row .sum").textContent.includes("thừa 0,5")`)
	b.Click("button[value='them groups[0].criteria']")
	b.Wait(`document.activeElement.id === "groups[0].criteria[1].title"`)
	b.Wait(`document.getElementById("title").value === "Bộ soạn thử"`)
	b.Type("[id='groups[0].criteria[1].title']", "Tiêu chí thứ hai")
	b.Type("[id='groups[0].criteria[1].max']", "0,5")
	b.Wait(`document.querySelector("[id='groups[0]'] > p .sum").textContent.includes("khớp")`)
	retype("total", "100,5")
	b.Wait(`document.querySelector("#groups > .row .sum").textContent.includes("cộng lại 100,5, khớp")`)
	b.Click(".save-bar button[value='luu']")
	b.See("main a[href$='/soan-thu/1/soan']")
	set, err := s.store.Set(t.Context(), "soan-thu", 1)
	ok(t, err)
	if len(set.Groups[0].Criteria) != 2 || !set.Total.Equal(rubric.Frac(201, 2)) {
		t.Errorf("stored %+v", set.Groups)
	}
}
