package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// joint is a place with documents to change and a log to insert into.
type joint struct {
	items, lines *docstore.Collection
	byA, byGroup *docstore.Index
	dbs          []docstore.DB
}

// openJoint opens a fresh place twice, or skips on an engine without Joint.
func (s *suite) openJoint(t *testing.T) *joint {
	t.Helper()
	j := &joint{byA: docstore.Unique("a"), byGroup: docstore.Unique("group", "n")}
	j.items = &docstore.Collection{Name: "items", Indexes: []*docstore.Index{j.byA}}
	j.lines = &docstore.Collection{Name: "lines", Append: true, Indexes: []*docstore.Index{j.byGroup}}
	j.dbs = s.pair(t, j.items, j.lines)
	if _, ok := j.dbs[0].(docstore.Joint); !ok {
		t.Skip("skipped: this engine does not implement docstore.Joint")
	}
	return j
}

// do changes the item x and inserts a line in one write.
func (j *joint) do(t *testing.T, db docstore.DB, id string, change func(*item) error, l line) error {
	return db.(docstore.Joint).UpdateInsert(context.Background(), j.items, id, func(old bson.Raw) (bson.Raw, error) {
		var doc item
		if err := bson.Unmarshal(old, &doc); err != nil {
			return nil, err
		}
		if err := change(&doc); err != nil {
			return nil, err
		}
		return docstore.Marshal(&doc)
	}, j.lines, raw(t, &l))
}

// holds checks an item and how many lines there are, as both openings see them.
func (j *joint) holds(t *testing.T, what, id string, n, version, lines int64) {
	t.Helper()
	for i, db := range j.dbs {
		got, err := docstore.Get[item](context.Background(), db, j.items, id)
		if err != nil || got.N != n || got.Version != version {
			t.Errorf("%s, opening %d: n = %d in version %d, %v, want %d in version %d", what, i, got.N, got.Version, err, n, version)
		}
		if got := int64(len(ids(t, db, docstore.Query{In: j.lines, On: j.byGroup}))); got != lines {
			t.Errorf("%s, opening %d: %d lines, want %d", what, i, got, lines)
		}
	}
}

// testJoint changes one document and inserts another: both or neither.
func testJoint(t *testing.T, s *suite) {
	j := s.openJoint(t)
	put(t, j.dbs[0], j.items, newItem("x", "k1", nil), newItem("y", "k2", nil))
	up := func(d *item) error { d.N++; return nil }
	if err := j.do(t, j.dbs[0], "x", up, line{Group: "g", N: 1}); err != nil {
		t.Fatal(err)
	}
	j.holds(t, "after one", "x", 1, 2, 1)

	err := j.do(t, j.dbs[1], "x", up, line{Group: "g", N: 1})
	fails(t, "a taken key of the insert", err, fault.Conflict)
	if on := docstore.DuplicateOn(err); on != j.byGroup.Name {
		t.Errorf("the conflict is on %q, want %q", on, j.byGroup.Name)
	}
	j.holds(t, "after a refused insert", "x", 1, 2, 1)

	no := fault.New(fault.Stale, "docstore.document")
	if err = j.do(t, j.dbs[0], "x", func(*item) error { return no }, line{Group: "g", N: 3}); !errors.Is(err, no) {
		t.Errorf("the change's own refusal came back as %v", err)
	}
	j.holds(t, "after a change that refused", "x", 1, 2, 1)
	fails(t, "a missing document", j.do(t, j.dbs[0], "none", up, line{Group: "g", N: 4}), fault.NotFound)
	j.holds(t, "after a missing document", "x", 1, 2, 1)

	// A replace that knew the version before is stale; the next joint is not.
	fails(t, "a replace of the version before", docstore.Put(context.Background(), j.dbs[0], j.items, &item{Meta: docstore.Meta{ID: "x", Version: 1}, A: "k1"}), fault.Stale)
	if err := j.do(t, j.dbs[1], "x", func(d *item) error { d.A = "k3"; return up(d) }, line{Group: "g", N: 2}); err != nil {
		t.Fatal(err)
	}
	j.holds(t, "after another", "x", 2, 3, 2)
	put(t, j.dbs[0], j.items, newItem("z", "k1", nil)) // x has left the key
	if got, want := ids(t, j.dbs[0], docstore.Query{In: j.items, On: j.byA}), []string{"z", "y", "x"}; !cmp.Equal(got, want) {
		t.Errorf("the index holds %v, want %v", got, want)
	}
}

// testJointOrder sees inserts of joint writes and plain ones in the order in
// which they returned.
func testJointOrder(t *testing.T, s *suite) {
	const rounds = 50
	j := s.openJoint(t)
	put(t, j.dbs[0], j.items, newItem("x", nil, nil))
	for n := range int64(rounds) {
		err := j.do(t, j.dbs[0], "x", func(d *item) error { d.N = n; return nil }, line{Group: "g", N: 2 * n})
		if err == nil {
			err = docstore.Put(context.Background(), j.dbs[0], j.lines, &line{Group: "g", N: 2*n + 1})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	n, before := int64(0), ""
	for l, err := range docstore.Find[line](context.Background(), j.dbs[1], docstore.Query{In: j.lines}) {
		if err != nil {
			t.Fatal(err)
		}
		if l.N != n || l.ID.Hex() <= before {
			t.Fatalf("line %d has id %s behind %s, want line %d", l.N, l.ID.Hex(), before, n)
		}
		n, before = n+1, l.ID.Hex()
	}
	if n != 2*rounds {
		t.Errorf("%d lines, want %d", n, 2*rounds)
	}
}

// testJointRace lets 32 goroutines on two openings use up each document once:
// as many lines as documents, and none twice.
func testJointRace(t *testing.T, s *suite) {
	const documents, rivals = 40, 32
	j := s.openJoint(t)
	used := fault.New(fault.Stale, "docstore.document")
	for i := range documents {
		id := fmt.Sprint("doc", i)
		put(t, j.dbs[0], j.items, newItem(id, id, nil))
		won := race(t, j.dbs, rivals, fault.Stale, func(db docstore.DB, k int) error {
			return j.do(t, db, id, func(d *item) error {
				if d.N != 0 {
					return used
				}
				d.N = 1
				return nil
			}, line{Group: id, N: int64(k)})
		})
		if won != 1 {
			t.Errorf("%d goroutines used %s, want 1", won, id)
		}
		j.holds(t, id, id, 1, 2, int64(i+1))
	}
	// With one key for the insert, whoever comes first has it.
	put(t, j.dbs[0], j.items, newItem("last", "last", nil))
	won := race(t, j.dbs, rivals, fault.Conflict, func(db docstore.DB, _ int) error {
		return j.do(t, db, "last", func(d *item) error { d.N++; return nil }, line{Group: "last"})
	})
	if won != 1 {
		t.Errorf("%d goroutines inserted one key, want 1", won)
	}
	j.holds(t, "one key", "last", 1, 2, documents+1)
}
