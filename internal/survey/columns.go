package survey

import (
	"bytes"
	"encoding/json"
	"math/bits"
	"strconv"
	"time"

	"thanthien/internal/fault"
)

// MultiSeparator stands between the options of a multi question in one cell.
const MultiSeparator = ';'

// Column is one column of exported answers: a question's answer, or the free
// text beside its options.
type Column struct {
	Key      string // "q2", "q2.other"
	Question *Question
	Other    bool // the free text beside the options
	Numeric  bool // every cell is a number: a number question, or whole-number option codes
}

// Columns returns the columns of a form's answers in its order.
func (f *Form) Columns() []Column {
	columns := make([]Column, 0, len(f.questions))
	for _, q := range f.questions {
		columns = append(columns, Column{Key: q.Code, Question: q, Numeric: q.numeric()})
		if q.Other {
			columns = append(columns, Column{Key: q.otherKey, Question: q, Other: true})
		}
	}
	return columns
}

// numeric reports whether an answer reads as a number, its options' codes too.
func (q *Question) numeric() bool {
	if q.Kind == Number {
		return true
	}
	if q.Kind != Scale && q.Kind != Choice || q.Other {
		return false
	}
	for i := range q.Options {
		n, err := strconv.ParseInt(q.Options[i].Code, 10, 32)
		if err != nil || strconv.FormatInt(n, 10) != q.Options[i].Code {
			return false
		}
	}
	return true
}

// Cell is one answered column. It is valid until the next one.
type Cell struct {
	Column int // of Columns
	q      *Question
	other  bool
	v      packedValue
}

// EachCell calls do for every answered column of packed answers, in order.
func (f *Form) EachCell(packed []byte, do func(Cell)) error {
	if len(packed) == 0 || packed[0] != packFormat {
		return errCorrupt()
	}
	b, column := packed[1:], 0
	for _, q := range f.questions {
		v, rest, ok := q.next(b)
		if !ok {
			return errCorrupt()
		}
		b = rest
		if v.mask != 0 {
			do(Cell{Column: column, q: q, v: v})
		}
		column++
		if q.Other {
			if len(v.text) > 0 {
				do(Cell{Column: column, q: q, v: v, other: true})
			}
			column++
		}
	}
	if len(b) > 0 {
		return fault.New(fault.Internal, "survey.packed")
	}
	return nil
}

// IsText reports whether the cell is what a respondent wrote freely.
func (c Cell) IsText() bool { return c.other || c.q.Kind == Text }

// Day returns a date's day, counted from 1970-01-01.
func (c Cell) Day() (day int64, ok bool) {
	return c.v.num.m + epoch/daySeconds, c.q.Kind == Date
}

// AppendText appends the cell as text: a code, codes joined by MultiSeparator,
// a decimal, YYYY-MM-DD, or what was written.
func (c Cell) AppendText(b []byte) []byte {
	switch {
	case c.IsText():
		return append(b, c.v.text...)
	case c.q.Kind == Number:
		return append(b, c.v.num.String()...)
	case c.q.Kind == Date:
		return time.Unix(epoch+c.v.num.m*daySeconds, 0).UTC().AppendFormat(b, time.DateOnly)
	}
	first := true
	for mask := c.v.mask; mask != 0; mask &= mask - 1 {
		if !first {
			b = append(b, MultiSeparator)
		}
		b, first = append(b, c.q.optionCode(bits.TrailingZeros64(mask))...), false
	}
	return b
}

// AppendJSON appends the cell as Values shows it: a string, a list of strings
// for multi, a number for number.
func (c Cell) AppendJSON(b []byte) []byte {
	switch {
	case c.IsText():
		return AppendJSONText(b, c.v.text)
	case c.q.Kind == Number:
		return append(b, c.v.num.String()...)
	case c.q.Kind != Multi:
		var text [MaxCode]byte
		return AppendJSONText(b, c.AppendText(text[:0]))
	}
	b = append(b, '[')
	for mask := c.v.mask; mask != 0; mask &= mask - 1 {
		if b[len(b)-1] != '[' {
			b = append(b, ',')
		}
		b = AppendJSONText(b, []byte(c.q.optionCode(bits.TrailingZeros64(mask))))
	}
	return append(b, ']')
}

// AppendJSONText appends text as a JSON string, with < > & as they are.
func AppendJSONText(b, text []byte) []byte {
	plain := bytes.IndexFunc(text, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r >= 0x7f }) < 0
	if plain {
		return append(append(append(b, '"'), text...), '"')
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(string(text)) // a string never fails
	return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}

// IsNumber reports whether the cell answers a number question.
func (c Cell) IsNumber() bool { return c.q.Kind == Number && !c.other }
