package store

import (
	"context"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Sign-in attempts: after LoginTries wrong passwords for one name within
// LoginPause of each other, the name waits LoginPause from the last one.
const (
	LoginTries = 8
	LoginPause = 10 * time.Minute
)

type attempts struct {
	N     int       `bson:"n"`
	Until time.Time `bson:"until"` // the count ends
}

type attemptsDoc = doc[attempts]

func attemptsID(login string) string { return "login:" + hashToken(login) }

// CountSignIn counts an attempt to sign in under a name, existing or not, and
// refuses with TooMany once there were LoginTries without a right password.
func (s *Store) CountSignIn(ctx context.Context, login string) error {
	id := attemptsID(login)
	count := func(d *attemptsDoc) error {
		now := s.Now()
		switch {
		case now.After(d.Body.Until):
			d.Body.N = 0
		case d.Body.N >= LoginTries:
			return fault.New(fault.TooMany, "account.tooMany", int(d.Body.Until.Sub(now).Minutes())+1)
		}
		d.Body.N++
		d.Body.Until = now.Add(LoginPause)
		return nil
	}
	_, err := docstore.Update(ctx, s.db, limits, id, count)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	d := attemptsDoc{Meta: docstore.Meta{ID: id}}
	if err := count(&d); err != nil {
		return err
	}
	err = docstore.Put(ctx, s.db, limits, &d)
	if fault.Is(err, fault.Conflict) {
		_, err = docstore.Update(ctx, s.db, limits, id, count)
	}
	return err
}

// ForgetSignIns forgets a name's attempts: its password was right, or new.
func (s *Store) ForgetSignIns(ctx context.Context, login string) error {
	return s.drop(ctx, limits, attemptsID(login))
}

// SweepSignIns forgets attempts that no longer count.
func (s *Store) SweepSignIns(ctx context.Context) error {
	return s.dropAll(ctx, limits, docstore.Query{In: limits, On: limitsByEnd, To: s.Now()})
}
