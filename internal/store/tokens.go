package store

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/sync/errgroup"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Limits of one-use tokens.
const (
	// TokenSize is the number of letters and digits of a token: 65 random bits.
	TokenSize = 13
	// MaxTokens is how many tokens one batch may have.
	MaxTokens = 100_000
	// MaxTokenNote is the longest note of a batch, in characters.
	MaxTokenNote = 200
	// ClaimLife is how long a claim may stand before the sweeper decides it.
	ClaimLife = time.Minute
	// claimWork bounds the work under a claim; well below ClaimLife, so that no
	// response is inserted under a claim that was released.
	claimWork = ClaimLife / 2
	// tokenChunk is how many tokens are handed to the database at once.
	tokenChunk = 1000
	// tokenReaders is how many tokens are read at once. More would only open
	// more connections: one read takes microseconds.
	tokenReaders = 4
)

// TokenState is what became of a token.
type TokenState string

// The states of a token. All are of one length: a document that does not grow
// when it is used is replaced in its place, several times faster.
const (
	TokenNew     TokenState = "new"
	TokenClaimed TokenState = "now" // being used this moment, or a crash left it
	TokenUsed    TokenState = "old"
	TokenRevoked TokenState = "off"
)

// TokenBatch is a set of one-use tokens for the respondents of one unit.
type TokenBatch struct {
	ID       string    `bson:"id"` // given by CreateTokens
	Campaign string    `bson:"campaign"`
	Unit     string    `bson:"unit"`
	Group    string    `bson:"group,omitempty"` // "": any that the campaign asks
	Count    int       `bson:"count"`
	Order    string    `bson:"order,omitempty"` // batches made together share it
	Note     string    `bson:"note,omitempty"`  // for the list of batches; never a respondent's name
	By       string    `bson:"by,omitempty"`    // login of who made it
	Made     time.Time `bson:"made"`            // given by CreateTokens
	Revoked  bool      `bson:"revoked,omitempty"`
	Version  int64     `bson:"-"`
}

// TokenCounts is how many tokens of a batch are where. Claimed ones count as
// used.
type TokenCounts struct{ Made, Used, Revoked int64 }

// BatchCounts is a batch with what became of its tokens.
type BatchCounts struct {
	TokenBatch
	TokenCounts
}

// Token is one one-use token. The database holds neither the token itself, only
// a keyed hash as the id, nor who it was given to. Once it is used, nothing in
// it leads to the answers: the claim is erased, and the time is rounded down to
// the hour because a response's own id tells when it came to the second.
type Token struct {
	ID       string     `bson:"-"`
	Campaign string     `bson:"campaign"`
	Unit     string     `bson:"unit"`
	Group    string     `bson:"group,omitempty"`
	Batch    string     `bson:"batch"`
	Number   int        `bson:"n"` // of the slip within the batch, from 1
	State    TokenState `bson:"state"`
	Used     time.Time  `bson:"used"`              // the hour
	Claim    string     `bson:"claim,omitempty"`   // key of the response being stored
	Claimed  time.Time  `bson:"claimed,omitempty"` // when; only with Claim
	Version  int64      `bson:"-"`
}

type tokenDoc = doc[Token]

// NormalToken undoes what people do to a token when they type it.
func NormalToken(typed string) string { return NormalReceipt(typed) }

// TokenID is the id under which a token is kept.
func (s *Store) TokenID(typed string) string {
	return s.code(tokenIDSize, "token", NormalToken(typed))
}

// tokenIDSize is the length of a token's id: 130 bits of a keyed hash.
const tokenIDSize = 26

// CreateTokens makes b.Count tokens and returns them in order of their numbers;
// they are never to be seen again. A crash on the way leaves a batch with fewer
// tokens, which nobody holds.
func (s *Store) CreateTokens(ctx context.Context, b TokenBatch) (TokenBatch, []string, error) {
	if b.Count < 1 || b.Count > MaxTokens {
		return b, nil, fault.New(fault.Invalid, "token.count", MaxTokens)
	}
	b.ID, b.Made = s.ids.next(s.Now()), s.Now()
	var err error
	if b.Version, err = put(ctx, s, tokenBatches, b.ID, 0, b); err != nil {
		return b, nil, err
	}
	plain := make([]string, b.Count)
	for i := range plain {
		plain[i] = newToken()
	}
	for first := 0; first < b.Count; first += tokenChunk {
		if err := s.insertTokens(ctx, b, first, plain[first:min(first+tokenChunk, b.Count)]); err != nil {
			return b, nil, err
		}
	}
	return b, plain, nil
}

func newToken() string {
	var random [9]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	return crockford.EncodeToString(random[:])[:TokenSize]
}

// insertTokens stores the tokens behind the first of a batch.
func (s *Store) insertTokens(ctx context.Context, b TokenBatch, first int, plain []string) error {
	raws := make([]bson.Raw, len(plain))
	for i, p := range plain {
		t := Token{Campaign: b.Campaign, Unit: b.Unit, Group: b.Group, Batch: b.ID, Number: first + i + 1, State: TokenNew}
		raw, err := docstore.Marshal(tokenDoc{Meta: docstore.Meta{ID: s.TokenID(p)}, Body: t})
		if err != nil {
			return err
		}
		raws[i] = raw
	}
	return errors.Join(docstore.InsertAll(ctx, s.db, tokens, raws)...)
}

// TokenBatches lists a campaign's batches in order of making.
func (s *Store) TokenBatches(ctx context.Context, campaign string) ([]BatchCounts, error) {
	list, err := all(ctx, s, docstore.Query{In: tokenBatches, On: tokenBatchesByCampaign, Eq: []any{campaign}}, func(b *TokenBatch, m docstore.Meta) { b.Version = m.Version })
	if err != nil {
		return nil, err
	}
	out := make([]BatchCounts, len(list))
	for i, b := range list {
		out[i].TokenBatch = b
		if out[i].TokenCounts, err = s.countTokens(ctx, b.ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// countTokens counts the tokens of a batch by reading them: an index of the
// states would cost every answer two more pages.
func (s *Store) countTokens(ctx context.Context, batch string) (c TokenCounts, err error) {
	for raw, err := range s.db.Find(ctx, docstore.Query{In: tokens, On: tokensByBatch, Eq: []any{batch}}) {
		if err != nil {
			return c, err
		}
		state, _ := raw.Lookup("state").StringValueOK()
		switch c.Made++; TokenState(state) {
		case TokenUsed, TokenClaimed:
			c.Used++
		case TokenRevoked:
			c.Revoked++
		}
	}
	return c, nil
}

// TokenBatch returns one batch.
func (s *Store) TokenBatch(ctx context.Context, id string) (TokenBatch, error) {
	b, version, err := get[TokenBatch](ctx, s, tokenBatches, id, "token.batch")
	b.Version = version
	return b, err
}

// Tokens yields the tokens of a batch in one state, or in all with "".
func (s *Store) Tokens(ctx context.Context, batch string, state TokenState) iter.Seq2[Token, error] {
	q := docstore.Query{In: tokens, On: tokensByBatch, Eq: []any{batch}}
	return func(yield func(Token, error) bool) {
		for d, err := range docstore.Find[tokenDoc](ctx, s.db, q) {
			if err == nil && state != "" && d.Body.State != state {
				continue
			}
			d.Body.ID, d.Body.Version = d.ID, d.Version
			if !yield(d.Body, err) || err != nil {
				return
			}
		}
	}
}

// RevokeTokenBatch makes every unused token of a batch worthless; those used stay
// used. It returns how many it revoked. The batch is marked last: one that a
// crash left half revoked does not look done, and can be revoked again.
func (s *Store) RevokeTokenBatch(ctx context.Context, id string) (int, error) {
	var ids []string
	for t, err := range s.Tokens(ctx, id, TokenNew) {
		if err != nil {
			return 0, err
		}
		ids = append(ids, t.ID)
	}
	var revoked atomic.Int64
	var group errgroup.Group
	group.SetLimit(eraseWriters)
	for _, id := range ids {
		group.Go(func() error {
			d, err := docstore.Update(ctx, s.db, tokens, id, func(d *tokenDoc) error {
				if d.Body.State == TokenNew {
					d.Body.State = TokenRevoked
				}
				return nil
			})
			if err == nil && d.Body.State == TokenRevoked {
				revoked.Add(1)
			}
			return err
		})
	}
	err := group.Wait()
	if err == nil {
		_, err = docstore.Update(ctx, s.db, tokenBatches, id, func(d *doc[TokenBatch]) error {
			d.Body.Revoked = true
			return nil
		})
	}
	return int(revoked.Load()), err
}

// Token returns the token that was typed; NotFound when there is none.
func (s *Store) Token(ctx context.Context, typed string) (Token, error) {
	if len(NormalToken(typed)) != TokenSize {
		return Token{}, fault.New(fault.NotFound, "token.unknown")
	}
	return s.tokenByID(ctx, s.TokenID(typed))
}

func (s *Store) tokenByID(ctx context.Context, id string) (Token, error) {
	s.tokenReads <- struct{}{}
	t, version, err := get[Token](ctx, s, tokens, id, "token.unknown")
	<-s.tokenReads
	t.ID, t.Version = id, version
	return t, err
}
