package rubric

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDiff changes one thing at a time.
func TestDiff(t *testing.T) {
	for _, c := range []struct {
		old, new string
		want     []string // kind code: old → new
	}{
		{"id: mau-2026", "id: mau-2027", nil},
		{"version: 3", "version: 4", nil},
		{"title: Bộ tiêu chí", "title: Bộ mới", []string{"title : Bộ tiêu chí → Bộ mới"}},
		{"decimals: 2", "decimals: 1", []string{"setting : 2 → 1"}},
		{"not_applicable: rescale", "not_applicable: full", []string{"setting : rescale → full"}},
		{"max_total: 20\n", "", []string{"points : 20 → "}},
		{"required: true", "required: false", []string{"threshold to-trinh: true → false"}},
		{"code: dk1", "code: dk2", []string{"added dk2:  → Không có lãnh đạo bị kỷ luật", "removed dk1: Không có lãnh đạo bị kỷ luật → "}},
		{"title: Ngoài", "title: Trong", []string{"title 1.2: Ngoài → Trong"}},
		{"step: 0.25", "step: 0.5", []string{"rule 1.1.1: {type: points, step: 0.25} → {type: points, step: 0.5}"}},
		{"na: true", "na: false", []string{"setting 1.1.1: true → false"}},
		{"evidence: required", "evidence: none", []string{"text 1.1.1: required → none"}},
		{"max: 8", "max: 9", []string{"points T1: 8 → 9"}},
		{"code: T1", "code: T2", []string{"added T2:  → Sáng kiến", "removed T1: Sáng kiến → "}},
		{"min_total: 10", "min_total: 11", []string{"threshold : 10 → 11"}},
		{`groups: {"1": 70}`, `groups: {"1": 75}`, []string{"threshold : 1: 70 → 1: 75"}},
		{"title: Tốt, min: 18", "title: Tốt, min: 19", []string{"threshold tot: 18 → 19"}},
		{`tie_break: ["1", T]`, `tie_break: [T]`, []string{"setting : 1, T → T"}},
	} {
		var got []string
		for _, ch := range Diff(mustParse(t, good), mustParse(t, strings.Replace(good, c.old, c.new, 1))) {
			got = append(got, string(ch.Kind)+" "+ch.Code+": "+ch.Old+" → "+ch.New)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q → %q (-want +got):\n%s", c.old, c.new, diff)
		}
	}
}

func TestDiffMoves(t *testing.T) {
	a := mustParse(t, good).Clone()
	criteria := a.Groups[0].Criteria
	criteria[1], criteria[2] = criteria[2], criteria[1]
	b, err := New(a)
	if err != nil {
		t.Fatal(err)
	}
	changes := Diff(mustParse(t, good), b)
	if len(changes) != 1 || changes[0].Kind != Moved || changes[0].Key != "rubric.diffOrder" {
		t.Errorf("two criteria that change places: %v", changes)
	}
}
