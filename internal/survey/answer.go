package survey

import (
	"encoding/json"
	"math/bits"
	"slices"
	"time"
)

// Answers are the checked answers to one version of a form: only what was
// asked, shown and answered. They come from Check or Unpack and are immutable.
type Answers struct {
	values []value // by question position
}

// value is the answer to one question; the zero value is "not answered".
type value struct {
	mask uint64  // options chosen, by position; 1 when another kind is answered
	num  Decimal // kind number; kind date: days since 0001-01-01
	text string  // kind text; kinds choice and multi: text beside the options
}

func (v value) answered() bool { return v.mask != 0 }

// Empty reports whether no question was answered.
func (a Answers) Empty() bool { return a.Count() == 0 }

// Count returns the number of questions answered.
func (a Answers) Count() int {
	n := 0
	for _, v := range a.values {
		if v.answered() {
			n++
		}
	}
	return n
}

// Equal reports whether two sets of answers are the same.
func (a Answers) Equal(b Answers) bool { return slices.Equal(a.values, b.values) }

// Shown returns the number of questions that a respondent with these answers
// sees, that is, those not hidden by show_if.
func (f *Form) Shown(a Answers) int {
	n := 0
	for _, q := range f.questions {
		if q.shown(a.values) {
			n++
		}
	}
	return n
}

// shown reports whether the earlier answers show the question.
func (q *Question) shown(values []value) bool {
	return q.ShowIf == nil || values[q.depends].mask&q.wanted != 0
}

// Values returns answers in the shape that JSON clients send and Check takes:
// a string for scale, choice, text and date, []string for multi, json.Number
// for number, and "q2.other" for the free text beside the options of q2.
func (f *Form) Values(a Answers) map[string]any {
	out := make(map[string]any, len(a.values))
	for _, q := range f.questions {
		v := a.values[q.pos]
		if !v.answered() {
			continue
		}
		out[q.Code] = q.export(v)
		if q.Kind.hasOptions() && v.text != "" {
			out[q.otherKey] = v.text
		}
	}
	return out
}

func (q *Question) export(v value) any {
	switch q.Kind {
	case Scale, Choice:
		return q.optionCode(bits.TrailingZeros64(v.mask))
	case Multi:
		return q.codes(v.mask)
	case Number:
		return json.Number(v.num.String())
	case Date:
		return dayString(v.num.m)
	}
	return v.text
}

// optionCode returns the code of option i; past the listed ones it is "other".
func (q *Question) optionCode(i int) string {
	if i < len(q.Options) {
		return q.Options[i].Code
	}
	return OtherCode
}

// option returns the position of an option code, or -1. "other" is the
// position after the last option unless the form lists an option of that code.
func (q *Question) option(code string) int {
	if q.find != nil {
		if i, ok := q.find[code]; ok {
			return i
		}
	} else {
		for i := range q.Options {
			if q.Options[i].Code == code {
				return i
			}
		}
	}
	if q.Other && code == OtherCode {
		return len(q.Options)
	}
	return -1
}

// epoch is day 0 of packed dates.
var epoch = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

const (
	daySeconds = 24 * 60 * 60
	lastDay    = 3_652_058 // 9999-12-31
)

// parseDay reads YYYY-MM-DD into days since 0001-01-01.
func parseDay(s string) (int64, bool) {
	if len(s) != len(time.DateOnly) {
		return 0, false
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return 0, false
	}
	return (t.Unix() - epoch) / daySeconds, true
}

func dayString(day int64) string {
	return time.Unix(epoch+day*daySeconds, 0).UTC().Format(time.DateOnly)
}
