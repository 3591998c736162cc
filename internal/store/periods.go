package store

import (
	"context"
	"slices"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
)

// Period returns one period.
func (s *Store) Period(ctx context.Context, id string) (dossier.Period, error) {
	b, version, err := get[periodBody](ctx, s, periods, id, "store.period")
	b.stamp(version)
	return b.Period, err
}

// periodBody is a stored period.
type periodBody struct {
	dossier.Period `bson:",inline"`
	Outbox         `bson:",inline"`
}

// stamp sets the version that readers see.
func (b *periodBody) stamp(version int64) { b.Version = version - b.Relayed }

// Periods returns every period, the newest year first.
func (s *Store) Periods(ctx context.Context) ([]dossier.Period, error) {
	bodies, err := all(ctx, s, docstore.Query{In: periods, Desc: true}, func(b *periodBody, m docstore.Meta) { b.stamp(m.Version) })
	list := make([]dossier.Period, len(bodies))
	for i := range bodies {
		list[i] = bodies[i].Period
	}
	slices.SortStableFunc(list, func(a, b dossier.Period) int { return b.Year - a.Year })
	return list, err
}

// PutPeriod stores a checked period with the audit events of the change, in one
// write: Version 0 creates it (Conflict if the id is taken), another replaces
// that version. It returns the new version, which is the next number.
func (s *Store) PutPeriod(ctx context.Context, p dossier.Period, list ...audit.Event) (int64, error) {
	for i := range list {
		list[i] = s.named(list[i])
	}
	version, err := s.putPeriod(ctx, p, list)
	// Events that are relayed meanwhile move the document on, but not the period:
	// whether it is stale is asked anew.
	for tries := 1; p.Version > 0 && tries < periodTries && fault.Is(err, fault.Stale); tries++ {
		version, err = s.putPeriod(ctx, p, list)
	}
	if p.Version == 0 && fault.Is(err, fault.Conflict) {
		err = fault.Wrap(err, fault.Conflict, "store.periodTaken", p.ID)
	}
	if err == nil && len(list) > 0 {
		periodBox.relaySoon(ctx, s, p.ID)
	}
	return version, err
}

// periodTries is how often a period is written against events being relayed.
const periodTries = 3

func (s *Store) putPeriod(ctx context.Context, p dossier.Period, list []audit.Event) (int64, error) {
	body, version := periodBody{Period: p}, int64(0)
	if p.Version > 0 {
		was, now, err := get[periodBody](ctx, s, periods, p.ID, "store.period")
		if err == nil && now-was.Relayed != p.Version {
			err = fault.New(fault.Stale, "store.stale")
		}
		if err != nil {
			return 0, err
		}
		body.Outbox, version = was.Outbox, now // with the events a crash may have left
	}
	body.post(list...)
	version, err := put(ctx, s, periods, p.ID, version, body)
	return version - body.Relayed, err
}

// OpenPeriod opens a draft for scoring: it freezes the units and makes one
// dossier for each. Called again, after a crash too, it makes what is missing.
func (s *Store) OpenPeriod(ctx context.Context, id string, codes []string) (dossier.Period, error) {
	p, err := s.Period(ctx, id)
	if err != nil {
		return p, err
	}
	if p.State == dossier.Draft {
		if len(codes) == 0 {
			return p, fault.New(fault.Conflict, "store.noUnits", p.Title)
		}
		p.Units = slices.Sorted(slices.Values(codes))
		p.State, p.Opened = dossier.Open, s.Now()
		p.Version, err = s.PutPeriod(ctx, p)
		if fault.Is(err, fault.Stale) { // somebody else is opening it: what they froze counts
			if p, err = s.Period(ctx, id); err == nil && p.State == dossier.Draft {
				err = fault.New(fault.Stale, "store.stale")
			}
		}
		if err != nil {
			return p, err
		}
	}
	for _, code := range p.Units {
		d := dossier.Dossier{Period: p.ID, Unit: code}
		if p.Steps {
			d.Status = dossier.NotRegistered
		}
		if _, err := put(ctx, s, dossiers, dossierID(p.ID, code), 0, d); err != nil && !fault.Is(err, fault.Conflict) {
			return p, err
		}
	}
	return p, nil
}

func dossierID(period, unit string) string { return period + "/" + unit }

// Dossier returns the dossier of a unit in a period.
func (s *Store) Dossier(ctx context.Context, period, unit string) (dossier.Dossier, error) {
	d, _, err := get[dossier.Dossier](ctx, s, dossiers, dossierID(period, unit), "store.dossier")
	return d, err
}

// AnyRev lets SaveMarks go by the cells alone.
const AnyRev = -1

// SaveMarks applies changes to a stage of a dossier, all or none, durably and
// with the audit event in the same write; at a stage with members they go into
// the sheet of whoever saves. A cell that somebody else changed meanwhile makes
// it a Stale fault. rev is AnyRev or must be the dossier's current Rev, else
// Stale. A locked dossier and a finished sheet never change.
func (s *Store) SaveMarks(ctx context.Context, period, unit, stage string, rev int64, changes []dossier.Change, by string) (dossier.Dossier, error) {
	return s.SaveMarksIf(ctx, period, unit, stage, rev, changes, by, func(*dossier.Dossier) error { return nil })
}

// SaveMarksIf is SaveMarks where may has the last word, on the dossier as it is
// at the moment of writing.
func (s *Store) SaveMarksIf(ctx context.Context, period, unit, stage string, rev int64, changes []dossier.Change, by string, may func(*dossier.Dossier) error) (dossier.Dossier, error) {
	return s.ChangeDossier(ctx, period, unit, func(d *dossier.Dossier, at time.Time, event string) error {
		if rev != AnyRev && rev != d.Rev {
			return fault.New(fault.Stale, "store.stale")
		}
		if err := may(d); err != nil {
			return err
		}
		if d.Locked {
			return fault.New(fault.Conflict, "store.dossierLocked")
		}
		if d.Finished(d.LayerOf(stage, by)) {
			return fault.New(fault.Conflict, "dossier.sheetIn")
		}
		if clashes := d.Save(stage, changes, by, at, event); len(clashes) > 0 {
			return fault.New(fault.Stale, "store.clash", len(clashes))
		}
		return nil
	})
}

// ChangeDossier lets change alter a dossier and stores it durably with the
// event that change posts, in one write; it may run more than once. The event
// has the given id and time. An error of change leaves everything as it was.
func (s *Store) ChangeDossier(ctx context.Context, period, unit string, change func(d *dossier.Dossier, at time.Time, event string) error) (dossier.Dossier, error) {
	event := s.ids.next(s.Now())
	d, err := docstore.Update(ctx, s.db, dossiers, dossierID(period, unit), func(d *doc[dossier.Dossier]) error {
		return change(&d.Body, s.Now(), event)
	})
	if err != nil {
		return d.Body, err
	}
	if d.Body.Pending {
		dossierBox.relaySoon(ctx, s, d.ID)
	}
	return d.Body, nil
}
