package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"

	"thanthien/internal/store"
	"thanthien/internal/survey"
)

func runResponsesExport(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "responses export")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	campaign := fs.String("campaign", "", "the campaign")
	out := fs.String("out", "-", "file to write, .ndjson or .csv by its ending; - for NDJSON on standard output")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	if err := needed("campaign", *campaign); err != nil {
		return err
	}
	export := exporterOf(*out)
	if export == nil {
		return usageError{"--out " + *out + " ends neither in .ndjson nor in .csv"}
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
			n, err = export(ctx, d, form, c.ID, w)
			return err
		})
		if err == nil {
			e.say("%d responses exported", n)
		}
		return err
	})
}

// exporter writes the responses of a campaign one by one and returns how many.
type exporter func(ctx context.Context, d *database, form *survey.Form, campaign string, w io.Writer) (int64, error)

// exporterOf returns what writes a file of this name, nil for an unknown ending.
func exporterOf(name string) exporter {
	if name == "-" {
		return exportLines
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".ndjson":
		return exportLines
	case ".csv":
		return exportCSV
	}
	return nil
}

// exportedLine is a response as tally reads it; nothing tells who or when.
type exportedLine struct {
	Unit    string         `json:"unit"`
	Group   string         `json:"group"`
	Channel string         `json:"channel"`
	Answers map[string]any `json:"answers"`
}

func exportLines(ctx context.Context, d *database, form *survey.Form, campaign string, w io.Writer) (int64, error) {
	b := bufio.NewWriterSize(w, 1<<20)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	n, err := eachResponse(ctx, d, form, campaign, func(line exportedLine) error { return enc.Encode(line) })
	if err != nil {
		return n, err
	}
	return n, b.Flush()
}

// exportCSV writes one row a response: unit, group, channel and one column for
// each question of the form and for the free text beside its options. Several
// options are separated by ";".
func exportCSV(ctx context.Context, d *database, form *survey.Form, campaign string, w io.Writer) (int64, error) {
	out := csv.NewWriter(w)
	keys := answerKeys(form)
	row := append([]string{"unit", "group", "channel"}, keys...)
	if err := out.Write(row); err != nil {
		return 0, err
	}
	n, err := eachResponse(ctx, d, form, campaign, func(line exportedLine) error {
		row = append(row[:0], csvText(line.Unit), line.Group, line.Channel)
		for _, key := range keys {
			row = append(row, csvAnswer(line.Answers[key]))
		}
		return out.Write(row)
	})
	if err != nil {
		return n, err
	}
	out.Flush()
	return n, out.Error()
}

// answerKeys are the keys that answers to a form may have, in its order.
func answerKeys(form *survey.Form) []string {
	var keys []string
	for _, q := range form.Questions() {
		keys = append(keys, q.Code)
		if q.Other {
			keys = append(keys, q.Code+"."+survey.OtherCode)
		}
	}
	return keys
}

// csvAnswer is an answer, see survey.Form.Values, in one cell; "" for none.
func csvAnswer(v any) string {
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case []string:
		return csvText(strings.Join(v, ";"))
	case string:
		return csvText(v)
	}
	return ""
}

// eachResponse calls do for every response of a campaign and counts them.
func eachResponse(ctx context.Context, d *database, form *survey.Form, campaign string, do func(exportedLine) error) (n int64, err error) {
	for r, err := range d.Responses(ctx, campaign) {
		if err != nil {
			return n, err
		}
		line, err := lineOf(form, r)
		if err == nil {
			err = do(line)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func lineOf(form *survey.Form, r store.Response) (exportedLine, error) {
	answers, err := form.Unpack(r.Answers)
	if err != nil {
		return exportedLine{}, err
	}
	return exportedLine{r.Unit, r.Group, string(r.Channel), form.Values(answers)}, nil
}
