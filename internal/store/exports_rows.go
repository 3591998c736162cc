package store

import (
	"bytes"
	"context"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// ResponseSet is the responses of a campaign up to one moment, for an export.
type ResponseSet struct {
	Count    int64 // how many there are
	store    *Store
	campaign string
	last     bson.ObjectID // those that came later are not of the set
	pools    map[string]*unitPool
	excluded *excludedSet
}

// ResponseRow is a response as it leaves the system. Nothing in it tells who
// or at what hour: with a server's access log the exact second would.
type ResponseRow struct {
	Unit, Group string
	Channel     survey.Channel
	Day         int64        // since 1970-01-01, in Vietnam's time
	Minutes     int64        // from opening to sending, rounded up; 0 unknown
	Flags       survey.Flags // Burst too
	Excluded    bool
	Answers     []byte // packed
}

// vietnam is the country's time in seconds after UTC, all year.
const vietnam = 7 * 60 * 60

// ResponseSet returns the responses of a campaign that are stored now.
func (s *Store) ResponseSet(ctx context.Context, c *survey.Campaign) (*ResponseSet, error) {
	newest, err := s.newestResponse(ctx)
	if err != nil {
		return nil, err
	}
	set := &ResponseSet{store: s, campaign: c.ID, last: newest}
	q := docstore.Query{In: responses, On: responseTail, Eq: []any{c.ID}, To: after(newest)}
	if set.Count, err = s.db.Count(ctx, q); err != nil {
		return nil, err
	}
	if set.excluded, err = s.excluded(ctx, c); err != nil {
		return nil, err
	}
	set.pools, err = s.pools(ctx, c)
	return set, err
}

// A reader of the database keeps ahead of the writer of the file by so many
// heaps of rows: the two take about as long as each other.
const (
	rowsHeap  = 512
	heapAhead = 4
)

// rowHeap is rows that were read together; their answers lie in one piece of
// memory. An error comes alone.
type rowHeap struct {
	rows    []ResponseRow
	answers []byte
	err     error
}

// Rows yields the set by unit and then by the random key, so that the order
// says nothing about who answered before whom and is always the same. It ends
// with a Conflict when a row of the set is missing or new.
func (set *ResponseSet) Rows(ctx context.Context) iter.Seq2[*ResponseRow, error] {
	return func(yield func(*ResponseRow, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		heaps := make(chan *rowHeap, heapAhead)
		go set.readAhead(ctx, heaps)
		defer func() {
			stop()
			for range heaps { // until the reader has ended
			}
		}()
		n := int64(0)
		for heap := range heaps {
			if heap.err != nil {
				yield(nil, heap.err)
				return
			}
			for i := range heap.rows {
				n++
				if !yield(&heap.rows[i], nil) {
					return
				}
			}
		}
		switch {
		case ctx.Err() != nil:
			yield(nil, docstore.ErrEngine(ctx, ctx.Err(), fault.Timeout))
		case n != set.Count:
			yield(nil, fault.New(fault.Conflict, "export.changed", n, set.Count))
		}
	}
}

// readAhead sends the rows of the set and closes heaps.
func (set *ResponseSet) readAhead(ctx context.Context, heaps chan<- *rowHeap) {
	defer close(heaps)
	send := func(h *rowHeap) bool {
		select {
		case heaps <- h:
			return true
		case <-ctx.Done():
			return false
		}
	}
	heap, row := &rowHeap{}, ResponseRow{}
	q := docstore.Query{In: responses, On: responseKey, Eq: []any{set.campaign}}
	for raw, err := range set.store.db.Find(ctx, q) {
		var of bool
		if err == nil {
			of, err = set.read(&row, raw)
		}
		if err != nil {
			if len(heap.rows) == 0 || send(heap) {
				send(&rowHeap{err: err})
			}
			return
		}
		if !of {
			continue
		}
		if heap.add(row); len(heap.rows) == rowsHeap {
			if !send(heap) {
				return
			}
			heap = &rowHeap{rows: make([]ResponseRow, 0, rowsHeap), answers: make([]byte, 0, cap(heap.answers))}
		}
	}
	if len(heap.rows) > 0 {
		send(heap)
	}
}

// add keeps a row with a copy of its answers. A grown piece of memory leaves
// the answers before it where they are.
func (h *rowHeap) add(row ResponseRow) {
	from := len(h.answers)
	h.answers = append(h.answers, row.Answers...)
	row.Answers = h.answers[from:len(h.answers):len(h.answers)]
	h.rows = append(h.rows, row)
}

// read fills a row; it reports whether the response is of the set.
func (set *ResponseSet) read(row *ResponseRow, raw bson.Raw) (of bool, err error) {
	r, err := readRaw(raw)
	if err != nil || bytes.Compare(r.id[:], set.last[:]) > 0 {
		return false, err
	}
	if row.Unit != string(r.unit) {
		row.Unit = string(r.unit)
	}
	if row.Group != string(r.group) {
		row.Group = string(r.group)
	}
	row.Channel, row.Flags, row.Answers = r.channel, r.flags, r.answers
	if p := set.pools[row.Unit]; p != nil && p.burst(r.channel, r.id) {
		row.Flags |= survey.Burst
	}
	row.Excluded = set.excluded.has(r.id)
	row.Day = (seconds(r.id) + vietnam) / (24 * 60 * 60)
	row.Minutes = 0
	if took, ok := docstore.Lookup(raw, "s").AsInt64OK(); ok {
		row.Minutes = (took + 59) / 60
	}
	return true, nil
}
