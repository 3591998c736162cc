package rubric

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"thanthien/internal/fault"
)

// set reads the whole file.
func (d *decoder) set(n *yaml.Node) *Set {
	f := d.mapping(n, "", "id", "version", "title", "issued_by", "decision", "applies_to", "total", "decimals", "not_applicable",
		"max_total", "papers", "conditions", "groups", "recognition", "tie_break")
	f.need("version")
	f.need("applies_to")
	f.need("groups")
	s := &Set{
		ID:            f.needText("id", MaxSlug),
		Version:       f.whole("version", 0, 1, MaxVersion),
		Title:         f.needText("title", MaxTitle),
		IssuedBy:      f.text("issued_by", "", MaxTitle),
		AppliesTo:     f.texts("applies_to"),
		Total:         f.needNumber("total"),
		Decimals:      f.whole("decimals", DefaultDecimals, 0, MaxDecimals),
		NotApplicable: f.text("not_applicable", Rescale, MaxCode),
		MaxTotal:      f.number("max_total"),
		TieBreak:      f.texts("tie_break"),
	}
	s.Decision = d.decision(f.get("decision"))
	s.Papers = entries(f, "papers", d.paper)
	s.Conditions = entries(f, "conditions", d.condition)
	s.Groups = entries(f, "groups", d.group)
	s.Recognition = d.recognition(f.get("recognition"))
	return s
}

// entries reads a list of mappings.
func entries[T any](f *fields, key string, read func(n *yaml.Node, path string) T) []T {
	var out []T
	for i, n := range f.list(key, MaxLeaves) {
		out = append(out, read(n, at(join(f.path, key), i)))
	}
	return out
}

func (d *decoder) decision(n *yaml.Node) *Decision {
	if n == nil {
		return nil
	}
	f := d.mapping(n, "decision", "number", "date")
	return &Decision{Number: f.needText("number", MaxTitle), Date: f.text("date", "", MaxCode)}
}

func (d *decoder) paper(n *yaml.Node, path string) Paper {
	f := d.mapping(n, path, "code", "title", "required")
	return Paper{Code: f.needText("code", MaxCode), Title: f.needText("title", MaxTitle), Required: f.truth("required")}
}

func (d *decoder) condition(n *yaml.Node, path string) Condition {
	f := d.mapping(n, path, "code", "title")
	return Condition{Code: f.needText("code", MaxCode), Title: f.needText("title", MaxTitle)}
}

func (d *decoder) group(n *yaml.Node, path string) Group {
	f := d.mapping(n, path, "code", "title", "kind", "max", "criteria")
	g := Group{
		Code:  f.needText("code", MaxCode),
		Title: f.needText("title", MaxTitle),
		Kind:  f.text("kind", Normal, MaxCode),
		Max:   f.needNumber("max"),
	}
	f.need("criteria")
	g.Criteria = d.criteria(f, g.Kind, g.Max, 1)
	return g
}

// criteria reads the children of a group or inner node, down to MaxDepth.
func (d *decoder) criteria(f *fields, kind string, groupMax Num, depth int) []Criterion {
	var out []Criterion
	for i, n := range f.list("criteria", MaxLeaves) {
		path := at(join(f.path, "criteria"), i)
		if depth > MaxDepth {
			d.report(n, fault.Problem{Path: path, Key: "rubric.deep", Args: []any{MaxDepth}})
			break
		}
		out = append(out, d.criterion(n, path, kind, groupMax, depth))
	}
	return out
}

func (d *decoder) criterion(n *yaml.Node, path, kind string, groupMax Num, depth int) Criterion {
	f := d.mapping(n, path, "code", "title", "max", "guide", "evidence", "na", "rule", "criteria")
	c := Criterion{
		Code:  f.needText("code", MaxCode),
		Title: f.needText("title", MaxTitle),
		Guide: f.text("guide", "", MaxGuide),
	}
	if f.get("criteria") != nil && f.get("rule") == nil {
		d.inner(f, &c, kind, groupMax, depth)
		return c
	}
	c.Evidence = f.text("evidence", EvidenceOptional, MaxCode)
	c.NA = f.truth("na")
	if kind == Penalty {
		c.Max = f.numberOr("max", Num{})
	} else {
		c.Max = f.needNumber("max")
	}
	switch {
	case f.get("criteria") != nil:
		d.report(f.vals["criteria"], fault.Problem{Path: join(path, "criteria"), Key: "rubric.ruleAndCriteria", Args: []any{c.Code}})
	case f.need("rule") != nil:
		c.Rule = d.rule(f.vals["rule"], join(path, "rule"), kind, c.Max, groupMax)
	}
	return c
}

// inner reads a node with children. Its max may be left out: it is their sum.
func (d *decoder) inner(f *fields, c *Criterion, kind string, groupMax Num, depth int) {
	for _, key := range []string{"evidence", "na"} {
		if f.get(key) != nil {
			d.report(f.vals[key], fault.Problem{Path: join(f.path, key), Key: "rubric.leafOnly", Args: []any{key, c.Code}})
		}
	}
	c.Criteria = d.criteria(f, kind, groupMax, depth+1)
	var sum Num
	for _, child := range c.Criteria {
		sum = sum.Add(child.Max)
	}
	c.Max = f.numberOr("max", sum)
}

func (d *decoder) recognition(n *yaml.Node) *Recognition {
	if n == nil {
		return nil
	}
	f := d.mapping(n, "recognition", "min_total", "min_group_percent", "groups", "min_criterion_percent", "conditions", "bands")
	f.need("bands")
	r := &Recognition{
		MinTotal:            f.number("min_total"),
		MinGroupPercent:     f.number("min_group_percent"),
		MinCriterionPercent: f.number("min_criterion_percent"),
		Conditions:          f.text("conditions", ConditionsAll, MaxCode),
		Bands:               entries(f, "bands", d.band),
	}
	if floors := f.get("groups"); floors != nil {
		g := d.mapping(floors, "recognition.groups")
		if len(g.keys) > MaxLeaves {
			d.report(floors, fault.Problem{Path: "recognition.groups", Key: "rubric.listLong", Args: []any{"groups", MaxLeaves}})
			return r
		}
		for _, code := range g.keys {
			r.Groups = append(r.Groups, GroupFloor{Group: strings.TrimSpace(code), Percent: g.needNumber(code)})
		}
	}
	return r
}

func (d *decoder) band(n *yaml.Node, path string) Band {
	f := d.mapping(n, path, "code", "title", "min")
	return Band{Code: f.needText("code", MaxCode), Title: f.needText("title", MaxTitle), Min: f.needNumber("min")}
}
