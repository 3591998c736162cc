package sqlite

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
)

// highTable keeps, per collection, the highest id that was ever deleted, so
// that no id is given out twice.
const highTable = "docstore_high"

const (
	highGet = "SELECT id FROM " + highTable + " WHERE name = ?"
	highSet = "INSERT INTO " + highTable + " (name, id) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET id = max(id, excluded.id)"
)

// generator makes ObjectIDs: seconds, five bytes of this process, a counter.
type generator struct {
	process [5]byte
}

func newGenerator() (g generator) {
	_, _ = rand.Read(g.process[:])
	return g
}

// next returns an id of now that is larger than last.
func (g generator) next(last bson.ObjectID, now time.Time) (id bson.ObjectID) {
	binary.BigEndian.PutUint32(id[:4], uint32(now.Unix()))
	copy(id[4:9], g.process[:])
	if bytes.Compare(id[:], last[:]) > 0 {
		return id
	}
	for i := len(last) - 1; i >= 0; i-- {
		if last[i]++; last[i] != 0 {
			break
		}
	}
	return last
}

// lastID returns the highest id that the collection has or had; it is exact
// because it runs inside the writing transaction.
func (t *table) lastID(c *conn) (bson.ObjectID, error) {
	ctx := context.Background()
	there, err := c.value(ctx, t.last)
	if err != nil {
		return bson.ObjectID{}, err
	}
	deleted, err := c.value(ctx, highGet, t.c.Name)
	if err != nil {
		return bson.ObjectID{}, err
	}
	last, high := oidOf(there), oidOf(deleted)
	if bytes.Compare(high[:], last[:]) > 0 {
		return high, nil
	}
	return last, nil
}

// oidOf decodes the key of an ObjectID; the zero one for anything else.
func oidOf(v driver.Value) bson.ObjectID {
	key, _ := v.([]byte)
	id, _, _ := docstore.DecodeKey(key)
	oid, _ := id.(bson.ObjectID)
	return oid
}
