package xlsx

import (
	"errors"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// Lookup finds a survey form's questions, see rubric.ParseWithForms.
type Lookup func(formID string) (questions []string, ok bool)

// ReadCriteria reads a workbook that WriteCriteria made and people edited. The
// error lists every problem with its sheet and cell; a file that is no such
// workbook is Invalid, or what ReadTable says about files. lookup checks the
// forms that survey rules name; nil checks none.
func ReadCriteria(data []byte, lookup Lookup) (set *rubric.Set, err error) {
	defer recovered(&err)
	f, err := open(data)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := readStamp(f); err != nil {
		return nil, err
	}
	r := &criteriaReader{file: f, places: map[string]place{}, seen: map[string]bool{}}
	text, err := r.yaml()
	if err != nil {
		return nil, err
	}
	if r.headless { // the values of a whole column are not known: the rest would be noise
		return nil, r.merge(nil)
	}
	set, err = rubric.ParseWithForms(text, "", lookup)
	if err := r.merge(err); err != nil {
		return nil, err
	}
	return set, nil
}

// ReadStamp tells which set a workbook was made from.
func ReadStamp(data []byte) (stamp Stamp, err error) {
	defer recovered(&err)
	f, err := open(data)
	if err != nil {
		return stamp, err
	}
	defer f.Close()
	return readStamp(f)
}

func readStamp(f *excelize.File) (Stamp, error) {
	return stampOf(f, criteriaFormat, "xlsx.noStamp")
}

// stampOf reads the stamp of a workbook of a format; a fault with the key
// missing when it has none.
func stampOf(f *excelize.File, format, missing string) (Stamp, error) {
	values := map[string]string{}
	if i, err := f.GetSheetIndex(stampSheet); err == nil && i >= 0 {
		t, err := readSheet(f, stampSheet)
		if err != nil {
			return Stamp{}, err
		}
		for _, line := range t.Rows {
			if len(line) > 1 {
				values[line[0]] = line[1]
			}
		}
	}
	if values["format"] != format {
		return Stamp{}, fault.New(fault.Invalid, missing)
	}
	version, _ := strconv.Atoi(values["version"]) // only compared, never trusted
	return Stamp{ID: values["id"], Version: version, Sum: values["sha256"]}, nil
}

// place is a cell: the number of its sheet in reading order, for sorting, and
// its row and column from 1.
type place struct {
	order    int
	sheet    string
	row, col int
}

func (p place) String() string { return p.sheet + "!" + at(p.row, p.col) }

// placed is a problem with its cell.
type placed struct {
	place
	fault.Problem
}

// criteriaReader turns the sheets into the YAML that package rubric checks, and
// remembers the cell of every path in it.
type criteriaReader struct {
	file     *excelize.File
	sheets   int
	places   map[string]place // by the path of the format: "groups[0].max"
	problems []placed
	seen     map[string]bool // cells that already have a problem
	headless bool            // a heading or a field is missing
}

// report adds the first problem of a cell.
func (r *criteriaReader) report(at place, key string, args ...any) {
	if r.seen[at.String()] {
		return
	}
	r.seen[at.String()] = true
	r.problems = append(r.problems, placed{at, fault.Problem{Path: at.String(), Key: key, Args: args}})
}

// line is one row of a table: its values by key, as the format writes them, and
// the cells they stand in.
type line struct {
	values row
	cells  map[string]place
	first  place
}

func (l line) get(key string) string { return l.values[key] }

// table reads a sheet of a layout. Columns may have moved: they are found by
// their headings.
func (r *criteriaReader) table(l layout) ([]line, error) {
	t, err := readSheet(r.file, l.sheet)
	if err != nil {
		return nil, err
	}
	r.sheets++
	if len(t.Rows) == 0 {
		t.Rows = [][]string{nil}
	}
	columns := r.headings(l, t)
	var lines []line
	for i, cells := range t.Rows[1:] {
		if len(cells) == 0 {
			continue
		}
		at := place{r.sheets, l.sheet, i + 2, 1}
		ln := line{values: row{}, cells: map[string]place{}, first: at}
		for j, f := range l.fields {
			if col, ok := columns[j]; ok {
				at.col = col + 1
				ln.cells[f.key] = at
				if col < len(cells) {
					r.value(ln.values, f, strings.TrimSpace(cells[col]), at)
				}
			}
		}
		lines = append(lines, ln)
	}
	return lines, nil
}

// headings finds the column of each field; a missing one is a problem.
func (r *criteriaReader) headings(l layout, t unit.Table) map[int]int {
	columns := map[int]int{}
	for j, f := range l.fields {
		for col, text := range t.Rows[0] {
			if vi.Fold(text) == vi.Fold(f.title) {
				columns[j] = col
				break
			}
		}
		if _, ok := columns[j]; !ok {
			r.headless = true
			r.report(place{r.sheets, l.sheet, 1, j + 1}, "xlsx.noColumn", f.title)
		}
	}
	return columns
}

// value puts a cell's text under its key, as the format writes it.
func (r *criteriaReader) value(into row, f field, text string, at place) {
	if text == "" {
		return
	}
	if f.list && len(f.words) > 0 {
		var parts []string
		for _, part := range splitList(text) {
			value, _ := f.read(part)
			parts = append(parts, value)
		}
		into[f.key] = strings.Join(parts, ", ")
		return
	}
	value, ok := f.read(text)
	if !ok {
		r.report(at, "xlsx.wantWord", text, strings.Join(f.choices(), ", "))
	}
	into[f.key] = value
}

func splitList(text string) []string {
	var list []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// info reads the set's own fields as one line; they are found by their keys.
func (r *criteriaReader) info() (line, error) {
	l := infoFields()
	t, err := readSheet(r.file, l.sheet)
	if err != nil {
		return line{}, err
	}
	r.sheets++
	ln := line{values: row{}, cells: map[string]place{}, first: place{r.sheets, l.sheet, 1, 1}}
	for _, f := range l.fields {
		for i, cells := range t.Rows {
			if len(cells) == 0 || cells[0] != f.key {
				continue
			}
			at := place{r.sheets, l.sheet, i + 1, 3}
			ln.cells[f.key] = at
			if len(cells) > 2 {
				r.value(ln.values, f, strings.TrimSpace(cells[2]), at)
			}
			break
		}
		if _, ok := ln.cells[f.key]; !ok {
			r.headless = true
			r.report(ln.first, "xlsx.noField", f.key)
		}
	}
	if date, ok := unit.ParseDate(ln.values["decision.date"]); ok {
		ln.values.put("decision.date", string(date))
	}
	return ln, nil
}

// merge joins the problems of the sheets with those that rubric found, each at
// its cell, in the order of sheets, rows and columns.
func (r *criteriaReader) merge(err error) error {
	var rest []fault.Problem
	if f, ok := errors.AsType[*fault.Error](err); ok {
		if len(f.Problems) == 0 {
			return err
		}
		for _, p := range f.Problems {
			at, found := r.find(p.Path)
			if found {
				r.report(at, p.Key, p.Args...)
			} else {
				rest = append(rest, fault.Problem{Key: p.Key, Args: p.Args})
			}
		}
	} else if err != nil {
		return err
	}
	list := r.sorted()
	return fault.List("xlsx.criteriaInvalid", append(list, rest...), len(list)+len(rest))
}

// find returns the cell of a path or of the nearest part above it.
func (r *criteriaReader) find(path string) (place, bool) {
	for path != "" {
		if at, ok := r.places[path]; ok {
			return at, true
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return place{}, false
}
