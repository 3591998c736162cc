package score

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"thanthien/internal/rubric"
)

// The size of the whole country.
const (
	benchUnits  = 3321
	benchLeaves = 120
)

// benchSet has six groups of twenty leaves, of every rule that takes a mark.
func benchSet(b testing.TB) *rubric.Set {
	rules := []string{
		"type: points, step: 0.25", "type: levels, levels: [{code: a, points: 1}, {code: b, points: 0.5}]", "type: ratio, zero_at: 50, full_at: 95",
		"type: external, bands: [{min: 90, points: 1}, {min: 50, points: 0.5}]", "type: count, each: 0.125", "type: formula, inputs: [{name: a}, {name: b}], expr: max * a / (a + b)",
	}
	var y strings.Builder
	y.WriteString(head + "total: 120\ngroups:\n")
	for g := range 6 {
		fmt.Fprintf(&y, "  - {code: \"%d\", title: g, max: 20, criteria: [", g+1)
		for l := range benchLeaves / 6 {
			fmt.Fprintf(&y, "{code: \"%d.%d\", title: l, max: 1, na: true, rule: {%s}},", g+1, l+1, rules[(g+l)%len(rules)])
		}
		y.WriteString("]}\n")
	}
	y.WriteString("recognition: {min_total: 60, min_group_percent: 50, min_criterion_percent: 20, bands: [{code: tot, title: t, min: 100}, {code: dat, title: t, min: 60}]}\ntie_break: [\"1\", \"2\"]\n")
	return parseSet(b, y.String())
}

func benchMarks(set *rubric.Set, units int) []UnitMarks {
	list := make([]UnitMarks, units)
	for i := range list {
		marks := make(map[string]Mark, benchLeaves)
		for j, l := range set.Leaves() {
			x := (i*7919 + j*104729) % 97
			switch l.Rule.Type {
			case rubric.RulePoints:
				marks[l.Code] = NewMark("points", rubric.Frac(int64(x%5), 4).String())
			case rubric.RuleLevels:
				marks[l.Code] = NewMark("level", []string{"a", "b"}[x%2])
			case rubric.RuleRatio:
				marks[l.Code] = NewMark("numerator", fmt.Sprint(x), "denominator", "97")
			case rubric.RuleExternal:
				marks[l.Code] = NewMark("value", fmt.Sprint(x))
			case rubric.RuleCount:
				marks[l.Code] = NewMark("count", fmt.Sprint(x%9))
			default:
				marks[l.Code] = NewMark("a", fmt.Sprint(x), "b", fmt.Sprint(j+1))
			}
			if x == 96 {
				marks[l.Code] = NotApplicable()
			}
		}
		list[i] = UnitMarks{Unit: fmt.Sprintf("%05d", i), Marks: marks}
	}
	return list
}

// BenchmarkScoreAndRank scores and ranks the country, a quarter and four times
// of it: the time per unit should stay the same. Run it with -cpu 1.
func BenchmarkScoreAndRank(b *testing.B) {
	set := benchSet(b)
	for _, units := range []int{benchUnits / 4, benchUnits, benchUnits * 4} {
		b.Run(fmt.Sprint(units), func(b *testing.B) {
			list := benchMarks(set, units)
			b.ReportAllocs()
			for b.Loop() {
				if r := scoreUnits(set, list, nil); r[0].Rank != 1 {
					b.Fatal("nobody is first")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*units*benchLeaves), "ns/leaf")
		})
	}
}

// BenchmarkParseMarks reads the country's marks file.
func BenchmarkParseMarks(b *testing.B) {
	set := benchSet(b)
	data, err := json.Marshal(MarksFile{Units: benchMarks(set, benchUnits)})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseMarks(data, "marks.json", set); err != nil {
			b.Fatal(err)
		}
	}
}
