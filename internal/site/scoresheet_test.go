package site

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/score"
)

const (
	sheetURL  = "/ho-so/2026/" + testUnit + "/phieu-cham.xlsx?cap=province"
	sheetPost = "/ho-so/2026/" + testUnit + "/nhap-phieu"
)

// sheetCell finds the cell of a column on the row with a key.
func sheetCell(t testing.TB, f *excelize.File, sheet, column, key string) string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	ok(t, err)
	for i, row := range rows {
		if len(row) > 8 && row[len(row)-1] == key {
			return fmt.Sprint(column, i+1)
		}
	}
	t.Fatalf("no row %q in %s", key, sheet)
	return ""
}

// sheetEdited changes a downloaded form: "F 1.1.1" is the value of 1.1.1.
func sheetEdited(t testing.TB, data string, cells map[string]any) []byte {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(data))
	ok(t, err)
	defer f.Close()
	sheet := f.GetSheetList()[0]
	for at, value := range cells {
		column, key, _ := strings.Cut(at, " ")
		ok(t, f.SetCellValue(sheet, sheetCell(t, f, sheet, column, key), value))
	}
	var b bytes.Buffer
	ok(t, f.Write(&b))
	return b.Bytes()
}

// applySheet sends the preview's form as a browser would.
func (s *testSite) applySheet(a answer, cookie *http.Cookie) answer {
	s.tb.Helper()
	form := a.page(s.tb).Find("form[action$='/ghi']")
	if form.Length() != 1 {
		s.tb.Fatalf("nothing to apply: %s", text(a.page(s.tb), "main"))
	}
	action, _ := form.Attr("action")
	return s.post(action, url.Values{"_csrf": {s.csrf(cookie)}, "du-lieu": {strings.TrimPrefix(form.Find("textarea").Text(), "\n")}, "tep": {"phieu.xlsx"}}, cookie)
}

// entries are all marks and notes of a unit's stage, by cell.
func (s *testSite) entries(unit, stage string) map[string]string {
	s.tb.Helper()
	d, err := s.store.Dossier(context.Background(), "2026", unit)
	ok(s.tb, err)
	all := map[string]string{}
	for _, e := range d.Entries {
		if e.Stage == stage {
			all[e.Code] = strings.Trim(dossier.Text(e.Mark)+"|"+e.Note, "|")
		}
	}
	return all
}

// A form edited comes back with exactly its changes: shown first, then written.
func TestScoresheetRoundTrip(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	a := s.get(sheetURL, me).want(t, 200)
	before := s.entries(testUnit, "province")
	data := sheetEdited(t, a.body, map[string]any{"F 1.1.1": "4,25", "I 1.1.1": "Thiếu niêm yết", "F 1.1.2": "Trung bình", "G 1.2": 80, "F 2.1": "", "F ?dk1": "Không đạt"})
	preview := s.uploadBook(sheetPost, me, data).want(t, 200)
	got := text(preview.page(t), "main")
	for _, want := range []string{"đổi 6 chỗ", "!F854,25", "Thiếu niêm yết", "TốtTrung bình", "50/5050/80", "xóa trống", "Không đạt"} {
		if !strings.Contains(got, want) {
			t.Errorf("preview lacks %q: %s", want, got)
		}
	}
	if diff := cmp.Diff(before, s.entries(testUnit, "province")); diff != "" {
		t.Fatalf("a preview writes:\n%s", diff)
	}
	s.applySheet(preview, me).want(t, 303)
	want := map[string]string{}
	for code, v := range before {
		want[code] = v
	}
	want["1.1.1"], want["1.1.2"], want["1.2"], want["?dk1"] = "4.25|Thiếu niêm yết", "b", "50/80", "false"
	delete(want, "2.1")
	if diff := cmp.Diff(want, s.entries(testUnit, "province")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Sent again, by the form or by the file, it changes nothing.
	s.applySheet(preview, me).want(t, 303)
	again := s.uploadBook(sheetPost, me, data).want(t, 200)
	if got := text(again.page(t), "main"); !strings.Contains(got, "không đổi ô nào") {
		t.Errorf("again: %s", got)
	}
	if diff := cmp.Diff(want, s.entries(testUnit, "province")); diff != "" {
		t.Errorf("again (-want +got):\n%s", diff)
	}
}

// A stale form is refused with the list of conflicts; cells it does not change
// are no conflict and stay as they are now.
func TestScoresheetStale(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	a := s.get(sheetURL, me).want(t, 200)
	s.mark(testUnit, "province",
		dossier.Change{Code: "1.1.1", Base: score.NewMark("points", "5"), Mark: score.NewMark("points", "3")},
		dossier.Change{Code: "2.2", Base: score.NewMark("loi", "0"), Mark: score.NewMark("loi", "1")},
	)
	before := s.entries(testUnit, "province")
	stale := s.uploadBook(sheetPost, me, sheetEdited(t, a.body, map[string]any{"F 1.1.1": 4, "F 1.3": 90})).want(t, 409)
	doc := stale.page(t)
	if got := text(doc, "main"); !strings.Contains(got, "1.1.1. Niêm yết") || !strings.Contains(got, "Lúc tải phiếu: 5Trong phiếu: 4Trên phần mềm: 3") || strings.Contains(got, "1.3. Chỉ số") || strings.Contains(got, "2.2.") || doc.Find("form[action$='/ghi']").Length() != 0 {
		t.Errorf("conflicts: %s", got)
	}
	if diff := cmp.Diff(before, s.entries(testUnit, "province")); diff != "" {
		t.Errorf("a stale form writes:\n%s", diff)
	}
	fresh := s.uploadBook(sheetPost, me, sheetEdited(t, a.body, map[string]any{"F 1.3": 90})).want(t, 200)
	if got := text(fresh.page(t), "main"); !strings.Contains(got, "2 ô đã đổi trên phần mềm") {
		t.Errorf("newer cells are not told: %s", got)
	}
	// What changes between preview and write is caught too.
	s.mark(testUnit, "province", dossier.Change{Code: "1.3", Base: score.NewMark("value", "100"), Mark: score.NewMark("value", "80")})
	s.applySheet(fresh, me).want(t, 409)
	if got := s.entries(testUnit, "province"); got["1.3"] != "80" || got["1.1.1"] != "3" {
		t.Errorf("overwritten: %v", got)
	}
}

func TestScoresheetRefused(t *testing.T) {
	s, cookies := staffSite(t)
	me, commune := cookies[account.Appraiser], cookies[account.Commune]
	mine := s.get(sheetURL, me).want(t, 200).body
	self := s.get("/ho-so/2026/"+testUnit+"/phieu-cham.xlsx", commune).want(t, 200).body
	other := s.get("/ho-so/2026/"+testUnits()[2].Code+"/phieu-cham.xlsx", me).want(t, 200).body
	s.get(sheetURL, commune).want(t, 403)
	s.get("/ho-so/2026/"+testUnit+"/phieu-cham.xlsx", cookies[account.Leader]).want(t, 403)
	for name, c := range map[string]struct {
		who  *http.Cookie
		data []byte
		code int
		want string
	}{
		"problems":        {me, sheetEdited(t, mine, map[string]any{"F 1.1.1": 4.1, "F 1.3": "nhiều"}), 422, "không phải là số"},
		"every problem":   {me, sheetEdited(t, mine, map[string]any{"F 1.1.1": 4.1, "F 1.3": "nhiều"}), 422, "bội số"},
		"how to go on":    {me, []byte("TT;Điểm"), 415, "Lưu thành .xlsx"},
		"step":            {me, sheetEdited(t, mine, map[string]any{"F 1.1.1": 4.1}), 422, "1.1.1"},
		"another unit":    {me, sheetEdited(t, other, map[string]any{"F 1.1.1": 4}), 422, "Nộp ở đúng hồ sơ đó"},
		"another's stage": {me, sheetEdited(t, self, map[string]any{"E 1.1.1": 4}), 403, "chỉ xem được"},
		"not theirs":      {commune, sheetEdited(t, mine, map[string]any{"F 1.1.1": 4}), 403, "chỉ xem được"},
		"text":            {me, []byte("TT;Điểm"), 415, "Excel"},
		"other workbook":  {me, plainWorkbook(t), 422, "không phải phiếu chấm"},
		"empty":           {me, nil, 422, "trống"},
	} {
		a := s.uploadBook(sheetPost, c.who, c.data).want(t, c.code)
		if got := text(a.page(t), "main"); !strings.Contains(got, c.want) {
			t.Errorf("%s: page lacks %q: %s", name, c.want, got)
		}
	}
	s.setState(dossier.Locked)
	s.get(sheetURL, me).want(t, 409)
	s.uploadBook(sheetPost, me, sheetEdited(t, mine, map[string]any{"F 1.1.1": 4})).want(t, 409)
}

func plainWorkbook(t testing.TB) []byte {
	f := excelize.NewFile()
	defer f.Close()
	var b bytes.Buffer
	ok(t, f.Write(&b))
	return b.Bytes()
}

// One workbook holds every dossier of an appraiser; a sheet that is taken out
// leaves its dossier alone.
func TestScoresheetAll(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	a := s.get("/tham-dinh/phieu-cham.xlsx?ky=2026", me).want(t, 200)
	f, err := excelize.OpenReader(strings.NewReader(a.body))
	ok(t, err)
	defer f.Close()
	sheets := f.GetSheetList()
	if want := len(testUnits()) - 1; len(sheets) < want+3 {
		t.Fatalf("sheets %q for %d units", sheets, want)
	}
	ok(t, f.SetCellValue(sheets[0], sheetCell(t, f, sheets[0], "F", "1.3"), 50))
	ok(t, f.SetCellValue(sheets[1], sheetCell(t, f, sheets[1], "F", "1.3"), 60))
	ok(t, f.DeleteSheet(sheets[2]))
	var b bytes.Buffer
	ok(t, f.Write(&b))
	preview := s.uploadBook("/tham-dinh/nhap-phieu", me, b.Bytes()).want(t, 200)
	if got := text(preview.page(t), "main"); !strings.Contains(got, "đổi 2 chỗ") || !strings.Contains(got, "không còn trong tệp") {
		t.Errorf("preview: %s", got)
	}
	s.applySheet(preview, me).want(t, 303)
	var got []string
	for _, u := range testUnits()[1:] {
		got = append(got, s.entries(u.Code, "province")["1.3"])
	}
	slices.Sort(got)
	if !slices.Contains(got, "50") || !slices.Contains(got, "60") {
		t.Errorf("written: %q", got)
	}
}

// A form edited by LibreOffice without a screen changes exactly the edited
// cells of the dossier.
func TestScoresheetThroughLibreOffice(t *testing.T) {
	s, cookies := staffSite(t)
	me := cookies[account.Appraiser]
	data := sheetEdited(t, s.get(sheetURL, me).want(t, 200).body, map[string]any{"F 1.3": 33.25})
	before := s.entries(testUnit, "province")
	flat := scoresheetConvert(t, "fods", "phieu.xlsx", data)
	if n := bytes.Count(flat, []byte(`office:value="33.25"`)); n != 1 {
		t.Fatalf("the value stands %d times in LibreOffice's file", n)
	}
	flat = bytes.Replace(flat, []byte(`office:value="33.25"`), []byte(`office:value="72.5"`), 1)
	book := scoresheetConvert(t, "xlsx:Calc MS Excel 2007 XML", "phieu.fods", flat)
	s.applySheet(s.uploadBook(sheetPost, me, book).want(t, 200), me).want(t, 303)
	before["1.3"] = "72.5"
	if diff := cmp.Diff(before, s.entries(testUnit, "province")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// scoresheetConvert has LibreOffice convert a file.
func scoresheetConvert(t *testing.T, format, name string, data []byte) []byte {
	t.Helper()
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice (soffice) is not installed, so the form is not edited in it")
	}
	dir := t.TempDir()
	ok(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	out := filepath.Join(dir, "out")
	message, err := exec.Command(program, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", format, "--outdir", out, filepath.Join(dir, name)).CombinedOutput()
	if err != nil {
		t.Fatalf("soffice: %v\n%s", err, message)
	}
	extension, _, _ := strings.Cut(format, ":")
	made, err := os.ReadFile(filepath.Join(out, strings.TrimSuffix(name, filepath.Ext(name))+"."+extension))
	ok(t, err)
	return made
}

// stepsSite is a period with steps whose first unit is at the appraisal of the
// province with two members.
func stepsSite(t *testing.T) (s *testSite, one, two *http.Cookie) {
	t.Helper()
	s = newSite(t)
	s.addPeriod()
	s.addUser("lan", account.Appraiser, "")
	s.addUser("minh", account.Appraiser, "")
	s.change(func(d *dossier.Dossier) {
		d.Status, d.Stage = dossier.Appraisal, "province"
		d.Teams = []dossier.Team{{Stage: "province", Members: []string{"lan", "minh"}, Round: 1}}
		kept := d.Entries[:0]
		for _, e := range d.Entries {
			if e.Stage == dossier.SelfStage {
				kept = append(kept, e)
			}
		}
		d.Entries = kept
	})
	return s, s.signIn("lan"), s.signIn("minh")
}

// change alters the first unit's dossier behind the site's back.
func (s *testSite) change(do func(d *dossier.Dossier)) {
	s.tb.Helper()
	_, err := s.store.ChangeDossier(context.Background(), "2026", testUnit, func(d *dossier.Dossier, _ time.Time, _ string) error {
		do(d)
		d.Rev++
		return nil
	})
	ok(s.tb, err)
}

// A member's form is their own: it goes into their sheet of the present round
// and nobody else can send it.
func TestScoresheetOfMember(t *testing.T) {
	s, lan, minh := stepsSite(t)
	data := sheetEdited(t, s.get(sheetURL, lan).want(t, 200).body, map[string]any{"F 1.1.1": 4})
	a := s.uploadBook("/tham-dinh/nhap-phieu", minh, data).want(t, 403)
	if got := text(a.page(t), "main"); !strings.Contains(got, "chỉ nộp phiếu của mình") {
		t.Errorf("another's form: %s", got)
	}
	preview := s.uploadBook("/tham-dinh/nhap-phieu", lan, data).want(t, 200)
	s.applySheet(preview, minh).want(t, 403)
	s.applySheet(preview, lan).want(t, 303)
	d, err := s.store.Dossier(context.Background(), "2026", testUnit)
	ok(t, err)
	mine, _ := d.Entry(dossier.Layer{Stage: "province", Member: "lan", Round: 1}, "1.1.1")
	other := d.LayerMarks(dossier.Layer{Stage: "province", Member: "minh", Round: 1})
	if dossier.Text(mine.Mark) != "4" || len(other.Marks) > 0 {
		t.Errorf("stored %+v, colleague %v", mine, other.Marks)
	}
	s.change(func(d *dossier.Dossier) { d.Teams[0].Round = 2 })
	old := s.uploadBook("/tham-dinh/nhap-phieu", lan, data).want(t, 409)
	if got := text(old.page(t), "main"); !strings.Contains(got, "vòng chấm hiện nay") {
		t.Errorf("old round: %s", got)
	}
	s.change(func(d *dossier.Dossier) {
		d.Sheets = []dossier.Sheet{{Stage: "province", Member: "lan", Round: 2}}
	})
	s.get(sheetURL, lan).want(t, 409)
	all := func(who *http.Cookie) []string {
		f, err := excelize.OpenReader(strings.NewReader(s.get("/tham-dinh/phieu-cham.xlsx?ky=2026", who).want(t, 200).body))
		ok(t, err)
		defer f.Close()
		return f.GetSheetList()
	}
	u, err := s.store.Unit(context.Background(), testUnit)
	ok(t, err)
	if slices.Contains(all(lan), u.Name) || !slices.Contains(all(minh), u.Name) {
		t.Error("the workbook of all forms holds a sheet that is in, or lacks one that is not")
	}
}

// A report shows no stage that the reader may not see yet.
func TestScoreReportHidden(t *testing.T) {
	s, lan, _ := stepsSite(t)
	s.addUser("xa", account.Commune, testUnit)
	s.addUser("quanly", account.Manager, "")
	xa, manager := s.signIn("xa"), s.signIn("quanly")
	s.change(func(d *dossier.Dossier) {
		for _, m := range []string{"lan", "minh"} {
			d.Save("province", []dossier.Change{{Code: "1.1.1", Mark: score.NewMark("points", "3.75")}}, m, s.store.Now(), "e"+m)
		}
	})
	has := func(who *http.Cookie, url string) bool {
		t.Helper()
		f, err := excelize.OpenReader(strings.NewReader(s.get(url, who).want(t, 200).body))
		ok(t, err)
		defer f.Close()
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			ok(t, err)
			for _, row := range rows {
				if slices.Contains(row, "3.75") {
					return true
				}
			}
		}
		return false
	}
	url := "/ho-so/2026/" + testUnit + "/bang-diem.xlsx"
	for name, who := range map[string]*http.Cookie{"member": lan, "unit": xa, "manager": manager} {
		if has(who, url) {
			t.Errorf("the %s sees a stage whose sheets are not in", name)
		}
	}
	s.change(func(d *dossier.Dossier) {
		d.Sheets = []dossier.Sheet{{Stage: "province", Member: "lan", Round: 1}, {Stage: "province", Member: "minh", Round: 1}}
	})
	if !has(lan, url) || !has(manager, "/bao-cao/bang-diem.xlsx?ky=2026") || has(xa, url) {
		t.Error("with all sheets in, the team and the manager see the stage and the unit does not")
	}
	if !has(manager, "/bao-cao/chenh-lech.xlsx?ky=2026") {
		t.Error("the differences lack the stage")
	}
	s.get("/bao-cao/chenh-lech.xlsx?ky=2026", xa).want(t, 403)
}

// With several members the explanation names them to the team; the unit learns
// the mean alone.
func TestExplainTeam(t *testing.T) {
	s, lan, _ := stepsSite(t)
	s.addUser("xa", account.Commune, testUnit)
	s.change(func(d *dossier.Dossier) {
		for m, points := range map[string]string{"lan": "4.5", "minh": "4"} {
			d.Save("province", []dossier.Change{{Code: "1.1.1", Mark: score.NewMark("points", points)}}, m, s.store.Now(), "e"+m)
			d.Sheets = append(d.Sheets, dossier.Sheet{Stage: "province", Member: m, Round: 1})
		}
		d.Conclusions = []dossier.Conclusion{{Stage: "province", Round: 1, Propose: true}}
	})
	url := "/ho-so/2026/" + testUnit + "/giai-thich/1.1.1?stage=province"
	if got := text(s.get(url, lan).want(t, 200).page(t), "main"); !strings.Contains(got, "(4,50 + 4,00) / 2") || !strings.Contains(got, "Người minh") || !strings.Contains(got, "4,25") {
		t.Errorf("to a member: %s", got)
	}
	if got := text(s.get(url, s.signIn("xa")).want(t, 200).page(t), "main"); !strings.Contains(got, "4,25") || strings.Contains(got, "4,50") || strings.Contains(got, "4,00") || strings.Contains(got, "Người minh") || !strings.Contains(got, "2 thành viên") {
		t.Errorf("to the unit: %s", got)
	}
}
