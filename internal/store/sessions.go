package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// How long a session lives without use, and at most.
const (
	SessionIdle = 2 * time.Hour
	SessionMost = 12 * time.Hour
	// sessionTouch is how old the last use must be before it is written again.
	sessionTouch = 5 * time.Minute
)

// Session is a signed-in browser. The database keeps only the token's hash.
type Session struct {
	Login   string    `bson:"login"`
	CSRF    string    `bson:"csrf"`
	Started time.Time `bson:"started"`
	Used    time.Time `bson:"used"`
	Ends    time.Time `bson:"ends"`
}

// StartSession makes a new session and returns its token, for a cookie.
func (s *Store) StartSession(ctx context.Context, login string) (token string, err error) {
	token = rand.Text() + rand.Text()
	now := s.Now()
	_, err = put(ctx, s, sessions, hashToken(token), 0, Session{Login: login, CSRF: rand.Text(), Started: now, Used: now, Ends: now.Add(SessionIdle)})
	return token, err
}

// Session returns the live session of a token and its user; Unauthenticated
// when there is none, it has ended, or the user may no longer sign in.
func (s *Store) Session(ctx context.Context, token string) (Session, account.User, error) {
	ended := fault.New(fault.Unauthenticated, "site.signIn")
	id := hashToken(token)
	v, version, err := get[Session](ctx, s, sessions, id, "site.signIn")
	if fault.Is(err, fault.NotFound) {
		return v, account.User{}, ended
	} else if err != nil {
		return v, account.User{}, err
	}
	now := s.Now()
	if now.After(v.Ends) {
		return v, account.User{}, ended
	}
	u, err := s.User(ctx, v.Login)
	if fault.Is(err, fault.NotFound) || (err == nil && u.Disabled) {
		return v, account.User{}, ended
	}
	if err == nil && now.Sub(v.Used) > sessionTouch {
		v.Used = now
		v.Ends = now.Add(SessionIdle)
		if last := v.Started.Add(SessionMost); v.Ends.After(last) {
			v.Ends = last
		}
		if _, err := put(ctx, s, sessions, id, version, v); err != nil && !fault.Is(err, fault.Stale) {
			return v, u, err
		}
	}
	return v, u, err
}

// EndSession forgets a session; one that is gone already is no error.
func (s *Store) EndSession(ctx context.Context, token string) error {
	return s.drop(ctx, sessions, hashToken(token))
}

// EndSessions forgets every session of a user, after a new password or when
// the account is disabled.
func (s *Store) EndSessions(ctx context.Context, login string) error {
	return s.dropAll(ctx, sessions, docstore.Query{In: sessions, On: sessionsByLogin, Eq: []any{login}})
}

// SweepSessions forgets the sessions that have ended.
func (s *Store) SweepSessions(ctx context.Context) error {
	return s.dropAll(ctx, sessions, docstore.Query{In: sessions, On: sessionsByEnd, To: s.Now()})
}

// dropAll deletes what q finds, whatever its version becomes meanwhile.
func (s *Store) dropAll(ctx context.Context, c *docstore.Collection, q docstore.Query) error {
	var ids []string
	for d, err := range docstore.Find[docstore.Meta](ctx, s.db, q) {
		if err != nil {
			return err
		}
		ids = append(ids, d.ID)
	}
	for _, id := range ids {
		if err := s.drop(ctx, c, id); err != nil {
			return err
		}
	}
	return nil
}

// drop deletes one document at whatever version it has.
func (s *Store) drop(ctx context.Context, c *docstore.Collection, id string) error {
	for {
		m, err := docstore.Get[docstore.Meta](ctx, s.db, c, id)
		if err == nil {
			err = s.db.Delete(ctx, c, id, m.Version)
		}
		switch {
		case err == nil || fault.Is(err, fault.NotFound):
			return nil
		case !fault.Is(err, fault.Stale):
			return err
		}
	}
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
