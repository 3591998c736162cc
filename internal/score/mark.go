package score

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"thanthien/internal/rubric"
)

// Mark is what someone entered for one leaf: not applicable, or the inputs its
// rule names. Values are texts as entered, so that they stay exact: decimals
// ("4.25"), whole numbers, or the code of a level.
type Mark struct {
	NA     bool    `json:"-" bson:"na,omitempty"`
	Inputs []Input `json:"-" bson:"in,omitempty"`
}

// Input is one named value of a mark.
type Input struct {
	Name  string `bson:"k"`
	Value string `bson:"v"`
}

// NotApplicable is the mark of a leaf that does not apply to the unit.
func NotApplicable() Mark { return Mark{NA: true} }

// NewMark makes a mark from names and values in turn: NewMark("points", "4").
func NewMark(nameValue ...string) Mark {
	var m Mark
	for i := 0; i+1 < len(nameValue); i += 2 {
		m = m.With(nameValue[i], nameValue[i+1])
	}
	return m
}

// With returns m with one input set; an empty value takes it away.
func (m Mark) With(name, value string) Mark {
	m.Inputs = slices.DeleteFunc(slices.Clone(m.Inputs), func(in Input) bool { return in.Name == name })
	if value != "" {
		m.Inputs = append(m.Inputs, Input{Name: name, Value: value})
	}
	return m
}

// Get returns the value of an input, "" when there is none.
func (m Mark) Get(name string) string {
	for _, in := range m.Inputs {
		if in.Name == name {
			return in.Value
		}
	}
	return ""
}

// Empty reports whether nothing was entered: the leaf counts as missing.
func (m Mark) Empty() bool { return !m.NA && len(m.Inputs) == 0 }

// MarshalJSON writes {"na": true} or the inputs as strings by name.
func (m Mark) MarshalJSON() ([]byte, error) {
	if m.NA {
		return []byte(`{"na":true}`), nil
	}
	var o object
	for _, in := range m.Inputs {
		o = append(o, member{in.Name, in.Value})
	}
	return o.MarshalJSON()
}

// UnmarshalJSON reads a mark; the values are only checked by CheckMark.
func (m *Mark) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	n, err := readTree(dec)
	if err != nil {
		return err
	}
	mark, problem := markOf(n)
	if problem != "" {
		return fmt.Errorf("mark: %s", problem)
	}
	*m = mark
	return nil
}

// UnitMarks are the marks and the answered conditions of one unit. With Members
// a leaf or condition that is not among them is worked out from those of the
// members; see Score.
type UnitMarks struct {
	Unit       string          `json:"unit"`
	Marks      map[string]Mark `json:"marks"` // by leaf code
	Conditions map[string]bool `json:"conditions,omitempty"`
	Members    []UnitMarks     `json:"members,omitempty"` // in the order of the team; their Unit is not used
}

// MarksFile is the content of a marks file. Criteria and Version may be left
// out; when present they must be those of the set.
type MarksFile struct {
	Criteria string      `json:"criteria,omitempty"`
	Version  int         `json:"version,omitempty"`
	Units    []UnitMarks `json:"units"`
}

// number reads a decimal with blanks around it allowed.
func number(s string) (rubric.Num, bool) {
	x, err := rubric.ParseNum(strings.TrimSpace(s))
	return x, err == nil
}
