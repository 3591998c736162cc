package xlsx

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
)

// object is a mapping of the format under construction; path is its path.
type object struct {
	r    *criteriaReader
	node *yaml.Node
	path string
}

func (r *criteriaReader) object(path string, at place) object {
	r.places[path] = at
	return object{r, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}, path}
}

func scalar(tag, value string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
	if tag == "!!str" {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func (o object) under(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

func (o object) put(key string, value *yaml.Node) {
	o.node.Content = append(o.node.Content, scalar("!!str", key), value)
}

// copy takes values of a line over under the same keys, without a prefix that
// the line's keys have. An empty cell is left out, but its place is known.
func (o object) copy(l line, prefix string, keys ...string) {
	for _, key := range keys {
		at, ok := l.cells[prefix+key]
		if !ok {
			at = l.first
		}
		o.r.places[o.under(key)] = at
		value := l.get(prefix + key)
		switch {
		case value == "":
		case key == "na" || key == "required":
			o.put(key, scalar("!!bool", value))
		case key == "questions" || key == "groups" || key == "applies_to" || key == "tie_break":
			o.strings(key, splitList(value))
		case strings.Trim(value, "0123456789") == "" && (key == "version" || key == "decimals" || key == "min_responses"):
			o.put(key, scalar("!!int", value))
		default:
			o.put(key, scalar("!!str", value))
		}
	}
}

func (o object) strings(key string, list []string) {
	seq := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, s := range list {
		seq.Content = append(seq.Content, scalar("!!str", s))
	}
	o.put(key, seq)
}

// list puts a sequence of mappings, each from a line; none when there are none.
func (o object) list(key string, lines []line, keys ...string) {
	if len(lines) == 0 {
		return
	}
	seq := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	o.r.places[o.under(key)] = lines[0].first
	for i, l := range lines {
		e := o.r.object(fmt.Sprintf("%s[%d]", o.under(key), i), l.first)
		e.copy(l, "", keys...)
		seq.Content = append(seq.Content, e.node)
	}
	o.put(key, seq)
}

// yaml reads every sheet and returns the set as a file of the format.
func (r *criteriaReader) yaml() ([]byte, error) {
	info, err := r.info()
	if err != nil {
		return nil, err
	}
	root := r.object("", info.first)
	root.copy(info, "", "id", "version", "title", "issued_by", "applies_to", "total", "decimals", "not_applicable", "max_total")
	r.decision(root, info)
	tables := map[string][]line{}
	for _, l := range []layout{treeFields(), levelFields(), mapFields(), inputFields(), conditionFields(), paperFields(), bandFields(), floorFields()} {
		if tables[l.sheet], err = r.table(l); err != nil {
			return nil, err
		}
	}
	root.list("papers", tables[paperFields().sheet], "code", "title", "required")
	root.list("conditions", tables[conditionFields().sheet], "code", "title")
	r.groups(root, r.build(tables))
	r.recognition(root, info, tables[bandFields().sheet], tables[floorFields().sheet])
	root.copy(info, "", "tie_break")
	return yaml.Marshal(root.node)
}

func (r *criteriaReader) decision(root object, info line) {
	if info.get("decision.number") == "" && info.get("decision.date") == "" {
		return
	}
	o := r.object("decision", info.cells["decision.number"])
	o.copy(info, "decision.", "number", "date")
	root.put("decision", o.node)
}

func (r *criteriaReader) recognition(root object, info line, bands, floors []line) {
	keys := []string{"min_total", "min_group_percent", "min_criterion_percent", "conditions"}
	used := len(bands)+len(floors) > 0
	for _, key := range keys {
		used = used || info.get("recognition."+key) != ""
	}
	if !used {
		return
	}
	o := r.object("recognition", info.cells["recognition.min_total"])
	o.copy(info, "recognition.", keys...)
	r.places["recognition.bands"] = place{info.first.order + 7, bandFields().sheet, 1, 1}
	o.list("bands", bands, "code", "title", "min")
	if len(floors) > 0 {
		g := r.object("recognition.groups", floors[0].first)
		for i, f := range floors {
			r.places[fmt.Sprintf("recognition.groups[%d]", i)] = f.first
			r.places[g.under(f.get("group"))] = f.cells["percent"]
			g.put(f.get("group"), scalar("!!str", f.get("percent")))
		}
		o.put("groups", g.node)
	}
	root.put("recognition", o.node)
}

// branch is a node of the tree: a group or a criterion with what hangs from it.
type branch struct {
	line
	children             []*branch
	levels, bands, input []line
}

// build makes the tree from the levels of its rows and hangs the lists' rows on
// their criteria.
func (r *criteriaReader) build(tables map[string][]line) []*branch {
	var roots []*branch
	var open []*branch // the last row of each level
	byCode := map[string]*branch{}
	for _, l := range tables[treeFields().sheet] {
		b := &branch{line: l}
		if _, twice := byCode[l.get("code")]; !twice {
			byCode[l.get("code")] = b
		}
		depth, err := strconv.Atoi(l.get(keyLevel))
		if err != nil || depth < 1 || depth > len(open)+1 {
			r.report(l.cells[keyLevel], "xlsx.wantLevel", l.get(keyLevel))
			depth = max(len(open), 1)
		}
		if depth == 1 {
			roots = append(roots, b)
		} else {
			open[depth-2].children = append(open[depth-2].children, b)
		}
		open = append(open[:depth-1], b)
	}
	r.hang(byCode, tables[levelFields().sheet], func(b *branch) *[]line { return &b.levels })
	r.hang(byCode, tables[mapFields().sheet], func(b *branch) *[]line { return &b.bands })
	r.hang(byCode, tables[inputFields().sheet], func(b *branch) *[]line { return &b.input })
	return roots
}

func (r *criteriaReader) hang(byCode map[string]*branch, lines []line, list func(*branch) *[]line) {
	for _, l := range lines {
		code := l.get(keyCriterion)
		b := byCode[code]
		switch {
		case code == "":
			r.report(l.cells[keyCriterion], "xlsx.lostRow")
		case b == nil:
			r.report(l.cells[keyCriterion], "xlsx.noCriterion", code)
		default:
			*list(b) = append(*list(b), l)
		}
	}
}

func (r *criteriaReader) groups(root object, groups []*branch) {
	r.places["groups"] = place{2, treeFields().sheet, 2, 1}
	seq := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for i, b := range groups {
		o := r.object(fmt.Sprintf("groups[%d]", i), b.first)
		o.copy(b.line, "", "code", "title", "kind", "max", "guide", "evidence", "na")
		r.rule(o, b, false)
		r.criteria(o, b)
		seq.Content = append(seq.Content, o.node)
	}
	root.put("groups", seq)
}

func (r *criteriaReader) criteria(o object, b *branch) {
	if len(b.children) == 0 {
		return
	}
	seq := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	r.places[o.under("criteria")] = b.first
	for i, child := range b.children {
		c := r.object(fmt.Sprintf("%s[%d]", o.under("criteria"), i), child.first)
		c.copy(child.line, "", "code", "title", "kind", "max", "guide", "evidence", "na")
		r.rule(c, child, len(child.children) == 0)
		r.criteria(c, child)
		seq.Content = append(seq.Content, c.node)
	}
	o.put("criteria", seq)
}

// rule writes the rule of a row: whatever parameters it has, so that one that
// does not belong to its type is found.
func (r *criteriaReader) rule(o object, b *branch, needed bool) {
	rule := r.object(o.under("rule"), b.cells["rule.type"])
	var keys []string
	used := needed && b.get("rule.type") != "" || len(b.levels)+len(b.bands)+len(b.input) > 0
	for _, f := range append([]field{{key: "rule.type"}}, ruleFields()...) {
		keys = append(keys, strings.TrimPrefix(f.key, "rule."))
		used = used || b.get(f.key) != ""
	}
	if !used {
		return
	}
	rule.copy(b.line, "rule.", keys...)
	r.places[rule.under("levels")], r.places[rule.under("inputs")] = b.cells["rule.type"], b.cells["rule.type"]
	rule.list("levels", b.levels, "code", "label", "points")
	rule.list("bands", b.bands, "min", "points")
	rule.list("inputs", b.input, "name", "title")
	if b.get("rule.type") == rubric.RuleFormula && len(b.input) == 0 {
		rule.strings("inputs", nil)
	}
	o.put("rule", rule.node)
}

// sorted returns the problems in the order of sheets, rows and columns.
func (r *criteriaReader) sorted() []fault.Problem {
	slices.SortStableFunc(r.problems, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col))
	})
	list := make([]fault.Problem, len(r.problems))
	for i, p := range r.problems {
		list[i] = p.Problem
	}
	return list
}
