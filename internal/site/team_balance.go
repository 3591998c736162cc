package site

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// defaultTeam is how many members a balanced assignment gives a unit at first.
const defaultTeam = 2

// teamWish is the form of a balanced assignment.
type teamWish struct {
	Members string   `form:"so"`
	Seed    string   `form:"hat"`
	Which   string   `form:"don-vi"`
	People  []string `form:"nguoi"`
}

func (a *admin) teamBalancePage(c *fiber.Ctx) error {
	t, err := a.teamsOf(c)
	if err != nil {
		return err
	}
	in := teamWish{Members: strconv.Itoa(defaultTeam), Seed: strconv.Itoa(a.now().YearDay()), Which: "chua"}
	for _, u := range t.Appraisers() {
		in.People = append(in.People, u.Login)
	}
	if !slices.ContainsFunc(t.Codes(), func(code string) bool { return len(t.Members(code)) == 0 }) {
		in.Which = "tat-ca"
	}
	return c.Render("team/balance", a.balancePage(c, t, in))
}

func (a *admin) balancePage(c *fiber.Ctx, t *report.Teams, in teamWish) view.TeamBalance {
	p := view.TeamBalance{TeamPage: a.teamPage(c, t, vi.Text("team.balance")), Members: in.Members, Seed: in.Seed}
	load := t.Load()
	for _, u := range t.Appraisers() {
		label := vi.Text("team.withLoad", u.Name, vi.Int(load[u.Login]))
		if len(u.Recused) > 0 {
			label = vi.Text("team.withRecused", label, vi.Int(len(u.Recused)))
		}
		p.People = append(p.People, view.Option{Value: u.Login, Label: label, Chosen: slices.Contains(in.People, u.Login)})
	}
	none := 0
	for code := range t.Dossiers {
		if len(t.Members(code)) == 0 {
			none++
		}
	}
	p.Which = []view.Option{option("chua", vi.Text("team.whichNone", vi.Int(none)), in.Which), option("tat-ca", vi.Text("team.whichAll", vi.Int(len(t.Dossiers))), in.Which)}
	return p
}

// teamBalance works a balanced assignment out and shows it. Nothing is written.
func (a *admin) teamBalance(c *fiber.Ctx) error {
	t, err := a.teamsOf(c)
	if err != nil {
		return err
	}
	var in teamWish
	bind(c, &in)
	p := a.balancePage(c, t, in)
	wish, errs := readWish(t, in)
	var plan report.TeamPlan
	if len(errs) == 0 {
		plan, err = t.Balance(wish)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
		errs = wishErrors(err)
	}
	if len(errs) > 0 {
		p.Errors = errs
		return c.Status(fiber.StatusUnprocessableEntity).Render("team/balance", p)
	}
	p.Read, p.TeamPreview, p.Span = true, previewTeams(t, plan.Lines), plan.Spread()
	p.Same = plan.Same
	p.Loads = planLoads(t, plan)
	for _, code := range plan.Left {
		p.Left = append(p.Left, t.Units[code].Name)
	}
	for code, n := range plan.Short {
		p.Short = append(p.Short, vi.Text("team.short", t.Units[code].Name, vi.Int(n)))
	}
	for login, units := range plan.Again {
		for _, code := range units {
			p.Again = append(p.Again, vi.Text("team.again", teamName(t, login), t.Units[code].Name))
		}
	}
	slices.Sort(p.Short)
	slices.Sort(p.Again)
	return c.Render("team/balance", p)
}

// readWish reads the numbers of the form.
func readWish(t *report.Teams, in teamWish) (report.TeamWish, []view.FieldError) {
	w := report.TeamWish{Appraisers: in.People}
	var errs []view.FieldError
	var err error
	if w.Members, err = strconv.Atoi(in.Members); err != nil {
		w.Members = 0
	}
	if w.Members < 1 || w.Members > dossier.MaxMembers {
		errs = append(errs, view.FieldError{Field: "so", Message: vi.Text("team.members", dossier.MaxMembers)})
	}
	if w.Seed, err = strconv.ParseUint(in.Seed, 10, 64); err != nil {
		errs = append(errs, view.FieldError{Field: "hat", Message: vi.Text("team.seed")})
	}
	if len(in.People) == 0 {
		errs = append(errs, view.FieldError{Field: "nguoi", Message: vi.Text("team.noPeople")})
	}
	if in.Which != "tat-ca" {
		for _, code := range t.Codes() {
			if len(t.Members(code)) == 0 {
				w.Units = append(w.Units, code)
			}
		}
		if len(w.Units) == 0 {
			errs = append(errs, view.FieldError{Field: "don-vi", Message: vi.Text("team.allAssigned")})
		}
	}
	return w, errs
}

func wishErrors(err error) []view.FieldError {
	if err == nil {
		return nil
	}
	fields := map[string]string{"members": "so", "appraisers": "nguoi", "units": "don-vi"}
	var errs []view.FieldError
	for _, p := range asFault(err).Problems {
		errs = append(errs, view.FieldError{Field: fields[p.Path], Message: vi.Text(p.Key, p.Args...)})
	}
	return errs
}

// planLoads are the loads after a plan: of the units it gives a team, and of those
// that keep theirs.
func planLoads(t *report.Teams, plan report.TeamPlan) []view.TeamPerson {
	leads := map[string]int{}
	for _, team := range plan.Teams {
		if len(team) > 0 {
			leads[team[0]]++
		}
	}
	for _, code := range t.Codes() {
		if _, planned := plan.Teams[code]; !planned && len(t.Members(code)) > 0 {
			leads[t.Members(code)[0]]++
		}
	}
	var list []view.TeamPerson
	for login, n := range plan.Load {
		list = append(list, view.TeamPerson{Login: login, Name: teamName(t, login), Units: n, Leads: leads[login]})
	}
	compare := vi.Collator()
	slices.SortFunc(list, func(x, y view.TeamPerson) int {
		if n := compare(x.Name, y.Name); n != 0 {
			return n
		}
		return strings.Compare(x.Login, y.Login)
	})
	return list
}
