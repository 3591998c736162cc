package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
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
	draft, err := parseSet(data, *criteria)
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
	units := slices.SortedFunc(maps.Values(r.Places), func(a, b unit.Unit) int { return strings.Compare(a.Code, b.Code) })
	change := map[string]string{}
	for _, u := range r.Units {
		change[u.Unit] = u.Change
	}
	after := slices.Clone(r.After) // who enters and leaves first, as on the page
	slices.SortStableFunc(after, func(a, b score.Result) int {
		return cmp.Compare(changeOrder(change[a.Unit]), changeOrder(change[b.Unit]))
	})
	report := xlsx.FromReplay(r.Sets, r.Before, after, r.Targets, change, unit.NewTree(units))
	report.Head = xlsx.Head{
		Superior: settings.Parent, Agency: settings.Agency, Number: settings.Symbol, Place: settings.Place, SignedFor: settings.SignTitle,
		SignerName: settings.Signer, Recipients: settings.Recipients, Date: d.Now(),
	}
	report.Period, report.Made = r.Of.Title, d.Now()
	for _, g := range r.Gaps {
		report.Gaps = append(report.Gaps, xlsx.ReplayGap{Code: g.Code, Title: g.Title, Why: vi.Text("replay.gap." + g.Why), Units: g.Units})
	}
	return xlsx.Replay(w, report)
}

// changeOrder puts the kinds of changes in the order people look for them.
func changeOrder(kind string) int {
	order := []string{result.Enter, result.Leave, result.OtherBand, result.Incomplete, ""}
	return slices.Index(order, kind)
}

func replayCSV(_ context.Context, out io.Writer, _ *database, r *result.Replay) error {
	w := csv.NewWriter(out)
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
