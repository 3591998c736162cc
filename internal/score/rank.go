package score

import (
	"cmp"
	"slices"

	"thanthien/internal/rubric"
)

// Rank returns the results in rank order with their ranks: complete ones by
// total, then by the scores of the set's tie_break groups, both descending;
// equal on all share a rank and the next rank skips (1, 2, 2, 4). Incomplete
// ones come last without a rank. Units that are equal in everything stand in
// the byte order of their codes. results itself is not changed.
func Rank(set *rubric.Set, results []Result) []Result {
	ties := make([]int, 0, len(set.TieBreak))
	for _, code := range set.TieBreak {
		if i, ok := set.GroupIndex(code); ok {
			ties = append(ties, i)
		}
	}
	ranked := slices.Clone(results)
	slices.SortFunc(ranked, func(a, b Result) int {
		return cmp.Or(compare(&a, &b, ties), cmp.Compare(a.Unit, b.Unit))
	})
	for i := range ranked {
		r := &ranked[i]
		switch {
		case !r.Complete:
			r.Rank = 0
		case i > 0 && compare(&ranked[i-1], r, ties) == 0:
			r.Rank = ranked[i-1].Rank
		default:
			r.Rank = i + 1
		}
	}
	return ranked
}

// compare is negative when a stands before b.
func compare(a, b *Result, ties []int) int {
	if a.Complete != b.Complete {
		if a.Complete {
			return -1
		}
		return 1
	}
	c := cmp.Compare(b.Total, a.Total)
	for _, g := range ties {
		if c != 0 {
			return c
		}
		c = cmp.Compare(b.Groups[g].Points, a.Groups[g].Points)
	}
	return c
}

// TargetResult is the share of the units of a scope that are recognised.
// Share is a percent rounded half up to two decimals, for show; Met compares
// the fraction itself.
type TargetResult struct {
	Recognised  int    `json:"recognised"`
	Denominator int    `json:"denominator"`
	Share       string `json:"share"`
	Percent     string `json:"percent"`
	Met         bool   `json:"met"`
	Needed      int    `json:"needed"` // more units until it is met
	MinBand     string `json:"min_band,omitempty"`
}

// Target measures results against percent (0..100). scope is the codes of all
// units that count, registered or not; nil takes the units of results. With
// minBand, a code of the set's bands, only units of that band or a better one
// count as recognised.
func Target(set *rubric.Set, results []Result, scope []string, percent rubric.Num, minBand string) TargetResult {
	inScope := map[string]bool{}
	for _, code := range scope {
		inScope[code] = true
	}
	if scope == nil {
		for i := range results {
			inScope[results[i].Unit] = true
		}
	}
	recognised := 0
	for i := range results {
		r := &results[i]
		if r.Recognised && inScope[r.Unit] && (minBand == "" || set.BandIndex(r.Band) <= set.BandIndex(minBand)) {
			recognised++
		}
	}
	t := Share(recognised, len(inScope), percent)
	t.MinBand = minBand
	return t
}

// Share is the target arithmetic alone: met if recognised·100 >= percent·
// denominator; needed is what is missing from the rounded-up number of units.
func Share(recognised, denominator int, percent rubric.Num) TargetResult {
	want := percent.Mul(rubric.Int(int64(denominator)))
	wanted, _ := want.Div(rubric.Int(100)).Neg().Floor().Neg().Int64()
	t := TargetResult{
		Recognised: recognised, Denominator: denominator, Share: "0.00", Percent: percent.String(),
		Met:    rubric.Int(int64(recognised)*100).Cmp(want) >= 0,
		Needed: max(0, int(wanted)-recognised),
	}
	if denominator > 0 {
		t.Share = rubric.Frac(int64(recognised)*100, int64(denominator)).Decimal(2)
	}
	return t
}
