package site

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/vi"
)

// decisionAPI adds the recognitions of a period to the JSON API; with puts the
// middleware of a session before a handler.
func (s *Server) decisionAPI(r fiber.Router, with func(...fiber.Handler) []fiber.Handler) {
	r.Get("/periods/:period/recognitions", with(s.may(account.SeeRanking), s.apiRecognitions)...)
	r.Post("/periods/:period/recognitions", with(s.may(account.EditPeriods), limitBody(MaxFormBody), s.apiRecognise)...)
}

type decisionJSON struct {
	Number string `json:"number"`
	Day    string `json:"day"` // 2006-01-02
	Signer string `json:"signer,omitempty"`
}

// recogniseJSON is one decision about several units.
type recogniseJSON struct {
	Decision decisionJSON `json:"decision"`
	Until    string       `json:"until"` // the last day; the period's validity unless given
	Units    []string     `json:"units"`
}

// recognitionJSON is one entry of the register.
type recognitionJSON struct {
	Unit     string        `json:"unit"`
	Name     string        `json:"name"`
	Status   string        `json:"status"` // recognised or revoked
	Band     string        `json:"band"`
	Total    string        `json:"total"`
	Decision decisionJSON  `json:"decision"`
	Until    string        `json:"until"`
	Revoked  *decisionJSON `json:"revoked,omitempty"`
	From     string        `json:"from,omitempty"` // the unit it was carried over from
}

func decisionOf(d dossier.Decision) decisionJSON { return decisionJSON{d.Number, d.Day, d.Signer} }

// apiRecognitions lists the recognitions of a period.
func (s *Server) apiRecognitions(c *fiber.Ctx) error {
	p, err := s.store.Period(c.UserContext(), c.Params("period"))
	if err != nil {
		return err
	}
	list, err := s.recognitions(c.UserContext(), []dossier.Period{p})
	if err != nil {
		return err
	}
	out := []recognitionJSON{}
	for _, x := range list {
		r := &x.source.Recognition
		j := recognitionJSON{Unit: x.unit.Code, Name: x.unit.Name, Status: string(x.source.Status), Band: r.Band, Total: r.Total, Decision: decisionOf(x.paper), Until: r.Until}
		if x.state == revoked {
			by := decisionOf(r.Revoked)
			j.Revoked = &by
		}
		if x.from != "" {
			j.From = x.source.Unit
		}
		out = append(out, j)
	}
	return c.JSON(fiber.Map{"recognitions": out})
}

// apiRecognise records a decision for all of its units, or for none: then every
// unit that is refused is listed with why. Sent again it changes nothing.
func (s *Server) apiRecognise(c *fiber.Ctx) error {
	var in recogniseJSON
	if err := strictJSON(c, &in); err != nil {
		return err
	}
	user, _ := userOf(c)
	b, err := s.benchOf(c.UserContext(), c.Params("period"), user)
	if err != nil {
		return err
	}
	v := &unitVerdict{act: dossier.Recognise, decision: dossier.Decision{Number: vi.Clean(in.Decision.Number), Day: in.Decision.Day, Signer: vi.Clean(in.Decision.Signer)}, until: in.Until}
	for _, code := range in.Units {
		if !slices.Contains(v.units, code) {
			v.units = append(v.units, code)
		}
	}
	if v.until == "" {
		v.until = validUntil(v.decision.Day, b.Period.Validity())
	}
	if err := fault.List("dossier.invalid", v.problems(s.today())); err != nil {
		return err
	}
	list, wrong, err := s.decideUnits(c.UserContext(), b, v)
	if err != nil {
		return err
	}
	if wrong > 0 {
		return refusals(list, wrong)
	}
	return c.JSON(fiber.Map{"units": v.units, "decision": decisionOf(v.decision), "until": v.until})
}

// refusals is the error that lists every unit that was refused.
func refusals(list []unitRuling, wrong int) error {
	f := fault.New(worst(list), "decide.apiRefused", wrong)
	for _, x := range list {
		for _, err := range x.why {
			e := asFault(err)
			f.Problems = append(f.Problems, fault.Problem{Path: x.unit.Code, Key: e.Key, Args: e.Args})
		}
	}
	return f
}
