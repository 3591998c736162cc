package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/survey"
)

const exportForm = `id: thu
version: 1
title: Phiếu thử
respondents: [resident]
consent: Đồng ý
scales:
  muc: [{code: "5", label: Rất tốt, value: 100, satisfied: true}, {code: "0", label: Không ý kiến}]
sections:
  - title: Phần 1
    questions:
      - {code: q1, kind: scale, scale: muc, text: Mức nào}
      - {code: q2, kind: multi, options: [{code: a, label: A}, {code: b, label: B}], other: true, text: Những gì}
      - {code: q3, kind: number, text: Bao nhiêu}
      - {code: q4, kind: date, text: Ngày nào}
      - {code: q5, kind: text, text: Ý kiến}
`

// exportBook is a workbook of the given answers, in sheets of so many rows.
func exportBook(t testing.TB, sheetRows int, answers ...map[string]any) []byte {
	t.Helper()
	form, err := survey.Parse([]byte(exportForm), "thu.yaml")
	if err != nil {
		t.Fatal(err)
	}
	book := ResponsesBook{Title: "Dữ liệu thử", Made: time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC), Form: form, Notes: [][2]string{{"Đợt", "thử"}}, Rows: int64(len(answers)), SheetRows: sheetRows}
	book.Each = func(yield func(ExportRow) error) (string, error) {
		for _, a := range answers {
			checked, err := form.Check("resident", a)
			if err != nil {
				t.Fatal(err)
			}
			if err := yield(ExportRow{Unit: "07210", UnitName: "Xã Đồng Mỏ", Group: "Người dân", Channel: "phiếu giấy", Day: 20767, Minutes: 3, Answers: form.Pack(checked)}); err != nil {
				return "", err
			}
		}
		return strings.Repeat("ab", 32), nil
	}
	var out bytes.Buffer
	if err := Responses(&out, book); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var hostileAnswers = []map[string]any{
	{"q1": "5", "q2": []string{"a", "b", "other"}, "q2.other": "=1+1", "q3": 3.5, "q4": "2026-02-03", "q5": "=HYPERLINK(\"x\")"},
	{"q1": "0", "q4": "1850-01-02", "q5": "<b>&amp; _x0041_ \"hai\ndòng\" "},
	{"q5": "+84 912"},
}

// Every answer comes back as it was: numbers as numbers, days as days, texts as
// texts whatever they begin with, after LibreOffice too.
func TestResponsesCells(t *testing.T) {
	data := exportBook(t, 0, hostileAnswers...)
	check := func(name string, f *excelize.File) {
		rows, err := f.GetRows("Dữ liệu")
		if err != nil {
			t.Fatal(err)
		}
		want := [][]string{
			{"stt", "ma_don_vi", "don_vi", "nhom", "kenh", "ngay", "so_phut", "dau_hieu", "da_loai", "q1", "q2", "q2.other", "q3", "q4", "q5"},
			{"1", "07210", "Xã Đồng Mỏ", "Người dân", "phiếu giấy", "10/11/2026", "3", "", "", "5", "a;b;other", "=1+1", "3.5", "03/02/2026", "=HYPERLINK(\"x\")"},
			{"2", "07210", "Xã Đồng Mỏ", "Người dân", "phiếu giấy", "10/11/2026", "3", "", "", "0", "", "", "", "1850-01-02", "<b>&amp; _x0041_ \"hai\ndòng\""},
			{"3", "07210", "Xã Đồng Mỏ", "Người dân", "phiếu giấy", "10/11/2026", "3", "", "", "", "", "", "", "", "+84 912"},
		}
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for _, cell := range []string{"L2", "O2", "O4"} {
			if formula, _ := f.GetCellFormula("Dữ liệu", cell); formula != "" {
				t.Errorf("%s: %s became the formula %s", name, cell, formula)
			}
		}
		if kind, _ := f.GetCellType("Dữ liệu", "M2"); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s: the number is stored as %v", name, kind)
		}
	}
	check("excelize", opened(t, data))
	for _, file := range soffice(t, "xlsx:Calc MS Excel 2007 XML", map[string][]byte{"responses": data}) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		check("LibreOffice", opened(t, data))
	}
}

// No row is lost or doubled where a sheet ends; every sheet has its head and
// its true dimension.
func TestResponsesSplit(t *testing.T) {
	for _, n := range []int{0, 1, 8, 9, 10, 18, 19} {
		var answers []map[string]any
		for i := range n {
			answers = append(answers, map[string]any{"q3": float64(i + 1)})
		}
		data := exportBook(t, 10, answers...)
		f := opened(t, data)
		sheets := f.GetSheetList()[2:]
		if want := max(1, (n+8)/9); len(sheets) != want {
			t.Errorf("%d rows: %d sheets, want %d", n, len(sheets), want)
		}
		next := 1
		for i, name := range sheets {
			rows, err := f.GetRows(name)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) == 0 || rows[0][0] != "stt" {
				t.Fatalf("%d rows: sheet %s lacks its head: %q", n, name, rows)
			}
			for _, row := range rows[1:] {
				if want := fmt.Sprint(next); row[0] != want || row[12] != want {
					t.Errorf("%d rows: %s has row %s with %s, want %s", n, name, row[0], row[12], want)
				}
				next++
			}
			if want := fmt.Sprintf("A1:O%d", len(rows)); !strings.Contains(part(t, data, fmt.Sprintf("xl/worksheets/sheet%d.xml", i+3)), `<dimension ref="`+want+`"`) {
				t.Errorf("%d rows: the dimension of %s is not %s", n, name, want)
			}
		}
		if next != n+1 {
			t.Errorf("%d of %d rows", next-1, n)
		}
	}
}

// A source that yields another number of rows than it promised is refused.
func TestResponsesCount(t *testing.T) {
	form, err := survey.Parse([]byte(exportForm), "thu.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, promised := range []int64{0, 2, 30} {
		book := ResponsesBook{Form: form, Rows: promised, SheetRows: 10}
		book.Each = func(yield func(ExportRow) error) (string, error) {
			checked, err := form.Check("resident", map[string]any{"q1": "5"})
			if err != nil {
				return "", err
			}
			return "", yield(ExportRow{Answers: form.Pack(checked)})
		}
		if err := Responses(io.Discard, book); err == nil {
			t.Errorf("1 row written where %d were promised", promised)
		}
	}
}
