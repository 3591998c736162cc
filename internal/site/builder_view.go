package site

import (
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// formView turns a form as typed into what its page shows.
type formView struct {
	root   *formNode
	focus  string
	asked  []*formNode // the questions before the one being shown
	number int         // of the question being shown
}

// formFieldTypes are the fields that are no plain text.
var formFieldTypes = map[string]string{
	"title": "area", "intro": "area", "consent": "area", "text": "area", "label": "area", "respondents": "boxes", "index.method": "select", keyWhich: "select",
	"kind": "select", "scale": "select", keyShowOn: "select", keyShowIn: "boxes", "required": "check", keyInIndex: "check", "other": "check", "satisfied": "check",
	"weight": "num", "min": "num", "max": "num", "max_length": "num", "value": "num",
	keyWeights + "resident": "num", keyWeights + "business": "num", keyWeights + "organisation": "num", keyWeights + "official": "num",
}

// formKinds are the kinds of questions in the order of the select.
func formKinds() []survey.Kind {
	return []survey.Kind{survey.Scale, survey.Choice, survey.Multi, survey.Text, survey.Number, survey.Date}
}

// field makes one input of a part.
func (b *formView) field(n *formNode, path, key string) view.EditField {
	f := view.EditField{Name: under(path, key), Value: n.values[key], Label: vi.Text("builder.label." + key), Type: formFieldTypes[key]}
	if f.Type == "" {
		f.Type = "text"
	}
	if group, ok := strings.CutPrefix(key, keyWeights); ok {
		f.Label = vi.Text("builder.weightOf", vi.Text("group."+group))
	}
	if hint := "builder.hint." + key; vi.Has(hint) {
		f.Hint = vi.Text(hint)
	}
	switch key {
	case "respondents":
		f.Options = boxes(f.Value, survey.Respondents(), func(g string) string { return vi.Text("group." + g) })
	case "index.method":
		f.Options = chosen(f.Value, []string{string(survey.Mean), string(survey.Top)}, "builder.method.")
	case keyWhich:
		f.Options = chosen(f.Value, []string{whichAll, whichSome}, "builder.which.")
	case "kind":
		var kinds []string
		for _, k := range formKinds() {
			kinds = append(kinds, string(k))
		}
		f.Options = chosen(f.Value, kinds, "builder.kind.")
	case "scale":
		f.Options = withValue(b.scaleChoices(), f.Value)
	}
	return f
}

func chosen(value string, values []string, words string) []view.Option {
	var list []view.Option
	for _, v := range values {
		list = append(list, view.Option{Value: v, Label: vi.Text(words + v)})
	}
	return withValue(list, value)
}

func boxes(value string, values []string, name func(string) string) []view.Option {
	have := splitBoxes(value)
	var list []view.Option
	for _, v := range values {
		list = append(list, view.Option{Value: v, Label: name(v), Chosen: slices.Contains(have, v)})
	}
	return list
}

// scaleChoices name each scale with its first and last label.
func (b *formView) scaleChoices() []view.Option {
	list := []view.Option{{Label: vi.Text("builder.chooseScale")}}
	for _, s := range b.root.lists[partScales] {
		name := s.values["name"]
		if options := s.lists[partOptions]; len(options) > 1 {
			name += ": " + options[0].values["label"] + " … " + options[len(options)-1].values["label"]
		}
		list = append(list, view.Option{Value: s.values["name"], Label: name})
	}
	return list
}

// page fills the page.
func (b *formView) page(p *view.Builder) {
	keys := []string{"title", "respondents", "intro", "consent"}
	if p.ID == "" {
		keys = append([]string{"id"}, keys...)
	}
	for _, key := range keys {
		p.Fields = append(p.Fields, b.field(b.root, "", key))
	}
	p.Index = append(p.Index, b.field(b.root, "", "index.method"), b.field(b.root, "", keyWhich))
	for _, group := range splitBoxes(b.root.values["respondents"]) {
		if slices.Contains(survey.Respondents(), group) {
			p.Index = append(p.Index, b.field(b.root, "", keyWeights+group))
		}
	}
	scales := b.root.lists[partScales]
	for i, s := range scales {
		at := nth(partScales, i)
		p.Scales = append(p.Scales, view.BuilderScale{
			Path: at, Name: b.field(s, at, "name"), Options: b.options(s, at, true), First: i == 0, Last: i == len(scales)-1,
		})
	}
	sections := b.root.lists[partSections]
	for i, s := range sections {
		p.Sections = append(p.Sections, b.section(s, i, len(sections)))
	}
	p.Focus = b.focus
	p.Preview = b.preview()
}

// options is the table of the options of a scale or a question.
func (b *formView) options(n *formNode, path string, valued bool) view.EditTable {
	columns := []string{"code", "label"}
	if valued {
		columns = append(columns, "value", "satisfied")
	}
	t := view.EditTable{Path: under(path, partOptions), Label: vi.Text("builder.options"), Add: vi.Text("builder.addOption")}
	if valued {
		t.Hint = vi.Text("builder.optionsHint")
	}
	for _, key := range columns {
		t.Heads = append(t.Heads, vi.Text("builder.label."+key))
	}
	rows := n.lists[partOptions]
	for i, o := range rows {
		at := nth(t.Path, i)
		row := view.EditRow{Path: at, Name: vi.Text("builder.optionName", i+1), First: i == 0, Last: i == len(rows)-1}
		for _, key := range columns {
			row.Cells = append(row.Cells, b.field(o, at, key))
		}
		row.Cells[0].Focus = at == b.focus
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (b *formView) section(s *formNode, i, sections int) view.BuilderSection {
	at := nth(partSections, i)
	out := view.BuilderSection{Path: at, Name: vi.Text("builder.sectionName", i+1), Title: b.field(s, at, "title"), First: i == 0, Last: i == sections-1}
	out.Title.Focus = at == b.focus
	questions := s.lists[partQuestions]
	for j, q := range questions {
		v := b.question(q, nth(at+"."+partQuestions, j))
		v.First, v.Last = i == 0 && j == 0, i == sections-1 && j == len(questions)-1
		out.Questions = append(out.Questions, v)
		b.asked = append(b.asked, q)
	}
	return out
}

// kindFields are the fields that a kind of question has besides its options.
func kindFields(kind survey.Kind, which string) []string {
	switch kind {
	case survey.Scale:
		if which == whichSome {
			return []string{"scale", "weight", keyInIndex}
		}
		return []string{"scale", "weight"}
	case survey.Choice, survey.Multi:
		return []string{"other"}
	case survey.Number:
		return []string{"min", "max"}
	case survey.Text:
		return []string{"max_length"}
	}
	return nil
}

func (b *formView) question(q *formNode, path string) view.BuilderQuestion {
	b.number++
	kind := survey.Kind(q.values["kind"])
	v := view.BuilderQuestion{Path: path, Name: vi.Text("builder.questionName", b.number), Open: strings.HasPrefix(b.focus, path+".") || b.focus == path,
		Code: b.field(q, path, "code"), Kind: b.field(q, path, "kind"), Text: b.field(q, path, "text")}
	v.Text.Focus = path == b.focus
	shown := append(kindFields(kind, b.root.values[keyWhich]), "code", "kind", "text", "required", keyShowOn, keyShowIn)
	for _, key := range append(kindFields(kind, b.root.values[keyWhich]), "required") {
		v.Fields = append(v.Fields, b.field(q, path, key))
	}
	if kind == survey.Choice || kind == survey.Multi {
		v.Options = b.options(q, path, false)
	} else {
		v.Hidden = append(v.Hidden, hiddenOptions(q, path)...)
	}
	for _, key := range formFields[partQuestions] {
		if !slices.Contains(shown, key) && q.values[key] != "" {
			v.Hidden = append(v.Hidden, view.Pair{Name: under(path, key), Value: q.values[key]})
		}
	}
	v.Show = b.showIf(q, path)
	v.Summary = b.summary(q, kind)
	return v
}

// hiddenOptions keep the options of a question whose kind has none just now.
func hiddenOptions(q *formNode, path string) []view.Pair {
	var list []view.Pair
	for i, o := range q.lists[partOptions] {
		at := nth(under(path, partOptions), i)
		list = append(list, view.Pair{Name: at + ".code", Value: o.values["code"]}, view.Pair{Name: at + ".label", Value: o.values["label"]})
	}
	return list
}

// showIf lets a question depend on an earlier one that has options.
func (b *formView) showIf(q *formNode, path string) []view.EditField {
	on, in := b.field(q, path, keyShowOn), b.field(q, path, keyShowIn)
	on.Options = []view.Option{{Label: vi.Text("builder.always")}}
	for i, o := range b.asked {
		if len(b.optionsOf(o)) > 0 {
			on.Options = append(on.Options, view.Option{Value: o.values["code"], Label: vi.Text("builder.askedName", i+1, cut(o.values["text"], maxShown), o.values["code"])})
		}
	}
	on.Options = withValue(on.Options, on.Value)
	if on.Value == "" {
		return []view.EditField{on}
	}
	names := map[string]string{}
	var codes []string
	for _, o := range b.asked {
		if o.values["code"] != on.Value {
			continue
		}
		for _, row := range b.optionsOf(o) {
			codes, names[row.values["code"]] = append(codes, row.values["code"]), row.values["label"]
		}
		if o.values["other"] != "" {
			codes, names[survey.OtherCode] = append(codes, survey.OtherCode), vi.Text("public.other")
		}
	}
	for _, code := range splitBoxes(in.Value) { // one that is gone stays, to be seen
		if !slices.Contains(codes, code) {
			codes, names[code] = append(codes, code), code
		}
	}
	in.Options = boxes(in.Value, codes, func(code string) string { return names[code] })
	return []view.EditField{on, in}
}

// optionsOf are the options that a question offers, its own or its scale's.
func (b *formView) optionsOf(q *formNode) []*formNode {
	switch survey.Kind(q.values["kind"]) {
	case survey.Scale:
		for _, s := range b.root.lists[partScales] {
			if s.values["name"] == q.values["scale"] {
				return s.lists[partOptions]
			}
		}
	case survey.Choice, survey.Multi:
		return q.lists[partOptions]
	}
	return nil
}

// summary is the closed question in words.
func (b *formView) summary(q *formNode, kind survey.Kind) string {
	parts := []string{vi.Text("builder.kind." + string(kind))}
	if q.values["required"] != "" {
		parts = append(parts, vi.Text("builder.required"))
	}
	if on := q.values[keyShowOn]; on != "" {
		asked := slices.IndexFunc(b.asked, func(o *formNode) bool { return o.values["code"] == on })
		if asked >= 0 {
			on = strconv.Itoa(asked + 1)
		}
		parts = append(parts, vi.Text("builder.after", on))
	}
	return strings.Join(parts, "; ")
}

// preview is what a respondent would see, as far as it can be told from what is
// typed, sound or not.
func (b *formView) preview() view.FormBody {
	v := b.root.values
	body := view.FormBody{Title: v["title"], Intro: textLines(v["intro"]), Consent: textLines(v["consent"])}
	number := 0
	for _, s := range b.root.lists[partSections] {
		section := view.FormSection{Title: s.values["title"]}
		for _, q := range s.lists[partQuestions] {
			number++
			out := view.FormQuestion{Code: strconv.Itoa(number), Kind: q.values["kind"], Text: q.values["text"], Required: q.values["required"] != "", Other: q.values["other"] != "" && q.values["kind"] != string(survey.Scale)}
			for _, o := range b.optionsOf(q) {
				out.Options = append(out.Options, view.FormOption{Code: o.values["code"], Label: o.values["label"]})
			}
			if on := q.values[keyShowOn]; on != "" {
				out.Note = b.note(q)
			}
			section.Questions = append(section.Questions, out)
		}
		body.Sections = append(body.Sections, section)
	}
	return body
}

// note says in words when a question is asked.
func (b *formView) note(q *formNode) string {
	for i, o := range b.asked {
		if o.values["code"] != q.values[keyShowOn] {
			continue
		}
		var labels []string
		for _, row := range b.optionsOf(o) {
			if slices.Contains(splitBoxes(q.values[keyShowIn]), row.values["code"]) {
				labels = append(labels, "“"+row.values["label"]+"”")
			}
		}
		return vi.Text("builder.note", i+1, strings.Join(labels, ", "))
	}
	return ""
}

// placeFormErrors puts every problem beside its field, or at the nearest part
// around it that is on the page, and lists them all.
func placeFormErrors(p *view.Builder, problems []fault.Problem) {
	places := builderPlaces(p)
	for _, problem := range problems {
		text, path := builderText(problem), problem.Path
		for places[path] == nil && path != "" {
			path = path[:max(0, strings.LastIndexAny(path, ".["))]
		}
		if at := places[path]; at != nil {
			*at.error = strings.TrimSpace(*at.error + " " + text)
			text = at.name + text
			if at.open != nil {
				*at.open = true
			}
		}
		p.Errors = append(p.Errors, view.FieldError{Field: path, Message: text})
	}
}

// builderText says what is wrong in the words of the page.
func builderText(p fault.Problem) string {
	args := make([]any, len(p.Args))
	for i, a := range p.Args {
		if d, ok := a.(survey.Decimal); ok {
			a = typedDecimal(d)
		}
		args[i] = a
	}
	if key := strings.Replace(p.Key, "survey.", "builder.", 1); key != p.Key && vi.Has(key) {
		return vi.Text(key, args[:min(len(args), strings.Count(vi.Text(key), "%v"))]...)
	}
	return vi.Text(p.Key, args...)
}

// builderPlace is where a page can show an error.
type builderPlace struct {
	error *string
	name  string
	open  *bool // details to open
}

func builderPlaces(p *view.Builder) map[string]*builderPlace {
	places := map[string]*builderPlace{}
	fields := func(list []view.EditField, name string, open *bool) {
		for i := range list {
			places[list[i].Name] = &builderPlace{&list[i].Error, name + list[i].Label + ": ", open}
		}
	}
	table := func(t *view.EditTable, name string, open *bool) {
		if t.Path != "" {
			places[t.Path] = &builderPlace{&t.Error, name + t.Label + ": ", open}
		}
		for i := range t.Rows {
			fields(t.Rows[i].Cells, name+t.Rows[i].Name+", ", open)
			places[t.Rows[i].Path] = &builderPlace{&t.Rows[i].Cells[0].Error, name + t.Rows[i].Name + ": ", open}
		}
	}
	fields(p.Fields, "", nil)
	fields(p.Index, "", nil)
	for i := range p.Scales {
		s := &p.Scales[i]
		name := vi.Text("builder.inScale", s.Name.Value)
		places[s.Path] = &builderPlace{&s.Error, name, nil}
		places[s.Name.Name] = &builderPlace{&s.Name.Error, name + s.Name.Label + ": ", nil}
		table(&s.Options, name, nil)
	}
	for i := range p.Sections {
		s := &p.Sections[i]
		places[s.Path] = &builderPlace{&s.Error, s.Name + ": ", nil}
		places[s.Title.Name] = &builderPlace{&s.Title.Error, s.Name + ", " + s.Title.Label + ": ", nil}
		for j := range s.Questions {
			q := &s.Questions[j]
			places[q.Path] = &builderPlace{&q.Error, q.Name + ": ", &q.Open}
			for _, f := range []*view.EditField{&q.Code, &q.Kind, &q.Text} {
				places[f.Name] = &builderPlace{&f.Error, q.Name + ", " + f.Label + ": ", &q.Open}
			}
			fields(q.Fields, q.Name+", ", &q.Open)
			fields(q.Show, q.Name+", ", &q.Open)
			table(&q.Options, q.Name+", ", &q.Open)
		}
	}
	return places
}
