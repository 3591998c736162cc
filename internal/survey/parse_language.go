package survey

import (
	"slices"

	"go.yaml.in/yaml/v3"
	"thanthien/internal/fault"
)

// ParseLanguage reads a language file of a form: the members of one entry of
// the form's `languages`, with an optional `form: id@version` that must name
// this form. Every text that the form has must be there, and nothing else: the
// error lists each that is missing or unknown, with its line.
func ParseLanguage(f *Form, tag string, data []byte, file string) (*Language, error) {
	p := formParser{yamlReader: yamlReader{file: file}, form: *f}
	l := &Language{Tag: tag}
	root := p.root(data)
	if !LanguageTag(tag) || tag == OwnLanguage {
		p.problem(&yaml.Node{}, "", "survey.language_tag", clip(tag))
	} else if root != nil {
		p.language(root, "", l, "form")
	}
	if len(p.problems) > 0 {
		return nil, fault.List("survey.language_invalid", p.sorted(), file)
	}
	return l, nil
}

// languages reads a form's own `languages`, after everything else.
func (p *formParser) languages(f fields) {
	n := f.in["languages"]
	if n == nil || len(p.problems) > 0 { // the texts could not be matched
		return
	}
	all := p.fields(n, "languages")
	if len(all.in) > MaxLanguages {
		p.problem(n, "languages", "survey.list_long", MaxLanguages)
		return
	}
	for _, tag := range all.names() {
		if !LanguageTag(tag) || tag == OwnLanguage {
			p.problem(all.in[tag], "languages", "survey.language_tag", clip(tag))
			continue
		}
		l := Language{Tag: tag}
		p.language(all.in[tag], all.at(tag), &l)
		p.form.Languages = append(p.form.Languages, l)
	}
}

// language reads the texts of one language for p.form.
func (p *formParser) language(n *yaml.Node, path string, l *Language, more ...string) {
	f := p.fields(n, path, append(more, "title", "intro", "consent", "scales", "sections", "questions")...)
	if ref := f.in["form"]; ref != nil && ref.Value != formRef(&p.form) {
		p.problem(ref, f.at("form"), "survey.language_form", clip(ref.Value), formRef(&p.form))
	}
	l.Title = f.prose("title", true, MaxLabel)
	l.Intro = p.same(f, "intro", p.form.Intro)
	l.Consent = p.same(f, "consent", p.form.Consent)
	p.scaleWords(f, l)
	p.sectionWords(f, l)
	p.questionWords(f, l)
}

// same reads a text that must be there exactly when the form has it.
func (p *formParser) same(f fields, name, own string) string {
	if own == "" && f.in[name] != nil {
		p.problem(f.in[name], f.at(name), "survey.language_extra", name)
		return ""
	}
	return f.prose(name, own != "", MaxProse)
}

// part is a mapping of a language; one that must be there and is not counts as
// empty, so that everything missing in it is listed.
func (p *formParser) part(f fields, name string, known []string) fields {
	n := f.in[name]
	if n == nil {
		n = &yaml.Node{Kind: yaml.MappingNode, Line: f.node.Line}
	}
	in := p.fields(n, f.at(name))
	for _, key := range in.names() {
		if !slices.Contains(known, key) {
			p.problem(in.in[key], in.path, "survey.language_extra", clip(key))
		}
	}
	return in
}

func (p *formParser) scaleWords(f fields, l *Language) {
	var names []string
	for _, s := range p.form.Scales {
		names = append(names, s.Name)
	}
	in := p.part(f, "scales", names)
	for _, s := range p.form.Scales {
		l.Scales = append(l.Scales, Labels{s.Name, p.labels(in, s.Name, s.Options)})
	}
}

// labels reads a mapping of the codes of options to their labels.
func (p *formParser) labels(f fields, name string, options []Option) []string {
	var codes, labels []string
	for _, o := range options {
		codes = append(codes, o.Code)
	}
	in := p.part(f, name, codes)
	for _, code := range codes {
		labels = append(labels, in.prose(code, true, MaxLabel))
	}
	return labels
}

// sectionWords reads the titles of the sections, one for each.
func (p *formParser) sectionWords(f fields, l *Language) {
	titled := slices.ContainsFunc(p.form.Sections, func(s Section) bool { return s.Title != "" })
	l.Sections = make([]string, len(p.form.Sections))
	list := f.list("sections", titled, MaxSections)
	if len(list) != len(p.form.Sections) && (titled || len(list) > 0) {
		p.problem(f.node, f.at("sections"), "survey.language_sections", len(p.form.Sections))
		return
	}
	for i, n := range list {
		if p.form.Sections[i].Title == "" && n.ShortTag() == "!!null" {
			continue
		}
		if s, ok := p.scalar(n, index(f.at("sections"), i)); ok {
			l.Sections[i] = CleanText(s)
		}
	}
}

func (p *formParser) questionWords(f fields, l *Language) {
	var codes []string
	var asked []*Question
	for i := range p.form.Sections {
		for j := range p.form.Sections[i].Questions {
			q := &p.form.Sections[i].Questions[j]
			codes, asked = append(codes, q.Code), append(asked, q)
		}
	}
	in := p.part(f, "questions", codes)
	for _, q := range asked {
		words := QuestionWords{Code: q.Code}
		if n := in.need(q.Code); n != nil {
			allowed := []string{"text"}
			if q.Kind == Choice || q.Kind == Multi {
				allowed = append(allowed, "options")
			}
			w := p.fields(n, in.at(q.Code), allowed...)
			words.Text = w.prose("text", true, MaxProse)
			if len(allowed) > 1 {
				words.Labels = p.labels(w, "options", q.Options)
			}
		}
		l.Questions = append(l.Questions, words)
	}
}
