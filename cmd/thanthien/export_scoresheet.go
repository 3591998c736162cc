package main

import (
	"context"
	"io"
	"strings"

	"thanthien/internal/report"
	"thanthien/internal/result"
	"thanthien/internal/store"
	"thanthien/internal/xlsx"
)

func runExportScoresheet(ctx context.Context, e *env, args []string) error {
	return exportStages(ctx, e, args, "export scoresheet", func(ctx context.Context, d *database, r *result.Result, units []string, settings store.Settings, w io.Writer) error {
		book, err := report.ScoreSheets(r, units, report.SeeAll, report.Folders(ctx, d.Store, r.Period.ID), settings, d.Now())
		if err != nil {
			return err
		}
		return xlsx.ScoreSheets(w, book)
	})
}

func runExportDifferences(ctx context.Context, e *env, args []string) error {
	return exportStages(ctx, e, args, "export differences", func(ctx context.Context, d *database, r *result.Result, units []string, settings store.Settings, w io.Writer) error {
		counts, err := d.EvidenceCounts(ctx, r.Period.ID)
		if err != nil {
			return err
		}
		names := func(login string) string {
			if u, err := d.User(ctx, login); err == nil {
				return u.Name
			}
			return login
		}
		if err := report.Only(r, units); err != nil {
			return err
		}
		return xlsx.Differences(w, report.Differences(r, report.SeeAll, counts, names, settings, d.Now()))
	})
}

// exportStages reads the flags that both reports share and writes the workbook.
func exportStages(ctx context.Context, e *env, args []string, name string, write func(context.Context, *database, *result.Result, []string, store.Settings, io.Writer) error) error {
	fs := flags(e, name)
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	period := fs.String("period", "", "the period")
	stage := fs.String("stage", "", "the last stage to show (default: the last one)")
	list := fs.String("units", "", "codes of units, parted by commas (default: all)")
	out := fs.String("out", "", "workbook to write (.xlsx), - for standard output")
	if rest, err := parse(fs, args); err != nil {
		return err
	} else if len(rest) > 0 || *period == "" || *out == "" {
		return usageError{"name the period with --period and the workbook with --out"}
	}
	units := strings.FieldsFunc(*list, func(r rune) bool { return r == ',' || r == ' ' })
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		r, err := result.Of(ctx, d.Store, *period, *stage)
		if err != nil {
			return err
		}
		settings, _, err := d.Settings(ctx)
		if err != nil {
			return err
		}
		return writeFile(e, *out, func(w io.Writer) error { return write(ctx, d, r, units, settings, w) })
	})
}
