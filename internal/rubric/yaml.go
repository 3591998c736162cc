package rubric

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// YAML writes the set in its one canonical form: every field in the order of
// the format's description, defaults included, comments lost. Parse of it
// gives an equal set.
func (s *Set) YAML() ([]byte, error) {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(setNode(s)); err != nil {
		return nil, err
	}
	return out.Bytes(), enc.Close()
}

// Equal reports whether two sets say the same.
func (s *Set) Equal(o *Set) bool {
	a, err1 := s.YAML()
	b, err2 := o.YAML()
	return err1 == nil && err2 == nil && bytes.Equal(a, b)
}

// block is a mapping under construction.
type block struct{ *yaml.Node }

func newBlock() block { return block{&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}} }

// flow writes the mapping on one line.
func (b block) flow() *yaml.Node {
	b.Style = yaml.FlowStyle
	return b.Node
}

func (b block) put(key string, n *yaml.Node) {
	b.Content = append(b.Content, textNode(key), n)
}

func (b block) text(key, s string) { b.put(key, textNode(s)) }

func (b block) textIf(key, s string) {
	if s != "" {
		b.text(key, s)
	}
}

func (b block) num(key string, x Num) { b.put(key, numNode(x)) }

func (b block) numIf(key string, x *Num) {
	if x != nil {
		b.num(key, *x)
	}
}

func (b block) whole(key string, n int) { b.num(key, Int(int64(n))) }

func (b block) truth(key string, v bool) {
	b.put(key, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v)})
}

func (b block) texts(key string, list []string) {
	if len(list) == 0 {
		return
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	for _, s := range list {
		n.Content = append(n.Content, textNode(s))
	}
	b.put(key, n)
}

// textNode quotes where YAML would read something else; a text of several
// lines becomes a literal block where that is safe.
func textNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.Contains(s, "\n") {
		n.Style = yaml.LiteralStyle
		if strings.Contains(s, "\t") {
			n.Style = yaml.DoubleQuotedStyle
		}
	}
	return n
}

// numNode writes a decimal; every number of a set is one.
func numNode(x Num) *yaml.Node {
	tag := "!!int"
	if !x.IsInt() {
		tag = "!!float"
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: x.String()}
}

// list adds a sequence of n nodes, nothing when there are none.
func (b block) list(key string, n int, item func(i int) *yaml.Node) {
	if n == 0 {
		return
	}
	seq := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for i := range n {
		seq.Content = append(seq.Content, item(i))
	}
	b.put(key, seq)
}

func setNode(s *Set) *yaml.Node {
	b := newBlock()
	b.text("id", s.ID)
	b.whole("version", s.Version)
	b.text("title", s.Title)
	b.textIf("issued_by", s.IssuedBy)
	if d := s.Decision; d != nil {
		e := newBlock()
		e.text("number", d.Number)
		e.textIf("date", d.Date)
		b.put("decision", e.flow())
	}
	b.texts("applies_to", s.AppliesTo)
	b.num("total", s.Total)
	b.whole("decimals", s.Decimals)
	b.text("not_applicable", s.NotApplicable)
	b.numIf("max_total", s.MaxTotal)
	b.list("papers", len(s.Papers), func(i int) *yaml.Node {
		e := newBlock()
		e.text("code", s.Papers[i].Code)
		e.text("title", s.Papers[i].Title)
		e.truth("required", s.Papers[i].Required)
		return e.flow()
	})
	b.list("conditions", len(s.Conditions), func(i int) *yaml.Node {
		e := newBlock()
		e.text("code", s.Conditions[i].Code)
		e.text("title", s.Conditions[i].Title)
		return e.flow()
	})
	b.list("groups", len(s.Groups), func(i int) *yaml.Node { return groupNode(&s.Groups[i]) })
	if s.Recognition != nil {
		b.put("recognition", recognitionNode(s.Recognition))
	}
	b.texts("tie_break", s.TieBreak)
	return b.Node
}

func groupNode(g *Group) *yaml.Node {
	b := newBlock()
	b.text("code", g.Code)
	b.text("title", g.Title)
	b.text("kind", g.Kind)
	b.num("max", g.Max)
	b.list("criteria", len(g.Criteria), func(i int) *yaml.Node { return criterionNode(&g.Criteria[i]) })
	return b.Node
}

func criterionNode(c *Criterion) *yaml.Node {
	b := newBlock()
	b.text("code", c.Code)
	b.text("title", c.Title)
	b.num("max", c.Max)
	b.textIf("guide", c.Guide)
	if c.Rule == nil {
		b.list("criteria", len(c.Criteria), func(i int) *yaml.Node { return criterionNode(&c.Criteria[i]) })
		return b.Node
	}
	b.text("evidence", c.Evidence)
	b.truth("na", c.NA)
	b.put("rule", ruleNode(c.Rule))
	return b.Node
}

func recognitionNode(r *Recognition) *yaml.Node {
	b := newBlock()
	b.numIf("min_total", r.MinTotal)
	b.numIf("min_group_percent", r.MinGroupPercent)
	if len(r.Groups) > 0 {
		floors := newBlock()
		for _, f := range r.Groups {
			floors.num(f.Group, f.Percent)
		}
		b.put("groups", floors.flow())
	}
	b.numIf("min_criterion_percent", r.MinCriterionPercent)
	b.text("conditions", r.Conditions)
	b.list("bands", len(r.Bands), func(i int) *yaml.Node {
		e := newBlock()
		e.text("code", r.Bands[i].Code)
		e.text("title", r.Bands[i].Title)
		e.num("min", r.Bands[i].Min)
		return e.flow()
	})
	return b.Node
}
