package site

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/report"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// Limits of the pages of teams.
const (
	teamPreview = 100 // changes that a preview lists
	teamColumns = 5   // members that the template has room for, unless a team has more
	teamSpare   = 2   // empty places that the form of one unit offers
	teamLeast   = 3   // places it has at least
	teamStyle   = "desk.css"
)

// teamRoutes are the pages of who appraises what.
func (a *admin) teamRoutes(r fiber.Router, may, small fiber.Handler) {
	const base = "/quan-tri/ky/:id/phan-cong"
	large := limitBody(MaxMarksBody)
	r.Get(base, may, a.teams)
	r.Post(base, may, small, a.teamsSet)
	r.Get(base+"/mau.xlsx", may, a.teamTemplate)
	r.Get(base+"/nhap", may, a.teamImportPage)
	r.Post(base+"/nhap", may, a.teamImportRead)
	r.Get(base+"/tu-dong", may, a.teamBalancePage)
	r.Post(base+"/tu-dong", may, small, a.teamBalance)
	r.Post(base+"/ghi", may, large, a.teamsWrite)
	r.Get(base+"/:unit", may, a.teamOnePage)
	r.Post(base+"/:unit", may, small, a.teamOne)
}

// teamsOf reads the teams of the period and stage that a request names.
func (a *admin) teamsOf(c *fiber.Ctx) (*report.Teams, error) {
	stage := c.Query("cap")
	if c.Method() == fiber.MethodPost {
		stage = c.FormValue("cap")
	}
	return report.LoadTeams(c.UserContext(), a.store, c.Params("id"), stage)
}

func teamURL(period string) string { return "/quan-tri/ky/" + period + "/phan-cong" }

func (a *admin) teamPage(c *fiber.Ctx, t *report.Teams, title string) view.TeamPage {
	p := view.TeamPage{Admin: a.page(c, title), PeriodID: t.Period.ID, Period: t.Period.Title, Stage: t.Stage.Code, StageName: t.Stage.Title, Base: teamURL(t.Period.ID)}
	p.Styles = append(p.Styles, teamStyle)
	for _, s := range t.Period.Stages[1:] {
		p.Stages = append(p.Stages, view.Link{Label: s.Title, URL: p.Base + "?cap=" + s.Code, Current: s.Code == t.Stage.Code})
	}
	return p
}

// teams lists the units with their teams.
func (a *admin) teams(c *fiber.Ctx) error {
	d, err := a.store.Period(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	if !d.Steps {
		p := view.Teams{TeamPage: view.TeamPage{Admin: a.page(c, vi.Text("team.title")), PeriodID: d.ID, Period: d.Title}, Free: true}
		return c.Render("team/list", p)
	}
	t, err := a.teamsOf(c)
	if err != nil {
		return err
	}
	return a.showTeams(c, t, nil, nil)
}

// showTeams shows the list, perhaps with what could not be written.
func (a *admin) showTeams(c *fiber.Ctx, t *report.Teams, failed []report.TeamFailure, errs []view.FieldError) error {
	p := view.Teams{TeamPage: a.teamPage(c, t, vi.Text("team.title")), Total: len(t.Dossiers), Closed: t.Period.State != dossier.Open, People: teamPeople(t)}
	p.Errors = errs
	for _, f := range failed {
		p.Failed = append(p.Failed, view.TeamFailed{Unit: f.Unit, Name: t.Units[f.Unit].Name, Why: faultLines(f.Err)})
	}
	rows, counts := teamRows(t), map[string]int{}
	for _, r := range rows {
		for _, kind := range teamKinds(r) {
			counts[kind]++
		}
		if len(r.Members) > 0 {
			p.Assigned++
		}
	}
	filter, person := c.Query("loc"), c.Query("nguoi")
	rows = slices.DeleteFunc(rows, func(r view.TeamRow) bool {
		return !slices.Contains(teamKinds(r), filter) && filter != "" || person != "" && !slices.ContainsFunc(r.Members, func(m view.TeamMember) bool { return m.Login == person })
	})
	for _, kind := range []string{"", "chua", "tranh"} {
		n := counts[kind]
		if kind == "" {
			n = len(t.Dossiers)
		}
		p.Chips = append(p.Chips, view.Link{Label: vi.Text("team.filter."+kind, vi.Int(n)), URL: p.Base + "?cap=" + t.Stage.Code + "&loc=" + kind, Current: kind == filter && person == ""})
	}
	if person != "" {
		p.Chips = append(p.Chips, view.Link{Label: vi.Text("team.filterPerson", teamName(t, person), vi.Int(len(rows))), URL: p.Base + "?cap=" + t.Stage.Code + "&nguoi=" + queryEscape(person), Current: true})
	}
	for _, u := range t.Appraisers() {
		p.Choices = append(p.Choices, option(u.Login, u.Name+" ("+u.Login+")", ""))
	}
	p.Rows, p.List = listOf(c, rows, teamText, []listColumn[view.TeamRow]{
		{key: "ten", label: vi.Text("word.unit"), compare: byText(func(r view.TeamRow) string { return r.Name })},
		{key: "trang-thai", label: vi.Text("team.colState"), compare: byText(func(r view.TeamRow) string { return r.State.Text })},
		{key: "so", label: vi.Text("team.team"), compare: by(func(r view.TeamRow) int { return len(r.Members) })},
		{label: vi.Text("word.actions")},
	}, view.Pair{Name: "cap", Value: t.Stage.Code}, view.Pair{Name: "loc", Value: filter}, view.Pair{Name: "nguoi", Value: person})
	if len(errs)+len(failed) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("team/list", p)
}

func teamText(r view.TeamRow) string {
	text := r.Unit + " " + r.Name + " " + r.State.Text
	for _, m := range r.Members {
		text += " " + m.Login + " " + m.Name
	}
	return text
}

// teamKinds are the filters that a row belongs to.
func teamKinds(r view.TeamRow) []string {
	var kinds []string
	if len(r.Members) == 0 {
		kinds = append(kinds, "chua")
	}
	if slices.ContainsFunc(r.Members, func(m view.TeamMember) bool { return m.Recused || m.Gone }) {
		kinds = append(kinds, "tranh")
	}
	return kinds
}

func teamRows(t *report.Teams) []view.TeamRow {
	var rows []view.TeamRow
	for _, code := range t.Codes() {
		d := t.Dossiers[code]
		row := view.TeamRow{Unit: code, Name: t.Units[code].Name, URL: teamURL(t.Period.ID) + "/" + code + "?cap=" + t.Stage.Code, State: teamStatus(d.Status)}
		team := d.Team(t.Stage.Code)
		row.Round = team.Round
		for i, m := range team.Members {
			u, known := t.Users[m]
			row.Members = append(row.Members, view.TeamMember{
				Login: m, Name: teamName(t, m), Lead: i == 0, Finished: d.Finished(dossier.Layer{Stage: t.Stage.Code, Member: m, Round: team.Round}),
				Recused: slices.Contains(u.Recused, code), Gone: !known || u.Disabled || !u.Role.May(account.MarkStage),
			})
		}
		rows = append(rows, row)
	}
	return rows
}

func teamName(t *report.Teams, login string) string {
	if u, ok := t.Users[login]; ok && u.Name != "" {
		return u.Name
	}
	return login
}

// teamPeople are the loads of everybody who may appraise or does.
func teamPeople(t *report.Teams) []view.TeamPerson {
	units, leads, left := t.Load(), map[string]int{}, map[string]int{}
	for code := range t.Dossiers {
		d := t.Dossiers[code]
		done := d.Finishers(t.Stage.Code)
		for i, m := range t.Members(code) {
			if i == 0 {
				leads[m]++
			}
			if !slices.Contains(done, m) {
				left[m]++
			}
		}
	}
	var list []view.TeamPerson
	for _, u := range t.Users {
		if !u.Disabled && u.Role.May(account.MarkStage) || units[u.Login] > 0 {
			list = append(list, view.TeamPerson{Login: u.Login, Name: u.Name, URL: teamURL(t.Period.ID) + "?cap=" + t.Stage.Code + "&nguoi=" + queryEscape(u.Login), Units: units[u.Login], Leads: leads[u.Login], Left: left[u.Login], Recused: len(u.Recused)})
		}
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

// teamLooks are the colours of the statuses.
var teamLooks = map[dossier.Status]string{
	dossier.NotRegistered: "off", dossier.Registered: "warn", dossier.Returned: "bad", dossier.Submitted: "warn", dossier.Completion: "bad", dossier.Resubmitted: "warn",
	dossier.Proposed: "good", dossier.NotProposed: "off", dossier.Appealed: "warn", dossier.Recognised: "good", dossier.NotRecognised: "off", dossier.Revoked: "bad",
}

// teamStatus is a dossier's status as a word.
func teamStatus(s dossier.Status) view.Tag { return view.Tag{Text: vi.Words(s), Look: teamLooks[s]} }

// faultLines is an error with its problems in one line.
func faultLines(err error) string {
	f := asFault(err)
	if len(f.Problems) == 0 {
		return vi.Error(err)
	}
	lines := make([]string, len(f.Problems))
	for i, p := range f.Problems {
		lines[i] = vi.Text(p.Key, p.Args...)
	}
	return strings.Join(lines, " ")
}

// teamTemplate is the workbook with the present teams, to be edited.
func (a *admin) teamTemplate(c *fiber.Ctx) error {
	t, err := a.teamsOf(c)
	if err != nil {
		return err
	}
	label := func(login string) string { return login + " – " + teamName(t, login) }
	book := xlsx.TeamBook{Title: t.Period.Title, Stage: t.Stage.Title, Columns: teamColumns}
	for _, u := range t.Appraisers() {
		book.People = append(book.People, label(u.Login))
	}
	for _, row := range teamRows(t) {
		r := xlsx.TeamRow{Code: row.Unit, Unit: row.Name, State: row.State.Text}
		for _, m := range row.Members {
			r.Members = append(r.Members, label(m.Login))
		}
		book.Columns = max(book.Columns, len(r.Members))
		book.Rows = append(book.Rows, r)
	}
	var b bytes.Buffer
	if err := xlsx.WriteTeams(&b, book); err != nil {
		return err
	}
	return sendExcel(c, fmt.Sprintf("phan-cong-%s-%s", t.Period.ID, t.Stage.Code), b.Bytes())
}
