package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// checkEvery is how many response lines are read between two looks at the context.
const checkEvery = 1024

// runTally tallies a file of responses against a form, without a database.
func runTally(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "tally")
	formFile := fs.String("form", "", "the form, a YAML `file`")
	responsesFile := fs.String("responses", "", "the responses, an NDJSON `file`; - is standard input")
	format := fs.String("format", "json", "output `format`: json, csv or xlsx")
	out := fs.String("out", "-", "`file` to write, - for standard output")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	switch {
	case len(rest) > 0:
		return usageError{fmt.Sprintf("unexpected argument %q", rest[0])}
	case *formFile == "" || *responsesFile == "":
		return usageError{"--form and --responses are needed"}
	case tallyPrinter(*format) == nil:
		return usageError{fmt.Sprintf("unknown format %q", *format)}
	}
	form, err := readForm(*formFile)
	if err != nil {
		return err
	}
	in := e.Stdin
	if *responsesFile != "-" {
		file, err := os.Open(*responsesFile)
		if err != nil {
			return unreadable(*responsesFile, err)
		}
		defer file.Close()
		in = file
	}
	report, err := tallyLines(ctx, form, in)
	if err != nil {
		return broken(*responsesFile, err)
	}
	return printTally(e, form, report, *format, *out)
}

// readForm reads a form file, looking at no more than the limit of one.
func readForm(name string) (*survey.Form, error) {
	data, err := readLimited(name, survey.MaxFormBytes)
	if err != nil {
		return nil, err
	}
	return survey.Parse(data, name)
}

// unreadable says that a file given by name cannot be opened.
func unreadable(name string, err error) error {
	return fault.Wrap(err, fault.NotFound, "file.open", name)
}

// broken says that an open file could not be read to its end. A context's error
// stays as it is.
func broken(name string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "file.read", name)
}

// tallyLines reads responses line by line. A line that is no valid response is
// listed and left out; blank lines count in the numbering only.
func tallyLines(ctx context.Context, form *survey.Form, in io.Reader) (survey.Report, error) {
	kept, excluded := map[string]*survey.Tally{}, map[string]*survey.Tally{}
	rejected := []survey.Rejected{}
	var packed []byte
	err := eachLine(in, func(n int, line []byte) error {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r, err := form.ParseResponse(line)
		if err == nil {
			into := kept
			if r.Excluded {
				into = excluded
			}
			if into[r.Unit] == nil {
				into[r.Unit] = survey.NewTally(form)
			}
			packed = form.AppendPack(packed[:0], r.Answers)
			err = into[r.Unit].Add(r.Group, packed)
		}
		if err != nil {
			rejected = append(rejected, survey.Rejected{Line: n, Reason: rejection(err)})
		}
		return nil
	})
	report := survey.ReportExcluding(form, kept, excluded)
	report.Rejected = rejected
	return report, err
}

// rejection is why a response was refused, in one line.
func rejection(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Problems) == 0 {
		return vi.Error(err)
	}
	lines := make([]string, len(f.Problems))
	for i, p := range f.Problems {
		lines[i] = vi.Problem(p)
	}
	return strings.Join(lines, " ")
}

// eachLine calls do for every line that is not blank with its 1-based number.
// A byte order mark is dropped. Of a line over survey.MaxLine only that much
// and one byte more is kept, so that do can refuse it. The line is only valid
// during the call.
func eachLine(in io.Reader, do func(n int, line []byte) error) error {
	r := bufio.NewReaderSize(in, 1<<16)
	var line []byte
	for n := 1; ; n++ {
		line = line[:0]
		var err error
		for more := true; more; {
			var part []byte
			part, err = r.ReadSlice('\n')
			more = errors.Is(err, bufio.ErrBufferFull)
			line = append(line, part[:min(len(part), survey.MaxLine+1-len(line))]...)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if text := bytes.TrimSpace(line); len(text) > 0 {
			if stop := do(n, text); stop != nil {
				return stop
			}
		}
		if err != nil {
			return nil
		}
	}
}

// printTally writes the report. CSV has no place for rejected lines: they go
// to the messages.
func printTally(e *env, form *survey.Form, report survey.Report, format, out string) error {
	if format == "csv" {
		for _, r := range report.Rejected {
			fmt.Fprintf(e.Stderr, "line %d: %s\n", r.Line, r.Reason)
		}
	}
	err := writeFile(e, out, func(w io.Writer) error { return tallyPrinter(format)(w, form, report) })
	if err == nil && len(report.Rejected) > 0 {
		return partlyRejected{len(report.Rejected)}
	}
	return err
}

// tallyPrinter returns what writes a format, nil for an unknown one.
func tallyPrinter(format string) func(io.Writer, *survey.Form, survey.Report) error {
	switch format {
	case "json":
		return func(w io.Writer, _ *survey.Form, report survey.Report) error {
			enc := json.NewEncoder(w)
			enc.SetEscapeHTML(false)
			return enc.Encode(report)
		}
	case "csv":
		return func(w io.Writer, _ *survey.Form, report survey.Report) error { return tallyCSV(w, report) }
	case "xlsx":
		return xlsx.Tally
	}
	return nil
}

// tallyCSV writes one row for each unit, then for each of its groups, questions
// and options; part says which, code is the group or question.
func tallyCSV(w io.Writer, tally survey.Report) error {
	out := csv.NewWriter(w)
	row := func(unit, part, code, option string, n int64, figures ...*string) {
		record := []string{report.SafeCSV(unit), part, report.SafeCSV(code), report.SafeCSV(option), strconv.FormatInt(n, 10), "", "", "", "", "", ""}
		for i, f := range figures {
			if f != nil {
				record[5+i] = *f
			}
		}
		_ = out.Write(record) // kept by out until Error
	}
	_ = out.Write(strings.Split("unit,part,code,option,n,index,low,high,min,max,sum", ","))
	for _, u := range tally.Units {
		row(u.Unit, "unit", "", "", u.N, u.Index, u.Low, u.High)
		for _, g := range u.Groups {
			row(u.Unit, "group", g.Code, "", g.Value.N, g.Value.Index)
		}
		for _, q := range u.Questions {
			row(u.Unit, "question", q.Code, "", q.Value.N, q.Value.Index, nil, nil, q.Value.Min, q.Value.Max, q.Value.Sum)
			for _, c := range q.Value.Counts {
				row(u.Unit, "option", q.Code, c.Code, c.Value)
			}
		}
	}
	out.Flush()
	return out.Error()
}
