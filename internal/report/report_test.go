package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/unit"
)

var now = time.Date(2026, 12, 31, 8, 0, 0, 0, time.UTC)

func period() dossier.Period {
	return dossier.Period{ID: "2026", Title: "Kỳ 2026", Stages: []dossier.Stage{{Code: "self", Title: "Tự chấm"}, {Code: "province", Title: "Thẩm định"}}}
}

// The stage is named only when it is not the final one, and the head is dated.
func TestRanking(t *testing.T) {
	for stage, want := range map[int]string{0: "Kỳ 2026 (Tự chấm)", 1: "Kỳ 2026"} {
		r := &result.Result{
			Period: period(), Stage: period().Stages[stage], Set: &rubric.Set{Title: "Bộ"},
			Units:  map[string]unit.Unit{"24": {Code: "24", Name: "Tỉnh"}, "1": {Code: "1", Name: "Xã A", Parent: "24"}},
			Ranked: []score.Result{{Unit: "1"}, {Unit: "2"}},
		}
		got := Ranking(r, r.Ranked[:1], store.Settings{Agency: "SỞ NỘI VỤ"}, now)
		if got.Period != want || !got.Made.Equal(now) || !got.Head.Date.Equal(now) || got.Head.Agency != "SỞ NỘI VỤ" || got.Target == nil {
			t.Errorf("stage %d: %q, made %v, head %+v", stage, got.Period, got.Made, got.Head)
		}
		if len(got.Rows) != 1 || got.Rows[0].Unit != "Xã A" || got.Rows[0].Parent != "Tỉnh" {
			t.Errorf("rows %+v", got.Rows)
		}
	}
}

// The number is written by hand: the symbol leaves room before it.
func TestHeadLeavesRoomForTheNumber(t *testing.T) {
	for symbol, want := range map[string]string{"": "", "/BC-SNV": "/BC-SNV", "BC-SNV": "/BC-SNV", "-BC/TU": "-BC/TU", "12/BC-SNV": "12/BC-SNV"} {
		if got := head(store.Settings{Symbol: symbol}, now).Number; got != want {
			t.Errorf("%q: %q, want %q", symbol, got, want)
		}
	}
}

func TestReplay(t *testing.T) {
	r := &result.Replay{
		Of: period(), At: period().Stages[0], Sets: [2]*rubric.Set{{Title: "Cũ"}, {Title: "Mới"}},
		Gaps:   []result.Gap{{Code: "1.1", Title: "Tiêu chí", Why: result.GapNew, Units: 2}},
		Places: map[string]unit.Unit{"1": {Code: "1", Name: "Xã A"}},
	}
	for code, change := range map[string]string{"1": "", "2": result.Incomplete, "3": result.Leave, "4": result.Enter, "5": result.OtherBand, "6": ""} {
		r.Units = append(r.Units, result.ReplayUnit{Unit: code, Change: change})
	}
	for _, code := range []string{"6", "5", "4", "3", "2", "1"} {
		r.After = append(r.After, score.Result{Unit: code})
	}
	var order []string
	after := ByChange(r)
	for _, x := range after {
		order = append(order, x.Unit)
	}
	if diff := cmp.Diff([]string{"4", "3", "5", "2", "6", "1"}, order); diff != "" {
		t.Error(diff)
	}
	if r.After[0].Unit != "6" {
		t.Error("the replay itself was put in another order")
	}
	got := Replay(r, after, store.Settings{}, now)
	if got.Period != "Kỳ 2026 (Tự chấm)" || len(got.Rows) != 6 || got.Rows[5].Unit != "Xã A" || got.Rows[0].Change == "" || got.Rows[5].Change != "" {
		t.Errorf("%q, rows %+v", got.Period, got.Rows)
	}
	if len(got.Gaps) != 1 || got.Gaps[0].Why == "" || got.Gaps[0].Units != 2 {
		t.Errorf("gaps %+v", got.Gaps)
	}
}
