package score

import (
	"strconv"

	"thanthien/internal/rubric"
)

// sums are the parts of a total, all exact.
type sums struct {
	normal     Points // leaves that count
	applicable Points // their max
	bonus      Points
	penalty    Points
	rescaled   Points // normal, after N/A rescaling
	uncapped   Points // with bonus and penalty
	total      Points
}

// Score works out one unit. It never fails: a mark that does not fit the set
// is listed in Problems and counts as missing. An unanswered condition is not
// met. Rank is left 0; see Rank. Of a unit with Members a leaf without a mark of
// its own is the mean of the members' leaves: missing when it is at any of them,
// not applicable when it is at all, else the mean of those who gave points.
func Score(set *rubric.Set, in UnitMarks, s *Survey) Result {
	leaves := set.Leaves()
	r := Result{Unit: in.Unit, Decimals: set.Decimals, Complete: true, Leaves: make([]LeafScore, len(leaves)), Groups: newGroups(set)}
	for i := range leaves {
		leaf := &leaves[i]
		o := outcomeOf(set, leaf, &in, s)
		r.Leaves[i] = LeafScore{Code: leaf.Code, Points: o.points, State: o.state}
		r.Problems = append(r.Problems, o.problems...)
		r.add(&r.Groups[leaf.Group], leaf, &o)
	}
	r.Total = r.sum(set).total
	r.recognise(set, &in)
	return r
}

func newGroups(set *rubric.Set) []GroupScore {
	groups := make([]GroupScore, len(set.Groups))
	for i := range set.Groups {
		groups[i].Code = set.Groups[i].Code
	}
	return groups
}

// add counts a leaf in its group. Floors leave every N/A leaf out.
func (r *Result) add(g *GroupScore, leaf *rubric.Leaf, o *outcome) {
	g.Points += o.points
	if o.state != Exempt {
		g.Earned += o.points
		g.Applicable += points(leaf.Max)
	}
	if o.state == Missing {
		r.Complete = false
	}
}

// sum adds the groups up, capping bonus and penalty groups in place.
func (r *Result) sum(set *rubric.Set) sums {
	var s sums
	rescale := set.NotApplicable == rubric.Rescale
	for i := range r.Groups {
		g, limit := &r.Groups[i], points(set.Groups[i].Max)
		switch set.Groups[i].Kind {
		case rubric.Bonus:
			g.Points = min(g.Points, limit)
			s.bonus += g.Points
		case rubric.Penalty:
			g.Points = max(g.Points, limit)
			s.penalty += g.Points
		default:
			s.normal += g.Points
			if rescale {
				s.applicable += g.Applicable
			} else {
				s.applicable += limit
			}
		}
	}
	s.finish(set)
	return s
}

// finish rescales, adds and caps.
func (s *sums) finish(set *rubric.Set) {
	whole := points(set.Total)
	switch {
	case s.applicable == 0:
		s.rescaled = 0
	case s.applicable == whole:
		s.rescaled = s.normal
	default:
		exact := rubric.Int(int64(s.normal)).Mul(rubric.Frac(int64(whole), int64(s.applicable)*hundred))
		s.rescaled = points(exact.RoundHalfUp(set.Decimals))
	}
	s.uncapped = s.rescaled + s.bonus + s.penalty
	s.total = s.uncapped
	if set.MaxTotal != nil {
		s.total = min(s.total, points(*set.MaxTotal))
	}
	s.total = max(s.total, 0)
}

// recognise lists every failed requirement and finds the band.
func (r *Result) recognise(set *rubric.Set, in *UnitMarks) {
	if rec := set.Recognition; rec != nil {
		r.totalFloor(rec)
		r.groupFloors(set, rec)
		r.leafFloors(set, rec)
		r.conditions(set, rec, in)
		r.band(rec)
	}
	if !r.Complete {
		r.fail(FailIncomplete, "", "0", strconv.Itoa(len(r.Codes(Missing))))
	}
	r.Recognised = set.Recognition != nil && len(r.Failed) == 0
	if !r.Recognised {
		r.Band = ""
	}
}

func (r *Result) fail(rule, code, want, got string) {
	r.Failed = append(r.Failed, Failed{Rule: rule, Code: code, Want: want, Got: got})
}

func (r *Result) totalFloor(rec *rubric.Recognition) {
	if rec.MinTotal != nil && r.Total.Num().Cmp(*rec.MinTotal) < 0 {
		r.fail(FailMinTotal, "", rec.MinTotal.String(), r.Total.String(r.Decimals))
	}
}

// reaches compares got·100 with percent·most exactly.
func reaches(got, most Points, percent rubric.Num) bool {
	return rubric.Int(int64(got)*100).Cmp(percent.Mul(rubric.Int(int64(most)))) >= 0
}

func (r *Result) groupFloors(set *rubric.Set, rec *rubric.Recognition) {
	for i, g := range r.Groups {
		floor := rec.Floor(g.Code)
		if floor == nil || set.Groups[i].Kind != rubric.Normal || reaches(g.Earned, g.Applicable, *floor) {
			continue
		}
		r.fail(FailMinGroup, g.Code, floor.String(), share(g.Earned, g.Applicable))
	}
}

func (r *Result) leafFloors(set *rubric.Set, rec *rubric.Recognition) {
	floor := rec.MinCriterionPercent
	if floor == nil || floor.Sign() == 0 {
		return
	}
	for i, leaf := range set.Leaves() {
		most := points(leaf.Max)
		l := r.Leaves[i]
		if l.State == Exempt || set.KindOf(leaf) != rubric.Normal || reaches(l.Points, most, *floor) {
			continue
		}
		r.fail(FailMinCriterion, l.Code, floor.String(), share(l.Points, most))
	}
}

// share is got of most in percent, rounded half up to two decimals.
func share(got, most Points) string {
	if most == 0 {
		return "0.00"
	}
	return rubric.Frac(int64(got)*100, int64(most)).Decimal(2)
}

func (r *Result) conditions(set *rubric.Set, rec *rubric.Recognition, in *UnitMarks) {
	if rec.Conditions != rubric.ConditionsAll {
		return
	}
	for _, c := range set.Conditions {
		if !in.Met(c.Code) {
			r.fail(FailCondition, c.Code, "true", "false")
		}
	}
}

func (r *Result) band(rec *rubric.Recognition) {
	total := r.Total.Num()
	for _, b := range rec.Bands {
		if b.Min.Cmp(total) <= 0 {
			r.Band = b.Code
			return
		}
	}
	r.fail(FailBand, "", rec.Bands[len(rec.Bands)-1].Min.String(), r.Total.String(r.Decimals))
}
