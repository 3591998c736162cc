package site

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// Limits of the page of a period.
const (
	periodPreview = 20   // names of units that opening would take
	maxReason     = 1000 // characters of the reason for a step back
)

// period shows one period and what may be done with it now.
func (a *admin) period(c *fiber.Ctx) error {
	d, err := a.store.Period(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	return a.showPeriod(c, d, "", nil)
}

func (a *admin) showPeriod(c *fiber.Ctx, d dossier.Period, reason string, errs []view.FieldError) error {
	ctx := c.UserContext()
	p := view.Period{Admin: a.page(c, d.Title), ID: d.ID, Heading: d.Title, Version: d.Version, State: periodTag(d.State), Units: len(d.Units), Reason: reason,
		Steps: d.Steps, Settings: d.State == dossier.Draft || d.Steps && d.MayChangeSettings() == nil,
		Draft: d.State == dossier.Draft, Open: d.State == dossier.Open, Locked: d.State == dossier.Locked, Published: d.State == dossier.Published}
	p.Errors = errs
	if p.Draft {
		list, err := a.unitsOf(ctx, &d)
		if err != nil {
			return err
		}
		p.Units = len(list)
		for _, u := range list[:min(periodPreview, len(list))] {
			p.Preview = append(p.Preview, u.Name)
		}
		p.More = len(list) - len(p.Preview)
	}
	var err error
	if p.Facts, err = a.periodFacts(c, &d); err != nil {
		return err
	}
	campaigns, err := a.store.CampaignsOf(ctx, d.ID)
	if err != nil {
		return err
	}
	for i := range campaigns {
		p.Campaigns = append(p.Campaigns, a.campaignRow(&campaigns[i], "/quan-tri/dot/"))
	}
	if p.History, err = a.history(c, "periods/"+d.ID); err != nil {
		return err
	}
	if len(errs) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("admin/period", p)
}

func (a *admin) periodFacts(c *fiber.Ctx, d *dossier.Period) ([]view.Fact, error) {
	set, err := a.store.Set(c.UserContext(), d.SetID, d.SetVer)
	if err != nil {
		return nil, err
	}
	scope := vi.Text("admin.period.allUnits")
	if d.Scope != "" {
		u, err := a.store.Unit(c.UserContext(), d.Scope)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		scope = strings.TrimSpace(u.Name + " (" + d.Scope + ")")
	}
	stages := make([]string, len(d.Stages))
	for i, s := range d.Stages {
		stages[i] = s.Title + " (" + s.Code + ")"
	}
	target := vi.Text("admin.period.target", vi.Decimal(d.Target.Percent))
	if i := set.BandIndex(d.Target.MinBand); i >= 0 {
		target += vi.Text("admin.period.targetBand", set.Recognition.Bands[i].Title)
	}
	if d.Target.By != "" {
		target += vi.Text("admin.period.targetBy", dayText(d.Target.By))
	}
	facts := []view.Fact{
		{Label: vi.Text("word.code"), Value: d.ID},
		{Label: vi.Text("word.year"), Value: fmt.Sprint(d.Year)},
		{Label: vi.Text("word.set"), Value: set.Title + " (" + store.Ref(d.SetID, d.SetVer) + ")", URL: setURL(d.SetID, d.SetVer)},
		{Label: vi.Text("word.scope"), Value: scope},
		{Label: vi.Text("word.unitsOn"), Value: dayText(d.On)},
		{Label: vi.Text("word.stages"), Value: strings.Join(stages, "; ")},
		{Label: vi.Text("word.target"), Value: target},
	}
	facts = append(facts, a.stepFacts(c, d)...)
	if d.Previous != "" {
		title := d.Previous
		if before, err := a.store.Period(c.UserContext(), d.Previous); err == nil {
			title = before.Title
		} else if !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		facts = append(facts, view.Fact{Label: vi.Text("word.compareWith"), Value: title, URL: "/quan-tri/ky/" + d.Previous})
	}
	return facts, nil
}

func setURL(id string, version int) string {
	return fmt.Sprintf("/quan-tri/bo-tieu-chi/%s/%d", id, version)
}

// periodOpen freezes the units and makes every dossier. Done again, it makes
// what is missing.
func (a *admin) periodOpen(c *fiber.Ctx) error {
	ctx := c.UserContext()
	d, err := a.store.Period(ctx, c.Params("id"))
	if err != nil {
		return err
	}
	if d.State != dossier.Draft && d.State != dossier.Open {
		return fault.New(fault.Conflict, "admin.move", d.Title, vi.Text("admin.period."+string(d.State)))
	}
	var list []unit.Unit
	if d.State == dossier.Draft {
		if list, err = a.unitsOf(ctx, &d); err != nil {
			return err
		}
	}
	d, err = a.store.OpenPeriod(ctx, d.ID, unitCodes(list))
	if fault.Is(err, fault.Stale) { // a second click: the first one has it
		d, err = a.store.OpenPeriod(ctx, d.ID, nil)
	}
	if err != nil {
		return err
	}
	if err := a.record(c, "periods/"+d.ID+"#open", audit.PeriodOpened, "periods/"+d.ID, audit.Change{Field: "units", After: vi.Int(len(d.Units))}); err != nil {
		return err
	}
	return done(c, "/quan-tri/ky/"+d.ID, "opened", len(d.Units))
}
