package docstore

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of the port, the same on every engine.
const (
	// MaxDocument is the size of the largest document, in bytes.
	MaxDocument = 15 << 20
	// MaxID is the length of the longest string _id, in bytes.
	MaxID = 512
	// MaxLimit is the most documents one Query may ask for in one page; a
	// Query with Limit 0 streams everything.
	MaxLimit = 10_000
)

// SchemaVersion is the layout of documents that this program reads and writes.
// A database of a later one is refused when it is opened.
const SchemaVersion = 1

// ID is the name of the id element, usable as the last field of an index.
const ID = "_id"

// Collection is a declared collection: a name and the only ways to look into
// it. Declare it once, in package store, and hand the pointer around.
type Collection struct {
	Name    string
	Indexes []*Index
	// Append marks a collection of small documents that are only added and
	// read in order: the engine assigns ObjectIDs. On an engine with exact
	// commit order the ids are in commit order; see Lagging for the others.
	Append bool
}

// Index is a declared index over top-level fields. Values may be missing,
// null, bool, int64, string, ObjectID or time; nothing else.
type Index struct {
	Name   string
	Fields []string
	Unique bool
	// Sparse leaves out documents without the field; only for one field. A
	// field that is there and null is in the index like any other value.
	Sparse bool
	// Tail marks {field, _id} of an Append collection, used only to read on
	// from a recent point. An engine whose primary order is commit order
	// answers it by filtering that order, so it costs nothing at insert.
	Tail bool
}

// On declares an ordinary index over the fields.
func On(fields ...string) *Index {
	return &Index{Name: strings.Join(fields, "_"), Fields: fields}
}

// Unique declares a unique index over the fields.
func Unique(fields ...string) *Index {
	return &Index{Name: strings.Join(fields, "_"), Fields: fields, Unique: true}
}

// UniqueSparse declares a unique index over one field that may be missing.
func UniqueSparse(field string) *Index {
	return &Index{Name: field, Fields: []string{field}, Unique: true, Sparse: true}
}

// TailOf declares the tail index {field, _id} of an Append collection.
func TailOf(field string) *Index {
	return &Index{Name: field + ID, Fields: []string{field, ID}, Tail: true}
}

// Query asks one collection through one of its indexes.
type Query struct {
	In *Collection
	// On is one of In's indexes; nil asks in _id order.
	On *Index
	// Eq are the values of On's first fields (none for On nil).
	Eq []any
	// From and To bound the field after Eq (for On nil: _id):
	// From <= x < To; nil is open. With either, only values of its class are
	// found: no null, and with two bounds both must be of one class.
	From, To any
	// Desc turns the order round. Ties are in _id order (turned round too).
	// The order is that of the index's fields: null or missing, int64, string
	// (by its bytes), ObjectID, bool, time; within a class as usual.
	Desc bool
	// After continues behind the document a Cursor was taken from.
	After Cursor
	// Limit is the most documents to yield; 0 is no limit.
	Limit int
}

// Check refuses a query that no declared index answers; engines call it first.
func (q Query) Check() error {
	switch {
	case q.In == nil:
		return fmt.Errorf("docstore: query without a collection")
	case q.On == nil && len(q.Eq) > 0:
		return fmt.Errorf("docstore: %s: Eq without an index", q.In.Name)
	case q.On != nil && !slices.Contains(q.In.Indexes, q.On):
		return fmt.Errorf("docstore: %s: index %q is not declared on it", q.In.Name, q.On.Name)
	case q.On != nil && len(q.Eq) > len(q.On.Fields):
		return fmt.Errorf("docstore: %s.%s: more values than fields", q.In.Name, q.On.Name)
	case q.On != nil && q.On.Tail && len(q.Eq) == 0:
		return fmt.Errorf("docstore: %s.%s: a tail index needs its field in Eq", q.In.Name, q.On.Name)
	case q.On != nil && len(q.Eq) == len(q.On.Fields) && (q.From != nil || q.To != nil):
		return fmt.Errorf("docstore: %s.%s: range without a field", q.In.Name, q.On.Name)
	case q.Limit < 0 || q.Limit > MaxLimit:
		return fmt.Errorf("docstore: %s: limit %d is not in 0..%d", q.In.Name, q.Limit, MaxLimit)
	}
	return q.checkValues()
}

// checkValues refuses what cannot be an index value and a mixed range.
func (q Query) checkValues() error {
	var key [16]byte
	for _, v := range q.Eq {
		if _, err := AppendKey(key[:0], v); err != nil {
			return fmt.Errorf("%w (query on %s)", err, q.In.Name)
		}
	}
	from, err := AppendKey(nil, q.From)
	if err != nil {
		return fmt.Errorf("%w (query on %s)", err, q.In.Name)
	}
	to, err := AppendKey(nil, q.To)
	if err != nil {
		return fmt.Errorf("%w (query on %s)", err, q.In.Name)
	}
	if q.From != nil && q.To != nil && from[0] != to[0] {
		return fmt.Errorf("docstore: %s: range from %T to %T", q.In.Name, q.From, q.To)
	}
	return nil
}

// Check refuses a declaration that the engines could not keep alike.
func (c *Collection) Check() error {
	seen := map[string]bool{}
	for _, x := range c.Indexes {
		switch {
		case len(x.Fields) == 0 || seen[x.Name]:
			return fmt.Errorf("docstore: %s: index %q is empty or declared twice", c.Name, x.Name)
		case x.Sparse && len(x.Fields) > 1:
			return fmt.Errorf("docstore: %s.%s: sparse takes one field", c.Name, x.Name)
		case slices.Contains(x.Fields[:len(x.Fields)-1], ID):
			return fmt.Errorf("docstore: %s.%s: _id can only be the last field", c.Name, x.Name)
		case x.Tail && (!c.Append || len(x.Fields) != 2 || x.Fields[1] != ID || x.Unique):
			return fmt.Errorf("docstore: %s.%s: a tail index is {field, _id} of an Append collection", c.Name, x.Name)
		}
		seen[x.Name] = true
	}
	return nil
}
