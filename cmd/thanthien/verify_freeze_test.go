package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/result"
	"thanthien/internal/store"
)

// TestVerifyFreeze finds a dossier that was changed behind the program's back
// after its period was locked.
func TestVerifyFreeze(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	province(t, path, 3)
	verify := func(want int) string {
		t.Helper()
		var out, errs bytes.Buffer
		e := &env{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
		if code := dispatch(context.Background(), e, []string{"verify", "--db", path}); code != want {
			t.Fatalf("verify: exit %d, want %d\n%s%s", code, want, out.String(), errs.String())
		}
		return out.String()
	}
	with := func(do func(db *sqlite.DB, s *store.Store) error) {
		t.Helper()
		db, err := sqlite.Open(t.Context(), path, store.Collections())
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.New(t.Context(), store.Options{DB: db})
		if err == nil {
			err = do(db, s)
		}
		if closed := db.Close(); err != nil || closed != nil {
			t.Fatal(err, closed)
		}
	}
	var sum string
	with(func(_ *sqlite.DB, s *store.Store) error {
		p, err := result.Lock(t.Context(), s, "2026", "quanly")
		sum = p.Checksum
		return err
	})
	if out := verify(exitOK); !strings.Contains(out, "2026\tok\t"+sum+"\t\n") {
		t.Fatalf("printed\n%s", out)
	}
	with(func(db *sqlite.DB, _ *store.Store) error {
		dossiers := store.Collections()[0]
		for _, c := range store.Collections() {
			if c.Name == "dossiers" {
				dossiers = c
			}
		}
		d, err := docstore.Get[struct {
			docstore.Meta `bson:",inline"`
			Rest          bson.M `bson:",inline"`
		}](t.Context(), db, dossiers, "2026/98002")
		if err != nil {
			return err
		}
		d.Rest["stage"] = "province"
		return docstore.Put(t.Context(), db, dossiers, &d)
	})
	if out := verify(exitRefused); !strings.Contains(out, "2026\tdifferent\t"+sum) || !strings.Contains(out, "2026\tdossier\t98002\n") {
		t.Fatalf("printed\n%s", out)
	}
}
