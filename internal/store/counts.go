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
}

// Counts returns what has come in by unit code, current to the last response
// acknowledged before the call. A unit without responses is missing.
func (s *Store) Counts(ctx context.Context, c *survey.Campaign) (map[string]*UnitCounts, error) {
	tallies, err := s.Tallies(ctx, c)
	if err != nil {
		return nil, err
	}
	counts := make(map[string]*UnitCounts, len(tallies))
	for unit, t := range tallies {
		counts[unit] = &UnitCounts{All: t}
	}
	return counts, nil
}
