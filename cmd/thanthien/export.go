package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"thanthien/internal/result"
	"thanthien/internal/store"
	"thanthien/internal/unit"
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
		return writeFile(e, *out, func(w io.Writer) error { return xlsx.Ranking(w, rankingReport(r, settings, d)) })
	})
}

func rankingReport(r *result.Result, v store.Settings, d *database) xlsx.RankingReport {
	units := make([]unit.Unit, 0, len(r.Units))
	for _, u := range r.Units {
		units = append(units, u)
	}
	slices.SortFunc(units, func(a, b unit.Unit) int { return strings.Compare(a.Code, b.Code) })
	report := xlsx.FromResults(r.Set, r.Ranked, &r.Target, unit.NewTree(units))
	report.Head = xlsx.Head{
		Superior: v.Parent, Agency: v.Agency, Number: v.Symbol, Place: v.Place, SignedFor: v.SignTitle, SignerName: v.Signer, Recipients: v.Recipients,
		Date: d.Now(),
	}
	report.Period, report.Made = r.Period.Title, d.Now()
	return report
}
