package store

import (
	"context"
	"slices"

	"thanthien/internal/docstore"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
)

// Period returns one period.
func (s *Store) Period(ctx context.Context, id string) (dossier.Period, error) {
	p, version, err := get[dossier.Period](ctx, s, periods, id, "store.period")
	p.Version = version
	return p, err
}

// Periods returns every period, the newest year first.
func (s *Store) Periods(ctx context.Context) ([]dossier.Period, error) {
	list, err := all(ctx, s, docstore.Query{In: periods, Desc: true}, func(p *dossier.Period, m docstore.Meta) { p.Version = m.Version })
	slices.SortStableFunc(list, func(a, b dossier.Period) int { return b.Year - a.Year })
	return list, err
}

// PutPeriod stores a checked period: Version 0 creates it (Conflict if the id
// is taken), another replaces that version. It returns the new version.
func (s *Store) PutPeriod(ctx context.Context, p dossier.Period) (int64, error) {
	version, err := put(ctx, s, periods, p.ID, p.Version, p)
	if p.Version == 0 && fault.Is(err, fault.Conflict) {
		err = fault.Wrap(err, fault.Conflict, "store.periodTaken", p.ID)
	}
	return version, err
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
		if p.Version, err = s.PutPeriod(ctx, p); err != nil {
			return p, err
		}
	}
	for _, code := range p.Units {
		d := dossier.Dossier{Period: p.ID, Unit: code}
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

// Dossiers returns every dossier of a period in unit code order.
func (s *Store) Dossiers(ctx context.Context, period string) ([]dossier.Dossier, error) {
	return all(ctx, s, docstore.Query{In: dossiers, On: dossiersByPeriod, Eq: []any{period}}, func(*dossier.Dossier, docstore.Meta) {})
}

// AnyRev lets SaveMarks go by the cells alone.
const AnyRev = -1

// SaveMarks applies changes to a stage of a dossier, all or none, durably and
// with the audit event in the same write. A cell that somebody else changed
// meanwhile makes it a Stale fault. rev is AnyRev or
// must be the dossier's current Rev, else Stale.
func (s *Store) SaveMarks(ctx context.Context, period, unit, stage string, rev int64, changes []dossier.Change, by string) (dossier.Dossier, error) {
	eventID := s.ids.next(s.Now())
	d, err := docstore.Update(ctx, s.db, dossiers, dossierID(period, unit), func(d *doc[dossier.Dossier]) error {
		if rev != AnyRev && rev != d.Body.Rev {
			return fault.New(fault.Stale, "store.stale")
		}
		if clashes := d.Body.Save(stage, changes, by, s.Now(), eventID); len(clashes) > 0 {
			return fault.New(fault.Stale, "store.clash", len(clashes))
		}
		return nil
	})
	if err != nil {
		return d.Body, err
	}
	dossierBox.relaySoon(ctx, s, d.ID)
	return d.Body, nil
}
