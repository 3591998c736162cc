package main

import (
	"context"
	"path/filepath"

	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/xlsx"
)

// runResponsesImport puts a file of paper forms into a campaign's pool, all of
// them or none. The same rows imported again add nothing.
func runResponsesImport(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "responses import")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	campaign := fs.String("campaign", "", "the campaign")
	check := fs.Bool("check", false, "only check the file, write nothing")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if err := needed("campaign", *campaign); err != nil {
		return err
	}
	if len(rest) != 1 {
		return usageError{"one file is needed: .xlsx, .csv or .ndjson"}
	}
	data, err := readFile(e, rest[0])
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		c, err := d.Campaign(ctx, *campaign)
		if err != nil {
			return err
		}
		rows, form, err := checkedRows(ctx, d, &c, importName(rest[0]), data)
		if err != nil {
			return inFile(err, rest[0])
		}
		if *check {
			e.say("%d responses, nothing wrong, nothing written", len(rows))
			return nil
		}
		return importAll(ctx, e, d, &c, form, rest[0], rows)
	})
}

// importName lets standard input be NDJSON.
func importName(name string) string {
	if name == "-" {
		return "stdin.ndjson"
	}
	return name
}

// checkedRows reads a file against a campaign that takes paper forms now.
func checkedRows(ctx context.Context, d *database, c *survey.Campaign, name string, data []byte) ([]xlsx.ResponseRow, *survey.Form, error) {
	if !c.Open(d.Now()) || !c.Accepts(survey.Paper) {
		return nil, nil, fault.New(fault.Conflict, "paper.notNow", c.ID)
	}
	form, err := d.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return nil, nil, err
	}
	units, err := d.Units(ctx)
	if err != nil {
		return nil, nil, err
	}
	rows, err := xlsx.ReadResponses(name, data, xlsx.ResponseSheet{Campaign: c, Form: form, Units: units})
	return rows, form, err
}

func importAll(ctx context.Context, e *env, d *database, c *survey.Campaign, form *survey.Form, name string, rows []xlsx.ResponseRow) error {
	i, err := d.PrepareImport(ctx, store.Import{ID: store.ImportID(c.ID, xlsx.ResponsesSum(form, rows)), Campaign: c.ID, File: filepath.Base(name), By: systemUser()}, report.ImportRows(form, rows))
	if err != nil {
		return err
	}
	if i.State == store.ImportDone {
		e.say("these %d responses were imported on %s; nothing was added", i.Rows, i.At.Format("2006-01-02 15:04"))
		return nil
	}
	if i, err = d.StartImport(ctx, i.ID, systemUser()); err != nil {
		return err
	}
	p := e.progress("responses", int64(i.Rows))
	defer p.end()
	if _, err = d.RunImport(ctx, i.ID, func(i store.Import) { p.at(int64(i.RowsWritten())) }); err != nil {
		return err
	}
	e.say("%d responses imported", len(rows))
	return nil
}
