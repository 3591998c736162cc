package store

import (
	"context"
	"slices"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Sign-in attempts: after LoginTries wrong passwords for one name from one place
// within LoginPause of each other, that place waits LoginPause from the last one;
// the others may go on, so that nobody can keep another out. After LoginTriesAll
// from all places together within LoginPause everybody waits for its end.
const (
	LoginTries    = 8
	LoginTriesAll = 50
	LoginPause    = 10 * time.Minute
)

// attempts are those under one name. N counts them from all places until Until,
// and Keep is when the last of them no longer counts.
type attempts struct {
	N     int           `bson:"n"`
	Until time.Time     `bson:"ends,omitzero"`
	Keep  time.Time     `bson:"until"`
	From  []attemptFrom `bson:"from,omitempty"`
}

// attemptFrom counts the attempts from one place, a keyed hash of an address.
type attemptFrom struct {
	Place string    `bson:"p"`
	N     int       `bson:"n"`
	Until time.Time `bson:"until"`
}

type attemptsDoc = doc[attempts]

func attemptsID(login string) string { return "login:" + hashToken(login) }

// CountSignIn counts an attempt to sign in under a name, existing or not, from an
// address, "" when it is not known. It refuses with TooMany once there were too
// many without a right password.
func (s *Store) CountSignIn(ctx context.Context, login, address string) error {
	id, place := attemptsID(login), ""
	if address != "" {
		place = s.code(placeSize, "sign-in", login, address)
	}
	count := func(d *attemptsDoc) error {
		if after := d.Body.count(place, s.Now()); after > 0 {
			return fault.New(fault.TooMany, "account.tooMany", int(after.Minutes())+1)
		}
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

// placeSize is the length of the keyed hash of an address: 80 bits.
const placeSize = 16

// count adds an attempt from a place, or returns how long it has to wait.
func (a *attempts) count(place string, now time.Time) (wait time.Duration) {
	a.From = slices.DeleteFunc(a.From, func(f attemptFrom) bool { return !now.Before(f.Until) })
	if !now.Before(a.Until) {
		a.N, a.Until = 0, now.Add(LoginPause)
	}
	i := slices.IndexFunc(a.From, func(f attemptFrom) bool { return f.Place == place })
	switch {
	case i >= 0 && a.From[i].N >= LoginTries:
		return a.From[i].Until.Sub(now)
	case a.N >= LoginTriesAll:
		return a.Until.Sub(now)
	case i < 0:
		i, a.From = len(a.From), append(a.From, attemptFrom{Place: place})
	}
	a.N++
	a.From[i].N++
	a.From[i].Until = now.Add(LoginPause)
	a.Keep = now.Add(LoginPause)
	return 0
}

// ForgetSignIns forgets a name's attempts: its password was right, or new.
func (s *Store) ForgetSignIns(ctx context.Context, login string) error {
	return s.drop(ctx, limits, attemptsID(login))
}

// SweepSignIns forgets attempts that no longer count.
func (s *Store) SweepSignIns(ctx context.Context) error {
	return s.dropAll(ctx, limits, docstore.Query{In: limits, On: limitsByEnd, To: s.Now()})
}
