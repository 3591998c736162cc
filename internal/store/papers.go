package store

import (
	"context"
	"fmt"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// Limits of paper batches.
const (
	MaxBatchTitle  = 100    // characters
	MaxPaperSerial = 99_999 // serial numbers are 1 to this
)

// PaperState says how far a paper form has come.
type PaperState string

// The states of a paper form.
const (
	PaperOnce    PaperState = "once"    // keyed in by one person, waits for another
	PaperDiffers PaperState = "differs" // keyed in twice, not alike
	PaperReady   PaperState = "ready"   // agreed on, about to enter the pool
	PaperPooled  PaperState = "pooled"  // in the pool; its answers are erased here
)

// PaperStates returns the states in the order of a paper's life.
func PaperStates() []PaperState {
	return []PaperState{PaperOnce, PaperDiffers, PaperReady, PaperPooled}
}

// PaperBatch is a pile of paper forms of one unit that are keyed in together.
type PaperBatch struct {
	ID       string    `bson:"-"`
	Campaign string    `bson:"campaign"`
	Unit     string    `bson:"unit"`
	Title    string    `bson:"title"`
	Double   bool      `bson:"double"` // every form is keyed in by two people
	By       string    `bson:"by"`
	At       time.Time `bson:"at"`
}

// PaperEntry is one keying of a paper form.
type PaperEntry struct {
	Key     string `bson:"key"` // makes a repeated save find itself
	By      string `bson:"by"`  // login
	Group   string `bson:"group"`
	Answers []byte `bson:"answers"` // packed by the campaign's form version
}

// Paper is one paper form of a batch. Once it is in the pool only its serial
// number, state and the random keys of its entries stay.
type Paper struct {
	Batch  string      `bson:"batch"`
	Serial int64       `bson:"serial"`
	State  PaperState  `bson:"state"`
	First  *PaperEntry `bson:"first,omitempty"`
	Second *PaperEntry `bson:"second,omitempty"`
	Keys   []string    `bson:"keys,omitempty"`
	// FirstKey is unique, so that a first entry that is sent twice is one paper.
	FirstKey string `bson:"k"`
}

func stampBatch(b *PaperBatch, m docstore.Meta) { b.ID = m.ID }

// PaperBatchID returns the id of the batch of a name: opening one twice finds it.
func (s *Store) PaperBatchID(campaign, unit, title string) string {
	return campaign + "." + s.code(keySize, "batch", campaign, unit, title)
}

// OpenPaperBatch returns the batch of this campaign, unit and title, made now if
// there is none; an existing one keeps its mode.
func (s *Store) OpenPaperBatch(ctx context.Context, b PaperBatch) (PaperBatch, error) {
	b.ID, b.At = s.PaperBatchID(b.Campaign, b.Unit, b.Title), s.Now()
	_, err := put(ctx, s, paperBatches, b.ID, 0, b)
	if fault.Is(err, fault.Conflict) {
		return s.PaperBatch(ctx, b.ID)
	}
	return b, err
}

// PaperBatch returns one batch.
func (s *Store) PaperBatch(ctx context.Context, id string) (PaperBatch, error) {
	b, _, err := get[PaperBatch](ctx, s, paperBatches, id, "paper.noBatch")
	b.ID = id
	return b, err
}

// PaperBatches returns the batches of a campaign.
func (s *Store) PaperBatches(ctx context.Context, campaign string) ([]PaperBatch, error) {
	return all(ctx, s, docstore.Query{In: paperBatches, On: batchesByCampaign, Eq: []any{campaign}}, stampBatch)
}

// paperID is the id of a paper; ids of a batch sort by serial number.
func paperID(batch string, serial int64) string { return fmt.Sprintf("%s/%05d", batch, serial) }

// Paper returns one paper form of a batch.
func (s *Store) Paper(ctx context.Context, batch string, serial int64) (Paper, error) {
	p, _, err := get[Paper](ctx, s, papers, paperID(batch, serial), "paper.noPaper")
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "paper.noPaper", serial)
	}
	return p, err
}

// Papers returns the papers of a batch in a state, in serial order.
func (s *Store) Papers(ctx context.Context, batch string, state PaperState) ([]Paper, error) {
	return all(ctx, s, docstore.Query{In: papers, On: papersByState, Eq: []any{batch, string(state)}}, func(*Paper, docstore.Meta) {})
}

// CountPapers returns how many papers of a batch are in each state.
func (s *Store) CountPapers(ctx context.Context, batch string) (map[PaperState]int, error) {
	counts := map[PaperState]int{}
	for _, state := range PaperStates() {
		n, err := s.db.Count(ctx, docstore.Query{In: papers, On: papersByState, Eq: []any{batch, string(state)}})
		if err != nil {
			return nil, err
		}
		counts[state] = int(n)
	}
	return counts, nil
}

// NextSerial returns the serial number after the last one of a batch.
func (s *Store) NextSerial(ctx context.Context, batch string) (int64, error) {
	last, err := docstore.First[doc[Paper]](ctx, s.db, docstore.Query{In: papers, On: papersBySerial, Eq: []any{batch}, Desc: true})
	if fault.Is(err, fault.NotFound) {
		return 1, nil
	}
	return last.Body.Serial + 1, err
}

// PaperKey is the idempotency key of a paper in the pool.
func PaperKey(batch string, serial int64) string { return "paper:" + paperID(batch, serial) }

// dropPapers forgets the papers of a campaign that never came to be agreed on.
func (s *Store) dropPapers(ctx context.Context, campaign string) (n int, err error) {
	batches, err := s.PaperBatches(ctx, campaign)
	if err != nil {
		return 0, err
	}
	for i := range batches {
		for _, state := range []PaperState{PaperOnce, PaperDiffers} {
			list, err := s.Papers(ctx, batches[i].ID, state)
			if err != nil {
				return n, err
			}
			for _, p := range list {
				if err := s.drop(ctx, papers, paperID(p.Batch, p.Serial)); err != nil {
					return n, err
				}
				n++
			}
		}
	}
	return n, nil
}
