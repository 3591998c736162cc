package docstore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Bulk is implemented by an engine that stores many documents faster than one
// Insert after the other.
type Bulk interface {
	// InsertAll inserts each document as Insert does, in their order, and
	// returns an error for each: nil for those that are stored. They are not one
	// transaction.
	InsertAll(ctx context.Context, c *Collection, docs []bson.Raw) []error
}

// InsertAll inserts the documents in their order and returns an error for
// each, nil for those that are stored. One that fails does not stop the rest.
func InsertAll(ctx context.Context, db DB, c *Collection, docs []bson.Raw) []error {
	if b, ok := db.(Bulk); ok {
		return b.InsertAll(ctx, c, docs)
	}
	errs := make([]error, len(docs))
	for i, doc := range docs {
		_, errs[i] = db.Insert(ctx, c, doc)
	}
	return errs
}
