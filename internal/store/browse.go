package store

import (
	"context"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/docstore"
	"thanthien/internal/survey"
)

// ResponsesBefore yields the responses of a campaign that came before the one
// with this id, the newest first; "" (or what is no id) begins with the newest
// of all. The answers are shared until the next step.
func (s *Store) ResponsesBefore(ctx context.Context, campaign, before string) iter.Seq2[Response, error] {
	q := docstore.Query{In: responses, On: responseTail, Eq: []any{campaign}, Desc: true}
	if id, err := bson.ObjectIDFromHex(before); err == nil {
		q.To = id
	}
	return docstore.Find[Response](ctx, s.db, q)
}

// BurstMarks knows which responses of a campaign lie in a burst.
type BurstMarks struct{ pools map[string]*unitPool }

// Has reports whether a response lies in a burst.
func (m BurstMarks) Has(r *Response) bool {
	p := m.pools[r.Unit]
	return p != nil && p.burst(r.Channel, r.ID)
}

// Bursts returns the bursts of a campaign as counted now.
func (s *Store) Bursts(ctx context.Context, c *survey.Campaign) (BurstMarks, error) {
	pools, err := s.pools(ctx, c)
	return BurstMarks{pools}, err
}
