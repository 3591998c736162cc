package site

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// serialsShown is how many serial numbers a batch page lists.
const serialsShown = 60

// paperStart lists the batches of a campaign and offers to open one.
func (s *Server) paperStart(c *fiber.Ctx) error {
	campaign, _, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	return s.showStart(c, &campaign, view.PaperStart{})
}

func (s *Server) showStart(c *fiber.Ctx, campaign *survey.Campaign, p view.PaperStart) error {
	errs := p.Errors
	p.Page = s.page(c, vi.Text("paper.startTitle"))
	p.Errors, p.Campaign, p.Base, p.Stopped = errs, campaign.Title, paperBase(campaign), s.paperStopped(campaign)
	p.Back = p.Base
	if !mayDo(c, account.SeeCampaigns) { // a surveyor comes from their own list
		p.Back, p.Campaign = surveyorPath+"/phieu-giay", vi.Text("plan.paperForms")
	}
	units, err := s.store.Units(c.UserContext())
	if err != nil {
		return err
	}
	names := unitNames(units)
	p.Units = campaignUnits(campaign, units, c.FormValue("don-vi", c.Query("don-vi")))
	batches, err := s.store.PaperBatches(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	slices.SortStableFunc(batches, func(a, b store.PaperBatch) int { return b.At.Compare(a.At) })
	columns := []listColumn[store.PaperBatch]{
		{label: vi.Text("paper.batch")}, {label: vi.Text("word.unit")}, {label: vi.Text("paper.mode")},
	}
	for _, state := range store.PaperStates() {
		columns = append(columns, listColumn[store.PaperBatch]{label: stateName(state), number: true})
	}
	rows, listing := listOf(c, batches, func(b store.PaperBatch) string { return b.Title + " " + b.Unit + " " + names[b.Unit].Name }, columns)
	p.List = listing
	for i := range rows {
		row, err := s.batchRow(c.UserContext(), &rows[i], names)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, row)
	}
	return c.Render("paper/start", p)
}

func (s *Server) batchRow(ctx context.Context, b *store.PaperBatch, names map[string]unit.Unit) (view.PaperBatchRow, error) {
	row := view.PaperBatchRow{URL: batchPath(b), Title: b.Title, Unit: names[b.Unit].Name, Mode: modeName(b.Double)}
	counts, err := s.store.CountPapers(ctx, b.ID)
	for _, state := range store.PaperStates() {
		row.Counts = append(row.Counts, vi.Int(counts[state]))
	}
	return row, err
}

func stateName(state store.PaperState) string { return vi.Text("paper.state." + string(state)) }

func modeName(double bool) string {
	if double {
		return vi.Text("paper.modeTwice")
	}
	return vi.Text("paper.modeOnce")
}

// campaignUnits offers the units of a campaign by name.
func campaignUnits(campaign *survey.Campaign, units []unit.Unit, chosen string) []view.Option {
	var options []view.Option
	for _, u := range units {
		if campaign.Has(u.Code) {
			options = append(options, option(u.Code, u.Name+" ("+u.Code+")", chosen))
		}
	}
	compare := vi.Collator()
	slices.SortFunc(options, func(a, b view.Option) int { return compare(a.Label, b.Label) })
	return options
}

// paperOpen opens a batch, or the one of this name that there is already.
func (s *Server) paperOpen(c *fiber.Ctx) error {
	campaign, _, err := s.findCampaign(c)
	if err != nil {
		return err
	}
	user, _ := userOf(c)
	b := store.PaperBatch{Campaign: campaign.ID, Unit: c.FormValue("don-vi"), Title: vi.Clean(c.FormValue("lo")), Double: c.FormValue("mot-lan") != "1", By: user.Login}
	p := view.PaperStart{BatchTitle: b.Title, Single: !b.Double}
	if !campaign.Has(b.Unit) {
		p.Errors = append(p.Errors, view.FieldError{Field: "don-vi", Message: vi.Text("paper.pickUnit")})
	}
	if n := utf8.RuneCountInString(b.Title); n == 0 || n > store.MaxBatchTitle {
		p.Errors = append(p.Errors, view.FieldError{Field: "lo", Message: vi.Text("paper.batchTitle", store.MaxBatchTitle)})
	}
	if len(p.Errors) > 0 {
		c.Status(statuses[fault.Invalid])
		return s.showStart(c, &campaign, p)
	}
	if b, err = s.store.OpenPaperBatch(c.UserContext(), b); err != nil {
		return err
	}
	return c.Redirect(batchPath(&b), fiber.StatusSeeOther)
}

// paperBatch shows how far a batch is and what there is to do.
func (s *Server) paperBatch(c *fiber.Ctx) error {
	campaign, _, b, err := s.paperPile(c)
	if err != nil {
		return err
	}
	p := view.PaperBatch{Page: s.page(c, b.Title), Campaign: campaign.Title, Back: paperBase(&campaign) + "/nhap-phieu", Base: batchPath(&b),
		Heading: b.Title, Mode: modeName(b.Double), Double: b.Double, Stopped: s.paperStopped(&campaign)}
	p.Flash = flash(c)
	if p.Unit, err = s.unitName(c, b.Unit); err != nil {
		return err
	}
	counts, err := s.store.CountPapers(c.UserContext(), b.ID)
	if err != nil {
		return err
	}
	for _, state := range store.PaperStates() {
		p.States = append(p.States, view.Fact{Label: stateName(state), Value: vi.Int(counts[state])})
	}
	p.Ready = counts[store.PaperReady]
	if err := s.fillWaiting(c, &p, &b); err != nil {
		return err
	}
	return c.Render("paper/batch", p)
}

// fillWaiting lists the papers of a batch that somebody must look at.
func (s *Server) fillWaiting(c *fiber.Ctx, p *view.PaperBatch, b *store.PaperBatch) error {
	user, _ := userOf(c)
	once, err := s.store.Papers(c.UserContext(), b.ID, store.PaperOnce)
	if err != nil {
		return err
	}
	for _, paper := range once {
		switch {
		case paper.First.By == user.Login:
			p.Mine++
		case len(p.Once) < serialsShown:
			p.Once = append(p.Once, strconv.FormatInt(paper.Serial, 10))
		}
	}
	differs, err := s.store.Papers(c.UserContext(), b.ID, store.PaperDiffers)
	for _, paper := range differs {
		serial := strconv.FormatInt(paper.Serial, 10)
		p.Differs = append(p.Differs, view.Link{Label: serial, URL: p.Base + "/khac/" + serial})
	}
	return err
}

// paperPoolAll puts the agreed papers into the pool that an interruption left.
func (s *Server) paperPoolAll(c *fiber.Ctx) error {
	campaign, form, b, err := s.paperPile(c)
	if err != nil {
		return err
	}
	if err := s.paperClosed(&campaign); err != nil {
		return err
	}
	ready, err := s.store.Papers(c.UserContext(), b.ID, store.PaperReady)
	if err != nil {
		return err
	}
	for i := range ready {
		if err := s.store.PoolPaper(c.UserContext(), &b, form, &ready[i]); err != nil {
			return err
		}
	}
	return done(c, batchPath(&b), "paperPooled", len(ready))
}
