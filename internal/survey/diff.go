package survey

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
)

// ChangeKind is the kind of a change between two forms.
type ChangeKind string

// The kinds of changes. Lost breaks the comparison with earlier answers: a code
// that was there is gone or means something else.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Lost    ChangeKind = "lost"
	Moved   ChangeKind = "moved"
	Worded  ChangeKind = "worded"
	Altered ChangeKind = "altered"
)

// Change is one difference between two forms. Key names a message of package
// vi, Args its arguments in order.
type Change struct {
	Kind ChangeKind
	Code string // of the question or scale; "" for the form itself
	Key  string
	Args []any
}

// differ collects changes.
type differ struct{ list []Change }

func (d *differ) add(kind ChangeKind, code, key string, args ...any) {
	d.list = append(d.list, Change{kind, code, "survey.diff." + key, args})
}

// Diff lists in words what form b changes against form a: the form itself, its
// scales, then its questions in b's order, then what is gone. Apart from id and
// version, no change means equal forms.
func Diff(a, b *Form) []Change {
	d := &differ{}
	d.text("", "title", a.Title, b.Title)
	d.text("", "intro", a.Intro, b.Intro)
	d.text("", "consent", a.Consent, b.Consent)
	if !slices.Equal(a.Respondents, b.Respondents) {
		d.add(Altered, "", "respondents", strings.Join(a.Respondents, ", "), strings.Join(b.Respondents, ", "))
	}
	d.scales(a, b)
	d.sections(a, b)
	d.questions(a, b)
	d.index(a, b)
	d.languages(a, b)
	if c := *b; len(d.list) == 0 {
		c.ID, c.Version = a.ID, a.Version
		if !bytes.Equal(a.YAML(), c.YAML()) {
			d.add(Moved, "", "layout")
		}
	}
	return d.list
}

func (d *differ) languages(a, b *Form) {
	find := func(f *Form, tag string) *Language {
		for i := range f.Languages {
			if f.Languages[i].Tag == tag {
				return &f.Languages[i]
			}
		}
		return nil
	}
	for i := range b.Languages {
		l := &b.Languages[i]
		switch old := find(a, l.Tag); {
		case old == nil:
			d.add(Added, "", "languageAdded", l.Tag)
		case !reflect.DeepEqual(old, l):
			d.add(Worded, "", "language", l.Tag)
		}
	}
	for i := range a.Languages {
		if find(b, a.Languages[i].Tag) == nil {
			d.add(Removed, "", "languageRemoved", a.Languages[i].Tag)
		}
	}
}

// text compares a text, word by word as it stands.
func (d *differ) text(code, what, a, b string) {
	switch {
	case a == b:
	case a == "":
		d.add(Added, code, what+"Added", b)
	case b == "":
		d.add(Removed, code, what+"Removed", a)
	default:
		d.add(Worded, code, what, a, b)
	}
}

func (d *differ) scales(a, b *Form) {
	for _, s := range b.Scales {
		i := slices.IndexFunc(a.Scales, func(o ScaleDef) bool { return o.Name == s.Name })
		if i < 0 {
			d.add(Added, s.Name, "scaleAdded", len(s.Options))
			continue
		}
		d.options(s.Name, a.Scales[i].Options, s.Options)
	}
	for _, s := range a.Scales {
		if !slices.ContainsFunc(b.Scales, func(o ScaleDef) bool { return o.Name == s.Name }) {
			d.add(Removed, s.Name, "scaleRemoved")
		}
	}
}

func (d *differ) options(code string, a, b []Option) {
	find := func(list []Option, code string) int {
		return slices.IndexFunc(list, func(o Option) bool { return o.Code == code })
	}
	for _, o := range b {
		i := find(a, o.Code)
		if i < 0 {
			d.add(Added, code, "optionAdded", o.Code, o.Label)
			continue
		}
		old := a[i]
		if old.Label != o.Label {
			d.add(Worded, code, "option", o.Code, old.Label, o.Label)
		}
		if old.Valued != o.Valued || old.Value != o.Value {
			d.add(Altered, code, "value", o.Code, valueText(old), valueText(o))
		}
		if old.Satisfied != o.Satisfied {
			d.add(Altered, code, "satisfied", o.Code)
		}
	}
	for _, o := range a {
		if find(b, o.Code) < 0 {
			d.add(Lost, code, "optionLost", o.Code, o.Label)
		}
	}
	if len(a) == len(b) && len(a) > 0 && !slices.EqualFunc(a, b, func(x, y Option) bool { return x.Code == y.Code }) &&
		!slices.ContainsFunc(a, func(o Option) bool { return find(b, o.Code) < 0 }) {
		d.add(Moved, code, "optionsMoved")
	}
}

func valueText(o Option) string {
	if !o.Valued {
		return "–"
	}
	return strings.Replace(o.Value.String(), ".", ",", 1)
}

func (d *differ) sections(a, b *Form) {
	for i := range b.Sections {
		if i < len(a.Sections) && a.Sections[i].Title != b.Sections[i].Title {
			d.add(Worded, "", "section", i+1, a.Sections[i].Title, b.Sections[i].Title)
		}
	}
	if len(a.Sections) != len(b.Sections) {
		d.add(Altered, "", "sections", len(a.Sections), len(b.Sections))
	}
}

func (d *differ) questions(a, b *Form) {
	for _, q := range b.questions {
		old := a.Question(q.Code)
		if old == nil {
			d.add(Added, q.Code, "questionAdded", q.Text)
			continue
		}
		d.question(old, q)
	}
	for _, q := range a.questions {
		if b.Question(q.Code) == nil {
			d.add(Lost, q.Code, "questionLost", q.Text)
		}
	}
	d.order(a, b)
}

func (d *differ) question(a, b *Question) {
	if a.Kind != b.Kind {
		d.add(Lost, b.Code, "kind", string(a.Kind), string(b.Kind))
		return
	}
	d.text(b.Code, "question", a.Text, b.Text)
	if a.Required != b.Required {
		d.add(Altered, b.Code, "required"+onOff(b.Required))
	}
	if a.Other != b.Other {
		d.add(Altered, b.Code, "other"+onOff(b.Other))
	}
	if a.Scale != b.Scale {
		d.add(Altered, b.Code, "scale", a.Scale, b.Scale)
	}
	if a.Weight != b.Weight {
		d.add(Altered, b.Code, "weight", a.Weight.String(), b.Weight.String())
	}
	if limit(a.Min) != limit(b.Min) || limit(a.Max) != limit(b.Max) {
		d.add(Altered, b.Code, "limits", limit(a.Min), limit(a.Max), limit(b.Min), limit(b.Max))
	}
	if a.MaxLength != b.MaxLength {
		d.add(Altered, b.Code, "length", a.MaxLength, b.MaxLength)
	}
	if showText(a.ShowIf) != showText(b.ShowIf) {
		d.add(Altered, b.Code, "show", showText(a.ShowIf), showText(b.ShowIf))
	}
	if b.Kind != Scale {
		d.options(b.Code, a.Options, b.Options)
	}
}

func onOff(on bool) string {
	if on {
		return "On"
	}
	return "Off"
}

func limit(d *Decimal) string {
	if d == nil {
		return "–"
	}
	return strings.Replace(d.String(), ".", ",", 1)
}

func showText(s *ShowIf) string {
	if s == nil {
		return "–"
	}
	return s.Question + " = " + strings.Join(s.In, ", ")
}

// order reports questions that both forms have in another order.
func (d *differ) order(a, b *Form) {
	common := func(f, other *Form) (codes []string) {
		for _, q := range f.questions {
			if other.Question(q.Code) != nil {
				codes = append(codes, q.Code)
			}
		}
		return codes
	}
	if x, y := common(a, b), common(b, a); !slices.Equal(x, y) {
		d.add(Moved, "", "moved", strings.Join(y, ", "))
	}
}

func (d *differ) index(a, b *Form) {
	if a.Index.Method != b.Index.Method {
		d.add(Altered, "", "method", string(a.Index.Method), string(b.Index.Method))
	}
	if x, y := a.IndexQuestions(), b.IndexQuestions(); !slices.Equal(x, y) {
		d.add(Altered, "", "index", strings.Join(x, ", "), strings.Join(y, ", "))
	}
	if x, y := weightsText(a), weightsText(b); x != y {
		d.add(Altered, "", "weights", x, y)
	}
}

func weightsText(f *Form) string {
	var parts []string
	for _, w := range f.Index.GroupWeights {
		parts = append(parts, w.Group+" "+strings.Replace(w.Weight.String(), ".", ",", 1))
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, ", ")
}
