package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/view"
)

// A mean is shown with its members: what each gave, and the sum of those who
// gave points divided by their number.
func TestExplainMean(t *testing.T) {
	set, err := rubric.Parse([]byte(`id: x
version: 1
title: t
applies_to: [commune]
total: 5
groups:
  - {code: "1", title: g, max: 5, criteria: [{code: a, title: l, max: 5, na: true, rule: {type: points}}]}
`), "x.yaml")
	ok(t, err)
	member := func(m score.Mark) score.UnitMarks {
		return score.UnitMarks{Marks: map[string]score.Mark{"a": m}}
	}
	u := score.UnitMarks{Unit: "u", Members: []score.UnitMarks{member(score.NewMark("points", "4.5")), member(score.NewMark("points", "4")), member(score.NotApplicable())}}
	x, _ := score.Explain(set, u, nil, "a")
	got := explainMembers(x, func(i int) string { return []string{"Lan", "Minh", "Hoa"}[i] })
	title := inputTitle(x.Rule, "points")
	want := []view.ExplainMember{
		{Name: "Lan", Inputs: []view.ExplainInput{{Title: title, Value: "4,5"}}, Points: "4,50", State: "scored"},
		{Name: "Minh", Inputs: []view.ExplainInput{{Title: title, Value: "4"}}, Points: "4,00", State: "scored"},
		{Name: "Hoa", Points: "0,00", State: "na"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	lines := steps(x)
	if len(lines) != 2 || lines[0].Formula != "(4,50 + 4,00) / 2" || lines[0].Fraction != "17/4" || lines[0].Decimal != "4,25" || lines[1].Decimal != "4,25" {
		t.Errorf("steps: %+v", lines)
	}
}
