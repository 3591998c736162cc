package demo

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/store"
	"thanthien/internal/survey"
)

func fill(t testing.TB) *store.Store {
	t.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "demo.db"), store.Collections())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s, err := store.New(ctx, store.Options{DB: db, Clock: func() time.Time { return time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	if err := Fill(ctx, s, s.Now()); err != nil {
		t.Fatal(err)
	}
	return s
}

// The demo shows every band, units that fail, incomplete ones, and about
// 8,000 responses; two fillings are the same.
func TestFill(t *testing.T) {
	ctx := context.Background()
	s, again := fill(t), fill(t)
	var responses int64
	for _, year := range []string{"2024", "2025", "2026"} {
		r, err := result.Of(ctx, s, year, "")
		if err != nil {
			t.Fatal(err)
		}
		twin, err := result.Of(ctx, again, year, "")
		if err != nil {
			t.Fatal(err)
		}
		bands, incomplete, failed := map[string]int{}, 0, 0
		for i, u := range r.Ranked {
			if len(u.Problems) > 0 {
				t.Errorf("%s %s: %v", year, u.Unit, u.Problems)
			}
			if u.Unit != twin.Ranked[i].Unit || u.Total != twin.Ranked[i].Total {
				t.Fatalf("%s: two fillings differ at %s and %s", year, u.Unit, twin.Ranked[i].Unit)
			}
			switch {
			case u.Recognised:
				bands[u.Band]++
			case !u.Complete:
				incomplete++
			default:
				failed++
			}
		}
		t.Logf("%s: %d units, bands %v, failed %d, incomplete %d, target %+v", year, len(r.Ranked), bands, failed, incomplete, r.Target)
		if len(r.Ranked) != Communes || len(bands) < 2 || failed == 0 {
			t.Errorf("%s: want %d units in several bands and some that fail", year, Communes)
		}
		if open := r.Period.State == dossier.Open; open != (incomplete > 0) {
			t.Errorf("%s: incomplete units belong to the open year only", year)
		} else if f, err := s.FreezeOf(ctx, &r.Period); !open && (err != nil || f.At.After(r.Period.SignOff.At)) {
			t.Errorf("%s: locked at %v, signed at %v, %v", year, f.At, r.Period.SignOff.At, err)
		}
		n, err := s.CountResponses(ctx, "hai-long-"+year)
		if err != nil {
			t.Fatal(err)
		}
		responses += n
	}
	if responses < 7500 || responses > 8500 {
		t.Errorf("%d responses, want about 8,000", responses)
	}
	if state, err := StateOf(ctx, s); state != Full || err != nil {
		t.Errorf("not marked as filled: %v, %v", state, err)
	}
}

func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		fill(b)
	}
}

// What came by invitation used one up, so that the re-check has them to draw
// from.
func TestFillInvitations(t *testing.T) {
	s := fill(t)
	campaigns, err := s.Campaigns(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all int64
	for i := range campaigns {
		counts, err := s.Counts(t.Context(), &campaigns[i])
		if err != nil {
			t.Fatal(err)
		}
		var came, used int64
		for _, u := range counts {
			if by := u.ByChannel[survey.Token]; by != nil {
				came += by.N()
			}
		}
		batches, err := s.TokenBatches(t.Context(), campaigns[i].ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range batches {
			used += b.Used
		}
		if came != used {
			t.Errorf("%s: %d answers by invitation, %d invitations used", campaigns[i].ID, came, used)
		}
		all += used
	}
	if all == 0 {
		t.Error("nobody was invited")
	}
}
