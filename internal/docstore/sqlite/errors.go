package sqlite

import (
	"context"
	"errors"
	"strings"

	engine "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// code returns the extended result code of an SQLite error, 0 for others.
func code(err error) int {
	if e, ok := errors.AsType[*engine.Error](err); ok {
		return e.Code()
	}
	return 0
}

// busy reports whether another connection holds the lock.
func busy(err error) bool { return code(err)&0xff == lib.SQLITE_BUSY }

// constraint reports whether one statement was refused; its transaction lives.
func constraint(err error) bool { return code(err)&0xff == lib.SQLITE_CONSTRAINT }

// fault turns an error of a statement on the table into a fault.
func (t *table) fault(ctx context.Context, err error) error {
	if err != nil && constraint(err) {
		for _, col := range t.columns {
			if strings.Contains(err.Error(), "."+col.name+" (") || strings.Contains(err.Error(), "'"+t.indexName(col)+"'") {
				return docstore.ErrDuplicate(t.c, col.x.Name)
			}
		}
		return docstore.ErrDuplicate(t.c, docstore.ID)
	}
	return asFault(ctx, err)
}

// asFault turns any error into a fault, nil into nil.
func asFault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	switch code(err) & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_INTERRUPT:
		return docstore.ErrEngine(ctx, err, fault.Timeout)
	case lib.SQLITE_TOOBIG:
		return fault.Wrap(err, fault.TooLarge, "docstore.large", "?", docstore.MaxDocument)
	case lib.SQLITE_IOERR, lib.SQLITE_FULL, lib.SQLITE_CANTOPEN, lib.SQLITE_CORRUPT,
		lib.SQLITE_NOTADB, lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_NOMEM:
		return docstore.ErrEngine(ctx, err, fault.Unavailable)
	}
	return docstore.ErrEngine(ctx, err, fault.Internal)
}
