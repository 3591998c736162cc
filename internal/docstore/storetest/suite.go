// Package storetest is the contract of package docstore as tests: every engine
// runs the same cases.
package storetest

import (
	"context"
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Place is one database that exists for one test; each call opens it anew, as
// another process would.
type Place func() (docstore.DB, error)

// Maker makes a fresh, empty place for a test and has it removed afterwards.
type Maker func(t *testing.T, collections []*docstore.Collection) Place

// Options fit the suite to an engine that is slow or lacks something.
type Options struct {
	// Documents is how many documents the paging case reads; 0 is 100,000.
	Documents int
	// Page is how many of them one page has; 0 is 997.
	Page int
	// Skip names cases that the engine cannot pass, with the reason.
	Skip map[string]string
}

// The size of the paging case.
const (
	defaultDocuments = 100_000
	defaultPage      = 997
)

// suite is what a case works on.
type suite struct {
	Options
	make Maker
}

// cases are the contract. Names are stable: Options.Skip refers to them.
var cases = []struct {
	name string
	run  func(*testing.T, *suite)
}{
	{"crud", testCRUD},
	{"versions", testVersions},
	{"documents", testDocuments},
	{"values", testValues},
	{"queries", testQueries},
	{"cancelled", testCancelled},
	{"break", testBreak},
	{"closed", testClosed},
	{"reopen", testReopen},
	{"unique", testUnique},
	{"unique-replace", testUniqueReplace},
	{"unique-null", testUniqueNull},
	{"unique-sparse", testUniqueSparse},
	{"unique-race", testUniqueRace},
	{"version-race", testVersionRace},
	{"counter-64", testCounter},
	{"insert-64", testInsert64},
	{"order", testOrder},
	{"order-ids", testOrderIDs},
	{"cursors", testCursors},
	{"paging", testPaging},
	{"paging-writers", testPagingWriters},
	{"bulk", testBulk},
	{"joint", testJoint},
	{"joint-order", testJointOrder},
	{"joint-race", testJointRace},
	{"append", testAppend},
	{"append-restore", testAppendRestore},
	{"append-delete", testAppendDelete},
	{"tail", testTail},
	{"tail-writers", testTailWriters},
}

// Run runs the contract of docstore.DB.
func Run(t *testing.T, mk Maker, o Options) {
	if o.Documents == 0 {
		o.Documents = defaultDocuments
	}
	if o.Page == 0 {
		o.Page = defaultPage
	}
	known := map[string]bool{}
	for _, c := range cases {
		known[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			if why, skip := o.Skip[c.name]; skip {
				t.Skip(why)
			}
			c.run(t, &suite{o, mk})
		})
	}
	for name := range o.Skip {
		if !known[name] {
			t.Errorf("Options.Skip names the unknown case %q", name)
		}
	}
}

// open opens a fresh database with these collections and closes it at the end.
func (s *suite) open(t *testing.T, cs ...*docstore.Collection) docstore.DB {
	t.Helper()
	return reopen(t, s.make(t, cs))
}

func reopen(t *testing.T, p Place) docstore.DB {
	t.Helper()
	db, err := p()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// item is the document of most cases; nil fields are missing, bson.Null is null.
type item struct {
	docstore.Meta `bson:",inline"`
	A             any    `bson:"a,omitempty"`
	B             any    `bson:"b,omitempty"`
	N             int64  `bson:"n"`
	Text          string `bson:"text,omitempty"`
}

// line is the document of Append collections.
type line struct {
	docstore.Entry `bson:",inline"`
	Group          string `bson:"group"`
	Writer         int64  `bson:"writer"`
	N              int64  `bson:"n"`
}

func newItem(id string, a, b any) *item {
	return &item{Meta: docstore.Meta{ID: id}, A: a, B: b}
}

// put stores documents one after the other.
func put(t *testing.T, db docstore.DB, c *docstore.Collection, docs ...docstore.Stored) {
	t.Helper()
	for _, d := range docs {
		if err := docstore.Put(context.Background(), db, c, d); err != nil {
			t.Fatalf("put %+v: %v", d, err)
		}
	}
}

// raw is docstore.Marshal for documents that must be in order.
func raw(t *testing.T, doc any) bson.Raw {
	t.Helper()
	r, err := docstore.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// ids returns the ids of q's documents in order.
func ids(t *testing.T, db docstore.DB, q docstore.Query) []string {
	t.Helper()
	var got []string
	for doc, err := range db.Find(context.Background(), q) {
		if err != nil {
			t.Fatalf("find: %v", err)
		}
		got = append(got, fmt.Sprint(docstore.IDOf(doc)))
	}
	return got
}

// fails checks that err is itself a fault of the kind, so that no error of a
// driver comes through.
func fails(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if _, ok := err.(*fault.Error); !ok {
		t.Errorf("%s: error %v (%T) is not a fault", what, err, err)
	} else if fault.KindOf(err) != kind {
		t.Errorf("%s: fault of kind %d, want %d: %v", what, fault.KindOf(err), kind, err)
	}
}
