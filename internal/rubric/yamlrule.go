package rubric

import "go.yaml.in/yaml/v3"

// ruleNode writes a rule: on one line unless it holds a list of its own.
func ruleNode(r *Rule) *yaml.Node {
	b := newBlock()
	b.text("type", r.Type)
	switch r.Type {
	case RulePoints:
		b.numIf("step", r.Step)
	case RuleLevels:
		b.list("levels", len(r.Levels), func(i int) *yaml.Node {
			e := newBlock()
			e.text("code", r.Levels[i].Code)
			e.textIf("label", r.Levels[i].Label)
			e.num("points", r.Levels[i].Points)
			return e.flow()
		})
		return b.Node
	case RuleCount:
		b.num("each", r.Each)
		b.num("min", r.Min)
		b.num("max", r.Max)
	case RuleFormula:
		inputNodes(b, r)
		b.text("expr", r.Expr)
		return b.Node
	default:
		return mappedNode(b, r)
	}
	return b.flow()
}

func inputNodes(b block, r *Rule) {
	if len(r.Inputs) == 0 {
		b.put("inputs", &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle})
	}
	b.list("inputs", len(r.Inputs), func(i int) *yaml.Node {
		e := newBlock()
		e.text("name", r.Inputs[i].Name)
		e.textIf("title", r.Inputs[i].Title)
		return e.flow()
	})
}

func mappedNode(b block, r *Rule) *yaml.Node {
	switch r.Type {
	case RuleExternal:
		b.textIf("source", r.Source)
		b.num("scale", r.Scale)
	case RuleSurvey:
		b.text("form", r.Form)
		b.texts("questions", r.Questions)
		b.texts("groups", r.Groups)
		b.whole("min_responses", r.MinResponses)
		b.text("when_missing", r.WhenMissing)
	}
	if len(r.Map.Bands) == 0 {
		b.num("zero_at", r.Map.ZeroAt)
		b.num("full_at", r.Map.FullAt)
		return b.flow()
	}
	b.list("bands", len(r.Map.Bands), func(i int) *yaml.Node {
		e := newBlock()
		e.num("min", r.Map.Bands[i].Min)
		e.num("points", r.Map.Bands[i].Points)
		return e.flow()
	})
	return b.Node
}
