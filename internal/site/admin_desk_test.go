package site

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/unit"
	"thanthien/internal/xlsx"
)

// registerAll registers units with a provisional score.
func (s *testSite) registerAll(self string, units ...string) {
	s.tb.Helper()
	for _, u := range units {
		s.changeUnit(u, func(d *dossier.Dossier) {
			d.Status, d.Registration = dossier.Registered, dossier.Registration{By: "xa", At: testNow, Self: self, Conditions: []string{"dk1"}}
		})
	}
}

func (s *testSite) statusOf(unit string) dossier.Status {
	s.tb.Helper()
	d, err := s.store.Dossier(s.tb.(*testing.T).Context(), "2026", unit)
	ok(s.tb, err)
	return d.Status
}

func deskRowOf(doc *goquery.Document, name string) string {
	return strings.Join(strings.Fields(doc.Find("table.steps tbody tr").FilterFunction(func(_ int, r *goquery.Selection) bool { return strings.Contains(r.Find("th").Text(), name) }).Text()), " ")
}

// The desk says where every dossier stands, whom it waits for and who is late;
// the late ones come first, and the filters count what they show.
func TestDeskSteps(t *testing.T) {
	s, m := teamSite(t)
	s.registerAll("30", testUnit)
	s.changeUnit("07211", func(d *dossier.Dossier) { d.Status = dossier.Scoring })
	s.changeUnit("07212", func(d *dossier.Dossier) { d.Status, d.SubmittedAt = dossier.Submitted, testNow })
	s.changeUnit("07213", func(d *dossier.Dossier) {
		d.Status, d.Stage, d.SubmittedAt = dossier.Appraisal, "district", testNow
		d.Teams = []dossier.Team{{Stage: "district", Members: []string{"td1", "td2"}, Round: 1}}
		d.Sheets = []dossier.Sheet{{Stage: "district", Member: "td1", Round: 1}}
	})
	doc := m.open("/quan-tri?ky=2026").want(t, 200).page(t)
	if got := doc.Find("table.steps tbody tr").First().Text(); !strings.Contains(got, "trễ 5 ngày") {
		t.Errorf("the first row is not late: %s", got)
	}
	for name, want := range map[string][]string{
		"Phường Minh Họa 07": {"chờ duyệt đăng ký", "Chờ người quản lý duyệt đăng ký", "Tự chấm sơ bộ 30 điểm", "cam kết 1/1 điều kiện", "đủ điều kiện đăng ký"},
		"Xã Đồng Mỏ":         {"đang tự chấm", "0/8", "chưa", "hạn 20/11/2026"},
		"Xã Tân Sơn":         {"đã nộp, chờ tiếp nhận", "10/11/2026", "chờ tiếp nhận"},
		"Xã Lục Ngạn Mẫu":    {"đang thẩm định", "1/2 phiếu", "Chờ Nguyễn Văn Thẩm Định 2 chấm"},
		"Xã Yên Định":        {"chưa đăng ký", "trễ 5 ngày"},
	} {
		row := deskRowOf(doc, name)
		for _, w := range want {
			if !strings.Contains(row, w) {
				t.Errorf("%s lacks %q: %s", name, w, row)
			}
		}
	}
	chips := strings.Join(strings.Fields(doc.Find(".chips").Text()), " ")
	if chips != "Tất cả 10Trễ hạn 6chưa đăng ký 6chờ duyệt đăng ký 1đang tự chấm 1đã nộp, chờ tiếp nhận 1đang thẩm định 1" {
		t.Errorf("filters: %s", chips)
	}
	if n := m.open("/quan-tri?ky=2026&tt=tre-han&q=yen+dinh").want(t, 200).page(t).Find("table.steps tbody tr").Length(); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	if got := text(doc, ".desk-top"); !strings.Contains(got, "Đăng ký: 6 đơn vị chưa xong") {
		t.Errorf("deadlines: %s", got)
	}
	if book, acts := doc.Find(`a[href="/quan-tri/tien-do.xlsx?ky=2026"]`), doc.Find(`form[action="/quan-tri?ky=2026"]`); book.Length() != 1 || acts.Length() == 0 {
		t.Error("the workbook or the acts are not of the period that is shown")
	}
	s.setState(dossier.Locked) // nobody is late any more, nothing can be chosen
	if locked := m.open("/quan-tri?ky=2026").want(t, 200).page(t); locked.Find("tr.late, table.steps input").Length() != 0 || strings.Contains(text(locked, ".chips"), "Trễ hạn") {
		t.Error("a locked period has late dossiers or some to choose")
	}
	book := m.open("/quan-tri/tien-do.xlsx?ky=2026&tt="+string(dossier.Appraisal)).want(t, 200)
	table, err := xlsx.ReadTable([]byte(book.body), "")
	ok(t, err)
	all := fmt.Sprint(table.Rows)
	if !strings.Contains(all, "Xã Lục Ngạn Mẫu") || !strings.Contains(all, "1/2 phiếu") || strings.Contains(all, "Xã Yên Định") {
		t.Errorf("the workbook is not what is shown: %s", all)
	}
}

// Many registrations are decided at once: those that still wait, and of these
// those that the gate finds fit unless it is meant otherwise.
func TestDeskBulk(t *testing.T) {
	s, m := teamSite(t)
	s.registerAll("30", testUnit, "07211")
	s.registerAll("20", "07212", "07213")
	partly := m.submit("/quan-tri?ky=2026", "viec", "duyet", "dv", testUnit, "dv", "07212", "dv", "07214").want(t, 422).page(t)
	got := text(partly, "#loi")
	for _, want := range []string{"Đã duyệt đăng ký của 1 đơn vị.", "Xã Tân Sơn (07212): Điểm tự chấm sơ bộ phải từ 25 điểm.", "Phường Bến Giang (07214): Chưa thể duyệt đăng ký"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	if s.statusOf(testUnit) != dossier.Approved || s.statusOf("07212") != dossier.Registered || s.statusOf("07214") != dossier.NotRegistered {
		t.Errorf("statuses %s, %s, %s", s.statusOf(testUnit), s.statusOf("07212"), s.statusOf("07214"))
	}
	m.submit("/quan-tri?ky=2026", "viec", "tra-lai", "dv", "07213").want(t, 422) // no reason
	m.follow(m.submit("/quan-tri?ky=2026", "viec", "tra-lai", "dv", "07213", "ly-do", "Thiếu cam kết"))
	if s.statusOf("07213") != dossier.Returned {
		t.Errorf("returned: %s", s.statusOf("07213"))
	}
	page := m.follow(m.submit("/quan-tri?ky=2026&tt=registered", "viec", "duyet", "tat-ca", "1", "ca-chua-dat", "1")).page(t)
	if got := text(page, "[role=status]"); got != "Đã duyệt đăng ký của 2 đơn vị." {
		t.Errorf("all of the filter: %q", got)
	}
	if s.statusOf("07211") != dossier.Approved || s.statusOf("07212") != dossier.Approved {
		t.Error("not all were approved")
	}
	events, err := s.store.History(t.Context(), "dossiers/2026/07213")
	ok(t, err)
	if n := len(events); n == 0 || events[n-1].Who != "user-manager" {
		t.Errorf("the trail has %+v", events)
	}
	m.submit("/quan-tri?ky=2026", "viec", "khac", "dv", testUnit).want(t, 400)
	m.submit("/quan-tri?ky=2020", "viec", "duyet", "dv", testUnit).want(t, 404)
	for _, role := range []account.Role{account.Appraiser, account.Commune, account.Leader, account.Surveyor} {
		p := s.as(role)
		p.submit("/quan-tri?ky=2026", "viec", "duyet", "dv", testUnit).want(t, 403)
		p.open("/quan-tri/tien-do.xlsx?ky=2026").want(t, 403)
	}
}

// province adds 209 units with long names to a period with steps, scored by
// themselves, and appraisers; teams are assigned.
func (s *testSite) province(tb testing.TB) {
	tb.Helper()
	ctx := tb.Context()
	var units []unit.Unit
	var codes []string
	for i := range 209 {
		code := fmt.Sprintf("%05d", 80000+i)
		units = append(units, unit.Unit{Code: code, Name: fmt.Sprintf("Phường Minh Họa Nguyễn Thị Minh Khai - Thượng Lâm %d", i), Level: unit.Commune, Parent: "27"})
		codes = append(codes, code)
	}
	_, _, err := s.store.PutUnits(ctx, units)
	ok(tb, err)
	p, err := s.store.Period(ctx, "2026")
	ok(tb, err)
	p.ID, p.Title, p.State, p.Units, p.Version = "2030", "Kỳ lớn", dossier.Draft, nil, 0
	_, err = s.store.PutPeriod(ctx, p)
	ok(tb, err)
	_, err = s.store.OpenPeriod(ctx, "2030", codes)
	ok(tb, err)
	list := []dossier.Status{dossier.NotRegistered, dossier.Registered, dossier.Scoring, dossier.Submitted, dossier.Appraisal}
	for i, code := range codes {
		_, err := s.store.ChangeDossier(ctx, "2030", code, func(d *dossier.Dossier, at time.Time, event string) error {
			d.Status = dossier.Approved
			d.Save(dossier.SelfStage, fullMarks("5"), "xa", at, event)
			d.Status, d.Registration = list[i%len(list)], dossier.Registration{Self: "30", Conditions: []string{"dk1"}}
			for _, st := range []string{"district", "province"} {
				d.Teams = append(d.Teams, dossier.Team{Stage: st, Members: []string{"td1", "td2"}, Round: 1})
			}
			if d.Status == dossier.Appraisal {
				d.Stage = "district"
			}
			return nil
		})
		ok(tb, err)
	}
}

// BenchmarkDesk opens the desk and the teams of 209 dossiers.
func BenchmarkDesk(b *testing.B) {
	s, m := teamSite(b)
	s.province(b)
	for name, path := range map[string]string{"desk": "/quan-tri?ky=2030", "filtered": "/quan-tri?ky=2030&tt=registered", "teams": "/quan-tri/ky/2030/phan-cong"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				start := time.Now()
				m.open(path).want(b, 200)
				if took := time.Since(start); took > 5*time.Second { // something is worked out again and again
					b.Fatalf("the page took %s", took)
				}
			}
		})
	}
}
