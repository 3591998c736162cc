package store

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/fault"
)

const frozenSet = "id: nho\nversion: 1\ntitle: %\napplies_to: [commune]\ntotal: 10\ngroups: [{code: \"1\", title: g, max: 10, criteria: [{code: \"1.1\", title: l, max: 10, rule: {type: points}}]}]\n"

func libraryStore(t *testing.T) *Store {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), Collections())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s, err := New(context.Background(), Options{DB: db, Clock: func() time.Time { return time.Date(2026, 11, 10, 3, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func setNamed(title, state string) Version {
	return Version{ID: "nho", Number: 1, Title: title, YAML: strings.Replace(frozenSet, "%", title, 1), State: state}
}

// The content of an issued version never changes, by whatever way it is asked;
// only its state does, and never back to a draft.
func TestIssuedVersionNeverChanges(t *testing.T) {
	s := libraryStore(t)
	put := func(v Version) error { return s.PutSet(t.Context(), v) }
	over := setNamed("hai", Draft)
	if err := put(setNamed("một", Draft)); err != nil {
		t.Fatal(err)
	}
	if err := put(over); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a new draft over another: %v, want a conflict", err)
	}
	over.Version = AnyVersion
	for _, v := range []Version{over, setNamed("hai", Issued)} {
		if err := put(v); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := s.SetVersion(t.Context(), "nho", 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]Version{
		"other content, issued": setNamed("ba", Issued), "other content, draft": setNamed("ba", Draft), "other content, retired": setNamed("ba", Retired),
		"same content, draft": setNamed("hai", Draft),
	} {
		for _, version := range []int64{0, stored.Version, 99} {
			v.Version = version
			if err := put(v); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s at version %d: %v, want a conflict", name, version, err)
			}
		}
	}
	if err := put(setNamed("hai", Issued)); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if now, err := s.SetVersion(t.Context(), "nho", 1); err != nil || now != stored {
		t.Errorf("stored %+v, before %+v, %v", now, stored, err)
	}
	for _, state := range []string{Retired, Issued} {
		if err := put(setNamed("hai", state)); err != nil {
			t.Errorf("to %s: %v", state, err)
		}
	}
	set, err := s.Set(t.Context(), "nho", 1)
	if err != nil || set.Title != "hai" {
		t.Errorf("the set reads %q, %v", set.Title, err)
	}
}

// While a draft is issued, many try to change it: what is stored then is the
// issued content, and nobody who was refused changed anything.
func TestIssueAgainstManyEdits(t *testing.T) {
	const rounds, editors = 10, 8
	for range rounds {
		s := libraryStore(t)
		if err := s.PutSet(t.Context(), setNamed("đầu", Draft)); err != nil {
			t.Fatal(err)
		}
		draft, err := s.SetVersion(t.Context(), "nho", 1)
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		start := make(chan struct{})
		done := make([]error, editors+1)
		for i := range editors + 1 {
			group.Go(func() {
				v := setNamed("bản "+string(rune('a'+i)), Draft)
				if i == editors {
					v = setNamed("đầu", Issued)
				}
				v.Version = draft.Version
				<-start
				done[i] = s.PutSet(context.Background(), v)
			})
		}
		close(start)
		group.Wait()
		won := 0
		for i, err := range done {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.Stale) && !fault.Is(err, fault.Conflict):
				t.Errorf("writer %d: %v", i, err)
			}
		}
		now, err := s.SetVersion(t.Context(), "nho", 1)
		if err != nil || won != 1 || now.Version != draft.Version+1 {
			t.Errorf("%d writers won, version %d, %v", won, now.Version, err)
		}
		if issued := done[editors] == nil; issued != (now.State == Issued) || issued && now.Title != "đầu" {
			t.Errorf("issued %v, stored %q as %s", issued, now.Title, now.State)
		}
		if err := s.PutSet(t.Context(), setNamed("sau", Issued)); now.State == Issued && !fault.Is(err, fault.Conflict) {
			t.Errorf("after issuing: %v", err)
		}
	}
}
