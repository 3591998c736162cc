package rubric

import (
	"fmt"
	"strconv"
	"strings"
)

// Change is one difference between two sets, in words: Key names a message of
// package vi and Args its arguments. Code is the group, criterion, paper,
// condition or band it is about, "" for the set itself; Old and New are the
// values before and after, "" for none.
type Change struct {
	Kind ChangeKind
	Code string
	Old  string
	New  string
	Key  string
	Args []any
}

// ChangeKind is the class of a change.
type ChangeKind string

// The classes of changes.
const (
	Added     ChangeKind = "added"
	Removed   ChangeKind = "removed"
	Moved     ChangeKind = "moved" // under another parent or to another place
	Retitled  ChangeKind = "title"
	Repointed ChangeKind = "points"
	Reruled   ChangeKind = "rule"
	Rethresh  ChangeKind = "threshold"
	Reworded  ChangeKind = "text"    // guide, evidence, who issued
	Setting   ChangeKind = "setting" // total, decimals, N/A, ties, levels
)

// Diff lists what b changes against a, in the order of the format. Id, version
// and decision are not compared; apart from them, no change means equal sets.
func Diff(a, b *Set) []Change {
	var d differ
	d.settings(a, b)
	d.entries(paperEntries(a), paperEntries(b), paperWords)
	d.entries(conditionEntries(a), conditionEntries(b), conditionWords)
	d.nodes(nodeList(a), nodeList(b))
	d.recognition(a.Recognition, b.Recognition)
	return d.changes
}

type differ struct{ changes []Change }

func (d *differ) add(c Change) { d.changes = append(d.changes, c) }

// value adds a change of one named value.
func (d *differ) value(kind ChangeKind, code, name, old, new string) {
	switch {
	case old == new:
	case code == "":
		d.add(Change{Kind: kind, Old: old, New: new, Key: "rubric.diffSetting", Args: []any{name, dash(old), dash(new)}})
	default:
		d.add(Change{Kind: kind, Code: code, Old: old, New: new, Key: "rubric.diffValue", Args: []any{code, name, dash(old), dash(new)}})
	}
}

// dash shows an empty value.
func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func (d *differ) settings(a, b *Set) {
	d.value(Retitled, "", "title", a.Title, b.Title)
	d.value(Reworded, "", "issued_by", a.IssuedBy, b.IssuedBy)
	d.value(Setting, "", "applies_to", strings.Join(a.AppliesTo, ", "), strings.Join(b.AppliesTo, ", "))
	d.value(Repointed, "", "total", a.Total.String(), b.Total.String())
	d.value(Setting, "", "decimals", strconv.Itoa(a.Decimals), strconv.Itoa(b.Decimals))
	d.value(Setting, "", "not_applicable", a.NotApplicable, b.NotApplicable)
	d.value(Repointed, "", "max_total", numText(a.MaxTotal), numText(b.MaxTotal))
	d.value(Setting, "", "tie_break", strings.Join(a.TieBreak, ", "), strings.Join(b.TieBreak, ", "))
}

func numText(x *Num) string {
	if x == nil {
		return ""
	}
	return x.String()
}

// entry is one line of a plain list: code, title and one more value.
type entry struct{ code, title, extraName, extra string }

// words are the messages of one kind of list.
type words struct{ added, removed, moved Change }

var (
	paperWords = words{
		Change{Kind: Added, Key: "rubric.diffPaperAdded"}, Change{Kind: Removed, Key: "rubric.diffPaperRemoved"}, Change{Kind: Moved, Key: "rubric.diffPaperMoved"}}
	conditionWords = words{
		Change{Kind: Added, Key: "rubric.diffConditionAdded"}, Change{Kind: Removed, Key: "rubric.diffConditionRemoved"}, Change{Kind: Moved, Key: "rubric.diffConditionMoved"}}
	bandWords = words{
		Change{Kind: Added, Key: "rubric.diffBandAdded"}, Change{Kind: Removed, Key: "rubric.diffBandRemoved"}, Change{Kind: Moved, Key: "rubric.diffBandMoved"}}
)

func paperEntries(s *Set) []entry {
	var list []entry
	for _, p := range s.Papers {
		list = append(list, entry{p.Code, p.Title, "required", strconv.FormatBool(p.Required)})
	}
	return list
}

func conditionEntries(s *Set) []entry {
	var list []entry
	for _, c := range s.Conditions {
		list = append(list, entry{code: c.Code, title: c.Title})
	}
	return list
}

func bandEntries(r *Recognition) []entry {
	var list []entry
	for _, b := range r.Bands {
		list = append(list, entry{b.Code, b.Title, "min", b.Min.String()})
	}
	return list
}

// entries compares two lists by code.
func (d *differ) entries(a, b []entry, w words) {
	old := map[string]entry{}
	for _, e := range a {
		old[e.code] = e
	}
	kept := map[string]bool{}
	for _, e := range b {
		o, ok := old[e.code]
		kept[e.code] = true
		if !ok {
			d.whole(w.added, e)
			continue
		}
		d.value(Retitled, e.code, "title", o.title, e.title)
		d.value(Rethresh, e.code, e.extraName, o.extra, e.extra)
	}
	for _, e := range a {
		if !kept[e.code] {
			d.whole(w.removed, e)
		}
	}
	d.order(codesOf(a), codesOf(b), w.moved)
}

// whole adds a change about an entry as a whole.
func (d *differ) whole(c Change, e entry) {
	c.Code, c.Args = e.code, []any{e.code, e.title}
	if c.Kind == Added {
		c.New = e.title
	} else {
		c.Old = e.title
	}
	d.add(c)
}

func codesOf(list []entry) []string {
	codes := make([]string, len(list))
	for i, e := range list {
		codes[i] = e.code
	}
	return codes
}

// order adds one change when the codes that both lists have stand in another
// order.
func (d *differ) order(a, b []string, c Change) {
	old, new := strings.Join(common(a, b), ", "), strings.Join(common(b, a), ", ")
	if old != new {
		c.Old, c.New, c.Args = old, new, []any{old, new}
		d.add(c)
	}
}

// common returns the codes of a that b has too, in a's order.
func common(a, b []string) []string {
	in := map[string]bool{}
	for _, code := range b {
		in[code] = true
	}
	var out []string
	for _, code := range a {
		if in[code] {
			out = append(out, code)
		}
	}
	return out
}

func (d *differ) recognition(a, b *Recognition) {
	if a == nil {
		a = &Recognition{}
	}
	if b == nil {
		b = &Recognition{}
	}
	d.value(Rethresh, "", "min_total", numText(a.MinTotal), numText(b.MinTotal))
	d.value(Rethresh, "", "min_group_percent", numText(a.MinGroupPercent), numText(b.MinGroupPercent))
	d.value(Rethresh, "", "groups", floorsText(a), floorsText(b))
	d.value(Rethresh, "", "min_criterion_percent", numText(a.MinCriterionPercent), numText(b.MinCriterionPercent))
	d.value(Rethresh, "", "conditions", a.Conditions, b.Conditions)
	d.entries(bandEntries(a), bandEntries(b), bandWords)
}

func floorsText(r *Recognition) string {
	parts := make([]string, len(r.Groups))
	for i, f := range r.Groups {
		parts[i] = fmt.Sprintf("%s: %s", f.Group, f.Percent)
	}
	return strings.Join(parts, ", ")
}
