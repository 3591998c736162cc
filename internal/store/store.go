// Package store keeps the aggregates: collections declared once on docstore,
// one file per aggregate. It knows no rules; it keeps, finds and counts.
package store

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Store is the database of one province.
type Store struct {
	db     docstore.DB
	files  docstore.Files
	clock  func() time.Time
	log    *slog.Logger
	secret []byte

	tallies    tallyCache
	exclusions exclusionCache
	// dossierCache holds what Dossiers decoded.
	dossierCache dossierCache
	forms        sync.Map // ref → *survey.Form; issued versions never change
	sets         sync.Map // ref → *rubric.Set
	open         campaignCache
	languages    sync.Map // ref of a form → cachedLanguages
	ids          idSource
	stamped      atomic.Int64  // the newest audit block whose events all know it
	tokenReads   chan struct{} // a place for each token being read
	places       sync.Map      // Counted → the start of its receipts
	published    sync.Map      // campaign → publishedSeen
	frozen       sync.Map      // period → frozenSeen
}

// Options are what a Store needs. Clock may be nil for the real one.
type Options struct {
	DB     docstore.DB
	Files  docstore.Files
	Clock  func() time.Time
	Log    *slog.Logger
	Secret string // empty: the one kept in the database, made at first use
}

// New returns a store over an open database.
func New(ctx context.Context, o Options) (*Store, error) {
	s := &Store{db: o.DB, files: o.Files, clock: o.Clock, log: o.Log, secret: []byte(o.Secret), tokenReads: make(chan struct{}, tokenReaders)}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if o.Secret == "" {
		kept, err := s.keptSecret(ctx)
		if err != nil {
			return nil, err
		}
		s.secret = kept
	}
	return s, nil
}

// Now is the clock, in UTC and whole milliseconds, as BSON keeps it.
func (s *Store) Now() time.Time { return s.clock().UTC().Truncate(time.Millisecond) }

// Past returns a store over the same database whose clock stands at t, for a
// made-up past. Its ids go on from those that were given.
func (s *Store) Past(t time.Time) *Store {
	past := &Store{db: s.db, files: s.files, clock: func() time.Time { return t }, log: s.log, secret: s.secret, tokenReads: make(chan struct{}, tokenReaders)}
	past.ids.next(s.Now())
	return past
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.db.Count(ctx, docstore.Query{In: settings})
	return err
}

// doc is the stored form of a value of T that has a string id.
type doc[T any] struct {
	docstore.Meta `bson:",inline"`
	Body          T `bson:",inline"`
}

// get returns the value with an id and its version. what names it for people
// when it is missing.
func get[T any](ctx context.Context, s *Store, c *docstore.Collection, id, missing string) (T, int64, error) {
	d, err := docstore.Get[doc[T]](ctx, s.db, c, id)
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(err, fault.NotFound, missing, id)
	}
	return d.Body, d.Version, err
}

// put stores a value: version 0 inserts, another replaces that version. It
// returns the new version.
func put[T any](ctx context.Context, s *Store, c *docstore.Collection, id string, version int64, body T) (int64, error) {
	d := doc[T]{Meta: docstore.Meta{ID: id, Version: version}, Body: body}
	err := docstore.Put(ctx, s.db, c, &d)
	return d.Version, err
}

// all returns every value of q with its id and version set by stamp.
func all[T any](ctx context.Context, s *Store, q docstore.Query, stamp func(*T, docstore.Meta)) ([]T, error) {
	var list []T
	for d, err := range docstore.Find[doc[T]](ctx, s.db, q) {
		if err != nil {
			return nil, err
		}
		stamp(&d.Body, d.Meta)
		list = append(list, d.Body)
	}
	return list, nil
}
