package xlsx

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/rubric"
	"thanthien/internal/score"
)

const replaySet = `id: cu
version: 1
title: Bộ cũ
applies_to: [commune]
total: 10
groups: [{code: "1", title: g, max: 10, criteria: [{code: "1.1", title: Tiêu chí, max: 10, rule: {type: points}}]}]
recognition: {min_total: 6, bands: [{code: tot, title: Tốt, min: 9}, {code: dat, title: Đạt, min: 6}]}
`

func replayBook(t *testing.T) []byte {
	t.Helper()
	old, err := rubric.Parse([]byte(replaySet), "cu")
	if err != nil {
		t.Fatal(err)
	}
	c := old.Clone()
	floor := rubric.Int(8)
	c.Recognition.MinTotal, c.Recognition.Bands[1].Min = &floor, floor
	draft, err := rubric.New(c)
	if err != nil {
		t.Fatal(err)
	}
	var before, after []score.Result
	for i, points := range []string{"9.5", "7.25", "5", ""} {
		m := score.UnitMarks{Unit: string(rune('a' + i)), Marks: map[string]score.Mark{}}
		if points != "" {
			m.Marks["1.1"] = score.NewMark("points", points)
		}
		before, after = append(before, score.Score(old, m, nil)), append(after, score.Score(draft, m, nil))
	}
	before, after = score.Rank(old, before), score.Rank(draft, after)
	after[0].Total -= 300 // as if another rule gave other points
	r := FromReplay([2]*rubric.Set{old, draft}, before, after, [2]score.TargetResult{score.Share(2, 4, rubric.Int(60)), score.Share(1, 4, rubric.Int(60))}, map[string]string{"b": "leave"}, smallUnits())
	r.Head, r.Period, r.Made = Head{Superior: "UBND tỉnh", Agency: "Sở Nội vụ", Place: "Minh Họa"}, "Kỳ 2025", time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
	r.Gaps = []ReplayGap{{"1.1", "=Tiêu chí", "chưa chấm trong kỳ này", 1}}
	var b bytes.Buffer
	if err := Replay(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Totals are numbers, changes words, and a gap's title never a formula.
func TestReplay(t *testing.T) {
	f := opened(t, replayBook(t))
	rows, err := f.GetRows("Thử bộ tiêu chí", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, row := range rows {
		if len(row) >= replayBandAfter && row[replayNo-1] >= "1" && row[replayNo-1] <= "4" {
			row = append(row, "") // an empty cell at the end is not kept
			got = append(got, []string{row[replayCode-1], row[replayBefore-1], row[replayAfter-1], row[replayGap-1], row[replayRankAfter-1], row[replayBandBefore-1], row[replayBandAfter-1], row[replayChange-1]})
		}
	}
	want := [][]string{
		{"a", "9.5", "6.5", "-3", "1", "Tốt", "Tốt", ""}, {"b", "7.25", "7.25", "0", "2", "Đạt", "chưa đạt", "ra"},
		{"c", "5", "5", "0", "3", "chưa đạt", "chưa đạt", ""}, {"d", "0", "0", "0", "–", "chưa đủ điểm", "chưa đủ điểm", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	gaps, err := f.GetRows("Tiêu chí thiếu điểm")
	if err != nil || len(gaps) == 0 {
		t.Fatal(err)
	}
	for i, row := range gaps {
		if len(row) > 1 && row[0] == "1.1" {
			if formula, _ := f.GetCellFormula("Tiêu chí thiếu điểm", at(i+1, 2)); row[1] != "=Tiêu chí" || formula != "" {
				t.Errorf("the gap reads %q, formula %q", row[1], formula)
			}
		}
	}
}

// LibreOffice finds the differences and counts that are stored.
func TestReplayRecalculation(t *testing.T) {
	books := map[string][]byte{"replay": replayBook(t)}
	for _, file := range soffice(t, "xlsx:Calc MS Excel 2007 XML", books) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := compareFormulas(t, "replay", opened(t, books["replay"]), opened(t, data)); n != 6 {
			t.Errorf("%d formulas compared, want 4 differences and 2 counts", n)
		}
	}
}
