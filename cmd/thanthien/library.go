package main

import (
	"context"
	"io"
	"io/fs"
	"os"
	"strings"

	"thanthien/criteria"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/xlsx"
)

func runCriteriaImport(ctx context.Context, e *env, args []string) error {
	return runImport(ctx, e, "criteria import", args, criteria.Sets(), func(ctx context.Context, d *database, v store.Version, data []byte, file string) (store.Version, error) {
		forms, err := d.FormLookup(ctx, criteria.Forms())
		if err != nil {
			return v, err
		}
		set, err := parseSet(data, file, forms)
		if err != nil {
			return v, err
		}
		text, err := set.YAML()
		if err != nil {
			return v, err
		}
		v.ID, v.Number, v.Title, v.YAML = set.ID, set.Version, set.Title, string(text)
		base, err := bookBase(ctx, d, data, set)
		if err != nil {
			return v, err
		}
		if base > 0 {
			v.Version = base
		}
		if err := keepRetired(ctx, e, d.SetVersion, &v); err != nil {
			return v, err
		}
		if err := d.PutSet(ctx, v); err != nil {
			return v, err
		}
		return v, d.Record(ctx, audit.Event{Action: audit.SetImported, Thing: "criteria/" + store.Ref(v.ID, v.Number)})
	})
}

// parseSet reads a criteria set from YAML or from a workbook. forms finds the
// forms that survey rules name; nil checks none. Problems name the file.
func parseSet(data []byte, file string, forms xlsx.Lookup) (*rubric.Set, error) {
	if xlsx.IsWorkbook(data) {
		set, err := xlsx.ReadCriteria(data, forms)
		return set, inFile(err, file)
	}
	return rubric.ParseWithForms(data, file, forms)
}

// keepRetired leaves a version retired whose content is imported again: only
// the page of the version takes it back into use.
func keepRetired(ctx context.Context, e *env, find func(context.Context, string, int) (store.Version, error), v *store.Version) error {
	old, err := find(ctx, v.ID, v.Number)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil && old.State == store.Retired && old.YAML == v.YAML && v.State == store.Issued {
		v.State = store.Retired
		e.say("%s is stored already and stays retired", store.Ref(v.ID, v.Number))
	}
	return err
}

// bookBase returns the version of the stored set that a workbook was made from,
// 0 for YAML and for a set that is not stored yet. A set that changed after the
// workbook was made is a Conflict.
func bookBase(ctx context.Context, d *database, data []byte, set *rubric.Set) (int64, error) {
	if !xlsx.IsWorkbook(data) {
		return 0, nil
	}
	stored, err := d.SetVersion(ctx, set.ID, set.Version)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	now, err := d.Set(ctx, set.ID, set.Version)
	if err != nil {
		return 0, err
	}
	stamp, err := xlsx.StampOf(now)
	if err != nil {
		return 0, err
	}
	made, err := xlsx.ReadStamp(data)
	if err == nil && made.Sum != stamp.Sum {
		err = fault.New(fault.Conflict, "editor.stale")
	}
	return stored.Version, err
}

func runFormImport(ctx context.Context, e *env, args []string) error {
	if tag, rest, ok := languageFlag(args); ok {
		return runLanguageImport(ctx, e, tag, rest)
	}
	return runImport(ctx, e, "form import", args, criteria.Forms(), func(ctx context.Context, d *database, v store.Version, data []byte, file string) (store.Version, error) {
		parse := func() (*survey.Form, error) { return survey.Parse(data, file) }
		if xlsx.IsWorkbook(data) {
			parse = func() (*survey.Form, error) { return xlsx.ReadForm(data) }
		}
		form, err := parse()
		if err != nil {
			return v, err
		}
		v.ID, v.Number, v.Title, v.YAML = form.ID, form.Version, form.Title, string(form.YAML())
		if err := keepRetired(ctx, e, d.FormVersion, &v); err != nil {
			return v, err
		}
		if err := d.PutForm(ctx, v); err != nil {
			return v, err
		}
		if err := sampleLanguages(ctx, d, form, file); err != nil {
			return v, err
		}
		return v, d.Record(ctx, audit.Event{Action: audit.FormImported, Thing: "forms/" + store.Ref(v.ID, v.Number)})
	})
}

// importer checks one file and stores it with v's state.
type importer func(ctx context.Context, d *database, v store.Version, data []byte, file string) (store.Version, error)

// runImport imports a file, or a sample that comes with the program.
func runImport(ctx context.Context, e *env, name string, args []string, samples fs.FS, add importer) error {
	flagSet := flags(e, name)
	db := flagSet.String("db", "", "database path or URI (THANTHIEN_DB)")
	if name == "form import" {
		flagSet.String("language", "", "FILE holds the texts of a stored form in this language (en)")
	}
	draft := flagSet.Bool("draft", false, "keep it changeable instead of issuing it")
	replace := flagSet.Bool("replace", false, "write over a draft of the same id and version")
	rest, err := parse(flagSet, args)
	file, err := oneArgument(rest, err, "YAML file, workbook of a criteria set, or sample (ID@VERSION)")
	if err != nil {
		return err
	}
	data, err := readSampleOrFile(e, samples, file)
	if err != nil {
		return err
	}
	state := store.Issued
	if *draft {
		state = store.Draft
	}
	var over int64
	if *replace {
		over = store.AnyVersion
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		v, err := add(ctx, d, store.Version{State: state, Version: over}, data, file)
		if err == nil {
			e.printf("%s\t%s\n", store.Ref(v.ID, v.Number), v.State)
		}
		return err
	})
}

// readSampleOrFile reads a file; ID@VERSION that is no file names a sample.
func readSampleOrFile(e *env, samples fs.FS, name string) ([]byte, error) {
	if _, err := os.Stat(name); err != nil && strings.Contains(name, "@") {
		if data, err := fs.ReadFile(samples, strings.TrimSuffix(name, ".yaml")+".yaml"); err == nil {
			return data, nil
		}
	}
	return readFile(e, name)
}

func runCriteriaList(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "criteria list")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		list, err := d.SetVersions(ctx)
		if err != nil {
			return err
		}
		e.printf("criteria\tstate\ttitle\n")
		for _, v := range list {
			e.printf("%s\t%s\t%s\n", store.Ref(v.ID, v.Number), v.State, v.Title)
		}
		return nil
	})
}

func runCriteriaExport(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "criteria export")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	format := fs.String("format", "yaml", "yaml or xlsx")
	out := fs.String("out", "-", "file to write, - for standard output")
	rest, err := parse(fs, args)
	ref, err := oneArgument(rest, err, "set, ID or ID@VERSION")
	if err != nil {
		return err
	}
	if *format != "yaml" && *format != "xlsx" {
		return usageError{"--format " + *format + " is not known: yaml or xlsx"}
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		v, err := findVersion(ctx, d, ref)
		if err != nil {
			return err
		}
		set, err := d.Set(ctx, v.ID, v.Number)
		if err != nil {
			return err
		}
		return writeFile(e, *out, func(w io.Writer) error {
			if *format == "xlsx" {
				return xlsx.WriteCriteria(w, set)
			}
			_, err := io.WriteString(w, v.YAML)
			return err
		})
	})
}

// findVersion returns ID@VERSION, or the newest version of ID.
func findVersion(ctx context.Context, d *database, ref string) (store.Version, error) {
	if strings.Contains(ref, "@") {
		id, number, err := reference(ref)
		if err != nil {
			return store.Version{}, err
		}
		return d.SetVersion(ctx, id, number)
	}
	list, err := d.SetVersions(ctx)
	if err != nil {
		return store.Version{}, err
	}
	var best store.Version
	for _, v := range list {
		if v.ID == ref && v.Number > best.Number {
			best = v
		}
	}
	if best.ID == "" {
		return best, fault.New(fault.NotFound, "store.set", ref)
	}
	return best, nil
}
