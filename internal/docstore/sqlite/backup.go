package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"thanthien/internal/fault"
)

// BackupTo writes a consistent copy of the database into a new file at path,
// while others go on reading and writing. It fails with Conflict if there is
// such a file, and leaves none when it fails otherwise.
func (db *DB) BackupTo(ctx context.Context, path string) error {
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.pending.Done()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.Wrap(err, fault.Conflict, "docstore.backupexists", path)
	} else if err != nil {
		return fault.Wrap(err, fault.Unavailable, "docstore.open", path)
	}
	_ = f.Close()
	if err := db.vacuumInto(ctx, path); err != nil {
		_ = os.Remove(path)
		return asFault(ctx, err)
	}
	return syncFile(path)
}

func (db *DB) vacuumInto(ctx context.Context, path string) error {
	c, err := dial(db.path, common)
	if err != nil {
		return err
	}
	defer c.close()
	rows, err := c.query(ctx, "VACUUM INTO ?", path)
	if err != nil {
		return err
	}
	return rows.Close()
}

// syncFile makes a finished file and its name durable.
func syncFile(path string) error {
	for _, p := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(p)
		if err == nil {
			err = f.Sync()
			_ = f.Close()
		}
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "docstore.open", path)
		}
	}
	return nil
}
