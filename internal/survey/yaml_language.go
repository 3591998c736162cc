package survey

import (
	"strconv"

	"go.yaml.in/yaml/v3"
)

// formRef names a form's version: "pks07@1".
func formRef(f *Form) string { return f.ID + "@" + strconv.Itoa(f.Version) }

// LanguageYAML writes a language of the form as a language file: ParseLanguage
// of it gives an equal one.
func (f *Form) LanguageYAML(l *Language) []byte {
	m := newMapping()
	m.text("form", formRef(f))
	f.languageInto(m, l)
	return encode(m.Node)
}

// LanguageTemplate writes a language file to be translated: the form's own
// texts at their places.
func (f *Form) LanguageTemplate() []byte {
	l := Language{Title: f.Title, Intro: f.Intro, Consent: f.Consent}
	for _, s := range f.Scales {
		l.Scales = append(l.Scales, Labels{s.Name, labelsOf(s.Options)})
	}
	for _, s := range f.Sections {
		l.Sections = append(l.Sections, s.Title)
	}
	for _, q := range f.questions {
		words := QuestionWords{Code: q.Code, Text: q.Text}
		if q.Kind != Scale {
			words.Labels = labelsOf(q.Options)
		}
		l.Questions = append(l.Questions, words)
	}
	return f.LanguageYAML(&l)
}

func labelsOf(options []Option) []string {
	var labels []string
	for _, o := range options {
		labels = append(labels, o.Label)
	}
	return labels
}

func (f *Form) languageInto(m mapping, l *Language) {
	m.text("title", l.Title)
	m.optional("intro", l.Intro)
	m.optional("consent", l.Consent)
	if len(l.Scales) > 0 {
		scales := newMapping()
		for i, s := range l.Scales {
			scales.add(s.Name, labelsYAML(f.Scales[i].Options, s.Labels))
		}
		m.add("scales", scales.Node)
	}
	sections := &yaml.Node{Kind: yaml.SequenceNode}
	for _, title := range l.Sections {
		sections.Content = append(sections.Content, textNode(title))
	}
	m.add("sections", sections)
	questions := newMapping()
	for i, q := range f.questions {
		w := newMapping()
		w.text("text", l.Questions[i].Text)
		if q.Kind == Choice || q.Kind == Multi {
			w.add("options", labelsYAML(q.Options, l.Questions[i].Labels))
		}
		questions.add(q.Code, w.Node)
	}
	m.add("questions", questions.Node)
}

func labelsYAML(options []Option, labels []string) *yaml.Node {
	m := newMapping()
	for i, o := range options {
		m.text(o.Code, labels[i])
	}
	return m.Node
}

func (f *Form) languagesYAML() *yaml.Node {
	all := newMapping()
	for i := range f.Languages {
		m := newMapping()
		f.languageInto(m, &f.Languages[i])
		all.add(f.Languages[i].Tag, m.Node)
	}
	return all.Node
}
