package unit

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"thanthien/internal/fault"
)

// ParseCSV reads a list as text: UTF-8 (with or without a byte order mark) or
// UTF-16 with one, columns separated by comma, semicolon or tab. See Parse for
// what comes out; problems have their line and the heading of the column.
func ParseCSV(data []byte, existing []Unit) ([]Unit, error) {
	t, err := ReadCSV(data)
	if err != nil {
		return nil, err
	}
	return Parse(t, existing)
}

// ReadCSV splits text into the cells of a table (see ParseCSV).
func ReadCSV(data []byte) (Table, error) {
	if len(data) > MaxSize {
		return Table{}, fault.New(fault.TooLarge, "unit.size", MaxSize>>20)
	}
	text, err := decode(data)
	if err != nil {
		return Table{}, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = delimiter(text), -1
	var t Table
	var lines []int
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Table{}, unreadable(err)
		}
		if len(t.Rows) > MaxRows+headerSearch {
			return Table{}, fault.New(fault.TooLarge, "unit.rows", MaxRows)
		}
		if len(row) > MaxColumns {
			return Table{}, fault.New(fault.TooLarge, "unit.columns", MaxColumns)
		}
		line, _ := r.FieldPos(0)
		t.Rows, lines = append(t.Rows, row), append(lines, line)
	}
	t.Place = func(row, _ int) (int, string) {
		if row < len(lines) {
			return lines[row], ""
		}
		return 1, ""
	}
	return t, nil
}

func unreadable(err error) error {
	line := 0
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		line = e.Line
	}
	return fault.List("unit.invalid", []fault.Problem{{Line: line, Key: "unit.csv"}}, 1)
}

// decode returns the text as UTF-8 without its byte order mark.
func decode(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		wide := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
		text, err := wide.Bytes(data)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "unit.encoding")
		}
		return text, nil
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, fault.New(fault.Invalid, "unit.encoding")
	}
	return data, nil
}

// delimiter picks the separator under which the best heading is found among the
// first lines; a comma when no line looks like a heading.
func delimiter(text []byte) rune {
	best, bestFound := ',', 0
	lines := strings.SplitN(string(text[:min(len(text), 64<<10)]), "\n", headerSearch+1)
	for _, comma := range []rune{',', ';', '\t'} {
		for _, line := range lines[:min(len(lines), headerSearch)] {
			row := strings.Split(strings.ReplaceAll(line, `"`, ""), string(comma))
			if _, found, _ := readHeader(0, row); found > bestFound {
				best, bestFound = comma, found
			}
		}
	}
	return best
}
