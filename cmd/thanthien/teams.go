package main

import (
	"context"
	"slices"
	"strings"

	"thanthien/internal/dossier"
	"thanthien/internal/report"
	"thanthien/internal/site"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// teamsOf adds the flags that every teams command has.
type teamsFlags struct{ db, period, stage *string }

// teamsCommand parses a teams command; more adds flags of its own.
func teamsCommand(e *env, name string, args []string, more func(add flagAdder)) (teamsFlags, []string, error) {
	fs := flags(e, name)
	f := teamsFlags{
		db:     fs.String("db", "", "database path or URI (THANTHIEN_DB)"),
		period: fs.String("period", "", "the period"),
		stage:  fs.String("stage", "", "the appraisal stage (default: the first)"),
	}
	if more != nil {
		more(fs)
	}
	rest, err := parse(fs, args)
	if err != nil {
		return f, nil, err
	}
	return f, rest, needed("period", *f.period)
}

// flagAdder is what of a flag set a command needs to add flags.
type flagAdder interface {
	String(name, value, usage string) *string
	Int(name string, value int, usage string) *int
	Uint64(name string, value uint64, usage string) *uint64
	Bool(name string, value bool, usage string) *bool
}

// with opens the database and reads the teams.
func (f teamsFlags) with(ctx context.Context, e *env, do func(ctx context.Context, d *database, t *report.Teams) error) error {
	return withDatabase(ctx, e, *f.db, func(ctx context.Context, d *database) error {
		t, err := report.LoadTeams(ctx, d.Store, *f.period, *f.stage)
		if err != nil {
			return err
		}
		return do(ctx, d, t)
	})
}

// runTeamsList writes who appraises what.
func runTeamsList(ctx context.Context, e *env, args []string) error {
	f, rest, err := teamsCommand(e, "teams list", args, nil)
	if err := noArguments(rest, err); err != nil {
		return err
	}
	return f.with(ctx, e, func(_ context.Context, _ *database, t *report.Teams) error {
		e.printf("unit\tstage\tmembers\trecused\n")
		for _, code := range t.Codes() {
			d := t.Dossiers[code]
			e.printf("%s\t%s\t%s\t%s\n", code, t.Stage.Code, strings.Join(t.Members(code), ";"), strings.Join(d.RecusedMembers(t.Stage.Code, t.Users), ";"))
		}
		return nil
	})
}

// runTeamsImport assigns the teams of a file. All of it is checked before any
// is written; units that the file does not name stay as they are.
func runTeamsImport(ctx context.Context, e *env, args []string) error {
	f, rest, err := teamsCommand(e, "teams import", args, nil)
	file, err := oneArgument(rest, err, "file with the columns unit and lead, member…: .csv or .xlsx")
	if err != nil {
		return err
	}
	data, err := readFile(e, file)
	if err != nil {
		return err
	}
	return f.with(ctx, e, func(ctx context.Context, d *database, t *report.Teams) error {
		lines, err := t.Read(file, data)
		if err != nil {
			return inFile(err, file)
		}
		return writeTeams(ctx, e, d, t, lines)
	})
}

// runTeamsAssign balances a stage's work between appraisers.
func runTeamsAssign(ctx context.Context, e *env, args []string) error {
	var members *int
	var people, units *string
	var seed *uint64
	var check *bool
	f, rest, err := teamsCommand(e, "teams assign", args, func(add flagAdder) {
		members = add.Int("members", 2, "appraisers of each unit")
		people = add.String("appraisers", "", "logins, separated by commas (default: every appraiser)")
		units = add.String("units", "", "unit codes, separated by commas (default: all of the period)")
		seed = add.Uint64("seed", 1, "another number gives another choice that is as good")
		check = add.Bool("check", false, "only say what would be assigned")
	})
	if err := noArguments(rest, err); err != nil {
		return err
	}
	return f.with(ctx, e, func(ctx context.Context, d *database, t *report.Teams) error {
		plan, err := t.Balance(report.TeamWish{Units: commaList(*units), Appraisers: commaList(*people), Members: *members, Seed: *seed})
		if err != nil {
			return err
		}
		tellPlan(e, plan, *members, *seed)
		if *check {
			for _, line := range plan.Lines {
				e.printf("%s\t%s\n", line.Unit, strings.Join(line.Members, ";"))
			}
			return nil
		}
		return writeTeams(ctx, e, d, t, plan.Lines)
	})
}

// tellPlan says what a balanced assignment could not do.
func tellPlan(e *env, plan report.TeamPlan, members int, seed uint64) {
	e.say("seed %d; loads differ by %d at most", seed, plan.Spread())
	for _, code := range sortedNames(plan.Short) {
		e.say("%s: only %d of %d members could be found", code, len(plan.Teams[code]), members)
	}
	for _, login := range sortedNames(plan.Again) {
		if units := plan.Again[login]; len(units) > 0 {
			e.say("%s scores again: %s", login, strings.Join(units, ", "))
		}
	}
	if len(plan.Left) > 0 {
		e.say("left out, for they take no team now: %s", strings.Join(plan.Left, ", "))
	}
}

func sortedNames[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// commaList splits a list; "" is none.
func commaList(s string) []string {
	var list []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func writeTeams(ctx context.Context, e *env, d *database, t *report.Teams, lines []dossier.TeamLine) error {
	out, err := t.Write(ctx, d.Store, lines, systemUser(), func(unit string, added []string) {
		if err := tellAssigned(ctx, d, t, unit, added); err != nil {
			e.say("%s: assigned, but the notice is not stored: %v", unit, err)
		}
	})
	e.printf("assigned\t%d\nsame\t%d\nfailed\t%d\n", out.Changed, out.Same, len(out.Failed))
	for _, f := range out.Failed {
		e.say("%s: %s", f.Unit, vi.Error(f.Err))
	}
	if err == nil && len(out.Failed) > 0 {
		return partlyRejected{len(out.Failed)}
	}
	return err
}

// tellAssigned puts into the application what the pages tell new members; a
// letter goes only out of a running server.
func tellAssigned(ctx context.Context, d *database, t *report.Teams, unit string, added []string) error {
	var list []store.Notice
	for _, login := range added {
		now := d.Store.Now()
		list = append(list, store.Notice{
			ID: store.NoticeID(site.NoticeAssigned, t.Period.ID, unit, t.Stage.Code, now.String(), login), To: login, Period: t.Period.ID, Unit: unit,
			Kind: site.NoticeAssigned, Args: []string{t.Units[unit].Name, t.Period.Title, t.Stage.Title}, URL: "/ho-so/" + t.Period.ID + "/" + unit, At: now,
		})
	}
	_, err := d.Store.AddNotices(ctx, list)
	return err
}
