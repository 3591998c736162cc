package survey

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// kindFields are the members that only questions of some kinds have.
var kindFields = map[string][]Kind{
	"scale":      {Scale},
	"weight":     {Scale},
	"options":    {Choice, Multi},
	"other":      {Choice, Multi},
	"min":        {Number},
	"max":        {Number},
	"max_length": {Text},
}

func (p *formParser) sections(f fields) {
	p.lines = map[string]yaml.Node{}
	for i, n := range f.list("sections", true, MaxSections) {
		path := index("sections", i)
		s := p.fields(n, path, "title", "questions")
		section := Section{Title: s.prose("title", false, MaxLabel), Questions: []Question{}}
		for j, q := range s.list("questions", true, MaxQuestions) {
			if len(p.asked) == MaxQuestions {
				p.problem(q, s.at("questions"), "survey.list_long", MaxQuestions)
				return
			}
			question := p.readQuestion(q, index(s.at("questions"), j))
			p.asked = append(p.asked, &question)
			section.Questions = append(section.Questions, question)
		}
		p.form.Sections = append(p.form.Sections, section)
	}
}

// question returns a question read so far.
func (p *formParser) question(code string) *Question {
	for _, q := range p.asked {
		if q.Code == code {
			return q
		}
	}
	return nil
}

func (p *formParser) readQuestion(n *yaml.Node, path string) Question {
	f := p.fields(n, path, "code", "kind", "text", "required", "show_if",
		"scale", "weight", "options", "other", "min", "max", "max_length")
	q := Question{
		Code: f.code("code", nameFits), Kind: p.kind(f),
		Text: f.prose("text", true, MaxProse), Required: f.flag("required"),
	}
	if first, ok := p.lines[q.Code]; ok && q.Code != "" {
		p.problem(n, path, "survey.code_line", q.Code, first.Line)
	}
	p.lines[q.Code] = *n
	p.foreignFields(f, q.Kind)
	switch q.Kind {
	case Scale:
		p.readScale(f, &q)
	case Choice, Multi:
		q.Options = p.options(f, "options", false)
		q.Other = f.flag("other")
	case Number:
		p.readLimits(f, &q)
	case Text:
		if q.MaxLength = f.whole("max_length", 1, MaxTextAnswer); q.MaxLength == 0 {
			q.MaxLength = TextAnswer
		}
	}
	if f.in["show_if"] != nil {
		q.ShowIf = p.showIf(f)
	}
	return q
}

func (p *formParser) kind(f fields) Kind {
	n := f.need("kind")
	if n == nil {
		return ""
	}
	switch k := Kind(n.Value); {
	case n.Kind != yaml.ScalarNode:
	case k.hasOptions(), k.hasValues(), k == Text:
		return k
	}
	p.problem(n, f.at("kind"), "survey.kind", clip(n.Value))
	return ""
}

// foreignFields reports members that belong to other kinds of questions.
func (p *formParser) foreignFields(f fields, kind Kind) {
	for _, name := range f.names() {
		if kinds, ok := kindFields[name]; ok && kind != "" && !slices.Contains(kinds, kind) {
			p.problem(f.in[name], f.at(name), "survey.field_kind", name, string(kind))
		}
	}
}

func (p *formParser) readScale(f fields, q *Question) {
	q.Weight = Int(1)
	if d, ok := f.decimal("weight", 0, MaxWeight, MaxWeightDigits); ok {
		q.Weight = d
	}
	n := f.need("scale")
	if n == nil {
		return
	}
	name, ok := p.scalar(n, f.at("scale"))
	if !ok {
		return
	}
	q.Scale = CleanText(name)
	if s := p.scale(q.Scale); s != nil {
		q.Options = s.Options
		return
	}
	p.problem(n, f.at("scale"), "survey.scale_unknown", clip(name))
}

func (p *formParser) readLimits(f fields, q *Question) {
	if d, ok := f.decimal("min", -MaxNumber, MaxNumber, MaxDigits); ok {
		q.Min = &d
	}
	if d, ok := f.decimal("max", -MaxNumber, MaxNumber, MaxDigits); ok {
		q.Max = &d
	}
	if q.Min != nil && q.Max != nil && q.Min.Cmp(*q.Max) > 0 {
		p.problem(f.in["min"], f.at("min"), "survey.min_max", *q.Min, *q.Max)
	}
}

// showIf reads a condition on a question that stands earlier in the form.
func (p *formParser) showIf(f fields) *ShowIf {
	s := p.fields(f.in["show_if"], f.at("show_if"), "question", "in")
	n := s.need("question")
	items := s.list("in", true, MaxOptions+1)
	if n == nil {
		return nil
	}
	code, ok := p.scalar(n, s.at("question"))
	if !ok {
		return nil
	}
	on := p.question(code)
	switch {
	case on == nil:
		p.problem(n, s.at("question"), "survey.show_if_question", clip(code))
		return nil
	case !on.Kind.hasOptions():
		p.problem(n, s.at("question"), "survey.show_if_kind", code, string(on.Kind))
		return nil
	}
	c := &ShowIf{Question: code}
	for i, item := range items {
		p.showIfOption(c, on, item, index(s.at("in"), i))
	}
	return c
}

func (p *formParser) showIfOption(c *ShowIf, on *Question, n *yaml.Node, path string) {
	code, ok := p.scalar(n, path)
	if !ok {
		return
	}
	code = CleanText(code)
	switch {
	case on.option(code) < 0:
		p.problem(n, path, "survey.show_if_option", clip(code), on.Code)
	case slices.Contains(c.In, code):
		p.problem(n, path, "survey.code_twice", code)
	default:
		c.In = append(c.In, code)
	}
}
