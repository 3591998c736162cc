package site

import (
	"cmp"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// desk shows how far every unit of the current period is, the least complete
// first, and the first steps while there is nothing yet.
func (a *admin) desk(c *fiber.Ctx) error {
	return a.showDesk(c, view.StepDesk{})
}

// showDesk shows the desk, perhaps with what came of an act on many dossiers.
func (a *admin) showDesk(c *fiber.Ctx, did view.StepDesk) error {
	p := view.Desk{Admin: a.page(c, vi.Text("title.desk")), StepDesk: did}
	periods, err := a.store.Periods(c.UserContext())
	if err != nil {
		return err
	}
	if p.Setup, err = a.setupSteps(c, len(periods) > 0); err != nil {
		return err
	}
	d, ok := currentPeriod(periods, c.Query("ky"))
	if !ok {
		return c.Render("admin/desk", p)
	}
	for _, o := range periods {
		p.Periods = append(p.Periods, option(o.ID, o.Title, d.ID))
	}
	p.Period, p.PeriodURL, p.State = d.Title, "/quan-tri/ky/"+d.ID, periodTag(d.State)
	if p.Steps = d.Steps && d.State != dossier.Draft; p.Steps {
		return a.showStepDesk(c, &p, d)
	}
	if err := a.deskRows(c, &p, d); err != nil {
		return err
	}
	if p.Deadlines, err = a.deadlines(c, &d); err != nil {
		return err
	}
	return c.Render("admin/desk", p)
}

// currentPeriod is the one asked for, else the newest open one, else the
// newest.
func currentPeriod(list []dossier.Period, id string) (dossier.Period, bool) {
	i := slices.IndexFunc(list, func(p dossier.Period) bool { return p.ID == id })
	if i < 0 {
		i = slices.IndexFunc(list, func(p dossier.Period) bool { return p.State == dossier.Open })
	}
	if i < 0 && len(list) > 0 {
		i = 0
	}
	if i < 0 {
		return dossier.Period{}, false
	}
	return list[i], true
}

// deskRow is one unit while the list is made.
type deskRow struct {
	view.DeskRow
	total score.Points
	left  int // marks that are still missing, over all stages
}

func (a *admin) deskRows(c *fiber.Ctx, p *view.Desk, d dossier.Period) error {
	r, err := result.Of(c.UserContext(), a.store, d.ID, "")
	if err != nil {
		return err
	}
	columns := []listColumn[deskRow]{
		{key: "viec", label: vi.Text("word.missing"), number: true, compare: func(x, y deskRow) int { return y.left - x.left }},
		{key: "ten", label: vi.Text("word.unit"), compare: byText(func(r deskRow) string { return r.Name })},
	}
	for i, s := range d.Stages {
		p.Stages = append(p.Stages, s.Title)
		columns = append(columns, listColumn[deskRow]{key: "cap-" + s.Code, label: s.Title, compare: by(func(r deskRow) int { return r.Stages[i].Done })})
	}
	columns = append(columns,
		listColumn[deskRow]{key: "diem", label: vi.Text("word.points"), number: true, compare: by(func(r deskRow) score.Points { return r.total })},
		listColumn[deskRow]{key: "phieu", label: vi.Text("word.responses"), number: true, compare: by(func(r deskRow) int64 { return r.Responses })})
	rows := a.deskUnits(r)
	p.Counts = deskCounts(r, rows)
	collate := vi.Collator()
	slices.SortStableFunc(rows, func(x, y deskRow) int { return collate(x.Name, y.Name) })
	rows, p.List = listOf(c, rows, func(r deskRow) string { return r.Unit + " " + r.Name }, columns, view.Pair{Name: "ky", Value: c.Query("ky")})
	for _, row := range rows {
		p.Rows = append(p.Rows, row.DeskRow)
	}
	return nil
}

func (a *admin) deskUnits(r *result.Result) []deskRow {
	answers := map[string]int64{}
	for i := range r.Surveys {
		for _, u := range r.Surveys[i].Units {
			answers[u.Unit] += u.N
		}
	}
	scores := make(map[string]*score.Result, len(r.Ranked))
	for i := range r.Ranked {
		scores[r.Ranked[i].Unit] = &r.Ranked[i]
	}
	codes := manualCodes(r.Set)
	rows := make([]deskRow, len(r.Dossiers))
	for i := range r.Dossiers {
		d := &r.Dossiers[i]
		row := deskRow{DeskRow: view.DeskRow{Unit: d.Unit, Name: cmp.Or(r.Units[d.Unit].Name, d.Unit), Responses: answers[d.Unit]}}
		for _, s := range r.Period.Stages {
			done := markedCount(d, s.Code, codes)
			row.left += len(codes) - done
			row.Stages = append(row.Stages, view.Progress{Done: done, All: len(codes), URL: "/ho-so/" + r.Period.ID + "/" + d.Unit + "?cap=" + s.Code})
		}
		row.Late = row.left > 0
		if sc := scores[d.Unit]; sc != nil {
			row.total = sc.Total
			if row.Stages[len(row.Stages)-1].Done > 0 {
				row.Total = vi.Decimal(sc.Total.String(r.Set.Decimals))
			}
			if b := r.Set.BandIndex(sc.Band); b >= 0 {
				row.Band = r.Set.Recognition.Bands[b].Title
			}
		}
		rows[i] = row
	}
	return rows
}

// manualCodes are the entries that a stage fills in: every leaf but those the
// survey fills, and every condition.
func manualCodes(set *rubric.Set) map[string]bool {
	codes := map[string]bool{}
	for _, leaf := range set.Leaves() {
		if leaf.Rule.Type != rubric.RuleSurvey {
			codes[leaf.Code] = true
		}
	}
	for _, condition := range set.Conditions {
		codes[dossier.ConditionPrefix+condition.Code] = true
	}
	return codes
}

func markedCount(d *dossier.Dossier, stage string, codes map[string]bool) int {
	n := 0
	for i := range d.Entries {
		if e := &d.Entries[i]; e.Stage == stage && codes[e.Code] && !e.Mark.Empty() {
			n++
		}
	}
	return n
}

// deskCounts are the figures above the table.
func deskCounts(r *result.Result, rows []deskRow) []view.Figure {
	figures := []view.Figure{{Label: vi.Text("admin.desk.units"), Value: vi.Int(len(rows))}}
	for i, s := range r.Period.Stages {
		n := 0
		for _, row := range rows {
			if row.Stages[i].Complete() {
				n++
			}
		}
		figures = append(figures, view.Figure{Label: vi.Text("admin.desk.done", s.Title), Value: vi.Int(n)})
	}
	total := int64(0)
	for _, row := range rows {
		total += row.Responses
	}
	return append(figures,
		view.Figure{Label: vi.Text("admin.desk.recognised"), Value: vi.Int(r.Target.Recognised), URL: "/bao-cao/xep-hang?ky=" + r.Period.ID},
		view.Figure{Label: vi.Text("admin.desk.responses"), Value: vi.Int(total), URL: "/khao-sat"})
}

// deadlines are the days that end something: campaigns and the target.
func (a *admin) deadlines(c *fiber.Ctx, d *dossier.Period) ([]view.Deadline, error) {
	campaigns, err := a.store.CampaignsOf(c.UserContext(), d.ID)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(campaigns, func(x, y survey.Campaign) int { return x.Closes.Compare(y.Closes) })
	now := a.now()
	var list []view.Deadline
	for _, s := range campaigns {
		list = append(list, view.Deadline{Label: s.Title, When: vi.DateTime(s.Closes), Left: daysLeft(now, s.Closes), URL: "/quan-tri/dot/" + s.ID, Late: !now.Before(s.Closes)})
	}
	if by, err := time.ParseInLocation(time.DateOnly, d.Target.By, vi.Zone); err == nil {
		end := by.AddDate(0, 0, 1)
		list = append(list, view.Deadline{Label: vi.Text("admin.desk.targetBy", vi.Decimal(d.Target.Percent)), When: dayText(d.Target.By), Left: daysLeft(now, end), URL: "/quan-tri/ky/" + d.ID, Late: !now.Before(end)})
	}
	return list, nil
}

func daysLeft(now, end time.Time) string {
	switch left := end.Sub(now); {
	case left <= 0:
		return vi.Text("admin.over")
	case left < 24*time.Hour:
		return vi.Text("admin.hoursLeft", int(left.Hours())+1)
	default:
		return vi.Text("admin.daysLeft", int(left.Hours()/24))
	}
}

// setupSteps are the first steps of a new installation; none once all are done.
func (a *admin) setupSteps(c *fiber.Ctx, hasPeriod bool) ([]view.SetupStep, error) {
	ctx := c.UserContext()
	units, err := a.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	sets, err := a.store.SetVersions(ctx)
	if err != nil {
		return nil, err
	}
	campaigns, err := a.store.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	users, err := a.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	issued := slices.ContainsFunc(sets, func(v store.Version) bool { return v.State == store.Issued })
	steps := []view.SetupStep{
		{Label: vi.Text("title.unitImport"), Hint: vi.Text("admin.setup.unitsHint"), URL: "/quan-tri/don-vi/nhap", Action: vi.Text("admin.setup.units"), Done: len(units) > 0},
		{Label: vi.Text("admin.setup.set"), Hint: vi.Text("admin.setup.setHint"), URL: "/quan-tri/bo-tieu-chi", Action: vi.Text("admin.setup.set"), Done: issued},
		{Label: vi.Text("title.periodNew"), Hint: vi.Text("admin.setup.periodHint"), URL: "/quan-tri/ky/moi", Action: vi.Text("admin.setup.period"), Done: hasPeriod},
		{Label: vi.Text("admin.setup.campaignTitle"), Hint: vi.Text("admin.setup.campaignHint"), URL: "/quan-tri/dot/moi", Action: vi.Text("admin.setup.campaign"), Done: len(campaigns) > 0},
		{Label: vi.Text("title.userNew"), Hint: vi.Text("admin.setup.usersHint"), Action: vi.Text("title.userNew"), Done: len(users) > 1},
	}
	if mayDo(c, account.SeeUsers) {
		steps[len(steps)-1].URL = "/quan-tri/tai-khoan/moi"
	}
	if !slices.ContainsFunc(steps, func(s view.SetupStep) bool { return !s.Done }) {
		return nil, nil
	}
	return steps, nil
}
