package score

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
)

// Limits of a marks file.
const (
	MaxMarksBytes = 64 << 20 // bytes of the file
	MaxUnits      = 20_000   // units in it
	MaxInputText  = 200      // bytes of one value
	MaxInputs     = 250      // values of one mark; a formula has at most rubric.MaxList
	MaxProblems   = 1000     // listed; the rest is only counted
)

// ParseMarks reads a marks file and checks every mark against the set. file is
// only a name. The error, "score.invalid", lists every problem with its line;
// Path is "unit/criterion". A file over the limit is fault.TooLarge.
func ParseMarks(data []byte, file string, set *rubric.Set) (MarksFile, error) {
	if len(data) > MaxMarksBytes {
		return MarksFile{}, fault.New(fault.TooLarge, "score.fileLarge", file, MaxMarksBytes>>20)
	}
	p := &marksParser{data: data, file: file, set: set, seen: map[string]bool{}}
	p.dec = json.NewDecoder(bytes.NewReader(data))
	p.dec.UseNumber()
	err := p.top()
	if err == nil {
		if _, end := p.dec.Token(); !errors.Is(end, io.EOF) {
			p.report(p.dec.InputOffset(), fault.Problem{Key: "score.trailing"})
		}
	} else if !errors.Is(err, errStop) {
		p.report(p.dec.InputOffset(), fault.Problem{Key: "score.json", Args: []any{err.Error()}})
	}
	if p.count > len(p.problems) {
		p.problems = append(p.problems, fault.Problem{File: file, Key: "score.more", Args: []any{p.count - len(p.problems)}})
	}
	return p.out, fault.List("score.invalid", p.problems, file, p.count)
}

// errStop ends reading after a problem that is already reported.
var errStop = errors.New("stop")

// marksParser reads unit by unit, so that memory holds one unit's JSON.
type marksParser struct {
	dec      *json.Decoder
	data     []byte
	file     string
	set      *rubric.Set
	seen     map[string]bool
	out      MarksFile
	problems []fault.Problem
	count    int
	offset   int64 // where line was counted up to
	line     int
}

// report adds a problem at an offset; offsets never go back.
func (p *marksParser) report(offset int64, problem fault.Problem) {
	p.count++
	if len(p.problems) >= MaxProblems {
		return
	}
	if offset > p.offset {
		p.line += bytes.Count(p.data[p.offset:offset], []byte("\n"))
		p.offset = offset
	}
	problem.File, problem.Line = p.file, p.line+1
	p.problems = append(p.problems, problem)
}

// top reads the top object.
func (p *marksParser) top() error {
	tok, err := p.dec.Token()
	if err != nil {
		return eof(err)
	}
	if tok != json.Delim('{') {
		p.report(p.dec.InputOffset(), fault.Problem{Key: "score.wantObject"})
		return errStop
	}
	units := false
	for p.dec.More() {
		key, err := p.dec.Token()
		if err != nil {
			return eof(err)
		}
		if key == "units" && !units {
			units = true
			err = p.units()
		} else {
			err = p.head(key.(string))
		}
		if err != nil {
			return err
		}
	}
	if !units {
		p.report(p.dec.InputOffset(), fault.Problem{Key: "score.noUnits"})
	}
	_, err = p.dec.Token()
	return eof(err)
}

// head reads a top field beside units: criteria and version must be the set's.
func (p *marksParser) head(key string) error {
	t, err := readTree(p.dec)
	if err != nil {
		return err
	}
	text, _ := t.text()
	switch {
	case key == "criteria":
		p.out.Criteria = text
		if text != p.set.ID {
			p.report(t.offset, fault.Problem{Path: key, Key: "score.otherSet", Args: []any{short(text), p.set.ID}})
		}
	case key == "version":
		p.out.Version = p.set.Version
		if x, ok := number(text); !ok || !x.Equal(rubric.Int(int64(p.set.Version))) {
			p.report(t.offset, fault.Problem{Path: key, Key: "score.otherVersion", Args: []any{short(text), p.set.Version}})
		}
	default:
		p.report(t.offset, fault.Problem{Path: key, Key: "score.unknownField", Args: []any{short(key), "units, criteria, version"}})
	}
	return nil
}

func (p *marksParser) units() error {
	tok, err := p.dec.Token()
	if err != nil {
		return eof(err)
	}
	if tok != json.Delim('[') {
		p.report(p.dec.InputOffset(), fault.Problem{Path: "units", Key: "score.wantList"})
		return errStop
	}
	for p.dec.More() {
		t, err := readTree(p.dec)
		if err != nil {
			return err
		}
		if len(p.out.Units) == MaxUnits {
			p.report(t.offset, fault.Problem{Path: "units", Key: "score.manyUnits", Args: []any{MaxUnits}})
			return errStop
		}
		p.out.Units = append(p.out.Units, p.unit(t))
	}
	_, err = p.dec.Token()
	return eof(err)
}

// unit reads one entry of units.
func (p *marksParser) unit(t tree) UnitMarks {
	out := UnitMarks{Marks: map[string]Mark{}}
	if !t.isObj {
		p.report(t.offset, fault.Problem{Path: "units", Key: "score.wantUnit"})
		return out
	}
	out.Unit = p.unitCode(t)
	p.fields(&out, t, true)
	return out
}

// fields reads the fields of a unit or, without whole, of the sheet of one of
// its members.
func (p *marksParser) fields(out *UnitMarks, t tree, whole bool) {
	seen := map[string]bool{}
	for i, key := range t.keys {
		kid := t.kids[i]
		if seen[key] {
			p.report(kid.offset, fault.Problem{Path: out.Unit, Key: "score.fieldTwice", Args: []any{short(key)}})
			continue
		}
		seen[key] = true
		switch {
		case key == "unit":
		case key == "marks":
			p.marks(out, kid)
		case key == "conditions":
			p.conditions(out, kid)
		case key == "members" && whole:
			p.members(out, kid)
		default:
			p.report(kid.offset, fault.Problem{Path: out.Unit, Key: "score.unknownField", Args: []any{short(key), "unit, marks, conditions, members"}})
		}
	}
}

// members reads the sheets of a team, as "marks export" writes them.
func (p *marksParser) members(out *UnitMarks, t tree) {
	if t.null() {
		return
	}
	if !t.isList {
		p.report(t.offset, fault.Problem{Path: out.Unit, Key: "score.wantMembers", Args: []any{out.Unit}})
		return
	}
	for _, kid := range t.kids {
		if !kid.isObj {
			p.report(kid.offset, fault.Problem{Path: out.Unit, Key: "score.wantMembers", Args: []any{out.Unit}})
			continue
		}
		member := UnitMarks{Unit: out.Unit, Marks: map[string]Mark{}}
		p.fields(&member, kid, false)
		out.Members = append(out.Members, member)
	}
}

func (p *marksParser) unitCode(t tree) string {
	for i, key := range t.keys {
		if key != "unit" {
			continue
		}
		code, ok := t.kids[i].value.(string)
		switch {
		case !ok || !rubric.ValidCode(code):
			p.report(t.kids[i].offset, fault.Problem{Path: "unit", Key: "score.unitCode", Args: []any{short(code)}})
		case p.seen[code]:
			p.report(t.kids[i].offset, fault.Problem{Path: code, Key: "score.unitTwice", Args: []any{code}})
		}
		p.seen[code] = true
		return code
	}
	p.report(t.offset, fault.Problem{Path: "unit", Key: "score.unitCode", Args: []any{""}})
	return ""
}

func (p *marksParser) marks(out *UnitMarks, t tree) {
	if t.null() {
		return
	}
	if !t.isObj {
		p.report(t.offset, fault.Problem{Path: out.Unit, Key: "score.wantMarks", Args: []any{out.Unit}})
		return
	}
	for i, raw := range t.keys {
		code, kid := norm.NFC.String(raw), t.kids[i]
		leaf, known := p.set.Leaf(code)
		_, twice := out.Marks[code]
		path := out.Unit + "/" + short(code)
		m, problem := markOf(kid)
		switch {
		case !known:
			p.report(kid.offset, fault.Problem{Path: path, Key: "score.unknownCriterion", Args: []any{short(code), p.set.ID}})
			continue
		case twice:
			p.report(kid.offset, fault.Problem{Path: path, Key: "score.criterionTwice", Args: []any{code}})
			continue
		case problem != "":
			p.report(kid.offset, fault.Problem{Path: path, Key: "score.mark", Args: []any{code, problem}})
		}
		out.Marks[code] = m
		if problem != "" {
			continue
		}
		for _, bad := range CheckMark(leaf, m) {
			bad.Path = path
			p.report(kid.offset, bad)
		}
	}
}

func (p *marksParser) conditions(out *UnitMarks, t tree) {
	if t.null() {
		return
	}
	if !t.isObj {
		p.report(t.offset, fault.Problem{Path: out.Unit, Key: "score.wantConditions", Args: []any{out.Unit}})
		return
	}
	out.Conditions = map[string]bool{}
	for i, raw := range t.keys {
		code, kid := norm.NFC.String(raw), t.kids[i]
		path := out.Unit + "/" + short(code)
		met, ok := kid.value.(bool)
		_, known := p.set.Condition(code)
		_, twice := out.Conditions[code]
		switch {
		case !known:
			p.report(kid.offset, fault.Problem{Path: path, Key: "score.unknownCondition", Args: []any{short(code), p.set.ID}})
		case twice:
			p.report(kid.offset, fault.Problem{Path: path, Key: "score.conditionTwice", Args: []any{code}})
		case !ok && !kid.null():
			p.report(kid.offset, fault.Problem{Path: path, Key: "score.conditionValue", Args: []any{code}})
		default:
			out.Conditions[code] = met
		}
	}
}

// markOf turns JSON into a mark; problem is the offending field, "" when fine.
// A null mark, and a null input, is none.
func markOf(t tree) (m Mark, problem string) {
	if t.null() {
		return m, ""
	}
	if !t.isObj || len(t.keys) > MaxInputs {
		return m, "?"
	}
	m.Inputs = make([]Input, 0, len(t.keys))
	for i, raw := range t.keys {
		key, kid := norm.NFC.String(raw), t.kids[i]
		text, isText := kid.text()
		switch na, isBool := kid.value.(bool); {
		case kid.null():
		case key == "na" && isBool:
			m.NA = na
		case key == "na" || !isText || len(text) > MaxInputText:
			return m, short(key)
		case strings.TrimSpace(text) != "":
			m.Inputs = append(m.Inputs, Input{Name: key, Value: norm.NFC.String(strings.TrimSpace(text))})
		}
	}
	return m, ""
}
