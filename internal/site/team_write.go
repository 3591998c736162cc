package site

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// putTeams writes teams, tells those who are new, and says what came of it.
func (a *admin) putTeams(c *fiber.Ctx, t *report.Teams, lines []dossier.TeamLine) error {
	user, _ := userOf(c)
	ctx := c.UserContext()
	out, err := t.Write(ctx, a.store, lines, user.Login, func(unit string, added []string) {
		a.notify(ctx, NoticeAssigned, t.Period.ID, unit, added, t.Stage.Title)
	})
	if err != nil {
		return err
	}
	if len(out.Failed) > 0 {
		now, err := report.LoadTeams(ctx, a.store, t.Period.ID, t.Stage.Code)
		if err != nil {
			return err
		}
		return a.showTeams(c, now, out.Failed, []view.FieldError{{Message: vi.Text("team.partly", vi.Int(out.Changed), vi.Int(len(out.Failed)))}})
	}
	return doneTeams(c, t, "teams", out.Changed, out.Same)
}

// doneTeams goes back to the list of the stage.
func doneTeams(c *fiber.Ctx, t *report.Teams, sentence string, numbers ...int) error {
	to := teamURL(t.Period.ID) + "?cap=" + t.Stage.Code + "&xong=" + sentence + "&so="
	for i, n := range numbers {
		if i > 0 {
			to += "."
		}
		to += strconv.Itoa(n)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// teamsSet gives all chosen units the same team, or one more member.
func (a *admin) teamsSet(c *fiber.Ctx) error {
	t, err := a.teamsOf(c)
	if err != nil {
		return err
	}
	units, members := formValues(c, "dv"), formValues(c, "nguoi")
	if lead := c.FormValue("to-truong"); lead != "" {
		members = append([]string{lead}, slices.DeleteFunc(members, func(m string) bool { return m == lead })...)
	}
	var errs []view.FieldError
	if len(units) == 0 {
		errs = append(errs, view.FieldError{Field: "bang", Message: vi.Text("team.noUnits")})
	}
	if len(members) == 0 && c.FormValue("viec") != "bo" {
		errs = append(errs, view.FieldError{Field: "to-truong", Message: vi.Text("team.noMembers")})
	}
	if len(errs) > 0 {
		return a.showTeams(c, t, nil, errs)
	}
	var lines []dossier.TeamLine
	for _, code := range units {
		if _, ok := t.Dossiers[code]; !ok {
			return fault.New(fault.NotFound, "team.unit", code)
		}
		lines = append(lines, dossier.TeamLine{Unit: code, Members: nextTeam(c.FormValue("viec"), t.Members(code), members, c.FormValue("to-truong"))})
	}
	return a.putTeams(c, t, lines)
}

// nextTeam is a unit's team after one of the three things that may be done to
// many: new members take the place of the old, join them, or nobody is left.
func nextTeam(what string, old, members []string, lead string) []string {
	switch what {
	case "bo":
		return nil
	case "them":
		next := slices.Clone(old)
		for _, m := range members {
			if !slices.Contains(next, m) {
				next = append(next, m)
			}
		}
		if i := slices.Index(next, lead); lead != "" && i > 0 {
			next = append([]string{lead}, slices.Delete(next, i, i+1)...)
		}
		return next
	}
	return members
}

// teamOnePage is the form of one unit's team.
func (a *admin) teamOnePage(c *fiber.Ctx) error {
	t, err := a.teamsOf(c)
	if err != nil {
		return err
	}
	return a.showTeamOne(c, t, nil, "", nil)
}

func (a *admin) showTeamOne(c *fiber.Ctx, t *report.Teams, chosen []string, reason string, errs []view.FieldError) error {
	code := c.Params("unit")
	d, ok := t.Dossiers[code]
	if !ok {
		return fault.New(fault.NotFound, "store.dossier", code)
	}
	members := t.Members(code)
	p := view.TeamOne{TeamPage: a.teamPage(c, t, vi.Text("team.one", t.Units[code].Name)), Unit: code, Name: t.Units[code].Name, State: vi.Words(d.Status), Again: d.Team(t.Stage.Code).Round > 1, Reason: reason, Version: strings.Join(members, " ")}
	p.Errors = errs
	if chosen == nil {
		chosen = members
	}
	for i := range min(max(len(chosen)+teamSpare, teamLeast), dossier.MaxMembers) {
		login := ""
		if i < len(chosen) {
			login = chosen[i]
		}
		p.Slots = append(p.Slots, teamSlot(t, &d, i, login))
	}
	recused := d.RecusedMembers(t.Stage.Code, t.Users)
	for _, m := range d.Finishers(t.Stage.Code) {
		if !slices.Contains(recused, m) {
			p.Finished = append(p.Finished, teamName(t, m))
		}
	}
	for _, m := range recused {
		p.Recused = append(p.Recused, teamName(t, m))
	}
	for login, units := range t.LastYear {
		if slices.Contains(units, code) {
			p.LastYear = append(p.LastYear, teamName(t, login))
		}
	}
	slices.Sort(p.LastYear)
	if err := d.May(dossier.Assign, dossier.Manager, &t.Period); err != nil {
		p.Locked = vi.Error(err)
	} else if d.Concluded(t.Stage.Code) {
		p.Locked = vi.Text("dossier.concluded", t.Stage.Title)
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("team/one", p)
}

// teamSlot is one place: whoever may be chosen, with how much they have; those
// who must keep out are left out unless they are there already.
func teamSlot(t *report.Teams, d *dossier.Dossier, i int, login string) view.TeamSlot {
	slot := view.TeamSlot{Name: "nguoi" + strconv.Itoa(i+1), Label: vi.Text("team.colLead")}
	if i > 0 {
		slot.Label = vi.Text("team.colMember", i+1)
	}
	load, there := t.Load(), false
	for _, u := range t.Appraisers() {
		if slices.Contains(u.Recused, d.Unit) && u.Login != login {
			continue
		}
		there = there || u.Login == login
		slot.Options = append(slot.Options, option(u.Login, vi.Text("team.withLoad", u.Name, vi.Int(load[u.Login])), login))
	}
	if login != "" && !there {
		slot.Options = append(slot.Options, option(login, teamName(t, login), login))
	}
	return slot
}

// teamOne writes the team of one unit.
func (a *admin) teamOne(c *fiber.Ctx) error {
	t, err := a.teamsOf(c)
	if err != nil {
		return err
	}
	code := c.Params("unit")
	d, ok := t.Dossiers[code]
	if !ok {
		return fault.New(fault.NotFound, "store.dossier", code)
	}
	if err := d.May(dossier.Assign, dossier.Manager, &t.Period); err != nil {
		return err
	}
	members := []string{}
	for i := range dossier.MaxMembers {
		if m := c.FormValue("nguoi" + strconv.Itoa(i+1)); m != "" {
			members = append(members, m)
		}
	}
	reason := vi.Clean(c.FormValue("ly-do"))
	if c.FormValue("truoc") != strings.Join(t.Members(code), " ") && !slices.Equal(members, t.Members(code)) {
		return a.showTeamOne(c, t, members, reason, []view.FieldError{{Message: vi.Text("team.changedNow", strings.Join(teamNames(t, t.Members(code)), ", "))}})
	}
	user, _ := userOf(c)
	faster := false // somebody else, since t was read
	_, added, err := a.store.AssignTeamIf(c.UserContext(), &t.Period, code, t.Stage.Code, members, t.Users, user.Login, reason, func(d *dossier.Dossier) error {
		now := d.Team(t.Stage.Code).Members
		if faster = !slices.Equal(now, t.Members(code)) && !slices.Equal(now, members); faster {
			return fault.New(fault.Conflict, "team.changedNow", strings.Join(teamNames(t, now), ", "))
		}
		return nil
	})
	if faster {
		var lerr error
		if t, lerr = report.LoadTeams(c.UserContext(), a.store, t.Period.ID, t.Stage.Code); lerr != nil {
			return lerr
		}
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		var errs []view.FieldError
		for _, p := range asFault(err).Problems {
			field := "nguoi1"
			if p.Path == "reason" {
				field = "ly-do"
			}
			errs = append(errs, view.FieldError{Field: field, Message: vi.Text(p.Key, p.Args...)})
		}
		if len(errs) == 0 {
			errs = []view.FieldError{{Field: "nguoi1", Message: vi.Error(err)}}
		}
		return a.showTeamOne(c, t, members, reason, errs)
	} else if err != nil {
		return err
	}
	if len(added) > 0 {
		a.notify(c.UserContext(), NoticeAssigned, t.Period.ID, code, added, t.Stage.Title)
	}
	return doneTeams(c, t, "team")
}

func teamNames(t *report.Teams, logins []string) []string {
	names := make([]string, len(logins))
	for i, m := range logins {
		names[i] = teamName(t, m)
	}
	return names
}

func (a *admin) teamImportPage(c *fiber.Ctx) error {
	t, err := a.teamsOf(c)
	if err != nil {
		return err
	}
	return c.Render("team/import", view.TeamImport{TeamPage: a.teamPage(c, t, vi.Text("team.import"))})
}

// teamImportRead reads an uploaded list and shows every problem of it, or what
// it would change. Nothing is written.
func (a *admin) teamImportRead(c *fiber.Ctx) error {
	t, err := a.teamsOf(c)
	if err != nil {
		return err
	}
	p := view.TeamImport{TeamPage: a.teamPage(c, t, vi.Text("team.import"))}
	name, data, err := upload(c, "tep", xlsx.MaxFile)
	p.File = name
	var lines []dossier.TeamLine
	if err == nil {
		lines, err = t.Read(name, data)
	}
	if err != nil {
		if !refusable(err) {
			return err
		}
		f := asFault(err)
		p.Errors = []view.FieldError{{Field: "tep", Message: vi.Text(f.Key, f.Args...)}}
		if len(f.Problems) > 0 {
			p.Problems = located(err)
		}
		return c.Status(statuses[f.Kind]).Render("team/import", p)
	}
	p.Read, p.TeamPreview = true, previewTeams(t, lines)
	return c.Render("team/import", p)
}

// teamData is one unit of a preview as its form carries it.
type teamData struct {
	Unit string   `json:"u"`
	Now  []string `json:"n"`
	Was  []string `json:"w"`
}

// previewTeams lists what lines would change.
func previewTeams(t *report.Teams, lines []dossier.TeamLine) view.TeamPreview {
	var p view.TeamPreview
	var all []teamData
	for _, line := range lines {
		was := t.Members(line.Unit)
		if slices.Equal(was, line.Members) {
			p.Same++
			continue
		}
		p.Changed++
		all = append(all, teamData{line.Unit, line.Members, was})
		if len(p.Rows) < teamPreview {
			p.Rows = append(p.Rows, view.TeamChange{Unit: line.Unit, Name: t.Units[line.Unit].Name, Was: strings.Join(teamNames(t, was), ", "), Now: strings.Join(teamNames(t, line.Members), ", ")})
		}
	}
	p.More = p.Changed - len(p.Rows)
	data, _ := json.Marshal(all) // strings alone: it cannot fail
	p.Data = string(data)
	return p
}

// teamsWrite writes a previewed list. All of it is checked once more before any
// is written.
func (a *admin) teamsWrite(c *fiber.Ctx) error {
	t, err := a.teamsOf(c)
	if err != nil {
		return err
	}
	var all []teamData
	if err := json.Unmarshal([]byte(c.FormValue("du-lieu")), &all); err != nil {
		return fault.Wrap(err, fault.Malformed, "site.malformed")
	}
	var lines []dossier.TeamLine
	var failed []report.TeamFailure
	for _, x := range all {
		d, ok := t.Dossiers[x.Unit]
		if !ok {
			return fault.New(fault.NotFound, "team.unit", x.Unit)
		}
		now := t.Members(x.Unit)
		if !slices.Equal(now, x.Was) && !slices.Equal(now, x.Now) {
			failed = append(failed, report.TeamFailure{Unit: x.Unit, Err: fault.New(fault.Conflict, "team.changed")})
		} else if err := d.TryAssign(&t.Period, t.Stage.Code, x.Now, t.Users); err != nil {
			failed = append(failed, report.TeamFailure{Unit: x.Unit, Err: err})
		}
		lines = append(lines, dossier.TeamLine{Unit: x.Unit, Members: x.Now})
	}
	if len(failed) > 0 {
		return a.showTeams(c, t, failed, []view.FieldError{{Message: vi.Text("team.nothing", vi.Int(len(failed)))}})
	}
	return a.putTeams(c, t, lines)
}
