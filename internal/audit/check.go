package audit

import (
	"cmp"
	"slices"
	"strings"
)

// Wrong is a kind of damage to the trail; the names are stable.
type Wrong string

// The kinds of damage.
const (
	Edited    Wrong = "edited"    // an event is not as it was recorded or sealed
	Missing   Wrong = "missing"   // an event was taken out
	Forged    Wrong = "forged"    // an event was put in past the program
	Reordered Wrong = "reordered" // an event was sealed with another number
	Broken    Wrong = "broken"    // an event does not follow the one before it
	BadBlock  Wrong = "block"     // a block is missing or not as it was sealed
	NoEvent   Wrong = "status"    // a thing's status has no event
	NoHead    Wrong = "head"      // the head that somebody kept is not in the trail
)

// Finding is one place where the trail is wrong.
type Finding struct {
	Wrong Wrong  `bson:"wrong" json:"wrong"`
	Thing string `bson:"thing,omitempty" json:"thing,omitempty"`
	Seq   int64  `bson:"seq,omitempty" json:"seq,omitempty"`     // 0: the thing as a whole
	ID    string `bson:"event,omitempty" json:"event,omitempty"` // of the event, where there is one
	Block int64  `bson:"block,omitempty" json:"block,omitempty"`
	Text  string `bson:"text,omitempty" json:"text,omitempty"` // what should be there
}

// Kept is an event as it lies in the trail, with where it says it is.
type Kept struct {
	Event `bson:",inline"`
	Link  string `bson:"link"`
	Block int64  `bson:"block"`
	Place int64  `bson:"place"`
}

// Chains checks events one after the other, those of a thing together in the
// order of their numbers. The zero value is ready.
type Chains struct {
	Events, Things, Before, Open int64
	// Newest is the highest block that an event says it is in.
	Newest int64
	// First is when the first block was sealed: no event without a number is
	// younger. Zero: there is no block.
	First Head

	thing string
	last  Event // Seq 0: none of the thing
}

// Next looks at the next event and returns what is wrong with it; gap lists
// the numbers that are missing before it.
func (c *Chains) Next(e *Kept) (found []Finding, gap []int64) {
	if e.Thing != c.thing || c.Events+c.Before == 0 {
		c.thing, c.last = e.Thing, Event{}
		c.Things++
	}
	say := func(w Wrong) { found = append(found, Finding{Wrong: w, Thing: e.Thing, Seq: e.Seq, ID: e.ID}) }
	if e.Seq <= 0 {
		c.Before++
		if e.Seq < 0 || e.Hash != "" || e.Block != 0 || c.First.Block > 0 && e.At.After(c.First.At) {
			say(Forged)
		}
		return found, nil
	}
	c.Events++
	if e.Block == 0 {
		c.Open++
	}
	c.Newest = max(c.Newest, e.Block)
	if e.Hash != e.Sum() || e.Link != "" && e.Link != Link(e.Thing, e.Seq) {
		say(Edited)
	}
	if e.Seq == c.last.Seq || e.Link == "" {
		say(Forged) // the place is taken, or nothing keeps it
		return found, nil
	}
	if gap = missing(c.last.Seq, e.Seq); len(gap) == 0 && e.Prev != c.last.Hash {
		say(Broken)
	}
	c.last = e.Event
	return found, gap
}

// maxGap is how many missing numbers of one gap are named.
const maxGap = 100

func missing(last, next int64) (gap []int64) {
	for n := last + 1; n < next && len(gap) < maxGap; n++ {
		gap = append(gap, n)
	}
	return gap
}

// Compare checks a block against the one before it and against the events that
// say they are in it, in their places. absent are the entries without such an
// event.
func (b *Block) Compare(before *Block, events []Kept) (found []Finding, absent []Entry) {
	if b.Number != before.Number+1 || b.Prev != before.Hash || b.Hash != b.Sum() {
		found = append(found, Finding{Wrong: BadBlock, Block: b.Number})
	}
	at := make(map[string]int, len(b.Entries))
	for i, e := range b.Entries {
		at[e.ID] = i
	}
	seen := make([]bool, len(b.Entries))
	for _, e := range events {
		i, listed := at[e.ID]
		f := Finding{Thing: e.Thing, Seq: e.Seq, ID: e.ID, Block: b.Number}
		switch {
		case !listed || seen[i]:
			f.Wrong = Forged
		default:
			seen[i] = true
			f.Wrong = b.Entries[i].differs(&e, int64(i+1))
			f.Thing, f.Seq = b.Entries[i].Thing, b.Entries[i].Seq
		}
		if f.Wrong != "" {
			found = append(found, f)
		}
	}
	for i, e := range b.Entries {
		if !seen[i] {
			absent = append(absent, e)
		}
	}
	return found, absent
}

func (e *Entry) differs(k *Kept, place int64) Wrong {
	switch {
	case e.Thing == k.Thing && e.Seq != k.Seq || k.Place != place:
		return Reordered
	case e.Thing != k.Thing || e.Hash != k.Hash:
		return Edited
	}
	return ""
}

// Tidy orders findings, each once, without those that others explain: an event
// does not follow one that was itself changed.
func Tidy(list []Finding) []Finding {
	type place struct {
		thing string
		seq   int64
	}
	touched := map[place]bool{}
	for _, f := range list {
		if f.Wrong != Broken {
			touched[place{f.Thing, f.Seq}] = true
		}
	}
	list = slices.DeleteFunc(list, func(f Finding) bool {
		return f.Wrong == Broken && (touched[place{f.Thing, f.Seq}] || touched[place{f.Thing, f.Seq - 1}])
	})
	order := func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Thing, b.Thing), cmp.Compare(a.Seq, b.Seq), strings.Compare(string(a.Wrong), string(b.Wrong)), strings.Compare(a.ID, b.ID), cmp.Compare(a.Block, b.Block))
	}
	slices.SortStableFunc(list, order)
	return slices.CompactFunc(list, func(a, b Finding) bool {
		return a.Wrong == b.Wrong && a.Thing == b.Thing && a.Seq == b.Seq && a.ID == b.ID && (a.Thing != "" || a.Block == b.Block)
	})
}
