package site

import (
	"strconv"
	"strings"

	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// decimalComma writes a decimal with a comma and without dots between
// thousands, as it is typed.
func decimalComma(s string) string { return strings.Replace(s, ".", ",", 1) }

// leafRuleWords says the rule of a leaf in words.
func leafRuleWords(x score.Explanation) string {
	r, most := x.Rule, vi.Decimal(x.Max)
	switch r.Type {
	case rubric.RulePoints:
		if r.Step != nil {
			return vi.Text("explain.points_step", most, vi.Decimal(r.Step.String()))
		}
		return vi.Text("explain.points", most)
	case rubric.RuleLevels:
		return vi.Text("explain.levels")
	case rubric.RuleRatio:
		return vi.Text("explain.ratio", pointsOfShare(r.Map, most))
	case rubric.RuleExternal:
		return vi.Text("explain.external", r.Source, vi.Decimal(r.Scale.String()), pointsOfShare(r.Map, most))
	case rubric.RuleSurvey:
		return vi.Text("explain.survey", r.Form, pointsOfShare(r.Map, most))
	case rubric.RuleCount:
		return vi.Text("explain.count", vi.Decimal(r.Each.String()), vi.Decimal(r.Min.String()), vi.Decimal(r.Max.String()))
	}
	return vi.Text("explain.formula", most)
}

// pointsOfShare says how a percentage becomes points.
func pointsOfShare(m *rubric.Map, most string) string {
	switch {
	case len(m.Bands) > 0:
		return vi.Text("explain.mapBands")
	case m.ZeroAt.Cmp(m.FullAt) > 0:
		return vi.Text("explain.mapDown", vi.Decimal(m.ZeroAt.String()), vi.Decimal(m.FullAt.String()), most)
	}
	return vi.Text("explain.mapUp", vi.Decimal(m.ZeroAt.String()), vi.Decimal(m.FullAt.String()), most)
}

// ruleTable lists what gives what, for levels and bands.
func ruleTable(r *rubric.Rule) (head [2]string, rows []view.ExplainRow) {
	for _, l := range r.Levels {
		rows = append(rows, view.ExplainRow{What: l.Label, Points: vi.Decimal(l.Points.String())})
	}
	if r.Map != nil {
		for _, b := range r.Map.Bands {
			rows = append(rows, view.ExplainRow{What: vi.Text("explain.bandFrom", vi.Decimal(b.Min.String())), Points: vi.Decimal(b.Points.String())})
		}
	}
	head[0] = vi.Text("explain.headLevel")
	if len(r.Levels) == 0 {
		head[0] = vi.Text("explain.headShare")
	}
	head[1] = vi.Text("explain.headPoints")
	return head, rows
}

// surveyPart says which questions and groups an index is over.
func surveyPart(use *score.SurveyUse) string {
	var parts []string
	if len(use.Questions) > 0 {
		parts = append(parts, vi.Text("explain.questions", strings.Join(use.Questions, ", ")))
	}
	if len(use.Groups) > 0 {
		names := make([]string, len(use.Groups))
		for i, g := range use.Groups {
			names[i] = vi.Text("group." + g)
		}
		parts = append(parts, vi.Text("explain.groups", strings.Join(names, ", ")))
	}
	return strings.Join(parts, "; ")
}

// step is one line of a derivation.
func step(what, formula string, x score.Value) view.ExplainStep {
	v := view.ExplainStep{What: what, Formula: formula, Decimal: vi.Decimal(x.Decimal)}
	if strings.Contains(x.Fraction, "/") {
		v.Fraction = x.Fraction
	}
	return v
}

// steps derives a leaf that has points.
func steps(x score.Explanation) []view.ExplainStep {
	var list []view.ExplainStep
	if len(x.Members) > 0 {
		return append(list, meanStep(x), roundStep(x))
	}
	if x.Percent != nil {
		list = append(list, step(vi.Text("explain.stepPercent"), percentFormula(x), *x.Percent))
	}
	list = append(list, step(vi.Text("explain.stepRaw"), rawFormula(x), x.Raw))
	if x.Clamped {
		list = append(list, step(vi.Text("explain.stepClamp"), clampWords(x), x.Exact))
	}
	return append(list, roundStep(x))
}

func roundStep(x score.Explanation) view.ExplainStep {
	round := vi.Text("explain.round_"+x.Rounding, x.Decimals)
	if !x.Rounded {
		round = vi.Text("explain.notRounded")
	}
	return view.ExplainStep{What: vi.Text("explain.stepRound"), Formula: round, Decimal: vi.Decimal(x.Points)}
}

func input(x score.Explanation, name string) string {
	for _, in := range x.Inputs {
		if in.Name == name {
			return decimalComma(in.Value)
		}
	}
	return ""
}

func percentFormula(x score.Explanation) string {
	switch x.Rule.Type {
	case rubric.RuleRatio:
		return "100 × " + input(x, "numerator") + " / " + input(x, "denominator")
	case rubric.RuleExternal:
		return "100 × " + input(x, "value") + " / " + decimalComma(x.Rule.Scale.String())
	}
	return ""
}

func rawFormula(x score.Explanation) string {
	switch r := x.Rule; {
	case r.Type == rubric.RuleCount:
		return input(x, "count") + " × " + vi.Decimal(r.Each.String())
	case r.Type == rubric.RuleFormula:
		return r.Expr
	case r.Map != nil && len(r.Map.Bands) == 0 && x.Percent != nil:
		zero, full := decimalComma(r.Map.ZeroAt.String()), decimalComma(r.Map.FullAt.String())
		p := vi.Decimal(x.Percent.Decimal)
		if zero == "0" && full == "100" {
			return vi.Decimal(x.Max) + " × " + p + " / 100"
		}
		return vi.Decimal(x.Max) + " × (" + p + " − " + zero + ") / (" + full + " − " + zero + ")"
	}
	return ""
}

func clampWords(x score.Explanation) string {
	if r := x.Rule; r.Type == rubric.RuleCount {
		return vi.Text("explain.clamp", vi.Decimal(r.Min.String()), vi.Decimal(r.Max.String()))
	}
	return vi.Text("explain.clamp", "0", vi.Decimal(x.Max))
}

// totalSteps is the way from the groups to the total.
func totalSteps(t score.TotalExplanation) []view.ExplainStep {
	dec := vi.Decimal
	list := []view.ExplainStep{{What: vi.Text("explain.sumNormal"), Formula: vi.Text("explain.ofApplicable", dec(t.Applicable)), Decimal: dec(t.Normal)}}
	if t.Applicable != t.SetTotal {
		list = append(list,
			step(vi.Text("explain.rescale"), dec(t.Normal)+" × "+dec(t.SetTotal)+" / "+dec(t.Applicable), t.Exact),
			view.ExplainStep{What: vi.Text("explain.stepRound"), Decimal: dec(t.Rescaled)})
	}
	if nonZero(t.Bonus) {
		list = append(list, view.ExplainStep{What: vi.Text("explain.bonus"), Decimal: "+" + dec(t.Bonus)})
	}
	if nonZero(t.Penalty) {
		list = append(list, view.ExplainStep{What: vi.Text("explain.penalty"), Decimal: dec(t.Penalty)})
	}
	if t.Uncapped != t.Total {
		limit := vi.Text("explain.floor0")
		if t.MaxTotal != "" {
			limit = vi.Text("explain.cap", dec(t.MaxTotal))
		}
		list = append(list, view.ExplainStep{What: vi.Text("explain.beforeCap"), Decimal: dec(t.Uncapped)}, view.ExplainStep{What: limit, Decimal: dec(t.Total)})
	}
	return append(list, view.ExplainStep{What: vi.Text("explain.total"), Decimal: dec(t.Total)})
}

func nonZero(s string) bool {
	n, err := strconv.ParseFloat(s, 64)
	return err == nil && n != 0
}
