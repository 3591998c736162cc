package dossier

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
	"thanthien/internal/score"
)

// MaxNote is the length of the longest note beside a mark, in characters.
const MaxNote = 2000

// Dossier is one unit in one period: its marks at every stage. Rev counts the
// changes of content; a caller names the Rev it has seen. Outbox holds events
// that wait to be relayed to the audit trail, Pending says that there are any.
type Dossier struct {
	Period  string        `bson:"period"`
	Unit    string        `bson:"unit"`
	Rev     int64         `bson:"rev"`
	Entries []Entry       `bson:"entries"` // by stage and code, see find
	Pending bool          `bson:"pending"`
	Outbox  []audit.Event `bson:"outbox,omitempty"`
}

// Entry is what one stage says of one criterion or condition.
type Entry struct {
	Stage string     `bson:"s"`
	Code  string     `bson:"c"` // a leaf, or ConditionPrefix and a condition
	Mark  score.Mark `bson:"m"`
	Note  string     `bson:"n,omitempty"`
	By    string     `bson:"by"`
	At    time.Time  `bson:"at"`
}

// ConditionPrefix starts the code of an entry that answers a condition.
const ConditionPrefix = "?"

// Met is the input of a mark that answers a condition: "true" or "false".
const Met = "met"

// Same reports whether two marks say the same, in whatever order.
func Same(a, b score.Mark) bool {
	if a.NA != b.NA || len(a.Inputs) != len(b.Inputs) {
		return false
	}
	for _, in := range a.Inputs {
		if b.Get(in.Name) != in.Value {
			return false
		}
	}
	return true
}

// Text shows a mark for messages and the audit trail: "4.25", "47/50", "na".
func Text(m score.Mark) string {
	if m.NA {
		return "na"
	}
	parts := make([]string, len(m.Inputs))
	for i, in := range m.Inputs {
		parts[i] = in.Value
	}
	return strings.Join(parts, "/")
}

// Entry returns the entry of a stage and code; ok is false when there is none.
func (d *Dossier) Entry(stage, code string) (Entry, bool) {
	if i, ok := d.find(stage, code); ok {
		return d.Entries[i], true
	}
	return Entry{}, false
}

// Stage returns the entries of a stage by code.
func (d *Dossier) Stage(stage string) map[string]Entry {
	m := map[string]Entry{}
	for _, e := range d.Entries {
		if e.Stage == stage {
			m[e.Code] = e
		}
	}
	return m
}

func (d *Dossier) find(stage, code string) (int, bool) {
	return slices.BinarySearchFunc(d.Entries, Entry{Stage: stage, Code: code}, func(a, b Entry) int {
		if c := strings.Compare(a.Stage, b.Stage); c != 0 {
			return c
		}
		return strings.Compare(a.Code, b.Code)
	})
}

// Change is one cell that a person wants to change. Base is what stood there
// when they opened the page; an empty Mark clears the cell.
type Change struct {
	Code string
	Base score.Mark
	Mark score.Mark
	Note string
}

// Clash is a cell that somebody else changed meanwhile, to something else.
type Clash struct {
	Code   string
	Stored Entry // what stands there now; By is who wrote it
	Sent   score.Mark
}

// Save applies changes to a stage, all or none: if any cell clashes nothing is
// changed and the clashes come back. A change to what stands there already is
// none. The caller has checked rights, state and values.
func (d *Dossier) Save(stage string, changes []Change, by string, at time.Time, eventID string) []Clash {
	var clashes []Clash
	for _, c := range changes {
		now, _ := d.Entry(stage, c.Code)
		if !Same(now.Mark, c.Base) && !Same(now.Mark, c.Mark) {
			clashes = append(clashes, Clash{c.Code, now, c.Mark})
		}
	}
	if len(clashes) > 0 {
		return clashes
	}
	event := audit.Event{ID: eventID, At: at, Who: by, Action: audit.Marked, Thing: "dossiers/" + d.Period + "/" + d.Unit}
	for _, c := range changes {
		if change, ok := d.set(stage, c, by, at); ok {
			event.Detail = append(event.Detail, change)
		}
	}
	if len(event.Detail) > 0 {
		d.Rev++
		d.Outbox = append(d.Outbox, event)
		d.Pending = true
	}
	return nil
}

// set writes one cell and says what changed, if anything.
func (d *Dossier) set(stage string, c Change, by string, at time.Time) (audit.Change, bool) {
	i, found := d.find(stage, c.Code)
	var old Entry
	if found {
		old = d.Entries[i]
	}
	if Same(old.Mark, c.Mark) && old.Note == c.Note {
		return audit.Change{}, false
	}
	entry := Entry{Stage: stage, Code: c.Code, Mark: c.Mark, Note: c.Note, By: by, At: at}
	switch {
	case c.Mark.Empty() && c.Note == "" && found:
		d.Entries = slices.Delete(d.Entries, i, i+1)
	case c.Mark.Empty() && c.Note == "":
	case found:
		d.Entries[i] = entry
	default:
		d.Entries = slices.Insert(d.Entries, i, entry)
	}
	return audit.Change{Field: stage + "/" + c.Code, Before: describe(old), After: describe(entry)}, true
}

func describe(e Entry) string {
	if e.Note == "" {
		return Text(e.Mark)
	}
	return Text(e.Mark) + " (" + e.Note + ")"
}

// CheckNote returns the problem of a note, if any.
func CheckNote(path, note string) []fault.Problem {
	if utf8.RuneCountInString(note) > MaxNote {
		return []fault.Problem{{Path: path, Key: "dossier.note", Args: []any{MaxNote}}}
	}
	return nil
}

// MayMark returns why marks may not be entered in the period now, or nil.
func (p *Period) MayMark() error {
	switch p.State {
	case Open:
		return nil
	case Draft:
		return fault.New(fault.Conflict, "dossier.notOpen", p.Title)
	}
	return fault.New(fault.Conflict, "dossier.locked", p.Title)
}

// ConditionOf returns the condition an entry's code stands for.
func ConditionOf(code string) (string, bool) { return strings.CutPrefix(code, ConditionPrefix) }
