package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// testCursors refuses cursors that are not the query's own.
func testCursors(t *testing.T, s *suite) {
	ctx := context.Background()
	byA, byB := docstore.On("a"), docstore.On("b", "a")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{byA, byB}}
	db := s.open(t, c)
	put(t, db, c, newItem("x", "1", nil), newItem("y", "1", nil), newItem("z", "2", nil))
	q := docstore.Query{In: c, On: byA, Eq: []any{"1"}, Limit: 1}
	_, next, err := docstore.Page[item](ctx, db, q)
	if err != nil || next == "" {
		t.Fatalf("cursor %q, %v", next, err)
	}
	for name, q := range map[string]docstore.Query{
		"not a cursor":   {In: c, After: "!"},
		"cut off":        {In: c, On: byA, Eq: []any{"1"}, After: next[:len(next)-2]},
		"other value":    {In: c, On: byA, Eq: []any{"2"}, After: next},
		"other index":    {In: c, On: byB, After: next},
		"no index":       {In: c, After: next},
		"one byte":       {In: c, After: "AA"},
		"too long":       {In: c, After: next + next},
		"padding inside": {In: c, After: "=" + next},
	} {
		_, err := docstore.All[item](ctx, db, q)
		fails(t, name, err, fault.Malformed)
	}
	q.After = next
	if got := ids(t, db, q); !slices.Equal(got, []string{"y"}) {
		t.Errorf("behind the cursor: %v, want y", got)
	}
	// The document a cursor was taken from may go; the place stays.
	if err := db.Delete(ctx, c, "x", 1); err != nil {
		t.Fatal(err)
	}
	if got := ids(t, db, q); !slices.Equal(got, []string{"y"}) {
		t.Errorf("behind a deleted document: %v, want y", got)
	}
}

// fill stores n items from some goroutines; a is i%10, ids are in order.
func fill(t *testing.T, db docstore.DB, c *docstore.Collection, n int) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 1024 { // many at once share transactions
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if err := docstore.Put(context.Background(), db, c, newItem(fmt.Sprintf("%07d", i), i%10, nil)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// testPaging reads a large collection in pages: every document exactly once.
func testPaging(t *testing.T, s *suite) {
	byA := docstore.On("a")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{byA}}
	db := s.open(t, c)
	fill(t, db, c, s.Documents)
	for name, q := range map[string]docstore.Query{
		"ids":         {In: c},
		"index":       {In: c, On: byA},
		"index, desc": {In: c, On: byA, Desc: true},
	} {
		got := pages(t, db, q, s.Page)
		if len(got) != s.Documents {
			t.Errorf("%s: %d documents, want %d", name, len(got), s.Documents)
		}
		if slices.Sort(got); len(slices.Compact(got)) != s.Documents {
			t.Errorf("%s: some documents came twice", name)
		}
	}
	q := docstore.Query{In: c, On: byA, Eq: []any{3}}
	if n, err := db.Count(context.Background(), q); n != int64(s.Documents/10) || err != nil {
		t.Errorf("count = %d, %v, want %d", n, err, s.Documents/10)
	}
}

// testPagingWriters pages while others insert before and behind the reader:
// what was there at the start comes exactly once, nothing comes twice.
func testPagingWriters(t *testing.T, s *suite) {
	const before, each = 2000, 200
	byA := docstore.On("a")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{byA}}
	dbs := s.pair(t, c)
	fill(t, dbs[0], c, before)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range each {
				d := newItem(fmt.Sprintf("%07d+%d-%d", i*7919%before, w, i), int64(i%10), nil)
				if err := docstore.Put(context.Background(), dbs[1], c, d); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for name, q := range map[string]docstore.Query{"ids": {In: c}, "index": {In: c, On: byA}} {
		got, seen := pages(t, dbs[0], q, s.Page/20), map[string]int{}
		for _, id := range got {
			if seen[id]++; seen[id] > 1 {
				t.Errorf("%s: %s came twice", name, id)
			}
		}
		for i := range before {
			if id := fmt.Sprintf("%07d", i); seen[id] != 1 {
				t.Errorf("%s: %s came %d times", name, id, seen[id])
			}
		}
	}
	wg.Wait()
	if got := ids(t, dbs[0], docstore.Query{In: c}); len(got) != before+4*each {
		t.Errorf("%d documents at the end, want %d", len(got), before+4*each)
	}
}
