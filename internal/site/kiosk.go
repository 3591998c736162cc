package site

import (
	"context"
	"crypto/rand"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// How long a kiosk waits for the person in front of it.
const (
	// KioskIdle is how long nothing is touched before the page asks whether
	// somebody is there.
	KioskIdle = 40 * time.Second
	// KioskWarning is how long it then counts down before it starts again.
	KioskWarning = 20 * time.Second
	// KioskThanks is how long the thanks are shown.
	KioskThanks = 20 * time.Second
)

const (
	// kioskCookie carries the token of a shift, and nothing else.
	kioskCookie = "thanthien_kiosk"
	kioskScript = "kiosk.js"
	kioskStyle  = "kiosk.css"
	localShift  = "shift"
)

// kioskRoutes are the pages of the shared device. Only /kiosk itself is open;
// the others need the cookie of a shift at their campaign and unit.
func (s *Server) kioskRoutes(r fiber.Router) {
	body := limitBody(MaxAnswerBody)
	r.Get("/kiosk", s.kioskStart)
	r.Post("/kiosk", body, s.kioskOpen)
	r.Get("/kiosk/:campaign/:unit", s.onShift, s.kioskPage)
	r.Post("/kiosk/:campaign/:unit", s.onShift, body, s.kioskPost)
	r.Get("/kiosk/:campaign/:unit/xong", s.onShift, s.kioskThanks)
	r.Get("/kiosk/:campaign/:unit/ket-thuc", s.onShift, s.kioskEnd)
	r.Post("/kiosk/:campaign/:unit/ket-thuc", s.onShift, body, s.kioskClose)
}

func kioskPath(campaign, unit string) string {
	return "/kiosk/" + campaign + "/" + url.PathEscape(unit)
}

// onShift lets only the device through that holds a running shift here.
func (s *Server) onShift(c *fiber.Ctx) error {
	id, unitCode := c.Params("campaign"), c.Params("unit")
	shift, err := s.store.Shift(c.UserContext(), c.Cookies(kioskCookie))
	if err == nil && (shift.Campaign != id || shift.Unit != unitCode) {
		err = fault.New(fault.Unauthenticated, "kiosk.ended")
	}
	if fault.Is(err, fault.Unauthenticated) && !wantsJSON(c) {
		v := url.Values{"dot": {id}, "don-vi": {unitCode}, "het": {"1"}}
		return c.Redirect("/kiosk?"+v.Encode(), fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	c.Locals(localShift, shift)
	return c.Next()
}

func shiftOf(c *fiber.Ctx) store.Shift {
	h, _ := c.Locals(localShift).(store.Shift)
	return h
}

// kioskStart asks for the campaign, the unit and the PIN.
func (s *Server) kioskStart(c *fiber.Ctx) error {
	return s.showKioskStart(c, c.Query("dot"), c.Query("don-vi"), "", nil)
}

func (s *Server) showKioskStart(c *fiber.Ctx, campaign, unitCode, place string, why error) error {
	base, err := s.publicPage(c, vi.Text("kiosk.title"))
	if err != nil {
		return err
	}
	base.Styles = append(base.Styles, kioskStyle)
	p := view.KioskStart{Page: base, Place: place, PINSize: store.PINSize, MaxPlace: store.MaxPlace}
	open, err := s.kioskCampaigns(c.UserContext())
	if err != nil {
		return err
	}
	if len(open) == 1 && campaign == "" {
		campaign = open[0].ID
	}
	for i := range open {
		p.Campaigns = append(p.Campaigns, option(open[i].ID, open[i].Title, campaign))
		if open[i].ID == campaign {
			p.Campaign, p.Title = campaign, open[i].Title
			if p.Units, err = s.unitOptions(c.UserContext(), &open[i], unitCode); err != nil {
				return err
			}
		}
	}
	if c.Query("het") != "" {
		p.Ended = vi.Text("kiosk.ended")
	}
	if why != nil {
		f := asFault(why)
		p.Errors = fieldErrors(f.Problems)
		c.Status(statuses[f.Kind])
	}
	return c.Render("kiosk/start", p)
}

// kioskCampaigns are the open campaigns that take answers from kiosks.
func (s *Server) kioskCampaigns(ctx context.Context) ([]survey.Campaign, error) {
	list, err := s.store.Campaigns(ctx)
	now := s.now()
	return slices.DeleteFunc(list, func(k survey.Campaign) bool { return !k.Open(now) || !k.Accepts(survey.Kiosk) }), err
}

// unitOptions are the campaign's units by name.
func (s *Server) unitOptions(ctx context.Context, k *survey.Campaign, chosen string) ([]view.Option, error) {
	units, err := s.store.Units(ctx)
	var list []view.Option
	for _, u := range units {
		if k.Has(u.Code) {
			list = append(list, option(u.Code, u.Name, chosen))
		}
	}
	slices.SortStableFunc(list, byText(func(o view.Option) string { return o.Label }))
	return list, err
}

// kioskOpen begins a shift.
func (s *Server) kioskOpen(c *fiber.Ctx) error {
	id, unitCode, place := c.FormValue("dot"), c.FormValue("don-vi"), vi.Clean(c.FormValue("may"))
	token, err := s.startShift(c.UserContext(), id, unitCode, place, c.FormValue("pin"))
	if err != nil {
		if len(asFault(err).Problems) == 0 {
			return err
		}
		tellWait(c, asFault(err))
		return s.showKioskStart(c, id, unitCode, place, err)
	}
	s.setKioskCookie(c, token, int(store.ShiftMost.Seconds()))
	return c.Redirect(kioskPath(id, unitCode)+s.looks(c).query(), fiber.StatusSeeOther)
}

func (s *Server) startShift(ctx context.Context, id, unitCode, place, pin string) (token string, err error) {
	open, err := s.kioskCampaigns(ctx)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(open, func(k survey.Campaign) bool { return k.ID == id })
	switch {
	case at < 0:
		return "", fieldFault(fault.Invalid, "dot", "kiosk.campaign")
	case !open[at].Has(unitCode):
		return "", fieldFault(fault.Invalid, "don-vi", "kiosk.unit")
	case len([]rune(place)) > store.MaxPlace:
		return "", fieldFault(fault.Invalid, "may", "kiosk.place", store.MaxPlace)
	}
	if err := s.checkPIN(ctx, id, unitCode, pin); err != nil {
		return "", err
	}
	return s.store.StartShift(ctx, id, unitCode, place)
}

// fieldFault is an error with one problem at a field.
func fieldFault(kind fault.Kind, field, key string, args ...any) error {
	return &fault.Error{Kind: kind, Key: key, Args: args, Problems: []fault.Problem{{Path: field, Key: key, Args: args}}}
}

// checkPIN checks a PIN, few at once, because each check takes much memory.
func (s *Server) checkPIN(ctx context.Context, id, unitCode, pin string) error {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Unavailable, "site.busy")
	}
	err := s.store.CheckKioskPIN(ctx, id, unitCode, pin)
	switch f := asFault(err); {
	case err == nil:
		return nil
	case f.Kind == fault.TooMany:
		return fieldFault(fault.TooMany, "pin", "kiosk.tooMany", f.Args...)
	case f.Kind == fault.Invalid:
		return fieldFault(fault.Invalid, "pin", "kiosk.pin")
	}
	return err
}

// setKioskCookie gives the device its shift; an age below zero takes it away.
func (s *Server) setKioskCookie(c *fiber.Ctx, token string, age int) {
	c.Cookie(&fiber.Cookie{Name: kioskCookie, Value: token, Path: "/kiosk", HTTPOnly: true, SameSite: fiber.CookieSameSiteStrictMode, MaxAge: age, Secure: !s.plainHTTP(c)})
}

// kioskPage is the survey's form on the shared device.
func (s *Server) kioskPage(c *fiber.Ctx) error {
	campaign, form, err := s.live(c.UserContext(), c.Params("campaign"), c.Params("unit"))
	if err != nil {
		return err
	}
	if why := stopped(campaign, s.now()); why != nil {
		return s.showStopped(c, campaign, form, why)
	}
	in := sheet{submission: submission{key: rand.Text()}, startedText: strconv.FormatInt(s.now().Unix(), 10)}
	return s.showKiosk(c, campaign, form, in, nil)
}

// showKiosk shows the form with what was sent and why it was not taken.
func (s *Server) showKiosk(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, in sheet, why error) error {
	var problems []fault.Problem
	if why != nil {
		problems = asFault(why).Problems
	}
	page, err := s.surveyView(c, campaign, form, in, problems)
	if err != nil {
		return err
	}
	page.Scripts = []string{"survey.js", kioskScript, "listen.js"}
	page.Styles = append(page.Styles, kioskStyle)
	page.Kept = why != nil
	if f := asFault(why); why != nil && f.Kind != fault.Invalid {
		page.Stopped = say(page.Page, f.Key, f.Args...)
	}
	if why != nil {
		c.Status(statuses[asFault(why).Kind])
	}
	page.Kiosk = &view.KioskRun{Idle: int(KioskIdle.Seconds()), Warning: int(KioskWarning.Seconds()), Thanks: int(KioskThanks.Seconds()),
		End: kioskPath(campaign.ID, c.Params("unit")) + "/ket-thuc", Place: shiftOf(c).Place}
	return c.Render("kiosk/form", page)
}
