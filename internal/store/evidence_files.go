package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/evidence"
	"thanthien/internal/fault"
)

// EvidenceFile is the content of a file that was checked. It is read from the
// start, perhaps more than once.
type EvidenceFile = io.ReadSeeker

// evidenceUse says that an item has, or is about to have, a content. It is
// written before the content and its item, so that a crash leaves nothing that
// cannot be found: Open is set until the item is stored. A sweep document
// (Sweep) keeps uploads of a content out while it is being removed.
type evidenceUse struct {
	SHA    string    `bson:"sha"`
	Period string    `bson:"period,omitempty"`
	Unit   string    `bson:"unit,omitempty"`
	Item   string    `bson:"item,omitempty"`
	Open   time.Time `bson:"open,omitempty"`
	Sweep  bool      `bson:"sweep,omitempty"`
}

var (
	usesBySHA  = docstore.On("sha")
	usesByOpen = &docstore.Index{Name: "open", Fields: []string{"open"}, Sparse: true}

	evidenceUses = &docstore.Collection{Name: "evidence_uses", Indexes: []*docstore.Index{usesBySHA, usesByOpen}}
)

const (
	// sweepDead is the age at which a sweep document is a crash's remains.
	sweepDead = time.Minute
	// sweepWait is how long an upload waits between looks at one, sweepLooks
	// how often it looks.
	sweepWait, sweepLooks = 50 * time.Millisecond, 60
)

type useDoc = doc[evidenceUse]

func (s *Store) evidenceUse(sha, period, unit, item string) evidenceUse {
	return evidenceUse{SHA: sha, Period: period, Unit: unit, Item: item, Open: s.Now()}
}

func (u *evidenceUse) id() string {
	if u.Sweep {
		return "sweep/" + u.SHA
	}
	return u.SHA + "/" + dossierID(u.Period, u.Unit) + "/" + u.Item
}

func (s *Store) usesOf(ctx context.Context, sha string) ([]useDoc, error) {
	return docstore.All[useDoc](ctx, s.db, docstore.Query{In: evidenceUses, On: usesBySHA, Eq: []any{sha}})
}

// withFiles keeps files under their uses, runs change, which stores what refers
// to them, and closes the uses; after a change that failed for certain the
// contents go again.
func (s *Store) withFiles(ctx context.Context, uses []evidenceUse, files []EvidenceFile, change func() (evidence.Folder, error)) (evidence.Folder, error) {
	var f evidence.Folder
	var err error
	for i := range uses {
		if err = s.keepEvidence(ctx, uses[i], files[i]); err != nil {
			break
		}
	}
	if err == nil {
		f, err = change()
	}
	if fault.Is(err, fault.Timeout) || fault.Is(err, fault.Unavailable) {
		return f, err // it may have happened: left to the sweeper
	}
	for i := range uses {
		if serr := s.settleEvidence(ctx, uses[i]); serr != nil {
			s.log.Warn("evidence left to the sweeper", "sha", uses[i].SHA, "error", serr)
		}
	}
	return f, err
}

// keepEvidence notes the use and stores the content.
func (s *Store) keepEvidence(ctx context.Context, u evidenceUse, file EvidenceFile) error {
	_, err := put(ctx, s, evidenceUses, u.id(), 0, u)
	if err != nil && !fault.Is(err, fault.Conflict) { // Conflict: the item has had this content before
		return err
	}
	if err := s.awaitSweep(ctx, u.SHA); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fault.Wrap(err, fault.Malformed, "docstore.fileread")
	}
	sha, _, err := s.files.Put(ctx, file, evidence.MaxFile)
	if err == nil && sha != u.SHA {
		err = fault.Wrap(fmt.Errorf("file %s now has the hash %s", u.SHA, sha), fault.Internal, "docstore.filechanged")
	}
	return err
}

// awaitSweep waits while a sweeper looks at a content. The caller's use is
// stored: a sweeper that begins later finds it.
func (s *Store) awaitSweep(ctx context.Context, sha string) error {
	sweep := evidenceUse{SHA: sha, Sweep: true}
	for range sweepLooks {
		u, version, err := get[evidenceUse](ctx, s, evidenceUses, sweep.id(), "docstore.filemissing")
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if s.Now().Sub(u.Open) > sweepDead {
			return ignoreMissing(s.db.Delete(ctx, evidenceUses, sweep.id(), version))
		}
		if err := pause(ctx, sweepWait); err != nil {
			return err
		}
	}
	return fault.New(fault.Unavailable, "evidence.busy")
}

// settleEvidence closes a use whose item has the content, and forgets one whose
// item has not, with the content when nothing else uses it.
func (s *Store) settleEvidence(ctx context.Context, u evidenceUse) error {
	f, err := s.Evidence(ctx, u.Period, u.Unit)
	if err != nil {
		return err
	}
	if f.Holds(u.Item, u.SHA) {
		_, err := docstore.Update(ctx, s.db, evidenceUses, u.id(), func(d *useDoc) error {
			d.Body.Open = time.Time{}
			return nil
		})
		return ignoreMissing(err)
	}
	return s.dropEvidence(ctx, u)
}

// dropEvidence removes a use and, unless others have it too, its content. Dying
// in between leaves the use, which leads the sweeper here again.
func (s *Store) dropEvidence(ctx context.Context, u evidenceUse) error {
	sweep := evidenceUse{SHA: u.SHA, Sweep: true, Open: s.Now()}
	version, err := put(ctx, s, evidenceUses, sweep.id(), 0, sweep)
	if fault.Is(err, fault.Conflict) {
		return nil // another sweeper is at it; this use waits for the next round
	}
	if err != nil {
		return err
	}
	err = s.dropClaimed(ctx, u)
	return errors.Join(err, ignoreMissing(s.db.Delete(ctx, evidenceUses, sweep.id(), version)))
}

func (s *Store) dropClaimed(ctx context.Context, u evidenceUse) error {
	list, err := s.usesOf(ctx, u.SHA)
	if err != nil {
		return err
	}
	var own *useDoc
	alone := true
	for i := range list {
		switch {
		case list[i].ID == u.id():
			own = &list[i]
		case !list[i].Body.Sweep:
			alone = false
		}
	}
	if alone {
		if err := s.files.Delete(ctx, u.SHA); err != nil {
			return err
		}
	}
	if own == nil {
		return nil
	}
	return ignoreMissing(s.db.Delete(ctx, evidenceUses, own.ID, own.Version))
}

// ignoreMissing takes what is gone, or has moved on, as done.
func ignoreMissing(err error) error {
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Stale) {
		return nil
	}
	return err
}

// SweepEvidence finishes uploads that a crash cut off: what has its item is
// kept, the rest is removed with its content.
func (s *Store) SweepEvidence(ctx context.Context) error {
	q := docstore.Query{In: evidenceUses, On: usesByOpen, To: s.Now().Add(-evidencePatience)}
	list, err := docstore.All[useDoc](ctx, s.db, q)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.Body.Sweep {
			err = ignoreMissing(s.db.Delete(ctx, evidenceUses, d.ID, d.Version))
		} else {
			err = s.settleEvidence(ctx, d.Body)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// CheckEvidence reads every content that an item refers to. It calls wrong for
// each that is missing or changed and returns how many it read.
func (s *Store) CheckEvidence(ctx context.Context, wrong func(period, unit, sha string, err error)) (int, error) {
	seen := map[string]bool{}
	for d, err := range docstore.Find[doc[evidenceBody]](ctx, s.db, docstore.Query{In: folders}) {
		if err != nil {
			return len(seen), err
		}
		for _, it := range d.Body.Items {
			for _, r := range it.Revisions {
				if seen[r.SHA] {
					continue
				}
				seen[r.SHA] = true
				if err := s.readThrough(ctx, r.SHA); err != nil {
					wrong(d.Body.Period, d.Body.Unit, r.SHA, err)
				}
			}
		}
	}
	return len(seen), nil
}

// readThrough reads a content to its end, which checks its hash.
func (s *Store) readThrough(ctx context.Context, sha string) error {
	rc, err := s.files.Open(ctx, sha)
	if err != nil {
		return err
	}
	defer rc.Close()
	_, err = io.Copy(io.Discard, rc)
	return err
}
