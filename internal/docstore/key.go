package docstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Kind is the class of an index value. The classes sort in this order, which
// is the order BSON gives them; a value's key starts with its class.
type Kind byte

// The classes of index values; a missing field counts as null.
const (
	KindNull     Kind = 0x05
	KindInt      Kind = 0x10
	KindString   Kind = 0x20
	KindObjectID Kind = 0x30
	KindBool     Kind = 0x40
	KindTime     Kind = 0x50
)

// A string ends with 00 01; a zero byte inside it is written 00 FF, so that a
// string sorts before every longer one that it begins.
const (
	keyEnd    = 0x01
	keyEscape = 0xFF
	signBit   = 1 << 63
)

// AppendKey appends the order-preserving key of one index value to dst:
// bytes.Compare of two keys is the order of the values. It takes nil, int,
// int32, int64, string, ObjectID, bool, time.Time and bson.DateTime; times
// lose what is below a millisecond.
func AppendKey(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, byte(KindNull)), nil
	case int:
		return appendInt(dst, KindInt, int64(v)), nil
	case int32:
		return appendInt(dst, KindInt, int64(v)), nil
	case int64:
		return appendInt(dst, KindInt, v), nil
	case string:
		return appendString(dst, v), nil
	case bson.ObjectID:
		return append(append(dst, byte(KindObjectID)), v[:]...), nil
	case bool:
		return appendBool(dst, v), nil
	case time.Time:
		return appendInt(dst, KindTime, v.UnixMilli()), nil
	case bson.DateTime:
		return appendInt(dst, KindTime, int64(v)), nil
	}
	return nil, fmt.Errorf("docstore: %T cannot be an index value", v)
}

// AppendRawKey is AppendKey for a value inside a document; the zero RawValue
// is a missing field.
func AppendRawKey(dst []byte, v bson.RawValue) ([]byte, error) {
	switch v.Type {
	case 0, bson.TypeNull:
		return append(dst, byte(KindNull)), nil
	case bson.TypeInt32:
		return appendInt(dst, KindInt, int64(v.Int32())), nil
	case bson.TypeInt64:
		return appendInt(dst, KindInt, v.Int64()), nil
	case bson.TypeString:
		if s, ok := rawString(v); ok {
			return appendString(dst, s), nil
		}
	case bson.TypeObjectID:
		if len(v.Value) >= 12 {
			return append(append(dst, byte(KindObjectID)), v.Value[:12]...), nil
		}
	case bson.TypeBoolean:
		return appendBool(dst, v.Boolean()), nil
	case bson.TypeDateTime:
		return appendInt(dst, KindTime, v.DateTime()), nil
	}
	return nil, fmt.Errorf("docstore: BSON %s cannot be an index value", v.Type)
}

func appendInt(dst []byte, k Kind, n int64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, byte(k)), uint64(n)^signBit)
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, byte(KindBool), 1)
	}
	return append(dst, byte(KindBool), 0)
}

func appendString[S string | []byte](dst []byte, s S) []byte {
	dst = append(dst, byte(KindString))
	for i := range len(s) {
		if dst = append(dst, s[i]); s[i] == 0 {
			dst = append(dst, keyEscape)
		}
	}
	return append(dst, 0, keyEnd)
}

// rawString returns the bytes of a BSON string without copying them.
func rawString(v bson.RawValue) ([]byte, bool) {
	if len(v.Value) < 5 {
		return nil, false
	}
	n := int(binary.LittleEndian.Uint32(v.Value))
	if n < 1 || n > len(v.Value)-4 {
		return nil, false
	}
	return v.Value[4 : 4+n-1], true
}

// DecodeKey takes the first value off a key: nil, int64, string, ObjectID,
// bool or bson.DateTime, and what is left of the key.
func DecodeKey(key []byte) (v any, rest []byte, err error) {
	bad := fmt.Errorf("docstore: not a key: %x", key)
	if len(key) == 0 {
		return nil, nil, bad
	}
	k, key := Kind(key[0]), key[1:]
	switch {
	case k == KindNull:
		return nil, key, nil
	case k == KindInt && len(key) >= 8:
		return int64(binary.BigEndian.Uint64(key) ^ signBit), key[8:], nil
	case k == KindTime && len(key) >= 8:
		return bson.DateTime(binary.BigEndian.Uint64(key) ^ signBit), key[8:], nil
	case k == KindObjectID && len(key) >= 12:
		return bson.ObjectID(key[:12]), key[12:], nil
	case k == KindBool && len(key) >= 1 && key[0] < 2:
		return key[0] == 1, key[1:], nil
	case k == KindString:
		if s, rest, ok := decodeString(key); ok {
			return s, rest, nil
		}
	}
	return nil, nil, bad
}

func decodeString(key []byte) (string, []byte, bool) {
	var s []byte
	for {
		i := bytes.IndexByte(key, 0)
		if i < 0 || i+1 >= len(key) {
			return "", nil, false
		}
		s = append(s, key[:i]...)
		switch key[i+1] {
		case keyEnd:
			return string(s), key[i+2:], true
		case keyEscape:
			s, key = append(s, 0), key[i+2:]
		default:
			return "", nil, false
		}
	}
}

// AppendIndexKey appends the key of a document in index x to dst: the fields'
// keys and, for an index that is not unique, the _id. ok is false if the
// document is not in the index (sparse and missing).
func AppendIndexKey(dst []byte, x *Index, doc bson.Raw) (key []byte, ok bool, err error) {
	for _, f := range x.Fields {
		v := Lookup(doc, f)
		if v.Type == 0 && x.Sparse {
			return dst, false, nil
		}
		if dst, err = AppendRawKey(dst, v); err != nil {
			return nil, false, fmt.Errorf("%w (field %q of index %q)", err, f, x.Name)
		}
	}
	if x.Unique || x.EndsInID() {
		return dst, true, nil
	}
	dst, err = AppendRawKey(dst, Lookup(doc, ID))
	return dst, err == nil, err
}

// EndsInID reports whether the index's last field is _id.
func (x *Index) EndsInID() bool { return x.Fields[len(x.Fields)-1] == ID }

// CheckIndexed refuses a document with an indexed field whose value cannot be
// an index value.
func CheckIndexed(c *Collection, doc bson.Raw) error {
	var buf [128]byte
	for _, x := range c.Indexes {
		if _, _, err := AppendIndexKey(buf[:0], x, doc); err != nil {
			return ErrQuery(err)
		}
	}
	return nil
}
