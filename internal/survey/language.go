package survey

import "slices"

// Limits of a form's further languages.
const (
	MaxLanguages = 20 // languages of one form besides its own
	MaxLangTag   = 12 // characters of a language tag
)

// OwnLanguage is the language that a form itself is written in.
const OwnLanguage = "vi"

// Language is every text of a form in one more language, and no code: answers
// are stored by code, so a language never changes a tally. It comes from
// ParseLanguage or a form's `languages` and is complete: a respondent never
// meets a page in two languages.
type Language struct {
	Tag       string // "en", "zh-hant"
	Title     string
	Intro     string
	Consent   string
	Scales    []Labels        // in the form's order
	Sections  []string        // titles, in the form's order
	Questions []QuestionWords // in the form's order
}

// Labels are the labels of the options of a scale, in the form's order.
type Labels struct {
	Name   string
	Labels []string
}

// QuestionWords are the texts of one question. Labels are those of its own
// options, in the form's order; a scale question has none.
type QuestionWords struct {
	Code, Text string
	Labels     []string
}

// LanguageTag reports whether s may be a language's tag: lower-case letters and
// digits in parts of two to eight, as browsers name languages.
func LanguageTag(s string) bool {
	if len(s) < 2 || len(s) > MaxLangTag {
		return false
	}
	part := 0
	for i, c := range s {
		switch {
		case c == '-' && part >= 2:
			part = 0
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' && i >= 2:
			part++
		default:
			return false
		}
	}
	return part >= 2
}

// In returns the form with the words of a language that was read for it, for
// showing. Codes, rules and the index stay as they are.
func (f *Form) In(l *Language) *Form {
	g := *f
	g.Title, g.Intro, g.Consent = l.Title, l.Intro, l.Consent
	g.Scales = slices.Clone(f.Scales)
	labels := map[string][]string{}
	for i := range g.Scales {
		labels[g.Scales[i].Name] = l.Scales[i].Labels
		g.Scales[i].Options = relabel(g.Scales[i].Options, l.Scales[i].Labels)
	}
	g.Sections, g.questions = slices.Clone(f.Sections), slices.Clone(f.questions)
	at := 0
	for i := range g.Sections {
		s := &g.Sections[i]
		s.Title, s.Questions = l.Sections[i], slices.Clone(s.Questions)
		for j := range s.Questions {
			q, words := &s.Questions[j], &l.Questions[at]
			q.Text = words.Text
			if q.Kind == Scale {
				q.Options = relabel(q.Options, labels[q.Scale])
			} else {
				q.Options = relabel(q.Options, words.Labels)
			}
			g.questions[at] = q
			at++
		}
	}
	return &g
}

func relabel(options []Option, labels []string) []Option {
	options = slices.Clone(options)
	for i := range options {
		options[i].Label = labels[i]
	}
	return options
}
