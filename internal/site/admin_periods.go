package site

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// periods lists the periods.
func (a *admin) periods(c *fiber.Ctx) error {
	list, err := a.store.Periods(c.UserContext())
	if err != nil {
		return err
	}
	p := view.Periods{Admin: a.page(c, vi.Text("word.period"))}
	rows, listing := listOf(c, list, func(d dossier.Period) string { return d.ID + " " + d.Title + " " + d.SetID }, []listColumn[dossier.Period]{
		{key: "nam", label: vi.Text("word.year"), number: true, compare: func(x, y dossier.Period) int { return y.Year - x.Year }},
		{key: "ten", label: vi.Text("word.period"), compare: byText(func(d dossier.Period) string { return d.Title })},
		{key: "bo", label: vi.Text("word.set"), compare: by(func(d dossier.Period) string { return store.Ref(d.SetID, d.SetVer) })},
		{key: "so", label: vi.Text("word.unit"), number: true, compare: by(func(d dossier.Period) int { return len(d.Units) })},
		{label: vi.Text("word.state")},
	})
	p.List = listing
	for _, d := range rows {
		p.Rows = append(p.Rows, view.PeriodRow{ID: d.ID, Title: d.Title, Set: store.Ref(d.SetID, d.SetVer), URL: "/quan-tri/ky/" + d.ID, Year: d.Year, Units: len(d.Units), State: periodTag(d.State)})
	}
	return c.Render("admin/periods", p)
}

// periodInput is the form of a new period.
type periodInput struct {
	ID       string `form:"id" label:"word.periodCode" validate:"required,max=40"`
	Title    string `form:"title" label:"word.periodName" validate:"required,max=200"`
	Year     string `form:"year" label:"word.year" validate:"required,number,len=4"`
	Half     string `form:"half" label:"word.period" validate:"max=1"`
	Set      string `form:"set" label:"word.set" validate:"required"`
	Scope    string `form:"scope" label:"word.scope" validate:"max=64"`
	On       string `form:"on" label:"word.unitsDay" validate:"required"`
	Stages   string `form:"stages" label:"word.stages" validate:"required,max=2000"`
	Percent  string `form:"percent" label:"word.target" validate:"required,max=20"`
	By       string `form:"by" label:"word.targetBy" validate:"max=20"`
	MinBand  string `form:"min_band" label:"word.minBand" validate:"max=120"`
	Previous string `form:"previous" label:"word.previous" validate:"max=40"`
	periodSteps
}

// defaultPercent is the target a new period starts from.
const defaultPercent = "60"

func (a *admin) periodNewPage(c *fiber.Ctx) error {
	if from := c.Query("tu"); from != "" {
		old, err := a.store.Period(c.UserContext(), from)
		if err != nil {
			return err
		}
		return a.showPeriodNew(c, inputOf(old.Renewed()), fiber.StatusOK, nil)
	}
	now := a.now().In(vi.Zone)
	year := strconv.Itoa(now.Year())
	in := periodInput{ID: year, Title: vi.Text("admin.period.yearTitle", year), Year: year, On: now.Format("2006-01-02"), Stages: vi.Text("admin.period.stages"), Percent: defaultPercent, By: year + "-12-31"}
	in.Process = processSteps
	if half := c.Query("loai"); half == "1" || half == "2" {
		in.ID, in.Title, in.Half = year+"-"+half, vi.Text("admin.period.half"+half, year), half
	}
	in.rowsFromStages(in.Stages)
	return a.showPeriodNew(c, in, fiber.StatusOK, nil)
}

func (a *admin) showPeriodNew(c *fiber.Ctx, in periodInput, status int, errs []view.FieldError) error {
	ctx := c.UserContext()
	p := view.PeriodNew{Admin: a.page(c, vi.Text("title.periodNew")), ID: in.ID, Name: in.Title, Year: in.Year, On: in.On, Percent: in.Percent, By: in.By, Action: "/quan-tri/ky/moi"}
	p.Errors, p.Styles = errs, append(p.Styles, teamStyle)
	p.Halves = []view.Option{option("", vi.Text("admin.period.whole"), in.Half), option("1", vi.Text("admin.period.first"), in.Half), option("2", vi.Text("admin.period.second"), in.Half)}
	if err := a.showSteps(c, &p, &in); err != nil {
		return err
	}
	units, err := a.store.Units(ctx)
	if err != nil {
		return err
	}
	p.Units, p.Scopes = len(units), scopeOptions(units, in.Scope)
	versions, err := a.store.SetVersions(ctx)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.State != store.Issued {
			continue
		}
		ref := store.Ref(v.ID, v.Number)
		p.Sets = append(p.Sets, option(ref, v.Title+" ("+ref+")", in.Set))
		set, err := a.store.Set(ctx, v.ID, v.Number)
		if err != nil {
			return err
		}
		if set.Recognition != nil {
			p.Bands = append(p.Bands, bandOptions(ref, set, in.MinBand))
		}
	}
	chooseOnly(p.Sets)
	periods, err := a.store.Periods(ctx)
	if err != nil {
		return err
	}
	for _, d := range periods {
		if d.ID == c.Params("id") {
			continue
		}
		p.Previous = append(p.Previous, option(d.ID, d.Title, in.Previous))
		p.From = append(p.From, view.Link{Label: d.Title, URL: "/quan-tri/ky/moi?tu=" + queryEscape(d.ID), Current: d.ID == c.Query("tu")})
	}
	if id := c.Params("id"); id != "" {
		p.Title, p.Action, p.Draft, p.Version = vi.Text("admin.period.edit"), "/quan-tri/ky/"+id+"/thiet-lap", true, in.version
	}
	return c.Status(status).Render("admin/period_new", p)
}

func bandOptions(ref string, set *rubric.Set, chosen string) view.OptionGroup {
	g := view.OptionGroup{Label: set.Title}
	for _, b := range set.Recognition.Bands {
		g.Options = append(g.Options, option(ref+"/"+b.Code, vi.Text("admin.period.bandFrom", b.Title, vi.Decimal(b.Min.String())), chosen))
	}
	return g
}

// periodNew creates a draft of a period. The same form sent twice is one.
func (a *admin) periodNew(c *fiber.Ctx) error {
	in := a.bindPeriod(c)
	p, errs, err := a.readPeriod(c.UserContext(), &in)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return a.showPeriodNew(c, in, fiber.StatusUnprocessableEntity, errs)
	}
	_, err = a.store.PutPeriod(c.UserContext(), p, eventOf(c, "periods/"+p.ID+"#new", audit.PeriodChanged, "periods/"+p.ID, audit.Change{Field: "created", After: p.Title}))
	if fault.Is(err, fault.Conflict) {
		now, gerr := a.store.Period(c.UserContext(), p.ID)
		if gerr == nil && samePeriod(now, p) {
			return done(c, "/quan-tri/ky/"+p.ID, "period")
		}
		return a.showPeriodNew(c, in, fiber.StatusConflict, []view.FieldError{{Field: "id", Message: vi.Error(err)}})
	} else if err != nil {
		return err
	}
	return done(c, "/quan-tri/ky/"+p.ID, "period")
}

func samePeriod(a, b dossier.Period) bool {
	return a.State == b.State && a.Title == b.Title && a.Year == b.Year && a.Half == b.Half && a.SetID == b.SetID && a.SetVer == b.SetVer && a.Scope == b.Scope &&
		a.On == b.On && slices.Equal(a.Stages, b.Stages) && a.Target == b.Target && a.Previous == b.Previous && sameSteps(a, b)
}

// readPeriod turns the form into a period and lists everything wrong with it.
func (a *admin) readPeriod(ctx context.Context, in *periodInput) (dossier.Period, []view.FieldError, error) {
	p := dossier.Period{ID: in.ID, Title: in.Title, Scope: in.Scope, On: isoDay(in.On), Stages: parseStages(in.Stages), State: dossier.Draft, Previous: in.Previous}
	p.Year, _ = strconv.Atoi(in.Year)
	p.Half = wholeNumber(in.Half)
	p.Target = dossier.Target{Percent: vi.ParseDecimal(strings.TrimSuffix(in.Percent, "%")), By: isoDay(in.By)}
	problems := p.Check(survey.Slug)
	stepProblems, err := a.readSteps(ctx, in, &p)
	if err != nil {
		return p, nil, err
	}
	problems = append(problems, stepProblems...)
	bad := func(path, key string, args ...any) {
		problems = append(problems, fault.Problem{Path: path, Key: key, Args: args})
	}
	if n, err := rubric.ParseNum(p.Target.Percent); err != nil || n.Sign() < 0 || n.Cmp(rubric.Int(100)) > 0 {
		bad("percent", "dossier.percent")
	}
	missing := func(path string, err error) error {
		if fault.Is(err, fault.NotFound) {
			bad(path, asFault(err).Key, asFault(err).Args...)
			return nil
		}
		return err
	}
	set, err := a.issuedSet(ctx, &p, in.Set)
	if err := missing("set", err); err != nil {
		return p, nil, err
	}
	if ref, band, ok := strings.Cut(in.MinBand, "/"); in.MinBand != "" {
		p.Target.MinBand = band
		if set != nil && (!ok || ref != in.Set || set.BandIndex(band) < 0) {
			bad("min_band", "admin.band")
		}
	}
	if p.Scope != "" {
		if _, err := a.store.Unit(ctx, p.Scope); err != nil {
			if err := missing("scope", err); err != nil {
				return p, nil, err
			}
		}
	}
	if p.Previous != "" {
		if _, err := a.store.Period(ctx, p.Previous); err != nil {
			if err := missing("previous", err); err != nil {
				return p, nil, err
			}
		}
	}
	return p, a.forms.all(in, problems), nil
}

// issuedSet takes a reference into the period: only issued versions may be.
func (a *admin) issuedSet(ctx context.Context, p *dossier.Period, ref string) (*rubric.Set, error) {
	id, number, _ := strings.Cut(ref, "@")
	p.SetID = id
	p.SetVer, _ = strconv.Atoi(number)
	v, err := a.store.SetVersion(ctx, p.SetID, p.SetVer)
	if err != nil {
		return nil, err
	}
	if v.State != store.Issued {
		return nil, fault.New(fault.NotFound, "admin.notIssued", ref)
	}
	return a.store.Set(ctx, p.SetID, p.SetVer)
}

// isoDay reads a day as typed or as a date field sends it; what is no day
// comes back as it is, for the check to refuse.
func isoDay(s string) string {
	if d, ok := unit.ParseDate(s); ok {
		return string(d)
	}
	return s
}

// parseStages reads one stage a line: the code, a blank, the title.
func parseStages(s string) []dossier.Stage {
	var list []dossier.Stage
	for _, line := range textLines(s) {
		code, title, _ := strings.Cut(line, " ")
		list = append(list, dossier.Stage{Code: code, Title: strings.TrimSpace(title)})
	}
	return list
}

// unitsOf returns the units a period would be opened with now: those of its
// scope, of the set's levels, that exist on its day.
func (a *admin) unitsOf(ctx context.Context, p *dossier.Period) ([]unit.Unit, error) {
	set, err := a.store.Set(ctx, p.SetID, p.SetVer)
	if err != nil {
		return nil, err
	}
	all, err := a.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	return unit.Assessed(all, p.Scope, set.AppliesTo, unit.Date(p.On)), nil
}

func unitCodes(list []unit.Unit) []string {
	codes := make([]string, len(list))
	for i, u := range list {
		codes[i] = u.Code
	}
	return codes
}
