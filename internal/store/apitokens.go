package store

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"time"

	"thanthien/internal/account"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// APIToken lets a program act with a role's permissions, without a session. The
// database keeps only the secret's hash.
type APIToken struct {
	ID      string       `bson:"id"` // names it in lists; not secret
	Name    string       `bson:"name,omitempty"`
	Role    account.Role `bson:"role"`
	Unit    string       `bson:"unit,omitempty"` // of the role commune
	Hash    string       `bson:"hash"`
	Created time.Time    `bson:"created"`
	Ends    time.Time    `bson:"ends"`
	Revoked bool         `bson:"revoked,omitempty"`
}

// apiTokenPrefix starts every API token, so that a leaked one can be found by
// scanners.
const apiTokenPrefix = "tt_"

// Bounds of an API token.
const (
	// MaxAPITokenDays is the longest life of an API token.
	MaxAPITokenDays = 730
	apiTokenIDSize  = 8
)

// CreateAPIToken stores a new token (Name, Role, Unit and Ends are the
// caller's) and returns its text, which is not kept.
func (s *Store) CreateAPIToken(ctx context.Context, t APIToken) (plain string, _ APIToken, err error) {
	t.ID = strings.ToLower(rand.Text()[:apiTokenIDSize])
	secret := rand.Text()
	t.Hash, t.Created = hashToken(secret), s.Now()
	_, err = put(ctx, s, apiTokens, t.ID, 0, t)
	return apiTokenPrefix + t.ID + "_" + secret, t, err
}

// APIToken returns the live token with this text; Unauthenticated when there is
// none, it has ended or was revoked.
func (s *Store) APIToken(ctx context.Context, plain string) (APIToken, error) {
	refused := fault.New(fault.Unauthenticated, "token.api")
	id, secret, ok := strings.Cut(strings.TrimPrefix(plain, apiTokenPrefix), "_")
	if !ok || len(id) != apiTokenIDSize || !strings.HasPrefix(plain, apiTokenPrefix) {
		return APIToken{}, refused
	}
	t, _, err := get[APIToken](ctx, s, apiTokens, id, "token.api")
	switch {
	case fault.Is(err, fault.NotFound):
		return APIToken{}, refused
	case err != nil:
		return APIToken{}, err
	case subtle.ConstantTimeCompare([]byte(t.Hash), []byte(hashToken(secret))) != 1 || t.Revoked || !s.Now().Before(t.Ends):
		return APIToken{}, refused
	}
	return t, nil
}

// APITokens lists every API token by id.
func (s *Store) APITokens(ctx context.Context) ([]APIToken, error) {
	return all(ctx, s, docstore.Query{In: apiTokens}, func(*APIToken, docstore.Meta) {})
}

// RevokeAPIToken ends a token at once; NotFound when there is none.
func (s *Store) RevokeAPIToken(ctx context.Context, id string) error {
	_, err := docstore.Update(ctx, s.db, apiTokens, id, func(d *doc[APIToken]) error {
		d.Body.Revoked = true
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "token.apiMissing", id)
	}
	return err
}
