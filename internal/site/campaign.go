package site

import (
	"bytes"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// campaignRoutes adds the pages below /khao-sat.
func (s *Server) campaignRoutes(r fiber.Router) {
	see := s.may(account.SeeCampaigns)
	r.Get("/khao-sat", see, s.campaigns)
	r.Get("/khao-sat/:campaign", see, s.campaign)
	r.Get("/khao-sat/:campaign/bang.xlsx", see, s.campaignExcel)
	r.Get("/khao-sat/:campaign/to-dan", see, s.posters)
	s.inviteRoutes(r)
	r.Get("/khao-sat/:campaign/:unit", see, s.campaignDetail) // last: any other word is a unit
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

// campaign is the one live page of a campaign: how far every unit is.
func (s *Server) campaign(c *fiber.Ctx) error {
	t, err := s.campaignTable(c)
	if err != nil {
		return err
	}
	p := view.Campaign{Page: s.page(c, t.campaign.Title), Row: s.campaignRow(&t.campaign, "/khao-sat/"), Facts: s.campaignFacts(&t.campaign, t.form), Groups: groupNames(t.groups), Team: t.team}
	p.Wide, p.Flash = true, flash(c)
	p.Row.Responses = t.total.n
	p.Tasks = s.campaignTasks(c, &t.campaign)
	if mayDo(c, account.EditPeriods) {
		p.Populations = "/quan-tri/dot/" + t.campaign.ID + "/dan-so"
	}
	if !t.team {
		p.Small = t.small()
	}
	rows, listing := listOf(c, t.shownLines(c), lineText, t.columns(), view.Pair{Name: "loc", Value: c.Query("loc")})
	p.List = listing
	for i := range rows {
		p.Rows = append(p.Rows, t.row(&rows[i]))
	}
	p.Total, p.Planned = t.row(&t.total), t.total.planned
	p.Filters = t.filters(c)
	p.Excel = "/khao-sat/" + t.campaign.ID + "/bang.xlsx" + queryOf(c)
	return c.Render("campaign/one", p)
}

// filters are the ways to look at the list that most people want.
func (t *campaignTable) filters(c *fiber.Ctx) []view.Link {
	if !t.total.planned {
		return nil
	}
	path, short := "/khao-sat/"+t.campaign.ID, c.Query("loc") == shortFilter
	return []view.Link{
		{Label: vi.Text("plan.all", vi.Int(len(t.lines))), URL: path, Current: !short && c.Query("sap") != "-thieu"},
		{Label: vi.Text("plan.short", vi.Int(len(t.short()))), URL: path + "?loc=" + shortFilter + "&sap=-thieu", Current: short},
		{Label: vi.Text("plan.most"), URL: path + "?sap=-thieu", Current: !short && c.Query("sap") == "-thieu"},
	}
}

// campaignTasks lead to what else can be done with a campaign, by what the
// visitor may do and what the campaign takes: its results, its collection and
// its settings. A task without a link is left out.
func (s *Server) campaignTasks(c *fiber.Ctx, campaign *survey.Campaign) (tasks []view.Task) {
	at, edit := "/khao-sat/"+campaign.ID, "/quan-tri/dot/"+campaign.ID
	review, paper := mayDo(c, account.ReviewData), mayDo(c, account.EnterPaper) && campaign.Accepts(survey.Paper)
	runs, open := mayDo(c, account.EditPeriods), s.now().Before(campaign.Closes)
	_, unpublished := s.store.PublishedReceipts(c.UserContext(), campaign)
	for _, t := range []struct {
		ok              bool
		task, link, url string
	}{
		{true, "results", "statistics", at + "/thong-ke"},
		{true, "results", "report", at + "/bao-cao.xlsx"},
		{review, "results", "texts", at + "/y-kien"},
		{!open && unpublished == nil, "results", "receipts", "/ket-qua/bien-nhan/" + campaign.ID},
		{review, "check", "review", at + "/luot-tra-loi"},
		{review && campaign.Accepts(survey.Token), "check", "recheck", at + "/phuc-tra"},
		{open && campaign.Accepts(survey.Web), "collect", "posters", at + "/to-dan"},
		{runs && campaign.Accepts(survey.Token), "collect", "invitations", at + "/loi-moi"},
		{open && mayDo(c, account.RunKiosk) && campaign.Accepts(survey.Kiosk), "collect", "kiosk", at + "/kiosk"},
		{paper, "collect", "paper", at + "/phieu-giay"},
		{paper, "collect", "keying", at + "/nhap-phieu"},
		{paper, "collect", "import", at + "/nhap-excel"},
		{runs, "manage", "populations", edit + "/dan-so"},
		{runs, "manage", "switches", edit},
		{mayDo(c, account.ExportData), "manage", "export", at + "/xuat"},
	} {
		if !t.ok {
			continue
		}
		if title := vi.Text("plan.task." + t.task); len(tasks) == 0 || tasks[len(tasks)-1].Title != title {
			tasks = append(tasks, view.Task{Title: title})
		}
		last := &tasks[len(tasks)-1]
		last.Links = append(last.Links, view.Link{Label: vi.Text("plan." + t.link), URL: t.url})
	}
	return tasks
}

// queryOf is the request's query as it came, with its question mark.
func queryOf(c *fiber.Ctx) string {
	if q := string(c.Request().URI().QueryString()); q != "" {
		return "?" + q
	}
	return ""
}

// campaignExcel writes the list as it is shown: the same filter, search and
// order, all pages.
func (s *Server) campaignExcel(c *fiber.Ctx) error {
	t, err := s.campaignTable(c)
	if err != nil {
		return err
	}
	lines := searched(t.shownLines(c), cut(vi.Clean(c.Query("q")), maxQuery), lineText)
	sortRows(lines, c.Query("sap"), t.columns())
	book := xlsx.CampaignBook{Title: t.campaign.Title, Form: t.form.Title + " (" + store.Ref(t.form.ID, t.form.Version) + ")", Made: s.now(),
		Error: percentOf(t.campaign.PlanError()), Groups: groupNames(t.groups), Team: t.team, Planned: t.total.planned}
	if len(lines) < len(t.lines) {
		book.Part = vi.Text("plan.part", vi.Int(len(lines)), vi.Int(len(t.lines)))
	}
	if !t.team {
		book.Small = t.small()
	}
	for i := range lines {
		lines[i].work()
		book.Rows = append(book.Rows, bookRow(&lines[i]))
	}
	if len(lines) == len(t.lines) {
		total := bookRow(&t.total)
		book.Total = &total
	}
	return s.sendBook(c, "survey", "khao-sat-"+t.campaign.ID, t.campaign.ID, int64(len(book.Rows)), func(b *bytes.Buffer) error { return xlsx.Campaign(b, book) })
}

func bookRow(l *campaignLine) xlsx.CampaignRow {
	row := xlsx.CampaignRow{Code: l.code, Unit: l.name, N: l.n, Index: l.index, Low: l.low, High: l.high, Flagged: l.flagged, Excluded: l.excluded, Channels: map[survey.Channel]int64{}}
	if l.planned && !l.hidden {
		row.Missing = &l.missing
	}
	for _, f := range l.fills {
		g := xlsx.CampaignGroup{Have: f.have}
		if f.known {
			g.Need = &f.need
		}
		row.Groups = append(row.Groups, g)
	}
	for _, ch := range l.channels {
		row.Channels[ch.channel] = ch.n
	}
	return row
}

func (s *Server) findCampaign(c *fiber.Ctx) (survey.Campaign, *survey.Form, error) {
	campaign, err := s.store.Campaign(c.UserContext(), c.Params("campaign"))
	if err != nil {
		return campaign, nil, err
	}
	form, err := s.store.Form(c.UserContext(), campaign.FormID, campaign.FormVer)
	return campaign, form, err
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
		Form: form.Title + " (" + store.Ref(campaign.FormID, campaign.FormVer) + ")"}
	if s.now().Before(campaign.Closes) {
		p.Survey = surveyPath(campaign.ID, code)
		if campaign.Accepts(survey.Web) {
			p.Poster = p.Survey + "/poster"
		}
	}
	if mayDo(c, account.ReviewData) {
		p.Links = []view.Link{{Label: vi.Text("plan.texts"), URL: p.CampaignURL + "/y-kien?dv=" + code}, {Label: vi.Text("plan.review"), URL: p.CampaignURL + "/luot-tra-loi?dv=" + code}}
	}
	report := tally.Report(code)
	shown, err := s.shownUnit(c, &campaign, form, report)
	if err != nil {
		return err
	}
	fillDetail(&p, form, &campaign, report, shown)
	return c.Render("campaign/unit", p)
}
