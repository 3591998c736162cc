package site

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// object is a JSON object under construction; JSON is YAML, so survey.Parse
// reads it and finds everything that is wrong.
type object struct {
	bytes.Buffer
}

func jsonText(s string) []byte { return survey.AppendJSONText(nil, []byte(s)) }

// raw adds a member that is JSON already; an empty one is left out.
func (o *object) raw(key string, value []byte) {
	if len(value) == 0 {
		return
	}
	if o.Len() > 0 {
		o.WriteByte(',')
	}
	o.Write(jsonText(key))
	o.WriteByte(':')
	o.Write(value)
}

// text adds a string unless it is empty.
func (o *object) text(key, value string) {
	if value != "" {
		o.raw(key, jsonText(value))
	}
}

// number adds a number typed with a decimal comma.
func (o *object) number(key, value string) { o.text(key, vi.ParseDecimal(value)) }

func (o *object) flag(key, value string) {
	if value != "" {
		o.raw(key, []byte("true"))
	}
}

func (o *object) list(key string, items [][]byte) {
	o.raw(key, slices.Concat([]byte("["), bytes.Join(items, []byte(",")), []byte("]")))
}

func (o *object) end() []byte { return slices.Concat([]byte("{"), o.Bytes(), []byte("}")) }

// soundForm turns what was typed into a sound form, or lists everything that is
// wrong with it by the names of the fields. base gives id, version and what the
// builder does not show.
// lost are the languages of base that no longer fit.
func soundForm(n *formNode, id string, version int, base *survey.Form) (form *survey.Form, problems []fault.Problem, lost []string, err error) {
	form, err = survey.Parse(n.yaml(id, version), "")
	if err == nil {
		lost, err = keepLanguages(form, base)
		return form, nil, lost, err
	}
	if !fault.Is(err, fault.Invalid) || len(asFault(err).Problems) == 0 {
		return nil, nil, nil, err
	}
	for _, p := range asFault(err).Problems {
		problems = append(problems, n.place(p))
	}
	return nil, problems, nil, nil
}

// keepLanguages takes the languages of base over into a new form, as far as
// they have every text that it has.
func keepLanguages(form, base *survey.Form) (lost []string, err error) {
	if base == nil {
		return nil, nil
	}
	for i := range base.Languages {
		l := &base.Languages[i]
		kept, err := survey.ParseLanguage(form, l.Tag, base.LanguageYAML(l), "")
		switch {
		case fault.Is(err, fault.Invalid):
			lost = append(lost, l.Tag)
		case err != nil:
			return nil, err
		default:
			form.Languages = append(form.Languages, *kept)
		}
	}
	return lost, nil
}

// yaml writes the form for survey.Parse.
func (n *formNode) yaml(id string, version int) []byte {
	var o object
	o.text("id", id)
	o.raw("version", []byte(strconv.Itoa(version)))
	o.text("title", n.values["title"])
	if groups := splitBoxes(n.values["respondents"]); len(groups) > 0 {
		o.raw("respondents", textList(groups))
	}
	o.text("intro", n.values["intro"])
	o.text("consent", n.values["consent"])
	if len(n.lists[partScales]) > 0 {
		var scales object
		for _, s := range n.lists[partScales] {
			scales.raw(s.values["name"], s.options(true))
		}
		o.raw("scales", scales.end())
	}
	var sections [][]byte
	for _, s := range n.lists[partSections] {
		var section object
		section.text("title", s.values["title"])
		var questions [][]byte
		for _, q := range s.lists[partQuestions] {
			questions = append(questions, q.question())
		}
		section.list("questions", questions)
		sections = append(sections, section.end())
	}
	o.list("sections", sections)
	o.raw("index", n.index())
	return o.end()
}

func textList(list []string) []byte {
	text, _ := json.Marshal(list) // strings never fail
	return text
}

// options writes the options of a scale or a question; only a scale's have
// values.
func (n *formNode) options(valued bool) []byte {
	var list [][]byte
	for _, row := range n.lists[partOptions] {
		var o object
		o.text("code", row.values["code"])
		o.text("label", row.values["label"])
		if valued {
			o.number("value", row.values["value"])
			o.flag("satisfied", row.values["satisfied"])
		}
		list = append(list, o.end())
	}
	return slices.Concat([]byte("["), bytes.Join(list, []byte(",")), []byte("]"))
}

// question writes a question; what another kind would have is left out, so that
// changing the kind back and forth loses nothing on the page.
func (n *formNode) question() []byte {
	var o object
	v := n.values
	o.text("code", v["code"])
	o.text("kind", v["kind"])
	o.text("text", v["text"])
	o.flag("required", v["required"])
	switch survey.Kind(v["kind"]) {
	case survey.Scale:
		o.text("scale", v["scale"])
		o.number("weight", v["weight"])
	case survey.Choice, survey.Multi:
		o.raw("options", n.options(false))
		o.flag("other", v["other"])
	case survey.Number:
		o.number("min", v["min"])
		o.number("max", v["max"])
	case survey.Text:
		o.text("max_length", strings.ReplaceAll(v["max_length"], ".", ""))
	}
	if v[keyShowOn] != "" {
		var s object
		s.text("question", v[keyShowOn])
		s.raw("in", textList(splitBoxes(v[keyShowIn])))
		o.raw("show_if", s.end())
	}
	return o.end()
}

func (n *formNode) index() []byte {
	var o, weights object
	o.text("method", n.values["index.method"])
	if n.values[keyWhich] == whichSome {
		var codes []string
		for _, s := range n.lists[partSections] {
			for _, q := range s.lists[partQuestions] {
				if q.values[keyInIndex] != "" && q.values["kind"] == string(survey.Scale) {
					codes = append(codes, q.values["code"])
				}
			}
		}
		if len(codes) > 0 {
			o.raw("questions", textList(codes))
		}
	}
	for _, group := range survey.Respondents() {
		if slices.Contains(splitBoxes(n.values["respondents"]), group) {
			weights.number(group, n.values[keyWeights+group])
		}
	}
	if weights.Len() > 0 {
		o.raw("group_weights", weights.end())
	}
	return o.end()
}

// place turns the path of a problem into the name of the field on the page: a
// missing member is at its own field, an option of a scale goes by the scale's
// number instead of its name.
func (n *formNode) place(p fault.Problem) fault.Problem {
	if rest, ok := strings.CutPrefix(p.Path, "scales."); ok {
		for i, s := range n.lists[partScales] {
			if tail, ok := strings.CutPrefix(rest, s.values["name"]); ok && (tail == "" || tail[0] == '[' || tail[0] == '.') {
				p.Path = nth(partScales, i)
				if tail != "" {
					p.Path += "." + partOptions + tail
				}
				break
			}
		}
	}
	if p.Key == "survey.field_missing" && len(p.Args) > 0 {
		if name, ok := p.Args[0].(string); ok {
			p.Path, p.Key, p.Args = under(p.Path, name), "builder.empty", nil
		}
	}
	return p
}

// nodeOf turns a form into the texts of its page.
func nodeOf(f *survey.Form) *formNode {
	n := newFormNode("id", f.ID, "title", f.Title, "respondents", strings.Join(f.Respondents, ","), "intro", f.Intro, "consent", f.Consent,
		"index.method", string(f.Index.Method), keyWhich, whichAll)
	if len(f.Index.Questions) > 0 {
		n.values[keyWhich] = whichSome
	}
	for _, w := range f.Index.GroupWeights {
		n.values[keyWeights+w.Group] = typedDecimal(w.Weight)
	}
	for _, s := range f.Scales {
		scale := n.add(partScales, newFormNode("name", s.Name))
		for _, o := range s.Options {
			row := scale.add(partOptions, newFormNode("code", o.Code, "label", o.Label, "satisfied", truth(o.Satisfied)))
			if o.Valued {
				row.values["value"] = typedDecimal(o.Value)
			}
		}
	}
	for i := range f.Sections {
		section := n.add(partSections, newFormNode("title", f.Sections[i].Title))
		for j := range f.Sections[i].Questions {
			section.add(partQuestions, questionNode(f, &f.Sections[i].Questions[j]))
		}
	}
	return n
}

func questionNode(f *survey.Form, q *survey.Question) *formNode {
	n := newFormNode("code", q.Code, "kind", string(q.Kind), "text", q.Text, "required", truth(q.Required), "other", truth(q.Other), "scale", q.Scale,
		keyInIndex, truth(slices.Contains(f.Index.Questions, q.Code)))
	switch q.Kind {
	case survey.Scale:
		if q.Weight != survey.Int(1) {
			n.values["weight"] = typedDecimal(q.Weight)
		}
	case survey.Choice, survey.Multi:
		for _, o := range q.Options {
			n.add(partOptions, newFormNode("code", o.Code, "label", o.Label))
		}
	case survey.Number:
		if q.Min != nil {
			n.values["min"] = typedDecimal(*q.Min)
		}
		if q.Max != nil {
			n.values["max"] = typedDecimal(*q.Max)
		}
	case survey.Text:
		n.values["max_length"] = strconv.Itoa(q.MaxLength)
	}
	if q.ShowIf != nil {
		n.values[keyShowOn], n.values[keyShowIn] = q.ShowIf.Question, strings.Join(q.ShowIf.In, ",")
	}
	return n
}

// typedDecimal writes a decimal as a person types it.
func typedDecimal(d survey.Decimal) string { return strings.Replace(d.String(), ".", ",", 1) }
