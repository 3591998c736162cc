package xlsx

import (
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
	"go.yaml.in/yaml/v3"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// ReadForm reads a workbook that WriteForm made and people edited. The error
// lists every problem with its sheet and cell; a file that is no such workbook
// is Invalid, or what ReadTable says about files.
func ReadForm(data []byte) (form *survey.Form, err error) {
	defer recovered(&err)
	f, err := open(data)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := readFormStamp(f); err != nil {
		return nil, err
	}
	r := &criteriaReader{file: f, places: map[string]place{}, seen: map[string]bool{}}
	text, err := r.formYAML()
	if err != nil {
		return nil, err
	}
	if r.headless { // the values of a whole column are not known: the rest would be noise
		return nil, r.merge(nil)
	}
	form, err = survey.Parse(text, "")
	if err := r.merge(named(err)); err != nil {
		if f, ok := errors.AsType[*fault.Error](err); ok && len(f.Problems) > 0 {
			f.Key = "builder.bookInvalid"
		}
		return nil, err
	}
	return form, nil
}

// ReadFormStamp tells which form a workbook was made from.
func ReadFormStamp(data []byte) (stamp Stamp, err error) {
	defer recovered(&err)
	f, err := open(data)
	if err != nil {
		return stamp, err
	}
	defer f.Close()
	return readFormStamp(f)
}

func readFormStamp(f *excelize.File) (Stamp, error) {
	return stampOf(f, formFormat, "builder.noStamp")
}

// named puts a problem of a missing member at that member's own cell.
func named(err error) error {
	if err == nil || !fault.Is(err, fault.Invalid) {
		return err
	}
	f, ok := err.(*fault.Error)
	if !ok {
		return err
	}
	for i, p := range f.Problems {
		if p.Key != "survey.field_missing" || len(p.Args) == 0 {
			continue
		}
		path := fmt.Sprint(p.Args[0])
		if p.Path != "" {
			path = p.Path + "." + path
		}
		f.Problems[i].Path, f.Problems[i].Key, f.Problems[i].Args = path, "builder.empty", nil
	}
	return err
}

// formYAML reads every sheet and returns the form as a file of the format.
func (r *criteriaReader) formYAML() ([]byte, error) {
	info, err := r.infoTable(formInfoFields())
	if err != nil {
		return nil, err
	}
	tables := map[string][]line{}
	for _, l := range []layout{formScaleFields(), formQuestionFields(), formOptionFields()} {
		if tables[l.sheet], err = r.table(l); err != nil {
			return nil, err
		}
	}
	root := r.object("", info.first)
	root.take(info, "", "id", "version", "title")
	root.take(info, "", "respondents", "intro", "consent")
	r.formScales(root, tables[formScaleFields().sheet])
	r.formSections(root, tables[formQuestionFields().sheet], tables[formOptionFields().sheet])
	index := r.object("index", info.cells["index.method"])
	index.take(info, "index.", "method", "questions")
	weights := r.object("index.group_weights", info.cells["index.method"])
	weights.take(info, keyWeights, survey.Respondents()...)
	if len(weights.node.Content) > 0 {
		index.put("group_weights", weights.node)
	}
	if len(index.node.Content) > 0 {
		root.put("index", index.node)
	}
	return yaml.Marshal(root.node)
}

// infoTable reads a sheet of fields as one line; they are found by their keys.
func (r *criteriaReader) infoTable(l layout) (line, error) {
	t, err := readSheet(r.file, l.sheet)
	if err != nil {
		return line{}, err
	}
	r.sheets++
	ln := line{values: row{}, cells: map[string]place{}, first: place{r.sheets, l.sheet, 1, 1}}
	for _, f := range l.fields {
		for i, cells := range t.Rows {
			if len(cells) == 0 || cells[0] != f.key {
				continue
			}
			at := place{r.sheets, l.sheet, i + 1, 3}
			ln.cells[f.key] = at
			if len(cells) > 2 {
				r.value(ln.values, f, strings.TrimSpace(cells[2]), at)
			}
			break
		}
		if _, ok := ln.cells[f.key]; !ok {
			r.headless = true
			r.report(ln.first, "xlsx.noField", f.key)
		}
	}
	return ln, nil
}

// formListKeys are the members that hold several codes.
var formListKeys = map[string]bool{"respondents": true, "questions": true, "in": true}

// take is copy for a form: all values as text, lists as lists. "No" is left
// out.
func (o object) take(l line, prefix string, keys ...string) {
	for _, key := range keys {
		at, ok := l.cells[prefix+key]
		if !ok {
			at = l.first
		}
		o.r.places[o.under(key)] = at
		value := l.get(prefix + key)
		switch {
		case value == "" || value == "false":
		case formListKeys[key]:
			list := splitList(value)
			for i := range list {
				o.r.places[fmt.Sprintf("%s[%d]", o.under(key), i)] = at
			}
			o.strings(key, list)
		default:
			o.put(key, scalar("!!str", value))
		}
	}
}

// formScales builds the scales; the rows of one stand together by its name.
func (r *criteriaReader) formScales(root object, lines []line) {
	if len(lines) == 0 {
		return
	}
	scales := r.object("scales", lines[0].first)
	lists := map[string]*yaml.Node{}
	for _, l := range lines {
		name := l.get(keyScaleName)
		if name == "" {
			r.report(l.cells[keyScaleName], "builder.empty")
			continue
		}
		list := lists[name]
		if list == nil {
			list = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
			lists[name] = list
			r.places[scales.under(name)] = l.cells[keyScaleName]
			scales.put(name, list)
		}
		o := r.object(fmt.Sprintf("%s[%d]", scales.under(name), len(list.Content)), l.first)
		o.take(l, "", "code", "label", "value", "satisfied")
		list.Content = append(list.Content, o.node)
	}
	root.put("scales", scales.node)
}

// formSections builds the sections: a row with another section number begins
// the next one.
func (r *criteriaReader) formSections(root object, lines, options []line) {
	own := map[string][]line{}
	for _, o := range options {
		own[o.get(keyQuestion)] = append(own[o.get(keyQuestion)], o)
	}
	sections := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	var questions *yaml.Node
	number, path := "", ""
	used := map[string]bool{}
	for _, l := range lines {
		if n := l.get(keySection); questions == nil || n != "" && n != number {
			number, path = n, fmt.Sprintf("sections[%d]", len(sections.Content))
			section := r.object(path, l.first)
			r.places[section.under("title")] = l.cells[keyTitle]
			if title := l.get(keyTitle); title != "" {
				section.put("title", scalar("!!str", title))
			}
			questions = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
			section.put("questions", questions)
			sections.Content = append(sections.Content, section.node)
		}
		q := r.object(fmt.Sprintf("%s.questions[%d]", path, len(questions.Content)), l.first)
		q.question(l, own[l.get("code")])
		used[l.get("code")] = true
		questions.Content = append(questions.Content, q.node)
	}
	for _, o := range options {
		if !used[o.get(keyQuestion)] {
			r.report(o.cells[keyQuestion], "builder.noQuestion", o.get(keyQuestion))
		}
	}
	if len(lines) > 0 {
		root.put("sections", sections)
	}
}

func (o object) question(l line, options []line) {
	o.take(l, "", "code", "kind", "text", "required", "scale", "weight", "other", "min", "max", "max_length")
	if len(options) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		o.r.places[o.under("options")] = options[0].first
		for i, line := range options {
			e := o.r.object(fmt.Sprintf("%s[%d]", o.under("options"), i), line.first)
			e.take(line, "", "code", "label")
			list.Content = append(list.Content, e.node)
		}
		o.put("options", list)
	}
	if l.get("show_if.question") != "" || l.get("show_if.in") != "" {
		s := o.r.object(o.under("show_if"), l.cells["show_if.question"])
		s.take(l, "show_if.", "question", "in")
		o.put("show_if", s.node)
	}
}
