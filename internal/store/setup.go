package store

import (
	"context"
	"crypto/rand"

	"thanthien/internal/account"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

const setupID = "setup"

type setup struct {
	Token string `bson:"token"` // hash
	Used  bool   `bson:"used,omitempty"`
}

// SetupToken returns a new one-time token for creating the first
// administrator, or "" when there are accounts already. An older token stops
// working.
func (s *Store) SetupToken(ctx context.Context) (string, error) {
	has, err := s.HasUsers(ctx)
	if err != nil || has {
		return "", err
	}
	token := rand.Text()
	d := doc[setup]{Meta: docstore.Meta{ID: setupID}, Body: setup{Token: hashToken(token)}}
	err = docstore.Put(ctx, s.db, settings, &d)
	if fault.Is(err, fault.Conflict) {
		_, err = docstore.Update(ctx, s.db, settings, setupID, func(now *doc[setup]) error {
			now.Body = d.Body
			return nil
		})
	}
	return token, err
}

// CheckSetupToken refuses a token that is not the current one, or used, with
// Gone.
func (s *Store) CheckSetupToken(ctx context.Context, token string) error {
	v, _, err := get[setup](ctx, s, settings, setupID, "account.setupUsed")
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	has, uerr := s.HasUsers(ctx)
	if uerr != nil {
		return uerr
	}
	if has || err != nil || v.Used || v.Token != hashToken(token) {
		return fault.New(fault.Gone, "account.setupUsed")
	}
	return nil
}

// UseSetupToken spends the token and creates the account; of two callers one
// gets Gone.
func (s *Store) UseSetupToken(ctx context.Context, token string, u account.User) error {
	_, err := docstore.Update(ctx, s.db, settings, setupID, func(now *doc[setup]) error {
		if now.Body.Used || now.Body.Token != hashToken(token) {
			return fault.New(fault.Gone, "account.setupUsed")
		}
		now.Body.Used = true
		return nil
	})
	if err != nil {
		return err
	}
	return s.PutUser(ctx, u)
}
