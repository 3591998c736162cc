package docstore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// value draws an index value.
func value() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.Just(any(nil)),
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.SampledFrom([]rune{0, 1, 'a'}), 0, 4, -1)), func(s string) any { return s }),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 12, 12), func(b []byte) any { return bson.ObjectID(b) }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Int64(), func(n int64) any { return bson.DateTime(n) }),
	)
}

func key(t interface{ Fatal(...any) }, vs ...any) []byte {
	var k []byte
	var err error
	for _, v := range vs {
		if k, err = docstore.AppendKey(k, v); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// order is BSON's order of index values, written without keys.
func order(a, b any) int {
	rank := func(v any) int {
		switch v.(type) {
		case nil:
			return 0
		case int64:
			return 1
		case string:
			return 2
		case bson.ObjectID:
			return 3
		case bool:
			return 4
		}
		return 5
	}
	less := func(yes bool) int {
		if yes {
			return -1
		}
		return 1
	}
	switch {
	case a == b:
		return 0
	case rank(a) != rank(b):
		return less(rank(a) < rank(b))
	}
	switch a := a.(type) {
	case int64:
		return less(a < b.(int64))
	case string:
		return less(a < b.(string))
	case bson.ObjectID:
		return less(a.Hex() < b.(bson.ObjectID).Hex())
	case bool:
		return less(!a)
	}
	return less(a.(bson.DateTime) < b.(bson.DateTime))
}

// TestKeyOrder compares pairs: keys sort like the values, field by field, and
// decode to them; the key of a document's value is that of the value.
func TestKeyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a1, a2, b1, b2 := value().Draw(t, "a1"), value().Draw(t, "a2"), value().Draw(t, "b1"), value().Draw(t, "b2")
		want := order(a1, b1)
		if want == 0 {
			want = order(a2, b2)
		}
		ka, kb := key(t, a1, a2), key(t, b1, b2)
		if got := bytes.Compare(ka, kb); got != want {
			t.Fatalf("compare %v,%v with %v,%v = %d, want %d", a1, a2, b1, b2, got, want)
		}
		v, rest, err := docstore.DecodeKey(ka)
		if err != nil || v != a1 || !bytes.Equal(rest, key(t, a2)) {
			t.Fatalf("decoded %v, %x, %v, want %v", v, rest, err, a1)
		}
		doc, err := bson.Marshal(bson.D{{Key: "x", Value: "before"}, {Key: "f", Value: a1}})
		if err != nil {
			t.Fatal(err)
		}
		if raw, err := docstore.AppendRawKey(nil, docstore.Lookup(doc, "f")); err != nil || !bytes.Equal(raw, key(t, a1)) {
			t.Fatalf("key in a document %x, %v, want %x", raw, err, key(t, a1))
		}
	})
}

func FuzzDecodeKey(f *testing.F) {
	f.Add(key(f, "a\x00b", int64(1), nil, true, bson.ObjectID{}, bson.DateTime(5)))
	f.Fuzz(func(t *testing.T, b []byte) {
		for rest := b; len(rest) > 0; {
			v, next, err := docstore.DecodeKey(rest)
			if err != nil {
				return
			}
			if again := key(t, v); !bytes.Equal(again, rest[:len(rest)-len(next)]) {
				t.Fatalf("%x decodes to %v, whose key is %x", rest, v, again)
			}
			rest = next
		}
	})
}

// FuzzLookup reads elements of broken documents without a panic, and those of
// sound ones like the driver.
func FuzzLookup(f *testing.F) {
	sound, err := bson.Marshal(bson.D{{Key: "a", Value: "x"}, {Key: "b", Value: bson.A{1.5, true}}, {Key: "f", Value: int64(3)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound)
	f.Fuzz(func(t *testing.T, b []byte) {
		got := docstore.Lookup(b, "f")
		_, _ = docstore.AppendRawKey(nil, got)
		_ = docstore.CheckDocument(b)
		if want := bson.Raw(b).Lookup("f"); bson.Raw(b).Validate() == nil && got.Type != 0 && (got.Type != want.Type || !bytes.Equal(got.Value, want.Value)) {
			t.Fatalf("found %v, the driver finds %v", got, want)
		}
	})
}

func TestCursorRoundTrip(t *testing.T) {
	ab, unique := docstore.On("a", "b"), docstore.Unique("a")
	c := &docstore.Collection{Name: "c", Indexes: []*docstore.Index{ab, unique}}
	doc, err := bson.Marshal(bson.D{{Key: "_id", Value: "i\x00d"}, {Key: "v", Value: int64(1)}, {Key: "b", Value: time.UnixMilli(9)}, {Key: "a", Value: int32(-4)}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		q      docstore.Query
		values []any
	}{
		"id":     {docstore.Query{In: c}, []any{"i\x00d"}},
		"index":  {docstore.Query{In: c, On: ab, Eq: []any{-4}}, []any{int64(-4), bson.DateTime(9), "i\x00d"}},
		"unique": {docstore.Query{In: c, On: unique}, []any{int64(-4), "i\x00d"}},
	} {
		q := want.q
		if q.After, err = docstore.CursorOf(q, doc); err != nil {
			t.Fatal(err)
		}
		p, err := q.Place()
		if err != nil || !cmp.Equal(p.Values, want.values) {
			t.Errorf("%s: place %v, %v, want %v", name, p.Values, err, want.values)
		}
		if id, _, err := docstore.DecodeKey(p.Key[p.ID:]); err != nil || id != "i\x00d" {
			t.Errorf("%s: the id of the place is %v, %v", name, id, err)
		}
	}
}

func TestCollectionCheck(t *testing.T) {
	for name, c := range map[string]*docstore.Collection{
		"twice":            {Indexes: []*docstore.Index{docstore.On("a"), docstore.Unique("a")}},
		"no fields":        {Indexes: []*docstore.Index{{Name: "x"}}},
		"sparse of two":    {Indexes: []*docstore.Index{{Name: "x", Fields: []string{"a", "b"}, Sparse: true}}},
		"tail, not Append": {Indexes: []*docstore.Index{docstore.TailOf("a")}},
		"_id in the midst": {Indexes: []*docstore.Index{docstore.On("_id", "a")}},
	} {
		if c.Check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := (&docstore.Collection{Append: true, Indexes: []*docstore.Index{docstore.On("a", "_id"), docstore.TailOf("b")}}).Check(); err != nil {
		t.Error(err)
	}
}

// lost answers every replace as if another writer had come first.
type lost struct {
	docstore.DB
	replaces int
}

func (l *lost) Get(context.Context, *docstore.Collection, any) (bson.Raw, error) {
	return docstore.Marshal(docstore.Meta{ID: "x", Version: 1})
}

func (l *lost) Replace(_ context.Context, c *docstore.Collection, version int64, doc bson.Raw) error {
	l.replaces++
	return docstore.ErrStale(c, docstore.IDOf(doc), version)
}

// TestUpdateEnds gives up on a document that is always stale, and at once when
// the context ends.
func TestUpdateEnds(t *testing.T) {
	type doc struct {
		docstore.Meta `bson:",inline"`
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	db, c := &lost{}, &docstore.Collection{Name: "c"}
	_, err := docstore.Update(ctx, db, c, "x", func(*doc) error { return nil })
	if !fault.Is(err, fault.Timeout) || db.replaces == 0 {
		t.Errorf("update = %v after %d tries, want Timeout", err, db.replaces)
	}
}

func TestIntake(t *testing.T) {
	in := docstore.NewIntake(context.Background(), strings.NewReader("abc"), 3)
	if b, err := io.ReadAll(in); string(b) != "abc" || err != nil {
		t.Errorf("read %q, %v", b, err)
	}
	if sha, size := in.Result(); size != 3 || sha != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("result %s, %d", sha, size)
	}
	_, err := io.ReadAll(docstore.NewIntake(context.Background(), strings.NewReader("abc"), 2))
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("over the limit: %v", err)
	}
}

func TestErrEngine(t *testing.T) {
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	inner := fault.New(fault.TooLarge, "test.inner")
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		kind fault.Kind
		want fault.Kind
	}{
		"own kind":    {context.Background(), io.ErrUnexpectedEOF, fault.Unavailable, fault.Unavailable},
		"no kind":     {context.Background(), io.ErrUnexpectedEOF, fault.Internal, fault.Internal},
		"context":     {gone, io.ErrUnexpectedEOF, fault.Internal, fault.Timeout},
		"deadline":    {context.Background(), context.DeadlineExceeded, fault.Internal, fault.Timeout},
		"fault below": {gone, errors.Join(io.EOF, inner), fault.Internal, fault.TooLarge},
	} {
		if err := docstore.ErrEngine(c.ctx, c.err, c.kind); !fault.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
