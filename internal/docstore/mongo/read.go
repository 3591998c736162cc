package mongo

import (
	"context"
	"errors"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"thanthien/internal/docstore"
)

// Get implements docstore.DB.
func (db *DB) Get(ctx context.Context, c *docstore.Collection, id any) (bson.Raw, error) {
	m, err := db.collection(c)
	if err != nil {
		return nil, err
	}
	if err := db.enter(ctx); err != nil {
		return nil, err
	}
	defer db.pending.Done()
	lim, cancel := limited(ctx)
	defer cancel()
	doc, err := m.FindOne(lim, bson.D{{Key: docstore.ID, Value: id}}).Raw()
	if errors.Is(err, driver.ErrNoDocuments) {
		return nil, docstore.ErrMissing(c, id)
	}
	return doc, asFault(ctx, err)
}

// Find implements docstore.DB.
func (db *DB) Find(ctx context.Context, q docstore.Query) iter.Seq2[bson.Raw, error] {
	return func(yield func(bson.Raw, error) bool) {
		if err := db.find(ctx, q, yield); err != nil {
			yield(nil, err)
		}
	}
}

// find yields the documents of q's segments, one segment after the other. It
// returns nil once yield said stop.
func (db *DB) find(ctx context.Context, q docstore.Query, yield func(bson.Raw, error) bool) error {
	if err := q.Check(); err != nil {
		return docstore.ErrQuery(err)
	}
	m, err := db.collection(q.In)
	if err != nil {
		return err
	}
	filters, err := segments(q)
	if err != nil {
		return err
	}
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.pending.Done()
	left := int64(q.Limit)
	for _, f := range filters {
		o := options.Find().SetSort(sorting(q))
		if left > 0 {
			o.SetLimit(left)
		}
		n, more, err := segment(ctx, m, f, o, yield)
		if err != nil || !more {
			return err
		}
		if left -= n; q.Limit > 0 && left <= 0 {
			return nil
		}
	}
	return nil
}

// segment yields what one filter finds; more is false once yield said stop.
// Every command to the server has its own time limit.
func segment(ctx context.Context, m *driver.Collection, filter bson.D, o *options.FindOptionsBuilder,
	yield func(bson.Raw, error) bool) (n int64, more bool, err error) {
	cursor, err := open(ctx, m, filter, o)
	if err != nil {
		return 0, false, err
	}
	defer func() {
		end, cancel := limited(context.WithoutCancel(ctx))
		defer cancel()
		_ = cursor.Close(end)
	}()
	for {
		ok, err := next(ctx, cursor)
		if err != nil || !ok {
			return n, true, err
		}
		if n++; !yield(cursor.Current, nil) {
			return n, false, nil
		}
	}
}

func open(ctx context.Context, m *driver.Collection, filter bson.D, o *options.FindOptionsBuilder) (*driver.Cursor, error) {
	lim, cancel := limited(ctx)
	defer cancel()
	cursor, err := m.Find(lim, filter, o)
	return cursor, asFault(ctx, err)
}

func next(ctx context.Context, cursor *driver.Cursor) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, asFault(ctx, err)
	}
	if cursor.RemainingBatchLength() > 0 {
		return cursor.Next(ctx), asFault(ctx, cursor.Err())
	}
	lim, cancel := limited(ctx)
	defer cancel()
	return cursor.Next(lim), asFault(ctx, cursor.Err())
}

// Count implements docstore.DB.
func (db *DB) Count(ctx context.Context, q docstore.Query) (int64, error) {
	q.Limit, q.After = 0, ""
	if err := q.Check(); err != nil {
		return 0, docstore.ErrQuery(err)
	}
	m, err := db.collection(q.In)
	if err != nil {
		return 0, err
	}
	if err := db.enter(ctx); err != nil {
		return 0, err
	}
	defer db.pending.Done()
	lim, cancel := limited(ctx)
	defer cancel()
	n, err := m.CountDocuments(lim, filter(q))
	return n, asFault(ctx, err)
}
