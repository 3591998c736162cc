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

// Tallies by unit are snapshot + tail. Each (campaign, unit) has a document
// with its counts and the mark: the _id of the last response they include. The
// campaign has one with the mark that every unit has reached. A reader adds
// the responses behind the mark; what it has added it keeps in memory. So each
// response counts exactly once, with any number of processes, and a crash at
// any point loses nothing.

// Tallies of a campaign by unit code. They are shared: read only.
type Tallies map[string]*survey.Tally

type tallyDoc struct {
	docstore.Meta `bson:",inline"`
	Campaign      string           `bson:"campaign"`
	Unit          string           `bson:"unit,omitempty"` // "" is the campaign's own document
	Mark          bson.ObjectID    `bson:"mark"`
	Tally         *survey.Snapshot `bson:"tally,omitempty"`
}

// tallyCache keeps each campaign's tallies as folded so far by this process.
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
	settled Tallies
	mark    bson.ObjectID
	marks   map[string]bson.ObjectID // what the unit's snapshot includes
	dirty   map[string]bool          // units counted since their snapshot
	saved   bson.ObjectID            // mark of the last compaction
}

// Tallies returns the tallies of a campaign, current to the last response
// acknowledged before the call.
func (s *Store) Tallies(ctx context.Context, c *survey.Campaign) (Tallies, error) {
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
		t = &liveTally{settled: Tallies{}, marks: map[string]bson.ObjectID{}, dirty: map[string]bool{}}
		s.tallies.byID[campaign] = t
	}
	return t
}

// loadTally reads the snapshots, once per process.
func (s *Store) loadTally(ctx context.Context, t *liveTally, c *survey.Campaign) error {
	if t.loaded {
		return nil
	}
	form, err := s.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return err
	}
	t.form = form
	for d, err := range docstore.Find[tallyDoc](ctx, s.db, docstore.Query{In: tallies, On: talliesByCampaign, Eq: []any{c.ID}}) {
		switch {
		case err != nil:
			return err
		case d.Unit == "":
			t.mark, t.saved = d.Mark, d.Mark
		default:
			tally, err := survey.RestoreTally(form, *d.Tally)
			if err != nil {
				return err
			}
			t.settled[d.Unit], t.marks[d.Unit] = tally, d.Mark
		}
	}
	t.loaded = true
	return nil
}

// foldTail adds what came after the mark. On an engine that lags, what is too
// young to be settled is added to the answer only and read again next time.
func (s *Store) foldTail(ctx context.Context, t *liveTally, campaign string) (Tallies, error) {
	q := docstore.Query{In: responses, On: responseTail, Eq: []any{campaign}}
	if !t.mark.IsZero() {
		q.From = after(t.mark)
	}
	_, lags := s.db.(docstore.Lagging)
	bound := docstore.Settled(s.db, time.Now())
	settled, mark := fold{base: t.settled}, t.mark
	if !lags {
		// Commit order is exact: all up to the newest of any campaign is seen.
		newest, err := s.newestResponse(ctx)
		if err != nil {
			return nil, err
		}
		mark = newest
	}
	var young *fold
	for raw, err := range s.db.Find(ctx, q) {
		if err != nil {
			return nil, err
		}
		r, err := readRaw(raw)
		if err != nil {
			return nil, err
		}
		into := &settled
		if bytes.Compare(r.id[:], bound[:]) >= 0 {
			if young == nil {
				young = &fold{base: settled.result()}
			}
			into = young
		} else if bytes.Compare(r.id[:], mark[:]) > 0 {
			mark = r.id
		}
		if m, ok := t.marks[r.unit]; ok && bytes.Compare(r.id[:], m[:]) <= 0 {
			continue // its unit's snapshot is ahead of the campaign's
		}
		if err := into.add(t.form, r); err != nil {
			return nil, err
		}
	}
	for unit := range settled.fresh {
		t.dirty[unit] = true
	}
	t.settled, t.mark = settled.result(), mark
	if young != nil {
		return young.result(), nil
	}
	return t.settled, nil
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

// fold adds responses to tallies without touching the ones it started from.
type fold struct {
	base  Tallies
	fresh Tallies
}

func (f *fold) add(form *survey.Form, r rawResponse) error {
	t, ok := f.fresh[r.unit]
	if !ok {
		if f.fresh == nil {
			f.fresh = Tallies{}
		}
		if old, ok := f.base[r.unit]; ok {
			t = old.Clone()
		} else {
			t = survey.NewTally(form)
		}
		f.fresh[r.unit] = t
	}
	if err := t.Add(r.group, r.answers); err != nil {
		return fault.Wrap(err, fault.Internal, "store.response")
	}
	return nil
}

func (f *fold) result() Tallies {
	if f.fresh == nil {
		return f.base
	}
	out := maps.Clone(f.base)
	maps.Copy(out, f.fresh)
	return out
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
	if _, err := s.Tallies(ctx, c); err != nil {
		return err
	}
	t := s.live(c.ID)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mark == t.saved {
		return nil
	}
	for unit := range t.dirty {
		counts := t.settled[unit].Snapshot()
		if err := s.saveSnapshot(ctx, tallyDoc{Campaign: c.ID, Unit: unit, Mark: t.mark, Tally: &counts}); err != nil {
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

// saveSnapshot stores a snapshot unless the one there is as far or further.
func (s *Store) saveSnapshot(ctx context.Context, d tallyDoc) error {
	d.ID = d.Campaign + "/" + d.Unit
	old, err := docstore.Get[tallyDoc](ctx, s.db, tallies, d.ID)
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return err
	case bytes.Compare(old.Mark[:], d.Mark[:]) >= 0:
		return nil
	default:
		d.Version = old.Version
	}
	err = docstore.Put(ctx, s.db, tallies, &d)
	if fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) {
		return nil // another process wrote it meanwhile; ours is kept in memory
	}
	return err
}

// Recount tallies a campaign from its responses alone, for verification.
func (s *Store) Recount(ctx context.Context, c *survey.Campaign) (Tallies, error) {
	form, err := s.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return nil, err
	}
	f := fold{base: Tallies{}}
	for raw, err := range s.db.Find(ctx, docstore.Query{In: responses, On: responseTail, Eq: []any{c.ID}}) {
		if err != nil {
			return nil, err
		}
		r, err := readRaw(raw)
		if err == nil {
			err = f.add(form, r)
		}
		if err != nil {
			return nil, err
		}
	}
	return f.result(), nil
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
		if err != nil {
			return err
		}
	}
	return nil
}
