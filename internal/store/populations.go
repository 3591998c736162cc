package store

import (
	"context"

	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// populationBody is the populations of one campaign, one document for all of
// them, so that an import is written whole or not at all.
type populationBody struct {
	Units []unitPopulation `bson:"units"`
}

type unitPopulation struct {
	Unit   string         `bson:"u"`
	Groups map[string]int `bson:"g"`
}

// Populations returns what the sample plan of a campaign is made from and the
// version of it; none and 0 when nobody has entered any.
func (s *Store) Populations(ctx context.Context, campaign string) (survey.Populations, int64, error) {
	body, version, err := get[populationBody](ctx, s, populations, campaign, "store.populations")
	if fault.Is(err, fault.NotFound) {
		return survey.Populations{}, 0, nil
	} else if err != nil {
		return nil, 0, err
	}
	p := make(survey.Populations, len(body.Units))
	for _, u := range body.Units {
		p[u.Unit] = u.Groups
	}
	return p, version, nil
}

// PutPopulations replaces the populations of a campaign that were read at
// version (0: there were none). Stale or Conflict when somebody was faster.
func (s *Store) PutPopulations(ctx context.Context, campaign string, p survey.Populations, version int64) error {
	body := populationBody{Units: make([]unitPopulation, 0, len(p))}
	for _, code := range p.Units() {
		body.Units = append(body.Units, unitPopulation{code, p[code]})
	}
	_, err := put(ctx, s, populations, campaign, version, body)
	return err
}
