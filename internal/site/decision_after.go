package site

import (
	"cmp"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// What may become of a recognition: it is revoked, or carried over to a unit
// that takes the unit's place.

// successors are the units that name the dossier's unit among those they were
// made from, and to which its recognition was not carried over yet.
func successors(units map[string]unit.Unit, d *dossier.Dossier) []unit.Unit {
	var list []unit.Unit
	for _, u := range units {
		carried := slices.ContainsFunc(d.Recognition.Carried, func(x dossier.Carried) bool { return x.To == u.Code })
		if slices.Contains(u.Predecessors, d.Unit) && !carried {
			list = append(list, u)
		}
	}
	compare := byText(func(u unit.Unit) string { return u.Name })
	slices.SortFunc(list, func(a, b unit.Unit) int { return cmp.Or(compare(a, b), cmp.Compare(a.Code, b.Code)) })
	return list
}

// revoke takes a recognition back. Sent twice it is done once.
func (a *admin) revoke(c *fiber.Ctx) error {
	b, d, err := a.decisionAt(c)
	if err != nil {
		return err
	}
	by, reason := readDecision(c), vi.Clean(c.FormValue("reason"))
	return a.changeDecision(c, b, d, "revoked", reason, func(d *dossier.Dossier, x dossier.Context) error {
		if d.Status == dossier.Revoked && d.Recognition.Revoked == by && by.Number != "" {
			return nil
		}
		return d.Revoke(x, by, reason)
	}, func() {
		a.notify(c.UserContext(), NoticeRevoked, b.Period.ID, d.Unit, a.told(c.UserContext(), d.Unit, b.user.Login), by.Number)
	})
}

// carryOver carries a recognition that still holds over to a unit that was made
// from this one. Sent twice it is done once.
func (a *admin) carryOver(c *fiber.Ctx) error {
	b, d, err := a.decisionAt(c)
	if err != nil {
		return err
	}
	by, to := readDecision(c), c.FormValue("to")
	return a.changeDecision(c, b, d, "carried", "", func(d *dossier.Dossier, x dossier.Context) error {
		if slices.ContainsFunc(d.Recognition.Carried, func(y dossier.Carried) bool { return y.To == to && y.Decision == by }) {
			return nil
		}
		if err := d.May(dossier.CarryOver, x.Who, x.Period); err != nil {
			return err
		}
		if next, ok := b.Units[to]; !ok || !slices.Contains(next.Predecessors, d.Unit) {
			return fault.List("dossier.invalid", []fault.Problem{{Path: "to", Key: "decide.notSuccessor"}})
		}
		if d.Status == dossier.Recognised && !d.Valid(x.Today) {
			return fault.New(fault.Conflict, "decide.expired", dayText(d.Recognition.Until))
		}
		return d.CarryOver(x, to, by)
	}, func() {
		a.notify(c.UserContext(), NoticeCarried, b.Period.ID, d.Unit, append(a.told(c.UserContext(), d.Unit, b.user.Login), a.told(c.UserContext(), to, b.user.Login)...), by.Number)
	})
}

// changeDecision does an act to the dossier of a page, shows the form again
// with what is wrong with it, or says that it is done.
func (a *admin) changeDecision(c *fiber.Ctx, b *decisionBench, d *dossier.Dossier, sentence, reason string, act func(*dossier.Dossier, dossier.Context) error, tell func()) error {
	before := d.Rev
	now, err := a.store.ChangeDossier(c.UserContext(), b.Period.ID, d.Unit, func(d *dossier.Dossier, at time.Time, event string) error {
		return act(d, b.context(d, at, event))
	})
	if f := asFault(err); err != nil && f.Kind == fault.Invalid && len(f.Problems) > 0 {
		by := readDecision(c)
		p := view.DecisionOne{Act: sentence, Reason: reason, Chosen: c.FormValue("to"), Form: view.DecisionForm{Number: by.Number, Day: by.Day, Signer: by.Signer}}
		return a.showDecision(c, b, d, p, fieldErrors(f.Problems))
	}
	if err != nil {
		return err
	}
	if now.Rev != before {
		tell()
	}
	return done(c, decisionsURL(b.Period.ID)+"/"+d.Unit, sentence)
}
