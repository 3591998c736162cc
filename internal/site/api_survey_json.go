package site

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"thanthien/internal/fault"
)

// maxDepth is how deep the values of a response may nest; answers need three.
const maxDepth = 16

// parseResponse reads the JSON of one response: 400 for what is not JSON,
// 422 with every field that is unknown, missing or of the wrong type. It is the
// hot path, so it reads the bytes once and keeps none of them.
func parseResponse(body []byte) (*submission, error) {
	r := responseReader{jsonReader: jsonReader{data: body, bad: !utf8.Valid(body)}, in: &submission{}}
	if c := r.peek(); c != '{' && c != 0 {
		r.value(0)
		if r.end() {
			return nil, fault.New(fault.Malformed, "public.jsonObject")
		}
	}
	r.object(0, r.member)
	if !r.end() {
		return nil, fault.New(fault.Malformed, "public.json", r.at+1)
	}
	if !r.hasGroup && r.in.token == "" { // a token may tell the group
		r.problem("group", "public.fieldNeeded")
	}
	if !r.hasAnswers {
		r.problem("answers", "public.fieldNeeded")
	}
	return r.in, fault.List("public.answers", r.problems)
}

// responseReader reads one response and notes what is wrong with its fields.
type responseReader struct {
	jsonReader
	in                   *submission
	hasGroup, hasAnswers bool
	problems             []fault.Problem
}

func (r *responseReader) problem(path, key string, args ...any) {
	r.problems = append(r.problems, fault.Problem{Path: path, Key: key, Args: args})
}

// member reads one top-level field.
func (r *responseReader) member(name string) {
	v, ok := r.value(1), true
	switch name {
	case "group":
		r.hasGroup = true
		if r.in.group, ok = v.(string); !ok {
			r.problem(name, "public.fieldText")
		}
	case "answers":
		r.hasAnswers = true
		if r.in.answers, ok = v.(map[string]any); !ok {
			r.problem(name, "public.fieldObject")
		}
	case "token":
		if r.in.token, ok = asText(v); !ok {
			r.problem(name, "public.fieldText")
		}
	case "altcha":
		if r.in.altcha, ok = asText(v); !ok {
			r.problem(name, "public.fieldText")
		}
	case "started_at":
		if r.in.started, ok = asTime(v); !ok {
			r.problem(name, "public.fieldTime")
		}
	default:
		name = clipField(name)
		r.problem(name, "public.field", name)
	}
}

// asText reads an optional text.
func asText(v any) (string, bool) {
	if v == nil {
		return "", true
	}
	s, ok := v.(string)
	return s, ok
}

// asTime reads an optional time of RFC 3339.
func asTime(v any) (time.Time, bool) {
	if v == nil {
		return time.Time{}, true
	}
	s, ok := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	return t, ok && err == nil
}

// clipField shortens an unknown field's name for the answer.
func clipField(name string) string {
	const most = 40
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most]) + "…"
}

// jsonReader reads JSON values off a slice. After the first error at is where
// it happened and every further step fails too.
type jsonReader struct {
	data []byte
	at   int
	bad  bool
}

// end reports whether everything was read, without an error.
func (r *jsonReader) end() bool {
	r.space()
	return !r.bad && r.at == len(r.data)
}

func (r *jsonReader) fail() { r.bad = true }

func (r *jsonReader) space() {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\n', '\r', '\t':
			r.at++
		default:
			return
		}
	}
}

// next skips white space and takes c, or fails.
func (r *jsonReader) next(c byte) bool {
	if r.space(); r.bad || r.at >= len(r.data) || r.data[r.at] != c {
		r.bad = true
		return false
	}
	r.at++
	return true
}

// peek skips white space and returns the byte to come, 0 at the end.
func (r *jsonReader) peek() byte {
	if r.space(); r.bad || r.at >= len(r.data) {
		return 0
	}
	return r.data[r.at]
}

// value reads any value: string, json.Number, bool, nil, []any or
// map[string]any, as survey.Form.Check takes them.
func (r *jsonReader) value(depth int) any {
	if depth > maxDepth {
		r.fail()
		return nil
	}
	switch c := r.peek(); c {
	case '"':
		return r.text()
	case '{':
		m := make(map[string]any, 16)
		r.object(depth, func(name string) { m[name] = r.value(depth + 1) })
		return m
	case '[':
		return r.array(depth)
	case 't':
		r.word("true")
		return true
	case 'f':
		r.word("false")
		return false
	case 'n':
		r.word("null")
		return nil
	default:
		return r.number()
	}
}

// object calls member for every name, which must read the value. Of a name
// given twice the last value counts.
func (r *jsonReader) object(depth int, member func(name string)) {
	if !r.next('{') {
		return
	}
	if r.peek() == '}' {
		r.at++
		return
	}
	for {
		if r.peek() != '"' {
			r.fail()
			return
		}
		name := r.text()
		if !r.next(':') {
			return
		}
		if member(name); r.bad {
			return
		}
		if r.peek() != ',' {
			break
		}
		r.at++
	}
	r.next('}')
}

func (r *jsonReader) array(depth int) []any {
	list := []any{}
	r.next('[')
	if r.peek() == ']' {
		r.at++
		return list
	}
	for {
		list = append(list, r.value(depth+1))
		if r.peek() != ',' {
			break
		}
		r.at++
	}
	r.next(']')
	return list
}

func (r *jsonReader) word(w string) {
	if len(r.data)-r.at < len(w) || string(r.data[r.at:r.at+len(w)]) != w {
		r.fail()
		return
	}
	r.at += len(w)
}

// number reads a number in JSON's grammar, exactly as written.
func (r *jsonReader) number() json.Number {
	start := r.at
	if r.is('-') {
		r.at++
	}
	if r.is('0') {
		r.at++
	} else {
		r.digits()
	}
	if r.is('.') {
		r.at++
		r.digits()
	}
	if r.is('e') || r.is('E') {
		r.at++
		if r.is('+') || r.is('-') {
			r.at++
		}
		r.digits()
	}
	return json.Number(r.data[start:r.at])
}

func (r *jsonReader) is(c byte) bool { return r.at < len(r.data) && r.data[r.at] == c }

// digits takes one digit or more.
func (r *jsonReader) digits() {
	start := r.at
	for r.at < len(r.data) && r.data[r.at]-'0' <= 9 {
		r.at++
	}
	if r.at == start {
		r.fail()
	}
}

// text reads a string; the common one without escapes is copied at once.
func (r *jsonReader) text() string {
	r.at++ // the quote
	start := r.at
	for r.at < len(r.data) {
		switch c := r.data[r.at]; {
		case c == '"':
			r.at++
			return string(r.data[start : r.at-1])
		case c == '\\':
			return r.escaped(start)
		case c < ' ':
			r.fail()
			return ""
		}
		r.at++
	}
	r.fail()
	return ""
}

// escaped reads the rest of a string that has an escape.
func (r *jsonReader) escaped(start int) string {
	out := append([]byte(nil), r.data[start:r.at]...)
	for r.at < len(r.data) && !r.bad {
		c := r.data[r.at]
		r.at++
		switch {
		case c == '"':
			return string(out)
		case c < ' ':
			r.fail()
		case c != '\\':
			out = append(out, c)
		default:
			out = r.escape(out)
		}
	}
	r.fail()
	return ""
}

// escape appends what stands behind a backslash.
func (r *jsonReader) escape(out []byte) []byte {
	if r.at >= len(r.data) {
		r.fail()
		return out
	}
	c := r.data[r.at]
	r.at++
	switch c {
	case '"', '\\', '/':
		return append(out, c)
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'u':
		return utf8.AppendRune(out, r.unicode())
	}
	r.fail()
	return out
}

// unicode reads four hex digits and, after a high surrogate, its other half.
func (r *jsonReader) unicode() rune {
	first := r.hex4()
	if !utf16.IsSurrogate(first) {
		return first
	}
	if r.is('\\') && r.at+1 < len(r.data) && r.data[r.at+1] == 'u' {
		back := r.at
		r.at += 2
		if both := utf16.DecodeRune(first, r.hex4()); both != utf8.RuneError {
			return both
		}
		r.at = back
	}
	return utf8.RuneError
}

func (r *jsonReader) hex4() rune {
	if len(r.data)-r.at < 4 {
		r.fail()
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(string(r.data[r.at:r.at+4]), 16, 32)
	if err != nil {
		r.fail()
	}
	r.at += 4
	return rune(n)
}
