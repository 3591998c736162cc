package rubric

import (
	"slices"
	"unicode/utf8"

	"thanthien/internal/fault"
)

// group checks one group and everything under it.
func (c *checker) group(g *Group, path string) {
	c.code(join(path, "code"), g.Code, c.codes)
	c.text(join(path, "title"), g.Title, MaxTitle)
	c.oneOf(join(path, "kind"), g.Kind, Normal, Bonus, Penalty)
	maxPath, limit := join(path, "max"), Int(MaxPoints)
	if g.Kind == Penalty {
		c.points(maxPath, g.Max, limit.Neg(), Num{}, true)
	} else {
		c.points(maxPath, g.Max, Num{}, limit, true)
	}
	if len(g.Criteria) == 0 {
		c.report(fault.Problem{Path: join(path, "criteria"), Key: "rubric.noCriteria", Args: []any{g.Code}})
	}
	sum, known := c.criteria(g, g.Criteria, join(path, "criteria"), 1)
	if g.Kind == Normal && known && !sum.Equal(g.Max) {
		c.report(fault.Problem{Path: maxPath, Key: "rubric.sum", Args: []any{g.Code, g.Max, sum}})
	}
}

// criteria checks a list of siblings and returns the sum of their max; known
// is false when one of them could not be read.
func (c *checker) criteria(g *Group, list []Criterion, path string, depth int) (sum Num, known bool) {
	known = !c.unread[path]
	if depth > MaxDepth {
		c.report(fault.Problem{Path: path, Key: "rubric.deep", Args: []any{MaxDepth}})
		return sum, false
	}
	for i := range list {
		p := at(path, i)
		c.criterion(g, &list[i], p, depth)
		sum = sum.Add(list[i].Max)
		known = known && !c.unread[p] && !c.unread[join(p, "max")]
	}
	return sum, known
}

func (c *checker) criterion(g *Group, n *Criterion, path string, depth int) {
	if c.bad[path] {
		return
	}
	c.code(join(path, "code"), n.Code, c.codes)
	c.text(join(path, "title"), n.Title, MaxTitle)
	if utf8.RuneCountInString(n.Guide) > MaxGuide {
		c.report(fault.Problem{Path: join(path, "guide"), Key: "rubric.textLong", Args: []any{"guide", MaxGuide}})
	}
	maxPath := join(path, "max")
	if g.Kind == Penalty {
		if !c.bad[maxPath] && n.Max.Sign() != 0 {
			c.report(fault.Problem{Path: maxPath, Key: "rubric.penaltyMax", Args: []any{n.Code}})
		}
	} else {
		c.points(maxPath, n.Max, Num{}, Int(MaxPoints), true)
	}
	if n.Rule == nil {
		c.inner(g, n, path, depth)
		return
	}
	c.leaves++
	c.oneOf(join(path, "evidence"), n.Evidence, EvidenceRequired, EvidenceOptional, EvidenceNone)
	if len(n.Criteria) > 0 {
		c.report(fault.Problem{Path: join(path, "criteria"), Key: "rubric.ruleAndCriteria", Args: []any{n.Code}})
	}
	c.rule(g, n, join(path, "rule"))
}

// inner wants children and their sum.
func (c *checker) inner(g *Group, n *Criterion, path string, depth int) {
	if len(n.Criteria) == 0 {
		if !c.bad[join(path, "rule")] {
			c.report(fault.Problem{Path: join(path, "criteria"), Key: "rubric.noCriteria", Args: []any{n.Code}})
		}
		return
	}
	sum, known := c.criteria(g, n.Criteria, join(path, "criteria"), depth+1)
	if known && !sum.Equal(n.Max) {
		c.report(fault.Problem{Path: join(path, "max"), Key: "rubric.sum", Args: []any{n.Code, n.Max, sum}})
	}
}

// recognition checks the bands and the floors above anything the groups give.
func (c *checker) recognition(s *Set) {
	r := s.Recognition
	best := c.bestTotal(s)
	c.oneOf("recognition.conditions", r.Conditions, ConditionsAll, ConditionsNone)
	if r.MinTotal != nil && (r.MinTotal.Sign() < 0 || r.MinTotal.Cmp(best) > 0) {
		c.report(fault.Problem{Path: "recognition.min_total", Key: "rubric.impossible", Args: []any{*r.MinTotal, best}})
	}
	c.percent("recognition.min_group_percent", r.MinGroupPercent)
	c.percent("recognition.min_criterion_percent", r.MinCriterionPercent)
	for i, f := range r.Groups {
		path := join("recognition.groups", f.Group)
		c.percent(path, &f.Percent)
		normal := slices.ContainsFunc(s.Groups, func(g Group) bool { return g.Code == f.Group && g.Kind != Bonus && g.Kind != Penalty })
		twice := slices.ContainsFunc(r.Groups[:i], func(o GroupFloor) bool { return o.Group == f.Group })
		if !normal || twice {
			c.report(fault.Problem{Path: path, Key: "rubric.floorGroup", Args: []any{short(f.Group)}})
		}
	}
	c.bands(r, best)
}

// bestTotal is the highest total that the groups can give, whatever max_total
// then cuts off; no limit when it cannot be told.
func (c *checker) bestTotal(s *Set) Num {
	best := s.Total
	unread := c.unread["total"]
	for i, g := range s.Groups {
		if g.Kind == Bonus {
			best = best.Add(g.Max)
			unread = unread || c.unread[join(at("groups", i), "max")]
		}
	}
	if unread {
		return Int(2 * MaxLeaves * MaxPoints)
	}
	return best
}

func (c *checker) percent(path string, x *Num) {
	if x != nil && (x.Sign() < 0 || x.Cmp(Int(100)) > 0) {
		c.report(fault.Problem{Path: path, Key: "rubric.percent", Args: []any{*x}})
	}
}

func (c *checker) bands(r *Recognition, best Num) {
	if len(r.Bands) == 0 {
		c.report(fault.Problem{Path: "recognition.bands", Key: "rubric.missingField", Args: []any{"bands"}})
	}
	c.codeList("recognition.bands", len(r.Bands), func(i int) (string, string) { return r.Bands[i].Code, r.Bands[i].Title })
	for i, b := range r.Bands {
		path := join(at("recognition.bands", i), "min")
		switch {
		case c.bad[path]:
		case b.Min.Sign() < 0 || b.Min.Cmp(best) > 0:
			c.report(fault.Problem{Path: path, Key: "rubric.impossible", Args: []any{b.Min, best}})
		case i > 0 && b.Min.Cmp(r.Bands[i-1].Min) >= 0:
			c.report(fault.Problem{Path: path, Key: "rubric.bandOrder", Args: []any{b.Min, r.Bands[i-1].Min}})
		}
	}
}
