package store

import (
	"context"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// ChallengeKey signs proof-of-work challenges; the same in every process.
func (s *Store) ChallengeKey() string { return s.code(challengeKeySize, "altcha") }

// challengeKeySize is 250 bits.
const challengeKeySize = 50

// SpendChallenge remembers a solved challenge until it would expire anyway. It
// reports false when it was spent before.
func (s *Store) SpendChallenge(ctx context.Context, id string, until time.Time) (bool, error) {
	d := attemptsDoc{Meta: docstore.Meta{ID: "pow:" + hashToken(id)}, Body: attempts{N: 1, Keep: until}}
	err := docstore.Put(ctx, s.db, limits, &d)
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	return err == nil, err
}

// deviceMarkSize is 50 bits: enough to tell a few surveys of one device apart.
const deviceMarkSize = 10

// DeviceMark is what a device's cookie keeps of an answer given from it. The
// database keeps neither the nonce nor the mark.
func (s *Store) DeviceMark(nonce, campaign, unit string) string {
	return s.code(deviceMarkSize, "device", nonce, campaign, unit)
}

// EarlierReceipt returns the receipt of the response with a client's key, and
// whether there is one.
func (s *Store) EarlierReceipt(ctx context.Context, campaign, unit, clientKey string) (string, bool, error) {
	if clientKey == "" {
		return "", false, nil
	}
	key := s.ResponseKey(campaign, unit, clientKey)
	there, err := s.hasResponse(ctx, campaign, unit, key)
	return s.Receipt(campaign, unit, key), there, err
}
