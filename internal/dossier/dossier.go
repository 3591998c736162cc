package dossier

import (
	"cmp"
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

// Dossier is one unit in one period: its marks at every stage, and in a period
// with steps where it stands and how it came there. Rev counts the changes of
// content; a caller names the Rev it has seen. Outbox holds events that wait to
// be relayed to the audit trail, Pending says that there are any.
type Dossier struct {
	Period  string        `bson:"period"`
	Unit    string        `bson:"unit"`
	Rev     int64         `bson:"rev"`
	Entries []Entry       `bson:"entries"` // by stage, member, round and code, see find
	Pending bool          `bson:"pending"`
	Outbox  []audit.Event `bson:"outbox,omitempty"`

	Status       Status       `bson:"status,omitempty"`
	Stage        string       `bson:"stage,omitempty"` // the appraisal stage it is at or reached
	Teams        []Team       `bson:"teams,omitempty"`
	Sheets       []Sheet      `bson:"sheets,omitempty"`
	Registration Registration `bson:"registration,omitzero"`
	SubmittedAt  time.Time    `bson:"submitted,omitzero"`
	Completions  []Request    `bson:"completions,omitempty"` // the last one is the open one while Status is Completion
	Conclusions  []Conclusion `bson:"conclusions,omitempty"`
	Appeals      []Contest    `bson:"appeals,omitempty"`
	Back         Status       `bson:"back,omitempty"` // where the last decided appeal leads, or the recall of a refusal
	Recognition  Recognition  `bson:"recognition,omitzero"`
	Locked       bool         `bson:"locked,omitempty"` // by the lock of the period
}

// Entry is what one stage says of one criterion or condition.
type Entry struct {
	Stage  string     `bson:"s"`
	Member string     `bson:"w,omitempty"` // whose sheet; "" where all share one
	Round  int        `bson:"r,omitempty"` // of that sheet
	Code   string     `bson:"c"`           // a leaf, or ConditionPrefix and a condition
	Mark   score.Mark `bson:"m"`
	Note   string     `bson:"n,omitempty"`
	By     string     `bson:"by"`
	At     time.Time  `bson:"at"`
}

// Layer is where the entry belongs.
func (e *Entry) Layer() Layer { return Layer{e.Stage, e.Member, e.Round} }

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

// Entry returns the entry of a layer and code; ok is false when there is none.
func (d *Dossier) Entry(l Layer, code string) (Entry, bool) {
	if i, ok := d.find(l, code); ok {
		return d.Entries[i], true
	}
	return Entry{}, false
}

// In returns the entries of a layer by code.
func (d *Dossier) In(l Layer) map[string]Entry {
	m := map[string]Entry{}
	for i := range d.Entries {
		if e := &d.Entries[i]; e.Layer() == l {
			m[e.Code] = *e
		}
	}
	return m
}

func (d *Dossier) find(l Layer, code string) (int, bool) {
	return slices.BinarySearchFunc(d.Entries, l, func(a Entry, l Layer) int {
		return cmp.Or(strings.Compare(a.Stage, l.Stage), strings.Compare(a.Member, l.Member), cmp.Compare(a.Round, l.Round), strings.Compare(a.Code, code))
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
	l := d.LayerOf(stage, by)
	for _, c := range changes {
		now, _ := d.Entry(l, c.Code)
		if !Same(now.Mark, c.Base) && !Same(now.Mark, c.Mark) {
			clashes = append(clashes, Clash{c.Code, now, c.Mark})
		}
	}
	if len(clashes) > 0 {
		return clashes
	}
	event := audit.Event{ID: eventID, At: at, Who: by, Action: audit.Marked, Thing: d.Thing()}
	for _, c := range changes {
		if change, ok := d.set(l, c, by, at); ok {
			event.Detail = append(event.Detail, change)
		}
	}
	if len(event.Detail) == 0 {
		return nil
	}
	if stage == SelfStage && d.Status == Approved {
		event.Detail = append(event.Detail, d.to(Scoring))
	}
	d.post(event)
	return nil
}

// Thing is the dossier's name in the audit trail.
func (d *Dossier) Thing() string { return "dossiers/" + d.Period + "/" + d.Unit }

// post adds an event to the outbox; it counts as a change of content.
func (d *Dossier) post(e audit.Event) {
	d.Rev++
	d.Outbox = append(d.Outbox, e)
	d.Pending = true
}

// set writes one cell and says what changed, if anything.
func (d *Dossier) set(l Layer, c Change, by string, at time.Time) (audit.Change, bool) {
	i, found := d.find(l, c.Code)
	var old Entry
	if found {
		old = d.Entries[i]
	}
	if Same(old.Mark, c.Mark) && old.Note == c.Note {
		return audit.Change{}, false
	}
	entry := Entry{Stage: l.Stage, Member: l.Member, Round: l.Round, Code: c.Code, Mark: c.Mark, Note: c.Note, By: by, At: at}
	switch {
	case c.Mark.Empty() && c.Note == "" && found:
		d.Entries = slices.Delete(d.Entries, i, i+1)
	case c.Mark.Empty() && c.Note == "":
	case found:
		d.Entries[i] = entry
	default:
		d.Entries = slices.Insert(d.Entries, i, entry)
	}
	return audit.Change{Field: l.Stage + "/" + c.Code, Before: describe(old), After: describe(entry)}, true
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
