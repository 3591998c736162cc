package site

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/rubric"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
	"thanthien/internal/xlsx"
)

// maxSeed is the longest seed of a draw, in characters.
const maxSeed = 60

// recheckRoutes are the pages of the re-check: a random part of the used
// invitations is asked again whether they answered.
func (s *Server) recheckRoutes(r fiber.Router) {
	see, small := s.may(account.ReviewData), limitBody(MaxFormBody)
	r.Get("/khao-sat/:campaign/phuc-tra", see, s.rechecks)
	r.Post("/khao-sat/:campaign/phuc-tra", see, small, s.recheckDraw)
	r.Get("/khao-sat/:campaign/phuc-tra/:n/bang.xlsx", see, s.recheckExcel)
	r.Get("/khao-sat/:campaign/phuc-tra/:n", see, s.recheck)
	r.Post("/khao-sat/:campaign/phuc-tra/:n", see, small, s.recheckSave)
}

// recheckInput is the form of a draw.
type recheckInput struct {
	Size    string `form:"so"`
	Percent string `form:"phan-tram"`
	Seed    string `form:"hat-giong"`
}

func (s *Server) rechecks(c *fiber.Ctx) error {
	return s.showRechecks(c, recheckInput{Size: "5", Seed: randomID()[:12]}, nil)
}

func (s *Server) showRechecks(c *fiber.Ctx, in recheckInput, errs []view.FieldError) error {
	campaign, err := s.store.Campaign(c.UserContext(), c.Params("campaign"))
	if err != nil {
		return err
	}
	draws, err := s.store.Rechecks(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	pool, err := s.usedInvites(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	p := view.Rechecks{Page: s.page(c, vi.Text("plan.recheck")), ID: campaign.ID, Heading: campaign.Title, Size: in.Size, Percent: in.Percent, Seed: in.Seed, May: true}
	p.Errors = errs
	for _, list := range pool {
		p.Used += int64(len(list))
	}
	slices.SortFunc(draws, func(a, b store.Recheck) int { return cmp.Compare(b.Number, a.Number) })
	for _, d := range draws {
		row := view.RecheckRow{URL: fmt.Sprintf("/khao-sat/%s/phuc-tra/%d", campaign.ID, d.Number), Made: vi.DateTime(d.Made), By: d.By, Seed: d.Seed, Size: drawSize(&d), Drawn: len(d.Items)}
		for _, item := range d.Items {
			if item.Result != "" {
				row.Done++
			}
		}
		p.Draws = append(p.Draws, row)
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("recheck/list", p)
}

func drawSize(d *store.Recheck) string {
	if d.Percent > 0 {
		return vi.Text("plan.drawPercent", d.Percent)
	}
	return vi.Text("plan.drawSize", d.Size)
}

// usedInvites lists the used invitations of a campaign by unit, in the order of
// their batches and numbers.
func (s *Server) usedInvites(ctx context.Context, campaign string) (map[string][]store.RecheckItem, error) {
	batches, err := s.store.TokenBatches(ctx, campaign)
	if err != nil {
		return nil, err
	}
	pool := map[string][]store.RecheckItem{}
	for _, b := range batches {
		if b.Used == 0 {
			continue
		}
		var list []store.RecheckItem
		for t, err := range s.store.Tokens(ctx, b.ID, store.TokenUsed) {
			if err != nil {
				return nil, err
			}
			list = append(list, store.RecheckItem{Batch: b.ID, Unit: t.Unit, Group: t.Group, Number: t.Number})
		}
		slices.SortFunc(list, func(x, y store.RecheckItem) int { return cmp.Compare(x.Number, y.Number) })
		pool[b.Unit] = append(pool[b.Unit], list...)
	}
	return pool, nil
}

// recheckDraw draws from every unit and records the seed, so that anybody can
// repeat the draw.
func (s *Server) recheckDraw(c *fiber.Ctx) error {
	var in recheckInput
	bind(c, &in)
	campaign, err := s.store.Campaign(c.UserContext(), c.Params("campaign"))
	if err != nil {
		return err
	}
	d := store.Recheck{Campaign: campaign.ID, Seed: in.Seed, Made: s.now(), Pools: map[string]int{}}
	size, _, okSize := readPopulation(in.Size)
	percent, _, okPercent := readPopulation(in.Percent)
	if !okSize || !okPercent || (size > 0) == (percent > 0) || size > store.MaxRecheck || percent > 100 {
		return s.showRechecks(c, in, []view.FieldError{{Field: "so", Message: vi.Text("plan.drawRange", vi.Int(store.MaxRecheck))}})
	}
	if n := len([]rune(in.Seed)); n == 0 || n > maxSeed {
		return s.showRechecks(c, in, []view.FieldError{{Field: "hat-giong", Message: vi.Text("plan.seed", maxSeed)}})
	}
	d.Size, d.Percent = size, percent
	pool, err := s.usedInvites(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	drawItems(&d, campaign.Units, pool)
	if len(d.Items) == 0 || len(d.Items) > store.MaxRecheck {
		return s.showRechecks(c, in, []view.FieldError{{Field: "so", Message: vi.Text("plan.drawCount", vi.Int(len(d.Items)), vi.Int(store.MaxRecheck))}})
	}
	draws, err := s.store.Rechecks(c.UserContext(), campaign.ID)
	if err != nil {
		return err
	}
	for _, old := range draws {
		if old.Seed == d.Seed && old.Size == d.Size && old.Percent == d.Percent { // a second click
			return c.Redirect(fmt.Sprintf("/khao-sat/%s/phuc-tra/%d", campaign.ID, old.Number), fiber.StatusSeeOther)
		}
		d.Number = max(d.Number, old.Number)
	}
	d.Number++
	user, _ := userOf(c)
	d.By = user.Login
	if err := s.store.PutRecheck(c.UserContext(), d); err != nil {
		return err
	}
	change := audit.Change{Field: "recheck", After: vi.Text("plan.drawn", d.Number, vi.Int(len(d.Items)), d.Seed)}
	if err := s.record(c, fmt.Sprintf("campaigns/%s#recheck%d", campaign.ID, d.Number), audit.CampaignChange, "campaigns/"+campaign.ID, change); err != nil {
		return err
	}
	return done(c, fmt.Sprintf("/khao-sat/%s/phuc-tra/%d", campaign.ID, d.Number), "drawn", len(d.Items))
}

// drawItems draws from each unit its size or share, rounded up.
func drawItems(d *store.Recheck, units []string, pool map[string][]store.RecheckItem) {
	for _, code := range units {
		list := pool[code]
		if len(list) == 0 {
			continue
		}
		names := make([]string, len(list))
		for i, item := range list {
			names[i] = item.Batch + "/" + strconv.Itoa(item.Number)
		}
		n := d.Size
		if d.Percent > 0 {
			n = (len(list)*d.Percent + 99) / 100
		}
		d.Pools[code] = len(list)
		for _, i := range survey.Draw(d.Seed, names, n) {
			d.Items = append(d.Items, list[i])
		}
	}
}

// findRecheck returns the draw of the request with the campaign it is of.
func (s *Server) findRecheck(c *fiber.Ctx) (survey.Campaign, store.Recheck, error) {
	campaign, err := s.store.Campaign(c.UserContext(), c.Params("campaign"))
	if err != nil {
		return campaign, store.Recheck{}, err
	}
	n, err := strconv.Atoi(c.Params("n"))
	if err != nil {
		return campaign, store.Recheck{}, fault.New(fault.NotFound, "site.notFound")
	}
	d, err := s.store.Recheck(c.UserContext(), campaign.ID, n)
	return campaign, d, err
}

func (s *Server) recheck(c *fiber.Ctx) error {
	campaign, d, err := s.findRecheck(c)
	if err != nil {
		return err
	}
	p := view.Recheck{Page: s.page(c, vi.Text("plan.recheck")), ID: campaign.ID, Heading: campaign.Title, Number: vi.Int(d.Number), Version: d.Version, Seed: d.Seed,
		Made: vi.DateTime(d.Made), By: d.By, How: drawSize(&d), Excel: c.Path() + "/bang.xlsx", May: true}
	p.Flash, p.Scripts = flash(c), []string{"print.js"}
	for _, r := range store.RecheckResults() {
		p.Results = append(p.Results, vi.Text("plan.result."+string(r)))
	}
	if p.Units, err = s.recheckUnits(c.UserContext(), &d); err != nil {
		return err
	}
	p.Total = recheckSum(&d, "", d.Items)
	p.Total.Unit = vi.Text("plan.total")
	for _, n := range p.Total.Counts {
		p.Done += n
	}
	return c.Render("recheck/one", p)
}

// recheckUnits are the parts of a draw by unit, by name.
func (s *Server) recheckUnits(ctx context.Context, d *store.Recheck) ([]view.RecheckUnit, error) {
	byUnit := map[string][]store.RecheckItem{}
	var codes []string
	for _, item := range d.Items {
		if byUnit[item.Unit] == nil {
			codes = append(codes, item.Unit)
		}
		byUnit[item.Unit] = append(byUnit[item.Unit], item)
	}
	names, err := s.unitsNamed(ctx, codes)
	if err != nil {
		return nil, err
	}
	var list []view.RecheckUnit
	for _, u := range names {
		part := recheckSum(d, u.code, byUnit[u.code])
		part.Code, part.Unit = u.code, u.name
		for _, item := range byUnit[u.code] {
			row := view.RecheckItem{Name: recheckField(item), Serial: report.Invite{Unit: item.Unit, Group: item.Group, Batch: item.Batch, Number: item.Number}.Serial(), Group: vi.Text("group." + item.Group), Batch: item.Batch}
			row.Label = row.Serial + ", " + u.name
			for _, r := range store.RecheckResults() {
				row.Options = append(row.Options, option(string(r), vi.Text("plan.result."+string(r)), string(item.Result)))
			}
			part.Items = append(part.Items, row)
		}
		list = append(list, part)
	}
	return list, nil
}

// recheckField is the name of an item's field on the page.
func recheckField(item store.RecheckItem) string {
	return "kq." + item.Batch + "." + strconv.Itoa(item.Number)
}

// recheckSum counts the results of items; Share is those who confirmed of those
// who were met.
func recheckSum(d *store.Recheck, unit string, items []store.RecheckItem) view.RecheckUnit {
	sum := view.RecheckUnit{Drawn: len(items), Pool: d.Pools[unit], Counts: make([]int, len(store.RecheckResults()))}
	if unit == "" {
		for _, n := range d.Pools {
			sum.Pool += n
		}
	}
	for _, item := range items {
		if i := slices.Index(store.RecheckResults(), item.Result); i >= 0 {
			sum.Counts[i]++
		}
	}
	sum.Met, sum.Share = sum.Counts[0]+sum.Counts[1], "–"
	if sum.Met > 0 {
		sum.Share = vi.Decimal(rubric.Frac(int64(100*sum.Counts[0]), int64(sum.Met)).Decimal(1)) + " %"
	}
	return sum
}

// recheckSave stores the results that the page sends.
func (s *Server) recheckSave(c *fiber.Ctx) error {
	campaign, d, err := s.findRecheck(c)
	if err != nil {
		return err
	}
	changed := 0
	d.Items = slices.Clone(d.Items)
	for i, item := range d.Items {
		name := recheckField(item)
		if !c.Request().PostArgs().Has(name) {
			continue
		}
		result := store.RecheckResult(c.FormValue(name))
		if result != "" && !slices.Contains(store.RecheckResults(), result) {
			return fault.New(fault.Malformed, "site.malformed")
		}
		if item.Result != result {
			d.Items[i].Result = result
			changed++
		}
	}
	to := fmt.Sprintf("/khao-sat/%s/phuc-tra/%d", campaign.ID, d.Number)
	if changed == 0 {
		return done(c, to, "rechecked", 0)
	}
	if err := checkVersion(c, d.Version); err != nil {
		return err
	}
	if err := s.store.PutRecheck(c.UserContext(), d); err != nil {
		return err
	}
	id := fmt.Sprintf("campaigns/%s#recheck%d-%d", campaign.ID, d.Number, d.Version+1)
	if err := s.record(c, id, audit.CampaignChange, "campaigns/"+campaign.ID, audit.Change{Field: "recheckResults", After: vi.Text("plan.rechecked", d.Number, vi.Int(changed))}); err != nil {
		return err
	}
	return done(c, to, "rechecked", changed)
}

func (s *Server) recheckExcel(c *fiber.Ctx) error {
	campaign, d, err := s.findRecheck(c)
	if err != nil {
		return err
	}
	units, err := s.recheckUnits(c.UserContext(), &d)
	if err != nil {
		return err
	}
	book := xlsx.RecheckBook{Title: campaign.Title, Number: d.Number, Seed: d.Seed, How: drawSize(&d), Made: d.Made}
	for _, u := range units {
		book.Sums = append(book.Sums, xlsx.RecheckSum{Unit: u.Unit, Pool: u.Pool, Drawn: u.Drawn, Counts: u.Counts, Met: u.Met})
		for _, item := range u.Items {
			row := xlsx.RecheckRow{Unit: u.Unit, Group: item.Group, Serial: item.Serial, Batch: item.Batch}
			for _, o := range item.Options {
				if o.Chosen {
					row.Result = o.Label
				}
			}
			book.Rows = append(book.Rows, row)
		}
	}
	return s.sendBook(c, "recheck", fmt.Sprintf("phuc-tra-%s-%d", campaign.ID, d.Number), campaign.ID, int64(len(book.Rows)), func(b *bytes.Buffer) error { return xlsx.Recheck(b, book) })
}
