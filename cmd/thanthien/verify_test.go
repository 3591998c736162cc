package main

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"thanthien/internal/docstore"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/store"
)

// TestVerify finds counts that are not those of the responses any more.
func TestVerify(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "a.db")
	province(t, db, 3)
	bulk(t, db, 300)
	call := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		e := &env{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
		if code := dispatch(context.Background(), e, args); code != want {
			t.Fatalf("verify: exit %d, want %d\n%s%s", code, want, out.String(), errs.String())
		}
		return out.String()
	}
	if out := call(exitOK, "verify", "--db", db); !strings.Contains(out, "hl\tok\t300\t300\n") {
		t.Fatalf("printed\n%s", out)
	}
	loseResponse(t, db)
	if out := call(exitRefused, "verify", "--db", db, "--campaign", "hl"); !strings.Contains(out, "hl\tdifferent\t299\t") || !strings.Contains(out, "hl\t98") {
		t.Fatalf("printed\n%s", out)
	}
	call(exitRefused, "verify", "--db", db, "--campaign", "khong-co")
}

// loseResponse deletes the first response behind the program's back.
func loseResponse(t *testing.T, path string) {
	t.Helper()
	list := store.Collections()
	db, err := sqlite.Open(t.Context(), path, list)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	responses := list[slices.IndexFunc(list, func(c *docstore.Collection) bool { return c.Name == "responses" })]
	r, err := docstore.First[store.Response](t.Context(), db, docstore.Query{In: responses})
	if err == nil {
		err = db.Delete(t.Context(), responses, r.ID, r.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
}
