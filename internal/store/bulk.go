package store

import (
	"context"
	"encoding/binary"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
)

// AddResponses stores responses of the past, such as made-up ones, with the
// given times of arrival. They are in order of time, all later than what is
// stored. It stops at nothing and returns the first error.
func (s *Store) AddResponses(ctx context.Context, list []*Response, times []time.Time) error {
	docs := make([]bson.Raw, len(list))
	for i, r := range list {
		docs[i] = r.raw()
		docstore.SetObjectID(docs[i], pastID(times[i], i))
	}
	for _, err := range docstore.InsertAll(ctx, s.db, responses, docs) {
		if err != nil {
			return err
		}
	}
	return nil
}

// pastID is an ObjectID of a second, the n-th of its series.
func pastID(at time.Time, n int) bson.ObjectID {
	var id bson.ObjectID
	binary.BigEndian.PutUint32(id[:4], uint32(at.Unix()))
	binary.BigEndian.PutUint64(id[4:], uint64(n))
	return id
}
