package survey

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"thanthien/internal/fault"
)

// packFormat is the first byte of packed answers.
const packFormat = 1

// textFollows marks, in the byte of a choice, that free text follows.
const textFollows = 0x80

// Pack writes answers compactly, by question position of this form version.
// After the format byte each question has, with 0 for "not answered":
//
//	scale, choice  one byte: 1 + option, plus textFollows when text follows
//	multi          uvarint: option bits << 1, lowest bit when text follows
//	number         one byte 1 + decimals, then the zigzag varint of the digits
//	date           uvarint: 1 + days since 0001-01-01
//	text           uvarint length in bytes, then the text
//
// A form with 12 scale questions takes 13 bytes.
func (f *Form) Pack(a Answers) []byte {
	size := 1
	for i := range a.values {
		size += 4 + len(a.values[i].text)
	}
	return f.AppendPack(make([]byte, 0, size), a)
}

// AppendPack is Pack that appends to b.
func (f *Form) AppendPack(b []byte, a Answers) []byte {
	b = append(b, packFormat)
	for _, q := range f.questions {
		v := &a.values[q.pos]
		switch {
		case q.Kind == Multi:
			b = appendMulti(b, v)
		case !v.answered():
			b = append(b, 0)
		case q.Kind == Scale || q.Kind == Choice:
			b = appendChoice(b, v)
		case q.Kind == Number:
			b = binary.AppendVarint(append(b, v.num.e+1), v.num.m)
		case q.Kind == Date:
			b = binary.AppendUvarint(b, uint64(v.num.m)+1)
		default:
			b = appendText(b, v.text)
		}
	}
	return b
}

func appendChoice(b []byte, v *value) []byte {
	code := byte(bits.TrailingZeros64(v.mask) + 1)
	if v.text == "" {
		return append(b, code)
	}
	return appendText(append(b, code|textFollows), v.text)
}

func appendMulti(b []byte, v *value) []byte {
	if v.text == "" {
		return binary.AppendUvarint(b, v.mask<<1)
	}
	return appendText(binary.AppendUvarint(b, v.mask<<1|1), v.text)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// Unpack reads what Pack of the same form version wrote. Any other bytes are
// an error; bytes it accepts are exactly those that Pack writes for the result.
func (f *Form) Unpack(b []byte) (Answers, error) {
	if len(b) == 0 || b[0] != packFormat {
		return Answers{}, errCorrupt()
	}
	b = b[1:]
	values := make([]value, len(f.questions))
	for _, q := range f.questions {
		v, rest, ok := q.next(b)
		if !ok {
			return Answers{}, errCorrupt()
		}
		values[q.pos] = value{mask: v.mask, num: v.num, text: string(v.text)}
		b = rest
	}
	if len(b) > 0 {
		return Answers{}, errCorrupt()
	}
	return Answers{values}, nil
}

// wellPacked reports whether Unpack would accept b, without allocating.
func (f *Form) wellPacked(b []byte) bool {
	if len(b) == 0 || b[0] != packFormat {
		return false
	}
	ok := true
	b = b[1:]
	for _, q := range f.questions {
		if _, b, ok = q.next(b); !ok {
			return false
		}
	}
	return len(b) == 0
}

// packedValue is a value whose text still lies in the packed bytes.
type packedValue struct {
	mask uint64
	num  Decimal
	text []byte
}

// first returns the lowest chosen option.
func (v packedValue) first() int { return bits.TrailingZeros64(v.mask) }

// next cuts the answer to q off b.
func (q *Question) next(b []byte) (v packedValue, rest []byte, ok bool) {
	switch q.Kind {
	case Scale, Choice:
		return q.nextChoice(b)
	case Multi:
		return q.nextMulti(b)
	case Number:
		return nextNumber(b)
	case Date:
		return nextDate(b)
	}
	v.text, rest, ok = nextText(b, q.MaxLength)
	if len(v.text) > 0 {
		v.mask = 1
	}
	return v, rest, ok
}

func (q *Question) nextChoice(b []byte) (v packedValue, rest []byte, ok bool) {
	if len(b) == 0 {
		return v, nil, false
	}
	code, rest := int(b[0]), b[1:]
	if code == 0 {
		return v, rest, true
	}
	if code&textFollows != 0 {
		code &^= textFollows
		if v.text, rest, ok = nextText(rest, OtherText); !ok || len(v.text) == 0 || !q.Other {
			return v, nil, false
		}
	}
	if code == 0 || code > q.choices {
		return v, nil, false
	}
	v.mask = 1 << (code - 1)
	return v, rest, true
}

func (q *Question) nextMulti(b []byte) (v packedValue, rest []byte, ok bool) {
	bits, rest, ok := nextUvarint(b)
	if !ok {
		return v, nil, false
	}
	v.mask = bits >> 1
	if v.mask>>q.choices != 0 {
		return v, nil, false
	}
	if bits&1 != 0 {
		v.text, rest, ok = nextText(rest, OtherText)
		if !ok || len(v.text) == 0 || !q.Other || v.mask == 0 {
			return v, nil, false
		}
	}
	return v, rest, true
}

func nextNumber(b []byte) (v packedValue, rest []byte, ok bool) {
	if len(b) == 0 {
		return v, nil, false
	}
	if b[0] == 0 {
		return v, b[1:], true
	}
	m, n := binary.Varint(b[1:])
	if n <= 0 || n > 1 && b[n] == 0 {
		return v, nil, false
	}
	v.mask, v.num = 1, Decimal{m, b[0] - 1}
	return v, b[1+n:], v.num.valid()
}

func nextDate(b []byte) (v packedValue, rest []byte, ok bool) {
	day, rest, ok := nextUvarint(b)
	if !ok || day == 0 {
		return v, rest, ok
	}
	v.mask, v.num = 1, Decimal{m: int64(min(day, lastDay+2)) - 1}
	return v, rest, day <= lastDay+1
}

// nextText cuts off a text of at most limit characters.
func nextText(b []byte, limit int) (text, rest []byte, ok bool) {
	size, rest, ok := nextUvarint(b)
	if !ok || size > uint64(len(rest)) || size > uint64(limit*utf8.UTFMax) {
		return nil, nil, false
	}
	text, rest = rest[:size], rest[size:]
	return text, rest, utf8.Valid(text) && utf8.RuneCount(text) <= limit
}

// nextUvarint cuts off a uvarint in its shortest form.
func nextUvarint(b []byte) (uint64, []byte, bool) {
	x, n := binary.Uvarint(b)
	if n <= 0 || n > 1 && b[n-1] == 0 {
		return 0, nil, false
	}
	return x, b[n:], true
}

func errCorrupt() error { return fault.New(fault.Internal, "survey.packed") }
