package filestore_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"thanthien/internal/docstore/filestore"
	"thanthien/internal/docstore/storetest"
	"thanthien/internal/fault"
)

func open(t *testing.T, dir string) *filestore.Store {
	t.Helper()
	s, err := filestore.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	dir := t.TempDir()
	storetest.RunFiles(t, open(t, dir), storetest.FileOptions{Damage: func(t *testing.T, sha string) {
		path := filepath.Join(dir, sha[:2], sha[2:4], sha)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 1
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}})
	if left, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
}

// TestPutMends replaces content that was damaged on the disk.
func TestPutMends(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put := func() string {
		sha, _, err := s.Put(context.Background(), strings.NewReader("biên bản"), 100)
		if err != nil {
			t.Fatal(err)
		}
		return sha
	}
	sha := put()
	path := filepath.Join(dir, sha[:2], sha[2:4], sha)
	if err := os.WriteFile(path, []byte("khác"), 0o600); err != nil {
		t.Fatal(err)
	}
	put()
	if b, err := os.ReadFile(path); err != nil || string(b) != "biên bản" {
		t.Errorf("content %q, %v", b, err)
	}
}

// TestOpenClears removes old remains and leaves uploads under way alone.
func TestOpenClears(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	old, young := filepath.Join(dir, "tmp", "put-old"), filepath.Join(dir, "tmp", "put-young")
	for _, p := range []string{old, young} {
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the old file is still there: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("the young file is gone: %v", err)
	}
}

func TestOpenRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := filestore.Open(filepath.Join(file, "below")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("open below a file: %v", err)
	}
}
