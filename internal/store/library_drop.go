package store

import (
	"context"

	"thanthien/internal/fault"
)

// DropFormDraft deletes a draft of a form for good, with its language files:
// Conflict for a version that is issued, Stale when it was saved since v was
// read.
func (s *Store) DropFormDraft(ctx context.Context, v Version) error {
	if v.State != Draft {
		return fault.New(fault.Conflict, "store.frozen", Ref(v.ID, v.Number))
	}
	ref := Ref(v.ID, v.Number)
	if err := s.db.Delete(ctx, forms, ref, v.Version); err != nil {
		return err
	}
	files, err := s.FormLanguages(ctx, ref)
	for _, l := range files {
		if err := s.DropFormLanguage(ctx, ref, l.Tag); err != nil {
			return err
		}
	}
	return err
}
