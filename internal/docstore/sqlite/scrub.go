package sqlite

import (
	"context"
	"fmt"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Scrub implements docstore.Scrubber. Within the file deleted bytes are zeroed
// as they are freed (secure_delete); the log still has the pages as they were
// until it is moved into the file and cut.
func (db *DB) Scrub(ctx context.Context) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.pending.Done()
	c, err := dial(db.path, common)
	if err != nil {
		return asFault(ctx, err)
	}
	defer c.close()
	rows, err := c.rows("PRAGMA wal_checkpoint(TRUNCATE)", 3) // busy, pages in the log, pages moved
	if err != nil {
		return asFault(ctx, err)
	}
	if rows[0][0] != int64(0) {
		return docstore.ErrEngine(ctx, fmt.Errorf("the log is in use"), fault.Timeout)
	}
	return nil
}
