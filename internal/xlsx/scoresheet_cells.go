package xlsx

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
)

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
	before := len(r.problems.problems)
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
	r.keep(s, e, before)
}

// keep adds a cell unless it has a problem: when there were before so many.
func (r *scoreReader) keep(s *ScoreSheet, e ScoreEdit, before int) {
	if len(r.problems.problems) == before {
		s.Cells = append(s.Cells, e)
	}
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
	before := len(r.problems.problems)
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
	r.keep(s, e, before)
}
