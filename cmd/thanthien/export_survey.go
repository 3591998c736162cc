package main

import (
	"context"
	"io"
	"path/filepath"

	"thanthien/internal/fault"
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
		if err := logSurveys(ctx, d, ids, filepath.Base(*out)); err != nil {
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
	if err == nil && len(ids) == 0 {
		err = fault.New(fault.NotFound, "store.noCampaign", period)
	}
	return ids, err
}

// logSurveys records every campaign of a workbook, so that the log of each
// tells that it left.
func logSurveys(ctx context.Context, d *database, ids []string, file string) error {
	for _, id := range ids {
		c, err := d.Campaign(ctx, id)
		if err != nil {
			return err
		}
		x := store.Export{Who: systemUser(), What: "survey", Path: file, Campaign: id, Format: "xlsx", Rows: int64(len(c.Units)), Via: store.ViaCommand}
		if err := d.LogExport(ctx, x); err != nil {
			return err
		}
	}
	return nil
}
