package store

import (
	"context"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/dossier"
)

// dossierPeriods is how many periods' dossiers a process keeps decoded: the
// running one, last year's beside it, and room for a comparison.
const dossierPeriods = 4

// dossierCache keeps dossiers as they were decoded, by version. A reader still
// reads every document, and decodes those that changed: decoding is what takes
// the time (see BenchmarkDossiers).
type dossierCache struct {
	mu    sync.Mutex
	order []string // periods, the last used one last
	by    map[string]map[string]cachedDossier
}

type cachedDossier struct {
	version int64
	dossier dossier.Dossier
}

// Dossiers returns every dossier of a period in unit code order. What their
// slices hold is shared: it is not to be changed.
func (s *Store) Dossiers(ctx context.Context, period string) ([]dossier.Dossier, error) {
	old := s.dossierCache.of(period)
	now := make(map[string]cachedDossier, len(old))
	list := make([]dossier.Dossier, 0, len(old))
	for raw, err := range s.db.Find(ctx, docstore.Query{In: dossiers, On: dossiersByPeriod, Eq: []any{period}}) {
		if err != nil {
			return nil, err
		}
		id, version := stamp(raw)
		d, ok := old[id]
		if !ok || d.version != version {
			var fresh doc[dossier.Dossier]
			if err := docstore.Unmarshal(raw, &fresh); err != nil {
				return nil, err
			}
			d = cachedDossier{version, fresh.Body}
		}
		now[id] = d
		list = append(list, d.dossier)
	}
	s.dossierCache.keep(period, now)
	return list, nil
}

// stamp reads the id and version that every document starts with.
func stamp(raw bson.Raw) (id string, version int64) {
	id, _ = raw.Lookup("_id").StringValueOK()
	version, _ = raw.Lookup("v").Int64OK()
	return id, version
}

func (c *dossierCache) of(period string) map[string]cachedDossier {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by[period]
}

// keep remembers a period and forgets the one that was used least recently.
func (c *dossierCache) keep(period string, list map[string]cachedDossier) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[string]map[string]cachedDossier{}
	}
	for i, p := range c.order {
		if p == period {
			c.order = append(c.order[:i], c.order[i+1:]...)
			break
		}
	}
	c.order = append(c.order, period)
	c.by[period] = list
	if len(c.order) > dossierPeriods {
		delete(c.by, c.order[0])
		c.order = c.order[1:]
	}
}
