package site

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/survey"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// kioskSetupPath is where those who do not see campaigns find the kiosks.
const kioskSetupPath = "/kiosk/thiet-lap"

// kioskSetupRoutes are the pages on which PINs are set and shifts are seen.
func (s *Server) kioskSetupRoutes(r fiber.Router) {
	may := s.may(account.RunKiosk)
	r.Get(kioskSetupPath, may, s.kioskList)
	r.Get("/khao-sat/:campaign/kiosk", may, s.kioskSetup)
	r.Post("/khao-sat/:campaign/kiosk", may, limitBody(MaxFormBody), s.kioskPIN)
	r.Post("/khao-sat/:campaign/kiosk/ket-thuc", may, limitBody(MaxFormBody), s.kioskStop)
}

// kioskList leads to the kiosks of each open campaign.
func (s *Server) kioskList(c *fiber.Ctx) error {
	open, err := s.kioskCampaigns(c.UserContext())
	if err != nil {
		return err
	}
	u, _ := userOf(c)
	p := view.KioskList{Page: s.page(c, vi.Text("kiosk.titleSetup")), Start: "/kiosk"}
	for _, k := range open {
		if u.Role != account.Commune || k.Has(u.Unit) {
			p.Campaigns = append(p.Campaigns, view.Link{Label: k.Title, URL: "/khao-sat/" + k.ID + "/kiosk"})
		}
	}
	return c.Render("kiosk/list", p)
}

// mayKiosk refuses a unit that the visitor does not run kiosks for: an officer
// of a commune has their own.
func mayKiosk(c *fiber.Ctx, unitCode string) error {
	if u, _ := userOf(c); u.Role == account.Commune && u.Unit != unitCode {
		return fault.New(fault.Forbidden, "kiosk.ownUnit")
	}
	return nil
}

func (s *Server) kioskSetup(c *fiber.Ctx) error { return s.showKioskSetup(c, c.Query("don-vi"), nil) }

func (s *Server) showKioskSetup(c *fiber.Ctx, unitCode string, why error) error {
	campaign, err := s.store.Campaign(c.UserContext(), c.Params("campaign"))
	if err != nil {
		return err
	}
	p := view.KioskSetup{Page: s.page(c, vi.Text("kiosk.titleSetup")), Campaign: campaign.Title, Start: "/kiosk?dot=" + campaign.ID, PINSize: store.PINSize}
	if mayDo(c, account.SeeCampaigns) {
		p.Back = "/khao-sat/" + campaign.ID
	}
	rows, err := s.kioskRows(c, &campaign)
	if err != nil {
		return err
	}
	if u, _ := userOf(c); u.Role == account.Commune {
		unitCode = u.Unit
	} else {
		rows, p.List = listOf(c, rows, func(r view.KioskRow) string { return r.Code + " " + r.Name }, kioskColumns())
		p.Rows = rows
	}
	if unitCode != "" {
		if p.Chosen, err = s.kioskUnit(c, &campaign, unitCode); err != nil {
			return err
		}
	}
	if why != nil {
		p.Errors = fieldErrors(asFault(why).Problems)
		c.Status(statuses[asFault(why).Kind])
	}
	if c.Query("xong") != "" && p.Chosen != nil {
		p.Flash = vi.Text("kiosk.set", p.Chosen.Name)
	}
	if c.Query("dung") != "" && p.Chosen != nil {
		p.Flash = vi.Text("kiosk.stopped", p.Chosen.Name)
	}
	return c.Render("kiosk/setup", p)
}

func kioskColumns() []listColumn[view.KioskRow] {
	return []listColumn[view.KioskRow]{
		{key: "ten", label: vi.Text("word.unit"), compare: byText(func(r view.KioskRow) string { return r.Name })},
		{key: "pin", label: vi.Text("word.pin"), compare: func(a, b view.KioskRow) int { return boolInt(b.Set) - boolInt(a.Set) }},
		{label: vi.Text("word.setBy")},
	}
}

// kioskRows are the campaign's units with their PINs' state.
func (s *Server) kioskRows(c *fiber.Ctx, k *survey.Campaign) ([]view.KioskRow, error) {
	set, err := s.store.Kiosks(c.UserContext(), k.ID)
	if err != nil {
		return nil, err
	}
	units, err := s.store.Units(c.UserContext())
	var rows []view.KioskRow
	for _, u := range units {
		if k.Has(u.Code) {
			rows = append(rows, kioskRow(k.ID, u.Code, u.Name, set[u.Code]))
		}
	}
	return rows, err
}

func kioskRow(campaign, code, name string, k store.Kiosk) view.KioskRow {
	r := view.KioskRow{Code: code, Name: name, URL: "/khao-sat/" + campaign + "/kiosk?don-vi=" + url.QueryEscape(code) + "#may", PIN: vi.Text("kiosk.noPin")}
	if k.PIN != "" {
		r.PIN, r.By, r.Set = vi.DateTime(k.At), k.By, true
	}
	return r
}

// kioskUnit is one unit with its newest shifts.
func (s *Server) kioskUnit(c *fiber.Ctx, k *survey.Campaign, code string) (*view.KioskUnit, error) {
	if !k.Has(code) {
		return nil, fault.New(fault.NotFound, "public.unit", code)
	}
	if err := mayKiosk(c, code); err != nil {
		return nil, err
	}
	u, err := s.store.Unit(c.UserContext(), code)
	if err != nil {
		return nil, err
	}
	set, err := s.store.Kiosks(c.UserContext(), k.ID)
	if err != nil {
		return nil, err
	}
	shifts, err := s.store.Shifts(c.UserContext(), k.ID, code)
	if err != nil {
		return nil, err
	}
	start := url.Values{"dot": {k.ID}, "don-vi": {code}}
	v := view.KioskUnit{KioskRow: kioskRow(k.ID, code, u.Name, set[code]), Start: "/kiosk?" + start.Encode(), Path: "/khao-sat/" + k.ID + "/kiosk"}
	for _, h := range shifts {
		v.Answers += h.Answers
		v.Shifts = append(v.Shifts, s.kioskShift(h))
	}
	return &v, nil
}

func (s *Server) kioskShift(h store.Shift) view.KioskShift {
	v := view.KioskShift{Place: h.Place, Started: vi.DateTime(h.Started), Answers: h.Answers}
	switch {
	case h.Running(s.now()):
		v.State, v.Stop = view.Tag{Text: vi.Text("kiosk.running"), Look: "good"}, h.ID
	case !h.Ended.IsZero():
		v.Ended, v.State = vi.DateTime(h.Ended), view.Tag{Text: vi.Text("kiosk.over")}
	default:
		v.Ended, v.State = vi.DateTime(h.Until), view.Tag{Text: vi.Text("kiosk.overTime", int(store.ShiftMost.Hours()))}
	}
	return v
}

// kioskPIN sets the PIN of a unit's kiosks.
func (s *Server) kioskPIN(c *fiber.Ctx) error {
	id, code, pin := c.Params("campaign"), c.FormValue("don-vi"), strings.TrimSpace(c.FormValue("pin"))
	campaign, err := s.store.Campaign(c.UserContext(), id)
	if err != nil {
		return err
	}
	if !campaign.Has(code) {
		return fault.New(fault.NotFound, "public.unit", code)
	}
	if err := mayKiosk(c, code); err != nil {
		return err
	}
	if !campaign.Accepts(survey.Kiosk) {
		return fault.New(fault.Conflict, "kiosk.off")
	}
	if err := goodPIN(pin); err != nil {
		return s.showKioskSetup(c, code, err)
	}
	u, _ := userOf(c)
	if err := s.store.SetKioskPIN(c.UserContext(), id, code, pin, u.Login); err != nil {
		return err
	}
	if err := s.record(c, "", audit.CampaignChange, "campaigns/"+id, audit.Change{Field: vi.Text("kiosk.pinChange"), After: code}); err != nil {
		return err
	}
	v := url.Values{"don-vi": {code}, "xong": {"1"}}
	return c.Redirect("/khao-sat/"+id+"/kiosk?"+v.Encode(), fiber.StatusSeeOther)
}

// kioskStop ends a shift from afar: a device that was lost could send answers,
// as trusted as any, until the shift's time is over.
func (s *Server) kioskStop(c *fiber.Ctx) error {
	id, code, shift := c.Params("campaign"), c.FormValue("don-vi"), c.FormValue("ca")
	if err := mayKiosk(c, code); err != nil {
		return err
	}
	list, err := s.store.Shifts(c.UserContext(), id, code)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(h store.Shift) bool { return h.ID == shift })
	if at < 0 {
		return fault.New(fault.NotFound, "kiosk.noShift")
	}
	if list[at].Running(s.now()) {
		if err := s.store.EndShift(c.UserContext(), shift); err != nil {
			return err
		}
		if err := s.record(c, "", audit.CampaignChange, "campaigns/"+id, audit.Change{Field: vi.Text("kiosk.stopChange"), Before: list[at].Place, After: code}); err != nil {
			return err
		}
	}
	v := url.Values{"don-vi": {code}, "dung": {"1"}}
	return c.Redirect("/khao-sat/"+id+"/kiosk?"+v.Encode(), fiber.StatusSeeOther)
}

// goodPIN refuses a PIN of another shape, one digit repeated, and digits in a row.
func goodPIN(pin string) error {
	if len(pin) != store.PINSize || strings.Trim(pin, "0123456789") != "" {
		return fieldFault(fault.Invalid, "pin", "kiosk.pinShape", store.PINSize)
	}
	step := pin[1] - pin[0]
	for i := 1; i < len(pin); i++ {
		if pin[i]-pin[i-1] != step {
			return nil
		}
	}
	if step == 0 || step == 1 || step == 255 {
		return fieldFault(fault.Invalid, "pin", "kiosk.pinEasy")
	}
	return nil
}
