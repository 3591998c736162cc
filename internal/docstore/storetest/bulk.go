package storetest

import (
	"context"
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// bulkSize is more than an engine puts into one transaction.
const bulkSize = 2500

// testBulk checks that many documents are stored in their order, each with an
// outcome of its own.
func testBulk(t *testing.T, s *suite) {
	ctx := context.Background()
	c, _ := newLines()
	db := s.open(t, c)
	docs := make([]bson.Raw, bulkSize)
	for i := range docs {
		n := int64(i)
		if i == 7 {
			n = 3 // the unique {group, writer, n} of the fourth
		}
		raw, err := docstore.Marshal(&line{Group: "g", N: n})
		if err != nil {
			t.Fatal(err)
		}
		docs[i] = raw
	}
	for i, err := range docstore.InsertAll(ctx, db, c, docs) {
		if i == 7 {
			fails(t, "a duplicate", err, fault.Conflict)
		} else if err != nil {
			t.Fatalf("document %d: %v", i, err)
		}
	}
	got := lines(t, db, docstore.Query{In: c})
	if len(got) != bulkSize-1 {
		t.Fatalf("%d documents are stored, want %d", len(got), bulkSize-1)
	}
	for i, l := range got {
		want := int64(i)
		if i >= 7 {
			want++
		}
		if l.N != want {
			t.Fatalf("place %d holds %d, want %d", i, l.N, want)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	for i, err := range docstore.InsertAll(ended, db, c, docs[:2]) {
		fails(t, fmt.Sprint("after the end, document ", i), err, fault.Timeout)
	}
}
