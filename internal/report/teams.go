package report

import (
	"context"
	"path"
	"slices"
	"strings"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// Teams is who appraises what at one stage of a period, with what assigning
// depends on.
type Teams struct {
	Period   dossier.Period
	Stage    dossier.Stage
	Dossiers map[string]dossier.Dossier // by unit
	Units    map[string]unit.Unit
	Users    map[string]account.User
	LastYear map[string][]string // login → units of the period before
}

// LoadTeams reads the teams of a period; stage "" is the first appraisal stage.
// A period without steps has none: Conflict.
func LoadTeams(ctx context.Context, s *store.Store, period, stage string) (*Teams, error) {
	t := &Teams{Dossiers: map[string]dossier.Dossier{}, Units: map[string]unit.Unit{}, LastYear: map[string][]string{}}
	var err error
	if t.Period, err = s.Period(ctx, period); err != nil {
		return nil, err
	}
	if !t.Period.Steps {
		return nil, fault.New(fault.Conflict, "dossier.free", dossier.Assign)
	}
	if stage == "" {
		stage = t.Period.Stages[1].Code
	}
	var ok bool
	if t.Stage, ok = t.Period.Stage(stage); !ok || stage == dossier.SelfStage {
		return nil, fault.New(fault.NotFound, "result.stage", stage)
	}
	return t, t.load(ctx, s)
}

func (t *Teams) load(ctx context.Context, s *store.Store) error {
	var err error
	if t.Users, err = s.UsersByLogin(ctx); err != nil {
		return err
	}
	units, err := s.Units(ctx)
	if err != nil {
		return err
	}
	for _, u := range units {
		t.Units[u.Code] = u
	}
	list, err := s.Dossiers(ctx, t.Period.ID)
	if err != nil {
		return err
	}
	for _, d := range list {
		t.Dossiers[d.Unit] = d
	}
	if t.Period.Previous == "" {
		return nil
	}
	before, err := s.Dossiers(ctx, t.Period.Previous)
	for i := range before {
		for _, team := range before[i].Teams {
			for _, m := range team.Members {
				if !slices.Contains(t.LastYear[m], before[i].Unit) {
					t.LastYear[m] = append(t.LastYear[m], before[i].Unit)
				}
			}
		}
	}
	return err
}

// Codes lists the units in code order.
func (t *Teams) Codes() []string {
	list := make([]string, 0, len(t.Dossiers))
	for code := range t.Dossiers {
		list = append(list, code)
	}
	slices.Sort(list)
	return list
}

// Appraisers lists those who may be assigned, by name.
func (t *Teams) Appraisers() []account.User {
	var list []account.User
	for _, u := range t.Users {
		if !u.Disabled && u.Role.May(account.MarkStage) {
			list = append(list, u)
		}
	}
	compare := vi.Collator()
	slices.SortFunc(list, func(a, b account.User) int {
		if n := compare(a.Name, b.Name); n != 0 {
			return n
		}
		return strings.Compare(a.Login, b.Login)
	})
	return list
}

// Members are those of a unit at the stage.
func (t *Teams) Members(code string) []string {
	d := t.Dossiers[code]
	return d.Team(t.Stage.Code).Members
}

// Load counts the units of everybody at the stage.
func (t *Teams) Load() map[string]int {
	load := map[string]int{}
	for code := range t.Dossiers {
		for _, m := range t.Members(code) {
			load[m]++
		}
	}
	return load
}

// Read reads a list of teams, by what the file is and not by its name alone.
func (t *Teams) Read(name string, data []byte) ([]dossier.TeamLine, error) {
	var table unit.Table
	var err error
	if xlsx.IsWorkbook(data) || strings.EqualFold(path.Ext(name), ".xlsx") {
		table, err = xlsx.ReadTable(data, "")
	} else {
		table, err = unit.ReadCSV(data)
	}
	if err != nil {
		return nil, err
	}
	return dossier.ReadTeams(table, dossier.TeamRules{Period: &t.Period, Stage: t.Stage.Code, Dossiers: t.Dossiers, Users: t.Users, Fold: vi.Fold})
}

// TeamWish asks for a balanced assignment.
type TeamWish struct {
	Units      []string // none: all
	Appraisers []string // none: all
	Members    int      // of each unit
	Seed       uint64
}

// TeamPlan is a balanced assignment before it is written. Left are units that
// take no team any more.
type TeamPlan struct {
	dossier.Assigned
	Lines []dossier.TeamLine // that change something, in code order
	Same  int                // units whose team stays
	Left  []string
}

// Balance proposes teams. Members whose sheets are in stay; units that take no
// team now are left out. Invalid when somebody chosen is no appraiser, or the
// number of members cannot be.
func (t *Teams) Balance(w TeamWish) (TeamPlan, error) {
	a := dossier.Assignment{Appraisers: w.Appraisers, Members: w.Members, Seed: w.Seed, Recused: map[string][]string{}, LastYear: t.LastYear, Keep: map[string][]string{}}
	if err := t.checkWish(&a, &w); err != nil {
		return TeamPlan{}, err
	}
	var plan TeamPlan
	for _, code := range w.Units {
		d := t.Dossiers[code]
		if d.May(dossier.Assign, dossier.Manager, &t.Period) != nil || d.Concluded(t.Stage.Code) {
			plan.Left = append(plan.Left, code)
			continue
		}
		a.Units = append(a.Units, code)
		if keep := d.Finishers(t.Stage.Code); len(keep) > 0 {
			a.Keep[code] = keep
		}
	}
	a.Load = t.loadBeside(a.Units)
	plan.Assigned = dossier.Balance(a)
	for _, code := range a.Units {
		if slices.Equal(plan.Teams[code], t.Members(code)) {
			plan.Same++
			continue
		}
		plan.Lines = append(plan.Lines, dossier.TeamLine{Unit: code, Members: plan.Teams[code]})
	}
	return plan, nil
}

func (t *Teams) checkWish(a *dossier.Assignment, w *TeamWish) error {
	var ps []fault.Problem
	if w.Members < 1 || w.Members > dossier.MaxMembers {
		ps = append(ps, fault.Problem{Path: "members", Key: "team.members", Args: []any{dossier.MaxMembers}})
	}
	if len(a.Appraisers) == 0 {
		for _, u := range t.Appraisers() {
			a.Appraisers = append(a.Appraisers, u.Login)
		}
	}
	for _, login := range a.Appraisers {
		d := dossier.Dossier{}
		for _, p := range d.CheckTeam(t.Stage.Code, []string{login}, t.Users) {
			p.Path = "appraisers"
			ps = append(ps, p)
		}
		a.Recused[login] = t.Users[login].Recused
	}
	if len(a.Appraisers) == 0 {
		ps = append(ps, fault.Problem{Path: "appraisers", Key: "team.noAppraisers"})
	}
	if len(w.Units) == 0 {
		w.Units = t.Codes()
	}
	w.Units = slices.Compact(slices.Sorted(slices.Values(w.Units)))
	for _, code := range w.Units {
		if _, ok := t.Dossiers[code]; !ok {
			ps = append(ps, fault.Problem{Path: "units", Key: "team.unit", Args: []any{code}})
		}
	}
	return fault.List("team.refused", ps)
}

// loadBeside counts what everybody has at the stage outside some units.
func (t *Teams) loadBeside(units []string) map[string]int {
	load := map[string]int{}
	for code := range t.Dossiers {
		if _, chosen := slices.BinarySearch(units, code); chosen {
			continue
		}
		for _, m := range t.Members(code) {
			load[m]++
		}
	}
	return load
}

// TeamOutcome is what came of writing teams, unit by unit.
type TeamOutcome struct {
	Changed int
	Same    int
	Failed  []TeamFailure
}

// TeamFailure is a unit whose team was not written, and why.
type TeamFailure struct {
	Unit string
	Err  error
}

// Write assigns teams one unit after the other; told, if any, hears of those
// who are new. What cannot be done is told in the outcome and does not stop the
// rest; a failure of the database does. A team that somebody changed since t was
// read stays.
func (t *Teams) Write(ctx context.Context, s *store.Store, lines []dossier.TeamLine, by string, told func(unit string, added []string)) (TeamOutcome, error) {
	var out TeamOutcome
	for _, line := range lines {
		if slices.Equal(line.Members, t.Members(line.Unit)) {
			out.Same++
			continue
		}
		was := t.Members(line.Unit)
		_, added, err := s.AssignTeamIf(ctx, &t.Period, line.Unit, t.Stage.Code, line.Members, t.Users, by, "", func(d *dossier.Dossier) error {
			if now := d.Team(t.Stage.Code).Members; !slices.Equal(now, was) && !slices.Equal(now, line.Members) {
				return fault.New(fault.Conflict, "team.changed")
			}
			return nil
		})
		switch {
		case err == nil:
			out.Changed++
			if told != nil && len(added) > 0 {
				told(line.Unit, added)
			}
		case fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound):
			out.Failed = append(out.Failed, TeamFailure{line.Unit, err})
		default:
			return out, err
		}
	}
	return out, nil
}
