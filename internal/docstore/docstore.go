// Package docstore is the document port: small, versioned BSON documents in
// declared collections, found only through declared indexes. docstore/sqlite
// and docstore/mongo implement it; docstore/storetest is their one contract.
package docstore

import (
	"context"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// DB is one database. All errors are faults: NotFound, Conflict (a unique
// index or an existing _id), Stale (the version moved on), Timeout,
// Unavailable, TooLarge; never an error of a driver.
//
// Every document is a BSON document whose first element is "_id" (string or
// ObjectID) and whose second is "v" (int64), its version. No name in it, of a
// key of a map either, is empty, has a dot or starts with a dollar sign. The engine sets "v",
// 1 on insert and version+1 on replace, and an assigned "_id" inside the bytes
// it is given; the caller leaves them alone until the call returns.
//
// A context that ends before a write has begun leaves nothing behind. Once it
// has begun, SQLite answers with its true outcome; MongoDB answers Timeout and
// the write may or may not have happened.
type DB interface {
	// Get returns the document, or NotFound.
	Get(ctx context.Context, c *Collection, id any) (bson.Raw, error)
	// Insert stores a new document and returns its id. In an Append collection
	// the document's _id must be an ObjectID: the engine assigns the zero one; a
	// copy of a database may bring its own, each larger than all before it.
	Insert(ctx context.Context, c *Collection, doc bson.Raw) (any, error)
	// Replace stores doc over the document with doc's _id if that one still has
	// this version; Stale if not, NotFound if it is gone.
	Replace(ctx context.Context, c *Collection, version int64, doc bson.Raw) error
	// Delete removes the document if it still has this version.
	Delete(ctx context.Context, c *Collection, id any, version int64) error
	// Find yields the documents of q in its order; an error comes last. The raw
	// documents are valid only until the next step. Breaking off early releases
	// everything. What is written meanwhile may or may not be seen.
	Find(ctx context.Context, q Query) iter.Seq2[bson.Raw, error]
	// Count returns how many documents q has, ignoring its limit and cursor.
	Count(ctx context.Context, q Query) (int64, error)
	// Close waits for writes under way and releases the database.
	Close() error
}
