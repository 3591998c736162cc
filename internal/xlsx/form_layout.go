package xlsx

import (
	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// formFormat is the version of the layout of a form's workbook.
const formFormat = "form-1"

// The keys of columns that the format of forms has no name for.
const (
	keyScaleName = "#scale"    // the scale that an option belongs to
	keySection   = "#section"  // number of the section, from 1
	keyTitle     = "#title"    // title of the section, on its first question
	keyQuestion  = "#question" // the question that an option belongs to
	keyWeights   = "index.group_weights."
)

func questionKindWords() []word {
	var words []word
	for _, k := range []survey.Kind{survey.Scale, survey.Choice, survey.Multi, survey.Text, survey.Number, survey.Date} {
		words = append(words, word{string(k), vi.Text("builder.kind." + string(k))})
	}
	return words
}

func methodWords() []word {
	return []word{{string(survey.Mean), vi.Text("builder.method.mean")}, {string(survey.Top), vi.Text("builder.method.top")}}
}

// formInfoFields are the form's own fields, in order.
func formInfoFields() layout {
	fields := []field{
		{key: "id", title: vi.Text("builder.label.id"), note: vi.Text("builder.book.id")},
		{key: "version", title: vi.Text("builder.book.version"), note: vi.Text("builder.book.id"), number: true},
		{key: "title", title: vi.Text("builder.label.title")},
		// the names of the groups have commas, so the codes stand in the cell
		{key: "respondents", title: vi.Text("builder.label.respondents"), note: vi.Text("builder.book.respondents"), list: true},
		{key: "intro", title: vi.Text("builder.label.intro")},
		{key: "consent", title: vi.Text("builder.label.consent")},
		{key: "index.method", title: vi.Text("builder.label.index.method"), words: methodWords()},
		{key: "index.questions", title: vi.Text("builder.label.index.which"), note: vi.Text("builder.book.index"), list: true},
	}
	for _, g := range survey.Respondents() {
		fields = append(fields, field{key: keyWeights + g, title: vi.Text("builder.weightOf", vi.Text("group."+g)), number: true})
	}
	return layout{vi.Text("builder.sheet.info"), fields}
}

func formScaleFields() layout {
	return layout{vi.Text("builder.sheet.scales"), []field{
		{key: keyScaleName, title: vi.Text("builder.label.scale"), width: 18},
		{key: "code", title: vi.Text("builder.label.code"), width: 9},
		{key: "label", title: vi.Text("builder.label.label"), width: 50},
		{key: "value", title: vi.Text("builder.label.value"), width: 9, number: true},
		{key: "satisfied", title: vi.Text("builder.label.satisfied"), width: 11, words: yesNoWords()},
	}}
}

func formQuestionFields() layout {
	return layout{vi.Text("builder.sheet.questions"), []field{
		{key: keySection, title: vi.Text("builder.book.section"), width: 7, number: true},
		{key: keyTitle, title: vi.Text("builder.book.sectionTitle"), width: 24},
		{key: "code", title: vi.Text("builder.label.code"), width: 8},
		{key: "kind", title: vi.Text("builder.label.kind"), width: 18, words: questionKindWords()},
		{key: "text", title: vi.Text("builder.label.text"), width: 60},
		{key: "required", title: vi.Text("builder.label.required"), width: 10, words: yesNoWords()},
		{key: "scale", title: vi.Text("builder.label.scale"), width: 14},
		{key: "weight", title: vi.Text("builder.label.weight"), width: 9, number: true},
		{key: "other", title: vi.Text("builder.label.other"), width: 9, words: yesNoWords()},
		{key: "min", title: vi.Text("builder.label.min"), width: 9, number: true},
		{key: "max", title: vi.Text("builder.label.max"), width: 9, number: true},
		{key: "max_length", title: vi.Text("builder.label.max_length"), width: 9, number: true},
		{key: "show_if.question", title: vi.Text("builder.book.showOn"), width: 10},
		{key: "show_if.in", title: vi.Text("builder.book.showIn"), width: 12, list: true},
	}}
}

func formOptionFields() layout {
	return layout{vi.Text("builder.sheet.options"), []field{
		{key: keyQuestion, title: vi.Text("builder.label.text"), width: 12},
		{key: "code", title: vi.Text("builder.label.code"), width: 9},
		{key: "label", title: vi.Text("builder.label.label"), width: 70},
	}}
}
