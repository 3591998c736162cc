// Package report turns results into what the workbooks of package xlsx show,
// so that a file from a page and one from the command line are the same.
package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"thanthien/internal/dossier"
	"thanthien/internal/result"
	"thanthien/internal/score"
	"thanthien/internal/store"
	"thanthien/internal/unit"
	"thanthien/internal/vi"
	"thanthien/internal/xlsx"
)

// Ranking is the ranking workbook of a period at a stage. ranked are its rows
// in their order: r.Ranked, or those of them that a page shows. now dates it.
func Ranking(r *result.Result, ranked []score.Result, settings store.Settings, now time.Time) xlsx.RankingReport {
	report := xlsx.FromResults(r.Set, ranked, &r.Target, tree(r.Units))
	report.Head, report.Period, report.Made = head(settings, now), title(&r.Period, r.Stage), now
	return report
}

// Replay is the workbook of a draft set tried on a period. after are its rows
// in their order: ByChange(r), or those of them that a page shows.
func Replay(r *result.Replay, after []score.Result, settings store.Settings, now time.Time) xlsx.ReplayReport {
	report := xlsx.FromReplay(r.Sets, r.Before, after, r.Targets, changes(r), tree(r.Places))
	report.Head, report.Period, report.Made = head(settings, now), title(&r.Of, r.At), now
	for _, g := range r.Gaps {
		report.Gaps = append(report.Gaps, xlsx.ReplayGap{Code: g.Code, Title: g.Title, Why: vi.Text("replay.gap." + g.Why), Units: g.Units})
	}
	return report
}

// ByChange returns the results after in the order people look for them: who
// enters, who leaves, who changes band, who lacks marks, then the others; within
// each the rank order.
func ByChange(r *result.Replay) []score.Result {
	order := []string{result.Enter, result.Leave, result.OtherBand, result.Incomplete, ""}
	change := changes(r)
	place := func(x score.Result) int { return slices.Index(order, change[x.Unit]) }
	after := slices.Clone(r.After)
	slices.SortStableFunc(after, func(a, b score.Result) int { return cmp.Compare(place(a), place(b)) })
	return after
}

// changes says by unit code what a replay changes.
func changes(r *result.Replay) map[string]string {
	change := make(map[string]string, len(r.Units))
	for _, u := range r.Units {
		change[u.Unit] = u.Change
	}
	return change
}

// title is the period's title, with the stage when it is not the final one.
func title(p *dossier.Period, stage dossier.Stage) string {
	if stage.Code == p.Final() {
		return p.Title
	}
	return p.Title + " (" + stage.Title + ")"
}

// head is the head of a document by the province's settings. The number is
// written in by hand: a symbol has room before it, whether the settings write it
// with its slash ("/BC-SNV") or without.
func head(v store.Settings, date time.Time) xlsx.Head {
	symbol := v.Symbol
	if symbol != "" && symbol[0] != '-' && !strings.Contains(symbol, "/") {
		symbol = "/" + symbol
	}
	return xlsx.Head{
		Superior: v.Parent, Agency: v.Agency, Number: symbol, Place: v.Place, Date: date,
		SignedFor: v.SignTitle, SignerName: v.Signer, Recipients: v.Recipients,
	}
}

// tree is the tree of units, the same for the same units.
func tree(units map[string]unit.Unit) *unit.Tree {
	return unit.NewTree(slices.SortedFunc(maps.Values(units), func(a, b unit.Unit) int { return strings.Compare(a.Code, b.Code) }))
}
