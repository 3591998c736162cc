package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/docstore/sqlite"
	"thanthien/internal/docstore/storetest"
	"thanthien/internal/fault"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, cs []*docstore.Collection) storetest.Place {
		path := filepath.Join(t.TempDir(), "100% of #1?", "test.db")
		return func() (docstore.DB, error) { return sqlite.Open(context.Background(), path, cs) }
	}, storetest.Options{})
}

func open(t *testing.T, path string, cs ...*docstore.Collection) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(context.Background(), path, cs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// answer is a small document for an Append collection.
func answer(t *testing.T, campaign, unit, key string) bson.Raw {
	t.Helper()
	raw, err := docstore.Marshal(response{Campaign: campaign, Unit: unit, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// key returns the message key of a fault.
func key(err error) string {
	if f, ok := err.(*fault.Error); ok {
		return f.Key
	}
	return fmt.Sprint(err)
}

func TestOpenRefused(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	newer := filepath.Join(dir, "newer.db")
	if err := open(t, newer).Close(); err != nil {
		t.Fatal(err)
	}
	patch(t, newer, 60, []byte{0, 0, 0, docstore.SchemaVersion + 1}) // user_version in the file's head
	foreign := filepath.Join(dir, "foreign.db")
	if err := open(t, foreign).Close(); err != nil {
		t.Fatal(err)
	}
	patch(t, foreign, 68, []byte{0, 0, 0, 7}) // application_id
	before, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"text":          {write("text", "this is no database, but it is long enough to be read as one. It says nothing else of use."), "docstore.open"},
		"a folder":      {dir, "docstore.open"},
		"below a file":  {filepath.Join(write("file", ""), "x", "test.db"), "docstore.open"},
		"newer":         {newer, "docstore.newer"},
		"other program": {foreign, "docstore.open"},
	} {
		_, err := sqlite.Open(context.Background(), c.path, nil)
		if !fault.Is(err, fault.Unavailable) || key(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if after, err := os.ReadFile(foreign); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the database of another program was changed: %v", err)
	}
}

func patch(t *testing.T, path string, at int64, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

// TestOpenDuplicates refuses to add a unique index over duplicates and leaves
// the database usable as it was.
func TestOpenDuplicates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	c := &docstore.Collection{Name: "responses", Append: true}
	db := open(t, path, c)
	for range 2 {
		if _, err := db.Insert(context.Background(), c, answer(t, "c", "u", "k")); err != nil {
			t.Fatal(err)
		}
	}
	_, err := sqlite.Open(context.Background(), path, []*docstore.Collection{responses})
	if !fault.Is(err, fault.Conflict) || docstore.DuplicateOn(err) != byKey.Name {
		t.Errorf("open = %v, want a conflict on %s", err, byKey.Name)
	}
	if n, err := db.Count(context.Background(), docstore.Query{In: c}); n != 2 || err != nil {
		t.Errorf("count = %d, %v, want 2", n, err)
	}
}

// TestIndexReturns declares an index, no longer, and again: documents written
// in between must be in it.
func TestIndexReturns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	without := &docstore.Collection{Name: responses.Name, Append: true}
	for _, c := range []*docstore.Collection{responses, without, responses} {
		db := open(t, path, c)
		if _, err := db.Insert(context.Background(), c, answer(t, "c", "u", fmt.Sprint(time.Now().UnixNano()))); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	q := docstore.Query{In: responses, On: byKey, Eq: []any{"c", "u"}}
	if n, err := open(t, path, responses).Count(context.Background(), q); n != 3 || err != nil {
		t.Errorf("count = %d, %v, want 3", n, err)
	}
}

// TestBackup copies while writers are at work; the copy opens and is whole.
func TestBackup(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	db := open(t, filepath.Join(dir, "test.db"), responses)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := db.Insert(ctx, responses, answer(t, "c", fmt.Sprint(w), fmt.Sprint(i))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	least, err := db.Count(ctx, docstore.Query{In: responses})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "copy.db")
	if err := db.BackupTo(ctx, path); err != nil {
		t.Fatal(err)
	}
	close(stop)
	wg.Wait()
	if err := db.BackupTo(ctx, path); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second backup into the same file: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the copy: %v, %v", info.Mode(), err)
	}
	back := open(t, path, responses)
	n, err := back.Count(ctx, docstore.Query{In: responses})
	m, err2 := back.Count(ctx, docstore.Query{In: responses, On: byKey})
	if n < least || n != m || err != nil || err2 != nil {
		t.Errorf("the copy has %d documents and %d keys, %v, %v, want at least %d", n, m, err, err2, least)
	}
}

// TestWithdrawn ends contexts at random moments of writing: a call answers nil
// exactly if its document is there.
func TestWithdrawn(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "test.db"), responses)
	var wg sync.WaitGroup
	var mu sync.Mutex
	stored, refused := map[string]bool{}, 0
	for w := range 64 {
		wg.Go(func() {
			for i := range 30 {
				k := fmt.Sprintf("%d-%d", w, i)
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(w*i)*time.Microsecond)
				_, err := db.Insert(ctx, responses, answer(t, "c", "u", k))
				cancel()
				mu.Lock()
				switch {
				case err == nil:
					stored[k] = true
				case fault.Is(err, fault.Timeout):
					refused++
				default:
					t.Errorf("insert: %v", err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(stored) == 0 || refused == 0 {
		t.Errorf("%d stored and %d refused: the test tests nothing", len(stored), refused)
	}
	n := 0
	for r, err := range docstore.Find[response](context.Background(), db, docstore.Query{In: responses}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; !stored[r.Key] {
			t.Errorf("%s is there, but its writer was told no", r.Key)
		}
	}
	if n != len(stored) {
		t.Errorf("%d documents are there, %d writers were told yes", n, len(stored))
	}
}

// childVariable makes this test binary the second process of TestProcesses.
const childVariable = "THANTHIEN_TEST_SQLITE_CHILD"

// TestProcesses appends from two processes to one file while one of them reads
// on from its last id: every document once, in order.
func TestProcesses(t *testing.T) {
	const each = 300
	path := os.Getenv(childVariable)
	if path != "" {
		appendAs(t, open(t, path, responses), "child", each)
		return
	}
	path = filepath.Join(t.TempDir(), "test.db")
	db := open(t, path, responses)
	child := exec.Command(os.Args[0], "-test.run=^TestProcesses$")
	child.Env = append(os.Environ(), childVariable+"="+path)
	var wg sync.WaitGroup
	wg.Go(func() {
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("second process: %v\n%s", err, out)
		}
	})
	wg.Go(func() { appendAs(t, db, "parent", each) })
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	seen, mark := map[string]int{}, docstore.Cursor("")
	for last := false; !last; {
		select {
		case <-done:
			last = true
		default:
		}
		docs, next, err := docstore.Page[response](context.Background(), db,
			docstore.Query{In: responses, On: tail, Eq: []any{"c"}, After: mark, Limit: docstore.MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			seen[d.Unit]++
		}
		if len(docs) > 0 {
			raw, err := docstore.Marshal(docs[len(docs)-1])
			if err != nil {
				t.Fatal(err)
			}
			if mark, err = docstore.CursorOf(docstore.Query{In: responses, On: tail}, raw); err != nil || next != "" {
				t.Fatalf("next page %q, %v", next, err)
			}
		}
	}
	if seen["child"] != each || seen["parent"] != each {
		t.Errorf("read %v by watermark, want %d of each", seen, each)
	}
}

func appendAs(t *testing.T, db docstore.DB, who string, n int) {
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := w; i < n; i += 4 {
				if _, err := db.Insert(context.Background(), responses, answer(t, "c", who, fmt.Sprint(i))); err != nil {
					t.Errorf("%s: %v", who, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestClockBack keeps ids rising when the clock is set back.
func TestClockBack(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	clock := sqlite.WithClock(func() time.Time { now = now.Add(-time.Hour); return now })
	db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "test.db"), []*docstore.Collection{responses}, clock)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var last bson.ObjectID
	for i := range 20 {
		id, err := db.Insert(context.Background(), responses, answer(t, "c", "u", fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		if oid := id.(bson.ObjectID); bytes.Compare(oid[:], last[:]) <= 0 {
			t.Fatalf("id %v came after %v", oid, last)
		} else {
			last = oid
		}
	}
}

// A document that another program changed is read when it still is one, as text
// too, and is refused with an error whatever else it has become.
func TestForeignDocuments(t *testing.T) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "a.db")
	things := &docstore.Collection{Name: "things"}
	db := open(t, path, things)
	doc, err := docstore.Marshal(struct {
		ID      string `bson:"_id"`
		Version int64  `bson:"v"`
		Name    string `bson:"name"`
	}{ID: "a", Name: "xin chào"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Insert(ctx, things, doc); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, c := range []struct{ change, want string }{
		{"replace(doc, 'xin', 'xim')", "xim chào"}, {"cast(doc as text)", "xim chào"}, {"substr(doc, 1, 9)", ""}, {"x''", ""}, {"7", ""}, {"'text'", ""},
	} {
		if _, err := raw.ExecContext(ctx, "update things set doc = "+c.change); err != nil {
			t.Fatal(err)
		}
		var into struct {
			Name string `bson:"name"`
		}
		check := func(doc bson.Raw, err error) {
			if err == nil {
				err = docstore.Unmarshal(doc, &into)
			}
			if (err == nil) != (c.want != "") || into.Name != c.want {
				t.Errorf("%s: %q, %v", c.change, into.Name, err)
			}
			into.Name = ""
		}
		check(db.Get(ctx, things, "a"))
		found := 0
		for doc, err := range db.Find(ctx, docstore.Query{In: things}) {
			check(doc, err)
			found++
		}
		if found != 1 {
			t.Errorf("%s: Find yields %d times", c.change, found)
		}
	}
}
