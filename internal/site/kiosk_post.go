package site

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// kioskPost takes a filled form: 201 with the receipt for the page's script, a
// redirect to the thanks else. A shift is trusted: no limits, no challenge, and
// no cookie for the person.
func (s *Server) kioskPost(c *fiber.Ctx) error {
	id, unitCode, shift := c.Params("campaign"), c.Params("unit"), shiftOf(c)
	campaign, form, err := s.live(c.UserContext(), id, unitCode)
	if err != nil {
		return err
	}
	in, err := readSheet(c)
	if err == nil {
		err = checkConsent(&in)
	}
	if err != nil {
		return s.refuseKiosk(c, campaign, form, in, err)
	}
	in.channel, in.trusted, in.token = survey.Kiosk, true, ""
	if at := s.now().Add(-in.waited); in.waited > 0 && !at.Before(shift.Started) {
		in.taken = at
	}
	receipt, existed, err := s.accept(c.UserContext(), campaign, form, unitCode, &in.submission)
	if err != nil {
		return s.refuseKiosk(c, campaign, form, in, err)
	}
	if !existed {
		if err := s.store.CountAnswer(c.UserContext(), shift.ID); err != nil {
			s.log.Warn("an answer is not in its shift's count", "request_id", requestID(c), "error", err)
		}
	}
	if wantsJSON(c) {
		return c.Status(fiber.StatusCreated).JSON(fiber.Map{"receipt": receipt})
	}
	return c.Redirect(kioskPath(id, unitCode)+"/xong?ma="+url.QueryEscape(receipt)+s.looks(c).more(), fiber.StatusSeeOther)
}

// refuseKiosk answers the script with the error and a page without one with
// the form.
func (s *Server) refuseKiosk(c *fiber.Ctx, campaign *survey.Campaign, form *survey.Form, in sheet, why error) error {
	f := asFault(why)
	if wantsJSON(c) || f.Kind != fault.Invalid && f.Kind != fault.Gone && f.Kind != fault.Conflict {
		return why
	}
	return s.showKiosk(c, campaign, form, in, why)
}

// kioskThanks proves an accepted answer and makes room for the next person.
func (s *Server) kioskThanks(c *fiber.Ctx) error {
	id, unitCode := c.Params("campaign"), c.Params("unit")
	code := store.NormalReceipt(c.Query("ma"))
	at, err := s.store.FindReceipt(c.UserContext(), code)
	if err != nil {
		return err
	}
	if at != (store.Counted{Campaign: id, Unit: unitCode}) {
		return fault.New(fault.NotFound, "store.receipt")
	}
	p := view.KioskThanks{Parts: view.ReceiptParts(code), Next: kioskPath(id, unitCode)}
	c.Set("Refresh", kioskRefresh(p.Next))
	if p.Page, err = s.publicPage(c, ""); err != nil {
		return err
	}
	p.Lang, p.Large, p.Styles = s.looks(c).lang, s.looks(c).large, []string{surveyStyle, kioskStyle}
	p.Title = p.T("thanks")
	if _, p.Unit, err = s.placeNames(c, at); err != nil {
		return err
	}
	return c.Render("kiosk/thanks", p)
}

// kioskRefresh leads back to the start after the thanks, without a script.
func kioskRefresh(next string) string { return vi.Int(int(KioskThanks.Seconds())) + ";url=" + next }

// kioskEnd asks for the PIN before the shift ends, so that a respondent cannot
// end it.
func (s *Server) kioskEnd(c *fiber.Ctx) error { return s.showKioskEnd(c, nil) }

func (s *Server) showKioskEnd(c *fiber.Ctx, why error) error {
	shift := shiftOf(c)
	base, err := s.publicPage(c, vi.Text("kiosk.titleEnd"))
	if err != nil {
		return err
	}
	base.Styles = append(base.Styles, kioskStyle)
	u, err := s.store.Unit(c.UserContext(), shift.Unit)
	if err != nil {
		return err
	}
	if why != nil {
		base.Errors = fieldErrors(asFault(why).Problems)
		c.Status(statuses[asFault(why).Kind])
	}
	return c.Render("kiosk/end", view.KioskEnd{Page: base, Unit: u.Name, Place: shift.Place, Since: vi.DateTime(shift.Started), Answers: shift.Answers,
		Back: kioskPath(shift.Campaign, shift.Unit), PINSize: store.PINSize})
}

func (s *Server) kioskClose(c *fiber.Ctx) error {
	shift := shiftOf(c)
	if err := s.checkPIN(c.UserContext(), shift.Campaign, shift.Unit, c.FormValue("pin")); err != nil {
		if len(asFault(err).Problems) == 0 {
			return err
		}
		return s.showKioskEnd(c, err)
	}
	if err := s.store.EndShift(c.UserContext(), shift.ID); err != nil {
		return err
	}
	s.setKioskCookie(c, "", -1)
	v := url.Values{"dot": {shift.Campaign}, "don-vi": {shift.Unit}}
	return c.Redirect("/kiosk?"+v.Encode(), fiber.StatusSeeOther)
}
