package store

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// Counts by unit are snapshot + tail. Each (campaign, unit) has a document
// with its counts and the mark: the _id of the last response they include. The
// campaign has one with the mark that every unit has reached. A reader adds
// the responses behind the mark; what it has added it keeps in memory. So each
// response counts exactly once, with any number of processes, and a crash at
// any point loses nothing.

// tallyCache keeps each campaign's counts as folded so far by this process.
type tallyCache struct {
	mu   sync.Mutex
	byID map[string]*liveTally
}

// liveTally is one campaign's fold. settled counts everything up to mark and
// nothing after; its values are never changed, only replaced.
type liveTally struct {
	mu      sync.Mutex
	loaded  bool
	form    *survey.Form
	settled map[string]*unitPool
	mark    bson.ObjectID
	marks   map[string]bson.ObjectID // what the unit's snapshot includes
	dirty   map[string]bool          // units counted since their snapshot
	saved   bson.ObjectID            // mark of the last compaction
}

// pools returns what came in by unit, excluded responses too, current to the
// last response acknowledged before the call.
func (s *Store) pools(ctx context.Context, c *survey.Campaign) (map[string]*unitPool, error) {
	t := s.live(c.ID)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := s.loadTally(ctx, t, c); err != nil {
		return nil, err
	}
	return s.foldTail(ctx, t, c.ID)
}

func (s *Store) live(campaign string) *liveTally {
	s.tallies.mu.Lock()
	defer s.tallies.mu.Unlock()
	if s.tallies.byID == nil {
		s.tallies.byID = map[string]*liveTally{}
	}
	t, ok := s.tallies.byID[campaign]
	if !ok {
		t = &liveTally{}
		s.tallies.byID[campaign] = t
	}
	return t
}

// foldTail adds what came after the mark. On an engine that lags, what is too
// young to be settled is added to the answer only and read again next time.
func (s *Store) foldTail(ctx context.Context, t *liveTally, campaign string) (map[string]*unitPool, error) {
	q := docstore.Query{In: responses, On: responseTail, Eq: []any{campaign}}
	if !t.mark.IsZero() {
		q.From = after(t.mark)
	}
	_, lags := s.db.(docstore.Lagging)
	bound := docstore.Settled(s.db, time.Now())
	tail := tailFold{marks: t.marks, bound: bound, mark: t.mark, settled: fold{form: t.form, base: t.settled}}
	if !lags {
		// Commit order is exact: all up to the newest of any campaign is seen.
		newest, err := s.newestResponse(ctx)
		if err != nil {
			return nil, err
		}
		tail.mark = newest
	}
	for raw, err := range s.db.Find(ctx, q) {
		if err == nil {
			err = tail.add(raw)
		}
		if err != nil {
			return nil, err
		}
	}
	settled, err := tail.settled.result()
	if err != nil {
		return nil, err
	}
	for unit := range tail.settled.fresh {
		t.dirty[unit] = true
	}
	t.settled, t.mark = settled, tail.mark
	if tail.young != nil {
		return tail.young.result()
	}
	return settled, nil
}

// tailFold sorts the tail of a campaign into what is settled and what is not.
type tailFold struct {
	marks   map[string]bson.ObjectID
	bound   bson.ObjectID // from here on it is too young
	mark    bson.ObjectID
	settled fold
	young   *fold // over the settled ones; nil: nothing is young
}

func (t *tailFold) add(raw bson.Raw) error {
	r, err := readRaw(raw)
	if err != nil {
		return err
	}
	into := &t.settled
	if bytes.Compare(r.id[:], t.bound[:]) >= 0 {
		if t.young == nil {
			base, err := t.settled.result()
			if err != nil {
				return err
			}
			t.young = &fold{form: t.settled.form, base: base}
		}
		into = t.young
	} else if bytes.Compare(r.id[:], t.mark[:]) > 0 {
		t.mark = r.id
	}
	if m, ok := t.marks[string(r.unit)]; ok && bytes.Compare(r.id[:], m[:]) <= 0 {
		return nil // its unit's snapshot is ahead of the campaign's
	}
	return into.add(&r)
}

// newestResponse returns the _id of the newest response of any campaign; zero
// when there is none.
func (s *Store) newestResponse(ctx context.Context) (bson.ObjectID, error) {
	for raw, err := range s.db.Find(ctx, docstore.Query{In: responses, Desc: true, Limit: 1}) {
		if err != nil {
			return bson.ObjectID{}, err
		}
		r, err := readRaw(raw)
		return r.id, err
	}
	return bson.ObjectID{}, nil
}

// after returns the ObjectID next to id.
func after(id bson.ObjectID) bson.ObjectID {
	for i := len(id) - 1; i >= 0; i-- {
		id[i]++
		if id[i] != 0 {
			break
		}
	}
	return id
}

// Compact writes what this process has folded, so that the next start reads
// less. Another process that was faster is left as it is.
func (s *Store) Compact(ctx context.Context, c *survey.Campaign) error {
	if _, err := s.pools(ctx, c); err != nil {
		return err
	}
	t := s.live(c.ID)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mark == t.saved {
		return nil
	}
	for unit := range t.dirty {
		d := t.settled[unit].snapshot(t.form)
		d.Campaign, d.Unit, d.Mark = c.ID, unit, t.mark
		if err := s.saveSnapshot(ctx, d); err != nil {
			return err
		}
		t.marks[unit] = t.mark
		delete(t.dirty, unit)
	}
	if err := s.saveSnapshot(ctx, tallyDoc{Campaign: c.ID, Mark: t.mark}); err != nil {
		return err
	}
	t.saved = t.mark
	return nil
}

// CompactAll compacts every campaign that this process has tallied.
func (s *Store) CompactAll(ctx context.Context) error {
	s.tallies.mu.Lock()
	ids := slices.Collect(maps.Keys(s.tallies.byID))
	s.tallies.mu.Unlock()
	for _, id := range ids {
		c, err := s.Campaign(ctx, id)
		if err == nil {
			err = s.Compact(ctx, &c)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}
