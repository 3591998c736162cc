package main

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"

	"thanthien/internal/report"
	"thanthien/internal/result"
	"thanthien/internal/xlsx"
)

func runReplay(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "replay")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	criteria := fs.String("criteria", "", "the draft criteria set, a YAML `file` or a workbook")
	period := fs.String("period", "", "the period whose marks and survey it is tried on")
	stage := fs.String("stage", "", "the stage (default: the last one)")
	format := fs.String("format", "json", "json, csv or xlsx")
	out := fs.String("out", "-", "file to write, - for standard output")
	if rest, err := parse(fs, args); err != nil {
		return err
	} else if len(rest) > 0 || *criteria == "" || *period == "" {
		return usageError{"name the draft with --criteria and the period with --period"}
	}
	write, ok := map[string]func(ctx context.Context, w io.Writer, d *database, r *result.Replay) error{"json": replayJSON, "csv": replayCSV, "xlsx": replayBook}[*format]
	if !ok {
		return usageError{"--format is json, csv or xlsx"}
	}
	data, err := readFile(e, *criteria)
	if err != nil {
		return err
	}
	draft, err := parseSet(data, *criteria, nil)
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		r, err := result.TryOn(ctx, d.Store, draft, *period, *stage)
		if err != nil {
			return err
		}
		return writeFile(e, *out, func(w io.Writer) error { return write(ctx, w, d, r) })
	})
}

func replayJSON(_ context.Context, w io.Writer, _ *database, r *result.Replay) error {
	return writeJSON(w, r)
}

// replayBook writes the workbook that the page offers.
func replayBook(ctx context.Context, w io.Writer, d *database, r *result.Replay) error {
	settings, _, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	return xlsx.Replay(w, report.Replay(r, report.ByChange(r), settings, d.Now()))
}

func replayCSV(_ context.Context, out io.Writer, _ *database, r *result.Replay) error {
	w := csv.NewWriter(out)
	rows := [][]string{{"unit", "name", "total_before", "total_after", "recognised_before", "recognised_after", "change"}}
	for _, u := range r.Units {
		rows = append(rows, []string{u.Unit, report.SafeCSV(u.Name), u.Before.Total, u.After.Total,
			strconv.FormatBool(u.Before.Recognised), strconv.FormatBool(u.After.Recognised), u.Change})
	}
	return w.WriteAll(rows)
}
