package mongo

import (
	"context"
	"errors"
	"regexp"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Codes of servers that say something about the kind of failure.
var (
	tooLargeCodes    = []int{10334, 17280}
	timeoutCodes     = []int{50, 64, 89, 202, 262}
	unavailableCodes = []int{6, 7, 13, 18, 91, 189, 9001, 10107, 11600, 11602, 13435, 13436}
)

// asFault turns any error of the driver into a fault, nil into nil.
func asFault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var selection topology.ServerSelectionError
	kind := fault.Internal
	switch {
	case errors.Is(err, driver.ErrClientDisconnected):
		return docstore.ErrClosed()
	case hasCode(err, tooLargeCodes):
		return fault.Wrap(err, fault.TooLarge, "docstore.large", "?", docstore.MaxDocument)
	case errors.As(err, &selection) && ctx.Err() == nil:
		return fault.Wrap(err, fault.Unavailable, "docstore.unavailable")
	case driver.IsTimeout(err) || hasCode(err, timeoutCodes):
		kind = fault.Timeout
	case driver.IsNetworkError(err) || hasCode(err, unavailableCodes):
		kind = fault.Unavailable
	}
	return docstore.ErrEngine(ctx, err, kind)
}

// hasCode reports whether a server's error has one of the codes.
func hasCode(err error, codes []int) bool {
	var se driver.ServerError
	if !errors.As(err, &se) {
		return false
	}
	for _, c := range codes {
		if se.HasErrorCode(c) {
			return true
		}
	}
	return false
}

// indexInMessage finds the index in a server's duplicate-key message.
var indexInMessage = regexp.MustCompile(`index: (?:\S+\.\$)?(\S+) dup key`)

// duplicate is the fault of a duplicate key: of the index that the message
// names or, when it names none, of the first one that has the key.
func (db *DB) duplicate(ctx context.Context, c *docstore.Collection, doc bson.Raw, cause error) error {
	if m := indexInMessage.FindStringSubmatch(cause.Error()); m != nil {
		for _, x := range c.Indexes {
			if indexName(x) == m[1] {
				return docstore.ErrDuplicate(c, x.Name)
			}
		}
		if m[1] == "_id_" {
			return docstore.ErrDuplicate(c, docstore.ID)
		}
	}
	id := docstore.IDOf(doc)
	for _, x := range c.Indexes {
		if !x.Unique {
			continue
		}
		var filter bson.D
		for _, f := range x.Fields {
			filter = append(filter, bson.E{Key: f, Value: valueOf(docstore.Lookup(doc, f))})
		}
		filter = append(filter, bson.E{Key: docstore.ID, Value: bson.D{{Key: "$ne", Value: id}}})
		if n, err := db.collections[c].CountDocuments(ctx, filter); err == nil && n > 0 {
			return docstore.ErrDuplicate(c, x.Name)
		}
	}
	return docstore.ErrDuplicate(c, docstore.ID)
}

// valueOf is a value for a filter; a missing field is sought as null.
func valueOf(v bson.RawValue) any {
	if v.Type == 0 {
		return nil
	}
	return v
}
