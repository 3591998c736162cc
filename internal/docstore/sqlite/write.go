package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"sync"
	"sync/atomic"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// queueLength is how many writes may wait before callers wait to queue.
const queueLength = 1024

// kind is what an op does.
type kind uint8

const (
	insert kind = iota
	replace
	update // replace by what a function makes of the document, with an insert
	remove
)

// The states of an op: whoever moves it on from queued decides its fate.
const (
	queued int32 = iota
	taken
	withdrawn
)

// op is one write on its way through the queue.
type op struct {
	kind    kind
	t       *table
	doc     bson.Raw
	version int64    // replace, remove: what must be there
	id      []byte   // the key of _id
	keys    [][]byte // of t.columns; nil is not in the index
	buf     []byte   // what id and keys are cut from
	assign  bool     // the engine makes the ObjectID
	done    chan error
	state   atomic.Int32
	err     error // the outcome, kept until the commit
	args    []driver.Value

	// Of an update: what it makes of the document, whether that was refused, and
	// the insert that is applied with it, or neither.
	change  func(bson.Raw) (bson.Raw, error)
	refused bool
	also    *op
}

var ops = sync.Pool{New: func() any { return &op{done: make(chan error, 1)} }}

// newOp readies an op for a document, or for an id when doc is nil.
func newOp(k kind, t *table, doc bson.Raw, id any, version int64) (*op, error) {
	o := ops.Get().(*op)
	o.kind, o.t, o.doc, o.version, o.assign, o.err = k, t, doc, version, false, nil
	o.change, o.refused, o.also = nil, false, nil
	o.keys = o.keys[:0]
	o.state.Store(queued)
	err := o.encode(id)
	if err != nil {
		o.free()
		return nil, docstore.ErrQuery(err)
	}
	return o, nil
}

// encode fills id and keys. The slices are cut only after all is appended,
// since appending may move buf.
func (o *op) encode(id any) (err error) {
	if o.buf, err = docstore.AppendKey(o.buf[:0], id); err != nil {
		return err
	}
	var ends [16]int
	cuts := append(ends[:0], len(o.buf))
	var in [16]bool
	present := in[:0]
	if o.doc != nil {
		for _, col := range o.t.columns {
			buf, ok, err := docstore.AppendIndexKey(o.buf, col.x, o.doc)
			if err != nil {
				return err
			}
			o.buf = buf
			cuts, present = append(cuts, len(buf)), append(present, ok)
		}
	}
	o.id = o.buf[:cuts[0]:cuts[0]]
	for i, ok := range present {
		o.keys = append(o.keys, nil)
		if ok {
			o.keys[i] = o.buf[cuts[i]:cuts[i+1]:cuts[i+1]]
		}
	}
	return nil
}

// setID writes an assigned ObjectID everywhere it belongs.
func (o *op) setID(id bson.ObjectID) {
	docstore.SetObjectID(o.doc, id)
	copy(o.id[1:], id[:])
	for i, col := range o.t.columns {
		if key := o.keys[i]; key != nil && (!col.x.Unique || col.x.EndsInID()) {
			copy(key[len(key)-len(id):], id[:])
		}
	}
}

func (o *op) free() {
	if o.also != nil {
		o.also.free()
	}
	o.doc, o.t, o.also, o.change = nil, nil, nil, nil
	clear(o.args)
	ops.Put(o)
}

// do queues the op and waits for its outcome. A context that ends before the
// op is taken withdraws it.
func (db *DB) do(ctx context.Context, o *op) error {
	if err := db.queue(ctx, o); err != nil {
		return err
	}
	return db.await(ctx, o)
}

// queue hands the op to the writer.
func (db *DB) queue(ctx context.Context, o *op) error {
	select {
	case db.ops <- o:
		return nil
	case <-ctx.Done():
		o.free()
		return docstore.ErrEngine(ctx, ctx.Err(), fault.Timeout)
	}
}

// await waits for the outcome of a queued op and frees it.
func (db *DB) await(ctx context.Context, o *op) error {
	select {
	case err := <-o.done:
		o.free()
		return err
	case <-ctx.Done():
	}
	if o.state.CompareAndSwap(queued, withdrawn) {
		return docstore.ErrEngine(ctx, ctx.Err(), fault.Timeout) // the writer frees it
	}
	err := <-o.done
	o.free()
	return err
}

// Insert implements docstore.DB.
func (db *DB) Insert(ctx context.Context, c *docstore.Collection, doc bson.Raw) (any, error) {
	o, err := db.newInsert(ctx, c, doc)
	if err != nil {
		return nil, err
	}
	defer db.pending.Done()
	if err := db.do(ctx, o); err != nil {
		return nil, err
	}
	return docstore.IDOf(doc), nil
}

// InsertAll implements docstore.Bulk: all are queued before the first is
// waited for, so that they share commits.
func (db *DB) InsertAll(ctx context.Context, c *docstore.Collection, docs []bson.Raw) []error {
	errs := make([]error, len(docs))
	waiting := make([]*op, len(docs))
	for i, doc := range docs {
		o, err := db.newInsert(ctx, c, doc)
		if err == nil {
			if err = db.queue(ctx, o); err != nil {
				db.pending.Done()
			}
		}
		if err == nil {
			waiting[i] = o
		}
		errs[i] = err
	}
	for i, o := range waiting {
		if o != nil {
			errs[i] = db.await(ctx, o)
			db.pending.Done()
		}
	}
	return errs
}

// newInsert readies the op of a new document and enters: after it has run, the
// caller calls pending.Done.
func (db *DB) newInsert(ctx context.Context, c *docstore.Collection, doc bson.Raw) (*op, error) {
	t, err := db.admit(ctx, c, doc)
	if err != nil {
		return nil, err
	}
	id := docstore.IDOf(doc)
	oid, isOID := id.(bson.ObjectID)
	if c.Append && !isOID {
		db.pending.Done()
		return nil, docstore.ErrQuery(fmt.Errorf("%s: an Append collection needs ObjectIDs", c.Name))
	}
	docstore.SetVersion(doc, 1)
	o, err := newOp(insert, t, doc, id, 0)
	if err != nil {
		db.pending.Done()
		return nil, err
	}
	o.assign = c.Append && oid.IsZero()
	return o, nil
}

// Replace implements docstore.DB.
func (db *DB) Replace(ctx context.Context, c *docstore.Collection, version int64, doc bson.Raw) error {
	t, err := db.admit(ctx, c, doc)
	if err != nil {
		return err
	}
	defer db.pending.Done()
	docstore.SetVersion(doc, version+1)
	o, err := newOp(replace, t, doc, docstore.IDOf(doc), version)
	if err != nil {
		return err
	}
	return db.do(ctx, o)
}

// Delete implements docstore.DB.
func (db *DB) Delete(ctx context.Context, c *docstore.Collection, id any, version int64) error {
	t, err := db.table(c)
	if err != nil {
		return err
	}
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.pending.Done()
	o, err := newOp(remove, t, nil, id, version)
	if err != nil {
		return err
	}
	return db.do(ctx, o)
}

// admit checks a write of a document and enters.
func (db *DB) admit(ctx context.Context, c *docstore.Collection, doc bson.Raw) (*table, error) {
	t, err := db.table(c)
	if err != nil {
		return nil, err
	}
	if err := docstore.CheckDocument(doc); err != nil {
		return nil, err
	}
	return t, db.enter(ctx)
}
