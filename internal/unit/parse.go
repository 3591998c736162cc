package unit

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"thanthien/internal/fault"
)

// The limits of a list.
const (
	MaxRows = 20_000   // rows below the heading
	MaxSize = 20 << 20 // bytes of a file
	// MaxColumns is how many columns a sheet of Excel has; a line of text with
	// more is no list, and every one of them would be looked up as a heading.
	MaxColumns = 16_384
	MaxName    = 200 // characters of a name
)

var codePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$`)

// entry is a unit with the row it was read from.
type entry struct {
	Unit
	row   int
	named bool // true when it was only named as the parent of a row
}

// parser gathers the units and the problems of one list.
type parser struct {
	table    Table
	head     header
	existing map[string]Unit
	entries  []*entry
	byCode   map[string]*entry
	problems []rowProblem
}

// rowProblem keeps the row, so that the list can be put in row order.
type rowProblem struct {
	row int
	fault.Problem
}

// Parse reads a list of units. Columns may stand in any order under our own
// headings or those of the statistics office's lists; the provinces and
// districts that such a list names in its rows become units too. existing are
// the units already known: a row with the code of one replaces it, and a parent
// or predecessor may be one.
//
// It returns the units of the list alone, parents named in rows first, or one
// Invalid fault that lists every problem of every row, or TooLarge.
func Parse(t Table, existing []Unit) ([]Unit, error) { return parse(t, existing, false) }

// ParsePart is Parse for a list that is not the whole tree, such as the units a
// target counts: parents and predecessors need not be in it.
func ParsePart(t Table) ([]Unit, error) { return parse(t, nil, true) }

func parse(t Table, existing []Unit, part bool) ([]Unit, error) {
	if len(t.Rows) == 0 {
		return nil, fault.List("unit.invalid", []fault.Problem{t.problem(0, 0, "unit.empty")}, 1)
	}
	head, problems := findHeader(t)
	if len(problems) > 0 {
		return nil, fault.List("unit.invalid", problems, len(problems))
	}
	p := &parser{table: t, head: head, existing: map[string]Unit{}, byCode: map[string]*entry{}}
	for _, u := range existing {
		p.existing[u.Code] = u
	}
	if err := p.readRows(); err != nil {
		return nil, err
	}
	p.checkZeros()
	if !part {
		p.checkTree()
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return p.units(), nil
}

// err lists the problems in the order of their rows; nil when there are none.
func (p *parser) err() error {
	slices.SortStableFunc(p.problems, func(a, b rowProblem) int { return cmp.Compare(a.row, b.row) })
	list := make([]fault.Problem, len(p.problems))
	for i, r := range p.problems {
		list[i] = r.Problem
	}
	return fault.List("unit.invalid", list, len(list))
}

func (p *parser) readRows() error {
	count := 0
	for i := p.head.row + 1; i < len(p.table.Rows); i++ {
		if blank(p.table.Rows[i]) {
			continue
		}
		if count++; count > MaxRows {
			return fault.New(fault.TooLarge, "unit.rows", MaxRows)
		}
		p.readRow(i)
	}
	if count == 0 {
		p.add(p.head.row, colCode, "unit.empty")
	}
	return nil
}

func blank(row []string) bool {
	for _, c := range row {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// units returns what was read, named parents first.
func (p *parser) units() []Unit {
	list := make([]Unit, 0, len(p.entries))
	for _, first := range []bool{true, false} {
		for _, e := range p.entries {
			if e.named == first {
				list = append(list, e.Unit)
			}
		}
	}
	return list
}

// cell is the cleaned text of a column in a row; "" when there is none.
func (p *parser) cell(row int, c column) string {
	j := p.head.at[c]
	if j < 0 || j >= len(p.table.Rows[row]) {
		return ""
	}
	return clean(p.table.Rows[row][j])
}

// add notes a problem of one cell. Without places of its own a table's path is
// the column's heading.
func (p *parser) add(row int, c column, key string, args ...any) {
	problem := p.table.problem(row, max(p.head.at[c], 0), key, args...)
	if problem.Path == "" {
		problem.Path = columnNames[c]
		if p.head.has(c) {
			problem.Path = clean(p.table.Rows[p.head.row][p.head.at[c]])
		}
	}
	p.problems = append(p.problems, rowProblem{row, problem})
}

func (p *parser) readRow(i int) {
	parent := p.readParents(i)
	code, name, level := p.cell(i, colCode), p.cell(i, colName), p.cell(i, colLevel)
	if code == "" && name == "" && parent != "" && level == "" {
		return // a district without communes: its row only names it
	}
	e := &entry{row: i}
	e.Code = p.code(i, colCode, code)
	e.Name = p.name(i, colName, name)
	if own := p.cell(i, colParent); own != "" {
		parent = own
	}
	if parent != e.Code || p.head.has(colParent) { // a province's own row may repeat its code as "Mã TP"
		e.Parent = parent
	}
	e.Level = p.level(i, level, e.Parent != "")
	e.ValidFrom, e.ValidTo = p.dates(i)
	e.Predecessors = splitCodes(p.cell(i, colPred))
	if e.Code == "" {
		return
	}
	first := p.byCode[e.Code]
	switch {
	case first == nil:
		p.entries = append(p.entries, e)
	case first.named: // the unit's own row says more than its children's
		*first = *e
		return
	default:
		line, path := p.place(first.row, colCode)
		p.add(i, colCode, "unit.duplicate", e.Code, where(line, path))
		return
	}
	p.byCode[e.Code] = e
}

// readParents reads the province and district that a statistics list names in
// each row, makes them units, and returns the code of the nearer one.
func (p *parser) readParents(i int) string {
	province, district := p.cell(i, colProvinceCode), p.cell(i, colDistrictCode)
	own := p.cell(i, colCode)
	if province != "" && province != own {
		p.named(i, colProvinceCode, colProvinceName, Unit{Code: province, Level: Province})
	}
	if district == "" {
		return province
	}
	if district != own {
		p.named(i, colDistrictCode, colDistrictName, Unit{Code: district, Level: District, Parent: province})
		return district
	}
	return province
}

func (p *parser) named(i int, code, name column, u Unit) {
	u.Name = p.cell(i, name)
	if first := p.byCode[u.Code]; first != nil {
		if first.named && u.Name != "" && first.Name != u.Name {
			p.add(i, name, "unit.otherName", u.Code, first.Name, u.Name)
		}
		return
	}
	if _, known := p.existing[u.Code]; known {
		return
	}
	if p.code(i, code, u.Code) == "" {
		return
	}
	if u.Name == "" && !p.head.has(name) {
		return // no column for the name: the unit must have a row of its own
	}
	u.Name = p.name(i, name, u.Name)
	e := &entry{Unit: u, row: i, named: true}
	p.entries, p.byCode[u.Code] = append(p.entries, e), e
}

func (p *parser) code(i int, c column, code string) string {
	switch {
	case code == "":
		p.add(i, c, "unit.noCode")
	case !codePattern.MatchString(code):
		p.add(i, c, "unit.badCode", code)
		return ""
	}
	return code
}

func (p *parser) name(i int, c column, name string) string {
	if name == "" {
		p.add(i, c, "unit.noName")
	} else if n := utf8.RuneCountInString(name); n > MaxName {
		p.add(i, c, "unit.longName", n, MaxName)
	}
	return name
}

func (p *parser) level(i int, word string, hasParent bool) string {
	if word == "" {
		p.add(i, colLevel, "unit.noLevel")
		return ""
	}
	level := ParseLevel(word, hasParent)
	if level == "" {
		p.add(i, colLevel, "unit.badLevel", word)
	}
	return level
}

func (p *parser) dates(i int) (from, to Date) {
	from, okFrom := ParseDate(p.cell(i, colFrom))
	to, okTo := ParseDate(p.cell(i, colTo))
	if !okFrom {
		p.add(i, colFrom, "unit.badDate", p.cell(i, colFrom))
	}
	if !okTo {
		p.add(i, colTo, "unit.badDate", p.cell(i, colTo))
	}
	if from != "" && to != "" && to < from {
		p.add(i, colTo, "unit.dateOrder", written(p.cell(i, colTo), to), written(p.cell(i, colFrom), from))
	}
	return from, to
}

// written is a date as the file's author sees it: a date cell of Excel comes as
// a number of days.
func written(text string, d Date) string {
	if _, serial := excelDays(text); serial {
		return string(d)
	}
	return text
}

func splitCodes(s string) []string {
	if s == "" {
		return nil
	}
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";,| ", r) })
}
