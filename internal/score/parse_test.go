package score

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/survey"
)

// every has one leaf of each kind of input.
const every = head + `total: 60
conditions: [{code: dk1, title: c}]
groups:
  - code: G
    title: g
    max: 60
    criteria:
      - {code: p, title: l, max: 10, na: true, rule: {type: points, step: 0.25}}
      - {code: l, title: l, max: 10, rule: {type: levels, levels: [{code: "1", points: 10}, {code: "2", points: 5}]}}
      - {code: r, title: l, max: 10, rule: {type: ratio}}
      - {code: e, title: l, max: 10, rule: {type: external, scale: 50}}
      - {code: c, title: l, max: 10, rule: {type: count, each: 1}}
      - {code: f, title: l, max: 5, rule: {type: formula, inputs: [{name: a}, {name: b}], expr: a / b}}
      - {code: s, title: l, max: 5, rule: {type: survey, form: pks07}}
`

func TestParseMarks(t *testing.T) {
	set := parseSet(t, every)
	data := `{"criteria": "x", "version": 1, "units": [{"unit": "07210", "conditions": {"dk1": true}, "marks": {
		"p": {"points": "4.25"}, "l": {"level": 2}, "r": {"numerator": 47, "denominator": "50"}, "e": {"value": 2.5e1},
		"c": {"count": 3.0}, "f": {"a": -1, "b": 0.1}, "s": null}}, {"unit": "07228", "marks": {"p": {"na": true}, "c": {"na": false, "count": null}}}]}`
	got, err := ParseMarks([]byte(data), "marks.json", set)
	if err != nil {
		t.Fatal(err)
	}
	r := Score(set, got.Units[0], nil)
	var points []string
	for _, l := range r.Leaves {
		points = append(points, l.Points.String(2))
	}
	if want := "4.25 5.00 9.40 5.00 3.00 0.00 0.00"; strings.Join(points, " ") != want || len(r.Problems) > 0 {
		t.Errorf("scores %v, want %s (%v)", points, want, r.Problems)
	}
	if !got.Units[1].Marks["p"].NA || !got.Units[1].Marks["c"].Empty() {
		t.Errorf("unit 2 has %+v", got.Units[1].Marks)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseMarks(text, "marks.json", set)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(scoreUnits(set, got.Units, nil), scoreUnits(set, back.Units, nil)); diff != "" {
		t.Errorf("written and read again:\n%s", diff)
	}
}

func problemsIn(t *testing.T, err error) []fault.Problem {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Errorf("no fault but %v", err)
		return nil
	}
	return f.Problems
}

func TestParseMarksRefuses(t *testing.T) {
	set := parseSet(t, every)
	unit := func(marks string) string { return "{\"units\": [\n{\"unit\": \"u\",\n\"marks\": {" + marks + "}}]}" }
	for _, c := range []struct{ data, key, path string }{
		{unit(`"p": {"points": 10.25}`), "range", "u/p"}, {unit(`"p": {"points": -1}`), "range", "u/p"}, {unit(`"p": {"points": 4.1}`), "step", "u/p"},
		{unit(`"p": {"points": "x"}`), "wantNumber", "u/p"}, {unit(`"p": {"points": "1e99"}`), "wantNumber", "u/p"}, {unit(`"p": {"level": "1"}`), "unknownInput", "u/p"},
		{unit(`"p": {"points": 1, "points": 2}`), "inputTwice", "u/p"}, {unit(`"p": {"points": [1]}`), "mark", "u/p"}, {unit(`"p": {"na": 1}`), "mark", "u/p"},
		{unit(`"p": 4`), "mark", "u/p"}, {unit(`"p": {"na": true, "points": 1}`), "naWithValue", "u/p"}, {unit(`"l": {"na": true}`), "naForbidden", "u/l"},
		{unit(`"l": {"level": "9"}`), "level", "u/l"}, {unit(`"r": {"numerator": 1}`), "missingInput", "u/r"}, {unit(`"r": {"numerator": 1, "denominator": 0}`), "denominator", "u/r"},
		{unit(`"r": {"numerator": -1, "denominator": 2}`), "negative", "u/r"}, {unit(`"e": {"value": 50.1}`), "range", "u/e"}, {unit(`"c": {"count": 1.5}`), "count", "u/c"},
		{unit(`"c": {"count": -1}`), "count", "u/c"}, {unit(`"f": {"a": 1}`), "missingInput", "u/f"}, {unit(`"s": {"points": 1}`), "noInputs", "u/s"},
		{unit(`"zz": {"points": 1}`), "unknownCriterion", "u/zz"}, {unit(`"G": {"points": 1}`), "unknownCriterion", "u/G"}, {unit(`"p": {"points": 1}, "p": {"points": 1}`), "criterionTwice", "u/p"},
		{`{"units": [{"unit": "u", "conditions": {"dk9": true}}]}`, "unknownCondition", "u/dk9"}, {`{"units": [{"unit": "u", "conditions": {"dk1": "yes"}}]}`, "conditionValue", "u/dk1"},
		{`{"units": [{"unit": "u"}, {"unit": "u"}]}`, "unitTwice", "u"}, {`{"units": [{"marks": {}}]}`, "unitCode", "unit"}, {`{"units": [{"unit": "=1+1"}]}`, "unitCode", "unit"},
		{`{"units": [{"unit": "u", "note": 1}]}`, "unknownField", "u"}, {`{"units": [3]}`, "wantUnit", "units"}, {`{"units": [{"unit": "u", "members": {}}]}`, "wantMembers", "u"}, {`{"units": [{"unit": "u", "members": [3]}]}`, "wantMembers", "u"},
		{`{"units": [{"unit": "u", "members": [{"marks": {"p": {"points": 11}}}]}]}`, "range", "u/p"}, {`{"units": [{"unit": "u", "members": [{"members": []}]}]}`, "unknownField", "u"}, {`{"units": 3}`, "wantList", "units"}, {`[]`, "wantObject", ""},
		{`{}`, "noUnits", ""}, {`{"units": []} x`, "trailing", ""}, {`{"units": [`, "json", ""}, {``, "json", ""}, {`{"units": [], "version": 2}`, "otherVersion", "version"},
		{`{"units": [], "criteria": "y"}`, "otherSet", "criteria"}, {`{"units": [], "z": 1}`, "unknownField", "z"}, {unit(strings.Repeat("[", 200000)), "json", ""},
	} {
		_, err := ParseMarks([]byte(c.data), "marks.json", set)
		found := problemsIn(t, err)
		ok := slices.ContainsFunc(found, func(p fault.Problem) bool {
			return p.Key == "score."+c.key && p.Path == c.path && p.File == "marks.json" && p.Line >= 1
		})
		if !ok {
			t.Errorf("%.80s: want score.%s at %q, got %v", c.data, c.key, c.path, found)
		}
	}
	_, err := ParseMarks([]byte(unit(`"f": {"a": 1, "b": 0}`)), "marks.json", set)
	if found := problemsIn(t, err); len(found) != 1 || found[0].Key != "rubric.formulaZero" || found[0].Path != "u/f" || found[0].Args[0] != "f" || found[0].Line != 3 {
		t.Errorf("a division by zero: %v", found)
	}
}

// TestAllMarksProblems: every wrong mark of a file is listed with its line.
func TestAllMarksProblems(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"units": [`)
	for i := range 1200 {
		fmt.Fprintf(&b, "\n{\"unit\": \"u%d\", \"marks\": {\"p\": {\"points\": 99}}},", i)
	}
	data := strings.TrimSuffix(b.String(), ",") + "]}"
	_, err := ParseMarks([]byte(data), "marks.json", parseSet(t, every))
	found := problemsIn(t, err)
	if len(found) != MaxProblems+1 || found[999].Line != 1001 || found[1000].Key != "score.more" || found[1000].Args[0] != 200 {
		t.Errorf("%d problems, the last ones %v", len(found), found[len(found)-2:])
	}
}

// surveySet has one survey leaf with the given parameters.
func surveySet(t testing.TB, rule string) *rubric.Set {
	return oneLeaf(t, "type: survey, form: f"+rule)
}

func TestSurvey(t *testing.T) {
	const printed = `{"form": "f", "version": 1, "units": [{"unit": "u", "n": 100, "index": "83.94",
		"groups": {"resident": {"n": 60, "index": "80.00"}, "business": {"n": 40, "index": "90.00"}},
		"questions": {"q1": {"n": 98, "index": "70.00"}, "q2": {"n": 20, "index": "75.01"}}}], "rejected": []}`
	for _, c := range []struct{ rule, data, want string }{
		{"", printed, "8.39 scored"}, {"", "[" + printed + "]", "8.39 scored"}, {", min_responses: 100", printed, "8.39 scored"},
		{", min_responses: 101", printed, "0.00 missing"}, {", min_responses: 101, when_missing: zero", printed, "0.00 scored"},
		{", min_responses: 101, when_missing: zero, zero_at: 100, full_at: 0", printed, "0.00 scored"}, {", min_responses: 101, when_missing: na", printed, "0.00 na"},
		{", groups: [resident]", printed, "8.00 scored"}, {", groups: [business, resident]", printed, "8.39 scored"}, {", groups: [official]", printed, "0.00 missing"},
		{", questions: [q1]", printed, "7.00 scored"}, {", questions: [q1, q2]", printed, "7.25 scored"}, {", questions: [q2]", printed, "0.00 missing"},
		{", min_responses: 0", strings.Replace(printed, `"83.94"`, "null", 1), "0.00 missing"},
		{"", strings.Replace(printed, `"unit": "u"`, `"unit": "v"`, 1), "0.00 missing"}, {"", strings.Replace(printed, `"form": "f"`, `"form": "g"`, 1), "0.00 missing"},
		{", zero_at: 60, full_at: 90", printed, "7.98 scored"}, // 23.94/30·10
	} {
		set := surveySet(t, c.rule)
		s, err := ParseSurvey([]byte(c.data), "tally.json")
		if err != nil {
			t.Fatal(err)
		}
		r := Score(set, UnitMarks{Unit: "u"}, s)
		if got := r.Leaves[0].Points.String(2) + " " + string(r.Leaves[0].State); got != c.want || len(r.Problems) > 0 {
			t.Errorf("%s: %s, want %s (%v)", c.rule, got, c.want, r.Problems)
		}
	}
	s, err := ParseSurvey([]byte(printed), "tally.json")
	if err != nil {
		t.Fatal(err)
	}
	r := Score(surveySet(t, ", questions: [q1], groups: [resident]"), UnitMarks{Unit: "u"}, s)
	if len(r.Problems) != 1 || r.Problems[0].Key != "score.surveyUnknown" || r.Complete {
		t.Errorf("a part that printed figures do not tell: %+v", r)
	}
	if r := Score(surveySet(t, ""), UnitMarks{Unit: "u"}, nil); r.Complete {
		t.Error("without a survey the unit is complete")
	}
	marked := UnitMarks{Unit: "u", Marks: map[string]Mark{"1.1": NotApplicable()}}
	if r := Score(surveySet(t, ""), marked, s); r.Leaves[0].State != Exempt {
		t.Errorf("a survey leaf marked N/A is %s", r.Leaves[0].State)
	}
}

// TestSurveyExact: a tally of ours is used with its fractions, over any part of
// the questions and groups, from a file and from a report alike.
func TestSurveyExact(t *testing.T) {
	form, err := survey.Parse([]byte(`id: f
version: 1
title: t
respondents: [resident, business]
consent: c
scales: {s: [{code: "1", label: a, value: 100}, {code: "0", label: b, value: 0}, {code: "9", label: c}]}
sections: [{title: s, questions: [{code: q1, kind: scale, scale: s, text: t}, {code: q2, kind: scale, scale: s, text: t}]}]
`), "form.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tally := survey.NewTally(form)
	for _, line := range []string{"resident 1 1", "resident 1 0", "resident 0 1", "business 0 9", "business 1 9", "business 0 9"} {
		f := strings.Fields(line)
		r, err := form.ParseResponse([]byte(fmt.Sprintf(`{"unit": "u", "group": %q, "answers": {"q1": %q, "q2": %q}}`, f[0], f[1], f[2])))
		if err != nil {
			t.Fatal(err)
		}
		if err := tally.Add(r.Group, form.AppendPack(nil, r.Answers)); err != nil {
			t.Fatal(err)
		}
	}
	report := survey.NewReport(form, map[string]*survey.Tally{"u": tally})
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParseSurvey(text, "tally.json")
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]string{
		"":                                      "175/3 6", // (50 + 200/3)/2
		", questions: [q1]":                     "50 6",
		", questions: [q2]":                     "200/3 3",
		", groups: [resident]":                  "200/3 3",
		", groups: [business]":                  "100/3 3",
		", questions: [q1], groups: [business]": "100/3 3",
	} {
		for name, s := range map[string]*Survey{"file": parsed, "report": NewSurvey(report)} {
			set := surveySet(t, ", min_responses: 1"+rule)
			e, ok := Explain(set, UnitMarks{Unit: "u"}, s, "1.1")
			if !ok || e.Survey == nil || e.Survey.Index == nil {
				t.Fatalf("%s%s: %+v", name, rule, e)
			}
			if got := fmt.Sprint(e.Survey.Index.Fraction(), " ", e.Survey.N); got != want || e.Percent.Fraction != e.Survey.Index.Fraction() {
				t.Errorf("%s%s: index and n %s, want %s", name, rule, got, want)
			}
		}
	}
}

func TestParseSurveyRefuses(t *testing.T) {
	unit := func(fields string) string { return `{"form": "f", "units": [{"unit": "u"` + fields + `}]}` }
	for data, key := range map[string]string{
		``: "json", `{`: "json", `3`: "json", `{}`: "notTally", `[{}]`: "notTally", `{"form": "f"}`: "notTally", unit(`, "n": -1`): "surveyFigures", unit(`, "index": "101"`): "surveyFigures",
		unit(`, "index": "1e999999999"`): "json", unit(`, "exact": {"index": "1e999999999"}`): "json", unit(`, "exact": {"index": "1/0"}`): "json", unit(`, "n": 1.5`): "json",
		`[` + unit("") + `,` + unit("") + `]`: "formTwice", `{"form": "f", "units": [{"unit": "u"}, {"unit": "u"}]}`: "unitTwice", unit(`, "groups": {"a": {"n": -1}}`): "surveyFigures",
	} {
		_, err := ParseSurvey([]byte(data), "tally.json")
		found := problemsIn(t, err)
		if !slices.ContainsFunc(found, func(p fault.Problem) bool { return p.Key == "score."+key && p.File == "tally.json" }) {
			t.Errorf("%s: want score.%s, got %v", data, key, found)
		}
	}
}

// TestMarksOrder: the order of marks in the file never matters.
func TestMarksOrder(t *testing.T) {
	set := parseSet(t, every)
	marks := []string{`"p": {"points": 4}`, `"l": {"level": "1"}`, `"r": {"denominator": 7, "numerator": 3}`, `"e": {"value": 3}`, `"c": {"count": 3}`, `"f": {"b": 3, "a": 1}`}
	rapid.Check(t, func(t *rapid.T) {
		score := func(list []string) []Result {
			m, err := ParseMarks([]byte(`{"units": [{"marks": {`+strings.Join(list, ",")+`}, "unit": "u"}]}`), "m", set)
			if err != nil {
				t.Fatal(err)
			}
			return scoreUnits(set, m.Units, nil)
		}
		if diff := cmp.Diff(score(marks), score(rapid.Permutation(marks).Draw(t, "marks"))); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzParseMarks: nothing crashes; what is accepted can be scored without
// problems, and written and read again with the same result.
func FuzzParseMarks(f *testing.F) {
	set := parseSet(f, every)
	f.Add([]byte(`{"units": [{"unit": "u", "marks": {"p": {"points": "4.25"}, "l": {"level": 1}, "r": {"numerator": 1, "denominator": 3}, "e": {"value": 1e1}, "c": {"count": 2}, "f": {"a": 1, "b": 3}}, "conditions": {"dk1": true}}]}`))
	f.Add([]byte(`{"criteria": "x", "version": 1, "units": [{"unit": "u", "marks": {"p": {"na": true}, "s": {}}}, {"unit": "v"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseMarks(data, "marks.json", set)
		if err != nil {
			if _, ok := errors.AsType[*fault.Error](err); !ok {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		results := scoreUnits(set, m.Units, nil)
		for _, r := range results {
			if len(r.Problems) > 0 {
				t.Fatalf("accepted, then refused: %v", r.Problems)
			}
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseMarks(text, "again.json", set)
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if diff := cmp.Diff(results, scoreUnits(set, back.Units, nil)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// FuzzParseSurvey: no survey file crashes.
func FuzzParseSurvey(f *testing.F) {
	f.Add([]byte(`{"form": "f", "units": [{"unit": "u", "n": 3, "index": "2/3", "exact": {"index": "2/3", "groups": {"resident": {"n": 1, "questions": {"q": {"n": 1, "sum": "1"}}}}}}]}`))
	set := parseSet(f, strings.Replace(every, "form: pks07", "form: f, questions: [q], groups: [resident], min_responses: 0", 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ParseSurvey(data, "tally.json")
		if err == nil {
			Score(set, UnitMarks{Unit: "u"}, s)
		}
	})
}
