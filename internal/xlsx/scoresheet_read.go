package xlsx

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
)

// ScoreUpload is a score form that came back. Notices are what people should
// know and what stops nothing: sheets that were added or taken out.
type ScoreUpload struct {
	Stamp   ScoreStamp
	Sheets  []ScoreSheet
	Notices []fault.Problem
}

// ScoreSheet is what one sheet says, in the order of the set.
type ScoreSheet struct {
	ScoreUnitStamp
	Cells []ScoreEdit
}

// ScoreEdit is one cell: what it held when it was exported and what it says now.
type ScoreEdit struct {
	Code     string // a leaf, or dossier.ConditionPrefix and a condition
	Base     ScoreCell
	Now      ScoreCell
	At, Note string // "sheet!cell" of the value and of the note
}

// Changed reports whether the sheet says something else than it was exported with.
func (e ScoreEdit) Changed() bool {
	return !dossier.Same(e.Base.Mark, e.Now.Mark) || e.Base.Note != e.Now.Note
}

// ReadScoreForms reads a workbook that WriteScoreForms made and people filled
// in. sets finds the criteria set that the stamp names. The error lists every
// problem with its sheet and cell; a file that is no such workbook, or whose
// stamp was changed, is Invalid. Marks are read, not checked against their
// rules: that is the caller's, who finds the cells in At.
func ReadScoreForms(data []byte, seal func(string) string, sets func(id string, version int) (*rubric.Set, error)) (up ScoreUpload, err error) {
	defer recovered(&err)
	f, err := open(data)
	if err != nil {
		return up, err
	}
	defer f.Close()
	r := &scoreReader{file: f, bases: map[string]map[string]ScoreCell{}, problems: criteriaReader{seen: map[string]bool{}}}
	if up.Stamp, err = r.stamp(seal); err != nil {
		return up, err
	}
	if r.set, err = sets(up.Stamp.Set, up.Stamp.Version); err != nil {
		return up, err
	}
	if err := r.sheets(&up); err != nil {
		return up, err
	}
	list := r.problems.sorted()
	return up, fault.List("scoresheet.invalid", list, len(list))
}

type scoreReader struct {
	file     *excelize.File
	set      *rubric.Set
	bases    map[string]map[string]ScoreCell // by unit and code
	problems criteriaReader                  // only its list of problems is used
	order    int                             // of the sheet being read
}

// stamp reads the hidden sheet and proves its seal.
func (r *scoreReader) stamp(seal func(string) string) (ScoreStamp, error) {
	var s ScoreStamp
	if i, err := r.file.GetSheetIndex(stampSheet); err != nil || i < 0 {
		return s, fault.New(fault.Invalid, "scoresheet.noStamp")
	}
	t, err := readSheet(r.file, stampSheet)
	if err != nil {
		return s, err
	}
	values, given := map[string]string{}, ""
	var lines []string
	for _, cells := range t.Rows {
		text := get(cells, 0)
		if code, ok := strings.CutPrefix(text, sealStart); ok {
			given = code
			continue
		}
		lines = append(lines, text)
		var row []string
		if json.Unmarshal([]byte(text), &row) != nil {
			continue // the seal tells
		}
		switch get(row, 0) {
		case "unit":
			round, rev, _ := strings.Cut(get(row, 3), "/")
			u := ScoreUnitStamp{Unit: get(row, 1), Sheet: get(row, 2)}
			u.Round, _ = strconv.Atoi(round)
			u.Rev, _ = strconv.ParseInt(rev, 10, 64)
			s.Units = append(s.Units, u)
		case "cell":
			r.base(row)
		default:
			values[get(row, 0)] = get(row, 1)
		}
	}
	if values["format"] != scoreFormat {
		return s, fault.New(fault.Invalid, "scoresheet.noStamp")
	}
	if seal(strings.Join(lines, "\n")) != given {
		return s, fault.New(fault.Invalid, "scoresheet.stampEdited")
	}
	s.Period, s.Stage, s.Member, s.Set = values["period"], values["stage"], values["member"], values["set"]
	s.Version, _ = strconv.Atoi(values["version"])
	return s, nil
}

func get(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

func (r *scoreReader) base(row []string) {
	var c ScoreCell
	if json.Unmarshal([]byte(get(row, 3)), &c.Mark) != nil {
		return
	}
	c.Note = get(row, 4)
	u := r.bases[get(row, 1)]
	if u == nil {
		u = map[string]ScoreCell{}
		r.bases[get(row, 1)] = u
	}
	u[get(row, 2)] = c
}

// sheets reads every sheet that belongs to a unit of the stamp.
func (r *scoreReader) sheets(up *ScoreUpload) error {
	seen := map[string]string{}
	for _, name := range r.file.GetSheetList() {
		r.order++
		if name == stampSheet || name == choiceSheet || name == vi.Text("xlsx.sheetNotes") {
			continue
		}
		t, err := readSheet(r.file, name)
		if err != nil {
			return err
		}
		head, key, code := headOf(t)
		i := slices.IndexFunc(up.Stamp.Units, func(u ScoreUnitStamp) bool { return u.Unit == code })
		switch {
		case head < 0 || i < 0:
			up.Notices = append(up.Notices, fault.Problem{Path: name, Key: "scoresheet.extraSheet", Args: []any{name}})
		case seen[code] != "":
			r.report(name, head+1, 1, "scoresheet.sheetTwice", seen[code])
		default:
			seen[code] = name
			sheet := ScoreSheet{ScoreUnitStamp: up.Stamp.Units[i]}
			sheet.Sheet = name
			if err := r.read(&sheet, t, head, key); err != nil {
				return err
			}
			up.Sheets = append(up.Sheets, sheet)
		}
	}
	for _, u := range up.Stamp.Units {
		if seen[u.Unit] == "" {
			up.Notices = append(up.Notices, fault.Problem{Path: u.Sheet, Key: "scoresheet.noSheet", Args: []any{u.Sheet}})
		}
	}
	return nil
}

func (r *scoreReader) report(sheet string, row, col int, key string, args ...any) {
	r.problems.report(place{r.order, sheet, row, col}, key, args...)
}

// headOf finds the heading row by the hidden cell that names the unit.
func headOf(t unit.Table) (row, key int, code string) {
	for i, cells := range t.Rows[:min(len(t.Rows), 50)] {
		for j, text := range cells {
			if rest, ok := strings.CutPrefix(text, "unit"+keySplit); ok {
				return i, j, rest
			}
		}
	}
	return -1, -1, ""
}

// scoreRow is one row of the form: its number and the texts of its inputs.
type scoreRow struct {
	row                     int // from 1
	value, second, na, note string
}

// read reads one unit's sheet.
func (r *scoreReader) read(s *ScoreSheet, t unit.Table, head, key int) error {
	col := scoreColumnsOf(key + 1 - scoreColumnsOf(0).key)
	if col.value < 5 {
		r.report(s.Sheet, head+1, 1, "scoresheet.layout")
		return nil
	}
	merged, err := r.merged(s.Sheet)
	if err != nil {
		return err
	}
	rows := r.rows(s, t, head, col)
	for _, leaf := range r.set.Leaves() {
		r.leaf(s, leaf, rows, col, merged)
	}
	for _, c := range r.set.Conditions {
		r.condition(s, c, rows, col, merged)
	}
	return nil
}

// rows finds the rows by their keys; texts under the table without a key that
// hold something are problems.
func (r *scoreReader) rows(s *ScoreSheet, t unit.Table, head int, col scoreColumns) map[string]scoreRow {
	rows := map[string]scoreRow{}
	for i, cells := range t.Rows[head+1:] {
		n := head + 2 + i
		code := get(cells, col.key-1)
		row := scoreRow{n, clean(get(cells, col.value-1)), clean(get(cells, col.second-1)), clean(get(cells, col.na-1)), vi.Clean(get(cells, col.note-1))}
		if code == "" {
			if row.value+row.second+row.na+row.note != "" {
				r.report(s.Sheet, n, col.value, "scoresheet.strayRow")
			}
			continue
		}
		if other, twice := rows[code]; twice {
			r.report(s.Sheet, n, 1, "scoresheet.rowTwice", get(cells, 0), other.row)
			continue
		}
		rows[code] = row
	}
	return rows
}

func clean(s string) string { return strings.TrimSpace(vi.NFC(s)) }

// merged lists the cells that a merge hides, by address.
func (r *scoreReader) merged(sheet string) (map[string]bool, error) {
	list, err := r.file.GetMergeCells(sheet)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "xlsx.broken")
	}
	hidden := map[string]bool{}
	for _, m := range list {
		x, y, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		x2, y2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil || x2 > MaxColumns || y2-y > MaxColumns {
			continue
		}
		for row := y; row <= y2; row++ {
			for c := x; c <= x2; c++ {
				hidden[at(row, c)] = true
			}
		}
	}
	return hidden, nil
}

// input reads one cell to fill in: a formula, a date or a merge is a problem.
func (r *scoreReader) input(s *ScoreSheet, row, col int, text string, number bool, merged map[string]bool) string {
	cell := at(row, col)
	if merged[cell] {
		r.report(s.Sheet, row, col, "scoresheet.merged")
		return ""
	}
	if formula, err := r.file.GetCellFormula(s.Sheet, cell); err == nil && formula != "" {
		r.report(s.Sheet, row, col, "scoresheet.formula")
		return ""
	}
	if text == "" {
		return ""
	}
	if !number {
		return text
	}
	kind, err := r.file.GetCellType(s.Sheet, cell)
	isText := err == nil && (kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString)
	switch {
	case !isText && r.isDate(s.Sheet, cell) || isText && dateText(text):
		r.report(s.Sheet, row, col, "scoresheet.date")
		return ""
	case isText && thousandsText(text):
		r.report(s.Sheet, row, col, "scoresheet.thousands", text, strings.ReplaceAll(text, ".", ""), strings.Replace(text, ".", ",", 1))
		return ""
	}
	value := vi.ParseDecimal(text)
	if _, err := rubric.ParseNum(value); err != nil || len(value) > score.MaxInputText {
		r.report(s.Sheet, row, col, "scoresheet.wantNumber", cutRunes(text, 40))
		return ""
	}
	return value
}

// isDate reports whether a number is shown as a date or time.
func (r *scoreReader) isDate(sheet, cell string) bool {
	id, err := r.file.GetCellStyle(sheet, cell)
	if err != nil || id == 0 {
		return false
	}
	look, err := r.file.GetStyle(id)
	if err != nil {
		return false
	}
	if look.CustomNumFmt != nil {
		format := strings.ToLower(*look.CustomNumFmt)
		return strings.ContainsAny(format, "dmyh") && !strings.Contains(format, "general")
	}
	n := look.NumFmt
	return n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58
}

// dateText reports whether a text is a date that Excel or a person wrote: 4/5.
func dateText(s string) bool {
	if strings.Count(s, "/") == 0 && strings.Count(s, "-") < 2 {
		return false
	}
	return strings.Trim(s, "0123456789/-") == ""
}

// thousandsText reports whether a text may mean either 1,234 or 1234.
func thousandsText(s string) bool {
	head, rest, ok := strings.Cut(s, ".")
	if !ok || len(head) == 0 || len(head) > 3 || strings.Trim(s, "0123456789.") != "" {
		return false
	}
	for _, part := range strings.Split(rest, ".") {
		if len(part) != 3 {
			return false
		}
	}
	return true
}

// leaf reads the mark and the note of one leaf.
func (r *scoreReader) leaf(s *ScoreSheet, leaf rubric.Leaf, rows map[string]scoreRow, col scoreColumns, merged map[string]bool) {
	row, ok := rows[leaf.Code]
	if !ok {
		r.report(s.Sheet, 1, 1, "scoresheet.noRow", leaf.Code)
		return
	}
	e := ScoreEdit{Code: leaf.Code, Base: r.bases[s.Unit][leaf.Code], At: s.Sheet + "!" + at(row.row, col.value), Note: s.Sheet + "!" + at(row.row, col.note)}
	var m score.Mark
	switch leaf.Rule.Type {
	case rubric.RuleSurvey:
		if row.value+row.second != "" {
			r.report(s.Sheet, row.row, col.value, "scoresheet.surveyCell", leaf.Code)
		}
	case rubric.RuleFormula:
		for _, in := range leaf.Rule.Inputs {
			sub, ok := rows[leaf.Code+keySplit+in.Name]
			if !ok {
				r.report(s.Sheet, row.row, col.value, "scoresheet.noRow", leaf.Code+" – "+in.Title)
				continue
			}
			m = m.With(in.Name, r.input(s, sub.row, col.value, sub.value, true, merged))
		}
	case rubric.RuleLevels:
		m = m.With("level", r.level(s, leaf.Rule, row, col, merged))
	default:
		m = m.With(leaf.Rule.InputNames()[0], r.input(s, row.row, col.value, row.value, true, merged))
		if leaf.Rule.Type == rubric.RuleRatio {
			m = m.With("denominator", r.input(s, row.row, col.second, row.second, true, merged))
		}
	}
	e.Now.Mark, e.Now.Note = r.exempt(s, leaf, row, col, e.Base.Mark, m), r.note(s, row, e.Base.Note, col, merged)
	if dossier.Same(e.Now.Mark, e.Base.Mark) {
		e.Now.Mark = e.Base.Mark
	} else {
		e.Now.Mark = sameNumbers(e.Now.Mark, e.Base.Mark)
	}
	s.Cells = append(s.Cells, e)
}

// sameNumbers keeps the text of the base where a number is only written in
// another way: 4.50 for 4.5.
func sameNumbers(now, base score.Mark) score.Mark {
	now.Inputs = slices.Clone(now.Inputs)
	for i, in := range now.Inputs {
		a, err1 := rubric.ParseNum(base.Get(in.Name))
		b, err2 := rubric.ParseNum(in.Value)
		if err1 == nil && err2 == nil && a.Equal(b) {
			now.Inputs[i].Value = base.Get(in.Name)
		}
	}
	return now
}

// note reads a note; one that differs only in blanks is the one it was.
func (r *scoreReader) note(s *ScoreSheet, row scoreRow, base string, col scoreColumns, merged map[string]bool) string {
	text := r.input(s, row.row, col.note, row.note, false, merged)
	if sameWords(text, base) {
		return base
	}
	if utf8.RuneCountInString(text) > dossier.MaxNote {
		r.report(s.Sheet, row.row, col.note, "dossier.note", dossier.MaxNote)
	}
	return text
}

func sameWords(a, b string) bool { return slices.Equal(strings.Fields(a), strings.Fields(b)) }

// level reads a choice by its label or code.
func (r *scoreReader) level(s *ScoreSheet, rule *rubric.Rule, row scoreRow, col scoreColumns, merged map[string]bool) string {
	text := r.input(s, row.row, col.value, row.value, false, merged)
	if text == "" {
		return ""
	}
	labels := make([]string, len(rule.Levels))
	for i, l := range rule.Levels {
		labels[i] = levelLabel(rule, i)
		if vi.Fold(labels[i]) == vi.Fold(text) || strings.EqualFold(l.Code, text) {
			return l.Code
		}
	}
	r.report(s.Sheet, row.row, col.value, "scoresheet.level", cutRunes(text, 40), strings.Join(labels, "; "))
	return ""
}

// exempt lays the tick over the mark, as the scoring page does: a tick beside
// the value that stood there means that the leaf does not apply; beside another
// value it is a contradiction, which the check of the mark tells.
func (r *scoreReader) exempt(s *ScoreSheet, leaf rubric.Leaf, row scoreRow, col scoreColumns, base, m score.Mark) score.Mark {
	switch vi.Fold(row.na) {
	case "", "khong", "0", "false":
		return m
	case "x", "co", "1", "true", "v":
	default:
		r.report(s.Sheet, row.row, col.na, "scoresheet.tick", cutRunes(row.na, 40))
		return m
	}
	if !leaf.NA {
		r.report(s.Sheet, row.row, col.na, "score.naForbidden", leaf.Code)
		return m
	}
	if m.Empty() || !base.NA && dossier.Same(sameNumbers(m, base), base) {
		return score.NotApplicable()
	}
	m.NA = true
	return m
}

func (r *scoreReader) condition(s *ScoreSheet, c rubric.Condition, rows map[string]scoreRow, col scoreColumns, merged map[string]bool) {
	key := keyCondition + c.Code
	row, ok := rows[key]
	if !ok {
		r.report(s.Sheet, 1, 1, "scoresheet.noRow", c.Code)
		return
	}
	e := ScoreEdit{Code: key, Base: r.bases[s.Unit][key], At: s.Sheet + "!" + at(row.row, col.value), Note: s.Sheet + "!" + at(row.row, col.note)}
	text := r.input(s, row.row, col.value, row.value, false, merged)
	answer := ""
	switch words := metWords(); vi.Fold(text) {
	case "":
	case vi.Fold(words[0]), "co", "dat", "true", "x":
		answer = "true"
	case vi.Fold(words[1]), "khong", "khong dat", "false":
		answer = "false"
	default:
		r.report(s.Sheet, row.row, col.value, "xlsx.wantWord", cutRunes(text, 40), strings.Join(words, ", "))
	}
	e.Now = ScoreCell{Mark: score.Mark{}.With(dossier.Met, answer), Note: r.note(s, row, e.Base.Note, col, merged)}
	s.Cells = append(s.Cells, e)
}
