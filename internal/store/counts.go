package store

import (
	"context"

	"thanthien/internal/survey"
)

// UnitCounts is what has come in for one unit of a campaign. Its tallies are
// shared: read only.
type UnitCounts struct {
	All       *survey.Tally                    // every response, excluded ones too
	Excluded  *survey.Tally                    // those an appraiser has excluded; nil: none
	Flagged   *survey.Tally                    // those with any quality flag; nil: none
	Flags     map[survey.Flags]int64           // responses by single flag
	ByChannel map[survey.Channel]*survey.Tally // every response, by channel

	net  *survey.Tally // All without Excluded
	both *survey.Tally // those excluded and flagged; nil: none
}

// Net returns the responses that count: all without the excluded ones. It is
// shared: read only.
func (u *UnitCounts) Net() *survey.Tally {
	if u.net == nil {
		return u.All
	}
	return u.net
}

// Clean returns the responses that count and bear no flag. The caller owns it.
func (u *UnitCounts) Clean() (*survey.Tally, error) {
	clean := u.Net().Clone()
	if u.Flagged == nil {
		return clean, nil
	}
	doubtful := u.Flagged
	if u.both != nil {
		doubtful = doubtful.Clone()
		if err := doubtful.Sub(u.both); err != nil {
			return nil, err
		}
	}
	return clean, clean.Sub(doubtful)
}

// Counts returns what has come in by unit code, current to the last response
// acknowledged before the call. A unit without responses is missing.
func (s *Store) Counts(ctx context.Context, c *survey.Campaign) (map[string]*UnitCounts, error) {
	x, err := s.excluded(ctx, c)
	if err != nil {
		return nil, err
	}
	pools, err := s.pools(ctx, c)
	if err != nil {
		return nil, err
	}
	counts := make(map[string]*UnitCounts, len(pools))
	for unit, p := range pools {
		if counts[unit], err = x.apply(unit, p); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// Tallies of a campaign by unit code. They are shared: read only.
type Tallies map[string]*survey.Tally

// Tallies returns the tallies of a campaign without what is excluded, current
// to the last response acknowledged before the call. A unit without responses
// that count is missing.
func (s *Store) Tallies(ctx context.Context, c *survey.Campaign) (Tallies, error) {
	counts, err := s.Counts(ctx, c)
	if err != nil {
		return nil, err
	}
	net := make(Tallies, len(counts))
	for unit, u := range counts {
		if t := u.Net(); t.N() > 0 {
			net[unit] = t
		}
	}
	return net, nil
}
