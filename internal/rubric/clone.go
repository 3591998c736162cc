package rubric

import "slices"

// Clone returns a deep copy to change and give to New.
func (s *Set) Clone() Set { return *clone(s) }

func clone(s *Set) *Set {
	c := *s
	c.index = nil
	c.Decision = copyOf(s.Decision)
	c.MaxTotal = copyOf(s.MaxTotal)
	c.AppliesTo = slices.Clone(s.AppliesTo)
	c.Papers = slices.Clone(s.Papers)
	c.Conditions = slices.Clone(s.Conditions)
	c.TieBreak = slices.Clone(s.TieBreak)
	c.Groups = slices.Clone(s.Groups)
	for i := range c.Groups {
		c.Groups[i].Criteria = cloneCriteria(c.Groups[i].Criteria)
	}
	if r := copyOf(s.Recognition); r != nil {
		r.MinTotal, r.MinGroupPercent, r.MinCriterionPercent = copyOf(r.MinTotal), copyOf(r.MinGroupPercent), copyOf(r.MinCriterionPercent)
		r.Groups, r.Bands = slices.Clone(r.Groups), slices.Clone(r.Bands)
		c.Recognition = r
	}
	return &c
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}

func cloneCriteria(list []Criterion) []Criterion {
	list = slices.Clone(list)
	for i := range list {
		c := &list[i]
		c.Criteria = cloneCriteria(c.Criteria)
		c.Rule = copyOf(c.Rule)
		if r := c.Rule; r != nil {
			r.program = nil
			r.Step, r.Map = copyOf(r.Step), copyOf(r.Map)
			r.Levels, r.Inputs = slices.Clone(r.Levels), slices.Clone(r.Inputs)
			r.Questions, r.Groups = slices.Clone(r.Questions), slices.Clone(r.Groups)
			if r.Map != nil {
				r.Map.Bands = slices.Clone(r.Map.Bands)
			}
		}
	}
	return list
}
