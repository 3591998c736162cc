package survey

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestHide(t *testing.T) {
	for _, c := range []struct {
		counts []int64
		want   []bool
	}{
		{[]int64{60, 40, 10, 0}, []bool{false, false, false, false}},
		{[]int64{60, 40, 10, 3, 0}, []bool{false, false, true, true, false}}, // one alone would follow from the sum
		{[]int64{60, 1, 2, 40}, []bool{false, true, true, true}},             // 1 + 2 is still a small cell
		{[]int64{60, 4, 2, 40}, []bool{false, true, true, false}},
		{[]int64{3}, []bool{true}},
		{[]int64{0, 0}, []bool{false, false}},
	} {
		got := make([]bool, len(c.counts))
		for i := range hide(c.counts, false) {
			got[i] = true
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%v: %s", c.counts, d)
		}
	}
}

// Of fewer than five answers not even the zeros are shown: they would tell
// what was chosen.
func TestSuppressFew(t *testing.T) {
	index := "100.00"
	got := Suppress(UnitReport{
		Unit: "1", N: 1, Index: &index, IndexN: 1, Groups: Ordered[GroupReport]{{"resident", GroupReport{1, &index}}, {"business", GroupReport{}}},
		Questions: Ordered[QuestionReport]{{"q1", QuestionReport{N: 1, Index: &index, Kind: Scale, Counts: Ordered[int64]{{"5", 1}, {"4", 0}}}}},
		Exact:     Exact{Questions: []string{"q1"}},
	})
	want := UnitReport{
		Unit: "1", N: Hidden, IndexN: Hidden, Groups: Ordered[GroupReport]{{"resident", GroupReport{N: Hidden}}, {"business", GroupReport{N: Hidden}}},
		Questions: Ordered[QuestionReport]{{"q1", QuestionReport{N: Hidden, Kind: Scale, Counts: Ordered[int64]{{"5", Hidden}, {"4", Hidden}}}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestSuppressUnit(t *testing.T) {
	index, low := "80.00", "70.00"
	r := UnitReport{
		Unit: "1", N: 20, Index: &index, Low: &low, IndexN: 20,
		Groups: Ordered[GroupReport]{{"resident", GroupReport{12, &index}}, {"business", GroupReport{6, &index}}, {"official", GroupReport{2, &index}}},
		Questions: Ordered[QuestionReport]{
			{"q1", QuestionReport{N: 20, Index: &index, Kind: Scale, Counts: Ordered[int64]{{"5", 10}, {"4", 8}, {"1", 2}}}},
			{"q2", QuestionReport{N: 20, Index: &index, Kind: Scale, Counts: Ordered[int64]{{"5", 10}, {"4", 10}}}},
			{"q3", QuestionReport{N: 3, Min: &low, Max: &low, Kind: Number}},
			{"q4", QuestionReport{N: 18, Index: &index, Kind: Scale, Counts: Ordered[int64]{{"5", 10}, {"4", 4}, {"1", 4}, {"0", 2}}}},
		},
		Exact: Exact{Questions: []string{"q1", "q2"}, Groups: map[string]ExactGroup{"resident": {N: 12}, "business": {N: 6}}},
	}
	got := Suppress(r)
	// The index of the whole would give q1's away: q2's is shown.
	want := UnitReport{
		Unit: "1", N: 20, IndexN: 20,
		Groups: Ordered[GroupReport]{{"resident", GroupReport{12, &index}}, {"business", GroupReport{N: Hidden}}, {"official", GroupReport{N: Hidden}}},
		Questions: Ordered[QuestionReport]{
			{"q1", QuestionReport{N: 20, Kind: Scale, Counts: Ordered[int64]{{"5", 10}, {"4", Hidden}, {"1", Hidden}}}},
			{"q2", QuestionReport{N: 20, Index: &index, Kind: Scale, Counts: Ordered[int64]{{"5", 10}, {"4", 10}}}},
			{"q3", QuestionReport{N: Hidden, Kind: Number, Counts: nil}},
			{"q4", QuestionReport{N: Hidden, Kind: Scale, Counts: Ordered[int64]{{"5", 10}, {"4", Hidden}, {"1", Hidden}, {"0", Hidden}}}},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if r.Groups[2].Value.N != 2 || r.Questions[0].Value.Counts[2].Value != 2 {
		t.Error("Suppress changed its argument")
	}
	r.Exact.Groups["resident"] = ExactGroup{N: 4}
	if got, _ := Suppress(r).Groups.Get("resident"); got.N != 12 || got.Index != nil {
		t.Errorf("an index of four of twelve: %+v", got)
	}
	r.N, r.IndexN = 4, 4
	if got := Suppress(r); got.N != Hidden || got.Index != nil || got.Groups[0].Value.N != Hidden {
		t.Errorf("four answers: %+v", got)
	}
	r.N, r.IndexN = 20, 20
	r.Exact.Questions = []string{"q1"}
	if got := Suppress(r).Questions[0].Value.Counts; got[0].Value != Hidden || got[1].Value != Hidden {
		t.Errorf("the only question of the index keeps counts: %v", got)
	}
}

// No count below LeastCell is shown, and none follows from the sum of the row.
func TestHideProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.Int64Range(0, 12), 0, 8).Draw(t, "counts")
		hidden, sum, shown := hide(counts, false), int64(0), int64(0)
		for i, n := range counts {
			if hidden[i] {
				sum += n
			} else {
				shown += n
				if n > 0 && n < LeastCell {
					t.Fatalf("%v: %d is shown", counts, n)
				}
			}
		}
		if len(hidden) > 0 && shown > 0 && (len(hidden) < leastCells || sum < LeastCell) {
			t.Fatalf("%v: hidden %v follow from the rest", counts, hidden)
		}
	})
}
