package site

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"thanthien/internal/account"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/xlsx"
)

// edited returns a workbook made from the set as it is, changed by hand: the
// stamp stays that of the set.
func edited(tb testing.TB, set *rubric.Set, changes ...string) []byte {
	tb.Helper()
	var b bytes.Buffer
	ok(tb, xlsx.WriteCriteria(&b, set))
	return replaceInBook(tb, b.Bytes(), changes...)
}

// A workbook goes into a draft after a preview in words; nothing is written
// before, nothing twice, and never over someone else's change.
func TestBookIntoDraft(t *testing.T) {
	s := emptySite(t)
	m := s.as(account.Manager)
	set, path := s.draftFrom(t, "mau-than-thien-bg@1.yaml")
	page := strings.TrimSuffix(path, "/soan")
	m.open(page+"/nhap").want(t, 200)
	title := set.Groups[0].Title
	book := edited(t, set, title, title+" (đã sửa)")

	same := m.sendFile(page+"/nhap", "bo.xlsx", edited(t, set)).want(t, 200).page(t)
	if got := text(same, ".empty"); !strings.Contains(got, "giống hệt") || same.Find("form[action$='/ghi']").Length() != 0 {
		t.Errorf("an unchanged workbook says %q", got)
	}
	doc := m.sendFile(page+"/nhap", "bo.xlsx", book).want(t, 200).page(t)
	if got := text(doc, "table tbody"); !strings.Contains(got, "(đã sửa)") {
		t.Errorf("the preview says %q", got)
	}
	if v, err := s.store.SetVersion(t.Context(), set.ID, 1); err != nil || strings.Contains(v.YAML, "đã sửa") {
		t.Fatalf("the preview wrote, %v", err)
	}
	form := sentBy(t, doc, "form[action$='/ghi']")
	write := func() answer {
		return m.submit(page+"/ghi", "du-lieu", form.Get("du-lieu"), "phien-ban", form.Get("phien-ban"))
	}
	write().want(t, 303)
	now, err := s.store.Set(t.Context(), set.ID, 1)
	ok(t, err)
	if now.Groups[0].Title != title+" (đã sửa)" {
		t.Errorf("stored %q", now.Groups[0].Title)
	}
	write().want(t, 409) // the same preview again is one of an older draft

	// The stamp of the first workbook is stale now.
	doc = m.sendFile(page+"/nhap", "bo.xlsx", edited(t, set, set.Groups[1].Title, "Tên nhóm khác hẳn")).want(t, 409).page(t)
	if got := text(doc, "main"); !strings.Contains(got, "bản cũ") || !strings.Contains(got, "Tên nhóm khác hẳn") || doc.Find("form[action$='/ghi']").Length() != 0 {
		t.Errorf("a stale workbook says %q", got)
	}
	unchanged, err := s.store.Set(t.Context(), set.ID, 1)
	if err != nil || !unchanged.Equal(now) {
		t.Errorf("a stale workbook was written, %v", err)
	}

	// Mistakes name their cells; other files are told apart.
	doc = m.sendFile(page+"/nhap", "bo.xlsx", edited(t, now, now.Groups[0].Criteria[0].Code, "mã sai")).want(t, 422).page(t)
	if got := text(doc, "table.problems"); !strings.Contains(got, "!") || !strings.Contains(got, "không hợp lệ") {
		t.Errorf("the problems are %q", got)
	}
	other, _ := s.draftFrom(t, "mau-than-thien-dn@1.yaml")
	if got := errorTexts(t, m.sendFile(page+"/nhap", "bo.xlsx", edited(t, other)).want(t, 422)); !strings.Contains(got, "mau-than-thien-dn@1") {
		t.Errorf("another set's workbook: %q", got)
	}
	for name, data := range map[string]string{"bo.yaml": "id: x\n", "bo.xlsx": "PK\x03\x04 không phải", "trong.xlsx": ""} {
		if got := m.sendFile(page+"/nhap", name, []byte(data)).StatusCode; got != 422 && got != 415 {
			t.Errorf("%s: status %d", name, got)
		}
	}
	m.submit(page+"/ghi", "du-lieu", "id: [", "phien-ban", "2").want(t, 422)
	m.submit(page+"/ghi", "du-lieu", strings.Replace(form.Get("du-lieu"), set.ID, "khac", 1), "phien-ban", "2").want(t, 422)
	if v, err := s.store.SetVersion(t.Context(), set.ID, 1); err != nil || v.State != store.Draft {
		t.Errorf("%+v, %v", v.State, err)
	}
}

// replaceInBook replaces texts in the shared strings and sheets of a workbook.
func replaceInBook(tb testing.TB, book []byte, changes ...string) []byte {
	tb.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	ok(tb, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		ok(tb, err)
		data, err := io.ReadAll(r)
		ok(tb, err)
		if strings.HasPrefix(f.Name, "xl/") && strings.HasSuffix(f.Name, ".xml") {
			for i := 0; i+1 < len(changes); i += 2 {
				data = bytes.ReplaceAll(data, []byte(">"+changes[i]+"<"), []byte(">"+changes[i+1]+"<"))
			}
		}
		part, err := w.Create(f.Name)
		ok(tb, err)
		_, err = part.Write(data)
		ok(tb, err)
	}
	ok(tb, w.Close())
	return out.Bytes()
}
