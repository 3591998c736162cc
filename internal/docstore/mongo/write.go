package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"thanthien/internal/docstore"
)

// limited bounds one command in time.
func limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, operationTime)
}

// Insert implements docstore.DB.
func (db *DB) Insert(ctx context.Context, c *docstore.Collection, doc bson.Raw) (any, error) {
	m, err := db.admit(ctx, c, doc)
	if err != nil {
		return nil, err
	}
	defer db.pending.Done()
	if oid, ok := docstore.IDOf(doc).(bson.ObjectID); c.Append && !ok {
		return nil, docstore.ErrQuery(fmt.Errorf("%s: an Append collection needs ObjectIDs", c.Name))
	} else if c.Append && oid.IsZero() {
		docstore.SetObjectID(doc, bson.NewObjectID())
	}
	docstore.SetVersion(doc, 1)
	lim, cancel := limited(ctx)
	defer cancel()
	_, err = m.InsertOne(lim, doc)
	if driver.IsDuplicateKeyError(err) {
		return nil, db.duplicate(lim, c, doc, err)
	}
	return docstore.IDOf(doc), asFault(ctx, err)
}

// Replace implements docstore.DB.
func (db *DB) Replace(ctx context.Context, c *docstore.Collection, version int64, doc bson.Raw) error {
	m, err := db.admit(ctx, c, doc)
	if err != nil {
		return err
	}
	defer db.pending.Done()
	docstore.SetVersion(doc, version+1)
	id := docstore.IDOf(doc)
	lim, cancel := limited(ctx)
	defer cancel()
	r, err := m.ReplaceOne(lim, at(id, version), doc)
	switch {
	case driver.IsDuplicateKeyError(err):
		return db.duplicate(lim, c, doc, err)
	case err != nil:
		return asFault(ctx, err)
	case r.MatchedCount == 0:
		return db.whyNot(lim, c, id, version)
	}
	return nil
}

// Delete implements docstore.DB.
func (db *DB) Delete(ctx context.Context, c *docstore.Collection, id any, version int64) error {
	m, err := db.collection(c)
	if err != nil {
		return err
	}
	if err := db.enter(ctx); err != nil {
		return err
	}
	defer db.pending.Done()
	lim, cancel := limited(ctx)
	defer cancel()
	r, err := m.DeleteOne(lim, at(id, version))
	switch {
	case err != nil:
		return asFault(ctx, err)
	case r.DeletedCount == 0:
		return db.whyNot(lim, c, id, version)
	}
	return nil
}

// at is the filter for one version of a document.
func at(id any, version int64) bson.D {
	return bson.D{{Key: docstore.ID, Value: id}, {Key: "v", Value: version}}
}

// whyNot tells why a replace or delete met no document.
func (db *DB) whyNot(ctx context.Context, c *docstore.Collection, id any, version int64) error {
	err := db.collections[c].FindOne(ctx, bson.D{{Key: docstore.ID, Value: id}},
		options.FindOne().SetProjection(bson.D{{Key: "v", Value: int32(1)}})).Err()
	switch {
	case errors.Is(err, driver.ErrNoDocuments):
		return docstore.ErrMissing(c, id)
	case err != nil:
		return asFault(ctx, err)
	}
	return docstore.ErrStale(c, id, version)
}

// admit checks a write of a document and enters.
func (db *DB) admit(ctx context.Context, c *docstore.Collection, doc bson.Raw) (*driver.Collection, error) {
	m, err := db.collection(c)
	if err != nil {
		return nil, err
	}
	if err := docstore.CheckDocument(doc); err != nil {
		return nil, err
	}
	if err := docstore.CheckIndexed(c, doc); err != nil {
		return nil, err
	}
	return m, db.enter(ctx)
}
