package store

import (
	"context"

	"thanthien/internal/fault"
)

// DropFormDraft deletes a draft of a form for good: Conflict for a version that
// is issued, Stale when it was saved since v was read.
func (s *Store) DropFormDraft(ctx context.Context, v Version) error {
	if v.State != Draft {
		return fault.New(fault.Conflict, "store.frozen", Ref(v.ID, v.Number))
	}
	return s.db.Delete(ctx, forms, Ref(v.ID, v.Number), v.Version)
}
