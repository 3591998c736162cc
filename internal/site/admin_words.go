package site

import (
	"strings"

	"thanthien/internal/rubric"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

func num(n rubric.Num) string { return vi.Decimal(n.String()) }

// ruleWords says in sentences how a leaf is scored.
func ruleWords(leaf *rubric.Criterion) []string {
	r := leaf.Rule
	var lines []string
	say := func(key string, args ...any) { lines = append(lines, vi.Text(key, args...)) }
	switch r.Type {
	case rubric.RulePoints:
		if say("admin.rule.points", num(leaf.Max)); r.Step != nil {
			say("admin.rule.step", num(*r.Step))
		}
	case rubric.RuleLevels:
		say("admin.rule.levels")
		for _, l := range r.Levels {
			say("admin.rule.level", l.Label, num(l.Points))
		}
	case rubric.RuleRatio:
		say("admin.rule.ratio")
	case rubric.RuleExternal:
		say("admin.rule.external", r.Source, num(r.Scale))
	case rubric.RuleSurvey:
		surveyWords(r, say)
	case rubric.RuleCount:
		say("admin.rule.count", num(r.Each), num(r.Min), num(r.Max))
	case rubric.RuleFormula:
		say("admin.rule.formula", r.Expr)
		for _, in := range r.Inputs {
			say("admin.rule.input", in.Name, in.Title)
		}
	}
	if r.Map != nil {
		mapWords(r.Map, leaf.Max, say)
	}
	return lines
}

func surveyWords(r *rubric.Rule, say func(string, ...any)) {
	say("admin.rule.survey", r.Form, r.MinResponses)
	if len(r.Questions) > 0 {
		say("admin.rule.questions", strings.Join(r.Questions, ", "))
	}
	if len(r.Groups) > 0 {
		say("admin.rule.groups", strings.Join(groupNames(r.Groups), "; "))
	}
	say("admin.rule.missing_" + r.WhenMissing)
}

func groupNames(codes []string) []string {
	names := make([]string, len(codes))
	for i, g := range codes {
		names[i] = vi.Text("group." + g)
	}
	return names
}

func mapWords(m *rubric.Map, max rubric.Num, say func(string, ...any)) {
	if len(m.Bands) == 0 {
		say("admin.rule.linear", num(m.ZeroAt), num(m.FullAt), num(max))
		return
	}
	for _, b := range m.Bands {
		say("admin.rule.band", num(b.Min), num(b.Points))
	}
}

// recognitionWords says in sentences when a unit is recognised.
func recognitionWords(set *rubric.Set) []string {
	r := set.Recognition
	if r == nil {
		return []string{vi.Text("admin.rec.none")}
	}
	lines := []string{vi.Text("admin.rec.complete")}
	say := func(key string, args ...any) { lines = append(lines, vi.Text(key, args...)) }
	if r.MinTotal != nil {
		say("admin.rec.total", num(*r.MinTotal))
	}
	if r.MinGroupPercent != nil {
		say("admin.rec.group", num(*r.MinGroupPercent))
	}
	for _, f := range r.Groups {
		say("admin.rec.one", f.Group, num(f.Percent))
	}
	if r.MinCriterionPercent != nil && r.MinCriterionPercent.Sign() > 0 {
		say("admin.rec.leaf", num(*r.MinCriterionPercent))
	}
	if r.Conditions == rubric.ConditionsAll && len(set.Conditions) > 0 {
		say("admin.rec.conditions", len(set.Conditions))
	}
	for _, b := range r.Bands {
		say("admin.rec.band", b.Title, num(b.Min))
	}
	return lines
}

// setTree turns a set into what its page shows.
func setTree(set *rubric.Set) []view.SetGroup {
	groups := make([]view.SetGroup, len(set.Groups))
	for i, g := range set.Groups {
		groups[i] = view.SetGroup{Code: g.Code, Title: g.Title, Max: num(g.Max), Criteria: setNodes(g.Criteria)}
		if g.Kind != rubric.Normal {
			groups[i].Kind = vi.Text("admin.kind." + g.Kind)
		}
	}
	return groups
}

func setNodes(list []rubric.Criterion) []view.SetCriterion {
	nodes := make([]view.SetCriterion, len(list))
	for i := range list {
		c := &list[i]
		nodes[i] = view.SetCriterion{Code: c.Code, Title: c.Title, Max: num(c.Max), Guide: c.Guide, NA: c.NA, Criteria: setNodes(c.Criteria)}
		if c.Rule != nil {
			nodes[i].Rule = ruleWords(c)
			nodes[i].Evidence = vi.Text("admin.evidence." + c.Evidence)
		}
	}
	return nodes
}
