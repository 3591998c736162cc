package xlsx

import (
	"bytes"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/unit"
)

const smallSet = `
id: mau
version: 1
title: Bộ tiêu chí mẫu
applies_to: [commune]
total: 100
decimals: 2
not_applicable: rescale
max_total: 100
conditions:
  - {code: dk1, title: Không có lãnh đạo bị kỷ luật}
groups:
  - {code: "1", title: Trừ, kind: penalty, max: -5, criteria: [{code: "1.1", title: Vi phạm, max: 0, rule: {type: count, each: -0.25, min: -5, max: 0}}]}
  - code: "2"
    title: Chính
    kind: normal
    max: 100
    criteria:
      - {code: "2.1", title: A, max: 40, na: true, rule: {type: points}}
      - {code: "2.2", title: B, max: 35, na: true, rule: {type: ratio}}
      - {code: "2.3", title: C, max: 25, na: true, rule: {type: points}}
  - {code: "3", title: Thưởng, kind: bonus, max: 5, criteria: [{code: "3.1", title: Sáng kiến, max: 5, rule: {type: points}}]}
recognition:
  min_total: 80
  min_group_percent: 50
  min_criterion_percent: 10
  conditions: all
  bands:
    - {code: tot, title: Tốt, min: 90}
    - {code: dat, title: Đạt, min: 80}
`

func smallUnits() *unit.Tree {
	return unit.NewTree([]unit.Unit{{Code: "90", Name: "Tỉnh Minh Họa", Level: unit.Province}, {Code: "90001", Name: "Xã Đồng Mỏ", Level: unit.Commune, Parent: "90"}})
}

func TestFromResults(t *testing.T) {
	set, err := rubric.Parse([]byte(smallSet), "mau.yaml")
	if err != nil {
		t.Fatal(err)
	}
	good := score.UnitMarks{Unit: "90001", Conditions: map[string]bool{"dk1": true}, Marks: map[string]score.Mark{
		"1.1": score.NewMark("count", "1"), "2.1": score.NewMark("points", "39"), "2.2": score.NewMark("numerator", "1", "denominator", "3"),
		"2.3": score.NotApplicable(), "3.1": score.NewMark("points", "4"),
	}}
	results := score.Rank(set, []score.Result{score.Score(set, good, nil), score.Score(set, score.UnitMarks{Unit: "x9"}, nil)})
	target := score.Target(set, results, nil, rubric.Int(60), "dat")
	report := FromResults(set, results, &target, smallUnits())
	want := []RankingRow{
		{
			Rank: 1, Code: "90001", Unit: "Xã Đồng Mỏ", Parent: "Tỉnh Minh Họa", Groups: []string{"-0.25", "50.67", "4.00"}, Applicable: "75.00", Total: "71.31",
			Failed: []string{"tổng điểm 71,31, cần 80"},
		},
		{
			Code: "x9", Unit: "x9", Groups: []string{"0.00", "0.00", "0.00"}, Applicable: "100.00", Total: "0.00",
			Failed: []string{"còn 5 tiêu chí chưa có điểm (1.1, 2.1, 2.2, 2.3, 3.1)"},
		},
	}
	if diff := cmp.Diff(want, report.Rows); diff != "" {
		t.Errorf("-want +got: %s", diff)
	}
	if *report.Target != (RankingTarget{Denominator: 2, Needed: 2, Percent: "60", MinBand: "dat"}) {
		t.Errorf("target %+v", report.Target)
	}
	var b bytes.Buffer
	if err := Ranking(&b, report); err != nil {
		t.Error(err)
	}
}

func TestFailedWords(t *testing.T) {
	set, err := rubric.Parse([]byte(smallSet), "mau.yaml")
	if err != nil {
		t.Fatal(err)
	}
	marks := map[string]score.Mark{
		"1.1": score.NewMark("count", "0"), "2.1": score.NewMark("points", "39"), "2.2": score.NewMark("numerator", "1", "denominator", "3"),
		"2.3": score.NewMark("points", "2"), "3.1": score.NewMark("points", "0"),
	}
	low := []string{"tổng điểm 52,67, cần 80", "tiêu chí 2.3 đạt 8,00 %, cần 10 %", "chưa đạt điều kiện “Không có lãnh đạo bị kỷ luật”"}
	complete := score.Score(set, score.UnitMarks{Unit: "a", Marks: marks}, nil)
	if diff := cmp.Diff([][]string{low, low}, [][]string{FailedWords(set, complete), EveryFailure(set, complete)}); diff != "" {
		t.Errorf("complete: -want +got: %s", diff)
	}
	delete(marks, "3.1")
	missing := "còn 1 tiêu chí chưa có điểm (3.1)"
	incomplete := score.Score(set, score.UnitMarks{Unit: "a", Marks: marks}, nil)
	if diff := cmp.Diff([][]string{{missing}, append(low, missing)}, [][]string{FailedWords(set, incomplete), EveryFailure(set, incomplete)}); diff != "" {
		t.Errorf("incomplete: -want +got: %s", diff)
	}
	if got := someCodes([]string{"1", "2", "3", "4", "5", "6"}); got != "1, 2, 3, …" {
		t.Errorf("many codes: %s", got)
	}
}

// Every total that score computes is one that the workbook's formulas give:
// Ranking refuses any other.
func TestFormulasGiveEveryScore(t *testing.T) {
	set, err := rubric.Parse([]byte(smallSet), "mau.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var results []score.Result
		for i := range rapid.IntRange(1, 4).Draw(t, "units") {
			marks := map[string]score.Mark{
				"1.1": score.NewMark("count", rapid.StringMatching(`[0-9]{1,2}`).Draw(t, "count")),
				"2.1": score.NewMark("points", rapid.StringMatching(`[0-3]?[0-9](\.[0-9]{1,4})?`).Draw(t, "points")),
				"2.2": score.NewMark("numerator", rapid.StringMatching(`[0-9]{1,3}`).Draw(t, "a"), "denominator", rapid.StringMatching(`[1-9][0-9]{0,2}`).Draw(t, "b")),
				"2.3": score.NotApplicable(),
				"3.1": score.NewMark("points", rapid.StringMatching(`[0-4](\.[0-9]{1,2})?`).Draw(t, "bonus")),
			}
			if rapid.Bool().Draw(t, "na") {
				marks["2.1"] = score.NotApplicable()
			}
			results = append(results, score.Score(set, score.UnitMarks{Unit: string(rune('a' + i)), Marks: marks}, nil))
		}
		if err := Ranking(io.Discard, FromResults(set, score.Rank(set, results), nil, smallUnits())); err != nil {
			t.Fatal(err)
		}
	})
}
