package docstore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Joint is implemented by an engine that replaces one document and inserts
// another atomically, at the cost of one write. Nothing may need it: an engine
// without it goes by way of a claim that a sweeper can finish.
type Joint interface {
	// ReplaceInsert replaces old in one collection (as Replace with a version)
	// and inserts doc in another (as Insert): both, or neither with the error of
	// the one that failed.
	ReplaceInsert(ctx context.Context, in *Collection, version int64, old bson.Raw, to *Collection, doc bson.Raw) error
}
