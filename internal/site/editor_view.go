package site

import (
	"cmp"
	"slices"
	"strings"

	"thanthien/internal/rubric"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// builder turns a draft into what its page shows.
type builder struct {
	root  *draft
	forms []view.Option // survey forms to choose from
	focus string        // path of the node or row to go on with
}

// fieldTypes are the fields that are no plain text.
var fieldTypes = map[string]string{
	"title": "area", "issued_by": "area", "guide": "area", "rule.expr": "area", "applies_to": "levels", "na": "check", keyRecognised: "check",
	"decimals": "select", "not_applicable": "select", "kind": "select", "evidence": "select", "rule.type": "select", "rule.form": "select",
	"rule.when_missing": "select", keyMap: "select", "recognition.conditions": "select",
	"total": "num", "max_total": "num", "max": "num", "rule.step": "num", "rule.scale": "num", "rule.each": "num", "rule.min": "num", "rule.max": "num",
	"rule.zero_at": "num", "rule.full_at": "num", "rule.min_responses": "num", "recognition.min_total": "num",
	"recognition.min_group_percent": "num", "recognition.min_criterion_percent": "num",
	"label": "area", "points": "num", "min": "num", "percent": "num", "required": "check", "group": "select",
}

// choices are the values of a select and the messages that name them.
var choices = map[string]struct {
	words  string
	values []string
}{
	"not_applicable":         {"admin.na.", []string{rubric.Rescale, rubric.Full, rubric.Zero}},
	"kind":                   {"editor.kind.", []string{rubric.Normal, rubric.Bonus, rubric.Penalty}},
	"evidence":               {"admin.evidence.", []string{rubric.EvidenceRequired, rubric.EvidenceOptional, rubric.EvidenceNone}},
	"rule.type":              {"editor.rule.", []string{rubric.RulePoints, rubric.RuleLevels, rubric.RuleRatio, rubric.RuleExternal, rubric.RuleSurvey, rubric.RuleCount, rubric.RuleFormula}},
	"rule.when_missing":      {"editor.missing.", []string{rubric.MissingBlock, rubric.MissingZero, rubric.MissingNA}},
	keyMap:                   {"editor.map.", []string{mapLinear, mapBands}},
	"recognition.conditions": {"editor.conditions.", []string{rubric.ConditionsAll, rubric.ConditionsNone}},
	"decimals":               {"editor.decimals.", []string{"0", "1", "2"}},
}

// field makes one input of a node.
func (b *builder) field(values map[string]string, path, key string) view.EditField {
	f := view.EditField{Name: under(path, key), Value: values[key], Label: vi.Text("editor.label." + key), Type: cmp.Or(fieldTypes[key], "text")}
	if hint := "editor.hint." + key; vi.Has(hint) {
		f.Hint = vi.Text(hint)
	}
	switch {
	case key == "applies_to":
		f.Options = levelChoices(splitCodes(f.Value))
	case key == "rule.form":
		f.Options = withValue(b.forms, f.Value)
	case key == "group":
		f.Options = withValue(b.groupChoices(), f.Value)
	case f.Type == "select":
		f.Options = withValue(wordChoices(key), f.Value)
	}
	return f
}

func wordChoices(key string) []view.Option {
	var list []view.Option
	for _, v := range choices[key].values {
		list = append(list, view.Option{Value: v, Label: vi.Text(choices[key].words + v)})
	}
	return list
}

// withValue marks the chosen option; a value that is none of them stays as one
// of its own, so that it is not lost.
func withValue(list []view.Option, value string) []view.Option {
	list = slices.Clone(list)
	i := slices.IndexFunc(list, func(o view.Option) bool { return o.Value == value })
	if i < 0 && value != "" {
		i = len(list)
		list = append(list, view.Option{Value: value, Label: value})
	}
	if i >= 0 {
		list[i].Chosen = true
	}
	return list
}

// levelChoices lists the chosen levels in their order, then the others.
func levelChoices(chosen []string) []view.Option {
	var list []view.Option
	for _, l := range chosen {
		name := l
		if vi.Has("admin.level." + l) {
			name = levelName(l)
		}
		list = append(list, view.Option{Value: l, Label: name, Chosen: true})
	}
	for _, l := range []string{unit.Commune, unit.District, unit.Province, unit.Agency} {
		if !slices.Contains(chosen, l) {
			list = append(list, view.Option{Value: l, Label: levelName(l)})
		}
	}
	return list
}

// groupChoices lists the normal groups, which may have a floor of their own.
func (b *builder) groupChoices() []view.Option {
	list := []view.Option{{Label: vi.Text("editor.choose")}}
	for _, g := range b.root.children {
		if k := g.values["kind"]; k == "" || k == rubric.Normal {
			list = append(list, view.Option{Value: g.values["code"], Label: strings.TrimSpace(g.values["code"] + ". " + firstWords(g.values["title"], 8))})
		}
	}
	return list
}

// table makes a table of a node.
func (b *builder) table(d *draft, path, key string) view.EditTable {
	at := under(path, key)
	t := view.EditTable{Path: at, Label: vi.Text("editor.table." + key), Add: vi.Text("editor.add." + key)}
	if hint := "editor.hint." + key; vi.Has(hint) {
		t.Hint = vi.Text(hint)
	}
	for _, spec := range slices.Concat(tablesAt[levelSet], tablesAt[levelCriterion]) {
		if spec.key != key {
			continue
		}
		for _, column := range spec.columns {
			t.Heads = append(t.Heads, vi.Text("editor.head."+key+"."+column))
		}
		for i, values := range d.rows[key] {
			row := view.EditRow{Path: nth(at, i), Name: cmp.Or(values[spec.columns[0]], vi.Int(i+1)), First: i == 0, Last: i == len(d.rows[key])-1}
			for j, column := range spec.columns {
				f := b.field(values, row.Path, column)
				f.Label, f.Hint = t.Heads[j]+" "+vi.Int(i+1), ""
				f.Focus = b.focus == row.Path && j == 0
				row.Cells = append(row.Cells, f)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// ruleFields are what each rule asks for beside its type.
var ruleFields = map[string][]string{
	rubric.RulePoints: {"rule.step"}, rubric.RuleRatio: {keyMap}, rubric.RuleExternal: {"rule.source", "rule.scale", keyMap},
	rubric.RuleSurvey: {"rule.form", "rule.questions", "rule.groups", "rule.min_responses", "rule.when_missing", keyMap},
	rubric.RuleCount:  {"rule.each", "rule.min", "rule.max"}, rubric.RuleFormula: {"rule.expr"},
}

var ruleTables = map[string]string{rubric.RuleLevels: "rule.levels", rubric.RuleFormula: "rule.inputs"}

// node makes a group or criterion with everything below it.
func (b *builder) node(d *draft, path string, level, depth int, kind string, i, siblings int) view.EditNode {
	n := view.EditNode{Path: path, Name: cmp.Or(d.values["code"], "?"), Group: level == levelGroup, First: i == 0, Last: i == siblings-1}
	if n.Group {
		kind = cmp.Or(d.values["kind"], rubric.Normal)
		n.Type = b.field(d.values, path, "kind")
	}
	n.Kind, n.Leaf, n.CanNest = kind, !n.Group && len(d.children) == 0, depth < rubric.MaxDepth
	n.Code, n.Title = b.field(d.values, path, "code"), b.field(d.values, path, "title")
	shown := map[string]bool{"code": true, "title": true}
	if n.Group || kind != rubric.Penalty {
		n.Max, shown["max"] = b.field(d.values, path, "max"), true
	}
	n.Title.Focus = b.focus == path
	n.Open = b.focus == path || strings.HasPrefix(b.focus, path+".rule.")
	tables := map[string]bool{}
	if n.Leaf {
		b.leaf(&n, d, shown, tables)
	} else {
		n.Sum = sumOf(d, kind, n.Group)
	}
	if !n.Group {
		n.More, shown["guide"] = append(n.More, b.field(d.values, path, "guide")), true
		n.Hidden = hidden(d, path, shown, tables)
	}
	for j, c := range d.children {
		n.Children = append(n.Children, b.node(c, nth(path+".criteria", j), levelCriterion, depth+1, kind, j, len(d.children)))
	}
	return n
}

// leaf adds how a criterion is scored.
func (b *builder) leaf(n *view.EditNode, d *draft, shown, tables map[string]bool) {
	rule := cmp.Or(d.values["rule.type"], rubric.RulePoints)
	d.values["rule.type"] = rule
	evidence := cmp.Or(d.values["evidence"], rubric.EvidenceOptional)
	n.Summary = withLabel(wordChoices("rule.type"), rule) + "; " + withLabel(wordChoices("evidence"), evidence)
	keys := append([]string{"rule.type"}, ruleFields[rule]...)
	if table := ruleTables[rule]; table != "" {
		n.Tables, tables[table] = append(n.Tables, b.table(d, n.Path, table)), true
	}
	if slices.Contains(keys, keyMap) {
		if d.values[keyMap] == mapBands {
			n.Tables, tables["rule.bands"] = append(n.Tables, b.table(d, n.Path, "rule.bands")), true
		} else {
			keys = append(keys, "rule.zero_at", "rule.full_at")
		}
	}
	for _, key := range keys {
		n.Fields, shown[key] = append(n.Fields, b.field(d.values, n.Path, key)), true
	}
	for _, key := range []string{"evidence", "na"} {
		n.More, shown[key] = append(n.More, b.field(d.values, n.Path, key)), true
	}
}

func withLabel(list []view.Option, value string) string {
	for _, o := range list {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// hidden keeps what was typed for another rule, in case the person comes back.
func hidden(d *draft, path string, shown, tables map[string]bool) []view.Pair {
	var list []view.Pair
	for _, key := range fieldsAt[levelCriterion] {
		if v := d.values[key]; v != "" && !shown[key] {
			list = append(list, view.Pair{Name: under(path, key), Value: v})
		}
	}
	for _, t := range tablesAt[levelCriterion] {
		if tables[t.key] {
			continue
		}
		for i, row := range d.rows[t.key] {
			for _, column := range t.columns {
				list = append(list, view.Pair{Name: nth(under(path, t.key), i) + "." + column, Value: row[column]})
			}
		}
	}
	return list
}

// page fills the editor's page.
func (b *builder) page(p *view.Editor) {
	d := b.root
	keys := []string{"title", "issued_by", "applies_to", "total", "max_total", "decimals", "not_applicable"}
	if p.ID == "" {
		keys = append([]string{"id"}, keys...)
	}
	for _, key := range keys {
		p.Fields = append(p.Fields, b.field(d.values, "", key))
	}
	p.Papers, p.Facts = b.table(d, "", "papers"), b.table(d, "", "conditions")
	for i, g := range d.children {
		p.Groups = append(p.Groups, b.node(g, nth("groups", i), levelGroup, 0, "", i, len(d.children)))
	}
	p.Sum = totalSum(d)
	for _, key := range fieldsAt[levelSet] {
		if strings.HasPrefix(key, "recognition.") {
			p.Floors = append(p.Floors, b.field(d.values, "", key))
		}
	}
	p.Tables = []view.EditTable{b.table(d, "", "recognition.bands"), b.table(d, "", "recognition.groups")}
	p.TieBreak = b.field(d.values, "", "tie_break")
	p.Focus, p.Words = b.focus, sumWords()
}
