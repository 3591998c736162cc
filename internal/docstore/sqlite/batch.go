package sqlite

import (
	"bytes"
	"context"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Limits of one transaction, and of waiting for another process's.
const (
	batchOps   = 1024
	batchBytes = 32 << 20
	lockWait   = 10 * time.Second
	lockPause  = 2 * time.Millisecond // the longest pause between two tries
)

// batch is what one transaction holds.
type batch struct {
	ops  []*op
	size int
	last map[*table]bson.ObjectID // the highest id so far
}

// write is the writer goroutine: it puts all that is queued into one
// transaction, commits it and tells the callers. It ends when ops is closed.
func (db *DB) write() {
	defer close(db.stopped)
	b := &batch{last: map[*table]bson.ObjectID{}}
	for first := range db.ops {
		if first.state.Load() == withdrawn {
			first.free()
			continue
		}
		if err := db.begin(context.Background()); err != nil {
			db.refuse(first, asFault(context.Background(), err))
			continue
		}
		db.run(b, first)
	}
}

// refuse gives an op that was in no transaction its error.
func (db *DB) refuse(o *op, err error) {
	if !o.state.CompareAndSwap(queued, taken) {
		o.free()
		return
	}
	o.done <- err
}

// begin starts a writing transaction. It tries often instead of leaving the
// wait to SQLite, whose pauses of up to 100 ms starve one of two processes.
func (db *DB) begin(ctx context.Context) error {
	for deadline := time.Now().Add(lockWait); ; time.Sleep(rand.N(lockPause)) {
		_, err := db.writer.exec("BEGIN IMMEDIATE")
		if err == nil || !busy(err) || time.Now().After(deadline) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// run fills the open transaction with first and what else is queued, and ends
// it.
func (db *DB) run(b *batch, first *op) {
	b.ops, b.size = b.ops[:0], 0
	clear(b.last)
	broken := db.add(b, first)
	for !broken && len(b.ops) < batchOps && b.size < batchBytes {
		select {
		case o, ok := <-db.ops:
			if ok {
				broken = db.add(b, o)
				continue
			}
		default:
		}
		break
	}
	end, failure := "COMMIT", error(nil)
	if broken {
		end, failure = "ROLLBACK", b.ops[len(b.ops)-1].err
	} else if len(b.ops) == 0 {
		end = "ROLLBACK"
	}
	if _, err := db.writer.exec(end); err != nil && failure == nil {
		failure = asFault(context.Background(), err)
		_, _ = db.writer.exec("ROLLBACK")
	}
	for i, o := range b.ops {
		err := o.err
		if failure != nil {
			err = failure
		}
		b.ops[i] = nil
		o.done <- err
	}
}

// add takes an op and runs it in the open transaction. It reports whether the
// transaction is broken: an error that is not the op's own.
func (db *DB) add(b *batch, o *op) (broken bool) {
	if !o.state.CompareAndSwap(queued, taken) {
		o.free()
		return false
	}
	b.ops = append(b.ops, o)
	b.size += len(o.doc)
	err := db.apply(b, o)
	o.err = o.t.fault(context.Background(), err)
	return err != nil && !o.refused && !constraint(err) && !own(o.err)
}

// own reports whether a fault concerns its op alone.
func own(err error) bool {
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Stale, fault.Conflict:
		return true
	}
	return false
}

func (db *DB) apply(b *batch, o *op) error {
	switch o.kind {
	case insert:
		return db.applyInsert(b, o)
	case replace:
		return db.applyReplace(o)
	case update:
		return db.applyUpdate(b, o)
	default:
		if o.t.c.Append {
			if err := db.keepHigh(o); err != nil {
				return err
			}
		}
		n, err := db.writer.exec(o.t.remove, o.id, o.version)
		return db.outcome(o, n, err)
	}
}

// applyReplace leaves the index columns alone when their keys stay: SQLite
// writes an index anew whenever its column is set, changed or not, and the page
// it stands on is another one for every document.
func (db *DB) applyReplace(o *op) error {
	o.args = append(o.args[:0], o.version+1, []byte(o.doc), o.id, o.version)
	o.addKeys()
	n, err := db.writer.exec(o.t.keep, o.args...)
	if err == nil && n == 0 && len(o.keys) > 0 {
		o.args = append(o.args[:0], o.version+1, []byte(o.doc))
		o.addKeys()
		n, err = db.writer.exec(o.t.replace, append(o.args, o.id, o.version)...)
	}
	return db.outcome(o, n, err)
}

func (db *DB) applyInsert(b *batch, o *op) error {
	if o.t.c.Append {
		if err := db.assign(b, o); err != nil {
			return err
		}
	}
	o.args = append(o.args[:0], o.id, int64(1), []byte(o.doc))
	o.addKeys()
	_, err := db.writer.exec(o.t.insert, o.args...)
	if err == nil && o.t.c.Append {
		b.last[o.t] = oidOf(o.id)
	}
	return err
}

// addKeys appends the index keys; a nil []byte binds as NULL.
func (o *op) addKeys() {
	for _, k := range o.keys {
		o.args = append(o.args, k)
	}
}

// assign gives the document the next id of its collection, or checks that the
// one it brings is larger than all before it.
func (db *DB) assign(b *batch, o *op) (err error) {
	last, ok := b.last[o.t]
	if !ok {
		if last, err = o.t.lastID(db.writer); err != nil {
			return err
		}
		b.last[o.t] = last
	}
	if o.assign {
		o.setID(db.ids.next(last, db.now()))
		return nil
	}
	if own := oidOf(o.id); bytes.Compare(own[:], last[:]) <= 0 {
		return docstore.ErrDuplicate(o.t.c, docstore.ID)
	}
	return nil
}

// keepHigh remembers the id of a document about to be deleted.
func (db *DB) keepHigh(o *op) error {
	v, err := db.writer.value(context.Background(), o.t.version, o.id)
	if err != nil || v != o.version {
		return err
	}
	_, err = db.writer.exec(highSet, o.t.c.Name, o.id)
	return err
}

// outcome tells why a replace or delete changed nothing.
func (db *DB) outcome(o *op, changed int64, err error) error {
	if err != nil || changed > 0 {
		return err
	}
	id, _, _ := docstore.DecodeKey(o.id)
	v, err := db.writer.value(context.Background(), o.t.version, o.id)
	switch {
	case err != nil:
		return err
	case v == nil:
		return docstore.ErrMissing(o.t.c, id)
	}
	return docstore.ErrStale(o.t.c, id, o.version)
}
