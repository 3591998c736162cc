package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
	"thanthien/internal/fault"
	"thanthien/internal/survey"
)

// Limits of imports of paper forms.
const (
	// ImportChunk is how many rows are written between two notes of progress.
	ImportChunk = 500
	// ImportKept is how long a previewed import that nobody started is kept.
	ImportKept = 24 * time.Hour
	// ImportStalled is how long a running import may stand still before it counts
	// as broken off.
	ImportStalled = 15 * time.Second
)

// The states of an import.
const (
	ImportKeeping = "keeping" // its rows are being put by, or removed; nothing to show
	ImportReady   = "ready"   // checked and previewed, nothing written
	ImportRunning = "running" // started; it may have to be continued
	ImportDone    = "done"
)

// Import is one file of paper forms on its way into the pool. Its rows wait in
// chunks that are deleted as they are written.
type Import struct {
	ID       string    `bson:"-"` // campaign and content: the same rows are the same import
	Campaign string    `bson:"campaign"`
	File     string    `bson:"file"`
	Rows     int       `bson:"rows"`
	Chunks   int       `bson:"chunks"`
	Written  int       `bson:"written"` // chunks
	State    string    `bson:"state"`
	By       string    `bson:"by"`                // login of who brought the file
	Starter  string    `bson:"starter,omitempty"` // login of who had it written
	At       time.Time `bson:"at"`                // when it was read
	Moved    time.Time `bson:"moved"`             // when it last made progress
}

// Stalled reports whether a running import has made no progress for long.
func (i Import) Stalled(now time.Time) bool {
	return i.State == ImportRunning && now.Sub(i.Moved) > ImportStalled
}

// RowsWritten is how many rows are in the pool for sure.
func (i Import) RowsWritten() int { return min(i.Written*ImportChunk, i.Rows) }

// ImportRow is one checked paper form of a file.
type ImportRow struct {
	Unit    string       `bson:"u"`
	Group   string       `bson:"g"`
	Flags   survey.Flags `bson:"f,omitempty"`
	Answers []byte       `bson:"a"` // packed by the campaign's form version
}

// importChunk is a run of rows that are not written yet.
type importChunk struct {
	Rows []ImportRow `bson:"rows"`
}

func stampImport(i *Import, m docstore.Meta) { i.ID = m.ID }

func chunkID(id string, n int) string { return fmt.Sprintf("%s/%04d", id, n) }

// ImportID names an import by the campaign and the SHA-256 of its rows.
func ImportID(campaign string, sum []byte) string {
	return campaign + "." + hex.EncodeToString(sum[:16])
}

// Import returns one import.
func (s *Store) Import(ctx context.Context, id string) (Import, error) {
	i, _, err := get[Import](ctx, s, imports, id, "paper.noImport")
	i.ID = id
	return i, err
}

// Imports returns the imports of a campaign, and forgets previews that nobody
// started.
func (s *Store) Imports(ctx context.Context, campaign string) ([]Import, error) {
	list, err := all(ctx, s, docstore.Query{In: imports, On: importsByCampaign, Eq: []any{campaign}}, stampImport)
	if err != nil {
		return nil, err
	}
	return s.freshImports(ctx, list)
}

// PrepareImport keeps the rows of a checked file until they are written. A file
// with the same rows as an earlier one returns that one, whatever its state. The
// import is noted before its rows, so that none stay behind without it.
func (s *Store) PrepareImport(ctx context.Context, i Import, rows []ImportRow) (Import, error) {
	i.State, i.Rows, i.Chunks, i.At = ImportKeeping, len(rows), (len(rows)+ImportChunk-1)/ImportChunk, s.Now()
	i.Moved = i.At
	if _, err := put(ctx, s, imports, i.ID, 0, i); err != nil && !fault.Is(err, fault.Conflict) {
		return i, err
	}
	if old, err := s.Import(ctx, i.ID); err != nil || old.State != ImportKeeping {
		return old, err
	}
	for n := range i.Chunks {
		part := importChunk{rows[n*ImportChunk : min((n+1)*ImportChunk, len(rows))]}
		if _, err := put(ctx, s, importRows, chunkID(i.ID, n), 0, part); err != nil && !fault.Is(err, fault.Conflict) {
			return i, err
		}
	}
	return s.moveImport(ctx, i.ID, ImportKeeping, ImportReady)
}

// moveImport moves an import from one state to another; one that is elsewhere
// stays there.
func (s *Store) moveImport(ctx context.Context, id, from, to string) (Import, error) {
	return s.changeImport(ctx, id, func(i *Import) {
		if i.State == from {
			i.State = to
		}
	})
}

// ImportedRows yields the rows of an import that are not written yet.
func (s *Store) ImportedRows(ctx context.Context, i *Import) iter.Seq2[ImportRow, error] {
	return func(yield func(ImportRow, error) bool) {
		for n := i.Written; n < i.Chunks; n++ {
			chunk, _, err := get[importChunk](ctx, s, importRows, chunkID(i.ID, n), "paper.noImport")
			if err != nil {
				yield(ImportRow{}, err)
				return
			}
			for _, row := range chunk.Rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// DropImport forgets an import that has not started; Conflict for another.
func (s *Store) DropImport(ctx context.Context, id string) error {
	i, err := s.moveImport(ctx, id, ImportReady, ImportKeeping)
	if err != nil {
		return err
	}
	if i.State != ImportKeeping {
		return fault.New(fault.Conflict, "paper.importStarted")
	}
	for n := range i.Chunks {
		if err := s.drop(ctx, importRows, chunkID(id, n)); err != nil {
			return err
		}
	}
	return s.drop(ctx, imports, id)
}

// StartImport lets somebody mark a previewed import as running; a finished one
// stays finished. Conflict for one that is being put by or removed.
func (s *Store) StartImport(ctx context.Context, id, who string) (Import, error) {
	i, err := s.changeImport(ctx, id, func(i *Import) {
		if i.State == ImportReady {
			i.State, i.Starter = ImportRunning, who
		}
	})
	if err == nil && i.State == ImportKeeping {
		err = fault.New(fault.Conflict, "paper.importStarted")
	}
	return i, err
}

// RunImport writes what is left of a started import. It may be broken off at
// any point and called again, by two callers at once too: every row has a key
// of its own. step is told the import after every chunk; it may be nil.
func (s *Store) RunImport(ctx context.Context, id string, step func(Import)) (Import, error) {
	i, err := s.Import(ctx, id)
	if err == nil && i.State == ImportRunning {
		err = s.Record(ctx, i.event())
	}
	if err == nil && i.State == ImportRunning && i.Written > 0 {
		err = s.drop(ctx, importRows, chunkID(id, i.Written-1)) // noted as written, perhaps not dropped
	}
	for err == nil && i.State == ImportRunning && i.Written < i.Chunks {
		n := i.Written
		if err = s.writeChunk(ctx, &i, n); err != nil {
			break
		}
		i, err = s.changeImport(ctx, id, func(i *Import) { i.Written = max(i.Written, n+1) })
		if err == nil {
			err = s.drop(ctx, importRows, chunkID(id, n))
		}
		if err == nil && step != nil {
			step(i)
		}
	}
	if err == nil && i.State == ImportRunning {
		i, err = s.changeImport(ctx, id, func(i *Import) { i.State = ImportDone })
	}
	return i, err
}

// event is the audit event of an import that was started, the same each time.
func (i *Import) event() audit.Event {
	return audit.Event{ID: "import-" + i.ID, Who: i.Starter, Action: audit.ResponsesImported, Thing: "campaigns/" + i.Campaign,
		Detail: []audit.Change{{Field: "rows", After: strconv.Itoa(i.Rows)}}}
}

// FinishImports writes what is left of imports that a crash broke off, even if
// their campaign has closed meanwhile, and forgets previews nobody started.
func (s *Store) FinishImports(ctx context.Context) error {
	running, err := all(ctx, s, docstore.Query{In: imports, On: importsByState, Eq: []any{ImportRunning}}, stampImport)
	if err != nil {
		return err
	}
	for _, i := range running {
		if !i.Stalled(s.Now()) {
			continue
		}
		if _, err := s.RunImport(ctx, i.ID, nil); err != nil {
			return err
		}
	}
	for _, state := range []string{ImportReady, ImportKeeping} {
		list, err := all(ctx, s, docstore.Query{In: imports, On: importsByState, Eq: []any{state}}, stampImport)
		if err == nil {
			_, err = s.freshImports(ctx, list)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// freshImports are the imports of a list that people may see, without old
// previews, which it drops.
func (s *Store) freshImports(ctx context.Context, list []Import) ([]Import, error) {
	kept := list[:0]
	for _, i := range list {
		if started := i.State != ImportReady && i.State != ImportKeeping; started || s.Now().Sub(i.At) <= ImportKept {
			if i.State != ImportKeeping {
				kept = append(kept, i)
			}
			continue
		}
		err := s.DropImport(ctx, i.ID)
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Stale) && !fault.Is(err, fault.Conflict) {
			return nil, err // else somebody else dropped or started it
		}
	}
	return kept, nil
}

func (s *Store) changeImport(ctx context.Context, id string, change func(*Import)) (Import, error) {
	d, err := docstore.Update(ctx, s.db, imports, id, func(d *doc[Import]) error {
		if d.Body.State != ImportDone {
			change(&d.Body)
			d.Body.Moved = s.Now()
		}
		return nil
	})
	d.Body.ID = id
	return d.Body, err
}

// writeChunk puts one chunk into the pool; rows that are there already stay.
func (s *Store) writeChunk(ctx context.Context, i *Import, n int) error {
	chunk, _, err := get[importChunk](ctx, s, importRows, chunkID(i.ID, n), "paper.noImport")
	if fault.Is(err, fault.NotFound) {
		return s.chunkGone(ctx, i.ID, n)
	}
	if err != nil {
		return err
	}
	docs := make([]bson.Raw, len(chunk.Rows))
	for j, row := range chunk.Rows {
		r := Response{Campaign: i.Campaign, Unit: row.Unit, Group: row.Group, Channel: survey.Paper, Flags: row.Flags, Answers: row.Answers}
		r.Key = s.ResponseKey(i.Campaign, row.Unit, "import:"+i.ID+":"+strconv.Itoa(n*ImportChunk+j))
		docs[j] = r.raw()
	}
	for _, err := range docstore.InsertAll(ctx, s.db, responses, docs) {
		if err != nil && docstore.DuplicateOn(err) != responseKey.Name {
			return err
		}
	}
	return nil
}

// chunkGone tells a chunk that another caller has just written from one that is
// lost.
func (s *Store) chunkGone(ctx context.Context, id string, n int) error {
	now, err := s.Import(ctx, id)
	if err == nil && now.Written <= n {
		err = fault.New(fault.Internal, "paper.rowsLost", n)
	}
	return err
}

// dropImports forgets the imports of a campaign that have not started; Conflict
// while one is being written.
func (s *Store) dropImports(ctx context.Context, campaign string) (n int, err error) {
	list, err := all(ctx, s, docstore.Query{In: imports, On: importsByCampaign, Eq: []any{campaign}}, stampImport)
	if err != nil {
		return 0, err
	}
	for _, i := range list {
		if i.State == ImportDone {
			continue
		}
		if err := s.DropImport(ctx, i.ID); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
