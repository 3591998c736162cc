package xlsx

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
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
// rules: that is the caller's, who finds the cells in At, with the problems of
// others as well (then the error's key is "scoresheet.invalid").
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
