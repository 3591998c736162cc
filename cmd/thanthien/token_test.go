package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

func TestTokenCommands(t *testing.T) {
	db := filepath.Join(t.TempDir(), "t.db")
	province(t, db, 2)
	plain := strings.TrimSpace(run(t, "token", "create", "--db", db, "--role", "surveyor", "--days", "30", "--name", "Máy tính bảng"))
	if !strings.HasPrefix(plain, "tt_") || len(plain) < 30 {
		t.Fatalf("token %q", plain)
	}
	id := strings.Split(plain, "_")[1]
	list := run(t, "token", "list", "--db", db)
	if !strings.Contains(list, id+"\tsurveyor") || !strings.Contains(list, "Máy tính bảng") || strings.Contains(list, plain) {
		t.Errorf("list:\n%s", list)
	}
	run(t, "token", "revoke", "--db", db, id)
	if list := run(t, "token", "list", "--db", db); !strings.Contains(list, "\ttrue\t") {
		t.Errorf("list:\n%s", list)
	}
	for _, args := range [][]string{
		{"--role", "king"}, {"--role", "commune"}, {"--role", "surveyor", "--unit", "98001"},
		{"--role", "surveyor", "--days", "0"}, {"--role", "commune", "--unit", "99999"},
	} {
		var out, errs bytes.Buffer
		e := &env{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
		if code := dispatch(t.Context(), e, append([]string{"token", "create", "--db", db}, args...)); code != exitRefused || out.Len() > 0 {
			t.Errorf("%v: exit %d, %q", args, code, out.String())
		}
	}
}
