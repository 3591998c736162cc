package store

import (
	"context"
	"encoding/binary"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Using a token takes three writes: (1) the token is claimed for the key of the
// response, (2) the response is inserted under that key, (3) the claim is
// erased. Whoever finds a claim inserts under the same key, so that the token
// has one response and one receipt at any moment; a sweeper finishes what a
// crash left. On an engine that can, (1) to (3) are one atomic write and no
// claim is ever stored.

// AddWithToken stores a response durably and uses up the token of an id.
// existed is true when the response of r.Key is there already, or another call
// with the token came first by a moment: the receipt is the one given then.
// Conflict "public.tokenUsed" (with the hour) when the token was used for
// another response; NotFound when there is none or it was revoked; Invalid
// "token.unfit" when it is for another campaign, unit or group.
func (s *Store) AddWithToken(ctx context.Context, id string, r *Response) (receipt string, existed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, claimWork)
	defer cancel()
	if joint, ok := s.db.(docstore.Joint); ok {
		if receipt, existed, err = s.useAtOnce(ctx, joint, id, r); !fault.Is(err, fault.Stale) {
			return receipt, existed, err
		}
	}
	for {
		t, err := s.tokenByID(ctx, id)
		if err == nil && !t.fits(r) {
			err = errUnfit()
		}
		if err != nil {
			return "", false, err
		}
		receipt, existed, err = s.tryToken(ctx, t, r)
		if !fault.Is(err, fault.Stale) {
			return receipt, existed, err
		}
	}
}

// fits reports whether the token is for the campaign, unit and group of a
// response.
func (t Token) fits(r *Response) bool {
	return t.Campaign == r.Campaign && t.Unit == r.Unit && (t.Group == "" || t.Group == r.Group)
}

func errUnfit() error { return fault.New(fault.Invalid, "token.unfit") }

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
		// A key that counted without this token leaves the token alone.
		if there, err := s.hasResponse(ctx, r.Campaign, r.Unit, r.Key); err != nil || there {
			return s.Receipt(r.Campaign, r.Unit, r.Key), there, err
		}
	}
	return s.useByClaim(ctx, t, r)
}

// useAtOnce uses a new token and inserts the response in one write; Stale when
// the token is not new.
func (s *Store) useAtOnce(ctx context.Context, joint docstore.Joint, id string, r *Response) (string, bool, error) {
	now := s.Now()
	err := joint.UpdateInsert(ctx, tokens, id, func(old bson.Raw) (bson.Raw, error) { return useRaw(old, r, now) }, responses, r.raw())
	existed := docstore.DuplicateOn(err) == responseKey.Name
	if existed {
		err = nil
	}
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(err, fault.NotFound, "token.unknown")
	}
	return s.Receipt(r.Campaign, r.Unit, r.Key), existed, err
}

// useRaw is Token.used on the bytes of a new token, in their place: this is the
// path that every respondent with an invitation takes.
func useRaw(old bson.Raw, r *Response, now time.Time) (bson.Raw, error) {
	text := func(name string) string { v, _ := docstore.Lookup(old, name).StringValueOK(); return v }
	if t := (Token{Campaign: text("campaign"), Unit: text("unit"), Group: text("group")}); !t.fits(r) {
		return nil, errUnfit()
	}
	state, used := docstore.Lookup(old, "state"), docstore.Lookup(old, "used")
	if text("state") != string(TokenNew) || used.Type != bson.TypeDateTime {
		return nil, fault.New(fault.Stale, "token.unknown")
	}
	copy(state.Value[4:], TokenUsed) // behind its length
	binary.LittleEndian.PutUint64(used.Value, uint64(usedAt(now).UnixMilli()))
	return old, nil
}

// usedAt is the time of use that a token keeps.
func usedAt(now time.Time) time.Time { return now.Truncate(time.Hour) }

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
	t.State, t.Used, t.Claim, t.Claimed = TokenUsed, usedAt(now), "", time.Time{}
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
