package xlsx

import (
	"cmp"
	"slices"
	"strings"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// columnsOf says where each column of a table stands, -1 for nowhere.
type columnsOf struct {
	lead     [firstAnswer]int
	fields   []fieldOf
	at       []int // by field
	excluded int   // where an export says that a response does not count
}

// table reads the rows of a sheet or CSV file.
func (in *responseReader) table(t unit.Table) error {
	if len(t.Rows) == 0 {
		return fault.New(fault.Invalid, "paper.noRows")
	}
	if len(t.Rows) > MaxResponseRows+1 {
		return fault.New(fault.TooLarge, "xlsx.rows", MaxResponseRows)
	}
	columns := in.headings(t)
	if in.count > 0 { // the meaning of a whole column is not known: the rest would be noise
		return nil
	}
	for i, cells := range t.Rows[1:] {
		if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		in.row(tableRow{t, i + 1, cells}, columns)
	}
	return nil
}

// headings finds the columns. Those of questions are found by the code that
// their heading begins with; a column that is nobody's is a problem, so that no
// answer is lost over a changed heading.
func (in *responseReader) headings(t unit.Table) columnsOf {
	c := columnsOf{fields: in.fields(), excluded: -1}
	for i := range c.lead {
		c.lead[i] = -1
	}
	c.at = slices.Repeat([]int{-1}, len(c.fields))
	for col, text := range t.Rows[0] {
		if strings.TrimSpace(text) == "" {
			continue
		}
		if place := c.find(text); place == nil && exportOnly(text) {
			continue
		} else if place == nil {
			in.at(t, 0, col, "paper.columnUnknown", shorten(text))
		} else if *place >= 0 {
			in.at(t, 0, col, "paper.columnTwice", shorten(text))
		} else {
			*place = col
		}
	}
	for i, title := range leads() {
		if c.lead[i] < 0 && i != colSerial {
			in.at(t, 0, 0, "xlsx.noColumn", title)
		}
	}
	for i, f := range c.fields {
		if c.at[i] < 0 && !f.other {
			in.at(t, 0, 0, "xlsx.noColumn", f.name)
		}
	}
	return c
}

// find returns where a heading's column is kept, nil for a heading of nobody.
func (c *columnsOf) find(text string) *int {
	for i, title := range leads() {
		if vi.Fold(text) == vi.Fold(title) {
			return &c.lead[i]
		}
	}
	switch vi.Fold(text) {
	case "unit", exportUnit:
		return &c.lead[colUnit]
	case "group", exportGroup:
		return &c.lead[colGroup]
	case "excluded", exportExcluded:
		return &c.excluded
	}
	code, _, _ := strings.Cut(strings.TrimSpace(vi.NFC(text)), " ")
	for i, f := range c.fields {
		if code == f.name {
			return &c.at[i]
		}
	}
	return nil
}

// tableRow is one row of a table.
type tableRow struct {
	unit.Table
	index int
	cells []string
}

func (r tableRow) cell(col int) string {
	if col < 0 || col >= len(r.cells) {
		return ""
	}
	return survey.CleanText(unsafeCSV(r.Table, r.cells[col]))
}

// place is a problem that names a cell and nothing else yet.
func (r tableRow) place(col int) fault.Problem {
	return placeOf(r.Table, r.index, col)
}

func placeOf(t unit.Table, row, col int) fault.Problem {
	p := fault.Problem{}
	p.Line, p.Path = t.Place(row, max(col, 0))
	if p.Path == "" && row > 0 && col >= 0 && col < len(t.Rows[0]) {
		p.Path = shorten(codeOf(t.Rows[0][col]))
	}
	return p
}

func (in *responseReader) at(t unit.Table, row, col int, key string, args ...any) {
	p := placeOf(t, row, col)
	p.Key, p.Args = key, args
	in.problem(p)
}

// row checks one paper form.
func (in *responseReader) row(r tableRow, c columnsOf) {
	before := in.count
	in.serial(r, c)
	if r.cell(c.excluded) != "" {
		p := r.place(c.excluded)
		p.Key = "paper.excluded"
		in.problem(p)
	}
	response := survey.Response{Unit: in.unitOf(r, c), Group: in.groupOf(r, c)}
	raw := map[string]any{}
	for i, f := range c.fields {
		if text := r.cell(c.at[i]); text != "" {
			raw[f.name] = f.read(text)
		}
	}
	group := response.Group
	if !in.Form.Opens(group) {
		group = in.Form.Respondents[0] // the wrong group is a problem of its own already
	}
	var err error
	if response.Answers, err = in.Form.Check(group, raw); err != nil {
		in.refuseRow(r, c, err)
	}
	if in.count == before {
		line, _ := r.Place(r.index, 0)
		in.take(max(line, r.index+1), r.place(c.lead[colUnit]), r.place(c.lead[colGroup]), response)
	}
}

// serial refuses a serial number that stands twice in one unit, however the
// rows name it.
func (in *responseReader) serial(r tableRow, c columnsOf) {
	text := r.cell(c.lead[colSerial])
	if text == "" {
		return
	}
	where := r.cell(c.lead[colUnit])
	key := cmp.Or(in.knownUnit(where), vi.Fold(where)) + "\x00" + vi.Fold(text)
	p := r.place(c.lead[colSerial])
	if first, ok := in.serials[key]; ok {
		p.Key, p.Args = "paper.serialTwice", []any{shorten(text), first}
		in.problem(p)
		return
	}
	if in.serials[key] = p.Path; p.Line > 0 {
		in.serials[key] = vi.Text("paper.line", p.Line)
	}
}

func (in *responseReader) unitOf(r tableRow, c columnsOf) string {
	text := r.cell(c.lead[colUnit])
	code := in.knownUnit(text)
	if code == "" {
		in.wrongLead(r, c.lead[colUnit], text, "paper.unitMissing", "paper.unitOut")
	}
	return code
}

// knownUnit is the code of the unit that a cell names by code, by name or by
// both; "" for none of the campaign.
func (in *responseReader) knownUnit(text string) string {
	return cmp.Or(in.units[vi.Fold(codeOf(text))], in.units[vi.Fold(text)])
}

func (in *responseReader) groupOf(r tableRow, c columnsOf) string {
	text := r.cell(c.lead[colGroup])
	for _, word := range []string{vi.Fold(codeOf(text)), vi.Fold(text)} {
		if code := in.groups[word]; code != "" {
			return code
		}
	}
	in.wrongLead(r, c.lead[colGroup], text, "paper.groupMissing", "paper.groupOut")
	return ""
}

func (in *responseReader) wrongLead(r tableRow, col int, text, missing, wrong string) {
	p := r.place(col)
	p.Key, p.Args = wrong, []any{shorten(text)}
	if text == "" {
		p.Key, p.Args = missing, nil
	}
	in.problem(p)
}

// refuseRow names the cell of each problem of the answers.
func (in *responseReader) refuseRow(r tableRow, c columnsOf, err error) {
	for _, p := range err.(*fault.Error).Problems {
		col := -1
		for i, f := range c.fields {
			if f.name == p.Path {
				col = c.at[i]
			}
		}
		at := r.place(col)
		at.Key, at.Args = p.Key, p.Args
		in.problem(at)
	}
}

// read turns a cell into what survey.Form.Check takes. What is neither code nor
// label goes through as it is, to be refused there.
func (f fieldOf) read(text string) any {
	switch {
	case f.other:
		return text
	case f.question.Kind == survey.Multi:
		return f.readMany(text)
	case len(f.question.Options) > 0:
		return f.readOption(text)
	case f.question.Kind == survey.Date:
		if day, ok := unit.ParseDate(text); ok {
			return string(day)
		}
	}
	return text
}

func (f fieldOf) readOption(text string) string {
	if code, ok := f.option(text); ok {
		return code
	}
	return text
}

// option finds an option by code, by label, or by both.
func (f fieldOf) option(text string) (string, bool) {
	options := optionsOf(f.question)
	for _, word := range []string{text, codeOf(text)} {
		for _, o := range options {
			if strings.EqualFold(o.Code, word) {
				return o.Code, true
			}
		}
	}
	for _, o := range options {
		if fold := vi.Fold(text); fold == vi.Fold(o.Label) {
			return o.Code, true
		}
	}
	return "", false
}

// readMany splits "a, b"; a label may have commas itself.
func (f fieldOf) readMany(text string) []string {
	if code, ok := f.option(text); ok {
		return []string{code}
	}
	var codes []string
	for _, part := range splitOn(text, ";\n") {
		if code, ok := f.option(part); ok {
			codes = append(codes, code)
			continue
		}
		for _, small := range splitOn(part, ",") {
			codes = append(codes, f.readOption(small))
		}
	}
	return codes
}

func splitOn(text, separators string) []string {
	var list []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// shorten keeps a message readable.
func shorten(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
