package xlsx

import (
	"strings"

	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// responsesFormat is the version of the workbook's layout.
const responsesFormat = "responses-1"

// Limits of a file of paper forms.
const (
	MaxResponseRows  = 200_000 // paper forms in a workbook or CSV file
	MaxResponsesText = 256 << 20
	// ResponseProblems is how many problems of a file are listed; the rest is
	// counted.
	ResponseProblems = 100
)

// codeSplit stands between a code and its label in a cell: "5 — Rất hài lòng".
const codeSplit = " — "

// ResponseSheet is what the paper forms of a file belong to.
type ResponseSheet struct {
	Campaign *survey.Campaign
	Form     *survey.Form
	Units    []unit.Unit // those of the campaign, for their names; others are ignored
}

// The first columns of the table.
const (
	colSerial = iota
	colUnit
	colGroup
	firstAnswer
)

// fieldOf is a column of answers: the name that survey.Form.Check knows and
// the question; other marks the free text beside the options.
type fieldOf struct {
	name     string
	question *survey.Question
	other    bool
}

// fields are the columns of answers in the form's order.
func (r ResponseSheet) fields() []fieldOf {
	var list []fieldOf
	for _, q := range r.Form.Questions() {
		list = append(list, fieldOf{q.Code, q, false})
		if q.Other {
			list = append(list, fieldOf{q.Code + "." + survey.OtherCode, q, true})
		}
	}
	return list
}

// heading is the text over a column; the code comes first and is all that
// reading looks at.
func (f fieldOf) heading() string {
	if f.other {
		return f.name + codeSplit + vi.Text("paper.otherColumn")
	}
	text := f.name + codeSplit + f.question.Text
	switch f.question.Kind {
	case survey.Multi:
		text += " " + vi.Text("paper.manyColumn")
	case survey.Date:
		text += " " + vi.Text("paper.dateColumn")
	}
	return text
}

// leads are the headings of the first columns.
func leads() [firstAnswer]string {
	return [firstAnswer]string{vi.Text("paper.serial"), vi.Text("paper.unitColumn"), vi.Text("paper.groupColumn")}
}

// optionsOf are the options that may be chosen, "other" included.
func optionsOf(q *survey.Question) []survey.Option {
	list := q.Options
	if q.Other {
		for _, o := range list {
			if o.Code == survey.OtherCode {
				return list
			}
		}
		list = append(list[:len(list):len(list)], survey.Option{Code: survey.OtherCode, Label: vi.Text("paper.other")})
	}
	return list
}

// coded is a code with its label as cells and lists show it.
func coded(code, label string) string { return code + codeSplit + label }

// codeOf is the part of a cell before its label.
func codeOf(text string) string {
	code, _, _ := strings.Cut(text, codeSplit)
	return strings.TrimSpace(code)
}
