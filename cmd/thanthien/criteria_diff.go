package main

import (
	"context"
	"io/fs"
	"os"
	"strings"

	"thanthien/criteria"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

// runCriteriaDiff compares two criteria sets: files, or by ID@VERSION samples
// and, with --db, what is stored.
func runCriteriaDiff(ctx context.Context, e *env, args []string) error {
	flagSet := flags(e, "criteria diff")
	db := flagSet.String("db", "", "compare also ID@VERSION stored in this database, path or URI")
	rest, err := parse(flagSet, args)
	if err != nil {
		return err
	}
	if len(rest) != 2 {
		return usageError{"name two criteria sets, the old one first: a YAML file, a workbook, or ID@VERSION"}
	}
	if *db == "" {
		return diffSets(ctx, e, nil, rest)
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error { return diffSets(ctx, e, d, rest) })
}

func diffSets(ctx context.Context, e *env, d *database, names []string) error {
	var sets [2]*rubric.Set
	for i, name := range names {
		var err error
		if sets[i], err = namedSet(ctx, e, d, name); err != nil {
			return err
		}
	}
	for _, c := range rubric.Diff(sets[0], sets[1]) {
		e.printf("%s\n", vi.Text(c.Key, c.Args...))
	}
	return nil
}

// namedSet returns the set of a file; of ID@VERSION that is no file, what d
// stores, else the sample. d may be nil.
func namedSet(ctx context.Context, e *env, d *database, name string) (*rubric.Set, error) {
	_, noFile := os.Stat(name)
	id, version, noRef := reference(name)
	if noFile != nil && noRef == nil && name != "-" {
		if d != nil {
			if set, err := d.Set(ctx, id, version); !fault.Is(err, fault.NotFound) {
				return set, err
			}
		}
		if data, err := fs.ReadFile(criteria.Sets(), name+".yaml"); err == nil {
			return rubric.Parse(data, name)
		}
		if !strings.ContainsRune(name, os.PathSeparator) {
			return nil, fault.New(fault.NotFound, "store.set", name)
		}
	}
	data, err := readFile(e, name)
	if err != nil {
		return nil, err
	}
	return parseSet(data, name, nil)
}
