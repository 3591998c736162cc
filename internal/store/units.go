package store

import (
	"context"
	"slices"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/unit"
)

// Units returns every unit in code order.
func (s *Store) Units(ctx context.Context) ([]unit.Unit, error) {
	return all(ctx, s, docstore.Query{In: units}, func(*unit.Unit, docstore.Meta) {})
}

// Unit returns one unit.
func (s *Store) Unit(ctx context.Context, code string) (unit.Unit, error) {
	u, _, err := get[unit.Unit](ctx, s, units, code, "store.unit")
	return u, err
}

// PutUnits stores checked units, new or changed. It writes parents before
// children, so that a run that dies half-way leaves a valid tree; running it
// again completes it. It returns how many were added and how many changed.
func (s *Store) PutUnits(ctx context.Context, list []unit.Unit) (added, changed int, err error) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b unit.Unit) int {
		return slices.Index(unit.Levels(), a.Level) - slices.Index(unit.Levels(), b.Level)
	})
	for _, u := range list {
		old, version, err := get[unit.Unit](ctx, s, units, u.Code, "store.unit")
		switch {
		case fault.Is(err, fault.NotFound):
			added++
		case err != nil:
			return added, changed, err
		case sameUnit(old, u):
			continue
		default:
			changed++
		}
		if _, err := put(ctx, s, units, u.Code, version, u); err != nil {
			return added, changed, err
		}
	}
	return added, changed, nil
}

func sameUnit(a, b unit.Unit) bool {
	return a.Name == b.Name && a.Level == b.Level && a.Parent == b.Parent && a.ValidFrom == b.ValidFrom &&
		a.ValidTo == b.ValidTo && slices.Equal(a.Predecessors, b.Predecessors)
}
