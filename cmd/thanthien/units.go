package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"thanthien/internal/audit"
	"thanthien/internal/unit"
	"thanthien/internal/xlsx"
)

func runUnitsImport(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "units import")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usageError{"name one CSV or Excel file"}
	}
	data, err := readFile(e, rest[0])
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		existing, err := d.Units(ctx)
		if err != nil {
			return err
		}
		list, err := readUnits(rest[0], data, existing)
		if err != nil {
			return err
		}
		added, changed, err := d.PutUnits(ctx, list)
		if err != nil {
			return err
		}
		if err := d.Record(ctx, audit.Event{Action: audit.UnitsImported, Thing: "units/" + rest[0]}); err != nil {
			return err
		}
		byLevel := map[string]int{}
		for _, u := range list {
			byLevel[u.Level]++
		}
		for _, l := range unit.Levels() {
			if byLevel[l] > 0 {
				e.printf("%s\t%d\n", l, byLevel[l])
			}
		}
		e.say("%d units read: %d added, %d changed, %d as they were", len(list), added, changed, len(list)-added-changed)
		return nil
	})
}

// readUnits reads a CSV file or an Excel workbook.
func readUnits(name string, data []byte, existing []unit.Unit) ([]unit.Unit, error) {
	if !strings.HasPrefix(string(data), "PK\x03\x04") {
		return unit.ParseCSV(data, existing)
	}
	table, err := xlsx.ReadTable(data, "")
	if err != nil {
		return nil, err
	}
	table.File = name
	return unit.Parse(table, existing)
}

func runUnitsList(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "units list")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	level := fs.String("level", "", "only this level: "+strings.Join(unit.Levels(), ", "))
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	if *level != "" && !slices.Contains(unit.Levels(), *level) {
		return usageError{fmt.Sprintf("--level %q is not known: %s", *level, strings.Join(unit.Levels(), ", "))}
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		list, err := d.Units(ctx)
		if err != nil {
			return err
		}
		if *level != "" {
			list = unit.AtLevel(list, *level)
		}
		e.printf("code\tname\tlevel\tparent\tvalid_from\tvalid_to\n")
		for _, u := range list {
			e.printf("%s\t%s\t%s\t%s\t%s\t%s\n", u.Code, u.Name, u.Level, u.Parent, u.ValidFrom, u.ValidTo)
		}
		return nil
	})
}

// oneArgument parses flags and returns the single argument a command takes.
func oneArgument(rest []string, err error, what string) (string, error) {
	if err != nil {
		return "", err
	}
	if len(rest) != 1 {
		return "", usageError{"name one " + what}
	}
	return rest[0], nil
}
