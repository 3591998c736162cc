package store

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/account"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// plainDB hides what an engine can beyond the port.
type plainDB struct{ docstore.DB }

// engines are the two ways of using a token.
var engines = map[string]func(docstore.DB) docstore.DB{
	"at once":  func(db docstore.DB) docstore.DB { return db },
	"by claim": func(db docstore.DB) docstore.DB { return plainDB{db} },
}

func tokenResponse(key string) *Response {
	return &Response{Campaign: "c1", Unit: "u1", Key: key, Group: "resident", Channel: survey.Token, Answers: []byte{1}}
}

func TestTokenUse(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			s, ctx := newStore(t), t.Context()
			s.db = engine(s.db)
			b, plain, err := s.CreateTokens(ctx, TokenBatch{Campaign: "c1", Unit: "u1", Count: 3})
			ok(t, err)
			token, err := s.Token(ctx, " "+plain[0][:5]+"-"+plain[0][5:])
			ok(t, err)
			first, existed, err := s.AddWithToken(ctx, token.ID, tokenResponse("K1"))
			if err != nil || existed {
				t.Fatal(existed, err)
			}
			token, err = s.Token(ctx, plain[0])
			ok(t, err)
			if token.State != TokenUsed || token.Claim != "" || !token.Claimed.IsZero() || token.Used.Minute() != 0 {
				t.Errorf("token %+v", token)
			}
			again, existed, err := s.AddWithToken(ctx, token.ID, tokenResponse("K1"))
			if err != nil || !existed || again != first {
				t.Fatal(again, existed, err)
			}
			if _, _, err = s.AddWithToken(ctx, token.ID, tokenResponse("K2")); !fault.Is(err, fault.Conflict) {
				t.Errorf("other key: %v", err)
			}
			// A key that has counted already leaves another token alone.
			second, err := s.Token(ctx, plain[1])
			ok(t, err)
			if again, existed, err = s.AddWithToken(ctx, second.ID, tokenResponse("K1")); err != nil || !existed || again != first {
				t.Fatal(again, existed, err)
			}
			n, err := s.RevokeTokenBatch(ctx, b.ID)
			if err != nil || n != 2 {
				t.Fatal(n, err)
			}
			if _, _, err = s.AddWithToken(ctx, second.ID, tokenResponse("K3")); !fault.Is(err, fault.NotFound) {
				t.Errorf("revoked: %v", err)
			}
			list, err := s.TokenBatches(ctx, "c1")
			if err != nil || len(list) != 1 || list[0].TokenCounts != (TokenCounts{Made: 3, Used: 1, Revoked: 2}) {
				t.Errorf("%+v %v", list, err)
			}
			if n, err := s.CountResponses(ctx, "c1"); err != nil || n != 1 {
				t.Error(n, err)
			}
			if _, err := s.Token(ctx, "0000000000000"); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
	}
}

// TestTokenRace has many clients use one token with keys of their own.
func TestTokenRace(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			s, ctx := newStore(t), t.Context()
			s.db = engine(s.db)
			_, plain, err := s.CreateTokens(ctx, TokenBatch{Campaign: "c1", Unit: "u1", Count: 20})
			ok(t, err)
			var wg sync.WaitGroup
			var mu sync.Mutex
			receipts := map[string]map[string]bool{}
			for i := range 100 {
				wg.Go(func() {
					typed := plain[i%20]
					token, err := s.Token(ctx, typed)
					if err == nil {
						var receipt string
						receipt, _, err = s.AddWithToken(ctx, token.ID, tokenResponse(fmt.Sprint("K", i)))
						mu.Lock()
						if receipts[typed] == nil {
							receipts[typed] = map[string]bool{}
						}
						if err == nil {
							receipts[typed][receipt] = true
						}
						mu.Unlock()
					}
					if err != nil && !fault.Is(err, fault.Conflict) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			for typed, set := range receipts {
				if len(set) != 1 {
					t.Errorf("token %s has %d receipts", typed, len(set))
				}
			}
			if n, err := s.CountResponses(ctx, "c1"); err != nil || n != 20 {
				t.Error(n, err)
			}
		})
	}
}

// failingDB loses the insert of responses, or what comes after it.
type failingDB struct {
	docstore.DB
	insert, settle bool
}

func (f *failingDB) Insert(ctx context.Context, c *docstore.Collection, doc bson.Raw) (any, error) {
	if f.insert && c == responses {
		return nil, fault.New(fault.Unavailable, "docstore.closed")
	}
	return f.DB.Insert(ctx, c, doc)
}

func (f *failingDB) Replace(ctx context.Context, c *docstore.Collection, version int64, doc bson.Raw) error {
	if f.settle && c == tokens && doc.Lookup("state").StringValue() == string(TokenUsed) {
		return fault.New(fault.Unavailable, "docstore.closed")
	}
	return f.DB.Replace(ctx, c, version, doc)
}

// TestTokenSweep leaves a claim without and with its response, as a crash does.
func TestTokenSweep(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	now := time.Date(2026, 11, 10, 3, 20, 0, 0, time.UTC)
	s.clock = func() time.Time { return now }
	broken := &failingDB{DB: s.db}
	s.db = broken
	_, plain, err := s.CreateTokens(ctx, TokenBatch{Campaign: "c1", Unit: "u1", Count: 2})
	ok(t, err)
	use := func(i int, key string) (string, error) {
		token, err := s.Token(ctx, plain[i])
		ok(t, err)
		receipt, _, err := s.AddWithToken(ctx, token.ID, tokenResponse(key))
		return receipt, err
	}
	broken.insert = true
	if _, err := use(0, "K1"); err == nil {
		t.Fatal("the insert did not fail")
	}
	broken.insert, broken.settle = false, true
	first, err := use(1, "K2")
	ok(t, err)
	if again, err := use(1, "K9"); err != nil || again != first {
		t.Errorf("joining the claim: %s %v, want %s", again, err, first)
	}
	broken.settle = false
	state := func(i int) TokenState {
		token, err := s.Token(ctx, plain[i])
		ok(t, err)
		return token.State
	}
	ok(t, s.SweepClaims(ctx))
	if state(0) != TokenClaimed || state(1) != TokenClaimed {
		t.Error("claims of this minute were swept")
	}
	now = now.Add(2 * ClaimLife)
	ok(t, s.SweepClaims(ctx))
	if state(0) != TokenNew || state(1) != TokenUsed {
		t.Errorf("states %s and %s", state(0), state(1))
	}
	_, err = use(0, "K3")
	ok(t, err)
}

func TestAPIToken(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	now := time.Date(2026, 11, 10, 3, 0, 0, 0, time.UTC)
	s.clock = func() time.Time { return now }
	plain, made, err := s.CreateAPIToken(ctx, APIToken{Role: account.Surveyor, Ends: now.AddDate(0, 0, 1)})
	ok(t, err)
	got, err := s.APIToken(ctx, plain)
	if err != nil || got.ID != made.ID || got.Role != account.Surveyor {
		t.Fatal(got, err)
	}
	for _, wrong := range []string{"", "tt_", plain + "x", plain[:len(plain)-1], "tt_aaaaaaaa_" + plain[12:], plain[3:]} {
		if _, err := s.APIToken(ctx, wrong); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	now = now.AddDate(0, 0, 1)
	if _, err := s.APIToken(ctx, plain); !fault.Is(err, fault.Unauthenticated) {
		t.Error("ended token:", err)
	}
	now = now.AddDate(0, 0, -1)
	ok(t, s.RevokeAPIToken(ctx, made.ID))
	if _, err := s.APIToken(ctx, plain); !fault.Is(err, fault.Unauthenticated) {
		t.Error("revoked token:", err)
	}
	if err := s.RevokeAPIToken(ctx, "khongco1"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}
