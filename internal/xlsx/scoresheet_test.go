package xlsx

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
)

// testSeal is a seal that tests can make.
func testSeal(text string) string {
	sum := sha256.Sum256([]byte("key" + text))
	return hex.EncodeToString(sum[:])
}

// scoreSet has a leaf of every rule.
const scoreSetText = `id: phieu
version: 3
title: Bộ tiêu chí mẫu
applies_to: [commune]
total: 40
groups:
  - code: "1"
    title: Cải cách hành chính
    max: 25
    criteria:
      - {code: "1.1", title: Thái độ phục vụ, max: 5, na: true, rule: {type: points, step: 0.25}}
      - {code: "1.2", title: Hồ sơ đúng hạn, max: 10, rule: {type: ratio}}
      - code: "1.3"
        title: Công khai
        max: 10
        criteria:
          - {code: 1.3.1, title: Niêm yết, max: 4, na: true, rule: {type: levels, levels: [{code: a, label: "Đủ, đúng", points: 4}, {code: b, label: Thiếu, points: 1.5}, {code: c, label: Thiếu, points: 0}]}}
          - {code: 1.3.2, title: Trang thông tin, max: 6, rule: {type: formula, inputs: [{name: tin, title: Số tin}, {name: loi, title: Số lỗi}], expr: "max - loi + tin * 0"}}
  - code: "2"
    title: Hài lòng
    max: 15
    criteria:
      - {code: "2.1", title: Khảo sát người dân, max: 10, na: true, rule: {type: survey, form: pks01}}
      - {code: "2.2", title: Chỉ số cải cách, max: 5, rule: {type: external, source: Sở Nội vụ}}
  - {code: "3", title: Điểm trừ, kind: penalty, max: -5, criteria: [{code: "3.1", title: Đơn thư quá hạn, rule: {type: count, each: -0.5, min: -5}}]}
conditions: [{code: dk1, title: Không có lãnh đạo bị kỷ luật}]
`

func scoreForms(t testing.TB) ScoreForms {
	set := parse(t, scoreSetText)
	cells := map[string]ScoreCell{
		"1.1": {Mark: score.NewMark("points", "4.5"), Note: "Đã xem sổ\nvà hỏi dân"}, "1.2": {Mark: score.NewMark("numerator", "47", "denominator", "50")},
		"1.3.1": {Mark: score.NewMark("level", "b")}, "1.3.2": {Mark: score.NewMark("tin", "12", "loi", "1")},
		"2.2": {Mark: score.NewMark("value", "81.25")}, "3.1": {Mark: score.NewMark("count", "2")}, "?dk1": {Mark: score.NewMark("met", "true")},
	}
	self := ScoreColumn{Title: "Tự chấm", Texts: map[string]string{"1.1": "5,00", "1.2": "9,40", "?dk1": "Đạt"}}
	return ScoreForms{
		Period: "2026", PeriodTitle: "Kỳ đánh giá năm 2026", Stage: "province", StageTitle: "Tỉnh thẩm định", Member: "lan", MemberName: "Trần Thị Lan",
		Set: set, Seal: testSeal, Made: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC),
		Units: []ScoreForm{
			{Unit: "07210", Name: "Xã Đồng Mỏ", Round: 1, Rev: 12, Cells: cells, Shown: []ScoreColumn{self}},
			{Unit: "07211", Name: "Xã Thượng Nguyễn Khuyến Phong Hải Đông", Round: 2, Rev: 3, Shown: []ScoreColumn{self}},
		},
	}
}

func writeForms(t testing.TB, f ScoreForms) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteScoreForms(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readForms(f ScoreForms, data []byte) (ScoreUpload, error) {
	return ReadScoreForms(data, testSeal, func(id string, version int) (*rubric.Set, error) {
		if id != f.Set.ID || version != f.Set.Version {
			return nil, errors.New("no such set")
		}
		return f.Set, nil
	})
}

// changes lists what the sheets say against what they were exported with.
func changes(up ScoreUpload) []string {
	list := []string{}
	for _, s := range up.Sheets {
		for _, e := range s.Cells {
			if e.Changed() {
				list = append(list, fmt.Sprintf("%s %s: %s (%s) → %s (%s)", s.Unit, e.Code, dossier.Text(e.Base.Mark), e.Base.Note, dossier.Text(e.Now.Mark), e.Now.Note))
			}
		}
	}
	return list
}

// formEdited changes cells of a workbook as a person would.
func formEdited(t testing.TB, data []byte, change func(f *excelize.File)) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	change(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestScoreFormGolden(t *testing.T) {
	golden(t, "scoreform.txt", dump(t, writeForms(t, scoreForms(t))))
}

// TestScoreFormUnchanged: what comes back as it went out changes nothing.
func TestScoreFormUnchanged(t *testing.T) {
	f := scoreForms(t)
	up, err := readForms(f, writeForms(t, f))
	if err != nil {
		t.Fatal(err)
	}
	if got := changes(up); len(got) > 0 || len(up.Notices) > 0 || len(up.Sheets) != 2 || len(up.Sheets[0].Cells) != 8 {
		t.Errorf("changes %q, notices %v, %+v", got, up.Notices, up.Sheets)
	}
	s := up.Stamp
	if s.Period != "2026" || s.Stage != "province" || s.Member != "lan" || s.Units[0].Rev != 12 || s.Units[1].Round != 2 {
		t.Errorf("stamp %+v", s)
	}
}

const formSheet = "Xã Đồng Mỏ"

// rowOf finds the row of a key on a sheet.
func rowOf(t testing.TB, f *excelize.File, sheet, key string) int {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if slices.Contains(row[min(len(row), 9):], key) {
			return i + 1
		}
	}
	t.Fatalf("no row %q", key)
	return 0
}

func TestScoreFormEdited(t *testing.T) {
	forms := scoreForms(t)
	set := func(key, column string, value any) func(*testing.T, *excelize.File) {
		return func(t *testing.T, f *excelize.File) {
			if err := f.SetCellValue(formSheet, fmt.Sprint(column, rowOf(t, f, formSheet, key)), value); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		edit []func(*testing.T, *excelize.File)
		want []string
	}{
		"number":       {[]func(*testing.T, *excelize.File){set("1.1", "F", 3.25)}, []string{"07210 1.1: 4.5 (Đã xem sổ\nvà hỏi dân) → 3.25 (Đã xem sổ\nvà hỏi dân)"}},
		"text comma":   {[]func(*testing.T, *excelize.File){set("1.1", "F", "3,25")}, []string{"07210 1.1: 4.5 (Đã xem sổ\nvà hỏi dân) → 3.25 (Đã xem sổ\nvà hỏi dân)"}},
		"text point":   {[]func(*testing.T, *excelize.File){set("2.2", "F", " 3.5 ")}, []string{"07210 2.2: 81.25 () → 3.5 ()"}},
		"same number":  {[]func(*testing.T, *excelize.File){set("1.1", "F", "4,50")}, []string{}},
		"cleared":      {[]func(*testing.T, *excelize.File){set("3.1", "F", "")}, []string{"07210 3.1: 2 () →  ()"}},
		"ratio":        {[]func(*testing.T, *excelize.File){set("1.2", "G", 60)}, []string{"07210 1.2: 47/50 () → 47/60 ()"}},
		"formula rule": {[]func(*testing.T, *excelize.File){set("1.3.2|loi", "F", 3)}, []string{"07210 1.3.2: 12/1 () → 12/3 ()"}},
		"level":        {[]func(*testing.T, *excelize.File){set("1.3.1", "F", "đủ,  ĐÚNG")}, []string{"07210 1.3.1: b () → a ()"}},
		"twin level":   {[]func(*testing.T, *excelize.File){set("1.3.1", "F", "Thiếu (c)")}, []string{"07210 1.3.1: b () → c ()"}},
		"na":           {[]func(*testing.T, *excelize.File){set("1.1", "H", "x")}, []string{"07210 1.1: 4.5 (Đã xem sổ\nvà hỏi dân) → na (Đã xem sổ\nvà hỏi dân)"}},
		"na and value": {[]func(*testing.T, *excelize.File){set("1.1", "H", "x"), set("1.1", "F", 2)}, []string{"07210 1.1: 4.5 (Đã xem sổ\nvà hỏi dân) → na (Đã xem sổ\nvà hỏi dân)"}},
		"note":         {[]func(*testing.T, *excelize.File){set("2.1", "I", "Ít phiếu")}, []string{"07210 2.1:  () →  (Ít phiếu)"}},
		"condition":    {[]func(*testing.T, *excelize.File){set("?dk1", "F", "KHÔNG đạt")}, []string{"07210 ?dk1: true () → false ()"}},
		"read only":    {[]func(*testing.T, *excelize.File){set("1.1", "B", "Tên khác"), set("1.1", "C", 9)}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			data := formEdited(t, writeForms(t, forms), func(f *excelize.File) {
				for _, e := range c.edit {
					e(t, f)
				}
			})
			up, err := readForms(forms, data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, changes(up)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What spreadsheets and hands do wrong is told at its cell.
func TestScoreFormProblems(t *testing.T) {
	forms := scoreForms(t)
	for name, c := range map[string]struct {
		edit    func(f *excelize.File)
		want    []string
		notices []string
	}{
		"formula": {func(f *excelize.File) { _ = f.SetCellFormula(formSheet, "F7", "=4+0.5") }, []string{"Xã Đồng Mỏ!F7:scoresheet.formula"}, nil},
		"date": {func(f *excelize.File) {
			_ = f.SetCellValue(formSheet, "F7", time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC))
		}, []string{"Xã Đồng Mỏ!F7:scoresheet.date"}, nil},
		"date text": {func(f *excelize.File) { _ = f.SetCellValue(formSheet, "F7", "4/5") }, []string{"Xã Đồng Mỏ!F7:scoresheet.date"}, nil},
		"word":      {func(f *excelize.File) { _ = f.SetCellValue(formSheet, "F7", "bốn") }, []string{"Xã Đồng Mỏ!F7:scoresheet.wantNumber"}, nil},
		"thousands": {func(f *excelize.File) { _ = f.SetCellValue(formSheet, "F8", "1.234") }, []string{"Xã Đồng Mỏ!F8:scoresheet.thousands"}, nil},
		"merged":    {func(f *excelize.File) { _ = f.MergeCell(formSheet, "F7", "F8") }, []string{"Xã Đồng Mỏ!F7:scoresheet.merged", "Xã Đồng Mỏ!F8:scoresheet.merged"}, nil},
		"deleted":   {func(f *excelize.File) { _ = f.RemoveRow(formSheet, 7) }, []string{"Xã Đồng Mỏ!A1:scoresheet.noRow"}, nil},
		"moved":     {func(f *excelize.File) { _ = f.DuplicateRowTo(formSheet, 7, 20); _ = f.RemoveRow(formSheet, 7) }, nil, nil},
		"twice":     {func(f *excelize.File) { _ = f.DuplicateRowTo(formSheet, 7, 20) }, []string{"Xã Đồng Mỏ!A20:scoresheet.rowTwice"}, nil},
		"stray":     {func(f *excelize.File) { _ = f.SetCellValue(formSheet, "F40", 5) }, []string{"Xã Đồng Mỏ!F40:scoresheet.strayRow"}, nil},
		"level":     {func(f *excelize.File) { _ = f.SetCellValue(formSheet, "F10", "Thiếu") }, []string{"Xã Đồng Mỏ!F10:scoresheet.level"}, nil},
		"tick":      {func(f *excelize.File) { _ = f.SetCellValue(formSheet, "H7", "chắc vậy") }, []string{"Xã Đồng Mỏ!H7:scoresheet.tick"}, nil},
		"not here":  {func(f *excelize.File) { _ = f.SetCellValue(formSheet, "H8", "x") }, []string{"Xã Đồng Mỏ!H8:score.naForbidden"}, nil},
		"survey":    {func(f *excelize.File) { _ = f.SetCellValue(formSheet, "F15", 5) }, []string{"Xã Đồng Mỏ!F15:scoresheet.surveyCell"}, nil},
		"long note": {func(f *excelize.File) { _ = f.SetCellValue(formSheet, "I7", strings.Repeat("a", dossier.MaxNote+1)) }, []string{"Xã Đồng Mỏ!I7:dossier.note"}, nil},
		"renamed":   {func(f *excelize.File) { _ = f.SetSheetName(formSheet, "Trang của tôi") }, nil, nil},
		"extra":     {func(f *excelize.File) { _, _ = f.NewSheet("Nháp"); _ = f.SetCellValue("Nháp", "A1", 5) }, nil, []string{"scoresheet.extraSheet"}},
		"gone":      {func(f *excelize.File) { _ = f.DeleteSheet(formSheet) }, nil, []string{"scoresheet.noSheet"}},
		"columns":   {func(f *excelize.File) { _ = f.RemoveCol(formSheet, "E"); _ = f.RemoveCol(formSheet, "D") }, []string{"Xã Đồng Mỏ!A5:scoresheet.layout"}, nil},
		"copied": {func(f *excelize.File) {
			i, _ := f.NewSheet("Bản sao")
			from, _ := f.GetSheetIndex(formSheet)
			_ = f.CopySheet(from, i)
		}, []string{"Bản sao!A5:scoresheet.sheetTwice"}, nil},
		"stamp": {func(f *excelize.File) {
			v, _ := f.GetCellValue(stampSheet, "A3")
			_ = f.SetCellValue(stampSheet, "A3", strings.Replace(v, "province", "district", 1))
		}, []string{":scoresheet.stampEdited"}, nil},
		"no stamp": {func(f *excelize.File) { _ = f.DeleteSheet(stampSheet) }, []string{":scoresheet.noStamp"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			up, err := readForms(forms, formEdited(t, writeForms(t, forms), c.edit))
			var got, notices []string
			if f, ok := errors.AsType[*fault.Error](err); ok {
				for _, p := range f.Problems {
					got = append(got, p.Path+":"+p.Key)
				}
				if len(f.Problems) == 0 {
					got = append(got, ":"+f.Key)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			for _, p := range up.Notices {
				notices = append(notices, p.Key)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.notices, notices); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
			if len(c.want) == 0 && len(changes(up)) > 0 {
				t.Errorf("changes %q", changes(up))
			}
		})
	}
}

// A form edited in LibreOffice (its own format, one value and one note changed)
// and saved as a workbook again says exactly these changes.
func TestScoreFormEditedInLibreOffice(t *testing.T) {
	forms := scoreForms(t)
	flat, err := os.ReadFile(soffice(t, "fods", map[string][]byte{"phieu": writeForms(t, forms)})["phieu"])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{`office:value="4.5"`, `office:value="3.75"`}, {"Thiếu (b)</text:p>", "Đủ, đúng</text:p>"}} {
		if bytes.Count(flat, []byte(c[0])) == 0 {
			t.Fatalf("%s does not stand in LibreOffice's file", c[0])
		}
		flat = bytes.Replace(flat, []byte(c[0]), []byte(c[1]), 1)
	}
	data, err := os.ReadFile(soffice(t, "xlsx:Calc MS Excel 2007 XML", map[string][]byte{"phieu": flat})["phieu"])
	if err != nil {
		t.Fatal(err)
	}
	up, err := readForms(forms, data)
	if err != nil {
		t.Fatal(err)
	}
	if len(up.Sheets) != 2 || len(up.Notices) > 0 {
		t.Errorf("%d sheets, notices %v", len(up.Sheets), up.Notices)
	}
	note := "(Đã xem sổ\nvà hỏi dân)"
	want := []string{"07210 1.1: 4.5 " + note + " → 3.75 " + note, "07210 1.3.1: b () → a ()"}
	if diff := cmp.Diff(want, changes(up)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
