package site

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"thanthien/internal/dossier"
	"thanthien/internal/fault"
	"thanthien/internal/rubric"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/vi"
)

const (
	// MaxMarksBody is the largest body that saves marks, in bytes: a note of
	// full length beside every criterion fits.
	MaxMarksBody = 4 << 20
	// maxMarkTries is how often a save starts again when others save the same
	// dossier at the same moment.
	maxMarkTries = 50
)

// cellEdit is what a person wants in one cell. base and noteBase are what
// stood there when they opened the page; hasMark and hasNote say which of the
// two they sent at all.
type cellEdit struct {
	code     string // a leaf, or dossier.ConditionPrefix and a condition
	base     score.Mark
	mark     score.Mark
	noteBase string
	note     string
	hasMark  bool
	hasNote  bool
	current  bool // the caller has proved to know what stands there now
}

// cellClash is a cell that somebody else changed meanwhile to something else.
type cellClash struct {
	code   string
	note   bool // the note, not the mark
	stored dossier.Entry
	sent   string
}

// encodeMark writes a mark as one text, for the hidden field that says what a
// cell had when the page was made; decodeMark reads it back.
func encodeMark(m score.Mark) string {
	if m.NA {
		return "na=1"
	}
	v := url.Values{}
	for _, in := range m.Inputs {
		v.Set(in.Name, in.Value)
	}
	return v.Encode()
}

func decodeMark(s string) score.Mark {
	v, err := url.ParseQuery(s)
	if err != nil {
		return score.Mark{}
	}
	if v.Get("na") == "1" && len(v) == 1 {
		return score.NotApplicable()
	}
	var m score.Mark
	for name := range v {
		m = m.With(name, v.Get(name))
	}
	return m
}

// saveCells writes edits to one stage of a dossier cell by cell: what others
// wrote into other cells, or into the other half of a cell, stays. If a cell
// clashes nothing is written and the clashes come back. rev is store.AnyRev or
// the Rev the dossier must have, else everything that would change clashes and
// the error is Stale. may has the last word on the dossier as it is written.
func (s *Server) saveCells(ctx context.Context, period, unit, stage string, rev int64, edits []cellEdit, by string, may func(*dossier.Dossier) error) (dossier.Dossier, []cellClash, error) {
	for try := 1; ; try++ {
		d, err := s.store.Dossier(ctx, period, unit)
		if err != nil {
			return d, nil, err
		}
		if rev != store.AnyRev && rev != d.Rev {
			return d, differing(&d, d.LayerOf(stage, by), edits), fault.New(fault.Stale, "store.stale")
		}
		changes, clashes := mergeCells(&d, d.LayerOf(stage, by), edits)
		if len(clashes) > 0 || len(changes) == 0 {
			return d, clashes, nil
		}
		saved, err := s.store.SaveMarksIf(ctx, period, unit, stage, d.Rev, changes, by, may)
		if fault.Is(err, fault.Stale) && try < maxMarkTries {
			continue
		}
		return saved, nil, err
	}
}

// mergeCells lays edits over what stands in the dossier now.
func mergeCells(d *dossier.Dossier, l dossier.Layer, edits []cellEdit) (changes []dossier.Change, clashes []cellClash) {
	for _, e := range edits {
		now, _ := d.Entry(l, e.code)
		if e.current {
			e.base, e.noteBase = now.Mark, now.Note
		}
		c := dossier.Change{Code: e.code, Base: now.Mark, Mark: now.Mark, Note: now.Note}
		if e.hasMark && !dossier.Same(e.mark, e.base) {
			c.Mark = e.mark
			if !dossier.Same(now.Mark, e.base) && !dossier.Same(now.Mark, e.mark) {
				clashes = append(clashes, cellClash{e.code, false, now, dossier.Text(e.mark)})
			}
		}
		if e.hasNote && e.note != e.noteBase {
			c.Note = e.note
			if now.Note != e.noteBase && now.Note != e.note {
				clashes = append(clashes, cellClash{e.code, true, now, e.note})
			}
		}
		if !dossier.Same(c.Mark, now.Mark) || c.Note != now.Note {
			changes = append(changes, c)
		}
	}
	return changes, clashes
}

// differing lists the sent cells that would not leave the dossier as it is.
func differing(d *dossier.Dossier, l dossier.Layer, edits []cellEdit) []cellClash {
	var list []cellClash
	for _, e := range edits {
		now, _ := d.Entry(l, e.code)
		if e.hasMark && !dossier.Same(now.Mark, e.mark) {
			list = append(list, cellClash{e.code, false, now, dossier.Text(e.mark)})
		}
		if e.hasNote && now.Note != e.note {
			list = append(list, cellClash{e.code, true, now, e.note})
		}
	}
	return list
}

// checkCell lists what is wrong with the edited half of a cell. A mark that is
// only sent back as it was is not looked at again.
func checkCell(set *rubric.Set, e cellEdit) []fault.Problem {
	var ps []fault.Problem
	condition, isCondition := dossier.ConditionOf(e.code)
	leaf, isLeaf := set.Leaf(e.code)
	switch {
	case isCondition:
		if _, ok := set.Condition(condition); !ok {
			return []fault.Problem{{Path: e.code, Key: "score.unknownCondition", Args: []any{condition, set.ID}}}
		}
		if v := e.mark.Get(dossier.Met); e.hasMark && !e.mark.Empty() && v != "true" && v != "false" {
			ps = append(ps, fault.Problem{Key: "score.conditionValue", Args: []any{condition}})
		}
	case !isLeaf:
		return []fault.Problem{{Path: e.code, Key: "score.unknownCriterion", Args: []any{e.code, set.ID}}}
	case e.hasMark && !dossier.Same(e.mark, e.base):
		ps = append(ps, checkMark(leaf, e.mark)...)
	}
	if e.hasNote {
		ps = append(ps, dossier.CheckNote("note", e.note)...)
	}
	for i := range ps {
		ps[i].Path = e.code
	}
	return ps
}

// checkMark is score.CheckMark with names in words and a limit of length.
func checkMark(leaf rubric.Leaf, m score.Mark) []fault.Problem {
	if ps := longInputs(leaf, m); len(ps) > 0 {
		return ps
	}
	for _, in := range m.Inputs {
		if in.Name != "level" && thousands.MatchString(in.Value) {
			return []fault.Problem{{Key: "marks.thousands", Args: []any{leaf.Code, in.Value, strings.ReplaceAll(in.Value, ".", ""), strings.Replace(in.Value, ".", ",", 1)}}}
		}
	}
	return markProblems(leaf, m)
}

// longInputs is the problem of a value that is too long to be looked at.
func longInputs(leaf rubric.Leaf, m score.Mark) []fault.Problem {
	for _, in := range m.Inputs {
		if len(in.Value) > score.MaxInputText {
			return []fault.Problem{{Key: "marks.long", Args: []any{leaf.Code, score.MaxInputText}}}
		}
	}
	return nil
}

// markProblems is score.CheckMark with names in words.
func markProblems(leaf rubric.Leaf, m score.Mark) []fault.Problem {
	ps := score.CheckMark(leaf, m)
	for i := range ps {
		for j, a := range ps[i].Args {
			switch a := a.(type) {
			case rubric.Num:
				ps[i].Args[j] = vi.Decimal(a.String())
			case string:
				if j > 0 && a == ps[i].Path {
					ps[i].Args[j] = inputTitle(leaf.Rule, a)
				}
			}
		}
	}
	return ps
}

// thousands is what may mean either 1,234 or 1234, so it is asked back.
var thousands = regexp.MustCompile(`^\d{1,3}(\.\d{3})+$`)

// inputTitle names an input in words.
func inputTitle(rule *rubric.Rule, name string) string {
	for _, in := range rule.Inputs {
		if in.Name == name {
			return in.Title
		}
	}
	switch name {
	case "points", "level", "numerator", "denominator", "value", "count":
		return vi.Text("marks.in_" + name)
	}
	return name
}
