package rubric

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/fault"
)

// good is a set that uses every part of the format.
const good = `id: mau-2026
version: 3
title: Bộ tiêu chí
issued_by: UBND tỉnh Minh Họa
decision: {number: "54/2025/QĐ-UBND", date: 2025-11-07}
applies_to: [commune, agency]
total: 20
decimals: 2
not_applicable: rescale
max_total: 20
papers:
  - {code: to-trinh, title: Tờ trình, required: true}
conditions:
  - {code: dk1, title: Không có lãnh đạo bị kỷ luật}
groups:
  - code: "1"
    title: Nhóm thường
    kind: normal
    max: 20
    criteria:
      - code: "1.1"
        title: Mục có con
        max: 11
        criteria:
          - {code: 1.1.1, title: Điểm, max: 5, evidence: required, na: true, rule: {type: points, step: 0.25}}
          - code: "1.1.2"
            title: Mức
            max: 2
            guide: |
              Dòng một.
                Dòng hai: "nháy".
            rule: {type: levels, levels: [{code: "1", label: Có, points: 2}, {code: "0", label: Không, points: 0}]}
          - {code: 1.1.3, title: Tỷ lệ, max: 4, rule: {type: ratio, zero_at: 50, full_at: 95.5}}
      - {code: "1.2", title: Ngoài, max: 3, rule: {type: external, source: PAR, scale: 50, bands: [{min: 90, points: 3}, {min: 50, points: 1.125}]}}
      - {code: "1.3", title: Khảo sát, max: 2, rule: {type: survey, form: pks07, questions: [q1], groups: [resident], min_responses: 10, when_missing: na}}
      - {code: "1.4", title: Đếm, max: 2, rule: {type: count, each: 0.5}}
      - {code: "1.5", title: Công thức, max: 2, rule: {type: formula, inputs: [{name: a, title: A}], expr: "max - a / 2"}}
  - {code: T, title: Thưởng, kind: bonus, max: 5, criteria: [{code: T1, title: Sáng kiến, max: 8, rule: {type: points}}]}
  - {code: P, title: Trừ, kind: penalty, max: -5, criteria: [{code: P1, title: Chậm, rule: {type: count, each: -0.5, min: -3, max: 0}}]}
recognition:
  min_total: 10
  min_group_percent: 50
  groups: {"1": 70}
  min_criterion_percent: 0
  conditions: all
  bands:
    - {code: tot, title: Tốt, min: 18}
    - {code: dat, title: Đạt, min: 10}
tie_break: ["1", T]
`

func mustParse(t testing.TB, data string) *Set {
	t.Helper()
	s, err := Parse([]byte(data), "set.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParseGood(t *testing.T) {
	s := mustParse(t, good)
	type place struct {
		Code     string
		Group    int
		Path     string
		Evidence string
		NA       bool
	}
	var leaves []place
	for _, l := range s.Leaves() {
		leaves = append(leaves, place{l.Code, l.Group, strings.Join(l.Path, "/"), l.Evidence, l.NA})
	}
	want := []place{
		{"1.1.1", 0, "1.1", "required", true}, {"1.1.2", 0, "1.1", "optional", false}, {"1.1.3", 0, "1.1", "optional", false}, {"1.2", 0, "", "optional", false},
		{"1.3", 0, "", "optional", false}, {"1.4", 0, "", "optional", false}, {"1.5", 0, "", "optional", false}, {"T1", 1, "", "optional", false}, {"P1", 2, "", "optional", false},
	}
	if diff := cmp.Diff(want, leaves); diff != "" {
		t.Errorf("leaves (-want +got):\n%s", diff)
	}
	if l, ok := s.Leaf("1.4"); !ok || !l.Rule.Min.Equal(Num{}) || !l.Rule.Max.Equal(Int(2)) {
		t.Errorf("count defaults are %v..%v, want 0..2", l.Rule.Min, l.Rule.Max)
	}
	if l, _ := s.Leaf("1.1.3"); !l.Rule.Map.FullAt.Equal(Frac(191, 2)) {
		t.Errorf("full_at is %v", l.Rule.Map.FullAt)
	}
	if _, ok := s.Leaf("1.1"); ok {
		t.Error("an inner node is no leaf")
	}
	if got := s.Recognition.Floor("1"); got == nil || !got.Equal(Int(70)) {
		t.Errorf("the floor of group 1 is %v, want 70", got)
	}
	if s.BandIndex("dat") != 1 || s.BandIndex("x") != -1 {
		t.Error("band positions are wrong")
	}
}

func TestRoundTrip(t *testing.T) {
	files := map[string]string{"good": good}
	dir := os.DirFS("../../criteria/sets")
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no sample sets: %v", err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	for name, data := range files {
		s := mustParse(t, data)
		roundTrip(t, s)
		copied, err := New(s.Clone())
		if err != nil || !copied.Equal(s) {
			t.Errorf("%s: New of a clone: %v", name, err)
		}
	}
}

// roundTrip wants Parse(s.YAML()) to give s, text for text.
func roundTrip(t *testing.T, s *Set) {
	t.Helper()
	data, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Parse(data, "export.yaml")
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	// programs hold no data of their own, so they are left out of the comparison
	ignore := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".program" || p.Last().String() == ".index" }, cmp.Ignore())
	if diff := cmp.Diff(s, back, ignore, cmp.AllowUnexported(Set{}, Rule{})); diff != "" {
		t.Fatalf("the export differs (-before +after):\n%s", diff)
	}
	if changes := Diff(s, back); len(changes) != 0 {
		t.Fatalf("the export has changes: %v", changes)
	}
}

// TestProblems changes one line of the good set and wants one problem there.
func TestProblems(t *testing.T) {
	for _, c := range []struct{ old, new, key string }{
		{"id: mau-2026", "id: Mẫu 2026", "slug"}, {"id: mau-2026\n", "", "missingField"}, {"version: 3", "version: 0", "wantWhole"},
		{"version: 3", "version: x", "wantWhole"}, {"title: Bộ tiêu chí", "titel: x", "unknownField"}, {"title: Bộ tiêu chí", "title: [a]", "wantText"},
		{"title: Bộ tiêu chí", "title: true", "wantText"}, {"2025-11-07", "2025-13-07", "date"}, {"[commune, agency]", "[]", "missingField"},
		{"[commune, agency]", "[commune, commune]", "level"}, {"groups: [resident], min", "groups: [resident, residents], min", "oneOf"}, {"[commune, agency]", "commune", "wantList"}, {"total: 20\ndec", "total: 21\ndec", "totalSum"},
		{"total: 20\ndec", "total: x\ndec", "wantNumber"}, {"total: 20\ndec", "total: 020\ndec", "wantNumber"}, {"total: 20\ndec", "total: 0x14\ndec", "wantNumber"},
		{"decimals: 2", "decimals: 3", "wantWhole"}, {"applicable: rescale", "applicable: never", "oneOf"}, {"max_total: 20", "max_total: 20.001", "decimals"},
		{"required: true}", "required: perhaps}", "wantTruth"}, {"code: dk1", "code: dk 1", "code"}, {"- {code: dk1, title: Không có lãnh đạo bị kỷ luật}", "- dk1", "wantMap"},
		{"kind: normal", "kind: extra", "oneOf"}, {"max: 11", "max: 12", "sum"}, {"code: 1.1.3", "code: 1.1.1", "codeTwice"}, {"step: 0.25", "step: 0", "step"},
		{"step: 0.25", "step: 6", "step"}, {"step: 0.25", "steps: 1", "unknownField"}, {"type: points, step", "type: point, step", "unknownRule"},
		{"rule: {type: points, step: 0.25}", "rule: points", "wantMap"}, {"rule: {type: points, step: 0.25}", "rule: {step: 0.25}", "missingField"},
		{", rule: {type: ratio, zero_at: 50, full_at: 95.5}", "", "missingField"}, {"label: Có, points: 2}", "label: Có, points: 3}", "range"},
		{`{code: "0", label`, `{code: "1", label`, "codeTwice"}, {"zero_at: 50, full_at: 95.5", "zero_at: 50, full_at: 50", "zeroFull"},
		{"scale: 50, bands", "scale: 0, bands", "scale"}, {"scale: 50, bands", "zero_at: 1, bands", "bandsAndLinear"}, {"min: 50, points: 1.125", "min: 90, points: 1", "bandOrder"},
		{"min: 50, points: 1.125", "min: 50, points: 4", "range"}, {"form: pks07", "form: PKS 07", "slug"}, {"when_missing: na", "when_missing: skip", "oneOf"},
		{"min_responses: 10", "min_responses: -1", "wantWhole"}, {"each: 0.5}", "each: 0.5, max: 3}", "range"}, {"each: 0.5}", "each: 0.5, min: 2, max: 1}", "minMax"},
		{"each: 0.5}", "min: 0}", "missingField"}, {"max - a / 2", "max - b / 2", "formulaName"}, {"max - a / 2", "max - ", "formulaSyntax"}, {"max - a / 2", "max > a", "formulaResult"},
		{"max - a / 2", "a / 0", "formulaZero"}, {"name: a, title", "name: max, title", "inputName"}, {"kind: bonus, max: 5", "kind: bonus, max: -5", "range"},
		{"kind: penalty, max: -5", "kind: penalty, max: 5", "range"}, {"title: Chậm, rule", "title: Chậm, max: 1, rule", "penaltyMax"},
		{"type: count, each: -0.5, min: -3, max: 0", "type: points", "penaltyRule"}, {"each: -0.5, min: -3", "each: 0.5, min: -3", "penaltyEach"},
		{"min_total: 10", "min_total: 25.01", "impossible"}, {"min_group_percent: 50", "min_group_percent: 101", "percent"}, {`groups: {"1": 70}`, "groups: {T: 70}", "floorGroup"},
		{`groups: {"1": 70}`, "groups: {X: 70}", "floorGroup"}, {"conditions: all", "conditions: some", "oneOf"}, {"title: Tốt, min: 18", "title: Tốt, min: 9", "bandOrder"},
		{"title: Tốt, min: 18", "title: Tốt, min: 25.01", "impossible"}, {"{code: dat, title: Đạt", "{code: tot, title: Đạt", "codeTwice"},
		{`tie_break: ["1", T]`, `tie_break: ["1", X]`, "unknownGroup"}, {`tie_break: ["1", T]`, `tie_break: [T, T]`, "codeTwice"},
		{"title: Bộ tiêu chí", "title: &x Bộ tiêu chí", "alias"}, {"title: Bộ tiêu chí", "version: 4", "fieldTwice"}, {"title: Bộ tiêu chí", "<<: {a: b}", "plainKey"},
		{"title: Bộ tiêu chí", `title: "a\0b"`, "badRune"}, {"title: Bộ tiêu chí", "title: " + strings.Repeat("a", MaxTitle+1), "textLong"},
		{"evidence: required", "evidence: some", "oneOf"}, {"max: 11\n", "max: 11\n        na: true\n", "leafOnly"}, {"step: 0.25}", "step: 0.25}, criteria: [{code: z, title: z, max: 1, rule: {type: points}}]", "ruleAndCriteria"},
		{"  bands:\n    - {code: tot, title: Tốt, min: 18}\n    - {code: dat, title: Đạt, min: 10}\n", "", "missingField"},
	} {
		if strings.Count(good, c.old) != 1 {
			t.Fatalf("%q occurs %d times in the good set", c.old, strings.Count(good, c.old))
		}
		at := strings.Index(good, c.old)
		line := 1 + strings.Count(good[:at], "\n")
		found := problems(t, strings.Replace(good, c.old, c.new, 1))
		ok := slices.ContainsFunc(found, func(p fault.Problem) bool {
			return p.Key == "rubric."+c.key && p.File == "set.yaml" && (p.Line == line || p.Line == line+1 || c.new == "")
		})
		if !ok {
			t.Errorf("%q → %q: want rubric.%s at line %d, got %v", c.old, c.new, c.key, line, found)
		}
	}
}

// A threshold that only max_total keeps from being reached is a set all the same.
func TestThresholdAboveMaxTotal(t *testing.T) {
	for old, new := range map[string]string{"min_total: 10": "min_total: 25", "title: Tốt, min: 18": "title: Tốt, min: 25"} {
		set := mustParse(t, strings.Replace(good, old, new, 1))
		if set.MaxTotal.Cmp(Int(25)) >= 0 {
			t.Errorf("%s: max_total %v is not below the threshold", new, set.MaxTotal)
		}
	}
}

func problems(t *testing.T, data string) []fault.Problem {
	t.Helper()
	_, err := Parse([]byte(data), "set.yaml")
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Errorf("no fault but %v for\n%.2000s", err, data)
		return nil
	}
	return f.Problems
}

// TestAllProblemsAtOnce: many mistakes in one file are all listed, by line.
func TestAllProblemsAtOnce(t *testing.T) {
	data := good
	for _, r := range [][2]string{
		{"id: mau-2026", "id: M"}, {"decimals: 2", "decimals: 9"}, {"max: 11", "max: 12"}, {"step: 0.25", "step: -1"}, {"code: 1.1.3", "code: 1.1.1"},
		{"form: pks07", "form: X Y"}, {"max - a / 2", "zz"}, {"min_total: 10", "min_total: 1000"}, {"title: Đạt, min: 10", "title: Đạt, min: 19"}, {`["1", T]`, "[Z]"},
		{"total: 20\n", "total: 30\n"},
	} {
		data = strings.Replace(data, r[0], r[1], 1)
	}
	found := problems(t, data)
	if len(found) != 12 || !slices.IsSortedFunc(found, func(a, b fault.Problem) int { return a.Line - b.Line }) {
		t.Errorf("want 12 problems in line order, got %d: %v", len(found), found)
	}
}

func TestLimits(t *testing.T) {
	deep := "{code: z, title: z, max: 1, rule: {type: points}}"
	for i := range MaxDepth {
		deep = fmt.Sprintf("{code: n%d, title: z, criteria: [%s]}", i, deep)
	}
	var many strings.Builder
	for i := range MaxLeaves + 1 {
		fmt.Fprintf(&many, "{code: m%d, title: z, max: 0, rule: {type: points}},", i)
	}
	set := func(criteria string) string {
		return "id: a\nversion: 1\ntitle: t\napplies_to: [commune]\ntotal: 1\ngroups:\n  - {code: g, title: g, max: 1, criteria: [" + criteria + "]}\n"
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'z'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 9), ","))
	}
	for name, c := range map[string]struct{ data, key string }{
		"depth":    {set(deep), "deep"},
		"leaves":   {set(many.String()), "listLong"},
		"groups":   {set("{code: z, title: z, max: 1, rule: {type: points}}") + strings.Repeat(" ", 1) + "#", ""},
		"bomb":     {bomb, "unknownField"},
		"formula":  {set("{code: z, title: z, max: 1, rule: {type: formula, inputs: [], expr: \"" + strings.Repeat("1+", 500000) + "1\"}}"), "textLong"},
		"flow":     {strings.Repeat("[", 500000), "yaml"},
		"empty":    {"", "empty"},
		"comment":  {"# nothing\n", "empty"},
		"two":      {good + "---\na: b\n", "oneDocument"},
		"scalar":   {"hello", "wantMap"},
		"syntax":   {"a: b\n c: d\n", "yaml"},
		"notutf8":  {"a: \xff\xfe", "yaml"},
		"problems": {set(strings.Repeat("{x: 1},", MaxLeaves)), "more"},
	} {
		if c.key == "" {
			mustParse(t, c.data)
			continue
		}
		found := problems(t, c.data)
		if !slices.ContainsFunc(found, func(p fault.Problem) bool { return p.Key == "rubric."+c.key }) || len(found) > MaxProblems+1 {
			t.Errorf("%s: want rubric.%s, got %d problems: %.300v", name, c.key, len(found), found)
		}
	}
	_, err := Parse(make([]byte, MaxFileBytes+1), "set.yaml")
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("a file over the limit: %v", err)
	}
}

func TestCheckForms(t *testing.T) {
	lookup := func(id string) ([]string, bool) { return []string{"q2"}, id == "pks07" }
	_, err := ParseWithForms([]byte(good), "set.yaml", lookup)
	f, _ := errors.AsType[*fault.Error](err)
	if f == nil || len(f.Problems) != 1 || f.Problems[0].Key != "rubric.unknownQuestion" || f.Problems[0].Line != 35 {
		t.Errorf("an unknown question: %v", err)
	}
	_, err = ParseWithForms([]byte(strings.Replace(good, "form: pks07", "form: pks99", 1)), "set.yaml", lookup)
	if f, _ = errors.AsType[*fault.Error](err); f == nil || len(f.Problems) != 1 || f.Problems[0].Key != "rubric.unknownForm" {
		t.Errorf("an unknown form: %v", err)
	}
	if _, err := ParseWithForms([]byte(strings.Replace(good, "questions: [q1]", "questions: [q2]", 1)), "set.yaml", lookup); err != nil {
		t.Errorf("a known question: %v", err)
	}
}

func TestNewChecks(t *testing.T) {
	s := mustParse(t, good).Clone()
	s.Groups[0].Criteria[0].Max = Int(99)
	s.Groups[0].Criteria[0].Criteria[0].Title = ""
	_, err := New(s)
	f, _ := errors.AsType[*fault.Error](err)
	var paths []string
	if f != nil {
		for _, p := range f.Problems {
			paths = append(paths, p.Path)
		}
	}
	slices.Sort(paths)
	want := []string{"groups[0].criteria[0].criteria[0].title", "groups[0].criteria[0].max", "groups[0].max"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("problem paths (-want +got):\n%s", diff)
	}
}

// FuzzParse: nothing crashes; what is accepted survives its own export.
func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("id: a\nversion: 1\ntitle: \"t\\n  u \"\napplies_to: [commune]\ntotal: 1\ngroups: [{code: g, title: g, max: 1, criteria: [{code: c, title: '# : -', max: 1, guide: \"x\\n\\n y\\t\", rule: {type: points}}]}]\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse(data, "set.yaml")
		if err != nil {
			mustBeFault(t, err)
			return
		}
		roundTrip(t, s)
	})
}

// TestNoEchoes: one mistake gives one problem, not a trail of them.
func TestNoEchoes(t *testing.T) {
	for _, c := range [][2]string{
		{"max: 5, evidence", "max: x, evidence"}, {"max: 11", "max: [1]"}, {"kind: normal", "kind: extra"}, {"    max: 20\n", ""}, {"max: 2, rule: {type: count", "rule: {type: count"},
		{"code: 1.1.1", "code: 1 1 1"}, {"each: 0.5}", "each: x}"}, {"max: 4, rule", "max: 4, extra: 1, rule"}, {"total: 20\ndec", "total: x\ndec"}, {"version: 3", "version: x"},
	} {
		if strings.Count(good, c[0]) != 1 {
			t.Fatalf("%q occurs %d times", c[0], strings.Count(good, c[0]))
		}
		if found := problems(t, strings.Replace(good, c[0], c[1], 1)); len(found) != 1 {
			t.Errorf("%q → %q gives %v", c[0], c[1], found)
		}
	}
}

// BenchmarkParseHostile reads files of the greatest size that are made to be
// slow; a cost that grows with the square of the size would show here.
func BenchmarkParseHostile(b *testing.B) {
	fill := func(head, entry, tail string) []byte {
		var out strings.Builder
		out.WriteString(head)
		for i := 0; out.Len() < MaxFileBytes-100; i++ {
			fmt.Fprintf(&out, entry, i)
		}
		out.WriteString(tail)
		return []byte(out.String())
	}
	for name, data := range map[string][]byte{
		"keys":    fill("", "k%d: 1\n", ""),
		"groups":  fill("groups: [", "{code: g%d},", "]"),
		"floors":  fill("recognition: {groups: {", "g%d: 1,", "}}"),
		"anchors": fill("", "a%[1]d: &a%[1]d 1\n", ""),
		"flow":    []byte(strings.Repeat("[", MaxFileBytes)),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := Parse(data, "set.yaml"); err == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}
