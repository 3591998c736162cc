package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"thanthien/internal/config"
	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/store"
)

// Wrong calls are usage errors, exit 2, and touch no database.
func TestUsage(t *testing.T) {
	dir := scoreFiles(t)
	for _, args := range []string{
		"criteria list x", "user list x", "period list x", "campaign list x", "units list x",
		"units list --level foo",
		"marks export", "marks export --period 2026 x", "marks import @marks.json",
		"responses export", "responses export --campaign c x", "responses export --campaign c --out @a.pdf", "responses export --campaign c --out @phieu",
		"period create 2026", "campaign create c --form pks07@1 --period 2026", "campaign create c --period 2026 --closes 2026-12-15",
		"campaign create c --form pks07@1 --closes 2026-12-15", "campaign create c --form pks07@1 --period 2026 --closes soon",
		"export ranking --out @a.xlsx", "export scoresheet --period 2026", "export differences --out @a.xlsx", "replay --criteria @set.yaml",
		"score --criteria @set.yaml --marks @marks.json --explain a --format csv", "score --criteria @set.yaml --marks @marks.json --explain a --format xlsx",
		"load", "load --campaign c x", "load --campaign c --concurrency 1025", "load --campaign c --duration 25h",
		"criteria diff @set.yaml",
	} {
		code, out, errs := scoreCall(t, dir, args+" --db "+filepath.Join(dir, "none", "x.db"))
		if strings.HasPrefix(args, "score") || strings.HasPrefix(args, "load") {
			code, out, errs = scoreCall(t, dir, args)
		}
		if code != exitUsage || out != "" || !strings.Contains(errs, "usage: ") {
			t.Errorf("%s: exit %d\n%s%s", args, code, out, errs)
		}
	}
}

// load says in words why it could not begin: exit 1.
func TestLoadFails(t *testing.T) {
	answers := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "html"):
			_, _ = io.WriteString(w, "<html>")
		case strings.Contains(r.URL.Path, "empty"):
			_, _ = io.WriteString(w, "{}")
		default:
			http.NotFound(w, r)
		}
	}))
	defer answers.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, c := range []struct{ url, campaign, want string }{
		{closed.URL, "c", "connection refused"},
		{answers.URL, "c", "404 Not Found"},
		{answers.URL, "html", "không phải phiếu"},
		{answers.URL, "empty", "không có đơn vị"},
		{"localhost:8080", "c", "http://localhost:8080"},
		{"http://a b", "c", "không phải địa chỉ web"},
	} {
		code, out, errs := dispatched(t, "load", "--url", c.url, "--campaign", c.campaign, "--count", "1")
		if code != exitRefused || out != "" || !strings.Contains(errs, c.want) || strings.Contains(errs, "%!") {
			t.Errorf("%s %s: exit %d, %s", c.url, c.campaign, code, errs)
		}
	}
}

// dispatched runs a command whose arguments may have spaces.
func dispatched(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = dispatch(t.Context(), &env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}, args)
	return code, out.String(), errs.String()
}

// A day that a campaign closes on belongs to it.
func TestMoment(t *testing.T) {
	for _, c := range []struct {
		text string
		end  bool
		want string
	}{
		{"2026-12-15", false, "2026-12-14T17:00:00Z"},
		{"2026-12-15", true, "2026-12-15T17:00:00Z"},
		{"2026-12-31", true, "2026-12-31T17:00:00Z"},
		{"2026-12-15T08:30", true, "2026-12-15T01:30:00Z"},
	} {
		got, err := moment(c.text, c.end)
		if err != nil || got.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s, end %v: %v, %v", c.text, c.end, got, err)
		}
	}
}

func TestCSVText(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Xã A": "Xã A", "07210": "07210", "=1+1": "'=1+1", "+84": "'+84", "-x": "'-x", "@a": "'@a", "\t=1": "'\t=1", "\r=1": "'\r=1", "a=1": "a=1",
	} {
		if got := report.SafeCSV(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Names that start a formula are guarded in the CSV of a replay; codes of units
// are as they were. In a score no code can start one.
func TestCSVGuards(t *testing.T) {
	dir := scoreFiles(t)
	writeText(t, filepath.Join(dir, "m.json"), strings.Replace(scoreMarks, `"unit": "a"`, `"unit": "-a"`, 1))
	writeText(t, filepath.Join(dir, "s.yaml"), strings.Replace(scoreSet, "code: tot", "code: \"-tot\"", 1))
	for _, args := range []string{"--criteria @set.yaml --marks @m.json", "--criteria @s.yaml --marks @marks.json"} {
		if code, out, errs := scoreCall(t, dir, "score --format csv "+args); code != exitRefused || out != "" {
			t.Errorf("%s: exit %d: %s%s", args, code, out, errs)
		}
	}
	path := filepath.Join(dir, "test.db")
	province(t, path, 1)
	writeText(t, filepath.Join(dir, "renamed.csv"), "code,name,level,parent\n98,Tỉnh Thử,province,\n98001,=1+1,commune,98\n")
	run(t, "units", "import", "--db", path, filepath.Join(dir, "renamed.csv"))
	run(t, "criteria", "export", "--db", path, "mau-than-thien-bg", "--out", filepath.Join(dir, "draft.yaml"))
	if out := run(t, "replay", "--db", path, "--period", "2026", "--criteria", filepath.Join(dir, "draft.yaml"), "--format", "csv"); !strings.Contains(out, "\n98001,'=1+1,0.00,") {
		t.Error(out)
	}
}

// A file that breaks off while it is read was opened well.
func TestTallyReadError(t *testing.T) {
	dir := t.TempDir()
	writeText(t, filepath.Join(dir, "form.yaml"), tallyForm)
	e := &env{Stdin: iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("{}\n{}"))), Stdout: io.Discard, Stderr: io.Discard}
	err := runTally(context.Background(), e, []string{"--form", filepath.Join(dir, "form.yaml"), "--responses", "-"})
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Unavailable || f.Key != "file.read" {
		t.Errorf("%v", err)
	}
}

// opened is the database behind a path, for looking at what commands stored.
func opened(t *testing.T, db string, look func(ctx context.Context, d *database)) {
	t.Helper()
	e := &env{Stderr: io.Discard, Getenv: func(name string) string {
		if name == config.Prefix+"DB" {
			return db
		}
		return ""
	}}
	err := withDatabase(t.Context(), e, db, func(ctx context.Context, d *database) error { look(ctx, d); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

// A set that names a form nobody knows is refused at its line, and at its cell
// in a workbook; nothing is stored.
func TestImportChecksForms(t *testing.T) {
	dir := scoreFiles(t)
	db := " --db " + filepath.Join(dir, "test.db")
	set := strings.Replace(scoreSet, "form: pks07", "form: khong-co", 1)
	writeText(t, filepath.Join(dir, "unknown.yaml"), set)
	for _, draft := range []string{"", " --draft"} {
		code, out, errs := scoreCall(t, dir, "criteria import @unknown.yaml"+draft+db)
		if code != exitRefused || out != "" || !strings.Contains(errs, "unknown.yaml:9: ") || !strings.Contains(errs, "khong-co") {
			t.Errorf("exit %d: %s%s", code, out, errs)
		}
	}
	if _, out, _ := scoreCall(t, dir, "criteria list"+db); out != "criteria\tstate\ttitle\n" {
		t.Errorf("stored: %s", out)
	}
	opened(t, filepath.Join(dir, "test.db"), func(ctx context.Context, d *database) { // as a program without the check left it
		if err := d.PutSet(ctx, store.Version{ID: "mau", Number: 2, Title: "t", YAML: set, State: store.Draft}); err != nil {
			t.Fatal(err)
		}
	})
	if code, _, errs := scoreCall(t, dir, "criteria export mau --format xlsx --out @unknown.xlsx"+db); code != exitOK {
		t.Fatal(errs)
	}
	for _, args := range []string{"criteria import --draft @unknown.xlsx" + db, "criteria validate @unknown.xlsx"} {
		code, _, errs := scoreCall(t, dir, args)
		if code != exitRefused || !strings.Contains(errs, "unknown.xlsx: ") || !strings.Contains(errs, "!") || !strings.Contains(errs, "khong-co") {
			t.Errorf("%s: exit %d: %s", args, code, errs)
		}
	}
	if code, _, errs := scoreCall(t, dir, "criteria import @set.yaml --replace"+db); code != exitOK { // pks07 comes with the program
		t.Errorf("a sample form: %s", errs)
	}
}

// The content of a retired version, imported again, stays retired.
func TestImportKeepsRetired(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "test.db")
	run(t, "criteria", "import", "--db", path, "mau-than-thien-bg@1")
	opened(t, path, func(ctx context.Context, d *database) {
		v, err := d.SetVersion(ctx, "mau-than-thien-bg", 1)
		if err != nil {
			t.Fatal(err)
		}
		v.State = store.Retired
		if err := d.PutSet(ctx, v); err != nil {
			t.Fatal(err)
		}
	})
	code, out, errs := dispatched(t, "criteria", "import", "--db", path, "mau-than-thien-bg@1")
	if code != exitOK || out != "mau-than-thien-bg@1\tretired\n" || !strings.Contains(errs, "stays retired") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if out := run(t, "criteria", "list", "--db", path); !strings.Contains(out, "mau-than-thien-bg@1\tretired") {
		t.Error(out)
	}
}

// Workbooks stand wherever a criteria set is read, samples and stored versions
// in diff too.
func TestCriteriaSources(t *testing.T) {
	dir := scoreFiles(t)
	path := filepath.Join(dir, "test.db")
	run(t, "criteria", "import", "--db", path, filepath.Join(dir, "set.yaml"))
	run(t, "criteria", "export", "--db", path, "mau", "--format", "xlsx", "--out", filepath.Join(dir, "set.xlsx"))
	const data = " --marks @marks.json --survey @tally.json"
	_, fromYAML, _ := scoreCall(t, dir, "score --criteria @set.yaml"+data)
	if code, out, errs := scoreCall(t, dir, "score --criteria @set.xlsx"+data); code != exitOK || out != fromYAML {
		t.Errorf("score: exit %d: %s\n%s", code, errs, cmp.Diff(fromYAML, out))
	}
	writeText(t, filepath.Join(dir, "other.yaml"), strings.Replace(scoreSet, "min_total: 6", "min_total: 7", 1))
	for _, c := range []struct {
		args string
		code int
		want bool // any difference
	}{
		{"criteria validate @set.xlsx", exitOK, true},
		{"criteria diff @set.yaml @set.xlsx", exitOK, false},
		{"criteria diff @set.xlsx @other.yaml", exitOK, true},
		{"criteria diff mau-than-thien-bg@1 mau-than-thien-bg@1", exitOK, false},
		{"criteria diff mau-than-thien-bg@1 mau-than-thien-dn@1", exitOK, true},
		{"criteria diff mau@2 mau-than-thien-bg@1 --db @test.db", exitOK, true},
		{"criteria diff mau@2 @set.xlsx --db @test.db", exitOK, false},
		{"criteria diff mau@2 @set.xlsx", exitRefused, false},
		{"criteria diff mau@3 @set.xlsx --db @test.db", exitRefused, false},
	} {
		if code, out, errs := scoreCall(t, dir, c.args); code != c.code || (out != "") != c.want {
			t.Errorf("%s: exit %d: %s%s", c.args, code, out, errs)
		}
	}
}

// A period's creation is in the audit trail, and an earlier stage in the title
// of the ranking.
func TestPeriodCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	province(t, path, 2)
	opened(t, path, func(ctx context.Context, d *database) {
		events, err := d.History(ctx, "periods/2026")
		if err != nil || len(events) != 2 || len(events[0].Detail) != 1 || events[0].Detail[0].Field != "created" || events[0].Detail[0].After != "Kỳ đánh giá 2026" {
			t.Errorf("%v: %+v", err, events)
		}
		c, err := d.Campaign(ctx, "hl")
		if err != nil || !c.Closes.Equal(time.Date(2100, 1, 1, 17, 0, 0, 0, time.UTC)) {
			t.Errorf("%v: closes %v", err, c.Closes)
		}
	})
	for stage, want := range map[string]bool{"self": true, "province": false} {
		out := run(t, "export", "ranking", "--db", path, "--period", "2026", "--stage", stage, "--out", "-")
		if got := strings.Contains(bookText(t, out), "Kỳ đánh giá 2026 (Tự chấm)"); got != want {
			t.Errorf("stage %s is named: %v", stage, got)
		}
	}
}

// The CSV has a column for every question and for the text beside its options.
func TestResponsesCSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	province(t, path, 1)
	file := filepath.Join(t.TempDir(), "phieu.csv")
	answers := map[string]any{"q1": "2", "q1a": []string{"a", "b", "other"}, "q1a.other": "=1+1", "q2": "5", "y1": "+84 912, \"gọi\""}
	opened(t, path, func(ctx context.Context, d *database) {
		form, err := d.Form(ctx, "pks07", 1)
		if err != nil {
			t.Fatal(err)
		}
		checked, err := form.Check("resident", answers)
		if err != nil {
			t.Fatal(err)
		}
		r := store.Response{Campaign: "hl", Unit: "98001", Key: "k", Group: "resident", Channel: "paper", Answers: form.Pack(checked)}
		if _, _, err := d.AddResponse(ctx, &r); err != nil {
			t.Fatal(err)
		}
	})
	run(t, "responses", "export", "--db", path, "--campaign", "hl", "--out", file)
	data, err := readFile(&env{}, file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v: %s", err, data)
	}
	if want := strings.Split("unit,group,channel,day,minutes,flags,excluded,q1,q1a,q1a.other,q2,q3", ","); !slices.Equal(rows[0][:len(want)], want) {
		t.Errorf("head %q", rows[0])
	}
	got := map[string]string{}
	for i, text := range rows[1] {
		if text != "" {
			got[rows[0][i]] = text
		}
	}
	if _, err := time.Parse(time.DateOnly, got["day"]); err != nil {
		t.Errorf("the day is %q, want a date without an hour", got["day"])
	}
	delete(got, "day")
	want := map[string]string{"unit": "98001", "group": "resident", "channel": "paper", "q1": "2", "q1a": "a;b;other", "q1a.other": "'=1+1", "q2": "5", "y1": "'+84 912, \"gọi\""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if lines := run(t, "responses", "export", "--db", path, "--campaign", "hl"); !strings.Contains(lines, `"q1a.other":"=1+1"`) {
		t.Errorf("NDJSON is data and has nothing guarded: %s", lines)
	}
}

// bookText is every cell of a workbook.
func bookText(t *testing.T, book string) string {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var text strings.Builder
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			text.WriteString(strings.Join(row, "\t") + "\n")
		}
	}
	return text.String()
}

// A period that cannot be opened leaves nothing behind that blocks its id.
func TestPeriodCreateChecksFirst(t *testing.T) {
	db := filepath.Join(t.TempDir(), "t.db")
	province(t, db, 2)
	var out, errs bytes.Buffer
	e := &env{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
	args := []string{"period", "create", "--db", db, "2030", "--criteria", "mau-than-thien-bg@1", "--open"}
	if code := dispatch(t.Context(), e, append(args, "--scope", "nham", "--previous", "1999")); code != exitRefused || !strings.Contains(errs.String(), "--scope") || !strings.Contains(errs.String(), "--previous") {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	if got := run(t, append(args, "--scope", "98", "--previous", "2026")...); got != "2030\t2\n" {
		t.Fatalf("%q", got)
	}
}

// A command that only reads does not make a database out of a mistyped path.
func TestMistypedDatabase(t *testing.T) {
	db := filepath.Join(t.TempDir(), "khong", "co.db")
	var out, errs bytes.Buffer
	e := &env{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
	if code := dispatch(t.Context(), e, []string{"units", "list", "--db", db}); code != exitRefused || !strings.Contains(errs.String(), db) {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	if _, err := os.Stat(filepath.Dir(db)); !os.IsNotExist(err) {
		t.Errorf("something was made: %v", err)
	}
}
