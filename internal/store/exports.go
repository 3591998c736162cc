package store

import (
	"context"
	"fmt"
	"time"

	"thanthien/internal/audit"
	"thanthien/internal/docstore"
)

// ExportVia is where data left the system.
type ExportVia string

// The ways out.
const (
	ViaPage    ExportVia = "page"
	ViaAPI     ExportVia = "api"
	ViaCommand ExportVia = "command"
)

// Export is one entry of the export log: who took which data out, and when.
type Export struct {
	ID       string    `bson:"id"`
	At       time.Time `bson:"at"`
	Who      string    `bson:"who"`  // login; the system's user on the command line
	What     string    `bson:"what"` // responses, texts, survey, tokens …: "export.what." + What names it
	Path     string    `bson:"path"` // the address or the file
	Campaign string    `bson:"campaign,omitempty"`
	Format   string    `bson:"format"` // xlsx, csv, ndjson, json …
	Rows     int64     `bson:"rows"`
	Sum      string    `bson:"sum,omitempty"` // checksum of the rows, where there is one
	Via      ExportVia `bson:"via"`
}

// LogExport records an export in the export log and the audit trail. Call it
// before the data is handed over: what cannot be recorded is not exported.
func (s *Store) LogExport(ctx context.Context, x Export) error {
	if x.At.IsZero() {
		x.At = s.Now()
	}
	x.ID = s.ids.next(x.At)
	if _, err := put(ctx, s, exports, x.ID, 0, x); err != nil {
		return err
	}
	thing := "exports/" + x.ID
	if x.Campaign != "" {
		thing = "campaigns/" + x.Campaign
	}
	detail := []audit.Change{{Field: "export", After: x.What + "." + x.Format}, {Field: "rows", After: fmt.Sprint(x.Rows)}}
	if x.Sum != "" {
		detail = append(detail, audit.Change{Field: "checksum", After: x.Sum})
	}
	return s.Record(ctx, audit.Event{ID: "export/" + x.ID, At: x.At, Who: x.Who, Action: audit.Exported, Thing: thing, Detail: detail})
}

// Exports returns up to limit entries of the export log from a time on up to
// another, the newest first; a zero time leaves an end open.
func (s *Store) Exports(ctx context.Context, from, to time.Time, limit int) ([]Export, error) {
	q := docstore.Query{In: exports, On: exportsByTime, Desc: true, Limit: limit}
	if !from.IsZero() {
		q.From = from
	}
	if !to.IsZero() {
		q.To = to
	}
	return all(ctx, s, q, func(*Export, docstore.Meta) {})
}
