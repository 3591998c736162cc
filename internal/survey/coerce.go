package survey

import (
	"encoding/json"
	"math/bits"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clipLength is how many characters of a refused value a problem repeats.
const clipLength = 40

// clip shortens what a client sent, for use in a problem.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= clipLength {
		return strings.ToValidUTF8(s, "?")
	}
	return string([]rune(s)[:clipLength]) + "…"
}

// single returns the one text in an answer, "" for none. It is false for
// anything that is not text, a number or a form field with at most one value.
func single(answer any) (string, bool) {
	switch a := answer.(type) {
	case nil:
		return "", true
	case string:
		return a, true
	case json.Number:
		return a.String(), true
	case float64:
		return strconv.FormatFloat(a, 'g', -1, 64), true
	case []string:
		if len(a) > 1 {
			return "", false
		}
		return strings.Join(a, ""), true
	}
	return "", false
}

// readOptions reads the answer to a scale, choice or multi question.
func (c *checker) readOptions(q *Question, in input) value {
	var v value
	switch a := in.answer.(type) {
	case []string:
		for _, code := range a {
			c.choose(q, &v, code)
		}
	case []any:
		if q.Kind != Multi && len(a) > 0 {
			c.problem(q.Code, "survey.answer_type")
		}
		for _, item := range a {
			c.chooseAny(q, &v, item)
		}
	default:
		c.chooseAny(q, &v, a)
	}
	c.readOther(q, &v, in.other)
	if c.failed {
		return value{}
	}
	return v
}

func (c *checker) chooseAny(q *Question, v *value, item any) {
	if o, ok := item.(map[string]any); ok && q.Other {
		c.chooseObject(q, v, o)
		return
	}
	s, ok := single(item)
	if !ok {
		c.once(q, "survey.answer_type")
		return
	}
	c.choose(q, v, s)
}

// chooseObject reads {"code": "other", "text": "…"}.
func (c *checker) chooseObject(q *Question, v *value, o map[string]any) {
	code, ok := single(o["code"])
	for name := range o {
		ok = ok && (name == "code" || name == "text")
	}
	if !ok || code != OtherCode {
		c.once(q, "survey.answer_type")
		return
	}
	c.choose(q, v, code)
	c.readOther(q, v, o["text"])
}

// choose adds one option to the answer; "" adds none.
func (c *checker) choose(q *Question, v *value, code string) {
	if code == "" {
		return
	}
	i := q.option(code)
	switch {
	case i < 0:
		c.once(q, "survey.option_unknown", clip(code))
	case v.mask&(1<<i) != 0:
		c.once(q, "survey.option_twice", clip(code))
	case v.mask != 0 && q.Kind != Multi:
		c.once(q, "survey.option_one")
	}
	if i >= 0 {
		v.mask |= 1 << i
	}
}

// once records a problem unless the question already has one.
func (c *checker) once(q *Question, key string, args ...any) {
	if !c.failed {
		c.problem(q.Code, key, args...)
	}
}

// readOther reads the free text beside the options. Text chooses "other" where
// nothing else is chosen, and always for multi.
func (c *checker) readOther(q *Question, v *value, raw any) {
	if raw == nil {
		return
	}
	s, ok := single(raw)
	if !ok {
		c.once(q, "survey.answer_type")
		return
	}
	text := CleanText(s)
	if text == "" {
		return
	}
	if n := utf8.RuneCountInString(text); n > OtherText {
		c.once(q, "survey.text_long", n, OtherText)
	}
	v.text = text
	if v.mask == 0 || q.Kind == Multi {
		v.mask |= 1 << q.option(OtherCode)
	}
}

func (c *checker) readNumber(q *Question, s string) value {
	if s = strings.TrimSpace(s); s == "" {
		return value{}
	}
	d, ok := ParseDecimal(s)
	switch {
	case !ok:
		c.problem(q.Code, "survey.number", clip(s))
	case q.Min != nil && d.Cmp(*q.Min) < 0:
		c.problem(q.Code, "survey.number_low", d, *q.Min)
	case q.Max != nil && d.Cmp(*q.Max) > 0:
		c.problem(q.Code, "survey.number_high", d, *q.Max)
	default:
		return value{mask: 1, num: d}
	}
	return value{}
}

func (c *checker) readDate(q *Question, s string) value {
	if s = strings.TrimSpace(s); s == "" {
		return value{}
	}
	day, ok := parseDay(s)
	if !ok {
		c.problem(q.Code, "survey.date", clip(s))
		return value{}
	}
	return value{mask: 1, num: Int(day)}
}

func (c *checker) readText(q *Question, s string) value {
	text := CleanText(s)
	if text == "" {
		return value{}
	}
	if n := utf8.RuneCountInString(text); n > q.MaxLength {
		c.problem(q.Code, "survey.text_long", n, q.MaxLength)
		return value{}
	}
	return value{mask: 1, text: text}
}

// CleanText normalises free text: valid UTF-8, NFC, line ends as "\n", no
// other control characters, no blanks at either end.
func CleanText(s string) string {
	s = strings.TrimSpace(s)
	if plainASCII(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = norm.NFC.String(strings.Map(cleanRune, s))
	return strings.TrimSpace(s)
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

func cleanRune(r rune) rune {
	switch {
	case r == '\r', r == '\u2028', r == '\u2029':
		return '\n'
	case r == '\n', r == '\t':
		return r
	case unicode.IsControl(r), r == '\uFEFF', r == '\uFFFE', r == '\uFFFF':
		return -1
	}
	return r
}

// cutOther returns "q2" for "q2.other".
func cutOther(name string) (string, bool) { return strings.CutSuffix(name, otherSuffix) }

// codes returns the codes of the options in a mask.
func (q *Question) codes(mask uint64) []string {
	codes := []string{}
	for ; mask != 0; mask &= mask - 1 {
		codes = append(codes, q.optionCode(bits.TrailingZeros64(mask)))
	}
	return codes
}
