package score

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thanthien/internal/rubric"
)

// refMean is the text of the mean in big.Rat: a mark of one's own first, then
// the members' leaf points, rounded, added and divided.
func refMean(set *rubric.Set, l rubric.Leaf, u UnitMarks, s *Survey) (*big.Rat, string) {
	own, given := u.Marks[l.Code]
	wrote := 0
	for _, m := range u.Members {
		if _, ok := m.Marks[l.Code]; ok {
			wrote++
		}
	}
	if len(u.Members) == 0 || given || l.Rule.Type == rubric.RuleSurvey && wrote == 0 {
		return refLeaf(l, own, given, u.Unit, s)
	}
	sum, count, missing := n(0), int64(0), false
	for _, m := range u.Members {
		mark, has := m.Marks[l.Code]
		p, why := refLeaf(l, mark, has, u.Unit, s)
		if missing = missing || why == "missing"; why == "" {
			sum, count = add(sum, refRound(p, set.Decimals, set.KindOf(l) == "penalty")), count+1
		}
	}
	switch {
	case missing:
		return nil, "missing"
	case count == 0:
		return nil, "na"
	}
	return over(sum, n(count)), ""
}

func refMet(u UnitMarks, code string) bool {
	if met, own := u.Conditions[code]; own || len(u.Members) == 0 {
		return met
	}
	return !slices.ContainsFunc(u.Members, func(m UnitMarks) bool { return !m.Conditions[code] })
}

// genMembers draws a set and units whose marks are one to four members' with
// some overrides.
func genMembers(t *rapid.T) (*rubric.Set, []UnitMarks, *Survey) {
	set, units, s := genCase(t)
	w := &writer{t: t}
	for i := range units {
		u := &units[i]
		own := u.Marks
		u.Marks, u.Conditions = map[string]Mark{}, map[string]bool{}
		for range w.int(1, 4) {
			u.Members = append(u.Members, genUnit(t, set, "member"))
		}
		for _, l := range set.Leaves() {
			if m, ok := own[l.Code]; ok && w.chance(15) {
				u.Marks[l.Code] = m
			}
		}
		if w.chance(20) {
			u.Conditions["c1"] = w.chance(50)
		}
	}
	return set, units, s
}

func TestMeanReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, units, s := genMembers(t)
		for _, u := range units {
			want, got := refScore(set, u, s), shown(Score(set, u, s))
			want.Rank = 0
			hidden := cmp.FilterPath(func(p cmp.Path) bool { s := p.Last().String(); return s == ".total" || s == ".groups" }, cmp.Ignore())
			if diff := cmp.Diff(want, got, hidden, cmp.AllowUnexported(refResult{})); diff != "" {
				y, _ := set.YAML()
				t.Fatalf("(-reference +score):\n%s\n%s", diff, y)
			}
		}
	})
}

// TestMeanProperties: one member, and members who agree, score as a unit's own
// marks do; the order of members does not matter; each leaf lies between the
// least and the most its members gave; an override is all that counts; and what
// is explained is what was scored.
func TestMeanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, units, s := genMembers(t)
		for _, u := range units {
			r := Score(set, u, s)
			same := func(what string, other UnitMarks, want Result) {
				t.Helper()
				if diff := cmp.Diff(want, Score(set, other, s)); diff != "" {
					t.Fatalf("%s (-want +got):\n%s", what, diff)
				}
			}
			mixed := u
			mixed.Members = rapid.Permutation(u.Members).Draw(t, "order")
			same("order of members", mixed, r)
			alone := u.Members[0]
			alone.Unit = u.Unit
			same("one member", UnitMarks{Unit: u.Unit, Members: u.Members[:1]}, Score(set, alone, s))
			same("members who agree", UnitMarks{Unit: u.Unit, Members: []UnitMarks{u.Members[0], u.Members[0], u.Members[0]}}, Score(set, alone, s))
			for i, l := range r.Leaves {
				if _, own := u.Marks[l.Code]; own || l.State != Scored {
					continue
				}
				var given []Points
				for _, m := range u.Members {
					m.Unit = u.Unit
					if x := Score(set, m, s).Leaves[i]; x.State == Scored {
						given = append(given, x.Points)
					}
				}
				if l.Points < slices.Min(given) || l.Points > slices.Max(given) {
					t.Fatalf("leaf %s has %s of members' %v", l.Code, l.Points.String(2), given)
				}
			}
			e := ExplainUnit(set, u, s)
			if e.Total.Total != r.Total.String(r.Decimals) {
				t.Fatalf("total %s is explained as %+v", r.Total.String(r.Decimals), e.Total)
			}
			for i, l := range e.Leaves {
				if l.Points != r.Leaves[i].Points.String(r.Decimals) || l.State != r.Leaves[i].State || len(l.Members) > 0 && len(l.Members) != len(u.Members) {
					t.Fatalf("leaf %+v is explained as %+v", r.Leaves[i], l)
				}
			}
		}
	})
}

const meanSet = `total: 20
groups:
  - {code: A, title: g, max: 20, criteria: [{code: p, title: l, max: 10, na: true, rule: {type: points}}, {code: s, title: l, max: 10, na: true, rule: {type: survey, form: f, min_responses: 0}}]}
  - {code: P, title: g, kind: penalty, max: -5, criteria: [{code: m, title: l, rule: {type: count, each: -0.25, min: -5}}, {code: v, title: l, rule: {type: levels, levels: [{code: a, label: l, points: 0}, {code: b, label: l, points: -2}]}}]}
conditions: [{code: c1, title: c}]
recognition: {min_total: 0, conditions: all, bands: [{code: dat, title: t, min: 0}]}
`

// sheet is one member's marks: "p=4.25 m=3"; "p=-" says it does not apply.
func sheet(text string) UnitMarks {
	u := UnitMarks{Marks: map[string]Mark{}, Conditions: map[string]bool{"c1": true}}
	names := map[string]string{"p": "points", "m": "count", "v": "level", "s": "points"}
	for _, f := range strings.Fields(text) {
		code, value, _ := strings.Cut(f, "=")
		if u.Marks[code] = NewMark(names[code], value); value == "-" {
			u.Marks[code] = NotApplicable()
		}
	}
	return u
}

func sheets(list ...string) UnitMarks {
	u := UnitMarks{Unit: "u"}
	for _, text := range list {
		u.Members = append(u.Members, sheet(text))
	}
	return u
}

func TestMeanOfMembers(t *testing.T) {
	set := parseSet(t, head+meanSet)
	seventy := rubric.Int(70)
	s := &Survey{forms: map[string]map[string]surveyUnit{"f": {"u": {n: 1, index: &seventy}}}}
	for _, c := range []struct {
		leaf, want string
		state      State
		fraction   string
		members    []string
	}{
		{"p", "4.25", Scored, "17/4", []string{"p=4.5", "p=4"}},
		{"p", "4.33", Scored, "13/3", []string{"p=4.25", "p=4.25", "p=4.5"}},
		{"p", "4.13", Scored, "33/8", []string{"p=4.25", "p=4"}}, // 4.125 goes up
		{"p", "3.34", Scored, "667/200", []string{"p=3.33", "p=3.34"}},
		{"m", "-0.38", Scored, "-3/8", []string{"m=1", "m=2"}}, // -0.375 goes away from zero
		{"m", "-0.33", Scored, "-1/3", []string{"m=1", "m=1", "m=2"}},
		{"p", "0.00", Missing, "0", []string{"p=4.5", ""}},
		{"p", "0.00", Exempt, "0", []string{"p=-", "p=-"}},
		{"p", "5.00", Scored, "5", []string{"p=-", "p=4", "p=6"}},
		{"p", "0.00", Missing, "0", []string{"p=-", "p=11"}}, // above max: a problem, so missing
		{"s", "7.00", Scored, "7", []string{"", ""}},
		{"s", "7.00", Scored, "7", []string{"s=-", ""}},
		{"s", "0.00", Exempt, "0", []string{"s=-", "s=-"}},
	} {
		e, _ := Explain(set, sheets(c.members...), s, c.leaf)
		if e.Points != c.want || e.State != c.state || e.Exact.Fraction != c.fraction {
			t.Errorf("%s of %q is %s (%s, %s), want %s (%s, %s)", c.leaf, c.members, e.Points, e.State, e.Exact.Fraction, c.want, c.state, c.fraction)
		}
	}
}

func TestMeanExplained(t *testing.T) {
	set := parseSet(t, head+meanSet)
	u := sheets("p=4.505", "p=4", "p=-")
	e, _ := Explain(set, u, nil, "p")
	value := func(f, d string) Value { return Value{f, d} }
	want := []MemberExplanation{
		{State: Scored, Inputs: []ExplainInput{{Name: "points", Value: "4.505"}}, Exact: value("901/200", "4.505"), Points: "4.51"},
		{State: Scored, Inputs: []ExplainInput{{Name: "points", Value: "4"}}, Exact: value("4", "4"), Points: "4.00"},
		{State: Exempt, Inputs: []ExplainInput{}, Exact: value("0", "0"), Points: "0.00"},
	}
	if diff := cmp.Diff(want, e.Members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if e.Exact != value("851/200", "4.255") || e.Points != "4.26" || !e.Rounded || e.Clamped {
		t.Errorf("mean: %+v", e)
	}
	u.Marks = map[string]Mark{"p": NewMark("points", "9")}
	if e, _ := Explain(set, u, nil, "p"); e.Points != "9.00" || e.Members != nil {
		t.Errorf("override: %+v", e)
	}
	u = sheets("p=11", "p=4")
	if r := Score(set, u, nil); len(r.Problems) != 1 || r.Leaves[0].State != Missing {
		t.Errorf("a member's problem is lost: %+v", r)
	}
}

func TestMeanConditions(t *testing.T) {
	yes, no := sheet(""), sheet("")
	no.Conditions["c1"] = false
	for _, c := range []struct {
		own  map[string]bool
		list []UnitMarks
		want bool
	}{
		{nil, []UnitMarks{yes, yes}, true},
		{nil, []UnitMarks{yes, no}, false},
		{nil, []UnitMarks{yes, {}}, false},
		{map[string]bool{"c1": true}, []UnitMarks{yes, no}, true},
		{map[string]bool{"c1": false}, []UnitMarks{yes, yes}, false},
		{nil, nil, false},
	} {
		u := UnitMarks{Conditions: c.own, Members: c.list}
		if got := u.Met("c1"); got != c.want {
			t.Errorf("own %v of %d members: %v, want %v", c.own, len(c.list), got, c.want)
		}
	}
}

// A unit without members is written without them.
func TestNoMembersWritten(t *testing.T) {
	data, err := json.Marshal(UnitMarks{Unit: "u", Marks: map[string]Mark{}})
	if err != nil || bytes.Contains(data, []byte("members")) {
		t.Errorf("%s, %v", data, err)
	}
}

func TestDifferences(t *testing.T) {
	set := parseSet(t, head+meanSet)
	for _, c := range []struct {
		members []string
		total   Points
		leaves  string
	}{
		{[]string{"p=4", "p=9"}, 500, ""}, // exactly half is not more than half
		{[]string{"p=4", "p=9.01"}, 501, "p"},
		{[]string{"p=2", "p=5", "p=7.5"}, 550, "p"},
		{[]string{"p=-", "p=5"}, 500, "p na"},
		{[]string{"p=-", "p=-"}, 0, ""},
		{[]string{"p=-", ""}, 0, ""}, // missing is not compared
		{[]string{"p=9 m=0", "p=9 m=10"}, 250, ""},
		{[]string{"p=9 m=0", "p=9 m=11"}, 275, "m"},
		{[]string{"p=9 v=a", "p=9 v=b"}, 200, "v"},
		{[]string{"p=4"}, 0, ""},
	} {
		var results []Result
		for _, text := range c.members {
			m := sheet(text)
			m.Marks["s"] = NotApplicable()
			if strings.Contains(text, "p=-") || text == "" {
				delete(m.Marks, "s")
			}
			results = append(results, totalOf(set, m))
		}
		got := Differences(set, results)
		text := ""
		for _, l := range got.Leaves {
			text = strings.TrimSpace(fmt.Sprint(text, " ", l.Code, map[bool]string{true: " na"}[l.NA]))
		}
		if got.Total != c.total || text != c.leaves {
			t.Errorf("%q: total %d, leaves %q, want %d, %q", c.members, got.Total, text, c.total, c.leaves)
		}
	}
	if s := (Spread{Total: 1000}); s.Exceeds(rubric.Int(10)) || !s.Exceeds(rubric.Frac(999, 100)) {
		t.Error("the limit is not strict")
	}
	no := sheet("")
	no.Conditions["c1"] = false
	if got := Differences(set, nil, sheet(""), no, no).Conditions; !slices.Equal(got, []string{"c1"}) {
		t.Errorf("conditions %v", got)
	}
}

// totalOf scores without rescaling, so that totals are sums.
func totalOf(set *rubric.Set, m UnitMarks) Result {
	c := set.Clone()
	c.NotApplicable = rubric.Zero
	zero, err := rubric.New(c)
	if err != nil {
		panic(err)
	}
	return Score(zero, m, nil)
}

// TestDifferencesReference compares every pair in big.Rat.
func TestDifferencesReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, units, s := genMembers(t)
		for _, u := range units {
			var results []Result
			for _, m := range u.Members {
				m.Unit = u.Unit
				results = append(results, Score(set, m, s))
			}
			want, leaves := n(0), []string{}
			for i := range results {
				for j := range i {
					if d := new(big.Rat).Abs(sub(rat(results[i].Total.String(2)), rat(results[j].Total.String(2)))); d.Cmp(want) > 0 {
						want = d
					}
				}
			}
			for k, l := range set.Leaves() {
				for i := range results {
					for j := range results {
						a, b := results[i].Leaves[k], results[j].Leaves[k]
						far := a.State == Exempt && b.State == Scored || a.State == Scored && b.State == Scored &&
							times(n(2), sub(rat(a.Points.String(2)), rat(b.Points.String(2)))).Cmp(refRange(set, l)) > 0
						if far && !slices.Contains(leaves, l.Code) {
							leaves = append(leaves, l.Code)
						}
					}
				}
			}
			got, codes := Differences(set, results, u.Members...), []string{}
			for _, l := range got.Leaves {
				codes = append(codes, l.Code)
			}
			if got.Total.Num().Rat().Cmp(want) != 0 || !slices.Equal(codes, leaves) {
				t.Fatalf("differences %v %v, want %v %v", got.Total, codes, want, leaves)
			}
		}
	})
}

func refRange(set *rubric.Set, l rubric.Leaf) *big.Rat {
	if set.KindOf(l) != "penalty" {
		return l.Max.Rat()
	}
	if l.Rule.Type == "count" {
		return sub(l.Rule.Max.Rat(), l.Rule.Min.Rat())
	}
	a, b := l.Rule.Levels[0].Points.Rat(), l.Rule.Levels[1].Points.Rat()
	return new(big.Rat).Abs(sub(a, b))
}

// A file with the sheets of teams gives the same results when it is read again:
// anybody can score what "marks export" writes.
func TestMembersFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, units, s := genMembers(t)
		data, err := json.Marshal(MarksFile{Units: units})
		if err != nil {
			t.Fatal(err)
		}
		file, err := ParseMarks(data, "marks.json", set)
		if err != nil {
			t.Fatalf("%v in %s", err, data)
		}
		if diff := cmp.Diff(scoreUnits(set, units, s), scoreUnits(set, file.Units, s)); diff != "" {
			t.Fatal(diff)
		}
	})
}
