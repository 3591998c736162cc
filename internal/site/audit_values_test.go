package site

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

func TestAuditChangeInWords(t *testing.T) {
	w := &auditWords{
		people: map[string]string{"tham-1": "Nguyễn Văn A", "tham-2": "Trần Thị B"},
		stages: map[string]map[string]string{"2026": {"province": "Thẩm định cấp tỉnh"}},
		bands:  map[string]map[string]string{"2026": {"kha": "Mức Khá"}},
	}
	for _, x := range []struct {
		field, stored string
		want          view.AuditChange
	}{
		{"province/1.1.1", "1.25", view.AuditChange{Field: "Điểm Thẩm định cấp tỉnh, mục 1.1.1", After: "1,25"}},
		{"province/1.1.1", "134/137.5 (xem 2.3)", view.AuditChange{Field: "Điểm Thẩm định cấp tỉnh, mục 1.1.1", After: "134/137,5 (xem 2.3)"}},
		{"province/1.1.1", "na", view.AuditChange{Field: "Điểm Thẩm định cấp tỉnh, mục 1.1.1", After: "không áp dụng"}},
		{"province/?dk1", "false", view.AuditChange{Field: "Thẩm định cấp tỉnh, điều kiện dk1", After: "Không đạt"}},
		{"total/province", "87.84", view.AuditChange{Field: "Tổng điểm Thẩm định cấp tỉnh", After: "87,84"}},
		{"team/province", "tham-1, tham-2, x", view.AuditChange{Field: "Tổ thẩm định Thẩm định cấp tỉnh", After: "Nguyễn Văn A, Trần Thị B, x"}},
		{"sheet/province", "tham-2 #2", view.AuditChange{Field: "Phiếu chấm xong, Thẩm định cấp tỉnh", After: "Trần Thị B, vòng 2"}},
		{"ruling/1.1.1", "rejected", view.AuditChange{Field: "Giải quyết kiến nghị, mục 1.1.1", After: "không chấp nhận"}},
		{"ruling/1.1.1", "0.5", view.AuditChange{Field: "Giải quyết kiến nghị, mục 1.1.1", After: "0,5"}},
		{"self", "82.5", view.AuditChange{Field: "điểm tự chấm sơ bộ", After: "82,5"}},
		{"until", "2026-11-26", view.AuditChange{Field: "hiệu lực đến", After: "26/11/2026"}},
		{"decision", "12/QĐ-UBND 2026-01-20 Lê C", view.AuditChange{Field: "quyết định", After: "12/QĐ-UBND 20/01/2026 Lê C"}},
		{"band", "kha", view.AuditChange{Field: "mức", After: "Mức Khá"}},
		{"codes", "1.1, 2.1", view.AuditChange{Field: "các mục", After: "1.1, 2.1"}},
		{"status", "not-registered", view.AuditChange{Field: "trạng thái", After: "chưa đăng ký"}},
		{"act", "finish-sheet", view.AuditChange{Field: "việc làm", After: "hoàn tất phiếu chấm"}},
	} {
		if diff := cmp.Diff(x.want, w.change("dossiers/2026/07210", audit.Change{Field: x.field, After: x.stored})); diff != "" {
			t.Errorf("%s %s: %s", x.field, x.stored, diff)
		}
	}
}

// Every field that an event may name has a name in words.
func TestEveryAuditFieldHasAName(t *testing.T) {
	field := regexp.MustCompile(`audit\.Change\{\{?Field: "([a-zA-Z_]+)(/?)"`)
	seen := 0
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile("../" + path)
		for _, m := range field.FindAllStringSubmatch(string(text), -1) {
			seen++
			if !vi.Has("audit.field."+m[1]) && !vi.Has("admin.field."+m[1]) && !vi.Has("audit.part."+m[1]) {
				t.Errorf("%s: the field %s has no name", path, m[1])
			}
		}
		return err
	})
	ok(t, err)
	if seen < 30 {
		t.Errorf("found %d fields: the test looks in the wrong place", seen)
	}
}

// The decisions' history speaks in words, like the dossier's own.
func TestDecisionHistoryInWords(t *testing.T) {
	s := yearSite(t)
	ok(t, s.store.Record(t.Context(), audit.Event{ID: "e1", At: testNow, Who: "quan-ly", Action: audit.Moved, Thing: "dossiers/2026/" + testUnit,
		Detail: []audit.Change{{Field: "act", After: "assign"}, {Field: "total/province", After: "87.84"}}}))
	page := s.get("/quan-tri/ky/2026/quyet-dinh/"+testUnit, s.signIn("quan-ly")).want(t, 200)
	for _, want := range []string{vi.Text("audit.field.act") + ": " + vi.Text("act.assign"), "87,84"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the history does not say %q", want)
		}
	}
	if strings.Contains(page.body, "admin.field.") || strings.Contains(page.body, "audit.field.") {
		t.Error("the history shows codes of fields")
	}
}

// A score form that comes back is a matter of dossiers, not of paper forms.
func TestScoreFormIsNotAPaperForm(t *testing.T) {
	u := account.User{Login: "dieutra", Role: account.Surveyor}
	for path, want := range map[string]bool{"/ho-so/2026/07210/nhap-phieu": false, "/tham-dinh/nhap-phieu": false, "/khao-sat/k/nhap-phieu": true, "/phong-van/phieu-giay": true} {
		links := navigation(u, path)
		at := slices.IndexFunc(links, func(l view.Link) bool { return l.Label == vi.Text("plan.paperForms") })
		if at < 0 || links[at].Current != want {
			t.Errorf("%s: %+v, want current %v", path, links, want)
		}
	}
}

// A dossier's comments have the tabs of the dossier, its sheet the workbooks.
func TestDossierPagesLinkEachOther(t *testing.T) {
	s := yearSite(t)
	s.status(testUnit, dossier.Appraisal, "province", "tham-1", "tham-2")
	cookie, at := s.signIn("tham-1"), "/ho-so/2026/"+testUnit
	if tab := s.get(at+"/trao-doi", cookie).want(t, 200).page(t).Find(`nav.tabs [aria-current]`).Text(); tab != vi.Text("home.tabComments") {
		t.Errorf("the tab of the comments is %q", tab)
	}
	sheet := s.get(at+"/cham-diem?cap=province", cookie).want(t, 200).page(t)
	for _, link := range []string{at + "/phieu-cham.xlsx?cap=province", at + "/nhap-phieu", at + "/bang-diem.xlsx"} {
		if sheet.Find(`a[href="`+link+`"]`).Length() != 1 {
			t.Errorf("no link to %s", link)
		}
		s.get(link, cookie).want(t, 200)
	}
	unit := s.get(at+"/cham-diem?cap=province", s.signIn("xa-"+testUnit)).want(t, 200).page(t)
	if unit.Find(`a[href*="phieu-cham.xlsx"]`).Length() != 0 || unit.Find(`a[href$="bang-diem.xlsx"]`).Length() != 1 {
		t.Error("who may not score now is offered the score form, or nobody the scores")
	}
}
