package store

import (
	"bytes"
	"encoding/binary"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// rawResponse is the fast reading of a response: its parts lie in the bytes of
// the document and are valid as long as those.
type rawResponse struct {
	id          bson.ObjectID
	unit, group []byte
	channel     survey.Channel
	flags       survey.Flags
	answers     []byte
}

// readRaw reads the elements that counting needs, without allocating.
func readRaw(doc bson.Raw) (r rawResponse, err error) {
	if len(doc) < 5 || int(binary.LittleEndian.Uint32(doc)) != len(doc) {
		return r, errResponse()
	}
	for b := []byte(doc[4:]); b[0] != 0; {
		end := bytes.IndexByte(b, 0)
		if end < 0 {
			return r, errResponse()
		}
		name := string(b[1:end]) // does not escape
		value, rest, ok := cutValue(bson.Type(b[0]), b[end+1:])
		if !ok || len(rest) == 0 {
			return r, errResponse()
		}
		if !r.set(bson.Type(b[0]), name, value) {
			return r, errResponse()
		}
		b = rest
	}
	return r, nil
}

func errResponse() error { return fault.New(fault.Internal, "store.response") }

// set takes one element; it reports whether its type is right.
func (r *rawResponse) set(kind bson.Type, name string, value []byte) bool {
	switch name {
	case "_id":
		return kind == bson.TypeObjectID && copy(r.id[:], value) == len(r.id)
	case "u":
		r.unit = text(value)
		return kind == bson.TypeString
	case "g":
		r.group = text(value)
		return kind == bson.TypeString
	case "h":
		r.channel = channelOf(text(value))
		return kind == bson.TypeString
	case "f":
		if len(value) > 0 {
			r.flags = survey.Flags(value[0])
		}
		return kind == bson.TypeInt32 || kind == bson.TypeInt64
	case "a":
		if kind == bson.TypeBinary {
			r.answers = value[5:]
		}
		return kind == bson.TypeBinary
	}
	return true
}

// text is the value of a BSON string without its length and last zero.
func text(value []byte) []byte {
	if len(value) < 5 {
		return nil
	}
	return value[4 : len(value)-1]
}

// channelOf returns the channel of a name without making a new string.
func channelOf(name []byte) survey.Channel {
	switch string(name) {
	case string(survey.Web):
		return survey.Web
	case string(survey.Token):
		return survey.Token
	case string(survey.Kiosk):
		return survey.Kiosk
	case string(survey.Surveyor):
		return survey.Surveyor
	case string(survey.Paper):
		return survey.Paper
	case string(survey.API):
		return survey.API
	}
	return survey.Channel(name)
}

// cutValue cuts a BSON value off b.
func cutValue(kind bson.Type, b []byte) (value, rest []byte, ok bool) {
	size := 0
	switch kind {
	case bson.TypeObjectID:
		size = 12
	case bson.TypeDouble, bson.TypeInt64, bson.TypeDateTime, bson.TypeTimestamp:
		size = 8
	case bson.TypeInt32:
		size = 4
	case bson.TypeBoolean:
		size = 1
	case bson.TypeNull:
	case bson.TypeString, bson.TypeBinary, bson.TypeEmbeddedDocument, bson.TypeArray:
		if len(b) < 4 {
			return nil, nil, false
		}
		size = int(binary.LittleEndian.Uint32(b))
		switch kind {
		case bson.TypeString:
			size += 4
		case bson.TypeBinary:
			size += 5
		}
	default:
		return nil, nil, false
	}
	if size < 0 || size > len(b) {
		return nil, nil, false
	}
	return b[:size], b[size:], true
}
