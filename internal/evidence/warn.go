package evidence

import (
	"slices"

	"thanthien/internal/rubric"
)

// Warning is one thing about an item that an appraiser should look at. The
// item is accepted all the same.
type Warning struct {
	What Flaw
	Use  Use // for Twice, Elsewhere and Earlier
}

// Flaw names what a warning is about.
type Flaw string

// The flaws.
const (
	NoNumber  Flaw = "no-number" // the document has no number
	NoDate    Flaw = "no-date"   // the document has no date
	Outside   Flaw = "outside"   // its date is outside the period
	Twice     Flaw = "twice"     // the same file stands in this dossier twice
	Elsewhere Flaw = "elsewhere" // another unit handed in the same file
	Earlier   Flaw = "earlier"   // the unit handed in the same file in another period
)

// Use is a dossier and item in which a file stands.
type Use struct {
	Period, Unit, Item string
}

// Span is the days that a document of a period should be from, both included,
// as 2006-01-02; "" is open.
type Span struct{ From, To string }

// Has reports whether a day is in the span.
func (s Span) Has(day string) bool {
	return (s.From == "" || s.From <= day) && (s.To == "" || day <= s.To)
}

// Warnings returns what is doubtful about an item of the folder; elsewhere are
// the live uses of its current file, this item among them or not.
func (f *Folder) Warnings(it *Item, span Span, elsewhere []Use) []Warning {
	var list []Warning
	if it.Number == "" {
		list = append(list, Warning{What: NoNumber})
	}
	switch {
	case it.Date == "":
		list = append(list, Warning{What: NoDate})
	case !span.Has(it.Date):
		list = append(list, Warning{What: Outside})
	}
	for _, u := range elsewhere {
		w := Warning{Use: u}
		switch {
		case u.Unit != f.Unit:
			w.What = Elsewhere
		case u.Period != f.Period:
			w.What = Earlier
		case u.Item != it.ID:
			w.What = Twice
		default:
			continue
		}
		list = append(list, w)
	}
	return list
}

// Missing is what a dossier should have and has not.
type Missing struct {
	Papers []rubric.Paper
	Leaves []string // codes, in the set's order
}

// Empty reports whether nothing is missing.
func (m Missing) Empty() bool { return len(m.Papers) == 0 && len(m.Leaves) == 0 }

// MissingOf lists the required papers and the leaves with required evidence
// that no live item stands for. skip says which leaves need none, such as those
// marked not applicable; it may be nil.
func MissingOf(set *rubric.Set, items []Item, skip func(leaf string) bool) Missing {
	var m Missing
	for _, p := range set.Papers {
		if p.Required && !slices.ContainsFunc(items, func(it Item) bool { return it.Live() && it.Paper == p.Code }) {
			m.Papers = append(m.Papers, p)
		}
	}
	counts := Count(items)
	for _, leaf := range set.Leaves() {
		if leaf.Evidence == rubric.EvidenceRequired && counts[leaf.Code] == 0 && (skip == nil || !skip(leaf.Code)) {
			m.Leaves = append(m.Leaves, leaf.Code)
		}
	}
	return m
}

// PlacesOf returns what evidence of a dossier under this set may stand for.
func PlacesOf(set *rubric.Set) Places {
	var p Places
	for _, paper := range set.Papers {
		p.Papers = append(p.Papers, paper.Code)
	}
	for _, leaf := range set.Leaves() {
		if leaf.Evidence != rubric.EvidenceNone {
			p.Leaves = append(p.Leaves, leaf.Code)
		}
	}
	return p
}
