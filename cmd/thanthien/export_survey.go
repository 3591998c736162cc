package main

import (
	"context"
	"io"
	"path/filepath"

	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/xlsx"
)

func runExportSurvey(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "export survey")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	campaign := fs.String("campaign", "", "the campaign")
	period := fs.String("period", "", "the period, for all its campaigns")
	out := fs.String("out", "", "workbook to write (.xlsx), - for standard output")
	if rest, err := parse(fs, args); err != nil {
		return err
	} else if len(rest) > 0 || (*campaign == "") == (*period == "") || *out == "" {
		return usageError{"name one campaign with --campaign, or a period with --period, and the workbook with --out"}
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		ids, err := surveyCampaigns(ctx, d, *campaign, *period)
		if err != nil {
			return err
		}
		book, err := report.Survey(ctx, d.Store, ids, true)
		if err != nil {
			return err
		}
		if err := d.LogExport(ctx, store.Export{Who: systemUser(), What: "survey", Path: filepath.Base(*out), Campaign: *campaign, Format: "xlsx", Rows: int64(len(ids)), Via: store.ViaCommand}); err != nil {
			return err
		}
		return writeFile(e, *out, func(w io.Writer) error { return xlsx.Survey(w, book) })
	})
}

// surveyCampaigns are the campaigns named, or those of a period.
func surveyCampaigns(ctx context.Context, d *database, campaign, period string) ([]string, error) {
	if campaign != "" {
		return []string{campaign}, nil
	}
	if _, err := d.Period(ctx, period); err != nil {
		return nil, err
	}
	list, err := d.CampaignsOf(ctx, period)
	var ids []string
	for i := range list {
		ids = append(ids, list[i].ID)
	}
	return ids, err
}
