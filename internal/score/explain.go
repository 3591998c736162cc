package score

import (
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
)

// Roundings of a leaf.
const (
	HalfUp   = "half_up"
	HalfAway = "half_away" // from zero: penalties
)

// showPlaces is how many decimals an endless fraction is shown with.
const showPlaces = 6

// Value is an exact number in the two forms people read: "14/3" and "4.666667".
type Value struct {
	Fraction string `json:"fraction"`
	Decimal  string `json:"decimal"`
}

func valueOf(x rubric.Num) Value {
	v := Value{Fraction: x.Fraction(), Decimal: x.String()}
	if v.Decimal == v.Fraction && !x.IsInt() {
		v.Decimal = x.Decimal(showPlaces)
	}
	return v
}

// Explanation is how a leaf of a unit came to its points, step by step.
type Explanation struct {
	Unit   string         `json:"unit"`
	Code   string         `json:"code"`
	Title  string         `json:"title"`
	Group  string         `json:"group"`
	Kind   string         `json:"kind"` // of the group
	Max    string         `json:"max"`
	Rule   *rubric.Rule   `json:"rule"`
	State  State          `json:"state"`
	NAMode string         `json:"not_applicable,omitempty"` // when State is Exempt
	Inputs []ExplainInput `json:"inputs"`
	// Members are those whose mean Exact is, in the order of UnitMarks.Members.
	// Inputs, Survey and Percent are then empty.
	Members  []MemberExplanation `json:"members,omitempty"`
	Survey   *SurveyUse          `json:"survey,omitempty"`
	Percent  *Value              `json:"percent,omitempty"` // given to the rule's map
	Raw      Value               `json:"raw"`               // what the rule gives
	Exact    Value               `json:"exact"`             // clamped to the leaf's range
	Clamped  bool                `json:"clamped"`           // Exact differs from Raw
	Rounding string              `json:"rounding"`
	Decimals int                 `json:"decimals"`
	Rounded  bool                `json:"rounded"` // Points differ from Exact
	Points   string              `json:"points"`
	Problems []fault.Problem     `json:"-"` // the mark does not fit; it counts as missing
}

// ExplainInput is one input as it was entered, with the words for it: the
// label of a level, the title of a formula's input.
type ExplainInput struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Title string `json:"title,omitempty"`
}

// Explain derives one leaf of a unit; false when the set has no such leaf.
func Explain(set *rubric.Set, in UnitMarks, s *Survey, code string) (Explanation, bool) {
	leaf, ok := set.Leaf(code)
	if !ok {
		return Explanation{}, false
	}
	m := in.Marks[code]
	var members []MemberExplanation
	var o outcome
	if in.isMean(&leaf, m) {
		outcomes := memberOutcomes(set, &leaf, &in, s)
		o, members = mean(set, &leaf, outcomes), explainMembers(set, &leaf, &in, outcomes)
	} else {
		o = outcomeOf(set, &leaf, &in, s)
	}
	e := Explanation{
		Unit: in.Unit, Code: code, Title: leaf.Title, Group: set.Groups[leaf.Group].Code, Kind: set.KindOf(leaf),
		Max: points(leaf.Max).String(set.Decimals), Rule: leaf.Rule, State: o.state, Inputs: explainInputs(leaf.Rule, m), Members: members, Survey: o.survey,
		Raw: valueOf(o.raw), Exact: valueOf(o.exact), Clamped: !o.raw.Equal(o.exact),
		Rounding: HalfUp, Decimals: set.Decimals, Rounded: !o.points.Num().Equal(o.exact),
		Points: o.points.String(set.Decimals), Problems: o.problems,
	}
	if e.Kind == rubric.Penalty {
		e.Rounding = HalfAway
	}
	if o.state == Exempt {
		e.NAMode = set.NotApplicable
	}
	if o.isMapped {
		v := valueOf(o.percent)
		e.Percent = &v
	}
	return e, true
}

func explainInputs(rule *rubric.Rule, m Mark) []ExplainInput {
	list := make([]ExplainInput, 0, len(m.Inputs))
	for _, in := range m.Inputs {
		e := ExplainInput{Name: in.Name, Value: in.Value}
		if level, ok := rule.Level(in.Value); ok && in.Name == "level" {
			e.Title = level.Label
		}
		for _, known := range rule.Inputs {
			if known.Name == in.Name {
				e.Title = known.Title
			}
		}
		list = append(list, e)
	}
	return list
}

// UnitExplanation derives everything about a unit.
type UnitExplanation struct {
	Unit   string              `json:"unit"`
	Leaves []Explanation       `json:"leaves"`
	Groups []GroupExplanation  `json:"groups"`
	Total  TotalExplanation    `json:"total"`
	Bands  []rubric.Band       `json:"bands"`
	Failed []Failed            `json:"failed"`
	Band   string              `json:"band"`
	State  map[State][]string  `json:"states"` // leaf codes by state
	Rec    *rubric.Recognition `json:"recognition"`
}

// GroupExplanation is one group: the sum of its leaves, its cap, and what its
// floor looks at (N/A leaves left out).
type GroupExplanation struct {
	Code       string `json:"code"`
	Title      string `json:"title"`
	Kind       string `json:"kind"`
	Sum        string `json:"sum"`
	Max        string `json:"max"`
	Points     string `json:"points"`
	Capped     bool   `json:"capped"`
	Earned     string `json:"earned"`
	Applicable string `json:"applicable"`
	Percent    string `json:"percent,omitempty"` // normal groups with anything applicable
	Floor      string `json:"floor,omitempty"`
}

// TotalExplanation is the way from the groups to the total: Normal of
// Applicable, rescaled to SetTotal where they differ (Exact before rounding),
// plus Bonus and Penalty, capped at MaxTotal and never below 0.
type TotalExplanation struct {
	Normal     string `json:"normal"`
	Applicable string `json:"applicable"`
	SetTotal   string `json:"set_total"`
	Exact      Value  `json:"exact"`
	Rescaled   string `json:"rescaled"`
	Bonus      string `json:"bonus"`
	Penalty    string `json:"penalty"`
	Uncapped   string `json:"uncapped"`
	MaxTotal   string `json:"max_total,omitempty"`
	Total      string `json:"total"`
}

// ExplainUnit derives the whole result of a unit.
func ExplainUnit(set *rubric.Set, in UnitMarks, s *Survey) UnitExplanation {
	r := Score(set, in, s)
	e := UnitExplanation{Unit: in.Unit, Failed: r.Failed, Band: r.Band, Rec: set.Recognition, State: map[State][]string{}}
	raw := newGroups(set) // the groups again, before caps
	again := Result{Groups: raw, Leaves: r.Leaves, Complete: true}
	for i := range set.Leaves() {
		leaf := &set.Leaves()[i]
		again.add(&raw[leaf.Group], leaf, &outcome{state: r.Leaves[i].State, points: r.Leaves[i].Points})
		x, _ := Explain(set, in, s, leaf.Code)
		e.Leaves = append(e.Leaves, x)
		e.State[x.State] = append(e.State[x.State], leaf.Code)
	}
	for i := range raw {
		e.Groups = append(e.Groups, explainGroup(set, i, raw[i].Points, r.Groups[i]))
	}
	e.Total = explainTotal(set, again.sum(set))
	if set.Recognition != nil {
		e.Bands = set.Recognition.Bands
	}
	return e
}

func explainGroup(set *rubric.Set, i int, sum Points, g GroupScore) GroupExplanation {
	group, d := set.Groups[i], set.Decimals
	e := GroupExplanation{
		Code: group.Code, Title: group.Title, Kind: group.Kind, Sum: sum.String(d), Max: points(group.Max).String(d),
		Points: g.Points.String(d), Capped: sum != g.Points, Earned: g.Earned.String(d), Applicable: g.Applicable.String(d),
	}
	if group.Kind == rubric.Normal && g.Applicable > 0 {
		e.Percent = share(g.Earned, g.Applicable)
		if set.Recognition != nil {
			if floor := set.Recognition.Floor(group.Code); floor != nil {
				e.Floor = floor.String()
			}
		}
	}
	return e
}

func explainTotal(set *rubric.Set, s sums) TotalExplanation {
	d := set.Decimals
	e := TotalExplanation{
		Normal: s.normal.String(d), Applicable: s.applicable.String(d), SetTotal: points(set.Total).String(d), Rescaled: s.rescaled.String(d),
		Bonus: s.bonus.String(d), Penalty: s.penalty.String(d), Uncapped: s.uncapped.String(d), Total: s.total.String(d),
	}
	if s.applicable > 0 {
		e.Exact = valueOf(s.normal.Num().Mul(set.Total).Div(s.applicable.Num()))
	} else {
		e.Exact = valueOf(rubric.Num{})
	}
	if set.MaxTotal != nil {
		e.MaxTotal = points(*set.MaxTotal).String(d)
	}
	return e
}
