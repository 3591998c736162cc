package docstore

import (
	"context"
	"iter"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/fault"
)

// Update tries again after another writer came first, waiting a random time
// below a bound that doubles from the first to the last of these.
const (
	updateTries     = 40
	updateFirstWait = time.Millisecond
	updateLastWait  = 500 * time.Millisecond
)

// Get returns the document with this id, or NotFound.
func Get[T any](ctx context.Context, db DB, c *Collection, id any) (doc T, err error) {
	raw, err := db.Get(ctx, c, id)
	if err == nil {
		err = Unmarshal(raw, &doc)
	}
	return doc, err
}

// Put stores doc, a pointer to a struct that embeds Meta or Entry: it inserts
// when its Version is 0 (Conflict if the id exists) and else replaces that
// version (Stale if it moved on). On success doc has its new version and id.
func Put(ctx context.Context, db DB, c *Collection, doc Stored) error {
	raw, err := Marshal(doc)
	if err != nil {
		return err
	}
	id, version := any(nil), doc.version()
	if version == 0 {
		id, err = db.Insert(ctx, c, raw)
	} else {
		err = db.Replace(ctx, c, version, raw)
	}
	if err == nil {
		doc.stamp(id, version+1)
	}
	return err
}

// Update reads the document, lets change alter it and stores it, again from
// the start while other writers come first (a bounded number of times, then
// Stale). An error of change ends it. It returns the document as stored.
func Update[T any, P interface {
	*T
	Stored
}](ctx context.Context, db DB, c *Collection, id any, change func(P) error) (T, error) {
	for try := 0; ; try++ {
		doc, err := Get[T](ctx, db, c, id)
		if err == nil {
			err = change(&doc)
		}
		if err != nil {
			return doc, err
		}
		err = Put(ctx, db, c, P(&doc))
		if !fault.Is(err, fault.Stale) || try == updateTries {
			return doc, err
		}
		if err := updateWait(ctx, try); err != nil {
			return doc, err
		}
	}
}

func updateWait(ctx context.Context, try int) error {
	bound := min(updateFirstWait<<min(try, 16), updateLastWait)
	t := time.NewTimer(rand.N(bound))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ErrEngine(ctx, ctx.Err(), fault.Timeout)
	}
}

// Find yields the documents of q, decoded. It ends after the first error.
func Find[T any](ctx context.Context, db DB, q Query) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for raw, err := range db.Find(ctx, q) {
			var doc T
			if err == nil {
				err = Unmarshal(raw, &doc)
			}
			if !yield(doc, err) || err != nil {
				return
			}
		}
	}
}

// All returns the documents of q; use it where their number is known small.
func All[T any](ctx context.Context, db DB, q Query) ([]T, error) {
	var docs []T
	for doc, err := range Find[T](ctx, db, q) {
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

// First returns the first document of q, or NotFound.
func First[T any](ctx context.Context, db DB, q Query) (doc T, err error) {
	q.Limit = 1
	for doc, err := range Find[T](ctx, db, q) {
		return doc, err
	}
	return doc, ErrMissing(q.In, q.Eq)
}

// Page returns the documents of q, whose Limit must not be 0, and the cursor
// of the next page: empty when this page is not full.
func Page[T any](ctx context.Context, db DB, q Query) (docs []T, next Cursor, err error) {
	var last bson.Raw
	for raw, err := range db.Find(ctx, q) {
		var doc T
		if err == nil {
			err = Unmarshal(raw, &doc)
		}
		if err != nil {
			return nil, "", err
		}
		docs, last = append(docs, doc), append(last[:0], raw...)
	}
	if len(docs) < q.Limit || q.Limit == 0 {
		return docs, "", nil
	}
	next, err = CursorOf(q, last)
	return docs, next, err
}
