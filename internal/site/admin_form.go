package site

import (
	"strings"

	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// formPreview turns a form into what a respondent sees.
func formPreview(page view.Admin, head view.VersionHead, form *survey.Form) view.FormPreview {
	p := view.FormPreview{Admin: page, VersionHead: head, Groups: groupNames(form.Respondents), Questions: form.QuestionCount(),
		Intro: textLines(form.Intro), Consent: textLines(form.Consent), Index: vi.Text("admin.index."+string(form.Index.Method), strings.Join(form.IndexQuestions(), ", "))}
	for _, s := range form.Sections {
		section := view.FormSection{Title: s.Title}
		for i := range s.Questions {
			section.Questions = append(section.Questions, formQuestion(form, &s.Questions[i]))
		}
		p.Sections = append(p.Sections, section)
	}
	return p
}

func formQuestion(form *survey.Form, q *survey.Question) view.FormQuestion {
	out := view.FormQuestion{Code: q.Code, Kind: string(q.Kind), Text: q.Text, Required: q.Required, Other: q.Other}
	for _, o := range q.Options {
		option := view.FormOption{Code: o.Code, Label: o.Label}
		if o.Valued {
			option.Value = vi.Decimal(o.Value.String())
		}
		out.Options = append(out.Options, option)
	}
	if q.ShowIf != nil {
		var labels []string
		if asked := form.Question(q.ShowIf.Question); asked != nil {
			for _, code := range q.ShowIf.In {
				labels = append(labels, "“"+optionLabel(asked, code)+"”")
			}
		}
		out.Note = vi.Text("admin.showIf", q.ShowIf.Question, strings.Join(labels, ", "))
	}
	return out
}

func optionLabel(q *survey.Question, code string) string {
	for _, o := range q.Options {
		if o.Code == code {
			return o.Label
		}
	}
	if code == survey.OtherCode {
		return vi.Text("public.other")
	}
	return code
}
