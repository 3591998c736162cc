package site

import (
	"slices"
	"strconv"

	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

const (
	// nearPoints is how many points a unit may lack to count as near.
	nearPoints = 5
	// nearMost is how many near units the page lists.
	nearMost = 8
	// nearLeaves is how many criteria are named for each.
	nearLeaves = 3
)

// least is the lowest total that can be recognised; ok is false when the set
// recognises nobody.
func least(set *rubric.Set) (rubric.Num, bool) {
	rec := set.Recognition
	if rec == nil {
		return rubric.Num{}, false
	}
	low := rec.Bands[len(rec.Bands)-1].Min
	if rec.MinTotal != nil {
		low = low.Max(*rec.MinTotal)
	}
	return low, true
}

// lack is what a unit's total lacks to the lowest recognised one, 0 when it
// reaches it; near says that it is not recognised and lacks little.
func lack(set *rubric.Set, x score.Result) (gap rubric.Num, near bool) {
	low, ok := least(set)
	if !ok || x.Recognised {
		return rubric.Num{}, false
	}
	gap = low.Sub(x.Total.Num()).Max(rubric.Num{})
	return gap, gap.Cmp(rubric.Int(nearPoints)) <= 0
}

// nearMisses lists the units that miss recognition by little, the nearest
// first, and how many more there are.
func nearMisses(r *result.Result, rows []rankedUnit) ([]view.NearMiss, int) {
	type miss struct {
		rankedUnit
		gap rubric.Num
	}
	var list []miss
	for _, row := range rows {
		if gap, near := lack(r.Set, row.score); near {
			list = append(list, miss{row, gap})
		}
	}
	slices.SortStableFunc(list, func(a, b miss) int { return a.gap.Cmp(b.gap) })
	more := max(0, len(list)-nearMost)
	var out []view.NearMiss
	for _, m := range list[:len(list)-more] {
		x := rankingRow(r, m.rankedUnit)
		n := view.NearMiss{Name: x.Name, URL: x.URL, Total: x.Total, ExplainURL: x.ExplainURL}
		if m.gap.Sign() > 0 {
			n.Gap = vi.Decimal(m.gap.Decimal(r.Set.Decimals))
			n.Leaves = cheapest(r, m.score, m.gap)
		} else {
			n.Failed = x.Failed
		}
		out = append(out, n)
	}
	return out, more
}

// cheapest names the fewest criteria whose lost points make up the gap: those
// with the most points left to win.
func cheapest(r *result.Result, x score.Result, gap rubric.Num) []view.NearLeaf {
	type lost struct {
		rubric.Leaf
		points rubric.Num
	}
	var list []lost
	for _, leaf := range r.Set.Leaves() {
		l := x.Leaves[leaf.Index]
		if r.Set.KindOf(leaf) != rubric.Normal || l.State == score.Exempt {
			continue
		}
		if left := leaf.Max.Sub(l.Points.Num()); left.Sign() > 0 {
			list = append(list, lost{leaf, left})
		}
	}
	slices.SortStableFunc(list, func(a, b lost) int { return b.points.Cmp(a.points) })
	var out []view.NearLeaf
	var sum rubric.Num
	for _, l := range list {
		if len(out) == nearLeaves || sum.Cmp(gap) >= 0 {
			break
		}
		sum = sum.Add(l.points)
		out = append(out, view.NearLeaf{
			Code: l.Code, Title: l.Title, Gap: vi.Decimal(l.points.Decimal(r.Set.Decimals)),
			URL: explainURL(r.Period.ID, x.Unit, l.Code, r.Stage.Code),
		})
	}
	return out
}

// Marks of tiles that are in no band; those in a band carry its number.
const (
	markNear, markNot, markOpen = "≈", "×", "…"
)

// tiles is the overview in unit code order with its key; every tile says in
// text what its colour says. It also counts the incomplete units.
func tiles(r *result.Result, rows []rankedUnit) ([]view.Tile, []view.TileKey, int) {
	counts := map[string]int{}
	list := make([]view.Tile, 0, len(rows))
	inOrder := slices.Clone(rows)
	slices.SortFunc(inOrder, func(a, b rankedUnit) int { return compareCodes(a.unit, b.unit) })
	incomplete := 0
	for _, row := range inOrder {
		x := row.score
		class, mark, words := tileOf(r.Set, x)
		if row.revoked {
			words += ", " + vi.Text("results.revoked")
		}
		if !x.Complete {
			incomplete++
		}
		counts[mark]++
		list = append(list, view.Tile{
			Class: class, Mark: mark, URL: dossierURL(r.Period.ID, x.Unit) + stageOf(r.Period, r.Stage.Code),
			Label: vi.Text("leader.tile", row.unit.Name, vi.Decimal(x.Total.String(x.Decimals)), words),
		})
	}
	return list, tileKey(r, counts), incomplete
}

func compareCodes(a, b unit.Unit) int {
	switch {
	case a.Code < b.Code:
		return -1
	case a.Code > b.Code:
		return 1
	}
	return 0
}

func tileOf(set *rubric.Set, x score.Result) (class, mark, words string) {
	if i := set.BandIndex(x.Band); i >= 0 {
		return bandClass(set, x.Band), strconv.Itoa(i + 1), set.Recognition.Bands[i].Title
	}
	if !x.Complete {
		return "b4", markOpen, vi.Text("leader.open")
	}
	if _, near := lack(set, x); near {
		return "b3", markNear, vi.Text("leader.near")
	}
	return "b4", markNot, vi.Text("leader.not")
}

func tileKey(r *result.Result, counts map[string]int) []view.TileKey {
	url := "/bao-cao/xep-hang?ky=" + r.Period.ID
	var key []view.TileKey
	if rec := r.Set.Recognition; rec != nil {
		for i, b := range rec.Bands {
			mark := strconv.Itoa(i + 1)
			key = append(key, view.TileKey{Class: bandClass(r.Set, b.Code), Mark: mark, Label: vi.Text("leader.from", b.Title, vi.Decimal(b.Min.String())), URL: url + "&muc=" + b.Code, Count: counts[mark]})
		}
	}
	return append(key,
		view.TileKey{Class: "b3", Mark: markNear, Label: vi.Text("leader.near"), URL: url + "&dat=" + onlyNot, Count: counts[markNear]},
		view.TileKey{Class: "b4", Mark: markNot, Label: vi.Text("leader.not"), URL: url + "&dat=" + onlyNot, Count: counts[markNot]},
		view.TileKey{Class: "b4", Mark: markOpen, Label: vi.Text("leader.open"), URL: url + "&dat=" + onlyIncomplete, Count: counts[markOpen]},
	)
}
