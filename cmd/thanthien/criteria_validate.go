package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"

	"thanthien/criteria"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/survey"
	"thanthien/internal/xlsx"
)

// formBook is the survey forms that criteria sets may name: question codes by
// form id.
type formBook map[string][]string

// runCriteriaValidate checks criteria-set files, YAML or workbooks. Survey forms among the files
// are checked too, and known to the sets beside the built-in forms.
func runCriteriaValidate(_ context.Context, e *env, args []string) error {
	set := flags(e, "criteria validate")
	files, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return usageError{"at least one FILE is needed"}
	}
	forms, err := builtinForms()
	if err != nil {
		return err
	}
	data := make([][]byte, len(files))
	var problems []fault.Problem
	for i, name := range files {
		if data[i], err = readLimited(name, max(rubric.MaxFileBytes, xlsx.MaxFile)); err != nil {
			problems = append(problems, problemsOf(err, name)...)
			continue
		}
		if isForm(data[i]) {
			problems = append(problems, forms.add(data[i], name)...)
			data[i] = nil
		}
	}
	for i, name := range files {
		if data[i] == nil {
			continue
		}
		s, err := parseSet(data[i], name, forms.lookup)
		if err != nil {
			problems = append(problems, problemsOf(err, name)...)
			continue
		}
		fmt.Fprintf(e.Stdout, "%s: ok: %s version %d, %d criteria\n", name, s.ID, s.Version, len(s.Leaves()))
	}
	return fault.List("rubric.filesInvalid", problems, len(problems))
}

// builtinForms reads the forms that come with the program.
func builtinForms() (formBook, error) {
	book := formBook{}
	err := fs.WalkDir(criteria.Forms(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(criteria.Forms(), path)
		if err != nil {
			return err
		}
		return fault.List("rubric.filesInvalid", book.add(data, path), 1)
	})
	return book, err
}

// add takes a form and lists what is wrong with it.
func (b formBook) add(data []byte, name string) []fault.Problem {
	form, err := survey.Parse(data, name)
	if err != nil {
		return problemsOf(err, name)
	}
	codes := []string{}
	for _, q := range form.Questions() {
		codes = append(codes, q.Code)
	}
	b[form.ID] = append(b[form.ID], codes...) // of any version
	return nil
}

func (b formBook) lookup(id string) ([]string, bool) {
	questions, ok := b[id]
	return questions, ok
}

// problemsOf returns the problems of an error, or the error as one.
func problemsOf(err error, name string) []fault.Problem {
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok:
		return []fault.Problem{{File: name, Key: "internal"}}
	case len(f.Problems) == 0:
		return []fault.Problem{{File: name, Key: f.Key, Args: f.Args}}
	}
	return f.Problems
}

// isForm reports whether a YAML file is a survey form: it has sections and no
// groups. Anything unreadable is left to the parser of sets.
func isForm(data []byte) bool {
	if len(data) > rubric.MaxFileBytes || xlsx.IsWorkbook(data) {
		return false
	}
	var doc yaml.Node // a struct would cost the square of the number of keys
	if yaml.Unmarshal(data, &doc) != nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return false
	}
	has := map[string]bool{}
	for i, n := range doc.Content[0].Content {
		if i%2 == 0 {
			has[n.Value] = true
		}
	}
	return has["sections"] && !has["groups"]
}
