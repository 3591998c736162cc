package survey

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawTallies draws a form and responses, and tallies the accepted ones both ways.
func drawTallies(t *rapid.T) (*Form, map[string]*Tally, map[string][]refRow) {
	text := drawForm(t)
	f, err := Parse([]byte(text), "drawn.yaml")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	tallies, rows := map[string]*Tally{}, map[string][]refRow{}
	for range rapid.IntRange(0, 30).Draw(t, "responses") {
		r := drawResponse(t, f)
		want, ok := refVisible(f, r.answers)
		a, err := f.Check(r.group, r.answers)
		if (err == nil) != ok {
			t.Fatalf("Check(%v) = %v, reference accepts: %v\n%s", r.answers, err, ok, text)
		}
		if !ok {
			continue
		}
		if tallies[r.unit] == nil {
			tallies[r.unit] = NewTally(f)
		}
		if err := tallies[r.unit].Add(r.group, f.Pack(a)); err != nil {
			t.Fatal(err)
		}
		rows[r.unit] = append(rows[r.unit], refRow{r.group, want})
	}
	return f, tallies, rows
}

func TestTallyEqualsReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, tallies, rows := drawTallies(t)
		for _, u := range NewReport(f, tallies).Units {
			compareUnit(t, f, u, refReport(f, rows[u.Unit]))
		}
	})
}

func compareUnit(t *rapid.T, f *Form, u UnitReport, want refUnit) {
	t.Helper()
	if u.N != want.n || u.IndexN != want.indexN {
		t.Fatalf("n = %d, %d, want %d, %d", u.N, u.IndexN, want.n, want.indexN)
	}
	same := func(what string, got *string, r *big.Rat) {
		if diff := cmp.Diff(refPercent(r), got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", what, diff)
		}
	}
	same("index", u.Index, want.index)
	same("low", u.Low, want.low)
	same("high", u.High, want.high)
	for _, g := range u.Groups {
		same("group "+g.Code, g.Value.Index, want.groups[g.Code])
	}
	for _, q := range u.Questions {
		total := int64(0)
		for _, c := range q.Value.Counts {
			if c.Value != want.counts[q.Code][c.Code] {
				t.Fatalf("%s %s counted %d, want %d", q.Code, c.Code, c.Value, want.counts[q.Code][c.Code])
			}
		}
		for _, n := range want.counts[q.Code] {
			total += n
		}
		switch f.Question(q.Code).Kind {
		case Scale:
			same("question "+q.Code, q.Value.Index, want.questions[q.Code])
			total = want.valued[q.Code]
		case Number:
			if q.Value.Sum != nil && *q.Value.Sum != plainRat(want.sums[q.Code]) {
				t.Fatalf("%s sum %s, want %s", q.Code, *q.Value.Sum, want.sums[q.Code])
			}
		case Multi:
			continue
		}
		if q.Value.N != total {
			t.Fatalf("%s n = %d, want %d", q.Code, q.Value.N, total)
		}
	}
}

// refPercent rounds half up by integers.
func refPercent(r *big.Rat) *string {
	if r == nil {
		return nil
	}
	n := new(big.Int).Mul(r.Num(), big.NewInt(200))
	n.Add(n, r.Denom()).Div(n, new(big.Int).Mul(r.Denom(), big.NewInt(2)))
	s := new(big.Rat).SetFrac(n, big.NewInt(100)).FloatString(2)
	return &s
}

func TestMergeAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, _, _ := drawTallies(t)
		all, parts := NewTally(f), []*Tally{NewTally(f), NewTally(f), NewTally(f)}
		for range rapid.IntRange(0, 20).Draw(t, "more") {
			r := drawResponse(t, f)
			a, err := f.Check(r.group, r.answers)
			if err != nil {
				continue
			}
			must(t, all.Add(r.group, f.Pack(a)))
			must(t, rapid.SampledFrom(parts).Draw(t, "part").Add(r.group, f.Pack(a)))
		}
		left := parts[0].Clone() // (0+1)+2
		must(t, left.Merge(parts[1]))
		must(t, left.Merge(parts[2]))
		right := parts[2].Clone() // (2+1)+0
		must(t, right.Merge(parts[1]))
		must(t, right.Merge(parts[0]))
		if !left.Equal(all) || !right.Equal(all) {
			t.Fatalf("merged parts differ from the whole")
		}
		must(t, left.Sub(parts[1]))
		must(t, parts[0].Merge(parts[2]))
		if !left.Equal(parts[0]) || !cmp.Equal(left.Snapshot(), parts[0].Snapshot()) {
			t.Fatalf("subtracting a part does not leave the others")
		}
		if parts[1].N() > 0 && NewTally(f).Sub(parts[1]) == nil {
			t.Fatalf("subtracted from nothing")
		}
	})
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSnapshotIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, tallies, _ := drawTallies(t)
		for _, tally := range tallies {
			data, err := json.Marshal(tally.Snapshot())
			must(t, err)
			var s Snapshot
			must(t, json.Unmarshal(data, &s))
			back, err := RestoreTally(f, s)
			must(t, err)
			if !back.Equal(tally) {
				t.Fatalf("restored tally differs: %s", data)
			}
		}
	})
}

func TestPackIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, err := Parse([]byte(drawForm(t)), "drawn.yaml")
		must(t, err)
		r := drawResponse(t, f)
		a, err := f.Check(r.group, r.answers)
		if err != nil {
			return
		}
		back, err := f.Unpack(f.Pack(a))
		must(t, err)
		again, err := f.Check(r.group, f.Values(back))
		must(t, err)
		if !back.Equal(a) || !again.Equal(a) {
			t.Fatalf("answers changed: %v", f.Values(back))
		}
	})
}

func TestFormYAMLIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, err := Parse([]byte(drawForm(t)), "drawn.yaml")
		must(t, err)
		g, err := Parse(f.YAML(), "again.yaml")
		must(t, err)
		if !f.Equal(g) {
			t.Fatalf("reads differently:\n%s", f.YAML())
		}
	})
}

// The index and its bounds are percentages; with one index question the
// interval holds the index.
func TestIndexBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, tallies, _ := drawTallies(t)
		for _, tally := range tallies {
			e := tally.Exact()
			if e.Index == nil {
				continue
			}
			low, high := tally.interval(e.groupsUsed())
			if low == nil {
				low, high = new(big.Rat), big.NewRat(100, 1)
			}
			if low.Sign() < 0 || high.Cmp(big.NewRat(100, 1)) > 0 || low.Cmp(high) > 0 || e.Index.Sign() < 0 || e.Index.Cmp(big.NewRat(100, 1)) > 0 {
				t.Fatalf("index %v in %v..%v", e.Index, low, high)
			}
			if len(e.Questions) == 1 && len(f.Index.GroupWeights) == 0 && (e.Index.Cmp(low) < 0 || e.Index.Cmp(high) > 0) {
				t.Fatalf("index %v outside %v..%v", e.Index, low, high)
			}
		}
	})
}

// Each group and question alone gives what the report prints for it.
func TestSubsetIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, tallies, rows := drawTallies(t)
		for unit, tally := range tallies {
			data, err := json.Marshal(tally.Exact())
			must(t, err)
			var e Exact
			must(t, json.Unmarshal(data, &e))
			if len(f.Index.GroupWeights) > 0 {
				continue
			}
			for _, q := range f.Questions() {
				want, n := refQuestion(f, q, rows[unit])
				if q.Kind != Scale || q.Weight.Sign() == 0 {
					want, n = nil, 0
				}
				got, m, ok := SubsetIndex(e, []string{q.Code}, nil)
				if ok != (want != nil) || ok && (got.Cmp(want) != 0 || int64(m) != n) {
					t.Fatalf("%s: %v n=%d, want %v n=%d", q.Code, got, m, want, n)
				}
			}
			for _, g := range f.Respondents {
				want := refForm(f, refIndexQuestions(f), refGroup(rows[unit], g))
				got, _, ok := SubsetIndex(e, nil, []string{g})
				if ok != (want != nil) || ok && got.Cmp(want) != 0 {
					t.Fatalf("%s: %v, want %v", g, got, want)
				}
			}
		}
	})
}
