package store

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Record tries again when another event of the same thing came first: with
// recordTries and a wait up to recordWait, some hundred writers of one thing
// all get through.
const (
	recordTries = 100
	recordWait  = 20 * time.Millisecond
)

// eventBody is an event as it is kept. What is not part of audit.Event says
// where it stands, and is checked by that: Link keeps a place of a chain for
// one event, Block and Place are set when a block lists it.
type eventBody struct {
	audit.Event `bson:",inline"`
	Link        string `bson:"link,omitempty"`
	Block       int64  `bson:"block"` // 0: not yet sealed
	Place       int64  `bson:"place"` // from 1
}

// Record stores an audit event as the next of its thing's chain; one that is
// there already stays as it is. Any number of processes may record at once.
func (s *Store) Record(ctx context.Context, e audit.Event) error {
	e = s.named(e)
	for try := 1; ; try++ {
		last, err := s.lastEvent(ctx, e.Thing)
		if err != nil {
			return err
		}
		e.Chain(last)
		_, err = put(ctx, s, events, e.ID, 0, eventBody{Event: e, Link: audit.Link(e.Thing, e.Seq)})
		if !fault.Is(err, fault.Conflict) {
			return err
		}
		if there, gerr := s.recorded(ctx, e.ID); there || gerr != nil {
			return gerr
		}
		if try == recordTries {
			return fault.Wrap(err, fault.Unavailable, "docstore.unavailable")
		}
		if err := pause(ctx, recordWait); err != nil {
			return err
		}
	}
}

// lastEvent returns the end of a thing's chain, of which only Seq and Hash are
// set: the zero Event when it has none.
func (s *Store) lastEvent(ctx context.Context, thing string) (audit.Event, error) {
	type end struct {
		Seq  int64  `bson:"seq"`
		Hash string `bson:"hash"`
	}
	q := docstore.Query{In: events, On: eventsByThing, Eq: []any{thing}, From: int64(1), Desc: true, Limit: 1}
	e, err := docstore.First[end](ctx, s.db, q)
	if fault.Is(err, fault.NotFound) {
		return audit.Event{}, nil
	}
	return audit.Event{Seq: e.Seq, Hash: e.Hash}, err
}

// recorded reports whether the event with an id is there.
func (s *Store) recorded(ctx context.Context, id string) (bool, error) {
	_, err := docstore.Get[docstore.Meta](ctx, s.db, events, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// pause waits a random time below a bound.
func pause(ctx context.Context, bound time.Duration) error {
	t := time.NewTimer(rand.N(bound))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return fault.Wrap(ctx.Err(), fault.Timeout, "docstore.timeout")
	}
}

// named gives an event an id and a time unless it has them.
func (s *Store) named(e audit.Event) audit.Event {
	if e.ID == "" {
		e.ID = s.ids.next(s.Now())
	}
	if e.At.IsZero() {
		e.At = s.Now()
	}
	return e
}

// Events returns up to limit audit events from a time on, oldest first.
func (s *Store) Events(ctx context.Context, from time.Time, limit int) ([]audit.Event, error) {
	q := docstore.Query{In: events, On: eventsByTime, From: from, Limit: limit}
	return all(ctx, s, q, func(*audit.Event, docstore.Meta) {})
}

// History returns the events of one thing, oldest first: those from before
// there were chains by their time, the others in the order of the chain.
func (s *Store) History(ctx context.Context, thing string) ([]audit.Event, error) {
	list, err := all(ctx, s, docstore.Query{In: events, On: eventsByThing, Eq: []any{thing}}, func(*audit.Event, docstore.Meta) {})
	slices.SortStableFunc(list, func(a, b audit.Event) int {
		if a.Seq > 0 || b.Seq > 0 {
			return int(min(max(a.Seq-b.Seq, -1), 1))
		}
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, err
}
