package result

import (
	"slices"
	"strings"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
)

// WhatIf is what one changed mark of one unit would do to the results of a
// stage. Everything in it is worked out as a decision would make it.
type WhatIf struct {
	Unit    string
	Stage   string
	Code    string             // the leaf
	Before  score.Result       // of the unit, with its rank
	After   score.Result       // of the unit, with its rank
	Leaves  [2]score.LeafScore // the leaf before and after
	Moved   []RankMove         // the other units whose rank changes, in the order of their old ranks
	Ranked  int                // units with a rank afterwards
	Targets [2]score.TargetResult
}

// RankMove is a unit whose rank another unit's mark changes. Passed says that
// the unit in question passes it, Passing that it passes the unit in question;
// standing level before or after counts as neither.
type RankMove struct {
	Unit            string
	Before, After   int
	Passed, Passing bool
}

// WhatIf works out what an accepted appeal would change: the mark takes the
// place of what the stage of r gave a unit for a leaf. r stays as it is.
// NotFound for a unit without a dossier or a code that is no leaf.
func (r *Result) WhatIf(unit, code string, mark score.Mark) (*WhatIf, error) {
	i := slices.IndexFunc(r.Dossiers, func(d dossier.Dossier) bool { return d.Unit == unit })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "store.dossier", unit)
	}
	leaf, ok := r.Set.Leaf(code)
	if !ok {
		return nil, fault.New(fault.NotFound, "explain.leaf", code)
	}
	percent, err := rubric.ParseNum(r.Period.Target.Percent)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "store.broken", r.Period.ID)
	}
	marks := r.Dossiers[i].Marks(r.Stage.Code)
	marks.Marks[code] = mark // a map of its own: Marks makes a new one
	after := slices.Clone(r.Ranked)
	at := slices.IndexFunc(after, func(x score.Result) bool { return x.Unit == unit })
	w := &WhatIf{Unit: unit, Stage: r.Stage.Code, Code: code, Before: r.Ranked[at]}
	after[at] = score.Score(r.Set, marks, score.NewSurvey(r.Surveys...))
	after = score.Rank(r.Set, after)
	w.After = after[slices.IndexFunc(after, func(x score.Result) bool { return x.Unit == unit })]
	w.Leaves = [2]score.LeafScore{w.Before.Leaves[leaf.Index], w.After.Leaves[leaf.Index]}
	w.Targets = [2]score.TargetResult{r.Target, score.Target(r.Set, after, slices.Clip(append([]string{}, r.Period.Units...)), percent, r.Period.Target.MinBand)}
	w.moves(r.Ranked, after)
	return w, nil
}

// moves lists the other units whose rank changes.
func (w *WhatIf) moves(before, after []score.Result) {
	now := make(map[string]int, len(after))
	for i := range after {
		now[after[i].Unit] = after[i].Rank
		if after[i].Rank > 0 {
			w.Ranked++
		}
	}
	for i := range before {
		old, rank := &before[i], now[before[i].Unit]
		if old.Unit == w.Unit || old.Rank == rank {
			continue
		}
		was, is := order(old.Rank, w.Before.Rank), order(rank, w.After.Rank)
		w.Moved = append(w.Moved, RankMove{Unit: old.Unit, Before: old.Rank, After: rank, Passed: was < 0 && is > 0, Passing: was > 0 && is < 0})
	}
	slices.SortStableFunc(w.Moved, func(a, b RankMove) int {
		if c := order(a.Before, b.Before); c != 0 {
			return c
		}
		return strings.Compare(a.Unit, b.Unit)
	})
}

// order compares two ranks, negative when a stands before b; 0 is behind all.
func order(a, b int) int {
	switch {
	case a == b:
		return 0
	case a == 0:
		return 1
	case b == 0 || a < b:
		return -1
	}
	return 1
}
