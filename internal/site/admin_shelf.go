package site

import (
	"context"
	"io/fs"
	"regexp"
	"slices"
	"strconv"

	"thanthien/criteria"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/xlsx"
)

// shelf is where versions of one kind are kept: criteria sets or forms.
type shelf interface {
	versions(ctx context.Context) ([]store.Version, error)
	version(ctx context.Context, id string, number int) (store.Version, error)
	put(ctx context.Context, v store.Version) error
	// read checks a file and returns its version; YAML is canonical.
	read(ctx context.Context, data []byte, file string) (store.Version, error)
	samples() fs.FS
	event(what string) (action audit.Action, collection string)
}

// setShelf keeps criteria sets.
type setShelf struct{ store *store.Store }

func (s setShelf) versions(ctx context.Context) ([]store.Version, error) {
	return s.store.SetVersions(ctx)
}

func (s setShelf) version(ctx context.Context, id string, number int) (store.Version, error) {
	return s.store.SetVersion(ctx, id, number)
}

func (s setShelf) put(ctx context.Context, v store.Version) error { return s.store.PutSet(ctx, v) }

func (s setShelf) read(ctx context.Context, data []byte, file string) (store.Version, error) {
	lookup, err := s.formLookup(ctx)
	if err != nil {
		return store.Version{}, err
	}
	var set *rubric.Set
	if xlsx.IsWorkbook(data) {
		set, err = xlsx.ReadCriteria(data, lookup)
	} else {
		set, err = rubric.ParseWithForms(data, file, lookup)
	}
	if err != nil {
		return store.Version{}, err
	}
	return setVersion(set)
}

func setVersion(set *rubric.Set) (store.Version, error) {
	text, err := set.YAML()
	if err != nil {
		return store.Version{}, fault.Wrap(err, fault.Internal, "internal")
	}
	return store.Version{ID: set.ID, Number: set.Version, Title: set.Title, YAML: string(text), State: store.Draft}, nil
}

func (s setShelf) samples() fs.FS { return criteria.Sets() }

func (s setShelf) event(what string) (audit.Action, string) {
	switch what {
	case eventImported:
		return audit.SetImported, "criteria/"
	case eventIssued:
		return audit.SetIssued, "criteria/"
	}
	return audit.SetChanged, "criteria/"
}

// formLookup finds the questions of a form stored here or that comes with the
// program.
func (s setShelf) formLookup(ctx context.Context) (func(string) ([]string, bool), error) {
	return s.store.FormLookup(ctx, criteria.Forms())
}

// formsOf returns the ids of the forms that the survey rules of a set name.
func formsOf(set *rubric.Set) []string {
	var ids []string
	for _, leaf := range set.Leaves() {
		if leaf.Rule.Type == rubric.RuleSurvey && !slices.Contains(ids, leaf.Rule.Form) {
			ids = append(ids, leaf.Rule.Form)
		}
	}
	return ids
}

// formShelf keeps survey forms.
type formShelf struct{ store *store.Store }

func (s formShelf) versions(ctx context.Context) ([]store.Version, error) {
	return s.store.FormVersions(ctx)
}

func (s formShelf) version(ctx context.Context, id string, number int) (store.Version, error) {
	return s.store.FormVersion(ctx, id, number)
}

func (s formShelf) put(ctx context.Context, v store.Version) error { return s.store.PutForm(ctx, v) }

func (s formShelf) read(_ context.Context, data []byte, file string) (store.Version, error) {
	parse := func() (*survey.Form, error) { return survey.Parse(data, file) }
	if xlsx.IsWorkbook(data) {
		parse = func() (*survey.Form, error) { return xlsx.ReadForm(data) }
	}
	form, err := parse()
	if err != nil {
		return store.Version{}, err
	}
	return store.Version{ID: form.ID, Number: form.Version, Title: form.Title, YAML: string(form.YAML()), State: store.Draft}, nil
}

func (s formShelf) samples() fs.FS { return criteria.Forms() }

func (s formShelf) event(string) (audit.Action, string) { return audit.FormImported, "forms/" }

var (
	idLine      = regexp.MustCompile(`(?m)^id:.*$`)
	versionLine = regexp.MustCompile(`(?m)^version:.*$`)
)

// renumber gives canonical YAML another id and version.
func renumber(text, id string, number int) string {
	replace := func(re *regexp.Regexp, line string) {
		if at := re.FindStringIndex(text); at != nil {
			text = text[:at[0]] + line + text[at[1]:]
		}
	}
	replace(idLine, "id: "+strconv.Quote(id))
	replace(versionLine, "version: "+strconv.Itoa(number))
	return text
}
