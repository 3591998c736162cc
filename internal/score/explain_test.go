package score

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thanthien/internal/rubric"
)

func TestExplain(t *testing.T) {
	set := parseSet(t, head+`total: 14
groups:
  - {code: A, title: g, max: 14, criteria: [{code: r, title: Tỷ lệ, max: 10, na: true, rule: {type: ratio, zero_at: 50, full_at: 80}}, {code: l, title: l, max: 4, rule: {type: levels, levels: [{code: a, label: Tốt, points: 4}]}}]}
  - {code: P, title: g, kind: penalty, max: -5, criteria: [{code: p, title: l, rule: {type: count, each: -0.125}}]}
`)
	u := UnitMarks{Unit: "u", Marks: map[string]Mark{"r": NewMark("numerator", "2", "denominator", "3"), "l": NewMark("level", "a"), "p": NewMark("count", "1")}}
	got, ok := Explain(set, u, nil, "r")
	if !ok {
		t.Fatal("no leaf r")
	}
	value := func(f, d string) Value { return Value{f, d} }
	percent := value("200/3", "66.666667")
	want := Explanation{
		Unit: "u", Code: "r", Title: "Tỷ lệ", Group: "A", Kind: "normal", Max: "10.00", State: Scored,
		Inputs:  []ExplainInput{{Name: "numerator", Value: "2"}, {Name: "denominator", Value: "3"}},
		Percent: &percent, Raw: value("50/9", "5.555556"), Exact: value("50/9", "5.555556"), Rounding: HalfUp, Decimals: 2, Rounded: true, Points: "5.56",
	}
	got.Rule = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ratio (-want +got):\n%s", diff)
	}
	if e, _ := Explain(set, u, nil, "p"); e.Rounding != HalfAway || e.Points != "-0.13" || e.Exact.Decimal != "-0.125" {
		t.Errorf("penalty: %+v", e)
	}
	if e, _ := Explain(set, u, nil, "l"); e.Inputs[0].Title != "Tốt" {
		t.Errorf("level: %+v", e.Inputs)
	}
	if e, _ := Explain(set, UnitMarks{Marks: map[string]Mark{"r": NewMark("numerator", "9", "denominator", "10")}}, nil, "r"); !e.Clamped || e.Raw.Fraction != "40/3" || e.Exact.Fraction != "10" || e.Rounded {
		t.Errorf("clamped: %+v", e)
	}
	if _, ok := Explain(set, u, nil, "A"); ok {
		t.Error("a group is explained as a leaf")
	}
	u.Marks["r"] = NotApplicable()
	total := ExplainUnit(set, u, nil).Total
	wantTotal := TotalExplanation{Normal: "4.00", Applicable: "4.00", SetTotal: "14.00", Exact: value("14", "14"), Rescaled: "14.00", Bonus: "0.00", Penalty: "-0.13", Uncapped: "13.87", Total: "13.87"}
	if diff := cmp.Diff(wantTotal, total); diff != "" {
		t.Errorf("total (-want +got):\n%s", diff)
	}
}

// TestExplainAgrees: what is explained is what was scored.
func TestExplainAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, units, s := genCase(t)
		for _, u := range units {
			r, e := Score(set, u, s), ExplainUnit(set, u, s)
			if e.Total.Total != r.Total.String(r.Decimals) {
				t.Fatalf("total %s is explained as %+v", r.Total.String(r.Decimals), e.Total)
			}
			for i, g := range e.Groups {
				if g.Points != r.Groups[i].Points.String(r.Decimals) || g.Capped != (g.Sum != g.Points) {
					t.Fatalf("group %+v is explained as %+v", r.Groups[i], g)
				}
			}
			for i, l := range e.Leaves {
				if l.Points != r.Leaves[i].Points.String(r.Decimals) || l.State != r.Leaves[i].State || l.Rounded && l.State == Exempt && set.NotApplicable != rubric.Full {
					t.Fatalf("leaf %+v is explained as %+v", r.Leaves[i], l)
				}
			}
			if _, err := json.Marshal(e); err != nil {
				t.Fatal(err)
			}
		}
	})
}
