package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"

	"thanthien/internal/store"
	"thanthien/internal/survey"
)

func runResponsesExport(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "responses export")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	campaign := fs.String("campaign", "", "the campaign")
	out := fs.String("out", "-", "file to write (.ndjson), - for standard output")
	if _, err := parse(fs, args); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		c, err := d.Campaign(ctx, *campaign)
		if err != nil {
			return err
		}
		form, err := d.Form(ctx, c.FormID, c.FormVer)
		if err != nil {
			return err
		}
		var n int64
		err = writeFile(e, *out, func(w io.Writer) error {
			n, err = exportLines(ctx, d, form, c.ID, w)
			return err
		})
		if err == nil {
			e.say("%d responses exported", n)
		}
		return err
	})
}

// exportedLine is a response as tally reads it; nothing tells who or when.
type exportedLine struct {
	Unit    string         `json:"unit"`
	Group   string         `json:"group"`
	Channel string         `json:"channel"`
	Answers map[string]any `json:"answers"`
}

func exportLines(ctx context.Context, d *database, form *survey.Form, campaign string, w io.Writer) (n int64, err error) {
	b := bufio.NewWriterSize(w, 1<<20)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	for r, err := range d.Responses(ctx, campaign) {
		if err != nil {
			return n, err
		}
		line, err := lineOf(form, r)
		if err == nil {
			err = enc.Encode(line)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, b.Flush()
}

func lineOf(form *survey.Form, r store.Response) (exportedLine, error) {
	answers, err := form.Unpack(r.Answers)
	if err != nil {
		return exportedLine{}, err
	}
	return exportedLine{r.Unit, r.Group, r.Channel, form.Values(answers)}, nil
}
