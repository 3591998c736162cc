package rubric

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"thanthien/internal/fault"
)

// ruleFields are the fields of each rule type beside "type".
var ruleFields = map[string][]string{
	RulePoints:   {"step"},
	RuleLevels:   {"levels"},
	RuleRatio:    {"bands", "zero_at", "full_at"},
	RuleExternal: {"source", "scale", "bands", "zero_at", "full_at"},
	RuleSurvey:   {"form", "questions", "groups", "min_responses", "when_missing", "bands", "zero_at", "full_at"},
	RuleCount:    {"each", "min", "max"},
	RuleFormula:  {"inputs", "expr"},
}

// ruleTypes are the keys of ruleFields in the order messages show them.
var ruleTypes = []string{RulePoints, RuleLevels, RuleRatio, RuleExternal, RuleSurvey, RuleCount, RuleFormula}

// rule reads the rule of a leaf. kind, leafMax and groupMax give the defaults
// of a count rule: 0..leafMax, or groupMax..0 in a penalty group.
func (d *decoder) rule(n *yaml.Node, path, kind string, leafMax, groupMax Num) *Rule {
	open := d.mapping(n, path)
	r := &Rule{Type: open.needText("type", MaxCode)}
	known, ok := ruleFields[r.Type]
	if !ok {
		if n := open.get("type"); n != nil {
			d.report(n, fault.Problem{Path: join(path, "type"), Key: "rubric.unknownRule", Args: []any{short(r.Type), strings.Join(ruleTypes, ", ")}})
		}
		return r
	}
	for _, key := range open.keys {
		if key != "type" && !slices.Contains(known, key) {
			d.report(open.vals[key], fault.Problem{Path: join(path, key), Key: "rubric.unknownField", Args: []any{key, "type, " + strings.Join(known, ", ")}})
		}
	}
	switch r.Type {
	case RulePoints:
		r.Step = open.number("step")
	case RuleLevels:
		open.need("levels")
		r.Levels = entries(open, "levels", d.level)
	case RuleCount:
		d.count(open, r, kind, leafMax, groupMax)
	case RuleFormula:
		open.need("inputs")
		r.Inputs = entries(open, "inputs", d.input)
		r.Expr = open.needText("expr", MaxFormula)
	default:
		d.mapped(open, r)
	}
	return r
}

func (d *decoder) level(n *yaml.Node, path string) Level {
	f := d.mapping(n, path, "code", "label", "points")
	return Level{Code: f.needText("code", MaxCode), Label: f.text("label", "", MaxTitle), Points: f.needNumber("points")}
}

func (d *decoder) input(n *yaml.Node, path string) Input {
	f := d.mapping(n, path, "name", "title")
	return Input{Name: f.needText("name", MaxCode), Title: f.text("title", "", MaxTitle)}
}

func (d *decoder) count(f *fields, r *Rule, kind string, leafMax, groupMax Num) {
	r.Each = f.needNumber("each")
	low, high := Num{}, leafMax
	if kind == Penalty {
		low, high = groupMax, Num{}
	}
	r.Min = f.numberOr("min", low)
	r.Max = f.numberOr("max", high)
}

// mapped reads ratio, external and survey: what they take and their map.
func (d *decoder) mapped(f *fields, r *Rule) {
	switch r.Type {
	case RuleExternal:
		r.Source = f.text("source", "", MaxTitle)
		r.Scale = f.numberOr("scale", Int(DefaultScale))
	case RuleSurvey:
		r.Form = f.needText("form", MaxSlug)
		r.Questions = f.texts("questions")
		r.Groups = f.texts("groups")
		r.MinResponses = f.whole("min_responses", DefaultMinResponses, 0, MaxPoints)
		r.WhenMissing = f.text("when_missing", MissingBlock, MaxCode)
	}
	r.Map = &Map{ZeroAt: f.numberOr("zero_at", Int(DefaultZeroAt)), FullAt: f.numberOr("full_at", Int(DefaultFullAt))}
	if n := f.get("bands"); n != nil {
		if f.get("zero_at") != nil || f.get("full_at") != nil {
			f.d.report(n, fault.Problem{Path: join(f.path, "bands"), Key: "rubric.bandsAndLinear"})
		}
		r.Map.Bands = entries(f, "bands", d.mapBand)
	}
}

func (d *decoder) mapBand(n *yaml.Node, path string) MapBand {
	f := d.mapping(n, path, "min", "points")
	return MapBand{Min: f.needNumber("min"), Points: f.needNumber("points")}
}
