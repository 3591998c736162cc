package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strconv"
	"strings"
	"time"
)

// Names of the canonical forms; a form that changes gets a new name, and with
// it other hashes.
const (
	eventForm = "thanthien audit event 1"
	blockForm = "thanthien audit block 1"
)

// shortGroups groups of four digits of a block's hash are what people copy from
// a printed page: 64 bits.
const shortGroups = 4

// Link names a place in the chain of a thing; at most one event has it.
func Link(thing string, seq int64) string { return thing + "#" + strconv.FormatInt(seq, 10) }

// Chain makes e the event after last in its thing's chain. The zero Event as
// last begins the chain.
func (e *Event) Chain(last Event) {
	e.Seq, e.Prev = last.Seq+1, last.Hash
	e.Hash = e.Sum()
}

// Sum is the hash of an event in 64 hexadecimal digits: SHA-256 over its
// canonical form, which is a row of strings, each written as its length in
// bytes in decimal, a colon, its bytes in UTF-8 and a comma:
//
//	"thanthien audit event 1", id, at (milliseconds since 1970 UTC, decimal),
//	who, action, thing, number of changes, field, before and after of each
//	change, seq, prev
//
// Hash itself is not part of it.
func (e *Event) Sum() string {
	w := canonical{sha256.New()}
	w.write(eventForm, e.ID)
	w.number(e.At.UnixMilli())
	w.write(e.Who, string(e.Action), e.Thing)
	w.number(int64(len(e.Detail)))
	for _, c := range e.Detail {
		w.write(c.Field, c.Before, c.After)
	}
	w.number(e.Seq)
	w.write(e.Prev)
	return w.sum()
}

// Block seals events: what is listed in a block cannot be edited, taken out or
// numbered anew without showing. Each block holds the hash of the one before.
type Block struct {
	Number  int64     `bson:"number" json:"number"` // from 1
	At      time.Time `bson:"at" json:"at"`
	Entries []Entry   `bson:"entries" json:"entries"`
	Prev    string    `bson:"prev,omitempty" json:"prev,omitempty"`
	Hash    string    `bson:"hash" json:"hash"`
}

// Entry is one event in a block.
type Entry struct {
	ID    string `bson:"i" json:"id"`
	Thing string `bson:"t" json:"thing"`
	Seq   int64  `bson:"s" json:"seq"`
	Hash  string `bson:"h" json:"hash"`
}

// Sum is the hash of a block, made like that of an event over
//
//	"thanthien audit block 1", number, at (milliseconds since 1970 UTC),
//	number of entries, id, thing, seq and hash of each entry, prev
func (b *Block) Sum() string {
	w := canonical{sha256.New()}
	w.write(blockForm)
	w.number(b.Number)
	w.number(b.At.UnixMilli())
	w.number(int64(len(b.Entries)))
	for _, e := range b.Entries {
		w.write(e.ID, e.Thing)
		w.number(e.Seq)
		w.write(e.Hash)
	}
	w.write(b.Prev)
	return w.sum()
}

// Head is the newest block: whoever has it on paper can tell later whether
// anything that it seals was changed. The zero Head seals nothing.
type Head struct {
	Block int64     `bson:"block" json:"block"`
	At    time.Time `bson:"at" json:"at"`
	Hash  string    `bson:"hash" json:"hash"`
}

// Head returns what a later check can be held against.
func (b *Block) Head() Head { return Head{b.Number, b.At, b.Hash} }

// Short is the head's hash cut for print, in groups: "3f2a 9c71 b04d 55e0".
func (h Head) Short() string {
	var groups []string
	for rest := h.Hash; len(rest) >= 4 && len(groups) < shortGroups; rest = rest[4:] {
		groups = append(groups, rest[:4])
	}
	return strings.Join(groups, " ")
}

// canonical writes strings so that no two rows of them look the same.
type canonical struct{ h hash.Hash }

func (w canonical) write(list ...string) {
	for _, s := range list {
		io.WriteString(w.h, strconv.Itoa(len(s)))
		io.WriteString(w.h, ":")
		io.WriteString(w.h, s)
		io.WriteString(w.h, ",")
	}
}

func (w canonical) number(n int64) { w.write(strconv.FormatInt(n, 10)) }

func (w canonical) sum() string { return hex.EncodeToString(w.h.Sum(nil)) }
