package score

import (
	"slices"
	"strings"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
)

// reading is a mark in numbers, as far as it could be read.
type reading struct {
	a, b     rubric.Num // the input, or numerator and denominator
	level    rubric.Level
	named    []rubric.Num // formula inputs in order
	problems []fault.Problem
}

// bad adds a problem of one input; every message names the criterion first.
func (r *reading) bad(p fault.Problem) { r.problems = append(r.problems, p) }

// CheckMark lists what is wrong with a mark for a leaf: inputs of another
// rule, missing ones, values outside their range or step, N/A where it is not
// allowed, a formula that cannot be worked out. Path is the input's name. An
// empty mark is only missing, not wrong.
func CheckMark(leaf rubric.Leaf, m Mark) []fault.Problem {
	if m.Empty() {
		return nil
	}
	var r reading
	if m.NA {
		if !leaf.NA {
			r.bad(fault.Problem{Path: "na", Key: "score.naForbidden", Args: []any{leaf.Code}})
		}
		if len(m.Inputs) > 0 {
			r.bad(fault.Problem{Path: "na", Key: "score.naWithValue", Args: []any{leaf.Code}})
		}
		return r.problems
	}
	r = read(leaf, m)
	if len(r.problems) == 0 && leaf.Rule.Type == rubric.RuleFormula {
		if _, err := leaf.Rule.Program().Run(r.named, leaf.Max); err != nil {
			r.bad(problemOf(err))
		}
	}
	return r.problems
}

// read turns the inputs of a mark into numbers and checks them.
func read(leaf rubric.Leaf, m Mark) reading {
	var r reading
	rule := leaf.Rule
	for i, in := range m.Inputs {
		if !takes(rule, in.Name) {
			r.bad(unknownInput(leaf, in.Name))
		} else if slices.ContainsFunc(m.Inputs[:i], func(o Input) bool { return o.Name == in.Name }) {
			r.bad(fault.Problem{Path: in.Name, Key: "score.inputTwice", Args: []any{leaf.Code, in.Name}})
		}
	}
	switch rule.Type {
	case rubric.RulePoints:
		r.points(leaf, m)
	case rubric.RuleLevels:
		r.readLevel(leaf, m)
	case rubric.RuleRatio:
		r.ratio(leaf, m)
	case rubric.RuleExternal:
		r.a = r.within(leaf, m, "value", rule.Scale)
	case rubric.RuleCount:
		r.count(leaf, m)
	case rubric.RuleFormula:
		r.named = make([]rubric.Num, len(rule.Inputs))
		for i, in := range rule.Inputs {
			r.named[i], _ = r.number(leaf, m, in.Name)
		}
	}
	return r
}

// unknownInput says what a rule takes instead: a survey rule takes nothing.
func unknownInput(leaf rubric.Leaf, name string) fault.Problem {
	names := leaf.Rule.InputNames()
	if len(names) == 0 {
		return fault.Problem{Path: name, Key: "score.noInputs", Args: []any{leaf.Code}}
	}
	return fault.Problem{Path: name, Key: "score.unknownInput", Args: []any{leaf.Code, name, strings.Join(names, ", ")}}
}

// takes reports whether a rule has an input of this name.
func takes(rule *rubric.Rule, name string) bool {
	switch rule.Type {
	case rubric.RulePoints:
		return name == "points"
	case rubric.RuleLevels:
		return name == "level"
	case rubric.RuleRatio:
		return name == "numerator" || name == "denominator"
	case rubric.RuleExternal:
		return name == "value"
	case rubric.RuleCount:
		return name == "count"
	}
	return slices.ContainsFunc(rule.Inputs, func(in rubric.Input) bool { return in.Name == name })
}

// number reads one input that must be there.
func (r *reading) number(leaf rubric.Leaf, m Mark, name string) (rubric.Num, bool) {
	s := m.Get(name)
	if s == "" {
		r.bad(fault.Problem{Path: name, Key: "score.missingInput", Args: []any{leaf.Code, name}})
		return rubric.Num{}, false
	}
	x, ok := number(s)
	if !ok {
		r.bad(fault.Problem{Path: name, Key: "score.wantNumber", Args: []any{leaf.Code, name, short(s)}})
	}
	return x, ok
}

// within reads an input of 0..most.
func (r *reading) within(leaf rubric.Leaf, m Mark, name string, most rubric.Num) rubric.Num {
	x, ok := r.number(leaf, m, name)
	if ok && (x.Sign() < 0 || x.Cmp(most) > 0) {
		r.bad(fault.Problem{Path: name, Key: "score.range", Args: []any{leaf.Code, x, most}})
	}
	return x
}

func (r *reading) points(leaf rubric.Leaf, m Mark) {
	r.a = r.within(leaf, m, "points", leaf.Max)
	if step := leaf.Rule.Step; step != nil && len(r.problems) == 0 && !r.a.MultipleOf(*step) {
		r.bad(fault.Problem{Path: "points", Key: "score.step", Args: []any{leaf.Code, r.a, *step}})
	}
}

func (r *reading) readLevel(leaf rubric.Leaf, m Mark) {
	code := m.Get("level")
	if code == "" {
		r.bad(fault.Problem{Path: "level", Key: "score.missingInput", Args: []any{leaf.Code, "level"}})
		return
	}
	level, ok := leaf.Rule.Level(code)
	if !ok {
		codes := make([]string, len(leaf.Rule.Levels))
		for i, l := range leaf.Rule.Levels {
			codes[i] = l.Code
		}
		r.bad(fault.Problem{Path: "level", Key: "score.level", Args: []any{leaf.Code, short(code), strings.Join(codes, ", ")}})
	}
	r.level = level
}

func (r *reading) ratio(leaf rubric.Leaf, m Mark) {
	var ok bool
	if r.a, ok = r.number(leaf, m, "numerator"); ok && r.a.Sign() < 0 {
		r.bad(fault.Problem{Path: "numerator", Key: "score.negative", Args: []any{leaf.Code, r.a}})
	}
	if r.b, ok = r.number(leaf, m, "denominator"); ok && r.b.Sign() <= 0 {
		r.bad(fault.Problem{Path: "denominator", Key: "score.denominator", Args: []any{leaf.Code, r.b}})
	}
}

func (r *reading) count(leaf rubric.Leaf, m Mark) {
	x, ok := r.number(leaf, m, "count")
	if ok && (x.Sign() < 0 || !x.IsInt()) {
		r.bad(fault.Problem{Path: "count", Key: "score.count", Args: []any{leaf.Code, x}})
	}
	r.a = x
}

// problemOf turns a formula's error, which names the criterion, into a problem.
func problemOf(err error) fault.Problem {
	f, ok := err.(*fault.Error)
	if !ok {
		return fault.Problem{Key: "internal"}
	}
	return fault.Problem{Key: f.Key, Args: f.Args}
}

// short cuts a wrong value for a message.
func short(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
