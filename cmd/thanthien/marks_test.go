package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// The sheets of a team are no one's marks: importing them would lose them.
func TestMarksImportRefusesTeams(t *testing.T) {
	db := filepath.Join(t.TempDir(), "a.db")
	province(t, db, 3)
	file := filepath.Join(t.TempDir(), "marks.json")
	write(t, file, []byte(`{"units": [{"unit": "98001", "marks": {}, "members": [{"marks": {}}]}]}`))
	code, _, errs := dispatched(t, "marks", "import", "--db", db, "--period", "2026", file)
	if code != exitRefused || !strings.Contains(errs, "98001: ") || !strings.Contains(errs, "--member") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
