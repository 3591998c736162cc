package main

import (
	"context"
	"io"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/score"
	"thanthien/internal/store"
)

func runMarksExport(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "marks export")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	period := fs.String("period", "", "the period")
	stage := fs.String("stage", "", "the stage (default: the last one)")
	out := fs.String("out", "-", "file to write, - for standard output")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	if err := needed("period", *period); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		p, err := d.Period(ctx, *period)
		if err != nil {
			return err
		}
		st, ok := p.Stage(*stage)
		if !ok {
			return fault.New(fault.NotFound, "result.stage", *stage)
		}
		list, err := d.Dossiers(ctx, p.ID)
		if err != nil {
			return err
		}
		file := score.MarksFile{Criteria: p.SetID, Version: p.SetVer, Units: []score.UnitMarks{}}
		for i := range list {
			file.Units = append(file.Units, list[i].Marks(st.Code))
		}
		return writeFile(e, *out, func(w io.Writer) error { return writeJSON(w, file) })
	})
}

func runMarksImport(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "marks import")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	period := fs.String("period", "", "the period")
	stage := fs.String("stage", "", "the stage (default: the last one)")
	member := fs.String("member", "", "login of the appraiser whose sheets they are, in a period with steps")
	rest, err := parse(fs, args)
	name, err := oneArgument(rest, err, "marks file (JSON)")
	if err != nil {
		return err
	}
	if err := needed("period", *period); err != nil {
		return err
	}
	data, err := readFile(e, name)
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		return importMarks(ctx, e, d, *period, *stage, *member, name, data)
	})
}

// importMarks checks every mark of the file first, then saves unit by unit.
func importMarks(ctx context.Context, e *env, d *database, period, stage, member, name string, data []byte) error {
	p, err := d.Period(ctx, period)
	if err != nil {
		return err
	}
	st, ok := p.Stage(stage)
	if !ok {
		return fault.New(fault.NotFound, "result.stage", stage)
	}
	if err := p.MayMark(); err != nil {
		return err
	}
	if p.Steps && st.Code != dossier.SelfStage && member == "" {
		return fault.New(fault.Invalid, "dossier.whoseSheet")
	}
	set, err := d.Set(ctx, p.SetID, p.SetVer)
	if err != nil {
		return err
	}
	file, err := score.ParseMarks(data, name, set)
	if err != nil {
		return err
	}
	var problems []fault.Problem
	for _, u := range file.Units {
		if len(u.Members) > 0 {
			problems = append(problems, fault.Problem{Path: u.Unit, Key: "marks.team", Args: []any{u.Unit}})
		}
		if !p.Has(u.Unit) {
			problems = append(problems, fault.Problem{Path: u.Unit, Key: "dossier.notIn", Args: []any{u.Unit, p.Title}})
		}
	}
	if err := fault.List("dossier.invalid", problems); err != nil {
		return err
	}
	for _, u := range file.Units {
		now, err := d.Dossier(ctx, p.ID, u.Unit)
		if err != nil {
			return err
		}
		l := now.LayerOf(st.Code, member)
		if _, err := d.SaveMarks(ctx, p.ID, u.Unit, st.Code, store.AnyRev, changesOf(u, &now, l), member); err != nil {
			return err
		}
	}
	e.say("marks of %d units saved at stage %s", len(file.Units), st.Code)
	return nil
}

// changesOf sets what the file says and leaves other cells as they are.
func changesOf(u score.UnitMarks, now *dossier.Dossier, l dossier.Layer) []dossier.Change {
	var changes []dossier.Change
	set := func(code string, m score.Mark) {
		old, _ := now.Entry(l, code)
		changes = append(changes, dossier.Change{Code: code, Base: old.Mark, Mark: m, Note: old.Note})
	}
	for code, m := range u.Marks {
		set(code, m)
	}
	for code, met := range u.Conditions {
		value := "false"
		if met {
			value = "true"
		}
		set(dossier.ConditionPrefix+code, score.NewMark(dossier.Met, value))
	}
	return changes
}
