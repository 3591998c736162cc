package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"thanthien/internal/dossier"
)

// try runs a command and returns its exit code, its output and what it said.
func try(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var out, errs bytes.Buffer
	e := &env{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
	return dispatch(t.Context(), e, args), out.String(), errs.String()
}

// A period with steps is created as its flags say and opened once however often
// that is asked for; teams are balanced, listed and imported, and whoever must
// keep out is refused.
func TestTeamCommands(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "x.db")
	units := "code,name,level,parent\n24,Tỉnh A,province,\n"
	for _, c := range []string{"07100", "07101", "07102", "07103"} {
		units += c + ",Xã " + c + ",commune,24\n"
	}
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	run(t, "units", "import", "--db", db, file("units.csv", units))
	run(t, "criteria", "import", "--db", db, "mau-than-thien-bg@1")
	for login, role := range map[string]string{"ld": "leader", "a": "appraiser", "b": "appraiser", "c": "appraiser"} {
		run(t, "user", "add", "--db", db, login, "--role", role)
	}
	create := []string{"period", "create", "--db", db, "2026", "--criteria", "mau-than-thien-bg@1", "--on", "2026-01-01"}
	with := func(more ...string) []string { return append(append([]string{}, create...), more...) }
	if code, _, _ := try(t, with("--deadline", "register=2026-03-31")...); code != exitUsage {
		t.Errorf("a deadline without steps: exit %d", code)
	}
	if code, _, _ := try(t, with("--steps", "--deadline", "khac=2026-03-31")...); code != exitUsage {
		t.Errorf("a step that is none: exit %d", code)
	}
	if code, _, errs := try(t, with("--steps", "--deadline", "register=2026-03-31", "--deadline", "submit=2026-01-31", "--gate", "min-self=x", "--head", "a")...); code != exitRefused || strings.Count(errs, "\n") < 4 {
		t.Errorf("wrong settings: exit %d, %s", code, errs)
	}
	run(t, with("--steps", "--deadline", "register=2026-03-31", "--deadline", "province=2026-11-15", "--gate", "conditions,min-self=70", "--spread", "7.5", "--head", "ld", "--open")...)
	if got := run(t, "period", "open", "--db", db, "2026"); got != "2026\t4\n" {
		t.Errorf("opened again: %q", got)
	}
	e := &env{Stdin: bytes.NewReader(nil), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Getenv: func(string) string { return "" }}
	check := func(do func(ctx context.Context, d *database) error) {
		t.Helper()
		if err := withDatabase(t.Context(), e, db, do); err != nil {
			t.Fatal(err)
		}
	}
	check(func(ctx context.Context, d *database) error {
		p, err := d.Period(ctx, "2026")
		if diff := cmp.Diff(map[string]string{"register": "2026-03-31", "province": "2026-11-15"}, p.Deadlines); diff != "" || !p.Steps || p.Gate != (dossier.Gate{Conditions: true, MinSelf: "70"}) || p.Spread != "7.5" || p.Head != "ld" {
			t.Errorf("stored %+v\n%s", p, diff)
		}
		u, uerr := d.User(ctx, "c")
		if err != nil || uerr != nil {
			t.Fatal(err, uerr)
		}
		u.Recused = []string{"07100"}
		return d.PutUser(ctx, u)
	})
	if got := run(t, "teams", "assign", "--db", db, "--period", "2026", "--members", "2", "--seed", "7"); got != "assigned\t4\nsame\t0\nfailed\t0\n" {
		t.Errorf("assigned: %q", got)
	}
	if got := run(t, "teams", "assign", "--db", db, "--period", "2026", "--members", "2", "--seed", "7"); got != "assigned\t0\nsame\t0\nfailed\t0\n" {
		t.Errorf("the same again: %q", got)
	}
	check(func(ctx context.Context, d *database) error {
		told := 0
		for _, login := range []string{"a", "b", "c"} {
			list, err := d.Notices(ctx, login)
			if err != nil {
				return err
			}
			told += len(list)
		}
		if told != 8 { // four units with two members each
			t.Errorf("%d notices of being assigned, want 8", told)
		}
		return nil
	})
	list := run(t, "teams", "list", "--db", db, "--period", "2026")
	if line := strings.Split(list, "\n")[1]; line != "07100\tprovince\ta;b\t" && line != "07100\tprovince\tb;a\t" {
		t.Errorf("the list begins %q", line)
	}
	code, out, errs := try(t, "teams", "import", "--db", db, "--period", "2026", file("wrong.csv", "unit,lead,member 2\n07100,c,a\n07101,ld,\n"))
	if code != exitRefused || out != "" || !strings.Contains(errs, "wrong.csv:2: lead: c không được thẩm định") || !strings.Contains(errs, "wrong.csv:3: lead: ld không phải") {
		t.Errorf("exit %d, %q, %s", code, out, errs)
	}
	if got := run(t, "teams", "import", "--db", db, "--period", "2026", file("right.csv", "unit,lead\n07101,c\n")); got != "assigned\t1\nsame\t0\nfailed\t0\n" {
		t.Errorf("imported: %q", got)
	}
	check(func(ctx context.Context, d *database) error {
		x, err := d.Dossier(ctx, "2026", "07101")
		if x.Status != dossier.NotRegistered || !x.MemberOf("province", "c") || len(x.Team("province").Members) != 1 {
			t.Errorf("%s, %+v", x.Status, x.Teams)
		}
		return err
	})
}
