package site

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/browsertest"
	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
)

// rowOf is the text of the row of a table that names a unit.
func rowOf(doc *goquery.Document, name string) string {
	return text(doc, ".appraise tbody tr:contains('"+name+"')")
}

// An appraiser sees their own dossiers, the nearest last day first, with what
// each waits for; nobody's marks.
func TestAppraiseHome(t *testing.T) {
	s, as := appealSite(t)
	if at := s.get("/", as("an")).want(t, 303).Header.Get("Location"); at != appraisePath {
		t.Errorf("home is %q", at)
	}
	doc := s.get("/tham-dinh", as("an")).want(t, 200).page(t)
	if got := text(doc, ".counts"); got != "4 Tất cả1 Cần tiếp nhận1 Cần chấm2 Đã xong" {
		t.Errorf("counts %q", got)
	}
	if got := doc.Find(".appraise tbody tr").First().Find("th").Text(); !strings.Contains(got, "Xã Tân Sơn") {
		t.Errorf("first is %q", got)
	}
	for name, want := range map[string][]string{
		"Xã Tân Sơn":         {"Cần tiếp nhận", "08/11/2026", "0/8 mục", "một mình"},
		"Xã Lục Ngạn Mẫu":    {"Đủ điểm, cần hoàn tất phiếu", "8/8 mục", "Người binh đã xong"},
		"Phường Minh Họa 07": {"Đã xong", "đã hoàn tất"},
	} {
		row := rowOf(doc, name)
		for _, w := range want {
			if !strings.Contains(row, w) {
				t.Errorf("%s lacks %q: %s", name, w, row)
			}
		}
	}
	if a := doc.Find("a.btn:contains('Chấm tiếp')").AttrOr("href", ""); !strings.Contains(a, "/ho-so/2026/07213") {
		t.Errorf("goes on with %q", a)
	}
	if got := rowOf(s.get("/tham-dinh?viec=cho", as("binh")).page(t), "Xã Lục Ngạn Mẫu"); !strings.Contains(got, "Người an chưa xong") {
		t.Errorf("binh waits: %s", got)
	}
	if got := text(s.get("/tham-dinh?q=dong+mo", as("an")).page(t), ".appraise tbody th"); got != "Xã Đồng MỏTỉnh Minh Họa" {
		t.Errorf("found %q", got)
	}
	if got := text(s.get("/tham-dinh", as("chi")).page(t), ".empty"); !strings.Contains(got, "chưa được phân công") {
		t.Errorf("one without dossiers reads %q", got)
	}
}

// Taking up goes through the table: what may be is, the rest is told.
func TestAppraiseAccept(t *testing.T) {
	s, as := appealSite(t)
	form := func(login string, units ...string) url.Values {
		return url.Values{"_csrf": {s.csrf(as(login))}, "ky": {"2026"}, "dv": units}
	}
	got := text(s.post("/tham-dinh/tiep-nhan", form("an", "07212", secondUnit), as("an")).want(t, 422).page(t), "main")
	if !strings.Contains(got, "Đã tiếp nhận 1 hồ sơ. Còn 1") || !strings.Contains(got, "Xã Đồng Mỏ") {
		t.Errorf("answer %q", got)
	}
	if d := s.dossierOf("07212"); d.Status != dossier.Appraisal || d.Stage != "province" {
		t.Errorf("status %s at %q", d.Status, d.Stage)
	}
	s.post("/tham-dinh/tiep-nhan", form("an", "07212"), as("an")).want(t, 303) // pressed twice
	s.post("/tham-dinh/tiep-nhan", form("chi", "07212"), as("chi")).want(t, 403)
	if got := s.post("/tham-dinh/tiep-nhan", form("an"), as("an")).want(t, 303).Header.Get("Location"); !strings.Contains(got, "acceptNone") {
		t.Errorf("nothing chosen: %q", got)
	}
}

// Members too far apart are an alarm in words, for all of them.
func TestAppraiseSpread(t *testing.T) {
	s, as := appealSite(t)
	_, err := s.store.ChangeDossier(context.Background(), "2026", "07213", func(d *dossier.Dossier, at time.Time, event string) error {
		for _, c := range fullMarks("4") {
			low := map[string]score.Mark{"1.1.1": score.NewMark("points", "0"), "1.2": score.NewMark("numerator", "0", "denominator", "50"), "1.3": score.NewMark("value", "0"), "2.1": score.NewMark("count", "0")}
			if m, ok := low[c.Code]; ok {
				d.Save("province", []dossier.Change{{Code: c.Code, Base: c.Mark, Mark: m}}, "an", at, event+c.Code)
			}
		}
		p, err := s.store.Period(context.Background(), "2026")
		ok(t, err)
		return d.Finish(dossier.Context{Login: "an", Who: dossier.Member, Period: &p, At: at, Event: event + "f"})
	})
	ok(t, err)
	for _, login := range []string{"an", "binh"} {
		page := s.get("/tham-dinh", as(login)).page(t)
		row := rowOf(page, "Xã Lục Ngạn Mẫu")
		if n := page.Find(".alarms li").Length(); n != spreadShown || !strings.Contains(row, "và 2 chỗ lệch nữa") {
			t.Errorf("%d alarms in a row, want %d and how many more: %s", n, spreadShown, row)
		}
		if !strings.Contains(row, "Lệch điểm, cần trao đổi") || !strings.Contains(row, "Tiêu chí 1.1.1 lệch quá một nửa") {
			t.Errorf("%s reads %q", login, row)
		}
	}
}

// The page that compares says the same as the workbook, for every kind of row.
func TestLeniencyPage(t *testing.T) {
	s, as := appealSite(t)
	doc := s.get(leniencyPath, as("lanhdao")).want(t, 200).page(t)
	if got := text(doc, ".lenient tbody tr:contains('Người binh')"); !strings.HasPrefix(got, "Người binh ít hồ sơ1 1,00") {
		t.Errorf("binh: %q", got)
	}
	if got := text(doc, ".lenient tbody tr:contains('Người an')"); !strings.HasPrefix(got, "Người an ít hồ sơ2 0,75") {
		t.Errorf("an: %q", got)
	}
	for kind, rows := range map[string]int{"": 2, "to": 2, "tieu-chi": 7, "cap": 1} {
		at := leniencyPath + "?theo=" + kind
		if n := s.get(at, as("quanly")).want(t, 200).page(t).Find(".lenient tbody tr").Length(); n != rows {
			t.Errorf("%q: %d rows, want %d", kind, n, rows)
		}
		f, err := excelize.OpenReader(bytes.NewReader([]byte(s.get(leniencyPath+".xlsx?theo="+kind, as("quanly")).want(t, 200).body)))
		ok(t, err)
		all, err := f.GetRows(f.GetSheetList()[0])
		ok(t, err)
		n := 0
		for _, r := range all {
			if len(r) > 5 && r[0] != "" && r[0] != "STT" && r[0] != "TT" && strings.Trim(r[0], "0123456789") == "" {
				n++
			}
		}
		if n != rows {
			t.Errorf("%q: %d rows in the workbook, want %d: %v", kind, n, rows, all)
		}
	}
	sorted := s.get(leniencyPath+"?sap=-giam", as("quanly")).page(t)
	if got := text(sorted, ".lenient tbody th"); !strings.HasPrefix(got, "Người binh") {
		t.Errorf("sorted by down-grade: %q", got)
	}
	s.get(leniencyPath+"?cap=khong-co", as("quanly")).want(t, 404)
}

// The pages in both windows, and nothing serious for axe.
func TestAppraisePagesLook(t *testing.T) {
	t.Parallel()
	b := browsertest.Open(t, browsertest.Desktop)
	s, as := appealSite(t)
	s.contest(as("xa10"), "1.1.1", "Biên bản niêm yết số 12/BB-UBND ngày 03/02/2026 đã nộp đủ, đề nghị tính điểm tối đa.").want(t, 303)
	at := browsertest.Serve(t, s.app)
	enter(b, at, "an", testPassword)
	for name, path := range map[string]string{"appraise-home": "/tham-dinh", "appraise-none": "/tham-dinh?q=khong+co"} {
		b.Visit(at + path)
		looks(t, b, name)
	}
	b = browsertest.Open(t, browsertest.Desktop)
	enter(b, at, "xa10", testPassword)
	b.Visit(at + appealPath)
	looks(t, b, "appeal-unit")
	b = browsertest.Open(t, browsertest.Desktop)
	enter(b, at, "quanly", testPassword)
	for name, path := range map[string]string{"appeal-list": "/tham-dinh/kien-nghi", "leniency": leniencyPath, "leniency-leaf": leniencyPath + "?theo=tieu-chi"} {
		b.Visit(at + path)
		looks(t, b, name)
	}
	b.Resize(browsertest.Desktop)
	b.Visit(at + appealJudge)
	b.Click("input[value='chap-nhan']")
	b.Type("[id='o-1.1.1']", "5")
	b.Type("#lap-luan", "Biên bản hợp lệ")
	b.Click("button[value='xem']")
	b.See("#tac-dong")
	looks(t, b, "appeal-judge")
	b.Resize(browsertest.Desktop)
	b.Click("button[value='quyet-dinh']")
	b.See(".notice.good")
	if d := s.dossierOf(testUnit); !d.Appeals[0].Accepted {
		t.Error("the decision of the page is not stored")
	}
}

// Somebody with few dossiers is not called strict or lenient by their mean.
func TestLeniencyOfFew(t *testing.T) {
	l := &lenientPage{Leniency: &result.Leniency{Set: &rubric.Set{Total: rubric.Int(100)}}, stage: &result.LenientStage{All: result.Lenience{Down: result.Mean{N: 20}}}, kind: kindMember}
	for n, want := range map[int]bool{leastDossiers - 1: false, leastDossiers: true} {
		row := l.shown(lenientRow{Lenience: result.Lenience{Dossiers: n, Down: result.Mean{Sum: score.Points(1000 * n), N: n}}})
		if row.DownHigh != want || row.Few == want {
			t.Errorf("%d dossiers: strict %t, few %t", n, row.DownHigh, row.Few)
		}
	}
}
