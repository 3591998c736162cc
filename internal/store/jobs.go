package store

import (
	"context"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// MaxLease is the longest time a lease may be taken for. One that seems to last
// longer was written by a clock that was wrong, and does not count.
const MaxLease = time.Hour

// job is one background job by its name: who does it now, and a mark of its
// own about what it has done.
type job struct {
	Owner string    `bson:"owner,omitempty"`
	Until time.Time `bson:"until,omitzero"`
	Mark  string    `bson:"mark,omitempty"`
}

type jobDoc = doc[job]

// taken reports whether somebody else holds the job.
func (j *job) taken(owner string, now time.Time) bool {
	return j.Owner != "" && j.Owner != owner && now.Before(j.Until) && j.Until.Before(now.Add(MaxLease+time.Second))
}

// Lease takes a job for owner for ttl (at most MaxLease), or prolongs it; ok is
// false while another process holds it. release gives it back early. A lease
// only keeps processes out of each other's way: with clocks that differ, or
// after a pause longer than ttl, two may run at once, so what a job does must
// be safe to do twice.
func (s *Store) Lease(ctx context.Context, name, owner string, ttl time.Duration) (ok bool, release func(context.Context) error, err error) {
	now, release := s.Now(), func(context.Context) error { return nil }
	d, err := docstore.Get[jobDoc](ctx, s.db, jobs, name)
	switch {
	case fault.Is(err, fault.NotFound):
		d = jobDoc{Meta: docstore.Meta{ID: name}}
	case err != nil:
		return false, release, err
	case d.Body.taken(owner, now):
		return false, release, nil
	}
	d.Body.Owner, d.Body.Until = owner, now.Add(min(ttl, MaxLease))
	err = docstore.Put(ctx, s.db, jobs, &d)
	if fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) { // another process came first
		return false, release, nil
	} else if err != nil {
		return false, release, err
	}
	return true, func(ctx context.Context) error { return s.endLease(ctx, name, owner) }, nil
}

// endLease gives a job back if owner still holds it.
func (s *Store) endLease(ctx context.Context, name, owner string) error {
	_, err := docstore.Update(ctx, s.db, jobs, name, func(d *jobDoc) error {
		if d.Body.Owner == owner {
			d.Body.Owner, d.Body.Until = "", time.Time{}
		}
		return nil
	})
	return err
}

// JobMark returns the mark that a job set, "" when it set none.
func (s *Store) JobMark(ctx context.Context, name string) (string, error) {
	j, _, err := get[job](ctx, s, jobs, name, "store.job")
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return j.Mark, err
}

// SetJobMark sets the mark of a job.
func (s *Store) SetJobMark(ctx context.Context, name, mark string) error {
	set := func(d *jobDoc) error { d.Body.Mark = mark; return nil }
	_, err := docstore.Update(ctx, s.db, jobs, name, set)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	_, err = put(ctx, s, jobs, name, 0, job{Mark: mark})
	if fault.Is(err, fault.Conflict) {
		_, err = docstore.Update(ctx, s.db, jobs, name, set)
	}
	return err
}
