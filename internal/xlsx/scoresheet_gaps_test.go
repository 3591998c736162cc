package xlsx

import (
	"bytes"
	"os"
	"testing"
	"time"

	"thanthien/internal/rubric"
)

func sampleGaps() DifferenceReport {
	n := rubric.Frac
	return DifferenceReport{
		Head: sampleReport(0, false).Head, Period: "Kỳ đánh giá năm 2026", Criteria: "Bộ tiêu chí và thang điểm (mẫu)", Decimals: 2, Made: time.Date(2026, 12, 4, 3, 0, 0, 0, time.UTC),
		Units: []UnitGap{
			{Code: "07210", Unit: "Xã Thượng Nguyễn Khuyến Phong Hải Đông", Parent: "Cụm Bắc", Stage: "Tỉnh thẩm định", Self: n(9525, 100), Given: n(8710, 100), Lowered: 7, Raised: 1, Unproved: 2},
			{Code: "07211", Unit: "Xã Đồng Mỏ", Parent: "Cụm Bắc", Stage: "Tỉnh thẩm định", Self: n(88, 1), Given: n(8905, 100), Raised: 2},
		},
		Teams:    []TeamGap{{Stage: "Tỉnh thẩm định", Members: "Trần Thị Lan, Nguyễn Văn Minh", Dossiers: 2, Self: n(18325, 200), Given: n(17615, 200), Lowered: 7, Raised: 3, Unproved: 2, Proposed: 1, NotProposed: 1}},
		Leaves:   []LeafGap{{Code: "1.1", Title: "Niêm yết thủ tục hành chính", Stage: "Tỉnh thẩm định", Max: n(5, 1), Units: 3, Self: n(14, 3), Given: n(25, 6), Lowered: 2, Unproved: 1}},
		Unproved: []Unproved{{Code: "07210", Unit: "Xã Thượng Nguyễn Khuyến Phong Hải Đông", Leaf: "1.1", Title: "Niêm yết thủ tục hành chính", Stage: "Tỉnh thẩm định", Points: n(5, 1), Note: "Đã xem sổ gốc"}},
	}
}

func writeGaps(t testing.TB, r DifferenceReport) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Differences(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDifferencesGolden(t *testing.T) {
	golden(t, "differences.txt", dump(t, writeGaps(t, sampleGaps())))
}

// Gaps are live formulas that give what is stored; a report of nothing opens too.
func TestDifferencesRecalculated(t *testing.T) {
	books := map[string][]byte{"gaps": writeGaps(t, sampleGaps()), "none": writeGaps(t, DifferenceReport{Head: sampleReport(0, false).Head})}
	for name, file := range soffice(t, "xlsx:Calc MS Excel 2007 XML", books) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := compareFormulas(t, name, opened(t, books[name]), opened(t, data)); name == "gaps" && n != 4 {
			t.Errorf("%d formulas were compared, want 4", n)
		}
	}
}
