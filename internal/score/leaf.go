package score

import (
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
)

// outcome is everything about one leaf of one unit: Score takes the points
// from it, Explain shows the rest.
type outcome struct {
	state    State
	reading  reading
	percent  rubric.Num // what the rule's map was given
	isMapped bool       // the rule has a map
	raw      rubric.Num // before clamping
	exact    rubric.Num // P, before rounding
	points   Points
	survey   *SurveyUse
	problems []fault.Problem
}

// evaluate works one leaf out. given is false when the unit has no mark for it.
func evaluate(set *rubric.Set, leaf *rubric.Leaf, unit string, m Mark, given bool, s *Survey) outcome {
	o := outcome{state: Scored}
	switch {
	case given && m.NA:
		if o.problems = CheckMark(*leaf, m); len(o.problems) == 0 {
			o.exempt(set, leaf)
			return o
		}
	case leaf.Rule.Type == rubric.RuleSurvey:
		if given && len(m.Inputs) > 0 {
			o.problems = CheckMark(*leaf, m)
		} else {
			o.fromSurvey(set, leaf, unit, s)
		}
	case !given || m.Empty():
		o.state = Missing
	default:
		o.fromMark(leaf, m)
	}
	if len(o.problems) > 0 {
		o.state = Missing
	}
	if o.state == Scored {
		o.round(set, leaf)
	}
	return o
}

// exempt gives an N/A leaf what the set's mode says.
func (o *outcome) exempt(set *rubric.Set, leaf *rubric.Leaf) {
	o.state = Exempt
	if set.NotApplicable == rubric.Full {
		o.raw, o.exact, o.points = leaf.Max, leaf.Max, points(leaf.Max)
	}
}

// round is the only rounding of a leaf: half up, for penalties half away from
// zero.
func (o *outcome) round(set *rubric.Set, leaf *rubric.Leaf) {
	if set.KindOf(*leaf) == rubric.Penalty {
		o.points = points(o.exact.RoundHalfAway(set.Decimals))
		return
	}
	o.points = points(o.exact.RoundHalfUp(set.Decimals))
}

// fromMark applies the rules that take inputs.
func (o *outcome) fromMark(leaf *rubric.Leaf, m Mark) {
	o.reading = read(*leaf, m)
	if len(o.reading.problems) > 0 {
		o.problems = o.reading.problems
		return
	}
	r, rule := &o.reading, leaf.Rule
	switch rule.Type {
	case rubric.RulePoints:
		o.raw, o.exact = r.a, r.a
	case rubric.RuleLevels:
		o.raw, o.exact = r.level.Points, r.level.Points
	case rubric.RuleRatio:
		o.mapped(rule.Map, leaf.Max, r.a.Div(r.b).Mul(rubric.Int(100)))
	case rubric.RuleExternal:
		o.mapped(rule.Map, leaf.Max, r.a.Div(rule.Scale).Mul(rubric.Int(100)))
	case rubric.RuleCount:
		o.raw = r.a.Mul(rule.Each)
		o.exact = o.raw.Max(rule.Min).Min(rule.Max)
	case rubric.RuleFormula:
		x, err := rule.Program().Run(r.named, leaf.Max)
		if err != nil {
			o.problems = []fault.Problem{problemOf(err)}
			return
		}
		o.raw, o.exact = x, x.Max(rubric.Num{}).Min(leaf.Max)
	}
}

// mapped is map(p) of the format: bands, or a clamped line.
func (o *outcome) mapped(m *rubric.Map, leafMax, p rubric.Num) {
	o.percent, o.isMapped = p, true
	if len(m.Bands) > 0 {
		for _, b := range m.Bands {
			if b.Min.Cmp(p) <= 0 {
				o.raw, o.exact = b.Points, b.Points
				return
			}
		}
		return
	}
	o.raw = p.Sub(m.ZeroAt).Div(m.FullAt.Sub(m.ZeroAt)).Mul(leafMax)
	o.exact = o.raw.Max(rubric.Num{}).Min(leafMax)
}

// fromSurvey applies a survey rule, or its when_missing without a usable index.
func (o *outcome) fromSurvey(set *rubric.Set, leaf *rubric.Leaf, unit string, s *Survey) {
	use := s.use(leaf.Rule, unit)
	o.survey = &use
	switch {
	case use.Unknown:
		o.problems = []fault.Problem{{Key: "score.surveyUnknown", Args: []any{leaf.Code, leaf.Rule.Form}}}
	case use.Enough:
		o.mapped(leaf.Rule.Map, leaf.Max, *use.Index)
	case use.WhenMissing == rubric.MissingNA:
		o.exempt(set, leaf)
	case use.WhenMissing == rubric.MissingBlock:
		o.state = Missing
	}
}
