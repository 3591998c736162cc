package survey

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
	"thanthien/internal/fault"
)

// Parse reads a form from YAML. file names it in problems. The error is a
// fault.List of every problem with its line (up to MaxProblems). Text is
// trimmed and NFC-normalised.
func Parse(data []byte, file string) (*Form, error) {
	p := formParser{yamlReader: yamlReader{file: file}}
	if root := p.root(data); root != nil {
		p.read(root)
	}
	if len(p.problems) == 0 {
		p.form.compile()
		p.checkSize(data)
	}
	if len(p.problems) > 0 {
		return nil, fault.List("survey.form_invalid", p.sorted(), file)
	}
	return &p.form, nil
}

// formParser fills a form from nodes.
type formParser struct {
	yamlReader
	form  Form
	asked []*Question          // the questions read so far
	lines map[string]yaml.Node // where each was declared
}

// root returns the only document of the file, or nil after reporting why not.
func (p *formParser) root(data []byte) *yaml.Node {
	if len(data) > MaxFormBytes {
		p.problem(&yaml.Node{}, "", "survey.file_large", MaxFormBytes)
		return nil
	}
	var doc, second yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		p.problem(&yaml.Node{}, "", "survey.file_empty")
		return nil
	} else if err != nil {
		p.syntax(err)
		return nil
	}
	if err := dec.Decode(&second); err == nil {
		p.problem(&second, "", "survey.file_two")
	} else if !errors.Is(err, io.EOF) {
		p.syntax(err)
	}
	return doc.Content[0]
}

// checkSize keeps the canonical layout, too, within the limit of a file.
func (p *formParser) checkSize(data []byte) {
	const growth = 8 // the canonical layout never grows more than this
	if len(data) > MaxFormBytes/growth && len(p.form.YAML()) > MaxFormBytes {
		p.problem(&yaml.Node{}, "", "survey.file_large", MaxFormBytes)
	}
}

func (p *formParser) read(root *yaml.Node) {
	f := p.fields(root, "", "id", "version", "title", "respondents", "intro", "consent", "scales", "sections", "index", "languages")
	p.form.ID = f.code("id", nameFits)
	if f.need("version") != nil {
		p.form.Version = f.whole("version", 1, maxVersion)
	}
	p.form.Title = f.prose("title", true, MaxLabel)
	p.form.Intro = f.prose("intro", false, MaxProse)
	p.form.Consent = f.prose("consent", false, MaxProse)
	p.respondents(f)
	p.scales(f)
	p.sections(f)
	p.index(f)
	p.languages(f)
}

const maxVersion = 1_000_000

func (p *formParser) respondents(f fields) {
	for i, n := range f.list("respondents", true, len(Respondents())) {
		path := index("respondents", i)
		group, ok := p.scalar(n, path)
		switch {
		case !ok:
		case !slices.Contains(Respondents(), group):
			p.problem(n, path, "survey.respondent", clip(group))
		case slices.Contains(p.form.Respondents, group):
			p.problem(n, path, "survey.respondent_twice", group)
		default:
			p.form.Respondents = append(p.form.Respondents, group)
		}
	}
}

// scales reads the mapping of scales in file order.
func (p *formParser) scales(f fields) {
	n := f.in["scales"]
	if n == nil {
		return
	}
	all := p.fields(n, "scales")
	if len(all.in) > MaxScales {
		p.problem(n, "scales", "survey.list_long", MaxScales)
		return
	}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if all.in[key.Value] != n.Content[i+1] {
			if n.Content[i+1].ShortTag() == "!!null" {
				p.problem(key, all.at(clip(key.Value)), "survey.list_empty")
			}
			continue // otherwise reported already
		}
		name := p.code(key, "scales", optionFits)
		s := ScaleDef{Name: name, Options: p.options(all, key.Value, true)}
		if p.scale(name) != nil {
			p.problem(key, "scales", "survey.field_twice", name) // equal only after normalisation
			continue
		}
		p.form.Scales = append(p.form.Scales, s)
	}
}

func (p *formParser) scale(name string) *ScaleDef {
	for i := range p.form.Scales {
		if p.form.Scales[i].Name == name {
			return &p.form.Scales[i]
		}
	}
	return nil
}

// options reads the list of options under a name; only scales have values.
func (p *formParser) options(f fields, name string, valued bool) []Option {
	options := []Option{}
	for i, n := range f.list(name, true, MaxOptions) {
		path := index(f.at(name), i)
		o := p.option(n, path, valued)
		if slices.ContainsFunc(options, func(e Option) bool { return e.Code == o.Code && o.Code != "" }) {
			p.problem(n, path, "survey.code_twice", o.Code)
		}
		options = append(options, o)
	}
	return options
}

func (p *formParser) option(n *yaml.Node, path string, valued bool) Option {
	allowed := []string{"code", "label"}
	if valued {
		allowed = append(allowed, "value", "satisfied")
	}
	f := p.fields(n, path, allowed...)
	o := Option{Code: f.code("code", optionFits), Label: f.prose("label", true, MaxLabel)}
	o.Value, o.Valued = f.decimal("value", 0, MaxValue, MaxValueDigits)
	o.Satisfied = f.flag("satisfied")
	if o.Satisfied && f.in["value"] == nil {
		p.problem(n, path, "survey.satisfied")
	}
	return o
}

// index reads how the index is made.
func (p *formParser) index(f fields) {
	p.form.Index.Method = Mean
	if f.in["index"] == nil {
		return
	}
	x := p.fields(f.in["index"], "index", "method", "questions", "group_weights")
	if n := x.in["method"]; n != nil {
		p.form.Index.Method = Method(n.Value)
		if n.Kind != yaml.ScalarNode || n.Value != string(Mean) && n.Value != string(Top) {
			p.problem(n, "index.method", "survey.method", clip(n.Value))
		}
	}
	for i, n := range x.list("questions", false, MaxQuestions) {
		p.indexQuestion(n, index("index.questions", i))
	}
	p.groupWeights(x)
}

func (p *formParser) indexQuestion(n *yaml.Node, path string) {
	code, ok := p.scalar(n, path)
	if !ok {
		return
	}
	q := p.question(code)
	switch {
	case q == nil:
		p.problem(n, path, "survey.question_unknown", clip(code))
	case q.Kind != Scale:
		p.problem(n, path, "survey.index_kind", code, string(q.Kind))
	case slices.Contains(p.form.Index.Questions, code):
		p.problem(n, path, "survey.code_twice", code)
	default:
		p.form.Index.Questions = append(p.form.Index.Questions, code)
	}
}

// groupWeights reads the weights in the order of the respondents.
func (p *formParser) groupWeights(x fields) {
	n := x.in["group_weights"]
	if n == nil {
		return
	}
	w := p.fields(n, "index.group_weights")
	for _, name := range w.names() {
		if !slices.Contains(p.form.Respondents, name) {
			p.problem(w.in[name], w.path, "survey.weight_group", clip(name))
		}
	}
	for _, group := range p.form.Respondents {
		if d, ok := w.decimal(group, 0, MaxWeight, MaxWeightDigits); ok {
			p.form.Index.GroupWeights = append(p.form.Index.GroupWeights, GroupWeight{group, d})
		}
	}
}
