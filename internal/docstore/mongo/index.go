package mongo

import (
	"context"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"thanthien/internal/docstore"
)

// Our indexes start with one of these; others in a collection are not touched.
const (
	plainIndex  = "x_"
	uniqueIndex = "u_"
	sparseIndex = "us_"
	onlySparse  = "s_"
)

// indexName is unique to the definition of an index: one that changes its
// fields or its kind gets a new name.
func indexName(x *docstore.Index) string {
	kind := plainIndex
	switch {
	case x.Unique && x.Sparse:
		kind = sparseIndex
	case x.Unique:
		kind = uniqueIndex
	case x.Sparse:
		kind = onlySparse
	}
	return kind + strings.Join(x.Fields, "_")
}

// ours reports whether we made an index of this name.
func ours(name string) bool {
	for _, p := range []string{plainIndex, uniqueIndex, sparseIndex, onlySparse} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// indexModel is the declared index; one that is not unique ends with _id so
// that its order is complete.
func indexModel(x *docstore.Index) driver.IndexModel {
	var keys bson.D
	for _, f := range x.Fields {
		keys = append(keys, bson.E{Key: f, Value: int32(1)})
	}
	o := options.Index().SetName(indexName(x))
	if x.Unique {
		o.SetUnique(true)
	} else if !x.EndsInID() {
		keys = append(keys, bson.E{Key: docstore.ID, Value: int32(1)})
	}
	if x.Sparse {
		o.SetSparse(true)
	}
	return driver.IndexModel{Keys: keys, Options: o}
}

// ensureIndexes creates the indexes that a collection lacks and drops ours
// that are no longer declared.
func (db *DB) ensureIndexes(ctx context.Context, c *docstore.Collection) error {
	view := db.collections[c].Indexes()
	for _, x := range c.Indexes {
		if _, err := view.CreateOne(ctx, indexModel(x)); driver.IsDuplicateKeyError(err) {
			return docstore.ErrDuplicate(c, x.Name)
		} else if err != nil {
			return asFault(ctx, err)
		}
	}
	if len(c.Indexes) == 0 {
		return nil
	}
	specs, err := view.ListSpecifications(ctx)
	if err != nil {
		return asFault(ctx, err)
	}
	declared := map[string]bool{}
	for _, x := range c.Indexes {
		declared[indexName(x)] = true
	}
	for _, s := range specs {
		if ours(s.Name) && !declared[s.Name] {
			if err := view.DropOne(ctx, s.Name); err != nil {
				return asFault(ctx, err)
			}
		}
	}
	return nil
}
