package store

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/evidence"
	"thanthien/internal/fault"
)

// evidenceBody is the stored folder of a dossier, under the dossier's id. It is
// one document, so that its limits hold and its counts agree with its items.
type evidenceBody struct {
	evidence.Folder `bson:",inline"`
	Outbox          `bson:",inline"`
}

var (
	evidenceByPeriod = docstore.Unique("period", "unit")
	evidenceByOutbox = &docstore.Index{Name: "pending", Fields: []string{"pending"}, Sparse: true}

	folders = &docstore.Collection{Name: "evidence", Indexes: []*docstore.Index{evidenceByPeriod, evidenceByOutbox}}

	evidenceBox = mailbox[evidenceBody]{folders, evidenceByOutbox, func(b *evidenceBody) (*bool, *[]audit.Event, *int64) { return b.fields() }}
)

// NewEvidenceID returns an id for an item: random, so that nobody can guess one.
func NewEvidenceID() string { return strings.ToLower(rand.Text()) }

// Evidence returns the folder of a dossier, an empty one when nothing was ever
// handed in.
func (s *Store) Evidence(ctx context.Context, period, unit string) (evidence.Folder, error) {
	b, _, err := get[evidenceBody](ctx, s, folders, dossierID(period, unit), "store.dossier")
	if fault.Is(err, fault.NotFound) {
		return evidence.Folder{Period: period, Unit: unit}, nil
	}
	return b.Folder, err
}

// EvidenceCounts returns, for every unit of a period that handed anything in,
// how many live items each leaf has. It looks at nothing but the counts that
// the folders keep beside their items.
func (s *Store) EvidenceCounts(ctx context.Context, period string) (map[string]map[string]int, error) {
	all := map[string]map[string]int{}
	for raw, err := range s.db.Find(ctx, docstore.Query{In: folders, On: evidenceByPeriod, Eq: []any{period}}) {
		if err != nil {
			return nil, err
		}
		unit, ok := docstore.Lookup(raw, "unit").StringValueOK()
		if !ok {
			return nil, fault.New(fault.Internal, "docstore.document")
		}
		counts := map[string]int{}
		if list := docstore.Lookup(raw, "counts"); !list.IsZero() {
			var tallies []evidence.Tally
			if err := bson.UnmarshalValue(list.Type, list.Value, &tallies); err != nil {
				return nil, fault.Wrap(err, fault.Internal, "docstore.document")
			}
			for _, t := range tallies {
				counts[t.Code] = t.N
			}
		}
		all[unit] = counts
	}
	return all, nil
}

// EvidenceChange is a change of a folder with what the audit trail shall say.
type EvidenceChange struct {
	Action audit.Action
	By     string
	Do     func(*evidence.Folder) ([]audit.Change, error)
}

// ChangeEvidence changes the folder of a dossier with its audit event in one
// write; Do may run more than once. A change that says nothing is not written.
func (s *Store) ChangeEvidence(ctx context.Context, period, unit string, c EvidenceChange) (evidence.Folder, error) {
	event := s.named(audit.Event{Who: c.By, Action: c.Action, Thing: "dossiers/" + dossierID(period, unit)})
	unchanged := fault.New(fault.Conflict, "store.stale")
	change := func(d *doc[evidenceBody]) error {
		var err error
		if event.Detail, err = c.Do(&d.Body.Folder); err != nil {
			return err
		}
		if len(event.Detail) == 0 {
			return unchanged
		}
		d.Body.post(event)
		return nil
	}
	d, err := docstore.Update(ctx, s.db, folders, dossierID(period, unit), change)
	if fault.Is(err, fault.NotFound) && d.ID == "" {
		d, err = s.firstEvidence(ctx, period, unit, change)
	}
	if err == error(unchanged) {
		return d.Body.Folder, nil
	}
	if err != nil {
		return evidence.Folder{}, err
	}
	evidenceBox.relaySoon(ctx, s, d.ID)
	return d.Body.Folder, nil
}

// firstEvidence makes the folder; where another writer was faster it changes
// that one.
func (s *Store) firstEvidence(ctx context.Context, period, unit string, change func(*doc[evidenceBody]) error) (doc[evidenceBody], error) {
	d := doc[evidenceBody]{Meta: docstore.Meta{ID: dossierID(period, unit)}}
	d.Body.Period, d.Body.Unit = period, unit
	if err := change(&d); err != nil {
		return d, err
	}
	err := docstore.Put(ctx, s.db, folders, &d)
	if fault.Is(err, fault.Conflict) {
		return docstore.Update(ctx, s.db, folders, d.ID, change)
	}
	return d, err
}

// AddEvidence keeps the files and then the items that they stand for, in their
// order and all or none: an item's last revision is what its file holds. A file
// that an item could not be made for is removed again, at the latest by
// SweepEvidence.
func (s *Store) AddEvidence(ctx context.Context, period, unit, by string, items []evidence.Item, files []EvidenceFile) (evidence.Folder, error) {
	uses := make([]evidenceUse, len(items))
	for i := range items {
		uses[i] = s.evidenceUse(items[i].Current().SHA, period, unit, items[i].ID)
	}
	return s.withFiles(ctx, uses, files, func() (evidence.Folder, error) {
		return s.ChangeEvidence(ctx, period, unit, EvidenceChange{audit.EvidenceAdded, by, func(f *evidence.Folder) ([]audit.Change, error) {
			return f.Add(items...)
		}})
	})
}

// ReviseEvidence keeps a file and makes it the current one of an item that
// still is at the revision seen.
func (s *Store) ReviseEvidence(ctx context.Context, period, unit, id string, seen int64, r evidence.Revision, file EvidenceFile) (evidence.Folder, error) {
	uses := []evidenceUse{s.evidenceUse(r.SHA, period, unit, id)}
	return s.withFiles(ctx, uses, []EvidenceFile{file}, func() (evidence.Folder, error) {
		return s.ChangeEvidence(ctx, period, unit, EvidenceChange{audit.EvidenceRevised, r.By, func(f *evidence.Folder) ([]audit.Change, error) {
			return f.Revise(id, seen, r)
		}})
	})
}

// DescribeEvidence changes what is said about an item.
func (s *Store) DescribeEvidence(ctx context.Context, period, unit, id string, seen int64, m evidence.Meta, by string) (evidence.Folder, error) {
	return s.ChangeEvidence(ctx, period, unit, EvidenceChange{audit.EvidenceChanged, by, func(f *evidence.Folder) ([]audit.Change, error) {
		return f.Describe(id, seen, m)
	}})
}

// RemoveEvidence takes an item away, with a reason; it and its files are kept.
func (s *Store) RemoveEvidence(ctx context.Context, period, unit, id string, seen int64, by, reason string) (evidence.Folder, error) {
	at := s.Now()
	return s.ChangeEvidence(ctx, period, unit, EvidenceChange{audit.EvidenceRemoved, by, func(f *evidence.Folder) ([]audit.Change, error) {
		return f.Remove(id, seen, by, reason, at)
	}})
}

// EvidenceUses returns the dossiers and live items in which each content
// stands now. It asks the index once for each content and opens only folders
// that share one.
func (s *Store) EvidenceUses(ctx context.Context, shas []string) (map[string][]evidence.Use, error) {
	opened := map[string]*evidence.Folder{}
	found := make(map[string][]evidence.Use, len(shas))
	for _, sha := range shas {
		if _, done := found[sha]; done {
			continue
		}
		list, err := s.usesOf(ctx, sha)
		if err != nil {
			return nil, err
		}
		found[sha] = nil
		if len(list) < 2 {
			continue // only where it was asked from
		}
		for _, u := range list {
			id := dossierID(u.Body.Period, u.Body.Unit)
			if opened[id] == nil {
				f, err := s.Evidence(ctx, u.Body.Period, u.Body.Unit)
				if err != nil {
					return nil, err
				}
				opened[id] = &f
			}
			if opened[id].Stands(u.Body.Item, sha) {
				found[sha] = append(found[sha], evidence.Use{Period: u.Body.Period, Unit: u.Body.Unit, Item: u.Body.Item})
			}
		}
	}
	return found, nil
}

// evidencePatience is how long a use may stay open: an upload that takes longer
// has failed.
const evidencePatience = time.Hour

// KeepsFiles reports whether the store was opened with a place for files.
func (s *Store) KeepsFiles() bool { return s.files != nil }
