package docstore

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/fault"
)

// Meta is the head of a stored document with a string id. Embed it first:
//
//	type Unit struct {
//		docstore.Meta `bson:",inline"`
//		Name          string `bson:"name"`
//	}
type Meta struct {
	ID      string `bson:"_id" json:"id"`
	Version int64  `bson:"v" json:"version"` // 0: not stored yet
}

// Entry is the head of a document of an Append collection, embedded like Meta.
// Leave ID zero: the engine assigns it.
type Entry struct {
	ID      bson.ObjectID `bson:"_id" json:"id"`
	Version int64         `bson:"v" json:"version"`
}

// ObjectID is the id of a document of an Append collection; its order is the
// order of insertion.
type ObjectID = bson.ObjectID

// Stored is a pointer to a struct that embeds Meta or Entry.
type Stored interface {
	version() int64
	stamp(id any, version int64)
}

func (m *Meta) version() int64 { return m.Version }

func (m *Meta) stamp(_ any, version int64) { m.Version = version }

func (e *Entry) version() int64 { return e.Version }

func (e *Entry) stamp(id any, version int64) {
	if oid, ok := id.(bson.ObjectID); ok {
		e.ID = oid
	}
	e.Version = version
}

// Marshal encodes a document and checks it like CheckDocument.
func Marshal(doc any) (bson.Raw, error) {
	raw, err := bson.Marshal(doc)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "docstore.document")
	}
	return raw, CheckDocument(raw)
}

// Unmarshal decodes a stored document.
func Unmarshal(raw bson.Raw, doc any) error {
	if err := bson.Unmarshal(raw, doc); err != nil {
		return fault.Wrap(err, fault.Internal, "docstore.document")
	}
	return nil
}

// CheckDocument refuses a document over MaxDocument (TooLarge) and one whose
// first two elements are not "_id" (ObjectID, or string of 1..MaxID bytes) and
// "v" (int64). Engines call it before anything else.
func CheckDocument(doc bson.Raw) error {
	if len(doc) > MaxDocument {
		return fault.New(fault.TooLarge, "docstore.large", len(doc), MaxDocument)
	}
	if _, err := head(doc); err != nil {
		return fault.Wrap(err, fault.Internal, "docstore.document")
	}
	return nil
}

const (
	idValue = 4 + 1 + len(ID) + 1 // where the value of _id starts
	vHead   = "\x12v\x00"         // the type and name of "v"
)

// head returns where the 8 bytes of the value of "v" start.
func head(doc bson.Raw) (int, error) {
	if len(doc) < idValue+4 || string(doc[5:idValue]) != ID+"\x00" || int(binary.LittleEndian.Uint32(doc)) != len(doc) {
		return 0, fmt.Errorf("the first element of a document must be %q", ID)
	}
	at := idValue
	switch bson.Type(doc[4]) {
	case bson.TypeObjectID:
		at += 12
	case bson.TypeString:
		n := int(binary.LittleEndian.Uint32(doc[at:]))
		if n < 2 || n-1 > MaxID {
			return 0, fmt.Errorf("a string %q must have 1..%d bytes", ID, MaxID)
		}
		at += 4 + n
	default:
		return 0, fmt.Errorf("%q must be a string or an ObjectID", ID)
	}
	if len(doc) < at+len(vHead)+8 || string(doc[at:at+len(vHead)]) != vHead {
		return 0, fmt.Errorf(`the second element of a document must be an int64 "v"`)
	}
	return at + len(vHead), nil
}

// IDOf returns the _id of a checked document: a string or an ObjectID.
func IDOf(doc bson.Raw) any {
	if bson.Type(doc[4]) == bson.TypeObjectID {
		return bson.ObjectID(doc[idValue : idValue+12])
	}
	n := int(binary.LittleEndian.Uint32(doc[idValue:]))
	return string(doc[idValue+4 : idValue+4+n-1])
}

// VersionOf returns the version of a checked document.
func VersionOf(doc bson.Raw) int64 {
	at, err := head(doc)
	if err != nil {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(doc[at:]))
}

// SetVersion writes the version into a checked document, in place.
func SetVersion(doc bson.Raw, version int64) {
	if at, err := head(doc); err == nil {
		binary.LittleEndian.PutUint64(doc[at:], uint64(version))
	}
}

// SetObjectID writes the _id of a checked document with an ObjectID, in place.
func SetObjectID(doc bson.Raw, id bson.ObjectID) {
	copy(doc[idValue:idValue+12], id[:])
}

// Lookup returns a top-level element of a document without copying or
// allocating; the zero RawValue if there is none.
func Lookup(doc bson.Raw, name string) bson.RawValue {
	for i := 4; i < len(doc)-1; {
		kind := bson.Type(doc[i])
		n := bytes.IndexByte(doc[i+1:], 0)
		if n < 0 {
			break
		}
		at := i + 1 + n + 1
		size := valueSize(kind, doc[at:])
		if size < 0 || size > len(doc)-at {
			break
		}
		if string(doc[i+1:i+1+n]) == name {
			return bson.RawValue{Type: kind, Value: doc[at : at+size]}
		}
		i = at + size
	}
	return bson.RawValue{}
}

// valueSize returns how many bytes the value at the start of b takes, -1 for
// what it does not know.
func valueSize(kind bson.Type, b []byte) int {
	counted := func(extra int) int {
		if len(b) < 4 {
			return -1
		}
		return int(binary.LittleEndian.Uint32(b)) + extra
	}
	switch kind {
	case bson.TypeNull, bson.TypeUndefined, bson.TypeMinKey, bson.TypeMaxKey:
		return 0
	case bson.TypeBoolean:
		return 1
	case bson.TypeInt32:
		return 4
	case bson.TypeInt64, bson.TypeDouble, bson.TypeDateTime, bson.TypeTimestamp:
		return 8
	case bson.TypeObjectID:
		return 12
	case bson.TypeDecimal128:
		return 16
	case bson.TypeString, bson.TypeSymbol, bson.TypeJavaScript:
		return counted(4)
	case bson.TypeEmbeddedDocument, bson.TypeArray, bson.TypeCodeWithScope:
		return counted(0)
	case bson.TypeBinary:
		return counted(5)
	}
	return -1
}
