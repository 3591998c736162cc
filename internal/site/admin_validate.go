package site

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	vilocale "github.com/go-playground/locales/vi"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	vitranslations "github.com/go-playground/validator/v10/translations/vi"
	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// forms checks what a form of the administration sends, by the validate tags
// of its struct, and says in Vietnamese what is wrong. Rules of the domain stay
// in the domain.
type forms struct {
	check *validator.Validate
	words ut.Translator
}

// newForms returns the one validator. A field's name in a sentence is the word
// that its label tag names; its name on the page is its form tag.
func newForms() (*forms, error) {
	locale := vilocale.New()
	words, _ := ut.New(locale, locale).GetTranslator(locale.Locale())
	f := &forms{check: validator.New(validator.WithRequiredStructEnabled()), words: words}
	f.check.RegisterTagNameFunc(func(field reflect.StructField) string { return vi.Text(field.Tag.Get("label")) })
	if err := vitranslations.RegisterDefaultTranslations(f.check, words); err != nil {
		return nil, fmt.Errorf("site: Vietnamese translations: %w", err)
	}
	return f, nil
}

// errors returns what is wrong with a pointer to a form struct, field by field.
func (f *forms) errors(in any) []view.FieldError {
	err := f.check.Struct(in)
	found, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return nil
	}
	t := reflect.TypeOf(in).Elem()
	list := make([]view.FieldError, 0, len(found))
	for _, e := range found {
		name := e.StructField()
		if field, ok := t.FieldByName(name); ok {
			name = field.Tag.Get("form")
		}
		list = append(list, view.FieldError{Field: name, Message: e.Translate(f.words) + "."})
	}
	return list
}

// bind fills the string fields of a form struct from the request, each cleaned
// as typed text is, and []string fields from every value of their name.
func bind(c *fiber.Ctx, in any) {
	v := reflect.ValueOf(in).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("form")
		switch field := v.Field(i); {
		case name == "":
		case field.Kind() == reflect.String:
			field.SetString(vi.Clean(c.FormValue(name)))
		case field.Kind() == reflect.Slice:
			field.Set(reflect.ValueOf(formValues(c, name)))
		}
	}
}

// formValues returns every value that a form sends under a name.
func formValues(c *fiber.Ctx, name string) []string {
	var list []string
	if m, err := c.MultipartForm(); err == nil {
		for _, v := range m.Value[name] {
			list = append(list, vi.Clean(v))
		}
		return list
	}
	for _, v := range c.Request().PostArgs().PeekMulti(name) {
		list = append(list, vi.Clean(string(v)))
	}
	return list
}

// all returns what the form's own rules and the domain found wrong with a
// form, one message a field, in the order of the fields.
func (f *forms) all(in any, problems []fault.Problem) []view.FieldError {
	list := addProblems(f.errors(in), problems)
	t, order := reflect.TypeOf(in).Elem(), map[string]int{}
	for i := range t.NumField() {
		order[t.Field(i).Tag.Get("form")] = i
	}
	slices.SortStableFunc(list, func(a, b view.FieldError) int { return order[a.Field] - order[b.Field] })
	return list
}

// addProblems appends what the domain found to what the form's own rules
// found, leaving out fields that are reported already.
func addProblems(list []view.FieldError, problems []fault.Problem) []view.FieldError {
	reported := make([]string, len(list))
	for i, e := range list {
		reported[i] = e.Field
	}
	for _, p := range problems {
		if !slices.Contains(reported, p.Path) {
			reported = append(reported, p.Path)
			list = append(list, view.FieldError{Field: p.Path, Message: vi.Text(p.Key, p.Args...)})
		}
	}
	return list
}

// located turns the problems of a file into rows of a table: line, place,
// sentence.
func located(err error) []view.Located {
	f := asFault(err)
	if len(f.Problems) == 0 {
		return []view.Located{{Message: vi.Text(f.Key, f.Args...)}}
	}
	list := make([]view.Located, len(f.Problems))
	for i, p := range f.Problems {
		list[i] = view.Located{Place: p.Path, Message: vi.Text(p.Key, p.Args...)}
		if p.Line > 0 {
			list[i].Line = vi.Int(p.Line)
		}
	}
	return list
}

// refusable reports whether an error is about what the user sent, so that the
// page can show it beside their text; the others go to the error page.
func refusable(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.TooLarge, fault.Unsupported, fault.Malformed:
		return true
	}
	return false
}
