package store

import (
	"context"
	"io"
	"time"

	"thanthien/internal/docstore"
	"thanthien/internal/fault"
)

// An export that a page started runs behind it, one at a time for a campaign.
const (
	// ExportKept is how long the finished file is kept.
	ExportKept = 24 * time.Hour
	// ExportBeat is how often a running export says that it lives.
	ExportBeat = 2 * time.Second
	// ExportDead is how long after its last beat an export counts as broken off.
	ExportDead = 30 * time.Second
	// MaxExportFile is the size of the largest export, in bytes.
	MaxExportFile = 4 << 30
)

// States of an export job.
const (
	ExportRuns   = "runs"
	ExportDone   = "done"
	ExportFailed = "failed"
)

// ExportJob is the export of a campaign that runs or ran last.
type ExportJob struct {
	Campaign string    `bson:"campaign"`
	Run      string    `bson:"run"` // tells this run from the ones before
	Format   string    `bson:"format"`
	Who      string    `bson:"who"`
	State    string    `bson:"state"`
	Started  time.Time `bson:"started"`
	Beat     time.Time `bson:"beat"` // last sign of life
	Ended    time.Time `bson:"ended,omitempty"`
	Rows     int64     `bson:"rows"` // written so far
	Total    int64     `bson:"total"`
	Sum      string    `bson:"sum,omitempty"`  // of the rows
	File     string    `bson:"file,omitempty"` // in the file store
	Size     int64     `bson:"size,omitempty"` // bytes
	Until    time.Time `bson:"until"`          // when the job and its file are forgotten
}

// Broken reports whether a running job has given no sign of life for long.
func (j *ExportJob) Broken(now time.Time) bool {
	return j.State == ExportRuns && now.Sub(j.Beat) > ExportDead
}

type exportJobDoc = doc[ExportJob]

// ExportJob returns the export of a campaign; NotFound when there is none.
func (s *Store) ExportJob(ctx context.Context, campaign string) (ExportJob, error) {
	j, _, err := get[ExportJob](ctx, s, exportJobs, campaign, "export.none")
	return j, err
}

// StartExport takes the campaign's place for an export; Conflict while another
// one runs. The file of the one before is removed.
func (s *Store) StartExport(ctx context.Context, campaign, format, who string, total int64) (ExportJob, error) {
	now := s.Now()
	job := ExportJob{Campaign: campaign, Run: s.ids.next(now), Format: format, Who: who, State: ExportRuns, Started: now, Beat: now, Total: total, Until: now.Add(ExportKept)}
	old, version, err := get[ExportJob](ctx, s, exportJobs, campaign, "export.none")
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return job, err
	case old.State == ExportRuns && !old.Broken(now):
		return job, fault.New(fault.Conflict, "export.runs")
	}
	if old.File != "" { // first: once its job is gone, nothing would lead to the file
		if err := s.files.Delete(ctx, old.File); err != nil {
			return job, err
		}
	}
	_, err = put(ctx, s, exportJobs, campaign, version, job)
	if fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) {
		err = fault.New(fault.Conflict, "export.runs")
	}
	return job, err
}

// ChangeExport changes the job of a run; Conflict when another run took over.
func (s *Store) ChangeExport(ctx context.Context, campaign, run string, change func(*ExportJob)) error {
	_, err := docstore.Update(ctx, s.db, exportJobs, campaign, func(d *exportJobDoc) error {
		if d.Body.Run != run {
			return fault.New(fault.Conflict, "export.runs")
		}
		change(&d.Body)
		d.Body.Beat = s.Now()
		return nil
	})
	return err
}

// SweepExports forgets the exports whose time is over, with their files.
func (s *Store) SweepExports(ctx context.Context) error {
	q := docstore.Query{In: exportJobs, On: exportJobsByEnd, To: s.Now()}
	list, err := docstore.All[exportJobDoc](ctx, s.db, q)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.Body.State == ExportRuns && !d.Body.Broken(s.Now()) {
			continue
		}
		if d.Body.File != "" {
			if err := s.files.Delete(ctx, d.Body.File); err != nil {
				return err
			}
		}
		if err := s.db.Delete(ctx, exportJobs, d.ID, d.Version); err != nil && !fault.Is(err, fault.Stale) && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// KeepFile stores what r yields in the file store and returns its name there
// and its size; TooLarge when it is over max bytes.
func (s *Store) KeepFile(ctx context.Context, r io.Reader, max int64) (name string, size int64, err error) {
	return s.files.Put(ctx, r, max)
}

// OpenFile opens a file of the file store; NotFound when it is gone.
func (s *Store) OpenFile(ctx context.Context, name string) (io.ReadCloser, error) {
	return s.files.Open(ctx, name)
}

// dropExport forgets the finished export of a campaign with its file.
func (s *Store) dropExport(ctx context.Context, campaign string) (int, error) {
	j, err := s.ExportJob(ctx, campaign)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	if err == nil && j.State == ExportRuns && !j.Broken(s.Now()) {
		err = fault.New(fault.Conflict, "export.runs") // it reads what is being erased
	}
	if err == nil && j.File != "" {
		err = s.files.Delete(ctx, j.File)
	}
	if err != nil {
		return 0, err
	}
	return 1, s.drop(ctx, exportJobs, campaign)
}
