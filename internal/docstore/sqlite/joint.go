package sqlite

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
)

// UpdateInsert implements docstore.Joint: both go through the queue as one op.
// The document is read by the writer, whose cache is warm and current; another
// connection would read its pages anew after every commit.
func (db *DB) UpdateInsert(ctx context.Context, in *docstore.Collection, id any, change func(bson.Raw) (bson.Raw, error), to *docstore.Collection, doc bson.Raw) error {
	second, err := db.newInsert(ctx, to, doc)
	if err != nil {
		return err
	}
	defer db.pending.Done()
	t, err := db.table(in)
	if err == nil {
		err = db.enter(ctx)
	}
	if err != nil {
		second.free()
		return err
	}
	defer db.pending.Done()
	first, err := newOp(update, t, nil, id, 0)
	if err != nil {
		second.free()
		return err
	}
	first.change, first.also = change, second
	return db.do(ctx, first)
}

// applyUpdate reads a document, lets the op change it, runs the insert that
// goes with it and replaces the document. Only the last two write, and the
// insert changes nothing when it fails; so nothing is ever to be undone.
func (db *DB) applyUpdate(b *batch, o *op) error {
	stored, err := db.writer.value(context.Background(), o.t.get, o.id)
	if err != nil {
		return err
	}
	old, _ := stored.([]byte)
	if old == nil {
		id, _, _ := docstore.DecodeKey(o.id)
		return docstore.ErrMissing(o.t.c, id)
	}
	o.version = docstore.VersionOf(old)
	if err := o.become(old); err != nil {
		o.refused = true
		return err
	}
	if err := o.also.t.fault(context.Background(), db.apply(b, o.also)); err != nil {
		return err
	}
	return db.applyReplace(o)
}

// become gives the op the document that its change makes of old.
func (o *op) become(old bson.Raw) error {
	doc, err := o.change(old)
	if err == nil {
		err = docstore.CheckDocument(doc)
	}
	if err != nil {
		return err
	}
	docstore.SetVersion(doc, o.version+1)
	o.doc, o.keys = doc, o.keys[:0]
	return o.encode(docstore.IDOf(doc))
}
