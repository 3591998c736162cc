package score

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/rubric"
)

func parseSet(t testing.TB, yaml string) *rubric.Set {
	t.Helper()
	s, err := rubric.Parse([]byte(yaml), "set.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const head = "id: x\nversion: 1\ntitle: t\napplies_to: [commune]\n"

// oneLeaf is a set of one leaf "1.1" with max 10 and a rule.
func oneLeaf(t testing.TB, rule string) *rubric.Set {
	return parseSet(t, head+"total: 10\ngroups: [{code: \"1\", title: g, max: 10, criteria: [{code: \"1.1\", title: l, max: 10, na: true, rule: {"+rule+"}}]}]\n")
}

// TestRules holds leaf scores worked out by hand.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		rule string
		mark Mark
		want string
	}{
		{"type: points", NewMark("points", "4.25"), "4.25"},
		{"type: points", NewMark("points", "4.125"), "4.13"}, // half up
		{"type: points", NewMark("points", "4.1249"), "4.12"},
		{"type: points, step: 0.25", NewMark("points", "10"), "10.00"},
		{"type: levels, levels: [{code: a, points: 7.5}, {code: b, points: 0}]", NewMark("level", "a"), "7.50"},
		{"type: ratio", NewMark("numerator", "47", "denominator", "50"), "9.40"},
		{"type: ratio", NewMark("numerator", "1", "denominator", "3"), "3.33"},
		{"type: ratio", NewMark("numerator", "2", "denominator", "3"), "6.67"},
		{"type: ratio", NewMark("numerator", "60", "denominator", "50"), "10.00"},                                                    // clamped
		{"type: ratio, zero_at: 50, full_at: 90", NewMark("numerator", "7", "denominator", "10"), "5.00"},                            // (70−50)/40
		{"type: ratio, zero_at: 50, full_at: 90", NewMark("numerator", "4", "denominator", "10"), "0.00"},                            // below zero_at
		{"type: ratio, zero_at: 20, full_at: 0", NewMark("numerator", "1", "denominator", "20"), "7.50"},                             // lower is better: (5−20)/(0−20)
		{"type: ratio, bands: [{min: 90, points: 8}, {min: 50, points: 3}]", NewMark("numerator", "9", "denominator", "10"), "8.00"}, // 90 reaches 90
		{"type: ratio, bands: [{min: 90, points: 8}, {min: 50, points: 3}]", NewMark("numerator", "899", "denominator", "1000"), "3.00"},
		{"type: ratio, bands: [{min: 90, points: 8}, {min: 50, points: 3}]", NewMark("numerator", "1", "denominator", "10"), "0.00"},
		{"type: external, source: PAR", NewMark("value", "83.5"), "8.35"},
		{"type: external, source: PAR, scale: 50", NewMark("value", "20"), "4.00"},
		{"type: count, each: 1.5", NewMark("count", "3"), "4.50"},
		{"type: count, each: 1.5", NewMark("count", "9"), "10.00"},
		{"type: count, each: 1.5, min: 1, max: 6", NewMark("count", "0"), "1.00"},
		{"type: count, each: 1.5, min: 1, max: 6", NewMark("count", "9"), "6.00"},
		{"type: formula, inputs: [{name: late}], expr: max - 0.5 * late", NewMark("late", "3"), "8.50"},
		{"type: formula, inputs: [{name: late}], expr: max - 0.5 * late", NewMark("late", "30"), "0.00"},
		{"type: formula, inputs: [{name: late}], expr: late", NewMark("late", "30"), "10.00"},
		{"type: formula, inputs: [{name: a}, {name: b}], expr: max * a / b", NewMark("a", "1", "b", "3"), "3.33"},
	} {
		set := oneLeaf(t, c.rule)
		r := Score(set, UnitMarks{Unit: "u", Marks: map[string]Mark{"1.1": c.mark}}, nil)
		if got := r.Leaves[0].Points.String(2); got != c.want || len(r.Problems) > 0 || !r.Complete {
			t.Errorf("%s with %v: %s, want %s (%v)", c.rule, c.mark, got, c.want, r.Problems)
		}
	}
}

func TestPenaltyRoundsAwayFromZero(t *testing.T) {
	set := parseSet(t, head+`total: 10
groups:
  - {code: N, title: g, max: 10, criteria: [{code: n, title: l, max: 10, rule: {type: points}}]}
  - {code: P, title: g, kind: penalty, max: -5, criteria: [{code: p, title: l, rule: {type: count, each: -0.125, min: -5}}, {code: q, title: l, rule: {type: levels, levels: [{code: a, points: -4.005}]}}]}
`)
	for count, want := range map[string][3]string{"1": {"-0.13", "-4.14", "5.86"}, "0": {"0.00", "-4.01", "5.99"}, "30": {"-3.75", "-5.00", "5.00"}, "99": {"-5.00", "-5.00", "5.00"}} {
		r := Score(set, UnitMarks{Marks: map[string]Mark{"n": NewMark("points", "10"), "p": NewMark("count", count), "q": NewMark("level", "a")}}, nil)
		got := [3]string{r.Leaves[1].Points.String(2), r.Groups[1].Points.String(2), r.Total.String(2)}
		if got != want {
			t.Errorf("count %s: leaf, group, total %v, want %v", count, got, want)
		}
	}
	low := Score(set, UnitMarks{Marks: map[string]Mark{"n": NewMark("points", "1"), "p": NewMark("count", "99"), "q": NewMark("level", "a")}}, nil)
	if low.Total != 0 {
		t.Errorf("a total below zero is %s", low.Total.String(2))
	}
}

// totals is a set of two normal groups, 10 and 20 points, and a bonus of 5.
const totals = head + `total: 30
max_total: 30
conditions: [{code: dk1, title: c}]
groups:
  - {code: A, title: g, max: 10, criteria: [{code: a1, title: l, max: 6, na: true, rule: {type: points}}, {code: a2, title: l, max: 4, na: true, rule: {type: points}}]}
  - {code: B, title: g, max: 20, criteria: [{code: b1, title: l, max: 20, na: true, rule: {type: points}}]}
  - {code: C, title: g, kind: bonus, max: 5, criteria: [{code: c1, title: l, max: 4, na: true, rule: {type: points}}, {code: c2, title: l, max: 4, rule: {type: points}}]}
recognition:
  min_total: 20
  min_group_percent: 50
  groups: {B: 70}
  min_criterion_percent: 40
  bands: [{code: tot, title: b, min: 27}, {code: dat, title: b, min: 18}]
tie_break: [B]
`

func marksOf(text string) map[string]Mark {
	m := map[string]Mark{}
	for _, f := range strings.Fields(text) {
		code, points, _ := strings.Cut(f, "=")
		if m[code] = NewMark("points", points); points == "na" {
			m[code] = NotApplicable()
		}
	}
	return m
}

func TestTotals(t *testing.T) {
	met := map[string]bool{"dk1": true}
	for _, c := range []struct {
		name, mode, marks string
		conditions        map[string]bool
		total, groups     string
		band              string
		failed            []Failed
	}{
		{"plain", "rescale", "a1=5 a2=3 b1=16 c1=0 c2=0", met, "24.00", "8.00 16.00 0.00", "dat", nil},
		{"bonus is capped, then the total", "rescale", "a1=6 a2=4 b1=18 c1=4 c2=4", met, "30.00", "10.00 18.00 5.00", "tot", nil},
		{"rescale: (3+16)·30/24", "rescale", "a1=na a2=3 b1=16 c1=0 c2=0", met, "23.75", "3.00 16.00 0.00", "dat", nil},
		{"full: 6+3+16", "full", "a1=na a2=3 b1=16 c1=0 c2=0", met, "25.00", "9.00 16.00 0.00", "dat", nil},
		{"zero: 0+3+16", "zero", "a1=na a2=3 b1=16 c1=0 c2=0", met, "19.00", "3.00 16.00 0.00", "", []Failed{{"min_total", "", "20", "19.00"}}},
		{"a bonus leaf N/A gives nothing", "rescale", "a1=6 a2=4 b1=14 c1=na c2=1", met, "25.00", "10.00 14.00 1.00", "dat", nil},
		{"a bonus leaf N/A in full mode gives its max", "full", "a1=6 a2=4 b1=14 c1=na c2=0", met, "28.00", "10.00 14.00 4.00", "tot", nil},
		{"a group of N/A leaves is skipped by floors", "rescale", "a1=na a2=na b1=15 c1=0 c2=0", met, "22.50", "0.00 15.00 0.00", "dat", nil},
		{"nothing applies", "rescale", "a1=na a2=na b1=na c1=0 c2=0", met, "0.00", "0.00 0.00 0.00", "",
			[]Failed{{"min_total", "", "20", "0.00"}, {"band", "", "18", "0.00"}}},
		{"floors and condition", "rescale", "a1=2 a2=2 b1=13.99 c1=0 c2=0", nil, "17.99", "4.00 13.99 0.00", "", []Failed{
			{"min_total", "", "20", "17.99"}, {"min_group_percent", "A", "50", "40.00"}, {"min_group_percent", "B", "70", "69.95"},
			{"min_criterion_percent", "a1", "40", "33.33"}, {"condition", "dk1", "true", "false"}, {"band", "", "18", "17.99"}}},
		{"incomplete is never recognised", "rescale", "a1=6 a2=4 b1=20 c1=4", met, "30.00", "10.00 20.00 4.00", "", []Failed{{"incomplete", "", "0", "1"}}},
		{"69.95 % is no 70 %", "rescale", "a1=6 a2=4 b1=13.99 c1=0 c2=0", met, "23.99", "10.00 13.99 0.00", "", []Failed{{"min_group_percent", "B", "70", "69.95"}}},
	} {
		set := parseSet(t, strings.Replace(totals, "total: 30\n", "total: 30\nnot_applicable: "+c.mode+"\n", 1))
		r := Score(set, UnitMarks{Unit: "u", Marks: marksOf(c.marks), Conditions: c.conditions}, nil)
		var groups []string
		for _, g := range r.Groups {
			groups = append(groups, g.Points.String(2))
		}
		if got := strings.Join(groups, " "); r.Total.String(2) != c.total || got != c.groups || r.Band != c.band || r.Recognised != (c.band != "") {
			t.Errorf("%s: total %s, groups %s, band %q; want %s, %s, %q", c.name, r.Total.String(2), got, r.Band, c.total, c.groups, c.band)
		}
		if diff := cmp.Diff(c.failed, r.Failed); diff != "" {
			t.Errorf("%s: failed (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDecimals(t *testing.T) {
	for decimals, want := range map[string]string{"0": "2 2", "1": "1.7 1.7", "2": "1.67 1.67"} {
		set := parseSet(t, head+"decimals: "+decimals+"\ntotal: 5\ngroups: [{code: g, title: g, max: 5, criteria: [{code: l, title: l, max: 5, rule: {type: ratio}}]}]\n")
		r := Score(set, UnitMarks{Marks: map[string]Mark{"l": NewMark("numerator", "1", "denominator", "3")}}, nil)
		if got := r.Leaves[0].Points.String(r.Decimals) + " " + r.Total.String(r.Decimals); got != want {
			t.Errorf("decimals %s: %s, want %s", decimals, got, want)
		}
	}
}

// TestNoRecognition: a set without recognition scores and recognises nobody.
func TestNoRecognition(t *testing.T) {
	r := Score(oneLeaf(t, "type: points"), UnitMarks{Marks: map[string]Mark{"1.1": NewMark("points", "10")}}, nil)
	if r.Recognised || len(r.Failed) > 0 || r.Total != 1000 {
		t.Errorf("got %+v", r)
	}
}

func TestRank(t *testing.T) {
	set := parseSet(t, totals)
	marks := map[string]string{
		"u5": "a1=5 a2=4 b1=16 c1=0 c2=0", "u2": "a1=6 a2=3 b1=16 c1=0 c2=0", "u1": "a1=6 a2=4 b1=20 c1=0 c2=0",
		"u4": "a1=6 a2=4 b1=15 c1=0 c2=0", "u3": "a1=6 b1=20 c1=4 c2=4", "u0": "b1=1 c1=0 c2=0",
	}
	var results []Result
	for _, u := range []string{"u5", "u3", "u0", "u1", "u4", "u2"} {
		results = append(results, Score(set, UnitMarks{Unit: u, Marks: marksOf(marks[u])}, nil))
	}
	type row struct {
		Unit string
		Rank int
	}
	var got []row
	for _, r := range Rank(set, results) {
		got = append(got, row{r.Unit, r.Rank})
	}
	// u2 and u5 have 25 with B 16, u4 has 25 with B 15; u3 and u0 are incomplete
	want := []row{{"u1", 1}, {"u2", 2}, {"u5", 2}, {"u4", 4}, {"u3", 0}, {"u0", 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ranking (-want +got):\n%s", diff)
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		recognised, denominator int
		percent, share          string
		met                     bool
		needed                  int
	}{
		{125, 209, "60", "59.81", false, 1}, {126, 209, "60", "60.29", true, 0}, {0, 209, "60", "0.00", false, 126},
		{3, 4, "60", "75.00", true, 0}, {3, 5, "60", "60.00", true, 0}, {1, 3, "33.3", "33.33", true, 0}, {1, 3, "33.34", "33.33", false, 1},
		{0, 0, "60", "0.00", true, 0}, {5, 4, "60", "125.00", true, 0}, {599, 1000, "60", "59.90", false, 1}, {5999, 10000, "60", "59.99", false, 1}, {59999, 100000, "60", "60.00", false, 1},
	} {
		p, err := rubric.ParseNum(c.percent)
		if err != nil {
			t.Fatal(err)
		}
		want := TargetResult{Recognised: c.recognised, Denominator: c.denominator, Share: c.share, Percent: c.percent, Met: c.met, Needed: c.needed}
		if diff := cmp.Diff(want, Share(c.recognised, c.denominator, p)); diff != "" {
			t.Errorf("%d/%d at %s %% (-want +got):\n%s", c.recognised, c.denominator, c.percent, diff)
		}
	}
}

func TestTargetScopeAndBand(t *testing.T) {
	set := parseSet(t, totals)
	results := []Result{{Unit: "a", Recognised: true, Band: "tot"}, {Unit: "b", Recognised: true, Band: "dat"}, {Unit: "c"}, {Unit: "z", Recognised: true, Band: "tot"}}
	for _, c := range []struct {
		scope   []string
		minBand string
		want    [2]int
	}{
		{nil, "", [2]int{3, 4}}, {nil, "tot", [2]int{2, 4}}, {nil, "dat", [2]int{3, 4}},
		{[]string{"a", "b", "c", "d", "e", "a"}, "", [2]int{2, 5}}, {[]string{"a", "b"}, "tot", [2]int{1, 2}}, {[]string{}, "", [2]int{0, 0}},
	} {
		got := Target(set, results, c.scope, rubric.Int(60), c.minBand)
		if [2]int{got.Recognised, got.Denominator} != c.want || got.MinBand != c.minBand {
			t.Errorf("scope %v, band %q: %+v, want %v", c.scope, c.minBand, got, c.want)
		}
	}
}

func TestResultJSON(t *testing.T) {
	set := parseSet(t, totals)
	r := Rank(set, []Result{Score(set, UnitMarks{Unit: "07210", Marks: marksOf("a1=5 a2=3 b1=na c1=0"), Conditions: map[string]bool{"dk1": true}}, nil)})
	got, err := json.Marshal(Report{Criteria: "x", Version: 1, Units: r})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"criteria":"x","version":1,"units":[{"unit":"07210","total":"24.00","groups":{"A":"8.00","B":"0.00","C":"0.00"},` +
		`"leaves":{"a1":"5.00","a2":"3.00","b1":"0.00","c1":"0.00","c2":"0.00"},"complete":false,"missing":["c2"],"not_applicable":["b1"],` +
		`"recognised":false,"band":null,"failed":[{"rule":"incomplete","code":"","want":"0","got":"1"}],"rank":null}],"target":null}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPointsString(t *testing.T) {
	for p, want := range map[Points][3]string{425: {"4", "4.2", "4.25"}, 0: {"0", "0.0", "0.00"}, -550: {"-5", "-5.5", "-5.50"}, -500: {"-5", "-5.0", "-5.00"}, 100000005: {"1000000", "1000000.0", "1000000.05"}} {
		for d := range 3 {
			if got := p.String(d); got != want[d] {
				t.Errorf("%d to %d places: %s, want %s", int64(p), d, got, want[d])
			}
		}
	}
}
