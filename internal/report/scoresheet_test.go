package report

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/dossier"
	"thanthien/internal/evidence"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/xlsx"
)

const gapSet = `id: x
version: 1
title: Bộ tiêu chí
applies_to: [commune]
total: 10
groups:
  - {code: "1", title: g, max: 10, criteria: [{code: a, title: Công khai, max: 4, na: true, rule: {type: points}}, {code: b, title: Đúng hạn, max: 6, evidence: none, rule: {type: points}}]}
conditions: [{code: dk1, title: Điều kiện}]
`

// gapResult is two free units and one that two members scored.
func gapResult(t *testing.T) *result.Result {
	t.Helper()
	set, err := rubric.Parse([]byte(gapSet), "x.yaml")
	if err != nil {
		t.Fatal(err)
	}
	mark := func(stage, member, code, points, note string) dossier.Entry {
		m := score.NotApplicable()
		if points != "-" {
			m = score.NewMark("points", points)
		}
		e := dossier.Entry{Stage: stage, Code: code, Mark: m, Note: note, Member: member}
		if member != "" {
			e.Round = 1
		}
		return e
	}
	team := dossier.Dossier{
		Unit: "03", Status: dossier.Appraisal, Stage: "province", Teams: []dossier.Team{{Stage: "province", Members: []string{"lan", "minh"}, Round: 1}},
		Sheets:      []dossier.Sheet{{Stage: "province", Member: "lan", Round: 1}, {Stage: "province", Member: "minh", Round: 1}},
		Conclusions: []dossier.Conclusion{{Stage: "province", Propose: true}},
		Entries: []dossier.Entry{
			mark("province", "lan", "a", "4", "Đã xem sổ gốc"), mark("province", "lan", "b", "5", ""), mark("province", "minh", "a", "4", ""), mark("province", "minh", "b", "4.5", ""),
			mark("self", "", "a", "4", ""), mark("self", "", "b", "6", ""),
		},
	}
	return &result.Result{
		Period: dossier.Period{ID: "2026", Title: "Năm 2026", Stages: []dossier.Stage{{Code: "self", Title: "Tự chấm"}, {Code: "province", Title: "Tỉnh"}}},
		Stage:  dossier.Stage{Code: "province", Title: "Tỉnh"}, Set: set,
		Units: map[string]unit.Unit{"01": {Code: "01", Name: "Xã A", Parent: "0"}, "02": {Code: "02", Name: "Xã B"}, "03": {Code: "03", Name: "Xã C"}, "0": {Code: "0", Name: "Cụm 1"}},
		Dossiers: []dossier.Dossier{
			{Unit: "01", Entries: []dossier.Entry{mark("province", "", "a", "3", ""), mark("province", "", "b", "6", ""), mark("self", "", "a", "4", ""), mark("self", "", "b", "5.5", "")}},
			{Unit: "02", Entries: []dossier.Entry{mark("self", "", "a", "4", ""), mark("self", "", "b", "6", "")}}, // the stage has not begun
			team,
		},
	}
}

func dec(t *testing.T, s string) rubric.Num {
	t.Helper()
	n, err := rubric.ParseNum(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDifferences(t *testing.T) {
	names := func(login string) string { return map[string]string{"lan": "Lan", "minh": "Minh"}[login] }
	got := Differences(gapResult(t), SeeAll, map[string]map[string]int{"01": {"a": 1}}, names, store.Settings{}, time.Time{})
	n := func(s string) rubric.Num { return dec(t, s) }
	want := xlsx.DifferenceReport{
		Head: got.Head, Period: "Năm 2026", Criteria: "Bộ tiêu chí", Decimals: 2,
		Units: []xlsx.UnitGap{
			{Code: "03", Unit: "Xã C", Stage: "Tỉnh", Self: n("10"), Given: n("8.75"), Lowered: 1, Unproved: 1},
			{Code: "01", Unit: "Xã A", Parent: "Cụm 1", Stage: "Tỉnh", Self: n("9.5"), Given: n("9"), Lowered: 1, Raised: 1},
		},
		Teams: []xlsx.TeamGap{
			{Stage: "Tỉnh", Members: "Lan, Minh", Dossiers: 1, Self: n("10"), Given: n("8.75"), Lowered: 1, Unproved: 1, Proposed: 1},
			{Stage: "Tỉnh", Members: "Không phân tổ", Dossiers: 1, Self: n("9.5"), Given: n("9"), Lowered: 1, Raised: 1},
		},
		Leaves: []xlsx.LeafGap{
			{Code: "a", Title: "Công khai", Stage: "Tỉnh", Max: n("4"), Units: 2, Self: n("4"), Given: n("3.5"), Lowered: 1, Unproved: 1},
			{Code: "b", Title: "Đúng hạn", Stage: "Tỉnh", Max: n("6"), Units: 2, Self: n("5.75"), Given: n("5.375"), Lowered: 1, Raised: 1},
		},
		Unproved: []xlsx.Unproved{{Code: "03", Unit: "Xã C", Leaf: "a", Title: "Công khai", Stage: "Tỉnh", Points: n("4"), Note: "Đã xem sổ gốc"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	hidden := Differences(gapResult(t), See{Stage: func(_ *dossier.Dossier, stage string) bool { return stage == dossier.SelfStage }}, nil, names, store.Settings{}, time.Time{})
	if len(hidden.Units)+len(hidden.Teams)+len(hidden.Unproved)+len(hidden.Leaves) > 0 {
		t.Errorf("hidden stages are compared: %+v", hidden)
	}
}

func TestScoreSheets(t *testing.T) {
	folders := func(unit string) (evidence.Folder, error) {
		return evidence.Folder{Items: []evidence.Item{
			{Codes: []string{"a"}, Title: "Kế hoạch", Number: "12/KH-UBND", Date: "2026-03-15"},
			{Codes: []string{"a", "b"}, Title: "Ảnh"},
			{Codes: []string{"b"}, Title: "Đã bỏ", Removed: &evidence.Removal{}},
		}}, nil
	}
	r := gapResult(t)
	see := See{
		Stage: func(d *dossier.Dossier, stage string) bool { return d.Unit == "03" || stage == dossier.SelfStage },
		Sheet: func(_ *dossier.Dossier, l dossier.Layer) bool { return l.Member == "lan" || l.Member == "an" },
	}
	got, err := ScoreSheets(r, []string{"03", "02"}, see, folders, store.Settings{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Units) != 2 || got.Units[0].Name != "Xã C" || !got.Units[0].Stages[1].Seen || got.Units[1].Stages[1].Seen {
		t.Fatalf("units %+v", got.Units)
	}
	u := got.Units[0]
	if u.Stages[1].Result.Total != 875 || u.Notes["a"] != "Tỉnh: Đã xem sổ gốc" {
		t.Errorf("total %d, notes %q", u.Stages[1].Result.Total, u.Notes)
	}
	if diff := cmp.Diff(map[string]string{"a": "12/KH-UBND, Kế hoạch (15/03/2026); Ảnh", "b": "Ảnh"}, u.Papers); diff != "" {
		t.Errorf("papers (-want +got):\n%s", diff)
	}
	d := &r.Dossiers[slices.IndexFunc(r.Dossiers, func(d dossier.Dossier) bool { return d.Unit == "03" })]
	*d = sheetNotes()
	if got, err = ScoreSheets(r, []string{"03"}, see, folders, store.Settings{}, time.Time{}); err != nil || got.Units[0].Notes["a"] != "Tỉnh: của An" {
		t.Errorf("notes of members: %q, %v", got.Units[0].Notes, err)
	}
	if _, err := ScoreSheets(r, []string{"99"}, SeeAll, folders, store.Settings{}, time.Time{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown unit: %v", err)
	}
}

// sheetNotes is a dossier with the notes of two members, of one who has left
// the team and of the round before.
func sheetNotes() dossier.Dossier {
	d := dossier.Dossier{Unit: "03", Status: dossier.Appraisal, Stage: "province", Teams: []dossier.Team{{Stage: "province", Members: []string{"an", "binh"}, Round: 2}}}
	for _, e := range []dossier.Entry{
		{Member: "an", Round: 1, Note: "cũ"}, {Member: "an", Round: 2, Note: "của An"}, {Member: "binh", Round: 2, Note: "của Bình"}, {Member: "chi", Round: 2, Note: "đã rời"},
	} {
		e.Stage, e.Code = "province", "a"
		d.Entries = append(d.Entries, e)
	}
	return d
}
