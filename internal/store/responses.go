package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"iter"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// A receipt is 16 letters and digits of Crockford's alphabet (no I, L, O, U):
// locatorSize that narrow down the campaign and unit, then the response's key.
const (
	locatorSize = 3
	keySize     = 13 // 65 bits: two of a million keys meet once in 10^7 surveys
	ReceiptSize = locatorSize + keySize
)

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Response is one stored answer sheet. It holds nothing of the respondent but
// the group and the answers; its time is that of its ObjectID.
type Response struct {
	docstore.Entry `bson:",inline"`
	Campaign       string         `bson:"c"`
	Unit           string         `bson:"u"`
	Key            string         `bson:"k"`
	Group          string         `bson:"g"`
	Channel        survey.Channel `bson:"h"`
	Seconds        int32          `bson:"s,omitempty"` // from opening to sending, 0 unknown
	Flags          survey.Flags   `bson:"f,omitempty"` // those known on arrival: Fast, Straight, Duplicate
	Answers        []byte         `bson:"a"`           // packed by the form version of the campaign
}

// ResponseKey returns the key of a response: derived from the client's
// idempotency key (irreversibly), or random when there is none.
func (s *Store) ResponseKey(campaign, unit, clientKey string) string {
	if clientKey == "" {
		var random [9]byte
		_, _ = rand.Read(random[:]) // never fails (crypto/rand)
		return crockford.EncodeToString(random[:])[:keySize]
	}
	return s.code(keySize, "key", campaign, unit, clientKey)
}

// Receipt returns the receipt of a stored response.
func (s *Store) Receipt(campaign, unit, key string) string {
	return s.place(campaign, unit) + key
}

// place is the start of every receipt of a campaign and unit.
func (s *Store) place(campaign, unit string) string {
	at := Counted{campaign, unit}
	if v, ok := s.places.Load(at); ok {
		return v.(string)
	}
	code := s.code(locatorSize, "place", campaign, unit)
	s.places.Store(at, code)
	return code
}

// code is n letters and digits of a keyed hash over the parts.
func (s *Store) code(n int, parts ...string) string {
	h := hmac.New(sha256.New, s.secret)
	for _, p := range parts {
		var size [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	return crockford.EncodeToString(h.Sum(nil))[:n]
}

// AddResponse stores a response durably and returns its receipt. A response
// with the same campaign, unit and key is there already: existed is true, the
// receipt is the same, nothing is stored.
func (s *Store) AddResponse(ctx context.Context, r *Response) (receipt string, existed bool, err error) {
	receipt = s.Receipt(r.Campaign, r.Unit, r.Key)
	_, err = s.db.Insert(ctx, responses, r.raw())
	if docstore.DuplicateOn(err) == responseKey.Name {
		return receipt, true, nil
	}
	return receipt, false, err
}

// raw is the BSON of a new response, with the zero _id that the engine fills.
// It is what bson.Marshal makes of the struct, without its cost: this is the
// path that every respondent takes.
func (r *Response) raw() bson.Raw {
	b := make([]byte, 4, 128+len(r.Answers))
	b = append(append(b, "\x07_id\x00"...), make([]byte, 12)...)
	b = append(append(b, "\x12v\x00"...), make([]byte, 8)...)
	b = appendString(b, 'c', r.Campaign)
	b = appendString(b, 'u', r.Unit)
	b = appendString(b, 'k', r.Key)
	b = appendString(b, 'g', r.Group)
	b = appendString(b, 'h', string(r.Channel))
	if r.Seconds != 0 {
		b = binary.LittleEndian.AppendUint32(append(b, "\x10s\x00"...), uint32(r.Seconds))
	}
	if r.Flags != 0 {
		b = binary.LittleEndian.AppendUint32(append(b, "\x10f\x00"...), uint32(r.Flags))
	}
	b = binary.LittleEndian.AppendUint32(append(b, "\x05a\x00"...), uint32(len(r.Answers)))
	b = append(append(b, 0), r.Answers...) // 0: the generic kind of bytes
	b = append(b, 0)
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	return b
}

// appendString appends a BSON string element with a name of one letter.
func appendString(b []byte, name byte, value string) []byte {
	b = append(b, 0x02, name, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)+1))
	return append(append(b, value...), 0)
}

// Counted is what a receipt proves.
type Counted struct {
	Campaign string
	Unit     string
}

// FindReceipt returns where a receipt was counted; NotFound when nowhere. The
// code may be typed with dashes, spaces, small letters, and O I L for 0 1 1.
func (s *Store) FindReceipt(ctx context.Context, typed string) (Counted, error) {
	missing := fault.New(fault.NotFound, "store.receipt")
	receipt := NormalReceipt(typed)
	if len(receipt) != ReceiptSize {
		return Counted{}, missing
	}
	list, err := s.Campaigns(ctx)
	if err != nil {
		return Counted{}, err
	}
	for _, c := range list {
		for _, u := range c.Units {
			if s.place(c.ID, u) != receipt[:locatorSize] {
				continue
			}
			q := docstore.Query{In: responses, On: responseKey, Eq: []any{c.ID, u, receipt[locatorSize:]}}
			if n, err := s.db.Count(ctx, q); err != nil || n > 0 {
				return Counted{c.ID, u}, err
			}
		}
	}
	return Counted{}, missing
}

// NormalReceipt undoes what people do to a code when they type it.
func NormalReceipt(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == ' ' || r == '.' || r == '\u00a0':
			return -1
		case r == 'O':
			return '0'
		case r == 'I' || r == 'L':
			return '1'
		}
		return r
	}, strings.ToUpper(typed))
}

// Responses yields the responses of a campaign in order of arrival.
func (s *Store) Responses(ctx context.Context, campaign string) iter.Seq2[Response, error] {
	return docstore.Find[Response](ctx, s.db, docstore.Query{In: responses, On: responseTail, Eq: []any{campaign}})
}

// CountResponses returns how many responses a campaign has, by counting them.
func (s *Store) CountResponses(ctx context.Context, campaign string) (int64, error) {
	return s.db.Count(ctx, docstore.Query{In: responses, On: responseKey, Eq: []any{campaign}})
}
