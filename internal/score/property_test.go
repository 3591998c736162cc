package score

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thanthien/internal/rubric"
)

// top is the best total a set allows.
func top(set *rubric.Set) rubric.Num {
	best := set.Total
	for _, g := range set.Groups {
		if g.Kind == rubric.Bonus {
			best = best.Add(g.Max)
		}
	}
	if set.MaxTotal != nil {
		best = best.Min(*set.MaxTotal)
	}
	return best
}

func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, units, s := genCase(t)
		for _, r := range scoreUnits(set, units, s) {
			if r.Total < 0 || r.Total.Num().Cmp(top(set)) > 0 {
				t.Fatalf("total %s is not within 0..%s", r.Total.String(2), top(set))
			}
			for i, l := range set.Leaves() {
				p := r.Leaves[i].Points.Num()
				if low, high := p.Sign() < 0, p.Cmp(l.Max) > 0; high || low != (set.KindOf(l) == rubric.Penalty && low) {
					t.Fatalf("leaf %s has %s of %s", l.Code, p, l.Max)
				}
			}
			if r.Recognised && (!r.Complete || r.Band == "" || len(r.Failed) > 0) {
				t.Fatalf("recognised by mistake: %+v", r)
			}
			if r.Complete != (r.Rank > 0) {
				t.Fatalf("unit %s: complete %v, rank %d", r.Unit, r.Complete, r.Rank)
			}
		}
	})
}

// TestMorePointsNeverLower raises one points leaf.
func TestMorePointsNeverLower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, units, s := genCase(t)
		var leaves []rubric.Leaf
		for _, l := range set.Leaves() {
			if l.Rule.Type == rubric.RulePoints {
				leaves = append(leaves, l)
			}
		}
		if len(leaves) == 0 {
			t.Skip("no points leaf")
		}
		l := rapid.SampledFrom(leaves).Draw(t, "leaf")
		most, _ := l.Max.Mul(rubric.Int(1000)).Int64()
		low := rapid.Int64Range(0, most).Draw(t, "low")
		high := rapid.Int64Range(low, most).Draw(t, "high")
		with := func(p int64) Result {
			u := units[0]
			u.Marks = map[string]Mark{l.Code: NewMark("points", rubric.Frac(p, 1000).String())}
			for code, m := range units[0].Marks {
				if code != l.Code {
					u.Marks[code] = m
				}
			}
			return Score(set, u, s)
		}
		a, b := with(low), with(high)
		if b.Total < a.Total || len(b.Failed) > len(a.Failed) || a.Recognised && !b.Recognised {
			t.Fatalf("%s from %d to %d thousandths: total %s to %s", l.Code, low, high, a.Total.String(2), b.Total.String(2))
		}
	})
}

// TestOrderNeverMatters shuffles the units and the groups of the file.
func TestOrderNeverMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, units, s := genCase(t)
		plain := scoreUnits(set, units, s)
		mixed := scoreUnits(set, rapid.Permutation(units).Draw(t, "units"), s)
		if diff := cmp.Diff(plain, mixed); diff != "" {
			t.Fatalf("order of units matters:\n%s", diff)
		}
		c := set.Clone()
		c.Groups = rapid.Permutation(c.Groups).Draw(t, "groups")
		other, err := rubric.New(c)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range scoreUnits(other, units, s) {
			if r.Unit != plain[i].Unit || r.Total != plain[i].Total || r.Band != plain[i].Band || r.Rank != plain[i].Rank || len(r.Failed) != len(plain[i].Failed) {
				t.Fatalf("order of groups matters: %+v and %+v", plain[i], r)
			}
		}
	})
}

// TestRescaleKeepsFullMarks: whatever does not apply, full marks on the rest
// are the full total.
func TestRescaleKeepsFullMarks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genSet(t).Clone()
		c.NotApplicable, c.MaxTotal, c.Recognition, c.TieBreak = rubric.Rescale, nil, nil, nil
		c.Groups = slices.DeleteFunc(c.Groups, func(g rubric.Group) bool { return g.Kind != rubric.Normal })
		set, err := rubric.New(c)
		if err != nil {
			t.Fatal(err)
		}
		u := UnitMarks{Unit: "u", Marks: map[string]Mark{}}
		s := &Survey{forms: map[string]map[string]surveyUnit{}}
		applies := false
		for _, l := range set.Leaves() {
			if l.Rule.Type != rubric.RulePoints || rapid.Bool().Draw(t, "na") {
				l.Criterion.NA = true // the draw decides, not the set
				u.Marks[l.Code] = NotApplicable()
				continue
			}
			applies = true
			u.Marks[l.Code] = NewMark("points", l.Max.String())
		}
		want := set.Total
		if !applies {
			want = rubric.Num{}
		}
		if r := Score(set, u, s); !r.Total.Num().Equal(want) {
			t.Fatalf("total %s, want %s", r.Total.String(2), want)
		}
	})
}

// TestRanksShared: equal keys share a rank, better ones stand before, and the
// rank is one more than the number of better units.
func TestRanksShared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, units, s := genCase(t)
		list := scoreUnits(set, units, s)
		tie, _ := set.GroupIndex(set.TieBreak[0])
		for _, r := range list {
			better := 0
			for _, o := range list {
				if o.Complete && (o.Total > r.Total || o.Total == r.Total && o.Groups[tie].Points > r.Groups[tie].Points) {
					better++
				}
			}
			if r.Complete && r.Rank != better+1 {
				t.Fatalf("unit %s has rank %d behind %d better units", r.Unit, r.Rank, better)
			}
		}
	})
}

// TestShareIsAFraction: met exactly when the fraction reaches the percent, and
// needed units more are the fewest that reach it.
func TestShareIsAFraction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.IntRange(1, 4000).Draw(t, "denominator")
		r := rapid.IntRange(0, d).Draw(t, "recognised")
		tenths := rapid.IntRange(0, 1000).Draw(t, "tenths of a percent")
		p := rubric.Frac(int64(tenths), 10)
		got := Share(r, d, p)
		if got.Met != (r*1000 >= tenths*d) || got.Met != (got.Needed == 0) {
			t.Fatalf("%d/%d at %s %%: %+v", r, d, p, got)
		}
		if !Share(r+got.Needed, d, p).Met || got.Needed > 0 && Share(r+got.Needed-1, d, p).Met {
			t.Fatalf("%d/%d at %s %% needs %d", r, d, p, got.Needed)
		}
	})
}
