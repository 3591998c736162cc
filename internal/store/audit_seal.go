package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/sync/errgroup"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

const (
	// BlockEvents is the most events that one block seals: with the longest ids
	// it is still well below the size of a document.
	BlockEvents = 5000
	// stampers is how many events are told at once which block they are in.
	stampers = 32
)

// blockID is the id of a block; ids sort as the numbers do.
func blockID(n int64) string { return fmt.Sprintf("%012d", n) }

// AuditHead seals what is not sealed yet and returns the newest block: what a
// lock or a printed page quotes. Without any event it is the zero Head.
func (s *Store) AuditHead(ctx context.Context) (audit.Head, error) { return s.seal(ctx) }

// SealAudit seals the events that are in no block yet. Any number of processes may
// do it at once; each event comes into one block.
func (s *Store) SealAudit(ctx context.Context) error {
	_, err := s.seal(ctx)
	return err
}

// seal makes blocks until nothing is open. A block is made only when every
// event of the one before knows that it is in it, and its number is taken
// once: so an event that was open when the block before was complete, and is
// in the next, is in no other.
func (s *Store) seal(ctx context.Context) (audit.Head, error) {
	for {
		last, err := s.lastBlock(ctx)
		if err == nil {
			err = s.stamp(ctx, &last)
		}
		if err != nil {
			return audit.Head{}, err
		}
		open, err := s.openEvents(ctx)
		if err != nil || len(open) == 0 {
			return last.Head(), err
		}
		b := audit.Block{Number: last.Number + 1, At: s.Now(), Prev: last.Hash, Entries: inOrder(open)}
		b.Hash = b.Sum()
		if _, err := put(ctx, s, blocks, blockID(b.Number), 0, b); err != nil && !fault.Is(err, fault.Conflict) {
			return audit.Head{}, err
		} else if err == nil {
			s.log.Info("audit block sealed", "block", b.Number, "events", len(b.Entries), "hash", b.Hash)
		}
	}
}

// lastBlock returns the newest block, the zero Block when there is none.
func (s *Store) lastBlock(ctx context.Context) (audit.Block, error) {
	d, err := docstore.First[doc[audit.Block]](ctx, s.db, docstore.Query{In: blocks, Desc: true})
	if fault.Is(err, fault.NotFound) {
		return audit.Block{}, nil
	}
	return d.Body, err
}

// errStamped ends an update that has nothing to do.
var errStamped = errors.New("stamped")

// stamp tells the events of a block that they are in it.
func (s *Store) stamp(ctx context.Context, b *audit.Block) error {
	if b.Number <= s.stamped.Load() {
		return nil
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(stampers)
	for i, entry := range b.Entries {
		g.Go(func() error {
			_, err := docstore.Update(gctx, s.db, events, entry.ID, func(d *doc[eventBody]) error {
				if d.Body.Block != 0 {
					return errStamped
				}
				d.Body.Block, d.Body.Place = b.Number, int64(i+1)
				return nil
			})
			if errors.Is(err, errStamped) || fault.Is(err, fault.NotFound) {
				return nil // what was taken out is for VerifyAudit to say
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	s.stamped.Store(b.Number)
	return nil
}

// openEvent is what a block needs to know of an event.
type openEvent struct {
	ID    string    `bson:"_id"`
	At    time.Time `bson:"at"`
	Thing string    `bson:"thing"`
	Seq   int64     `bson:"seq"`
	Hash  string    `bson:"hash"`
}

func (s *Store) openEvents(ctx context.Context) ([]openEvent, error) {
	return docstore.All[openEvent](ctx, s.db, docstore.Query{In: events, On: eventsByBlock, Eq: []any{int64(0)}, Limit: BlockEvents})
}

// inOrder lists events by their time, those of one thing always in the order
// of their chain.
func inOrder(list []openEvent) []audit.Entry {
	byChain := func(a, b openEvent) int {
		return cmp.Or(strings.Compare(a.Thing, b.Thing), cmp.Compare(a.Seq, b.Seq))
	}
	slices.SortFunc(list, byChain)
	for i := range list[1:] {
		if a, b := &list[i], &list[i+1]; a.Thing == b.Thing && b.At.Before(a.At) {
			b.At = a.At
		}
	}
	slices.SortFunc(list, func(a, b openEvent) int { return cmp.Or(a.At.Compare(b.At), byChain(a, b)) })
	entries := make([]audit.Entry, len(list))
	for i, e := range list {
		entries[i] = audit.Entry{ID: e.ID, Thing: e.Thing, Seq: e.Seq, Hash: e.Hash}
	}
	return entries
}

// Places in the trail are cursors with one of these before them: events from
// before there were chains come first, by their ids.
const (
	beforeChains = "o"
	inBlocks     = "b"
)

// Trail returns up to limit events after a place ("" is the beginning), and
// the place after the last of them. It seals what is open first and goes by the
// order of the blocks, so that an event which is relayed late comes late, and
// nobody who goes on from the place he was given misses one.
func (s *Store) Trail(ctx context.Context, after string, limit int) (list []audit.Event, next string, err error) {
	old, place, err := readPlace(after)
	if err != nil {
		return nil, after, err
	}
	head, err := s.seal(ctx)
	if err != nil {
		return nil, after, err
	}
	next = after
	if old {
		q := docstore.Query{In: events, On: eventsByBlock, Eq: []any{nil}, After: place, Limit: limit}
		part, end, err := s.trailPart(ctx, q)
		if list = part; end != "" {
			next = beforeChains + end
		}
		if err != nil || len(list) == limit {
			return list, next, err
		}
		place = ""
	}
	q := docstore.Query{In: events, On: eventsByBlock, From: int64(1), To: head.Block + 1, After: place, Limit: limit - len(list)}
	part, end, err := s.trailPart(ctx, q)
	if end != "" {
		next = inBlocks + end
	}
	return append(list, part...), next, err
}

// readPlace reads a place in the trail: old is true before the first block.
func readPlace(after string) (old bool, place docstore.Cursor, err error) {
	if part, ok := strings.CutPrefix(after, inBlocks); ok {
		return false, docstore.Cursor(part), nil
	}
	part, ok := strings.CutPrefix(after, beforeChains)
	if !ok && after != "" {
		return false, "", fault.New(fault.Malformed, "audit.after")
	}
	return true, docstore.Cursor(part), nil
}

// trailPart returns the events of q and the place of the last, "" without any.
func (s *Store) trailPart(ctx context.Context, q docstore.Query) (list []audit.Event, place string, err error) {
	var last bson.Raw
	for raw, err := range s.db.Find(ctx, q) {
		var d doc[audit.Event]
		if err == nil {
			err = docstore.Unmarshal(raw, &d)
		}
		if err != nil {
			return nil, "", err
		}
		list, last = append(list, d.Body), append(last[:0], raw...)
	}
	if last == nil {
		return nil, "", nil
	}
	cursor, err := docstore.CursorOf(q, last)
	return list, string(cursor), err
}

// TrailAfter returns the place after the event of an id. What is no event's id
// comes back as it is, to be read as a place.
func (s *Store) TrailAfter(ctx context.Context, id string) (string, error) {
	if _, _, err := readPlace(id); err == nil {
		return id, nil
	}
	if _, err := s.seal(ctx); err != nil {
		return "", err
	}
	raw, err := s.db.Get(ctx, events, id)
	if fault.Is(err, fault.NotFound) {
		return id, nil
	} else if err != nil {
		return "", err
	}
	cursor, err := docstore.CursorOf(docstore.Query{In: events, On: eventsByBlock}, raw)
	if block, sealed := docstore.Lookup(raw, "block").AsInt64OK(); sealed && block > 0 {
		return inBlocks + string(cursor), err
	}
	return beforeChains + string(cursor), err
}

// TrailAt returns the place before the first block that was sealed at or after
// a time; what happened since then is behind it.
func (s *Store) TrailAt(ctx context.Context, at time.Time) (string, error) {
	type sealed struct {
		Number int64 `bson:"number"`
	}
	first, err := docstore.First[sealed](ctx, s.db, docstore.Query{In: blocks, On: blocksByTime, From: at})
	n := first.Number
	if fault.Is(err, fault.NotFound) {
		last, lerr := s.lastBlock(ctx)
		n, err = last.Number+1, lerr
	}
	if err != nil || n <= 1 {
		return "", err
	}
	q := docstore.Query{In: events, On: eventsByBlock, Eq: []any{n - 1}, Desc: true, Limit: 1}
	_, place, err := s.trailPart(ctx, q)
	if place == "" {
		return "", err
	}
	return inBlocks + place, err
}
