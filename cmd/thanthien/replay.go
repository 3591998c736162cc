package main

import (
	"context"
	"encoding/csv"
	"strconv"

	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/vi"
)

func runReplay(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "replay")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	criteria := fs.String("criteria", "", "the draft criteria set, a YAML `file`")
	period := fs.String("period", "", "the period whose marks and survey it is tried on")
	stage := fs.String("stage", "", "the stage (default: the last one)")
	format := fs.String("format", "json", "json or csv")
	if rest, err := parse(fs, args); err != nil {
		return err
	} else if len(rest) > 0 || *criteria == "" || *period == "" {
		return usageError{"name the draft with --criteria and the period with --period"}
	}
	if *format != "json" && *format != "csv" {
		return usageError{"--format is json or csv"}
	}
	data, err := readFile(e, *criteria)
	if err != nil {
		return err
	}
	draft, err := rubric.Parse(data, *criteria)
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		r, err := result.TryOn(ctx, d.Store, draft, *period, *stage)
		if err != nil {
			return err
		}
		if *format == "csv" {
			return replayCSV(e, r)
		}
		return writeJSON(e.Stdout, r)
	})
}

func replayCSV(e *env, r *result.Replay) error {
	w := csv.NewWriter(e.Stdout)
	rows := [][]string{{"unit", "name", "total_before", "total_after", "recognised_before", "recognised_after", "change"}}
	for _, u := range r.Units {
		rows = append(rows, []string{u.Unit, u.Name, u.Before.Total, u.After.Total,
			strconv.FormatBool(u.Before.Recognised), strconv.FormatBool(u.After.Recognised), u.Change})
	}
	return w.WriteAll(rows)
}

func runCriteriaDiff(_ context.Context, e *env, args []string) error {
	fs := flags(e, "criteria diff")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 2 {
		return usageError{"name two criteria-set files, the old one first"}
	}
	var sets [2]*rubric.Set
	for i, name := range rest {
		data, err := readFile(e, name)
		if err != nil {
			return err
		}
		if sets[i], err = rubric.Parse(data, name); err != nil {
			return err
		}
	}
	for _, c := range rubric.Diff(sets[0], sets[1]) {
		e.printf("%s\n", vi.Text(c.Key, c.Args...))
	}
	return nil
}
