package storetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

func testCRUD(t *testing.T, s *suite) {
	ctx := context.Background()
	byA := docstore.On("a")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{byA}}
	db := s.open(t, c)
	_, err := docstore.Get[item](ctx, db, c, "x")
	fails(t, "get before insert", err, fault.NotFound)

	doc := newItem("x", "một", nil)
	put(t, db, c, doc)
	if doc.Version != 1 {
		t.Errorf("version after insert is %d, want 1", doc.Version)
	}
	fails(t, "insert twice", docstore.Put(ctx, db, c, newItem("x", nil, nil)), fault.Conflict)
	if got, err := docstore.Get[item](ctx, db, c, "x"); err != nil || !cmp.Equal(got, *doc) {
		t.Errorf("get = %+v, %v, want %+v", got, err, *doc)
	}
	doc.A = "hai"
	put(t, db, c, doc)
	if got := ids(t, db, docstore.Query{In: c, On: byA, Eq: []any{"một"}}); got != nil {
		t.Errorf("the replaced value still finds %v", got)
	}
	if got := ids(t, db, docstore.Query{In: c, On: byA, Eq: []any{"hai"}}); !cmp.Equal(got, []string{"x"}) {
		t.Errorf("the new value finds %v, want x", got)
	}
	if err := db.Delete(ctx, c, "x", 2); err != nil {
		t.Errorf("delete: %v", err)
	}
	_, err = db.Get(ctx, c, "x")
	fails(t, "get after delete", err, fault.NotFound)
	if n, err := db.Count(ctx, docstore.Query{In: c}); n != 0 || err != nil {
		t.Errorf("count after delete = %d, %v, want 0", n, err)
	}
	put(t, db, c, newItem("x", nil, nil))
}

func testVersions(t *testing.T, s *suite) {
	ctx := context.Background()
	c := &docstore.Collection{Name: "items"}
	db := s.open(t, c)
	mine := newItem("x", nil, nil)
	put(t, db, c, mine)
	theirs := *mine
	put(t, db, c, &theirs)
	fails(t, "replace of an old version", docstore.Put(ctx, db, c, mine), fault.Stale)
	fails(t, "replace of a version to come", db.Replace(ctx, c, 3, raw(t, mine)), fault.Stale)
	fails(t, "delete of an old version", db.Delete(ctx, c, "x", 1), fault.Stale)
	fails(t, "replace of what is not there", db.Replace(ctx, c, 1, raw(t, newItem("y", nil, nil))), fault.NotFound)
	fails(t, "delete of what is not there", db.Delete(ctx, c, "y", 1), fault.NotFound)
	doc, err := db.Get(ctx, c, "x")
	if err != nil || docstore.VersionOf(doc) != 2 {
		t.Errorf("version %d, %v, want 2", docstore.VersionOf(doc), err)
	}
	wrong := fault.New(fault.Conflict, "test.refused")
	_, err = docstore.Update(ctx, db, c, "x", func(*item) error { return wrong })
	if err != wrong {
		t.Errorf("update gave %v, want the change's own error", err)
	}
	got, err := docstore.Update(ctx, db, c, "x", func(d *item) error { d.N = 7; return nil })
	if err != nil || got.N != 7 || got.Version != 3 {
		t.Errorf("update = %+v, %v, want n 7 in version 3", got, err)
	}
}

// testDocuments refuses documents that are not in order and takes large ones.
func testDocuments(t *testing.T, s *suite) {
	ctx := context.Background()
	c := &docstore.Collection{Name: "items"}
	db := s.open(t, c)
	large := newItem("large", nil, nil)
	large.Text = strings.Repeat("x", docstore.MaxDocument-200)
	put(t, db, c, large)
	got, err := docstore.Get[item](ctx, db, c, "large")
	if err != nil || got.Text != large.Text {
		t.Errorf("large document came back with %d bytes of text, %v", len(got.Text), err)
	}
	large.Text += strings.Repeat("x", 200)
	over, err := bson.Marshal(large)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Insert(ctx, c, over)
	fails(t, "insert over the limit", err, fault.TooLarge)
	fails(t, "replace over the limit", db.Replace(ctx, c, 1, over), fault.TooLarge)
	for name, doc := range map[string]any{
		"no _id":        bson.D{{Key: "v", Value: int64(0)}},
		"_id second":    bson.D{{Key: "v", Value: int64(0)}, {Key: "_id", Value: "x"}},
		"empty _id":     bson.D{{Key: "_id", Value: ""}, {Key: "v", Value: int64(0)}},
		"long _id":      bson.D{{Key: "_id", Value: strings.Repeat("x", docstore.MaxID+1)}, {Key: "v", Value: int64(0)}},
		"number as _id": bson.D{{Key: "_id", Value: int64(1)}, {Key: "v", Value: int64(0)}},
		"no version":    bson.D{{Key: "_id", Value: "x"}},
		"int32 version": bson.D{{Key: "_id", Value: "x"}, {Key: "v", Value: int32(0)}},
	} {
		b, err := bson.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		_, err = db.Insert(ctx, c, b)
		fails(t, name, err, fault.Internal)
	}
	put(t, db, c, newItem(strings.Repeat("ệ", docstore.MaxID/3), nil, nil))
}

// testValues stores every kind of value beside the indexed ones.
func testValues(t *testing.T, s *suite) {
	ctx := context.Background()
	c := &docstore.Collection{Name: "items"}
	db := s.open(t, c)
	type rich struct {
		docstore.Meta `bson:",inline"`
		F             float64          `bson:"f"`
		I             int32            `bson:"i"`
		Bytes         []byte           `bson:"bytes"`
		List          []string         `bson:"list"`
		Map           map[string]int64 `bson:"map"`
		Time          time.Time        `bson:"time"`
		Nul           *string          `bson:"nul"`
		Inner         struct{ X, Y bool }
	}
	in := rich{Meta: docstore.Meta{ID: "Xã Đại Đồng/Tổ 1\n"}, F: 0.1, I: -7, Bytes: []byte{0, 255}, List: []string{"", "đ"},
		Map: map[string]int64{"Tổ 1": 1, "x": -1 << 62}, Time: time.Date(2026, 2, 3, 4, 5, 6, 7e6, time.UTC)}
	put(t, db, c, &in)
	out, err := docstore.Get[rich](ctx, db, c, in.ID)
	if err != nil || !cmp.Equal(in, out) {
		t.Errorf("%v: came back different: %s", err, cmp.Diff(in, out))
	}
}

// testQueries refuses what no declared index answers.
func testQueries(t *testing.T, s *suite) {
	ctx := context.Background()
	byA, byAB := docstore.On("a"), docstore.On("a", "b")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{byA, byAB}}
	lines := &docstore.Collection{Name: "lines", Append: true, Indexes: []*docstore.Index{docstore.TailOf("group")}}
	db := s.open(t, c, lines)
	for name, q := range map[string]docstore.Query{
		"no collection":          {},
		"undeclared index":       {In: c, On: docstore.On("a")},
		"Eq without index":       {In: c, Eq: []any{"x"}},
		"too many values":        {In: c, On: byA, Eq: []any{1, 2}},
		"range without field":    {In: c, On: byA, Eq: []any{1}, From: 2},
		"range over two classes": {In: c, On: byA, From: 1, To: "x"},
		"a value of no class":    {In: c, On: byA, Eq: []any{1.5}},
		"a bound of no class":    {In: c, On: byA, To: []string{}},
		"limit too large":        {In: c, Limit: docstore.MaxLimit + 1},
		"negative limit":         {In: c, Limit: -1},
		"tail without its field": {In: lines, On: lines.Indexes[0]},
		"unknown collection":     {In: &docstore.Collection{Name: "others"}},
	} {
		_, err := docstore.All[item](ctx, db, q)
		fails(t, "find, "+name, err, fault.Internal)
		if q.Limit <= docstore.MaxLimit && q.Limit >= 0 {
			_, err = db.Count(ctx, q)
			fails(t, "count, "+name, err, fault.Internal)
		}
	}
	bad := newItem("x", 1.5, nil)
	fails(t, "a document whose field has no class", docstore.Put(ctx, db, c, bad), fault.Internal)
	if n, err := db.Count(ctx, docstore.Query{In: c}); n != 0 || err != nil {
		t.Errorf("count = %d, %v, want 0", n, err)
	}
}

func testCancelled(t *testing.T, s *suite) {
	c := &docstore.Collection{Name: "items"}
	db := s.open(t, c)
	doc := newItem("x", nil, nil)
	put(t, db, c, doc)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	past, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	for _, ctx := range []context.Context{ctx, past} {
		_, err := db.Get(ctx, c, "x")
		fails(t, "get", err, fault.Timeout)
		fails(t, "insert", docstore.Put(ctx, db, c, newItem("y", nil, nil)), fault.Timeout)
		fails(t, "replace", docstore.Put(ctx, db, c, doc), fault.Timeout)
		fails(t, "delete", db.Delete(ctx, c, "x", 1), fault.Timeout)
		_, err = docstore.All[item](ctx, db, docstore.Query{In: c})
		fails(t, "find", err, fault.Timeout)
		_, err = db.Count(ctx, docstore.Query{In: c})
		fails(t, "count", err, fault.Timeout)
	}
	if got := ids(t, db, docstore.Query{In: c}); !cmp.Equal(got, []string{"x"}) {
		t.Errorf("a cancelled write happened: %v", got)
	}
}

// testBreak ends queries early, by a break and by the context.
func testBreak(t *testing.T, s *suite) {
	c := &docstore.Collection{Name: "items"}
	db := s.open(t, c)
	const documents = 1500
	fill(t, db, c, documents)
	for range 50 {
		for _, err := range db.Find(context.Background(), docstore.Query{In: c}) {
			if err != nil {
				t.Fatal(err)
			}
			put(t, db, c, newItem(bson.NewObjectID().Hex(), nil, nil)) // a write inside a read
			break
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last error
	seen := 0
	for _, err := range db.Find(ctx, docstore.Query{In: c}) {
		if last = err; err == nil {
			seen++
		}
		cancel()
	}
	fails(t, "find whose context ends", last, fault.Timeout)
	if seen >= documents {
		t.Errorf("find went on for %d documents after its context ended", seen)
	}
}

func testClosed(t *testing.T, s *suite) {
	ctx := context.Background()
	c := &docstore.Collection{Name: "items"}
	db, err := s.make(t, []*docstore.Collection{c})()
	if err != nil {
		t.Fatal(err)
	}
	doc := newItem("x", nil, nil)
	put(t, db, c, doc)
	for range 2 {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	_, err = db.Get(ctx, c, "x")
	fails(t, "get", err, fault.Unavailable)
	fails(t, "insert", docstore.Put(ctx, db, c, newItem("y", nil, nil)), fault.Unavailable)
	fails(t, "replace", docstore.Put(ctx, db, c, doc), fault.Unavailable)
	fails(t, "delete", db.Delete(ctx, c, "x", 1), fault.Unavailable)
	_, err = docstore.All[item](ctx, db, docstore.Query{In: c})
	fails(t, "find", err, fault.Unavailable)
	_, err = db.Count(ctx, docstore.Query{In: c})
	fails(t, "count", err, fault.Unavailable)
}

// testReopen keeps the data, and adds an index to documents that are there.
func testReopen(t *testing.T, s *suite) {
	before := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{docstore.On("a")}}
	place := s.make(t, []*docstore.Collection{before})
	first, err := place()
	if err != nil {
		t.Fatal(err)
	}
	fill(t, first, before, 1200) // more than one step of an engine that fills in keys
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := reopen(t, place)
	if n, err := second.Count(context.Background(), docstore.Query{In: before, On: before.Indexes[0], Eq: []any{2}}); n != 120 || err != nil {
		t.Errorf("count after reopening = %d, %v, want 120", n, err)
	}
	before.Indexes = append(before.Indexes, docstore.On("b"), docstore.On("a", "n"))
	third := reopen(t, place)
	q := docstore.Query{In: before, On: before.Indexes[2], Eq: []any{1}}
	if n, err := third.Count(context.Background(), q); n != 120 || err != nil {
		t.Errorf("count in the added index = %d, %v, want 120", n, err)
	}
}
