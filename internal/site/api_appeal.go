package site

import (
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

// appealAPI are the calls about appeals; session stands before each.
func (s *Server) appealAPI(r fiber.Router, with func(...fiber.Handler) []fiber.Handler) {
	const base = "/periods/:period/units/:unit/appeals"
	r.Get(base, with(s.apiAppeals)...)
	r.Post(base, with(limitBody(MaxFormBody), s.apiAppeal)...)
	r.Post(base+"/:leaf/decision", with(limitBody(MaxFormBody), s.apiDecideAppeal)...)
}

// appealsJSON are the appeals of a unit. Version is what a decision may name.
type appealsJSON struct {
	Unit    string       `json:"unit"`
	Version int64        `json:"version"`
	Limit   int          `json:"limit"`
	Until   string       `json:"until,omitempty"` // last day, 2006-01-02
	Appeals []appealJSON `json:"appeals"`
}

// appealJSON is one appeal. Mark is there when it was accepted; Judge for staff.
type appealJSON struct {
	Code    string      `json:"code"`
	Stage   string      `json:"stage"`
	Reason  string      `json:"reason"`
	At      time.Time   `json:"at"`
	State   string      `json:"state"` // waiting, accepted, rejected
	Ruling  string      `json:"ruling,omitempty"`
	Mark    *score.Mark `json:"mark,omitempty"`
	Judge   string      `json:"judge,omitempty"`
	Decided *time.Time  `json:"decided,omitempty"`
}

// decisionIn is a ruling. DryRun asks what it would change; Version, when there,
// must be the dossier's.
type decisionIn struct {
	Accepted bool       `json:"accepted"`
	Mark     score.Mark `json:"mark"`
	Ruling   string     `json:"ruling"`
	DryRun   bool       `json:"dry_run"`
	Version  *int64     `json:"version"`
}

// effectJSON is what an accepted appeal would change; the stage is the one
// whose mark is contested.
type effectJSON struct {
	Unit    string                `json:"unit"`
	Code    string                `json:"code"`
	Stage   string                `json:"stage"`
	Version int64                 `json:"version"`
	Before  outcomeJSON           `json:"before"`
	After   outcomeJSON           `json:"after"`
	Moved   []movedJSON           `json:"moved"`
	Targets [2]score.TargetResult `json:"targets"`
}

type outcomeJSON struct {
	Points     string `json:"points"` // of the criterion
	Total      string `json:"total"`
	Recognised bool   `json:"recognised"`
	Band       string `json:"band,omitempty"`
	Rank       int    `json:"rank,omitempty"` // none: not every criterion is scored
}

type movedJSON struct {
	Unit   string `json:"unit"`
	Before int    `json:"before"`
	After  int    `json:"after"`
}

func (s *Server) apiAppeals(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	return c.JSON(p.appealsJSON())
}

func (p *place) appealsJSON() appealsJSON {
	out := appealsJSON{Unit: p.unit.Code, Version: p.dossier.Rev, Limit: p.period.AppealLimit(), Until: p.period.Deadlines[dossier.StepAppeal], Appeals: []appealJSON{}}
	for i := range p.dossier.Appeals {
		x := &p.dossier.Appeals[i]
		a := appealJSON{Code: x.Code, Stage: x.Stage, Reason: x.Reason, At: x.At, State: "waiting", Ruling: x.Ruling}
		if x.Judge != "" {
			a.State, a.Decided = "rejected", &x.Decided
			if !p.who().Has(dossier.Unit) {
				a.Judge = x.Judge
			}
		}
		if x.Accepted {
			a.State, a.Mark = "accepted", &x.Mark
		}
		out.Appeals = append(out.Appeals, a)
	}
	return out
}

// apiAppeal files appeals: an object of reasons by criterion.
func (s *Server) apiAppeal(c *fiber.Ctx) error {
	p, err := s.placeOf(c)
	if err != nil {
		return err
	}
	var reasons map[string]string
	if err := strictJSON(c, &reasons); err != nil {
		return err
	}
	for code, reason := range reasons {
		reasons[code] = vi.Clean(reason)
	}
	if err := s.fileAppeals(c.UserContext(), p, reasons); err != nil {
		return err
	}
	return c.Status(fiber.StatusCreated).JSON(p.appealsJSON())
}

// apiDecideAppeal decides one appeal, or says what that would change.
func (s *Server) apiDecideAppeal(c *fiber.Ctx) error {
	j, err := s.judgedOf(c)
	if err != nil {
		return err
	}
	var in decisionIn
	if err := strictJSON(c, &in); err != nil {
		return err
	}
	r := ruling{accept: in.Accepted, mark: in.Mark, text: vi.Clean(in.Ruling), rev: store.AnyRev}
	if in.Version != nil {
		r.rev = max(*in.Version, 0)
	}
	if !in.DryRun {
		return s.apiDecide(c, j, r)
	}
	if err := j.may(); err != nil {
		return err
	}
	r.text = "-" // a trial needs no ruling yet
	if err := fault.List("appeal.invalid", r.check(j.leaf)); err != nil {
		return err
	}
	return s.apiEffect(c, j, r)
}

func (s *Server) apiDecide(c *fiber.Ctx, j *judged, r ruling) error {
	if err := j.dossier.May(dossier.DecideAppeal, j.who(), &j.period); fault.Is(err, fault.Forbidden) {
		return err
	}
	if err := fault.List("appeal.invalid", r.check(j.leaf)); err != nil {
		return err
	}
	if err := s.decideAppeal(c.UserContext(), j.place, j.leaf.Code, r); err != nil {
		return err
	}
	return c.JSON(j.appealsJSON())
}

func (s *Server) apiEffect(c *fiber.Ctx, j *judged, r ruling) error {
	mark := r.mark
	if !r.accept { // nothing changes
		mark = score.Mark{}
	}
	w, err := s.effect(c, j, r.accept, mark)
	if err != nil {
		return err
	}
	out := effectJSON{
		Unit: w.Unit, Code: w.Code, Stage: w.Stage, Version: j.dossier.Rev, Before: outcomeOf(w.Before, j.leaf.Index), After: outcomeOf(w.After, j.leaf.Index),
		Moved: []movedJSON{}, Targets: w.Targets,
	}
	for _, m := range w.Moved {
		out.Moved = append(out.Moved, movedJSON{m.Unit, m.Before, m.After})
	}
	return c.JSON(out)
}

// effect is what a ruling changes; a rejection leaves everything as it is.
func (s *Server) effect(c *fiber.Ctx, j *judged, accept bool, mark score.Mark) (*result.WhatIf, error) {
	w, _, err := s.whatIf(c.UserContext(), j.place, j.contest, mark)
	if err == nil && !accept {
		w.After, w.Moved, w.Targets[1] = w.Before, nil, w.Targets[0]
	}
	return w, err
}

func outcomeOf(r score.Result, leaf int) outcomeJSON {
	return outcomeJSON{Points: r.Leaves[leaf].Points.String(r.Decimals), Total: r.Total.String(r.Decimals), Recognised: r.Recognised, Band: r.Band, Rank: r.Rank}
}

// leafOf reads a criterion's code out of the address.
func leafOf(c *fiber.Ctx) (string, error) {
	code, err := url.PathUnescape(c.Params("leaf"))
	if err != nil {
		return "", fault.Wrap(err, fault.Malformed, "site.malformed")
	}
	return vi.NFC(code), nil
}
