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
	Answers     []byte // packed; valid until the next row
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

// Rows yields the set by unit and then by the random key, so that the order
// says nothing about who answered before whom and is always the same. It ends
// with a Conflict when a row of the set is missing or new.
func (set *ResponseSet) Rows(ctx context.Context) iter.Seq2[*ResponseRow, error] {
	return func(yield func(*ResponseRow, error) bool) {
		row, n := &ResponseRow{}, int64(0)
		q := docstore.Query{In: responses, On: responseKey, Eq: []any{set.campaign}}
		for raw, err := range set.store.db.Find(ctx, q) {
			var of bool
			if err == nil {
				of, err = set.read(row, raw)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !of {
				continue
			}
			n++
			if !yield(row, nil) {
				return
			}
		}
		if n != set.Count {
			yield(nil, fault.New(fault.Conflict, "export.changed", n, set.Count))
		}
	}
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
