package main

import (
	"context"
	"io"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"thanthien/internal/report"
	"thanthien/internal/store"
)

func runResponsesExport(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "responses export")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	campaign := fs.String("campaign", "", "the campaign")
	out := fs.String("out", "-", "file to write, .xlsx, .csv or .ndjson by its ending; - for standard output")
	format := fs.String("format", "", "xlsx, csv or ndjson (default: by the ending of --out, ndjson for standard output)")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	if err := needed("campaign", *campaign); err != nil {
		return err
	}
	if *format == "" {
		*format = formatOf(*out)
	}
	if !slices.Contains(report.RawFormats(), *format) {
		return usageError{"--out " + *out + " ends neither in .xlsx nor .csv nor .ndjson, and --format names none of them"}
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		return exportResponses(ctx, e, d, *campaign, *out, *format)
	})
}

// formatOf is the format of a file by its name.
func formatOf(name string) string {
	if name == "-" {
		return "ndjson"
	}
	return strings.TrimPrefix(strings.ToLower(filepath.Ext(name)), ".")
}

// exportResponses writes the file, then records the export with its checksum.
func exportResponses(ctx context.Context, e *env, d *database, campaign, out, format string) error {
	data, err := report.NewRawData(ctx, d.Store, campaign)
	if err != nil {
		return err
	}
	p := e.progress("responses", data.Set.Count)
	data.Progress = func(n int64) error { p.at(n); return nil }
	var sum string
	err = writeFile(e, out, func(w io.Writer) error {
		sum, err = data.Write(ctx, w, format)
		if err == nil {
			err = d.LogExport(ctx, store.Export{
				Who: systemUser(), What: "responses", Path: filepath.Base(out), Campaign: campaign,
				Format: format, Rows: data.Set.Count, Sum: sum, Via: store.ViaCommand,
			})
		}
		return err
	})
	p.end()
	if err == nil {
		e.say("%d responses exported, checksum %s", data.Set.Count, sum)
	}
	return err
}

// systemUser is who runs the command, as the system names them.
func systemUser() string {
	u, err := user.Current()
	if err != nil {
		return "command line"
	}
	return u.Username
}
