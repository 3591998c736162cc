package site

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// stepDesk is what the desk of a period with steps is made from.
type stepDesk struct {
	*admin
	period   dossier.Period
	set      *rubric.Set
	today    string
	dossiers []dossier.Dossier
	units    map[string]unit.Unit
	users    map[string]account.User
	lastYear map[string]bool // by unit; nil where the gate does not ask
	codes    map[string]bool // what a unit fills in
}

// stepRow is one dossier while the list is made.
type stepRow struct {
	view.StepRow
	dossier *dossier.Dossier
	order   int // of the status in the year
	days    int // late by, the most
}

func (a *admin) newStepDesk(ctx context.Context, p dossier.Period) (*stepDesk, error) {
	d := &stepDesk{admin: a, period: p, today: a.today()}
	var err error
	if d.set, err = a.store.Set(ctx, p.SetID, p.SetVer); err != nil {
		return nil, err
	}
	d.codes = manualCodes(d.set)
	if d.dossiers, err = a.store.Dossiers(ctx, p.ID); err != nil {
		return nil, err
	}
	units, err := a.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	d.units = unitNames(units)
	if d.users, err = a.store.UsersByLogin(ctx); err != nil {
		return nil, err
	}
	asked := slices.ContainsFunc(d.dossiers, func(x dossier.Dossier) bool { return x.Status == dossier.Registered })
	if p.Gate.LastYear && asked {
		d.lastYear, err = a.recognisedIn(ctx, p.Previous)
	}
	return d, err
}

// recognisedIn reports which units a period recognised: by a decision where it
// had steps, by their scores otherwise.
func (a *admin) recognisedIn(ctx context.Context, period string) (map[string]bool, error) {
	units := map[string]bool{}
	if period == "" {
		return units, nil
	}
	r, err := result.Of(ctx, a.store, period, "")
	if fault.Is(err, fault.NotFound) {
		return units, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range r.Ranked {
		units[r.Ranked[i].Unit] = r.Ranked[i].Recognised
	}
	for i := range r.Dossiers {
		switch d := &r.Dossiers[i]; d.Status {
		case dossier.Recognised:
			units[d.Unit] = true
		case dossier.NotRecognised, dossier.Revoked:
			units[d.Unit] = false
		}
	}
	for i := range r.Dossiers { // also by a recognition that was carried over
		if d := &r.Dossiers[i]; d.Status == dossier.Recognised {
			for _, x := range d.Recognition.Carried {
				units[x.To] = true
			}
		}
	}
	return units, nil
}

// rows are all dossiers, by the names of the units.
func (d *stepDesk) rows() []stepRow {
	rows := make([]stepRow, len(d.dossiers))
	for i := range d.dossiers {
		rows[i] = d.row(&d.dossiers[i])
	}
	compare := vi.Collator()
	slices.SortStableFunc(rows, func(x, y stepRow) int { return compare(x.Name, y.Name) })
	return rows
}

func (d *stepDesk) row(x *dossier.Dossier) stepRow {
	row := stepRow{dossier: x, order: slices.Index(dossier.Statuses(), x.Status)}
	row.Unit, row.Name, row.URL = x.Unit, cmp.Or(d.units[x.Unit].Name, x.Unit), dossierURL(d.period.ID, x.Unit)
	row.Status = teamStatus(x.Status)
	row.Turn = d.turn(x)
	for _, step := range yearSteps(&d.period) {
		if b, ok := behindAt(&d.period, x, step); ok && b.day != "" && d.period.State == dossier.Open {
			row.Day = dayText(b.day)
			if left, _ := daysBetween(d.today, b.day); left < 0 {
				row.Late, row.days = vi.Text("desk.late", stepTitle(&d.period, step), -left), -left
			}
		}
	}
	row.Cells = d.cells(x)
	if x.Status == dossier.Registered {
		row.Gate = d.gate(x)
	}
	row.Choosable = x.Status == dossier.Registered || x.Status == dossier.Submitted || x.Status == dossier.Resubmitted
	return row
}

// turn says whom a dossier waits for.
func (d *stepDesk) turn(x *dossier.Dossier) string {
	stage := x.Stage
	if stage == "" {
		stage = d.period.Stages[1].Code
	}
	if x.Status == dossier.Appraisal && d.period.State == dossier.Open {
		switch why, who := behindStage(&d.period, x, stage); why {
		case whyTeam:
			return vi.Text("desk.turnTeam")
		case whySheets:
			return vi.Text("desk.turnSheets", d.names(who))
		case whyConclude:
			return vi.Text("desk.turnConclude", d.names(who))
		}
	}
	return vi.Words(dossier.NextActs(x.Status, d.period.State))
}

func (d *stepDesk) names(logins []string) string {
	names := make([]string, len(logins))
	for i, login := range logins {
		names[i] = cmp.Or(d.users[login].Name, login)
	}
	return strings.Join(names, ", ")
}

// gate is what the period's gate finds in a registration.
func (d *stepDesk) gate(x *dossier.Dossier) *view.StepGate {
	g := &view.StepGate{Note: x.Registration.Note}
	if x.Registration.Self != "" {
		g.Self = vi.Decimal(x.Registration.Self)
	}
	g.Conditions = vi.Text("desk.conditions", len(x.Registration.Conditions), len(d.set.Conditions))
	if d.lastYear != nil {
		g.LastYear = vi.Text("desk.lastYearNo")
		if d.lastYear[x.Unit] {
			g.LastYear = vi.Text("desk.lastYearYes")
		}
	}
	words := &place{period: d.period}
	for _, l := range d.gateLacks(x) {
		g.Lacks = append(g.Lacks, vi.Text(l.Key, words.lackArgs(l, nil)...)) // nobody is named in these
	}
	return g
}

func (d *stepDesk) gateLacks(x *dossier.Dossier) []dossier.Lack {
	return x.GateLacks(x.Registration, &dossier.Facts{Set: d.set, Period: &d.period, LastYear: d.lastYear[x.Unit]})
}

// steps are the last days of the period with how many are behind.
func (d *stepDesk) steps() []view.Deadline {
	var list []view.Deadline
	if d.period.State != dossier.Open {
		return nil
	}
	for _, step := range yearSteps(&d.period) {
		n := 0
		for i := range d.dossiers {
			if _, ok := behindAt(&d.period, &d.dossiers[i], step); ok {
				n++
			}
		}
		day := d.period.Deadlines[step]
		if n == 0 && (day == "" || d.period.Past(step, d.today)) {
			continue
		}
		x := view.Deadline{Label: stepTitle(&d.period, step), When: dayWord(day), Count: n, URL: deadlineURL(d.period.ID, step)}
		if step == stepCompletion {
			x.When = ""
		}
		if left, ok := daysBetween(d.today, day); ok {
			x.Left, x.Late = dayLeft(day, left), left < 0
		}
		list = append(list, x)
	}
	return list
}

// campaignPlans are the period's campaigns with how many answers they have and
// need.
func (a *admin) campaignPlans(ctx context.Context, period string) ([]view.DeskCampaign, error) {
	campaigns, err := a.store.CampaignsOf(ctx, period)
	if err != nil {
		return nil, err
	}
	var list []view.DeskCampaign
	for i := range campaigns {
		c := &campaigns[i]
		row := a.campaignRow(c, "/khao-sat/")
		tallies, err := a.store.Tallies(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, t := range tallies {
			row.Responses += t.N()
		}
		x := view.DeskCampaign{Title: c.Title, URL: row.URL, State: row.State, Closes: row.Closes, Have: row.Responses}
		people, _, err := a.store.Populations(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		x.Need = planNeed(c, people)
		list = append(list, x)
	}
	return list, nil
}

// planNeed is how many answers a campaign's plan asks for, 0 without one.
func planNeed(c *survey.Campaign, people survey.Populations) int64 {
	var need int64
	for _, code := range c.Units {
		for group := range people[code] {
			n, _ := c.Need(people, code, group)
			need += int64(n)
		}
	}
	return need
}
