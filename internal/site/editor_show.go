package site

import (
	"strconv"
	"strings"

	"thanthien/internal/rubric"
)

// typed writes a number as a person types it: with a decimal comma and without
// dots between thousands, which would read as something else.
func typed(n rubric.Num) string { return strings.Replace(n.String(), ".", ",", 1) }

// put sets a value unless it is empty.
func (d *draft) put(key, value string) {
	if value != "" {
		d.values[key] = value
	}
}

func (d *draft) number(key string, n *rubric.Num) {
	if n != nil {
		d.values[key] = typed(*n)
	}
}

func (d *draft) add(table string, keyValues ...string) {
	row := map[string]string{}
	for i := 0; i+1 < len(keyValues); i += 2 {
		row[keyValues[i]] = keyValues[i+1]
	}
	d.rows[table] = append(d.rows[table], row)
}

func truth(v bool) string {
	if v {
		return checked
	}
	return ""
}

// draftOf turns a set into the texts of its form.
func draftOf(s *rubric.Set) *draft {
	d := newDraft()
	d.put("id", s.ID)
	d.put("title", s.Title)
	d.put("issued_by", s.IssuedBy)
	d.put("applies_to", strings.Join(s.AppliesTo, ", "))
	d.number("total", &s.Total)
	d.put("decimals", strconv.Itoa(s.Decimals))
	d.put("not_applicable", s.NotApplicable)
	d.number("max_total", s.MaxTotal)
	d.put("tie_break", strings.Join(s.TieBreak, ", "))
	for _, p := range s.Papers {
		d.add("papers", "code", p.Code, "title", p.Title, "required", truth(p.Required))
	}
	for _, c := range s.Conditions {
		d.add("conditions", "code", c.Code, "title", c.Title)
	}
	if s.Recognition != nil {
		d.recognition(s.Recognition)
	}
	for i := range s.Groups {
		d.children = append(d.children, groupDraft(&s.Groups[i]))
	}
	return d
}

func (d *draft) recognition(r *rubric.Recognition) {
	d.put(keyRecognised, checked)
	d.number("recognition.min_total", r.MinTotal)
	d.number("recognition.min_group_percent", r.MinGroupPercent)
	d.number("recognition.min_criterion_percent", r.MinCriterionPercent)
	d.put("recognition.conditions", r.Conditions)
	for _, f := range r.Groups {
		d.add("recognition.groups", "group", f.Group, "percent", typed(f.Percent))
	}
	for _, b := range r.Bands {
		d.add("recognition.bands", "code", b.Code, "title", b.Title, "min", typed(b.Min))
	}
}

func groupDraft(g *rubric.Group) *draft {
	d := newDraft()
	d.put("code", g.Code)
	d.put("title", g.Title)
	d.put("kind", g.Kind)
	d.number("max", &g.Max)
	for i := range g.Criteria {
		d.children = append(d.children, criterionDraft(&g.Criteria[i], g.Kind))
	}
	return d
}

func criterionDraft(c *rubric.Criterion, kind string) *draft {
	d := newDraft()
	d.put("code", c.Code)
	d.put("title", c.Title)
	if kind != rubric.Penalty {
		d.number("max", &c.Max)
	}
	d.put("guide", c.Guide)
	if c.Rule != nil {
		d.put("evidence", c.Evidence)
		d.put("na", truth(c.NA))
		d.rule(c.Rule)
	}
	for i := range c.Criteria {
		d.children = append(d.children, criterionDraft(&c.Criteria[i], kind))
	}
	return d
}

func (d *draft) rule(r *rubric.Rule) {
	d.put("rule.type", r.Type)
	d.number("rule.step", r.Step)
	switch r.Type {
	case rubric.RuleLevels:
		for _, l := range r.Levels {
			d.add("rule.levels", "code", l.Code, "label", l.Label, "points", typed(l.Points))
		}
	case rubric.RuleExternal:
		d.put("rule.source", r.Source)
		d.number("rule.scale", &r.Scale)
	case rubric.RuleSurvey:
		d.put("rule.form", r.Form)
		d.put("rule.questions", strings.Join(r.Questions, ", "))
		d.put("rule.groups", strings.Join(r.Groups, ", "))
		d.put("rule.min_responses", strconv.Itoa(r.MinResponses))
		d.put("rule.when_missing", r.WhenMissing)
	case rubric.RuleCount:
		d.number("rule.each", &r.Each)
		d.number("rule.min", &r.Min)
		d.number("rule.max", &r.Max)
	case rubric.RuleFormula:
		d.put("rule.expr", r.Expr)
		for _, in := range r.Inputs {
			d.add("rule.inputs", "name", in.Name, "title", in.Title)
		}
	}
	if m := r.Map; m != nil {
		d.mapping(m)
	}
}

func (d *draft) mapping(m *rubric.Map) {
	d.put(keyMap, mapLinear)
	if len(m.Bands) > 0 {
		d.put(keyMap, mapBands)
		for _, b := range m.Bands {
			d.add("rule.bands", "min", typed(b.Min), "points", typed(b.Points))
		}
		return
	}
	d.number("rule.zero_at", &m.ZeroAt)
	d.number("rule.full_at", &m.FullAt)
}
