package score

import "thanthien/internal/rubric"

// Spread is how far the sheets of several members lie apart.
type Spread struct {
	Decimals   int          `json:"decimals"`
	Total      Points       `json:"total"`      // largest difference of two totals
	Leaves     []LeafSpread `json:"leaves"`     // those too far apart, in file order
	Conditions []string     `json:"conditions"` // answered differently, in file order
}

// LeafSpread is a leaf on which two members lie too far apart: Low and High are
// the least and the most points that were given, Range what they are held
// against. NA says that it applies to one member and not to another.
type LeafSpread struct {
	Code  string     `json:"code"`
	Low   Points     `json:"low"`
	High  Points     `json:"high"`
	Range rubric.Num `json:"range"` // the leaf's max; of a penalty what its rule spans
	NA    bool       `json:"na"`
}

// Differences compares the results of several members of one unit, and the
// conditions in their marks when these are given too. A leaf is listed when two
// members differ by strictly more than half of its range, or when one says that
// it does not apply and another gives points. A leaf that is missing at a
// member is not compared there.
func Differences(set *rubric.Set, members []Result, marks ...UnitMarks) Spread {
	s := Spread{Decimals: set.Decimals}
	for i := range members {
		for j := range members[:i] {
			s.Total = max(s.Total, members[i].Total-members[j].Total, members[j].Total-members[i].Total)
		}
	}
	for i := range set.Leaves() {
		if l, far := leafSpread(set, i, members); far {
			s.Leaves = append(s.Leaves, l)
		}
	}
	for _, c := range set.Conditions {
		for i := range marks {
			if marks[i].Met(c.Code) != marks[0].Met(c.Code) {
				s.Conditions = append(s.Conditions, c.Code)
				break
			}
		}
	}
	return s
}

// Exceeds reports whether the sheets lie too far apart to conclude: the totals
// by strictly more than limit points, or any leaf, or any condition.
func (s Spread) Exceeds(limit rubric.Num) bool {
	return s.TotalExceeds(limit) || len(s.Leaves) > 0 || len(s.Conditions) > 0
}

// TotalExceeds reports whether two totals differ by strictly more than limit.
func (s Spread) TotalExceeds(limit rubric.Num) bool { return s.Total.Num().Cmp(limit) > 0 }

// leafSpread compares the leaf of one index, as everywhere in file order.
func leafSpread(set *rubric.Set, i int, members []Result) (LeafSpread, bool) {
	leaf := &set.Leaves()[i]
	out := LeafSpread{Code: leaf.Code, Range: spreadRange(set, leaf)}
	scored, exempt := false, false
	for j := range members {
		l := members[j].Leaves[i]
		switch {
		case l.State == Exempt:
			exempt = true
		case l.State != Scored:
		case !scored:
			out.Low, out.High, scored = l.Points, l.Points, true
		default:
			out.Low, out.High = min(out.Low, l.Points), max(out.High, l.Points)
		}
	}
	out.NA = scored && exempt
	apart := (out.High - out.Low).Num()
	return out, out.NA || apart.Add(apart).Cmp(out.Range) > 0
}

// spreadRange is the leaf's max; a penalty has none, so what its rule spans.
func spreadRange(set *rubric.Set, leaf *rubric.Leaf) rubric.Num {
	rule := leaf.Rule
	if set.KindOf(*leaf) != rubric.Penalty {
		return leaf.Max
	}
	if rule.Type == rubric.RuleLevels && len(rule.Levels) > 0 {
		low, high := rule.Levels[0].Points, rule.Levels[0].Points
		for _, l := range rule.Levels {
			low, high = low.Min(l.Points), high.Max(l.Points)
		}
		return high.Sub(low)
	}
	return rule.Max.Sub(rule.Min)
}
