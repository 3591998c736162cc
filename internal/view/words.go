package view

import (
	"fmt"

	"thanthien/internal/survey"
	"thanthien/internal/vi"
)

// chromeKey starts the keys of the survey page's fixed words.
const chromeKey = "page."

// Say returns the sentence of a key in a language. The program speaks
// Vietnamese and, to respondents, English; in any other language of a form its
// own words stay English, too.
func Say(lang, key string, args ...any) string {
	format, ok := english[key]
	if lang == "" || lang == survey.OwnLanguage || !ok {
		return vi.Text(key, args...)
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// WordsIn is the language in which the program's own words come on a page in
// some language.
func WordsIn(lang string) string {
	if lang == "" || lang == survey.OwnLanguage {
		return survey.OwnLanguage
	}
	return "en"
}

// LanguageName is a language in its own words, or its tag.
func LanguageName(tag string) string {
	if key := "language.name." + tag; vi.Has(key) {
		return vi.Text(key)
	}
	return tag
}

// T is one of the survey page's fixed sentences in the page's language.
func (p Page) T(key string, args ...any) string { return Say(p.Lang, chromeKey+key, args...) }

// WordsLang is the language of the page's fixed sentences.
func (p Page) WordsLang() string { return WordsIn(p.Lang) }

// T is one of the survey page's fixed sentences in the question's language.
func (q SurveyQuestion) T(key string, args ...any) string { return Say(q.Lang, chromeKey+key, args...) }
