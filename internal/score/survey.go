package score

import (
	"math/big"
	"slices"

	"thanthien/internal/rubric"
	"thanthien/internal/survey"
)

// Survey holds the survey results that survey rules draw on, by form and unit.
// A nil *Survey has none.
type Survey struct {
	forms map[string]map[string]surveyUnit
}

// surveyUnit is one unit's result of one form. With exact set, indexes come
// from its fractions; otherwise from the printed ones.
type surveyUnit struct {
	n         int64
	index     *rubric.Num
	groups    map[string]surveyPart
	questions map[string]surveyPart
	exact     *survey.Exact
}

// surveyPart is one group or question.
type surveyPart struct {
	n     int64
	index *rubric.Num
}

// NewSurvey takes the reports of the forms, one report per form; of two with
// one form the later one counts.
func NewSurvey(reports ...survey.Report) *Survey {
	s := &Survey{forms: map[string]map[string]surveyUnit{}}
	for _, r := range reports {
		units := make(map[string]surveyUnit, len(r.Units))
		for i := range r.Units {
			units[r.Units[i].Unit] = reportUnit(&r.Units[i])
		}
		s.forms[r.Form] = units
	}
	return s
}

func reportUnit(u *survey.UnitReport) surveyUnit {
	out := surveyUnit{n: u.N, index: ratNum(u.Exact.Index), exact: &u.Exact, groups: map[string]surveyPart{}}
	for _, g := range u.Groups {
		out.groups[g.Code] = surveyPart{n: g.Value.N}
	}
	return out
}

func ratNum(r *big.Rat) *rubric.Num {
	if r == nil {
		return nil
	}
	x := rubric.FromRat(r)
	return &x
}

// SurveyUse says what a survey rule found. N counts the responses of the
// groups used; with named questions, those known to answer one of them.
type SurveyUse struct {
	Form         string      `json:"form"`
	Questions    []string    `json:"questions,omitempty"`
	Groups       []string    `json:"groups,omitempty"`
	N            int64       `json:"n"`
	MinResponses int         `json:"min_responses"`
	Index        *rubric.Num `json:"index"` // exact; null: undefined
	Enough       bool        `json:"enough"`
	WhenMissing  string      `json:"when_missing"`
	// Unknown: a tally written by hand does not tell this rule's index.
	Unknown bool `json:"unknown,omitempty"`
}

// use finds the index of a rule for a unit.
func (s *Survey) use(r *rubric.Rule, unit string) SurveyUse {
	out := SurveyUse{Form: r.Form, Questions: r.Questions, Groups: r.Groups, MinResponses: r.MinResponses, WhenMissing: r.WhenMissing}
	if s == nil {
		return out
	}
	u, ok := s.forms[r.Form][unit]
	if !ok {
		return out
	}
	if u.exact != nil {
		out.Index, out.N = u.fromExact(r)
	} else {
		out.Index, out.N, out.Unknown = u.fromPrinted(r)
	}
	out.Enough = out.Index != nil && out.N >= int64(r.MinResponses)
	return out
}

// fromExact computes the index over the rule's questions and groups.
func (u *surveyUnit) fromExact(r *rubric.Rule) (*rubric.Num, int64) {
	if len(r.Questions) == 0 && len(r.Groups) == 0 {
		return u.index, u.n
	}
	index, n, ok := survey.SubsetIndex(*u.exact, r.Questions, r.Groups)
	if !ok {
		return nil, 0
	}
	if len(r.Questions) == 0 {
		return ratNum(index), u.responses(r.Groups)
	}
	return ratNum(index), int64(n)
}

func (u *surveyUnit) responses(groups []string) int64 {
	var n int64
	for _, g := range groups {
		n += u.groups[g].n
	}
	return n
}

// fromPrinted takes the printed figures as far as they tell: the unit's index;
// the index of one group; several groups weighted by their responses; the mean
// of the questions' indexes. Questions within only some of the groups are not
// told by printed figures: unknown.
func (u *surveyUnit) fromPrinted(r *rubric.Rule) (index *rubric.Num, n int64, unknown bool) {
	someGroups := len(r.Groups) > 0 && !u.coveredBy(r.Groups)
	switch {
	case len(r.Questions) > 0 && someGroups:
		return nil, 0, true
	case len(r.Questions) > 0:
		index, n = meanQuestions(u.questions, r.Questions)
	case someGroups:
		index, n = meanGroups(u.groups, r.Groups)
	default:
		index, n = u.index, u.n
	}
	return index, n, false
}

// coveredBy reports whether groups name every group of the unit.
func (u *surveyUnit) coveredBy(groups []string) bool {
	for g := range u.groups {
		if !slices.Contains(groups, g) {
			return false
		}
	}
	return len(u.groups) > 0
}

func meanQuestions(parts map[string]surveyPart, codes []string) (*rubric.Num, int64) {
	var sum rubric.Num
	var count, n int64
	for _, code := range codes {
		if p, ok := parts[code]; ok && p.index != nil {
			sum, count, n = sum.Add(*p.index), count+1, max(n, p.n)
		}
	}
	if count == 0 {
		return nil, 0
	}
	mean := sum.Div(rubric.Int(count))
	return &mean, n
}

func meanGroups(parts map[string]surveyPart, codes []string) (*rubric.Num, int64) {
	var sum rubric.Num
	var n, all int64
	for _, code := range codes {
		p := parts[code]
		all += p.n
		if p.index != nil && p.n > 0 {
			sum, n = sum.Add(p.index.Mul(rubric.Int(p.n))), n+p.n
		}
	}
	if n == 0 {
		return nil, all
	}
	mean := sum.Div(rubric.Int(n))
	return &mean, all
}
