package store

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/fault"
)

// process opens a database once more, as another process would, under a clock
// of its own.
func process(t *testing.T, file string, clock func() time.Time) *Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), file, Collections())
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	s, err := New(t.Context(), Options{DB: db, Clock: clock, Secret: "0123456789012345678901234567890123456789"})
	ok(t, err)
	return s
}

func TestLease(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	file := filepath.Join(t.TempDir(), "a.db")
	a, b, ctx := process(t, file, func() time.Time { return now }), process(t, file, func() time.Time { return now }), t.Context()
	take := func(s *Store, owner string, want bool) func(context.Context) error {
		t.Helper()
		got, release, err := s.Lease(ctx, "remind", owner, time.Minute)
		if err != nil || got != want {
			t.Fatalf("%s: %v, %v", owner, got, err)
		}
		return release
	}
	release := take(a, "a", true)
	take(b, "b", false)
	take(a, "a", true) // prolongs it
	ok(t, release(ctx))
	take(b, "b", true)
	ok(t, release(ctx)) // a's, late: b keeps it
	take(a, "a", false)
	now = now.Add(59 * time.Second)
	take(a, "a", false)
	now = now.Add(2 * time.Second) // b is dead
	take(a, "a", true)
	now = now.AddDate(-1, 0, 0) // the clock was a year ahead
	take(b, "b", true)
}

// Of many that ask at once one gets the lease.
func TestLeaseRace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	now := func() time.Time { return time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC) }
	stores := []*Store{process(t, file, now), process(t, file, now)}
	for round := range 5 {
		var got atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				has, _, err := stores[i%2].Lease(t.Context(), fmt.Sprint("job", round), fmt.Sprint(i), time.Minute)
				if err != nil {
					t.Error(err)
				}
				if has {
					got.Add(1)
				}
			})
		}
		wg.Wait()
		if got.Load() != 1 {
			t.Fatalf("round %d: %d have the lease", round, got.Load())
		}
	}
}

// A letter is claimed by one; a claim that nobody ended is over after MailClaim;
// what keeps failing is tried with growing pauses, then given up.
func TestMailClaims(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	file := filepath.Join(t.TempDir(), "a.db")
	clock := func() time.Time { return now }
	a, b, ctx := process(t, file, clock), process(t, file, clock), t.Context()
	n := Notice{ID: NoticeID("remind", "2026", "01", "submit", "2026-11-20", "xa01"), To: "xa01", Kind: "remind", URL: "/", Letter: Letter{Mail: MailDue, Due: now}}
	for i, s := range []*Store{a, b} {
		added, err := s.AddNotices(ctx, []Notice{n, n})
		if err != nil || len(added) != 1-i {
			t.Fatalf("process %d added %d, %v", i, len(added), err)
		}
	}
	claim := func(s *Store, want bool) {
		t.Helper()
		if _, got, err := s.ClaimMail(ctx, n.ID); err != nil || got != want {
			t.Fatalf("claimed %v, %v", got, err)
		}
	}
	due := func(want int) {
		t.Helper()
		if ids, err := a.DueMail(ctx); err != nil || len(ids) != want {
			t.Fatalf("%d letters are due, %v", len(ids), err)
		}
	}
	due(1)
	claim(a, true)
	claim(b, false)
	due(0)
	now = now.Add(MailClaim + time.Second) // a died before it sent
	due(1)
	claim(b, true)
	var pauses []time.Duration
	for range MaxMailTries {
		ok(t, a.EndMail(ctx, n.ID, "busy", false))
		got, err := a.Notice(ctx, "xa01", n.ID)
		ok(t, err)
		if got.Mail == MailFailed {
			break
		}
		pauses = append(pauses, got.Due.Sub(now))
		claim(a, false)
		now = got.Due
		claim(a, true)
	}
	if len(pauses) != MaxMailTries-2 || pauses[0] != 4*time.Minute || pauses[len(pauses)-1] != MaxMailWait {
		t.Errorf("pauses %v", pauses)
	}
	due(0)
	unsent, err := a.UnsentMail(ctx)
	if err != nil || len(unsent) != 1 || unsent[0].Reason != "busy" {
		t.Fatalf("%+v, %v", unsent, err)
	}
	ok(t, a.RetryMail(ctx, n.ID))
	if err := a.RetryMail(ctx, n.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("again: %v", err)
	}
	claim(a, true)
	now = now.AddDate(-1, 0, 0) // the clock was a year ahead: not lost
	due(1)
	claim(a, true)
	ok(t, a.EndMail(ctx, n.ID, "", false))
	due(0)
	claim(a, false)
}

// Reading and counting touch one person's own notices alone, and what comes
// after the page was made stays unread.
func TestReadNotices(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	start := s.Now()
	var list []Notice
	for i := range 5 {
		list = append(list, Notice{ID: fmt.Sprint("a", i), To: "xa01", Kind: "remind", At: start.Add(time.Duration(i) * time.Minute)}, Notice{ID: fmt.Sprint("b", i), To: "xa02", Kind: "remind", At: start})
	}
	_, err := s.AddNotices(ctx, list)
	ok(t, err)
	if _, err := s.ReadNotice(ctx, "xa01", "b1", true); !fault.Is(err, fault.NotFound) {
		t.Errorf("another's notice: %v", err)
	}
	_, err = s.ReadNotice(ctx, "xa01", "a0", true)
	ok(t, err)
	if n, err := s.ReadAll(ctx, "xa01", start.Add(3*time.Minute)); err != nil || n != 3 {
		t.Errorf("read %d, %v", n, err)
	}
	for login, want := range map[string]int{"xa01": 1, "xa02": 5, "xa03": 0} {
		if n, err := s.Unread(ctx, login); err != nil || n != want {
			t.Errorf("%s has %d unread, %v", login, n, err)
		}
	}
	if got, err := s.Notices(ctx, "xa01"); err != nil || len(got) != 5 || got[0].ID != "a4" {
		t.Errorf("%d notices, %v", len(got), err)
	}
}
