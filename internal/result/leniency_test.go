package result

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
)

// sheetOf are the marks of a sheet: points of 1.1, the ratio of 1.2 as sevenths,
// a level of 2.1, points of T.1.
func sheetOf(a string, sevenths int, level, bonus string) []dossier.Change {
	return []dossier.Change{
		{Code: "?dk1", Mark: score.NewMark(dossier.Met, "true")}, {Code: "1.1", Mark: score.NewMark("points", a)},
		{Code: "1.2", Mark: score.NewMark("numerator", fmt.Sprint(sevenths), "denominator", "7")},
		{Code: "2.1", Mark: score.NewMark("level", level)}, {Code: "T.1", Mark: score.NewMark("points", bonus)},
	}
}

// scored puts finished sheets of members into a stage, the last round of them.
func scored(d *dossier.Dossier, stage string, round int, sheets map[string][]dossier.Change, order ...string) {
	d.Teams = append(d.Teams, dossier.Team{Stage: stage, Members: order, Round: round})
	for _, m := range order {
		d.Save(stage, sheets[m], m, appealAt, "e")
		d.Sheets = append(d.Sheets, dossier.Sheet{Stage: stage, Member: m, Round: round, At: appealAt})
	}
}

func decimal(m Mean) string {
	v, ok := m.Value()
	if !ok {
		return "-"
	}
	return v.Decimal(2)
}

// Three dossiers by hand: one through both stages, one at the second, one of
// which a sheet is out.
func TestLeniencyByHand(t *testing.T) {
	set, err := rubric.Parse([]byte(appealSet), "thu.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p := dossier.Period{ID: "2026", Steps: true, State: dossier.Open, Spread: "3", Units: []string{"u1", "u2", "u3"}, Target: dossier.Target{Percent: "60"},
		Stages: []dossier.Stage{{Code: "self", Title: "Tự"}, {Code: "huyen", Title: "Huyện"}, {Code: "tinh", Title: "Tỉnh"}}}
	one := dossier.Dossier{Unit: "u1", Status: dossier.Proposed, Stage: "tinh"}
	one.Save("self", sheetOf("5", 7, "a", "2"), "xa", appealAt, "e")                                                                        // 20 + 2
	scored(&one, "huyen", 1, map[string][]dossier.Change{"an": sheetOf("5", 7, "a", "1"), "binh": sheetOf("4", 7, "b", "1")}, "binh", "an") // 21, 17: mean 4.5+5+8.5+1 = 19
	scored(&one, "tinh", 2, map[string][]dossier.Change{"chi": sheetOf("4", 7, "b", "0")}, "chi")                                           // 16
	one.Conclusions = []dossier.Conclusion{{Stage: "huyen", Propose: true}, {Stage: "tinh", Propose: true}}
	two := dossier.Dossier{Unit: "u2", Status: dossier.NotProposed, Stage: "tinh"}
	two.Save("self", sheetOf("4", 7, "a", "0"), "xa2", appealAt, "e")                             // 19
	scored(&two, "huyen", 1, map[string][]dossier.Change{"an": sheetOf("5", 7, "a", "0")}, "an")  // 20
	scored(&two, "tinh", 1, map[string][]dossier.Change{"chi": sheetOf("1", 7, "c", "0")}, "chi") // 6
	two.Conclusions = []dossier.Conclusion{{Stage: "huyen", Propose: true}, {Stage: "tinh"}}
	three := dossier.Dossier{Unit: "u3", Status: dossier.Appraisal, Stage: "huyen", Teams: []dossier.Team{{Stage: "huyen", Members: []string{"an"}, Round: 1}}}
	three.Save("self", sheetOf("0", 0, "c", "0"), "xa3", appealAt, "e")
	three.Save("huyen", sheetOf("0", 0, "c", "0"), "an", appealAt, "e") // not finished
	r := Result{Period: p, Set: set, Dossiers: []dossier.Dossier{one, two, three}}
	l := Lenient(&r, map[string]map[string]int{"u1": {"1.1": 1}})

	line := func(x Lenience) string {
		return fmt.Sprintf("%s: %d, down %s (%d), next %s, unproven %d, %d/%d of %d, alarms %d, again %d", x.Key, x.Dossiers, decimal(x.Down), x.Down.N, decimal(x.Next), x.Unproven, x.Recognised, x.Final, x.Proposed, x.Alarms, x.Rescored)
	}
	var got []string
	for _, s := range l.Stages {
		got = append(got, s.Stage.Code+" > "+s.Next, line(s.All))
		for _, list := range [][]Lenience{s.Teams, s.Members, s.Leaves} {
			for _, x := range list {
				got = append(got, line(x))
			}
		}
	}
	want := []string{
		"huyen > tinh", ": 2, down 1.00 (2), next 8.50, unproven 1, 1/2 of 2, alarms 1, again 0",
		"an: 1, down -1.00 (1), next 14.00, unproven 1, 0/1 of 1, alarms 0, again 0", "an, binh: 1, down 3.00 (1), next 3.00, unproven 0, 1/1 of 1, alarms 1, again 0",
		"an: 2, down 0.00 (2), next 9.50, unproven 1, 1/2 of 2, alarms 1, again 0", "binh: 1, down 5.00 (1), next 1.00, unproven 0, 1/1 of 1, alarms 1, again 0",
		"1.1: 2, down -0.25 (2), next 2.25, unproven 1, 0/0 of 0, alarms 0, again 0", "1.2: 2, down 0.00 (2), next 0.00, unproven 0, 0/0 of 0, alarms 0, again 0",
		"2.1: 2, down 0.75 (2), next 5.75, unproven 0, 0/0 of 0, alarms 0, again 0", "T.1: 2, down 0.50 (2), next 0.50, unproven 0, 0/0 of 0, alarms 0, again 0",
		"tinh > ", ": 2, down 9.50 (2), next -, unproven 0, 1/1 of 1, alarms 1, again 1",
		"chi: 2, down 9.50 (2), next -, unproven 0, 1/1 of 1, alarms 1, again 1",
		"chi: 2, down 9.50 (2), next -, unproven 0, 1/1 of 1, alarms 1, again 1",
		"1.1: 2, down 2.00 (2), next -, unproven 0, 0/0 of 0, alarms 0, again 0", "1.2: 2, down 0.00 (2), next -, unproven 0, 0/0 of 0, alarms 0, again 0",
		"2.1: 2, down 6.50 (2), next -, unproven 0, 0/0 of 0, alarms 0, again 0", "T.1: 2, down 1.00 (2), next -, unproven 0, 0/0 of 0, alarms 0, again 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A mean of thirds stays exact until it is shown.
func TestMeanIsExact(t *testing.T) {
	var m Mean
	for _, p := range []score.Points{1, 0, 1} {
		m.add(p)
	}
	v, _ := m.Value()
	if !v.Equal(rubric.Frac(2, 300)) || m.Cmp(Mean{}) <= 0 || (Mean{}).Cmp(Mean{}) != 0 || m.Cmp(Mean{Sum: 1, N: 2}) <= 0 {
		t.Errorf("mean %s", v)
	}
}

// BenchmarkLenient is 209 dossiers of 60 leaves and two appraisal stages with
// two members each.
func BenchmarkLenient(b *testing.B) {
	r := lenientBench(b)
	b.ReportAllocs()
	for b.Loop() {
		if l := Lenient(r, nil); l.Stages[1].All.Dossiers != 209 {
			b.Fatal("a dossier is missing")
		}
	}
}

func lenientBench(b *testing.B) *Result {
	b.Helper()
	text := "id: b\nversion: 1\ntitle: b\napplies_to: [commune]\ntotal: 60\ndecimals: 2\nnot_applicable: rescale\ngroups:\n"
	for g := range 6 {
		text += fmt.Sprintf("  - {code: \"%d\", title: g, kind: normal, max: 10, criteria: [", g+1)
		for i := range 10 {
			text += fmt.Sprintf("{code: \"%d.%d\", title: l, max: 1, evidence: required, rule: {type: points}},", g+1, i+1)
		}
		text += "]}\n"
	}
	set, err := rubric.Parse([]byte(text+"recognition:\n  min_total: 40\n  conditions: none\n  bands: [{code: dat, title: Đạt, min: 40}]\n"), "b.yaml")
	if err != nil {
		b.Fatal(err)
	}
	r := &Result{Set: set, Period: dossier.Period{ID: "b", Steps: true, Stages: []dossier.Stage{{Code: "self"}, {Code: "huyen"}, {Code: "tinh"}}}}
	for i := range 209 {
		d := dossier.Dossier{Unit: fmt.Sprintf("%05d", i), Status: dossier.Proposed, Stage: "tinh"}
		marks := func(k int) (list []dossier.Change) {
			for j, leaf := range set.Leaves() {
				list = append(list, dossier.Change{Code: leaf.Code, Mark: score.NewMark("points", rubric.Frac(int64((i+j+k)%5), 4).String())})
			}
			return list
		}
		d.Save("self", marks(0), "xa", appealAt, "e")
		for k, stage := range []string{"huyen", "tinh"} {
			one, two := fmt.Sprint(stage, i%20), fmt.Sprint(stage, i%20+20)
			scored(&d, stage, 1, map[string][]dossier.Change{one: marks(k), two: marks(k + 1)}, one, two)
			d.Conclusions = append(d.Conclusions, dossier.Conclusion{Stage: stage, Propose: true})
		}
		r.Dossiers = append(r.Dossiers, d)
	}
	return r
}
