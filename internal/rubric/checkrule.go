package rubric

import (
	"errors"
	"slices"
	"strings"

	"thanthien/internal/fault"
)

// rule checks the rule of leaf n in group g.
func (c *checker) rule(g *Group, n *Criterion, path string) {
	r := n.Rule
	if c.bad[path] || c.bad[join(path, "type")] {
		return
	}
	if g.Kind == Penalty && r.Type != RuleLevels && r.Type != RuleCount {
		c.report(fault.Problem{Path: join(path, "type"), Key: "rubric.penaltyRule", Args: []any{n.Code, short(r.Type)}})
		return
	}
	lo, hi := Num{}, n.Max
	if g.Kind == Penalty {
		lo = Int(-MaxPoints)
	}
	if c.unread[path[:lastPart(path)]+"max"] {
		hi = Int(MaxPoints)
	}
	switch r.Type {
	case RulePoints:
		if r.Step != nil && (r.Step.Sign() <= 0 || r.Step.Cmp(hi) > 0) {
			c.report(fault.Problem{Path: join(path, "step"), Key: "rubric.step", Args: []any{*r.Step, hi}})
		}
	case RuleLevels:
		c.levels(r, path, lo, hi)
	case RuleCount:
		c.count(g, r, path, lo, hi)
	case RuleFormula:
		c.formula(n, path)
	case RuleRatio, RuleExternal, RuleSurvey:
		c.mapped(r, path, hi)
	default:
		c.report(fault.Problem{Path: join(path, "type"), Key: "rubric.unknownRule", Args: []any{short(r.Type), strings.Join(ruleTypes, ", ")}})
	}
}

func (c *checker) levels(r *Rule, path string, lo, hi Num) {
	path = join(path, "levels")
	if len(r.Levels) == 0 {
		c.report(fault.Problem{Path: path, Key: "rubric.noLevels"})
	}
	if len(r.Levels) > MaxList {
		c.report(fault.Problem{Path: path, Key: "rubric.listLong", Args: []any{"levels", MaxList}})
		return
	}
	seen := map[string]bool{}
	for i, l := range r.Levels {
		c.code(join(at(path, i), "code"), l.Code, seen)
		c.points(join(at(path, i), "points"), l.Points, lo, hi, false)
	}
}

// count wants min <= max within the leaf; in a penalty group each is negative.
func (c *checker) count(g *Group, r *Rule, path string, lo, hi Num) {
	eachLo, eachHi := Int(-MaxPoints), Int(MaxPoints)
	if g.Kind == Penalty && r.Each.Sign() >= 0 && !c.bad[join(path, "each")] {
		c.report(fault.Problem{Path: join(path, "each"), Key: "rubric.penaltyEach", Args: []any{r.Each}})
	}
	c.points(join(path, "each"), r.Each, eachLo, eachHi, false)
	c.points(join(path, "min"), r.Min, lo, hi, false)
	if c.points(join(path, "max"), r.Max, lo, hi, true) && r.Min.Cmp(r.Max) > 0 {
		c.report(fault.Problem{Path: join(path, "min"), Key: "rubric.minMax", Args: []any{r.Min, r.Max}})
	}
}

func (c *checker) formula(n *Criterion, path string) {
	r := n.Rule
	if len(r.Inputs) > MaxList {
		c.report(fault.Problem{Path: join(path, "inputs"), Key: "rubric.listLong", Args: []any{"inputs", MaxList}})
		return
	}
	names := r.InputNames()
	for i, name := range names {
		p := join(at(join(path, "inputs"), i), "name")
		if !ValidInputName(name) {
			c.report(fault.Problem{Path: p, Key: "rubric.inputName", Args: []any{short(name)}})
		} else if slices.Contains(names[:i], name) {
			c.report(fault.Problem{Path: p, Key: "rubric.codeTwice", Args: []any{name}})
		}
	}
	p := join(path, "expr")
	if c.bad[p] || c.bad[join(path, "inputs")] {
		return
	}
	program, err := CompileFormula(n.Code, r.Expr, names, n.Max)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		c.report(fault.Problem{Path: p, Key: f.Key, Args: f.Args})
	}
	r.program = program
}

// mapped checks what ratio, external and survey take and their map.
func (c *checker) mapped(r *Rule, path string, hi Num) {
	switch r.Type {
	case RuleExternal:
		if r.Scale.Sign() <= 0 {
			c.report(fault.Problem{Path: join(path, "scale"), Key: "rubric.scale", Args: []any{r.Scale}})
		}
	case RuleSurvey:
		c.survey(r, path)
	}
	m := r.Map
	if m == nil {
		c.report(fault.Problem{Path: path, Key: "rubric.noMap"})
		return
	}
	if len(m.Bands) == 0 {
		if m.ZeroAt.Equal(m.FullAt) {
			c.report(fault.Problem{Path: join(path, "full_at"), Key: "rubric.zeroFull", Args: []any{m.FullAt}})
		}
		return
	}
	path = join(path, "bands")
	if len(m.Bands) > MaxList {
		c.report(fault.Problem{Path: path, Key: "rubric.listLong", Args: []any{"bands", MaxList}})
		return
	}
	for i, b := range m.Bands {
		c.points(join(at(path, i), "points"), b.Points, Num{}, hi, false)
		if i > 0 && !c.bad[join(at(path, i), "min")] && b.Min.Cmp(m.Bands[i-1].Min) >= 0 {
			c.report(fault.Problem{Path: join(at(path, i), "min"), Key: "rubric.bandOrder", Args: []any{b.Min, m.Bands[i-1].Min}})
		}
	}
}

func (c *checker) survey(r *Rule, path string) {
	if !ValidSlug(r.Form) {
		c.report(fault.Problem{Path: join(path, "form"), Key: "rubric.slug", Args: []any{short(r.Form), MaxSlug}})
	}
	c.oneOf(join(path, "when_missing"), r.WhenMissing, MissingBlock, MissingZero, MissingNA)
	if r.MinResponses < 0 || r.MinResponses > MaxPoints {
		c.report(fault.Problem{Path: join(path, "min_responses"), Key: "rubric.wantWhole", Args: []any{"min_responses", 0, MaxPoints, r.MinResponses}})
	}
	c.plainCodes(join(path, "questions"), r.Questions)
	c.plainCodes(join(path, "groups"), r.Groups)
	for i, g := range r.Groups {
		c.oneOf(at(join(path, "groups"), i), g, Respondents()...)
	}
}

// plainCodes checks a list of codes that must differ.
func (c *checker) plainCodes(path string, list []string) {
	seen := map[string]bool{}
	for i, code := range list {
		c.code(at(path, i), code, seen)
	}
}

// Respondents are the groups that a survey rule may name. A test of package
// score keeps them equal to those of package survey.
func Respondents() []string { return []string{"resident", "business", "organisation", "official"} }
