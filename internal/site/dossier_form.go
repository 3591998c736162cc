package site

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/vi"
	"thanthien/internal/view"
)

// The names of a cell's fields in the form, each before the cell's code:
// b: what stood there, h: the note that stood there, n: the note, x: not applicable,
// k: which of two clashing values to keep, kn: which of two notes; inputs are
// m:INPUT:CODE.
const (
	fieldBase, fieldOldNote, fieldNote, fieldNA = "b:", "h:", "n:", "x:"
	fieldKeep, fieldKeepNote                    = "k:", "kn:"
	keepStored, keepMine                        = "stored", "mine"
)

// markForm is the scoring form as it was sent, so that it can be shown again
// with everything the person typed.
type markForm struct {
	values map[string]string
	errors map[string]string // by cell
	stale  map[string]bool   // cells that clash
}

// readMarkForm reads the posted fields; texts are cleaned.
func readMarkForm(c *fiber.Ctx) markForm {
	f := markForm{values: map[string]string{}, errors: map[string]string{}, stale: map[string]bool{}}
	c.Request().PostArgs().VisitAll(func(k, v []byte) { f.values[string(k)] = vi.Clean(string(v)) })
	return f
}

// has reports whether the form held this cell at all.
func (f markForm) has(code string) bool { _, ok := f.values[fieldBase+code]; return ok }

// cells lists the codes of everything that can be entered.
func cells(set *rubric.Set) []string {
	codes := make([]string, 0, len(set.Leaves())+len(set.Conditions))
	for _, leaf := range set.Leaves() {
		codes = append(codes, leaf.Code)
	}
	for _, c := range set.Conditions {
		codes = append(codes, dossier.ConditionPrefix+c.Code)
	}
	return codes
}

// edits turns the form into edits of the cells it held and lists problems.
func (f markForm) edits(set *rubric.Set) (edits []cellEdit, problems []fault.Problem) {
	for _, code := range cells(set) {
		if !f.has(code) {
			continue
		}
		e := cellEdit{
			code: code, base: decodeMark(f.values[fieldBase+code]), hasMark: true,
			note: f.values[fieldNote+code], noteBase: f.values[fieldOldNote+code],
		}
		_, e.hasNote = f.values[fieldNote+code]
		e.mark = f.mark(set, code, e.base)
		if f.values[fieldKeep+code] == keepStored {
			e.hasMark = false
		}
		if f.values[fieldKeepNote+code] == keepStored {
			e.hasNote = false
		}
		problems = append(problems, checkCell(set, e)...)
		edits = append(edits, e)
	}
	return edits, problems
}

// mark reads one cell's inputs. Ticking "not applicable" without touching the
// value that stood there means just that.
func (f markForm) mark(set *rubric.Set, code string, base score.Mark) score.Mark {
	if _, ok := dossier.ConditionOf(code); ok {
		return score.Mark{}.With(dossier.Met, f.values["m:"+dossier.Met+":"+code])
	}
	leaf, _ := set.Leaf(code)
	var m score.Mark
	for _, name := range leaf.Rule.InputNames() {
		v := f.values["m:"+name+":"+code]
		if leaf.Rule.Type != rubric.RuleLevels {
			v = vi.ParseDecimal(v)
		}
		m = m.With(name, v)
	}
	if f.values[fieldNA+code] == "" {
		return m
	}
	if !base.NA && dossier.Same(m, base) {
		return score.NotApplicable()
	}
	m.NA = true
	return m
}

// refuse notes the first problem of every cell and returns them for the head
// of the page.
func (f markForm) refuse(problems []fault.Problem) []view.FieldError {
	var list []view.FieldError
	for _, p := range problems {
		message := vi.Text(p.Key, p.Args...)
		if f.errors[p.Path] == "" {
			f.errors[p.Path] = message
		}
		list = append(list, view.FieldError{Field: cellID(p.Path), Message: message})
	}
	return list
}

// conflicts describes clashes and makes the form's base what stands now, so
// that the next save goes through once the person has chosen.
func (f markForm) conflicts(set *rubric.Set, clashes []cellClash, names func(string) string) []view.MarkConflict {
	var list []view.MarkConflict
	for _, c := range clashes {
		f.stale[c.code] = true
		m := view.MarkConflict{
			Field: fieldKeep + c.code, Code: shownCode(c.code), Title: cellTitle(set, c.code), Note: c.note,
			By: names(c.stored.By), At: vi.DateTime(c.stored.At),
			Stored: shownMark(set, c.code, c.stored.Mark), Sent: f.shown(set, c.code),
		}
		if c.note {
			m.Field, m.Stored, m.Sent = fieldKeepNote+c.code, c.stored.Note, c.sent
			f.values[fieldOldNote+c.code] = c.stored.Note
		} else {
			f.values[fieldBase+c.code] = encodeMark(c.stored.Mark)
		}
		delete(f.values, m.Field)
		list = append(list, m)
	}
	return list
}

// undecided lists the clashes of the page before that got no choice: fields
// c:… name them.
func (f markForm) undecided(set *rubric.Set) []fault.Problem {
	var ps []fault.Problem
	for _, code := range cells(set) {
		for _, field := range []string{fieldKeep, fieldKeepNote} {
			v := f.values[field+code]
			if f.values["c:"+field+code] != "" && v != keepStored && v != keepMine {
				ps = append(ps, fault.Problem{Path: code, Key: "marks.choose", Args: []any{shownCode(code)}})
			}
		}
	}
	return ps
}

// shown is the value the person typed, in words.
func (f markForm) shown(set *rubric.Set, code string) string {
	return shownMark(set, code, f.mark(set, code, decodeMark(f.values[fieldBase+code])))
}

// shownMark is a mark as people read it: "4,25", "47/50", a level's label.
func shownMark(set *rubric.Set, code string, m score.Mark) string {
	switch {
	case m.NA:
		return vi.Text("marks.na")
	case m.Empty():
		return vi.Text("marks.none")
	}
	if v := m.Get(dossier.Met); v != "" {
		return vi.Text("marks.met_" + v)
	}
	leaf, ok := set.Leaf(code)
	if !ok {
		return dossier.Text(m)
	}
	var parts []string
	for _, name := range leaf.Rule.InputNames() {
		v := strings.Replace(m.Get(name), ".", ",", 1)
		if level, ok := leaf.Rule.Level(v); ok && name == "level" {
			v = level.Label
		}
		parts = append(parts, v)
	}
	return strings.Join(parts, "/")
}

func shownCode(code string) string {
	if c, ok := dossier.ConditionOf(code); ok {
		return c
	}
	return code
}

func cellTitle(set *rubric.Set, code string) string {
	if c, ok := dossier.ConditionOf(code); ok {
		condition, _ := set.Condition(c)
		return condition.Title
	}
	leaf, _ := set.Leaf(code)
	return leaf.Title
}

// cellID is the id of a cell's first field.
func cellID(code string) string {
	if c, ok := dossier.ConditionOf(code); ok {
		return "dk-" + c
	}
	return "o-" + code
}

// countEdits counts the edits that ask for something.
func countEdits(edits []cellEdit) int {
	n := 0
	for _, e := range edits {
		if e.hasMark && !dossier.Same(e.mark, e.base) || e.hasNote && e.note != e.noteBase {
			n++
		}
	}
	return n
}
