package report

import (
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/store"
	"thanthien/internal/xlsx"
)

// Leniency completes the workbook of leniency of a period at a stage with what
// every document has. now dates it.
func Leniency(r xlsx.LeniencyReport, p *dossier.Period, stage dossier.Stage, settings store.Settings, now time.Time) xlsx.LeniencyReport {
	r.Head, r.Period, r.Made = head(settings, now), p.Title+" ("+stage.Title+")", now
	return r
}
