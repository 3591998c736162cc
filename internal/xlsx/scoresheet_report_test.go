package xlsx

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/rubric"
	"thanthien/internal/score"
)

// reportSet has what makes a total hard: nested nodes, leaves that may not
// apply, bonus, penalty and a cap.
const reportSet = `id: bang
version: 1
title: Bộ tiêu chí và thang điểm đánh giá chính quyền thân thiện (mẫu)
applies_to: [commune]
total: 30
max_total: 30
not_applicable: rescale
groups:
  - code: "1"
    title: Cải cách hành chính
    max: 18
    criteria:
      - {code: "1.1", title: Thái độ phục vụ, max: 5, na: true, rule: {type: points}}
      - code: "1.2"
        title: Công khai, minh bạch
        max: 10
        criteria:
          - {code: 1.2.1, title: Niêm yết thủ tục hành chính tại bộ phận một cửa và nhà văn hóa thôn, max: 4, na: true, rule: {type: points}}
          - {code: 1.2.2, title: Trang thông tin, max: 6, rule: {type: points}}
      - {code: "1.3", title: Đúng hạn, max: 3, rule: {type: ratio}}
  - {code: T, title: Thưởng, kind: bonus, max: 2, criteria: [{code: T.1, title: Sáng kiến, max: 3, na: true, rule: {type: points}}]}
  - {code: "2", title: Hài lòng, max: 12, criteria: [{code: "2.1", title: Ý kiến người dân, max: 12, rule: {type: points}}]}
  - {code: P, title: Vi phạm, kind: penalty, max: -2, criteria: [{code: P.1, title: Đơn quá hạn, rule: {type: count, each: -0.75, min: -6}}]}
conditions: [{code: dk1, title: Không có lãnh đạo bị kỷ luật}]
recognition: {min_total: 20, conditions: all, bands: [{code: dat, title: Đạt chuẩn, min: 20}]}
`

// reportOf scores units: each text is the marks of self and of the province.
func reportOf(set *rubric.Set, units ...[]string) ScoreReport {
	r := ScoreReport{
		Head:   sampleReport(0, false).Head,
		Period: "Kỳ đánh giá năm 2026", Set: set, Stages: []string{"Tự chấm", "Tỉnh thẩm định"}, Made: time.Date(2026, 12, 4, 3, 0, 0, 0, time.UTC),
	}
	for i, stages := range units {
		u := ScoreReportUnit{
			Code: names[i], Name: names[i%len(names)],
			Papers: map[string]string{"1.1": "Sổ theo dõi số 12/QĐ-UBND (15/3/2026); ảnh chụp bộ phận một cửa"}, Notes: map[string]string{"1.1": "Hạ điểm: thiếu sổ góp ý"},
		}
		for _, text := range stages {
			m := score.UnitMarks{Unit: u.Code, Marks: map[string]score.Mark{}, Conditions: map[string]bool{"dk1": true}}
			for _, f := range strings.Fields(text) {
				code, value, _ := strings.Cut(f, "=")
				leaf, _ := set.Leaf(code)
				switch {
				case value == "-":
					m.Marks[code] = score.NotApplicable()
				case leaf.Rule.Type == rubric.RuleRatio:
					m.Marks[code] = score.NewMark("numerator", value, "denominator", "3")
				default:
					m.Marks[code] = score.NewMark(leaf.Rule.InputNames()[0], value)
				}
			}
			u.Stages = append(u.Stages, ScoreReportStage{Seen: text != "", Result: score.Score(set, m, nil), Met: m.Conditions})
		}
		r.Units = append(r.Units, u)
	}
	return r
}

func sampleScores(t testing.TB) ScoreReport {
	return reportOf(parse(t, reportSet),
		[]string{"1.1=5 1.2.1=4 1.2.2=6 1.3=2 T.1=3 2.1=11.25 P.1=0", "1.1=3.5 1.2.1=- 1.2.2=5.55 1.3=2 T.1=2.5 2.1=9.45 P.1=1"},
		[]string{"1.1=- 1.2.1=- 1.2.2=3.33 1.3=1 T.1=- 2.1=7 P.1=9", "1.1=1 1.2.1=2 1.2.2=2 1.3=1 2.1=7 P.1=9"},
		[]string{"1.1=5 1.2.2=6", ""},
	)
}

func writeScores(t testing.TB, r ScoreReport) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := ScoreSheets(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestScoreSheetsGolden(t *testing.T) {
	golden(t, "scoresheet.txt", dump(t, writeScores(t, sampleScores(t))))
}

// LibreOffice works every formula out anew and finds what is stored, in every
// way of treating what does not apply.
func TestScoreSheetsRecalculated(t *testing.T) {
	books := map[string][]byte{}
	for _, mode := range []string{rubric.Rescale, rubric.Zero, rubric.Full} {
		r := sampleScores(t)
		set := parse(t, strings.Replace(reportSet, "not_applicable: rescale", "not_applicable: "+mode, 1))
		books[mode] = writeScores(t, reportOf(set,
			[]string{"1.1=5 1.2.1=4 1.2.2=6 1.3=2 T.1=3 2.1=11.25 P.1=0", "1.1=- 1.2.1=- 1.2.2=5.55 1.3=2 T.1=- 2.1=9.45 P.1=1"},
			[]string{"1.1=- 1.2.1=- 1.2.2=3.33 1.3=1 T.1=- 2.1=7 P.1=9", ""}))
		if mode == rubric.Rescale {
			books["sample"] = writeScores(t, r)
		}
	}
	for name, file := range soffice(t, "xlsx:Calc MS Excel 2007 XML", books) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := compareFormulas(t, name, opened(t, books[name]), opened(t, data)); n < 20 {
			t.Errorf("%s: only %d formulas were compared", name, n)
		}
	}
}

// A total that the formulas would not give is refused; sheet names are unique
// and short enough.
func TestScoreSheetsChecked(t *testing.T) {
	r := sampleScores(t)
	r.Units[0].Stages[1].Result.Total++
	if err := ScoreSheets(&bytes.Buffer{}, r); err == nil {
		t.Error("a wrong total is written")
	}
	taken := map[string]bool{}
	for _, c := range [][3]string{
		{"Xã Thượng Nguyễn Khuyến Phong Hải Đông", "07211", "Xã Thượng Nguyễn Khuyến Phong H"}, {"Xã Thượng Nguyễn Khuyến Phong Hải Tây", "07212", "Xã Thượng Nguyễn Khuyến P 07212"},
		{"Phường 1/2 [mới]", "a", "Phường 1 2  mới"}, {"", "07213", "07213"},
	} {
		if got := sheetName(c[0], c[1], taken); got != c[2] || len([]rune(got)) > excelize.MaxSheetNameLength {
			t.Errorf("%s: %q, want %q", c[0], got, c[2])
		}
	}
}
