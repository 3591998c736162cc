package site

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/qr"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// posterCodes is how many forms one sheet shows; further ones get another.
const posterCodes = 4

// baseURL is the address that residents type, without a slash at its end: the
// configured one, else that of the request.
func (s *Server) baseURL(c *fiber.Ctx) string {
	if s.config.BaseURL != "" {
		return strings.TrimRight(s.config.BaseURL, "/")
	}
	return strings.TrimRight(c.BaseURL(), "/")
}

// poster is the printable QR sheet of one unit: ?quay=1 one for each desk,
// ?moi-phieu=1 one with the forms of all open campaigns.
func (s *Server) poster(c *fiber.Ctx) error {
	campaign, form, err := s.store.LiveCampaign(c.UserContext(), c.Params("campaign"))
	if err != nil {
		return err
	}
	code := c.Params("unit")
	if !campaign.Has(code) {
		return fault.New(fault.NotFound, "public.unit", code)
	}
	if err := s.postable(campaign); err != nil {
		return err
	}
	page, err := s.publicPage(c, vi.Text("plan.poster"))
	if err != nil {
		return err
	}
	p := view.Posters{Page: page}
	if p.Sheets, err = s.sheets(c, campaign, form, []string{code}); err != nil {
		return err
	}
	p.Heads = p.Sheets[0].Unit
	s.posterWays(c, &p, campaign, surveyPath(campaign.ID, code)+"/poster")
	return c.Render("poster/sheets", p)
}

// posters is one printable document for every unit of a campaign.
func (s *Server) posters(c *fiber.Ctx) error {
	campaign, form, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	if err := s.postable(&campaign); err != nil {
		return err
	}
	page, err := s.publicPage(c, vi.Text("plan.posters"))
	if err != nil {
		return err
	}
	p := view.Posters{Page: page, Back: "/khao-sat/" + campaign.ID}
	if p.Sheets, err = s.sheets(c, &campaign, form, campaign.Units); err != nil {
		return err
	}
	p.Heads = campaign.Title
	s.posterWays(c, &p, &campaign, "/khao-sat/"+campaign.ID+"/to-dan")
	return c.Render("poster/sheets", p)
}

// postable refuses posters that would lead nowhere.
func (s *Server) postable(c *survey.Campaign) error {
	switch {
	case !c.Accepts(survey.Web):
		return fault.New(fault.Conflict, "plan.noOpenLink")
	case !s.now().Before(c.Closes):
		return fault.New(fault.Gone, "plan.closed", vi.DateTime(c.Closes))
	}
	return nil
}

// posterWays links the ways to print.
func (s *Server) posterWays(c *fiber.Ctx, p *view.Posters, campaign *survey.Campaign, path string) {
	p.Scripts = []string{"print.js"}
	desks, all := c.Query("quay") != "" && len(campaign.Desks) > 0, c.Query("moi-phieu") != ""
	p.More = []view.Link{{Label: vi.Text("plan.oneEach"), URL: path, Current: !desks && !all}}
	if len(campaign.Desks) > 0 {
		p.More = append(p.More, view.Link{Label: vi.Text("plan.desks"), URL: path + "?quay=1", Current: desks && !all})
	}
	p.More = append(p.More, view.Link{Label: vi.Text("plan.allForms"), URL: path + "?moi-phieu=1", Current: all})
}

// sheets makes the posters of units, sorted by name.
func (s *Server) sheets(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, codes []string) ([]view.Poster, error) {
	ctx := c.UserContext()
	settings, _, err := s.store.Settings(ctx)
	if err != nil {
		return nil, err
	}
	names, err := s.unitsNamed(ctx, codes)
	if err != nil {
		return nil, err
	}
	shown := []posterForm{{campaign, form}}
	if c.Query("moi-phieu") != "" {
		if shown, err = s.openForms(ctx); err != nil {
			return nil, err
		}
	}
	desks := []string{""}
	if c.Query("quay") != "" && len(campaign.Desks) > 0 {
		desks = campaign.Desks
	}
	base := s.baseURL(c)
	var sheets []view.Poster
	for _, u := range names {
		made, err := posterCodesOf(base, shown, u.code)
		if err != nil {
			return nil, err
		}
		for _, desk := range desks {
			for part := range slices.Chunk(made, posterCodes) {
				sheets = append(sheets, view.Poster{Province: settings.Province, Agency: settings.Agency, Phone: settings.Phone, Unit: u.name, Desk: desk, Codes: part})
			}
		}
	}
	return sheets, nil
}

// posterForm is a campaign that a poster leads to.
type posterForm struct {
	campaign *survey.Campaign
	form     *survey.Form
}

// openForms returns the campaigns with an open link that have not ended, by
// title.
func (s *Server) openForms(ctx context.Context) ([]posterForm, error) {
	list, err := s.store.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	var open []posterForm
	for i := range list {
		if list[i].Paused || s.postable(&list[i]) != nil {
			continue
		}
		form, err := s.store.Form(ctx, list[i].FormID, list[i].FormVer)
		if err != nil {
			return nil, err
		}
		open = append(open, posterForm{&list[i], form})
	}
	compare := vi.Collator()
	slices.SortStableFunc(open, func(a, b posterForm) int { return compare(a.form.Title, b.form.Title) })
	return open, nil
}

// posterCodesOf draws the codes of a unit for the campaigns that ask in it.
func posterCodesOf(base string, shown []posterForm, code string) ([]view.PosterCode, error) {
	var list []view.PosterCode
	for _, f := range shown {
		if !f.campaign.Has(code) {
			continue
		}
		url := base + surveyPath(f.campaign.ID, code)
		drawn, err := qr.Encode(url)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "plan.qr")
		}
		list = append(list, view.PosterCode{
			Title: f.campaign.Title, Form: f.form.Title, Groups: strings.Join(groupNames(f.campaign.RespondentGroups(f.form)), "; "),
			Closes: vi.DateTime(f.campaign.Closes), Code: drawn, URL: url, Typed: typedPieces(url),
		})
	}
	return list, nil
}

// typedPieces is an address without its scheme, cut behind each slash so that
// a narrow line breaks where it helps.
func typedPieces(url string) []string {
	_, rest, found := strings.Cut(url, "://")
	if !found {
		rest = url
	}
	return strings.SplitAfter(rest, "/")
}

// namedUnit is a unit's code with the name to print.
type namedUnit struct{ code, name string }

// unitsNamed returns units in the order of their names; one that is no longer
// known has its code for a name.
func (s *Server) unitsNamed(ctx context.Context, codes []string) ([]namedUnit, error) {
	units, err := s.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	known := unitNames(units)
	list := make([]namedUnit, len(codes))
	for i, code := range codes {
		list[i] = namedUnit{code, known[code].Name}
		if list[i].name == "" {
			list[i].name = code
		}
	}
	compare := vi.Collator()
	slices.SortStableFunc(list, func(a, b namedUnit) int { return compare(a.name, b.name) })
	return list, nil
}
