// Package evidence holds the papers of dossiers: which file stands for which
// criterion, in which revisions, with the number and date of the document. It
// looks into files to tell what they are and refuses what must not be kept. It
// has no clock and stores nothing.
package evidence

import (
	"slices"
	"time"
	"unicode/utf8"

	"thanthien/internal/fault"
)

// Limits of one dossier's evidence.
const (
	// MaxFile is the size of the largest file, in bytes.
	MaxFile = 20 << 20
	// MaxBatch is how many files are taken in one go.
	MaxBatch = 10
	// MaxItems is how many items a dossier has, the removed ones counted.
	MaxItems = 400
	// MaxRevisions is how many revisions an item has.
	MaxRevisions = 50
	// MaxBytes is what all revisions of a dossier take together, in bytes.
	MaxBytes = 2 << 30
	// MaxCodes is how many criteria one item may stand for.
	MaxCodes = 100
)

// Lengths of texts, in characters.
const (
	MaxTitle  = 300
	MaxNumber = 60
	MaxNote   = 500 // of a revision, and of the reason of a removal
	MaxName   = 150 // of a file, its ending included
)

// Folder is the evidence of one dossier: what a unit handed in for a period.
// Counts says beside the items how many live ones each leaf has, so that a list
// of dossiers need not read the items.
type Folder struct {
	Period string  `bson:"period"`
	Unit   string  `bson:"unit"`
	Rev    int64   `bson:"rev"` // counts the changes
	Counts []Tally `bson:"counts,omitempty"`
	Bytes  int64   `bson:"bytes"` // of every revision
	Items  []Item  `bson:"items,omitempty"`
}

// Tally is how many live items a leaf has.
type Tally struct {
	Code string `bson:"c"`
	N    int    `bson:"n"`
}

// Item is one document: a paper of the dossier itself (Paper is its code in
// the criteria set) or proof of some criteria (Codes are leaves), or both.
type Item struct {
	ID        string     `bson:"id"`
	Rev       int64      `bson:"rev"` // counts the item's changes; a form names the one it was filled from
	Paper     string     `bson:"paper,omitempty"`
	Codes     []string   `bson:"codes,omitempty"` // sorted
	Title     string     `bson:"title"`
	Number    string     `bson:"number,omitempty"` // số, ký hiệu
	Date      string     `bson:"date,omitempty"`   // of the document, 2006-01-02
	Revisions []Revision `bson:"revisions"`        // oldest first, never empty
	Removed   *Removal   `bson:"removed,omitempty"`
}

// Revision is one file that stood for an item. Its number is its place, from 1.
type Revision struct {
	Name string    `bson:"name"` // as CleanName made it
	Type Type      `bson:"type"` // from the content
	Size int64     `bson:"size"` // bytes
	SHA  string    `bson:"sha"`  // SHA-256, lower-case hex
	By   string    `bson:"by"`   // login
	At   time.Time `bson:"at"`
	Note string    `bson:"note,omitempty"`
}

// Removal says who took an item away and why; its files are kept.
type Removal struct {
	By     string    `bson:"by"`
	At     time.Time `bson:"at"`
	Reason string    `bson:"reason"`
}

// Live reports whether the item stands.
func (it *Item) Live() bool { return it.Removed == nil }

// Current is the revision that stands for the item.
func (it *Item) Current() Revision { return it.Revisions[len(it.Revisions)-1] }

// Item returns an item by its id, removed ones too.
func (f *Folder) Item(id string) (*Item, bool) {
	i := slices.IndexFunc(f.Items, func(it Item) bool { return it.ID == id })
	if i < 0 {
		return nil, false
	}
	return &f.Items[i], true
}

// Revision returns a revision of an item by its number, from 1.
func (it *Item) Revision(n int) (Revision, bool) {
	if n < 1 || n > len(it.Revisions) {
		return Revision{}, false
	}
	return it.Revisions[n-1], true
}

// Live returns the items that stand.
func (f *Folder) Live() []Item {
	return slices.DeleteFunc(slices.Clone(f.Items), func(it Item) bool { return !it.Live() })
}

// Count returns how many live items each leaf has; a leaf without one is not
// in it.
func Count(items []Item) map[string]int {
	n := map[string]int{}
	for i := range items {
		if items[i].Live() {
			for _, code := range items[i].Codes {
				n[code]++
			}
		}
	}
	return n
}

// Places are the codes that an item may stand for.
type Places struct {
	Papers []string // codes of the set's papers
	Leaves []string // codes of the leaves that take evidence
}

// Check returns every problem of what a person said about the item; paths are
// title, number, date, codes and paper. today is 2006-01-02.
func (it *Item) Check(where Places, today string) []fault.Problem {
	var ps []fault.Problem
	bad := func(path, key string, args ...any) {
		ps = append(ps, fault.Problem{Path: path, Key: key, Args: args})
	}
	if n := utf8.RuneCountInString(it.Title); n == 0 || n > MaxTitle {
		bad("title", "evidence.title", MaxTitle)
	}
	if utf8.RuneCountInString(it.Number) > MaxNumber {
		bad("number", "evidence.number", MaxNumber)
	}
	if !goodDate(it.Date) {
		bad("date", "evidence.date")
	} else if it.Date > today {
		bad("date", "evidence.future")
	}
	if it.Paper != "" && !slices.Contains(where.Papers, it.Paper) {
		bad("paper", "evidence.paper")
	}
	switch {
	case len(it.Codes) > MaxCodes:
		bad("codes", "evidence.codes", MaxCodes)
	case slices.ContainsFunc(it.Codes, func(c string) bool { return !slices.Contains(where.Leaves, c) }):
		bad("codes", "evidence.code")
	case len(it.Codes) == 0 && it.Paper == "":
		bad("codes", "evidence.nowhere")
	}
	return ps
}

// goodDate accepts "" and a day from 1945 on.
func goodDate(day string) bool {
	if day == "" {
		return true
	}
	t, err := time.Parse(time.DateOnly, day)
	return err == nil && t.Year() >= 1945
}

// CheckNote returns the problem of a revision's note or a removal's reason.
func CheckNote(path, note string, needed bool) []fault.Problem {
	switch n := utf8.RuneCountInString(note); {
	case needed && n == 0:
		return []fault.Problem{{Path: path, Key: "evidence.reason"}}
	case n > MaxNote:
		return []fault.Problem{{Path: path, Key: "evidence.note", Args: []any{MaxNote}}}
	}
	return nil
}
