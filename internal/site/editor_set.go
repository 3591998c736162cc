package site

import (
	"cmp"
	"strconv"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// reader turns a draft into a set and lists the texts that it cannot read.
// What the values mean is for rubric.New to check.
type reader struct {
	problems []fault.Problem
	unread   map[string]bool
}

func (r *reader) report(path, key string, args ...any) {
	r.unread[path] = true
	r.problems = append(r.problems, fault.Problem{Path: path, Key: key, Args: args})
}

// number reads an optional number.
func (r *reader) number(values map[string]string, path, key string) *rubric.Num {
	text := values[key]
	if text == "" {
		return nil
	}
	n, err := rubric.ParseNum(vi.ParseDecimal(text))
	if err != nil {
		r.report(under(path, key), "editor.number", cut(text, maxShown))
		return nil
	}
	return &n
}

// maxShown is how much of a wrong text a message repeats, in characters.
const maxShown = 40

// need reads a number that must be there.
func (r *reader) need(values map[string]string, path, key string) rubric.Num {
	if values[key] == "" {
		r.report(under(path, key), "editor.empty")
		return rubric.Num{}
	}
	return r.or(values, path, key, rubric.Num{})
}

// or reads a number with a default.
func (r *reader) or(values map[string]string, path, key string, def rubric.Num) rubric.Num {
	if n := r.number(values, path, key); n != nil {
		return *n
	}
	return def
}

// whole reads a whole number with a default.
func (r *reader) whole(values map[string]string, path, key string, def int) int {
	if values[key] == "" {
		return def
	}
	n, err := strconv.Atoi(values[key])
	if err != nil {
		r.report(under(path, key), "editor.whole", cut(values[key], maxShown))
		return def
	}
	return n
}

// setOf reads the draft over what the stored draft says about itself (id,
// version, decision). The set is only a start: New checks it.
func (r *reader) setOf(d *draft, base rubric.Set) rubric.Set {
	s, v := base, d.values
	s.Title, s.IssuedBy, s.AppliesTo = v["title"], v["issued_by"], splitCodes(v["applies_to"])
	s.Total = r.need(v, "", "total")
	s.Decimals = r.whole(v, "", "decimals", rubric.DefaultDecimals)
	s.NotApplicable, s.MaxTotal, s.TieBreak = v["not_applicable"], r.number(v, "", "max_total"), splitCodes(v["tie_break"])
	s.Papers, s.Conditions, s.Groups, s.Recognition = nil, nil, nil, nil
	for _, row := range d.rows["papers"] {
		s.Papers = append(s.Papers, rubric.Paper{Code: row["code"], Title: row["title"], Required: row["required"] != ""})
	}
	for _, row := range d.rows["conditions"] {
		s.Conditions = append(s.Conditions, rubric.Condition{Code: row["code"], Title: row["title"]})
	}
	for i, g := range d.children {
		s.Groups = append(s.Groups, r.group(g, nth("groups", i)))
	}
	if v[keyRecognised] != "" {
		s.Recognition = r.recognition(d)
	}
	return s
}

func (r *reader) recognition(d *draft) *rubric.Recognition {
	rec := &rubric.Recognition{
		MinTotal:            r.number(d.values, "", "recognition.min_total"),
		MinGroupPercent:     r.number(d.values, "", "recognition.min_group_percent"),
		MinCriterionPercent: r.number(d.values, "", "recognition.min_criterion_percent"),
		Conditions:          d.values["recognition.conditions"],
	}
	for i, row := range d.rows["recognition.groups"] {
		rec.Groups = append(rec.Groups, rubric.GroupFloor{Group: row["group"], Percent: r.need(row, nth("recognition.groups", i), "percent")})
	}
	for i, row := range d.rows["recognition.bands"] {
		rec.Bands = append(rec.Bands, rubric.Band{Code: row["code"], Title: row["title"], Min: r.need(row, nth("recognition.bands", i), "min")})
	}
	return rec
}

func (r *reader) group(d *draft, path string) rubric.Group {
	g := rubric.Group{Code: d.values["code"], Title: d.values["title"], Kind: cmp.Or(d.values["kind"], rubric.Normal)}
	g.Max = r.need(d.values, path, "max")
	for i, c := range d.children {
		g.Criteria = append(g.Criteria, r.criterion(c, nth(path+".criteria", i), &g))
	}
	return g
}

func (r *reader) criterion(d *draft, path string, g *rubric.Group) rubric.Criterion {
	c := rubric.Criterion{Code: d.values["code"], Title: d.values["title"], Guide: d.values["guide"]}
	if len(d.children) > 0 {
		return r.inner(d, c, path, g)
	}
	if g.Kind != rubric.Penalty {
		c.Max = r.need(d.values, path, "max")
	}
	c.Evidence, c.NA = d.values["evidence"], d.values["na"] != ""
	c.Rule = r.rule(d, path, &c, g)
	return c
}

// inner reads a criterion with others below it. Its max may be left out: it is
// their sum.
func (r *reader) inner(d *draft, c rubric.Criterion, path string, g *rubric.Group) rubric.Criterion {
	var sum rubric.Num
	for i, child := range d.children {
		c.Criteria = append(c.Criteria, r.criterion(child, nth(path+".criteria", i), g))
		sum = sum.Add(c.Criteria[i].Max)
	}
	if g.Kind != rubric.Penalty {
		c.Max = r.or(d.values, path, "max", sum)
	}
	return c
}

func (r *reader) rule(d *draft, path string, c *rubric.Criterion, g *rubric.Group) *rubric.Rule {
	v := d.values
	rule := &rubric.Rule{Type: cmp.Or(v["rule.type"], rubric.RulePoints)}
	switch rule.Type {
	case rubric.RulePoints:
		rule.Step = r.number(v, path, "rule.step")
	case rubric.RuleLevels:
		for i, row := range d.rows["rule.levels"] {
			rule.Levels = append(rule.Levels, rubric.Level{Code: row["code"], Label: row["label"], Points: r.need(row, nth(path+".rule.levels", i), "points")})
		}
	case rubric.RuleCount:
		low, high := rubric.Num{}, c.Max
		if g.Kind == rubric.Penalty {
			low, high = g.Max, rubric.Num{}
		}
		rule.Each = r.need(v, path, "rule.each")
		rule.Min, rule.Max = r.or(v, path, "rule.min", low), r.or(v, path, "rule.max", high)
	case rubric.RuleFormula:
		rule.Expr = v["rule.expr"]
		for _, row := range d.rows["rule.inputs"] {
			rule.Inputs = append(rule.Inputs, rubric.Input{Name: row["name"], Title: row["title"]})
		}
	case rubric.RuleExternal:
		rule.Source = v["rule.source"]
		rule.Scale = r.or(v, path, "rule.scale", rubric.Int(rubric.DefaultScale))
		if rule.Scale.Sign() == 0 { // New would take it for the default
			r.report(path+".rule.scale", "editor.scale", typed(rule.Scale))
		}
		rule.Map = r.mapping(d, path)
	case rubric.RuleSurvey:
		rule.Form, rule.Questions, rule.Groups = v["rule.form"], splitCodes(v["rule.questions"]), splitCodes(v["rule.groups"])
		rule.MinResponses = r.whole(v, path, "rule.min_responses", rubric.DefaultMinResponses)
		rule.WhenMissing = v["rule.when_missing"]
		rule.Map = r.mapping(d, path)
	case rubric.RuleRatio:
		rule.Map = r.mapping(d, path)
	}
	return rule
}

func (r *reader) mapping(d *draft, path string) *rubric.Map {
	m := &rubric.Map{ZeroAt: rubric.Int(rubric.DefaultZeroAt), FullAt: rubric.Int(rubric.DefaultFullAt)}
	if d.values[keyMap] != mapBands {
		m.ZeroAt = r.or(d.values, path, "rule.zero_at", m.ZeroAt)
		m.FullAt = r.or(d.values, path, "rule.full_at", m.FullAt)
		return m
	}
	for i, row := range d.rows["rule.bands"] {
		at := nth(path+".rule.bands", i)
		m.Bands = append(m.Bands, rubric.MapBand{Min: r.need(row, at, "min"), Points: r.need(row, at, "points")})
	}
	if len(m.Bands) == 0 {
		r.report(path+".rule.bands", "editor.noBands")
	}
	return m
}
