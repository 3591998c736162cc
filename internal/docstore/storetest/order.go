package storetest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
)

// none stands for a missing field in a list of values.
type none struct{}

// values are in the order of the contract; those of one inner list are equal.
var values = [][]any{
	{none{}, bson.Null{}},
	{int64(-1 << 63)}, {int64(-300)}, {int32(-1), int64(-1)}, {int64(0)}, {int64(255)}, {int64(256)}, {int64(1<<63 - 1)},
	{""}, {"\x00"}, {"\x00\x01"}, {"\x01"}, {"A"}, {"An"}, {"An Bình"}, {"an"}, {"ÿ"}, {"Đông"}, {"đông"}, {"ấp"}, {"\U0001F600"},
	{bson.ObjectID{}}, {bson.ObjectID{1}}, {bson.ObjectID{11: 1}}, {bson.ObjectID{255}},
	{false}, {true},
	{time.UnixMilli(-86_400_000)}, {time.UnixMilli(0)}, {time.UnixMilli(1_770_000_000_123)},
}

// rank is the place of a value's class in the order.
func rank(v any) int {
	switch v.(type) {
	case int, int32, int64:
		return 1
	case string:
		return 2
	case bson.ObjectID:
		return 3
	case bool:
		return 4
	case time.Time:
		return 5
	}
	return 0
}

// compare is the order of the contract, written without docstore's keys.
func compare(a, b any) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case bson.ObjectID:
		o := b.(bson.ObjectID)
		return bytes.Compare(a[:], o[:])
	case bool:
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) // "false" < "true"
	case time.Time:
		return a.Compare(b.(time.Time))
	case int, int32, int64:
		return cmp.Compare(integer(a), integer(b))
	}
	return 0
}

func integer(v any) int64 {
	switch v := v.(type) {
	case int32:
		return int64(v)
	case int:
		return int64(v)
	}
	return v.(int64)
}

// model answers a query over items from memory.
func model(items []*item, q docstore.Query) (want []string) {
	field := func(d *item, name string) any {
		switch name {
		case "a":
			return d.A
		case "b":
			return d.B
		}
		return d.ID
	}
	fields := []string{docstore.ID}
	if q.On != nil {
		fields = append(slices.Clone(q.On.Fields), docstore.ID)
	}
	found := slices.DeleteFunc(slices.Clone(items), func(d *item) bool {
		for i, v := range q.Eq {
			if compare(field(d, fields[i]), v) != 0 {
				return true
			}
		}
		v := field(d, fields[len(q.Eq)])
		for _, bound := range []any{q.From, q.To} {
			if bound != nil && rank(v) != rank(bound) {
				return true
			}
		}
		return q.From != nil && compare(v, q.From) < 0 || q.To != nil && compare(v, q.To) >= 0
	})
	slices.SortFunc(found, func(x, y *item) int {
		c := 0
		for i := 0; i < len(fields) && c == 0; i++ {
			c = compare(field(x, fields[i]), field(y, fields[i]))
		}
		if q.Desc {
			return -c
		}
		return c
	})
	for _, d := range found {
		want = append(want, d.ID)
	}
	return want
}

// mixture returns items whose a and b have values of every class, and stores
// them in a random order.
func mixture(t *testing.T, db docstore.DB, c *docstore.Collection) []*item {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	pick := func() any {
		same := values[rnd.IntN(len(values))]
		if v := same[rnd.IntN(len(same))]; v != (none{}) {
			return v
		}
		return nil
	}
	var items []*item
	for i, same := range values {
		for k, v := range same {
			if v == (none{}) {
				v = nil
			}
			items = append(items, newItem(fmt.Sprintf("%02d-%d", i, k), v, pick()), newItem(fmt.Sprintf("tie %02d-%d", i, k), v, pick()))
		}
	}
	for i := range 60 {
		items = append(items, newItem(fmt.Sprintf("ấp %d", i), pick(), pick()))
	}
	rnd.Shuffle(len(items), func(i, k int) { items[i], items[k] = items[k], items[i] })
	for _, d := range items {
		put(t, db, c, d)
	}
	return items
}

// orderQueries are queries of every form over the mixture.
func orderQueries(c *docstore.Collection) map[string]docstore.Query {
	byA, byAB := c.Indexes[0], c.Indexes[1]
	at := time.UnixMilli(0)
	return map[string]docstore.Query{
		"all":              {In: c},
		"ids from to":      {In: c, From: "10", To: "tie 04"},
		"ids from":         {In: c, From: "ấp 3"},
		"a":                {In: c, On: byA},
		"a ab":             {In: c, On: byAB},
		"a null":           {In: c, On: byA, Eq: []any{nil}},
		"a = An":           {In: c, On: byA, Eq: []any{"An"}},
		"a = -1":           {In: c, On: byA, Eq: []any{-1}},
		"a = zero id":      {In: c, On: byA, Eq: []any{bson.ObjectID{}}},
		"a = nothing":      {In: c, On: byA, Eq: []any{"không có"}},
		"a from 0":         {In: c, On: byA, From: 0},
		"a to 0":           {In: c, On: byA, To: 0},
		"a from A":         {In: c, On: byA, From: "A"},
		"a to an":          {In: c, On: byA, To: "an"},
		"a from An to an":  {In: c, On: byA, From: "An", To: "an"},
		"a from \x00":      {In: c, On: byA, From: "\x00", To: "\x01"},
		"a backwards":      {In: c, On: byA, From: "b", To: "a"},
		"a from time":      {In: c, On: byA, From: at},
		"a to time":        {In: c, On: byA, To: at},
		"a from id":        {In: c, On: byA, From: bson.ObjectID{1}},
		"a from true":      {In: c, On: byA, From: true},
		"a to true":        {In: c, On: byA, To: true},
		"ab, a = An":       {In: c, On: byAB, Eq: []any{"An"}},
		"ab, a null":       {In: c, On: byAB, Eq: []any{nil}},
		"ab, a null, b to": {In: c, On: byAB, Eq: []any{nil}, To: "đông"},
		"ab, a from":       {In: c, On: byAB, From: "an"},
		"ab, null null":    {In: c, On: byAB, Eq: []any{nil, nil}},
	}
}

// testOrder compares every query with the model, in both directions, whole, in
// pages of three through cursors, and counted.
func testOrder(t *testing.T, s *suite) {
	ctx := context.Background()
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{docstore.On("a"), docstore.On("a", "b")}}
	db := s.open(t, c)
	items := mixture(t, db, c)
	for name, q := range orderQueries(c) {
		for _, q.Desc = range []bool{false, true} {
			want := model(items, q)
			if diff := gocmp.Diff(want, ids(t, db, q)); diff != "" {
				t.Errorf("%s, desc %v: -want +got\n%s", name, q.Desc, diff)
				continue
			}
			if n, err := db.Count(ctx, q); int(n) != len(want) || err != nil {
				t.Errorf("%s: count = %d, %v, want %d", name, n, err, len(want))
			}
			if got := pages(t, db, q, 3); !slices.Equal(got, want) {
				t.Errorf("%s, desc %v: in pages: -want +got\n%s", name, q.Desc, gocmp.Diff(want, got))
			}
		}
	}
}

// pages reads a query in pages of n and returns the ids.
func pages(t *testing.T, db docstore.DB, q docstore.Query, n int) (got []string) {
	t.Helper()
	q.Limit = n
	for {
		docs, next, err := docstore.Page[item](context.Background(), db, q)
		if err != nil {
			t.Fatalf("page after %q: %v", q.After, err)
		}
		for _, d := range docs {
			got = append(got, d.ID)
		}
		if len(docs) > n || next == "" {
			return got
		}
		q.After = next
	}
}

// testOrderIDs has unique indexes, whose ties end with the key, and an index
// that names _id itself.
func testOrderIDs(t *testing.T, s *suite) {
	byAB, byAID := docstore.Unique("a", "b"), docstore.On("a", "_id")
	c := &docstore.Collection{Name: "items", Indexes: []*docstore.Index{byAB, byAID}}
	db := s.open(t, c)
	var items []*item
	for i := range 40 {
		d := newItem(fmt.Sprint(i*7919%100), int64(i%3), int64(i))
		items = append(items, d)
		put(t, db, c, d)
	}
	for name, q := range map[string]docstore.Query{
		"unique":            {In: c, On: byAB},
		"unique, a":         {In: c, On: byAB, Eq: []any{1}},
		"unique, a, b from": {In: c, On: byAB, Eq: []any{1}, From: 10, To: 30},
		"unique, a, b":      {In: c, On: byAB, Eq: []any{1, 10}},
		"id":                {In: c, On: byAID},
		"id, a":             {In: c, On: byAID, Eq: []any{2}},
		"id, a, id from":    {In: c, On: byAID, Eq: []any{2}, From: "3"},
		"id, a, id":         {In: c, On: byAID, Eq: []any{2, items[5].ID}},
	} {
		for _, q.Desc = range []bool{false, true} {
			want := model(items, q)
			if got := ids(t, db, q); !slices.Equal(got, want) {
				t.Errorf("%s, desc %v: got %v, want %v", name, q.Desc, got, want)
			}
			if got := pages(t, db, q, 4); !slices.Equal(got, want) {
				t.Errorf("%s, desc %v: in pages: got %v, want %v", name, q.Desc, got, want)
			}
		}
	}
}
