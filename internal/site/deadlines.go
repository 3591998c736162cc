package site

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

const (
	deadlinePath = "/han"
	// soonDays is how many days before its last day a step is marked as near.
	soonDays = 7
)

// deadlineRoutes are the deadlines of a period and the reminders.
func (s *Server) deadlineRoutes(r fiber.Router) {
	r.Get(deadlinePath, s.may(account.SeeDossiers), s.deadlines)
	r.Get(deadlinePath+".xlsx", s.may(account.SeeDossiers), s.deadlinesExcel)
	r.Post(deadlinePath+"/:period/nhac", s.may(account.EditPeriods), limitBody(maxNoticeForm), s.remindByHand)
}

// deadlineURL is the list of those behind at a step.
func deadlineURL(period, step string) string {
	return deadlinePath + "?ky=" + queryEscape(period) + "&buoc=" + queryEscape(step)
}

// deadlineView is what one request about deadlines knows.
type deadlineView struct {
	*reminder
	user   account.User
	today  string
	byStep map[string][]behind // what the user may see
}

// deadlines shows the steps of a period with who is behind: a commune its own
// dossier, an appraiser those that wait for them, the others all.
func (s *Server) deadlines(c *fiber.Ctx) error {
	user, _ := userOf(c)
	p, periods, ok, err := s.periodChoice(c, user.Unit)
	if err != nil {
		return err
	}
	v := view.Deadlines{Page: s.page(c, vi.Text("deadline.title")), PeriodID: p.ID, Period: p.Title, Periods: periods, Free: ok && !p.Steps}
	v.Flash, v.Styles = deadlineFlash(c), []string{"notice.css"}
	switch {
	case !ok:
		v.Empty = vi.Text("deadline.noPeriod")
	case v.Free:
		v.Empty = vi.Text("deadline.free")
	}
	if v.Empty != "" {
		return c.Render("notice/deadlines", v)
	}
	d, err := s.deadlineView(c.UserContext(), p, user)
	if err != nil {
		return err
	}
	v.Own = user.Role == account.Commune || user.Role == account.Appraiser
	v.MayRemind = user.Role.May(account.EditPeriods) && p.State == dossier.Open
	v.Step = d.chosen(c.Query("buoc"))
	v.StepTitle = stepTitle(&p, v.Step)
	v.Steps = d.steps(v.Step)
	return s.showBehind(c, d, v)
}

func (s *Server) deadlineView(ctx context.Context, p dossier.Period, user account.User) (*deadlineView, error) {
	r, err := s.newReminder(ctx, p)
	if err != nil {
		return nil, err
	}
	d := &deadlineView{reminder: r, user: user, today: s.today(), byStep: map[string][]behind{}}
	for _, step := range yearSteps(&p) {
		d.byStep[step] = slices.DeleteFunc(r.behind(step), func(b behind) bool { return !d.mine(b) })
	}
	return d, nil
}

// mine reports whether the user's list has a row.
func (d *deadlineView) mine(b behind) bool {
	switch d.user.Role {
	case account.Commune:
		return b.officers && b.unit == d.user.Unit
	case account.Appraiser:
		return slices.Contains(b.who, d.user.Login) || b.why == whyAppeal && d.judges(b.unit)
	}
	return true
}

// judges reports whether the user may decide the appeals of a unit.
func (d *deadlineView) judges(unit string) bool {
	return slices.ContainsFunc(d.dossiers, func(x dossier.Dossier) bool {
		return x.Unit == unit && x.WhoOf(d.user, &d.period).Has(dossier.Judge)
	})
}

// chosen is the step whose rows are listed: the one asked for, else the first
// with somebody behind.
func (d *deadlineView) chosen(asked string) string {
	steps := yearSteps(&d.period)
	if slices.Contains(steps, asked) {
		return asked
	}
	for _, step := range steps {
		if len(d.byStep[step]) > 0 {
			return step
		}
	}
	return steps[0]
}

// steps lists the steps of the year; what units are asked to complete only
// while there is any.
func (d *deadlineView) steps(chosen string) []view.DeadlineStep {
	var list []view.DeadlineStep
	for _, step := range yearSteps(&d.period) {
		count, day := len(d.byStep[step]), d.period.Deadlines[step]
		if step == stepCompletion && count == 0 && chosen != step {
			continue
		}
		x := view.DeadlineStep{Code: step, Title: stepTitle(&d.period, step), Day: dayWord(day), Count: count, URL: deadlineURL(d.period.ID, step), Current: step == chosen}
		if step == stepCompletion {
			x.Day = vi.Text("deadline.each")
		} else {
			x.Left, x.Look = d.left(day, count > 0)
		}
		x.State = view.Tag{Text: vi.Text("deadline.nobody"), Look: "good"}
		if d.user.Role == account.Commune {
			x.State = d.ownState(step)
		}
		if count > 0 {
			x.State = view.Tag{Text: vi.Text("deadline.count", vi.Int(count)), Look: cmp.Or(x.Look, "warn")}
			if d.user.Role == account.Commune {
				x.State.Text = vi.Text("deadline.yours")
			}
		}
		list = append(list, x)
	}
	return list
}

// ownState says how far the user's own unit is with a step that does not wait
// for it.
func (d *deadlineView) ownState(step string) view.Tag {
	i := slices.IndexFunc(d.dossiers, func(x dossier.Dossier) bool { return x.Unit == d.user.Unit })
	if i < 0 {
		return view.Tag{}
	}
	own, done := &d.dossiers[i], false
	switch step {
	case dossier.StepRegister:
		done = true // else it would wait for the unit
	case dossier.StepSubmit:
		done = !own.SubmittedAt.IsZero()
	case dossier.StepAppeal, stepCompletion:
		return view.Tag{}
	default:
		done = own.Concluded(step)
	}
	if done {
		return view.Tag{Text: vi.Text("deadline.ownDone"), Look: "good"}
	}
	return view.Tag{Text: vi.Text("deadline.notYet"), Look: "off"}
}

// left says how long a step still has, and how that looks.
func (d *deadlineView) left(day string, waits bool) (words, look string) {
	left, ok := daysBetween(d.today, day)
	switch {
	case !ok:
		return "", ""
	case left < 0 && !waits:
		return vi.Text("deadline.over"), "off"
	case left < 0:
		look = "bad"
	case left <= soonDays:
		look = "warn"
	}
	return dayLeft(day, left), look
}

// showBehind lists the rows of the chosen step.
func (s *Server) showBehind(c *fiber.Ctx, d *deadlineView, v view.Deadlines) error {
	name := func(b behind) string { return d.units[b.unit].Name }
	rows, list := listOf(c, d.byStep[v.Step], d.text, deadlineColumns(d), view.Pair{Name: "ky", Value: d.period.ID}, view.Pair{Name: "buoc", Value: v.Step})
	v.List = list
	if list.Total > 0 {
		v.Excel = deadlinePath + ".xlsx" + queryOf(c)
	}
	reminded, err := d.remindedToday(c.UserContext(), v.Step, rows)
	if err != nil {
		return err
	}
	for _, b := range rows {
		row := view.DeadlineRow{Unit: b.unit, Name: name(b), URL: dossierURL(d.period.ID, b.unit), Why: whyWords(b.why), Day: dayWord(b.day), Who: d.names(b), Today: reminded[b.unit]}
		row.Left, row.Look = d.left(b.day, true)
		row.Late = row.Look == "bad"
		row.Remindable = len(row.Who) > 0 && (b.officers || len(b.who) > 0)
		v.Rows = append(v.Rows, row)
	}
	if len(v.Rows) == 0 {
		v.Done = vi.Text("deadline.done", v.StepTitle)
		if v.Own {
			v.Done = vi.Text("deadline.doneOwn", v.StepTitle)
		}
	}
	return c.Render("notice/deadlines", v)
}

func whyWords(why string) string { return vi.Text("deadline.why." + why) }

// names are those whose turn it is, by name; an appeal waits for no one in
// particular.
func (d *deadlineView) names(b behind) []string {
	if b.why == whyAppeal {
		return []string{vi.Text("who.judge")}
	}
	logins := b.who
	if b.officers {
		logins = d.officers[b.unit]
	}
	var list []string
	for _, login := range logins {
		if u, ok := d.people[login]; ok {
			list = append(list, u.Name)
		}
	}
	return list
}

// remindedToday reports which units' people were reminded of a step today.
func (d *deadlineView) remindedToday(ctx context.Context, step string, rows []behind) (map[string]bool, error) {
	if !d.user.Role.May(account.EditPeriods) {
		return nil, nil
	}
	_, by := d.remind(step, "", d.today, 0, rows)
	reminded := map[string]bool{}
	for code, ids := range by {
		for _, id := range ids {
			has, err := d.store.HasNotice(ctx, id)
			if err != nil {
				return nil, err
			}
			reminded[code] = reminded[code] || has
		}
	}
	return reminded, nil
}

func deadlineColumns(d *deadlineView) []listColumn[behind] {
	columns := []listColumn[behind]{
		{key: "ten", label: vi.Text("word.unit"), compare: byText(func(b behind) string { return d.units[b.unit].Name })},
		{key: "viec", label: vi.Text("deadline.what"), compare: byText(func(b behind) string { return whyWords(b.why) })},
		{key: "han", label: vi.Text("deadline.day"), compare: by(func(b behind) string { return b.day })},
		{key: "ai", label: vi.Text("deadline.who"), compare: byText(func(b behind) string { return strings.Join(d.names(b), ", ") })},
	}
	return columns
}

// remindByHand reminds the people of chosen units, or of all that are behind,
// of a step.
func (s *Server) remindByHand(c *fiber.Ctx) error {
	p, err := s.store.Period(c.UserContext(), c.Params("period"))
	if err != nil {
		return err
	}
	step := c.FormValue("buoc")
	switch {
	case !p.Steps || p.State != dossier.Open:
		return fault.New(fault.Conflict, "deadline.closed", p.Title)
	case !slices.Contains(yearSteps(&p), step):
		return fault.New(fault.NotFound, "deadline.noStep", step)
	}
	r, err := s.newReminder(c.UserContext(), p)
	if err != nil {
		return err
	}
	chosen := formValues(c, "dv")
	if c.FormValue("tat-ca") != "" {
		chosen = p.Units
	}
	to := deadlineURL(p.ID, step)
	if len(chosen) == 0 {
		return c.Redirect(to+"&nhac=khong", fiber.StatusSeeOther)
	}
	res, err := r.byHand(c.UserContext(), step, s.today(), chosen)
	if err != nil {
		return err
	}
	return c.Redirect(fmt.Sprintf("%s&xong=reminded&so=%d.%d.%d", to, res.sent, res.before, res.nobody), fiber.StatusSeeOther)
}

// deadlineFlash says what reminding did; that nothing was chosen too.
func deadlineFlash(c *fiber.Ctx) string {
	if c.Query("nhac") != "" {
		return vi.Text("deadline.chooseOne")
	}
	return flash(c)
}
