package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

func runPeriodCreate(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "period create")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	criteria := fs.String("criteria", "", "criteria set, ID@VERSION")
	title := fs.String("title", "", "title (default: made from the id)")
	scope := fs.String("scope", "", "unit whose units are assessed (default: all)")
	on := fs.String("on", "", "units valid on this day, YYYY-MM-DD (default: today)")
	stages := fs.String("stages", "self=Tự chấm,province=Thẩm định cấp tỉnh", "CODE=TITLE, separated by commas, self first")
	target := fs.String("target", "60", "percent of units to be recognised")
	by := fs.String("by", "", "date of the target, YYYY-MM-DD")
	minBand := fs.String("min-band", "", "count only this band and better ones for the target")
	half := fs.Int("half", 0, "1 or 2 for a period of half a year")
	previous := fs.String("previous", "", "period shown as last year")
	open := fs.Bool("open", false, "open it at once: freeze the units and make their dossiers")
	steps := stepFlags(fs)
	rest, err := parse(fs, args)
	id, err := oneArgument(rest, err, "period id, such as 2026")
	if err != nil {
		return err
	}
	if err := needed("criteria", *criteria); err != nil {
		return err
	}
	setID, setVersion, err := reference(*criteria)
	if err != nil {
		return err
	}
	today := time.Now().In(vi.Zone)
	p := dossier.Period{
		ID: id, Title: *title, Year: yearOf(id, today), Half: *half, SetID: setID, SetVer: setVersion, Scope: *scope, On: *on, Stages: stageList(*stages),
		Target: dossier.Target{Percent: *target, By: *by, MinBand: *minBand}, State: dossier.Draft, Previous: *previous,
	}
	if err := steps.into(&p); err != nil {
		return err
	}
	if p.Title == "" {
		p.Title = "Kỳ đánh giá " + id
	}
	if p.On == "" {
		p.On = string(unit.Day(today))
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		set, err := d.Set(ctx, setID, setVersion)
		if err != nil {
			return err
		}
		if err := checkPeriod(ctx, d, p, set, *open); err != nil {
			return err
		}
		if _, err := d.PutPeriod(ctx, p, periodCreated(p)); err != nil {
			return err
		}
		if !*open {
			return nil
		}
		return openPeriod(ctx, e, d, id)
	})
}

// periodCreated is the event of a new period; the page writes the same.
func periodCreated(p dossier.Period) audit.Event {
	thing := "periods/" + p.ID
	return audit.Event{ID: thing + "#new", Action: audit.PeriodChanged, Thing: thing, Detail: []audit.Change{{Field: "created", After: p.Title}}}
}

// checkPeriod lists everything wrong with a new period before any of it is
// stored; one to be opened at once must have units.
func checkPeriod(ctx context.Context, d *database, p dossier.Period, set *rubric.Set, open bool) error {
	problems := append(p.Check(survey.Slug), p.CheckSteps()...)
	if p.Head != "" {
		u, err := d.User(ctx, p.Head)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		problems = append(problems, dossier.CheckHead(u, err == nil)...)
	}
	v, err := d.SetVersion(ctx, p.SetID, p.SetVer)
	if err != nil {
		return err
	}
	if v.State == store.Draft {
		problems = append(problems, fault.Problem{Path: "--criteria", Key: "dossier.draftSet", Args: []any{store.Ref(v.ID, v.Number)}})
	}
	units, err := d.Units(ctx)
	if err != nil {
		return err
	}
	if _, known := unit.NewTree(units).Get(p.Scope); p.Scope != "" && !known {
		problems = append(problems, fault.Problem{Path: "--scope", Key: "store.unit", Args: []any{p.Scope}})
	} else if open && len(unit.Assessed(units, p.Scope, set.AppliesTo, unit.Date(p.On))) == 0 {
		problems = append(problems, fault.Problem{Path: "--scope", Key: "store.noUnits", Args: []any{p.Title}})
	}
	if p.Previous != "" {
		if _, err := d.Period(ctx, p.Previous); fault.Is(err, fault.NotFound) {
			problems = append(problems, fault.Problem{Path: "--previous", Key: "store.period", Args: []any{p.Previous}})
		} else if err != nil {
			return err
		}
	}
	if n, err := rubric.ParseNum(p.Target.Percent); err != nil || n.Sign() < 0 || n.Cmp(rubric.Int(100)) > 0 {
		problems = append(problems, fault.Problem{Path: "--target", Key: "dossier.percent"})
	}
	if p.Target.MinBand != "" && set.BandIndex(p.Target.MinBand) < 0 {
		problems = append(problems, fault.Problem{Path: "--min-band", Key: "score.unknownBand", Args: []any{p.Target.MinBand, set.ID}})
	}
	return fault.List("dossier.invalid", problems)
}

func runPeriodOpen(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "period open")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	rest, err := parse(fs, args)
	id, err := oneArgument(rest, err, "period id")
	if err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error { return openPeriod(ctx, e, d, id) })
}

func openPeriod(ctx context.Context, e *env, d *database, id string) error {
	p, err := d.Period(ctx, id)
	if err != nil {
		return err
	}
	if p.Frozen() {
		return fault.New(fault.Conflict, "admin.move", p.Title, vi.Text("admin.period."+string(p.State)))
	}
	set, err := d.Set(ctx, p.SetID, p.SetVer)
	if err != nil {
		return err
	}
	units, err := d.Units(ctx)
	if err != nil {
		return err
	}
	p, err = d.OpenPeriod(ctx, id, codes(unit.Assessed(units, p.Scope, set.AppliesTo, unit.Date(p.On))))
	if err != nil {
		return err
	}
	e.printf("%s\t%d\n", p.ID, len(p.Units))
	return d.Record(ctx, audit.Event{ID: "periods/" + id + "#open", Action: audit.PeriodOpened, Thing: "periods/" + id}) // opened again, it is the same event
}

func codes(units []unit.Unit) []string {
	list := make([]string, len(units))
	for i, u := range units {
		list[i] = u.Code
	}
	return list
}

func runPeriodList(ctx context.Context, e *env, args []string) error {
	fs := flags(e, "period list")
	db := fs.String("db", "", "database path or URI (THANTHIEN_DB)")
	if err := noArguments(parse(fs, args)); err != nil {
		return err
	}
	return withDatabase(ctx, e, *db, func(ctx context.Context, d *database) error {
		list, err := d.Periods(ctx)
		if err != nil {
			return err
		}
		e.printf("id\tstate\tcriteria\tunits\ttarget\ttitle\n")
		for _, p := range list {
			e.printf("%s\t%s\t%s\t%d\t%s\t%s\n", p.ID, p.State, store.Ref(p.SetID, p.SetVer), len(p.Units), p.Target.Percent, p.Title)
		}
		return nil
	})
}

// reference reads ID@VERSION.
func reference(s string) (id string, version int, err error) {
	id, number, ok := strings.Cut(s, "@")
	version, nerr := strconv.Atoi(number)
	if !ok || id == "" || nerr != nil || version < 1 {
		return "", 0, usageError{"write ID@VERSION, such as mau-than-thien-bg@1, not " + strconv.Quote(s)}
	}
	return id, version, nil
}

func yearOf(id string, today time.Time) int {
	if len(id) >= 4 {
		if y, err := strconv.Atoi(id[:4]); err == nil {
			return y
		}
	}
	return today.Year()
}

func stageList(s string) []dossier.Stage {
	var list []dossier.Stage
	for part := range strings.SplitSeq(s, ",") {
		code, title, _ := strings.Cut(strings.TrimSpace(part), "=")
		if title == "" {
			title = code
		}
		list = append(list, dossier.Stage{Code: code, Title: title})
	}
	return list
}
