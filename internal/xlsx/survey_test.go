package xlsx

import (
	"bytes"
	"testing"
	"time"
)

func surveySample() SurveyReport {
	return SurveyReport{
		Head: Head{Superior: "UBND TỈNH MINH HỌA", Agency: "SỞ NỘI VỤ", Number: "/BC-SNV", Place: "Minh Họa", Date: time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)},
		Made: time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC), Notes: []string{"Bản đầy đủ"},
		Campaigns: []SurveyCampaign{{
			Title: "Khảo sát 2026", Lines: []string{"Phiếu (pks07@1)"},
			Units:     [][]any{{"Xã Đồng Mỏ", int64(120), int64(286), 83.94, 80.11, 87.02, "chưa đủ mẫu"}, {"=cmd|' /C calc'!A0", "ẩn", "", "", "", "", ""}},
			Groups:    [][]any{{"Xã Đồng Mỏ", "Người dân", int64(100), int64(200), 84.0, 80.5, 87.5}},
			Whole:     [][]any{{"q1. Hài lòng", "Rất hài lòng", int64(60), 50.0}},
			Questions: [][]any{{"Xã Đồng Mỏ", "q1. Hài lòng", "Rất hài lòng", int64(60), 50.0}},
			Flags:     [][]any{{"Xã Đồng Mỏ", int64(1), int64(0), int64(0), int64(2), int64(3)}},
		}},
	}
}

// The report and a table of texts hold what they were given; a text that
// begins like a formula stays text.
func TestSurveyGolden(t *testing.T) {
	var b bytes.Buffer
	if err := Survey(&b, surveySample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "survey.txt", dump(t, b.Bytes()))
	for _, name := range opened(t, b.Bytes()).GetSheetList() {
		rows, err := opened(t, b.Bytes()).GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j := range row {
				if f, err := opened(t, b.Bytes()).GetCellFormula(name, at(i+1, j+1)); err != nil || f != "" {
					t.Errorf("%s!%s is the formula %q, %v", name, at(i+1, j+1), f, err)
				}
			}
		}
	}
}
