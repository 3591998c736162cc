package survey

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"thanthien/internal/fault"
)

// Limits of a response line.
const (
	MaxLine = 1 << 20 // bytes
	MaxUnit = 64      // characters of a unit code
)

// Response is one filled form as a line of JSON tells it.
type Response struct {
	Unit     string
	Group    string
	Answers  Answers
	Excluded bool // left out by an appraiser
}

// ParseResponse reads one line of a responses file and checks it:
//
//	{"unit": "07210", "group": "resident", "answers": {"q1": "5", "q3": 40}}
//
// "excluded": true, or a reason in its place, marks a response that does not
// count. Other members, such as those of the JSON API, are ignored; unknown
// question codes within answers are refused.
func (f *Form) ParseResponse(line []byte) (Response, error) {
	in, err := decodeLine(line)
	if err != nil {
		return Response{}, err
	}
	if !unitFits(in.Unit) {
		return Response{}, fault.New(fault.Invalid, "survey.line_unit", clip(in.Unit))
	}
	if in.Answers == nil {
		return Response{}, fault.New(fault.Invalid, "survey.line_answers")
	}
	answers, err := f.Check(in.Group, in.Answers)
	if err != nil {
		return Response{}, err
	}
	return Response{in.Unit, in.Group, answers, truthy(in.Excluded)}, nil
}

// line is the JSON of one response.
type line struct {
	Unit     string         `json:"unit"`
	Group    string         `json:"group"`
	Answers  map[string]any `json:"answers"`
	Excluded any            `json:"excluded"`
}

func decodeLine(data []byte) (line, error) {
	var in line
	if len(data) > MaxLine {
		return in, fault.New(fault.TooLarge, "survey.line_long", MaxLine)
	}
	if !utf8.Valid(data) {
		return in, fault.New(fault.Malformed, "survey.line_utf8")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&in); err != nil {
		if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && t.Field != "" {
			return in, fault.Wrap(err, fault.Malformed, "survey.line_member", clip(t.Field))
		}
		return in, fault.Wrap(err, fault.Malformed, "survey.line_json")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return in, fault.New(fault.Malformed, "survey.line_json")
	}
	return in, nil
}

// unitFits allows any visible unit code.
func unitFits(s string) bool {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }
	return s != "" && utf8.RuneCountInString(s) <= MaxUnit &&
		strings.TrimSpace(s) == s && !strings.ContainsFunc(s, hidden)
}

// truthy reports whether an "excluded" member says so: true, a reason, or an
// object that is not empty.
func truthy(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return strings.TrimSpace(v) != ""
	case map[string]any:
		return len(v) > 0
	}
	return false
}
