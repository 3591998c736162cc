package main

import (
	"context"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"thanthien/criteria"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

// languageFlag takes --language TAG out of the arguments of form import.
func languageFlag(args []string) (tag string, rest []string, ok bool) {
	for i, a := range args {
		name, value, joined := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if !strings.HasPrefix(a, "-") || name != "language" {
			continue
		}
		rest = append(rest, args[:i]...)
		switch {
		case joined:
			return value, append(rest, args[i+1:]...), true
		case i+1 < len(args):
			return args[i+1], append(rest, args[i+2:]...), true
		}
		return "", append(rest, args[i+1:]...), true
	}
	return "", args, false
}

// formLine is the line of a language file that names its form.
var formLine = regexp.MustCompile(`(?m)^form:\s*["']?([^\s"'@]+)@(\d+)["']?\s*$`)

// runLanguageImport adds a language file to a stored form.
func runLanguageImport(ctx context.Context, e *env, tag string, args []string) error {
	fs := flags(e, "form import")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	rest, err := parse(fs, args)
	file, err := oneArgument(rest, err, "language file")
	if err != nil {
		return err
	}
	data, err := readFile(e, file)
	if err != nil {
		return err
	}
	m := formLine.FindSubmatch(data)
	if m == nil {
		return fault.New(fault.Invalid, "language.noForm", filepath.Base(file))
	}
	number, err := strconv.Atoi(string(m[2]))
	if err != nil {
		return fault.New(fault.Invalid, "language.noForm", filepath.Base(file))
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		form, err := d.Form(ctx, string(m[1]), number)
		if err != nil {
			return err
		}
		if err := d.AddFormLanguage(ctx, form, tag, data, file, ""); err != nil {
			return err
		}
		ref := store.Ref(form.ID, form.Version)
		e.printf("%s\t%s\n", ref, tag)
		return d.Record(ctx, audit.Event{Action: audit.FormImported, Thing: "forms/" + ref, Detail: []audit.Change{{Field: "language", After: tag}}})
	})
}

// sampleLanguages adds the languages of a form that is imported from the
// samples of the program.
func sampleLanguages(ctx context.Context, d *database, form *survey.Form, file string) error {
	ref := store.Ref(form.ID, form.Version)
	if strings.TrimSuffix(file, ".yaml") != ref {
		return nil
	}
	for _, l := range criteria.Languages(ref) {
		if err := d.AddFormLanguage(ctx, form, l.Tag, l.Data, l.File, ""); err != nil {
			return err
		}
	}
	return nil
}
