package criteria

import (
	"bufio"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// frozenFile lists the hash of every issued file, in the format of sha256sum:
// `cd criteria && sha256sum -c frozen.sha256` checks it as well.
const frozenFile = "frozen.sha256"

var update = flag.Bool("update", false, "add files that "+frozenFile+" does not list yet; a listed hash never changes")

// TestFrozen refuses any change to an issued file, and a file nobody froze.
func TestFrozen(t *testing.T) {
	frozen := readFrozen(t)
	got := hashes(t)
	for _, name := range slices.Sorted(maps.Keys(got)) {
		want, listed := frozen[name]
		switch {
		case listed && got[name] != want:
			t.Errorf("%s has changed: sha256 %s, frozen %s. An issued version never changes; add a new version.", name, got[name], want)
		case !listed && *update:
			frozen[name] = got[name]
		case !listed:
			t.Errorf("%s is not in %s; freeze it with: go test ./criteria -update", name, frozenFile)
		}
	}
	for name := range frozen {
		if _, there := got[name]; !there {
			t.Errorf("%s is frozen and no longer there. An issued version stays.", name)
		}
	}
	if *update && !t.Failed() {
		writeFrozen(t, frozen)
	}
}

// TestAccessors: Sets and Forms show the same files as FS, at their roots.
func TestAccessors(t *testing.T) {
	for dir, sub := range map[string]fs.FS{"sets": Sets(), "forms": Forms()} {
		want, err := fs.Glob(FS, dir+"/*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		got, err := fs.Glob(sub, "*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 || len(got) != len(want) {
			t.Errorf("%s: %d files at the root, want %d", dir, len(got), len(want))
		}
	}
}

// hashes returns the SHA-256 of every embedded file by its path.
func hashes(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(FS, path)
		out[path] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// readFrozen returns the listed hashes by path.
func readFrozen(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(frozenFile)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(string(data)))
	for n := 1; lines.Scan(); n++ {
		hash, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || len(hash) != 2*sha256.Size || out[name] != "" {
			t.Fatalf("%s:%d: want one line `hash  path` per file: %q", frozenFile, n, lines.Text())
		}
		out[name] = hash
	}
	return out
}

// writeFrozen writes the list in order of path.
func writeFrozen(t *testing.T, frozen map[string]string) {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(frozen)) {
		fmt.Fprintf(&b, "%s  %s\n", frozen[name], name)
	}
	if err := os.WriteFile(frozenFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
