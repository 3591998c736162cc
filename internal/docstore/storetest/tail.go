package storetest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// newLines declares a fresh Append collection like that of responses.
func newLines() (c *docstore.Collection, tail *docstore.Index) {
	tail = docstore.TailOf("group")
	return &docstore.Collection{Name: "lines", Append: true,
		Indexes: []*docstore.Index{docstore.Unique("group", "writer", "n"), tail, docstore.On("n")}}, tail
}

// lines returns q's documents.
func lines(t *testing.T, db docstore.DB, q docstore.Query) []line {
	t.Helper()
	got, err := docstore.All[line](context.Background(), db, q)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// testAppend checks that ids are assigned in order and found again.
func testAppend(t *testing.T, s *suite) {
	ctx := context.Background()
	c, tail := newLines()
	db := s.open(t, c)
	var want []line
	for i := range 100 {
		d := line{Group: fmt.Sprint("g", i%2), N: int64(i)}
		put(t, db, c, &d)
		if d.ID.IsZero() || d.Version != 1 {
			t.Fatalf("stored as %v in version %d", d.ID, d.Version)
		}
		if i > 0 && bytes.Compare(d.ID[:], want[i-1].ID[:]) <= 0 {
			t.Fatalf("id %v came after %v", d.ID, want[i-1].ID)
		}
		if got, err := docstore.Get[line](ctx, db, c, d.ID); err != nil || got != d {
			t.Fatalf("get = %+v, %v, want %+v", got, err, d)
		}
		want = append(want, d)
	}
	if diff := cmp.Diff(want, lines(t, db, docstore.Query{In: c})); diff != "" {
		t.Errorf("in id order: -want +got\n%s", diff)
	}
	if diff := cmp.Diff(want[10:20], lines(t, db, docstore.Query{In: c, From: want[10].ID, To: want[20].ID})); diff != "" {
		t.Errorf("range of ids: -want +got\n%s", diff)
	}
	for i, d := range want { // the assigned id is in the other indexes too
		if got := lines(t, db, docstore.Query{In: c, On: c.Indexes[2], Eq: []any{i}}); len(got) != 1 || got[0] != d {
			t.Errorf("by n = %d: %+v, want %+v", i, got, d)
		}
	}
	cursor, err := docstore.CursorOf(docstore.Query{In: c, On: c.Indexes[2]}, raw(t, want[50]))
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(t, db, docstore.Query{In: c, On: c.Indexes[2], After: cursor, Limit: 3}); !cmp.Equal(got, want[51:54]) {
		t.Errorf("behind the cursor: %+v, want %+v", got, want[51:54])
	}
	again := line{Group: "g0", N: 0}
	fails(t, "a taken key", docstore.Put(ctx, db, c, &again), fault.Conflict)
	_, err = db.Insert(ctx, c, raw(t, newItem("x", nil, nil)))
	fails(t, "a string id", err, fault.Internal)
	if n, err := db.Count(ctx, docstore.Query{In: c, On: tail, Eq: []any{"g1"}}); n != 50 || err != nil {
		t.Errorf("count of the tail = %d, %v, want 50", n, err)
	}
}

// testAppendRestore brings ids of another database along.
func testAppendRestore(t *testing.T, s *suite) {
	ctx := context.Background()
	c, _ := newLines()
	db := s.open(t, c)
	first := line{Entry: docstore.Entry{ID: bson.ObjectID{0x10, 11: 7}}, N: 1}
	second := line{Entry: docstore.Entry{ID: bson.ObjectID{0x10, 11: 9}}, N: 2}
	put(t, db, c, &first, &second)
	fails(t, "a taken id", docstore.Put(ctx, db, c, &line{Entry: docstore.Entry{ID: second.ID}, N: 3}), fault.Conflict)
	fresh := line{N: 4}
	put(t, db, c, &fresh)
	if got := lines(t, db, docstore.Query{In: c}); !cmp.Equal(got, []line{first, second, fresh}) {
		t.Errorf("got %+v", got)
	}
}

// testAppendDelete gives no id out twice.
func testAppendDelete(t *testing.T, s *suite) {
	ctx := context.Background()
	c, tail := newLines()
	dbs := s.pair(t, c)
	seen := map[docstore.ObjectID]bool{}
	for i := range 40 {
		d := line{Group: "g", N: int64(i)}
		put(t, dbs[i%2], c, &d)
		if seen[d.ID] {
			t.Fatalf("id %v was given out twice", d.ID)
		}
		seen[d.ID] = true
		if err := dbs[(i/2)%2].Delete(ctx, c, d.ID, 1); err != nil {
			t.Fatal(err)
		}
	}
	if got := lines(t, dbs[0], docstore.Query{In: c, On: tail, Eq: []any{"g"}}); got != nil {
		t.Errorf("deleted lines are still there: %v", got)
	}
}

// testTail reads on from a place, by cursor and by id, in both directions.
func testTail(t *testing.T, s *suite) {
	c, tail := newLines()
	db := s.open(t, c)
	groups := map[string][]line{}
	for i := range 300 {
		d := line{Group: fmt.Sprint("g", i%3), N: int64(i)}
		put(t, db, c, &d)
		groups[d.Group] = append(groups[d.Group], d)
	}
	want := groups["g1"]
	q := docstore.Query{In: c, On: tail, Eq: []any{"g1"}}
	if got := lines(t, db, q); !cmp.Equal(got, want) {
		t.Errorf("the whole tail has %d lines, want %d", len(got), len(want))
	}
	q.From, q.To = want[20].ID, want[30].ID
	if got := lines(t, db, q); !cmp.Equal(got, want[20:30]) {
		t.Errorf("20 to 30: %+v", got)
	}
	q.To = nil
	cursor, err := docstore.CursorOf(q, raw(t, want[97]))
	if err != nil {
		t.Fatal(err)
	}
	q.After = cursor
	if got := lines(t, db, q); !cmp.Equal(got, want[98:]) {
		t.Errorf("behind 97: %+v", got)
	}
	q = docstore.Query{In: c, On: tail, Eq: []any{"g1"}, Desc: true, Limit: 2}
	if got := lines(t, db, q); !cmp.Equal(got, []line{want[99], want[98]}) {
		t.Errorf("the newest two: %+v", got)
	}
	if q.After, err = docstore.CursorOf(q, raw(t, want[98])); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, db, q); !cmp.Equal(got, []line{want[97], want[96]}) {
		t.Errorf("the two before: %+v", got)
	}
	q = docstore.Query{In: c, On: tail, Eq: []any{"g2", groups["g2"][5].ID}}
	if got := lines(t, db, q); !cmp.Equal(got, groups["g2"][5:6]) {
		t.Errorf("one line by group and id: %+v", got)
	}
	q.Eq[0] = "g0"
	if got := lines(t, db, q); got != nil {
		t.Errorf("a line of another group: %+v", got)
	}
}

// reader folds an Append collection the way tallies do: everything below the
// settled bound is counted into a snapshot once; the rest is read again.
type reader struct {
	c      *docstore.Collection
	tail   *docstore.Index
	mark   docstore.Cursor
	folded map[docstore.ObjectID]int
}

// read advances the watermark and returns how often it has now seen each line.
func (r *reader) read(ctx context.Context, db docstore.DB) (map[docstore.ObjectID]int, error) {
	seen := map[docstore.ObjectID]int{}
	bound := docstore.Settled(db, time.Now())
	q := docstore.Query{In: r.c, On: r.tail, Eq: []any{"g"}, After: r.mark}
	for doc, err := range db.Find(ctx, q) {
		if err != nil {
			return nil, err
		}
		id := docstore.IDOf(doc).(docstore.ObjectID)
		if bytes.Compare(id[:], bound[:]) >= 0 {
			seen[id]++
			continue
		}
		r.folded[id]++
		if r.mark, err = docstore.CursorOf(q, doc); err != nil {
			return nil, err
		}
	}
	for id, n := range r.folded {
		seen[id] += n
	}
	return seen, nil
}

// testTailWriters reads by watermark while 16 writers append through two
// openings: at the end every line has been seen exactly once.
func testTailWriters(t *testing.T, s *suite) {
	const writers, each = 16, 150
	ctx := context.Background()
	c, tail := newLines()
	dbs := s.pair(t, c)
	r := &reader{c: c, tail: tail, folded: map[docstore.ObjectID]int{}}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				d := &line{Group: "g", Writer: int64(w), N: int64(i)}
				if err := docstore.Put(ctx, dbs[w%2], c, d); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	for last := false; !last; {
		select {
		case <-done:
			last = true
		default:
		}
		seen, err := r.read(ctx, dbs[0])
		if err != nil {
			t.Fatal(err)
		}
		for id, n := range seen {
			if n != 1 {
				t.Fatalf("line %v was seen %d times", id, n)
			}
		}
		if last && len(seen) != writers*each {
			t.Errorf("%d lines were seen, want %d", len(seen), writers*each)
		}
	}
}
