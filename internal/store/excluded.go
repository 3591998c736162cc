package store

import (
	"context"
	"slices"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// exclusionCache keeps each campaign's excluded responses as last read.
type exclusionCache struct {
	mu   sync.Mutex
	byID map[string]*excludedSet
}

// excludedSet is what is excluded of a campaign, for good: when an exclusion is
// added or taken back there is a new one.
type excludedSet struct {
	marks []exclusionMark // of which exclusions it is made
	held  map[bson.ObjectID]Response
	units map[string]*unitExcluded
}

// exclusionMark is one exclusion in force, at one version.
type exclusionMark struct {
	id      string
	version int64
}

// unitExcluded is what is excluded of one unit, and what is left of the pool it
// was last applied to.
type unitExcluded struct {
	tally *survey.Tally
	list  []Response

	mu     sync.Mutex
	pool   *unitPool
	counts *UnitCounts
}

// excluded returns what is excluded of a campaign now; nil for nothing. Call it
// before the counts are read, so that they have all it excludes.
func (s *Store) excluded(ctx context.Context, c *survey.Campaign) (*excludedSet, error) {
	var marks []exclusionMark
	q := docstore.Query{In: exclusions, On: exclusionsByCampaign, Eq: []any{c.ID}}
	for raw, err := range s.db.Find(ctx, q) {
		if err != nil {
			return nil, err
		}
		if x, ok := docstore.Lookup(raw, "x").BooleanOK(); x && ok {
			id, _ := docstore.IDOf(raw).(string)
			marks = append(marks, exclusionMark{id, docstore.Lookup(raw, "v").AsInt64()})
		}
	}
	if len(marks) == 0 {
		return nil, nil
	}
	s.exclusions.mu.Lock()
	old := s.exclusions.byID[c.ID]
	s.exclusions.mu.Unlock()
	if old != nil && slices.Equal(old.marks, marks) {
		return old, nil
	}
	set, err := s.readExcluded(ctx, c, marks, old)
	if err != nil {
		return nil, err
	}
	s.exclusions.mu.Lock()
	defer s.exclusions.mu.Unlock()
	if s.exclusions.byID == nil {
		s.exclusions.byID = map[string]*excludedSet{}
	}
	s.exclusions.byID[c.ID] = set
	return set, nil
}

// readExcluded tallies the excluded responses. A response never changes in what
// is counted, so those that the old set has are not read again.
func (s *Store) readExcluded(ctx context.Context, c *survey.Campaign, marks []exclusionMark, old *excludedSet) (*excludedSet, error) {
	form, err := s.Form(ctx, c.FormID, c.FormVer)
	if err != nil {
		return nil, err
	}
	set := &excludedSet{marks: marks, held: make(map[bson.ObjectID]Response, len(marks)), units: map[string]*unitExcluded{}}
	for _, m := range marks {
		id, err := bson.ObjectIDFromHex(m.id)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "store.response")
		}
		r, ok := Response{}, false
		if old != nil {
			r, ok = old.held[id]
		}
		if !ok {
			if r, err = docstore.Get[Response](ctx, s.db, responses, id); err != nil {
				return nil, err
			}
			r.Answers, _ = form.EraseTexts(r.Answers)
		}
		set.held[id] = r
		u := set.units[r.Unit]
		if u == nil {
			u = &unitExcluded{tally: survey.NewTally(form)}
			set.units[r.Unit] = u
		}
		u.list = append(u.list, r)
		if err := u.tally.Add(r.Group, r.Answers); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "store.response")
		}
	}
	return set, nil
}

// apply returns the counts of a unit's pool with what is excluded.
func (x *excludedSet) apply(unit string, p *unitPool) (*UnitCounts, error) {
	if x == nil || x.units[unit] == nil {
		return &p.counts, nil
	}
	u := x.units[unit]
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.pool == p {
		return u.counts, nil
	}
	counts := p.counts
	counts.Excluded = u.tally
	counts.net = counts.All.Clone()
	if err := counts.net.Sub(u.tally); err != nil {
		return nil, err
	}
	for i := range u.list {
		r := &u.list[i]
		if p.effective(r) == 0 {
			continue
		}
		if counts.both == nil {
			counts.both = survey.NewTally(counts.All.Form())
		}
		if err := counts.both.Add(r.Group, r.Answers); err != nil {
			return nil, err
		}
	}
	u.pool, u.counts = p, &counts
	return u.counts, nil
}

// has reports whether a response is excluded.
func (x *excludedSet) has(id bson.ObjectID) bool {
	if x == nil {
		return false
	}
	_, ok := x.held[id]
	return ok
}

// effective returns the flags of a response of the unit, Burst too.
func (p *unitPool) effective(r *Response) survey.Flags {
	flags := r.Flags &^ survey.Burst
	if p.burst(r.Channel, r.ID) {
		flags |= survey.Burst
	}
	return flags
}
