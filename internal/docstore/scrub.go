package docstore

import "context"

// Scrubber is implemented by an engine that keeps bytes of replaced and deleted
// documents in its files for a while.
type Scrubber interface {
	// Scrub makes those bytes leave the files. It fails with Timeout when readers
	// hold them; call it again later.
	Scrub(ctx context.Context) error
}

// Scrub lets db forget what was replaced and deleted, where that takes doing.
func Scrub(ctx context.Context, db DB) error {
	if s, ok := db.(Scrubber); ok {
		return s.Scrub(ctx)
	}
	return nil
}
