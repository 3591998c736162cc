package survey

import (
	"bytes"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// YAML writes the form in its canonical layout: members in the documented
// order, defaults left out. Parse of it gives an equal form.
func (f *Form) YAML() []byte {
	m := newMapping()
	m.text("id", f.ID)
	m.plain("version", strconv.Itoa(f.Version))
	m.text("title", f.Title)
	m.add("respondents", texts(f.Respondents))
	m.optional("intro", f.Intro)
	m.optional("consent", f.Consent)
	if len(f.Scales) > 0 {
		scales := newMapping()
		for _, s := range f.Scales {
			scales.add(s.Name, optionsYAML(s.Options))
		}
		m.add("scales", scales.Node)
	}
	sections := &yaml.Node{Kind: yaml.SequenceNode}
	for _, s := range f.Sections {
		sections.Content = append(sections.Content, s.yaml())
	}
	m.add("sections", sections)
	m.add("index", f.Index.yaml())
	if len(f.Languages) > 0 {
		m.add("languages", f.languagesYAML())
	}
	return encode(m.Node)
}

// encode cannot fail: the tree holds only valid UTF-8 and known kinds.
func encode(n *yaml.Node) []byte {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		panic("survey: encode a form: " + err.Error())
	}
	return b.Bytes()
}

func (s Section) yaml() *yaml.Node {
	m := newMapping()
	m.optional("title", s.Title)
	questions := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range s.Questions {
		questions.Content = append(questions.Content, s.Questions[i].yaml())
	}
	m.add("questions", questions)
	return m.Node
}

func (q *Question) yaml() *yaml.Node {
	m := newMapping()
	m.text("code", q.Code)
	m.text("kind", string(q.Kind))
	m.text("text", q.Text)
	m.flag("required", q.Required)
	switch q.Kind {
	case Scale:
		m.text("scale", q.Scale)
		if q.Weight != Int(1) {
			m.plain("weight", q.Weight.String())
		}
	case Choice, Multi:
		m.add("options", optionsYAML(q.Options))
		m.flag("other", q.Other)
	case Number:
		m.number("min", q.Min)
		m.number("max", q.Max)
	case Text:
		m.plain("max_length", strconv.Itoa(q.MaxLength))
	}
	if q.ShowIf != nil {
		c := newMapping()
		c.text("question", q.ShowIf.Question)
		c.add("in", texts(q.ShowIf.In))
		c.Style = yaml.FlowStyle
		m.add("show_if", c.Node)
	}
	return m.Node
}

func optionsYAML(options []Option) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, o := range options {
		m := newMapping()
		m.Style = yaml.FlowStyle
		m.text("code", o.Code)
		m.text("label", o.Label)
		if o.Valued {
			m.plain("value", o.Value.String())
		}
		m.flag("satisfied", o.Satisfied)
		list.Content = append(list.Content, m.Node)
	}
	return list
}

func (x IndexRule) yaml() *yaml.Node {
	m := newMapping()
	m.text("method", string(x.Method))
	if len(x.Questions) > 0 {
		m.add("questions", texts(x.Questions))
	}
	if len(x.GroupWeights) > 0 {
		w := newMapping()
		w.Style = yaml.FlowStyle
		for _, g := range x.GroupWeights {
			w.plain(g.Group, g.Weight.String())
		}
		m.add("group_weights", w.Node)
	}
	return m.Node
}

// mapping builds a YAML mapping node.
type mapping struct{ *yaml.Node }

func newMapping() mapping { return mapping{&yaml.Node{Kind: yaml.MappingNode}} }

func (m mapping) add(name string, value *yaml.Node) {
	m.Content = append(m.Content, textNode(name), value)
}

func (m mapping) text(name, value string) { m.add(name, textNode(value)) }

func (m mapping) optional(name, value string) {
	if value != "" {
		m.text(name, value)
	}
}

func (m mapping) plain(name, value string) {
	m.add(name, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
}

func (m mapping) flag(name string, value bool) {
	if value {
		m.plain(name, "true")
	}
}

func (m mapping) number(name string, d *Decimal) {
	if d != nil {
		m.plain(name, d.String())
	}
}

// textNode is a string, quoted where it could be taken for something else.
func textNode(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

func texts(list []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, s := range list {
		n.Content = append(n.Content, textNode(s))
	}
	return n
}
