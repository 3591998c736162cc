package store

import (
	"context"
	"crypto/rand"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Limits of kiosks.
const (
	// PINSize is the number of digits of a kiosk's PIN.
	PINSize = 6
	// ShiftMost is how long a shift lasts at most; then the PIN is asked again.
	ShiftMost = 12 * time.Hour
	// MaxPlace is the longest name of a device or its place, in characters.
	MaxPlace = 60
	// ShiftKept is how long after its time a shift is listed; then it is
	// forgotten, with the name of its device. Its answers stay counted.
	ShiftKept = 180 * 24 * time.Hour
	// MaxShifts is how many shifts of a unit a page lists, the newest first.
	MaxShifts = 20
)

// Kiosk is a unit's right to run kiosks in one campaign: a PIN, kept as a
// password is.
type Kiosk struct {
	Campaign string    `bson:"campaign"`
	Unit     string    `bson:"unit"`
	PIN      string    `bson:"pin"` // its hash
	By       string    `bson:"by"`  // login of who set it
	At       time.Time `bson:"at"`
	Version  int64     `bson:"-"`
}

// Shift is one device's work between the PIN at the start and at the end. A
// device may send as long as it holds the shift's token; the token is kept as a
// hash, and nothing links the shift to an answer.
type Shift struct {
	ID       string    `bson:"-"` // hash of its token
	Campaign string    `bson:"campaign"`
	Unit     string    `bson:"unit"`
	Place    string    `bson:"place,omitempty"` // the device, as its people call it
	Started  time.Time `bson:"started"`
	Until    time.Time `bson:"until"`           // it ends by itself
	Ended    time.Time `bson:"ended,omitempty"` // somebody ended it
	Answers  int64     `bson:"answers"`
	Last     time.Time `bson:"last,omitempty"` // the latest answer, to the hour
	Version  int64     `bson:"-"`
}

// Running reports whether the shift takes answers at now.
func (h Shift) Running(now time.Time) bool { return h.Ended.IsZero() && now.Before(h.Until) }

func kioskID(campaign, unit string) string { return campaign + "/" + unit }

// Kiosks lists the kiosks of a campaign by unit.
func (s *Store) Kiosks(ctx context.Context, campaign string) (map[string]Kiosk, error) {
	byUnit := map[string]Kiosk{}
	list, err := all(ctx, s, docstore.Query{In: kiosks, On: kiosksByCampaign, Eq: []any{campaign}}, func(k *Kiosk, m docstore.Meta) { k.Version = m.Version })
	for _, k := range list {
		byUnit[k.Unit] = k
	}
	return byUnit, err
}

// SetKioskPIN gives a unit's kiosks a new PIN. Shifts under way go on.
func (s *Store) SetKioskPIN(ctx context.Context, campaign, unit, pin, by string) error {
	k := Kiosk{Campaign: campaign, Unit: unit, PIN: account.HashPassword(pin), By: by, At: s.Now()}
	_, version, err := get[Kiosk](ctx, s, kiosks, kioskID(campaign, unit), "store.kiosk")
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if _, err = put(ctx, s, kiosks, kioskID(campaign, unit), version, k); err != nil {
		return err
	}
	return s.ForgetSignIns(ctx, "kiosk/"+kioskID(campaign, unit))
}

// CheckKioskPIN refuses a wrong PIN with Invalid; TooMany after LoginTries of
// them, as for passwords.
func (s *Store) CheckKioskPIN(ctx context.Context, campaign, unit, pin string) error {
	login := "kiosk/" + kioskID(campaign, unit)
	if err := s.CountSignIn(ctx, login, ""); err != nil {
		return err
	}
	k, _, err := get[Kiosk](ctx, s, kiosks, kioskID(campaign, unit), "store.kiosk")
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err != nil || len(pin) != PINSize || !(account.User{Password: k.PIN}).Matches(pin) {
		return fault.New(fault.Invalid, "kiosk.pin")
	}
	return s.ForgetSignIns(ctx, login)
}

// StartShift begins a shift and returns its token, for a cookie.
func (s *Store) StartShift(ctx context.Context, campaign, unit, place string) (token string, err error) {
	token = rand.Text() + rand.Text()
	now := s.Now()
	_, err = put(ctx, s, shifts, hashToken(token), 0, Shift{Campaign: campaign, Unit: unit, Place: place, Started: now, Until: now.Add(ShiftMost)})
	return token, err
}

// Shift returns the running shift of a token; Unauthenticated when there is none.
func (s *Store) Shift(ctx context.Context, token string) (Shift, error) {
	h, version, err := get[Shift](ctx, s, shifts, hashToken(token), "kiosk.ended")
	h.ID, h.Version = hashToken(token), version
	if fault.Is(err, fault.NotFound) || err == nil && !h.Running(s.Now()) {
		return h, fault.New(fault.Unauthenticated, "kiosk.ended")
	}
	return h, err
}

// CountAnswer adds an accepted answer to a shift. The count follows the answer
// by a moment, and a crash between the two leaves it one short; results never
// come from it.
func (s *Store) CountAnswer(ctx context.Context, shift string) error {
	return s.changeShift(ctx, shift, func(h *Shift) { h.Answers++; h.Last = s.Now().Truncate(time.Hour) })
}

// EndShift ends a shift; its token is worth nothing from then on.
func (s *Store) EndShift(ctx context.Context, shift string) error {
	return s.changeShift(ctx, shift, func(h *Shift) { h.Ended = s.Now() })
}

func (s *Store) changeShift(ctx context.Context, shift string, change func(*Shift)) error {
	_, err := docstore.Update(ctx, s.db, shifts, shift, func(d *doc[Shift]) error { change(&d.Body); return nil })
	return err
}

// Shifts lists the newest shifts of a unit in a campaign, at most MaxShifts.
func (s *Store) Shifts(ctx context.Context, campaign, unit string) ([]Shift, error) {
	return all(ctx, s, docstore.Query{In: shifts, On: shiftsByPlace, Eq: []any{campaign, unit}, Desc: true, Limit: MaxShifts}, func(h *Shift, m docstore.Meta) { h.ID, h.Version = m.ID, m.Version })
}

// SweepShifts forgets the shifts whose time was over ShiftKept ago, whether
// somebody ended them or not.
func (s *Store) SweepShifts(ctx context.Context) error {
	return s.dropAll(ctx, shifts, docstore.Query{In: shifts, On: shiftsByEnd, To: s.Now().Add(-ShiftKept)})
}
