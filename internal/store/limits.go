package store

import (
	"context"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Sign-in attempts: after LoginTries wrong passwords for one name within
// LoginPause of each other, the name waits LoginPause.
const (
	LoginTries = 8
	LoginPause = 10 * time.Minute
)

type attempts struct {
	N     int       `bson:"n"`
	Until time.Time `bson:"until"`
}

type attemptsDoc = doc[attempts]

func attemptsID(login string) string { return "login:" + hashToken(login) }

// MaySignIn refuses with TooMany while a name waits after wrong passwords.
func (s *Store) MaySignIn(ctx context.Context, login string) error {
	a, _, err := get[attempts](ctx, s, limits, attemptsID(login), "store.missing")
	switch now := s.Now(); {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	case a.N >= LoginTries && now.Before(a.Until):
		return fault.New(fault.TooMany, "account.tooMany", a.Until.Sub(now).Round(time.Second))
	}
	return nil
}

// WrongPassword counts a failed sign-in; names that do not exist count too.
func (s *Store) WrongPassword(ctx context.Context, login string) error {
	id := attemptsID(login)
	count := func(d *attemptsDoc) error {
		if s.Now().After(d.Body.Until) {
			d.Body.N = 0
		}
		d.Body.N++
		d.Body.Until = s.Now().Add(LoginPause)
		return nil
	}
	_, err := docstore.Update(ctx, s.db, limits, id, count)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	d := attemptsDoc{Meta: docstore.Meta{ID: id}}
	_ = count(&d)
	err = docstore.Put(ctx, s.db, limits, &d)
	if fault.Is(err, fault.Conflict) {
		_, err = docstore.Update(ctx, s.db, limits, id, count)
	}
	return err
}

// RightPassword forgets a name's failed sign-ins.
func (s *Store) RightPassword(ctx context.Context, login string) error {
	return s.drop(ctx, limits, attemptsID(login))
}
