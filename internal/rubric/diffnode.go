package rubric

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// node is a group or criterion with everything Diff compares.
type node struct {
	code, parent, title, kind, max string
	guide, evidence, na, rule      string
}

// nodeList flattens a set in file order.
func nodeList(s *Set) []node {
	var list []node
	for i := range s.Groups {
		g := &s.Groups[i]
		list = append(list, node{code: g.Code, title: g.Title, kind: g.Kind, max: g.Max.String()})
		list = appendNodes(list, g.Code, g.Criteria)
	}
	return list
}

func appendNodes(list []node, parent string, criteria []Criterion) []node {
	for i := range criteria {
		c := &criteria[i]
		n := node{code: c.Code, parent: parent, title: c.Title, max: c.Max.String(), guide: c.Guide, evidence: c.Evidence, rule: ruleText(c.Rule)}
		if c.Rule != nil {
			n.na = strconv.FormatBool(c.NA)
		}
		list = appendNodes(append(list, n), c.Code, c.Criteria)
	}
	return list
}

// ruleText is a rule in words an official can compare: its YAML on one line.
func ruleText(r *Rule) string {
	if r == nil {
		return ""
	}
	n := ruleNode(r)
	n.Style = yaml.FlowStyle
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	if err := enc.Encode(n); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(out.String())
}

// nodes compares groups and criteria by code.
func (d *differ) nodes(a, b []node) {
	old := map[string]node{}
	for _, n := range a {
		old[n.code] = n
	}
	kept := map[string]bool{}
	for _, n := range b {
		kept[n.code] = true
		if o, ok := old[n.code]; ok {
			d.node(o, n)
		} else {
			d.add(Change{Kind: Added, Code: n.code, New: n.title, Key: "rubric.diffAdded", Args: []any{n.code, n.title, n.max}})
		}
	}
	for _, n := range a {
		if !kept[n.code] {
			d.add(Change{Kind: Removed, Code: n.code, Old: n.title, Key: "rubric.diffRemoved", Args: []any{n.code, n.title, n.max}})
		}
	}
	d.order(nodeCodes(a), nodeCodes(b), Change{Kind: Moved, Key: "rubric.diffOrder"})
}

func nodeCodes(list []node) []string {
	codes := make([]string, len(list))
	for i, n := range list {
		codes[i] = n.code
	}
	return codes
}

// node compares one group or criterion.
func (d *differ) node(a, b node) {
	if a.parent != b.parent {
		d.add(Change{Kind: Moved, Code: b.code, Old: a.parent, New: b.parent, Key: "rubric.diffMoved", Args: []any{b.code, dash(a.parent), dash(b.parent)}})
	}
	d.value(Retitled, b.code, "title", a.title, b.title)
	d.value(Setting, b.code, "kind", a.kind, b.kind)
	if a.max != b.max {
		d.add(Change{Kind: Repointed, Code: b.code, Old: a.max, New: b.max, Key: "rubric.diffPoints", Args: []any{b.code, a.max, b.max}})
	}
	if a.rule != b.rule {
		d.add(Change{Kind: Reruled, Code: b.code, Old: a.rule, New: b.rule, Key: "rubric.diffRule", Args: []any{b.code, dash(a.rule), dash(b.rule)}})
	}
	d.value(Reworded, b.code, "guide", a.guide, b.guide)
	d.value(Reworded, b.code, "evidence", a.evidence, b.evidence)
	d.value(Setting, b.code, "na", a.na, b.na)
}
