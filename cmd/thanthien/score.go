package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// maxUnitsBytes is the limit of a --units file.
const maxUnitsBytes = 20 << 20

// scoreFlags are the flags of score.
type scoreFlags struct {
	criteria, marks, survey, units, date  string
	target, minBand, explain, format, out string
}

// scoreInput is everything score reads.
type scoreInput struct {
	set    *rubric.Set
	marks  score.MarksFile
	survey *score.Survey
	units  []unit.Unit // of --units, nil without
	scope  []string    // units of the target; nil: those in marks
}

// runScore scores the units of a marks file, without a database.
func runScore(_ context.Context, e *env, args []string) error {
	f, err := parseScore(e, args)
	if err != nil {
		return err
	}
	var percent rubric.Num
	if f.target != "" {
		if percent, err = rubric.ParseNum(f.target); err != nil || percent.Sign() < 0 || percent.Cmp(rubric.Int(100)) > 0 {
			return usageError{fmt.Sprintf("--target %q is not a percent from 0 to 100", f.target)}
		}
	}
	in, err := readScore(f)
	if err != nil {
		return err
	}
	if f.minBand != "" && in.set.BandIndex(f.minBand) < 0 {
		return fault.New(fault.Invalid, "score.unknownBand", f.minBand, in.set.ID)
	}
	if f.explain != "" {
		return writeFile(e, f.out, func(w io.Writer) error { return explainUnit(w, in, f.explain) })
	}
	report, err := scoreAll(in)
	if err != nil {
		return err
	}
	if f.target != "" {
		t := score.Target(in.set, report.Units, in.scope, percent, f.minBand)
		report.Target = &t
	}
	return writeFile(e, f.out, func(w io.Writer) error { return scorePrinter(f.format)(w, in, report) })
}

func parseScore(e *env, args []string) (scoreFlags, error) {
	var f scoreFlags
	fs := flags(e, "score")
	fs.StringVar(&f.criteria, "criteria", "", "the criteria set, a YAML `file` or a workbook")
	fs.StringVar(&f.marks, "marks", "", "the marks, a JSON `file`")
	fs.StringVar(&f.survey, "survey", "", "the output of tally, or a list of such outputs, a JSON `file`")
	fs.StringVar(&f.units, "units", "", "the units that the target counts and their names, a CSV `file` (default: those in marks)")
	fs.StringVar(&f.date, "date", "", "count the units valid on this day, `YYYY-MM-DD` (default: today)")
	fs.StringVar(&f.target, "target", "60", "measure the recognised units against this `percent`; empty for no target")
	fs.StringVar(&f.minBand, "min-band", "", "for the target, count only this `band` and better ones")
	fs.StringVar(&f.explain, "explain", "", "derive every score of one `unit` instead, as JSON")
	fs.StringVar(&f.format, "format", "json", "output `format`: "+scoreFormats())
	fs.StringVar(&f.out, "out", "-", "`file` to write, - for standard output")
	rest, err := parse(fs, args)
	switch {
	case err != nil:
		return f, err
	case len(rest) > 0:
		return f, usageError{fmt.Sprintf("unexpected argument %q", rest[0])}
	case f.criteria == "" || f.marks == "":
		return f, usageError{"--criteria and --marks are needed"}
	case scorePrinter(f.format) == nil:
		return f, usageError{fmt.Sprintf("unknown format %q, want %s", f.format, scoreFormats())}
	case f.explain != "" && f.format != "json":
		return f, usageError{"--explain writes JSON: leave out --format " + f.format}
	case f.minBand != "" && f.target == "":
		return f, usageError{"--min-band needs --target"}
	}
	if _, err := time.Parse(time.DateOnly, f.date); f.date != "" && err != nil {
		return f, usageError{fmt.Sprintf("--date %q is not a day like 2026-12-31", f.date)}
	}
	return f, nil
}

// readScore reads and checks the files in the order of the flags.
func readScore(f scoreFlags) (scoreInput, error) {
	var in scoreInput
	data, err := readLimited(f.criteria, max(rubric.MaxFileBytes, xlsx.MaxFile))
	if err != nil {
		return in, err
	}
	if in.set, err = parseSet(data, f.criteria, nil); err != nil {
		return in, err
	}
	if data, err = readLimited(f.marks, score.MaxMarksBytes); err != nil {
		return in, err
	}
	if in.marks, err = score.ParseMarks(data, f.marks, in.set); err != nil {
		return in, err
	}
	if f.survey != "" {
		if data, err = readLimited(f.survey, score.MaxSurveyBytes); err != nil {
			return in, err
		}
		if in.survey, err = score.ParseSurvey(data, f.survey); err != nil {
			return in, err
		}
	}
	if f.units != "" {
		in.units, in.scope, err = readScope(f, in.set)
	}
	return in, err
}

// readLimited reads a file, looking at no more than one byte over the limit.
func readLimited(name string, limit int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, broken(name, err)
	}
	return data, nil
}

// readScope returns all units and the codes of those the set applies to on the
// day.
func readScope(f scoreFlags, set *rubric.Set) ([]unit.Unit, []string, error) {
	data, err := readLimited(f.units, maxUnitsBytes)
	if err != nil {
		return nil, nil, err
	}
	table, err := unit.ReadCSV(data)
	if err != nil {
		return nil, nil, err
	}
	table.File = f.units
	units, err := unit.ParsePart(table)
	if err != nil {
		return nil, nil, err
	}
	day := unit.Date(f.date)
	if day == "" {
		day = unit.Day(time.Now().In(vi.Zone))
	}
	scope := []string{}
	for _, u := range unit.ValidOn(units, day) {
		if slices.Contains(set.AppliesTo, u.Level) {
			scope = append(scope, u.Code)
		}
	}
	return units, scope, nil
}

// scoreAll scores and ranks; a mark that cannot be scored refuses the input.
func scoreAll(in scoreInput) (score.Report, error) {
	results := make([]score.Result, len(in.marks.Units))
	var problems []fault.Problem
	for i, u := range in.marks.Units {
		results[i] = score.Score(in.set, u, in.survey)
		for _, p := range results[i].Problems {
			p.Path = u.Unit
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return score.Report{}, fault.List("score.failed", problems, len(problems))
	}
	return score.Report{Criteria: in.set.ID, Version: in.set.Version, Units: score.Rank(in.set, results)}, nil
}

func explainUnit(w io.Writer, in scoreInput, code string) error {
	for _, u := range in.marks.Units {
		if u.Unit == code {
			return writeJSON(w, score.ExplainUnit(in.set, u, in.survey))
		}
	}
	return fault.New(fault.NotFound, "score.unknownUnit", code)
}

// scorePrinter returns what writes a format, nil for an unknown one.
func scorePrinter(format string) func(io.Writer, scoreInput, score.Report) error {
	switch format {
	case "json":
		return func(w io.Writer, _ scoreInput, r score.Report) error { return writeJSON(w, r) }
	case "csv":
		return func(w io.Writer, in scoreInput, r score.Report) error { return score.WriteCSV(w, in.set, r.Units) }
	case "xlsx":
		return func(w io.Writer, in scoreInput, r score.Report) error {
			return xlsx.Ranking(w, xlsx.FromResults(in.set, r.Units, r.Target, unit.NewTree(in.units)))
		}
	}
	return nil
}

// scoreFormats names the formats for messages.
func scoreFormats() string { return "json, csv or xlsx" }
