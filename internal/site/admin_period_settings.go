package site

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/audit"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// periodSettingsPage is the form of a draft as a whole, or of the settings that
// may change while the period runs.
func (a *admin) periodSettingsPage(c *fiber.Ctx) error {
	d, err := a.store.Period(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	if d.State == dossier.Draft {
		return a.showPeriodNew(c, inputOf(d), fiber.StatusOK, nil)
	}
	if err := mayChangeSettings(&d); err != nil {
		return err
	}
	in := periodStepsOf(d)
	return a.showSettingsForm(c, &d, &in, fiber.StatusOK, nil)
}

func mayChangeSettings(d *dossier.Period) error {
	if !d.Steps {
		return fault.New(fault.Conflict, "period.freeSettings", d.Title)
	}
	return d.MayChangeSettings()
}

func (a *admin) showSettingsForm(c *fiber.Ctx, d *dossier.Period, in *periodSteps, status int, errs []view.FieldError) error {
	p := view.PeriodSettings{Admin: a.page(c, vi.Text("admin.period.edit")), ID: d.ID, Heading: d.Title, Version: in.version, Open: d.State == dossier.Open}
	p.Reason = vi.Clean(c.FormValue("ly-do"))
	p.Errors, p.Styles = errs, append(p.Styles, teamStyle)
	var err error
	if p.PeriodSteps, err = a.stepsView(c.UserContext(), in, p.Page); err != nil {
		return err
	}
	return c.Status(status).Render("admin/period_settings", p)
}

// periodSettings stores the form of a draft, or the settings of a period that
// runs. The criteria set, the stages and the units of the latter never change.
func (a *admin) periodSettings(c *fiber.Ctx) error {
	d, err := a.store.Period(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	if d.State == dossier.Draft {
		return a.draftSettings(c, d)
	}
	if err := mayChangeSettings(&d); err != nil {
		return err
	}
	in := bindSteps(c)
	in.Codes, in.Titles, in.Days = periodStepsOf(d).Codes, periodStepsOf(d).Titles, nil
	days := map[string]string{}
	for _, s := range d.Stages {
		day := vi.Clean(c.FormValue(deadlineField + s.Code))
		in.Days = append(in.Days, day)
		if s.Code != dossier.SelfStage {
			days[s.Code] = day
		}
	}
	in.version, _ = strconv.ParseInt(c.FormValue("phien-ban"), 10, 64)
	next := d
	problems, err := a.readHarmless(c.UserContext(), &in, days, &next)
	if err != nil {
		return err
	}
	errs := addProblems(nil, problems)
	reason := vi.Clean(c.FormValue("ly-do"))
	if n := utf8.RuneCountInString(reason); n > maxReason || n == 0 && spreadMoves(&d, &next) {
		errs = append(errs, view.FieldError{Field: "ly-do", Message: vi.Text("admin.reason", maxReason)})
	}
	if sameSteps(d, next) && len(errs) == 0 {
		return done(c, "/quan-tri/ky/"+d.ID, "periodSettings")
	}
	if err := checkVersion(c, d.Version); err != nil {
		in.version = d.Version
		return a.showSettingsForm(c, &d, &in, fiber.StatusPreconditionFailed, []view.FieldError{{Message: vi.Text("period.stale", deadlineWords(&d))}})
	}
	if len(errs) > 0 {
		return a.showSettingsForm(c, &d, &in, fiber.StatusUnprocessableEntity, errs)
	}
	return a.storeSettings(c, d, next, reason)
}

// spreadMoves reports whether dossiers that wait for their members to agree
// might go on by the new limit alone, or be stopped by it.
func spreadMoves(was, now *dossier.Period) bool {
	return was.State == dossier.Open && was.SpreadLimit().Cmp(now.SpreadLimit()) != 0
}

// storeSettings writes changed settings with what changed and why.
func (a *admin) storeSettings(c *fiber.Ctx, was, now dossier.Period, reason string) error {
	changes := settingChanges(was, now)
	if reason != "" {
		changes = append(changes, audit.Change{Field: "reason", After: reason})
	}
	event := eventOf(c, fmt.Sprintf("periods/%s#%d", now.ID, now.Version+1), audit.PeriodChanged, "periods/"+now.ID, changes...)
	if _, err := a.store.PutPeriod(c.UserContext(), now, event); err != nil {
		return err
	}
	return done(c, "/quan-tri/ky/"+now.ID, "periodSettings")
}

// settingChanges lists the settings that differ, in words.
func settingChanges(was, now dossier.Period) []audit.Change {
	var list []audit.Change
	add := func(field, before, after string) {
		if before != after {
			list = append(list, audit.Change{Field: field, Before: before, After: after})
		}
	}
	add("title", was.Title, now.Title)
	add("deadlines", deadlineWords(&was), deadlineWords(&now))
	add("gate", gateWords(was.Gate), gateWords(now.Gate))
	add("spread", vi.Decimal(was.SpreadLimit().String()), vi.Decimal(now.SpreadLimit().String()))
	add("appeals", strconv.Itoa(was.AppealLimit()), strconv.Itoa(now.AppealLimit()))
	add("validity", strconv.Itoa(was.Validity()), strconv.Itoa(now.Validity()))
	add("head", was.Head, now.Head)
	if len(list) == 0 {
		list = append(list, audit.Change{Field: "draft", After: now.Title})
	}
	return list
}

// draftSettings stores the form of a draft, everything but its id.
func (a *admin) draftSettings(c *fiber.Ctx, d dossier.Period) error {
	in := a.bindPeriod(c)
	in.ID = d.ID
	in.version, _ = strconv.ParseInt(c.FormValue("phien-ban"), 10, 64)
	next, errs, err := a.readPeriod(c.UserContext(), &in)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return a.showPeriodNew(c, in, fiber.StatusUnprocessableEntity, errs)
	}
	if samePeriod(d, next) {
		return done(c, "/quan-tri/ky/"+d.ID, "periodSettings")
	}
	if err := checkVersion(c, d.Version); err != nil {
		in.version = d.Version
		return a.showPeriodNew(c, in, fiber.StatusPreconditionFailed, []view.FieldError{{Message: vi.Text("period.staleDraft")}})
	}
	next.Version = d.Version
	return a.storeSettings(c, d, next, "")
}
