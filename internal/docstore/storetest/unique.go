package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

func testUnique(t *testing.T, s *suite) {
	ctx := context.Background()
	one, two := docstore.Unique("a"), docstore.Unique("b", "n")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{one, two}}
	db := s.open(t, c)
	x, y := newItem("x", "k1", "b"), newItem("y", "k2", "c")
	put(t, db, c, x, y)
	err := docstore.Put(ctx, db, c, newItem("z", "k1", "d"))
	fails(t, "insert of a taken key", err, fault.Conflict)
	if on := docstore.DuplicateOn(err); on != one.Name {
		t.Errorf("the conflict is on %q, want %q", on, one.Name)
	}
	err = docstore.Put(ctx, db, c, newItem("z", "k3", "c"))
	fails(t, "insert of a taken compound key", err, fault.Conflict)
	if on := docstore.DuplicateOn(err); on != two.Name {
		t.Errorf("the conflict is on %q, want %q", on, two.Name)
	}
	err = docstore.Put(ctx, db, c, newItem("x", "k4", "e"))
	if on := docstore.DuplicateOn(err); on != docstore.ID {
		t.Errorf("the conflict is on %q, want _id: %v", on, err)
	}
	x.A, y.A = "k5", "k1"
	put(t, db, c, x)
	put(t, db, c, y) // x has left the key
	if err := db.Delete(ctx, c, "x", x.Version); err != nil {
		t.Fatal(err)
	}
	put(t, db, c, newItem("w", "k5", "b"))
}

// testUniqueReplace refuses a replace that takes another document's key, and
// leaves everything as it was.
func testUniqueReplace(t *testing.T, s *suite) {
	byA := docstore.Unique("a")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{byA}}
	db := s.open(t, c)
	x, y := newItem("x", "k1", nil), newItem("y", "k2", nil)
	put(t, db, c, x, y)
	y.A = "k1"
	err := docstore.Put(context.Background(), db, c, y)
	fails(t, "replace with a taken key", err, fault.Conflict)
	if on := docstore.DuplicateOn(err); on != byA.Name || y.Version != 1 {
		t.Errorf("the conflict is on %q and the version %d, want %q and 1", on, y.Version, byA.Name)
	}
	if got, want := ids(t, db, docstore.Query{In: c, On: byA}), []string{"x", "y"}; !cmp.Equal(got, want) {
		t.Errorf("the index holds %v, want %v", got, want)
	}
}

// testUniqueNull counts a missing field as null, so only one may lack it.
func testUniqueNull(t *testing.T, s *suite) {
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{docstore.Unique("a"), docstore.Unique("b", "n")}}
	db := s.open(t, c)
	put(t, db, c, newItem("x", nil, "b"))
	fails(t, "a second document without the field", docstore.Put(context.Background(), db, c, newItem("y", nil, "c")), fault.Conflict)
	fails(t, "one with null", docstore.Put(context.Background(), db, c, newItem("z", bson.Null{}, "d")), fault.Conflict)
}

func testUniqueSparse(t *testing.T, s *suite) {
	ctx := context.Background()
	email := docstore.UniqueSparse("a")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{email}}
	db := s.open(t, c)
	put(t, db, c, newItem("none1", nil, nil), newItem("none2", nil, nil), newItem("b", "b@x", nil), newItem("a", "a@x", nil))
	fails(t, "a taken value", docstore.Put(ctx, db, c, newItem("c", "a@x", nil)), fault.Conflict)
	if got, want := ids(t, db, docstore.Query{In: c, On: email}), []string{"a", "b"}; !cmp.Equal(got, want) {
		t.Errorf("the index holds %v, want %v", got, want)
	}
	if n, err := db.Count(ctx, docstore.Query{In: c, On: email}); n != 2 || err != nil {
		t.Errorf("count = %d, %v, want 2", n, err)
	}
	none, err := docstore.Get[item](ctx, db, c, "none1")
	if err != nil {
		t.Fatal(err)
	}
	none.A = "c@x"
	put(t, db, c, &none)
	if got, want := ids(t, db, docstore.Query{In: c, On: email, Eq: []any{"c@x"}}), []string{"none1"}; !cmp.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	none.A = bson.Null{}
	put(t, db, c, &none)
	if got, want := ids(t, db, docstore.Query{In: c, On: email}), []string{"none1", "a", "b"}; !cmp.Equal(got, want) {
		t.Errorf("the index holds %v, want %v: null is a value", got, want)
	}
	if got, want := ids(t, db, docstore.Query{In: c, On: email, Eq: []any{nil}}), []string{"none1"}; !cmp.Equal(got, want) {
		t.Errorf("null finds %v, want %v", got, want)
	}
}

// race starts n goroutines at once, on two openings of the place in turn, and
// returns how many did not fail. The losers must fail with this kind.
func race(t *testing.T, dbs []docstore.DB, n int, kind fault.Kind, f func(db docstore.DB, i int) error) int {
	t.Helper()
	var won atomic.Int64
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			if err := f(dbs[i%len(dbs)], i); err == nil {
				won.Add(1)
			} else {
				fails(t, fmt.Sprintf("goroutine %d", i), err, kind)
			}
		})
	}
	close(start)
	wg.Wait()
	return int(won.Load())
}

// pair opens a fresh place twice.
func (s *suite) pair(t *testing.T, cs ...*docstore.Collection) []docstore.DB {
	t.Helper()
	place := s.make(t, cs)
	return []docstore.DB{reopen(t, place), reopen(t, place)}
}

// testUniqueRace lets 32 goroutines want the same key: exactly one gets it.
func testUniqueRace(t *testing.T, s *suite) {
	ctx := context.Background()
	byA := docstore.Unique("a")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{byA}}
	lines := &docstore.Collection{Name: "lines", Append: true, Indexes: []*docstore.Index{docstore.Unique("group", "n")}}
	dbs := s.pair(t, c, lines)
	for round := range 20 {
		key := fmt.Sprint("key", round)
		won := race(t, dbs, 32, fault.Conflict, func(db docstore.DB, i int) error {
			return docstore.Put(ctx, db, c, newItem(fmt.Sprint(key, i), key, nil))
		})
		if won != 1 {
			t.Errorf("%d goroutines got key %q, want 1", won, key)
		}
		won = race(t, dbs, 32, fault.Conflict, func(db docstore.DB, i int) error {
			return docstore.Put(ctx, db, lines, &line{Group: key, Writer: int64(i)})
		})
		if won != 1 {
			t.Errorf("%d goroutines appended key %q, want 1", won, key)
		}
		if got := ids(t, dbs[0], docstore.Query{In: c, On: byA, Eq: []any{key}}); len(got) != 1 {
			t.Errorf("key %q has %v", key, got)
		}
	}
}

// testVersionRace lets 32 goroutines replace the same version: one does.
func testVersionRace(t *testing.T, s *suite) {
	ctx := context.Background()
	c := &docstore.Collection{Name: "items"}
	dbs := s.pair(t, c)
	doc := newItem("x", nil, nil)
	put(t, dbs[0], c, doc)
	for range 20 {
		won := race(t, dbs, 32, fault.Stale, func(db docstore.DB, i int) error {
			mine := *doc
			mine.N = int64(i)
			return docstore.Put(ctx, db, c, &mine)
		})
		if won != 1 {
			t.Fatalf("%d goroutines replaced version %d, want 1", won, doc.Version)
		}
		got, err := docstore.Get[item](ctx, dbs[0], c, "x")
		if err != nil || got.Version != doc.Version+1 {
			t.Fatalf("version %d, %v, want %d", got.Version, err, doc.Version+1)
		}
		*doc = got
	}
}

// testCounter increments one document from 64 goroutines without losing one.
func testCounter(t *testing.T, s *suite) {
	const writers, each = 64, 4
	ctx := context.Background()
	c := &docstore.Collection{Name: "items"}
	dbs := s.pair(t, c)
	put(t, dbs[0], c, newItem("counter", nil, nil))
	won := race(t, dbs, writers, fault.Stale, func(db docstore.DB, _ int) error {
		for range each {
			if _, err := docstore.Update(ctx, db, c, "counter", func(d *item) error { d.N++; return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	got, err := docstore.Get[item](ctx, dbs[1], c, "counter")
	if err != nil || won != writers || got.N != writers*each || got.Version != writers*each+1 {
		t.Errorf("%d of %d writers: n = %d in version %d, %v, want %d", won, writers, got.N, got.Version, err, writers*each)
	}
}

// testInsert64 inserts from 64 goroutines: every document is there once.
func testInsert64(t *testing.T, s *suite) {
	const writers, each = 64, 20
	ctx := context.Background()
	byA := docstore.On("a")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{byA}}
	dbs := s.pair(t, c)
	won := race(t, dbs, writers, fault.Internal, func(db docstore.DB, i int) error {
		for k := range each {
			if err := docstore.Put(ctx, db, c, newItem(fmt.Sprintf("%d-%d", i, k), int64(k), nil)); err != nil {
				return err
			}
		}
		return nil
	})
	if won != writers {
		t.Errorf("%d of %d writers finished", won, writers)
	}
	for k := range each {
		if got := ids(t, dbs[k%2], docstore.Query{In: c, On: byA, Eq: []any{k}}); len(got) != writers {
			t.Errorf("%d documents with a = %d, want %d", len(got), k, writers)
		}
	}
}
