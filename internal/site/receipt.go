package site

import (
	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/store"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// receiptPage is where an accepted response leads: it proves the receipt and
// lets the browser forget its copy of the answers.
func (s *Server) receiptPage(c *fiber.Ctx) error {
	ctx, id, unitCode := c.UserContext(), c.Params("campaign"), c.Params("unit")
	code := store.NormalReceipt(c.Query("ma"))
	at, err := s.store.FindReceipt(ctx, code)
	if err != nil {
		return err
	}
	if at != (store.Counted{Campaign: id, Unit: unitCode}) {
		return fault.New(fault.NotFound, "store.receipt")
	}
	p := view.Receipt{Code: code, Parts: view.ReceiptParts(code), Draft: draftName(id, unitCode, ""), Again: surveyPath(id, unitCode) + s.looks(c).query()}
	c.Set(fiber.HeaderReferrerPolicy, surveyReferrer)
	if p.Page, err = s.publicPage(c, vi.Text("title.receipt")); err != nil {
		return err
	}
	_, form, err := s.store.LiveCampaign(ctx, id)
	if err != nil {
		return err
	}
	if _, p.Switch, err = s.look(c, &p.Page, form, view.Pair{Name: "ma", Value: code}); err != nil {
		return err
	}
	p.Title = p.T("thanks")
	if p.Campaign, p.Unit, err = s.placeNames(c, at); err != nil {
		return err
	}
	return c.Render("survey/receipt", p)
}

// placeNames are the title of a campaign and the name of a unit.
func (s *Server) placeNames(c *fiber.Ctx, at store.Counted) (campaign, unitName string, err error) {
	k, err := s.store.Campaign(c.UserContext(), at.Campaign)
	if err != nil {
		return "", "", err
	}
	u, err := s.store.Unit(c.UserContext(), at.Unit)
	return k.Title, u.Name, err
}

// receiptCheck says in which campaign and unit a receipt was counted, and
// nothing else.
func (s *Server) receiptCheck(c *fiber.Ctx) error {
	base, err := s.publicPage(c, vi.Text("title.receiptCheck"))
	if err != nil {
		return err
	}
	p := view.ReceiptCheck{Page: base, Typed: firstRunes(vi.Clean(c.Query("ma")), MaxQuery)}
	p.Styles = append(p.Styles, exportStyle)
	if p.Lists, err = s.publishedLinks(c.UserContext()); err != nil {
		return err
	}
	if p.Typed == "" {
		return c.Render("public/receipt", p)
	}
	at, err := s.store.FindReceipt(c.UserContext(), p.Typed)
	if fault.Is(err, fault.NotFound) {
		p.Errors = []view.FieldError{{Field: "ma", Message: vi.Error(err)}}
		return c.Status(fiber.StatusNotFound).Render("public/receipt", p)
	}
	if err != nil {
		return err
	}
	p.Found, p.Parts = true, view.ReceiptParts(store.NormalReceipt(p.Typed))
	p.Hash = store.ReceiptHash(p.Typed)
	p.List = s.publishedPlace(c.UserContext(), at.Campaign, p.Hash)
	if p.Campaign, p.Unit, err = s.placeNames(c, at); err != nil {
		return err
	}
	return c.Render("public/receipt", p)
}
