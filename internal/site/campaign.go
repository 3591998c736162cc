package site

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// campaignRoutes adds the pages below /khao-sat.
func (s *Server) campaignRoutes(r fiber.Router) {
	see := s.may(account.SeeCampaigns)
	r.Get("/khao-sat", see, s.campaigns)
	r.Get("/khao-sat/:campaign", see, s.campaign)
	r.Get("/khao-sat/:campaign/:unit", see, s.campaignDetail)
}

// inTeam reports whether the visitor may see small cells: those who run or
// appraise the assessment do, leaders do not.
func inTeam(c *fiber.Ctx) bool {
	return mayDo(c, account.MarkStage) || mayDo(c, account.EditPeriods)
}

// campaigns lists the campaigns with live counts.
func (s *Server) campaigns(c *fiber.Ctx) error {
	list, err := s.store.Campaigns(c.UserContext())
	if err != nil {
		return err
	}
	p := view.Campaigns{Page: s.page(c, vi.Text("word.survey")), New: mayDo(c, account.EditPeriods)}
	columns := append(campaignColumns(), listColumn[survey.Campaign]{label: vi.Text("word.responses"), number: true})
	rows, listing := listOf(c, list, campaignText, columns)
	p.List = listing
	for i := range rows {
		row := s.campaignRow(&rows[i], "/khao-sat/")
		tallies, err := s.store.Tallies(c.UserContext(), &rows[i])
		if err != nil {
			return err
		}
		for _, t := range tallies {
			row.Responses += shownCount(t.N(), inTeam(c))
		}
		p.Rows = append(p.Rows, row)
	}
	return c.Render("campaign/list", p)
}

// shownCount is what a unit adds to a total: nothing where its own count is
// hidden, or the total would give it away.
func shownCount(n int64, team bool) int64 {
	if !team && n < survey.LeastCell {
		return 0
	}
	return n
}

// campaignLine is one unit of a campaign while the list is made.
type campaignLine struct {
	survey.UnitReport
	name string
}

// campaign shows one campaign by unit.
func (s *Server) campaign(c *fiber.Ctx) error {
	campaign, form, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	report, err := result.Survey(c.UserContext(), s.store, &campaign)
	if err != nil {
		return err
	}
	units, err := s.store.Units(c.UserContext())
	if err != nil {
		return err
	}
	p := view.Campaign{Page: s.page(c, campaign.Title), Row: s.campaignRow(&campaign, "/khao-sat/"), Facts: s.campaignFacts(&campaign, form)}
	if mayDo(c, account.EditPeriods) {
		p.Edit = "/quan-tri/dot/" + campaign.ID
	}
	team := inTeam(c)
	if !team {
		p.Small = vi.Text("admin.small", survey.LeastCell)
	}
	groups := campaign.RespondentGroups(form)
	lines := campaignLines(&campaign, report, team)
	for _, u := range report.Units {
		p.Row.Responses += shownCount(u.N, team)
	}
	names := unitNames(units)
	for i := range lines {
		lines[i].name = names[lines[i].Unit].Name
		if lines[i].name == "" {
			lines[i].name = lines[i].Unit
		}
	}
	p.Groups = groupNames(groups)
	rows, listing := listOf(c, lines, func(l campaignLine) string { return l.Unit + " " + l.name }, unitColumns(groups))
	p.List = listing
	for i := range rows {
		p.Rows = append(p.Rows, campaignUnit(&campaign, groups, &rows[i]))
	}
	return c.Render("campaign/one", p)
}

func (s *Server) findCampaign(c *fiber.Ctx) (survey.Campaign, *survey.Form, error) {
	campaign, err := s.store.Campaign(c.UserContext(), c.Params("campaign"))
	if err != nil {
		return campaign, nil, err
	}
	form, err := s.store.Form(c.UserContext(), campaign.FormID, campaign.FormVer)
	return campaign, form, err
}

// campaignLines has every unit of the campaign, answered or not, with small
// cells hidden unless the visitor is in the team.
func campaignLines(c *survey.Campaign, report survey.Report, team bool) []campaignLine {
	byUnit := make(map[string]survey.UnitReport, len(report.Units))
	for _, u := range report.Units {
		byUnit[u.Unit] = u
	}
	lines := make([]campaignLine, len(c.Units))
	for i, code := range c.Units {
		u, ok := byUnit[code]
		if !ok {
			u.Unit = code
		}
		if !team {
			u = survey.Suppress(u)
		}
		lines[i].UnitReport = u
	}
	return lines
}

func unitColumns(groups []string) []listColumn[campaignLine] {
	columns := []listColumn[campaignLine]{
		{key: "ten", label: vi.Text("word.unit"), compare: byText(func(l campaignLine) string { return l.name })},
		{key: "so", label: vi.Text("word.responses"), number: true, compare: by(func(l campaignLine) int64 { return l.N })},
	}
	for _, g := range groups {
		columns = append(columns, listColumn[campaignLine]{key: "nhom-" + g, label: vi.Text("group." + g), number: true, compare: by(func(l campaignLine) int64 {
			group, _ := l.Groups.Get(g)
			return group.N
		})})
	}
	return append(columns,
		listColumn[campaignLine]{key: "chi-so", label: vi.Text("word.index"), number: true, compare: func(a, b campaignLine) int { return compareIndex(a.Index, b.Index) }},
		listColumn[campaignLine]{label: vi.Text("word.interval"), number: true}, listColumn[campaignLine]{label: vi.Text("word.form")})
}

// compareIndex orders printed percentages by value, none before any.
func compareIndex(a, b *string) int {
	switch {
	case a == nil || b == nil:
		return boolInt(a != nil) - boolInt(b != nil)
	case len(*a) != len(*b):
		return len(*a) - len(*b)
	}
	return strings.Compare(*a, *b)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func campaignUnit(c *survey.Campaign, groups []string, l *campaignLine) view.CampaignUnit {
	u := view.CampaignUnit{Unit: l.Unit, Name: l.name, URL: "/khao-sat/" + c.ID + "/" + l.Unit, Survey: "/k/" + c.ID + "/" + l.Unit,
		Total: countText(l.N), Index: indexText(l.Index), Interval: intervalText(l.Low, l.High)}
	for _, g := range groups {
		group, _ := l.Groups.Get(g)
		u.Groups = append(u.Groups, countText(group.N))
	}
	return u
}

// countText shows a count, or that it is too small to be shown.
func countText(n int64) string {
	if n == survey.Hidden {
		return vi.Text("admin.hidden")
	}
	return vi.Int(n)
}

func indexText(index *string) string {
	if index == nil {
		return "–"
	}
	return vi.Decimal(*index)
}

func intervalText(low, high *string) string {
	if low == nil || high == nil {
		return "–"
	}
	return vi.Decimal(*low) + " – " + vi.Decimal(*high)
}

// campaignDetail shows the distribution of answers of one unit.
func (s *Server) campaignDetail(c *fiber.Ctx) error {
	campaign, form, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	code := c.Params("unit")
	if !campaign.Has(code) {
		return fault.New(fault.NotFound, "public.unit", code)
	}
	u, err := s.store.Unit(c.UserContext(), code)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	tallies, err := s.store.Tallies(c.UserContext(), &campaign)
	if err != nil {
		return err
	}
	tally := tallies[code]
	if tally == nil {
		tally = survey.NewTally(form)
	}
	p := view.CampaignDetail{Page: s.page(c, u.Name), Campaign: campaign.Title, CampaignURL: "/khao-sat/" + campaign.ID, Unit: u.Name,
		Survey: "/k/" + campaign.ID + "/" + code, Form: form.Title + " (" + store.Ref(campaign.FormID, campaign.FormVer) + ")"}
	fillDetail(&p, form, &campaign, tally.Report(code), inTeam(c))
	return c.Render("campaign/unit", p)
}
