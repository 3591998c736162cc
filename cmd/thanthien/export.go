package main

import (
	"context"
	"io"

	"thanthien/internal/report"
	"thanthien/internal/result"
	"thanthien/internal/xlsx"
)

func runExportRanking(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "export ranking")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	period := fs.String("period", "", "the period")
	stage := fs.String("stage", "", "the stage (default: the last one)")
	out := fs.String("out", "", "workbook to write (.xlsx), - for standard output")
	if rest, err := parse(fs, args); err != nil {
		return err
	} else if len(rest) > 0 || *period == "" || *out == "" {
		return usageError{"name the period with --period and the workbook with --out"}
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		r, err := result.Of(ctx, d.Store, *period, *stage)
		if err != nil {
			return err
		}
		settings, _, err := d.Settings(ctx)
		if err != nil {
			return err
		}
		return writeFile(e, *out, func(w io.Writer) error { return xlsx.Ranking(w, report.Ranking(r, r.Ranked, settings, d.Now())) })
	})
}
