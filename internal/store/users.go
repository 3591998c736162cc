package store

import (
	"context"

	"thanthien/internal/account"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// User returns one account by its login.
func (s *Store) User(ctx context.Context, login string) (account.User, error) {
	u, version, err := get[account.User](ctx, s, users, login, "account.unknown")
	u.Version = version
	return u, err
}

// Users returns every account in login order.
func (s *Store) Users(ctx context.Context) ([]account.User, error) {
	return all(ctx, s, docstore.Query{In: users}, func(u *account.User, m docstore.Meta) { u.Version = m.Version })
}

// HasUsers reports whether any account exists yet.
func (s *Store) HasUsers(ctx context.Context) (bool, error) {
	n, err := s.db.Count(ctx, docstore.Query{In: users})
	return n > 0, err
}

// PutUser stores an account: Version 0 creates it (Conflict if the login is
// taken), another replaces that version.
func (s *Store) PutUser(ctx context.Context, u account.User) error {
	_, err := put(ctx, s, users, u.Login, u.Version, u)
	if u.Version == 0 && fault.Is(err, fault.Conflict) {
		return fault.Wrap(err, fault.Conflict, "account.taken", u.Login)
	}
	return err
}
