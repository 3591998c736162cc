package site

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"thanthien/criteria"
	"thanthien/internal/account"
	"thanthien/internal/store"
)

const smallSet = `id: nho
version: 1
title: "Bộ <script>alert(1)</script> nhỏ"
applies_to: [commune]
total: 10
groups:
  - code: "1"
    title: Nhóm một
    max: 10
    criteria:
      - {code: "1.1", title: Việc một, max: 4, rule: {type: points, step: 0.5}}
      - {code: "1.2", title: Việc hai, max: 6, rule: {type: ratio, zero_at: 50}}
recognition:
  min_total: 8
  bands: [{code: dat, title: Đạt, min: 8}]
`

// A file with many mistakes lists them all, with their lines; nothing is kept.
func TestLibraryImportProblems(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	broken := strings.NewReplacer("max: 10", "max: 11", "code: \"1.2\"", "code: \"1.1\"", "type: ratio", "type: tile", "min: 8}", "min: 80}").Replace(smallSet)
	doc := m.sendFile("/quan-tri/bo-tieu-chi/nhap", "sai.yaml", []byte(broken)).want(t, 422).page(t)
	rows := doc.Find("table.problems tbody tr")
	if rows.Length() < 4 {
		t.Errorf("%d problems listed: %s", rows.Length(), text(doc, "table.problems"))
	}
	if got := text(doc, "table.problems"); !strings.Contains(got, "11") || strings.Contains(got, "rubric.") {
		t.Errorf("problems: %s", got)
	}
	for name, data := range map[string]string{"rong.yaml": "", "chu.yaml": "a: [", "form.yaml": "id: x", "sach.xlsx": "PK\x03\x04xxxx", "sach.docx": "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"} {
		if got := m.sendFile("/quan-tri/bo-tieu-chi/nhap", name, []byte(data)); got.StatusCode != 422 && got.StatusCode != 415 {
			t.Errorf("%s: status %d", name, got.StatusCode)
		}
	}
	m.submit("/quan-tri/bo-tieu-chi/nhap").want(t, 422)
	m.submit("/quan-tri/bo-tieu-chi/mau", "mau", "../../etc/passwd").want(t, 404)
	if list, err := s.store.SetVersions(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("stored %+v, %v", list, err)
	}
	form := m.sendFile("/quan-tri/phieu/nhap", "p.yaml", []byte("id: a b\nversion: 0\ntitle: x\n")).want(t, 422).page(t)
	if form.Find("table.problems tbody tr").Length() < 2 {
		t.Errorf("form problems: %s", text(form, "table.problems"))
	}
}

// A draft is imported, edited with checks, issued, frozen, retired and copied.
func TestLibraryLife(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	m.follow(m.sendFile("/quan-tri/bo-tieu-chi/nhap", "nho.yaml", []byte(smallSet)))
	if got := m.sendFile("/quan-tri/bo-tieu-chi/nhap", "nho.yaml", []byte(smallSet)).want(t, 303).Header.Get("Location"); !strings.HasSuffix(got, "?xong=same") {
		t.Errorf("the same file again leads to %s", got)
	}
	m.sendFile("/quan-tri/bo-tieu-chi/nhap", "nho.yaml", []byte(strings.Replace(smallSet, "Việc một", "Việc khác", 1))).want(t, 409)
	const page = "/quan-tri/bo-tieu-chi/nho/1"
	doc := m.open(page).want(t, 200).page(t)
	if doc.Find("main script").Length() != 0 || !strings.Contains(text(doc, "h1"), "<script>") {
		t.Error("the title is not shown as text")
	}
	if got := text(doc, ".tree"); !strings.Contains(got, "Chấm từ 0 đến 4 điểm.") || !strings.Contains(got, "Từ 50 % (0 điểm) đến 100 % (6 điểm)") {
		t.Errorf("rules in words: %s", got)
	}
	m.submit(page+"/ngung").want(t, 409) // a draft

	edit := m.open(page+"/sua").want(t, 200).page(t)
	version, _ := edit.Find("input[name=phien-ban]").Attr("value")
	typed := "# Ghi chú của tôi\n" + strings.Replace(smallSet, "max: 4", "max: 5", 1)
	bad := m.submit(page+"/sua", "yaml", strings.ReplaceAll(typed, "\n", "\r\n"), "phien-ban", version, "viec", "luu").want(t, 422).page(t)
	if got := strings.TrimPrefix(bad.Find("textarea#yaml").Text(), "\n"); got != typed {
		t.Errorf("the typed text came back as %q", got)
	}
	if got := text(bad, "table.problems td.num"); got == "" {
		t.Error("no line numbers")
	}
	typed = strings.Replace(strings.Replace(typed, "max: 5", "max: 3", 1), "max: 6", "max: 7", 1)
	if got := text(m.submit(page+"/sua", "yaml", typed, "phien-ban", version, "viec", "kiem-tra").want(t, 200).page(t), ".notice.good"); !strings.Contains(got, "Không có chỗ nào sai") {
		t.Errorf("check says %q", got)
	}
	if v, err := s.store.SetVersion(t.Context(), "nho", 1); err != nil || strings.Contains(v.YAML, "Ghi chú") {
		t.Errorf("checking alone saved the draft, %v", err)
	}
	m.submit(page+"/sua", "yaml", strings.Replace(typed, "id: nho", "id: khac", 1), "phien-ban", version).want(t, 422)
	m.submit(page+"/sua", "yaml", typed, "phien-ban", version).want(t, 303)
	m.submit(page+"/sua", "yaml", typed+"\n", "phien-ban", version).want(t, 412)

	if got := errorTexts(t, m.submit(page+"/ban-hanh", "so", "", "ngay", "32/13/2026").want(t, 422)); !strings.Contains(got, "Số quyết định không được bỏ trống") {
		t.Errorf("issuing without a number: %q", got)
	}
	for range 2 {
		m.submit(page+"/ban-hanh", "so", "54/2026/QĐ-UBND", "ngay", "7/11/2026").want(t, 303)
	}
	v, err := s.store.SetVersion(t.Context(), "nho", 1)
	ok(t, err)
	set, err := s.store.Set(t.Context(), "nho", 1)
	ok(t, err)
	if v.State != store.Issued || set.Decision == nil || set.Decision.Number != "54/2026/QĐ-UBND" || set.Decision.Date != "2026-11-07" {
		t.Errorf("issued %+v with decision %+v", v, set.Decision)
	}
	m.open(page+"/sua").want(t, 409)
	m.submit(page+"/sua", "yaml", typed, "phien-ban", "3").want(t, 409)
	if got := m.open(page+"/yaml").want(t, 200); got.body != v.YAML || !strings.Contains(got.Header.Get("Content-Disposition"), "nho@1.yaml") {
		t.Error("the download is not the stored text")
	}
	m.submit(page+"/ngung").want(t, 303)
	if got := m.open("/quan-tri/ky/moi").want(t, 200).page(t).Find("#set option[value='nho@1']").Length(); got != 0 {
		t.Error("a retired set is offered for new periods")
	}
	m.submit(page+"/ngung", "viec", "dung-lai").want(t, 303)
	m.submit(page+"/chep", "ma", "nho-moi").want(t, 303)
	m.submit(page+"/chep").want(t, 303)
	m.submit(page+"/chep", "ma", "Bộ mới").want(t, 422)
	for _, want := range []struct {
		id string
		n  int
	}{{"nho-moi", 1}, {"nho", 2}} {
		copied, err := s.store.Set(t.Context(), want.id, want.n)
		if err != nil || copied.Decision != nil {
			t.Errorf("copy %v: %v", want, err)
		}
	}
}

// A workbook of a set comes back as the same set.
func TestLibraryWorkbook(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	m.submit("/quan-tri/bo-tieu-chi/mau", "mau", "mau-dan-van-co-quan@1").want(t, 303)
	book := m.open("/quan-tri/bo-tieu-chi/mau-dan-van-co-quan/1/bang.xlsx").want(t, 200)
	if got := m.sendFile("/quan-tri/bo-tieu-chi/nhap", "bo.xlsx", []byte(book.body)).want(t, 303).Header.Get("Location"); !strings.HasSuffix(got, "?xong=same") {
		t.Errorf("the workbook is not the same set: %s", got)
	}
}

// Every sample can be added and shown.
func TestEverySample(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	for kind, files := range map[string]fs.FS{"bo-tieu-chi": criteria.Sets(), "phieu": criteria.Forms()} {
		names, err := fs.Glob(files, "*.yaml")
		if err != nil || len(names) < 6 {
			t.Fatalf("%s: %v, %v", kind, names, err)
		}
		for _, name := range names {
			ref := strings.TrimSuffix(name, ".yaml")
			doc := m.follow(m.submit("/quan-tri/"+kind+"/mau", "mau", ref)).page(t)
			if doc.Find("main .notice.warn").Length() != 0 {
				t.Errorf("%s: %s", ref, text(doc, "main .notice.warn"))
			}
			if kind == "phieu" && doc.Find("fieldset legend").Length() < 5 {
				t.Errorf("%s shows %d questions", ref, doc.Find("fieldset legend").Length())
			}
		}
		if got := m.open("/quan-tri/"+kind).want(t, 200).page(t).Find("form[action$='/mau']").Length(); got != 0 {
			t.Errorf("%s: %d samples can be added again", kind, got)
		}
	}
	m.submit("/quan-tri/phieu/pks07/1/chep", "ma", "hai-long-tinh").want(t, 303)
	m.submit("/quan-tri/phieu/hai-long-tinh/1/ban-hanh").want(t, 303)
	form, err := s.store.Form(t.Context(), "hai-long-tinh", 1)
	if err != nil || form.QuestionCount() == 0 {
		t.Errorf("copied form: %v", err)
	}
}

// An import of units lists every problem by row and column, and writes nothing.
func TestUnitImportProblems(t *testing.T) {
	s := newSite(t)
	m := s.as(account.Manager)
	before, err := s.store.Units(t.Context())
	ok(t, err)
	var b strings.Builder
	b.WriteString("code,name,level,parent,valid_from\n")
	for i := range 40 {
		fmt.Fprintf(&b, "M%02d,Xã thử %d,commune,27,\n", i, i)
	}
	b.WriteString("bad code!,Xã A,commune,27,\nM01,Xã B,commune,27,\nM50,,commune,27,\nM51,Xã C,làng,27,\nM52,Xã D,commune,99,\nM53,Xã E,commune,27,31/02/2026\n")
	doc := m.sendFile("/quan-tri/don-vi/nhap", "sai.csv", []byte(b.String())).want(t, 422).page(t)
	rows := doc.Find("table.problems tbody tr")
	if rows.Length() != 6 {
		t.Fatalf("%d problems, want 6: %s", rows.Length(), text(doc, "table.problems"))
	}
	for i, want := range []string{"42 code Mã “bad code!” không hợp lệ", "43 code Mã M01 đã có", "44 name Chưa ghi tên", "45 level Không hiểu cấp “làng”", "46 parent Không có đơn vị cấp trên mang mã “99”", "47 valid_from Không hiểu ngày “31/02/2026”"} {
		cells := rows.Eq(i).Find("td").Map(func(_ int, cell *goquery.Selection) string { return cell.Text() })
		if got := strings.Join(cells, " "); !strings.HasPrefix(got, want) {
			t.Errorf("row %d: %q, want %q", i, got, want)
		}
	}
	m.submit("/quan-tri/don-vi/ghi", "du-lieu", b.String()).want(t, 422) // sent past the preview
	m.submit("/quan-tri/don-vi/nhap").want(t, 422)
	m.sendFile("/quan-tri/don-vi/nhap", "rong.csv", nil).want(t, 422)
	if got := m.sendFile("/quan-tri/don-vi/nhap", "gia.xlsx", []byte("PK\x03\x04 khong phai bang tinh")).StatusCode; got != 422 && got != 415 {
		t.Errorf("a false workbook: %d", got)
	}
	after, err := s.store.Units(t.Context())
	if err != nil || len(after) != len(before) {
		t.Errorf("%d units, before %d; %v", len(after), len(before), err)
	}
	preview := m.sendFile("/quan-tri/don-vi/nhap", "doi.csv", []byte("code;name;level;parent\n07211;Xã <b>Đồng Mỏ Mới</b>;commune;27\n07212;Xã Tân Sơn;commune;27\n")).want(t, 200).page(t)
	if got := text(preview, "main h2"); got != "doi.csv: thêm 0, thay đổi 1, giữ nguyên 1" || preview.Find("td b").Length() != 0 {
		t.Errorf("preview %q", got)
	}
	if got := text(preview, "tbody"); !strings.Contains(got, "đang là: tên: Xã Đồng Mỏ") {
		t.Errorf("preview row %q", got)
	}
}

func TestUnitList(t *testing.T) {
	s := newSite(t)
	m := s.as(account.Manager)
	for query, want := range map[string]int{"": 11, "?q=dong+mo": 1, "?q=tinh+minh+hoa": 11, "?cap=province": 1, "?cap=commune&q=phuong": 4, "?q=khong+co": 0, "?trang=99": 11, "?cap=x": 0} {
		if got := m.open("/quan-tri/don-vi"+query).want(t, 200).page(t).Find("tbody tr").Length(); got != want {
			t.Errorf("%s: %d rows, want %d", query, got, want)
		}
	}
	doc := m.open("/quan-tri/don-vi?cap=commune&sap=-ten").want(t, 200).page(t)
	if got := text(doc, "tbody tr:first-child td:nth-child(2)"); got != "Xã Yên Định" {
		t.Errorf("last name first: %q", got)
	}
	if got := doc.Find("th[aria-sort=descending] a").AttrOr("href", ""); got != "/quan-tri/don-vi?cap=commune&sap=ten" {
		t.Errorf("the heading leads to %q", got)
	}
}
