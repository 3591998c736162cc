package store

import (
	"context"
	"slices"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/dossier"
	"thanthien/internal/fault"
)

// UsersByLogin returns every account by its login.
func (s *Store) UsersByLogin(ctx context.Context) (map[string]account.User, error) {
	list, err := s.Users(ctx)
	m := make(map[string]account.User, len(list))
	for _, u := range list {
		m[u.Login] = u
	}
	return m, err
}

// AssignTeam sets who scores a unit's dossier at a stage, the first leads, and
// returns the members who were none before. Every way of assigning goes through
// here: it refuses whoever is no appraiser or must keep out of the unit's
// affairs. users are all accounts, by names who does it; the caller has seen
// that they run the period. The same team again is no change.
func (s *Store) AssignTeam(ctx context.Context, p *dossier.Period, unit, stage string, members []string, users map[string]account.User, by string) (d dossier.Dossier, added []string, err error) {
	return s.AssignTeamIf(ctx, p, unit, stage, members, users, by, "", func(*dossier.Dossier) error { return nil })
}

// AssignTeamIf is AssignTeam where may has a word first, on the dossier as it
// is at the moment of writing; reason is why somebody leaves, see Context.
func (s *Store) AssignTeamIf(ctx context.Context, p *dossier.Period, unit, stage string, members []string, users map[string]account.User, by, reason string, may func(*dossier.Dossier) error) (d dossier.Dossier, added []string, err error) {
	d, err = s.ChangeDossier(ctx, p.ID, unit, func(d *dossier.Dossier, at time.Time, event string) error {
		added = nil
		if err := may(d); err != nil {
			return err
		}
		if err := fault.List("team.refused", d.CheckTeam(stage, members, users)); err != nil {
			return err
		}
		for _, m := range members {
			if !d.MemberOf(stage, m) {
				added = append(added, m)
			}
		}
		return d.Assign(dossier.Context{Login: by, Who: dossier.Manager, Period: p, At: at, Event: event, Recused: d.RecusedMembers(stage, users), Reason: reason}, stage, slices.Clone(members))
	})
	if err != nil {
		added = nil
	}
	return d, added, err
}
