package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"thanthien/internal/audit"
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

// TestVerifyAudit finds an audit event that was taken out, and a printed head
// that the trail does not have.
func TestVerifyAudit(t *testing.T) {
	db := filepath.Join(t.TempDir(), "a.db")
	province(t, db, 3)
	call := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		e := &env{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
		if code := dispatch(context.Background(), e, append([]string{"verify", "--db", db}, args...)); code != want {
			t.Fatalf("verify: exit %d, want %d\n%s%s", code, want, out.String(), errs.String())
		}
		return out.String()
	}
	out := call(exitOK)
	_, head, found := strings.Cut(out, "\t1\t1:")
	if !found || !strings.Contains(out, "trail\tok\t") {
		t.Fatalf("printed\n%s", out)
	}
	call(exitOK, "--head", "1:"+head[:4]+" "+strings.ToUpper(head[4:16]))
	call(exitUsage, "--head", "1")
	if out := call(exitRefused, "--head", "1:0123456789"); !strings.Contains(out, "head\tblock 1\t0123456789\n") {
		t.Errorf("printed\n%s", out)
	}
	lost := loseFirst[audit.Event](t, db, "audit")
	if out := call(exitRefused); !strings.Contains(out, "trail\tdamaged\t") || !strings.Contains(out, fmt.Sprintf("missing\t%s\t#%d\t", lost.Thing, lost.Seq)) {
		t.Errorf("printed\n%s", out)
	}
}

// loseResponse deletes the first response behind the program's back.
func loseResponse(t *testing.T, path string) {
	t.Helper()
	loseFirst[store.Response](t, path, "responses")
}

// loseFirst deletes the first document of a collection behind the program's
// back and returns it.
func loseFirst[T any](t *testing.T, path, name string) T {
	t.Helper()
	list := store.Collections()
	db, err := sqlite.Open(t.Context(), path, list)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := list[slices.IndexFunc(list, func(c *docstore.Collection) bool { return c.Name == name })]
	for raw, err := range db.Find(t.Context(), docstore.Query{In: c, Limit: 1}) {
		var body T
		if err == nil {
			err = docstore.Unmarshal(raw, &body)
		}
		if err == nil {
			raw = slices.Clone(raw)
			err = db.Delete(t.Context(), c, docstore.IDOf(raw), docstore.VersionOf(raw))
		}
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	t.Fatalf("%s is empty", name)
	panic("unreachable")
}
