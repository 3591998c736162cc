package score

import (
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
)

// The mean of several members. When a unit has Members and a leaf no mark of
// its own, every member's leaf is worked out and rounded as that member's sheet
// shows it; P of the leaf is their arithmetic mean, exact, and is rounded like
// any other. A mark of its own (a decided appeal) stands above the members.

// Met reports whether a condition is met: an answer of the unit's own counts,
// otherwise every member must say so.
func (u *UnitMarks) Met(code string) bool {
	if met, own := u.Conditions[code]; own || len(u.Members) == 0 {
		return met
	}
	for i := range u.Members {
		if !u.Members[i].Conditions[code] {
			return false
		}
	}
	return true
}

// isMean reports whether a leaf is scored from the members' marks. A survey
// leaf is only when a member wrote something there (not applicable): otherwise
// they all have what the survey gives.
func (u *UnitMarks) isMean(leaf *rubric.Leaf, own Mark) bool {
	if len(u.Members) == 0 || !own.Empty() {
		return false
	}
	if leaf.Rule.Type != rubric.RuleSurvey {
		return true
	}
	for i := range u.Members {
		if m := u.Members[i].Marks[leaf.Code]; !m.Empty() {
			return true
		}
	}
	return false
}

// outcomeOf works one leaf of a unit out, from its own mark or its members'.
func outcomeOf(set *rubric.Set, leaf *rubric.Leaf, in *UnitMarks, s *Survey) outcome {
	m, given := in.Marks[leaf.Code]
	if in.isMean(leaf, m) {
		return mean(set, leaf, memberOutcomes(set, leaf, in, s))
	}
	return evaluate(set, leaf, in.Unit, m, given, s)
}

// memberOutcomes works one leaf out for each member, in their order. Survey
// results are the unit's. Members of members do not count.
func memberOutcomes(set *rubric.Set, leaf *rubric.Leaf, in *UnitMarks, s *Survey) []outcome {
	list := make([]outcome, len(in.Members))
	for i := range in.Members {
		m, given := in.Members[i].Marks[leaf.Code]
		list[i] = evaluate(set, leaf, in.Unit, m, given, s)
	}
	return list
}

// mean is missing when the leaf is missing at any member, exempt when it is at
// all; otherwise it is the mean of those who gave points.
func mean(set *rubric.Set, leaf *rubric.Leaf, members []outcome) outcome {
	o := outcome{state: Scored}
	var sum rubric.Num
	var scored int64
	missing := false
	for i := range members {
		m := &members[i]
		o.problems = append(o.problems, m.problems...)
		switch m.state {
		case Missing:
			missing = true
		case Scored:
			sum, scored = sum.Add(m.points.Num()), scored+1
		}
	}
	switch {
	case missing:
		o.state = Missing
	case scored == 0:
		o.exempt(set, leaf)
	default:
		o.exact = sum.Div(rubric.Int(scored))
		o.raw = o.exact
		o.round(set, leaf)
	}
	return o
}

// MemberExplanation is what one member gave to a leaf that is a mean.
type MemberExplanation struct {
	State    State           `json:"state"`
	Inputs   []ExplainInput  `json:"inputs"`
	Exact    Value           `json:"exact"`  // before rounding
	Points   string          `json:"points"` // rounded: what the mean is made of
	Problems []fault.Problem `json:"-"`
}

func explainMembers(set *rubric.Set, leaf *rubric.Leaf, in *UnitMarks, outcomes []outcome) []MemberExplanation {
	list := make([]MemberExplanation, len(outcomes))
	for i := range outcomes {
		o := &outcomes[i]
		list[i] = MemberExplanation{
			State: o.state, Inputs: explainInputs(leaf.Rule, in.Members[i].Marks[leaf.Code]), Exact: valueOf(o.exact),
			Points: o.points.String(set.Decimals), Problems: o.problems,
		}
	}
	return list
}
