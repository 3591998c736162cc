package store

import (
	"context"
	"strconv"
	"time"

	"thanthien/internal/docstore"
)

// MaxRecheck is how many invitations one draw holds.
const MaxRecheck = 3000

// Recheck is a random draw of used invitations whose holders are asked again
// whether they answered. It names slips, not people, and leads to no answers.
type Recheck struct {
	Campaign string         `bson:"campaign"`
	Number   int            `bson:"n"` // of the campaign's draws, from 1
	Seed     string         `bson:"seed"`
	Size     int            `bson:"size,omitempty"`    // of each unit, or
	Percent  int            `bson:"percent,omitempty"` // of its used invitations
	Made     time.Time      `bson:"made"`
	By       string         `bson:"by"`
	Pools    map[string]int `bson:"pools"` // unit → invitations used at that time
	Items    []RecheckItem  `bson:"items"`
	Version  int64          `bson:"-"`
}

// RecheckItem is one invitation that was drawn.
type RecheckItem struct {
	Batch  string        `bson:"b"`
	Unit   string        `bson:"u"`
	Group  string        `bson:"g,omitempty"`
	Number int           `bson:"n"` // of the slip within its batch
	Result RecheckResult `bson:"r,omitempty"`
}

// RecheckResult is what came out of asking again; "" is nothing yet.
type RecheckResult string

// The results.
const (
	RecheckConfirmed RecheckResult = "confirmed" // met, and did answer
	RecheckDenied    RecheckResult = "denied"    // met, and did not answer
	RecheckAbsent    RecheckResult = "absent"    // not met
)

// RecheckResults returns the results in the order of screens and reports.
func RecheckResults() []RecheckResult {
	return []RecheckResult{RecheckConfirmed, RecheckDenied, RecheckAbsent}
}

func recheckID(campaign string, number int) string { return campaign + "/" + strconv.Itoa(number) }

// Rechecks returns a campaign's draws, the oldest first.
func (s *Store) Rechecks(ctx context.Context, campaign string) ([]Recheck, error) {
	q := docstore.Query{In: rechecks, On: rechecksByCampaign, Eq: []any{campaign}}
	return all(ctx, s, q, func(r *Recheck, m docstore.Meta) { r.Version = m.Version })
}

// Recheck returns one draw.
func (s *Store) Recheck(ctx context.Context, campaign string, number int) (Recheck, error) {
	r, version, err := get[Recheck](ctx, s, rechecks, recheckID(campaign, number), "store.recheck")
	r.Version = version
	return r, err
}

// PutRecheck stores a draw over its version (0: a new one). Conflict or Stale
// when somebody was faster.
func (s *Store) PutRecheck(ctx context.Context, r Recheck) error {
	_, err := put(ctx, s, rechecks, recheckID(r.Campaign, r.Number), r.Version, r)
	return err
}
