package site

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// The two processes that a period may go by.
const (
	processSteps = "buoc"
	processFree  = "tu-do"
)

// deadlineField starts the name of the field of a step's last day.
const deadlineField = "han-"

// stageSpare is how many empty lines for stages the form offers.
const stageSpare = 2

// periodSteps is the part of a period's form about the steps of the year. The
// lists hold one value for each line of the table of stages.
type periodSteps struct {
	Process     string
	Codes       []string
	Titles      []string
	Days        []string
	Register    string
	Submit      string
	Appeal      string
	Conditions  string
	LastYear    string
	MinSelf     string
	Spread      string
	MaxAppeals  string
	ValidMonths string
	Head        string
	version     int64
}

// bindPeriod reads the form of a period. A list of stages as text is taken as
// it is; else the lines of the table are one.
func (a *admin) bindPeriod(c *fiber.Ctx) periodInput {
	var in periodInput
	bind(c, &in)
	in.periodSteps = bindSteps(c)
	if in.Stages != "" {
		in.rowsFromStages(in.Stages)
		return in
	}
	var lines []string
	for i, code := range in.Codes {
		if line := strings.TrimSpace(code + " " + in.at(in.Titles, i)); line != "" {
			lines = append(lines, line)
		}
	}
	in.Stages = strings.Join(lines, "\n")
	return in
}

func bindSteps(c *fiber.Ctx) periodSteps {
	get := func(name string) string { return vi.Clean(c.FormValue(name)) }
	return periodSteps{
		Process: get("quy-trinh"), Codes: formValues(c, "cap-ma"), Titles: formValues(c, "cap-ten"), Days: formValues(c, "cap-han"),
		Register: get("han-register"), Submit: get("han-submit"), Appeal: get("han-appeal"),
		Conditions: get("dieu-kien"), LastYear: get("nam-truoc"), MinSelf: get("min_self"),
		Spread: get("spread"), MaxAppeals: get("max_appeals"), ValidMonths: get("valid_months"), Head: get("head"),
	}
}

func (periodSteps) at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// rowsFromStages fills the table of stages from a list as text.
func (in *periodSteps) rowsFromStages(text string) {
	in.Codes, in.Titles = nil, nil
	for _, s := range parseStages(text) {
		in.Codes, in.Titles = append(in.Codes, s.Code), append(in.Titles, s.Title)
	}
}

// inputOf is the form as a period fills it.
func inputOf(p dossier.Period) periodInput {
	in := periodInput{
		ID: p.ID, Title: p.Title, Year: strconv.Itoa(p.Year), Set: store.Ref(p.SetID, p.SetVer), Scope: p.Scope, On: p.On,
		Percent: vi.Decimal(p.Target.Percent), By: p.Target.By, Previous: p.Previous, periodSteps: periodStepsOf(p),
	}
	if p.Half > 0 {
		in.Half = strconv.Itoa(p.Half)
	}
	if p.Target.MinBand != "" {
		in.MinBand = in.Set + "/" + p.Target.MinBand
	}
	return in
}

func periodStepsOf(p dossier.Period) periodSteps {
	in := periodSteps{
		Process: processFree, Register: p.Deadlines[dossier.StepRegister], Submit: p.Deadlines[dossier.StepSubmit], Appeal: p.Deadlines[dossier.StepAppeal],
		MinSelf: vi.Decimal(p.Gate.MinSelf), Spread: vi.Decimal(p.Spread), Head: p.Head, version: p.Version,
	}
	if p.Steps {
		in.Process = processSteps
	}
	if p.Gate.Conditions {
		in.Conditions = "1"
	}
	if p.Gate.LastYear {
		in.LastYear = "1"
	}
	if p.MaxAppeals > 0 {
		in.MaxAppeals = strconv.Itoa(p.MaxAppeals)
	}
	if p.ValidMonths > 0 {
		in.ValidMonths = strconv.Itoa(p.ValidMonths)
	}
	for _, s := range p.Stages {
		in.Codes, in.Titles, in.Days = append(in.Codes, s.Code), append(in.Titles, s.Title), append(in.Days, p.Deadlines[s.Code])
	}
	return in
}

// readSteps puts the form's steps into a period and lists what is wrong. A free
// period has none of them.
func (a *admin) readSteps(ctx context.Context, in *periodInput, p *dossier.Period) ([]fault.Problem, error) {
	p.Steps = in.Process == processSteps
	if !p.Steps || len(p.Stages) < 2 {
		return nil, nil
	}
	days := map[string]string{}
	for i, code := range in.Codes {
		if i > 0 && code != "" {
			days[code] = in.at(in.Days, i)
		}
	}
	p.Gate = dossier.Gate{Conditions: in.Conditions != "", LastYear: in.LastYear != "", MinSelf: vi.ParseDecimal(in.MinSelf)}
	return a.readHarmless(ctx, &in.periodSteps, days, p)
}

// readHarmless puts the settings that may change while a period runs into it;
// days are those of the appraisal stages.
func (a *admin) readHarmless(ctx context.Context, in *periodSteps, days map[string]string, p *dossier.Period) ([]fault.Problem, error) {
	p.Deadlines = map[string]string{}
	set := func(step, day string) {
		if day != "" {
			p.Deadlines[step] = isoDay(day)
		}
	}
	for code, day := range days {
		set(code, day)
	}
	set(dossier.StepRegister, in.Register)
	set(dossier.StepSubmit, in.Submit)
	set(dossier.StepAppeal, in.Appeal)
	p.Spread, p.Head = vi.ParseDecimal(in.Spread), in.Head
	p.MaxAppeals, p.ValidMonths = wholeNumber(in.MaxAppeals), wholeNumber(in.ValidMonths)
	problems := p.CheckSteps()
	for i := range problems {
		if step, ok := strings.CutPrefix(problems[i].Path, "deadline:"); ok {
			problems[i].Path = deadlineField + step
		}
	}
	if in.Head == "" {
		return problems, nil
	}
	u, err := a.store.User(ctx, in.Head)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	return append(problems, dossier.CheckHead(u, err == nil)...), nil
}

// wholeNumber reads a number, 0 for nothing typed and -1 for no number.
func wholeNumber(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// sameSteps reports whether two periods have the same steps.
func sameSteps(a, b dossier.Period) bool {
	return a.Steps == b.Steps && maps.Equal(a.Deadlines, b.Deadlines) && a.Gate == b.Gate && a.Spread == b.Spread && a.MaxAppeals == b.MaxAppeals && a.ValidMonths == b.ValidMonths && a.Head == b.Head
}

// showSteps fills the steps of the form.
func (a *admin) showSteps(c *fiber.Ctx, p *view.PeriodNew, in *periodInput) error {
	steps, err := a.stepsView(c.UserContext(), &in.periodSteps, p.Page)
	if err != nil {
		return err
	}
	p.PeriodSteps = steps
	for range max(min(stageSpare, dossier.MaxStages-len(p.StageRows)), 0) {
		p.StageRows = append(p.StageRows, view.PeriodStage{First: len(p.StageRows) == 0})
	}
	return nil
}

func (a *admin) stepsView(ctx context.Context, in *periodSteps, page view.Page) (view.PeriodSteps, error) {
	v := view.PeriodSteps{
		Free: in.Process == processFree, Register: in.Register, Submit: in.Submit, Appeal: in.Appeal, GateConditions: in.Conditions != "", GateLastYear: in.LastYear != "",
		MinSelf: in.MinSelf, Spread: in.Spread, MaxAppeals: in.MaxAppeals, ValidMonths: in.ValidMonths,
	}
	for i, code := range in.Codes {
		id := deadlineField + code
		v.StageRows = append(v.StageRows, view.PeriodStage{Code: code, Title: in.at(in.Titles, i), Day: in.at(in.Days, i), ID: id, DayError: page.Error(id), First: i == 0})
	}
	users, err := a.store.Users(ctx)
	for _, u := range users {
		if u.Login == in.Head || len(dossier.CheckHead(u, true)) == 0 {
			v.Heads = append(v.Heads, option(u.Login, u.Name+" ("+vi.Text("role."+string(u.Role))+")", in.Head))
		}
	}
	slices.SortFunc(v.Heads, func(x, y view.Option) int { return strings.Compare(vi.Fold(x.Label), vi.Fold(y.Label)) })
	return v, err
}

// stepFacts are what the page of a period says of its steps.
func (a *admin) stepFacts(c *fiber.Ctx, d *dossier.Period) []view.Fact {
	if !d.Steps {
		return []view.Fact{{Label: vi.Text("period.process"), Value: vi.Text("period.free")}}
	}
	gate := gateWords(d.Gate)
	facts := []view.Fact{
		{Label: vi.Text("period.process"), Value: vi.Text("period.steps")}, {Label: vi.Text("period.deadlines"), Value: deadlineWords(d)}, {Label: vi.Text("period.gate"), Value: gate},
		{Label: vi.Text("period.spread"), Value: vi.Text("period.points", vi.Decimal(d.SpreadLimit().String()))}, {Label: vi.Text("period.appeals"), Value: vi.Text("period.criteria", d.AppealLimit())},
		{Label: vi.Text("period.validity"), Value: vi.Text("period.months", d.Validity())},
	}
	head := vi.Text("period.noHead")
	if d.Head != "" {
		head = a.namesOf(c.UserContext())(d.Head)
	}
	return append(facts, view.Fact{Label: vi.Text("period.head"), Value: head})
}

func gateWords(g dossier.Gate) string {
	var parts []string
	if g.Conditions {
		parts = append(parts, vi.Text("period.gateConditions"))
	}
	if g.LastYear {
		parts = append(parts, vi.Text("period.gateLastYear"))
	}
	if g.MinSelf != "" {
		parts = append(parts, vi.Text("period.gateSelf", vi.Decimal(g.MinSelf)))
	}
	if len(parts) == 0 {
		return vi.Text("period.gateNone")
	}
	return strings.Join(parts, "; ")
}

// deadlineWords lists the last days of a period's steps.
func deadlineWords(d *dossier.Period) string {
	var parts []string
	for _, step := range d.StepCodes() {
		if day := d.Deadlines[step]; day != "" {
			parts = append(parts, stepTitle(d, step)+" "+dayText(day))
		}
	}
	if len(parts) == 0 {
		return vi.Text("period.noDeadlines")
	}
	return strings.Join(parts, "; ")
}
