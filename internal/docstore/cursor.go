package docstore

import (
	"encoding/base64"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/fault"
)

// Cursor is a place in a query's order; empty is before the first document.
// It is opaque, safe in a URL, and only good for the query it came from.
type Cursor string

// CursorOf returns the place of doc in q's order: q with this After continues
// behind it. The document must be one that q yields.
func CursorOf(q Query, doc bson.Raw) (Cursor, error) {
	var key []byte
	var err error
	for _, f := range q.Order() {
		if key, err = AppendRawKey(key, Lookup(doc, f)); err != nil {
			return "", fault.Wrap(err, fault.Internal, "docstore.document")
		}
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(key)), nil
}

// Order returns the fields that q sorts by, _id last.
func (q Query) Order() []string {
	switch {
	case q.On == nil:
		return []string{ID}
	case q.On.EndsInID():
		return q.On.Fields
	}
	return append(q.On.Fields[:len(q.On.Fields):len(q.On.Fields)], ID)
}

// Place is a decoded Cursor: the values that q sorts by, _id last.
type Place struct {
	Values []any
	Key    []byte // the values' keys, one behind the other
	ID     int    // where the key of _id starts in Key
}

// Place decodes q.After; it is Malformed if the cursor is not one of q's.
func (q Query) Place() (Place, error) {
	key, err := base64.RawURLEncoding.DecodeString(string(q.After))
	p := Place{Key: key}
	for rest := key; err == nil && len(rest) > 0; {
		var v any
		p.ID = len(key) - len(rest)
		v, rest, err = DecodeKey(rest)
		p.Values = append(p.Values, v)
	}
	if err == nil && !q.owns(p) {
		err = fmt.Errorf("cursor of another query: %v", p.Values)
	}
	if err != nil {
		return Place{}, fault.Wrap(err, fault.Malformed, "docstore.cursor")
	}
	return p, nil
}

// owns reports whether a place can have come from q.
func (q Query) owns(p Place) bool {
	if len(p.Values) != len(q.Order()) {
		return false
	}
	var eq []byte
	var err error
	for _, v := range q.Eq {
		if eq, err = AppendKey(eq, v); err != nil {
			return false
		}
	}
	return len(eq) <= len(p.Key) && string(eq) == string(p.Key[:len(eq)])
}
