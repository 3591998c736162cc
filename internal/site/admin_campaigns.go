package site

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

func (a *admin) campaignList(c *fiber.Ctx) error {
	list, err := a.store.Campaigns(c.UserContext())
	if err != nil {
		return err
	}
	p := view.CampaignAdmin{Admin: a.page(c, vi.Text("word.campaign"))}
	rows, listing := listOf(c, list, campaignText, campaignColumns())
	p.List = listing
	for i := range rows {
		p.Rows = append(p.Rows, a.campaignRow(&rows[i], "/quan-tri/dot/"))
	}
	return c.Render("admin/campaigns", p)
}

func campaignText(s survey.Campaign) string {
	return s.ID + " " + s.Title + " " + s.FormID + " " + s.Period
}

// campaignColumns are the columns of lists of campaigns that can be sorted
// without counting answers.
func campaignColumns() []listColumn[survey.Campaign] {
	return []listColumn[survey.Campaign]{
		{key: "dong", label: vi.Text("word.time"), compare: func(x, y survey.Campaign) int { return y.Closes.Compare(x.Closes) }},
		{key: "ten", label: vi.Text("word.campaign"), compare: byText(func(s survey.Campaign) string { return s.Title })},
		{key: "phieu", label: vi.Text("word.form"), compare: by(func(s survey.Campaign) string { return store.Ref(s.FormID, s.FormVer) })},
		{key: "ky", label: vi.Text("word.periodShort"), compare: by(func(s survey.Campaign) string { return s.Period })},
		{key: "so", label: vi.Text("word.unit"), number: true, compare: by(func(s survey.Campaign) int { return len(s.Units) })},
		{label: vi.Text("word.state")},
	}
}

func (s *Server) campaignRow(c *survey.Campaign, base string) view.CampaignRow {
	return view.CampaignRow{ID: c.ID, Title: c.Title, Form: store.Ref(c.FormID, c.FormVer), Period: c.Period, Opens: vi.DateTime(c.Opens), Closes: vi.DateTime(c.Closes),
		URL: base + c.ID, State: s.campaignTag(c), Units: len(c.Units)}
}

// campaignEditPage shows a campaign's switches.
func (a *admin) campaignEditPage(c *fiber.Ctx) error {
	s, err := a.store.Campaign(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	return a.showCampaignEdit(c, &s, s.Closes.In(vi.Zone).Format(fieldTime), changeOf(&s), nil)
}

func (a *admin) showCampaignEdit(c *fiber.Ctx, s *survey.Campaign, closes string, in campaignChange, errs []view.FieldError) error {
	p := view.CampaignEdit{Admin: a.page(c, s.Title), ID: s.ID, Heading: s.Title, Version: s.Version, State: a.campaignTag(s), Paused: s.Paused, Ended: !a.now().Before(s.Closes), Closes: closes}
	p.Errors = errs
	form, err := a.store.Form(c.UserContext(), s.FormID, s.FormVer)
	if err != nil {
		return err
	}
	p.Facts = a.campaignFacts(s, form)
	p.CampaignFields, p.Name, p.Opens, p.Units = in.fields(), in.Title, in.Opens, in.Units
	p.UnitLines = min(max(len(lines(in.Units)), 3), 12)
	for _, g := range form.Respondents {
		p.Groups = append(p.Groups, view.Option{Value: g, Label: vi.Text("group." + g), Chosen: slices.Contains(in.Groups, g) || len(in.Groups) == 0})
	}
	for _, e := range errs {
		p.Changing = p.Changing || e.Field != "closes"
	}
	if p.History, err = a.history(c, "campaigns/"+s.ID); err != nil {
		return err
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("admin/campaign_edit", p)
}

// campaignFacts are what the pages of a campaign say of it.
func (s *Server) campaignFacts(c *survey.Campaign, form *survey.Form) []view.Fact {
	var groups []string
	for _, g := range c.RespondentGroups(form) {
		groups = append(groups, vi.Text("group."+g))
	}
	facts := []view.Fact{
		{Label: vi.Text("word.form"), Value: form.Title + " (" + store.Ref(c.FormID, c.FormVer) + ")"},
		{Label: vi.Text("word.respondents"), Value: strings.Join(groups, "; ")},
		{Label: vi.Text("word.time"), Value: vi.Text("admin.fromTo", vi.DateTime(c.Opens), vi.DateTime(c.Closes))},
		{Label: vi.Text("word.unit"), Value: vi.Int(len(c.Units))},
	}
	if c.Period != "" {
		facts = append(facts, view.Fact{Label: vi.Text("word.period"), Value: c.Period})
	}
	channels := vi.Text("plan.everyChannel")
	if len(c.Channels) > 0 {
		var names []string
		for _, ch := range c.Channels {
			names = append(names, vi.Text("plan.channel."+string(ch)))
		}
		channels = strings.Join(names, "; ")
	}
	return append(facts, view.Fact{Label: vi.Text("plan.channelsLabel"), Value: channels}, view.Fact{Label: vi.Text("plan.errorLabel"), Value: percentOf(c.PlanError())})
}

// campaignEdit pauses, resumes, closes or extends a campaign.
func (a *admin) campaignEdit(c *fiber.Ctx) error {
	s, err := a.store.Campaign(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	before := s
	what := c.FormValue("viec")
	if err := a.mayReopen(c.UserContext(), &s, what); err != nil {
		return err
	}
	switch what {
	case "tam-dung":
		s.Paused = true
	case "tiep-tuc":
		s.Paused = false
	case "dong":
		if now := a.now(); now.Before(s.Closes) {
			s.Closes = now
		}
	case "gia-han":
		typed, wrong := vi.Clean(c.FormValue("closes")), ""
		switch s.Closes = fieldMoment(typed); {
		case !s.Closes.After(s.Opens):
			wrong = "survey.campaign.window"
		case !s.Closes.After(a.now()) && !s.Closes.Equal(before.Closes): // a slip would close it unasked
			wrong = "plan.closesPast"
		}
		if wrong != "" {
			return a.showCampaignEdit(c, &before, typed, changeOf(&before), []view.FieldError{{Field: "closes", Message: vi.Text(wrong)}})
		}
	default:
		return fault.New(fault.Malformed, "site.malformed")
	}
	if !s.Closes.After(s.Opens) {
		return fault.New(fault.Conflict, "admin.notOpened")
	}
	was, is := describeCampaign(&before), describeCampaign(&s)
	if was == is { // a second click
		return done(c, "/quan-tri/dot/"+s.ID, "campaignChanged")
	}
	if err := checkVersion(c, before.Version); err != nil {
		return err
	}
	if err := a.store.PutCampaign(c.UserContext(), s, campaignEvent(c, &s, audit.Change{Field: "state", Before: was, After: is})); err != nil {
		return err
	}
	return done(c, "/quan-tri/dot/"+s.ID, "campaignChanged")
}

// mayReopen refuses to take answers again for a period whose result is frozen.
func (a *admin) mayReopen(ctx context.Context, s *survey.Campaign, what string) error {
	if s.Period == "" || what != "gia-han" && what != "tiep-tuc" {
		return nil
	}
	d, err := a.store.Period(ctx, s.Period)
	if err != nil || !d.Frozen() {
		return err
	}
	return fault.New(fault.Conflict, "admin.frozenPeriod", d.Title)
}

// closeCampaigns ends a period's campaigns now: its survey results are frozen
// with it, and no later answer moves them.
func (a *admin) closeCampaigns(c *fiber.Ctx, period string) error {
	list, err := a.store.CampaignsOf(c.UserContext(), period)
	if err != nil {
		return err
	}
	now := a.now()
	for _, s := range list {
		was := describeCampaign(&s)
		switch {
		case !now.Before(s.Closes):
			continue
		case now.After(s.Opens):
			s.Closes = now
		default:
			s.Paused = true // it never opened
		}
		change := audit.Change{Field: "state", Before: was, After: describeCampaign(&s)}
		if err := a.store.PutCampaign(c.UserContext(), s, campaignEvent(c, &s, change)); err != nil {
			return err
		}
	}
	return nil
}

// campaignEvent says what changes in a campaign of the version that was read.
func campaignEvent(c *fiber.Ctx, s *survey.Campaign, changes ...audit.Change) audit.Event {
	return eventOf(c, fmt.Sprintf("campaigns/%s#%d", s.ID, s.Version+1), audit.CampaignChange, "campaigns/"+s.ID, changes...)
}

func describeCampaign(s *survey.Campaign) string {
	if s.Paused {
		return vi.Text("admin.campaign.closesPaused", vi.DateTime(s.Closes))
	}
	return vi.Text("admin.campaign.closesAt", vi.DateTime(s.Closes))
}
