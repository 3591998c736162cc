package sqlite

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
)

// ReplaceInsert implements docstore.Joint: both go through the queue as one op
// and are undone together.
func (db *DB) ReplaceInsert(ctx context.Context, in *docstore.Collection, version int64, old bson.Raw, to *docstore.Collection, doc bson.Raw) error {
	second, err := db.newInsert(ctx, to, doc)
	if err != nil {
		return err
	}
	defer db.pending.Done()
	defer second.free()
	t, err := db.admit(ctx, in, old)
	if err != nil {
		return err
	}
	defer db.pending.Done()
	docstore.SetVersion(old, version+1)
	first, err := newOp(replace, t, old, docstore.IDOf(old), version)
	if err != nil {
		return err
	}
	first.also = second
	return db.do(ctx, first)
}

// applyBoth runs o and the op that goes with it, or neither.
func (db *DB) applyBoth(b *batch, o *op) error {
	if _, err := db.writer.exec("SAVEPOINT both"); err != nil {
		return err
	}
	err := db.apply(b, o)
	if err == nil {
		err = o.also.t.fault(context.Background(), db.apply(b, o.also))
	}
	if err != nil {
		if _, undo := db.writer.exec("ROLLBACK TO both"); undo != nil {
			return undo
		}
	}
	if _, release := db.writer.exec("RELEASE both"); release != nil {
		return release
	}
	return err
}
