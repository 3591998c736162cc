package docstore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Joint is implemented by an engine that changes one document and inserts
// another atomically, at the cost of one write. Nothing may need it: an engine
// without it goes by way of a claim that a sweeper can finish.
type Joint interface {
	// UpdateInsert replaces the document id of one collection by what change
	// makes of it, and inserts doc into another (as Insert): both, or neither
	// with the error of the one that failed, change's own included. change runs
	// while other writes wait: it must be quick, touch no database, and may
	// alter old in place. in has no unique index besides its id: a change that
	// takes another document's key may be refused when doc is inserted already.
	UpdateInsert(ctx context.Context, in *Collection, id any, change func(old bson.Raw) (bson.Raw, error), to *Collection, doc bson.Raw) error
}
