package site

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"thanthien/internal/fault"
	"thanthien/internal/report"
	"thanthien/internal/store"
)

// exporter runs the exports that pages started: one at a time in a process, so
// that people who answer meanwhile always have the rest of the machine.
type exporter struct {
	ctx  context.Context // ends with the site
	slot chan struct{}
}

// newExporter returns an exporter that stops with the application.
func newExporter(app *fiber.App) *exporter {
	ctx, stop := context.WithCancel(context.Background())
	app.Hooks().OnShutdown(func() error { stop(); return nil })
	return &exporter{ctx: ctx, slot: make(chan struct{}, 1)}
}

// runExport makes the file of a job, however long it takes, and says how it
// ended. A process that dies leaves the job without beats.
func (s *Server) runExport(job store.ExportJob) {
	var rows atomic.Int64
	ctx, stop := context.WithCancel(s.exports.ctx)
	beating := make(chan struct{})
	go func() { s.beatExport(ctx, stop, job, &rows); close(beating) }()
	made, err := s.makeExport(ctx, job, &rows)
	stop()
	<-beating
	if err != nil {
		s.log.Error("export failed", "campaign", job.Campaign, "format", job.Format, "error", err)
	}
	end := func(j *store.ExportJob) {
		j.Ended, j.State = s.now(), store.ExportFailed
		if err == nil {
			j.State, j.Rows, j.Sum, j.File, j.Size = store.ExportDone, made.Rows, made.Sum, made.File, made.Size
			j.Until = j.Ended.Add(store.ExportKept)
		}
	}
	if err := s.store.ChangeExport(s.exports.ctx, job.Campaign, job.Run, end); err != nil && s.exports.ctx.Err() == nil {
		s.log.Error("export not recorded", "campaign", job.Campaign, "error", err)
	}
}

// beatExport says every ExportBeat how far the job is, until ctx ends; it stops
// the work when another run has taken over.
func (s *Server) beatExport(ctx context.Context, stop func(), job store.ExportJob, rows *atomic.Int64) {
	tick := time.NewTicker(store.ExportBeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := s.store.ChangeExport(ctx, job.Campaign, job.Run, func(j *store.ExportJob) { j.Rows = rows.Load() })
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			stop()
		}
	}
}

// makeExport writes the file into the file store and returns what it is.
func (s *Server) makeExport(ctx context.Context, job store.ExportJob, rows *atomic.Int64) (made store.ExportJob, err error) {
	select {
	case s.exports.slot <- struct{}{}:
		defer func() { <-s.exports.slot }()
	case <-ctx.Done():
		return made, ctx.Err()
	}
	data, err := report.NewRawData(ctx, s.store, job.Campaign)
	if err != nil {
		return made, err
	}
	if err := s.store.ChangeExport(ctx, job.Campaign, job.Run, func(j *store.ExportJob) { j.Total = data.Set.Count }); err != nil {
		return made, err
	}
	data.Progress = func(n int64) error { rows.Store(n); return nil }
	r, w := io.Pipe()
	go func() {
		sum, err := data.Write(ctx, w, job.Format)
		made.Sum = sum
		w.CloseWithError(err)
	}()
	made.File, made.Size, err = s.store.KeepFile(ctx, r, store.MaxExportFile)
	r.CloseWithError(errors.New("export: the file cannot be stored"))
	made.Rows = data.Set.Count
	return made, err
}
