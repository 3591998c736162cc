package store

import (
	"context"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Using a token takes three writes: (1) the token is claimed for the key of the
// response, (2) the response is inserted under that key, (3) the claim is
// erased. Whoever finds a claim inserts under the same key, so that the token
// has one response and one receipt at any moment; a sweeper finishes what a
// crash left. On an engine that can, (1) to (3) are one atomic write and no
// claim is ever stored.

// AddWithToken stores a response durably and uses up its token. existed is true
// when the response of r.Key is there already, or another call with the token
// came first by a moment: the receipt is the one given then. Conflict
// "public.tokenUsed" (with the hour) when the token was used for another
// response; NotFound when it was revoked.
func (s *Store) AddWithToken(ctx context.Context, t Token, r *Response) (receipt string, existed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, claimWork)
	defer cancel()
	for {
		receipt, existed, err = s.tryToken(ctx, t, r)
		if !fault.Is(err, fault.Stale) {
			return receipt, existed, err
		}
		if t, err = s.tokenByID(ctx, t.ID); err != nil {
			return "", false, err
		}
	}
}

// tryToken is AddWithToken with the token as it was read; Stale when it has
// changed since.
func (s *Store) tryToken(ctx context.Context, t Token, r *Response) (string, bool, error) {
	switch t.State {
	case TokenRevoked:
		return "", false, fault.New(fault.NotFound, "token.unknown")
	case TokenUsed:
		there, err := s.hasResponse(ctx, r.Campaign, r.Unit, r.Key)
		if err == nil && !there {
			err = fault.New(fault.Conflict, "public.tokenUsed", t.Used)
		}
		return s.Receipt(r.Campaign, r.Unit, r.Key), there, err
	case TokenNew:
		if joint, ok := s.db.(docstore.Joint); ok {
			return s.useAtOnce(ctx, joint, t, r)
		}
		// A key that counted without this token leaves the token alone.
		if there, err := s.hasResponse(ctx, r.Campaign, r.Unit, r.Key); err != nil || there {
			return s.Receipt(r.Campaign, r.Unit, r.Key), there, err
		}
	}
	return s.useByClaim(ctx, t, r)
}

// useAtOnce uses a new token and inserts the response in one write.
func (s *Store) useAtOnce(ctx context.Context, joint docstore.Joint, t Token, r *Response) (string, bool, error) {
	raw, err := docstore.Marshal(t.used(s.Now()))
	if err != nil {
		return "", false, err
	}
	err = joint.ReplaceInsert(ctx, tokens, t.Version, raw, responses, r.raw())
	existed := docstore.DuplicateOn(err) == responseKey.Name
	if existed {
		err = nil
	}
	return s.Receipt(r.Campaign, r.Unit, r.Key), existed, err
}

// useByClaim claims a new token, or joins the claim there is, inserts the
// response and erases the claim.
func (s *Store) useByClaim(ctx context.Context, t Token, r *Response) (string, bool, error) {
	if t.State == TokenNew {
		t.State, t.Claim = TokenClaimed, r.Key
	}
	// A claim that is joined is renewed: the sweeper must not release it while
	// the response is being inserted.
	t.Claimed = s.Now()
	if _, err := put(ctx, s, tokens, t.ID, t.Version, t); err != nil {
		return "", false, err
	}
	claimed := *r
	claimed.Key = t.Claim
	receipt, existed, err := s.AddResponse(ctx, &claimed)
	if err != nil {
		return "", false, err // the claim stands until it is joined or swept
	}
	if err := s.settle(ctx, t.ID, t.Claim); err != nil {
		s.log.Warn("a token's claim is left to the sweeper", "error", err)
	}
	return receipt, existed, nil
}

// settle erases a claim whose response is stored.
func (s *Store) settle(ctx context.Context, id, claim string) error {
	_, err := docstore.Update(ctx, s.db, tokens, id, func(d *tokenDoc) error {
		if d.Body.State == TokenClaimed && d.Body.Claim == claim {
			d.Body = d.Body.used(s.Now()).Body
		}
		return nil
	})
	return err
}

// used is the document of the token after its use at now.
func (t Token) used(now time.Time) *tokenDoc {
	t.State, t.Used, t.Claim, t.Claimed = TokenUsed, now.Truncate(time.Hour), "", time.Time{}
	return &tokenDoc{Meta: docstore.Meta{ID: t.ID, Version: t.Version}, Body: t}
}

// hasResponse reports whether a response is stored under a key.
func (s *Store) hasResponse(ctx context.Context, campaign, unit, key string) (bool, error) {
	n, err := s.db.Count(ctx, docstore.Query{In: responses, On: responseKey, Eq: []any{campaign, unit, key}})
	return n > 0, err
}

// SweepClaims finishes what a crash left of tokens in use for longer than
// ClaimLife: with a response the token is used, without one it is new again.
func (s *Store) SweepClaims(ctx context.Context) error {
	q := docstore.Query{In: tokens, On: tokensByClaim, To: s.Now().Add(-ClaimLife)}
	var old []tokenDoc
	for d, err := range docstore.Find[tokenDoc](ctx, s.db, q) {
		if err != nil {
			return err
		}
		old = append(old, d)
	}
	for _, d := range old {
		if err := s.sweepClaim(ctx, d); err != nil && !fault.Is(err, fault.Stale) {
			return err
		}
	}
	return nil
}

// sweepClaim decides one claim; Stale when somebody has it in hand after all.
func (s *Store) sweepClaim(ctx context.Context, d tokenDoc) error {
	t := d.Body
	t.ID, t.Version = d.ID, d.Version
	there, err := s.hasResponse(ctx, t.Campaign, t.Unit, t.Claim)
	if err != nil {
		return err
	}
	next := t.used(t.Claimed)
	if !there {
		next.Body.State, next.Body.Used = TokenNew, time.Time{}
	}
	return docstore.Put(ctx, s.db, tokens, next)
}
