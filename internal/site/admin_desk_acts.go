package site

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// showStepDesk fills the desk of a period with steps.
func (a *admin) showStepDesk(c *fiber.Ctx, p *view.Desk, period dossier.Period) error {
	d, err := a.newStepDesk(c.UserContext(), period)
	if err != nil {
		return err
	}
	p.Wide, p.Styles = true, append(p.Styles, teamStyle)
	p.PeriodID, p.Open = period.ID, period.State == dossier.Open
	rows := d.rows()
	p.Chips = d.chips(c, rows)
	keep := []view.Pair{{Name: "ky", Value: period.ID}, {Name: "tt", Value: c.Query("tt")}}
	shown, list := listOf(c, d.chosen(c, rows), deskText, d.listColumns(), keep...)
	p.List = list
	shownAs := deskQuery(c, period.ID)
	p.ActURL, p.ExcelURL = "/quan-tri?"+shownAs, "/quan-tri/tien-do.xlsx?"+shownAs
	for _, r := range shown {
		r.Choosable = r.Choosable && p.Open
		p.AnyChosen = p.AnyChosen || r.Choosable
		p.StepRows = append(p.StepRows, r.StepRow)
	}
	if p.Deadlines, err = a.deskDeadlines(c, d); err != nil {
		return err
	}
	if p.Surveys, err = a.campaignPlans(c.UserContext(), period.ID); err != nil {
		return err
	}
	if len(p.Failed) > 0 || len(p.Errors) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("admin/desk", p)
}

// deskDeadlines are the days of the steps and of the target.
func (a *admin) deskDeadlines(c *fiber.Ctx, d *stepDesk) ([]view.Deadline, error) {
	rest, err := a.deadlines(c, &d.period)
	if err != nil {
		return nil, err
	}
	rest = slices.DeleteFunc(rest, func(x view.Deadline) bool { return strings.HasPrefix(x.URL, "/quan-tri/dot/") }) // they stand beside
	return append(d.steps(), rest...), nil
}

// deskQuery is the part of the address that says what is shown.
func deskQuery(c *fiber.Ctx, period string) string {
	q := "ky=" + queryEscape(period)
	for _, name := range []string{"tt", "q", "sap", "trang"} {
		if v := c.Query(name); v != "" {
			q += "&" + name + "=" + queryEscape(v)
		}
	}
	return q
}

// deskPeriod is the period that the desk shows.
func (a *admin) deskPeriod(c *fiber.Ctx) (dossier.Period, error) {
	periods, err := a.store.Periods(c.UserContext())
	if err != nil {
		return dossier.Period{}, err
	}
	d, ok := currentPeriod(periods, c.Query("ky"))
	if !ok || c.Query("ky") != "" && d.ID != c.Query("ky") {
		return d, fault.New(fault.NotFound, "store.period", c.Query("ky"))
	}
	if !d.Steps {
		return d, fault.New(fault.Conflict, "period.freeSettings", d.Title)
	}
	return d, nil
}

// deskActs approves or returns registrations, or takes submissions up, for all
// chosen units: each that still waits for it. It says how many were done, and
// which were not and why.
func (a *admin) deskActs(c *fiber.Ctx) error {
	period, err := a.deskPeriod(c)
	if err != nil {
		return err
	}
	acts := map[string]dossier.Act{"duyet": dossier.Approve, "tra-lai": dossier.Return, "tiep-nhan": dossier.Accept}
	act, ok := acts[c.FormValue("viec")]
	if !ok {
		return fault.New(fault.Malformed, "site.malformed")
	}
	reason := vi.Clean(c.FormValue("ly-do"))
	d, err := a.newStepDesk(c.UserContext(), period)
	if err != nil {
		return err
	}
	units := d.pick(c, act)
	if n := utf8.RuneCountInString(reason); act == dossier.Return && (n == 0 || n > dossier.MaxReason) {
		return a.deskAgain(c, reason, view.FieldError{Field: "ly-do", Message: vi.Text("dossier.reason", dossier.MaxReason)})
	}
	if len(units) == 0 {
		return a.deskAgain(c, reason, view.FieldError{Field: "bang", Message: vi.Text("team.noUnits")})
	}
	did := view.StepDesk{}
	n := 0
	for _, code := range units {
		err := d.actOn(c, act, code, reason, c.FormValue("ca-chua-dat") != "")
		switch {
		case err == nil:
			n++
		case fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden):
			did.Failed = append(did.Failed, view.TeamFailed{Unit: code, Name: d.units[code].Name, Why: faultLines(err)})
		default:
			return err
		}
	}
	did.Did = vi.Text("desk.did."+string(act), vi.Int(n))
	if len(did.Failed) == 0 {
		return c.Redirect("/quan-tri?"+deskQuery(c, period.ID)+"&xong=desk."+string(act)+"&so="+strconv.Itoa(n), fiber.StatusSeeOther)
	}
	return a.showDesk(c, did)
}

// deskAgain shows the desk with a problem of its form.
func (a *admin) deskAgain(c *fiber.Ctx, reason string, e view.FieldError) error {
	return a.showDesk(c, view.StepDesk{Reason: reason, Failed: []view.TeamFailed{{Why: e.Message}}})
}

// pick returns the units that were chosen, or all of the list that wait for the
// act.
func (d *stepDesk) pick(c *fiber.Ctx, act dossier.Act) []string {
	if c.FormValue("tat-ca") == "" {
		return formValues(c, "dv")
	}
	rule, _ := dossier.RuleOf(act)
	var units []string
	for _, r := range searched(d.chosen(c, d.rows()), cut(vi.Clean(c.Query("q")), maxQuery), deskText) {
		if slices.Contains(rule.From, r.dossier.Status) {
			units = append(units, r.Unit)
		}
	}
	return units
}

// actOn does an act to one unit's dossier. A registration that misses something
// of the gate is approved only when that is meant.
func (d *stepDesk) actOn(c *fiber.Ctx, act dossier.Act, code, reason string, meant bool) error {
	ctx := c.UserContext()
	p, err := d.loadPlace(ctx, d.period.ID, code)
	if err != nil {
		return err
	}
	p.user, _ = userOf(c)
	if act == dossier.Approve && !meant && p.dossier.Status == dossier.Registered {
		if lacks := d.gateLacks(&p.dossier); len(lacks) > 0 {
			return fault.List("desk.gate", p.lackProblems(lacks, d.namesOf(ctx)))
		}
	}
	_, err = d.act(ctx, p, act, actInput{Reason: reason, Rev: store.AnyRev, Seen: standing(&p.dossier)})
	return err
}

// deskExcel writes the list that the desk shows: same filter, search and order,
// all pages.
func (a *admin) deskExcel(c *fiber.Ctx) error {
	period, err := a.deskPeriod(c)
	if err != nil {
		return err
	}
	d, err := a.newStepDesk(c.UserContext(), period)
	if err != nil {
		return err
	}
	rows := searched(d.chosen(c, d.rows()), cut(vi.Clean(c.Query("q")), maxQuery), deskText)
	sortRows(rows, c.Query("sap"), d.listColumns())
	book := xlsx.SurveyTable{Title: vi.Text("title.desk"), Lines: []string{period.Title, deadlineWords(&period), vi.Text("desk.rows", vi.Int(len(rows)), vi.DateTime(a.now()))}, Sheet: vi.Text("title.desk"), Made: a.now()}
	for _, label := range slices.Concat([]string{vi.Text("word.unit"), vi.Text("word.code"), vi.Text("word.state")}, d.columns(), []string{vi.Text("desk.turn"), vi.Text("desk.until"), vi.Text("desk.lateBy")}) {
		book.Columns = append(book.Columns, xlsx.SurveyColumn{Label: label})
	}
	for _, r := range rows {
		values := []any{r.Name, r.Unit, r.Status.Text}
		for _, cell := range r.Cells {
			values = append(values, cell.Text)
		}
		book.Rows = append(book.Rows, append(values, r.Turn, r.Day, r.Late))
	}
	var b bytes.Buffer
	if err := xlsx.WriteSurveyTable(&b, book); err != nil {
		return err
	}
	return sendExcel(c, "tien-do-"+period.ID, b.Bytes())
}
