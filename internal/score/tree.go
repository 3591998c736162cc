package score

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxTree is how deep the JSON of a marks file may nest under one unit.
const maxTree = 5

// maxValues is how many values the JSON of one unit may have: more than a mark
// with every input on every leaf of a sensible set.
const maxValues = 200_000

// What no valid file does.
var (
	errDeep = errors.New("nested too deep")
	errMany = errors.New("too many values in one place")
)

// tree is a JSON value with the offset of its end, doubled keys kept.
type tree struct {
	value  any // nil, bool, string, json.Number; unset for the two below
	isObj  bool
	isList bool
	keys   []string // of an object
	kids   []tree   // of an object or list
	offset int64
}

// readTree reads one value of at most maxValues values and maxTree levels.
func readTree(dec *json.Decoder) (tree, error) {
	budget := maxValues
	return readBranch(dec, 1, &budget)
}

func readBranch(dec *json.Decoder, depth int, budget *int) (tree, error) {
	if *budget--; *budget < 0 {
		return tree{}, errMany
	}
	tok, err := dec.Token()
	if err != nil {
		return tree{}, eof(err)
	}
	delim, ok := tok.(json.Delim)
	if !ok {
		return tree{value: tok, offset: dec.InputOffset()}, nil
	}
	t := tree{isObj: delim == '{', isList: delim == '[', offset: dec.InputOffset()}
	if depth > maxTree {
		return t, errDeep
	}
	for dec.More() {
		if t.isObj {
			key, err := dec.Token()
			if err != nil {
				return t, eof(err)
			}
			t.keys = append(t.keys, key.(string))
		}
		kid, err := readBranch(dec, depth+1, budget)
		if err != nil {
			return t, err
		}
		t.kids = append(t.kids, kid)
	}
	_, err = dec.Token()
	return t, eof(err)
}

// eof makes an early end an error of its own.
func eof(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// text returns a string or the literal of a number.
func (t tree) text() (string, bool) {
	switch v := t.value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// null reports a JSON null.
func (t tree) null() bool { return t.value == nil && !t.isObj && !t.isList }

// member is one key and value of an object; object keeps their order.
type (
	member struct {
		key   string
		value any
	}
	object []member
)

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		key, err := json.Marshal(m.key)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s:%s", key, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
