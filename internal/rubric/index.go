package rubric

// Leaf is a criterion with a rule and its place in the set.
type Leaf struct {
	*Criterion
	Index int      // position among Set.Leaves
	Group int      // position of its group in Set.Groups
	Path  []string // codes of the inner nodes above it, from the top
}

// index holds the look-ups of a checked set.
type index struct {
	leaves []Leaf
	byCode map[string]int // leaf code -> leaf
	groups map[string]int // group code -> group
}

func buildIndex(s *Set) *index {
	x := &index{byCode: map[string]int{}, groups: map[string]int{}}
	for i := range s.Groups {
		x.groups[s.Groups[i].Code] = i
		x.add(i, nil, s.Groups[i].Criteria)
	}
	return x
}

func (x *index) add(group int, path []string, list []Criterion) {
	for i := range list {
		c := &list[i]
		if c.Rule == nil {
			x.add(group, append(path[:len(path):len(path)], c.Code), c.Criteria)
			continue
		}
		x.byCode[c.Code] = len(x.leaves)
		x.leaves = append(x.leaves, Leaf{Criterion: c, Index: len(x.leaves), Group: group, Path: path})
	}
}

// Leaves returns the criteria with a rule in file order. Do not change it.
func (s *Set) Leaves() []Leaf { return s.index.leaves }

// Leaf returns the leaf with this code.
func (s *Set) Leaf(code string) (Leaf, bool) {
	i, ok := s.index.byCode[code]
	if !ok {
		return Leaf{}, false
	}
	return s.index.leaves[i], true
}

// GroupIndex returns the position of the group with this code.
func (s *Set) GroupIndex(code string) (int, bool) {
	i, ok := s.index.groups[code]
	return i, ok
}

// KindOf returns the kind of a leaf's group.
func (s *Set) KindOf(l Leaf) string { return s.Groups[l.Group].Kind }

// Condition returns the condition with this code.
func (s *Set) Condition(code string) (Condition, bool) {
	for _, c := range s.Conditions {
		if c.Code == code {
			return c, true
		}
	}
	return Condition{}, false
}

// BandIndex returns the position of a band, 0 being the best, -1 if unknown.
func (s *Set) BandIndex(code string) int {
	if s.Recognition != nil {
		for i, b := range s.Recognition.Bands {
			if b.Code == code {
				return i
			}
		}
	}
	return -1
}

// Level returns the level with this code.
func (r *Rule) Level(code string) (Level, bool) {
	for _, l := range r.Levels {
		if l.Code == code {
			return l, true
		}
	}
	return Level{}, false
}

// Program returns the compiled expr of a formula rule of a checked set.
func (r *Rule) Program() *Program { return r.program }

// InputNames returns the JSON keys a mark for this rule has, in order: none
// for survey, the named inputs for formula.
func (r *Rule) InputNames() []string {
	switch r.Type {
	case RulePoints:
		return []string{"points"}
	case RuleLevels:
		return []string{"level"}
	case RuleRatio:
		return []string{"numerator", "denominator"}
	case RuleExternal:
		return []string{"value"}
	case RuleCount:
		return []string{"count"}
	case RuleFormula:
		names := make([]string, len(r.Inputs))
		for i, in := range r.Inputs {
			names[i] = in.Name
		}
		return names
	}
	return nil
}

// Floor returns the percent a normal group must reach, nil for none: its own
// floor where it has one, min_group_percent otherwise.
func (r *Recognition) Floor(group string) *Num {
	for i := range r.Groups {
		if r.Groups[i].Group == group {
			return &r.Groups[i].Percent
		}
	}
	return r.MinGroupPercent
}
