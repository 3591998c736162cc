package site

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// campaignDays is how long a new campaign is proposed to last.
const campaignDays = 30

// fieldTime is how a browser sends a date and time field.
const fieldTime = "2006-01-02T15:04"

// campaignInput is the form of a new campaign.
type campaignInput struct {
	ID     string   `form:"id" label:"word.campaignCode" validate:"required,max=40"`
	Title  string   `form:"title" label:"word.campaignName" validate:"required,max=200"`
	Period string   `form:"period" label:"word.period" validate:"max=40"`
	Form   string   `form:"form" label:"word.surveyForm" validate:"required"`
	Scope  string   `form:"scope" label:"word.scope" validate:"max=64"`
	Groups []string `form:"groups" label:"word.respondents" validate:"max=10"`
	Opens  string   `form:"opens" label:"word.opens" validate:"required"`
	Closes string   `form:"closes" label:"word.closes" validate:"required"`
	campaignSettings
}

func (a *admin) campaignNewPage(c *fiber.Ctx) error {
	now := a.now().In(vi.Zone)
	start := time.Date(now.Year(), now.Month(), now.Day(), 7, 0, 0, 0, vi.Zone)
	in := campaignInput{Period: vi.Clean(c.Query("ky")), Opens: start.Format(fieldTime), Closes: start.AddDate(0, 0, campaignDays).Add(10 * time.Hour).Format(fieldTime), campaignSettings: settingsOf(&survey.Campaign{})}
	return a.showCampaignNew(c, in, fiber.StatusOK, nil)
}

func (a *admin) showCampaignNew(c *fiber.Ctx, in campaignInput, status int, errs []view.FieldError) error {
	ctx := c.UserContext()
	p := view.CampaignNew{Admin: a.page(c, vi.Text("title.campaignNew")), ID: in.ID, Name: in.Title, Opens: in.Opens, Closes: in.Closes, CampaignFields: in.fields()}
	p.Errors = errs
	units, err := a.store.Units(ctx)
	if err != nil {
		return err
	}
	p.Scopes = scopeOptions(units, in.Scope)
	periods, err := a.store.Periods(ctx)
	if err != nil {
		return err
	}
	for _, d := range periods {
		if d.State == dossier.Draft || d.State == dossier.Open {
			p.Periods = append(p.Periods, option(d.ID, d.Title, in.Period))
		}
	}
	forms, err := a.store.FormVersions(ctx)
	if err != nil {
		return err
	}
	for _, v := range forms {
		if v.State == store.Issued {
			ref := store.Ref(v.ID, v.Number)
			p.Forms = append(p.Forms, option(ref, v.Title+" ("+ref+")", in.Form))
		}
	}
	chooseOnly(p.Forms)
	for _, g := range survey.Respondents() {
		p.Groups = append(p.Groups, view.Option{Value: g, Label: vi.Text("group." + g), Chosen: slices.Contains(in.Groups, g)})
	}
	return c.Status(status).Render("admin/campaign_new", p)
}

// campaignNew creates a campaign. The same form sent twice is one.
func (a *admin) campaignNew(c *fiber.Ctx) error {
	var in campaignInput
	bind(c, &in)
	bind(c, &in.campaignSettings)
	s, errs, err := a.readCampaign(c.UserContext(), &in)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return a.showCampaignNew(c, in, fiber.StatusUnprocessableEntity, errs)
	}
	if s.Version != 0 {
		return done(c, "/quan-tri/dot/"+s.ID, "campaign", len(s.Units))
	}
	err = a.store.PutCampaign(c.UserContext(), s, eventOf(c, "campaigns/"+s.ID+"#new", audit.CampaignOpened, "campaigns/"+s.ID, audit.Change{Field: "units", After: vi.Int(len(s.Units))}))
	if fault.Is(err, fault.Conflict) {
		return a.showCampaignNew(c, in, fiber.StatusConflict, []view.FieldError{{Field: "id", Message: vi.Error(err)}})
	} else if err != nil {
		return err
	}
	return done(c, "/quan-tri/dot/"+s.ID, "campaign", len(s.Units))
}

// readCampaign turns the form into a campaign and lists what is wrong with it.
// The very campaign that is there already comes back with nothing wrong.
func (a *admin) readCampaign(ctx context.Context, in *campaignInput) (survey.Campaign, []view.FieldError, error) {
	id, number, _ := strings.Cut(in.Form, "@")
	s := survey.Campaign{ID: in.ID, Title: in.Title, Period: in.Period, FormID: id, Groups: in.Groups, Opens: fieldMoment(in.Opens), Closes: fieldMoment(in.Closes)}
	s.FormVer, _ = strconv.Atoi(number)
	problems, err := a.checkCampaignParts(ctx, &s, in.Scope)
	if err != nil {
		return s, nil, err
	}
	problems = append(append(problems, s.Check()...), in.apply(&s)...)
	if old, err := a.store.Campaign(ctx, s.ID); err == nil && sameCampaign(&old, &s) {
		return old, nil, nil
	}
	twice, err := a.sameForm(ctx, &s)
	if err != nil {
		return s, nil, err
	}
	return s, a.forms.all(in, append(problems, twice...)), nil
}

// sameForm refuses a second campaign with one form in one period: the
// criterion that asks for the form would not know which result it means.
func (a *admin) sameForm(ctx context.Context, s *survey.Campaign) ([]fault.Problem, error) {
	if s.Period == "" {
		return nil, nil
	}
	if d, err := a.store.Period(ctx, s.Period); err == nil && d.Frozen() {
		return []fault.Problem{{Path: "period", Key: "admin.frozenPeriod", Args: []any{d.Title}}}, nil
	}
	others, err := a.store.CampaignsOf(ctx, s.Period)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		if o.FormID == s.FormID && o.ID != s.ID {
			return []fault.Problem{{Path: "form", Key: "survey.campaign.form", Args: []any{o.ID, s.FormID}}}, nil
		}
	}
	return nil, nil
}

// checkCampaignParts looks up the form, the period and the scope, and fills in
// the units: those of the scope, else those of the period.
func (a *admin) checkCampaignParts(ctx context.Context, s *survey.Campaign, scope string) ([]fault.Problem, error) {
	var problems []fault.Problem
	note := func(path string, err error) error {
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		f := asFault(err)
		problems = append(problems, fault.Problem{Path: path, Key: f.Key, Args: f.Args})
		return nil
	}
	if form, err := a.issuedForm(ctx, s.FormID, s.FormVer); err != nil {
		if err := note("form", err); err != nil {
			return nil, err
		}
	} else {
		for _, g := range s.Groups {
			if !form.Opens(g) {
				problems = append(problems, fault.Problem{Path: "groups", Key: "survey.campaign.group", Args: []any{vi.Text("group." + g)}})
			}
		}
	}
	var p *dossier.Period
	if s.Period != "" {
		d, err := a.store.Period(ctx, s.Period)
		if err != nil {
			if err := note("period", err); err != nil {
				return nil, err
			}
		} else if p = &d; d.State != dossier.Draft && d.State != dossier.Open {
			problems = append(problems, fault.Problem{Path: "period", Key: "admin.move", Args: []any{d.Title, vi.Text("admin.period." + string(d.State))}})
		}
	}
	codes, err := a.campaignUnits(ctx, p, scope)
	s.Units = codes
	return problems, err
}

// campaignUnits returns the codes a campaign asks about, sorted.
func (a *admin) campaignUnits(ctx context.Context, p *dossier.Period, scope string) ([]string, error) {
	var codes []string
	switch {
	case p != nil && len(p.Units) > 0:
		codes = slices.Clone(p.Units)
	case p != nil:
		list, err := a.unitsOf(ctx, p)
		if err != nil {
			return nil, err
		}
		codes = unitCodes(list)
	}
	all, err := a.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	if p == nil || scope != "" {
		under := unit.Under(all, scope)
		today := unit.Day(a.now().In(vi.Zone))
		if p == nil {
			codes = unitCodes(unit.ValidOn(unit.AtLevel(under, unit.Commune), today))
		} else {
			inScope := unitCodes(under)
			codes = slices.DeleteFunc(codes, func(code string) bool { return !slices.Contains(inScope, code) })
		}
	}
	slices.Sort(codes)
	return codes, nil
}

func (a *admin) issuedForm(ctx context.Context, id string, number int) (*survey.Form, error) {
	v, err := formShelf{a.store}.version(ctx, id, number)
	if err != nil {
		return nil, err
	}
	if v.State != store.Issued {
		return nil, fault.New(fault.NotFound, "admin.notIssued", store.Ref(id, number))
	}
	return a.store.Form(ctx, id, number)
}

func sameCampaign(a, b *survey.Campaign) bool {
	return a.Title == b.Title && a.Period == b.Period && a.FormID == b.FormID && a.FormVer == b.FormVer && slices.Equal(a.Units, b.Units) &&
		slices.Equal(a.Groups, b.Groups) && a.Opens.Equal(b.Opens) && a.Closes.Equal(b.Closes)
}

// fieldMoment reads a date and time field as Vietnam's time; the zero time for
// anything else.
func fieldMoment(s string) time.Time {
	for _, layout := range []string{fieldTime, "2006-01-02T15:04:05", "15:04 2/1/2006", "2/1/2006 15:04"} {
		if t, err := time.ParseInLocation(layout, s, vi.Zone); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
