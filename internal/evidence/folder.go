package evidence

import (
	"slices"
	"strings"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/fault"
)

// Meta is what a person says about an item.
type Meta struct {
	Paper, Title, Number, Date string
	Codes                      []string
}

// Meta returns what was said about the item.
func (it *Item) Meta() Meta {
	return Meta{it.Paper, it.Title, it.Number, it.Date, slices.Clone(it.Codes)}
}

// Add appends items with one revision each, all or none: Conflict when the
// folder is full. It returns what the audit trail says of it.
func (f *Folder) Add(items ...Item) ([]audit.Change, error) {
	size := int64(0)
	var said []audit.Change
	for i := range items {
		it := &items[i]
		it.Rev = 1
		slices.Sort(it.Codes)
		size += it.Current().Size
		said = append(said, audit.Change{Field: "evidence/" + it.ID, After: describe(it) + "; " + describeFile(it.Current())})
	}
	if err := f.room(len(items), size); err != nil {
		return nil, err
	}
	f.Items = append(f.Items, items...)
	f.changed(size)
	return said, nil
}

// room refuses what would not fit.
func (f *Folder) room(items int, size int64) error {
	switch {
	case len(f.Items)+items > MaxItems:
		return fault.New(fault.Conflict, "evidence.manyItems", MaxItems)
	case f.Bytes+size > MaxBytes:
		return fault.New(fault.Conflict, "evidence.manyBytes", MaxBytes>>20)
	}
	return nil
}

// open returns a live item that still is at the revision a form was filled
// from: NotFound, Conflict when it was removed, Stale when it moved on.
func (f *Folder) open(id string, seen int64) (*Item, error) {
	it, ok := f.Item(id)
	switch {
	case !ok:
		return nil, fault.New(fault.NotFound, "evidence.none")
	case !it.Live():
		return nil, fault.New(fault.Conflict, "evidence.removed")
	case it.Rev != seen:
		return nil, fault.New(fault.Stale, "evidence.stale")
	}
	return it, nil
}

// Describe replaces what is said about an item; saying the same is no change.
func (f *Folder) Describe(id string, seen int64, m Meta) ([]audit.Change, error) {
	it, err := f.open(id, seen)
	if err != nil {
		return nil, err
	}
	before := describe(it)
	slices.Sort(m.Codes)
	it.Paper, it.Codes, it.Title, it.Number, it.Date = m.Paper, m.Codes, m.Title, m.Number, m.Date
	after := describe(it)
	if before == after {
		return nil, nil
	}
	it.Rev++
	f.changed(0)
	return []audit.Change{{Field: "evidence/" + id, Before: before, After: after}}, nil
}

// Revise puts a new file in the place of the current one, which is kept.
func (f *Folder) Revise(id string, seen int64, r Revision) ([]audit.Change, error) {
	it, err := f.open(id, seen)
	if err != nil {
		return nil, err
	}
	if it.Current().SHA == r.SHA {
		return nil, fault.New(fault.Conflict, "evidence.sameFile")
	}
	if len(it.Revisions) >= MaxRevisions {
		return nil, fault.New(fault.Conflict, "evidence.manyRevisions", MaxRevisions)
	}
	if err := f.room(0, r.Size); err != nil {
		return nil, err
	}
	before := describeFile(it.Current())
	it.Revisions = append(it.Revisions, r)
	it.Rev++
	f.changed(r.Size)
	return []audit.Change{{Field: "evidence/" + id, Before: before, After: describeFile(r)}}, nil
}

// Remove takes an item away; it and its files are kept and can still be seen.
func (f *Folder) Remove(id string, seen int64, by, reason string, at time.Time) ([]audit.Change, error) {
	it, err := f.open(id, seen)
	if err != nil {
		return nil, err
	}
	it.Removed = &Removal{By: by, At: at, Reason: reason}
	it.Rev++
	f.changed(0)
	return []audit.Change{{Field: "evidence/" + id, Before: describe(it), After: "removed: " + reason}}, nil
}

// changed keeps what is said about the items as a whole in step with them.
func (f *Folder) changed(size int64) {
	f.Rev++
	f.Bytes += size
	counts := Count(f.Items)
	f.Counts = f.Counts[:0]
	for code, n := range counts {
		f.Counts = append(f.Counts, Tally{code, n})
	}
	slices.SortFunc(f.Counts, func(a, b Tally) int { return strings.Compare(a.Code, b.Code) })
}

// describe is an item on one line of the audit trail.
func describe(it *Item) string {
	places := it.Codes
	if it.Paper != "" {
		places = append([]string{it.Paper}, places...)
	}
	return strings.Join([]string{it.Title, it.Number, it.Date, strings.Join(places, ",")}, "; ")
}

func describeFile(r Revision) string { return r.Name + "; sha256 " + r.SHA }

// Holds reports whether the folder's item has a revision with this content.
func (f *Folder) Holds(item, sha string) bool {
	it, ok := f.Item(item)
	return ok && slices.ContainsFunc(it.Revisions, func(r Revision) bool { return r.SHA == sha })
}

// Stands reports whether this content is the current one of a live item.
func (f *Folder) Stands(item, sha string) bool {
	it, ok := f.Item(item)
	return ok && it.Live() && it.Current().SHA == sha
}
