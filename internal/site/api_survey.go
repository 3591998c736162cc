package site

import (
	"bytes"
	"context"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
)

// headerKey carries the client's key that makes a repeated POST harmless.
const headerKey = "Idempotency-Key"

// surveyAPI are the calls of respondents' programs.
func (s *Server) surveyAPI(r fiber.Router) {
	r.Get("/campaigns/:campaign/form", s.formJSON)
	r.Post("/campaigns/:campaign/units/:unit/responses", limitBody(MaxAnswerBody), s.postResponse)
}

// receiptJSON answers an accepted response: 16 letters and digits, without the
// dashes that pages show.
type receiptJSON struct {
	Receipt string `json:"receipt"`
}

// postResponse takes one response: 201 and its receipt, or 200 with the same
// receipt when the key was used before.
func (s *Server) postResponse(c *fiber.Ctx) error {
	in, err := readResponse(c)
	if err != nil {
		return err
	}
	ctx, unitCode := c.UserContext(), c.Params("unit")
	campaign, form, err := s.live(ctx, c.Params("campaign"), unitCode)
	if err != nil {
		return err
	}
	in.from = s.visitorOf(c)
	receipt, existed, err := s.accept(ctx, campaign, form, unitCode, in)
	if err != nil {
		return err
	}
	return sendReceipt(c, receipt, existed)
}

// readResponse reads the call's body and key. What is wrong with single fields
// stands in the submission, to be told along with what the form finds wrong.
func readResponse(c *fiber.Ctx) (*submission, error) {
	if !isJSON(c.Request().Header.ContentType()) {
		return nil, fault.New(fault.Unsupported, "public.contentType")
	}
	in, err := parseResponse(c.Request().Body())
	if fault.Is(err, fault.Invalid) {
		in.problems = asFault(err).Problems
	} else if err != nil {
		return nil, err
	}
	in.key, in.channel = string(c.Request().Header.Peek(headerKey)), survey.API
	return in, nil
}

// sendReceipt writes the receipt by hand: it is made of plain letters.
func sendReceipt(c *fiber.Ctx, receipt string, existed bool) error {
	status := fiber.StatusCreated
	if existed {
		status = fiber.StatusOK
	}
	c.Status(status).Response().Header.SetContentType(fiber.MIMEApplicationJSON)
	c.Response().AppendBodyString(`{"receipt":"`)
	c.Response().AppendBodyString(receipt)
	c.Response().AppendBodyString(`"}`)
	return nil
}

// isJSON reports whether a content type is application/json, whatever its
// parameters.
func isJSON(contentType []byte) bool {
	kind, _, _ := bytes.Cut(contentType, []byte{';'})
	return bytes.EqualFold(bytes.TrimSpace(kind), []byte(fiber.MIMEApplicationJSON))
}

// formJSON answers with the form of an open campaign, its dates and its units.
func (s *Server) formJSON(c *fiber.Ctx) error {
	ctx, id := c.UserContext(), c.Params("campaign")
	if !survey.Slug(id) {
		return fault.New(fault.NotFound, "store.campaign", id)
	}
	campaign, form, err := s.store.LiveCampaign(ctx, id)
	if err != nil {
		return err
	}
	if err := stopped(campaign, s.now()); err != nil {
		return err
	}
	units, err := s.unitsOf(ctx, campaign)
	if err != nil {
		return err
	}
	return c.JSON(newCampaignJSON(campaign, form, units))
}

// unitsOf returns the units of a campaign in code order.
func (s *Server) unitsOf(ctx context.Context, c *survey.Campaign) ([]unit.Unit, error) {
	all, err := s.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	var list []unit.Unit
	for _, u := range all {
		if c.Has(u.Code) {
			list = append(list, u)
		}
	}
	return list, nil
}
