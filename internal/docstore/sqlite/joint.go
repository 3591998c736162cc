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

// applyBoth runs o and the insert that goes with it, or neither. The insert
// comes first: it changes nothing when it fails, and when the replace fails its
// one row is taken out again, which costs less than a savepoint each time.
func (db *DB) applyBoth(b *batch, o *op) error {
	if err := o.also.t.fault(context.Background(), db.apply(b, o.also)); err != nil {
		return err
	}
	err := db.apply(b, o)
	if err == nil {
		return nil
	}
	if _, undo := db.writer.exec(o.also.t.remove, o.also.id, int64(1)); undo != nil {
		return undo
	}
	return err
}
