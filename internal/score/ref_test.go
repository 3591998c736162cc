package score

import (
	"math/big"
	"slices"
	"sort"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"thanthien/internal/rubric"
)

// The reference: the text of the format, word by word, in big.Rat, slow and
// without any of the package's own arithmetic.

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

func n(i int64) *big.Rat           { return big.NewRat(i, 1) }
func add(a, b *big.Rat) *big.Rat   { return new(big.Rat).Add(a, b) }
func sub(a, b *big.Rat) *big.Rat   { return new(big.Rat).Sub(a, b) }
func times(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func over(a, b *big.Rat) *big.Rat  { return new(big.Rat).Quo(a, b) }
func clamp(x, lo, hi *big.Rat) *big.Rat {
	if x.Cmp(lo) < 0 {
		x = lo
	}
	if x.Cmp(hi) > 0 {
		x = hi
	}
	return x
}

// refRound rounds half up, or half away from zero.
func refRound(x *big.Rat, decimals int, away bool) *big.Rat {
	if away && x.Sign() < 0 {
		return new(big.Rat).Neg(refRound(new(big.Rat).Neg(x), decimals, false))
	}
	scale := n([]int64{1, 10, 100}[decimals])
	y := add(times(x, scale), big.NewRat(1, 2))
	q, m := new(big.Int).DivMod(y.Num(), y.Denom(), new(big.Int))
	_ = m
	return over(new(big.Rat).SetInt(q), scale)
}

func refMap(m *rubric.Map, max, p *big.Rat) *big.Rat {
	for _, b := range m.Bands {
		if b.Min.Rat().Cmp(p) <= 0 {
			return b.Points.Rat()
		}
	}
	if len(m.Bands) > 0 {
		return n(0)
	}
	return times(max, clamp(over(sub(p, m.ZeroAt.Rat()), sub(m.FullAt.Rat(), m.ZeroAt.Rat())), n(0), n(1)))
}

func refFormula(expr string, a, b, max *big.Rat) *big.Rat {
	switch slices.Index(formulas, expr) {
	case 0:
		return add(a, b)
	case 1:
		if b.Sign() == 0 {
			return n(0)
		}
		return over(times(max, a), b)
	case 2:
		return sub(max, over(a, n(2)))
	case 3:
		return over(times(sub(a, b), sub(a, b)), n(7))
	case 4:
		if x := times(a, rat("0.3")); add(x, rat("0.1")).Cmp(rat("0.4")) != 0 {
			return x
		}
		return max
	}
	panic(expr)
}

// refLeaf returns P and "", or what stands in its way: "missing" or "na".
func refLeaf(l rubric.Leaf, m Mark, given bool, unit string, s *Survey) (*big.Rat, string) {
	max, r := l.Max.Rat(), l.Rule
	if given && m.NA {
		return nil, "na"
	}
	if r.Type == rubric.RuleSurvey {
		u, ok := s.forms[r.Form][unit]
		if ok && u.n >= int64(r.MinResponses) {
			return refMap(r.Map, max, u.index.Rat()), ""
		}
		return n(0), map[string]string{"block": "missing", "zero": "", "na": "na"}[r.WhenMissing]
	}
	if !given {
		return nil, "missing"
	}
	switch r.Type {
	case rubric.RulePoints:
		return rat(m.Get("points")), ""
	case rubric.RuleLevels:
		for _, level := range r.Levels {
			if level.Code == m.Get("level") {
				return level.Points.Rat(), ""
			}
		}
	case rubric.RuleRatio:
		return refMap(r.Map, max, over(times(n(100), rat(m.Get("numerator"))), rat(m.Get("denominator")))), ""
	case rubric.RuleExternal:
		return refMap(r.Map, max, over(times(n(100), rat(m.Get("value"))), r.Scale.Rat())), ""
	case rubric.RuleCount:
		return clamp(times(rat(m.Get("count")), r.Each.Rat()), r.Min.Rat(), r.Max.Rat()), ""
	case rubric.RuleFormula:
		return clamp(refFormula(r.Expr, rat(m.Get("a")), rat(m.Get("b")), max), n(0), max), ""
	}
	panic(r.Type)
}

// refResult is a unit's outcome in texts.
type refResult struct {
	Unit, Total, Band string
	Groups, Leaves    []string
	Missing           []string
	Failed            []Failed
	Recognised        bool
	Rank              int
	total             *big.Rat
	groups            map[string]*big.Rat
}

func refScore(set *rubric.Set, u UnitMarks, s *Survey) refResult {
	d := set.Decimals
	out := refResult{Unit: u.Unit, groups: map[string]*big.Rat{}, Missing: []string{}}
	points, state := map[string]*big.Rat{}, map[string]string{}
	for _, l := range set.Leaves() {
		p, why := refMean(set, l, u, s)
		switch {
		case why == "missing":
			p = n(0)
			out.Missing = append(out.Missing, l.Code)
		case why == "na" && set.NotApplicable == "full":
			p = l.Max.Rat()
		case why == "na":
			p = n(0)
		default:
			p = refRound(p, d, set.KindOf(l) == "penalty")
		}
		points[l.Code], state[l.Code] = p, why
		out.Leaves = append(out.Leaves, p.FloatString(d))
	}
	sum, applicable, extra := n(0), n(0), n(0)
	for i, g := range set.Groups {
		x := n(0)
		for _, l := range set.Leaves() {
			if l.Group != i {
				continue
			}
			x = add(x, points[l.Code])
			if g.Kind == "normal" && (state[l.Code] != "na" || set.NotApplicable != "rescale") {
				sum, applicable = add(sum, points[l.Code]), add(applicable, l.Max.Rat())
			}
		}
		switch g.Kind {
		case "bonus":
			x = clamp(x, x, g.Max.Rat())
			extra = add(extra, x)
		case "penalty":
			if x.Cmp(g.Max.Rat()) < 0 {
				x = g.Max.Rat()
			}
			extra = add(extra, x)
		}
		out.groups[g.Code] = x
		out.Groups = append(out.Groups, x.FloatString(d))
	}
	total := n(0)
	if applicable.Sign() > 0 {
		total = refRound(over(times(sum, set.Total.Rat()), applicable), d, false)
	}
	total = add(total, extra)
	if set.MaxTotal != nil && total.Cmp(set.MaxTotal.Rat()) > 0 {
		total = set.MaxTotal.Rat()
	}
	if total.Sign() < 0 {
		total = n(0)
	}
	out.total, out.Total = total, total.FloatString(d)
	out.refRecognise(set, u, points, state)
	return out
}

func (out *refResult) refRecognise(set *rubric.Set, u UnitMarks, points map[string]*big.Rat, state map[string]string) {
	rec := set.Recognition
	fail := func(rule, code, want, got string) { out.Failed = append(out.Failed, Failed{rule, code, want, got}) }
	percent := func(x, max *big.Rat) *big.Rat { return over(times(x, n(100)), max) }
	if out.total.Cmp(rec.MinTotal.Rat()) < 0 {
		fail("min_total", "", rec.MinTotal.String(), out.Total)
	}
	for i, g := range set.Groups {
		floor := *rec.MinGroupPercent
		for _, f := range rec.Groups {
			if f.Group == g.Code {
				floor = f.Percent
			}
		}
		got, max := n(0), n(0)
		for _, l := range set.Leaves() {
			if l.Group == i && state[l.Code] != "na" {
				got, max = add(got, points[l.Code]), add(max, l.Max.Rat())
			}
		}
		if g.Kind == "normal" && max.Sign() > 0 && percent(got, max).Cmp(floor.Rat()) < 0 {
			fail("min_group_percent", g.Code, floor.String(), refRound(percent(got, max), 2, false).FloatString(2))
		}
	}
	for _, l := range set.Leaves() {
		if set.KindOf(l) != "normal" || state[l.Code] == "na" {
			continue
		}
		if p := percent(points[l.Code], l.Max.Rat()); p.Cmp(rec.MinCriterionPercent.Rat()) < 0 {
			fail("min_criterion_percent", l.Code, rec.MinCriterionPercent.String(), refRound(p, 2, false).FloatString(2))
		}
	}
	for _, c := range set.Conditions {
		if rec.Conditions == "all" && !refMet(u, c.Code) {
			fail("condition", c.Code, "true", "false")
		}
	}
	for _, b := range rec.Bands {
		if out.Band == "" && out.total.Cmp(b.Min.Rat()) >= 0 {
			out.Band = b.Code
		}
	}
	if out.Band == "" {
		fail("band", "", rec.Bands[len(rec.Bands)-1].Min.String(), out.Total)
	}
	if len(out.Missing) > 0 {
		fail("incomplete", "", "0", strconv.Itoa(len(out.Missing)))
	}
	out.Recognised = len(out.Failed) == 0
	if !out.Recognised {
		out.Band = ""
	}
}

// refRank counts, for each complete unit, the complete units before it.
func refRank(set *rubric.Set, list []refResult) []refResult {
	before := func(a, b refResult) bool { // strictly better
		if c := a.total.Cmp(b.total); c != 0 {
			return c > 0
		}
		for _, code := range set.TieBreak {
			if c := a.groups[code].Cmp(b.groups[code]); c != 0 {
				return c > 0
			}
		}
		return false
	}
	for i := range list {
		if len(list[i].Missing) > 0 {
			continue
		}
		list[i].Rank = 1
		for _, o := range list {
			if len(o.Missing) == 0 && before(o, list[i]) {
				list[i].Rank++
			}
		}
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if (a.Rank == 0) != (b.Rank == 0) {
			return b.Rank == 0
		}
		if before(a, b) || before(b, a) {
			return before(a, b)
		}
		return a.Unit < b.Unit
	})
	return list
}

// shown turns a result into the reference's texts.
func shown(r Result) refResult {
	out := refResult{Unit: r.Unit, Total: r.Total.String(r.Decimals), Band: r.Band, Missing: r.Codes(Missing), Failed: r.Failed, Recognised: r.Recognised, Rank: r.Rank}
	for _, g := range r.Groups {
		out.Groups = append(out.Groups, g.Points.String(r.Decimals))
	}
	for _, l := range r.Leaves {
		out.Leaves = append(out.Leaves, l.Points.String(r.Decimals))
	}
	return out
}

func genCase(t *rapid.T) (*rubric.Set, []UnitMarks, *Survey) {
	set := genSet(t)
	units := make([]UnitMarks, rapid.IntRange(1, 6).Draw(t, "units"))
	for i := range units {
		units[i] = genUnit(t, set, "u"+strconv.Itoa(i))
		if i > 0 && rapid.IntRange(0, 3).Draw(t, "same") == 0 { // equal units, for equal ranks
			units[i].Marks, units[i].Conditions = units[0].Marks, units[0].Conditions
		}
	}
	return set, units, genSurvey(t, units)
}

func scoreUnits(set *rubric.Set, units []UnitMarks, s *Survey) []Result {
	results := make([]Result, len(units))
	for i, u := range units {
		results[i] = Score(set, u, s)
	}
	return Rank(set, results)
}

func TestReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, units, s := genCase(t)
		var want, got []refResult
		for _, u := range units {
			want = append(want, refScore(set, u, s))
		}
		for _, r := range scoreUnits(set, units, s) {
			if len(r.Problems) > 0 {
				t.Fatalf("problems %v", r.Problems)
			}
			got = append(got, shown(r))
		}
		hidden := cmp.FilterPath(func(p cmp.Path) bool { s := p.Last().String(); return s == ".total" || s == ".groups" }, cmp.Ignore())
		if diff := cmp.Diff(refRank(set, want), got, hidden, cmp.AllowUnexported(refResult{})); diff != "" {
			y, _ := set.YAML()
			t.Fatalf("(-reference +score):\n%s\n%s", diff, y)
		}
	})
}
