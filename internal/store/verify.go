package store

import (
	"context"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/survey"
)

// Verification compares the kept counts of a campaign with its responses.
type Verification struct {
	Responses int64 // counted anew
	Flagged   int64
	Young     int64         // too young to be compared, on an engine that lags
	Different []Discrepancy // by unit code
}

// Discrepancy is a unit whose kept counts are wrong, and in what.
type Discrepancy struct {
	Unit string
	What string // all, flagged, flags, channels; missing, extra
}

// Verify counts a campaign anew from its responses and compares that with the
// counts that are kept and read on, response for response: what comes in
// meanwhile is left out on both sides.
func (s *Store) Verify(ctx context.Context, c *survey.Campaign) (Verification, error) {
	kept, last, young, err := s.settledPools(ctx, c)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{Young: young}
	if last.IsZero() {
		return v, nil // no response has settled, so nothing is kept
	}
	counted, err := s.recount(ctx, c, last)
	if err != nil {
		return Verification{}, err
	}
	for unit, u := range counted {
		v.Responses += u.All.N()
		if u.Flagged != nil {
			v.Flagged += u.Flagged.N()
		}
		if kept[unit] == nil {
			v.Different = append(v.Different, Discrepancy{unit, "missing"})
		} else if what := kept[unit].counts.Differs(u); what != "" {
			v.Different = append(v.Different, Discrepancy{unit, what})
		}
	}
	for unit := range kept {
		if counted[unit] == nil {
			v.Different = append(v.Different, Discrepancy{unit, "extra"})
		}
	}
	slices.SortFunc(v.Different, func(a, b Discrepancy) int { return strings.Compare(a.Unit, b.Unit) })
	return v, nil
}

// settledPools returns what is counted for good, the last id it includes, and
// how many responses are younger.
func (s *Store) settledPools(ctx context.Context, c *survey.Campaign) (map[string]*unitPool, bson.ObjectID, int64, error) {
	t := s.live(c.ID)
	t.mu.Lock()
	defer t.mu.Unlock()
	var all map[string]*unitPool
	err := s.loadTally(ctx, t, c)
	if err == nil {
		all, err = s.foldTail(ctx, t, c.ID)
	}
	if err != nil {
		return nil, bson.ObjectID{}, 0, err
	}
	young := int64(0)
	for unit, p := range all {
		young += p.counts.All.N()
		if old := t.settled[unit]; old != nil {
			young -= old.counts.All.N()
		}
	}
	return t.settled, t.mark, young, nil
}
